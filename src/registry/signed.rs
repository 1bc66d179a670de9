//! The content hash of a NuGet package: the SHA-512 of the archive as it was before the registry signed it.
//!
//! A signature is one more file, `.signature.p7s`, and its row in the directory at the end; without them the archive has
//! the bytes that it was given with. Left out on purpose: archives over 4 GiB, and signatures that were packed otherwise.

use crate::base::sha512_hex;

const SIGNATURE: &[u8] = b".signature.p7s";
const LOCAL: &[u8] = b"PK\x03\x04";
const ROW: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const LOCAL_LEN: usize = 30;
const ROW_LEN: usize = 46;
const END_LEN: usize = 22;

/// The digest of a package's contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ContentHash {
    /// Nobody signed it: every byte counts.
    Unsigned(String),
    /// The signature was left out.
    Signed(String),
}

/// Computes the hash; `None` where the archive is not built as expected.
pub(super) fn content_hash(bytes: &[u8]) -> Option<ContentHash> {
    let end_at = memchr::memmem::rfind(bytes, END)?;
    let (directory_len, directory_at) = (u32_at(bytes, end_at + 12)?, u32_at(bytes, end_at + 16)?);
    // More files or bytes than fit here stand in a record of another form.
    if u16_at(bytes, end_at + 10)? == usize::from(u16::MAX) || directory_at.checked_add(directory_len)? != end_at {
        return None;
    }
    let (mut rows, mut at, mut signature) = (Vec::new(), directory_at, None);
    while at < end_at {
        let row = bytes.get(at..)?.strip_prefix(ROW).map(|_| at)?;
        let name_len = u16_at(bytes, row + 28)?;
        let len = ROW_LEN + name_len + u16_at(bytes, row + 30)? + u16_at(bytes, row + 32)?;
        if bytes.get(row + ROW_LEN..row + ROW_LEN + name_len)? == SIGNATURE {
            signature = Some((len, u32_at(bytes, row + 20)?, u32_at(bytes, row + 42)?));
        } else {
            rows.push((row, len));
        }
        at += len;
    }
    let Some((row_len, packed_len, local_at)) = signature else {
        return Some(ContentHash::Unsigned(sha512_hex(bytes)));
    };
    bytes.get(local_at..)?.strip_prefix(LOCAL)?;
    let local_len = LOCAL_LEN + u16_at(bytes, local_at + 26)? + u16_at(bytes, local_at + 28)? + packed_len;
    let mut bare = [bytes.get(..local_at)?, bytes.get(local_at + local_len..directory_at)?].concat();
    for (row, len) in rows {
        let start = bare.len();
        bare.extend(bytes.get(row..row + len)?);
        let offset = u32_at(bytes, row + 42)?;
        put_u32(&mut bare, start + 42, if offset > local_at { offset.checked_sub(local_len)? } else { offset })?;
    }
    let start = bare.len();
    bare.extend(bytes.get(end_at..)?);
    for count in [8, 10] {
        let fewer = u16::try_from(u16_at(bytes, end_at + count)?.checked_sub(1)?).ok()?;
        bare.get_mut(start + count..start + count + 2)?.copy_from_slice(&fewer.to_le_bytes());
    }
    put_u32(&mut bare, start + 12, directory_len.checked_sub(row_len)?)?;
    put_u32(&mut bare, start + 16, directory_at.checked_sub(local_len)?)?;
    (bare.len() >= END_LEN).then(|| ContentHash::Signed(sha512_hex(&bare)))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    let found = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(usize::from(u16::from_le_bytes(found)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    let found = bytes.get(at..at + 4)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(found)).ok()
}

fn put_u32(bytes: &mut [u8], at: usize, value: usize) -> Option<()> {
    let value = u32::try_from(value).ok()?;
    bytes.get_mut(at..at + 4)?.copy_from_slice(&value.to_le_bytes());
    Some(())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use super::*;

    fn package() -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in [("Leaf.nuspec", "<package/>"), ("lib/net8.0/leaf.dll", "MZ")] {
            writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(content.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// Adds a signature as a registry does: a stored file after the others, and a row after theirs.
    fn sign(bytes: &[u8]) -> Vec<u8> {
        let end = memchr::memmem::rfind(bytes, END).unwrap();
        let rows = u32_at(bytes, end + 16).unwrap();
        let content = b"a signature";
        let len = u32::try_from(content.len()).unwrap().to_le_bytes();
        let name_len = u16::try_from(SIGNATURE.len()).unwrap().to_le_bytes();
        // From the version that is needed on, both headers say the same.
        let shared = [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4][..], &len, &len, &name_len, &[0, 0]].concat();
        let local = [LOCAL, &shared, SIGNATURE, content].concat();
        let at = u32::try_from(rows).unwrap().to_le_bytes();
        let row = [ROW, &[20, 0], &shared, &[0; 10], &at, SIGNATURE].concat();
        let mut tail = bytes[end..].to_vec();
        for count in [8, 10] {
            tail[count] += 1;
        }
        put_u32(&mut tail, 12, u32_at(bytes, end + 12).unwrap() + row.len()).unwrap();
        put_u32(&mut tail, 16, rows + local.len()).unwrap();
        [&bytes[..rows], &local, &bytes[rows..end], &row, &tail].concat()
    }

    #[test]
    fn a_signature_does_not_count() {
        let bare = package();
        let signed = sign(&bare);
        // It is an archive with one file more for others too.
        assert_eq!(zip::ZipArchive::new(Cursor::new(&signed)).unwrap().len(), 3);
        assert_eq!(content_hash(&bare), Some(ContentHash::Unsigned(sha512_hex(&bare))));
        assert_eq!(content_hash(&signed), Some(ContentHash::Signed(sha512_hex(&bare))));
    }

    #[test]
    fn cut_and_changed_archives_have_none_or_another() {
        let signed = sign(&package());
        for length in 0..signed.len() {
            let _ = content_hash(&signed[..length]);
        }
        assert_eq!(content_hash(b"PK\x05\x06"), None);
        let mut changed = signed.clone();
        changed[40] ^= 1;
        assert_ne!(content_hash(&changed), content_hash(&signed));
    }
}
