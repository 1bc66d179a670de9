//! Repositories in Gradle's scripts, by their literals.
//!
//! <https://docs.gradle.org/current/userguide/declaring_repositories.html>. An address that code puts together may be
//! anything.

use std::sync::LazyLock;

use regex::Regex;

use super::Elsewhere;
use crate::base::{built_names, is_official_registry, is_public_repository};

/// `maven { url "…" }`, `maven { url = uri("…") }`, `maven("…")`, `ivy { … }`.
static REPOSITORY: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(?:maven|ivy)\s*(?:\{[^}]*\}?|\([^)]*\)?)").expect("it is valid"));
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"["']([a-z]+://[^"']*)["']"#).expect("it is valid"));

/// Reads the repositories of a script.
pub(super) fn script(found: &mut Elsewhere, text: &str) {
    let is_comment = |line: &&str| line.trim_start().starts_with("//");
    let text: String = text.lines().filter(|line| !is_comment(line)).flat_map(|line| [line, "\n"]).collect();
    for repository in REPOSITORY.find_iter(&text) {
        match ADDRESS.captures(repository.as_str()).and_then(|address| address.get(1)) {
            // Who gives a token has private packages there, and may call them anything.
            Some(address) if repository.as_str().contains("credentials") => found.add(address.as_str()),
            Some(address) => add(found, address.as_str()),
            // A block without an address is no repository: `maven { … }` has other meanings too.
            None if repository.as_str().contains("url") => found.add_unknown(),
            None => {}
        }
    }
}

/// Adds the address of a repository, unless names that it serves are no secret.
pub(super) fn add(found: &mut Elsewhere, address: &str) {
    let built = built_names(address);
    if !built.is_empty() {
        found.private.extend(built.iter().map(|name| (*name).to_owned()));
    } else if !is_official_registry("maven", address) && !is_public_repository(address) {
        found.add(address);
    }
}
