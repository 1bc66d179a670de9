//! Ruby: `Gemfile.lock`, `Gemfile`, gemspecs, and installed gems.
//!
//! <https://guides.rubygems.org/specification-reference/>; the lockfile is indented text that Bundler documents nowhere.
//! `Gemfile` and gemspecs are programs: they are read by their literals alone.
//! Left out on purpose: the Gemfiles of test matrices (`gemfiles/*.gemfile`).

mod copies;
mod gemfile;
mod gemspec;
mod literals;
mod lock;
mod project;
#[cfg(test)]
mod tests;

use super::{Ecosystem, FileKind, Knows, Pattern, Role};

const ECOSYSTEM: &str = "gem";

pub(super) static GEM: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "Ruby (Bundler)",
    files: &[
        FileKind {
            pattern: Pattern::Name("Gemfile.lock"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges],
            parse: project::parse_lock,
        },
        FileKind {
            pattern: Pattern::Name("gems.locked"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges],
            parse: project::parse_lock,
        },
        FileKind {
            pattern: Pattern::Name("Gemfile"),
            role: Role::Manifest,
            knows: &[Knows::Scopes],
            parse: project::parse_gemfile,
        },
        FileKind {
            pattern: Pattern::Name("gems.rb"),
            role: Role::Manifest,
            knows: &[Knows::Scopes],
            parse: project::parse_gemfile,
        },
        FileKind {
            pattern: Pattern::Suffix(".gemspec"),
            role: Role::Manifest,
            knows: &[Knows::Scopes, Knows::Licenses],
            parse: project::parse_gemspec,
        },
    ],
    copies: copies::find,
    inspect: copies::inspect,
    fetch_command: "bundle install",
};

/// Returns whether a word can be the name of a gem: it cannot lead out of a folder.
fn is_gem_name(name: &str) -> bool {
    const MAX_BYTES: usize = 1024;
    let valid = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '.' | '_');
    !name.is_empty() && name.len() <= MAX_BYTES && !name.starts_with('.') && name.chars().all(valid)
}
