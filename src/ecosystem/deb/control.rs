//! `debian/control`: a source package, the packages it builds, and what they need.

use std::collections::BTreeMap;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::ecosystem::records::Records;
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{PackageRecord, Scope};
use crate::syntax::headers::{Field, blocks};

use super::copyright::Copyright;
use super::{ECOSYSTEM, VENDOR};

/// What is needed by the source package, and in which scope.
const BUILD_FIELDS: &[&str] = &["Build-Depends", "Build-Depends-Arch", "Build-Depends-Indep"];

/// What is needed by a package that is built, and whether it can do without.
const FIELDS: &[(&str, bool)] = &[("Depends", false), ("Pre-Depends", false), ("Recommends", true), ("Suggests", true)];

/// One package that is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) name: String,
    /// Whether another can be taken in its place.
    pub(super) is_alternative: bool,
    /// Whether only the tests of the package need it.
    is_test: bool,
    line: u32,
}

/// Reads a source package.
pub(super) fn parse(input: &Input) -> Parsed {
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let blocks = blocks(&text);
    let mut records = Records::default();
    let Some((head, source)) = blocks.iter().find_map(|block| Some((block, block.get("Source")?))) else {
        let message = "expected a paragraph with `Source`, found none";
        return Parsed::failed(Diagnostic::new(Code::InvalidSyntax, input.at(1), message));
    };
    let name = source.value.trim();
    if !is_name(name) {
        return Parsed::failed(Diagnostic::new(
            Code::InvalidEntry,
            input.at(source.line),
            "expected the name of a package",
        ));
    }
    let dir = input.dir().parent().unwrap_or_default();
    let version = version(input, name);
    let purl = Purl::with_namespace(ECOSYSTEM, Some(VENDOR), name, version.as_deref()).with_qualifier("arch", "source");
    let mut own = PackageRecord::own(purl, input.at(source.line), dir.clone());
    own.claims.extend(claim(input));
    let own = records.add(own);
    let mut built = BTreeMap::new();
    for (block, package) in blocks.iter().filter_map(|block| Some((block, block.get("Package")?))) {
        let name = package.value.trim();
        if is_name(name) {
            let purl = Purl::with_namespace(ECOSYSTEM, Some(VENDOR), name, version.as_deref());
            let record = records.add(PackageRecord::own(purl, input.at(package.line), dir.clone()));
            records.need(own, record, Scope::Runtime, false);
            built.insert(name, (block, record));
        }
    }
    let target = |records: &mut Records, need: &Need| {
        if let Some((_, record)) = built.get(need.name.as_str()) {
            return *record;
        }
        let purl = Purl::with_namespace(ECOSYSTEM, Some(VENDOR), &need.name, None);
        records.add(PackageRecord::new(purl, input.at(need.line)))
    };
    for need in BUILD_FIELDS.iter().filter_map(|field| head.get(field)).flat_map(needs) {
        let target = target(&mut records, &need);
        let scope = if need.is_test { Scope::Test } else { Scope::Build };
        records.need(own, target, scope, need.is_alternative);
    }
    for (block, from) in built.values() {
        for (field, optional) in FIELDS {
            for need in block.get(field).into_iter().flat_map(needs) {
                let target = target(&mut records, &need);
                records.need(*from, target, Scope::Runtime, *optional || need.is_alternative);
            }
        }
    }
    Parsed { records: records.finish(), ..Parsed::default() }
}

/// Reads a list of relations: `a (>= 1) [amd64] <!nocheck> | b, c:any`.
pub(super) fn needs(field: &Field) -> Vec<Need> {
    let mut found = Vec::new();
    for (index, line) in field.value.lines().enumerate() {
        let line_number = field.line.saturating_add(u32::try_from(index).unwrap_or(u32::MAX));
        for relation in line.split(',') {
            for (alternative, text) in relation.split('|').enumerate() {
                let name = text.trim().split([' ', ':', '(', '[', '<']).next().unwrap_or_default();
                // What the build finds out by itself (`${shlibs:Depends}`) has no name yet.
                if is_name(name) {
                    let is_test = text.contains("<!nocheck>");
                    let name = name.to_owned();
                    found.push(Need { name, is_alternative: alternative > 0, is_test, line: line_number });
                }
            }
        }
    }
    found
}

/// Returns whether a word can be the name of a package.
pub(super) fn is_name(name: &str) -> bool {
    let valid = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || matches!(char, '+' | '-' | '.');
    (2..=1024).contains(&name.len())
        && name.starts_with(|char: char| char.is_ascii_alphanumeric())
        && name.chars().all(valid)
}

/// Reads the version from the first line of the changelog: `name (version) distribution; urgency=low`.
fn version(input: &Input, name: &str) -> Option<String> {
    let text = input.other(&input.dir().join("changelog"))?.ok()?;
    let rest = text.lines().find(|line| !line.trim().is_empty())?.strip_prefix(name)?.trim_start().strip_prefix('(')?;
    let version = rest.split_once(')')?.0;
    is_version(version).then(|| version.to_owned())
}

/// Returns whether a word can be the version of a package.
pub(super) fn is_version(version: &str) -> bool {
    let valid = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '+' | '-' | '~' | ':');
    (1..=1024).contains(&version.len()) && version.chars().all(valid)
}

/// Quotes the `copyright` file beside the control file.
fn claim(input: &Input) -> Option<crate::model::Claim> {
    let path: RelPath = input.dir().join("copyright");
    let text = input.other(&path)?.ok()?;
    Copyright::read(&text)?.claim(&Location::file(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::headers::{Block, first_block};

    #[test]
    fn relations_are_lists_of_alternatives() {
        let block: Block = first_block(
            "Depends: liba (>= 1.0~), ${shlibs:Depends}, libb:any [amd64 !i386],\n libc | libd (<< 2) <!nocheck>,,\n ../x\n",
        );
        let found: Vec<_> = needs(block.get("Depends").unwrap())
            .into_iter()
            .map(|need| (need.name, need.is_alternative, need.is_test, need.line))
            .collect();
        let expect =
            [("liba", false, false, 1), ("libb", false, false, 1), ("libc", false, false, 2), ("libd", true, true, 2)];
        assert_eq!(found, expect.map(|(name, other, test, line)| (name.to_owned(), other, test, line)));
    }
}
