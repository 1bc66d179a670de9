//! Duties, switches, questions, notes, families, diagnostics, ecosystems, and the words of options.

use super::{Explanation, Item, license, rule, words};
use crate::base::Code;
use crate::ecosystem::{Role, by_type};
use crate::license::expr::Expr;
use crate::license::knowledge::rule_schema::Weight;
use crate::license::knowledge::{Knowledge, Obligation, Record};
use crate::policy::{Answers, Judge, Query};

/// How many licenses are named as examples.
const MAX_EXAMPLES: usize = 12;

pub(super) fn obligation(knowledge: &Knowledge, id: &str) -> Option<Explanation> {
    let obligation = knowledge.obligation(id)?;
    let weight = match obligation.weight {
        Weight::Notice => "It goes with `ok`: keeping what is there is enough.",
        Weight::Duty => "It makes a verdict `obligation`: something has to be done.",
    };
    let when = obligation.when.iter().map(|(condition, extent)| {
        let extent = extent.as_deref().map_or_else(String::new, |extent| format!("for: {extent}"));
        Item::row("owed", extent, format!("if {}", rule::condition(condition).join(", ")))
    });
    let askers = askers(knowledge, obligation);
    Some(
        Explanation::new("obligation", &obligation.id, &obligation.title)
            .with("about", "", vec![Item::text(obligation.about.trim()), Item::text(weight)])
            .with("when", "When it is owed", when.collect())
            .with("licenses", "Who asks for it", asked_by(&askers))
            .with("quotes", "In the words of one of them", shown(knowledge, obligation, &askers)),
    )
}

/// Returns the licenses that ask for an obligation when linked into a work that is shipped.
fn askers<'k>(knowledge: &'k Knowledge, obligation: &Obligation) -> Vec<&'k str> {
    let Ok(outbound) = Expr::parse(&knowledge.defaults().outbound) else { return Vec::new() };
    let judge = Judge::new(knowledge, &outbound.expr, Answers::new());
    let owes = |id: &str| {
        let Ok(expr) = Expr::parse(id) else { return false };
        judge.judge(&expr.expr, &Query::default()).obligations.iter().any(|owed| owed.id == obligation.id)
    };
    let licenses = knowledge.licenses().iter().filter(|license| matches!(license.record, Record::Facts(_)));
    licenses.map(|license| license.id.as_str()).filter(|id| owes(id)).collect()
}

fn asked_by(ids: &[&str]) -> Vec<Item> {
    if ids.is_empty() {
        return Vec::new();
    }
    let named = ids.iter().take(MAX_EXAMPLES).copied().collect::<Vec<_>>().join(", ");
    let more = ids.len().saturating_sub(MAX_EXAMPLES);
    vec![Item::text(if more > 0 { format!("{named} and {more} more") } else { named })]
}

fn shown(knowledge: &Knowledge, obligation: &Obligation, askers: &[&str]) -> Vec<Item> {
    let quoted = askers.iter().filter_map(|id| knowledge.license(id)).find_map(|license| {
        let quotes: Vec<_> =
            license.quotes.iter().filter(|quote| obligation.shows.contains(&quote.fact)).cloned().collect();
        (!quotes.is_empty()).then(|| license::quotes(&license.id, &quotes))
    });
    quoted.unwrap_or_default()
}

pub(super) fn switch(knowledge: &Knowledge, id: &str) -> Option<Explanation> {
    let switch = knowledge.switch(id)?;
    let mut about = vec![Item::text(switch.why.trim())];
    if switch.own_works_only {
        about.push(Item::text(
            "It speaks of works whose licensor is the project's own copyright holder. For the work of others only a \
             written and signed waiver lifts a clause.",
        ));
    }
    let explanation = Explanation::new("switch", &switch.id, &switch.title).with("about", "", about);
    let explanation = switch.answers.iter().fold(explanation, |explanation, answer| {
        let default = if answer.id == switch.default { " (in force unless you decide otherwise)" } else { "" };
        let reading = Item::Reading {
            says: answer.reading.says.clone(),
            by: answer.reading.by.clone(),
            source: answer.reading.source.clone(),
        };
        explanation.with("answer", format!("{}{default}", answer.id), vec![reading])
    });
    let depends = knowledge
        .rules()
        .iter()
        .filter(|rule| rule.rows.iter().any(|row| row.switches.iter().any(|(known, _)| *known == switch.id)));
    let depends: Vec<&str> = depends.map(|rule| rule.id.as_str()).collect();
    let rules = if depends.is_empty() { Vec::new() } else { vec![Item::text(depends.join(", "))] };
    let decide = Item::text(format!(
        "Write [[decision]] with question = \"{}\", answer and reason into ppl-check.toml.",
        switch.id
    ));
    Some(explanation.with("rules", "Rules that depend on it", rules).with("decide", "How to decide it", vec![decide]))
}

