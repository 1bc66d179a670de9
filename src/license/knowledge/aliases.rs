//! Spellings people use for licenses, compared without case and with runs of punctuation folded.

use serde::{Deserialize, Serialize};

/// A table from folded spelling to what it stands for, sorted.
pub type Table<T> = Vec<(String, T)>;

/// The tables of `licenses/aliases.toml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aliases {
    /// Spelling to expression.
    pub alias: Table<String>,
    /// Spelling to candidates.
    pub ambiguous: Table<Vec<String>>,
    /// Spelling to the reason why nothing can be judged.
    pub unknown: Table<String>,
    /// Reasons of unknown spellings that leave it to a text beside them to say which license is meant.
    pub silent: Vec<String>,
    /// Spellings in one ecosystem only, by package type.
    pub ecosystem: Table<EcosystemAliases>,
    /// Trove classifier to candidates.
    pub classifier: Table<Vec<String>>,
    /// Address to expression.
    pub url: Table<String>,
    /// Short name in Debian copyright files to expression.
    pub debian: Table<String>,
}

/// Spellings that hold in one ecosystem.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EcosystemAliases {
    /// Spelling to expression.
    pub alias: Table<String>,
    /// Spelling to candidates.
    pub ambiguous: Table<Vec<String>>,
}

/// What a spelling stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling<'a> {
    /// One expression.
    Expression(&'a str),
    /// One of several; nothing in the spelling decides.
    Ambiguous(&'a [String]),
    /// Nothing that can be judged, and why.
    Unknown(&'a str),
}

impl Aliases {
    /// Returns what a spelling stands for in an ecosystem, given by its package type; the ecosystem's own tables win.
    pub fn spelling(&self, ecosystem: Option<&str>, raw: &str) -> Option<Spelling<'_>> {
        let folded = fold(raw);
        let own = ecosystem.and_then(|ty| look_up(&self.ecosystem, ty));
        if let Some(own) = own {
            if let Some(expression) = look_up(&own.alias, &folded) {
                return Some(Spelling::Expression(expression));
            }
            if let Some(candidates) = look_up(&own.ambiguous, &folded) {
                return Some(Spelling::Ambiguous(candidates));
            }
        }
        look_up(&self.alias, &folded)
            .map(|expression| Spelling::Expression(expression))
            .or_else(|| look_up(&self.ambiguous, &folded).map(|candidates| Spelling::Ambiguous(candidates)))
            .or_else(|| look_up(&self.unknown, &folded).map(|reason| Spelling::Unknown(reason)))
    }

    /// Returns whether words that are unknown for a reason leave it to a text beside them to say which license is meant.
    pub fn is_silent(&self, reason: &str) -> bool {
        self.silent.iter().any(|known| known == reason)
    }

    /// Returns the candidates of a Trove classifier.
    pub fn classifier(&self, raw: &str) -> Option<&[String]> {
        look_up(&self.classifier, &fold(raw)).map(Vec::as_slice)
    }

    /// Returns what the address of a license stands for; one that does not say everything stands among the spellings.
    pub fn address(&self, raw: &str) -> Option<Spelling<'_>> {
        let folded = fold_url(raw);
        look_up(&self.url, &folded)
            .map(|expression| Spelling::Expression(expression))
            .or_else(|| self.spelling(None, &folded))
    }

    /// Returns the expression of a short name in a Debian copyright file.
    pub fn debian(&self, raw: &str) -> Option<&str> {
        look_up(&self.debian, &fold(raw)).map(String::as_str)
    }
}

/// Returns the value of a key in a sorted table.
pub(super) fn look_up<'a, T>(table: &'a [(String, T)], key: &str) -> Option<&'a T> {
    let at = table.binary_search_by(|(known, _)| known.as_str().cmp(key)).ok()?;
    table.get(at).map(|(_, value)| value)
}

/// Folds a spelling: lower case, and one space for each run of anything but letters, digits and `+`, `<`, `=`, `>`.
///
/// The signs are kept because `GPL (>= 2)` and `GPL-2` differ in what they grant.
///
/// ```
/// use ppl_check::license::knowledge::fold;
/// assert_eq!(fold(" Apache License, Version 2.0 "), "apache license version 2 0");
/// assert_eq!(fold("GPL-2.0+"), "gpl 2 0+");
/// assert_eq!(fold("GPL (>= 2)"), "gpl >= 2");
/// ```
pub fn fold(raw: &str) -> String {
    let mut folded = String::with_capacity(raw.len());
    for char in raw.chars() {
        if char.is_alphanumeric() || matches!(char, '+' | '<' | '=' | '>') {
            folded.extend(char.to_lowercase());
        } else if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Folds an address: no scheme, no `www.`, no fragment or query, no trailing `/`, `.html`, `.txt` or `.php`, lower case.
pub fn fold_url(raw: &str) -> String {
    let lower = raw.trim().trim_matches(['<', '>']).to_lowercase();
    let rest = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    let rest = rest.split(['#', '?']).next().unwrap_or_default().trim_end_matches('/');
    let rest = [".html", ".htm", ".txt", ".php"].iter().find_map(|ending| rest.strip_suffix(ending)).unwrap_or(rest);
    rest.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_tables_of_an_ecosystem_win() {
        let aliases = Aliases {
            alias: vec![("gpl3".to_owned(), "GPL-3.0-only".to_owned())],
            ecosystem: vec![(
                "cran".to_owned(),
                EcosystemAliases {
                    ambiguous: vec![("gpl3".to_owned(), vec!["A".to_owned(), "B".to_owned()])],
                    ..EcosystemAliases::default()
                },
            )],
            ..Aliases::default()
        };
        assert_eq!(aliases.spelling(Some("npm"), "GPL3"), Some(Spelling::Expression("GPL-3.0-only")));
        assert!(matches!(aliases.spelling(Some("cran"), "gpl3"), Some(Spelling::Ambiguous(_))));
        assert_eq!(aliases.spelling(None, "gpl4"), None);
    }

    #[test]
    fn an_address_without_a_version_is_looked_up_among_the_spellings() {
        let aliases = Aliases {
            ambiguous: vec![("gnu org licenses gpl".to_owned(), vec!["A".to_owned(), "B".to_owned()])],
            url: vec![("apache.org/licenses/license-2.0".to_owned(), "Apache-2.0".to_owned())],
            ..Aliases::default()
        };
        let apache = aliases.address("https://www.apache.org/licenses/LICENSE-2.0.txt");
        assert_eq!(apache, Some(Spelling::Expression("Apache-2.0")));
        assert!(matches!(aliases.address("http://www.gnu.org/licenses/gpl.html"), Some(Spelling::Ambiguous(_))));
        assert_eq!(aliases.address("https://license.example/"), None);
    }

    #[test]
    fn addresses_fold() {
        for raw in ["http://www.apache.org/licenses/LICENSE-2.0.txt", "https://apache.org/licenses/LICENSE-2.0.html#x"]
        {
            assert_eq!(fold_url(raw), "apache.org/licenses/license-2.0");
        }
    }
}
