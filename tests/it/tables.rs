//! Generated pages of the documentation: rewritten with `PPL_CHECK_BLESS=1`, compared otherwise.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use ppl_check::explain::explain;
use ppl_check::license::expr::{Expr, license_name};
use ppl_check::license::facts::Commercial;
use ppl_check::license::knowledge::schema::Status;
use ppl_check::license::knowledge::{Knowledge, License, Record};
use ppl_check::model::Verdict;
use ppl_check::policy::{Answers, Judge, scenarios, verdicts};
use ppl_check::report::escape::markdown as markdown_text;
use ppl_check::report::explain::markdown;

/// Compares a page with what is generated, or writes it.
#[expect(clippy::disallowed_methods, reason = "whether to rewrite is said in the environment")]
fn page(path: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("PPL_CHECK_BLESS").is_some() {
        std::fs::write(&path, text).unwrap();
        return;
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    for (at, (known, text)) in known.lines().zip(text.lines()).enumerate() {
        assert_eq!(known, text, "{}:{}: rewrite it with PPL_CHECK_BLESS=1", path.display(), at + 1);
    }
    assert_eq!(known.lines().count(), text.lines().count(), "{}", path.display());
}

fn head(title: &str, about: &str) -> String {
    format!("# {title}\n\n{about}\nThis page is generated from `licenses/`; a test compares it.\n")
}

#[test]
fn every_license_in_the_standard_situations() {
    let knowledge = Knowledge::builtin();
    let scenarios = scenarios();
    let outbound = Expr::parse(&knowledge.defaults().outbound).unwrap().expr;
    let judge = Judge::new(knowledge, &outbound, Answers::new());
    let mut text = head(
        "Licenses",
        "Every license that is known, with its verdict in six situations.\n\
         `ok` at most notices to keep, `obligation` a duty to meet, `review` a question to decide, `conflict` not as it \
         stands.\n`ppl-check explain LICENSE` says why, with the clauses; those that limit their users have \
         [pages of their own](licenses/README.md).\nThis is no legal advice.",
    );
    for (at, scenario) in scenarios.iter().enumerate() {
        write!(text, "\n{}. {}", at + 1, scenario.title).unwrap();
    }
    text.push_str("\n\n| license | name | record | 1 | 2 | 3 | 4 | 5 | 6 |\n|---|---|---|---|---|---|---|---|---|\n");
    for license in knowledge.licenses() {
        let expr = Expr::parse(&license.id).unwrap().expr;
        let cells: Vec<&str> = verdicts(&judge, &expr, &scenarios).into_iter().map(Verdict::word).collect();
        writeln!(text, "| {} | {} | {} | {} |", license.id, name(license), record(license), cells.join(" | ")).unwrap();
    }
    page("docs/licenses.md", &text);
}

fn name(license: &License) -> String {
    let name = license.name.as_deref().or_else(|| license_name(&license.id)).unwrap_or_default();
    name.replace('|', "\\|")
}

fn record(license: &License) -> String {
    match (&license.record, license.status) {
        (Record::ReplacedBy(expression), _) => format!("now {expression}"),
        (Record::AnyOf(versions), _) => format!("one of {}", versions.join(", ")),
        (_, Status::Read) => "read".to_owned(),
        (_, Status::Derived) => "derived".to_owned(),
        (_, Status::Unread) => "unread".to_owned(),
    }
}

fn explained(title: &str, about: &str, ids: &mut dyn Iterator<Item = &str>) -> String {
    let knowledge = Knowledge::builtin();
    let kinds = ["rule", "obligation", "switch", "answer", "license"];
    let explanations: Vec<_> =
        ids.flat_map(|id| explain(knowledge, id, "en")).filter(|found| kinds.contains(&found.kind)).collect();
    let mut bytes = Vec::new();
    markdown(&explanations, &mut bytes).unwrap();
    format!("{}\n{}", head(title, about), String::from_utf8(bytes).unwrap())
}

/// Returns whether a license has a page of its own: it limits who may use the work, or readers disagree about it.
fn has_page(license: &License) -> bool {
    let limits = Knowledge::builtin().facts(&license.id).is_some_and(|facts| {
        matches!(facts.commercial_use, Commercial::WorkerOwnedOnly | Commercial::RestrictedOrganizations)
            || !facts.entity_bar.is_empty()
    });
    limits || !license.contested.is_empty()
}

#[test]
fn every_license_that_limits_its_users_or_divides_its_readers() {
    let knowledge = Knowledge::builtin();
    let mut pages: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for license in knowledge.licenses().iter().filter(|license| has_page(license)) {
        pages.entry(&license.family).or_default().push(&license.id);
    }
    let mut index = head(
        "License pages",
        "Licenses that limit who may use a work, and licenses on which readers disagree, by family.\n\
         The others stand in [the table](../licenses.md); `ppl-check explain LICENSE` explains each of them.",
    );
    index.push('\n');
    for (family, ids) in &pages {
        let title = knowledge.family(family).map_or(*family, |family| family.title.as_str());
        writeln!(index, "- [{title}]({family}.md): {}", ids.join(", ")).unwrap();
        let about =
            "Who may use it, what it asks, what it does to a project under the PPL, and where readers disagree.";
        let text = explained(title, about, &mut ids.iter().copied());
        page(&format!("docs/licenses/{family}.md"), &text);
    }
    page("docs/licenses/README.md", &index);
    holds_only("docs/licenses", |stem| pages.contains_key(stem));
}

/// Looks for pages of what is not there any more.
fn holds_only(folder: &str, is_known: impl Fn(&str) -> bool) {
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let stem = name.strip_suffix(".md").unwrap();
        assert!(stem == "README" || is_known(stem), "{folder}/{name} is a page of nothing");
    }
}

#[test]
fn every_rule_has_a_page() {
    let rules = Knowledge::builtin().rules();
    let mut index =
        head("Rules", "What is looked for. Each page says why it matters and what to do, with the clauses.");
    index.push_str("\n| rule | what it finds |\n|---|---|\n");
    for rule in rules {
        let title = markdown_text(&rule.title);
        writeln!(index, "| [{}]({}.md) | {title} |", rule.id, rule.id).unwrap();
        let about = "What it looks for, why it matters, and what to do.";
        page(&format!("docs/rules/{}.md", rule.id), &explained(&rule.title, about, &mut std::iter::once(&*rule.id)));
    }
    page("docs/rules/README.md", &index);
    holds_only("docs/rules", |stem| rules.iter().any(|rule| rule.id == stem));
}

#[test]
fn every_duty_switch_and_answer() {
    let knowledge = Knowledge::builtin();
    let obligations = &mut knowledge.obligations().iter().map(|obligation| obligation.id.as_str());
    page("docs/obligations.md", &explained("Obligations", "What may be owed for a part, and when.", obligations));
    let switches = &mut knowledge.switches().iter().map(|switch| switch.id.as_str());
    let about = "Questions on which readers disagree. Every report prints the one that decided a verdict.";
    page("docs/switches.md", &explained("Switches", about, switches));
    let faq = &mut knowledge.faqs().iter().map(|faq| faq.id.as_str());
    page("docs/faq.md", &explained("Questions and answers", "What every project under the PPL is asked.", faq));
}
