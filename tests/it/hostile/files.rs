//! What a file system can hold: links, pipes, sockets, huge files, many folders, names and texts in any encoding.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::limits::bounded;
#[cfg(target_os = "linux")]
use super::watch::Watch;
use super::{Case, check, check_all, ids, manifest};
use crate::program::{Project, package};

/// A file that no link may lead to.
const SECRET: &str = "canary-5f1d: GNU GENERAL PUBLIC LICENSE Version 3";

const PACKAGE: &str =
    r#"{"name": "x", "version": "1.0.0", "license": "PPL", "dependencies": {"x": "*", "y": "*", "z": "*"}}"#;

fn shop(project: &Project) {
    project.write("Cargo.toml", manifest(""));
}

fn make_pipe(path: &Path) {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

/// A file that has a size and no blocks.
fn make_sparse(project: &Project, name: &str, bytes: u64) {
    project.write(name, "");
    std::fs::File::options().write(true).open(project.path().join(name)).unwrap().set_len(bytes).unwrap();
}

fn links_to_parents(project: &Project) {
    shop(project);
    for folder in 0..1000 {
        let folder = project.path().join(format!("d{folder}"));
        std::fs::create_dir(&folder).unwrap();
        symlink("..", folder.join("a")).unwrap();
    }
}

fn link_chain(project: &Project) {
    shop(project);
    project.write("l0", SECRET);
    for link in 1..=45 {
        symlink(format!("l{}", link - 1), project.path().join(format!("l{link}"))).unwrap();
    }
    symlink("l45", project.path().join("LICENSE")).unwrap();
}

fn link(project: &Project, target: &str) {
    shop(project);
    std::fs::write(project.path().parent().unwrap().join("outside"), SECRET).unwrap();
    symlink(target, project.path().join("LICENSE")).unwrap();
}

fn linked_manifest(project: &Project) {
    let outside = project.path().parent().unwrap().join("outside.lock");
    project.write("Cargo.toml", manifest(""));
    std::fs::write(&outside, "version = 4\n\n[[package]]\nname = \"canary-5f1d\"\nversion = \"1.0.0\"\n").unwrap();
    symlink("../outside.lock", project.path().join("Cargo.lock")).unwrap();
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    Case::new("links to parents", links_to_parents, 0, &[]),
    // Links to folders are not followed, so that nothing is known of what they stand for.
    Case::new("installed package that is a link to everything", |project| {
        project.write("package.json", PACKAGE);
        project.write("node_modules/x/package.json", PACKAGE);
        symlink("/", project.path().join("node_modules/y")).unwrap();
        symlink("..", project.path().join("node_modules/z")).unwrap();
    }, 1, &["undetermined-license"]),
    Case::new("absolute link", |project| link(project, "/etc/passwd"), 1, &["path-escape"]),
    Case::new("relative link out", |project| link(project, "../outside"), 1, &["path-escape"]),
    Case::new("link into a process", |project| link(project, "/proc/self/environ"), 1, &["path-escape"]),
    Case::new("chain of links", link_chain, 1, &["unreadable-file"]),
    Case::new("link to itself", |project| link(project, "LICENSE"), 1, &["unreadable-file"]),
    // What is not there was not read: nothing is lost, and nothing is known from it.
    Case::new("dangling link", |project| link(project, "nowhere"), 0, &[]),
    Case::new("link to a folder out", |project| link(project, "/etc"), 1, &["path-escape"]),
    Case::new("lockfile that is a link out", linked_manifest, 1, &["path-escape"]),
    Case::new("link to an endless device", |project| link(project, "/dev/zero"), 1, &["path-escape"]),
    Case::new("pipe as license", |project| {
        shop(project);
        make_pipe(&project.path().join("LICENSE"));
    }, 1, &["unreadable-file"]),
    Case::new("pipe as lockfile", |project| {
        shop(project);
        make_pipe(&project.path().join("Cargo.lock"));
    }, 1, &["unreadable-file"]),
    Case::new("socket as license", |project| {
        shop(project);
        drop(UnixListener::bind(project.path().join("LICENSE")).unwrap());
    }, 1, &["unreadable-file"]),
    // A service that runs in the folder leaves its socket there: no license can be in it.
    Case::new("pipe and socket beside the work", |project| {
        shop(project);
        make_pipe(&project.path().join("queue"));
        drop(UnixListener::bind(project.path().join("service.sock")).unwrap());
    }, 0, &[]),
    Case::new("license of 10 GiB", |project| {
        shop(project);
        make_sparse(project, "LICENSE", 10 << 30);
    }, 1, &["too-large"]).peak_mib(64),
    Case::new("lockfile of 100 MiB", |project| {
        shop(project);
        make_sparse(project, "Cargo.lock", 100 << 20);
    }, 1, &["too-large"]).peak_mib(64),
    Case::new("manifest of 100 MiB", |project| make_sparse(project, "composer.json", 100 << 20), 1, &["too-large"])
        .peak_mib(64),
    Case::new("folders 300 deep", |project| {
        shop(project);
        std::fs::create_dir_all(project.path().join("d/".repeat(300))).unwrap();
    }, 1, &["too-large"]),
    Case::new("5,000 empty folders", |project| {
        shop(project);
        for folder in 0..5_000 {
            std::fs::create_dir_all(project.path().join(format!("{}/{folder}", folder % 100))).unwrap();
        }
    }, 0, &[]),
];

#[test]
fn files_of_every_kind() {
    check_all(CASES);
}

#[test]
fn no_link_reveals_what_it_points_to() {
    for target in ["../outside", "l44", "/proc/self/environ", "/etc/passwd"] {
        let project = Project::new(&[]);
        link(&project, target);
        for args in
            [&["check", "--format", "json"][..], &["check", "-v"], &["list", "--format", "csv"], &["why", "shop"]]
        {
            let said = bounded(&project, args).all();
            assert!(!said.contains("canary") && !said.contains("HOME=") && !said.contains("root:"), "{said}");
        }
    }
}

#[test]
fn linked_folders_are_counted_and_nothing_comes_twice() {
    let project = Project::new(&[]);
    links_to_parents(&project);
    let (_, document) = check(&project, "links to parents");
    assert_eq!(document["coverage"]["skipped"]["linked folders"], 1000);
    assert_eq!(document["packages"].as_array().unwrap().len(), 1);
}

/// No link of any kind makes the program open what lies outside, whatever name it has.
#[cfg(target_os = "linux")]
#[test]
fn nothing_is_opened_through_a_link() {
    #[rustfmt::skip]
    let names = ["LICENSE", "COPYING", "Cargo.toml", "Cargo.lock", "node_modules/x", "vendor", "package.json", "deep/LICENSE", ".venv", "src", "a.rs"];
    for name in names {
        let project = Project::new(&[("Cargo.toml", &manifest("")), ("l/x", "")]);
        let outside = project.path().parent().unwrap().join("outside");
        std::fs::create_dir_all(&outside).unwrap();
        for file in ["LICENSE", "Cargo.toml", "package.json", "pyvenv.cfg", "modules.txt", "a.rs"] {
            std::fs::write(outside.join(file), SECRET).unwrap();
        }
        let relative = "../".repeat(name.split('/').count()) + "outside";
        let file = format!("{relative}/LICENSE");
        for target in [outside.to_str().unwrap(), &relative, &file, "dangling", name.rsplit('/').next().unwrap()] {
            let link = project.path().join(name);
            std::fs::create_dir_all(link.parent().unwrap()).unwrap();
            let _ = std::fs::remove_file(&link);
            symlink(target, &link).unwrap();
            let watch = Watch::on(&outside);
            for args in [&["check", "--format", "json"][..], &["identify", "."], &["list"]] {
                let run = bounded(&project, args);
                assert!(matches!(run.code, Some(0..=2)), "{name} -> {target}: {}", run.all());
                assert!(!run.all().contains("canary"), "{name} -> {target}: {}", run.all());
            }
            assert!(watch.opened().is_empty(), "{name} -> {target}: opened {:?}", watch.opened());
        }
    }
}

/// The walk opens by handle and looks at what it opened: a link put in the place of a file is never followed out.
#[test]
fn swapping_a_file_for_a_link_gains_nothing() {
    let project = Project::new(&[]);
    shop(&project);
    let outside = project.path().parent().unwrap().join("outside");
    std::fs::write(&outside, SECRET).unwrap();
    let license = project.path().join("LICENSE");
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let beside = project.path().join("beside");
            while !stop.load(Ordering::Relaxed) {
                std::fs::write(&beside, "Copyright 2026 The Shop\n").unwrap();
                std::fs::rename(&beside, &license).unwrap();
                symlink(&outside, &beside).unwrap();
                std::fs::rename(&beside, &license).unwrap();
                // A file that grows and is cut short while it is read.
                std::fs::write(&beside, "x".repeat(1 << 16)).unwrap();
                std::fs::File::options().write(true).open(&beside).unwrap().set_len(3).unwrap();
                std::fs::remove_file(&beside).unwrap();
            }
        });
        for _ in 0..10 {
            let run = bounded(&project, &["check", "--format", "json"]);
            assert_eq!(run.signal, None);
            assert!(matches!(run.code, Some(0 | 1)), "{}", run.all());
            assert!(!run.all().contains("canary"), "{}", run.all());
        }
        stop.store(true, Ordering::Relaxed);
    });
}

