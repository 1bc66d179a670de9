//! What people really write in license fields, read without guessing.
//!
//! Order: the SPDX grammar, the spellings of `licenses/aliases*.toml`, official names, then the words between operators
//! one by one.
//! Every step that is not the grammar is recorded as a repair.
//! A string that names several licenses becomes the set of its candidates; one that names none stays unknown.

mod names;
mod words;

use crate::license::expr::{Expr, Id, License, Repair};
use crate::license::knowledge::{Knowledge, Record, Spelling};

/// What kind of words a license field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldFormat {
    /// An SPDX expression by the field's definition.
    Spdx,
    /// Free text.
    Free,
    /// A trove classifier.
    Classifier,
    /// A name, an address in angle brackets, or both: `Apache License 2.0 <https://…>`.
    NameAndUrl,
    /// The address of a license.
    Url,
    /// A short name of the Debian copyright format.
    Debian,
}

/// What a string was read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The outcome.
    pub outcome: Outcome,
    /// What had to be repaired on the way.
    pub repairs: Vec<Repair>,
}

/// The outcome of reading a license field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// One expression.
    Expression(Expr),
    /// At least two candidates, sorted; nothing in the string decides between them.
    Candidates(Vec<Expr>),
    /// The license stands in a file.
    SeeFile(String),
    /// The string names no license that is known; the words say why.
    Unknown(String),
}

/// The most candidates that are kept apart; a string that names more is unknown.
const MAX_CANDIDATES: usize = 24;

/// Reads the value of a license field. `ecosystem` is the purl type, whose own spellings win.
///
/// ```
/// use ppl_check::license::knowledge::Knowledge;
/// use ppl_check::license::lenient::{FieldFormat, Outcome, read};
/// let reading = read("MIT/Apache-2.0", FieldFormat::Spdx, Some("cargo"), Knowledge::builtin());
/// let Outcome::Expression(expr) = reading.outcome else { panic!() };
/// assert_eq!(expr.to_string(), "MIT OR Apache-2.0");
/// ```
pub fn read(raw: &str, format: FieldFormat, ecosystem: Option<&str>, knowledge: &Knowledge) -> Reading {
    Reader { format, ecosystem, knowledge, repairs: Vec::new() }.read(raw)
}

/// Replaces deprecated ids by what the SPDX list replaced them with, and references of other lists by their id, and
/// records it.
pub fn modernize(expr: &Expr, knowledge: &Knowledge, repairs: &mut Vec<Repair>) -> Expr {
    expr.map(&mut |license| modernize_license(license, knowledge, repairs))
}

fn modernize_license(license: &License, knowledge: &Knowledge, repairs: &mut Vec<Repair>) -> Expr {
    let unchanged = || Expr::License(license.clone());
    let Some((replacement, why)) = replacement(&license.id, knowledge) else { return unchanged() };
    let Ok(parsed) = Expr::parse(replacement) else { return unchanged() };
    // An exception of its own is kept; `+` on a deprecated id is kept beside the replacement's id.
    let replaced = match (&parsed.expr, &license.exception) {
        (Expr::License(new), exception) if exception.is_none() || new.exception.is_none() => Expr::License(License {
            id: new.id.clone(),
            or_later: new.or_later || license.or_later,
            exception: new.exception.clone().or_else(|| exception.clone()),
        }),
        _ => return unchanged(),
    };
    repairs.push(Repair { from: license.to_string(), to: replaced.to_string(), why });
    replaced
}

/// Returns what stands for an id today: the successor of a deprecated one, or the id behind a reference that others use.
fn replacement<'data>(id: &Id, knowledge: &'data Knowledge) -> Option<(&'data str, &'static str)> {
    match id {
        Id::Spdx(id) => match &knowledge.license(id)?.record {
            Record::ReplacedBy(replacement) => Some((replacement, "deprecated id")),
            _ => None,
        },
        Id::Ref { document: None, .. } => {
            let reference = id.to_string();
            match knowledge.aliases().spelling(None, &reference)? {
                Spelling::Expression(expression) if knowledge.license(&reference).is_none() => {
                    Some((expression, "reference of another list"))
                }
                _ => None,
            }
        }
        Id::Ref { document: Some(_), .. } | Id::None | Id::NoAssertion => None,
    }
}

/// A way to join operands: [`Expr::all`] or [`Expr::any`].
pub type JoinOperands = fn(Vec<Expr>) -> Option<Expr>;

/// Joins parts that each have candidates, in each of the given ways.
pub fn joined(parts: &[Vec<Expr>], joins: &[JoinOperands]) -> Outcome {
    let mut candidates = Vec::new();
    for join in joins {
        match words::combine(parts, *join) {
            Some(found) => candidates.extend(found),
            None => return Outcome::Unknown("the field names too many licenses".to_owned()),
        }
    }
    from_candidates(candidates)
}

