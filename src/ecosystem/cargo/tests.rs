use super::super::Parsed;
use super::super::testing::{World, lines, problems, tar_gz};
use super::*;
use crate::base::{Code, sha256_hex};
use crate::model::{Origin, PackageRecord, Trait};
use crate::scan::StoreKind;

fn check(case: &str, file: &str, expect: &[&str], expect_problems: &[&str]) {
    let parsed = World::fixture(&format!("cargo/{case}")).parse(ECOSYSTEM, file);
    assert_eq!(lines(&parsed), expect, "{case}");
    assert_eq!(problems(&parsed), expect_problems, "{case}");
}

#[test]
fn a_workspace_joins_its_manifests() {
    check(
        "workspace",
        LOCKFILE,
        &[
            "cc 1.2.0 Cargo.lock:5 -> shlex runtime",
            "gen 0.0.0 own tools/gen/Cargo.toml:2 `PPL` 8 -> shop-core runtime",
            "itoa 0.4.8 Cargo.lock:21",
            "itoa 1.0.11 Cargo.lock:27",
            "serde 1.0.210 Cargo.lock:33",
            "shared 0.1.0 Cargo.lock:39",
            "shlex 1.3.0 Cargo.lock:43",
            "shop-core 0.4.0 own crates/core/Cargo.toml:2 `PPL` 8 \
             -> cc build, itoa dev, itoa runtime?, serde runtime, winapi runtime?",
            "shop-web 1.0.0 own crates/web/Cargo.toml:2 `COPYING` 4 -> shared runtime, shop-core runtime",
            "winapi 0.3.9 Cargo.lock:68",
        ],
        &[],
    );
}

#[test]
fn version_1_has_a_root_and_metadata() {
    check(
        "version-1",
        LOCKFILE,
        &[
            "old 0.1.0 own Cargo.toml:2 `MIT/Apache-2.0` 4 -> libc runtime, log runtime",
            "libc 0.2.30 Cargo.lock:9",
            "log 0.3.8 Cargo.lock:14",
        ],
        &[],
    );
}

#[test]
fn versions_2_to_4_say_the_same() {
    // Version 2 does not name itself; version 4 encodes the branches of git sources.
    for (case, n_before) in [("version-2", 0), ("version-3", 2), ("version-4", 2)] {
        let line = |line: u32| format!("Cargo.lock:{}", line + n_before);
        check(
            case,
            LOCKFILE,
            &[
                &format!("itoa 0.4.8 {}", line(3)),
                &format!("itoa 1.0.1 {}", line(9)),
                "ledger 0.2.0 own ledger/Cargo.toml:2 `PPL` 4 -> itoa runtime",
                &format!("receipts 0.3.0 {}", line(22)),
                &format!("ryu 0.2.8 {}", line(27)),
                "till 0.1.0 own Cargo.toml:2 `PPL` 4 -> itoa runtime, ledger runtime, receipts runtime, ryu runtime",
            ],
            &[],
        );
        let parsed = World::fixture(&format!("cargo/{case}")).parse(ECOSYSTEM, LOCKFILE);
        let repository = Origin::Repository {
            url: "https://git.example.org/coop/receipts".to_owned(),
            revision: Some("c730f702f26530f212d49e7d7f91913eb07d6a1f".to_owned()),
        };
        let sums: String = parsed
            .records
            .iter()
            .flat_map(|record| &record.checksums)
            .filter_map(|sum| sum.hex.chars().next())
            .collect();
        assert_eq!((&parsed.records[3].origin, sums.as_str()), (&repository, "abc"), "{case}");
        // Which of two versions is meant.
        let needs = |at: usize| parsed.records[at].needs.iter().map(|need| need.target).collect::<Vec<_>>();
        assert_eq!((needs(2), needs(5)), (vec![0], vec![1, 2, 3, 4]), "{case}");
    }
}

#[test]
fn a_broken_lockfile_costs_what_is_broken() {
    check(
        "broken",
        LOCKFILE,
        &["app 1.0.0 own Cargo.lock:3 -> log runtime", "log 0.4.20 Cargo.lock:11", "cfg-if 1.0.0 Cargo.lock:23"],
        &[
            "invalid-entry Cargo.lock:7 `app` needs `gone`, which has no entry",
            "invalid-entry Cargo.lock:20 expected `name` and `version` in a package entry",
            "invalid-syntax Cargo.lock:13 key with no value, expected `=`",
            "invalid-syntax Cargo.lock:15 extra `=`, expected nothing",
            "invalid-syntax Cargo.lock:16 duplicate key",
            "invalid-syntax Cargo.lock:17 key with no value, expected `=`",
            "unknown-lockfile-version Cargo.lock:1 expected a lockfile version up to 4, found `9`",
        ],
    );
}

