//! The syntax of `Gemfile.lock`: a section name in column 0, entries below it by the depth of their indentation.

use std::collections::BTreeMap;

use crate::base::{Code, Diagnostic, Location};
use crate::model::Checksum;

use super::is_gem_name;

/// What a lockfile says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Lock {
    /// The gems, in the order of the text.
    pub(super) specs: Vec<Spec>,
    /// The gems that the project asks for, with their lines.
    pub(super) dependencies: Vec<(String, u32)>,
    /// Checksums of archives, by name and version with platform.
    pub(super) checksums: BTreeMap<(String, String), Vec<Checksum>>,
    /// What could not be read.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// One gem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spec {
    pub(super) name: String,
    pub(super) version: String,
    /// The platform of a gem with compiled files.
    pub(super) platform: Option<String>,
    pub(super) source: Source,
    pub(super) needs: Vec<String>,
    pub(super) line: u32,
}

/// Where a section's gems come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) kind: SourceKind,
    pub(super) remotes: Vec<String>,
    pub(super) revision: Option<String>,
}

/// What kind of section it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum SourceKind {
    #[default]
    Index,
    Git,
    Path,
    Plugin,
}

/// The section that is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Source,
    Dependencies,
    Checksums,
    Other,
}

impl Lock {
    /// Reads a lockfile; lines that cannot be read cost themselves.
    pub(super) fn read(text: &str, at: &Location) -> Self {
        let mut lock = Self::default();
        let mut section = None;
        let mut source = Source::default();
        for (index, line) in text.lines().enumerate() {
            let line_number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
            let entry = line.trim_start_matches(' ');
            if entry.is_empty() {
                continue;
            }
            let understood = match (section, line.len() - entry.len()) {
                (_, 0) => {
                    let (of, kind) = heading(entry);
                    source = Source { kind, ..Source::default() };
                    section = Some(of);
                    entry.chars().all(|char| char.is_ascii_uppercase() || char == ' ')
                }
                (Some(Section::Source), 2) => source.option(entry),
                (Some(Section::Source), 4) => lock.spec(entry, &source, line_number),
                (Some(Section::Source), 6) => lock.need(entry),
                (Some(Section::Dependencies), 2) => lock.dependency(entry, line_number),
                (Some(Section::Checksums), 2) => lock.checksum(entry),
                (Some(Section::Other), _) => true,
                _ => false,
            };
            if !understood {
                let message = "expected a section, a gem or what it needs, found something else";
                lock.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at.at_line(line_number), message));
            }
        }
        lock
    }

    fn spec(&mut self, entry: &str, source: &Source, line: u32) -> bool {
        let Some((name, version)) = name_and_version(entry) else { return false };
        let (version, platform) = match version.split_once('-') {
            Some((version, platform)) => (version, Some(platform.to_owned())),
            None => (version, None),
        };
        let (name, version) = (name.to_owned(), version.to_owned());
        self.specs.push(Spec { name, version, platform, source: source.clone(), needs: Vec::new(), line });
        true
    }

    fn need(&mut self, entry: &str) -> bool {
        let name = name_of(entry);
        match self.specs.last_mut().filter(|_| is_gem_name(name)) {
            Some(spec) => spec.needs.push(name.to_owned()),
            None => return false,
        }
        true
    }

    fn dependency(&mut self, entry: &str, line: u32) -> bool {
        let name = name_of(entry);
        self.dependencies.extend(is_gem_name(name).then(|| (name.to_owned(), line)));
        is_gem_name(name)
    }

    fn checksum(&mut self, entry: &str) -> bool {
        let (gem, sums) = entry.split_once(") ").unwrap_or((entry, ""));
        let Some((name, version)) = name_and_version(gem) else { return false };
        let sums = sums.split([',', ' ']).filter_map(|sum| sum.split_once('='));
        let sums = sums.map(|(algorithm, hex)| Checksum {
            algorithm: algorithm.to_ascii_lowercase(),
            hex: hex.to_ascii_lowercase(),
        });
        self.checksums.insert((name.to_owned(), version.to_owned()), sums.collect());
        true
    }
}

impl Source {
    fn option(&mut self, entry: &str) -> bool {
        match entry.split_once(':') {
            Some(("remote", remote)) => self.remotes.push(remote.trim().to_owned()),
            Some(("revision", revision)) => self.revision = Some(revision.trim().to_owned()),
            Some(_) => {}
            None => return false,
        }
        true
    }
}

fn heading(entry: &str) -> (Section, SourceKind) {
    match entry {
        "GEM" => (Section::Source, SourceKind::Index),
        "GIT" => (Section::Source, SourceKind::Git),
        "PATH" => (Section::Source, SourceKind::Path),
        "PLUGIN SOURCE" => (Section::Source, SourceKind::Plugin),
        "DEPENDENCIES" => (Section::Dependencies, SourceKind::Index),
        "CHECKSUMS" => (Section::Checksums, SourceKind::Index),
        _ => (Section::Other, SourceKind::Index),
    }
}

/// Reads `name (version)`.
fn name_and_version(entry: &str) -> Option<(&str, &str)> {
    let (name, version) = entry.split_once(" (")?;
    let version = version.trim_end_matches(')');
    let valid = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_');
    (is_gem_name(name) && !version.is_empty() && version.chars().all(valid)).then_some((name, version))
}

/// Reads `name`, `name!` or `name (requirement)`.
fn name_of(entry: &str) -> &str {
    entry.split_once(" (").map_or(entry, |(name, _)| name).trim_end_matches('!')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::RelPath;

    #[test]
    fn sections_and_depths() {
        let text = "PLUGIN SOURCE\n  remote: https://plugins.example\n  type: x\n  specs:\n    a (1.0)\n\nGEM\n  remote: one\n  \
                    remote: two\n  specs:\n    b (2.0.pre1-java)\n      a (>= 1, < 2)\n      b\n    ../c (1)\n<<<<<<< HEAD\n\n\
                    PLATFORMS\n  java\n\nDEPENDENCIES\n  b!\n  a (~> 1)\n\nCHECKSUMS\n  b (2.0.pre1-java) sha256=AB,sha512=cd\n  \
                    a (1.0)\n\nBUNDLED WITH\n   2.5.0\n";
        let lock = Lock::read(text, &Location::file(RelPath::root().join("Gemfile.lock")));
        let found: Vec<_> =
            lock.specs.iter().map(|spec| (spec.name.as_str(), spec.version.as_str(), spec.line)).collect();
        assert_eq!(found, [("a", "1.0", 5), ("b", "2.0.pre1", 11)]);
        assert_eq!(lock.specs[0].source.kind, SourceKind::Plugin);
        assert_eq!(lock.specs[1].platform.as_deref(), Some("java"));
        assert_eq!(lock.specs[1].source.remotes, ["one", "two"]);
        assert_eq!(lock.specs[1].needs, ["a", "b"]);
        assert_eq!(lock.dependencies, [("b".to_owned(), 21), ("a".to_owned(), 22)]);
        let sums = &lock.checksums[&("b".to_owned(), "2.0.pre1-java".to_owned())];
        assert_eq!(sums.iter().map(|sum| sum.hex.as_str()).collect::<Vec<_>>(), ["ab", "cd"]);
        let lines: Vec<_> = lock.diagnostics.iter().filter_map(|found| found.at.as_ref()?.line).collect();
        assert_eq!(lines, [14, 15]);
    }
}
