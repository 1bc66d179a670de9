//! Gathering what the copies of a package say.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::names::{FileRole, file_role, named_role};
use super::online::Online;
use super::sources::is_media;
use super::{Attribution, Notice, Resolver, Tried};
use crate::base::{Diagnostic, Purl, sha256_hex};
use crate::ecosystem::packed::named_files;
use crate::ecosystem::{Ecosystem, Inspection, Mismatch};
use crate::license::identify::{Conclusion, Identification, identify};
use crate::model::{Checksum, Claim, ClaimKind, Origin, PackageRecord, Statement, Trait};
use crate::registry::STORE;
use crate::scan::{BESIDE, Folder, Limits, ReadError, is_readme};
use crate::syntax::text::{decode, is_binary};

/// What was found about one package.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    pub(super) claims: Vec<Claim>,
    pub(super) attribution: Attribution,
    pub(super) traits: BTreeSet<Trait>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) tried: Vec<Tried>,
    /// Bytes that are not the ones that were recorded.
    pub(super) mismatches: Vec<String>,
    /// Whether the contents of a copy were read to the end.
    pub(super) looked: bool,
    /// Whether something that should have been read could not be.
    pub(super) cut_short: bool,
    /// The folders that were opened, so that none is read twice.
    opened: BTreeSet<String>,
}

/// How many descriptions of a package are read; each translation is one.
const MAX_DESCRIPTIONS: usize = 4;

/// Folders of license texts inside a package.
pub(super) const LICENSE_FOLDERS: &[&str] = &["LICENSES", "LICENSE", "licenses", "license", "Licenses", "legal"];

impl Evidence {
    /// Opens the copies of a package, best first, until one has evidence.
    pub(super) fn gather(&mut self, resolver: &Resolver, record: &PackageRecord, ecosystem: Option<&Ecosystem>) {
        let Some(surroundings) = &resolver.surroundings else { return };
        let root = surroundings.tree.root();
        if record.own || matches!(record.origin, Origin::Path(_)) {
            if let Some(dir) = &record.dir {
                let folder = Folder::on_disk(root, dir.clone(), dir.clone());
                let inspection = Inspection::default();
                if record.own {
                    self.read_folder(resolver, &folder, &inspection);
                } else {
                    self.read_package(resolver, &folder, &inspection);
                }
            }
            return;
        }
        let Some(ecosystem) = ecosystem else { return };
        let copies = (ecosystem.copies)(record, surroundings);
        self.diagnostics.extend(copies.diagnostics);
        for Mismatch { at, expected, found } in copies.mismatches {
            self.mismatches.push(differs(&at.to_string(), &expected, &found));
        }
        self.tried.extend(copies.tried.into_iter().map(|place| Tried::new(place, "not there")));
        for folder in copies.folders {
            let place = folder.place();
            if !self.opened.insert(place.clone()) {
                return;
            }
            if !folder.exists() {
                self.tried.push(Tried::new(place, "not there"));
                continue;
            }
            let inspection = (ecosystem.inspect)(&folder);
            if let Some(found) = mismatch(&record.purl, &inspection) {
                self.tried.push(Tried::new(place, format!("holds {found}")));
                continue;
            }
            let n_before = self.claims.len();
            self.read_package(resolver, &folder, &inspection);
            self.looked |= !inspection.partial;
            let outcome = if self.claims.len() > n_before { "read" } else { Tried::SAYS_NOTHING };
            self.tried.push(Tried::new(place, outcome));
            if self.claims.len() > n_before {
                return;
            }
        }
    }

    /// Reads what a registry answered.
    pub(super) fn add_online(&mut self, resolver: &Resolver, purl: &Purl, online: &Online) {
        self.tried.extend(online.tried.iter().cloned());
        if let Some(different) = &online.mismatch {
            let (expected, found) = different.as_ref();
            self.mismatches.push(differs(STORE, expected, found));
            return;
        }
        let (Some(answer), Some(registry)) = (&online.answer, crate::registry::by_type(purl.ty())) else { return };
        let folder = answer.folder(purl);
        let inspection = registry.inspect(&folder);
        if let Some(found) = mismatch(purl, &inspection) {
            self.tried.push(Tried::new(STORE, format!("holds {found}")));
            return;
        }
        let n_before = self.claims.len();
        self.read_package(resolver, &folder, &inspection);
        let added = self.claims.get_mut(n_before..).unwrap_or_default();
        let outcome = if added.is_empty() { Tried::SAYS_NOTHING } else { "read" };
        for claim in added.iter_mut().filter(|_| !answer.whole) {
            // The registry's own words, not the package's.
            claim.kind = ClaimKind::Registry;
        }
        self.looked |= answer.whole;
        self.tried.push(Tried::new(STORE, outcome));
    }

