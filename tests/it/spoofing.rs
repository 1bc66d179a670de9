//! A license with another meaning is never reported as the license; one in another dress always is.

use ppl_check::license::identify::{Conclusion, identify};
use rayon::prelude::*;

const LICENSES: [&str; 20] = [
    "0BSD",
    "AGPL-3.0-only",
    "Apache-2.0",
    "Artistic-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "CC0-1.0",
    "EPL-2.0",
    "GPL-2.0-only",
    "GPL-3.0-only",
    "ISC",
    "LGPL-2.1-only",
    "MIT",
    "MPL-2.0",
    "PPL",
    "Unlicense",
    "Zlib",
];

fn text_of(id: &str) -> &'static str {
    spdx::license_id(id).unwrap().text()
}

/// Tells whether a text is reported as a license, alone or beside others.
fn is_reported_as(id: &str, text: &str) -> bool {
    match &identify("LICENSE", text).conclusion {
        Conclusion::Expression(expr) | Conclusion::SuffixUnstated(expr) => {
            expr.licenses().iter().any(|license| license.id.to_string() == id)
        }
        _ => false,
    }
}

/// Replaces the first of these words that stands in the text.
fn replaced(text: &str, words: &[(&str, &str)]) -> String {
    let ends = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let found = words.iter().find_map(|(from, to)| {
        let at = text.match_indices(from).map(|(at, _)| at).find(|&at| {
            let bytes = text.as_bytes();
            ends(at.checked_sub(1).and_then(|before| bytes.get(before))) && ends(bytes.get(at + from.len()))
        })?;
        let (before, after) = text.split_at(at);
        Some(format!("{before}{to}{}", after.strip_prefix(from)?))
    });
    found.unwrap_or_else(|| panic!("none of the words is in the text: {words:?}"))
}

/// Puts a sentence behind the middle paragraph.
fn with_sentence(text: &str, sentence: &str) -> String {
    let breaks: Vec<usize> = text.match_indices("\n\n").map(|(at, _)| at).collect();
    let at = breaks.get(breaks.len() / 2).copied().unwrap_or(text.len());
    let (before, after) = text.split_at(at);
    format!("{before}\n\n{sentence}{after}")
}

/// Takes out the longest paragraph of the terms.
fn without_longest_paragraph(text: &str) -> String {
    let paragraphs: Vec<&str> = text.split("\n\n").collect();
    // What an organization says about itself and its licenses is no clause.
    let clauses = paragraphs.iter().filter(|paragraph| !paragraph.to_lowercase().contains("creative commons"));
    let longest = clauses.max_by_key(|paragraph| paragraph.len()).unwrap();
    paragraphs.iter().filter(|paragraph| *paragraph != longest).copied().collect::<Vec<_>>().join("\n\n")
}

fn spoofed(text: &str) -> Vec<(&'static str, String)> {
    let other = if text.contains("MIT License") { text_of("ISC") } else { text_of("MIT") };
    let title = text.lines().find(|line| line.len() > 3).unwrap();
    vec![
        (
            "a grant denied",
            replaced(
                text,
                &[
                    ("hereby granted,", "hereby not granted,"),
                    ("hereby granted", "hereby not granted"),
                    ("granted", "not granted"),
                    ("are permitted", "are not permitted"),
                    ("grants You", "grants You no"),
                    ("grants you", "grants you no"),
                    ("hereby grants", "hereby does not grant"),
                    ("is free", "is not free"),
                    ("may", "may not"),
                ],
            ),
        ),
        (
            "limited to some",
            replaced(
                text,
                &[
                    ("any purpose", "any non-commercial purpose"),
                    ("any person", "any non-commercial person"),
                    ("use", "non-commercial use"),
                    ("use,", "non-commercial use,"),
                    ("Use", "non-commercial Use"),
                    ("anyone", "any cooperative"),
                    ("copies", "non-commercial copies"),
                    ("License", "non-commercial License"),
                ],
            ),
        ),
        (
            "a negation gone",
            replaced(text, &[("not", ""), ("NOT", ""), ("without", "with"), ("WITHOUT", "WITH"), ("no", "every")]),
        ),
        ("a field of use ruled out", with_sentence(text, "The Software may not be used for military purposes.")),
        ("a payment asked for", with_sentence(text, "Commercial use requires a license fee.")),
        ("hidden in a comment", with_sentence(text, "<!-- You must not use this work in products that you sell. -->")),
        ("training ruled out", with_sentence(text, "Training of machine learning models is prohibited.")),
        (
            "a letter of another alphabet",
            replaced(
                text,
                &[
                    ("not", "n\u{43e}t"),
                    ("granted", "gr\u{430}nted"),
                    ("granted,", "gr\u{430}nted,"),
                    ("without", "with\u{43e}ut"),
                    ("is", "\u{456}s"),
                ],
            ),
        ),
        (
            "a hidden letter",
            replaced(
                text,
                &[
                    ("not", "n\u{200b}ot"),
                    ("granted", "grant\u{200b}ed"),
                    ("granted,", "grant\u{200b}ed,"),
                    ("without", "wi\u{200d}thout"),
                    ("is", "i\u{2060}s"),
                ],
            ),
        ),
        ("a clause taken out", without_longest_paragraph(text)),
        ("a title over another body", format!("{title}\n\n{}", other.lines().skip(1).collect::<Vec<_>>().join("\n"))),
    ]
}

