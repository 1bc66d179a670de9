//! The documents say nothing that is not so: paths exist, commands run.

use std::path::Path;

use crate::program::Project;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the documents of the project with their text.
fn documents() -> Vec<(String, String)> {
    let mut documents = Vec::new();
    for folder in ["", "docs", "docs/licenses", "docs/rules", "licenses"].map(|folder| root().join(folder)) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
                documents.push((name, std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(documents.len() >= 7, "{documents:?}");
    documents
}

#[test]
fn linked_files_and_named_paths_exist() {
    let mut n_paths = 0;
    for (name, text) in documents() {
        let folder = root().join(&name).parent().unwrap().to_path_buf();
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            n_paths += 1;
            assert!(folder.join(target).exists(), "{name} links to `{target}`");
        }
        for quoted in text.split('`').skip(1).step_by(2) {
            let is_path =
                ["src/", "tests/", "docs/", "licenses/", "benches/", ".ci/"].iter().any(|top| quoted.starts_with(top));
            if !is_path || quoted.contains(['<', '*', ' ', '…', '[']) {
                continue;
            }
            n_paths += 1;
            assert!(root().join(quoted).exists(), "{name} names `{quoted}`");
        }
    }
    assert!(n_paths > 30);
}

/// Splits a command line as a shell does, as far as the documents need it: blanks, and single quotes.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (idx, part) in line.split('\'').enumerate() {
        if idx % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[test]
fn commands_in_the_documents_are_understood() {
    let project = Project::new(&[("README", "")]);
    let mut n_commands = 0;
    for (name, text) in documents() {
        for block in text.split("```sh\n").skip(1) {
            for command in block.split("```").next().unwrap().lines() {
                let Some(rest) = command.trim().strip_prefix("ppl-check") else { continue };
                // `--help` stops before anything is done: what is left is whether the words are known.
                let words = shell_words(rest.split(" #").next().unwrap());
                let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
                args.push("--help");
                let run = project.run(&args);
                assert_eq!(run.code, Some(0), "{name}: `{command}`\n{}", run.stderr);
                n_commands += 1;
            }
        }
    }
    assert!(n_commands >= 1);
}

/// Returns what `--help` says of the program, or of a command.
fn help(command: &[&str]) -> String {
    let run = Project::new(&[("README", "")]).run(&[command, &["--help"]].concat());
    assert_eq!(run.code, Some(0), "{command:?}\n{}", run.stderr);
    run.stdout
}

fn commands() -> Vec<String> {
    let help = help(&[]);
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let named = list.lines().filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')));
    named.map(|line| line.split(' ').next().unwrap().to_owned()).filter(|name| name != "help").collect()
}

#[test]
fn the_help_of_every_command_teaches_by_examples_that_are_understood() {
    let project = Project::new(&[("README", "")]);
    for command in commands() {
        let help = help(&[command.as_str()]);
        let examples = help.split("Examples:\n").nth(1).unwrap_or_else(|| panic!("{command} has no example"));
        let lines: Vec<&str> = examples.lines().take_while(|line| line.starts_with("  ppl-check ")).collect();
        assert!(lines.iter().any(|line| line.starts_with(&format!("  ppl-check {command}"))), "{command}");
        for line in lines {
            let words = line.trim().split("  ").next().unwrap().split(" > ").next().unwrap();
            let words = shell_words(words.strip_prefix("ppl-check ").unwrap());
            let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
            args.push("--help");
            let run = project.run(&args);
            assert_eq!(run.code, Some(0), "{line}\n{}", run.stderr);
        }
    }
}

/// The options that every command takes, as they were promised.
const OPTIONS: &[&str] = &[
    "ascii",
    "as",
    "attest",
    "baseline",
    "color",
    "config",
    "data",
    "dry-run-network",
    "entity",
    "exclude",
    "fail-on",
    "format",
    "include-tests",
    "jobs",
    "locked",
    "no-cache",
    "no-config",
    "no-source",
    "offline",
    "output",
    "policy-from",
    "purpose",
    "python-env",
    "quiet",
    "registry-url",
    "since",
    "strict",
    "today",
    "use",
    "verbose",
];

#[test]
fn the_options_are_those_that_were_promised() {
    let option = regex::Regex::new(r"(?m)^ +(?:-\w, )?--([a-z-]+)").unwrap();
    let options = |command: &[&str]| {
        let help = help(command);
        let found = option.captures_iter(&help).map(|found| found[1].to_owned());
        found.filter(|name| name != "help" && name != "version").collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(options(&[]), OPTIONS.iter().map(|name| (*name).to_owned()).collect());
    // Before or after the command, they are the same.
    for command in commands() {
        assert!(options(&[command.as_str()]).is_superset(&options(&[])), "{command}");
    }
    // What has a value that holds without it says which.
    let help = help(&[]);
    let paragraphs: Vec<&str> = help.split("\n\n").collect();
    for name in ["color", "config", "entity", "fail-on", "format", "jobs", "purpose", "today", "use"] {
        let of_option = paragraphs.iter().skip_while(|part| !part.contains(&format!("--{name} <"))).take(2);
        let text = of_option.copied().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            ["[default: ", "(the default)", "if nothing is said"].iter().any(|said| text.contains(said)),
            "--{name} names no default: {text}"
        );
    }
}

#[test]
fn the_test_command_is_the_one_ci_calls() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let ci = std::fs::read_to_string(root().join(".ci/run")).unwrap();
    let command = "cargo test --locked";
    assert!(readme.lines().any(|line| line == command));
    assert!(ci.lines().any(|line| line == format!("step {command}")));
}

#[test]
fn the_license_is_the_published_text() {
    let license = std::fs::read_to_string(root().join("LICENSE")).unwrap();
    assert_eq!(license, spdx::license_id("PPL").unwrap().text());
}

#[test]
fn the_project_passes_its_own_check() {
    let project = Project::new(&[("README", "")]);
    #[expect(clippy::disallowed_methods, reason = "the crates of this build lie in the builder's store")]
    let store = std::env::var("CARGO_HOME").unwrap_or_else(|_| format!("{}/.cargo", std::env::var("HOME").unwrap()));
    let variables = [("CARGO_HOME", store.as_str())];
    let check = |args: &[&str]| {
        let run = project.run_in(root(), &[&["--format", "json"], args].concat(), &variables);
        (run.code, serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap())
    };
    let (_, document) = check(&[]);
    for finding in document["findings"].as_array().unwrap() {
        // Packages for other platforms are fetched by `cargo fetch` alone.
        let not_fetched =
            finding["rule"] == "undetermined-license" && finding["tried"].to_string().contains("not there");
        assert!(not_fetched, "{finding:#}");
    }
    let excluded: Vec<_> =
        document["coverage"]["excluded"].as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    assert!(excluded.contains(&"tests/fixtures") && excluded.contains(&"licenses"), "{excluded:?}");
    // Without the configuration its fixtures are samples, and still no dependencies.
    let (_, bare) = check(&["--no-config"]);
    let judged = |document: &serde_json::Value| {
        let rows = document["packages"].as_array().unwrap();
        let judged = rows.iter().filter(|row| row["not_judged"].is_null());
        judged.map(|row| row["purl"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(judged(&document), judged(&bare));
    assert!(judged(&document).len() > 100);
}
