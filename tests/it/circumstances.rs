//! What a project says of itself: waivers, decisions, clients, works it adapts.

use ppl_check::license::identify::canonical_text;
use serde_json::Value;

use crate::program::{Project, package};

/// A project with one Composer package under a license, and a configuration.
fn project(license: &str, config: &str) -> Project {
    let lock = format!(
        r#"{{"content-hash": "0", "packages": [{{"name": "coop/ledger", "version": "1.0.0", "license": ["{license}"]}}],
            "packages-dev": []}}"#
    );
    let manifest = r#"{"name": "coop/shop", "license": "PPL", "require": {"coop/ledger": "^1.0"}}"#;
    Project::new(&[("composer.lock", &lock), ("composer.json", manifest), ("ppl-check.toml", config)])
}

fn ledger(document: &Value) -> &Value {
    package(document, "pkg:composer/coop/ledger@1.0.0")
}

fn finding<'d>(document: &'d Value, rule: &str) -> Option<&'d Value> {
    document["findings"].as_array().unwrap().iter().find(|finding| finding["rule"] == rule)
}

const COOP: &str = "[you]\nkind = \"worker-coop\"\nattest = [\"reserves\"]\npurpose = \"commercial\"\n";

const SIGNED: &str = "We waive section 4(c)(ii) for Coop Shop.\n";

fn waiver(clause: &str, sha256: &str) -> String {
    format!(
        "{COOP}[[waiver]]\npackage = \"composer:coop/ledger\"\nclause = \"{clause}\"\nfrom = \"Ledger Collective\"\n\
         document = \"legal/waiver.txt\"\nsha256 = \"{sha256}\"\n"
    )
}

#[test]
fn only_a_signed_waiver_lifts_a_clause_of_somebody_else() {
    // Not settled without one, and a reading decided for one's own work changes nothing.
    let (_, document) = project("PPL", COOP).check(&["--use", "in-house"]);
    assert_eq!(ledger(&document)["verdict"], "review");
    let decided = format!("{COOP}[[decision]]\nquestion = \"ppl-reserves\"\nanswer = \"tolerant\"\nreason = \"r\"\n");
    let (_, document) = project("PPL", &decided).check(&["--use", "in-house"]);
    assert_eq!(ledger(&document)["verdict"], "review");
    let next = finding(&document, "user-excluded-by-copyfarleft").unwrap()["steps"].to_string();
    assert!(!next.contains("decide ppl-reserves"), "{next}");

    let sha256 = ppl_check::base::sha256_hex(SIGNED.as_bytes());
    let signed = project("PPL", &waiver("4(c)(ii)", &sha256));
    signed.write("legal/waiver.txt", SIGNED);
    let (_, document) = signed.check(&["--use", "in-house"]);
    assert_eq!(ledger(&document)["verdict"], "ok", "{document:#}");
    assert_eq!(document["diagnostics"], serde_json::json!([]));
    // Shipped to others it is the license as it is.
    let (_, document) = signed.check(&["--use", "ship"]);
    assert_eq!(ledger(&document)["verdict"], "obligation");

    // Another clause, another document, no document.
    let other = project("PPL", &waiver("4(d)", &sha256));
    other.write("legal/waiver.txt", SIGNED);
    let (_, document) = other.check(&["--use", "in-house"]);
    assert_eq!(ledger(&document)["verdict"], "review");
    let changed = project("PPL", &waiver("4(c)(ii)", &sha256));
    changed.write("legal/waiver.txt", "We waive everything.\n");
    let missing = project("PPL", &waiver("4(c)(ii)", &sha256));
    for project in [changed, missing] {
        let (_, document) = project.check(&["--use", "in-house"]);
        assert_eq!(ledger(&document)["verdict"], "review");
        assert_eq!(document["diagnostics"][0]["code"], "void-waiver", "{document:#}");
    }
}

