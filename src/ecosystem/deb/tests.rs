//! Files in the form of Debian's source packages.

use super::copyright::Copyright;
use crate::base::{Location, RelPath};
use crate::ecosystem::testing::{World, lines, problems};
use crate::model::{Claim, Join, PackageRecord, Statement};
use crate::scan::StoreKind;

const NONE: [String; 0] = [];

fn claim(text: &str) -> Option<Claim> {
    Copyright::read(text).and_then(|copyright| copyright.claim(&Location::file(RelPath::root())))
}

#[test]
fn a_source_package_builds_with_and_depends_on() {
    let parsed = World::fixture("deb/source-package").parse("deb", "debian/control");
    assert_eq!(
        lines(&parsed),
        [
            "debian/coop-shop 1.4.0-2 own debian/control:1 `AGPL-3+ | Expat | BSD-3-clause or GPL-2+` 6 -> debian/coop-shop \
             runtime, debian/libcoop1 runtime, debian/debhelper-compat build, debian/libledger-dev build, debian/tester test, \
             debian/texlive build",
            "debian/coop-shop 1.4.0-2 own debian/control:13 -> debian/libcoop1 runtime, debian/adduser runtime, debian/opt \
             runtime?, debian/other runtime?",
            "debian/libcoop1 1.4.0-2 own debian/control:20",
            "debian/debhelper-compat - debian/control:4",
            "debian/libledger-dev - debian/control:5",
            "debian/tester - debian/control:6",
            "debian/texlive - debian/control:7",
            "debian/adduser - debian/control:16",
            "debian/opt - debian/control:16",
            "debian/other - debian/control:17",
        ]
    );
    assert_eq!(problems(&parsed), NONE);
}

#[test]
fn the_last_paragraph_that_matches_counts() {
    let head = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n";
    let values = |claim: Claim| match claim.says {
        Statement::Field { values, join: Join::And, .. } => values,
        _ => Vec::new(),
    };
    for (text, expect) in [
        ("Files: *\nLicense: GPL-2+\n text\n .\n more\n\nFiles: a/*\nLicense: Expat\n", &["GPL-2+", "Expat"][..]),
        ("Files: a/*\nLicense: Expat\n\nFiles: *\nLicense: GPL-2+\n", &["GPL-2+"]),
        ("Files: *\nLicense: Expat\n\nFiles: debian/*\nLicense: GPL-3+\n\nLicense: GPL-3+\n text\n", &["Expat"]),
        ("Files: *\nLicense: Expat\n\nFiles: x\n y\nLicense: Expat\n", &["Expat"]),
        ("Files: *\nCopyright: x\n", &[]),
    ] {
        let found = claim(&format!("{head}{text}")).map(values).unwrap_or_default();
        assert_eq!(found, expect, "{text}");
    }
    let head_only =
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nLicense: Zlib\n text\n";
    assert_eq!(claim(head_only).map(values), Some(vec!["Zlib".to_owned()]));
    assert_eq!(claim("This package was debianized by A.\n\nLicense: GPL\n"), None);
}

#[test]
fn installed_packages_leave_their_copyright_file() {
    let text: &[u8] =
        b"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: Zlib\n";
    let files = [("usr/share/doc/adduser/copyright", text), ("usr/share/doc/texlive/copyright", b"Free-form words.\n")];
    let world = World::fixture("deb/source-package").with_store(StoreKind::Dpkg, &files);
    let parsed = world.parse("deb", "debian/control");
    let record =
        |name: &str| -> &PackageRecord { parsed.records.iter().rfind(|record| record.purl.name() == name).unwrap() };
    assert_eq!(world.copies("deb", record("adduser")).0, ["dpkg:adduser: `Zlib` dpkg:adduser/copyright:4; "]);
    assert_eq!(world.copies("deb", record("texlive")).0, ["dpkg:texlive: ; "]);
    let (found, copies) = world.copies("deb", record("opt"));
    assert_eq!((found, copies.tried), (NONE.to_vec(), vec!["/usr/share/doc/opt".to_owned()]));
}

#[test]
fn broken_files_cost_themselves() {
    for text in ["", "Package: a\n", "Source: ../x\n"] {
        let parsed = World::of(&[("debian/control", text.as_bytes())]).parse("deb", "debian/control");
        assert_eq!((parsed.records.len(), parsed.diagnostics.len()), (0, 1), "{text}");
    }
    let empty: &[u8] = b"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n";
    let parsed = World::of(&[("debian/copyright", empty)]).parse("deb", "debian/copyright");
    assert_eq!(
        problems(&parsed),
        ["invalid-entry debian/copyright:1 expected paragraphs with `Files` and `License`, found none"]
    );
}

#[test]
fn a_file_system_has_packages_installed() {
    let status: &[u8] = b"Package: liba1\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-2+b1\nProvides: a-any (= 1.0)\nDepends: libc6 (>= 2.34), bb | cc\n\n\
          Package: libc6\nEssential: yes\nStatus: hold ok installed\nVersion: 2.36-9\n\n\
          Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n\
          Package: cc\nStatus: install ok installed\nVersion: 1:3~rc1\nDescription: Package: x\n Depends: y\nDepends: a-any\n\n\
          Package: ../x\nStatus: install ok installed\nVersion: 1\n";
    let copyright: &[u8] =
        b"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: Expat\n";
    let world = World::of(&[
        ("image/var/lib/dpkg/status", status),
        ("image/usr/share/doc/liba1/copyright", copyright),
        ("broken/var/lib/dpkg/status", b"\x00\xffwhat"),
    ])
    .with_store(StoreKind::Dpkg, &[("usr/share/doc/libc6/copyright", copyright)]);
    let parsed = world.parse("deb", "image/var/lib/dpkg/status");
    assert_eq!(
        lines(&parsed),
        [
            "debian/liba1 1.0-2+b1 system-package image/var/lib/dpkg/status:1 -> debian/libc6 runtime, debian/cc runtime?",
            "debian/libc6 2.36-9 system-package image/var/lib/dpkg/status:8",
            "debian/cc 1:3~rc1 system-package image/var/lib/dpkg/status:17 -> debian/liba1 runtime",
            "image - own image/var/lib/dpkg/status -> debian/liba1 runtime",
        ]
    );
    assert_eq!(
        problems(&parsed),
        ["invalid-entry image/var/lib/dpkg/status:24 expected a package with a name and a `Version`"]
    );
    let place = "image/usr/share/doc/liba1";
    assert_eq!(world.copies("deb", &parsed.records[0]).0, [format!("{place}: `Expat` {place}/copyright:4; ")]);
    // What the machine has installed is not what the file system has.
    assert_eq!(world.copies("deb", &parsed.records[1]).1.tried, ["image/usr/share/doc/libc6"]);
    let broken = world.parse("deb", "broken/var/lib/dpkg/status");
    assert_eq!(broken.diagnostics.len(), 1);
}