#[test]
fn a_stale_lockfile_is_told() {
    check(
        "stale",
        LOCKFILE,
        &[
            "app 1.0.0 own Cargo.toml:2 -> cfg-if runtime, log runtime",
            "cfg-if 1.0.0 Cargo.lock:11",
            "log 0.4.21 Cargo.lock:17",
        ],
        &[
            "stale-lockfile Cargo.toml:6 the manifest names `log` `0.5`, which `Cargo.lock` lacks",
            "stale-lockfile Cargo.toml:7 the manifest names `new`, which `Cargo.lock` lacks",
        ],
    );
}

#[test]
fn manifests_alone_name_what_they_need() {
    check(
        "no-lockfile",
        MANIFEST,
        &[
            "app 1.0.0 own Cargo.toml:2 `MIT` 4 -> elsewhere runtime, lib runtime, log runtime, log dev",
            "lib 0.1.0 own lib/Cargo.toml:2 -> log build",
            "elsewhere - Cargo.toml:12",
            "log - Cargo.toml:11",
            "log - lib/Cargo.toml:6",
        ],
        &["no-lockfile Cargo.toml the manifest names dependencies, and there is no `Cargo.lock` beside it"],
    );
    let parsed = World::fixture("cargo/no-lockfile").parse(ECOSYSTEM, "lib/Cargo.toml");
    assert_eq!(parsed, Parsed::default());
}

/// An application that needs `a`, which needs `b` to build and `c` if a feature asks for it.
const CHAIN_LOCK: &str = r#"version = 4

[[package]]
name = "a"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
dependencies = ["b", "c"]

[[package]]
name = "app"
version = "1.0.0"
dependencies = ["a"]

[[package]]
name = "b"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"

[[package]]
name = "c"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
"#;
const CHAIN_MANIFEST: &str = "[package]\nname = \"app\"\nversion = \"1.0.0\"\n[dependencies]\na = \"1\"\n";
const COPY_OF_A: &str = "[package]\nname = \"a\"\nversion = \"1.0.0\"\n[build-dependencies.b]\nversion = \"1\"\n\
                         [dependencies.c]\nversion = \"1\"\noptional = true\n";

fn chain(more: &[(&str, &str)]) -> World {
    let mut files = vec![(LOCKFILE, CHAIN_LOCK.as_bytes()), (MANIFEST, CHAIN_MANIFEST.as_bytes())];
    files.extend(more.iter().map(|(path, text)| (*path, text.as_bytes())));
    World::of(&files)
}

fn first_line(world: &World) -> String {
    lines(&world.parse(ECOSYSTEM, LOCKFILE)).swap_remove(0)
}

#[test]
fn edges_of_others_stand_in_their_copies() {
    assert_eq!(first_line(&chain(&[])), "a 1.0.0 Cargo.lock:3 -> b runtime, c runtime");
    let store: &[(&str, &[u8])] = &[("registry/src/index.example-0/a-1.0.0/Cargo.toml", COPY_OF_A.as_bytes())];
    let world = chain(&[]).with_store(StoreKind::Cargo, store);
    assert_eq!(first_line(&world), "a 1.0.0 Cargo.lock:3 -> b build, c runtime?");
}

#[test]
fn vendored_sources_are_copies() {
    let vendored = [("vendor/a/Cargo.toml", COPY_OF_A), ("vendor/a/.cargo-checksum.json", "{}")];
    assert_eq!(first_line(&chain(&vendored)), "a 1.0.0 vendored Cargo.lock:3 -> b build, c runtime?");
    // Without the file that Cargo puts there it is some other folder of that name.
    assert_eq!(first_line(&chain(&vendored[..1])), "a 1.0.0 Cargo.lock:3 -> b runtime, c runtime");
}

/// A lockfile with one package from the official registry, and its record.
fn locked(checksum: &str) -> String {
    format!(
        "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nchecksum = \"{checksum}\"\n\
         source = \"registry+https://github.com/rust-lang/crates.io-index\"\n"
    )
}

fn record(world: &World) -> PackageRecord {
    world.parse(ECOSYSTEM, LOCKFILE).records.swap_remove(0)
}

const MANIFEST_OF_A: &str =
    "[package]\nname = \"a\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\nlicense-file = \"docs/terms.txt\"\n";

