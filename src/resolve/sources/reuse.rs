//! Statements of the REUSE specification (version 3.3) about files: `REUSE.toml`, `.reuse/dep5` and `FILE.license`.
//!
//! `precedence` decides how a statement from afar and the words of the file go together: the file speaks first
//! (`closest`), both count (`aggregate`, and all of dep5), or the statement alone (`override`).

use std::collections::BTreeMap;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use super::{Stated, is_said};
use crate::base::{Code, Diagnostic, Location, RelPath};
use crate::license::expr::{Expr, Id};
use crate::license::identify::{Conclusion, source_file, tag_value};
use crate::model::{Claim, ClaimKind, FieldFormat, Join};
use crate::resolve::Asset;
use crate::scan::{Limits, Tree};

/// What the project states about its files.
#[derive(Default)]
pub(super) struct Statements {
    /// By the folder that the patterns are relative to, in the order of the file.
    rows: BTreeMap<RelPath, Vec<Row>>,
    /// What could not be read.
    pub(super) diagnostics: Vec<Diagnostic>,
}

struct Row {
    /// Who holds the rights, as stated.
    holders: Vec<String>,
    paths: Regex,
    precedence: Precedence,
    expression: String,
    at: Location,
}

/// How a statement about a file and the words of the file go together.
#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Precedence {
    /// The words of the file count; the statement only if there are none.
    #[default]
    Closest,
    /// Both count.
    Aggregate,
    /// The statement alone counts.
    Override,
}

#[derive(Deserialize)]
struct ReuseToml {
    #[serde(default)]
    annotations: Vec<Annotation>,
}

#[derive(Deserialize)]
struct Annotation {
    path: OneOrMany,
    #[serde(default)]
    precedence: Precedence,
    #[serde(rename = "SPDX-License-Identifier")]
    license: Option<OneOrMany>,
    #[serde(rename = "SPDX-FileCopyrightText")]
    copyright: Option<OneOrMany>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn values(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

impl Statements {
    /// Reads every `REUSE.toml` and `.reuse/dep5` of the tree.
    pub(super) fn read(tree: &Tree) -> Self {
        let mut statements = Self::default();
        for file in tree.files() {
            let path = &file.path;
            let base = path.parent().unwrap_or_default();
            let add: fn(&mut Self, &str, &RelPath, &Location) = match path.file_name() {
                Some("REUSE.toml") => Self::add_toml,
                Some("dep5") if base.file_name() == Some(".reuse") => Self::add_dep5,
                _ => continue,
            };
            let at = Location::file(path.clone());
            match tree.read_text(path, Limits::DEFAULT.manifest) {
                Ok(text) => add(&mut statements, &text, &base, &at),
                Err(error) => statements.diagnostics.push(error.diagnostic(at)),
            }
        }
        statements
    }

    fn add_toml(&mut self, text: &str, base: &RelPath, at: &Location) {
        let parsed = match toml::from_str::<ReuseToml>(text) {
            Ok(parsed) => parsed,
            Err(error) => {
                let line =
                    error.span().map(|span| text.get(..span.start).unwrap_or_default().matches('\n').count() + 1);
                let at = Location { line: line.and_then(|line| u32::try_from(line).ok()), ..at.clone() };
                self.diagnostics.push(Diagnostic::new(Code::InvalidSyntax, at, error.message().to_owned()));
                return;
            }
        };
        for annotation in &parsed.annotations {
            let Some(license) = &annotation.license else { continue };
            let expression = match license.values() {
                [value] => value.clone(),
                values => values.iter().map(|value| format!("({value})")).collect::<Vec<_>>().join(" AND "),
            };
            let holders = annotation.copyright.as_ref().map(|holders| holders.values().to_vec()).unwrap_or_default();
            let paths: Vec<String> = annotation.path.values().iter().map(|path| toml_pattern(path)).collect();
            self.add(base, &paths, (annotation.precedence, expression, holders), at);
        }
    }

    /// Paragraphs of a Debian copyright file: `Files:` with patterns, `License:` with the expression first.
    fn add_dep5(&mut self, text: &str, folder: &RelPath, at: &Location) {
        let base = folder.parent().unwrap_or_default();
        for paragraph in text.replace("\r\n", "\n").split("\n\n") {
            let field = |name: &str| {
                let mut lines = paragraph.lines().skip_while(|line| !line.starts_with(name));
                let first = lines.next()?.strip_prefix(name)?;
                let rest = lines.take_while(|line| line.starts_with([' ', '\t']));
                Some(std::iter::once(first).chain(rest).collect::<Vec<_>>().join(" "))
            };
            let license = paragraph.lines().find_map(|line| line.strip_prefix("License:"));
            if let (Some(files), Some(license)) = (field("Files:"), license) {
                let holders = field("Copyright:").map(|holder| holder.trim().to_owned()).into_iter().collect();
                let paths: Vec<String> = files.split_whitespace().map(dep5_pattern).collect();
                self.add(&base, &paths, (Precedence::Aggregate, license.trim().to_owned(), holders), at);
            }
        }
    }

    fn add(
        &mut self,
        base: &RelPath,
        paths: &[String],
        (precedence, expression, holders): (Precedence, String, Vec<String>),
        at: &Location,
    ) {
        /// The program that a pattern of the tree may become, in bytes.
        const LARGEST: usize = 1 << 20;
        let pattern = format!("(?s)^(?:{})$", paths.join("|"));
        if let Ok(paths) = RegexBuilder::new(&pattern).size_limit(LARGEST).build() {
            let row = Row { holders, paths, precedence, expression, at: at.clone() };
            self.rows.entry(base.clone()).or_default().push(row);
        } else {
            let message = "a pattern of paths is too long";
            self.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at.clone(), message));
        }
    }

