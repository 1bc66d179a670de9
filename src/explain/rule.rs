//! Rules: what they find, why it matters, what to do, and on what they rest.

use super::{Explanation, Item, license};
use crate::license::knowledge::rule_schema::RuleQuote;
use crate::license::knowledge::{Condition, Knowledge, Rendering, Row, Rule, Test};

pub(super) fn rule(knowledge: &Knowledge, id: &str, language: &str) -> Option<Explanation> {
    let rule = knowledge.rule(id)?;
    let rendering = rule.rendering(language);
    let (title, why, fix) = match rendering {
        Rendering::Current(words) => (&words.title, &words.why, &words.fix),
        Rendering::None | Rendering::Stale => (&rule.title, &rule.why, &rule.fix),
    };
    let mut about = vec![Item::text(why.trim())];
    if rendering == Rendering::Stale {
        about
            .push(Item::text(format!("The rendering in `{language}` is out of date, so the English words are shown.")));
    }
    let question = knowledge.questions().iter().find(|question| question.id == rule.question);
    let asked = question.map(|question| Item::row("question", question.id.word(), question.title.as_str()));
    let fix = vec![Item::text(fix.trim())];
    let switches = rule.rows.iter().flat_map(|row| row.switches.iter().map(|(id, _)| id.as_str()));
    let mut switches: Vec<&str> = switches.collect();
    switches.sort_unstable();
    switches.dedup();
    let switches = switches.into_iter().filter_map(|id| knowledge.switch(id));
    let refs = if rule.refs.is_empty() { Vec::new() } else { vec![Item::text(rule.refs.join(" · "))] };
    Some(
        Explanation::new("rule", &rule.id, title)
            .with("why", "", about)
            .with("fix", "What to do", fix)
            .with("quotes", "The clauses", clauses(knowledge, rule))
            .with("rows", "When it speaks; the first line that fits counts", rule.rows.iter().map(row).collect())
            .with(
                "switches",
                "Readings that decide it",
                switches.map(|switch| Item::row(&switch.id, &switch.default, switch.title.as_str())).collect(),
            )
            .with("question", "What it answers", asked.into_iter().collect())
            .with("refs", "Where to read more", refs),
    )
}

/// Returns the words the rule quotes, and those of the licenses it refers to for the facts that it shows.
fn clauses(knowledge: &Knowledge, rule: &Rule) -> Vec<Item> {
    let mut items = quotes(&rule.quotes);
    for reference in &rule.refs {
        let Some(license) = reference.split(' ').next().and_then(|id| knowledge.license(id)) else { continue };
        if rule.quotes.iter().any(|quote| quote.license == license.id) {
            continue;
        }
        let shown = license.quotes.iter().filter(|quote| rule.shows.contains(&quote.fact)).cloned();
        items.extend(license::quotes(&license.id, &shown.collect::<Vec<_>>()));
    }
    items
}

pub(super) fn quotes(quotes: &[RuleQuote]) -> Vec<Item> {
    let item = |quote: &RuleQuote| Item::Quote {
        license: quote.license.clone(),
        clause: quote.clause.clone(),
        text: quote.text.clone(),
    };
    quotes.iter().map(item).collect()
}

fn row(row: &Row) -> Item {
    let mut when = condition(&row.condition);
    for (id, answers) in &row.switches {
        when.push(format!("{id} is answered {}", answers.join(" or ")));
    }
    let when = if when.is_empty() { "always".to_owned() } else { format!("if {}", when.join(", ")) };
    Item::row(row.verdict.word(), row.because.as_deref().unwrap_or_default(), when)
}

/// Returns the tests of a condition in words.
pub(super) fn condition(condition: &Condition) -> Vec<String> {
    condition.tests.iter().map(test).collect()
}

fn test(test: &Test) -> String {
    let words = test.key.words().iter().enumerate().filter(|(at, _)| test.words & (1 << at) != 0);
    let words: Vec<&str> = words.map(|(_, word)| *word).collect();
    let verb = if test.negated { "is not" } else { "is" };
    format!("{} {verb} {}", test.key.name(), words.join(if test.negated { " and not " } else { " or " }))
}
