//! Whole files in the form that npm writes.

use crate::base::hex;
use crate::ecosystem::testing::{World, lines, problems, tar_gz};
use crate::ecosystem::{Parsed, Surroundings, by_type};
use crate::model::{Checksum, Origin, PackageRecord, Trait};
use crate::scan::StoreKind;
use sha2::{Digest, Sha512};

const NONE: [String; 0] = [];

fn check(parsed: &Parsed, expect: &[&str], expect_problems: &[&str]) {
    let found = lines(parsed);
    assert!(found == expect, "{found:#?}");
    assert_eq!(problems(parsed), expect_problems);
}

fn record<'parsed>(parsed: &'parsed Parsed, name: &str) -> &'parsed PackageRecord {
    parsed.records.iter().find(|record| record.purl.full_name() == name).unwrap()
}

#[test]
fn a_lockfile_has_an_entry_for_each_path() {
    let parsed = World::fixture("npm/lock-3").parse("npm", "package-lock.json");
    check(
        &parsed,
        &[
            "coop-shop 1.0.0 own package.json:2 `PPL` 4 -> braces dev, chokidar runtime?, esbuild dev, js-yaml runtime, \
             ledger runtime, lodash runtime, npm-packlist dev",
            "elsewhere 0.1.0 package-lock.json:28 `MIT` 31",
            "@esbuild/linux-x64 0.21.5 dev optional platform-files package-lock.json:41 `MIT` 48",
            "argparse 2.0.1 runtime package-lock.json:57 `Python-2.0` 60",
            "braces 3.0.3 runtime optional package-lock.json:62 `MIT` 65",
            "chokidar 3.6.0 runtime optional package-lock.json:67 `MIT` 70 -> braces runtime",
            "esbuild 0.21.5 dev package-lock.json:83 `MIT` 87 -> @esbuild/linux-x64 runtime?",
            "js-yaml 3.14.1 runtime package-lock.json:92 `MIT` 97 -> argparse runtime",
            "argparse 1.0.10 runtime package-lock.json:99 `MIT` 101",
            "ledger 3.0.1 runtime package-lock.json:103",
            "lodash 4.17.21 runtime package-lock.json:107 `MIT` 110",
            "npm-packlist 1.4.8 dev package-lock.json:112 `ISC` 115 -> ignore-walk runtime",
            "ignore-walk 3.0.4 dev bundled package-lock.json:123 `ISC` 127",
            // The flag says that developing needs it; the member of the workspace asks its users for it as well.
            "react 18.2.0 runtime package-lock.json:129 `MIT` 132 -> loose-envify runtime",
            "loose-envify 1.4.0 runtime package-lock.json:137 `MIT` 140",
            "@coop-shop/lib 1.0.0 own packages/lib/package.json:1",
            "@coop-shop/web 1.0.0 own packages/web/package.json:2 `SEE LICENSE IN ../../LICENSE.txt` 4 -> argparse \
             runtime, react dev, react runtime, @coop-shop/lib runtime",
        ],
        &[],
    );
    assert_eq!(record(&parsed, "elsewhere").origin, Origin::Outside("../elsewhere".to_owned()));
    assert_eq!(record(&parsed, "chokidar").origin, Origin::OtherRegistry("https://npm.example.org/private".to_owned()));
    let git = "vcs_url=git%2Bssh://host.example/coop/ledger.git%40f67e910fe617bd72a46a2eb518ff8388fe26e51a";
    assert_eq!(record(&parsed, "ledger").purl.to_string(), format!("pkg:npm/ledger@3.0.1?{git}"));
    let js_yaml = parsed.records.iter().position(|record| record.purl.name() == "js-yaml").unwrap();
    let nested = &parsed.records[parsed.records[js_yaml].needs[0].target];
    assert_eq!(nested.purl.version(), Some("1.0.10"));
    assert_eq!(parsed.covers.len(), 3);
}

