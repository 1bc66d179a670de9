//! Documents made of headings, paragraphs, lists and verbatim texts, written as plain text, Markdown or HTML.
//!
//! What stands in the blocks may come from the scanned tree: each writer escapes for its own format.

use std::io::{self, Write};

use super::escape::{block, fence, line, markdown as escape_markdown, web_address, xml};

/// A piece of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block<'r> {
    /// A heading; 1 is the title.
    Heading(u8, String),
    /// Words of ours that may quote names.
    Paragraph(String),
    /// Items.
    List(Vec<String>),
    /// Labels and values.
    Fields(Vec<(&'static str, String)>),
    /// Words of a license: quote, where it stands, and the code of its language.
    Quote(String, String, &'r str),
    /// Files beside this one, with what they hold.
    Links(Vec<(&'static str, &'static str)>),
    /// A text that is given as it is.
    Verbatim(&'r str),
}

/// A document and the language it is written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page<'r> {
    pub(super) language: &'r str,
    pub(super) blocks: Vec<Block<'r>>,
}

/// How long a line of plain text may get.
const WIDTH: usize = 78;

/// Writes plain text.
pub(super) fn text(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    for (index, piece) in page.blocks.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        match piece {
            Block::Heading(level, words) => {
                let words = line(words);
                let rule = if *level == 1 { "=" } else { "-" };
                writeln!(out, "{words}\n{}", rule.repeat(words.chars().count().min(WIDTH)))?;
            }
            Block::Paragraph(words) => wrapped(words, "", "", out)?,
            Block::List(items) => {
                for item in items {
                    wrapped(item, "- ", "  ", out)?;
                }
            }
            Block::Fields(fields) => {
                for (label, value) in fields {
                    wrapped(value, &format!("  {label}: "), "      ", out)?;
                }
            }
            Block::Quote(quote, place, _) => {
                wrapped(&format!("\"{quote}\""), "    ", "    ", out)?;
                wrapped(place, "    - ", "      ", out)?;
            }
            Block::Links(files) => {
                for (file, about) in files {
                    wrapped(&format!("{file}: {about}"), "- ", "  ", out)?;
                }
            }
            Block::Verbatim(verbatim) => writeln!(out, "{}", block(verbatim).trim_end_matches('\n'))?,
        }
    }
    Ok(())
}

fn wrapped(words: &str, first: &str, indent: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut row = first.to_owned();
    let mut n_words = 0;
    for word in words.split_whitespace().map(line) {
        if n_words > 0 && row.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(out, "{row}")?;
            indent.clone_into(&mut row);
            n_words = 0;
        }
        if n_words > 0 {
            row.push(' ');
        }
        row.push_str(&word);
        n_words += 1;
    }
    writeln!(out, "{}", row.trim_end())
}

/// Writes Markdown.
pub(super) fn markdown(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let escape = |words: &str| words.split_whitespace().map(escape_markdown).collect::<Vec<_>>().join(" ");
    for (index, piece) in page.blocks.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        match piece {
            Block::Heading(level, words) => writeln!(out, "{} {}", "#".repeat(usize::from(*level)), escape(words))?,
            // A backslash keeps the first character from opening a list or a rule.
            Block::Paragraph(words) => writeln!(out, "{}", guarded(&escape(words)))?,
            Block::List(items) => {
                for item in items {
                    writeln!(out, "- {}", guarded(&escape(item)))?;
                }
            }
            Block::Fields(fields) => {
                for (label, value) in fields {
                    match web_address(value) {
                        Some(address) => writeln!(out, "- {label}: <{address}>")?,
                        None => writeln!(out, "- {label}: {}", escape(value))?,
                    }
                }
            }
            Block::Quote(quote, place, _) => writeln!(out, "> {}\n>\n> — {}", guarded(&escape(quote)), escape(place))?,
            Block::Links(files) => {
                for (file, about) in files {
                    writeln!(out, "- [{file}]({file}): {about}")?;
                }
            }
            Block::Verbatim(verbatim) => {
                let fence = fence(verbatim);
                writeln!(out, "{fence}text\n{}\n{fence}", block(verbatim).trim_end_matches('\n'))?;
            }
        }
    }
    Ok(())
}

/// Keeps the start of a line from being taken for a list, a heading or a rule.
fn guarded(words: &str) -> String {
    let digits = words.chars().take_while(char::is_ascii_digit).count();
    let numbered = digits > 0 && words.get(digits..).is_some_and(|rest| rest.starts_with(['.', ')']));
    if words.starts_with(['-', '+', '=']) {
        format!("\\{words}")
    } else if numbered {
        let (digits, rest) = words.split_at_checked(digits).unwrap_or((words, ""));
        format!("{digits}\\{rest}")
    } else {
        words.to_owned()
    }
}

/// Writes one self-contained HTML page without scripts.
pub(super) fn html(page: &Page, out: &mut dyn Write) -> io::Result<()> {
    let title = page.blocks.iter().find_map(|piece| match piece {
        Block::Heading(1, words) => Some(words.as_str()),
        _ => None,
    });
    super::html::open(page.language, title.unwrap_or_default(), "", out)?;
    writeln!(out, "<main id=\"main\">")?;
    for piece in &page.blocks {
        match piece {
            Block::Heading(level, words) => writeln!(out, "<h{level}>{}</h{level}>", xml(&line(words)))?,
            Block::Paragraph(words) => writeln!(out, "<p>{}</p>", xml(words))?,
            Block::List(items) => {
                writeln!(out, "<ul>")?;
                for item in items {
                    writeln!(out, "<li>{}</li>", xml(item))?;
                }
                writeln!(out, "</ul>")?;
            }
            Block::Fields(fields) => {
                writeln!(out, "<dl>")?;
                for (label, value) in fields {
                    writeln!(out, "<dt>{label}</dt><dd>{}</dd>", linked(value))?;
                }
                writeln!(out, "</dl>")?;
            }
            Block::Quote(quote, place, language) => {
                let (quote, place) = (xml(quote), xml(place));
                writeln!(out, "<blockquote lang=\"{language}\"><p>{quote}</p><footer>{place}</footer></blockquote>")?;
            }
            Block::Links(files) => {
                writeln!(out, "<ul>")?;
                for (file, about) in files {
                    writeln!(out, "<li><a href=\"{file}\">{file}</a>: {about}</li>")?;
                }
                writeln!(out, "</ul>")?;
            }
            Block::Verbatim(verbatim) => {
                writeln!(out, "<pre tabindex=\"0\">{}</pre>", xml(block(verbatim).trim_end_matches('\n')))?;
            }
        }
    }
    writeln!(out, "</main>\n</body>\n</html>")
}

/// Returns words for HTML, as a link if they are the address of a page.
pub(super) fn linked(words: &str) -> String {
    match web_address(words) {
        Some(address) => {
            let address = xml(address);
            format!("<a href=\"{address}\" rel=\"noopener noreferrer\">{address}</a>")
        }
        None => xml(words),
    }
}
