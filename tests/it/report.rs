//! `report` from end to end.

use crate::check::shop;
use crate::program::Project;

#[test]
fn documents_are_the_same_bytes_from_the_same_tree() {
    for format in ["cyclonedx", "html", "json", "markdown", "notice", "notice-html", "notice-markdown", "spdx"] {
        let bytes = |project: &Project, jobs: &str| {
            let run = project.run(&["report", "--format", format, "--jobs", jobs]);
            assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{format}");
            run.stdout
        };
        assert_eq!(bytes(&shop(), "1"), bytes(&shop(), "4"), "{format}");
    }
}

#[test]
fn the_moment_is_an_argument() {
    let project = shop();
    let created = |args: &[&str], variables: &[(&str, &str)]| {
        let args = [&["report", "--format", "spdx"], args].concat();
        let run = project.run_in(&project.path(), &args, variables);
        let document: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        document["creationInfo"]["created"].as_str().unwrap().to_owned()
    };
    assert_eq!(created(&[], &[]), "1970-01-01T00:00:00Z");
    let epoch = [("SOURCE_DATE_EPOCH", "1000000000")];
    assert_eq!(created(&[], &epoch), "2001-09-09T01:46:40Z");
    assert_eq!(created(&["--today", "2026-12-31"], &epoch), "2026-12-31T00:00:00Z");
}

#[test]
fn what_cannot_be_written_is_no_answer() {
    let project = shop();
    assert_eq!(project.run(&["report"]).code, Some(2));
    let run = project.run(&["report", "--format", "pdf"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("spdx"), "{}", run.stderr);
    let run = project.run(&["report", "--format", "spdx", "-o", "/dev/full"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("/dev/full"), "{}", run.stderr);
    assert_eq!(project.run(&["report", "--format", "spdx", "--form", "paper"]).code, Some(2));
}

#[test]
fn a_file_is_replaced_whole() {
    let project = shop();
    project.write("bom.json", "old");
    let target = project.path().join("bom.json");
    assert_eq!(project.run(&["report", "--format", "spdx=bom.json", "--format", "cyclonedx=cdx.json"]).code, Some(0));
    assert!(std::fs::read_to_string(target).unwrap().contains("SPDX-2.3"));
    let left: Vec<_> = std::fs::read_dir(project.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains(".part")), "{left:?}");
}

#[test]
fn the_set_has_an_index_that_leads_to_every_file() {
    let project = shop();
    assert_eq!(project.run(&["report", "--all", "out"]).code, Some(0));
    let mut names: Vec<String> = std::fs::read_dir(project.path().join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let index = std::fs::read_to_string(project.path().join("out/index.html")).unwrap();
    let mut linked: Vec<String> =
        index.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
    linked.push("index.html".to_owned());
    linked.sort();
    assert_eq!(linked, names);
}

#[test]
fn the_page_for_those_who_get_the_work_promises_nothing() {
    let project = shop();
    for (format, may, when, governs, other) in [
        ("downstream-en", "you may ", "if ", "The text in English", "Spanish Peer Production License"),
        ("downstream-es", "puede", "si ", "el texto en inglés", "Spanish Peer Production License"),
        ("downstream-fr", "pouvez", "si ", "le texte en anglais", "Spanish Peer Production License"),
    ] {
        let page = project.run(&["report", "--format", format]).stdout;
        assert!(page.contains(governs) && page.contains(other), "{format}: {page}");
        // The license is quoted in its own language on every page.
        assert!(page.contains("You may exercise the rights granted in Section 3 for commercial purposes only if"));
        let own: String = page
            .split("<blockquote")
            .map(|part| part.split("</blockquote>").last().unwrap())
            .collect::<Vec<_>>()
            .join(" ");
        for sentence in own.to_lowercase().split(['.', ':']) {
            assert!(!sentence.contains(may) || sentence.contains(when), "{format}: {sentence}");
        }
    }
}

#[test]
fn an_sbom_of_somebody_else_is_enriched_and_else_as_it_was() {
    let project = shop();
    let purl = |name: &str| format!("pkg:cargo/{name}");
    let known = purl("serde@1.0.0");
    let cyclonedx = serde_json::json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "x-own": { "kept": [1, 2.5] },
        "components": [
            { "type": "library", "name": "serde", "purl": known, "hashes": [] },
            { "type": "library", "name": "readline-tool", "purl": purl("readline-tool@0.3.1"),
              "licenses": [{ "license": { "id": "MIT" } }] },
            { "type": "library", "name": "other", "purl": purl("other@1.0.0") },
        ],
    });
    let spdx = serde_json::json!({
        "spdxVersion": "SPDX-2.2", "comment": "kept",
        "packages": [{
            "name": "serde", "licenseConcluded": "NOASSERTION", "licenseDeclared": "MIT",
            "externalRefs": [{ "referenceType": "purl", "referenceLocator": known }],
        }],
    });
    project.write("cdx.json", cyclonedx.to_string());
    project.write("spdx.json", spdx.to_string());
    let enriched = |file: &str| -> serde_json::Value {
        let run = project.run(&["report", "--enrich", file]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        serde_json::from_str(&run.stdout).unwrap()
    };
    let found = enriched("cdx.json");
    assert_eq!(found["components"][0]["licenses"][0]["expression"], "MIT OR Apache-2.0");
    let verdict = serde_json::json!({ "name": "ppl-check:verdict", "value": "conflict" });
    assert_eq!(found["components"][1]["properties"][0], verdict);
    assert_eq!(found["components"][1]["licenses"], cyclonedx["components"][1]["licenses"]);
    assert_eq!(found["components"][2], cyclonedx["components"][2]);
    assert_eq!(found["x-own"], cyclonedx["x-own"]);
    let found = enriched("spdx.json");
    assert_eq!(found["packages"][0]["licenseConcluded"], "MIT OR Apache-2.0");
    assert_eq!((&found["packages"][0]["licenseDeclared"], &found["comment"]), (&"MIT".into(), &"kept".into()));
    assert!(found["packages"][0]["annotations"][0]["comment"].as_str().unwrap().contains("ppl-check:verdict=ok"));
    project.write("no.json", "{}");
    assert_eq!(project.run(&["report", "--enrich", "no.json"]).code, Some(2));
}

#[test]
fn a_notice_names_what_reaches_its_form() {
    let npm = r#"{"name": "shop", "lockfileVersion": 3, "packages": {
        "": {"name": "shop", "license": "PPL", "dependencies": {"map": "1.0.0"}, "devDependencies": {"vite": "1.0.0"}},
        "node_modules/map": {"version": "1.0.0", "license": "MIT"},
        "node_modules/vite": {"version": "1.0.0", "license": "MIT", "dev": true}}}"#;
    let composer =
        r#"{"packages": [{"name": "coop/ledger", "version": "1.0.0", "license": ["MIT"]}], "packages-dev": []}"#;
    let manifest =
        r#"{"name": "shop", "license": "PPL", "dependencies": {"map": "1.0.0"}, "devDependencies": {"vite": "1.0.0"}}"#;
    let project = Project::new(&[
        ("web/package-lock.json", npm),
        ("web/package.json", manifest),
        ("composer.lock", composer),
        ("composer.json", r#"{"name": "coop/shop", "license": "PPL", "require": {"coop/ledger": "*"}}"#),
        ("lib/left/LICENSE", spdx::license_id("ISC").unwrap().text()),
        ("lib/left/left.c", "int left;\n"),
    ]);
    let named = |form: &[&str]| {
        let notice = project.run(&[&["report", "--format", "notice"], form].concat()).stdout;
        let has = |name: &str| notice.contains(name);
        ([has("map 1.0.0"), has("coop/ledger 1.0.0"), has("lib/left")], notice)
    };
    assert_eq!(named(&[]).0, [true, true, true]);
    assert_eq!(named(&["--form", "binary"]).0, [true, true, true]);
    // A browser gets what is bundled and what lies in the tree; the rest stays on the server, and that is said.
    let (web, notice) = named(&["--form", "web"]);
    assert_eq!(web, [true, false, true]);
    assert!(notice.contains("do not reach this form of the work: one part."), "{notice}");
    // Source code holds what lies in its own tree.
    assert_eq!(named(&["--form", "source"]).0, [false, false, true]);
    assert_eq!(named(&["--form", "source,web"]).0, [true, false, true]);
}

