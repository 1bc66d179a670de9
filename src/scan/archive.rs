//! Package archives, read in memory: `.crate`, `.tgz`, `.whl`, `.jar`, `.nupkg`, `.zip`.
//!
//! Nothing is unpacked to disk.
//! An archive that breaks a limit or a safety rule is refused as a whole: its licenses are unknown, never fine.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use flate2::read::GzDecoder;
use thiserror::Error;

use crate::base::RelPath;

use super::Limits;

/// The container format of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveKind {
    /// A tar file.
    Tar,
    /// A tar file compressed with gzip.
    TarGz,
    /// A zip file.
    Zip,
}

/// Why an archive was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ArchiveError {
    /// It is not an archive of its kind, or is cut short.
    #[error("the archive is damaged: {0}")]
    Damaged(String),
    /// It has a member with an absolute path or with `..`.
    #[error("the archive has a member that leads outside: `{0}`")]
    Escape(String),
    /// It has two members of one name.
    #[error("the archive has two members named `{0}`")]
    Duplicate(String),
    /// It is over a limit.
    #[error("the archive is over the limit of {0}")]
    TooLarge(&'static str),
    /// Two places of it say different things of one member.
    #[error("the archive says two different things of its member `{0}`")]
    Ambiguous(String),
    /// A member is encrypted.
    #[error("the archive has an encrypted member: `{0}`")]
    Encrypted(String),
}

const MAX_MEMBERS: usize = 65_536;
const MAX_RATIO: u64 = 200;
/// Below this many bytes a high ratio of compression is no sign of a bomb.
const RATIO_FLOOR: u64 = 4 * 1024 * 1024;

