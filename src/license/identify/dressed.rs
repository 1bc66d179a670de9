//! Every known text as it stands in the files of others: without its title, in comments, in markup.

use super::format::{TEXT_EXCEPTION, TEXT_SUFFIX_UNSTATED};
use super::index::compiled;
use super::piece::expression;
use super::{Conclusion, Method, identify};

/// Texts that are other ones but for their titles; and one, made of amendments to another license, that nothing is
/// found of without it.
const TOLD_BY_TITLE: [&str; 3] = ["OLDAP-1.1", "OLDAP-2.3", "NPL-1.1"];

/// Checks that every known text is found in a file of this name when dressed by `dress`.
fn check(name: &str, dress: impl Fn(&str) -> String) {
    check_but(name, &[], 1, dress);
}

/// Checks one of `step` known texts, and none of those named.
fn check_but(name: &str, but: &[&str], step: usize, dress: impl Fn(&str) -> String) {
    let index = compiled();
    let mut wrong = Vec::new();
    for text in (0..index.n_texts()).step_by(step) {
        let id = index.id(text);
        if but.contains(&id) {
            continue;
        }
        let found = identify(name, &dress(&index.verbatim(text)));
        let right = match &found.conclusion {
            Conclusion::Exception(found) => index.is(text, TEXT_EXCEPTION) && found.to_string() == id,
            Conclusion::SuffixUnstated(found) => {
                index.is(text, TEXT_SUFFIX_UNSTATED) && Some(found) == expression(id).as_ref()
            }
            Conclusion::Expression(found) => Some(found) == expression(id).as_ref(),
            _ => false,
        };
        if !right {
            wrong.push(format!("{id}: {:?}", found.conclusion));
        }
    }
    assert!(wrong.is_empty(), "{} in {name}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn as_published() {
    let index = compiled();
    for text in 0..index.n_texts() {
        assert_eq!(identify("LICENSE", &index.verbatim(text)).method, Some(Method::Exact), "{}", index.id(text));
    }
    check("LICENSE", str::to_owned);
}

#[test]
fn on_other_lines() {
    check("LICENSE", |text| {
        let paragraphs = text.split("\n\n").map(|paragraph| {
            if paragraph.to_lowercase().contains("copyright (c)") || paragraph.contains('©') {
                // Line breaks in a copyright statement decide where it ends.
                return paragraph.to_owned();
            }
            let words: Vec<&str> = paragraph.split_whitespace().collect();
            words.chunks(9).map(|line| line.join(" ")).collect::<Vec<_>>().join("\r\n")
        });
        paragraphs.collect::<Vec<_>>().join("\r\n\r\n")
    });
}

fn lines(text: &str, each: impl Fn(&str) -> String) -> String {
    text.lines().map(each).collect::<Vec<_>>().join("\n")
}

/// Puts something before every line.
fn led(leader: &'static str) -> impl Fn(&str) -> String {
    move |text| lines(text, |line| format!("{leader}{line}")) + "\n"
}

/// Puts a text between the ends of a comment; what would end it there is parted.
fn within(open: &'static str, close: &'static str) -> impl Fn(&str) -> String {
    move |text| {
        let parted = close.chars().map(String::from).collect::<Vec<_>>().join(" ");
        format!("{open}\n{}\n{close}\n", text.replace(close, &parted))
    }
}

/// The text without what stands above its first sentence.
fn without_title(text: &str) -> String {
    const LONGEST: usize = 12;
    const LONGEST_LINE: usize = 100;
    let text = text.trim_start();
    match text.split_once("\n\n") {
        Some((title, rest))
            if title.split_whitespace().count() <= LONGEST
                && title.len() <= LONGEST_LINE
                && !title.trim_end_matches(['"', ')', '”']).ends_with(['.', ':', ';', ','])
                && !title.to_lowercase().contains("copyright")
                && !rest.trim().is_empty() =>
        {
            rest.to_owned()
        }
        _ => text.to_owned(),
    }
}

#[test]
fn without_their_titles() {
    check_but("LICENSE", &TOLD_BY_TITLE, 1, without_title);
}

#[test]
fn behind_the_leaders_of_line_comments() {
    for (name, leader) in
        [("main.rs", "// "), ("main.py", "# "), ("main.sql", "-- "), ("main.tex", "% "), ("main.el", ";; ")]
    {
        check(name, led(leader));
    }
}

#[test]
fn behind_rarer_leaders() {
    for (name, leader) in [
        ("main.tex", "% "),
        ("main.el", ";; "),
        ("main.f90", "! "),
        ("main.bat", "rem "),
        ("configure.ac", "dnl "),
        ("main.vb", "' "),
        ("main.1", ".\\\" "),
    ] {
        check_but(name, &[], 5, led(leader));
    }
}

#[test]
fn within_block_comments() {
    for (name, open, close) in
        [("main.c", "/*", "*/"), ("main.ml", "(*", "*)"), ("main.hs", "{-", "-}"), ("main.py", "\"\"\"", "\"\"\"")]
    {
        check(name, within(open, close));
    }
    check("page.html", within("<!--", "-->"));
}

#[test]
fn within_boxes() {
    check("main.c", |text| {
        let edge = "*".repeat(78);
        let text = text.replace("*/", "* /");
        format!("/{edge}\n{}\n{edge}/\n", lines(&text, |line| format!(" * {line:<74} *")))
    });
    check("main.sh", |text| {
        let edge = "#".repeat(78);
        format!("{edge}\n{}\n{edge}\n", lines(text, |line| format!("# {line:<74} #")))
    });
}

fn entities(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    text.replace(['“', '”'], "&ldquo;").replace(['\'', '’'], "&#x27;").replace('§', "&sect;").replace('©', "&copy;")
}

#[test]
fn as_pages() {
    check("LICENSE.html", |text| {
        let paragraphs: Vec<String> = text.split("\n\n").map(|text| format!("<p>{}</p>", entities(text))).collect();
        format!("<!DOCTYPE html>\n<html><body>\n{}\n</body></html>\n", paragraphs.join("\n"))
    });
    check("LICENSE.html", |text| format!("<html><body><pre>\n{}\n</pre></body></html>\n", entities(text)));
}

#[test]
fn with_other_quotes() {
    for (open, close, single) in [("«", "»", "’"), ("„", "“", "‘"), ("``", "''", "'"), ("“", "”", "´")] {
        check("LICENSE", |text| {
            let mut opens = false;
            let mut out = String::new();
            for letter in text.chars() {
                match letter {
                    '"' | '“' | '”' | '«' | '»' => {
                        opens = !opens;
                        out.push_str(if opens { open } else { close });
                    }
                    '\'' | '’' | '‘' | '`' => out.push_str(single),
                    letter => out.push(letter),
                }
            }
            out
        });
    }
}

#[test]
fn with_other_spaces_and_line_ends() {
    check("LICENSE", |text| text.replace('\n', "\r\n"));
    check("LICENSE", |text| lines(text, |line| format!("\t{}   ", line.replace(' ', "  "))));
    check("LICENSE", |text| text.replace(' ', "\u{a0}"));
}

#[test]
fn as_markdown() {
    check("LICENSE.md", led("> "));
    check("README.md", |text| format!("# Shop\n\nSells things.\n\n## License\n\n```\n{text}\n```\n"));
    check("README.rst", |text| {
        format!(
            "Shop\n====\n\nSells things.\n\nLicense\n-------\n\n::\n\n{}\n",
            lines(text, |line| format!("    {line}"))
        )
    });
}

#[test]
fn as_manual_pages() {
    check("shop.1", |text| {
        let text = text.replace('-', "\\-");
        let text = lines(&text, |line| match line {
            "" => ".PP".to_owned(),
            line if line.starts_with(['.', '\'']) => format!("\\&{line}"),
            line => line.to_owned(),
        });
        format!(".TH SHOP 1\n.SH NAME\nshop \\- sells things\n.SH LICENSE\n{text}\n")
    });
}

#[test]
fn as_rich_text() {
    // Four licenses in one, of which one is found alone, as a changed copy.
    check_but("LICENSE.rtf", &["Python-2.0.1"], 1, |text| {
        let mut out = String::from("{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0\\fnil Arial;}}\n\\pard\\fs20 ");
        for letter in text.chars() {
            match letter {
                '\n' => out.push_str("\\par\n"),
                '\\' | '{' | '}' => out.extend(['\\', letter]),
                '“' => out.push_str("\\ldblquote "),
                '”' => out.push_str("\\rdblquote "),
                '’' => out.push_str("\\rquote "),
                letter if letter.is_ascii() => out.push(letter),
                letter => {
                    let mut units = [0; 2];
                    for unit in letter.encode_utf16(&mut units) {
                        out.extend(format!("\\u{}?", i32::from(unit.cast_signed())).chars());
                    }
                }
            }
        }
        out + "}\n"
    });
}
