//! Runs the program in a folder made for the test, with nothing of the machine's environment.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder with files in it.
pub(crate) struct Project {
    dir: tempfile::TempDir,
}

/// What a run said.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Project {
    /// Creates a folder with these files.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let project = Self { dir: tempfile::tempdir().unwrap() };
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// Writes a file, making its folders.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Returns the folder of the project. Its `home` beside it is the home folder of every run.
    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("project")
    }

    /// Returns the home folder of every run.
    pub(crate) fn home(&self) -> PathBuf {
        self.dir.path().join("home")
    }

    /// Runs the program in the folder, without asking registries.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_in(&self.path(), args, &[("HOME", self.home().to_str().unwrap())])
    }

    /// Runs the program in the folder with exactly these arguments; they must keep it from asking registries.
    pub(crate) fn run_bare(&self, args: &[&str]) -> Run {
        self.spawn(&self.path(), args, &[("HOME", self.home().to_str().unwrap())])
    }

    /// Runs the program in the folder, with one address in the place of every registry.
    pub(crate) fn run_online(&self, args: &[&str], address: &str) -> Run {
        let urls: Vec<String> =
            ppl_check::registry::types().map(|ty| format!("--registry-url={ty}={address}")).collect();
        let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
        let args = [args, &urls].concat();
        self.spawn(&self.path(), &args, &[("HOME", self.home().to_str().unwrap())])
    }

    /// Runs the program with an environment of exactly these variables, without asking registries.
    pub(crate) fn run_in(&self, folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> Run {
        self.spawn(folder, &[args, &["--offline"]].concat(), variables)
    }

    /// Runs the program in the folder with an environment of exactly these variables; the arguments must keep it from
    /// asking registries.
    pub(crate) fn run_with_variables(&self, args: &[&str], variables: &[(&str, &str)]) -> Run {
        self.spawn(&self.path(), args, variables)
    }

    fn spawn(&self, folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> Run {
        std::fs::create_dir_all(self.path()).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_ppl-check"))
            .args(args)
            .current_dir(folder)
            .env_clear()
            // Settings of the machine are none of a test's.
            .env("PIP_CONFIG_FILE", "/dev/null")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs the program in the folder with these bytes on its standard input.
    pub(crate) fn run_with(&self, args: &[&str], input: &[u8]) -> Run {
        std::fs::create_dir_all(self.path()).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_ppl-check"))
            .args(args)
            .arg("--offline")
            .current_dir(self.path())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs `check --format json` and returns exit code and document.
    pub(crate) fn check(&self, args: &[&str]) -> (Option<i32>, serde_json::Value) {
        let run = self.run(&[&["check", "--format", "json"], args].concat());
        let document =
            serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}\n{}\n{}", run.stdout, run.stderr));
        (run.code, document)
    }
}

/// Returns the row of a package in a document, by its purl.
pub(crate) fn package<'d>(document: &'d serde_json::Value, purl: &str) -> &'d serde_json::Value {
    let rows = document["packages"].as_array().unwrap();
    rows.iter().find(|row| row["purl"] == purl).unwrap_or_else(|| panic!("{purl} is not in {rows:#?}"))
}
