//! The gems of a project: from its lockfile, else from its `Gemfile`, else from a gemspec.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Code, Diagnostic, Location, Purl, RelPath, is_official_registry, without_credentials};
use crate::ecosystem::records::Records;
use crate::ecosystem::wanted::laid_in;
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Origin, PackageRecord, Scope};

use super::ECOSYSTEM;
use super::gemfile::{From, Gemfile};
use super::gemspec::Gemspec;
use super::lock::{Lock, Source, SourceKind, Spec};

/// How many Gemfiles may read each other.
const MAX_INCLUDES: usize = 20;

struct Reader<'input, 'run> {
    input: &'input Input<'run>,
    records: Records,
    diagnostics: Vec<Diagnostic>,
    covers: BTreeSet<RelPath>,
}

/// Reads a lockfile, and the `Gemfile` beside it for scopes.
pub(super) fn parse_lock(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut reader = Reader::new(input);
    let mut lock = Lock::read(&text, &Location::file(input.path.clone()));
    reader.diagnostics.append(&mut lock.diagnostics);
    let mut root = None;
    let mut targets = Vec::new();
    for spec in &lock.specs {
        let record = reader.spec(spec, &lock);
        if record.own && record.dir.as_ref() == Some(&input.dir()) {
            root.get_or_insert_with(|| record.purl.clone());
        }
        targets.push(reader.records.add(record));
    }
    for (spec, from) in lock.specs.iter().zip(targets) {
        for need in &spec.needs {
            reader.records.need_named(from, need, Scope::Runtime, false);
        }
    }
    let manifest = if input.path.file_name() == Some("gems.locked") { "gems.rb" } else { "Gemfile" };
    let manifest = input.dir().join(manifest);
    let gemfile = reader.gemfile(&manifest);
    let root = root.and_then(|purl| reader.records.find(&purl)).unwrap_or_else(|| reader.root(&manifest));
    reader.connect(root, &lock, &gemfile, &manifest);
    reader.finish()
}

/// Reads a `Gemfile` without a lockfile: no version is known.
pub(super) fn parse_gemfile(input: &Input) -> Parsed {
    let mut reader = Reader::new(input);
    let gemfile = reader.gemfile(input.path);
    let mut own = Vec::new();
    for folder in &gemfile.gemspecs {
        match input.resolve(folder, 1) {
            Ok(dir) => own.extend(reader.gemspecs_in(&dir)),
            Err(diagnostic) => reader.diagnostics.push(diagnostic),
        }
    }
    let root = own.first().copied().unwrap_or_else(|| reader.root(input.path));
    let mut open = BTreeMap::new();
    for gem in &gemfile.gems {
        let at = input.at(gem.line);
        let mut record = PackageRecord::new(Purl::new(ECOSYSTEM, &gem.name, None), at);
        match &gem.from {
            From::Sources => {}
            From::Source(url) => record.origin = index(std::slice::from_ref(url)),
            From::Repository(url) => {
                record.origin = Origin::Repository { url: without_credentials(url), revision: None };
            }
            From::Path(path) => record = reader.local(record, path),
        }
        if !record.own {
            open.entry(gem.line).or_insert_with(|| gem.name.clone());
        }
        let target = reader.records.add(record);
        reader.records.need(root, target, gem.scope, gem.optional);
    }
    reader.report_open(input.path, &open);
    reader.finish()
}

/// Reads a gemspec that no lockfile and no `Gemfile` has read.
pub(super) fn parse_gemspec(input: &Input) -> Parsed {
    let mut reader = Reader::new(input);
    reader.gemspec(input.path);
    reader.finish()
}

impl<'input, 'run> Reader<'input, 'run> {
    fn new(input: &'input Input<'run>) -> Self {
        Self { input, records: Records::default(), diagnostics: Vec::new(), covers: BTreeSet::new() }
    }

    fn finish(self) -> Parsed {
        Parsed { records: self.records.finish(), diagnostics: self.diagnostics, covers: self.covers }
    }

