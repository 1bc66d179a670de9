//! Expressions in loose words: `MIT/Apache-2.0`, `GPL v2 or later and BSD`, `MIT (https://…)`.
//!
//! The text is cut at operators and parentheses; each phrase between them is looked up by itself.
//! `/` and `|` are read as OR, `&` as AND; a comma or semicolon says nothing, so that both readings are candidates.

use super::{MAX_CANDIDATES, Outcome, Reader, from_candidates};
use crate::license::expr::{ExceptionId, Expr, MAX_TERMS, Repair, exception_id};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'text> {
    Open,
    Close,
    Or,
    And,
    Comma,
    Phrase(&'text str),
}

/// The candidates of a part of the text.
type Candidates = Vec<Expr>;

pub(super) fn read(reader: &mut Reader, text: &str) -> Outcome {
    let tokens = tokens(text);
    let unknown = || Outcome::Unknown("the words name no license that is known".to_owned());
    if tokens.len() > 2 * MAX_TERMS {
        return unknown();
    }
    let n_repairs = reader.repairs.len();
    let mut parser = Parser { reader, tokens: &tokens, at: 0, depth: 0 };
    let found = parser.list().filter(|_| parser.at == tokens.len());
    reader.repairs.truncate(n_repairs);
    let Some(candidates) = found else { return unknown() };
    let outcome = from_candidates(candidates);
    if let Outcome::Expression(expr) = &outcome {
        reader.repairs.push(Repair { from: text.to_owned(), to: expr.to_string(), why: "loose words" });
    }
    outcome
}

struct Parser<'run, 'text, 'reader> {
    reader: &'run mut Reader<'reader>,
    tokens: &'run [Token<'text>],
    at: usize,
    depth: usize,
}

impl<'text> Parser<'_, 'text, '_> {
    const MAX_DEPTH: usize = 32;

    fn peek(&self) -> Option<Token<'text>> {
        self.tokens.get(self.at).copied()
    }

    /// Parts joined by commas: all of them apply, or any may be chosen.
    fn list(&mut self) -> Option<Candidates> {
        let mut parts = vec![self.alternatives()?];
        while self.peek() == Some(Token::Comma) {
            self.at += 1;
            // `MIT, or Apache-2.0`: the word after the comma is the operator of the whole list.
            let spoken = self.peek().filter(|token| matches!(token, Token::Or | Token::And));
            if let Some(operator) = spoken {
                self.at += 1;
                parts.push(self.alternatives()?);
                let join = if operator == Token::Or { Expr::any } else { Expr::all };
                return combine(&parts, join);
            }
            parts.push(self.alternatives()?);
        }
        if parts.len() == 1 {
            return parts.pop();
        }
        let mut both = combine(&parts, Expr::all)?;
        both.extend(combine(&parts, Expr::any)?);
        Some(both)
    }

    fn alternatives(&mut self) -> Option<Candidates> {
        let mut parts = vec![self.conjunction()?];
        while self.peek() == Some(Token::Or) {
            self.at += 1;
            parts.push(self.conjunction()?);
        }
        combine(&parts, Expr::any)
    }

    fn conjunction(&mut self) -> Option<Candidates> {
        let mut parts = vec![self.part()?];
        while self.peek() == Some(Token::And) {
            self.at += 1;
            parts.push(self.part()?);
        }
        combine(&parts, Expr::all)
    }

    fn part(&mut self) -> Option<Candidates> {
        let first = match self.peek()? {
            Token::Open => self.group()?,
            Token::Phrase(phrase) => {
                let phrase = phrase.to_owned();
                self.at += 1;
                self.phrase(&phrase)?
            }
            Token::Close | Token::Or | Token::And | Token::Comma => return None,
        };
        // `MIT (https://…)`: a parenthesis right after a name must say the same.
        if self.peek() == Some(Token::Open) {
            let aside = self.group()?;
            return (aside.iter().all(|expr| first.contains(expr))).then_some(aside);
        }
        Some(first)
    }

    fn group(&mut self) -> Option<Candidates> {
        self.depth += 1;
        if self.depth > Self::MAX_DEPTH {
            return None;
        }
        self.at += 1;
        let inner = self.list()?;
        if self.peek() != Some(Token::Close) {
            return None;
        }
        self.at += 1;
        self.depth -= 1;
        Some(inner)
    }

    fn phrase(&mut self, phrase: &str) -> Option<Candidates> {
        // The order is the format's: see `Reader::outcome`.
        let found = self.reader.spelling(phrase).or_else(|| self.reader.grammar(phrase));
        let found = found.or_else(|| self.reader.near_spelling(phrase));
        match found {
            Some(Outcome::Expression(expr)) => Some(vec![expr]),
            Some(Outcome::Candidates(candidates)) => Some(candidates),
            Some(Outcome::SeeFile(_) | Outcome::Unknown(_)) => None,
            None => self.with_exception(phrase),
        }
    }

    /// Reads `GPL-2.0 with Classpath-exception-2.0`, in any case and with `with` in any spelling of the list.
    fn with_exception(&mut self, phrase: &str) -> Option<Candidates> {
        let lower = phrase.to_ascii_lowercase();
        let at = lower.find(" with ").or_else(|| lower.find(" w/ "))?;
        let (license, rest) = phrase.split_at_checked(at)?;
        let exception = rest.trim_start().split_once(' ')?.1.trim();
        let exception = ExceptionId::Spdx(exception_id(exception)?);
        let candidates = self.phrase(license.trim())?;
        candidates
            .into_iter()
            .map(|expr| match expr {
                Expr::License(mut license) if license.exception.is_none() => {
                    license.exception = Some(exception.clone());
                    Some(Expr::License(license))
                }
                _ => None,
            })
            .collect()
    }
}