#[test]
fn changed_texts_are_never_the_license() {
    let cases: Vec<(&str, &str, String)> = LICENSES
        .iter()
        .flat_map(|id| spoofed(text_of(id)).into_iter().map(move |(how, text)| (*id, how, text)))
        .collect();
    assert!(cases.len() >= 200);
    for (id, how, text) in &cases {
        assert_ne!(text, text_of(id), "{id}: {how}");
    }
    let fooled: Vec<String> = cases
        .par_iter()
        .filter(|(id, _, text)| is_reported_as(id, text))
        .map(|(id, how, _)| format!("{id}: {how}"))
        .collect();
    assert!(fooled.is_empty(), "{fooled:#?}");
}

#[test]
fn padding_hides_nothing() {
    let changed = text_of("MIT").replace("is hereby granted", "is hereby not granted");
    for padding in ["\n".repeat(10 << 20), "word ".repeat(2 << 20)] {
        assert!(!is_reported_as("MIT", &format!("{padding}{changed}")));
    }
}

/// The same license as somebody else would have it: number `at` of many.
fn honest(text: &str, at: usize) -> String {
    const HOLDERS: [&str; 5] = [
        "Jane Doe",
        "The Example Authors <team@example.org>",
        "ACME GmbH & Co. KG",
        "José Ñandú",
        "Coop Shop, S. Coop.",
    ];
    const YEARS: [&str; 4] = ["2024", "1999-2026", "2010, 2012, 2015", "2019-present"];
    const WIDTHS: [usize; 5] = [0, 60, 72, 100, 100_000];
    let holder = HOLDERS[at % 5];
    let years = YEARS[at / 5 % 4];
    let mut text = text.to_owned();
    for blank in [
        "<year> <copyright holders>",
        "<year> <owner>",
        "<year> by <author> <email>",
        "[yyyy] [name of copyright owner]",
        "<year>  <name of author>",
    ] {
        text = text.replace(blank, &format!("{years} {holder}"));
    }
    if at % 3 == 1 {
        text = text.replace('"', "\u{201c}").replace('\'', "\u{2019}");
    }
    if at % 3 == 2 {
        text = text.replace("http://", "https://");
    }
    let width = WIDTHS[at / 7 % 5];
    if width > 0 {
        let paragraphs = text.split("\n\n").map(|paragraph| wrapped(paragraph, width));
        text = paragraphs.collect::<Vec<_>>().join("\n\n");
    }
    if at % 4 == 3 {
        text = text.lines().map(|line| format!("# {line}")).collect::<Vec<_>>().join("\n");
    }
    if at % 11 == 5 {
        text = text.replace('\n', "\r\n");
    }
    if at % 13 == 6 {
        text = format!("Copyright {years} {holder}\n\n{text}");
    }
    text
}

/// Breaks a paragraph at other words; lines of a copyright notice stay, for they are lines.
fn wrapped(paragraph: &str, width: usize) -> String {
    if paragraph.to_lowercase().contains("copyright") && paragraph.lines().count() > 1 {
        return paragraph.to_owned();
    }
    let mut lines = vec![String::new()];
    for word in paragraph.split_whitespace() {
        let line = lines.last_mut().unwrap();
        if !line.is_empty() && line.len() + word.len() >= width {
            lines.push(word.to_owned());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[test]
fn honest_copies_are_the_license() {
    let cases: Vec<(&str, usize)> = LICENSES.iter().flat_map(|id| (0..100).map(move |at| (*id, at))).collect();
    let missed: Vec<String> = cases
        .par_iter()
        .filter(|(id, at)| !is_reported_as(id, &honest(text_of(id), *at)))
        .map(|(id, at)| format!("{id} {at}"))
        .collect();
    assert!(cases.len() == 2000 && missed.len() <= 10, "{} missed: {missed:?}", missed.len());
}