#[test]
fn pages_for_those_who_get_the_work_say_the_same_in_every_language() {
    let pages = ppl_check::license::knowledge::Knowledge::builtin().downstream();
    let languages: Vec<&str> = pages.iter().map(|page| page.language.as_str()).collect();
    assert_eq!(languages, ["en", "es", "fr"]);
    let facts = |at: usize| pages[at].leads.iter().map(|lead| lead.fact.as_str()).collect::<Vec<_>>();
    for at in 1..pages.len() {
        assert_eq!(facts(at), facts(0), "{}", languages[at]);
        assert_eq!(pages[at].unknown.len(), pages[0].unknown.len());
    }
    for (page, condition) in pages.iter().zip(["If ", "Si ", "Si "]) {
        for lead in &page.leads {
            assert!(lead.says.starts_with(condition), "{}", lead.says);
        }
        for wanted in ["{project}", "{license}", "{language}"] {
            assert!(page.governs.contains(wanted), "{}: {wanted}", page.language);
        }
    }
}

#[test]
fn a_project_without_a_name_is_not_given_ours() {
    let project = Project::new(&[
        ("web/package.json", r#"{"name": "shop", "license": "PPL"}"#),
        ("LICENSE", "SPDX-License-Identifier: PPL\n"),
    ]);
    for (format, said) in [
        ("downstream-en", "This project is offered under PPL."),
        ("downstream-es", "Este proyecto se ofrece bajo PPL."),
        ("downstream-fr", "Ce projet est proposé sous PPL."),
    ] {
        let page = project.run(&["report", "--format", format]).stdout;
        assert!(page.contains(said), "{page}");
    }
}

#[test]
fn what_is_used_in_two_ways_is_credited_once() {
    let config =
        "[[artifact]]\nname = \"shop\"\nroots = [\".\"]\nuse = [\"ship\", \"service\"]\nform = [\"web\", \"source\"]\n";
    let lock = r#"{"packages": [
        {"name": "acme/one", "version": "1.0.0", "license": ["MIT"]},
        {"name": "acme/two", "version": "1.0.0", "license": ["MIT", "GPL-3.0-only"]}], "packages-dev": []}"#;
    let manifest = r#"{"name": "coop/shop", "license": "PPL", "require": {"acme/one": "*", "acme/two": "*"}}"#;
    let project = Project::new(&[("composer.json", manifest), ("composer.lock", lock), ("ppl-check.toml", config)]);
    let notice = project.run(&["report", "--format", "notice", "--form", "binary"]).stdout;
    let used: Vec<&str> = notice.lines().filter(|line| line.contains("Used under")).map(str::trim).collect();
    assert_eq!(used, ["Used under: MIT"], "{notice}");
}
