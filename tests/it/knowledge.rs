//! The license knowledge: complete, free of contradictions, and every quote in its text.

use std::collections::{BTreeMap, BTreeSet};

use ppl_check::license::expr::{Expr, Id, license_ids};
use ppl_check::license::facts::{
    Commercial, Facts, Grant, NetworkClause, NonprofitCommercial, PublicDomain, Restrictions, ShareScope,
};
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
fn every_id_of_the_list_has_been_read() {
    let knowledge = Knowledge::builtin();
    let mut open: Vec<&str> = license_ids();
    open.retain(|id| knowledge.license(id).is_none_or(|license| license.status == Status::Unread));
    assert_eq!(open, Vec::<&str>::new());
    let exceptions = spdx::identifiers::EXCEPTIONS.iter().map(|exception| exception.name);
    let open: Vec<&str> = exceptions
        .filter(|id| knowledge.exception(id).is_none_or(|exception| exception.status == Status::Unread))
        .collect();
    assert_eq!(open, Vec::<&str>::new());
    // Whoever derives a record says from what, and how the texts differ.
    for license in knowledge.licenses().iter().filter(|license| license.status == Status::Derived) {
        let from = license.derived_from.as_deref().unwrap_or_default();
        assert!(knowledge.license(from).is_some(), "{} is derived from `{from}`", license.id);
        assert!(license.difference.as_ref().is_some_and(|difference| difference.len() > 10), "{}", license.id);
    }
}

/// Facts of a license that take something away from somebody, or that give something back.
fn weighty(facts: &Facts) -> Vec<&'static str> {
    let copyleft = !matches!(facts.share_alike.scope, ShareScope::None | ShareScope::SameNotice);
    let table = [
        ("grant", facts.grant != Grant::Full),
        // What the text does not settle has no words to quote; it is judged as unknown.
        ("commercial-use", !matches!(facts.commercial_use, Commercial::Allowed | Commercial::Unknown)),
        ("entity-bar", !facts.entity_bar.is_empty()),
        ("nonprofit-commercial", facts.nonprofit_commercial == NonprofitCommercial::Allowed),
        ("nc-safe-harbor", !facts.nc_safe_harbor.is_empty()),
        ("field-of-use", !facts.field_of_use.is_empty()),
        ("share-alike", copyleft),
        ("further-restrictions-forbidden", facts.further_restrictions_forbidden == Restrictions::Work),
        ("network-clause", facts.network_clause != NetworkClause::None),
        ("no-derivatives", facts.no_derivatives),
        ("relicense-to", !facts.relicense_to.is_empty()),
        ("secondary-license", !facts.secondary_license.is_empty()),
        ("public-domain", facts.public_domain != PublicDomain::No),
    ];
    table.into_iter().filter(|(_, holds)| *holds).map(|(fact, _)| fact).collect()
}

#[test]
fn facts_that_weigh_are_quoted() {
    let texts = texts();
    let mut missing = Vec::new();
    for license in Knowledge::builtin().licenses().iter().filter(|license| texts.contains_key(&license.id)) {
        let Record::Facts(facts) = &license.record else { continue };
        for fact in weighty(facts) {
            if !license.quotes.iter().any(|quote| quote.fact == fact) {
                missing.push(format!("{} ({}): {fact}", license.id, license.family));
            }
        }
    }
    assert!(missing.is_empty(), "{} facts without a quote:\n{}", missing.len(), missing.join("\n"));
}

#[test]
fn contested_facts_have_two_readings_with_who_holds_them() {
    for license in Knowledge::builtin().licenses() {
        for contested in &license.contested {
            assert!(contested.readings.len() >= 2, "{}: {}", license.id, contested.fact);
            for reading in &contested.readings {
                let said = [&reading.says, &reading.by, &reading.source];
                assert!(said.iter().all(|text| !text.trim().is_empty()), "{}: {}", license.id, contested.fact);
            }
        }
    }
    for switch in Knowledge::builtin().switches() {
        assert!(switch.answers.len() >= 2, "{}", switch.id);
    }
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
