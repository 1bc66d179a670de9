//! The license knowledge: complete, free of contradictions, and every quote in its text.

use std::collections::{BTreeMap, BTreeSet};

use ppl_check::license::expr::{Expr, Id, license_ids};
use ppl_check::license::knowledge::schema::Status;
use ppl_check::license::knowledge::{File, Knowledge, License, Record, source_files, stands_in};

/// The texts that can be read here: those of the SPDX list and those in `licenses/texts/`.
fn texts() -> BTreeMap<String, String> {
    let mut texts: BTreeMap<String, String> = spdx::identifiers::LICENSES
        .iter()
        .filter_map(|license| Some((license.name.to_owned(), spdx::license_id(license.name)?.text().to_owned())))
        .collect();
    for exception in spdx::identifiers::EXCEPTIONS {
        if let Some(id) = spdx::exception_id(exception.name) {
            texts.insert(exception.name.to_owned(), id.text().to_owned());
        }
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/licenses/texts");
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let id = path.file_stem().unwrap().to_str().unwrap().to_owned();
            texts.insert(id, std::fs::read_to_string(&path).unwrap());
        }
    }
    texts
}

/// The texts a license's quotes may come from: its own, or that of each version it stands for.
fn texts_of<'a>(texts: &'a BTreeMap<String, String>, license: &License) -> Option<&'a String> {
    texts.get(&license.id)
}

#[test]
fn every_quote_stands_in_its_text() {
    let texts = texts();
    let knowledge = Knowledge::builtin();
    let mut wrong = Vec::new();
    for license in knowledge.licenses() {
        let Some(text) = texts_of(&texts, license) else { continue };
        for quote in license.quotes.iter().filter(|quote| !stands_in(&quote.text, text)) {
            wrong.push(format!("{} {} ({}): {}", license.id, quote.clause, quote.fact, quote.text));
        }
    }
    for exception in knowledge.exceptions() {
        let Some(text) = texts.get(&exception.id) else { continue };
        for quote in exception.quotes.iter().filter(|quote| !stands_in(&quote.text, text)) {
            wrong.push(format!("{} {} ({}): {}", exception.id, quote.clause, quote.fact, quote.text));
        }
    }
    for rule in knowledge.rules() {
        for quote in &rule.quotes {
            if !texts.get(&quote.license).is_some_and(|text| stands_in(&quote.text, text)) {
                wrong.push(format!("rule {}: {} {}: {}", rule.id, quote.license, quote.clause, quote.text));
            }
        }
    }
    for faq in knowledge.faqs() {
        assert!(!faq.quotes.is_empty(), "{} quotes nothing", faq.id);
        for quote in &faq.quotes {
            if !texts.get(&quote.license).is_some_and(|text| stands_in(&quote.text, text)) {
                wrong.push(format!("faq {}: {} {}: {}", faq.id, quote.license, quote.clause, quote.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{} quotes do not stand in the text:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn ids_are_those_of_the_list_or_references() {
    let known: BTreeSet<&str> = license_ids().into_iter().collect();
    let knowledge = Knowledge::builtin();
    let odd: Vec<&str> = knowledge
        .licenses()
        .iter()
        .map(|license| license.id.as_str())
        .filter(|id| !known.contains(id) && !id.starts_with("LicenseRef-"))
        .collect();
    assert_eq!(odd, Vec::<&str>::new());
    let exceptions: BTreeSet<&str> = spdx::identifiers::EXCEPTIONS.iter().map(|exception| exception.name).collect();
    let odd: Vec<&str> = knowledge
        .exceptions()
        .iter()
        .map(|exception| exception.id.as_str())
        .filter(|id| !exceptions.contains(id) && !id.starts_with("LicenseRef-") && !id.starts_with("AdditionRef-"))
        .collect();
    assert_eq!(odd, Vec::<&str>::new());
}

#[test]
fn replacements_are_expressions_over_known_licenses() {
    let knowledge = Knowledge::builtin();
    let mut wrong = Vec::new();
    for license in knowledge.licenses() {
        let Record::ReplacedBy(expression) = &license.record else { continue };
        let Ok(parsed) = Expr::parse(expression) else {
            wrong.push(format!("{}: `{expression}` is no expression", license.id));
            continue;
        };
        for part in parsed.expr.licenses() {
            let replaced = knowledge.license(&part.id.to_string()).map(|license| &license.record);
            if matches!(replaced, Some(Record::ReplacedBy(_))) || part.id == Id::None {
                wrong.push(format!("{}: `{}` is replaced itself", license.id, part.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn records_that_were_made_say_how() {
    for license in Knowledge::builtin().licenses() {
        let id = &license.id;
        if license.status == Status::Unread {
            assert!(license.quotes.is_empty(), "{id} has quotes and is marked unread");
        } else {
            assert!(!license.sources.is_empty(), "{id} names no source");
        }
    }
}

/// The examples of the README are files that load: whoever copies one starts from something that works.
#[test]
fn examples_of_the_readme_load() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/licenses/README.md")).unwrap();
    let mut loaded = BTreeSet::new();
    for block in readme.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
        let path = if block.starts_with("id = \"garden\"") {
            "families/garden.toml"
        } else if block.starts_with("id = \"noncommercial-dependency\"") {
            "rules/noncommercial-dependency.toml"
        } else if block.starts_with("[alias]") {
            "aliases.toml"
        } else {
            continue;
        };
        let file = File { path: path.to_owned(), text: block.to_owned() };
        Knowledge::builtin().overlay(&[file]).unwrap_or_else(|errors| panic!("{errors:#?}"));
        loaded.insert(path);
    }
    assert_eq!(loaded.len(), 3);
}

#[test]
fn what_is_loaded_from_a_folder_is_what_is_compiled_in() {
    let mut loaded = Knowledge::load(&source_files()).unwrap();
    loaded.drop_cases();
    assert_eq!(&loaded, Knowledge::builtin());
}