#[test]
fn nested_copies_keep_their_own_license() {
    let world = World::fixture("npm/lock-3");
    let parsed = world.parse("npm", "package-lock.json");
    let copies = parsed.records.iter().filter(|record| record.purl.name() == "argparse");
    let found: Vec<_> = copies.flat_map(|record| world.copies("npm", record).0).collect();
    assert_eq!(
        found,
        [
            "node_modules/argparse: `Python-2.0` node_modules/argparse/package.json:1; argparse 2.0.1",
            "node_modules/js-yaml/node_modules/argparse: `MIT` \
             node_modules/js-yaml/node_modules/argparse/package.json:4; argparse 1.0.10",
        ]
    );
    let (folders, copies) = world.copies("npm", record(&parsed, "esbuild"));
    assert_eq!((folders, copies.tried), (NONE.to_vec(), vec!["node_modules/esbuild".to_owned()]));
}

#[test]
fn a_lockfile_of_version_1_is_a_tree() {
    let parsed = World::fixture("npm/lock-1").parse("npm", "package-lock.json");
    check(
        &parsed,
        &[
            "a 1.0.0 runtime package-lock.json:7 -> b runtime",
            "b 2.0.0 runtime optional bundled package-lock.json:14",
            "b 1.0.0 dev package-lock.json:21",
            "lib - own package-lock.json:25 -> b runtime",
            "b 3.0.0 runtime package-lock.json:31",
            "lodash 4.17.21 runtime package-lock.json:36",
            "ms - runtime package-lock.json:39",
            "odd - runtime package-lock.json:43",
            "packed - runtime package-lock.json:47",
            "coop-shop 1.0.0 own package.json:2 -> a runtime, b dev, lib runtime, lodash runtime, ms runtime, odd \
             runtime, packed runtime, gone dev",
            "gone - package.json:5",
        ],
        &["stale-lockfile package.json:5 `gone` not in `package-lock.json` as the manifest asks for it"],
    );
}

#[test]
fn without_a_lockfile_what_is_installed_defines_the_set() {
    let parsed = World::fixture("npm/installed-without-lock").parse("npm", "package.json");
    let stores = "node_modules";
    check(
        &parsed,
        &[
            "coop-shop - own package.json:2 `Peer Production License` 3 -> @coop/b dev, a runtime, gone dev",
            &format!("@coop/b 1.1.0 {stores}/@coop/b/package.json:1 -> c runtime"),
            &format!("a 1.0.0 {stores}/a/package.json:1 -> c runtime"),
            &format!("c 1.0.0 {stores}/a/node_modules/c/package.json:1"),
            &format!("c 2.0.0 {stores}/c/package.json:1"),
            "gone - package.json:5",
        ],
        &["no-lockfile package.json:5 `gone` not pinned by any lockfile, nor further dependencies"],
    );
    let needed = |name: &str| parsed.records[record(&parsed, name).needs[0].target].purl.version();
    assert_eq!((needed("a"), needed("@coop/b")), (Some("1.0.0"), Some("2.0.0")));
}

#[test]
fn a_manifest_alone_names_packages_without_version() {
    let world = World::fixture("npm/no-lockfile");
    let parsed = world.parse("npm", "package.json");
    check(
        &parsed,
        &[
            "coop-shop - own package.json:2 -> left-pad runtime, coop-lib runtime, lodash runtime, far runtime, eslint dev",
            "left-pad - package.json:4",
            "coop-lib 0.1.0 own lib/package.json:1 `PPL` 1",
            "lodash - package.json:6",
            "far - package.json:7",
            "eslint - package.json:10",
        ],
        &["no-lockfile package.json:4 `left-pad`, `lodash4`, `far`, `eslint` not pinned by any lockfile, \
           nor further dependencies"],
    );
    assert_eq!(record(&parsed, "far").origin, Origin::Outside("../../../far".to_owned()));
    // A mark for readers of modules is no package.
    let marks = World::of(&[("dist/package.json", b"{\"type\": \"module\"}")]).parse("npm", "dist/package.json");
    check(&marks, &[], &[]);
}

