//! The parser of license expressions: one pass, an explicit stack, bounded work.

use thiserror::Error;

use super::{ExceptionId, Expr, Id, License, exception_id, license_id};

/// The longest expression that is read, in bytes.
pub const MAX_BYTES: usize = 8 * 1024;

/// The most licenses an expression may have.
pub const MAX_TERMS: usize = 512;

/// An expression and what had to be repaired to read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The expression.
    pub expr: Expr,
    /// What differs from the grammar, in the order of the text.
    pub repairs: Vec<Repair>,
}

/// One thing that was read although the grammar has it otherwise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Repair {
    /// What stands in the text.
    pub from: String,
    /// What it was read as.
    pub to: String,
    /// Why: a lowercase fragment.
    pub why: &'static str,
}

/// Why a text is not a license expression, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{kind} at byte {offset}")]
pub struct ParseError {
    /// What is wrong.
    pub kind: ParseErrorKind,
    /// The byte at which it was noticed, from 0.
    pub offset: usize,
}

/// What is wrong with a license expression.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ParseErrorKind {
    /// There is nothing.
    #[error("the expression is empty")]
    Empty,
    /// It is too long.
    #[error("the expression is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// It has too many licenses.
    #[error("the expression has more than {MAX_TERMS} licenses")]
    TooManyTerms,
    /// A word is not an id.
    #[error("`{0}` is not a license id")]
    UnknownLicense(String),
    /// A word after `WITH` is not an exception.
    #[error("`{0}` is not an exception id")]
    UnknownException(String),
    /// A license was expected.
    #[error("expected a license, found {0}")]
    ExpectedLicense(String),
    /// An operator was expected.
    #[error("expected `AND`, `OR` or the end, found {0}")]
    ExpectedOperator(String),
    /// A parenthesis has no partner.
    #[error("a parenthesis has no partner")]
    Parenthesis,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'text> {
    Open,
    Close,
    Word(&'text str),
}

/// A group under construction: the operands of `OR`, the last of which are the operands of `AND`.
struct Group {
    alternatives: Vec<Expr>,
    conjunction: Vec<Expr>,
    offset: usize,
}

impl Group {
    fn new(offset: usize) -> Self {
        Self { alternatives: Vec::new(), conjunction: Vec::new(), offset }
    }

    fn close_conjunction(&mut self) {
        self.alternatives.extend(Expr::all(std::mem::take(&mut self.conjunction)));
    }

    fn finish(mut self) -> Option<Expr> {
        self.close_conjunction();
        Expr::any(self.alternatives)
    }
}

/// What may follow the last token.
#[derive(PartialEq, Eq)]
enum Expect {
    License,
    OperatorOrWith,
    Operator,
    Exception,
}

