//! The license knowledge of a run: what is compiled in, or what a folder holds, with the user's own laid over it.

use std::path::Path;

use ppl_check::base::RelPath;
use ppl_check::license::knowledge::{DataError, File, Knowledge};
use ppl_check::scan::{ListedKind, Root};

use super::args::Common;
use super::run::Files;
use super::{Failure, run};

/// The largest file of license knowledge that is read, in bytes.
const MAX_FILE: u64 = 8 * 1024 * 1024;

/// How deep folders of license knowledge are.
const MAX_DEPTH: usize = 2;

/// A folder that holds this file is complete; any other is laid over what is compiled in.
const MARK_OF_COMPLETENESS: &str = "defaults.toml";

/// Returns the knowledge that `--data` names, or what is compiled in.
pub(crate) fn knowledge(common: &Common) -> Result<&'static Knowledge, Failure> {
    match &common.data {
        None => Ok(Knowledge::builtin()),
        Some(folder) => {
            let shown = folder.display().to_string();
            let loaded = load(&open(folder)?, &shown, Knowledge::builtin())?;
            Ok(keep(loaded.map_err(|problems| failure(&shown, &problems))?))
        }
    }
}

/// Returns the knowledge for a question without a project: that of the configuration in this folder, if there is one.
pub(crate) fn here(common: &Common) -> Result<&'static Knowledge, Failure> {
    run::configuration(common, Path::new(".")).map(|configured| configured.terms.knowledge)
}

/// Keeps knowledge until the program ends, as what is compiled in is kept.
fn keep(knowledge: Knowledge) -> &'static Knowledge {
    Box::leak(Box::new(knowledge))
}

/// Opens a folder of license knowledge.
pub(crate) fn open(folder: &Path) -> Result<Root, Failure> {
    Root::open(folder, None)
        .map_err(|error| Failure::new(format!("failed to open `{}`: {}", folder.display(), error.kind())))
}

/// Loads a folder: by itself if it is complete, else laid over what is given.
pub(crate) fn load(root: &Root, shown: &str, base: &Knowledge) -> Result<Result<Knowledge, Vec<DataError>>, Failure> {
    let files = files(root, &RelPath::root(), shown)?;
    let complete = files.iter().any(|file| file.path == MARK_OF_COMPLETENESS);
    Ok(if complete { Knowledge::load(&files) } else { base.overlay(&files) })
}

/// Lays folders that the configuration names over knowledge; they lie in the folder of the configuration.
pub(crate) fn overlay(
    base: &'static Knowledge,
    folder: &Path,
    folders: &[String],
) -> Result<&'static Knowledge, Failure> {
    let root = open(folder)?;
    let mut knowledge = base;
    for folder in folders {
        let below = RelPath::new(folder).map_err(|error| Failure::new(format!("`data` names `{folder}`: {error}")))?;
        let laid = knowledge.overlay(&files(&root, &below, folder)?).map_err(|errors| failure(folder, &errors))?;
        knowledge = keep(laid);
    }
    Ok(knowledge)
}

/// Lays folders over knowledge as they were at a revision.
pub(crate) fn overlay_of(
    base: &'static Knowledge,
    revision: &Files,
    folders: &[String],
) -> Result<&'static Knowledge, Failure> {
    let mut knowledge = base;
    for folder in folders {
        let below = RelPath::new(folder).map_err(|error| Failure::new(format!("`data` names `{folder}`: {error}")))?;
        let inside = revision.iter().filter(|(path, _)| path.is_within(&below) && is_knowledge(path.as_str()));
        let files: Vec<File> = inside
            .map(|(path, bytes)| File {
                path: self::inside(path, &below),
                text: String::from_utf8_lossy(bytes).into_owned(),
            })
            .collect();
        knowledge = keep(knowledge.overlay(&files).map_err(|errors| failure(folder, &errors))?);
    }
    Ok(knowledge)
}

fn files(root: &Root, below: &RelPath, shown: &str) -> Result<Vec<File>, Failure> {
    let mut files = Vec::new();
    collect(root, below, below, MAX_DEPTH, &mut files)?;
    if files.is_empty() {
        let hint = "`ppl-check data export DIR` writes the compiled-in files to start from";
        return Err(Failure::new(format!("`{shown}` holds no file of license knowledge")).hint(hint));
    }
    Ok(files)
}

fn collect(root: &Root, top: &RelPath, folder: &RelPath, depth: usize, files: &mut Vec<File>) -> Result<(), Failure> {
    for entry in root.list(folder).iter() {
        let Ok(path) = folder.resolve(&entry.name) else { continue };
        match entry.kind {
            ListedKind::Folder if depth > 0 => collect(root, top, &path, depth - 1, files)?,
            ListedKind::File if is_knowledge(&entry.name) => {
                let text = read(root, &path)?;
                files.push(File { path: inside(&path, top), text });
            }
            ListedKind::Folder | ListedKind::File | ListedKind::Link | ListedKind::Other => {}
        }
    }
    Ok(())
}

fn is_knowledge(name: &str) -> bool {
    let extension = Path::new(name).extension();
    extension.is_some_and(|extension| extension == "toml" || extension == "md")
}

/// Reads the text of a license that lies in a folder of knowledge.
pub(crate) fn text(root: &Root, id: &str) -> Option<String> {
    let path = |extension: &str| RelPath::new(&format!("texts/{id}.{extension}")).ok();
    [path("txt"), path("md")].into_iter().flatten().find_map(|path| read(root, &path).ok())
}

fn read(root: &Root, path: &RelPath) -> Result<String, Failure> {
    let failed = |reason: String| Failure::new(format!("failed to read `{path}`: {reason}"));
    let bytes = root.read(path, MAX_FILE).map_err(|error| failed(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| {
        failed(format!("expected UTF-8, found a byte that is not at {}", error.utf8_error().valid_up_to()))
    })
}

fn inside(path: &RelPath, top: &RelPath) -> String {
    let path = path.as_str();
    path.strip_prefix(top.as_str()).unwrap_or(path).trim_start_matches('/').to_owned()
}

/// Says everything that is wrong, each with file, line, column and suggestion.
fn failure(folder: &str, errors: &[DataError]) -> Failure {
    let lines: Vec<String> = errors.iter().map(|error| format!("  {folder}/{error}")).collect();
    let n_errors = errors.len();
    let many = if n_errors == 1 { "1 problem".to_owned() } else { format!("{n_errors} problems") };
    Failure::new(format!("{many} in the license knowledge of `{folder}`\n{}", lines.join("\n")))
}