/// A hundred thousand times the file and a link to the secret change places, while the file is read.
#[cfg(target_os = "linux")]
#[test]
fn no_moment_is_right_for_putting_a_link_in_place() {
    use ppl_check::base::RelPath;
    use ppl_check::scan::{Tree, WalkOptions};
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let project = Project::new(&[("LICENSE", "text")]);
    let outside = project.path().parent().unwrap().join("outside");
    std::fs::write(&outside, SECRET).unwrap();
    let (file, beside) = (project.path().join("LICENSE"), project.path().join("beside"));
    let tree = Tree::walk(&project.path(), &WalkOptions::default()).unwrap();
    symlink(&outside, &beside).unwrap();
    let path = RelPath::new("LICENSE").unwrap();
    let stop = AtomicBool::new(false);
    let (mut n_read, mut n_refused) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..100_000 {
                renameat_with(CWD, &file, CWD, &beside, RenameFlags::EXCHANGE).unwrap();
            }
            stop.store(true, Ordering::Relaxed);
        });
        while !stop.load(Ordering::Relaxed) {
            match tree.read(&path, 1000) {
                Ok(bytes) => {
                    assert_eq!(bytes, b"text");
                    n_read += 1;
                }
                Err(_) => n_refused += 1,
            }
        }
    });
    assert!(n_read > 0 && n_refused > 0, "{n_read} times read, {n_refused} times refused");
}