pub(super) fn parse(text: &str) -> Result<Parsed, ParseError> {
    let fail = |kind, offset| Err(ParseError { kind, offset });
    if text.len() > MAX_BYTES {
        return fail(ParseErrorKind::TooLong, MAX_BYTES);
    }
    let mut repairs = Vec::new();
    let mut groups = vec![Group::new(0)];
    let mut expect = Expect::License;
    let mut n_terms = 0;
    for (offset, token) in tokens(text) {
        let Some(group) = groups.last_mut() else { return fail(ParseErrorKind::Parenthesis, offset) };
        match (token, &expect) {
            (Token::Open, Expect::License) => groups.push(Group::new(offset)),
            (Token::Close, Expect::Operator | Expect::OperatorOrWith) => {
                let inner = groups.pop().and_then(Group::finish);
                let (Some(inner), Some(outer)) = (inner, groups.last_mut()) else {
                    return fail(ParseErrorKind::Parenthesis, offset);
                };
                outer.conjunction.push(inner);
                expect = Expect::Operator;
            }
            (Token::Word(word), Expect::License) => {
                if operator(word).is_some() {
                    return fail(ParseErrorKind::ExpectedLicense(format!("`{word}`")), offset);
                }
                n_terms += 1;
                if n_terms > MAX_TERMS {
                    return fail(ParseErrorKind::TooManyTerms, offset);
                }
                let Some(license) = read_license(word, &mut repairs) else {
                    return fail(ParseErrorKind::UnknownLicense(word.to_owned()), offset);
                };
                group.conjunction.push(Expr::License(license));
                expect = Expect::OperatorOrWith;
            }
            (Token::Word(word), Expect::Exception) => {
                let Some(exception) = read_exception(word, &mut repairs) else {
                    return fail(ParseErrorKind::UnknownException(word.to_owned()), offset);
                };
                if let Some(Expr::License(license)) = group.conjunction.last_mut() {
                    license.exception = Some(exception);
                }
                expect = Expect::Operator;
            }
            (Token::Word(word), Expect::Operator | Expect::OperatorOrWith) => {
                let found = operator(word).filter(|found| *found != "WITH" || expect == Expect::OperatorOrWith);
                let Some(found) = found else {
                    return fail(ParseErrorKind::ExpectedOperator(format!("`{word}`")), offset);
                };
                if word != found && word != found.to_ascii_lowercase() {
                    repairs.push(Repair { from: word.to_owned(), to: found.to_owned(), why: "operator case" });
                }
                if found == "OR" {
                    group.close_conjunction();
                }
                expect = if found == "WITH" { Expect::Exception } else { Expect::License };
            }
            (Token::Open, _) => return fail(ParseErrorKind::ExpectedOperator("`(`".to_owned()), offset),
            (Token::Close, _) => return fail(ParseErrorKind::ExpectedLicense("`)`".to_owned()), offset),
        }
    }
    if n_terms == 0 && groups.len() == 1 {
        return fail(ParseErrorKind::Empty, text.len());
    }
    if matches!(expect, Expect::License | Expect::Exception) {
        return fail(ParseErrorKind::ExpectedLicense("the end".to_owned()), text.len());
    }
    let last = groups.pop();
    if let Some(open) = groups.last() {
        return fail(ParseErrorKind::Parenthesis, last.map_or(open.offset, |group| group.offset));
    }
    match last.and_then(Group::finish) {
        Some(expr) => Ok(Parsed { expr, repairs }),
        None => fail(ParseErrorKind::Empty, text.len()),
    }
}

fn tokens(text: &str) -> impl Iterator<Item = (usize, Token<'_>)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        let offset = text.len() - rest.len();
        let (token, length) = match rest.chars().next()? {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            _ => {
                let end = rest.find(|char: char| char.is_whitespace() || matches!(char, '(' | ')'));
                let word = rest.split_at_checked(end.unwrap_or(rest.len())).map_or(rest, |(word, _)| word);
                (Token::Word(word), word.len())
            }
        };
        rest = rest.split_at_checked(length).map_or("", |(_, tail)| tail);
        Some((offset, token))
    })
}

fn operator(word: &str) -> Option<&'static str> {
    ["AND", "OR", "WITH"].into_iter().find(|operator| operator.eq_ignore_ascii_case(word))
}

fn read_license(word: &str, repairs: &mut Vec<Repair>) -> Option<License> {
    match word {
        "NONE" => return Some(License::new(Id::None)),
        "NOASSERTION" => return Some(License::new(Id::NoAssertion)),
        _ => {}
    }
    // Some deprecated ids end in `+` themselves.
    if let Some(id) = license_id(word) {
        note_case(word, id, repairs);
        return Some(License::new(Id::Spdx(id)));
    }
    let (name, or_later) = word.strip_suffix('+').map_or((word, false), |name| (name, true));
    let id = if let Some(id) = license_id(name) {
        note_case(name, id, repairs);
        Id::Spdx(id)
    } else {
        let (document, name) = reference(name, "LicenseRef-", repairs)?;
        Id::Ref { document, name }
    };
    Some(License { id, or_later, exception: None })
}

fn read_exception(word: &str, repairs: &mut Vec<Repair>) -> Option<ExceptionId> {
    if let Some(id) = exception_id(word) {
        note_case(word, id, repairs);
        return Some(ExceptionId::Spdx(id));
    }
    for prefix in ["AdditionRef-", "LicenseRef-"] {
        if let Some((document, name)) = reference(word, prefix, repairs) {
            return Some(ExceptionId::Ref { document, name: format!("{prefix}{name}") });
        }
    }
    None
}

