//! Explanations as text for people and as JSON.

use std::io;

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::Style;
use super::escape::{self, words};
use crate::explain::{Explanation, Item, Section};

/// Columns after which text is broken where the terminal sets no limit.
const COLUMNS: usize = 100;

/// The widest column of names.
const MAX_NAME: usize = 42;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    tool: &'static str,
    version: &'static str,
    data: &'a str,
    explanations: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    kind: &'a str,
    id: &'a str,
    title: &'a str,
    sections: Vec<SectionRow<'a>>,
}

#[derive(Serialize)]
struct SectionRow<'a> {
    id: &'a str,
    heading: &'a str,
    items: Vec<ItemRow<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
enum ItemRow<'a> {
    Text { text: &'a str },
    Row { name: &'a str, value: &'a str, about: &'a str },
    Quote { license: &'a str, section: &'a str, quote: &'a str },
    Reading { says: &'a str, by: &'a str, source: &'a str },
}

/// Writes one JSON document.
pub fn json(explanations: &[Explanation], data: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let document = Document {
        schema: 1,
        tool: env!("CARGO_PKG_NAME"),
        version: env!("CARGO_PKG_VERSION"),
        data,
        explanations: explanations.iter().map(row).collect(),
    };
    serde_json::to_writer_pretty(escape::Json(out), &document)?;
    writeln!(out)
}

fn row(explanation: &Explanation) -> Row<'_> {
    Row {
        kind: explanation.kind,
        id: &explanation.id,
        title: &explanation.title,
        sections: explanation.sections.iter().map(section_row).collect(),
    }
}

fn section_row(section: &Section) -> SectionRow<'_> {
    SectionRow { id: section.id, heading: &section.heading, items: section.items.iter().map(item_row).collect() }
}

fn item_row(item: &Item) -> ItemRow<'_> {
    match item {
        Item::Text(text) => ItemRow::Text { text },
        Item::Row { name, value, about } => ItemRow::Row { name, value, about },
        Item::Quote { license, clause, text } => ItemRow::Quote { license, section: clause, quote: text },
        Item::Reading { says, by, source } => ItemRow::Reading { says, by, source },
    }
}

/// Writes explanations as Markdown, one after the other.
pub fn markdown(explanations: &[Explanation], out: &mut dyn io::Write) -> io::Result<()> {
    for (at, explanation) in explanations.iter().enumerate() {
        let separator = if at > 0 { "\n" } else { "" };
        writeln!(out, "{separator}## {}\n\n**{}**", words(&explanation.id), sentence(&explanation.title))?;
        for section in &explanation.sections {
            if section.heading.is_empty() {
                writeln!(out)?;
            } else {
                writeln!(out, "\n{}:\n", words(&section.heading))?;
            }
            for item in &section.items {
                markdown_item(item, out)?;
            }
        }
    }
    Ok(())
}

fn sentence(text: &str) -> String {
    let text = words(text);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn markdown_item(item: &Item, out: &mut dyn io::Write) -> io::Result<()> {
    match item {
        Item::Text(text) => {
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                writeln!(out, "{}", words(line))?;
            }
            Ok(())
        }
        Item::Row { name, value, about } => {
            let both = [value, about].into_iter().filter(|text| !text.is_empty()).map(|text| words(text));
            writeln!(out, "- `{}` {}", words(name), both.collect::<Vec<_>>().join(" — "))
        }
        Item::Quote { license, clause, text } => {
            writeln!(out, "> {} {}: “{}”\n", words(license), words(clause), words(text))
        }
        Item::Reading { says, by, source } => {
            writeln!(out, "- {} ({}; <{}>)", words(says), words(by), words(source))
        }
    }
}

/// Writes explanations for people, one after the other.
pub fn text(explanations: &[Explanation], style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    let shown = (if style.width == 0 { COLUMNS } else { style.width.min(COLUMNS) }, style);
    for (at, explanation) in explanations.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        let head = format!("{} ({}): {}", words(&explanation.id), explanation.kind, words(&explanation.title));
        wrapped(&head, "", "  ", shown, out)?;
        for section in &explanation.sections {
            if section.heading.is_empty() {
                writeln!(out)?;
            } else {
                writeln!(out, "\n{}", words(&section.heading))?;
            }
            items(section, shown, out)?;
        }
    }
    Ok(())
}

fn items(section: &Section, shown: Shown, out: &mut dyn io::Write) -> io::Result<()> {
    let names = section.items.iter().map(|item| match item {
        // A long name stands on a line of its own.
        Item::Row { name, .. } => Some(name.width()).filter(|width| *width <= MAX_NAME).unwrap_or_default(),
        Item::Text(_) | Item::Quote { .. } | Item::Reading { .. } => 0,
    });
    let name_width = names.max().unwrap_or_default();
    let indent = if section.heading.is_empty() { "" } else { "  " };
    for item in &section.items {
        match item {
            Item::Text(text) => {
                for paragraph in text.lines() {
                    wrapped(&words(paragraph), indent, indent, shown, out)?;
                }
            }
            Item::Row { name, value, about } => {
                let name = words(name);
                if name.width() > MAX_NAME {
                    wrapped(&name, indent, indent, shown, out)?;
                    let below = format!("{indent}  ");
                    wrapped(&words(value), &below, &below, shown, out)?;
                    continue;
                }
                let padding = " ".repeat(name_width.saturating_sub(name.width()));
                let both = if about.is_empty() || value.is_empty() {
                    format!("{value}{about}")
                } else {
                    format!("{value} — {about}")
                };
                let hanging = " ".repeat(indent.len() + name_width + 2);
                let first = format!("{indent}{name}{padding}  ");
                wrapped(&words(&both), &first, &hanging, shown, out)?;
            }
            Item::Quote { license, clause, text } => {
                let section = if clause.starts_with(|char: char| char.is_ascii_digit()) { "§" } else { "" };
                let quote = format!("{} {section}{}: \"{}\"", words(license), words(clause), words(text));
                wrapped(&quote, "  ", "    ", shown, out)?;
            }
            Item::Reading { says, by, source } => {
                wrapped(&format!("- {}", words(says)), "  ", "    ", shown, out)?;
                wrapped(&format!("held by {}; {}", words(by), words(source)), "    ", "    ", shown, out)?;
            }
        }
    }
    Ok(())
}

/// How many columns there are, and how addresses are shown.
type Shown<'s> = (usize, &'s Style);

/// Writes words over as many lines as they need.
fn wrapped(text: &str, first: &str, hanging: &str, (columns, style): Shown, out: &mut dyn io::Write) -> io::Result<()> {
    let mut current = first.to_owned();
    let mut width = first.width();
    let mut is_empty = true;
    for word in text.split(' ') {
        if !is_empty && width + 1 + word.width() > columns {
            writeln!(out, "{}", current.trim_end())?;
            hanging.clone_into(&mut current);
            width = hanging.width();
            is_empty = true;
        }
        if !is_empty {
            current.push(' ');
            width += 1;
        }
        width += word.width();
        if is_address(word) {
            current.push_str(&style.address(word));
        } else {
            current.push_str(word);
        }
        is_empty = false;
    }
    writeln!(out, "{}", current.trim_end())
}

/// Returns whether a word is the address of a page, and nothing besides.
fn is_address(word: &str) -> bool {
    let plain = |char: char| char.is_ascii_alphanumeric() || "-._~:/?#@!$&'*+=%".contains(char);
    word.strip_prefix("https://").is_some_and(|rest| rest.chars().all(plain) && !rest.ends_with(['.', ':', '!', '?']))
}
