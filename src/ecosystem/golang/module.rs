//! The modules of a project, and what each of them needs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::ecosystem::records::Records;
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Origin, PackageRecord, Scope, Trait};
use crate::scan::{Limits, Root, StoreKind, is_vendored};

use super::ECOSYSTEM;
use super::copies::downloaded;
use super::file::{GoFile, Replace, Replacement};
use super::graph::{Graph, ModuleVersion};
use super::sums::Sums;
use super::vendor::{INDEX, Vendored};

/// Before this minor version a `go.mod` did not list what the modules in it need.
const FIRST_WHOLE: u32 = 17;

/// Reads one module that belongs to no workspace.
pub(super) fn parse_module(input: &Input) -> Parsed {
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut reader = Reader::new(input);
    reader.take_member(&text, Location::file(input.path.clone()));
    reader.finish(&input.dir())
}

/// Reads a workspace and its modules.
pub(super) fn parse_workspace(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let at = Location::file(input.path.clone());
    let work = GoFile::read(&text, &at);
    let mut reader = Reader::new(input);
    reader.diagnostics.extend(work.diagnostics);
    reader.diagnostics.extend(input.unless_marked(&text, &["go ", "use"]));
    // The replacements of the workspace win over those of its modules.
    reader.replace(&input.dir(), work.replaces);
    for (folder, line) in work.uses {
        let path = match input.resolve(&folder, line) {
            Ok(dir) => dir.join("go.mod"),
            Err(diagnostic) => {
                reader.diagnostics.push(diagnostic);
                continue;
            }
        };
        match input.other(&path) {
            Some(Ok(text)) => {
                reader.take_member(&text, Location::file(path.clone()));
                reader.covers.insert(path);
            }
            Some(Err(diagnostic)) => reader.diagnostics.push(diagnostic),
            None => {
                let message = format!("there is no `{path}`");
                reader.diagnostics.push(Diagnostic::new(Code::InvalidEntry, input.at(line), message));
            }
        }
    }
    reader.finish(&input.dir())
}

/// One module of the project.
struct Member {
    file: GoFile,
    at: Location,
    dir: RelPath,
    record: usize,
}

/// What lies beside a module or workspace.
#[derive(Default)]
struct Beside {
    vendored: Vendored,
    sums: Sums,
    /// Modules that `go.sum` has never heard of.
    lacking: Vec<String>,
}

impl Beside {
    fn read(input: &Input, dir: &RelPath, sums: &str) -> Self {
        let vendored = Vendored::read(input.tree, dir.join("vendor"));
        Self { vendored, sums: Sums::read(input, &dir.join(sums)), lacking: Vec::new() }
    }
}

impl Member {
    /// Returns whether the file lists everything that is needed.
    fn is_whole(&self) -> bool {
        self.file.go.is_some_and(|minor| minor >= FIRST_WHOLE)
    }
}

struct Reader<'input, 'run> {
    input: &'input Input<'run>,
    records: Records,
    diagnostics: Vec<Diagnostic>,
    covers: BTreeSet<RelPath>,
    members: Vec<Member>,
    /// The records of the project's own modules, by path.
    own: BTreeMap<String, usize>,
    /// Replacements and the folder that their paths start from, by path and version.
    replaces: BTreeMap<(String, Option<String>), (RelPath, Replacement)>,
    /// What a workspace has for all its modules.
    shared: Beside,
}

impl<'input, 'run> Reader<'input, 'run> {
    fn new(input: &'input Input<'run>) -> Self {
        Self {
            input,
            records: Records::default(),
            diagnostics: Vec::new(),
            covers: BTreeSet::new(),
            members: Vec::new(),
            own: BTreeMap::new(),
            replaces: BTreeMap::new(),
            shared: Beside::default(),
        }
    }

    fn replace(&mut self, dir: &RelPath, replaces: Vec<Replace>) {
        for replace in replaces {
            let key = (replace.path, replace.version);
            self.replaces.entry(key).or_insert_with(|| (dir.clone(), replace.with));
        }
    }