/// Splits `DocumentRef-d:LicenseRef-n`; `_` is met in names though the grammar lacks it, and is read as `-`.
fn reference(word: &str, prefix: &str, repairs: &mut Vec<Repair>) -> Option<(Option<String>, String)> {
    let (document, rest) = match word.strip_prefix("DocumentRef-") {
        Some(rest) => rest.split_once(':').map(|(document, rest)| (Some(document), rest))?,
        None => (None, word),
    };
    let name = rest.strip_prefix(prefix)?;
    let valid = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
    };
    if !valid(name) || !document.is_none_or(valid) {
        return None;
    }
    let clean = name.replace('_', "-");
    if clean != name {
        repairs.push(Repair { from: name.to_owned(), to: clean.clone(), why: "`_` is not allowed in a reference" });
    }
    Some((document.map(|document| document.replace('_', "-")), clean))
}

fn note_case(word: &str, id: &str, repairs: &mut Vec<Repair>) {
    if word != id {
        repairs.push(Repair { from: word.to_owned(), to: id.to_owned(), why: "letter case" });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let found = match parse(text) {
            Ok(parsed) => parsed.expr.to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn reads_what_the_grammar_allows() {
        check("MIT", "MIT");
        check(" MIT  OR\n(Apache-2.0) ", "MIT OR Apache-2.0");
        check("MIT AND ISC OR PPL", "MIT AND ISC OR PPL");
        check("MIT AND (ISC OR PPL)", "MIT AND (ISC OR PPL)");
        check("((MIT AND ISC) AND PPL)", "MIT AND ISC AND PPL");
        check("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0");
        check("GPL-2.0+", "GPL-2.0+");
        check("MPL-1.1+ OR LicenseRef-x", "MPL-1.1+ OR LicenseRef-x");
        check("DocumentRef-a:LicenseRef-b.c", "DocumentRef-a:LicenseRef-b.c");
        check("MIT WITH AdditionRef-x", "MIT WITH AdditionRef-x");
        check("MIT AND NONE", "MIT AND NONE");
        check("NOASSERTION", "NOASSERTION");
        check("mit OR apache-2.0", "MIT OR Apache-2.0");
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        check("", "the expression is empty at byte 0");
        check("()", "expected a license, found `)` at byte 1");
        check("MIT OR", "expected a license, found the end at byte 6");
        check("OR MIT", "expected a license, found `OR` at byte 0");
        check("MIT ISC", "expected `AND`, `OR` or the end, found `ISC` at byte 4");
        check("(MIT", "a parenthesis has no partner at byte 0");
        check("MIT)", "a parenthesis has no partner at byte 3");
        check("MIT License", "expected `AND`, `OR` or the end, found `License` at byte 4");
        check("Foo", "`Foo` is not a license id at byte 0");
        check("MIT WITH Foo", "`Foo` is not an exception id at byte 9");
        check("(MIT OR ISC) WITH Classpath-exception-2.0", "expected `AND`, `OR` or the end, found `WITH` at byte 13");
        check("LicenseRef-", "`LicenseRef-` is not a license id at byte 0");
    }

    #[test]
    fn deep_and_huge_expressions_are_bounded() {
        let deep = format!("{}MIT{}", "(".repeat(4000), ")".repeat(4000));
        check(&deep, "MIT");
        let deeper = format!("{}MIT{}", "(".repeat(10_000), ")".repeat(10_000));
        check(&deeper, "the expression is longer than 8192 bytes at byte 8192");
        let huge = vec!["MIT"; 100_000].join(" OR ");
        check(&huge, "the expression is longer than 8192 bytes at byte 8192");
        let many = vec!["MIT"; 513].join(" OR ");
        assert!(matches!(parse(&many), Err(ParseError { kind: ParseErrorKind::TooManyTerms, .. })));
    }

    #[test]
    fn repairs_are_recorded() {
        let parsed = parse("mit Or LicenseRef-my_own").unwrap();
        assert_eq!(parsed.expr.to_string(), "MIT OR LicenseRef-my-own");
        assert_eq!(parsed.repairs.len(), 3);
    }
}