/// Reads those regular members of an archive that `wanted` asks for, by their path inside the archive.
///
/// With `strip` the first component of each path is left out (`name-version/Cargo.toml` → `Cargo.toml`).
pub fn read_archive(
    kind: ArchiveKind,
    bytes: &[u8],
    strip: bool,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<BTreeMap<String, Vec<u8>>, ArchiveError> {
    let mut members = Members { files: BTreeMap::new(), n_entries: 0, unpacked: 0, packed: as_u64(bytes.len()) };
    match kind {
        ArchiveKind::Tar => read_tar(bytes, strip, wanted, &mut members)?,
        ArchiveKind::TarGz => read_tar(GzDecoder::new(bytes), strip, wanted, &mut members)?,
        ArchiveKind::Zip => read_zip(bytes, strip, wanted, &mut members)?,
    }
    Ok(members.files)
}

struct Members {
    files: BTreeMap<String, Vec<u8>>,
    n_entries: usize,
    unpacked: u64,
    packed: u64,
}

impl Members {
    fn count(&mut self, size: u64) -> Result<(), ArchiveError> {
        self.n_entries += 1;
        if self.n_entries > MAX_MEMBERS {
            return Err(ArchiveError::TooLarge("65,536 members"));
        }
        self.unpacked = self.unpacked.saturating_add(size);
        if self.unpacked > Limits::DEFAULT.archive {
            return Err(ArchiveError::TooLarge("256 MiB unpacked"));
        }
        if self.unpacked > RATIO_FLOOR && self.unpacked / self.packed.max(1) > MAX_RATIO {
            return Err(ArchiveError::TooLarge("a compression ratio of 200"));
        }
        Ok(())
    }

    fn add(&mut self, name: String, from: &mut dyn Read) -> Result<(), ArchiveError> {
        let mut content = Vec::new();
        from.take(Limits::DEFAULT.member + 1)
            .read_to_end(&mut content)
            .map_err(|error| ArchiveError::Damaged(error.to_string()))?;
        if as_u64(content.len()) > Limits::DEFAULT.member {
            return Err(ArchiveError::TooLarge("16 MiB for one member"));
        }
        if self.files.contains_key(&name) {
            return Err(ArchiveError::Duplicate(name));
        }
        self.files.insert(name, content);
        Ok(())
    }
}

/// Unpacks a file of at most `limit` bytes that was compressed with gzip by itself.
pub fn gunzip(bytes: &[u8], limit: u64) -> Result<Vec<u8>, ArchiveError> {
    let mut content = Vec::new();
    let mut decoder = GzDecoder::new(bytes).take(limit.saturating_add(1));
    decoder.read_to_end(&mut content).map_err(|error| ArchiveError::Damaged(error.to_string()))?;
    if as_u64(content.len()) > limit { Err(ArchiveError::TooLarge("16 MiB for one member")) } else { Ok(content) }
}

fn read_tar(
    stream: impl Read,
    strip: bool,
    wanted: &dyn Fn(&str) -> bool,
    members: &mut Members,
) -> Result<(), ArchiveError> {
    let damaged = |error: std::io::Error| ArchiveError::Damaged(error.to_string());
    // The stream is bounded as a whole: skipping over members inflates them too.
    let bound = Limits::DEFAULT.archive.min(members.packed.saturating_mul(MAX_RATIO).max(RATIO_FLOOR));
    let mut archive = tar::Archive::new(stream.take(bound));
    for entry in archive.entries().map_err(damaged)? {
        let mut entry = entry.map_err(damaged)?;
        let raw = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        members.count(entry.size())?;
        // An extension may give another size than the header itself: readers would see different files.
        if entry.header().entry_size().ok() != Some(entry.size()) {
            return Err(ArchiveError::Ambiguous(raw));
        }
        let name = member_name(&raw, strip)?;
        if let Some(name) = name.filter(|name| entry.header().entry_type().is_file() && wanted(name)) {
            members.add(name, &mut entry)?;
        }
    }
    Ok(())
}

fn read_zip(
    bytes: &[u8],
    strip: bool,
    wanted: &dyn Fn(&str) -> bool,
    members: &mut Members,
) -> Result<(), ArchiveError> {
    let damaged = |error: zip::result::ZipError| ArchiveError::Damaged(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > MAX_MEMBERS {
        return Err(ArchiveError::TooLarge("65,536 members"));
    }
    if archive.offset() > 0 || !ends_as_said(bytes, archive.comment()) {
        return Err(ArchiveError::Damaged("there are bytes before or after it".to_owned()));
    }
    for index in 0..archive.len() {
        let raw = archive.by_index_raw(index).map_err(damaged)?;
        let (name, size, encrypted) =
            (String::from_utf8_lossy(raw.name_raw()).into_owned(), raw.size(), raw.encrypted());
        let is_file = raw.is_file() && !raw.is_symlink();
        if local_name(bytes, raw.header_start()) != Some(raw.name_raw()) {
            return Err(ArchiveError::Ambiguous(name));
        }
        drop(raw);
        members.count(size)?;
        let Some(inner) = member_name(&name, strip)?.filter(|inner| is_file && wanted(inner)) else { continue };
        if encrypted {
            return Err(ArchiveError::Encrypted(name));
        }
        members.add(inner, &mut archive.by_index(index).map_err(damaged)?)?;
    }
    Ok(())
}

/// Returns whether the record that ends an archive stands at the very end, before its comment alone.
fn ends_as_said(bytes: &[u8], comment: &[u8]) -> bool {
    const RECORD: usize = 22;
    let start = bytes.len().checked_sub(RECORD + comment.len());
    start.and_then(|start| bytes.get(start..)).is_some_and(|end| end.starts_with(b"PK\x05\x06"))
}

/// Returns the name that stands before a member itself; the directory at the end has it too.
fn local_name(bytes: &[u8], header_start: u64) -> Option<&[u8]> {
    const NAME: usize = 30;
    let header = bytes.get(usize::try_from(header_start).ok()?..)?;
    let length = u16::from_le_bytes(header.get(26..28)?.try_into().ok()?);
    header.get(NAME..NAME + usize::from(length)).filter(|_| header.starts_with(b"PK\x03\x04"))
}

/// Checks a member's path; a folder above all members, stripped, is no member.
fn member_name(raw: &str, strip: bool) -> Result<Option<String>, ArchiveError> {
    let path = RelPath::new(raw).map_err(|_| ArchiveError::Escape(raw.to_owned()))?;
    // `a/../b` stays inside, yet no honest packer writes it.
    if raw.split(['/', '\\']).any(|part| part == "..") {
        return Err(ArchiveError::Escape(raw.to_owned()));
    }
    let path = path.as_str();
    let name = if strip { path.split_once('/').map(|(_, rest)| rest) } else { Some(path) };
    Ok(name.filter(|name| !name.is_empty()).map(str::to_owned))
}

fn as_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn tgz(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
        for (name, content) in members {
            let mut header = tar::Header::new_ustar();
            // Set the raw name, so that names a packer would refuse can be written.
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_size(as_u64(content.len()));
            header.set_mode(0o644);
            header.set_cksum();
            builder.append(&header, *content).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap()
    }

    fn all(kind: ArchiveKind, bytes: &[u8], strip: bool) -> Result<BTreeMap<String, Vec<u8>>, ArchiveError> {
        read_archive(kind, bytes, strip, &|_| true)
    }

    #[test]
    fn reads_wanted_members_without_their_top_folder() {
        let bytes = tgz(&[("x-1.0/Cargo.toml", b"[package]"), ("x-1.0/src/lib.rs", b"")]);
        let files = read_archive(ArchiveKind::TarGz, &bytes, true, &|name| name == "Cargo.toml").unwrap();
        assert_eq!(files.into_iter().collect::<Vec<_>>(), [("Cargo.toml".to_owned(), b"[package]".to_vec())]);
    }

    #[test]
    fn refuses_what_leads_outside_and_what_stands_twice() {
        for name in ["../x", "/etc/passwd", "a/../../x", "a/../b"] {
            let found = all(ArchiveKind::TarGz, &tgz(&[(name, b"")]), false);
            assert_eq!(found, Err(ArchiveError::Escape(name.to_owned())));
        }
        let twice = tgz(&[("p/METADATA", b"a"), ("p/METADATA", b"b")]);
        assert_eq!(all(ArchiveKind::TarGz, &twice, true), Err(ArchiveError::Duplicate("METADATA".to_owned())));
    }

    #[test]
    fn refuses_bombs_and_damage() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let mut header = tar::Header::new_ustar();
        header.set_path("p/LICENSE").unwrap();
        header.set_size(1 << 30);
        header.set_cksum();
        encoder.write_all(header.as_bytes()).unwrap();
        let zeros = vec![0; 1 << 20];
        for _ in 0..16 {
            encoder.write_all(&zeros).unwrap();
        }
        let bomb = encoder.finish().unwrap();
        assert!(matches!(all(ArchiveKind::TarGz, &bomb, true), Err(ArchiveError::TooLarge(_))));
        let bytes = tgz(&[("p/LICENSE", &[7; 5000])]);
        for length in 0..bytes.len() - 8 {
            let found = all(ArchiveKind::TarGz, &bytes[..length], true);
            assert!(found.is_err() || found.is_ok_and(|files| files.values().all(|file| file.len() == 5000)));
        }
        assert!(matches!(all(ArchiveKind::Zip, b"PK\x05\x06", false), Err(ArchiveError::Damaged(_))));
    }

    #[test]
    fn reads_zip_members() {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file("x-1.dist-info/METADATA", options).unwrap();
        writer.write_all(b"Name: x").unwrap();
        let bytes = writer.finish().unwrap().into_inner();
        let files = all(ArchiveKind::Zip, &bytes, false).unwrap();
        assert_eq!(files.get("x-1.dist-info/METADATA").map(Vec::as_slice), Some(&b"Name: x"[..]));
    }
}
