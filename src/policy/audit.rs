//! Whether license knowledge holds together: examples come out, quotes stand in their texts, names lead somewhere,
//! and which verdicts it moves.

use super::cases::{FailedCase, run_cases};
use super::scenarios::{Moved, moved};
use crate::license::expr::{Expr, Id};
use crate::license::facts::Facts;
use crate::license::knowledge::{DataError, Knowledge, Record, Rendering, stands_in};

/// What was found wrong with license knowledge, and what it changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// Problems with files, each with its place; nothing else is checked as long as there are any.
    pub problems: Vec<DataError>,
    /// How many examples were run.
    pub n_cases: usize,
    /// Examples that do not come out as their rule says.
    pub cases: Vec<FailedCase>,
    /// How many quotes were looked for.
    pub n_quotes: usize,
    /// Quotes that do not stand in their text.
    pub quotes: Vec<FailedQuote>,
    /// Whose quotes could not be looked for, because the text is not here.
    pub without_text: Vec<String>,
    /// Names that lead nowhere.
    pub references: Vec<String>,
    /// Renderings in other languages of words that were changed since, with the digest that is due; no fault.
    pub stale: Vec<String>,
    /// Ids of the SPDX list of which nothing is said.
    pub missing: Vec<String>,
    /// Verdicts that differ from those of the knowledge it is compared with.
    pub moved: Vec<Moved>,
}

/// A quote that does not stand in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedQuote {
    /// Who quotes: a license, an exception, a rule or an answer.
    pub by: String,
    /// The license whose text it is said to be.
    pub license: String,
    /// The section it is said to stand in.
    pub clause: String,
    /// The words.
    pub text: String,
}

impl Audit {
    /// Returns whether nothing is wrong; moved verdicts are no fault.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
            && self.cases.is_empty()
            && self.quotes.is_empty()
            && self.references.is_empty()
            && self.missing.is_empty()
    }
}

/// Checks knowledge, with the texts that `text_of` finds by license id, and compares its verdicts with those before.
pub fn audit(before: &Knowledge, after: &Knowledge, text_of: &dyn Fn(&str) -> Option<String>) -> Audit {
    let mut audit = Audit {
        n_cases: after.rules().iter().map(|rule| rule.cases.len()).sum(),
        cases: run_cases(after),
        references: references(after),
        stale: stale(after),
        missing: missing(after),
        moved: moved(before, after),
        ..Audit::default()
    };
    quotes(after, text_of, &mut audit);
    audit
}

fn quotes(knowledge: &Knowledge, text_of: &dyn Fn(&str) -> Option<String>, audit: &mut Audit) {
    let mut all: Vec<(String, &str, &str, &str)> = Vec::new();
    for license in knowledge.licenses() {
        let quotes = license.quotes.iter();
        all.extend(
            quotes.map(|quote| (license.id.clone(), license.id.as_str(), quote.clause.as_str(), quote.text.as_str())),
        );
    }
    for exception in knowledge.exceptions() {
        let id = exception.id.as_str();
        all.extend(
            exception.quotes.iter().map(|quote| (exception.id.clone(), id, quote.clause.as_str(), quote.text.as_str())),
        );
    }
    let of_rules = knowledge.rules().iter().map(|rule| (format!("rule {}", rule.id), &rule.quotes));
    let of_faq = knowledge.faqs().iter().map(|faq| (format!("answer {}", faq.id), &faq.quotes));
    for (by, quotes) in of_rules.chain(of_faq) {
        for quote in quotes {
            all.push((by.clone(), quote.license.as_str(), quote.clause.as_str(), quote.text.as_str()));
        }
    }
    // One text after the other, so that each is unpacked once.
    all.sort_by_key(|(_, license, _, _)| *license);
    let mut known: Option<(&str, Option<String>)> = None;
    for (by, license, clause, words) in all {
        if known.as_ref().is_none_or(|(id, _)| *id != license) {
            let text = text_of(license);
            if text.is_none() {
                audit.without_text.push(license.to_owned());
            }
            known = Some((license, text));
        }
        let Some((_, Some(text))) = &known else { continue };
        audit.n_quotes += 1;
        if !stands_in(words, text) {
            let (license, clause, text) = (license.to_owned(), clause.to_owned(), words.to_owned());
            audit.quotes.push(FailedQuote { by, license, clause, text });
        }
    }
}

