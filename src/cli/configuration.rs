//! `ppl-check.toml`: which file it is, what it extends, and which text its digest stands for.

use std::cell::RefCell;
use std::path::{Component, Path, PathBuf};

use ppl_check::base::{Location, RelPath};
use ppl_check::config::{self, Config, ReadBase, Setting};
use ppl_check::resolve::LOCK_NAME;

use super::args::Common;
use super::run::{self, Files};
use super::{Failure, git};

/// The largest configuration file that is read, in bytes.
const MAX_CONFIG: u64 = 1024 * 1024;

/// The configuration in force.
pub(crate) struct Policy {
    pub(crate) config: Config,
    /// What its digest is made from.
    pub(crate) text: String,
    /// The file in the tree, if it is not the one in force.
    pub(crate) changed: Option<Location>,
    /// The files of the revision it was taken from.
    pub(crate) revision: Option<Revision>,
}

/// What a policy that is taken from a revision brings along.
pub(crate) struct Revision {
    /// All files.
    pub(crate) files: Files,
    /// The text of its `ppl-check.lock`: evidence that only the tree has is not seen yet.
    pub(crate) recorded: String,
}

/// Returns every value of the configuration file and where it comes from.
pub(crate) fn settings(common: &Common, path: Option<&Path>) -> Result<Vec<Setting>, Failure> {
    let root = run::root(path)?;
    let Some(file) = config_file(common, &root) else { return Ok(Vec::new()) };
    let (shown, text) = (shown(&file), read_config(&file)?);
    let (folder, fence) = (file.parent().unwrap_or(Path::new("")), fence(common, &root));
    config::settings(&shown, &text, &|by, name| read_base(folder, fence, by, name))
        .map_err(|error| config_failure(&error))
}

/// Returns the configuration file that the options name, or the one in the root.
fn config_file(common: &Common, root: &Path) -> Option<PathBuf> {
    match &common.config {
        Some(path) => Some(path.clone()),
        None => Some(root.join(config::FILE_NAME)).filter(|path| !common.no_config && path.is_file()),
    }
}

fn shown(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Returns the folder that a configuration may not leave: one in the scanned tree may reach files of the tree alone.
fn fence<'run>(common: &Common, root: &'run Path) -> Option<&'run Path> {
    common.config.is_none().then_some(root)
}

/// Reads the configuration: that of the folder, or of a revision.
pub(crate) fn in_force(common: &Common, root: &Path) -> Result<Policy, Failure> {
    match &common.policy_from {
        Some(revision) => policy_from(root, revision),
        None => policy_on_disk(common, root),
    }
}

fn policy_on_disk(common: &Common, root: &Path) -> Result<Policy, Failure> {
    let Some(file) = config_file(common, root) else {
        return Ok(Policy { config: Config::default(), text: String::new(), changed: None, revision: None });
    };
    let (config, text) = read_policy(&file, fence(common, root))?;
    Ok(Policy { config, text, changed: None, revision: None })
}

/// Returns a configuration, and the text of it and of all that it extends.
fn read_policy(file: &Path, fence: Option<&Path>) -> Result<(Config, String), Failure> {
    let text = read_config(file)?;
    let folder = file.parent().unwrap_or(Path::new(""));
    load_policy(&shown(file), &text, &|by, name| read_base(folder, fence, by, name))
}

fn load_policy(name: &str, text: &str, read_base: &ReadBase) -> Result<(Config, String), Failure> {
    let all = RefCell::new(text.to_owned());
    let config = config::load(name, text, &|by, wanted| {
        let (path, text) = read_base(by, wanted)?;
        all.borrow_mut().push_str(&text);
        Ok((path, text))
    });
    Ok((config.map_err(|error| config_failure(&error))?, all.into_inner()))
}

/// Takes the configuration, and the policies that it extends, from a revision.
fn policy_from(root: &Path, revision: &str) -> Result<Policy, Failure> {
    let files = git::files_at(root, revision)?;
    let file = |path: &RelPath| files.get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let name = RelPath::root().join(config::FILE_NAME);
    let text = file(&name).unwrap_or_default();
    let (config, text) = load_policy(config::FILE_NAME, &text, &|by, wanted| {
        let folder = RelPath::new(by).ok().and_then(|by| by.parent()).unwrap_or_default();
        let path = folder.resolve(wanted).map_err(|error| error.to_string())?;
        let text = file(&path).ok_or("the revision does not have it")?;
        Ok((path.to_string(), text))
    })?;
    let on_disk = root.join(config::FILE_NAME);
    // What cannot be read is not the same.
    let text_on_disk = if on_disk.is_file() {
        read_policy(&on_disk, Some(root)).ok().map(|(_, text)| text)
    } else {
        Some(String::new())
    };
    let recorded = file(&RelPath::root().join(LOCK_NAME)).unwrap_or_default();
    let changed = (text_on_disk.as_ref() != Some(&text)).then(|| Location::file(name));
    Ok(Policy { config, text, changed, revision: Some(Revision { files, recorded }) })
}

fn read_base(folder: &Path, fence: Option<&Path>, by: &str, name: &str) -> Result<(String, String), String> {
    let path = steps(&Path::new(by).parent().unwrap_or(Path::new("")).join(name));
    #[expect(clippy::disallowed_methods, reason = "`cli` reads the configuration")]
    let resolve = |path: &Path| std::fs::canonicalize(path).map_err(|error| error.kind().to_string());
    let resolved = resolve(&folder.join(&path))?;
    if let Some(fence) = fence
        && !resolved.starts_with(resolve(fence)?)
    {
        return Err("it lies outside the repository, which only --config may reach".to_owned());
    }
    let text = read_config(&resolved).map_err(|failure| failure.to_string())?;
    Ok((path.to_string_lossy().into_owned(), text))
}

/// Returns a path without steps down and up again, so that a file has one name.
fn steps(path: &Path) -> PathBuf {
    let mut steps = PathBuf::new();
    for step in path.components() {
        match step {
            Component::CurDir => {}
            Component::ParentDir if matches!(steps.components().next_back(), Some(Component::Normal(_))) => {
                steps.pop();
            }
            _ => steps.push(step),
        }
    }
    steps
}

#[expect(clippy::disallowed_methods, reason = "`cli` reads the configuration")]
pub(crate) fn read_config(path: &Path) -> Result<String, Failure> {
    use std::io::Read;
    let failed = |error: std::io::Error| Failure::new(format!("failed to read `{}`: {error}", path.display()));
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut text = String::new();
    file.take(MAX_CONFIG + 1).read_to_string(&mut text).map_err(failed)?;
    // Half a configuration is another one: rows that restrict would be gone without a word.
    if u64::try_from(text.len()).is_ok_and(|length| length > MAX_CONFIG) {
        return Err(Failure::new(format!("`{}` is larger than {MAX_CONFIG} bytes", path.display())));
    }
    Ok(text)
}

pub(crate) fn config_failure(error: &config::ConfigError) -> Failure {
    let hint = match error {
        config::ConfigError::Invalid { hint, .. } => hint.as_deref(),
        config::ConfigError::Value { .. } => Some("docs/configuration.md has an example of every key"),
        config::ConfigError::Extends { .. } => Some("name a file by its path from the one that extends it"),
        config::ConfigError::Final { .. } => Some("remove the key, or have the policy changed by those who keep it"),
        _ => None,
    };
    let failure = Failure::new(error.to_string());
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