#[test]
fn an_archive_counts_if_its_checksum_does() {
    let archive = tar_gz("a-1.0.0", &[(MANIFEST, MANIFEST_OF_A), ("docs/terms.txt", "Terms"), ("src/lib.rs", "")]);
    let files: &[(&str, &[u8])] = &[("registry/cache/index.example-0/a-1.0.0.crate", &archive)];
    let digest = sha256_hex(&archive);
    let world = World::of(&[(LOCKFILE, locked(&digest).as_bytes())]).with_store(StoreKind::Cargo, files);
    let (described, copies) = world.copies(ECOSYSTEM, &record(&world));
    assert_eq!(
        described,
        ["cargo:a-1.0.0: `MIT` cargo:a-1.0.0/Cargo.toml:4, `docs/terms.txt` cargo:a-1.0.0/Cargo.toml:5; a 1.0.0"]
    );
    assert_eq!(copies.folders[0].read_text("docs/terms.txt", 100).as_deref(), Ok("Terms"));
    assert!(copies.folders[0].read("src/lib.rs", 100).is_err());

    let other = "0".repeat(64);
    let world = World::of(&[(LOCKFILE, locked(&other).as_bytes())]).with_store(StoreKind::Cargo, files);
    let (described, copies) = world.copies(ECOSYSTEM, &record(&world));
    assert_eq!(described, [""; 0]);
    let mismatches: Vec<_> = copies.mismatches.iter().map(|one| (one.at.to_string(), one.found.hex.as_str())).collect();
    assert_eq!(mismatches, [("cargo:a-1.0.0.crate".to_owned(), digest.as_str())]);
}

#[test]
fn a_namesake_from_another_registry_is_no_copy() {
    let files: &[(&str, &[u8])] = &[
        ("registry/src/index.crates.io-0/b-1.0.0/Cargo.toml", b""),
        ("registry/src/crates.example-1/a-1.0.0/Cargo.toml", MANIFEST_OF_A.as_bytes()),
    ];
    let world = World::of(&[(LOCKFILE, locked("").as_bytes())]).with_store(StoreKind::Cargo, files);
    let (described, copies) = world.copies(ECOSYSTEM, &record(&world));
    assert_eq!(described, [""; 0]);
    assert_eq!(copies.tried, ["$CARGO_HOME/registry/src", "$CARGO_HOME/registry/cache"]);
}

#[test]
fn a_damaged_archive_is_refused() {
    let files: &[(&str, &[u8])] = &[("registry/cache/index.example-0/a-1.0.0.crate", b"no archive")];
    let world = World::of(&[(LOCKFILE, locked("").as_bytes())]).with_store(StoreKind::Cargo, files);
    let (described, copies) = world.copies(ECOSYSTEM, &record(&world));
    assert_eq!(described, [""; 0]);
    assert_eq!(copies.diagnostics[0].code, Code::RejectedArchive);
}

#[test]
fn vendored_sources_have_the_checksum_of_the_lockfile() {
    let digest = "5".repeat(64);
    let world = |found: &str| {
        World::of(&[
            (LOCKFILE, locked(&digest).as_bytes()),
            ("vendor/a-1.0.0/Cargo.toml", MANIFEST_OF_A.as_bytes()),
            ("vendor/a-1.0.0/.cargo-checksum.json", format!("{{\"files\":{{}},\"package\":\"{found}\"}}").as_bytes()),
        ])
    };
    let same = world(&digest);
    let (described, _) = same.copies(ECOSYSTEM, &record(&same));
    assert_eq!(
        described,
        ["vendor/a-1.0.0: `MIT` vendor/a-1.0.0/Cargo.toml:4, `docs/terms.txt` vendor/a-1.0.0/Cargo.toml:5; a 1.0.0"]
    );
    let other = world(&"6".repeat(64));
    let (described, copies) = other.copies(ECOSYSTEM, &record(&other));
    assert_eq!(described, [""; 0]);
    assert_eq!(copies.mismatches[0].at.to_string(), "vendor/a-1.0.0/.cargo-checksum.json");
}

