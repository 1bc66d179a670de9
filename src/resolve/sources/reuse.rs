//! Statements of the REUSE specification (version 3.3) about files that do not speak for themselves: `REUSE.toml`,
//! `.reuse/dep5` and `FILE.license`.
//!
//! Not read: `precedence`; a statement counts before the words of the file, as `override` does.

use globset::{Glob, GlobMatcher};
use serde::Deserialize;

use super::Stated;
use crate::base::{Location, RelPath};
use crate::license::expr::Expr;
use crate::license::identify::Conclusion;
use crate::model::{Claim, ClaimKind, FieldFormat};
use crate::resolve::Asset;
use crate::scan::{Limits, Tree};

/// What the project states about its files.
#[derive(Default)]
pub(super) struct Statements {
    rows: Vec<Row>,
}

struct Row {
    /// Who holds the rights, as stated.
    holders: Vec<String>,
    /// The folder that the patterns are relative to.
    base: RelPath,
    patterns: Vec<GlobMatcher>,
    expression: String,
    at: Location,
}

#[derive(Deserialize)]
struct ReuseToml {
    #[serde(default)]
    annotations: Vec<Annotation>,
}

#[derive(Deserialize)]
struct Annotation {
    path: OneOrMany,
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
            let text = || tree.read_text(path, Limits::DEFAULT.manifest).unwrap_or_default();
            let base = path.parent().unwrap_or_default();
            match path.file_name() {
                Some("REUSE.toml") => statements.add_toml(&text(), &base, path),
                Some("dep5") if base.file_name() == Some(".reuse") => {
                    statements.add_dep5(&text(), &base.parent().unwrap_or_default(), path);
                }
                _ => {}
            }
        }
        statements
    }

    fn add_toml(&mut self, text: &str, base: &RelPath, path: &RelPath) {
        let Ok(parsed) = toml::from_str::<ReuseToml>(text) else { return };
        for annotation in &parsed.annotations {
            let Some(license) = &annotation.license else { continue };
            let expression =
                license.values().iter().map(|value| format!("({value})")).collect::<Vec<_>>().join(" AND ");
            let holders = annotation.copyright.as_ref().map(|holders| holders.values().to_vec()).unwrap_or_default();
            self.add(annotation.path.values(), &expression, holders, (base, path));
        }
    }

    /// Paragraphs of a Debian copyright file: `Files:` with patterns, `License:` with the expression first.
    fn add_dep5(&mut self, text: &str, base: &RelPath, path: &RelPath) {
        for paragraph in text.split("\n\n") {
            let field = |name: &str| {
                let mut lines = paragraph.lines().skip_while(|line| !line.starts_with(name));
                let first = lines.next()?.strip_prefix(name)?;
                let rest = lines.take_while(|line| line.starts_with([' ', '\t']));
                Some(std::iter::once(first).chain(rest).collect::<Vec<_>>().join(" "))
            };
            let license = paragraph.lines().find_map(|line| line.strip_prefix("License:"));
            if let (Some(files), Some(license)) = (field("Files:"), license) {
                let patterns: Vec<String> = files.split_whitespace().map(|file| file.replace('*', "**")).collect();
                let holders = field("Copyright:").map(|holder| holder.trim().to_owned()).into_iter().collect();
                self.add(&patterns, license.trim(), holders, (base, path));
            }
        }
    }

    fn add(&mut self, patterns: &[String], expression: &str, holders: Vec<String>, (base, path): (&RelPath, &RelPath)) {
        let patterns = patterns.iter().filter_map(|pattern| Some(Glob::new(pattern).ok()?.compile_matcher())).collect();
        let at = Location::file(path.clone());
        self.rows.push(Row { holders, base: base.clone(), patterns, expression: expression.to_owned(), at });
    }

    /// What is stated about a file beside it or from afar; the last row that matches counts.
    pub(super) fn of(&self, tree: &Tree, path: &RelPath) -> Option<Stated> {
        let sidecar = path.parent().unwrap_or_default().join(&format!("{}.license", path.file_name()?));
        if tree.has(&sidecar) {
            let text = tree.read_text(&sidecar, Limits::DEFAULT.text).ok()?;
            let value = text.lines().find_map(|line| line.split_once("SPDX-License-Identifier:"))?.1;
            let holders = text.lines().filter_map(|line| Some(line.split_once("SPDX-FileCopyrightText:")?.1.trim()));
            let holders = holders.map(str::to_owned).collect();
            return stated(path, value.trim(), holders, Location::file(sidecar));
        }
        let row = self.rows.iter().rev().find(|row| {
            let inside = path.as_str().strip_prefix(row.base.as_str()).map(|rest| rest.trim_start_matches('/'));
            let below = path.is_within(&row.base);
            below && inside.is_some_and(|inside| row.patterns.iter().any(|pattern| pattern.is_match(inside)))
        })?;
        stated(path, &row.expression, row.holders.clone(), row.at.clone())
    }
}

fn stated(path: &RelPath, expression: &str, authors: Vec<String>, at: Location) -> Option<Stated> {
    let expr = Expr::parse(expression).ok()?.expr;
    let claim = Claim::field(ClaimKind::Tag, FieldFormat::Spdx, &expr.to_string(), at);
    let asset = Asset { authors, ..Asset::default() };
    Some(Stated { path: path.clone(), conclusion: Conclusion::Expression(expr), claim, asset })
}