    /// What is said of a file: from afar, beside it, and, by `own`, in it.
    pub(super) fn of(&self, tree: &Tree, path: &RelPath, own: impl FnOnce() -> Option<Stated>) -> Option<Stated> {
        let mut said: Option<Stated> = None;
        let mut closest = None;
        for row in self.rows_of(path) {
            match row.precedence {
                Precedence::Closest => closest = Some(row),
                Precedence::Aggregate => said = both(said, row.states(path)),
                Precedence::Override => return both(said, row.states(path)),
            }
        }
        let nearest = sidecar(tree, path).or_else(own);
        both(said, nearest.or_else(|| closest.and_then(|row| row.states(path))))
    }

    /// The rows that speak of a file, outermost folder first: of each folder the last that matches.
    fn rows_of<'a>(&'a self, path: &'a RelPath) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(|(base, _)| path.is_within(base)).filter_map(|(base, rows)| {
            let inside = path.as_str().strip_prefix(base.as_str())?.trim_start_matches('/');
            rows.iter().rev().find(|row| row.paths.is_match(inside))
        })
    }
}

impl Row {
    fn states(&self, path: &RelPath) -> Option<Stated> {
        let conclusion = tag_value(&self.expression);
        let claim = Claim::field(ClaimKind::Tag, FieldFormat::Spdx, &self.expression, self.at.clone());
        let asset = Asset { authors: self.holders.clone(), ..Asset::default() };
        (conclusion != Conclusion::Nothing).then(|| Stated { path: path.clone(), conclusion, claim, asset })
    }
}

/// What `FILE.license` says.
fn sidecar(tree: &Tree, path: &RelPath) -> Option<Stated> {
    let beside = path.parent().unwrap_or_default().join(&format!("{}.license", path.file_name()?));
    if !tree.has(&beside) {
        return None;
    }
    let Ok(text) = tree.read_text(&beside, Limits::DEFAULT.text) else {
        // It speaks of the file, and nobody can hear what it says.
        let conclusion = Conclusion::Expression(Expr::license(Id::NoAssertion));
        let claim = claim(&conclusion, Location::file(beside))?;
        return Some(Stated { path: path.clone(), conclusion, claim, asset: Asset::default() });
    };
    let found = source_file("beside.license", &text);
    let authors = found.copyrights.iter().map(|copyright| copyright.text.clone()).collect();
    let claim = claim(&found.conclusion, Location::file(beside))?;
    let asset = Asset { authors, ..Asset::default() };
    is_said(&found).then(|| Stated { path: path.clone(), conclusion: found.conclusion.clone(), claim, asset })
}