    /// Adds a project that has no name of its own.
    fn root(&mut self, manifest: &RelPath) -> usize {
        let dir = self.input.dir();
        let purl = Purl::new(ECOSYSTEM, dir.file_name().unwrap_or("project"), None);
        let at = if self.input.tree.has(manifest) { manifest.clone() } else { self.input.path.clone() };
        self.records.add(PackageRecord::own(purl, Location::file(at), dir))
    }

    /// Reads a `Gemfile` and those that it reads in turn; there need not be one.
    fn gemfile(&mut self, path: &RelPath) -> Gemfile {
        let mut whole = Gemfile::default();
        let mut queue = vec![path.clone()];
        let mut seen = BTreeSet::new();
        while let Some(path) = queue.pop() {
            if seen.len() >= MAX_INCLUDES || !seen.insert(path.clone()) {
                continue;
            }
            let text = match self.input.other(&path) {
                Some(Ok(text)) => text,
                Some(Err(diagnostic)) => {
                    self.diagnostics.push(diagnostic);
                    continue;
                }
                None => continue,
            };
            self.covers.insert(path.clone());
            let file = Gemfile::read(&text);
            let dir = path.parent().unwrap_or_default();
            queue.extend(file.includes.iter().filter_map(|(include, _)| dir.resolve(include).ok()));
            whole.gems.extend(file.gems);
            whole.gemspecs.extend(file.gemspecs);
        }
        whole
    }

    /// Makes the record of a locked gem.
    fn spec(&mut self, spec: &Spec, lock: &Lock) -> PackageRecord {
        let purl = Purl::new(ECOSYSTEM, &spec.name, Some(&spec.version));
        let record = PackageRecord::new(purl, self.input.at(spec.line));
        let version = spec
            .platform
            .as_ref()
            .map_or_else(|| spec.version.clone(), |platform| format!("{}-{platform}", spec.version));
        let checksums = lock.checksums.get(&(spec.name.clone(), version)).cloned().unwrap_or_default();
        let record = PackageRecord { checksums, ..record };
        match (spec.source.kind, spec.source.remotes.first()) {
            (SourceKind::Path, Some(path)) => self.local(record, path),
            (SourceKind::Path, None) | (SourceKind::Plugin, _) => PackageRecord { origin: Origin::Unknown, ..record },
            (SourceKind::Git, remote) => {
                let url = without_credentials(remote.map_or("", String::as_str));
                PackageRecord { origin: Origin::Repository { url, revision: revision(&spec.source) }, ..record }
            }
            (SourceKind::Index, _) => PackageRecord { origin: index(&spec.source.remotes), ..record },
        }
    }

    /// Says of a gem in a folder whose it is, and what its gemspec says.
    fn local(&mut self, record: PackageRecord, path: &str) -> PackageRecord {
        let Ok(folder) = self.input.dir().resolve(path) else {
            return PackageRecord { origin: Origin::Outside(path.to_owned()), ..record };
        };
        // A folder may hold several gems, each in a folder of its name.
        let file = format!("{}.gemspec", record.purl.name());
        let places = [folder.join(&file), folder.join(record.purl.name()).join(&file)];
        let mut found = places.into_iter().find(|path| self.input.tree.has(path));
        if found.is_none() {
            // One alone may be called otherwise.
            let mut others = self.gemspec_files(&folder).into_iter();
            found = others.next().filter(|_| others.next().is_none());
        }
        let dir = found.as_ref().and_then(RelPath::parent).unwrap_or(folder);
        let claims = found.and_then(|path| self.read_gemspec(&path)).map(|spec| spec.claims).unwrap_or_default();
        laid_in(PackageRecord { claims, ..record }, dir)
    }

    /// Returns the gemspecs directly in a folder.
    fn gemspec_files(&self, dir: &RelPath) -> Vec<RelPath> {
        let files = self.input.tree.root().list(dir);
        let specs = files.iter().filter(|file| file.name.ends_with(".gemspec")).map(|file| dir.join(&file.name));
        specs.filter(|path| self.input.tree.has(path)).collect()
    }

