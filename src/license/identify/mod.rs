//! Which license is this text, header, notice or tag?

mod align;
mod anchors;
mod chain;
mod combine;
mod comments;
mod compare;
mod copyright;
#[cfg(test)]
mod dressed;
mod format;
mod holders;
mod index;
mod judge;
mod kind;
mod library;
mod limits;
mod names;
mod notice;
mod phrases;
mod pictures;
mod piece;
mod reading;
mod regions;
mod rich_text;
mod search;
mod tag;
mod words;

use std::sync::Arc;

use super::expr::{ExceptionId, Expr, text_name};

pub use compare::{Compared, ComparedPart, compare};

/// How a match was found, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// The normalized text is the known text.
    Exact,
    /// The text was aligned with the known text and differs in nothing that matters.
    Aligned,
    /// A notice or header names the license.
    Notice,
    /// An SPDX tag.
    Tag,
    /// The address of a license.
    Url,
    /// A reference to another place (`see LICENSE`).
    Reference,
}

impl Method {
    /// Returns the word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Aligned => "aligned",
            Self::Notice => "notice",
            Self::Tag => "tag",
            Self::Url => "url",
            Self::Reference => "reference",
        }
    }
}

/// What a text says about its license, as a whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Conclusion {
    /// Nothing was recognized.
    #[default]
    Nothing,
    /// One expression.
    Expression(Expr),
    /// A GNU text without a notice: the `-only` expression; whether later versions count is not said.
    SuffixUnstated(Expr),
    /// Several readings; nothing in the text decides between them.
    Candidates(Vec<Expr>),
    /// The text of a license, changed in an operative clause.
    Modified {
        /// The license it was made from.
        id: String,
        /// What was removed and added.
        changes: Vec<Change>,
    },
    /// An exception alone: the license it belongs to stands elsewhere.
    Exception(ExceptionId),
    /// The text points elsewhere: the file names or phrases it names.
    Refers(Vec<String>),
}

/// One difference between a text and the license it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Line of the text, from 1.
    pub line: u32,
    /// Words of the license that the text lacks.
    pub removed: String,
    /// Words of the text that the license lacks.
    pub added: String,
}

/// One recognized stretch of a text.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// What it says.
    pub conclusion: Conclusion,
    /// How it was found.
    pub method: Method,
    /// From 0 to 1; 1 only for exact.
    pub confidence: f64,
    /// First line, from 1.
    pub start_line: u32,
    /// Last line, from 1.
    pub end_line: u32,
}

/// A copyright line, as written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Copyright {
    /// The whole statement.
    pub text: String,
    /// Who holds it.
    pub holder: String,
    /// The years as written, such as `2019-2024`; empty if none.
    pub years: String,
    /// Line, from 1.
    pub line: u32,
}

/// What is known about one text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Identification {
    /// What the whole text says.
    pub conclusion: Conclusion,
    /// What it says of the work alone, if it also says something of a picture such as the logo.
    pub without_pictures: Option<Conclusion>,
    /// The least confidence among the matches that count.
    pub confidence: f64,
    /// How the conclusion was reached: the weakest method that counts.
    pub method: Option<Method>,
    /// Every recognized stretch, by line.
    pub matches: Vec<Match>,
    /// Every copyright line.
    pub copyrights: Vec<Copyright>,
    /// Whether the file holds nothing of substance but license texts, notices and copyright lines.
    pub license_only: bool,
}

/// Returns the text of a license or exception as it was published, by id; ids compare without case, and the text of
/// an `-only` id is that of its `-or-later` one.
pub fn canonical_text(id: &str) -> Option<String> {
    let index = index::compiled();
    let find = |same: &dyn Fn(&str) -> bool| (0..index.n_texts()).find(|text| same(index.id(*text)));
    let text = find(&|known| known.eq_ignore_ascii_case(id))
        .or_else(|| find(&|known| text_name(known).eq_ignore_ascii_case(text_name(id))))?;
    Some(index.verbatim(text)).filter(|text| !text.is_empty())
}

/// Identifies what a file of a program says of itself: notices and tags in its comments.
///
/// In a file whose comments are not known only tags count: documents and data speak of other things too.
pub fn source_file(name: &str, text: &str) -> Arc<Identification> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    if comments::is_source(name) {
        return identify(name, text);
    }
    if !tag::any(text) {
        return Arc::new(Identification::default());
    }
    Arc::new(reading::tags(text))
}

/// Tells whether a file is a program, by the ending of its name, and not data or settings.
pub fn is_program(name: &str) -> bool {
    comments::is_source(name) && !comments::is_settings(name)
}

/// Reads the value of an SPDX license tag, wherever it stands; nothing if it is left to be filled in.
pub fn tag_value(value: &str) -> Conclusion {
    tag::reading(value).map_or(Conclusion::Nothing, |reading| combine::conclusion(&reading))
}

/// Identifies a whole file: a license text, several, or a file with notices and tags in it.
///
/// `name` is the file's name, a weak hint (which comment style, whether it is a license file).
pub fn identify(name: &str, text: &str) -> Arc<Identification> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let kind = kind::of(name);
    if !kind.license && !anchors::any(text) {
        return Arc::new(Identification::default());
    }
    Arc::new(reading::read(kind, plain(name, text).as_deref().unwrap_or(text)))
}

/// Returns what of a file counts, where that is not all of it as it is written.
fn plain(name: &str, text: &str) -> Option<String> {
    rich_text::letters(text).or_else(|| comments::only(name, text))
}