/// Puts two statements about one file together: both licenses apply.
fn both(left: Option<Stated>, right: Option<Stated>) -> Option<Stated> {
    let (left, right) = match (left, right) {
        (Some(left), Some(right)) => (left, right),
        (one, other) => return one.or(other),
    };
    let (Some(here), Some(there)) = (readings(&left.conclusion), readings(&right.conclusion)) else {
        // A changed text is worse than anything that can be stated beside it.
        return Some(if readings(&left.conclusion).is_none() { left } else { right });
    };
    let pairs = here.iter().flat_map(|here| there.iter().map(move |there| [here.clone(), there.clone()]));
    let mut joined: Vec<Expr> = pairs.filter_map(|pair| Expr::all(pair.to_vec())).collect();
    joined.sort();
    joined.dedup();
    let conclusion = match <[Expr; 1]>::try_from(joined) {
        Ok([expr]) => Conclusion::Expression(expr),
        Err(joined) => Conclusion::Candidates(joined),
    };
    let claim = claim(&conclusion, right.claim.at.clone())?;
    Some(Stated { path: left.path, conclusion, claim, asset: left.asset.or(right.asset) })
}

/// What a conclusion may mean; nothing if it is no license or a changed one.
fn readings(conclusion: &Conclusion) -> Option<Vec<Expr>> {
    match conclusion {
        Conclusion::Expression(expr) | Conclusion::SuffixUnstated(expr) => Some(vec![expr.clone()]),
        Conclusion::Candidates(candidates) => Some(candidates.clone()),
        Conclusion::Nothing | Conclusion::Modified { .. } | Conclusion::Exception(_) | Conclusion::Refers(_) => None,
    }
}

fn claim(conclusion: &Conclusion, at: Location) -> Option<Claim> {
    let values = readings(conclusion)?.iter().map(Expr::to_string).collect();
    Some(Claim::fields(ClaimKind::Tag, FieldFormat::Spdx, Join::OneOf, values, at))
}

/// A pattern of `REUSE.toml`: `*` stops at a slash, `**` does not, a backslash takes the meaning from what follows.
fn toml_pattern(glob: &str) -> String {
    let mut pattern = String::new();
    let mut letters = glob.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => pattern.extend(letters.next().map(|next| regex::escape(next.encode_utf8(&mut [0; 4])))),
            '*' if letters.next_if_eq(&'*').is_some() => {
                // `**/x` is `x` in the folder itself too.
                pattern.push_str(if letters.next_if_eq(&'/').is_some() { "(?:.*/)?" } else { ".*" });
            }
            '*' => pattern.push_str("[^/]*"),
            _ => pattern.push_str(&regex::escape(letter.encode_utf8(&mut [0; 4]))),
        }
    }
    pattern
}

/// A pattern of a Debian copyright file: `*` and `?` stand for slashes too.
fn dep5_pattern(glob: &str) -> String {
    regex::escape(glob.trim_start_matches("./")).replace(r"\*", ".*").replace(r"\?", ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let matches = |pattern: String, path: &str| Regex::new(&format!("^(?:{pattern})$")).unwrap().is_match(path);
        for (glob, path, expected) in [
            ("src/*.rs", "src/a.rs", true),
            ("src/*.rs", "src/a/b.rs", false),
            ("src/**", "src/a/b.rs", true),
            ("**/b.rs", "b.rs", true),
            ("**", "a/b", true),
            ("app/[id]/page.tsx", "app/[id]/page.tsx", true),
            ("app/[id]/page.tsx", "app/i/page.tsx", false),
            (r"a\*b", "a*b", true),
            (r"a\*b", "axb", false),
        ] {
            assert_eq!(matches(toml_pattern(glob), path), expected, "{glob} {path}");
        }
        assert!(matches(dep5_pattern("img/*"), "img/a/b.png"));
        assert!(!matches(dep5_pattern("img/?.png"), "img/aa.png"));
    }
}
