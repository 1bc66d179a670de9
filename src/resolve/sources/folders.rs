//! Folders with a license text of their own: code that was copied into the project.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::media::is_media;
use super::{Own, bare_record};
use crate::base::{RelPath, sha256_hex};
use crate::license::identify::{Conclusion, Identification, Match, Method, is_program};
use crate::model::{Origin, PackageRecord, Trait};
use crate::resolve::{FileRole, Resolver, file_role};
use crate::scan::{Limits, Tree};

/// Names of folders that hold copies of license texts for the folder around them.
const COPIES: &[&str] = &["legal", "license", "licenses", "licences"];

/// Finds the folders, outermost first.
pub(super) fn find(resolver: &Resolver, own: &Own) -> Vec<PackageRecord> {
    let tree = own.tree;
    let mut folders: BTreeSet<RelPath> = BTreeSet::new();
    for file in tree.files() {
        if !is_text(tree, &file.path) || !own.looks_at(&file.path) {
            continue;
        }
        let mut folder = file.path.parent().unwrap_or_default();
        if is_copies(&folder) {
            folder = folder.parent().unwrap_or_default();
        }
        if !own.dirs.contains(&folder) && !folders.contains(&folder) && holds_more(tree, &folder) {
            let texts = texts_in(resolver, tree, &folder);
            // The project's own text, put beside a part of it, makes no package of the part.
            let is_own = !texts.is_empty() && texts.iter().all(|(_, sha256, _)| own.texts.contains(sha256));
            let pages_alone = tree.files_below(&folder).iter().all(|file| is_page(&file.path));
            let only_talk = !texts.is_empty()
                && texts.iter().all(|(path, _, found)| is_talk(found) || pages_alone && is_titled(path, found));
            if !is_own && !only_talk {
                folders.insert(folder);
            }
        }
    }
    let record = |folder: RelPath| PackageRecord {
        origin: Origin::Path(folder.clone()),
        dir: Some(folder.clone()),
        ..bare_record(&folder, if holds_media_alone(tree, &folder) { Trait::Asset } else { Trait::Vendored })
    };
    folders.into_iter().map(record).collect()
}

/// Names of folders that hold other people's code.
const FOREIGN: &[&str] = &[
    "3rd-party",
    "3rd_party",
    "3rdparty",
    "extern",
    "external",
    "externals",
    "third-party",
    "third_party",
    "thirdparty",
    "vendor",
    "vendored",
];

/// Finds what lies in a folder for other people's code, a file or a folder, and of which nothing says under what.
///
/// `spoken` are the files that speak for themselves.
pub(super) fn silent(own: &Own, spoken: &BTreeSet<&RelPath>) -> Vec<PackageRecord> {
    let mut heard: BTreeMap<RelPath, bool> = BTreeMap::new();
    for file in own.tree.files() {
        let Some(part) = foreign_part(&file.path) else { continue };
        if is_code(&file.path) && own.looks_at(&file.path) {
            *heard.entry(part).or_default() |= spoken.contains(&file.path);
        }
    }
    for (part, heard) in &mut heard {
        *heard |= own.taken.iter().any(|taken| taken.is_within(part)) || own.dirs.iter().any(|dir| dir.is_within(part));
    }
    heard.into_iter().filter(|(_, heard)| !heard).map(|(part, _)| bare_record(&part, Trait::Vendored)).collect()
}

/// The file or folder of other people's code that a file belongs to.
fn foreign_part(path: &RelPath) -> Option<RelPath> {
    let names: Vec<&str> = path.components().collect();
    let at = names.iter().position(|name| FOREIGN.contains(&name.to_ascii_lowercase().as_str()))?;
    let part = names.get(..=at + 1)?;
    RelPath::new(&part.join("/")).ok()
}

/// Returns whether a file is written in a programming language.
fn is_code(path: &RelPath) -> bool {
    path.file_name().is_some_and(is_program)
}

/// Returns whether a file is a license text by its name; `FILE.license` speaks of `FILE` alone.
fn is_text(tree: &Tree, path: &RelPath) -> bool {
    let beside = || path.as_str().strip_suffix(".license").and_then(|file| RelPath::new(file).ok());
    let by_name = path.file_name().is_some_and(|name| file_role(name) == Some(FileRole::License));
    by_name && !beside().is_some_and(|file| tree.has(&file))
}

/// Returns whether a document names licenses among other words, as a page about licenses does, and is none.
fn is_talk(found: &Identification) -> bool {
    let is_text = |found: &Match| matches!(found.method, Method::Exact | Method::Aligned);
    found.conclusion != Conclusion::Nothing && !found.license_only && !found.matches.iter().any(is_text)
}

fn is_page(path: &RelPath) -> bool {
    path.file_name().is_some_and(|name| name.to_ascii_lowercase().ends_with(".md"))
}

/// Returns whether a page has the word in its name alone, as `choosing-a-license.md` has among other pages: a license
/// would start with it, or say something that is known.
fn is_titled(path: &RelPath, found: &Identification) -> bool {
    let name = path.file_name().unwrap_or_default().to_ascii_lowercase();
    let starts = ["copying", "copyright", "licen", "notice", "unlicen"].iter().any(|word| name.starts_with(word));
    is_page(path) && !starts && found.conclusion == Conclusion::Nothing
}

fn is_copies(folder: &RelPath) -> bool {
    folder.file_name().is_some_and(|name| COPIES.contains(&name.to_ascii_lowercase().as_str()))
}

/// Returns whether a folder holds anything but license texts, notices and what describes them.
fn holds_more(tree: &Tree, folder: &RelPath) -> bool {
    tree.files_below(folder).iter().any(|file| is_more(&file.path))
}

/// Returns whether all that a folder holds are fonts and pictures: they lie beside the work, and are not worked into it.
fn holds_media_alone(tree: &Tree, folder: &RelPath) -> bool {
    let mut files = tree.files_below(folder).iter().filter(|file| is_more(&file.path));
    files.all(|file| file.path.file_name().is_some_and(is_media))
}

/// Returns whether a file is anything but a license text, a notice and what describes them.
fn is_more(path: &RelPath) -> bool {
    let name = path.file_name().unwrap_or_default();
    let describes = ["readme", "index", "sources"].iter().any(|start| name.to_ascii_lowercase().starts_with(start));
    let in_copies = path.parent().is_some_and(|folder| is_copies(&folder));
    let is_text = [".txt", ".md", ".license"].iter().any(|end| name.ends_with(end));
    !(file_role(name).is_some() || describes || in_copies && is_text)
}

/// The license texts directly in a folder: path, digest, and what each is.
pub(super) fn texts_in(
    resolver: &Resolver,
    tree: &Tree,
    folder: &RelPath,
) -> Vec<(RelPath, String, Arc<Identification>)> {
    let mut texts = Vec::new();
    for file in tree.files_below(folder).iter().filter(|file| file.path.parent().as_ref() == Some(folder)) {
        if !is_text(tree, &file.path) {
            continue;
        }
        let name = file.path.file_name().unwrap_or_default();
        let Ok(bytes) = tree.read(&file.path, Limits::DEFAULT.text) else { continue };
        let sha256 = sha256_hex(&bytes);
        let identification = resolver.identified(&sha256, name, &bytes);
        texts.push((file.path.clone(), sha256, identification));
    }
    texts
}
