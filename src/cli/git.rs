//! What git says of an earlier revision: the only file that starts a process.
//!
//! `git ls-tree` and `git cat-file --batch` read objects and run nothing that the repository's configuration names.
//! Two doors are shut besides: an object that is missing is not fetched (a promisor remote can name a command), and
//! nothing of the user's or the system's configuration is read.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use ppl_check::base::RelPath;

use super::{Failure, environment};

/// Git learned not to fetch missing objects (`GIT_NO_LAZY_FETCH`) in this version.
const OLDEST: (u32, u32) = (2, 45);
/// The largest file that is taken from a revision, in bytes: what a lockfile may have.
const MAX_FILE: u64 = 64 * 1024 * 1024;
/// The most that all files of a revision may have, in bytes.
const MAX_ALL: u64 = 1024 * 1024 * 1024;

/// One file of a revision.
struct Entry {
    path: RelPath,
    object: String,
}

/// Returns every file below a folder as it was at a revision. Links are left out.
pub(crate) fn files_at(folder: &Path, revision: &str) -> Result<BTreeMap<RelPath, Vec<u8>>, Failure> {
    let entries = list(folder, revision)?;
    contents(folder, entries)
}

fn list(folder: &Path, revision: &str) -> Result<Vec<Entry>, Failure> {
    if revision.starts_with('-') || revision.is_empty() {
        return Err(Failure::new(format!("`{revision}` is not the name of a revision")));
    }
    check_version(folder)?;
    let output = git(folder, &["ls-tree", "-r", "-l", "-z", "--end-of-options", revision])?
        .stdin(Stdio::null())
        .output()
        .map_err(|error| not_started(&error))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().next().unwrap_or_default().trim_start_matches("fatal: ");
        let failure = Failure::new(format!("git does not know the revision `{revision}` here: {said}"));
        return Err(failure.hint(format!("a shallow clone lacks it: run `{}`", fetched_by(revision))));
    }
    let mut entries = Vec::new();
    let mut total = 0;
    for row in output.stdout.split(|byte| *byte == 0).filter(|row| !row.is_empty()) {
        let Some((entry, size)) = entry(row)? else { continue };
        total += size;
        if total > MAX_ALL {
            return Err(Failure::new(format!("the files of `{revision}` have more than {MAX_ALL} bytes")));
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// Returns the command that brings a revision into a shallow clone, under the name it was asked for by.
fn fetched_by(revision: &str) -> String {
    // A clone of one branch follows no other: the name has to be made.
    let plain = |char: char| char.is_ascii_alphanumeric() || "/._-".contains(char);
    match revision.strip_prefix("origin/") {
        Some(branch) if branch.chars().all(plain) => {
            format!("git fetch --depth=1 origin {branch}:refs/remotes/origin/{branch}")
        }
        _ if revision.len() == 40 && revision.chars().all(|char| char.is_ascii_hexdigit()) => {
            format!("git fetch --depth=1 origin {revision}")
        }
        _ => "git fetch --unshallow".to_owned(),
    }
}

/// Reads `mode type object size<TAB>path`; links, submodules and what is too large give nothing.
fn entry(row: &[u8]) -> Result<Option<(Entry, u64)>, Failure> {
    let unreadable = || Failure::new("git lists a file in a way that is not known here");
    let mut halves = row.splitn(2, |byte| *byte == b'\t');
    let head = halves.next().and_then(|head| std::str::from_utf8(head).ok()).ok_or_else(unreadable)?;
    let path = halves.next().ok_or_else(unreadable)?;
    let [mode, kind, object, size] = head.split_ascii_whitespace().collect::<Vec<_>>()[..] else {
        return Err(unreadable());
    };
    if kind != "blob" || mode == "120000" {
        return Ok(None);
    }
    let path = path.split(|byte| *byte == b'/').fold(RelPath::root(), |path, name| path.child(&os_string(name)));
    // An object that is not there has no size.
    let size: u64 = size.parse().map_err(|_| {
        Failure::new(format!("git lacks the contents of `{path}` at the revision"))
            .hint("fetch them, or clone without a filter")
    })?;
    Ok((size <= MAX_FILE).then(|| (Entry { path, object: object.to_owned() }, size)))
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> OsString {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(bytes).to_os_string()
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

fn contents(folder: &Path, entries: Vec<Entry>) -> Result<BTreeMap<RelPath, Vec<u8>>, Failure> {
    let mut child = git(folder, &["cat-file", "--batch"])?
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| not_started(&error))?;
    let files = exchange(&mut child, entries);
    let ended = child.wait();
    let files = files.map_err(|error| Failure::new(format!("failed to read files from git: {error}")))?;
    match ended {
        Ok(status) if status.success() => Ok(files),
        _ => Err(Failure::new("git could not read every file of the revision")),
    }
}

/// Asks for all objects while their contents come back: neither side waits for the other with a full pipe.
fn exchange(child: &mut Child, entries: Vec<Entry>) -> io::Result<BTreeMap<RelPath, Vec<u8>>> {
    let (Some(mut to_git), Some(from_git)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    let objects: Vec<&str> = entries.iter().map(|entry| entry.object.as_str()).collect();
    let questions = objects.join("\n") + "\n";
    std::thread::scope(|scope| {
        scope.spawn(move || {
            // Git ends when its input does; what it did not read shows in what it does not answer.
            let _ = to_git.write_all(questions.as_bytes());
        });
        let mut answers = BufReader::new(from_git);
        let mut files = BTreeMap::new();
        for entry in entries {
            let bytes = answer(&mut answers)?;
            files.insert(entry.path, bytes);
        }
        Ok(files)
    })
}

/// Reads `object type size`, the contents, and the line feed after them.
fn answer(answers: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut head = String::new();
    answers.take(256).read_line(&mut head)?;
    let size: Option<u64> = head.trim_end().rsplit(' ').next().and_then(|size| size.parse().ok());
    let size = size.filter(|size| *size <= MAX_FILE).ok_or_else(|| io::Error::other("an object is missing"))?;
    let mut bytes = Vec::new();
    answers.take(size).read_to_end(&mut bytes)?;
    let mut line_feed = [0];
    answers.read_exact(&mut line_feed)?;
    Ok(bytes)
}

fn check_version(folder: &Path) -> Result<(), Failure> {
    let output = git(folder, &["version"])?.stdin(Stdio::null()).output().map_err(|error| not_started(&error))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text.split([' ', '.']).filter_map(|word| word.trim().parse::<u32>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(major), Some(minor)) if (major, minor) >= OLDEST => Ok(()),
        _ => Err(Failure::new(format!("`{}` is too old to read another's repository safely", text.trim()))
            .hint(format!("install git {}.{} or newer", OLDEST.0, OLDEST.1))),
    }
}

fn git(folder: &Path, args: &[&str]) -> Result<Command, Failure> {
    let program = environment::program("git", folder).ok_or_else(|| Failure::new("git is not installed"))?;
    #[expect(clippy::disallowed_methods, reason = "the one file that asks git")]
    let mut command = Command::new(program);
    command.current_dir(folder).env_clear().arg("--no-pager").args(args);
    for (name, value) in [
        ("GIT_NO_LAZY_FETCH", "1"),
        ("GIT_ALLOW_PROTOCOL", "none"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_OPTIONAL_LOCKS", "0"),
        // In CI the clone often belongs to another user than the one who reads it.
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "safe.directory"),
        ("GIT_CONFIG_VALUE_0", "*"),
    ] {
        command.env(name, value);
    }
    Ok(command)
}

fn not_started(error: &io::Error) -> Failure {
    Failure::new(format!("failed to start git: {error}"))
}
