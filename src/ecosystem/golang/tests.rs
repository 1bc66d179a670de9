//! Whole files in the form that Go 1.19 writes, compared with what `go list -m all` and `go mod graph` say of them.

use std::io::Write;

use zip::write::SimpleFileOptions;

use super::sums::checksum_of;
use crate::base::RelPath;
use crate::ecosystem::Inspection;
use crate::ecosystem::testing::{World, lines, problems};
use crate::model::Origin;
use crate::scan::{Folder, StoreKind};

const NONE: [String; 0] = [];

#[test]
fn copies_replacements_and_checksums() {
    let world = World::fixture("golang/vendored");
    let parsed = world.parse("golang", "shop/go.mod");
    let expect = [
        "example.org/coop/shop - own shop/go.mod:1 -> example.org/Coop/ledger runtime, example.org/cli runtime, \
         example.org/coop/lib runtime, example.org/fork/yaml runtime",
        "example.org/Coop/ledger v0.3.1 shop/go.mod:6",
        "example.org/base v1.2.0 shop/go.mod:12",
        "example.org/cli v1.6.1 shop/go.mod:7",
        "example.org/coop/lib - own lib/go.mod:1",
        "example.org/fork/yaml v1.4.0 shop/go.mod:9",
    ];
    assert_eq!(lines(&parsed), expect);
    assert_eq!(problems(&parsed), NONE);
    let record = |name: &str| parsed.records.iter().find(|record| record.purl.full_name() == name).unwrap();
    let yaml = record("example.org/fork/yaml");
    // As base64 it stands in `go.sum`: `eBBL…hDU=`.
    assert!(yaml.checksums[0].hex.starts_with("78104bb8"), "{:?}", yaml.checksums);
    assert_eq!(world.copies("golang", yaml).0, ["shop/vendor/example.org/yaml: ; "]);
    // A module without a license at its top has those of its packages.
    let (_, copies) = world.copies("golang", record("example.org/Coop/ledger"));
    assert_eq!(super::copies::inspect(&copies.folders[0]).license_files, ["tables/COPYING"]);
    // The index and the checksums define nothing beside a `go.mod`.
    for file in ["shop/vendor/modules.txt", "shop/go.sum"] {
        assert_eq!(world.parse("golang", file), crate::ecosystem::Parsed::default());
    }
}

#[test]
fn the_cache_knows_who_needs_whom() {
    let world = World::fixture("golang/vendored").with_store(
        StoreKind::Go,
        &[
            ("cache/download/example.org/!coop/ledger/@v/v0.3.1.mod", b"require example.org/base v1.0.0\n"),
            ("cache/download/example.org/cli/@v/v1.6.1.mod", b"require example.org/base v1.2.0\nrequire gone v1.0.0\n"),
            ("example.org/!coop/ledger@v0.3.1/tables/COPYING", b""),
            ("example.org/!coop/ledger@v0.3.1/testdata/LICENSE", b""),
            ("example.org/!coop/ledger@v0.3.1/go.mod", b""),
        ],
    );
    let parsed = world.parse("golang", "shop/go.mod");
    let found = lines(&parsed);
    assert_eq!(found[1], "example.org/Coop/ledger v0.3.1 shop/go.mod:6 -> example.org/base runtime");
    assert_eq!(found[3], "example.org/cli v1.6.1 shop/go.mod:7 -> example.org/base runtime");
    assert_eq!(found.len(), 6);
    let (_, copies) = world.copies("golang", &parsed.records[1]);
    let places: Vec<_> = copies.folders.iter().map(Folder::place).collect();
    assert_eq!(places, ["shop/vendor/example.org/Coop/ledger", "go:example.org/Coop/ledger@v0.3.1"]);
    assert_eq!(super::copies::inspect(&copies.folders[1]).license_files, ["tables/COPYING"]);
}

