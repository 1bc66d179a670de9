//! Copyright lines as data, for attribution: who holds it, which years.

use super::Copyright;
use super::copyright::{MARK, WORD, is_year};
use super::words::{COPYRIGHT, ITEM, LINE_START, Word, hash_of};

/// Reads the statements that [`mark`](super::copyright::mark) found.
pub(crate) fn read(text: &str, words: &[Word]) -> Vec<Copyright> {
    let mut found = Vec::new();
    let mut rest = words;
    while let Some(start) = rest.iter().position(|word| word.is(COPYRIGHT)) {
        rest = rest.get(start..).unwrap_or_default();
        let length = rest
            .iter()
            .enumerate()
            .position(|(at, word)| !word.is(COPYRIGHT) || (at > 0 && opens_statement(*word, rest.get(at + 1))))
            .unwrap_or(rest.len())
            .max(1);
        let (statement, after) = rest.split_at(length);
        rest = after;
        found.extend(parse(text, statement));
    }
    found
}

/// Tells whether a statement can open with this word.
fn opens_statement(word: Word, next: Option<&Word>) -> bool {
    let next_is_mark = next.is_some_and(|next| next.hash == MARK);
    WORD.contains(&word.hash) || (word.hash == MARK && word.is(LINE_START) && !next_is_mark)
}

fn parse(text: &str, words: &[Word]) -> Option<Copyright> {
    let opening = words.iter().position(|word| WORD.contains(&word.hash) || word.hash == MARK)?;
    let body = words.get(opening..)?;
    let last = body.iter().rposition(|word| word.hash == hash_of("reserved")).and_then(|at| {
        let start = at.checked_sub(2)?;
        (body.get(start)?.hash == hash_of("all")).then_some(start)
    });
    let body = last.map_or(body, |end| body.get(..end).unwrap_or_default());
    let (first, end) = (body.first()?, body.last()?);
    let is_lead = |word: &Word| {
        WORD.contains(&word.hash)
            || word.hash == MARK
            || word.hash == hash_of("by")
            || word.is(ITEM)
            || is_year(text, *word)
            || word.hash == hash_of("present")
    };
    let years: Vec<&Word> = body
        .iter()
        .skip_while(|word| !is_year(text, **word))
        .take_while(|word| is_year(text, **word) || word.hash == hash_of("present"))
        .collect();
    let years = match (years.first(), years.last()) {
        (Some(first), Some(last)) => text.get(first.start as usize..last.end as usize)?.to_owned(),
        _ => String::new(),
    };
    let holder_at = body.iter().position(|word| !is_lead(word));
    let holder = match holder_at.and_then(|at| body.get(at)) {
        Some(holder) => text.get(holder.start as usize..end.end as usize)?,
        None => "",
    };
    // The statement ends with what closes its last word: `S. Coop.`, `<a@example.org>`.
    let closing = text.get(end.end as usize..)?;
    let closing =
        closing.find(|letter: char| letter.is_whitespace() || letter.is_alphanumeric()).unwrap_or(closing.len());
    let whole = text.get(first.start as usize..end.end as usize + closing)?;
    Some(Copyright { text: one_line(whole), holder: one_line(holder), years: one_line(&years), line: first.line })
}

/// Joins the lines of a statement; comment leaders between them are left out.
fn one_line(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| line.trim().trim_start_matches(|letter: char| "/*#;%|".contains(letter) || letter.is_whitespace()));
    lines.collect::<Vec<_>>().join(" ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::copyright::{mark, slice};
    use super::super::words::split;
    use super::*;

    fn statements(text: &str) -> Vec<(String, String, u32)> {
        let mut words = split(text);
        mark(text, &mut words);
        read(text, &words).into_iter().map(|found| (found.years, found.holder, found.line)).collect()
    }

    fn left(text: &str) -> String {
        let mut words = split(text);
        mark(text, &mut words);
        let left = words.iter().filter(|word| !word.is(COPYRIGHT)).map(|word| slice(text, word));
        left.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn statements_are_read() {
        for (text, years, holder) in [
            ("Copyright (c) 2014-2019 The Rust Project Developers", "2014-2019", "The Rust Project Developers"),
            (
                "// Copyright © 2020, 2021 A. Person <a@b.example>\n// All rights reserved.",
                "2020, 2021",
                "A. Person <a@b.example",
            ),
            ("(c) 1999 Somebody", "1999", "Somebody"),
            (" * Copyright 2013 Coop Shop, S. Coop.", "2013", "Coop Shop, S. Coop"),
            ("Copyright Joyent, Inc. and other Node contributors.", "", "Joyent, Inc. and other Node contributors"),
            ("Portions Copyright (C) 1994 by X Consortium", "1994", "X Consortium"),
        ] {
            assert_eq!(statements(text), [(years.to_owned(), holder.to_owned(), 1)], "{text}");
            assert_eq!(left(text), "", "{text}");
        }
    }

    #[test]
    fn text_on_the_same_line_stays() {
        assert_eq!(left("Copyright (c) 2020 X. Permission is granted"), "Permission is granted");
        assert_eq!(left("Copyright 2020 X under the terms"), "under the terms");
    }

    #[test]
    fn prose_is_no_statement() {
        for text in [
            "copyright notice, this list of conditions",
            "Copyright holders may not",
            "(c) You must retain",
            "Copyright (c) 2020 X, who may not be sued",
            "copyright law",
        ] {
            assert!(statements(text).is_empty(), "{text}");
            assert_eq!(left(text).split(' ').count(), split(text).len(), "{text}");
        }
    }

    #[test]
    fn two_lines_are_two_statements() {
        let found = statements("Copyright 2001 A\nCopyright 2002 B\n");
        assert_eq!(found, [("2001".into(), "A".into(), 1), ("2002".into(), "B".into(), 2)]);
    }
}