#[test]
fn a_shrinkwrap_counts_alone() {
    let lock: &[u8] = b"{\"lockfileVersion\": 3, \"packages\": {\"node_modules/a\": {\"version\": \"1.0.0\"}}}";
    let world = World::of(&[("npm-shrinkwrap.json", lock), ("package-lock.json", b"broken")]);
    check(
        &world.parse("npm", "package-lock.json"),
        &[],
        &["duplicate-lockfile package-lock.json `npm-shrinkwrap.json` lies beside it and counts"],
    );
    let parsed = world.parse("npm", "npm-shrinkwrap.json");
    check(&parsed, &["a 1.0.0 runtime npm-shrinkwrap.json:1", "project - own npm-shrinkwrap.json:1"], &[]);
}

#[test]
fn broken_entries_cost_themselves() {
    let lock = b"{\"lockfileVersion\": 9, \"packages\": {\n\"\": {\"name\": \"x\"},\n\"node_modules/a\": 3,\n\
                 \"node_modules/../../etc\": {\"version\": \"1\"},\n\
                 \"node_modules/b\": {\"version\": \"1\", \"license\": 3},\n\
                 \"node_modules/c\": {\"version\": \"1\"},\n\"node_modules/c\": {\"version\": \"2\"},\n\
                 \"/etc\": {}, \"node_modules/d\": {\"resolved\": \"../../d\", \"link\": true}}}";
    let parsed = World::of(&[("package-lock.json", lock)]).parse("npm", "package-lock.json");
    check(
        &parsed,
        &[
            "x - own package-lock.json:2",
            "b 1 runtime package-lock.json:5",
            "c 1 runtime package-lock.json:6",
            "c 2 runtime package-lock.json:7",
            "etc - package-lock.json:8",
            "d - package-lock.json:8",
        ],
        &[
            "unknown-lockfile-version package-lock.json:1 expected a lockfile of version 1 to 3, found 9",
            "invalid-entry package-lock.json:3 expected an object for `node_modules/a`, found a number",
            "path-escape package-lock.json:4 expected a path below the project, found `node_modules/../../etc`",
            "invalid-entry package-lock.json:5 expected a string, an object or an array in `license`, found a number",
            "duplicate-key package-lock.json:7 `node_modules/c` stands twice; readers disagree on which counts",
        ],
    );
    for text in ["", "{\"packages\": {", "[]"] {
        let files: [(&str, &[u8]); 2] =
            [("package-lock.json", text.as_bytes()), ("package.json", b"{\"dependencies\": {\"a\": \"1\"}}")];
        let parsed = World::of(&files).parse("npm", "package-lock.json");
        assert_eq!(lines(&parsed), ["project - own package.json:1 -> a runtime", "a - package.json:1"], "{text}");
        assert_eq!(parsed.diagnostics.len(), 2, "{text}");
    }
}

#[test]
fn a_lockfile_for_another_manifest_is_stale() {
    let lock = br#"{"lockfileVersion": 3, "packages": {"": {"dependencies": {"a": "^1", "b": "^1"}},
        "node_modules/a": {"version": "1.0.0"}, "node_modules/b": {"version": "1.0.0"}}}"#;
    let manifest = br#"{"dependencies": {"a": "^1", "b": "^2"}}"#;
    let parsed =
        World::of(&[("package-lock.json", lock), ("package.json", manifest)]).parse("npm", "package-lock.json");
    let message = "`b` not in `package-lock.json` as the manifest asks for it";
    assert_eq!(problems(&parsed), [format!("stale-lockfile package.json:1 {message}")]);
}

#[test]
fn settings_of_the_project_are_read() {
    let lock = br#"{"lockfileVersion": 3, "packages": {"node_modules/@coop/a": {"version": "1.0.0"},
        "node_modules/b": {"version": "1.0.0"}}}"#;
    let world = World::of(&[("package-lock.json", lock), (".npmrc", b"@coop:registry=https://npm.coop.example/")]);
    let parsed = world.parse("npm", "package-lock.json");
    assert_eq!(record(&parsed, "@coop/a").origin, Origin::OtherRegistry("https://npm.coop.example/".to_owned()));
    assert_eq!(record(&parsed, "b").origin, Origin::Registry);
}