    fn take_member(&mut self, text: &str, at: Location) {
        let mut file = GoFile::read(text, &at);
        let dir = at.path.parent().unwrap_or_default();
        self.diagnostics.append(&mut file.diagnostics);
        self.replace(&dir, std::mem::take(&mut file.replaces));
        if file.module.is_none() {
            let message = "expected a line `module` with a path, found none";
            self.diagnostics.push(Diagnostic::new(Code::InvalidSyntax, at.clone(), message));
        }
        let record = self.records.add(local(&file, &at, &dir));
        self.members.push(Member { file, at, dir, record });
    }

    fn finish(mut self, top: &RelPath) -> Parsed {
        let members = std::mem::take(&mut self.members);
        self.shared = Beside::read(self.input, top, "go.work.sum");
        let mut graphs: Vec<Graph> = members.iter().map(|member| self.graph(member)).collect();
        // What a workspace builds has one version of each module.
        let mut all = Graph::default();
        for graph in &graphs {
            all.join(graph);
        }
        let names = members.iter().filter_map(|member| Some((member.file.module.as_ref()?.0.clone(), member.record)));
        self.own = names.collect();
        for (member, graph) in members.iter().zip(&mut graphs) {
            graph.raise(&all);
            self.connect(member, graph);
        }
        Parsed { records: self.records.finish(), diagnostics: self.diagnostics, covers: self.covers }
    }

    /// Finds out which versions a module takes.
    fn graph(&mut self, member: &Member) -> Graph {
        let required = self.required(member);
        let is_whole = member.is_whole();
        let mut graph = Graph::follow(&required, is_whole, &mut |path, version| self.requires_of(path, version));
        if !is_whole && !graph.complete {
            let beside = Beside::read(self.input, &member.dir, "go.sum");
            self.complete_by(&beside, &mut graph, member);
        }
        graph
    }

    /// Adds what a module needs.
    fn connect(&mut self, member: &Member, graph: &Graph) {
        let mut beside = Beside::read(self.input, &member.dir, "go.sum");
        let mut targets = BTreeMap::new();
        for (path, selected) in &graph.selected {
            let at = member.at.at_line(selected.line);
            let target = match self.own.get(path) {
                Some(own) => *own,
                None => self.add((path, &selected.version), at, &mut beside),
            };
            targets.insert(path.as_str(), target);
        }
        let tools = holding_tools(member);
        for require in &member.file.requires {
            let is_tool = tools.contains(require.path.as_str());
            // Nothing but edges can tell that what runs as a tool is not also part of the work.
            let scope = if is_tool && require.indirect && graph.complete { Scope::Build } else { Scope::Runtime };
            if let Some(&target) = targets.get(require.path.as_str()).filter(|_| is_tool || !require.indirect) {
                self.records.need(member.record, target, scope, false);
            }
        }
        for (path, selected) in &graph.selected {
            let Some(&from) = targets.get(path.as_str()) else { continue };
            // What a module in the tree needs, its own file says when it is read by itself.
            if self.records.get(from).is_none_or(|record| record.purl.version().is_none()) {
                continue;
            }
            for target in selected.needs.iter().filter_map(|needed| targets.get(needed.as_str())) {
                self.records.need(from, *target, Scope::Runtime, false);
            }
        }
        self.report_stale(member, &beside, graph);
    }