#[test]
fn a_waiver_that_lifts_nothing_says_what_can_be_waived() {
    let sha256 = ppl_check::base::sha256_hex(SIGNED.as_bytes());
    let diagnostics = |license: &str, clause: &str| {
        let signed = project(license, &waiver(clause, &sha256));
        signed.write("legal/waiver.txt", SIGNED);
        let (_, document) = signed.check(&["--use", "in-house"]);
        (ledger(&document)["verdict"].clone(), document["diagnostics"].clone())
    };
    // The credit cannot be waived so that anything changes; that is said, with what can.
    let (verdict, found) = diagnostics("PPL", "4(e)");
    assert_eq!(verdict, "review");
    assert_eq!(found[0]["code"], "unused-row", "{found:#}");
    assert_eq!(found[0]["hint"], "what can be waived: 4(b), 4(c), 4(c)(ii), 4(d)");
    let (_, found) = diagnostics("GPL-3.0-only", "7");
    assert!(found[0]["hint"].as_str().unwrap().contains("another license"), "{found:#}");
    // However the clause is written; one that names none is not all of them.
    for clause in ["Section 4(c)(ii)", "§ 4 (c) (ii)", "4(C)(II)"] {
        assert_eq!(diagnostics("PPL", clause), ("ok".into(), serde_json::json!([])), "{clause}");
    }
    for clause in ["", "§", "4(c)(i)"] {
        assert_eq!(diagnostics("PPL", clause).0, "review", "{clause}");
    }
}

#[test]
fn the_reading_in_force_and_the_other_are_both_printed() {
    let (_, document) = project("GPL-3.0-only", "").check(&[]);
    let found = finding(&document, "copyleft-linked-dynamically").unwrap();
    let notes = found["notes"].to_string();
    for words in ["linking-doctrine = fsf", "Free Software Foundation", "Under eu it would be review"] {
        assert!(notes.contains(words), "{words}: {notes}");
    }
    let decided = "[[decision]]\nquestion = \"linking-doctrine\"\nanswer = \"eu\"\nreason = \"general meeting\"\n";
    let (_, document) = project("GPL-3.0-only", decided).check(&[]);
    assert_eq!(ledger(&document)["verdict"], "review");
}

#[test]
fn clients_are_users_too() {
    let config = "[you]\nkind = \"worker-coop\"\nattest = [\"surplus-to-workers\"]\nclients = [\"company\"]\n";
    let (_, document) = project("PPL", config).check(&[]);
    assert_eq!(ledger(&document)["verdict"], "conflict");
    let found = finding(&document, "user-excluded-by-copyfarleft").unwrap();
    assert!(found.to_string().contains("for a client that is a company"), "{found:#}");
    let (_, document) = project("PPL", config).check(&["--use", "service"]);
    assert_eq!(ledger(&document)["verdict"], "review");
    assert!(finding(&document, "delivered-to-excluded-user").is_some());
    let (_, document) = project("MIT", config).check(&[]);
    assert_eq!(ledger(&document)["verdict"], "ok");
    let run = project("MIT", "[you]\nclients = [\"firm\"]\n").run(&["check"]);
    assert_eq!(run.code, Some(2));
}

#[test]
fn an_adapted_work_is_a_changed_part() {
    let config = |work: &str| format!("[project]\noutbound = \"MIT\"\nderived-from = [\"{work}\"]\n");
    let (_, document) = project("MIT", &config("PPL")).check(&[]);
    assert_eq!(finding(&document, "adaptation-relicensed").unwrap()["verdict"], "conflict");
    let (_, document) = project("PPL", &config("composer:coop/ledger")).check(&[]);
    assert_eq!(ledger(&document)["relation"], "modified");
    assert!(finding(&document, "adaptation-relicensed").is_some());
    let own = "[project]\nderived-from = [\"PPL\"]\n";
    let (_, document) = project("MIT", own).check(&[]);
    assert!(finding(&document, "adaptation-relicensed").is_none());
}

#[test]
fn a_name_of_several_licenses_is_a_question_of_its_own() {
    // One of the licenses called so is permissive, one is not.
    let (_, document) = project("BSL", "").check(&[]);
    assert_ne!(ledger(&document)["verdict"], "ok");
    assert!(finding(&document, "ambiguous-license-name").is_some(), "{document:#}");
    let (_, document) = project("BSD", "").check(&[]);
    assert!(finding(&document, "ambiguous-license-name").is_none());
}

