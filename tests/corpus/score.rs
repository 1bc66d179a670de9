//! The corpus of texts with known answers, and how an answer compares with the known one.
//!
//! Shared by `tests/it/corpus.rs`, which holds the program to its accuracy, and `benches/identify.rs`, which prints it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ppl_check::license::expr::Expr;
use ppl_check::license::identify::{Conclusion, Identification, identify};
use ppl_check::syntax::text::decode;
use serde::Deserialize;

/// `index.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    text: Vec<Text>,
    header: Vec<Header>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    sha256: String,
    expected: String,
    suffix: Option<String>,
    #[serde(default)]
    also: Vec<String>,
    group: Option<String>,
    #[serde(rename = "reason")]
    _reason: Option<String>,
    files: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    file: String,
    expected: String,
    #[serde(default)]
    ambiguous: bool,
}

/// A text and its answer.
pub(crate) struct Case {
    /// Which row of the table it counts in: an ecosystem, `header`, or one of its own such as `read-later`.
    pub(crate) group: String,
    /// Where it comes from.
    pub(crate) origin: String,
    /// The name of the file.
    pub(crate) name: String,
    /// The text.
    pub(crate) text: String,
    answers: Vec<Answer>,
}

impl Case {
    /// The rows it counts in besides its own: what cuts across the ways the files were drawn.
    fn views(&self) -> impl Iterator<Item = &str> {
        /// A notice has fewer words.
        const SHORT: usize = 110;
        let several = matches!(self.answers.first(), Some(Answer::Expression(Expr::And(_) | Expr::Or(_))));
        let notice = self.group == "header" && self.text.split_whitespace().count() < SHORT;
        [("several", several), ("notice", notice)].into_iter().filter(|(_, counts)| *counts).map(|(name, _)| name)
    }
}

#[derive(PartialEq)]
enum Answer {
    Expression(Expr),
    SuffixUnstated(Expr),
    Nothing,
    /// Anything but one expression.
    Undetermined,
}

/// How an answer compares with the known one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// The same ids, operators and exceptions.
    Exact,
    /// No single answer where there is one, or the other way round for a text that grants nothing.
    Undetermined,
    /// Another license.
    Wrong,
}

/// How many cases of a group came out how.
#[derive(Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) exact: u32,
    pub(crate) undetermined: u32,
    pub(crate) wrong: u32,
}

impl Tally {
    pub(crate) fn n_cases(&self) -> u32 {
        self.exact + self.undetermined + self.wrong
    }

    /// Share of exact answers, in percent.
    pub(crate) fn exactness(&self) -> f64 {
        f64::from(self.exact) * 100.0 / f64::from(self.n_cases().max(1))
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// Reads every case whose text is at hand; texts that `fetch.py` has to get first are left out.
pub(crate) fn cases() -> Vec<Case> {
    let index = std::fs::read_to_string(folder().join("index.toml")).expect("the index is there");
    let index: Index = toml::from_str(&index).expect("the index is valid");
    let mut cases = Vec::new();
    for text in &index.text {
        let short = text.sha256.get(..16).expect("a digest");
        let path = [folder().join("texts").join(short), folder().join("fetched").join(&text.sha256)];
        let Some(bytes) = path.iter().find_map(|path| std::fs::read(path).ok()) else { continue };
        let mut answers = vec![answer(&text.expected, text.suffix.as_deref())];
        answers.extend(text.also.iter().map(|also| answer(also, None)));
        for file in &text.files {
            let (package, path) = file.split_once(' ').expect("package and path");
            cases.push(Case {
                group: text.group.clone().unwrap_or_else(|| package.split(':').next().unwrap_or_default().to_owned()),
                origin: file.clone(),
                name: path.rsplit('/').next().unwrap_or_default().to_owned(),
                text: decode(&bytes).text,
                answers: answers.iter().map(copy).collect(),
            });
        }
    }
    for header in index.header {
        let bytes = std::fs::read(folder().join("headers").join(&header.file)).expect("headers are kept");
        let known = if header.ambiguous { Answer::Undetermined } else { answer(&header.expected, None) };
        cases.push(Case {
            group: "header".to_owned(),
            origin: header.file.clone(),
            name: header.file,
            text: decode(&bytes).text,
            answers: vec![known],
        });
    }
    cases
}

fn copy(answer: &Answer) -> Answer {
    match answer {
        Answer::Expression(expr) => Answer::Expression(expr.clone()),
        Answer::SuffixUnstated(expr) => Answer::SuffixUnstated(expr.clone()),
        Answer::Nothing => Answer::Nothing,
        Answer::Undetermined => Answer::Undetermined,
    }
}

fn answer(expected: &str, suffix: Option<&str>) -> Answer {
    if expected.is_empty() {
        return Answer::Nothing;
    }
    let expr = Expr::parse(expected).expect("answers are expressions").expr.canonical();
    if suffix.is_some() { Answer::SuffixUnstated(expr) } else { Answer::Expression(expr) }
}

/// Compares what the program says of a case with the known answer.
pub(crate) fn judge(case: &Case) -> (Outcome, std::sync::Arc<Identification>) {
    let found = identify(&case.name, &case.text);
    let said = match &found.conclusion {
        Conclusion::Expression(expr) => Answer::Expression(expr.canonical()),
        Conclusion::SuffixUnstated(expr) => Answer::SuffixUnstated(expr.canonical()),
        Conclusion::Nothing => Answer::Nothing,
        Conclusion::Candidates(_) | Conclusion::Modified { .. } | Conclusion::Exception(_) | Conclusion::Refers(_) => {
            Answer::Undetermined
        }
    };
    let outcome = match said {
        said if case.answers.contains(&said) => Outcome::Exact,
        Answer::Nothing | Answer::Undetermined => Outcome::Undetermined,
        Answer::Expression(_) | Answer::SuffixUnstated(_) => Outcome::Wrong,
    };
    (outcome, found)
}

/// Judges all cases; calls `shown` for each that is not exact.
pub(crate) fn tally(cases: &[Case], mut shown: impl FnMut(&Case, Outcome, &Identification)) -> BTreeMap<String, Tally> {
    let mut groups: BTreeMap<String, Tally> = BTreeMap::new();
    for case in cases {
        let (outcome, found) = judge(case);
        for group in std::iter::once(case.group.as_str()).chain(case.views()) {
            let tally = groups.entry(group.to_owned()).or_default();
            match outcome {
                Outcome::Exact => tally.exact += 1,
                Outcome::Undetermined => tally.undetermined += 1,
                Outcome::Wrong => tally.wrong += 1,
            }
        }
        if outcome != Outcome::Exact {
            shown(case, outcome, &found);
        }
    }
    groups
}
