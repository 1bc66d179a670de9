//! `composer.lock`.

use crate::base::{Code, Diagnostic, Location, RelPath};
use crate::ecosystem::install::not_in_lockfile;
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Origin, PackageRecord, Scope, Trait};
use crate::scan::is_vendored;
use crate::syntax::json::{Json, Object, kind};

use super::installed::Installed;
use super::manifest::{Manifest, missing};
use super::package::{Packages, Place, place};

/// Reads the file, with the project beside it and the index of what is installed.
pub(super) fn parse(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let file = Location::file(input.path.clone());
    let json = Json::new(&text);
    let root = match json.object(&file) {
        Ok(root) => root,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut reader = Reader {
        input,
        json: &json,
        file: &file,
        installed: Installed::beside(input),
        packages: Packages::default(),
        covers: Vec::new(),
    };
    reader.read(&root);
    let Reader { packages, covers, installed, .. } = reader;
    let records = packages.records.finish();
    let named = records.iter().map(|record| record.purl.full_name().to_ascii_lowercase()).collect();
    let mut diagnostics = packages.diagnostics;
    diagnostics.extend(not_in_lockfile(&file, &installed.unnamed(&named)));
    Parsed { records, diagnostics, covers: covers.into_iter().collect() }
}

struct Reader<'input, 'run, 'text> {
    input: &'input Input<'run>,
    json: &'input Json<'text>,
    file: &'input Location,
    installed: Installed,
    packages: Packages,
    covers: Vec<RelPath>,
}

impl<'text> Reader<'_, '_, 'text> {
    fn read(&mut self, root: &Object<'text>) {
        let manifest = Manifest::read(self.input, &self.input.dir());
        let own = manifest.as_ref().map(|manifest| self.packages.records.add(manifest.record.clone()));
        if root.get("packages").is_none() {
            let message = "expected an array `packages`, found none";
            self.packages.diagnostics.push(Diagnostic::new(Code::InvalidEntry, self.file.clone(), message));
        }
        for (key, scope) in [("packages", Scope::Runtime), ("packages-dev", Scope::Dev)] {
            let value = root.get(key);
            let is_list = value.is_none_or(|value| matches!(kind(value), "an array" | "null"));
            if let Some(value) = value.filter(|_| !is_list) {
                let message = format!("expected an array in `{key}`, found {}", kind(value));
                let at = self.file.at_line(self.json.line(value));
                self.packages.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            }
            for value in root.array(key) {
                if let Some((package, record)) = self.packages.read(self.json, value, self.file) {
                    let record = self.located(&package, PackageRecord { scope: Some(scope), ..record });
                    self.packages.add(&package, record);
                }
            }
        }
        self.packages.connect();
        if let (Some(manifest), Some(own)) = (manifest, own) {
            self.connect_project(manifest, own);
        }
    }

    /// Finds out where a package comes from, and where its files lie if it is installed in this version.
    fn located(&mut self, package: &Object, record: PackageRecord) -> PackageRecord {
        let path = match place(package) {
            Place::Elsewhere(origin) => {
                let dir = self.installed.dir_of(&record.purl);
                return PackageRecord { dir, origin, ..record };
            }
            Place::Path(path) => path,
        };
        match self.input.dir().resolve(&path) {
            Ok(dir) if is_vendored(&dir) => {
                let mut record = PackageRecord { origin: Origin::Path(dir.clone()), dir: Some(dir), ..record };
                record.traits.insert(Trait::Vendored);
                record
            }
            Ok(dir) => {
                // What the package says of itself is nearer to the truth than what was locked.
                let manifest = Manifest::read(self.input, &dir);
                let (claims, scope) = (record.claims.clone(), record.scope);
                let own = PackageRecord { scope, claims, ..PackageRecord::own(record.purl, record.at, dir) };
                match manifest {
                    Some(manifest) => {
                        self.covers.push(manifest.file.path.clone());
                        self.packages.diagnostics.extend(manifest.diagnostics);
                        PackageRecord { claims: manifest.record.claims, ..own }
                    }
                    None => own,
                }
            }
            Err(_) => PackageRecord { origin: Origin::Outside(path), ..record },
        }
    }

    fn connect_project(&mut self, manifest: Manifest, own: usize) {
        let mut lacking = Vec::new();
        for want in &manifest.wants {
            if !self.packages.need(own, &want.name, want.scope) {
                lacking.push(want);
            }
        }
        if let Some(first) = lacking.iter().map(|want| want.line).min() {
            let names: Vec<_> = lacking.iter().map(|want| format!("`{}`", want.name)).collect();
            let message = format!("{} not in `composer.lock`", names.join(", "));
            let hint = "bring it up to date with `composer update --lock`";
            let at = manifest.file.at_line(first);
            self.packages.diagnostics.push(Diagnostic::new(Code::StaleLockfile, at, message).hint(hint));
        }
        for want in lacking {
            let target = self.packages.records.add(missing(want, &manifest.file));
            self.packages.records.need(own, target, want.scope, false);
        }
        self.covers.push(manifest.file.path);
        self.packages.diagnostics.extend(manifest.diagnostics);
    }
}