struct Reader<'run> {
    format: FieldFormat,
    ecosystem: Option<&'run str>,
    knowledge: &'run Knowledge,
    repairs: Vec<Repair>,
}

impl<'run> Reader<'run> {
    fn read(mut self, raw: &str) -> Reading {
        let outcome = self.outcome(raw.trim());
        Reading { outcome, repairs: self.repairs }
    }

    fn outcome(&mut self, text: &str) -> Outcome {
        if text.is_empty() {
            return Outcome::Unknown("the field is empty".to_owned());
        }
        if text.len() > crate::license::expr::MAX_BYTES {
            return Outcome::Unknown("the field is too long for a license name".to_owned());
        }
        match self.format {
            FieldFormat::Classifier => {
                let candidates = self.knowledge.aliases().classifier(text).unwrap_or_default();
                return self.one_of(text, candidates, "classifier");
            }
            FieldFormat::NameAndUrl => return self.name_and_address(text),
            FieldFormat::Url => return self.address(text),
            FieldFormat::Spdx | FieldFormat::Free | FieldFormat::Debian => {}
        }
        let known = self.knowledge.aliases().spelling(self.ecosystem, text);
        if let Some(file) = see_file(text).filter(|_| known.is_none()) {
            return Outcome::SeeFile(file.to_owned());
        }
        // `PPL` in a field that is SPDX by definition is the id; in free text the same letters mean several licenses.
        if self.format == FieldFormat::Spdx {
            self.grammar(text).or_else(|| self.spelling(text))
        } else {
            self.spelling(text).or_else(|| self.grammar(text))
        }
        .or_else(|| self.near_spelling(text))
        .unwrap_or_else(|| match words::read(self, text) {
            Outcome::Unknown(why) => self.open_word(text).unwrap_or(Outcome::Unknown(why)),
            read => read,
        })
    }

    /// Reads the SPDX grammar, if the text is in it.
    fn grammar(&mut self, text: &str) -> Option<Outcome> {
        let parsed = Expr::parse(text).ok()?;
        if let Expr::License(License { id: id @ Id::Ref { document: None, .. }, or_later: false, exception: None }) =
            &parsed.expr
            && self.knowledge.license(&id.to_string()).is_none()
            && let Some(spelling @ Spelling::Ambiguous(_)) = self.knowledge.aliases().spelling(None, &id.to_string())
        {
            return Some(self.spelled(text, spelling, "reference"));
        }
        self.repairs.extend(parsed.repairs);
        let expr = modernize(&parsed.expr, self.knowledge, &mut self.repairs);
        Some(Outcome::Expression(expr))
    }

    /// Looks a spelling up, if it is known.
    fn spelling(&mut self, text: &str) -> Option<Outcome> {
        let aliases = self.knowledge.aliases();
        if self.format == FieldFormat::Debian
            && let Some(expression) = aliases.debian(text)
        {
            return Some(self.one_of(text, &[expression.to_owned()], "short name"));
        }
        if text.contains("://") {
            let found = self.address(text);
            return (!matches!(found, Outcome::Unknown(_))).then_some(found);
        }
        let spelling = aliases.spelling(self.ecosystem, text)?;
        Some(self.spelled(text, spelling, "spelling"))
    }

