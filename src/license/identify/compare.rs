//! A text beside the known texts it is, or was made from, word by word.

use super::index::{Content, compiled};
use super::library::Library;
use super::piece::spelled;
use super::plain;
use super::regions::{Region, regions};
use super::words::Word;

/// A stretch of a text beside a known text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The known text.
    pub id: String,
    /// First line, from 1.
    pub start_line: u32,
    /// Last line, from 1.
    pub end_line: u32,
    /// What is the same and what is not, in order.
    pub parts: Vec<ComparedPart>,
}

/// A piece of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ComparedPart {
    /// Words that both have, as the text spells them, with its line breaks.
    Same(String),
    /// Words that one of them lacks.
    Changed {
        /// Line of the text, from 1.
        line: u32,
        /// Words of the known text that are missing.
        removed: String,
        /// Words of the text that the known text lacks.
        added: String,
        /// Whether it may change the meaning; names, optional parts and other wordings of the same do not.
        matters: bool,
    },
}

/// Compares a text with the known texts that are found in it.
pub fn compare(name: &str, text: &str) -> Vec<Compared> {
    let plain = plain(name, text);
    let text = plain.as_deref().unwrap_or(text);
    let library = Library::new(compiled());
    let content = library.index.content(text);
    regions(&library, text, &content).iter().map(|region| compared(&library, text, &content, region)).collect()
}

fn compared(library: &Library<'_>, source: &str, content: &Content, region: &Region) -> Compared {
    let judged = &region.judged;
    let known = library.open(judged.text);
    let published = known.published(library.index);
    let known = published.counted_words();
    let found = judged.alignment.found.clone();
    let line = |unit: usize| content.word(unit).or_else(|| content.words.last()).map_or(1, |word| word.line);
    let mut parts = Vec::new();
    let mut reached = found.start;
    let mut differences: Vec<_> = judged.alignment.differences.iter().collect();
    differences.sort_by_key(|difference| difference.found.start);
    for difference in differences {
        push_same(source, content, reached..difference.found.start, &mut parts);
        reached = difference.found.end;
        let words: Vec<Word> = difference.found.clone().filter_map(|unit| content.word(unit)).copied().collect();
        parts.push(ComparedPart::Changed {
            line: line(difference.found.start),
            removed: spelled(&published.text, known.get(difference.known.clone()).unwrap_or_default()),
            added: spelled(source, &words),
            matters: judged.matter.contains(difference),
        });
    }
    push_same(source, content, reached..found.end, &mut parts);
    let end_line = line(found.end.saturating_sub(1));
    Compared { id: library.index.id(judged.text).to_owned(), start_line: line(found.start), end_line, parts }
}

fn push_same(source: &str, content: &Content, units: std::ops::Range<usize>, parts: &mut Vec<ComparedPart>) {
    let last = units.end.checked_sub(1).and_then(|last| content.word(last));
    if let (false, Some(first), Some(last)) = (units.is_empty(), content.word(units.start), last) {
        let same = source.get(first.start as usize..last.end as usize).unwrap_or_default();
        parts.push(ComparedPart::Same(same.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_shown_with_what_matters() {
        let mit = spdx::license_id("MIT").unwrap().text();
        assert!(compare("LICENSE", mit)[0].parts.iter().all(|part| matches!(part, ComparedPart::Same(_))));
        let spoofed = mit.replace("is hereby granted", "is hereby not granted").replace("AUTHORS OR", "MAKERS OR");
        let compared = compare("LICENSE", &spoofed);
        assert_eq!(compared[0].id, "MIT");
        let changes: Vec<_> = compared[0]
            .parts
            .iter()
            .filter_map(|part| match part {
                ComparedPart::Changed { removed, added, matters, .. } => {
                    Some((removed.as_str(), added.as_str(), *matters))
                }
                ComparedPart::Same(_) => None,
            })
            .collect();
        assert_eq!(changes, [("", "not", true), ("AUTHORS", "MAKERS", false)]);
    }
}