/// The text of a license in the encodings in which such files are met.
fn encodings(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf16 = |to_bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to_bytes).collect::<Vec<_>>();
    let latin1 = |text: &str| text.chars().map(|char| u8::try_from(u32::from(char)).unwrap()).collect::<Vec<_>>();
    let with = |mark: &[u8], rest: Vec<u8>| [mark, &rest].concat();
    vec![
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-8 with a mark", with(b"\xef\xbb\xbf", text.as_bytes().to_vec())),
        ("UTF-16, little end first", utf16(u16::to_le_bytes)),
        ("UTF-16, little end first, with a mark", with(b"\xff\xfe", utf16(u16::to_le_bytes))),
        ("UTF-16, big end first", utf16(u16::to_be_bytes)),
        ("UTF-16, big end first, with a mark", with(b"\xfe\xff", utf16(u16::to_be_bytes))),
        ("Latin-1", latin1(text)),
        ("lines that end as on Windows", text.replace('\n', "\r\n").into_bytes()),
        ("lines that end as on old Macs", text.replace('\n', "\r").into_bytes()),
        ("lines that end by U+2028", text.replace('\n', "\u{2028}").into_bytes()),
        ("broken UTF-8", with(b"caf\xe9 \xff\xfe\x80\n\n", text.as_bytes().to_vec())),
        ("one line of 5 MB before it", with(&vec![b' '; 5 << 20], text.as_bytes().to_vec())),
    ]
}

#[test]
fn a_license_is_known_in_every_encoding() {
    let mit = spdx::text::LICENSE_TEXTS.iter().find(|(id, _)| *id == "MIT").unwrap().1;
    let text = mit.replace("<year>", "2026").replace("<copyright holders>", "André Müller");
    for (encoding, bytes) in encodings(&text) {
        let project = Project::new(&[]);
        project.write("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"1.0.0\"\n");
        project.write("LICENSE", bytes);
        let (_, document) = check(&project, encoding);
        assert_eq!(package(&document, "pkg:cargo/shop@1.0.0")["expression"], "MIT", "{encoding}");
    }
}

#[test]
fn a_text_with_zero_bytes_is_no_license() {
    let project = Project::new(&[]);
    project.write("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"1.0.0\"\n");
    project.write("LICENSE", b"\x7fELF\x02\x01\x01\0\0\0\0\0MIT License\n");
    let (_, document) = check(&project, "binary license");
    assert_eq!(package(&document, "pkg:cargo/shop@1.0.0")["expression"], serde_json::Value::Null);
}

/// Case-insensitive file systems cannot hold two such names; here both must be reported.
#[test]
fn names_in_any_case_and_bytes_are_files_of_their_own() {
    let apache = spdx::text::LICENSE_TEXTS.iter().find(|(id, _)| *id == "Apache-2.0").unwrap().1;
    let mit = spdx::text::LICENSE_TEXTS.iter().find(|(id, _)| *id == "MIT").unwrap().1;
    let project = Project::new(&[("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"1.0.0\"\n")]);
    project.write("LICENSE", mit);
    project.write("license", apache);
    // Decomposed and composed forms of one name.
    project.write("LICENCE-e\u{301}", mit);
    project.write("LICENCE-\u{e9}", mit);
    let raw = project.path().join(std::ffi::OsStr::from_bytes(b"LICENSE-\xff"));
    std::fs::write(raw, mit).unwrap();
    let (_, document) = check(&project, "names");
    let shop = package(&document, "pkg:cargo/shop@1.0.0");
    let claims: Vec<&str> =
        shop["claims"].as_array().unwrap().iter().map(|claim| claim["raw"].as_str().unwrap()).collect();
    for name in ["LICENSE", "license", "LICENCE-e\u{301}", "LICENCE-\u{e9}", "LICENSE-\u{fffd}"] {
        assert!(claims.contains(&name), "no `{name}` among {claims:?}");
    }
    assert!(shop["candidates"].as_array().is_some_and(|candidates| candidates.len() == 2), "{shop}");
}

#[test]
fn a_folder_whose_name_is_not_utf8_is_read_and_its_bytes_are_told() {
    let project = Project::new(&[]);
    shop(&project);
    let folder = project.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("composer.json"), "{").unwrap();
    let (_, document) = check(&project, "bytes");
    let at = &document["diagnostics"][0]["location"];
    assert_eq!(at["path"], "caf\u{fffd}/composer.json", "{:?}", ids(&document));
    assert_eq!(at["path_bytes"], "636166e92f636f6d706f7365722e6a736f6e");
}