    /// Returns what can be required: a version that the tool has yet to find is unknown.
    fn required(&mut self, member: &Member) -> Vec<(String, String, u32)> {
        let mut required = Vec::new();
        for require in &member.file.requires {
            let excluded = |version: &String| member.file.excludes.contains(&(require.path.clone(), version.clone()));
            if let Some(version) = require.version.as_ref().filter(|version| !excluded(version)) {
                required.push((require.path.clone(), version.clone(), require.line));
                continue;
            }
            let at = member.at.at_line(require.line);
            let message = format!("no version is pinned for `{}`", require.path);
            let diagnostic = Diagnostic::new(Code::StaleLockfile, at.clone(), message);
            self.diagnostics.push(diagnostic.hint("bring `go.mod` up to date with `go mod tidy`"));
            let target = self.records.add(PackageRecord::new(Purl::new(ECOSYSTEM, &require.path, None), at));
            self.records.need(member.record, target, Scope::Runtime, false);
        }
        required
    }

    /// Adds what was copied and is not in an old `go.mod`; without copies nobody knows.
    fn complete_by(&mut self, beside: &Beside, graph: &mut Graph, member: &Member) {
        let line = member.file.module.as_ref().map_or(1, |(_, line)| *line);
        for (path, module) in beside.vendored.modules.iter().chain(&self.shared.vendored.modules) {
            let selected = super::graph::Selected { version: module.version.clone(), line, needs: Vec::new() };
            graph.selected.entry(path.clone()).or_insert(selected);
        }
        if beside.vendored.modules.is_empty()
            && self.shared.vendored.modules.is_empty()
            && !member.file.requires.is_empty()
        {
            let message = "before Go 1.17 only direct requirements are listed, and what those need is not at hand";
            let diagnostic = Diagnostic::new(Code::NoLockfile, member.at.at_line(line), message);
            self.diagnostics.push(diagnostic.hint("run `go mod download`, or `go mod tidy -go=1.17`"));
        }
    }

    fn replacement(&self, path: &str, version: &str) -> Option<&(RelPath, Replacement)> {
        let exact = (path.to_owned(), Some(version.to_owned()));
        self.replaces.get(&exact).or_else(|| self.replaces.get(&(exact.0, None)))
    }

    /// Returns what a module's own `go.mod` requires, if it is in the tree or in the module cache.
    fn requires_of(&self, path: &str, version: &str) -> Option<Vec<ModuleVersion>> {
        let text = match self.replacement(path, version) {
            Some((dir, Replacement::Folder(folder))) => {
                let folder = dir.resolve(folder).ok()?;
                self.input.other(&folder.join("go.mod"))?.ok()?
            }
            Some((_, Replacement::Module(path, version))) => self.cached(path, version)?,
            None => self.cached(path, version)?,
        };
        let file = GoFile::read(&text, &Location::file(RelPath::root()));
        Some(file.requires.into_iter().filter_map(|require| Some((require.path, require.version?))).collect())
    }

    fn cached(&self, path: &str, version: &str) -> Option<String> {
        let file = downloaded(path, version, "mod")?;
        let read = |store: &Arc<Root>| store.read(&file, Limits::DEFAULT.manifest).ok();
        let bytes = self.input.stores.of(StoreKind::Go).find_map(read)?;
        Some(crate::syntax::text::decode(&bytes).text)
    }

    /// Adds a module, or what stands in for it.
    fn add(&mut self, asked: (&str, &str), at: Location, beside: &mut Beside) -> usize {
        let (name, version) = match self.replacement(asked.0, asked.1) {
            Some((dir, Replacement::Folder(folder))) => {
                let (dir, folder) = (dir.resolve(folder).ok(), folder.clone());
                return self.add_folder(asked, at, dir, folder);
            }
            Some((_, Replacement::Module(name, version))) => (name.clone(), version.clone()),
            None => (asked.0.to_owned(), asked.1.to_owned()),
        };
        let [own, shared] = [&beside.vendored, &self.shared.vendored];
        let dir = own.dir_of(asked.0, (&name, &version)).or_else(|| shared.dir_of(asked.0, (&name, &version)));
        let [own, shared] = [&beside.sums, &self.shared.sums];
        let checksums = own.of(&name, &version).or_else(|| shared.of(&name, &version)).cloned().into_iter().collect();
        let is_lacking = own.lacks(&name) && !shared.mentions(&name);
        let record = PackageRecord::new(Purl::new(ECOSYSTEM, &name, Some(&version)), at);
        if is_lacking {
            beside.lacking.push(name);
        }
        self.records.add(PackageRecord { dir, checksums, ..record })
    }