#[test]
fn a_workspace_has_one_version_of_each_module() {
    let parsed = World::fixture("golang/workspace").parse("golang", "go.work");
    let expect = [
        "example.org/coop/api - own api/go.mod:1 -> example.org/coop/cli runtime, example.org/Coop/ledger runtime, \
         example.org/yaml runtime",
        "example.org/coop/cli - own cli/go.mod:1 -> example.org/cli runtime",
        "example.org/Coop/ledger v0.3.1 api/go.mod:6",
        "example.org/base v1.2.0 api/go.mod:11",
        "example.org/yaml - own forks/yaml/go.mod:1",
        "example.org/cli v1.6.1 cli/go.mod:5",
    ];
    assert_eq!(lines(&parsed), expect);
    assert_eq!(problems(&parsed), NONE);
    let covered: Vec<_> = parsed.covers.iter().map(RelPath::as_str).collect();
    assert_eq!(covered, ["api/go.mod", "cli/go.mod"]);
}

#[test]
fn an_old_file_is_completed_from_the_cache_or_the_copies_or_not_at_all() {
    let hint =
        "no-lockfile go.mod:1 before Go 1.17 only direct requirements are listed, and what those need is not at hand";
    let world = World::fixture("golang/before-1.17");
    let parsed = world.parse("golang", "go.mod");
    assert_eq!(parsed.records.len(), 3);
    assert_eq!(problems(&parsed), [hint]);
    let world = world.with_store(
        StoreKind::Go,
        &[
            ("cache/download/example.org/!coop/ledger/@v/v0.3.1.mod", b"require example.org/base v1.0.0\n"),
            ("cache/download/example.org/cli/@v/v1.6.1.mod", b"require example.org/base v1.2.0\n"),
            ("cache/download/example.org/base/@v/v1.0.0.mod", b"module example.org/base\n"),
            ("cache/download/example.org/base/@v/v1.2.0.mod", b"module example.org/base\n"),
        ],
    );
    let parsed = world.parse("golang", "go.mod");
    assert_eq!(lines(&parsed)[2], "example.org/base v1.2.0 go.mod:6");
    assert_eq!((parsed.records.len(), problems(&parsed)), (4, NONE.to_vec()));
    let copied: &[u8] =
        b"# example.org/cli v1.6.1\n## explicit\nexample.org/cli\n# example.org/base v1.2.0\nexample.org/base\n";
    let module: &[u8] = b"module example.org/m\nrequire example.org/cli v1.6.1\n";
    let parsed = World::of(&[("go.mod", module), ("vendor/modules.txt", copied)]).parse("golang", "go.mod");
    assert_eq!(lines(&parsed)[1], "example.org/base v1.2.0 go.mod:1");
    assert_eq!((parsed.records.len(), problems(&parsed)), (3, NONE.to_vec()));
}

#[test]
fn tools_are_part_of_the_build_where_the_graph_proves_it() {
    let module: &[u8] =
        b"module example.org/m\ngo 1.24\ntool example.org/tool/cmd/gen\nrequire example.org/toolbox v1.0.0\n\
                          require (\n\texample.org/tool v0.1.0 // indirect\n\texample.org/base v1.0.0 // indirect\n)\n";
    let world = World::of(&[("go.mod", module)]);
    assert!(
        lines(&world.parse("golang", "go.mod"))[0]
            .ends_with("-> example.org/tool runtime, example.org/toolbox runtime")
    );
    let world = world.with_store(
        StoreKind::Go,
        &[
            ("cache/download/example.org/tool/@v/v0.1.0.mod", b"require example.org/base v1.0.0\n"),
            ("cache/download/example.org/toolbox/@v/v1.0.0.mod", b""),
            ("cache/download/example.org/base/@v/v1.0.0.mod", b""),
        ],
    );
    let parsed = world.parse("golang", "go.mod");
    assert!(
        lines(&parsed)[0].ends_with("-> example.org/tool build, example.org/toolbox runtime"),
        "{:?}",
        lines(&parsed)
    );
}

