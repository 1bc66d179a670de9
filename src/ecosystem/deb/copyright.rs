//! `debian/copyright` and `/usr/share/doc/PACKAGE/copyright`.

use std::collections::BTreeSet;

use crate::base::{Code, Diagnostic, Location};
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{Claim, ClaimKind, FieldFormat, Join};
use crate::syntax::headers::{Block, Field, blocks};

/// A machine-readable file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Copyright {
    /// The paragraphs about files, in the order of the text: for each file the last that matches counts.
    pub(super) files: Vec<Files>,
}

/// One paragraph about files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Files {
    /// Patterns of paths; `*` matches slashes too.
    pub(super) patterns: Vec<String>,
    /// The short names of the licenses and how they combine, as written.
    pub(super) license: String,
    /// The line of the license.
    pub(super) line: u32,
}

impl Copyright {
    /// Reads a file; one that is not machine-readable is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let blocks = blocks(text);
        let is_format = |field: &Field| field.value.contains("copyright-format") || field.value.contains("dep5");
        let head = blocks.first()?;
        ["Format", "Format-Specification"].iter().find_map(|name| head.get(name)).filter(|field| is_format(field))?;
        let mut copyright = Self { files: blocks.iter().filter_map(files).collect() };
        // The license of the whole stands in the head where no paragraph speaks of files.
        if let Some(license) = license(head).filter(|_| copyright.files.is_empty()) {
            copyright.files.push(Files { patterns: vec!["*".to_owned()], ..license });
        }
        Some(copyright)
    }

    /// Quotes the license of the work as a whole: every license that some file is under, but for the packaging.
    pub(super) fn claim(&self, at: &Location) -> Option<Claim> {
        let of_work = |(index, files): &(usize, &Files)| {
            let is_packaging = files.patterns.iter().all(|pattern| pattern.starts_with("debian/"));
            // A later paragraph about everything leaves nothing to an earlier one.
            let later = self.files.get(index + 1..).unwrap_or_default();
            !is_packaging && !later.iter().any(|later| later.patterns.iter().any(|pattern| pattern == "*"))
        };
        let counting: Vec<&Files> = self.files.iter().enumerate().filter(of_work).map(|(_, files)| files).collect();
        let mut seen = BTreeSet::new();
        let values: Vec<String> =
            counting.iter().filter(|files| seen.insert(&files.license)).map(|files| files.license.clone()).collect();
        let line = counting.first()?.line;
        Some(Claim::fields(ClaimKind::Declared, FieldFormat::Debian, Join::And, values, at.at_line(line)))
    }
}

fn files(block: &Block) -> Option<Files> {
    let patterns = block.str("Files")?.split_whitespace().map(str::to_owned).collect();
    Some(Files { patterns, ..license(block)? })
}

/// Reads the first line of the license: what follows is its text.
fn license(block: &Block) -> Option<Files> {
    let field = block.get("License")?;
    let license = field.value.lines().next().unwrap_or_default().trim().to_owned();
    (!license.is_empty()).then(|| Files { patterns: Vec::new(), license, line: field.line })
}

/// Reads the file of a source package; `debian/control` beside it says whose it is and takes its license.
pub(super) fn parse(input: &Input) -> Parsed {
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let starts_like_one = text.trim_start().starts_with("Format");
    if Copyright::read(&text).is_some_and(|copyright| copyright.files.is_empty()) && starts_like_one {
        let message = "expected paragraphs with `Files` and `License`, found none";
        return Parsed::failed(Diagnostic::new(Code::InvalidEntry, input.at(1), message));
    }
    Parsed::default()
}
