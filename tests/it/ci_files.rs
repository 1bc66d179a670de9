//! The files for CI services: they parse, and the commands in them are understood.

use std::path::Path;

use serde_json::Value;

use crate::program::Project;

fn read(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

fn yaml(file: &str) -> Value {
    serde_saphyr::from_str(&read(file)).unwrap()
}

/// Runs a command line of a recipe as far as `--help`, which stops before anything is done.
fn is_understood(command: &str) {
    let words: Vec<&str> = command.split_whitespace().filter(|word| !word.starts_with('$')).collect();
    assert_eq!(words[0], "ppl-check", "{command}");
    let run = Project::new(&[]).run(&[&words[1..], &["--help"]].concat());
    assert_eq!(run.code, Some(0), "{command}\n{}", run.stderr);
}

#[test]
fn the_action_hands_inputs_over_as_variables_alone() {
    let action = yaml("action.yml");
    assert_eq!(action["runs"]["using"], "composite");
    let inputs = action["inputs"].as_object().unwrap();
    let steps = action["runs"]["steps"].as_array().unwrap();
    let script = read("ci/github.sh");
    let mut used = Vec::new();
    for step in steps {
        assert_eq!(step["shell"], "bash");
        let run = step["run"].as_str().unwrap();
        assert!(!run.contains("${{"), "an expression in a script can be made a command: {run}");
        for (variable, value) in step["env"].as_object().into_iter().flatten() {
            let input = value.as_str().unwrap().trim_start_matches("${{ inputs.").trim_end_matches(" }}");
            assert!(inputs.contains_key(input), "{input}");
            assert!(script.contains(&format!("${{{variable}:-")), "{variable}");
            used.push(input);
        }
    }
    assert_eq!(used.len(), inputs.len());
}

#[test]
fn the_job_for_gitlab_writes_the_reports_it_names() {
    let template = yaml("ci/gitlab.yml");
    let job = &template["ppl-check"];
    let command = job["script"].as_array().unwrap().last().unwrap().as_str().unwrap();
    is_understood(command);
    let reports = &job["artifacts"]["reports"];
    assert!(command.contains(&format!("gitlab={}", reports["codequality"].as_str().unwrap())));
    assert!(command.contains(&format!("junit={}", reports["junit"].as_str().unwrap())));
}

#[test]
fn the_hook_runs_for_manifests_and_lockfiles_alone() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hook = &hooks[0];
    is_understood(hook["entry"].as_str().unwrap());
    let files = regex::Regex::new(hook["files"].as_str().unwrap()).unwrap();
    for name in ["Cargo.lock", "web/package-lock.json", "requirements-dev.txt", "ppl-check.toml", "api/composer.json"] {
        assert!(files.is_match(name), "{name}");
    }
    for name in ["src/main.rs", "xCargo.lock", "package.json.bak", "README.md"] {
        assert!(!files.is_match(name), "{name}");
    }
}

/// Returns a project with one dependency under these licenses, as a lockfile names them.
fn shop(licenses: &str) -> Project {
    let lock =
        format!(r#"{{"packages":[{{"name":"acme/p","version":"1.0.0","license":[{licenses}]}}],"packages-dev":[]}}"#);
    let manifest = r#"{"name":"coop/shop","license":"PPL","require":{"acme/p":"*"}}"#;
    Project::new(&[("composer.json", manifest), ("composer.lock", &lock)])
}

#[test]
fn the_recipe_of_the_readme_fails_on_a_conflict_and_on_an_unknown_alone() {
    let readme = read("README.md");
    let recipe = readme.split("## In CI\n").nth(1).unwrap().split("```sh\n").nth(1).unwrap();
    let commands: Vec<&str> = recipe.split("```").next().unwrap().lines().collect();
    let [command] = commands.as_slice() else { panic!("one command is the recipe: {commands:?}") };
    let words: Vec<&str> = command.split(' ').collect();
    assert_eq!(words[0], "ppl-check");
    for (licenses, code, said) in [
        (r#""GPL-3.0-only""#, 1, "conflict[copyleft-linked-dynamically] acme/p 1.0.0"),
        ("", 1, "unknown[undetermined-license] acme/p"),
        (r#""MIT""#, 0, "nothing found against it"),
    ] {
        let run = shop(licenses).run_bare(&words[1..]);
        assert_eq!(run.code, Some(code), "{licenses}\n{}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains(said), "{licenses}\n{}", run.stdout);
    }
}