#[test]
fn broken_lines_cost_themselves() {
    let parsed = World::fixture("golang/broken").parse("golang", "go.mod");
    assert_eq!(
        lines(&parsed),
        [
            "example.org/coop/broken - own go.mod:1 -> example.org/yaml runtime, example.org/base runtime",
            "example.org/yaml - go.mod:9",
            "example.org/Coop/ledger v0.3.1 go.mod:13",
            "example.org/base v1.2.0 go.mod:8",
        ]
    );
    assert_eq!(parsed.records[3].origin, Origin::Outside("../../outside".to_owned()));
    assert_eq!(
        problems(&parsed),
        [
            "invalid-entry go.mod:10 expected a `require` of a module, found something else",
            "invalid-entry go.mod:11 expected a `require` of a module, found something else",
            "invalid-entry go.mod:12 expected a `require` of a module, found something else",
            "invalid-entry go.mod:14 expected a `require` of a module, found something else",
            "invalid-syntax go.mod `require (` is never closed",
            "stale-lockfile go.mod:9 no version is pinned for `example.org/yaml`",
        ]
    );
}

#[test]
fn what_was_copied_and_what_is_asked_for_are_compared() {
    let module: &[u8] = b"module example.org/m\ngo 1.17\nrequire example.org/a v1.1.0\n";
    let index: &[u8] = b"# example.org/a v1.0.0\n## explicit\nexample.org/a\n# example.org/b v1.0.0\nexample.org/b\n";
    let sum: &[u8] = b"example.org/b v1.0.0/go.mod h1:T3pCEKcFkcy3pOIDw/xubz50BkM3r+VB6+Hfqxch+I4=\n";
    let world = World::of(&[("go.mod", module), ("vendor/modules.txt", index), ("go.sum", sum)]);
    let parsed = world.parse("golang", "go.mod");
    assert_eq!(
        problems(&parsed),
        [
            "stale-lockfile go.mod `example.org/a` not in `go.sum`",
            "stale-lockfile vendor/modules.txt:1 `example.org/a` v1.0.0 was copied, and `go.mod` asks for v1.1.0",
            "stale-lockfile vendor/modules.txt:4 `example.org/b` v1.0.0 was copied, and `go.mod` does not name it",
        ]
    );
    assert_eq!(parsed.records.len(), 4);
    // A folder of copies without texts is no look at all.
    let (found, copies) = world.copies("golang", &parsed.records[2]);
    assert_eq!((found, copies.tried.len()), (NONE.to_vec(), 2));
    let alone = World::of(&[("vendor/modules.txt", index)]);
    assert_eq!(
        lines(&alone.parse("golang", "vendor/modules.txt")),
        ["example.org/a v1.0.0 vendor/modules.txt:1", "example.org/b v1.0.0 vendor/modules.txt:4"]
    );
    let lost = World::of(&[("go.sum", sum)]).parse("golang", "go.sum");
    assert_eq!(problems(&lost), ["no-lockfile go.sum:1 there is no `go.mod` beside it, so what is needed is unknown"]);
}

#[test]
fn an_archive_counts_if_its_contents_are_what_is_pinned() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in [("LICENSE", "MIT License\n"), ("a.go", "package a\n"), ("docs/x", "x")] {
        zip.start_file(format!("example.org/A@v1.0.0/{name}"), SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    let archive = zip.finish().unwrap().into_inner();
    // `go mod download` says so of the same three files.
    let module: &[u8] = b"module example.org/m\ngo 1.17\nrequire example.org/A v1.0.0\n";
    let found = |sum: &str| {
        let sum = format!("example.org/A v1.0.0 h1:{sum}\n");
        let world = World::of(&[("go.mod", module), ("go.sum", sum.as_bytes())])
            .with_store(StoreKind::Go, &[("cache/download/example.org/!a/@v/v1.0.0.zip", &archive)]);
        let parsed = world.parse("golang", "go.mod");
        let (_, copies) = world.copies("golang", &parsed.records[1]);
        (copies.folders.iter().map(|folder| folder.files("")).collect::<Vec<_>>(), copies.mismatches.len())
    };
    assert_eq!(
        found("y7mi1vNxhKk09A3/Nv3KDFCeW22/HmAGTyw2F6GUFzk="),
        (vec![vec!["LICENSE".to_owned(), "a.go".to_owned()]], 0)
    );
    assert_eq!(found("T3pCEKcFkcy3pOIDw/xubz50BkM3r+VB6+Hfqxch+I4="), (Vec::new(), 1));
    assert_eq!(checksum_of(&std::collections::BTreeMap::new()).algorithm, "h1");
    assert_eq!(super::copies::inspect(&Folder::in_memory([].into(), None, RelPath::root())), Inspection::default());
}
