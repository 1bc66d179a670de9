//! Whole files in the forms that Yarn, pnpm and Bun write: the same project in each.

use std::io::Write;

use crate::ecosystem::Parsed;
use crate::ecosystem::testing::{World, lines, problems};
use crate::model::{Origin, PackageRecord};
use crate::scan::StoreKind;

const NONE: [String; 0] = [];

fn record<'parsed>(parsed: &'parsed Parsed, name: &str, version: &str) -> &'parsed PackageRecord {
    let is_it = |record: &&PackageRecord| record.purl.full_name() == name && record.purl.version() == Some(version);
    parsed.records.iter().find(is_it).unwrap()
}

/// Renders what a package needs: `name version scope`, with `?` for what is optional.
fn needs(parsed: &Parsed, name: &str, version: &str) -> Vec<String> {
    let render = |need: &crate::model::Need| {
        let to = &parsed.records[need.target].purl;
        let optional = if need.optional { "?" } else { "" };
        format!("{} {} {}{optional}", to.full_name(), to.version().unwrap_or("-"), need.scope)
    };
    record(parsed, name, version).needs.iter().map(render).collect()
}

/// What all lockfiles of the project say alike.
fn check_edges(parsed: &Parsed) {
    let mut root = needs(parsed, "coop-shop", "1.0.0");
    root.sort();
    assert_eq!(root, ["esbuild 0.21.5 dev", "js-yaml 3.14.1 runtime", "lodash 4.17.21 runtime"]);
    assert_eq!(needs(parsed, "js-yaml", "3.14.1"), ["argparse 1.0.10 runtime"]);
    assert_eq!(needs(parsed, "esbuild", "0.21.5"), ["@esbuild/linux-x64 0.21.5 runtime?"]);
    assert_eq!(needs(parsed, "@coop-shop/lib", "1.0.0"), ["react 18.2.0 dev"]);
    let web = parsed.records.iter().find(|record| record.purl.full_name() == "@coop-shop/web").unwrap();
    let mut web: Vec<_> = web.needs.iter().map(|need| parsed.records[need.target].purl.to_string()).collect();
    web.sort();
    web.dedup();
    assert!(web.contains(&"pkg:npm/%40coop-shop/lib@1.0.0".to_owned()), "{web:?}");
    assert!(web.iter().any(|purl| purl.starts_with("pkg:npm/argparse@2.0.1")), "{web:?}");
    let own: Vec<_> = parsed.records.iter().filter(|record| record.own).map(|record| record.purl.full_name()).collect();
    for name in ["coop-shop", "@coop-shop/lib", "@coop-shop/web"] {
        assert!(own.iter().any(|own| own == name), "{own:?}");
    }
    assert_eq!(problems(parsed), NONE);
}

#[test]
fn yarn_1() {
    let world = World::fixture("npm/yarn-1");
    let parsed = world.parse("npm", "yarn.lock");
    check_edges(&parsed);
    assert_eq!(parsed.records.len(), 9 + 3);
    let linux = record(&parsed, "@esbuild/linux-x64", "0.21.5");
    assert_eq!(linux.origin, Origin::OtherRegistry("https://npm.example.org".to_owned()));
    assert_eq!((linux.at.line, linux.checksums.len()), (Some(5), 1));
    assert!(matches!(&record(&parsed, "odd", "3.0.1").origin, Origin::Repository { revision: Some(_), .. }));
    // The copy in the place of the name is of another version.
    let (folders, _) = world.copies("npm", record(&parsed, "argparse", "1.0.10"));
    let place = "node_modules/js-yaml/node_modules/argparse";
    assert_eq!(folders, [format!("{place}: `MIT` {place}/package.json:1; argparse 1.0.10")]);
}

#[test]
fn yarn_berry() {
    let parsed = World::fixture("npm/yarn-berry").parse("npm", "yarn.lock");
    check_edges(&parsed);
    assert_eq!(parsed.records.len(), 8 + 3 + 1);
    assert_eq!(lines(&parsed)[2], "@esbuild/linux-x64 0.21.5 platform-files yarn.lock:27");
    assert!(record(&parsed, "semantic", "0.1.0").own);
    assert_eq!(
        record(&parsed, "argparse", "2.0.1").origin,
        Origin::OtherRegistry("https://npm.example.org".to_owned())
    );
    assert_eq!(record(&parsed, "fsevents", "2.3.3").at.line, Some(68));
}

#[test]
fn yarns_cache_holds_archives_by_name() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in [
        ("node_modules/@s/a/package.json", r#"{"name": "@s/a", "version": "1.0.0", "license": "MIT"}"#),
        ("node_modules/@s/a/LICENSE", "MIT"),
    ] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    let zip = zip.finish().unwrap().into_inner();
    let lock = b"__metadata:\n  version: 8\n\n\"@s/a@npm:1\":\n  version: 1.0.0\n  resolution: \"@s/a@npm:1.0.0\"\n";
    let archive = "@s-a-npm-1.0.0-0123456789-10c0.zip";
    let inside = format!("web/.yarn/cache/{archive}");
    let world = World::of(&[("web/yarn.lock", lock), (&inside, &zip)]);
    let parsed = world.parse("npm", "web/yarn.lock");
    let a = record(&parsed, "@s/a", "1.0.0");
    let found = |world: &World| world.copies("npm", a).0;
    assert_eq!(found(&world), [format!("{inside}: `MIT` {inside}/package.json:1; @s/a 1.0.0")]);
    let outside = World::of(&[("web/yarn.lock", lock)]).with_store(StoreKind::Yarn, &[(archive, &zip)]);
    assert_eq!(found(&outside), [format!("yarn:{archive}: `MIT` yarn:{archive}/package.json:1; @s/a 1.0.0")]);
    // The archive of a release that has this version as its start is another.
    let other = World::of(&[("web/.yarn/cache/@s-a-npm-1.0.0-beta-0123456789-10c0.zip", &zip)]);
    assert_eq!(found(&other), NONE);
}