pub(super) fn question(knowledge: &Knowledge, id: &str) -> Option<Explanation> {
    let question = knowledge.questions().iter().find(|question| question.id.word() == id)?;
    let rules = knowledge.rules().iter().filter(|rule| rule.question == question.id);
    Some(
        Explanation::new("question", id, &question.title)
            .with("about", "", vec![Item::text(question.about.trim())])
            .with("rules", "Rules that answer it", rules.map(|rule| Item::row(&rule.id, &rule.title, "")).collect()),
    )
}

pub(super) fn faq(knowledge: &Knowledge, id: &str) -> Option<Explanation> {
    let faq = knowledge.faq(id)?;
    let see = if faq.see.is_empty() { Vec::new() } else { vec![Item::text(faq.see.join(", "))] };
    Some(
        Explanation::new("answer", &faq.id, &faq.question)
            .with("answer", "", vec![Item::text(faq.answer.trim())])
            .with("quotes", "In the words of the license", rule::quotes(&faq.quotes))
            .with("see", "See also", see),
    )
}

pub(super) fn note(knowledge: &Knowledge, id: &str) -> Option<Explanation> {
    let note = knowledge.note(id)?;
    let rules = knowledge.rules().iter().filter(|rule| rule.rows.iter().any(|row| row.notes.contains(&note.id)));
    let rules: Vec<&str> = rules.map(|rule| rule.id.as_str()).collect();
    let rules = if rules.is_empty() { Vec::new() } else { vec![Item::text(rules.join(", "))] };
    Some(
        Explanation::new("note", &note.id, "a remark beside a finding, without a verdict of its own")
            .with("about", "", vec![Item::text(note.text.trim())])
            .with("rules", "Rules it stands beside", rules),
    )
}

pub(super) fn family(knowledge: &Knowledge, id: &str) -> Option<Explanation> {
    let family = knowledge.family(id)?;
    let members = license::members(knowledge, family);
    Some(
        Explanation::new("family", &family.id, &family.title)
            .with("about", "", vec![Item::text(family.about.trim())])
            .with("licenses", "Its licenses", vec![Item::text(members.join(", "))]),
    )
}

pub(super) fn diagnostic(id: &str) -> Option<Explanation> {
    let code = Code::ALL.iter().copied().find(|code| code.id() == id)?;
    let incomplete = if code.makes_incomplete() {
        "Packages or licenses may be missing because of it, so the scan counts as incomplete and never exits 0 by default."
    } else {
        "Nothing that was asked for is missing because of it."
    };
    let about = vec![Item::text(code.description()), Item::text(incomplete)];
    let severity = vec![Item::row("severity", code.severity().word(), "")];
    Some(Explanation::new("diagnostic", code.id(), "a problem with an input").with("about", "", about).with(
        "severity",
        "How much it matters",
        severity,
    ))
}

pub(super) fn ecosystem(id: &str) -> Option<Explanation> {
    let ecosystem = by_type(id)?;
    let files = ecosystem.files.iter().map(|file| {
        let role = match file.role {
            Role::Lockfile => "lockfile",
            Role::Manifest => "manifest",
        };
        let knows: Vec<&str> = file.knows.iter().map(|knows| knows.word()).collect();
        Item::row(file.pattern.words(), role, format!("says: {}", knows.join(", ")))
    });
    let fetch = (!ecosystem.fetch_command.is_empty()).then(|| {
        Item::text(format!("`{}` brings missing packages here, so that they can be read.", ecosystem.fetch_command))
    });
    Some(
        Explanation::new("ecosystem", ecosystem.ty, ecosystem.name)
            .with("files", "Files it leaves in a project", files.collect())
            .with("fetch", "When packages are not here", fetch.into_iter().collect()),
    )
}

pub(super) fn word(id: &str) -> Vec<Explanation> {
    let found = words().into_iter().filter(|(_, word, _)| *word == id);
    found
        .map(|(kind, word, meaning)| {
            let about = vec![Item::text(meaning)];
            Explanation::new("word", word, format!("a word for: {kind}")).with("about", "", about)
        })
        .collect()
}
