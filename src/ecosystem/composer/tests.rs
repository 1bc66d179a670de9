//! Whole files in the form that Composer writes.

use crate::base::RelPath;
use crate::ecosystem::testing::{World, lines, problems};
use crate::ecosystem::{Surroundings, by_type};
use crate::model::{Join, Origin, Statement};

const NONE: [String; 0] = [];

#[test]
fn a_lockfile_has_everything() {
    let parsed = World::fixture("composer/lock-and-installed").parse("composer", "composer.lock");
    let found = lines(&parsed);
    let expect = [
        "coop-shop/web - own composer.json:2 `Peer Production License` 3 -> coop-shop/ledger runtime, monolog/monolog \
         runtime, symfony/flex runtime, nette/schema dev",
        "coop-shop/ledger dev-main own runtime composer.lock:10 `PPL` 3 -> coop/transporter runtime",
        "coop/transporter dev-master runtime composer.lock:29 -> monolog/monolog runtime",
        "monolog/monolog 3.5.0 runtime composer.lock:47 `MIT` 69 -> psr/log runtime",
        "psr/log 3.0.0 runtime composer.lock:74 `(LGPL-2.1-only or GPL-3.0-or-later)` 87",
        "symfony/flex v2.4.5 runtime build-plugin composer.lock:92",
        "nette/schema v1.3.0 dev composer.lock:105 `BSD-3-Clause | GPL-2.0-only | GPL-3.0-only` 113",
    ];
    assert!(found == expect, "{found:#?}");
    assert_eq!(problems(&parsed), NONE);
    let record = |name: &str| parsed.records.iter().find(|record| record.purl.full_name() == name).unwrap();
    assert!(
        matches!(&record("nette/schema").claims[0].says, Statement::Field { join: Join::Or, values, .. } if values.len() == 3)
    );
    assert_eq!(
        record("coop/transporter").origin,
        Origin::Repository {
            url: "https://host.example/coop/transporter.git".to_owned(),
            revision: Some("968181aba6c2edc521696997383766ab43a27eb5".to_owned()),
        }
    );
    assert_eq!(record("psr/log").checksums.len(), 1);
}

#[test]
fn an_installed_copy_counts_for_its_own_version_alone() {
    let world = World::fixture("composer/lock-and-installed");
    let parsed = world.parse("composer", "composer.lock");
    let dir = |name: &str| parsed.records.iter().find(|record| record.purl.full_name() == name).unwrap().dir.clone();
    assert_eq!(dir("psr/log"), Some(RelPath::new("vendor/psr/log").unwrap()));
    assert_eq!(dir("monolog/monolog"), None);
    assert_eq!(dir("symfony/flex"), None);
    let composer = by_type("composer").unwrap();
    let surroundings = Surroundings { tree: &world.tree, stores: &world.stores };
    let log = parsed.records.iter().find(|record| record.purl.full_name() == "psr/log").unwrap();
    let copies = (composer.copies)(log, &surroundings);
    let inspection = (composer.inspect)(&copies.folders[0]);
    assert_eq!(inspection.claims.iter().map(|claim| claim.raw.as_str()).collect::<Vec<_>>(), ["MIT"]);
    assert_eq!(inspection.claims[0].at.to_string(), "vendor/psr/log/composer.json:3");
    assert_eq!(inspection.credits.authors, ["PHP-FIG"]);
    // The index beside a lockfile defines nothing.
    assert_eq!(world.parse("composer", "vendor/composer/installed.json").records, []);
}

