//! Package archives that are bombs, traps or two things at once: refused as a whole, their licenses unknown.

use std::io::Write;

use flate2::{Compress, Compression, FlushCompress, write::GzEncoder};

use super::{Case, check, check_all, lockfile, manifest};
use crate::program::{Project, package};

const MIT: &str = "[package]\nname = \"p\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\n";
const PPL: &str = "[package]\nname = \"p\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\n";

/// Puts an archive where Cargo keeps the one of package `p`, which the project needs.
fn cache(project: &Project, archive: &[u8]) {
    project.write("Cargo.toml", manifest("p = \"1\"\n"));
    project.write("Cargo.lock", lockfile([("shop", vec!["p"]), ("p", Vec::new())]));
    let folder = project.home().join(".cargo/registry/cache/index.crates.io-0");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("p-1.0.0.crate"), archive).unwrap();
}

/// A header of the old kind, whose name no packer would refuse.
fn header(name: &str, kind: tar::EntryType, size: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    header
}

fn packed(members: &[(tar::Header, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (header, content) in members {
        builder.append(header, *content).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

fn files(members: &[(&str, &str)]) -> Vec<u8> {
    let members: Vec<_> = members
        .iter()
        .map(|(name, text)| (header(name, tar::EntryType::Regular, text.len() as u64), text.as_bytes()))
        .collect();
    packed(&members)
}

/// A gzip stream that says `first` once and `again` many times, without being made as long as it reads.
fn repeated(first: &[u8], again: &[u8], times: usize) -> Vec<u8> {
    let block = |bytes: &[u8]| {
        let mut out = Vec::with_capacity(bytes.len() + 1024);
        // Flushed in full, a block stands for itself and may be copied.
        Compress::new(Compression::best(), false).compress_vec(bytes, &mut out, FlushCompress::Full).unwrap();
        out
    };
    let mut stream = b"\x1f\x8b\x08\0\0\0\0\0\0\xff".to_vec();
    stream.extend(block(first));
    let again = block(again);
    for _ in 0..times {
        stream.extend(&again);
    }
    stream
}

fn zeros(project: &Project) {
    let size = 8 << 30;
    let first = header("p-1.0.0/LICENSE", tar::EntryType::Regular, size - 1);
    cache(project, &repeated(first.as_bytes(), &vec![0; 1 << 20], 10_000));
}

fn small_zeros(project: &Project) {
    let first = header("p-1.0.0/LICENSE", tar::EntryType::Regular, (4 << 30) - 1);
    cache(project, &repeated(first.as_bytes(), &vec![0; 1 << 20], 40));
}

fn million_members(project: &Project) {
    let headers: Vec<u8> =
        (0..2000).flat_map(|_| header("p-1.0.0/src/x", tar::EntryType::Regular, 0).as_bytes().to_vec()).collect();
    cache(project, &repeated(&[], &headers, 500));
}

fn two_sizes(project: &Project) {
    let record = "15 size=000000\n";
    let extension = header("pax", tar::EntryType::XHeader, record.len() as u64);
    let manifest = header("p-1.0.0/Cargo.toml", tar::EntryType::Regular, MIT.len() as u64);
    cache(project, &packed(&[(extension, record.as_bytes()), (manifest, MIT.as_bytes())]));
}

fn cut_short(project: &Project) {
    let archive = files(&[("p-1.0.0/Cargo.toml", MIT)]);
    cache(project, &archive[..archive.len() / 2]);
}

const REJECTED: &[&str] = &["rejected-archive", "undetermined-license"];

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case::new("a sound archive", |project| cache(project, &files(&[("p-1.0.0/Cargo.toml", MIT)])), 0, &[]),
    Case::new("10 GiB of zeros", zeros, 1, REJECTED).peak_mib(96),
    Case::new("40 KB that read as 4 GB", small_zeros, 1, REJECTED).peak_mib(96),
    Case::new("a million empty members", million_members, 1, REJECTED).peak_mib(96),
    Case::new("two manifests", |project| {
        cache(project, &files(&[("p-1.0.0/Cargo.toml", MIT), ("p-1.0.0/Cargo.toml", PPL)]));
    }, 1, REJECTED),
    Case::new("two manifests by one path", |project| {
        cache(project, &files(&[("p-1.0.0/Cargo.toml", MIT), ("p-1.0.0/./Cargo.toml", PPL)]));
    }, 1, REJECTED),
    Case::new("two sizes of one member", two_sizes, 1, REJECTED),
    Case::new("member above the package", |project| cache(project, &files(&[("p-1.0.0/Cargo.toml", MIT), ("../x", "")])), 1, REJECTED),
    Case::new("member with an absolute path", |project| cache(project, &files(&[("/p-1.0.0/Cargo.toml", MIT)])), 1, REJECTED),
    Case::new("member that goes up and down", |project| cache(project, &files(&[("p-1.0.0/a/../Cargo.toml", MIT)])), 1, REJECTED),
    Case::new("cut short", cut_short, 1, REJECTED),
    Case::new("no archive at all", |project| cache(project, &[0x1f; 5000]), 1, REJECTED),
    Case::new("nothing", |project| cache(project, &[]), 1, &["undetermined-license"]),
];

#[test]
fn archives() {
    check_all(CASES);
}

/// What a link in an archive points to is no license of the package.
#[test]
fn links_in_archives_are_no_licenses() {
    let project = Project::new(&[]);
    let text = "[package]\nname = \"p\"\nversion = \"1.0.0\"\n";
    let mut link = header("p-1.0.0/LICENSE", tar::EntryType::Symlink, 0);
    link.set_link_name("/etc/passwd").unwrap();
    link.set_cksum();
    let mut hard = header("p-1.0.0/COPYING", tar::EntryType::Link, 0);
    hard.set_link_name("p-1.0.0/Cargo.toml").unwrap();
    hard.set_cksum();
    let manifest = header("p-1.0.0/Cargo.toml", tar::EntryType::Regular, text.len() as u64);
    cache(&project, &packed(&[(manifest, text.as_bytes()), (link, b""), (hard, b"")]));
    let (run, document) = check(&project, "links in an archive");
    assert_eq!(run.code, Some(1));
    assert!(!run.all().contains("root:"), "{}", run.all());
    let row = package(&document, "pkg:cargo/p@1.0.0");
    assert!(row["expression"].is_null() && row["claims"].as_array().unwrap().is_empty(), "{row}");
}

/// A wheel whose two tables of contents disagree: readers would see different files.
#[test]
fn a_zip_with_two_truths_is_refused() {
    use ppl_check::scan::{ArchiveKind, read_archive};
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    writer.start_file("x-1.dist-info/METADATA", options).unwrap();
    writer.write_all(b"Name: x\nVersion: 1\nLicense-Expression: MIT\n").unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    assert!(read_archive(ArchiveKind::Zip, &bytes, false, &|_| true).is_ok());
    // The local header comes first: its name says something else than the directory at the end.
    let mut renamed = bytes.clone();
    let at = renamed.windows(8).position(|window| window == b"METADATA").unwrap();
    renamed[at..at + 8].copy_from_slice(b"METADATB");
    assert!(read_archive(ArchiveKind::Zip, &renamed, false, &|_| true).is_err());
    // And bytes before or after the archive could be another archive.
    let with = |before: &[u8], after: &[u8]| [before, &bytes, after].concat();
    assert!(read_archive(ArchiveKind::Zip, &with(b"", &bytes), false, &|_| true).is_err());
}