    /// Adds claims of lockfiles and own manifests, less trusted ones last.
    pub(super) fn add_claims(&mut self, claims: impl Iterator<Item = Claim>) {
        for claim in claims {
            if !self.claims.contains(&claim) {
                self.claims.push(claim);
            }
        }
        self.claims.sort_by_key(|claim| claim.kind);
    }

    fn read_folder(&mut self, resolver: &Resolver, folder: &Folder, inspection: &Inspection) {
        self.attribution.credits = inspection.credits.clone();
        self.traits.extend(&inspection.traits);
        self.diagnostics.extend(inspection.diagnostics.iter().cloned());
        self.cut_short |= inspection.diagnostics.iter().any(|diagnostic| diagnostic.code.makes_incomplete());
        let mut files: BTreeSet<String> = BTreeSet::new();
        for name in folder.files("") {
            if file_role(&name).is_some() {
                files.insert(name);
            }
        }
        let folders = folder.folders("");
        for below in LICENSE_FOLDERS.iter().filter(|name| folders.iter().any(|found| found == *name)) {
            files.extend(folder.files(below).into_iter().map(|name| format!("{below}/{name}")));
        }
        let named: Vec<String> = named_files(inspection).collect();
        self.claims.extend(inspection.claims.iter().cloned());
        // A manifest that names its license files names notices among them; what it names is read whatever its name.
        for file in named.iter().chain(files.iter().filter(|file| !named.contains(file))) {
            let role = file.rsplit('/').next().map_or(FileRole::License, named_role);
            self.read_text(resolver, folder, file, role);
        }
    }

    /// Reads a folder that others wrote, and its description where nothing else in it speaks of a license.
    fn read_package(&mut self, resolver: &Resolver, folder: &Folder, inspection: &Inspection) {
        let n_before = self.claims.len();
        self.read_folder(resolver, folder, inspection);
        if self.claims.len() == n_before {
            self.read_description(resolver, folder, inspection);
        }
        if inspection.whole {
            leave_out_pictures(self.claims.get_mut(n_before..).unwrap_or_default(), folder);
        }
    }

    /// Notes what the description of a package says that nothing else speaks for: some state the license there alone,
    /// and others that of something they speak of.
    fn read_description(&mut self, resolver: &Resolver, folder: &Folder, inspection: &Inspection) {
        let files = folder.files("").into_iter().filter(|name| is_readme(name));
        for file in files.chain(inspection.readme.map(str::to_owned)).take(MAX_DESCRIPTIONS) {
            self.read_text(resolver, folder, &file, FileRole::Description);
        }
    }