/// Joins each choice of candidates of the parts.
pub(super) fn combine(parts: &[Candidates], join: fn(Vec<Expr>) -> Option<Expr>) -> Option<Candidates> {
    let mut rows: Vec<Vec<Expr>> = vec![Vec::new()];
    for part in parts {
        let mut longer = Vec::new();
        for row in &rows {
            for candidate in part {
                let mut row = row.clone();
                row.push(candidate.clone());
                longer.push(row);
            }
        }
        if longer.len() > MAX_CANDIDATES {
            return None;
        }
        rows = longer;
    }
    rows.into_iter().map(join).collect()
}

/// Returns whether no operator and no parenthesis stands in a text.
pub(super) fn is_one_phrase(text: &str) -> bool {
    matches!(tokens(text).as_slice(), [Token::Phrase(_)])
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    // Where the phrase under way starts and ends.
    let mut phrase: Option<(usize, usize)> = None;
    let mut words = words(text).into_iter().peekable();
    while let Some((offset, word)) = words.next() {
        let next = words.peek().map(|(_, next)| next.to_ascii_lowercase()).unwrap_or_default();
        let token = match word.to_ascii_lowercase().as_str() {
            // `Apache License, Version 2.0` and `GPL v2 or later` are one phrase each.
            "," if phrase.is_some() && is_version(&next) => continue,
            "or" if phrase.is_some() && matches!(next.as_str(), "later" | "newer" | "greater" | "higher" | "any") => {
                continue;
            }
            "(" | "[" => Token::Open,
            ")" | "]" => Token::Close,
            "/" | "|" | "||" | "or" | "and/or" => Token::Or,
            "&" | "&&" | "and" => Token::And,
            "," | ";" => Token::Comma,
            _ => {
                let start = phrase.map_or(offset, |(start, _)| start);
                phrase = Some((start, offset + word.len()));
                continue;
            }
        };
        tokens.extend(phrase.take().and_then(|(start, end)| text.get(start..end)).map(Token::Phrase));
        tokens.push(token);
    }
    tokens.extend(phrase.and_then(|(start, end)| text.get(start..end)).map(Token::Phrase));
    tokens
}

fn is_version(word: &str) -> bool {
    let number = word.strip_prefix("version").or_else(|| word.strip_prefix('v'));
    number.is_some_and(|number| number.chars().all(|char| char.is_ascii_digit() || char == '.'))
}

/// Cuts a text at white space and around single-character operators, but leaves addresses, `and/or` and `w/` whole.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut offset = 0;
    for piece in text.split_inclusive(char::is_whitespace) {
        let mut rest = piece.trim_end();
        let mut at = offset;
        offset += piece.len();
        let whole = rest.eq_ignore_ascii_case("and/or") || rest.eq_ignore_ascii_case("w/");
        while !rest.is_empty() {
            let length = if whole { rest.len() } else { word_length(rest) };
            let Some((word, tail)) = rest.split_at_checked(length) else { break };
            words.push((at, word));
            at += length;
            rest = tail;
        }
    }
    words
}

fn word_length(chunk: &str) -> usize {
    let is_operator = |char: char| matches!(char, '(' | ')' | '[' | ']' | ',' | ';' | '/' | '|' | '&');
    if chunk.starts_with(is_operator) {
        return 1;
    }
    let is_end = |char: char| if chunk.contains("://") { matches!(char, '(' | ')' | ',') } else { is_operator(char) };
    chunk.find(is_end).unwrap_or(chunk.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_operators() {
        use Token::{And, Close, Comma, Open, Or, Phrase};
        for (text, expect) in [
            ("MIT/Apache-2.0", vec![Phrase("MIT"), Or, Phrase("Apache-2.0")]),
            ("GPL v2 or later and X", vec![Phrase("GPL v2 or later"), And, Phrase("X")]),
            ("A License, Version 2.0 or MIT", vec![Phrase("A License, Version 2.0"), Or, Phrase("MIT")]),
            ("A, Vim", vec![Phrase("A"), Comma, Phrase("Vim")]),
            ("(A and B);C", vec![Open, Phrase("A"), And, Phrase("B"), Close, Comma, Phrase("C")]),
            ("MIT (https://x.example/a/b)", vec![Phrase("MIT"), Open, Phrase("https://x.example/a/b"), Close]),
            ("GPL w/ x", vec![Phrase("GPL w/ x")]),
        ] {
            assert_eq!(tokens(text), expect, "{text}");
        }
    }
}
