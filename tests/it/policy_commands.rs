//! Commands that write and audit `ppl-check.toml`, and what is generated from the command line's definitions.

use crate::program::{Project, package};

const CONFIG: &str = "# Ours.\n\n[project]\noutbound = \"PPL\" # decided in May\n\n[[exception]]\npackage = \"composer:acme/old\"\nrule = \"copyleft-linked-dynamically\"\nreason = \"being replaced\"\nuntil = 2020-01-31\n\n[scan]\nexclude = [\"x\"]\n";

const COPYING: &str = "MIT License\n\nCopyright (c) 2020 A\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the \"Software\"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:\n\nThe above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.\n\nTHE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.\n";

/// A package under the GPL, one whose license nobody can read, and its text.
fn shop() -> Project {
    let lock = r#"{ "packages": [
        { "name": "acme/gpl", "version": "1.0.0", "license": ["GPL-3.0-only"] },
        { "name": "acme/odd", "version": "1.0.0", "license": ["Acme House License"] }
    ], "packages-dev": [] }"#;
    let project = Project::new(&[
        ("composer.json", r#"{ "name": "coop/shop", "license": "PPL" }"#),
        ("composer.lock", lock),
        ("ppl-check.toml", CONFIG),
        (
            "vendor/composer/installed.json",
            r#"{ "packages": [{ "name": "acme/odd", "version": "1.0.0", "install-path": "../acme/odd" }] }"#,
        ),
        ("vendor/acme/odd/composer.json", r#"{ "name": "acme/odd", "license": "Acme House License" }"#),
    ]);
    project.write("vendor/acme/odd/COPYING", COPYING);
    project
}

fn config(project: &Project) -> String {
    std::fs::read_to_string(project.path().join("ppl-check.toml")).unwrap()
}

#[test]
fn a_row_is_added_and_everything_else_is_kept() {
    let project = shop();
    let run = project.run(&[
        "except",
        "composer:acme/gpl",
        "copyleft-linked-dynamically",
        "--reason",
        "a contract",
        "--until",
        "2999-12-31",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let text = config(&project);
    for line in CONFIG.lines() {
        assert!(text.contains(line), "{line} is gone from {text}");
    }
    assert!(text.contains("until = 2999-12-31"));
    let (_, document) = project.check(&[]);
    let excepted: Vec<_> =
        document["findings"].as_array().unwrap().iter().filter(|row| row["excepted"] == "a contract").collect();
    assert_eq!(excepted.len(), 1);
    assert_eq!(excepted[0]["purls"][0], "pkg:composer/acme/gpl@1.0.0");
}

#[test]
fn a_clarification_names_the_text_it_rests_on() {
    let project = shop();
    let run = project.run(&["clarify", "composer:acme/odd", "MIT", "--reason", "read it"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let odd = |project: &Project| package(&project.check(&[]).1, "pkg:composer/acme/odd@1.0.0").clone();
    assert_eq!(odd(&project)["expression"], "MIT");
    assert_eq!(odd(&project)["basis"], "clarification");
    // Another text voids it.
    project.write("vendor/acme/odd/COPYING", COPYING.replace("free of charge", "for a fee"));
    assert_ne!(odd(&project)["basis"], "clarification");
}

#[test]
fn an_answer_and_a_relation_change_the_verdict() {
    let project = shop();
    let verdict = |project: &Project| package(&project.check(&[]).1, "pkg:composer/acme/gpl@1.0.0")["verdict"].clone();
    assert_eq!(verdict(&project), "conflict");
    let run = project.run(&["decide", "linking-doctrine", "eu", "--reason", "general meeting"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(verdict(&project), "review");
    let run = project.run(&["relate", "composer:acme/gpl", "separate-process", "--reason", "started as a program"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(verdict(&project), "obligation");
    let log = project.run(&["decisions"]).stdout;
    for words in [
        "decision      linking-doctrine: eu (in force)",
        "general meeting",
        "relation      composer:acme/gpl: separate-process (matches 1)",
        "exception     composer:acme/old: copyleft-linked-dynamically (ended on 2020-01-31)",
    ] {
        assert!(log.contains(words), "{words}\n{log}");
    }
}

#[test]
fn what_would_not_be_valid_is_not_written() {
    let project = shop();
    for (args, says) in [
        (&["decide", "linking-doctrin", "eu", "--reason", "x"][..], "linking-doctrine"),
        (&["decide", "linking-doctrine", "maybe", "--reason", "x"], "one of"),
        (&["relate", "npm:a", "linked", "--reason", "x"], "one of"),
        (&["except", "npm:a", "copyleft", "--reason", "x"], "explain rules"),
        (&["except", "composer:*", "*", "--reason", "x"], "wildcard"),
        (&["except", "composer:acme/gpl", "*", "--reason", " "], "reason"),
        (&["clarify", "composer:acme/odd", "Acme House", "--reason", "x"], "expression"),
        (&["clarify", "composer:acme/none", "MIT", "--reason", "x"], "no package"),
    ] {
        let run = project.run(args);
        assert_eq!(run.code, Some(2), "{args:?}\n{}", run.stdout);
        assert!(run.stderr.contains(says), "{args:?}\n{}", run.stderr);
        assert_eq!(config(&project), CONFIG);
    }
}

#[test]
fn every_value_is_shown_with_its_origin() {
    let project = shop();
    let shown = project.run(&["config", "show", "--entity", "worker-coop"]).stdout;
    let row = |key: &str| shown.lines().find(|line| line.starts_with(key)).unwrap_or_default().to_owned();
    assert!(row("project.outbound = \"PPL\"").ends_with("# ppl-check.toml"), "{shown}");
    assert!(row("you.kind = worker-coop").ends_with("# --entity"), "{shown}");
}

#[test]
fn rows_that_do_nothing_or_end_are_reported() {
    let project = shop();
    let codes = |config: &str, today: &str| {
        project.write("ppl-check.toml", config);
        let (_, document) = project.check(&["--today", today]);
        let rows = document["diagnostics"].as_array().unwrap();
        let ours = rows.iter().filter(|row| row["location"]["path"] == "ppl-check.toml");
        ours.map(|row| row["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let exception = |package: &str, more: &str| {
        format!(
            "[[exception]]\npackage = \"{package}\"\nrule = \"copyleft-linked-dynamically\"\nreason = \"x\"\n{more}\n"
        )
    };
    let gpl = "composer:acme/gpl";
    assert_eq!(codes(&exception(gpl, "until = 2027-01-31"), "2026-01-01"), [""; 0]);
    assert_eq!(codes(&exception(gpl, "until = 2027-01-31"), "2027-01-16"), [""; 0]);
    assert_eq!(codes(&exception(gpl, "until = 2027-01-31"), "2027-01-17"), ["ending-exception"]);
    assert_eq!(codes(&exception(gpl, "until = 2027-01-31"), "2027-01-31"), ["ending-exception"]);
    assert_eq!(codes(&exception(gpl, "until = 2027-01-31"), "2027-02-01"), ["ended-exception"]);
    assert_eq!(codes(&exception("composer:acme/none", ""), "2026-01-01"), ["unused-row"]);
    assert_eq!(codes(&exception("composer:acme/odd", ""), "2026-01-01"), ["unused-row"]);
    assert_eq!(codes(&exception(gpl, "text = \"sha256:00\""), "2026-01-01"), ["void-exception"]);
    let relation = "[[relation]]\npackage = \"npm:gone\"\nas = \"build\"\nreason = \"x\"\n";
    assert_eq!(codes(relation, "2026-01-01"), ["unused-row"]);
    let rules = "[rules]\nattribution-duty = { level = \"off\", reason = \"x\" }\n";
    assert_eq!(codes(rules, "2026-01-01"), ["switched-rule"]);
}

#[test]
fn a_configuration_over_the_limit_is_no_configuration() {
    let project = shop();
    project.write("ppl-check.toml", format!("{CONFIG}{}", "# padding\n".repeat(110_000)));
    let run = project.run(&["check"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("is larger than"), "{}", run.stderr);
}

#[test]
fn init_proposes_an_artifact_for_each_thing_that_is_shipped() {
    let web = r#"{ "name": "shop-web", "license": "PPL", "devDependencies": { "vite": "^7" } }"#;
    let api = "[package]\nname = \"shop-api\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\n";
    let lock = "version = 4\n\n[[package]]\nname = \"shop-api\"\nversion = \"1.0.0\"\n";
    let project = Project::new(&[("web/package.json", web), ("api/Cargo.toml", api), ("api/Cargo.lock", lock)]);
    assert_eq!(project.run(&["init"]).code, Some(0));
    let text = config(&project);
    let value: toml::Table = toml::from_str(&text).unwrap();
    let artifacts = value["artifact"].as_array().unwrap();
    let mut forms: Vec<_> =
        artifacts.iter().map(|row| (row["name"].as_str().unwrap(), row["form"][0].as_str().unwrap())).collect();
    forms.sort_unstable();
    assert_eq!(forms, [("shop-api", "binary"), ("shop-web", "web")]);
    // It is valid, and not written twice.
    assert!(matches!(project.check(&[]).0, Some(0 | 1)));
    assert_eq!(project.run(&["init"]).code, Some(2));
}

#[test]
fn init_joins_what_lies_together_and_leaves_samples_out() {
    let proposed = |files: &[(&str, &str)]| {
        let project = Project::new(files);
        assert_eq!(project.run(&["init"]).code, Some(0));
        let text = config(&project);
        let value: toml::Table = toml::from_str(&text).unwrap();
        assert!(matches!(project.check(&[]).0, Some(0 | 1)), "{text}");
        let list = |row: &toml::Value, key: &str| {
            let words: Vec<_> = row[key].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
            words.join(" ")
        };
        let rows = value.get("artifact").and_then(toml::Value::as_array).cloned().unwrap_or_default();
        let rows = rows.iter().map(|row| [list(row, "roots"), list(row, "use"), list(row, "form")].join(": "));
        (rows.collect::<Vec<_>>(), text)
    };
    let php = r#"{ "name": "coop/shop", "license": "PPL" }"#;
    let web = r#"{ "name": "shop-web", "license": "PPL" }"#;
    // A bundler that the root alone installs is seen by its configuration; an image is built from the same folder.
    let (rows, _) = proposed(&[
        ("composer.json", php),
        ("package.json", web),
        ("vite.config.ts", "export default {};\n"),
        ("Dockerfile", "FROM debian\n"),
        ("plugins/x/package.json", r#"{ "name": "x", "license": "PPL" }"#),
        ("tests/y/package.json", r#"{ "name": "y", "license": "PPL" }"#),
    ]);
    assert_eq!(rows, [".: ship service: container web"]);
    // A root that only holds the members together is no artifact.
    let member =
        |name: &str| format!(r#"{{ "name": "{name}", "license": "PPL", "dependencies": {{ "next": "^15" }} }}"#);
    let (rows, _) = proposed(&[
        ("package.json", r#"{ "name": "all", "private": true, "license": "PPL", "workspaces": ["apps/*"] }"#),
        ("apps/shop/package.json", &member("shop")),
        ("apps/till/package.json", &member("till")),
    ]);
    assert_eq!(rows, ["apps/shop: ship service: web", "apps/till: ship service: web"]);
    // What a person has to say is not guessed.
    let names: Vec<String> = (0..12).map(|n| format!("p{n}/composer.json")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), php)).collect();
    let (rows, text) = proposed(&files);
    assert!(rows.is_empty() && text.contains("12 parts"), "{text}");
}

#[test]
fn completions_and_man_pages_know_every_command() {
    let project = Project::new(&[]);
    let help = project.run(&["--help"]).stdout;
    let commands = help.split("Commands:").nth(1).unwrap().split("\n\n").next().unwrap();
    let names: Vec<&str> = commands
        .lines()
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(names.len() > 10, "{names:?}");
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let script = project.run(&["completions", shell]).stdout;
        assert!(names.iter().all(|name| script.contains(name)), "{shell}");
    }
    let page = project.run(&["man"]).stdout;
    assert!(page.contains(".TH ppl-check 1"), "{page}");
    assert!(project.run(&["man", "diff"]).stdout.contains("revision"));
    assert_eq!(project.run(&["man", "none"]).code, Some(2));
}

/// Licenses whose findings have every cause: terms, a contested reading, missing evidence, an unsaid fact.
const CAUSES: &[&str] = &["GPL-3.0-only", "LGPL-2.1-only", "JSON", "proprietary", "BSL", "CC-BY-NC-4.0", "Foo", "PPL"];

fn of_every_cause() -> Project {
    let rows: Vec<_> = CAUSES
        .iter()
        .map(|license| serde_json::json!({ "name": format!("acme/{}", license.to_lowercase()), "version": "1.0.0", "license": [license] }))
        .collect();
    let lock = serde_json::json!({ "packages": rows, "packages-dev": [] }).to_string();
    let config = "[you]\nkind = \"worker-coop\"\npurpose = \"commercial\"\n";
    let manifest = r#"{ "name": "coop/shop", "license": "PPL" }"#;
    Project::new(&[("composer.json", manifest), ("composer.lock", &lock), ("ppl-check.toml", config)])
}

#[test]
fn every_finding_names_a_command_that_works() {
    let (_, document) = of_every_cause().check(&[]);
    let mut commands = std::collections::BTreeSet::new();
    for finding in document["findings"].as_array().unwrap() {
        let steps = finding["steps"].as_array().unwrap();
        let named: Vec<_> = steps
            .iter()
            .filter_map(|step| step.as_str().unwrap().split("ppl-check ").nth(1))
            .filter(|command| !command.contains('`'))
            .map(|command| command.split(" (then").next().unwrap().replace("LICENSE", "MIT").replace("WHY", "because"))
            .collect();
        let fits = |command: &str| named.iter().any(|named| named.starts_with(command));
        let cause = finding["cause"].as_str().unwrap();
        assert!(
            match cause {
                "evidence" => fits("clarify"),
                "reading" => fits("decide") || fits("except"),
                _ => fits("except"),
            },
            "{finding:#}"
        );
        commands.extend(named);
    }
    for command in &commands {
        let run = of_every_cause().run(&command.split(' ').collect::<Vec<_>>());
        assert_eq!(run.code, Some(0), "{command}\n{}{}", run.stdout, run.stderr);
    }
    for command in ["ask", "clarify", "decide", "except", "relate"] {
        assert!(commands.iter().any(|named| named.starts_with(command)), "{command}: {commands:#?}");
    }
}

#[test]
fn a_chain_of_policies_is_named_file_by_file_and_ends() {
    let project = Project::new(&[
        ("composer.json", r#"{"name": "coop/shop", "license": "PPL"}"#),
        ("ppl-check.toml", "extends = [\"policy/coop.toml\"]\n[project]\nholder = \"Shop\"\n"),
        ("policy/coop.toml", "extends = [\"base/house.toml\"]\n[you]\nkind = \"worker-coop\"\n"),
        (
            "policy/base/house.toml",
            "extends = [\"../shared.toml\"]\n[project]\nholder = \"House\"\n[you]\nkind = \"company\"\n",
        ),
        ("policy/shared.toml", "final = [\"project.outbound\"]\n[project]\noutbound = \"PPL\"\n"),
    ]);
    let shown = project.run_bare(&["config", "show"]).stdout;
    for row in [
        "project.holder = \"Shop\"             # ppl-check.toml",
        "you.kind = \"worker-coop\"            # policy/coop.toml",
        "extends = \"../shared.toml\"          # policy/base/house.toml",
        "project.outbound = \"PPL\"            # policy/shared.toml",
    ] {
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.lines().any(|line| squeezed(line) == squeezed(row)), "{row}\n{shown}");
    }
    // What any of the files says is the policy.
    let digest = |project: &Project| project.check(&[]).1["policy"].clone();
    let before = digest(&project);
    project.write("policy/base/house.toml", "[project]\nholder = \"House\"\n");
    assert_ne!(digest(&project), before);
    for (file, text, said, next) in [
        ("policy/base/house.toml", "extends = [\"../coop.toml\"]", "in a circle", "next  name a file by its path"),
        (
            "policy/base/house.toml",
            "extends = [\"gone.toml\"]",
            "which `policy/base/house.toml` extends",
            "next  name a file",
        ),
        (
            "policy/base/house.toml",
            "[you]\nknd = 1",
            "`policy/base/house.toml`, line 2, column 1",
            "did you mean `kind`?",
        ),
        ("policy/base/house.toml", "extends = [\"../../../x.toml\"]", "failed to read", "next  name a file"),
        (
            "policy/coop.toml",
            "extends = [\"shared.toml\"]\n[project]\noutbound = \"MIT\"",
            "marks as final",
            "next  remove the key",
        ),
        (
            "policy/coop.toml",
            "[project]\noutbound = \"My Own\"",
            "key `project.outbound`",
            "next  docs/configuration.md",
        ),
    ] {
        project.write(file, text);
        let run = project.run(&[]);
        assert_eq!(run.code, Some(2), "{text}");
        assert!(run.stderr.contains(said) && run.stderr.contains(next), "{text}: {}", run.stderr);
    }
}