    /// Adds the module in a folder that stands in for another: the project's own, if it lies in the tree.
    fn add_folder(&mut self, asked: (&str, &str), at: Location, dir: Option<RelPath>, folder: String) -> usize {
        let record = PackageRecord::new(Purl::new(ECOSYSTEM, asked.0, Some(asked.1)), at.clone());
        let Some(dir) = dir else {
            return self.records.add(PackageRecord { origin: Origin::Outside(folder), ..record });
        };
        let file = dir.join("go.mod");
        if let Some(Ok(text)) = self.input.other(&file) {
            let at = Location::file(file);
            return self.records.add(local(&GoFile::read(&text, &at), &at, &dir));
        }
        let message = format!("there is no `{file}` to stand in for `{}`", asked.0);
        self.diagnostics.push(Diagnostic::new(Code::MissingFile, at, message));
        self.records.add(PackageRecord { origin: Origin::Path(dir), ..record })
    }

    /// Reports where `go.sum` and the folder of copies are not those of this `go.mod`.
    fn report_stale(&mut self, member: &Member, beside: &Beside, graph: &Graph) {
        if !beside.lacking.is_empty() {
            let names: Vec<_> = beside.lacking.iter().map(|name| format!("`{name}`")).collect();
            let message = format!("{} not in `go.sum`", names.join(", "));
            let diagnostic = Diagnostic::new(Code::StaleLockfile, member.at.clone(), message);
            self.diagnostics.push(diagnostic.hint("bring it up to date with `go mod tidy`"));
        }
        let copied = beside.vendored.modules.iter().filter(|(_, module)| !module.packages.is_empty());
        for (path, module) in copied.filter(|_| member.is_whole()) {
            let asked = graph.selected.get(path).map(|selected| selected.version.as_str());
            if asked == Some(module.version.as_str()) {
                continue;
            }
            let at = Location::line(beside.vendored.dir.join(INDEX), module.line);
            let asked = asked.map_or_else(|| "does not name it".to_owned(), |version| format!("asks for {version}"));
            let message = format!("`{path}` {} was copied, and `go.mod` {asked}", module.version);
            let diagnostic = Diagnostic::new(Code::StaleLockfile, at.clone(), message);
            self.diagnostics.push(diagnostic.hint("bring it up to date with `go mod vendor`"));
            if let Some((name, version)) = module.really(path) {
                let record = PackageRecord::new(Purl::new(ECOSYSTEM, name, Some(version)), at);
                self.records.add(PackageRecord { dir: Some(beside.vendored.dir.join(path)), ..record });
            }
        }
    }
}

/// Returns the record of a module in the tree; below a folder of copied code it is somebody else's.
fn local(file: &GoFile, at: &Location, dir: &RelPath) -> PackageRecord {
    let (name, line) = match &file.module {
        Some((name, line)) => (name.as_str(), *line),
        None => (dir.file_name().unwrap_or("module"), 1),
    };
    let mut record = PackageRecord::own(Purl::new(ECOSYSTEM, name, None), at.at_line(line), dir.clone());
    if is_vendored(dir) {
        record.own = false;
        record.traits.insert(Trait::Vendored);
    }
    record
}

/// Returns the required modules that hold a package that is run as a tool.
fn holding_tools(member: &Member) -> BTreeSet<&str> {
    let required: BTreeSet<&str> = member.file.requires.iter().map(|require| require.path.as_str()).collect();
    let mut holding = BTreeSet::new();
    for tool in &member.file.tools {
        let mut path = Some(tool.as_str());
        while let Some(above) = path {
            holding.extend(required.get(above));
            path = above.rsplit_once('/').map(|(above, _)| above);
        }
    }
    holding
}
