//! One page in plain words for those who get the work, in several languages.
//!
//! It quotes the license in the license's own language and promises nothing: every sentence about a use says under
//! which condition, and the page says what it cannot know. The words stand in `licenses/downstream.toml`.

use std::io;

use super::page::{self, Block, Page};
use super::{DISCLAIMER, Report, Style, Terms};
use crate::license::knowledge::rule_schema::DownstreamWords;

pub(super) fn english(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    page::html(&notice(report, "en"), out)
}

pub(super) fn spanish(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    page::html(&notice(report, "es"), out)
}

pub(super) fn french(report: &Report, _style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
    page::html(&notice(report, "fr"), out)
}

/// Knowledge without words in this language gives a page that says so, and nothing else.
fn notice<'r>(report: &'r Report, language: &str) -> Page<'r> {
    let Some(words) = report.documents.downstream.iter().find(|words| words.language == language) else {
        let missing = format!("The license knowledge has no words in this language ({language}).");
        return Page {
            language: "en",
            blocks: vec![Block::Paragraph(missing), Block::Paragraph(DISCLAIMER.to_owned())],
        };
    };
    let project = &report.project;
    let name = project.name.clone().unwrap_or_else(|| words.nameless.clone());
    let fill = |text: &str| text.replace("{license}", &project.outbound).replace("{project}", &name);
    let mut blocks = vec![Block::Heading(1, fill(&words.title))];
    for terms in &report.documents.terms {
        let (code, language) = written_in(terms, words);
        let governs = words.governs.replace("{license}", &terms.license).replace("{language}", language);
        blocks.push(Block::Paragraph(fill(&governs)));
        if !terms.siblings.is_empty() {
            blocks.push(Block::Paragraph(words.is_not.replace("{others}", &terms.siblings.join(", "))));
        }
        blocks.push(Block::Paragraph(words.quotes.clone()));
        blocks.extend(clauses(terms, words, code));
    }
    blocks.push(Block::Paragraph(words.parts.clone()));
    match report.summary.n_conflicts + report.summary.n_unknowns + report.summary.n_questions {
        0 => {}
        1 => blocks.push(Block::Paragraph(words.open_one.clone())),
        n => blocks.push(Block::Paragraph(words.open_many.replace("{count}", &n.to_string()))),
    }
    blocks.push(Block::Heading(2, words.unknown_title.clone()));
    blocks.push(Block::List(words.unknown.clone()));
    blocks.push(Block::Paragraph(words.end.clone()));
    Page { language: &words.language, blocks }
}

/// Returns code and name of the language a license is written in: an id may end in one, as `-es`; else it is English.
fn written_in<'r>(terms: &Terms, words: &'r DownstreamWords) -> (&'r str, &'r str) {
    let code = terms.license.rsplit_once('-').map(|(_, code)| code);
    let named = |wanted: &str| words.languages.get_key_value(wanted).map(|(code, name)| (code.as_str(), name.as_str()));
    code.and_then(named).or_else(|| named("en")).unwrap_or_default()
}

fn clauses<'r>(terms: &Terms, words: &'r DownstreamWords, language: &'r str) -> Vec<Block<'r>> {
    let mut blocks = Vec::new();
    for lead in &words.leads {
        let mut quotes =
            terms.clauses.iter().filter(|(shows, _)| *shows == lead.fact).map(|(_, clause)| clause).peekable();
        if quotes.peek().is_some() {
            blocks.push(Block::Paragraph(lead.says.clone()));
        }
        blocks.extend(quotes.map(|clause| {
            Block::Quote(clause.quote.clone(), format!("{}, {}", clause.license, clause.section), language)
        }));
    }
    blocks
}
