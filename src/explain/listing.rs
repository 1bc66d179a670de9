//! Lists of what can be explained.

use super::{Explanation, Item, words};
use crate::base::Code;
use crate::ecosystem::ECOSYSTEMS;
use crate::license::expr::license_name;
use crate::license::knowledge::schema::Status;
use crate::license::knowledge::vocabulary::Key;
use crate::license::knowledge::{Knowledge, License};
use crate::report::{DOCUMENTS, FORMATS, Format, LISTINGS};

/// A list.
pub struct List {
    /// The word to ask for.
    pub id: &'static str,
    /// One line.
    pub title: &'static str,
    rows: fn(&Knowledge) -> Vec<Item>,
}

/// Every list, sorted by id.
pub static LISTS: &[List] = &[
    List { id: "diagnostics", title: "problems with inputs", rows: diagnostics },
    List { id: "ecosystems", title: "package managers and the files that are read", rows: ecosystems },
    List { id: "exceptions", title: "what may stand behind WITH", rows: exceptions },
    List { id: "facts", title: "what can be said of a license", rows: facts },
    List { id: "faq", title: "what every project is asked", rows: faq },
    List { id: "formats", title: "ways to write a report", rows: formats },
    List { id: "licenses", title: "every license, with how its record came to be", rows: licenses },
    List { id: "notes", title: "remarks beside findings", rows: notes },
    List { id: "obligations", title: "what may be owed for a part", rows: obligations },
    List { id: "questions", title: "what rules answer", rows: questions },
    List { id: "rules", title: "what is looked for", rows: rules },
    List { id: "switches", title: "contested readings that a policy may decide", rows: switches },
    List { id: "words", title: "words of options, reports and configuration", rows: all_words },
];

pub(super) fn list(knowledge: &Knowledge, id: &str) -> Option<Explanation> {
    let list = LISTS.iter().find(|list| list.id == id)?;
    Some(Explanation::new("list", list.id, list.title).with("entries", "", (list.rows)(knowledge)))
}

fn diagnostics(_: &Knowledge) -> Vec<Item> {
    Code::ALL.iter().map(|code| Item::row(code.id(), code.severity().word(), code.description())).collect()
}

fn ecosystems(_: &Knowledge) -> Vec<Item> {
    let files = |ecosystem: &crate::ecosystem::Ecosystem| {
        ecosystem.files.iter().map(|file| file.pattern.words()).collect::<Vec<_>>().join(", ")
    };
    ECOSYSTEMS.iter().map(|ecosystem| Item::row(ecosystem.ty, ecosystem.name, files(ecosystem))).collect()
}

fn exceptions(knowledge: &Knowledge) -> Vec<Item> {
    knowledge.exceptions().iter().map(|exception| Item::row(&exception.id, exception.about.trim(), "")).collect()
}

fn facts(_: &Knowledge) -> Vec<Item> {
    Key::ALL.iter().map(|key| Item::row(key.name(), key.about(), key.words().join(", "))).collect()
}

fn faq(knowledge: &Knowledge) -> Vec<Item> {
    knowledge.faqs().iter().map(|faq| Item::row(&faq.id, &faq.question, "")).collect()
}

fn formats(_: &Knowledge) -> Vec<Item> {
    let row = |command: &str, format: &Format| Item::row(format.name, command, format.about);
    let checks = FORMATS.iter().map(|format| row("check", format));
    let listings = LISTINGS.iter().filter(|format| format.name != "text").map(|format| row("list", format));
    let documents = DOCUMENTS.iter().map(|format| row("report", format));
    checks.chain(listings).chain(documents).collect()
}

fn licenses(knowledge: &Knowledge) -> Vec<Item> {
    let status = |license: &License| match license.status {
        Status::Read => "read",
        Status::Derived => "derived",
        Status::Unread => "unread",
    };
    let name = |license: &License| {
        license.name.clone().or_else(|| license_name(&license.id).map(str::to_owned)).unwrap_or_default()
    };
    knowledge.licenses().iter().map(|license| Item::row(&license.id, status(license), name(license))).collect()
}

fn notes(knowledge: &Knowledge) -> Vec<Item> {
    knowledge.notes().iter().map(|note| Item::row(&note.id, &note.text, "")).collect()
}

fn obligations(knowledge: &Knowledge) -> Vec<Item> {
    let rows = knowledge.obligations().iter();
    rows.map(|obligation| Item::row(&obligation.id, obligation.weight.word(), obligation.title.as_str())).collect()
}

fn questions(knowledge: &Knowledge) -> Vec<Item> {
    knowledge.questions().iter().map(|question| Item::row(question.id.word(), &question.title, "")).collect()
}

fn rules(knowledge: &Knowledge) -> Vec<Item> {
    knowledge.rules().iter().map(|rule| Item::row(&rule.id, rule.question.word(), rule.title.as_str())).collect()
}

fn switches(knowledge: &Knowledge) -> Vec<Item> {
    knowledge.switches().iter().map(|switch| Item::row(&switch.id, &switch.default, switch.title.as_str())).collect()
}

fn all_words(_: &Knowledge) -> Vec<Item> {
    words().into_iter().map(|(kind, word, meaning)| Item::row(word, kind, meaning)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_none_is_empty() {
        assert!(LISTS.iter().map(|list| list.id).is_sorted());
        for list in LISTS {
            assert!(!(list.rows)(Knowledge::builtin()).is_empty(), "{}", list.id);
        }
    }
}
