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
