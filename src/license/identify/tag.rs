//! SPDX tags: `SPDX-License-Identifier`, where a comment can stand.
//!
//! Follows the SPDX specification (annex "Using SPDX short identifiers in source files") and the
//! REUSE specification: what stands between `REUSE-IgnoreStart` and `REUSE-IgnoreEnd` does not
//! count; the license of a snippet counts beside that of the file.

use std::ops::Range;

use memchr::memmem;

use super::copyright::is_year;
use super::piece::{Piece, Reading};
use super::words::split;
use super::{Copyright, Method};
use crate::license::expr::{Expr, Id, License};
use crate::license::knowledge::Knowledge;
use crate::license::lenient::{self, FieldFormat, Outcome};

const LICENSE: &str = "SPDX-License-Identifier:";
const COPYRIGHT: [&str; 2] = ["SPDX-FileCopyrightText:", "SPDX-SnippetCopyrightText:"];
const IGNORE: (&str, &str) = ("REUSE-IgnoreStart", "REUSE-IgnoreEnd");

/// Tells whether a text holds a license tag, in a comment or not.
pub(crate) fn any(text: &str) -> bool {
    memmem::find(text.as_bytes(), LICENSE.as_bytes()).is_some()
}

/// Reads the license tags of a text.
pub(crate) fn licenses(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    for (at, line, value) in tags(text, LICENSE) {
        let Some(reading) = reading(value) else { continue };
        let confidence = if matches!(reading, Reading::License(_)) { 0.99 } else { 0.8 };
        let method = Method::Tag;
        found.push(Piece { words: at..at, lines: (line, line), method, confidence, reading, of_picture: false });
    }
    found
}

/// Reads what stands behind a tag; nothing if it is left to be filled in.
///
/// What is no expression is read as leniently as a manifest's field, and is unknown if that fails: a tag that is not
/// understood grants nothing, whatever else the file or the project says.
pub(crate) fn reading(rest: &str) -> Option<Reading> {
    let value = before_closing(rest);
    let left_open = ['<', '{', '[', '$', '%', '@'];
    if value.is_empty() || rest.trim_start().starts_with(left_open) {
        return None;
    }
    if let Ok(parsed) = Expr::parse(value) {
        return Some(Reading::License(current(&parsed.expr)));
    }
    let read = || lenient::read(value, FieldFormat::Spdx, None, Knowledge::builtin()).outcome;
    Some(match if value.len() > LONGEST { Outcome::Unknown(String::new()) } else { read() } {
        Outcome::Expression(expr) => Reading::License(expr),
        Outcome::Candidates(candidates) => Reading::Candidates(candidates),
        Outcome::SeeFile(_) | Outcome::Unknown(_) => Reading::License(Expr::license(Id::NoAssertion)),
    })
}

/// What stands before the end of a comment, or before another tag on the same line.
fn before_closing(rest: &str) -> &str {
    const CLOSINGS: [&str; 18] = [
        "*/", "-->", "#}", "*)", "-}", "\"\"\"", "'''", "]]", "%>", "?>", "\\n", "\"", "'", "`", "<", "{", "|", "SPDX-",
    ];
    let end = CLOSINGS.iter().filter_map(|closing| rest.find(closing)).min();
    let value = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
    // A frame of stars, or the period of a sentence.
    value.trim().trim_end_matches(|letter: char| letter.is_whitespace() || "*#/-=;,.!\\".contains(letter))
}

/// Reads the copyright tags of a text.
pub(crate) fn copyrights(text: &str) -> Vec<Copyright> {
    let mut found = Vec::new();
    for name in COPYRIGHT {
        for (_, line, value) in tags(text, name) {
            let text =
                ["*/", "-->", "#}"].iter().find_map(|closing| value.strip_suffix(closing)).unwrap_or(value).trim_end();
            let words = split(text);
            let n_years = words.iter().take_while(|word| is_year(text, **word) || word.hash == super::copyright::MARK);
            let n_years = n_years.count();
            let years_end = n_years.checked_sub(1).and_then(|last| words.get(last)).map_or(0, |word| word.end);
            let (years, holder) = text.split_at_checked(years_end as usize).unwrap_or(("", text));
            found.push(Copyright {
                text: text.to_owned(),
                holder: holder.trim_start_matches([',', '-', ' ']).to_owned(),
                years: years.to_owned(),
                line,
            });
        }
    }
    found
}

/// The expression with current ids: the kernel's files say `GPL-2.0+`.
fn current(expr: &Expr) -> Expr {
    let is_current = |license: &&License| match &license.id {
        Id::Spdx(id) => spdx::license_id(id).is_some_and(|id| !id.is_deprecated()),
        Id::Ref { .. } | Id::None | Id::NoAssertion => true,
    };
    if expr.licenses().iter().all(is_current) {
        return expr.clone();
    }
    lenient::modernize(expr, Knowledge::builtin(), &mut Vec::new())
}

/// Longer tags are read as a whole or not at all, in bytes.
const LONGEST: usize = 4096;

/// Finds a tag: its place, its line, and the rest of the line.
fn tags<'a>(text: &'a str, name: &str) -> Vec<(usize, u32, &'a str)> {
    let ignored = ignored(text);
    let mut found = Vec::new();
    let mut line = 1;
    let mut counted = 0;
    let mut line_start = 0;
    let mut line_end = 0;
    for at in memmem::find_iter(text.as_bytes(), name) {
        let before = text.get(counted..at).unwrap_or_default();
        line_start = before.rfind(['\n', '\r']).map_or(line_start, |end| counted + end + 1);
        line += u32::try_from(before.matches('\n').count()).unwrap_or(u32::MAX);
        counted = at;
        if line_end <= at {
            line_end = text.get(at..).and_then(|rest| rest.find(['\n', '\r'])).map_or(text.len(), |end| at + end);
        }
        let lead = text.get(line_start..at).unwrap_or_default();
        let next = ignored.partition_point(|stretch| stretch.end <= at);
        if !is_comment(tail_of(lead)) || ignored.get(next).is_some_and(|stretch| stretch.contains(&at)) {
            continue;
        }
        let value = text.get(at + name.len()..line_end).unwrap_or_default().trim();
        found.push((at, line, value));
    }
    found
}

