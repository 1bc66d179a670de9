//! The same inputs give the same bytes: in any order on disk, with any number of threads, in any folder, for anybody.

use std::path::{Path, PathBuf};

use ppl_check::report::FORMATS;

use crate::program::Project;

/// Words that stand for what is private: they are in the environment, in paths or in addresses, and in no output.
const USER: &str = "canary-user";
const TOKEN: &str = "canary-token";

/// Every file of every fixture, as a project of many ecosystems, and one whose addresses hold a secret.
fn files() -> Vec<(String, Vec<u8>)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut paths = Vec::new();
    list(&fixtures, &mut paths);
    assert!(paths.len() > 30);
    let mut files: Vec<(String, Vec<u8>)> = paths
        .iter()
        .map(|path| {
            let name = path.strip_prefix(&fixtures).unwrap().to_str().unwrap().replace('\\', "/");
            (format!("work/{name}"), std::fs::read(path).unwrap())
        })
        .collect();
    files.push((
        "Cargo.toml".to_owned(),
        b"[package]\nname = \"shop\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\n".to_vec(),
    ));
    let secret = format!("https://{USER}:{TOKEN}@crates.example.org/index/?token={TOKEN}");
    let lock = format!(
        "version = 4\n\n[[package]]\nname = \"p\"\nversion = \"1.0.0\"\nsource = \"registry+{secret}\"\n\n[[package]]\nname = \"q\"\nversion = \"1.0.0\"\nsource = \"git+{secret}#0123456789abcdef\"\n\n[[package]]\nname = \"shop\"\nversion = \"1.0.0\"\ndependencies = [\"p\", \"q\"]\n"
    );
    files.push(("Cargo.lock".to_owned(), lock.into_bytes()));
    let requirements = format!(
        "--index-url https://{USER}:{TOKEN}@pypi.example.org/simple\nx @ https://{USER}:{TOKEN}@files.example.org/x-1.0.tar.gz\ny==1.0\n"
    );
    files.push(("requirements.txt".to_owned(), requirements.into_bytes()));
    files
}

fn list(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { list(&path, found) } else { found.push(path) }
    }
}

fn project<'f>(files: impl Iterator<Item = &'f (String, Vec<u8>)>) -> Project {
    let project = Project::new(&[]);
    files.for_each(|(path, bytes)| project.write(path, bytes));
    project
}

/// Every report, with the day fixed.
fn commands() -> Vec<Vec<&'static str>> {
    let mut commands: Vec<Vec<&str>> =
        FORMATS.iter().map(|format| vec!["check", "-v", "--include-tests", "--format", format.name]).collect();
    commands.extend([vec!["list"], vec!["list", "--format", "csv"], vec!["who"], vec!["why", "cargo:p"]]);
    for command in &mut commands {
        command.extend(["--today", "2026-01-01"]);
    }
    commands
}

#[test]
fn order_on_disk_threads_and_folders_change_nothing() {
    let files = files();
    let (one, other) = (project(files.iter()), project(files.iter().rev()));
    for command in commands() {
        let expected = one.run(&[&command[..], &["--jobs", "1"]].concat());
        assert!(!expected.stdout.is_empty(), "{command:?}: {}", expected.stderr);
        let found = other.run(&[&command[..], &["--jobs", "4"]].concat());
        assert_eq!(found.stdout, expected.stdout, "{command:?}");
        assert_eq!(found.code, expected.code, "{command:?}");
    }
}

#[test]
fn the_environment_changes_nothing_and_nothing_of_it_is_told() {
    let project = project(files().iter());
    let home = project.home();
    let home = home.to_str().unwrap();
    let noise = [
        ("HOME", home),
        ("USER", USER),
        ("LOGNAME", USER),
        ("HOSTNAME", "canary-host"),
        ("LANG", "de_DE.UTF-8"),
        ("LC_ALL", "tr_TR.UTF-8"),
        ("TZ", "Pacific/Kiritimati"),
        ("COLUMNS", "40"),
        ("TERM", "xterm-256color"),
        ("CI", "true"),
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_TOKEN", TOKEN),
        ("FAKE_TOKEN", TOKEN),
        ("RUST_BACKTRACE", "1"),
        ("CARGO_REGISTRIES_X_TOKEN", TOKEN),
        ("NPM_TOKEN", TOKEN),
        ("HTTPS_PROXY", "http://canary-host:1"),
    ];
    for command in commands() {
        let quiet = project.run(&command);
        let told = project.run_in(&project.path(), &command, &noise);
        assert_eq!(told.stdout, quiet.stdout, "{command:?}");
        let said = format!("{}{}", told.stdout, told.stderr);
        let folder = project.path();
        let private = [USER, TOKEN, "canary-host", home, folder.to_str().unwrap(), env!("CARGO_MANIFEST_DIR")];
        for word in private {
            assert!(!said.contains(word), "{command:?} tells `{word}`: {said}");
        }
    }
}
