//! Facts: what can be said of a license, and what each word means.

use super::{Explanation, Item};
use crate::license::facts::{Commercial, Facts};
use crate::license::knowledge::vocabulary::{Key, Subject};
use crate::license::knowledge::{Knowledge, Record};

/// How many licenses are named as examples.
const MAX_EXAMPLES: usize = 6;

/// Words that say that a license is silent on something; they are left out where a license is explained.
const SILENT: &[&str] = &["as-allowed", "no", "none", "silent", "unstated"];

/// Returns what a license says, leaving out what it is silent on.
pub(super) fn rows(facts: &Facts) -> Vec<Item> {
    let mut subject = Subject::default();
    subject.add_facts(facts);
    let worker_owned = facts.commercial_use == Commercial::WorkerOwnedOnly;
    let mut rows = Vec::new();
    for key in Key::ALL.iter().copied().filter(|key| is_fact(*key)) {
        if key == Key::Reserves && !worker_owned {
            continue;
        }
        for (at, word) in key.words().iter().enumerate() {
            if !subject.has(key, word) || SILENT.contains(word) {
                continue;
            }
            let about = key.meanings().get(at).copied().unwrap_or_else(|| key.about());
            rows.push(Item::row(key.name(), *word, about));
        }
    }
    for (name, ids) in [("relicense-to", &facts.relicense_to), ("secondary-license", &facts.secondary_license)] {
        if !ids.is_empty() {
            rows.push(Item::row(name, ids.join(", "), "The work, or a larger one with it, may be given under these."));
        }
    }
    let listed = facts.share_alike.target.iter().filter(|target| Key::Target.bit(target).is_none());
    let listed: Vec<&str> = listed.map(String::as_str).collect();
    if !listed.is_empty() {
        rows.push(Item::row("share-alike target", listed.join(", "), "These licenses meet the duty as well."));
    }
    rows.extend(parameters(facts));
    rows
}

fn parameters(facts: &Facts) -> Vec<Item> {
    let mut rows = Vec::new();
    if let Some(size) = &facts.business_size {
        let people =
            if size.people == 0 { "as the work names".to_owned() } else { format!("fewer than {}", size.people) };
        let revenue = if size.revenue == 0 {
            String::new()
        } else {
            format!(", less than {} US dollars of {}", size.revenue, size.year)
        };
        rows.push(Item::row("business-size", format!("{people} people{revenue}"), "Who is larger has no right."));
    }
    if let Some(delay) = &facts.delay {
        let years = if delay.years == 0 {
            "on the date the work names".to_owned()
        } else {
            format!("after {} years", delay.years)
        };
        let license = delay.change_license.as_deref().unwrap_or("the license the work names");
        rows.push(Item::row("delay", format!("{years}: {license}"), "Then the limits end by themselves."));
    }
    rows
}

/// Returns whether a key is a fact of licenses, and not a circumstance of their use.
fn is_fact(key: Key) -> bool {
    key <= Key::Delayed
}

pub(super) fn fact(knowledge: &Knowledge, id: &str) -> Option<Explanation> {
    let key = Key::from_name(id)?;
    let kind = if is_fact(key) { "fact" } else { "circumstance" };
    let used_by: Vec<&str> = {
        let asks = |tests: &[crate::license::knowledge::Test]| tests.iter().any(|test| test.key == key);
        let rules = knowledge.rules().iter().filter(|rule| rule.rows.iter().any(|row| asks(&row.condition.tests)));
        rules.map(|rule| rule.id.as_str()).collect()
    };
    let words = key.words().iter().enumerate().map(|(at, word)| {
        let meaning = key.meanings().get(at).copied().unwrap_or_default();
        let examples = if is_fact(key) { examples(knowledge, key, word) } else { String::new() };
        Item::row(*word, if meaning.is_empty() { "" } else { meaning }, examples)
    });
    let rules = if used_by.is_empty() { Vec::new() } else { vec![Item::text(used_by.join(", "))] };
    Some(Explanation::new(kind, key.name(), key.about()).with("words", "Its words", words.collect()).with(
        "rules",
        "Rules that ask for it",
        rules,
    ))
}

fn examples(knowledge: &Knowledge, key: Key, word: &str) -> String {
    let mut ids = Vec::new();
    let mut n_more = 0;
    for license in knowledge.licenses() {
        let Record::Facts(facts) = &license.record else { continue };
        let mut subject = Subject::default();
        subject.add_facts(facts);
        if !subject.has(key, word) {
            continue;
        }
        if ids.len() < MAX_EXAMPLES { ids.push(license.id.as_str()) } else { n_more += 1 }
    }
    match (ids.is_empty(), n_more) {
        (true, _) => "no license".to_owned(),
        (false, 0) => ids.join(", "),
        (false, _) => format!("{} and {n_more} more", ids.join(", ")),
    }
}