/// The end of what stands before a tag: on a very long line, all that is looked at.
fn tail_of(lead: &str) -> &str {
    const LONGEST: usize = 400;
    let mut start = lead.len().saturating_sub(LONGEST);
    while !lead.is_char_boundary(start) {
        start += 1;
    }
    lead.get(start..).unwrap_or_default()
}

/// The stretches in which tags do not count.
fn ignored(text: &str) -> Vec<Range<usize>> {
    let mut stretches = Vec::new();
    let mut from = 0;
    let find = |from: usize, mark: &str| text.get(from..).and_then(|rest| rest.find(mark)).map(|at| from + at);
    while let Some(start) = find(from, IGNORE.0) {
        let end = find(start, IGNORE.1);
        stretches.push(start..end.unwrap_or(text.len()));
        let Some(end) = end else { break };
        from = end;
    }
    stretches
}

/// Tells whether what stands before a tag on its line can open a comment.
fn is_comment(lead: &str) -> bool {
    const OPENINGS: [&str; 9] = ["//", "/*", "#", "--", "<!--", ";", "%", "(*", "{-"];
    let lead = lead.trim_end();
    if lead.ends_with(['"', '\'', '`']) && !lead.ends_with("\\\"") && !lead.ends_with("\"\"\"") {
        return false;
    }
    let word = lead.trim_start_matches(|letter: char| !letter.is_alphanumeric());
    let leader = word.is_empty()
        || ["dnl", "rem", "c", "copyright", "license"].iter().any(|leader| word.eq_ignore_ascii_case(leader));
    leader || OPENINGS.iter().any(|opening| lead.ends_with(opening))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_too_long_to_read_is_unknown() {
        let long = format!("// SPDX-License-Identifier: {}\n", "GPL-3.0-only and so on ".repeat(400));
        assert_eq!(read(&long), ["NOASSERTION"]);
    }

    fn read(text: &str) -> Vec<String> {
        licenses(text)
            .into_iter()
            .map(|piece| match piece.reading {
                Reading::License(expr) => expr.to_string(),
                Reading::Candidates(exprs) => exprs.iter().map(Expr::to_string).collect::<Vec<_>>().join(", "),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn tags_stand_in_comments() {
        for text in [
            "SPDX-License-Identifier: MIT OR Apache-2.0",
            "// SPDX-License-Identifier: MIT OR Apache-2.0",
            "/* SPDX-License-Identifier: MIT OR Apache-2.0 */",
            "<!-- SPDX-License-Identifier: MIT OR Apache-2.0 -->",
            "# SPDX-License-Identifier: MIT OR Apache-2.0\r\nx = 1",
            "dnl SPDX-License-Identifier: MIT OR Apache-2.0",
            "let x = 1; // SPDX-License-Identifier: MIT OR Apache-2.0",
            " * SPDX-License-Identifier: MIT OR Apache-2.0 {not this}",
        ] {
            assert_eq!(read(text), ["MIT OR Apache-2.0"], "{text}");
        }
    }

    #[test]
    fn a_tag_counts_whole_or_not_at_all() {
        for (value, expected) in [
            ("MIT AND Foo-1.0", "NOASSERTION"),
            ("MIT AND Foo Bar", "NOASSERTION"),
            ("MIT OR", "NOASSERTION"),
            ("((MIT", "NOASSERTION"),
            ("GPL-2.0-only WITH Foo", "NOASSERTION"),
            ("MIT but not for military use", "NOASSERTION"),
            ("Proprietary", "NOASSERTION"),
            ("Acme Commercial License", "NOASSERTION"),
            ("Apache 2.0", "Apache-2.0"),
            ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
            ("MIT, Apache-2.0", "MIT AND Apache-2.0, MIT OR Apache-2.0"),
            ("GPLv3", "GPL-3.0-only, GPL-3.0-or-later"),
            ("MIT          *", "MIT"),
            ("MIT.", "MIT"),
            ("MIT SPDX-FileCopyrightText: 2020 Coop", "MIT"),
        ] {
            assert_eq!(read(&format!("// SPDX-License-Identifier: {value}\n")), [expected], "{value}");
        }
    }

    #[test]
    fn a_tag_to_be_filled_in_says_nothing() {
        for value in ["", "<id>", "{{ license }}", "${LICENSE}", "[SPDX id]"] {
            assert!(read(&format!("# SPDX-License-Identifier: {value}\n")).is_empty(), "{value}");
        }
    }

    #[test]
    fn strings_and_ignored_stretches_hold_no_tags() {
        for text in [
            "print(\"SPDX-License-Identifier: MIT\")",
            "look for SPDX-License-Identifier: MIT in files",
            "# REUSE-IgnoreStart\n# SPDX-License-Identifier: MIT\n# REUSE-IgnoreEnd",
        ] {
            assert!(read(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn copyright_tags_are_read() {
        let found = copyrights("# SPDX-FileCopyrightText: 2020 Coop Shop <a@b.example>\n");
        assert_eq!((found[0].years.as_str(), found[0].holder.as_str()), ("2020", "Coop Shop <a@b.example>"));
    }
}