    fn read_gemspec(&mut self, path: &RelPath) -> Option<Gemspec> {
        match self.input.other(path)? {
            Ok(text) => {
                self.covers.insert(path.clone());
                Some(Gemspec::read(&text, &Location::file(path.clone())))
            }
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                None
            }
        }
    }

    /// Adds the gems whose gemspecs lie in a folder.
    fn gemspecs_in(&mut self, dir: &RelPath) -> Vec<usize> {
        let files = self.gemspec_files(dir);
        files.iter().filter_map(|path| self.gemspec(path)).collect()
    }

    /// Adds the gem of a gemspec and what it needs, of which no version is known.
    fn gemspec(&mut self, path: &RelPath) -> Option<usize> {
        let spec = self.read_gemspec(path)?;
        let stem = path.file_name()?.trim_end_matches(".gemspec").to_owned();
        let (name, line) = spec.name.unwrap_or((stem, 1));
        let purl = Purl::new(ECOSYSTEM, &name, spec.version.as_deref());
        let record = PackageRecord::new(purl, Location::line(path.clone(), line));
        let record = PackageRecord { claims: spec.claims, ..record };
        let record = laid_in(record, path.parent().unwrap_or_default());
        let is_own = record.own;
        let from = self.records.add(record);
        let mut open = BTreeMap::new();
        // What copied code needs is installed by whoever copied it.
        for need in spec.needs.into_iter().filter(|_| is_own) {
            let at = Location::line(path.clone(), need.line);
            let target = self.records.add(PackageRecord::new(Purl::new(ECOSYSTEM, &need.name, None), at));
            self.records.need(from, target, need.scope, false);
            open.insert(need.line, need.name);
        }
        self.report_open(path, &open);
        Some(from)
    }

    fn report_open(&mut self, path: &RelPath, open: &BTreeMap<u32, String>) {
        let Some(line) = open.keys().next() else { return };
        let names: BTreeSet<String> = open.values().map(|name| format!("`{name}`")).collect();
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        let message = format!("nothing pins {names} or further dependencies");
        let diagnostic = Diagnostic::new(Code::NoLockfile, Location::line(path.clone(), *line), message);
        self.diagnostics.push(diagnostic.hint("commit `Gemfile.lock`, or run `bundle lock`"));
    }

    /// Adds what the project asks for, in the scopes of its `Gemfile`.
    fn connect(&mut self, root: usize, lock: &Lock, gemfile: &Gemfile, manifest: &RelPath) {
        let asked = gemfile.by_name();
        for (name, _) in &lock.dependencies {
            // What nobody could read the groups of counts as runtime.
            let (scope, optional) = asked.get(name.as_str()).copied().unwrap_or((Scope::Runtime, false));
            // One without an entry is for none of the platforms that are locked.
            self.records.need_named(root, name, scope, optional);
        }
        let locked: BTreeSet<&str> = lock.dependencies.iter().map(|(name, _)| name.as_str()).collect();
        let lacking = gemfile.gems.iter().filter(|gem| !gem.conditional && !locked.contains(gem.name.as_str()));
        let lacking: BTreeMap<u32, &str> = lacking.map(|gem| (gem.line, gem.name.as_str())).collect();
        let Some(line) = lacking.keys().next() else { return };
        let names: Vec<String> = lacking.values().map(|name| format!("`{name}`")).collect();
        let message = format!("{} not in `{}`", names.join(", "), self.input.path.file_name().unwrap_or_default());
        let diagnostic = Diagnostic::new(Code::StaleLockfile, Location::line(manifest.clone(), *line), message);
        self.diagnostics.push(diagnostic.hint("bring it up to date with `bundle lock`"));
        for gem in gemfile.gems.iter().filter(|gem| lacking.get(&gem.line) == Some(&gem.name.as_str())) {
            let at = Location::line(manifest.clone(), gem.line);
            let target = self.records.add(PackageRecord::new(Purl::new(ECOSYSTEM, &gem.name, None), at));
            self.records.need(root, target, gem.scope, gem.optional);
        }
    }
}

/// One index that is not the official one decides: which of them has a gem is not said.
fn index(remotes: &[String]) -> Origin {
    match remotes.iter().find(|remote| !is_official_registry(ECOSYSTEM, remote)) {
        Some(other) => Origin::OtherRegistry(without_credentials(other)),
        None => Origin::Registry,
    }
}

fn revision(source: &Source) -> Option<String> {
    source.revision.clone().filter(|revision| revision.chars().all(|char| char.is_ascii_alphanumeric()))
}
