//! Whole files in the form that Bundler 2.3 and RubyGems 3.3 write.

use crate::base::RelPath;
use crate::ecosystem::testing::{World, lines, problems, tar_gz};
use crate::model::{Join, Origin, PackageRecord, Statement};
use crate::scan::StoreKind;

const NONE: [String; 0] = [];

fn record<'parsed>(parsed: &'parsed crate::ecosystem::Parsed, name: &str) -> &'parsed PackageRecord {
    parsed.records.iter().find(|record| record.purl.name() == name).unwrap()
}

#[test]
fn a_lockfile_and_the_groups_of_its_gemfile() {
    let parsed = World::fixture("gem/groups-and-sources").parse("gem", "Gemfile.lock");
    let expect = [
        "mapper 0.9.0 Gemfile.lock:6 -> base runtime",
        "coop-web 0.1.0 own Gemfile.lock:12 `AGPL-3.0-or-later` 11 -> ledger runtime",
        "base 1.2.0 Gemfile.lock:18",
        "ledger 0.3.1 Gemfile.lock:19 -> base runtime",
        "nokori 1.16.0 Gemfile.lock:21 -> base runtime",
        "speccer 3.12.0 Gemfile.lock:25 -> base runtime",
        "tabler 2.0.0 Gemfile.lock:27",
        "groups-and-sources - own Gemfile -> mapper runtime, coop-web runtime, ledger runtime, nokori runtime?, speccer \
         dev, tabler dev",
    ];
    // The folder of the fixture is the root of the tree and has no name.
    let found: Vec<String> =
        lines(&parsed).into_iter().map(|line| line.replace("project -", "groups-and-sources -")).collect();
    assert_eq!(found, expect);
    assert_eq!(problems(&parsed), NONE);
    let covered: Vec<_> = parsed.covers.iter().map(RelPath::as_str).collect();
    assert_eq!(covered, ["Gemfile", "engines/web/coop-web.gemspec"]);
    assert_eq!(record(&parsed, "base").origin, Origin::OtherRegistry("https://gems.example.org/".to_owned()));
    let Origin::Repository { url, revision } = &record(&parsed, "mapper").origin else { panic!() };
    assert_eq!(url, "https://git.example.org/coop/mapper.git");
    assert_eq!(revision.as_deref(), Some("d14e5145789ea0465962c0d3d8b63dfb835466c1"));
}

#[test]
fn installed_gems_tell_their_licenses() {
    let world = World::fixture("gem/groups-and-sources").with_store(
        StoreKind::Gems,
        &[
            (
                "specifications/nokori-1.16.0-x86_64-linux.gemspec",
                b"# stub: nokori 1.16.0 x86_64-linux lib\ns.license = 'MIT'\n",
            ),
            ("specifications/nokori-1.16.01.gemspec", b""),
            ("gems/nokori-1.16.0-x86_64-linux/README", b""),
            ("bundler/gems/mapper-d14e5145789e/mapper.gemspec", b"spec.license = \"AGPL-3.0-or-later\"\n"),
            ("bundler/gems/mapper-000000000000/mapper.gemspec", b""),
        ],
    );
    let parsed = world.parse("gem", "Gemfile.lock");
    let (found, copies) = world.copies("gem", record(&parsed, "ledger"));
    let place = "vendor/bundle/ruby/3.1.0";
    let spec = format!("{place}/specifications/ledger-0.3.1.gemspec:14");
    assert_eq!(found, [format!("{place}/gems/ledger-0.3.1: `LGPL-2.1 | Ruby` {spec}; ledger 0.3.1")]);
    let inspection = super::copies::inspect(&copies.folders[0]);
    assert!(matches!(&inspection.claims[0].says, Statement::Field { join: Join::Or, values, .. } if values.len() == 2));
    assert!(!inspection.claims[0].heuristic);
    assert_eq!(inspection.credits.authors, ["A. Author", "B. Author"]);
    assert_eq!(inspection.credits.homepage.as_deref(), Some("https://host.example/ledger"));
    assert_eq!(inspection.credits.repository.as_deref(), Some("https://host.example/src/ledger"));
    let (found, _) = world.copies("gem", record(&parsed, "nokori"));
    assert_eq!(found, ["gems:nokori-1.16.0-x86_64-linux: `MIT` gems:nokori-1.16.0-x86_64-linux.gemspec:2; "]);
    let (found, copies) = world.copies("gem", record(&parsed, "mapper"));
    assert_eq!(found, ["gems:mapper: `AGPL-3.0-or-later` gems:mapper.gemspec:1; "]);
    assert!(super::copies::inspect(&copies.folders[0]).claims[0].heuristic);
    let (found, copies) = world.copies("gem", record(&parsed, "speccer"));
    assert_eq!((found, copies.tried.len()), (NONE.to_vec(), 3));
}

