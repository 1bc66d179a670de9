//! How packages hang together with the work: the configuration's word, else the rows of `licenses/relations.toml`.

use std::collections::BTreeSet;

use crate::base::{RelPath, Shared};
use crate::config::{Config, PackagePattern};
use crate::license::expr::Expr;
use crate::license::knowledge::Knowledge;
use crate::model::{Package, Relation, Scope};

/// Sets the relation of every package and why it is taken for that.
///
/// Comes after `resolve`, which learns from a package's own manifest what it ships.
pub fn relate(packages: &mut [Package], config: &Config, knowledge: &Knowledge) {
    let bundled = bundled_types(packages, knowledge);
    let mut words = Shared::default();
    for package in packages {
        let (relation, because) = adapted(package, config)
            .or_else(|| configured(package, config))
            .unwrap_or_else(|| inferred(package, &bundled, knowledge));
        (package.relation, package.relation_because) = (relation, words.keep(because));
    }
}

/// Returns the package types in whose trees a bundler is at work.
fn bundled_types(packages: &[Package], knowledge: &Knowledge) -> BTreeSet<String> {
    packages
        .iter()
        .filter(|package| package.direct && package.not_judged.is_none())
        .filter(|package| knowledge.relations().is_bundler(package.purl.ty(), &package.purl.full_name()))
        .map(|package| package.purl.ty().to_owned())
        .collect()
}

/// A work that the project adapts is part of it, changed.
fn adapted(package: &Package, config: &Config) -> Option<(Relation, String)> {
    let named = config.project.derived_from.iter().filter(|text| Expr::parse(text).is_err());
    let patterns: Vec<PackagePattern> = named.filter_map(|text| text.parse().ok()).collect();
    let is_adapted = patterns.iter().any(|pattern| pattern.matches(&package.purl));
    is_adapted.then(|| (Relation::Modified, "the configuration says that the project adapts it".to_owned()))
}

fn configured(package: &Package, config: &Config) -> Option<(Relation, String)> {
    let row = config.relations.iter().find(|row| {
        let by_name = row.package.as_ref().is_some_and(|pattern| pattern.matches(&package.purl));
        let by_type = row.ecosystem.as_deref() == Some(package.purl.ty());
        let folder = row.path.as_deref().and_then(|path| RelPath::new(path).ok());
        let by_path = folder.is_some_and(|folder| package.dirs.iter().any(|dir| dir.is_within(&folder)));
        by_name || by_type || by_path
    })?;
    Some((Relation::from_word(&row.relation)?, format!("the configuration says so: {}", row.reason)))
}

/// The strongest relation over all scopes counts.
fn inferred(package: &Package, bundled: &BTreeSet<String>, knowledge: &Knowledge) -> (Relation, String) {
    let in_scope = |scope: &Scope| {
        let scope = format!("scope-{scope}");
        let mut traits: Vec<&str> = package.traits.iter().map(|found| found.word()).collect();
        traits.push(&scope);
        if bundled.contains(package.purl.ty()) {
            traits.push("bundled-tree");
        }
        let row = knowledge.relations().infer(package.purl.ty(), &package.purl.full_name(), &traits)?;
        Some((Relation::from_word(&row.relation)?, row.because.clone()))
    };
    let strongest = package.scopes.iter().filter_map(in_scope).max_by_key(|(relation, _)| *relation);
    strongest
        .unwrap_or_else(|| (Relation::Static, "nothing says how it is joined, so the strictest is taken".to_owned()))
}