#[test]
fn without_a_lockfile_the_index_defines_the_set() {
    let world = World::fixture("composer/installed-without-lock");
    let parsed = world.parse("composer", "vendor/composer/installed.json");
    assert_eq!(
        lines(&parsed),
        [
            "monolog/monolog 3.5.0 vendor/composer/installed.json:4 `MIT` 14 -> psr/log runtime",
            "nette/schema v1.3.0 dev vendor/composer/installed.json:20 `BSD-3-Clause | GPL-2.0-only | GPL-3.0-only` 24",
            "psr/log 3.0.0 vendor/composer/installed.json:32 `MIT` 36",
        ]
    );
    let parsed = world.parse("composer", "composer.json");
    assert_eq!(
        lines(&parsed),
        [
            "coop-shop/api - own composer.json:2 `proprietary` 3 -> psr/log runtime, gone/away runtime, nette/schema dev",
            "psr/log 3.0.0 composer.json:6",
            "gone/away - composer.json:8",
            "nette/schema v1.3.0 composer.json:11",
        ]
    );
    assert_eq!(problems(&parsed), ["no-lockfile composer.json:8 nothing pins `gone/away` or further dependencies"]);
}

#[test]
fn composer_1_wrote_an_array() {
    let index: &[u8] = b"[{\"name\": \"psr/log\", \"version\": \"1.1.4\", \"license\": [\"MIT\"]}]";
    let world = World::of(&[("lib/vendor/composer/installed.json", index)]);
    let parsed = world.parse("composer", "lib/vendor/composer/installed.json");
    assert_eq!(lines(&parsed), ["psr/log 1.1.4 lib/vendor/composer/installed.json:1 `MIT` 1"]);
    assert_eq!(parsed.records[0].dir, Some(RelPath::new("lib/vendor/psr/log").unwrap()));
}

#[test]
fn broken_entries_cost_themselves() {
    let lock: &[u8] =
        b"{\"packages\": [\n3,\n{\"name\": \"../x\"},\n{\"name\": \"a/b\", \"license\": 3},\n{\"name\": \"c/d\", \
                        \"license\": \"MIT\", \"license\": \"GPL-3.0-only\"}\n], \"packages-dev\": {}}";
    let parsed = World::of(&[("composer.lock", lock)]).parse("composer", "composer.lock");
    assert_eq!(
        lines(&parsed),
        ["a/b - runtime composer.lock:4", "c/d - runtime composer.lock:5 `MIT` 5 `GPL-3.0-only` 5"]
    );
    assert_eq!(
        problems(&parsed),
        [
            "invalid-entry composer.lock:2 expected an object for a package, found a number",
            "invalid-entry composer.lock:3 expected a package with a `name` such as `vendor/name`",
            "invalid-entry composer.lock:4 expected a string or an array of strings in `license`, found a number",
            "duplicate-key composer.lock:5 `license` stands twice; readers disagree on which counts",
            "invalid-entry composer.lock:6 expected an array in `packages-dev`, found an object",
        ]
    );
    for text in ["", "{\"packages\": [", "[]"] {
        let parsed = World::of(&[("composer.lock", text.as_bytes())]).parse("composer", "composer.lock");
        assert_eq!((parsed.records.len(), parsed.diagnostics.len()), (0, 1), "{text}");
    }
}

#[test]
fn a_stale_lockfile_and_a_path_outside() {
    let project: &[u8] = b"{\"name\": \"coop/shop\", \"require\": {\"ext-x\": \"*\", \"psr/log\": \"^3\"}}";
    let lock: &[u8] =
        b"{\"packages\": [{\"name\": \"a/b\", \"version\": \"1\", \"dist\": {\"type\": \"path\", \"url\": \
                        \"../../b\"}}]}";
    let world = World::of(&[("composer.json", project), ("composer.lock", lock)]);
    let parsed = world.parse("composer", "composer.lock");
    assert_eq!(
        lines(&parsed),
        [
            "coop/shop - own composer.json:1 -> psr/log runtime",
            "a/b 1 runtime composer.lock:1",
            "psr/log - composer.json:1"
        ]
    );
    assert_eq!(parsed.records[1].origin, Origin::Outside("../../b".to_owned()));
    assert_eq!(problems(&parsed), ["stale-lockfile composer.json:1 `psr/log` not in `composer.lock`"]);
}
