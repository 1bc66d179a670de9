use super::super::Parsed;
use super::super::testing::{World, lines, problems};
use super::*;
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