#[test]
fn yarn_files_that_are_broken() {
    let text: &[u8] = b"  stray: 1\na@^1:\n  version \"1.0.0\"\n<<<<<<< HEAD\nnothing:\n  version \"1\"\n";
    let parsed = World::of(&[("yarn.lock", text)]).parse("npm", "yarn.lock");
    assert_eq!(
        problems(&parsed),
        [
            "invalid-entry yarn.lock:1 expected an entry in the first column",
            "invalid-syntax yarn.lock:4 found the marks of a merge that was not finished",
            "invalid-entry yarn.lock:5 expected `name@range`, found `nothing`",
        ]
    );
    assert_eq!(lines(&parsed)[0], "a 1.0.0 yarn.lock:2");
    let manifest: &[u8] = br#"{"name": "x", "dependencies": {"b": "1"}}"#;
    let parsed = World::of(&[("yarn.lock", b""), ("package.json", manifest)]).parse("npm", "yarn.lock");
    assert_eq!(problems(&parsed), ["stale-lockfile package.json:1 `b` not in `yarn.lock`"]);
}

#[test]
fn pnpm_9() {
    let world = World::fixture("npm/pnpm-9");
    let parsed = world.parse("npm", "pnpm-lock.yaml");
    check_edges(&parsed);
    assert_eq!(parsed.records.len(), 8 + 3);
    let argparse = record(&parsed, "argparse", "2.0.1");
    assert_eq!(argparse.origin, Origin::OtherRegistry("https://npm.example.org".to_owned()));
    assert_eq!((argparse.at.line, argparse.scope), (Some(57), None));
    assert!(record(&parsed, "@esbuild/linux-x64", "0.21.5").optional);
    let (folders, _) = world.copies("npm", record(&parsed, "argparse", "1.0.10"));
    let place = "node_modules/.pnpm/argparse@1.0.10/node_modules/argparse";
    assert_eq!(folders, [format!("{place}: `MIT` {place}/package.json:1; argparse 1.0.10")]);
}

#[test]
fn pnpm_5() {
    let parsed = World::fixture("npm/pnpm-5").parse("npm", "pnpm-lock.yaml");
    check_edges(&parsed);
    assert_eq!(parsed.records.len(), 7 + 3);
    let scope = |name: &str, version: &str| record(&parsed, name, version).scope.map(crate::model::Scope::word);
    assert_eq!(scope("esbuild", "0.21.5"), Some("dev"));
    assert_eq!(scope("argparse", "2.0.1"), Some("runtime"));
    // Where the flag is missing, the edges tell.
    assert_eq!(scope("react", "18.2.0"), None);
    assert_eq!(record(&parsed, "js-yaml", "3.14.1").at.line, Some(57));
}

#[test]
fn pnpm_files_that_are_broken() {
    let unknown = World::of(&[("pnpm-lock.yaml", b"lockfileVersion: '12.0'\n")]).parse("npm", "pnpm-lock.yaml");
    assert_eq!(
        problems(&unknown),
        ["unknown-lockfile-version pnpm-lock.yaml:1 expected a lockfile of version 5, 6 or 9, found `12.0`"]
    );
    for text in ["lockfileVersion: '9.0'\npackages: [", "packages: 3\n", "a: &a [*a]\n: {"] {
        let manifest: &[u8] = br#"{"dependencies": {"b": "1"}}"#;
        let world = World::of(&[("pnpm-lock.yaml", text.as_bytes()), ("package.json", manifest)]);
        let parsed = world.parse("npm", "pnpm-lock.yaml");
        assert_eq!(lines(&parsed), ["project - own package.json:1 -> b runtime", "b - package.json:1"], "{text}");
        assert_eq!(parsed.diagnostics.len(), 2, "{text}");
    }
}

#[test]
fn bun() {
    let parsed = World::fixture("npm/bun").parse("npm", "bun.lock");
    check_edges(&parsed);
    assert_eq!(parsed.records.len(), 8 + 3);
    let lodash = record(&parsed, "lodash", "4.17.21");
    assert_eq!(lodash.origin, Origin::OtherRegistry("https://npm.example.org".to_owned()));
    assert_eq!((lodash.at.line, lodash.checksums.len()), (Some(45), 1));
    let odd = parsed.records.iter().find(|record| record.purl.name() == "odd").unwrap();
    assert!(matches!(&odd.origin, Origin::Repository { revision: Some(_), .. }), "{odd:?}");
}

#[test]
fn a_binary_lockfile_is_named() {
    let files: [(&str, &[u8]); 2] = [("bun.lockb", b"#!/usr/bin/env bun\n\0"), ("package.json", br#"{"name": "x"}"#)];
    let parsed = World::of(&files).parse("npm", "bun.lockb");
    assert_eq!(lines(&parsed), ["x - own package.json:1"]);
    assert_eq!(problems(&parsed), ["binary-lockfile bun.lockb a binary lockfile is not read"]);
}