#[test]
fn a_checkout_inherits_from_its_workspace() {
    let lock = "[[package]]\nname = \"part\"\nversion = \"2.0.0\"\n\
                source = \"git+https://git.example/team/Whole.git?tag=v2#0123456789abcdef0123456789abcdef01234567\"\n";
    let root = "[workspace]\nmembers = [\"p\"]\n[workspace.package]\nversion = \"2.0.0\"\nlicense = \"ISC\"\n";
    let part = "[package]\nname = \"part\"\nversion.workspace = true\nlicense.workspace = true\n\
                [lib]\nproc-macro = true\n";
    let files: &[(&str, &[u8])] = &[
        ("git/checkouts/whole-aa11/0123456/Cargo.toml", root.as_bytes()),
        ("git/checkouts/whole-aa11/0123456/other/Cargo.toml", b"[package]\nname = \"other\"\n"),
        ("git/checkouts/whole-aa11/0123456/p/Cargo.toml", part.as_bytes()),
        ("git/checkouts/whole-aa11/fffffff/part/Cargo.toml", b"[package]\nname = \"part\"\n"),
    ];
    let world = World::of(&[(LOCKFILE, lock.as_bytes())]).with_store(StoreKind::Cargo, files);
    let record = record(&world);
    assert_eq!(
        record.purl.to_string(),
        "pkg:cargo/part@2.0.0?vcs_url=git%2Bhttps://git.example/team/Whole.git%400123456789abcdef0123456789abcdef01234567"
    );
    let (described, copies) = world.copies(ECOSYSTEM, &record);
    assert_eq!(described, ["cargo:part-2.0.0: `ISC` cargo:Whole/Cargo.toml:5; part 2.0.0"]);
    let traits = (CARGO.inspect)(&copies.folders[0]).traits;
    assert_eq!(traits.into_iter().collect::<Vec<_>>(), [Trait::ProcMacro]);
}

#[test]
fn patches_are_copies_of_the_work_of_others() {
    let manifest = "[package]\nname = \"app\"\nversion = \"1.0.0\"\n[dependencies]\na = \"1\"\n\
                    [patch.crates-io]\na = { path = \"patched/a\" }\nfar = { path = \"../../far\" }\n";
    let lock = "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n\
                [[package]]\nname = \"app\"\nversion = \"1.0.0\"\ndependencies = [\"a\"]\n";
    let files: &[(&str, &[u8])] = &[
        (MANIFEST, manifest.as_bytes()),
        (LOCKFILE, lock.as_bytes()),
        ("patched/a/Cargo.toml", MANIFEST_OF_A.as_bytes()),
    ];
    let parsed = World::of(files).parse(ECOSYSTEM, LOCKFILE);
    assert_eq!(
        lines(&parsed),
        ["a 1.0.0 vendored Cargo.lock:2 `MIT` 4 `docs/terms.txt` 5", "app 1.0.0 own Cargo.toml:2 -> a runtime",]
    );
    assert_eq!(problems(&parsed), ["path-escape Cargo.toml:8 `../../far` leads outside the scanned tree"]);
}

#[test]
fn replaced_packages_give_way() {
    let source = "registry+https://github.com/rust-lang/crates.io-index";
    let lock = format!(
        "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"{source}\"\n\
         replace = \"a 1.0.0 (git+https://git.example/a#00112233)\"\n\
         [[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"git+https://git.example/a#00112233\"\n\
         [[package]]\nname = \"app\"\nversion = \"1.0.0\"\ndependencies = [\"a 1.0.0 ({source})\"]\n"
    );
    let parsed = World::of(&[(LOCKFILE, lock.as_bytes())]).parse(ECOSYSTEM, LOCKFILE);
    assert_eq!(lines(&parsed), ["a 1.0.0 Cargo.lock:6", "app 1.0.0 own Cargo.lock:10 -> a runtime"]);
    assert!(matches!(parsed.records[0].origin, Origin::Repository { .. }));
}

#[test]
fn paths_that_lead_outside_are_listed_and_not_read() {
    let manifest = "[package]\nname = \"app\"\nversion = \"1.0.0\"\n[dependencies]\n\
                    near = { path = \"../near\" }\n[workspace]\nmembers = [\"../../*\", \"/etc\", \"C:\\\\x\"]\n";
    let lock = "version = 4\n[[package]]\nname = \"app\"\nversion = \"1.0.0\"\ndependencies = [\"near\"]\n\
                [[package]]\nname = \"near\"\nversion = \"1.0.0\"\n";
    let parsed = World::of(&[(MANIFEST, manifest.as_bytes()), (LOCKFILE, lock.as_bytes())]).parse(ECOSYSTEM, LOCKFILE);
    assert_eq!(lines(&parsed), ["app 1.0.0 own Cargo.toml:2 -> near runtime", "near 1.0.0 Cargo.lock:6"]);
    assert_eq!(parsed.records[1].origin, Origin::Outside("../near".to_owned()));
    let codes: Vec<_> = parsed.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, [Code::PathEscape; 3]);
}
