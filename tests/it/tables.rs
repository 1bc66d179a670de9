//! Generated pages of the documentation: rewritten with `PPL_CHECK_BLESS=1`, compared otherwise.

use std::fmt::Write;
use std::path::Path;

use ppl_check::explain::explain;
use ppl_check::license::expr::{Expr, license_name};
use ppl_check::license::knowledge::schema::Status;
use ppl_check::license::knowledge::{Knowledge, License, Record};
use ppl_check::model::Verdict;
use ppl_check::policy::{Answers, Judge, scenarios, verdicts};
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
         stands.\n`ppl-check explain LICENSE` says why, with the clauses.\nThis is no legal advice.",
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
    let kinds = ["rule", "obligation", "switch", "answer"];
    let explanations: Vec<_> =
        ids.flat_map(|id| explain(knowledge, id, "en")).filter(|found| kinds.contains(&found.kind)).collect();
    let mut bytes = Vec::new();
    markdown(&explanations, &mut bytes).unwrap();
    format!("{}\n{}", head(title, about), String::from_utf8(bytes).unwrap())
}

#[test]
fn every_rule_duty_switch_and_answer() {
    let knowledge = Knowledge::builtin();
    let rules = &mut knowledge.rules().iter().map(|rule| rule.id.as_str());
    page("docs/rules.md", &explained("Rules", "What is looked for, why it matters, and what to do.", rules));
    let obligations = &mut knowledge.obligations().iter().map(|obligation| obligation.id.as_str());
    page("docs/obligations.md", &explained("Obligations", "What may be owed for a part, and when.", obligations));
    let switches = &mut knowledge.switches().iter().map(|switch| switch.id.as_str());
    let about = "Questions on which readers disagree. Every report prints the one that decided a verdict.";
    page("docs/switches.md", &explained("Switches", about, switches));
    let faq = &mut knowledge.faqs().iter().map(|faq| faq.id.as_str());
    page("docs/faq.md", &explained("Questions and answers", "What every project under the PPL is asked.", faq));
}