/// Returns names of licenses that are not known, each with who names it.
fn references(knowledge: &Knowledge) -> Vec<String> {
    let mut found = Vec::new();
    let mut check = |by: &str, text: &str| {
        let Ok(parsed) = Expr::parse(text) else {
            found.push(format!("{by}: `{text}` is no license expression"));
            return;
        };
        for leaf in parsed.expr.licenses() {
            let is_license = !matches!(leaf.id, Id::None | Id::NoAssertion);
            if is_license && knowledge.license(&leaf.id.to_string()).is_none() {
                found.push(format!("{by}: `{}` is not known", leaf.id));
            }
        }
    };
    for license in knowledge.licenses() {
        match &license.record {
            Record::ReplacedBy(expression) => check(&license.id, expression),
            Record::Facts(facts) => named(facts).for_each(|id| check(&license.id, id)),
            Record::AnyOf(_) | Record::Unread => {}
        }
    }
    let aliases = knowledge.aliases();
    for (spelling, expression) in aliases.alias.iter().chain(&aliases.url).chain(&aliases.debian) {
        check(&format!("spelling `{spelling}`"), expression);
    }
    for (spelling, candidates) in aliases.ambiguous.iter().chain(&aliases.classifier) {
        for candidate in candidates {
            check(&format!("spelling `{spelling}`"), candidate);
        }
    }
    check("defaults.toml", &knowledge.defaults().outbound);
    found
}

/// Returns the ids of licenses that facts name.
fn named(facts: &Facts) -> impl Iterator<Item = &str> {
    const WORDS: &[&str] = &["later", "osi-any", "permissive-superset", "reasonable-conditions"];
    let targets = facts.share_alike.target.iter().filter(|target| !WORDS.contains(&target.as_str()));
    targets.chain(&facts.relicense_to).chain(&facts.secondary_license).map(String::as_str)
}

fn stale(knowledge: &Knowledge) -> Vec<String> {
    let mut stale = Vec::new();
    for rule in knowledge.rules() {
        for (language, _) in &rule.translations {
            if rule.rendering(language) == Rendering::Stale {
                let message = "renders other words than those that stand there now; their digest is";
                stale.push(format!("rule {}, `{language}`: {message} {}", rule.id, rule.digest()));
            }
        }
    }
    stale
}

fn missing(knowledge: &Knowledge) -> Vec<String> {
    let licenses = crate::license::expr::license_ids().into_iter().filter(|id| knowledge.license(id).is_none());
    let exceptions = crate::license::expr::exception_ids().into_iter().filter(|id| knowledge.exception(id).is_none());
    licenses.chain(exceptions).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::license::identify::canonical_text;
    use crate::license::knowledge::{File, source_files};

    #[test]
    fn what_is_compiled_in_is_sound_and_moves_nothing() {
        let loaded = Knowledge::load(&source_files()).unwrap();
        let audit = audit(Knowledge::builtin(), &loaded, &canonical_text);
        assert!(audit.is_sound(), "{audit:#?}");
        assert_eq!(audit.moved, []);
        assert_eq!(audit.stale, Vec::<String>::new());
        assert!(audit.n_cases > 250 && audit.n_quotes > 2400, "{} {}", audit.n_cases, audit.n_quotes);
    }

    #[test]
    fn what_is_wrong_is_found() {
        let mut files = source_files();
        let edit = |files: &mut Vec<File>, path: &str, from: &str, to: &str| {
            let file = files.iter_mut().find(|file| file.path == path).unwrap();
            assert!(file.text.contains(from), "{path}");
            file.text = file.text.replacen(from, to, 1);
        };
        edit(&mut files, "families/ppl.toml", "You may not sublicense the Work.", "You may sublicense the Work.");
        edit(&mut files, "families/mit.toml", "commercial-use = \"allowed\"", "commercial-use = \"forbidden\"");
        let broken = Knowledge::load(&files).unwrap();
        let audit = audit(Knowledge::builtin(), &broken, &canonical_text);
        assert!(!audit.is_sound());
        assert!(
            audit.quotes.iter().any(|quote| quote.license == "PPL" && quote.clause == "4(a)"),
            "{:?}",
            audit.quotes
        );
        assert!(!audit.cases.is_empty());
        assert!(audit.moved.iter().any(|moved| moved.license == "MIT"));
    }
}