/// Returns a package in npm's cache, and its record.
fn cached(bytes: &[u8], name: &str) -> (String, PackageRecord) {
    let digest = hex(&Sha512::digest(bytes));
    let ((first, rest), bucket) = (digest.split_at(2), "_cacache/content-v2/sha512");
    let (second, rest) = rest.split_at(2);
    let path = format!("{bucket}/{first}/{second}/{rest}");
    let purl = crate::base::Purl::new("npm", name, Some("1.0.0"));
    let mut record = PackageRecord::new(purl, crate::base::Location::file(crate::base::RelPath::root()));
    record.checksums = vec![Checksum { algorithm: "sha512".to_owned(), hex: digest }];
    (path, record)
}

#[test]
fn npms_cache_is_asked_by_digest() {
    let manifest = r#"{"name": "@coop/a", "version": "1.0.0", "license": "SEE LICENSE IN docs/terms.txt"}"#;
    let files = [("package.json", manifest), ("docs/terms.txt", "terms"), ("LICENSE.md", "MIT"), ("index.js", "x")];
    let archive = tar_gz("package", &files);
    let (path, record) = cached(&archive, "@coop/a");
    let world = World::of(&[]).with_store(StoreKind::Npm, &[(&path, &archive)]);
    let (folders, copies) = world.copies("npm", &record);
    assert_eq!(
        folders,
        ["npm:@coop/a-1.0.0: `SEE LICENSE IN docs/terms.txt` npm:@coop/a-1.0.0/package.json:1; @coop/a 1.0.0"]
    );
    assert_eq!(copies.folders[0].files(""), ["LICENSE.md", "package.json"]);
    assert_eq!(copies.folders[0].files("docs"), ["terms.txt"]);
    // Bytes that are not those of the digest are no evidence.
    let world = World::of(&[]).with_store(StoreKind::Npm, &[(&path, b"changed")]);
    let (folders, copies) = world.copies("npm", &record);
    assert_eq!((folders, copies.mismatches.len()), (NONE.to_vec(), 1));
    let (path, record) = cached(b"no archive", "a");
    let (_, copies) = World::of(&[]).with_store(StoreKind::Npm, &[(&path, b"no archive")]).copies("npm", &record);
    assert_eq!((copies.folders.len(), copies.diagnostics.len()), (0, 1));
}

#[test]
fn what_packages_for_one_platform_ship() {
    let traits = |files: &[(&str, &[u8])]| {
        let world = World::of(files);
        let mut record = cached(b"", "x").1;
        record.dir = Some(crate::base::RelPath::new("node_modules/x").unwrap());
        let npm = by_type("npm").unwrap();
        let copies = (npm.copies)(&record, &Surroundings { tree: &world.tree, stores: &world.stores });
        (npm.inspect)(&copies.folders[0]).traits.into_iter().collect::<Vec<_>>()
    };
    let manifest = "node_modules/x/package.json";
    let plain: &[u8] = br#"{"os": ["linux"], "cpu": ["x64"]}"#;
    let loaded: &[u8] = br#"{"os": ["linux"], "main": "x.linux-x64.node"}"#;
    let program: (&str, &[u8]) = ("node_modules/x/bin/x", b"ELF");
    assert_eq!(traits(&[(manifest, b"{}"), program]), []);
    assert_eq!(traits(&[(manifest, br#"{"cpu": "any"}"#), program]), []);
    assert_eq!(traits(&[(manifest, plain), program]), [Trait::PlatformExecutable, Trait::PlatformFiles]);
    assert_eq!(traits(&[(manifest, loaded)]), [Trait::PlatformFiles, Trait::PlatformLibrary]);
    let library: (&str, &[u8]) = ("node_modules/x/lib/libvips.so.42", b"ELF");
    assert_eq!(traits(&[(manifest, plain), program, library]), [Trait::PlatformFiles, Trait::PlatformLibrary]);
    // A script that can be imported is no program of its own.
    let importable: (&str, &[u8]) = ("node_modules/x/index.js", b"");
    assert_eq!(traits(&[(manifest, plain), program, importable]), [Trait::PlatformFiles]);
    assert_eq!(traits(&[(manifest, plain)]), [Trait::PlatformFiles]);
}