    fn read_text(&mut self, resolver: &Resolver, folder: &Folder, file: &str, role: FileRole) {
        let at = folder.location(file);
        let bytes = match folder.read(file, Limits::DEFAULT.text) {
            Ok(bytes) => bytes,
            Err(ReadError::NotFound) => {
                self.tried.push(Tried::new(at.path.to_string(), "the file is not here"));
                return;
            }
            Err(error) => {
                self.cut_short = true;
                self.diagnostics.push(error.diagnostic(at));
                return;
            }
        };
        if is_binary(&bytes) {
            self.tried.push(Tried::new(at.path.to_string(), "is not a text"));
            if role == FileRole::License {
                // It says something, to whoever can read it.
                let says = Statement::Text { sha256: sha256_hex(&bytes), identification: Arc::default() };
                self.claims.push(Claim { kind: ClaimKind::Text, raw: file.to_owned(), at, says, heuristic: false });
            }
            return;
        }
        if bytes.iter().all(u8::is_ascii_whitespace) {
            self.tried.push(Tried::new(at.path.to_string(), "is empty"));
            return;
        }
        let sha256 = sha256_hex(&bytes);
        let identification = resolver.identified(&sha256, file, &bytes);
        let is_silent = identification.license_only && identification.conclusion == Conclusion::Nothing;
        if role == FileRole::License && is_silent {
            self.tried.push(Tried::new(at.path.to_string(), "names holders and no license"));
            return;
        }
        let kind = match role {
            FileRole::License => ClaimKind::Text,
            FileRole::Notice | FileRole::Description => ClaimKind::Notice,
        };
        if role == FileRole::Notice {
            self.attribution.notices.push(Notice { at: at.clone(), sha256: sha256.clone() });
        }
        // A file named NOTICE that says nothing of a license is no claim.
        if role == FileRole::License || identification.conclusion != Conclusion::Nothing {
            let says = Statement::Text { sha256, identification };
            let raw = file.strip_prefix(BESIDE).unwrap_or(file).to_owned();
            self.claims.push(Claim { kind, raw, at, says, heuristic: false });
        }
    }
}

impl Resolver<'_> {
    pub(super) fn identified(&self, sha256: &str, file: &str, bytes: &[u8]) -> Arc<Identification> {
        let name = file.rsplit('/').next().unwrap_or(file);
        let key = (sha256.to_owned(), name.to_owned());
        let known = self.texts.lock().ok().and_then(|texts| texts.get(&key).cloned());
        known.unwrap_or_else(|| {
            let text = decode(bytes).text;
            let found = identify(name, &text);
            if let Some(mut kept) = self.kept.as_ref().and_then(|kept| kept.lock().ok()) {
                kept.insert(sha256.to_owned(), text);
            }
            if let Ok(mut texts) = self.texts.lock() {
                texts.insert(key, Arc::clone(&found));
            }
            found
        })
    }
}

/// Leaves out what texts say of a picture such as the logo, where the package has no pictures: what is not there binds
/// nobody.
fn leave_out_pictures(claims: &mut [Claim], folder: &Folder) {
    let texts = claims.iter_mut().filter_map(|claim| match &mut claim.says {
        Statement::Text { identification, .. } => Some(identification),
        Statement::Field { .. } | Statement::SeeFile(_) => None,
    });
    for identification in texts {
        if let Some(conclusion) = identification.without_pictures.clone()
            && folder.holds(&is_media) == Some(false)
        {
            *identification = Arc::new(Identification { conclusion, ..(**identification).clone() });
        }
    }
}

/// Says which bytes were found where, and which were expected.
fn differs(place: &str, expected: &Checksum, found: &Checksum) -> String {
    let Checksum { algorithm, hex } = expected;
    format!("{place} has {} {}, and {algorithm} {hex} is recorded", found.algorithm, found.hex)
}

/// Returns what a folder holds, if it is not the package that was asked for.
fn mismatch(wanted: &Purl, inspection: &Inspection) -> Option<String> {
    let (name, version) = inspection.identity.as_ref()?;
    let other = Purl::new(wanted.ty(), name, Some(version));
    let same_version = wanted.version().is_none_or(|wanted| wanted == version || version.is_empty());
    // An alias is installed under another name than its own: what is inside decides.
    let same_name = other.full_name().eq_ignore_ascii_case(&wanted.full_name()) || name.is_empty();
    (!same_version || !same_name).then(|| format!("`{name}` {version}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::license::knowledge::Knowledge;

    #[test]
    fn the_same_bytes_are_read_anew_under_another_name() {
        let config = Config::default();
        let resolver = Resolver::new(None, &config, Knowledge::builtin());
        let bytes = b"int licensed_under_the_mit_license;\nchar *s = \"Licensed under the MIT license.\";\n";
        for name in ["LICENSE", "main.c", "LICENSE"] {
            let text = decode(bytes).text;
            assert_eq!(resolver.identified("digest", name, bytes), identify(name, &text), "{name}");
        }
        let text = decode(bytes).text;
        assert_ne!(identify("LICENSE", &text).conclusion, identify("main.c", &text).conclusion);
    }
}