#[test]
fn a_packed_gem_counts_if_it_is_the_one_that_is_pinned() {
    let data = tar_gz(".", &[("LICENSE.txt", "MIT License\n"), ("lib/a.rb", "")]);
    let metadata = "name: a\nversion: !ruby/object:Gem::Version\n  version: 1.0.0\nplatform: ruby\nauthors:\n- A. Author\n\
                    homepage: https://host.example/a\nlicenses:\n- MIT\nmetadata:\n  k: v\n";
    let archive = packed(&[("data.tar.gz", &data), ("metadata.gz", &gzip(metadata.as_bytes()))]);
    let found = |sum: &str| {
        let lock = format!("GEM\n  specs:\n    a (1.0.0)\n\nDEPENDENCIES\n  a\n\nCHECKSUMS\n  a (1.0.0){sum}\n");
        let world = World::of(&[("Gemfile.lock", lock.as_bytes()), ("vendor/cache/a-1.0.0.gem", &archive)]);
        let parsed = world.parse("gem", "Gemfile.lock");
        let (found, copies) = world.copies("gem", &parsed.records[0]);
        (found, copies.mismatches.len(), copies.diagnostics.len())
    };
    let read = vec!["vendor/cache/a-1.0.0.gem: `MIT` vendor/cache/a-1.0.0.gem/metadata:8; a 1.0.0".to_owned()];
    assert_eq!(found(""), (read.clone(), 0, 0));
    assert_eq!(found(&format!(" sha256={}", crate::base::sha256_hex(&archive))), (read, 0, 0));
    assert_eq!(found(" sha256=00"), (Vec::new(), 1, 0));
}

fn packed(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len().try_into().unwrap());
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn without_a_lockfile_no_version_is_known() {
    let world = World::fixture("gem/library-without-lock");
    let parsed = world.parse("gem", "Gemfile");
    assert_eq!(
        lines(&parsed),
        [
            "coop-transit - own coop-transit.gemspec:6 `PPL` 11 -> base runtime, speccer dev, mapper runtime, tabler test",
            "base - coop-transit.gemspec:13",
            "speccer - coop-transit.gemspec:14",
            "mapper - Gemfile:5",
            "tabler - Gemfile:8",
        ]
    );
    assert_eq!(
        problems(&parsed),
        [
            "no-lockfile coop-transit.gemspec:13 nothing pins `base`, `speccer` or further dependencies",
            "no-lockfile Gemfile:5 nothing pins `mapper`, `tabler` or further dependencies",
        ]
    );
    assert_eq!(parsed.covers.len(), 2);
    assert!(record(&parsed, "coop-transit").claims[0].heuristic);
}

#[test]
fn stale_broken_and_foreign() {
    let lock: &[u8] = b"GEM\n  remote: https://rubygems.example/\n  specs:\n    a (1.0)\n      b\n  what\n    ../x (1)\n\nPATH\n  \
                        remote: ../../out\n  specs:\n    o (1)\n\nPATH\n  remote: third_party/c\n  specs:\n    c (2)\n\n\
                        DEPENDENCIES\n  a\n  win (1)\n";
    let gemfile: &[u8] = b"gem 'a'\ngem 'win', platforms: :mswin\ngem 'new'\nif x\n  gem 'maybe'\nend\n";
    let copied: &[u8] = b"Gem::Specification.new do |s|\n  s.license = 'MIT'\nend\n";
    let world = World::of(&[("Gemfile.lock", lock), ("Gemfile", gemfile), ("third_party/c/c.gemspec", copied)]);
    let parsed = world.parse("gem", "Gemfile.lock");
    assert_eq!(
        lines(&parsed),
        [
            "a 1.0 Gemfile.lock:4",
            "o 1 Gemfile.lock:12",
            "c 2 vendored Gemfile.lock:17 `MIT` 2",
            "project - own Gemfile -> a runtime, new runtime",
            "new - Gemfile:3",
        ]
    );
    assert_eq!(record(&parsed, "o").origin, Origin::Outside("../../out".to_owned()));
    assert_eq!(
        problems(&parsed),
        [
            "invalid-entry Gemfile.lock:6 expected a section, a gem or what it needs, found something else",
            "invalid-entry Gemfile.lock:7 expected a section, a gem or what it needs, found something else",
            "stale-lockfile Gemfile:3 `new` not in `Gemfile.lock`",
        ]
    );
}