    /// Reads a name and an address; where they say different things, each of them is a candidate.
    fn name_and_address(&mut self, text: &str) -> Outcome {
        let (name, address) = match text.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
            Some((name, address)) => (name.trim(), Some(address)),
            None => (text, None),
        };
        let address =
            address.map_or(Outcome::Unknown("there is no address".to_owned()), |address| self.address(address));
        if name.is_empty() {
            return address;
        }
        let (format, ecosystem, knowledge) = (FieldFormat::Free, self.ecosystem, self.knowledge);
        let Reading { outcome: name, repairs } = read(name, format, ecosystem, knowledge);
        let known = |outcome: &Outcome| match outcome {
            Outcome::Expression(expr) => vec![expr.clone()],
            Outcome::Candidates(candidates) => candidates.clone(),
            Outcome::SeeFile(_) | Outcome::Unknown(_) => Vec::new(),
        };
        let (by_name, by_address) = (known(&name), known(&address));
        if by_name.is_empty() {
            return if by_address.is_empty() { name } else { address };
        }
        self.repairs.extend(repairs);
        let both: Vec<Expr> = by_name.iter().filter(|expr| by_address.contains(expr)).cloned().collect();
        match (by_address.is_empty(), both.is_empty()) {
            (true, _) => name,
            (false, false) => from_candidates(both),
            (false, true) => from_candidates([by_name, by_address].concat()),
        }
    }

    /// Reads what is neither in the grammar nor a known spelling, and yet says which license is meant.
    fn near_spelling(&mut self, text: &str) -> Option<Outcome> {
        let id = names::official(text).or_else(|| self.chosen(text)).map(str::to_owned);
        if let Some(id) = id {
            return Some(self.one_of(text, &[id], "spelling"));
        }
        let spelling = self.look_up(text)?;
        Some(self.spelled(text, spelling, "spelling"))
    }

    /// Looks a spelling up in the tables, with and without zeros that say nothing.
    fn look_up(&self, text: &str) -> Option<Spelling<'run>> {
        let aliases = self.knowledge.aliases();
        let found = aliases.spelling(self.ecosystem, text);
        found.or_else(|| {
            let (shorter, versions) = names::without_zeros(text);
            let found = aliases.spelling(self.ecosystem, &shorter)?;
            // `X 2` may count clauses where `X 2.0` is a version: only a license of that version is meant.
            let says_them = |expression: &str| versions.iter().all(|version| expression.contains(version));
            let agree = match &found {
                Spelling::Expression(expression) => says_them(expression),
                Spelling::Ambiguous(candidates) => candidates.iter().all(|candidate| says_them(candidate)),
                Spelling::Unknown(_) => true,
            };
            agree.then_some(found)
        })
    }

    /// Finds a name that an unknown number of licenses bear among words that name no other: `PPLv2`, `the X PPL`.
    fn open_word(&mut self, text: &str) -> Option<Outcome> {
        let is_open = |spelling: &Spelling<'_>| match spelling {
            Spelling::Ambiguous(candidates) => candidates.iter().any(|candidate| candidate == "NOASSERTION"),
            Spelling::Expression(_) | Spelling::Unknown(_) => false,
        };
        if !words::is_one_phrase(text) {
            return None;
        }
        let words = text.split(|char: char| !char.is_alphabetic()).filter(|word| !word.is_empty());
        let mut spellings = words.flat_map(|word| [Some(word), word.strip_suffix(['v', 'V'])]).flatten();
        let found = spellings.find_map(|word| self.look_up(word).filter(is_open))?;
        Some(self.spelled(text, found, "ambiguous name"))
    }

    /// Reads `X 2 only` and `X 2 or later`, where `X 2` may be either.
    fn chosen(&self, text: &str) -> Option<&'run str> {
        let (rest, end) = names::choice(text)?;
        let Some(Spelling::Ambiguous(candidates)) = self.look_up(rest) else { return None };
        let mut fitting = candidates.iter().filter(|candidate| candidate.ends_with(end));
        fitting.next().filter(|_| fitting.next().is_none()).map(String::as_str)
    }

    fn address(&mut self, text: &str) -> Outcome {
        match self.knowledge.aliases().address(text) {
            Some(spelling) => self.spelled(text, spelling, "address"),
            None => Outcome::Unknown("the address is not known to be a license's".to_owned()),
        }
    }

    fn spelled(&mut self, text: &str, spelling: Spelling<'_>, why: &'static str) -> Outcome {
        match spelling {
            Spelling::Expression(expression) => self.one_of(text, &[expression.to_owned()], why),
            Spelling::Ambiguous(candidates) => self.one_of(text, candidates, "ambiguous name"),
            Spelling::Unknown(reason) => Outcome::Unknown(reason.to_owned()),
        }
    }

    /// Turns expressions written in `licenses/` into an outcome.
    fn one_of(&mut self, from: &str, expressions: &[String], why: &'static str) -> Outcome {
        let mut candidates = Vec::new();
        for expression in expressions {
            let Ok(parsed) = Expr::parse(expression) else { continue };
            candidates.push(modernize(&parsed.expr, self.knowledge, &mut Vec::new()));
        }
        let outcome = from_candidates(candidates);
        if let Outcome::Expression(expr) = &outcome
            && expr.to_string() != from
        {
            self.repairs.push(Repair { from: from.to_owned(), to: expr.to_string(), why });
        }
        outcome
    }
}

fn from_candidates(mut candidates: Vec<Expr>) -> Outcome {
    candidates.sort();
    candidates.dedup();
    if candidates.len() > MAX_CANDIDATES {
        return Outcome::Unknown("the field names too many licenses without saying how they combine".to_owned());
    }
    match (candidates.len(), candidates.pop()) {
        (1, Some(only)) => Outcome::Expression(only),
        (_, Some(last)) => {
            candidates.push(last);
            Outcome::Candidates(candidates)
        }
        (_, None) => Outcome::Unknown("the words name no license that is known".to_owned()),
    }
}

/// Returns the file of `SEE LICENSE IN file`, npm's way to say that the license has no id.
pub fn see_file(text: &str) -> Option<&str> {
    const WORDS: &str = "see license in";
    let start = text.get(..WORDS.len())?;
    let file = text.get(WORDS.len()..)?.trim().trim_matches(['<', '>', '"', '\'']);
    (start.eq_ignore_ascii_case(WORDS) && !file.is_empty()).then_some(file)
}