#[test]
fn a_reference_that_several_licenses_share_is_settled_by_the_text_alone() {
    let with = |id: &str| {
        let project = project("LicenseRef-PPL-2.0", "");
        let folder = project.path().join("vendor/coop/ledger");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("composer.json"), r#"{"name": "coop/ledger", "version": "1.0.0"}"#).unwrap();
        std::fs::write(folder.join("LICENSE"), canonical_text(id).unwrap()).unwrap();
        project.check(&[]).1
    };
    let (_, unsettled) = project("LicenseRef-PPL-2.0", "").check(&[]);
    let found = finding(&unsettled, "ambiguous-license-name").unwrap();
    assert_eq!((&found["verdict"], &found["cause"]), (&"review".into(), &"evidence".into()));
    let settled = with("LicenseRef-scancode-prosperity-2.0");
    assert_eq!(ledger(&settled)["expression"], "LicenseRef-scancode-prosperity-2.0");
    assert_eq!(ledger(&settled)["verdict"], "conflict");
    // Another text than those the name is known for settles nothing.
    assert_eq!(ledger(&with("MIT"))["verdict"], "review");
}

#[test]
fn letters_fit_the_case() {
    let letter = |license: &str, config: &str, args: &[&str]| {
        let args = [&["ask", "coop/ledger", "--format", "json"], args].concat();
        let run = project(license, config).run(&args);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let letter: Value = serde_json::from_str(&run.stdout).unwrap();
        assert!(!letter["body"].as_str().unwrap().contains('{'), "{letter:#}");
        letter
    };
    let body = |letter: &Value| letter["body"].as_str().unwrap().to_owned();
    let dual = letter("GPL-3.0-only", "", &[]);
    assert_eq!(dual["letter"], "dual-license");
    assert!(body(&dual).contains("GPL-3.0-only OR MIT"), "{dual:#}");
    let waived = letter("PPL", COOP, &[]);
    assert_eq!(waived["letter"], "waiver");
    assert!(body(&waived).contains("Section 4(c)(ii)") && body(&waived).contains("all financial gain"), "{waived:#}");
    assert_eq!(letter("BSL", "", &[])["letter"], "ambiguous-name");
    assert_eq!(
        letter("GPL-3.0-only", "", &["--lang", "es"])["subject"],
        "¿Ofrecerían coop/ledger bajo una segunda licencia?"
    );
    // Nothing stands against it, and no language or letter is made up.
    assert_eq!(project("MIT", "").run(&["ask", "coop/ledger"]).code, Some(2));
    let run = project("GPL-3.0-only", "").run(&["ask", "coop/ledger", "--lang", "xx"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("en, es"), "{}", run.stderr);
}

#[test]
fn every_letter_is_there_in_english_and_spanish() {
    for (license, config, letter) in [
        ("", "", "missing-license"),
        ("BSL", "", "ambiguous-name"),
        ("GPL-3.0-only", "", "dual-license"),
        ("PPL", COOP, "waiver"),
    ] {
        let mut bodies = Vec::new();
        for (language, thanks) in [("en", "Thank you"), ("es", "Gracias")] {
            let project = project(license, config);
            let text = project.run(&["ask", "coop/ledger", "--lang", language]).stdout;
            let heading = if language == "es" { "Asunto: " } else { "Subject: " };
            assert!(text.starts_with(heading), "{text}");
            let run = project.run(&["ask", "coop/ledger", "--format", "json", "--lang", language]);
            assert_eq!(run.code, Some(0), "{}", run.stderr);
            let document: Value = serde_json::from_str(&run.stdout).unwrap();
            assert_eq!((&document["letter"], &document["language"]), (&letter.into(), &language.into()));
            let body = document["body"].as_str().unwrap().to_owned();
            assert!(body.contains(thanks) && body.contains("coop/ledger 1.0.0") && !body.contains('{'), "{body}");
            assert!(!document["subject"].as_str().unwrap().contains('{'), "{document:#}");
            bodies.push(body);
        }
        assert_ne!(bodies[0], bodies[1]);
    }
}

#[test]
fn conflicts_name_ways_out() {
    let (_, document) = project("GPL-3.0-only", "").check(&[]);
    let next = finding(&document, "copyleft-linked-dynamically").unwrap()["steps"].to_string();
    for words in [
        "run it as a program of its own",
        "ask its authors to offer it under MIT as well: ppl-check ask composer:coop/ledger@1.0.0",
    ] {
        assert!(next.contains(words), "{words}: {next}");
    }
    let (_, document) = project("PPL", COOP).check(&["--use", "in-house"]);
    let next = finding(&document, "user-excluded-by-copyfarleft").unwrap()["steps"].to_string();
    assert!(next.contains("waive section 4(c)(ii) in writing"), "{next}");
}

/// A monorepo: a shop under the PPL and a tool under the GPL, each with a lockfile and a part of its own.
fn monorepo(config: &str) -> Project {
    let lock = |name: &str, license: &str| {
        format!(
            r#"{{"packages": [{{"name": "acme/{name}", "version": "1.0.0", "license": ["{license}"]}}], "packages-dev": []}}"#
        )
    };
    let manifest = |name: &str, license: &str| format!(r#"{{"name": "coop/{name}", "license": "{license}"}}"#);
    Project::new(&[
        ("shop/composer.json", &manifest("shop", "PPL")),
        ("shop/composer.lock", &lock("menu", "GPL-3.0-only")),
        ("tool/composer.json", &manifest("tool", "GPL-3.0-or-later")),
        ("tool/composer.lock", &lock("files", "CDDL-1.0")),
        ("ppl-check.toml", config),
    ])
}

const TWO: &str = "[[artifact]]\nname = \"shop\"\nroots = [\"shop\"]\nlicense = \"PPL\"\n\
                   [[artifact]]\nname = \"tool\"\nroots = [\"tool\"]\nlicense = \"GPL-3.0-or-later\"\n";

#[test]
fn two_artifacts_under_two_licenses_get_two_answers() {
    let (code, document) = monorepo(TWO).check(&[]);
    assert_eq!(code, Some(1));
    let verdict = |document: &Value, at: usize| document["artifacts"][at]["verdict"].clone();
    assert_eq!((verdict(&document, 0), verdict(&document, 1)), ("conflict".into(), "conflict".into()));
    let arises = |rule: &str| finding(&document, rule).unwrap()["notes"].to_string();
    let notes = arises("copyleft-linked-dynamically");
    assert!(notes.contains("it arises in shop (PPL)") && !notes.contains("tool ("), "{notes}");
    let notes = arises("part-refused-by-copyleft");
    assert!(notes.contains("it arises in tool (GPL-3.0-or-later)") && !notes.contains("shop ("), "{notes}");
    // The other way round each part is at home.
    let swapped =
        TWO.replace("[\"shop\"]", "[\"-\"]").replace("[\"tool\"]", "[\"shop\"]").replace("[\"-\"]", "[\"tool\"]");
    let (code, document) = monorepo(&swapped).check(&[]);
    assert_eq!(
        (code, verdict(&document, 0), verdict(&document, 1)),
        (Some(0), "obligation".into(), "obligation".into())
    );
}

#[test]
fn a_way_out_holds_for_every_artifact() {
    let both = TWO.replace("[\"tool\"]", "[\"shop\"]").replace("\"GPL-3.0-or-later\"", "\"GPL-2.0-only\"");
    let steps = |config: &str| {
        let (_, document) = monorepo(config).check(&[]);
        finding(&document, "copyleft-linked-dynamically").unwrap()["steps"].to_string()
    };
    // Under the PPL alone as under both, the part has to stand apart or come under another license.
    for config in [TWO, both.as_str()] {
        assert!(steps(config).contains("run it as a program of its own"), "{}", steps(config));
        assert!(steps(config).contains("offer it under MIT"), "{}", steps(config));
    }
}

#[test]
fn a_license_text_in_the_root_says_more_than_a_manifest_below() {
    let manifest = r#"{"name": "coop/part", "license": "MIT"}"#;
    let declared = |license: &str| {
        let text = spdx_text(license);
        let project = Project::new(&[("LICENSE", text.as_str()), ("part/composer.json", manifest)]);
        let document = project.check(&[]).1["project"].clone();
        (document["declared"][0].as_str().unwrap().to_owned(), document["outbound"].as_str().unwrap().to_owned())
    };
    let said = |declared: &str, outbound: &str| (declared.to_owned(), outbound.to_owned());
    assert_eq!(declared("LicenseRef-Coopyleft"), said("LicenseRef-Coopyleft", "LicenseRef-Coopyleft"));
    assert_eq!(declared("LicenseRef-CSL"), said("LicenseRef-CSL", "LicenseRef-CSL"));
    // With a package in the root the manifest there counts, as before.
    let project = Project::new(&[("composer.json", manifest), ("part/LICENSE", &spdx_text("LicenseRef-Coopyleft"))]);
    assert_eq!(project.check(&[]).1["project"]["declared"][0], "MIT");
}

fn spdx_text(license: &str) -> String {
    std::fs::read_to_string(format!("{}/licenses/texts/{license}.txt", env!("CARGO_MANIFEST_DIR"))).unwrap()
}
