//! `vendor/modules.txt`: which modules `go mod vendor` has copied. <https://go.dev/ref/mod#vendoring>.

use std::collections::BTreeMap;

use crate::base::{Purl, RelPath};
use crate::ecosystem::records::Records;
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::PackageRecord;
use crate::scan::{Limits, Tree};

use super::ECOSYSTEM;
use super::file::{is_module_path, is_version};

/// The index in a `vendor` folder.
pub(super) const INDEX: &str = "modules.txt";

/// The modules in one `vendor` folder.
#[derive(Clone, Debug, Default)]
pub(super) struct Vendored {
    /// The folder.
    pub(super) dir: RelPath,
    /// By the path under which they are imported.
    pub(super) modules: BTreeMap<String, Module>,
}

/// One module in a `vendor` folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Module {
    /// The version that was asked for.
    pub(super) version: String,
    /// The module that stands in for it, and its version; a folder stands in without one.
    pub(super) with: Option<(String, Option<String>)>,
    /// The packages that were copied.
    pub(super) packages: Vec<String>,
    /// The line, from 1.
    pub(super) line: u32,
}

impl Module {
    /// Returns the path and version of what was really copied; nothing if it was a folder.
    pub(super) fn really<'module>(&'module self, path: &'module str) -> Option<(&'module str, &'module str)> {
        match &self.with {
            None => Some((path, &self.version)),
            Some((with, version)) => Some((with, version.as_deref()?)),
        }
    }
}

impl Vendored {
    /// Reads the index of a folder; there need not be one.
    pub(super) fn read(tree: &Tree, dir: RelPath) -> Self {
        let text = tree.read_text(&dir.join(INDEX), Limits::DEFAULT.manifest).unwrap_or_default();
        Self { modules: modules(&text), dir }
    }

    /// Returns where a module lies, if it was copied in exactly this version.
    pub(super) fn dir_of(&self, path: &str, really: (&str, &str)) -> Option<RelPath> {
        let module = self.modules.get(path).filter(|module| !module.packages.is_empty())?;
        (module.really(path) == Some(really)).then(|| self.dir.join(path))
    }
}

/// Reads `# MODULE VERSION [=> MODULE [VERSION]]` and the packages below each.
fn modules(text: &str) -> BTreeMap<String, Module> {
    let mut modules: BTreeMap<String, Module> = BTreeMap::new();
    let mut open: Option<String> = None;
    for (index, line) in text.lines().enumerate() {
        let Some(head) = line.strip_prefix("# ") else {
            let package = Some(line.trim()).filter(|line| is_module_path(line));
            if let Some(module) = open.as_ref().and_then(|path| modules.get_mut(path)) {
                module.packages.extend(package.map(str::to_owned));
            }
            continue;
        };
        open = None;
        let words: Vec<&str> = head.split_whitespace().collect();
        let (path, version, with) = match words.as_slice() {
            [path, version] => (path, version, None),
            [path, version, "=>", with] => (path, version, Some(((*with).to_owned(), None))),
            [path, version, "=>", with, new] => (path, version, Some(((*with).to_owned(), Some((*new).to_owned())))),
            // At the end stand replacements alone, which copy nothing.
            _ => continue,
        };
        if is_module_path(path) && is_version(version) {
            let line = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
            let module = Module { version: (*version).to_owned(), with, packages: Vec::new(), line };
            modules.insert((*path).to_owned(), module);
            open = Some((*path).to_owned());
        }
    }
    modules
}

/// Reads the index of a folder beside which there is no `go.mod`: it defines the set.
pub(super) fn parse(input: &Input) -> Parsed {
    let vendor = input.dir();
    let project = vendor.parent().unwrap_or_default();
    if input.tree.has(&project.join("go.mod")) || input.tree.has(&project.join("go.work")) {
        return Parsed::default();
    }
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut records = Records::default();
    for (path, module) in modules(&text) {
        let Some((name, version)) = module.really(&path) else { continue };
        let record = PackageRecord::new(Purl::new(ECOSYSTEM, name, Some(version)), input.at(module.line));
        let dir = (!module.packages.is_empty()).then(|| vendor.join(&path));
        records.add(PackageRecord { dir, ..record });
    }
    Parsed { records: records.finish(), ..Parsed::default() }
}
