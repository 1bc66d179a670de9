//! Reading the files of `licenses/` into [`Knowledge`], alone or laid over knowledge that is there.
//!
//! Facts merge key by key: the family's, then the license's own, and in an overlay those of the license that is
//! already known. Every problem is reported with file, line and column; nothing is half loaded.

use std::collections::BTreeMap;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::{Table, Value};

use super::aliases::{self, Aliases};
use super::data::{Exception, Family, Knowledge, License, Record, compare_ids};
use super::error::{DataError, Source, Step, suggestion};
use super::schema::{AliasFile, Contested, ExceptionFile, FamilyFile, LicenseEntry, Quote, Status, Waivable};
use super::vocabulary::fact_names;
use crate::base::nearest::nearest;
use crate::license::facts::Facts;

/// Facts that are valid and state every key, for finding out which key of a record is not.
const SPECIMEN: &str = r#"
grant = "full"
commercial-use = "allowed"
share-alike = { scope = "none", trigger = "none" }
further-restrictions-forbidden = "no"
source = "none"
network-clause = "none"
license-copy = "none"
attribution = []
business-size = { people = 1, revenue = 1, year = 2000 }
delay = { years = 1 }
linking = { static = "free", dynamic = "free" }
"#;

/// One file of license knowledge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The path below the folder of knowledge, with `/`.
    pub path: String,
    /// The text.
    pub text: String,
}

impl Knowledge {
    /// Loads knowledge from the files of a folder; files that are not knowledge (`README.md`, `texts/`) are passed over.
    pub fn load(files: &[File]) -> Result<Self, Vec<DataError>> {
        Self::default().overlay(files)
    }

    /// Lays the files of a folder over this knowledge: what they say of an id replaces what is known of it, and the
    /// facts of a license key by key.
    pub fn overlay(&self, files: &[File]) -> Result<Self, Vec<DataError>> {
        let mut loader = Loader { knowledge: self.clone(), errors: Vec::new() };
        let mut files: Vec<&File> = files.iter().collect();
        files.sort_by(|left, right| left.path.cmp(&right.path));
        let mut digest = Sha256::new();
        digest.update(&self.digest);
        let mut met = BTreeMap::new();
        for file in &files {
            digest.update(format!("{}\0{}\0", file.path, file.text.len()));
            digest.update(&file.text);
            loader.file(Source { file: &file.path, text: &file.text }, &mut met);
        }
        loader.knowledge.digest = hex(&digest.finalize());
        loader.check_references(&files);
        if loader.errors.is_empty() {
            Ok(loader.knowledge)
        } else {
            loader.errors.sort();
            Err(loader.errors)
        }
    }
}

/// Which file already speaks of an id.
pub(super) type Met = BTreeMap<String, String>;

pub(super) struct Loader {
    pub(super) knowledge: Knowledge,
    pub(super) errors: Vec<DataError>,
}

impl Loader {
    fn file(&mut self, source: Source<'_>, met: &mut Met) {
        let (folder, name) = source.file.rsplit_once('/').unwrap_or(("", source.file));
        let Some(stem) = name.strip_suffix(".toml") else { return };
        match (folder, stem) {
            ("families", _) => self.family(source, stem, met),
            ("exceptions", _) => self.exceptions(source, met),
            ("rules", _) => self.rule(source, stem),
            ("", "aliases" | "aliases-copyfarleft") => self.aliases(source),
            ("", "obligations") => self.obligations(source),
            ("", "switches") => self.switches(source),
            ("", "relations") => self.relations(source),
            ("", "notes") => self.notes(source),
            ("", "defaults") => self.defaults(source),
            ("", "questions") => self.questions(source),
            ("", "faq") => self.faq(source),
            ("", "letters") => self.letters(source),
            ("", "downstream") => self.downstream(source),
            ("texts" | "identify", _) => {}
            _ => self.errors.push(source.error(&[], "this file has no place in the license knowledge").with_hint(Some(
                "families, exceptions and rules stand in folders of these names; the other files are `aliases.toml`, \
                 `obligations.toml`, `switches.toml`, `relations.toml`, `notes.toml`, `questions.toml`, `faq.toml`, \
                 `letters.toml`, `downstream.toml` and `defaults.toml`"
                    .to_owned(),
            ))),
        }
    }

    /// Reads a file into its schema, or reports why not.
    pub(super) fn parse<T: for<'de> Deserialize<'de>>(&mut self, source: Source<'_>) -> Option<T> {
        toml::from_str(source.text).map_err(|error| self.errors.push(source.syntax(&error))).ok()
    }

    /// Remembers that a file speaks of an id, and reports a second time.
    fn meet(&mut self, met: &mut Met, id: &str, source: Source<'_>, steps: &[Step]) {
        if let Some(first) = met.insert(id.to_ascii_lowercase(), source.file.to_owned()) {
            self.errors.push(source.error(steps, format!("`{id}` stands twice, first in `{first}`")));
        }
    }

    fn family(&mut self, source: Source<'_>, stem: &str, met: &mut Met) {
        let Some(file) = self.parse::<FamilyFile>(source) else { return };
        if file.id != stem {
            let message = format!("the family is called `{}`, and its file `{stem}.toml`", file.id);
            self.errors.push(source.error(&["id".into()], message));
        }
        self.check_evidence(source, &[], &file.quotes, &file.contested);
        let known = self.knowledge.family(&file.id).cloned();
        let known = known.as_ref();
        let mut facts: Table = known.and_then(|known| toml::from_str(&known.facts).ok()).unwrap_or_default();
        facts.extend(file.facts.clone());
        let mut quotes = known.map(|known| known.quotes.clone()).unwrap_or_default();
        quotes.retain(|quote| !file.facts.contains_key(&quote.fact));
        quotes.extend(file.quotes.clone());
        let mut waivable = known.map(|known| known.waivable.clone()).unwrap_or_default();
        waivable.extend(self.waivable(source, &[], &file.id, file.waivable));
        let family = Family {
            id: file.id.clone(),
            title: file.title,
            about: file.about,
            facts: toml::to_string(&facts).unwrap_or_default(),
            quotes,
            contested: file.contested,
            waivable,
        };
        for (index, entry) in file.licenses.into_iter().enumerate() {
            let steps = [Step::from("license"), index.into()];
            self.meet(met, &format!("license {}", entry.id), source, &steps);
            if let Some(license) = self.license(source, &steps, entry, &family, &facts) {
                replace(&mut self.knowledge.licenses, license, |license| &license.id);
            }
        }
        replace(&mut self.knowledge.families, family, |family| &family.id);
    }

    fn license(
        &mut self,
        source: Source<'_>,
        steps: &[Step],
        entry: LicenseEntry,
        family: &Family,
        family_facts: &Table,
    ) -> Option<License> {
        self.check_evidence(source, steps, &entry.quotes, &entry.contested);
        let known = self.knowledge.license(&entry.id).cloned();
        let stated = [entry.replaced_by.is_some(), !entry.any_of.is_empty(), !entry.facts.is_empty()];
        if stated.iter().filter(|stated| **stated).count() > 1 {
            let message = format!("`{}` has more than one of `replaced-by`, `any-of` and `facts`", entry.id);
            self.errors.push(source.error(steps, message));
            return None;
        }
        let derived = entry.derived_from.is_some() && entry.difference.is_some();
        if entry.status == Status::Derived && !derived && known.is_none() {
            let message = format!("`{}` is derived and names no `derived-from` and `difference`", entry.id);
            self.errors.push(source.error(steps, message));
        }
        let mut quotes = entry.quotes;
        let record = if let Some(expression) = entry.replaced_by {
            Record::ReplacedBy(expression)
        } else if !entry.any_of.is_empty() {
            Record::AnyOf(entry.any_of)
        } else if entry.status == Status::Unread && entry.facts.is_empty() {
            Record::Unread
        } else {
            let mut facts = match &known.as_ref().map(|known| &known.record) {
                Some(Record::Facts(facts)) => Table::try_from(facts).unwrap_or_default(),
                _ => family_facts.clone(),
            };
            facts.extend(entry.facts.clone());
            let inherited = known.as_ref().map_or(&family.quotes, |known| &known.quotes);
            let inherited: Vec<Quote> = inherited
                .iter()
                .filter(|quote| !entry.facts.contains_key(&quote.fact) && !quotes.contains(quote))
                .cloned()
                .collect();
            quotes.extend(inherited);
            Record::Facts(Box::new(self.facts(source, steps, &entry.id, &facts, &entry.facts)?))
        };
        let own: Vec<String> = entry.contested.iter().map(|contested| contested.fact.clone()).collect();
        let mut contested = entry.contested;
        if matches!(record, Record::Facts(_)) {
            let shared = family
                .contested
                .iter()
                .filter(|shared| !own.contains(&shared.fact) && !entry.facts.contains_key(&shared.fact));
            contested.extend(shared.cloned());
        }
        let mut waivable = self.waivable(source, steps, &entry.id, entry.waivable);
        let inherited = known.as_ref().map_or(&family.waivable, |known| &known.waivable);
        let own: Vec<String> = waivable.iter().map(|(clause, _)| clause.clone()).collect();
        waivable.extend(inherited.iter().filter(|(clause, _)| !own.contains(clause)).cloned());
        Some(License {
            waivable,
            id: entry.id,
            name: entry.name.or_else(|| known.as_ref().and_then(|known| known.name.clone())),
            family: family.id.clone(),
            status: entry.status,
            derived_from: entry.derived_from,
            difference: entry.difference,
            record,
            later: entry.later,
            quotes,
            contested,
            note: entry.note,
            sources: entry.sources,
        })
    }

    /// Reads merged facts, or reports the key that is wrong: at the license if it states it, else at the family.
    fn facts(&mut self, source: Source<'_>, steps: &[Step], id: &str, merged: &Table, own: &Table) -> Option<Facts> {
        let error = match Facts::deserialize(Value::Table(merged.clone())) {
            Ok(facts) => return Some(facts),
            Err(error) => error,
        };
        let (key, message) = blame(merged).unwrap_or_else(|| (None, error.message().to_owned()));
        let mut at = match &key {
            Some(key) if !own.contains_key(key) => Vec::new(),
            _ => steps.to_vec(),
        };
        if let Some(key) = &key {
            at.extend([Step::from("facts"), key.as_str().into()]);
        }
        let named = key.map_or_else(|| format!("`{id}`: {message}"), |key| format!("`{id}`, `{key}`: {message}"));
        self.errors.push(source.error(&at, named).with_hint(suggestion(&message)));
        None
    }

    /// Checks what waivers change.
    fn waivable(
        &mut self,
        source: Source<'_>,
        steps: &[Step],
        id: &str,
        entries: Vec<Waivable>,
    ) -> Vec<(String, String)> {
        let mut checked = Vec::new();
        for (index, entry) in entries.into_iter().enumerate() {
            let steps = [steps, &["waivable".into(), index.into()]].concat();
            let mut trial: Table = toml::from_str(SPECIMEN).unwrap_or_default();
            trial.extend(entry.facts.clone());
            if self.facts(source, &steps, id, &trial, &entry.facts).is_some() {
                checked.push((entry.clause, toml::to_string(&entry.facts).unwrap_or_default()));
            }
        }
        checked
    }

    fn check_evidence(&mut self, source: Source<'_>, steps: &[Step], quotes: &[Quote], contested: &[Contested]) {
        let at = |kind: &str, index: usize| [steps, &[kind.into(), index.into(), "fact".into()]].concat();
        let facts = quotes.iter().enumerate().map(|(index, quote)| (at("quotes", index), &quote.fact));
        let disputed = contested.iter().enumerate().map(|(index, entry)| (at("contested", index), &entry.fact));
        for (steps, fact) in facts.chain(disputed) {
            if !fact_names().contains(&fact.as_str()) {
                let hint = nearest(fact, fact_names().iter().copied()).map(|near| format!("did you mean `{near}`?"));
                self.errors.push(source.error(&steps, format!("there is no fact `{fact}`")).with_hint(hint));
            }
        }
        for (index, entry) in contested.iter().enumerate() {
            if entry.readings.len() < 2 {
                let message = format!("contested `{}` has fewer than two readings", entry.fact);
                self.errors.push(source.error(&at("contested", index), message));
            }
        }
    }

    fn exceptions(&mut self, source: Source<'_>, met: &mut Met) {
        let Some(file) = self.parse::<ExceptionFile>(source) else { return };
        for (index, entry) in file.exceptions.into_iter().enumerate() {
            let steps = [Step::from("exception"), index.into()];
            self.meet(met, &format!("exception {}", entry.id), source, &steps);
            self.check_evidence(source, &steps, &entry.quotes, &[]);
            let mut trial: Table = toml::from_str(SPECIMEN).unwrap_or_default();
            trial.extend(entry.facts.clone());
            if !entry.facts.is_empty() {
                self.facts(source, &steps, &entry.id, &trial, &entry.facts);
            }
            let exception = Exception {
                facts: toml::to_string(&entry.facts).unwrap_or_default(),
                id: entry.id,
                name: entry.name,
                status: entry.status,
                effect: entry.effect,
                registered_for: entry.registered_for,
                about: entry.about,
                quotes: entry.quotes,
                note: entry.note,
                sources: entry.sources,
            };
            replace(&mut self.knowledge.exceptions, exception, |exception| &exception.id);
        }
    }

    fn aliases(&mut self, source: Source<'_>) {
        let Some(file) = self.parse::<AliasFile>(source) else { return };
        let mut aliases = std::mem::take(&mut self.knowledge.aliases);
        let fold = aliases::fold;
        self.extend(source, &["alias"], &mut aliases.alias, file.alias, fold);
        self.extend(source, &["ambiguous"], &mut aliases.ambiguous, file.ambiguous, fold);
        self.extend(source, &["unknown"], &mut aliases.unknown, file.unknown, fold);
        for reason in file.silent {
            if !aliases.unknown.iter().any(|(_, known)| *known == reason) {
                self.errors
                    .push(source.error(&["silent".into()], format!("`{reason}` stands nowhere below `unknown`")));
            }
            aliases.silent.push(reason);
        }
        self.extend(source, &["classifier"], &mut aliases.classifier, file.classifier, fold);
        self.extend(source, &["url"], &mut aliases.url, file.url, aliases::fold_url);
        self.extend(source, &["debian"], &mut aliases.debian, file.debian, fold);
        for (ty, tables) in file.ecosystem {
            let mut own = aliases::look_up(&aliases.ecosystem, &ty).cloned().unwrap_or_default();
            self.extend(source, &["ecosystem", &ty, "alias"], &mut own.alias, tables.alias, fold);
            self.extend(source, &["ecosystem", &ty, "ambiguous"], &mut own.ambiguous, tables.ambiguous, fold);
            set(&mut aliases.ecosystem, ty, own);
        }
        self.check_spellings(source, &aliases);
        self.knowledge.aliases = aliases;
    }

    fn extend<T: PartialEq>(
        &mut self,
        source: Source<'_>,
        steps: &[&str],
        table: &mut aliases::Table<T>,
        rows: BTreeMap<String, T>,
        fold: fn(&str) -> String,
    ) {
        let mut met: BTreeMap<String, String> = BTreeMap::new();
        for (spelling, value) in rows {
            let folded = fold(&spelling);
            if let Some(first) = met.insert(folded.clone(), spelling.clone()) {
                let mut at: Vec<Step> = steps.iter().map(|step| Step::from(*step)).collect();
                at.push(spelling.as_str().into());
                self.errors.push(source.error(&at, format!("`{spelling}` is the same spelling as `{first}`")));
            }
            set(table, folded, value);
        }
    }

    fn check_spellings(&mut self, source: Source<'_>, aliases: &Aliases) {
        for (spelling, _) in &aliases.alias {
            let twice = aliases::look_up(&aliases.ambiguous, spelling).is_some()
                || aliases::look_up(&aliases.unknown, spelling).is_some();
            if twice {
                let message = format!("`{spelling}` stands under `alias` and as ambiguous or unknown");
                self.errors.push(source.error(&["alias".into()], message));
            }
        }
    }
}

/// Finds the key of a table of facts that is wrong, and says why.
fn blame(facts: &Table) -> Option<(Option<String>, String)> {
    let specimen: Table = toml::from_str(SPECIMEN).ok()?;
    facts.iter().find_map(|(key, value)| {
        let mut trial = specimen.clone();
        trial.insert(key.clone(), value.clone());
        let error = Facts::deserialize(Value::Table(trial)).err()?;
        Some((Some(key.clone()), error.message().to_owned()))
    })
}

/// Puts an entry where its id belongs, in the place of one with the same id.
pub(super) fn replace<T>(entries: &mut Vec<T>, entry: T, id_of: impl Fn(&T) -> &String) {
    match entries.binary_search_by(|known| compare_ids(id_of(known), id_of(&entry))) {
        Ok(at) => {
            if let Some(known) = entries.get_mut(at) {
                *known = entry;
            }
        }
        Err(at) => entries.insert(at, entry),
    }
}

/// Sets the value of a key in a sorted table.
pub(super) fn set<T>(table: &mut aliases::Table<T>, key: String, value: T) {
    match table.binary_search_by(|(known, _)| known.as_str().cmp(&key)) {
        Ok(at) => {
            if let Some(row) = table.get_mut(at) {
                row.1 = value;
            }
        }
        Err(at) => table.insert(at, (key, value)),
    }
}

/// Writes bytes in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAMILY: &str = r#"
id = "plain"
title = "plain licenses"
about = "They ask nothing."
[facts]
grant = "full"
commercial-use = "allowed"
share-alike = { scope = "none", trigger = "none" }
further-restrictions-forbidden = "no"
source = "none"
network-clause = "none"
license-copy = "copy"
attribution = ["notice"]
[[quotes]]
fact = "attribution"
clause = "1"
text = "keep this notice"
[[license]]
id = "Plain-1.0"
status = "read"
[[license]]
id = "Plain-NC"
status = "read"
facts = { commercial-use = "forbidden", attribution = ["tasl"] }
"#;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    fn errors(path: &str, text: &str) -> Vec<String> {
        Knowledge::load(&[file(path, text)]).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn facts_merge_key_by_key_and_quotes_follow_the_facts() {
        let knowledge = Knowledge::load(&[file("families/plain.toml", FAMILY)]).unwrap();
        let plain = knowledge.license("plain-1.0").unwrap();
        assert_eq!(plain.quotes.len(), 1);
        let noncommercial = knowledge.license("Plain-NC").unwrap();
        assert_eq!(noncommercial.quotes, []);
        assert_eq!(knowledge.facts("Plain-NC").unwrap().commercial_use.word(), "forbidden");
        assert_eq!(knowledge.facts("Plain-NC").unwrap().license_copy.word(), "copy");
        assert_eq!(knowledge.license("Plain"), None);
    }

    #[test]
    fn an_overlay_changes_only_what_it_states() {
        let knowledge = Knowledge::load(&[file("families/plain.toml", FAMILY)]).unwrap();
        let overlay = r#"
id = "plain"
title = "plain licenses"
about = "They ask nothing."
[[license]]
id = "Plain-1.0"
status = "read"
facts = { notice-file = true }
[[license]]
id = "Plain-2.0"
status = "read"
"#;
        let laid = knowledge.overlay(&[file("families/plain.toml", overlay)]).unwrap();
        assert!(laid.facts("Plain-1.0").unwrap().notice_file);
        assert_eq!(laid.facts("Plain-1.0").unwrap().attribution.len(), 1);
        assert_eq!(laid.license("Plain-1.0").unwrap().quotes.len(), 1);
        assert_eq!(laid.facts("Plain-2.0"), knowledge.facts("Plain-1.0"));
        assert_eq!(laid.licenses().len(), 3);
        assert_ne!(laid.digest, knowledge.digest);
    }

    #[test]
    fn problems_have_a_place_and_a_suggestion() {
        for (from, to, expect) in [
            (
                "commercial-use = \"forbidden\"",
                "commercial-use = \"forbiden\"",
                "families/plain.toml:24:11: `Plain-NC`, `commercial-use`: unknown variant `forbiden`, expected one of",
            ),
            (
                "source = \"none\"",
                "sourse = \"none\"",
                "families/plain.toml:10:1: `Plain-1.0`, `sourse`: unknown field `sourse`",
            ),
            ("grant = \"full\"", "", "families/plain.toml:18:1: `Plain-1.0`: missing field `grant`"),
            ("id = \"plain\"", "id = \"other\"", "families/plain.toml:2:1: the family is called `other`"),
            ("Plain-NC", "plain-1.0", "`license plain-1.0` stands twice"),
            ("fact = \"attribution\"", "fact = \"atribution\"", "did you mean `attribution`?"),
            ("clause = \"1\"", "claus = \"1\"", "did you mean `clause`?"),
        ] {
            let found = errors("families/plain.toml", &FAMILY.replace(from, to)).join("\n");
            assert!(found.contains(expect), "{found}\n  expected {expect}");
        }
        assert!(errors("other.toml", "").join("\n").contains("has no place"));
        let silent = "silent = [\"says little\"]\n[unknown]\nx = \"says nothing\"\n";
        assert!(errors("aliases.toml", silent).join("\n").contains("`says little` stands nowhere below `unknown`"));
    }

    #[test]
    fn conditions_have_a_closed_vocabulary() {
        let rule = |condition: &str| {
            format!(
                "id = \"r\"\ntitle = \"t\"\nwhy = \"w\"\nfix = \"f\"\nquestion = \"outbound\"\nrefs = []\n\
                 [[when]]\nverdict = \"conflict\"\nis = {condition}\n"
            )
        };
        assert!(Knowledge::load(&[file("rules/r.toml", &rule("{ share-alike = [\"work\"] }"))]).is_ok());
        for (condition, expect) in [
            ("{ license = \"X\" }", "never the name of a license"),
            ("{ share-alke = \"work\" }", "rules/r.toml:9:8"),
            ("{ share-alke = \"work\" }", "did you mean `share-alike`?"),
            ("{ share-alike = \"werk\" }", "did you mean `work`?"),
            ("{ share-alike = 1 }", "expected a word or a list of words"),
        ] {
            let found = errors("rules/r.toml", &rule(condition)).join("\n");
            assert!(found.contains(expect), "{found}\n  expected {expect}");
        }
    }

    #[test]
    fn names_that_lead_nowhere_are_reported_where_they_stand() {
        let text = FAMILY.replace("id = \"Plain-NC\"", "id = \"Plain-NC\"\nlater = [\"Plain-1.1\"]");
        let found = errors("families/plain.toml", &text).join("\n");
        assert_eq!(
            found,
            "families/plain.toml:23:10: `Plain-NC` names `Plain-1.1`, which is not known (did you mean `Plain-1.0`?)"
        );
    }

    #[test]
    fn spellings_that_fold_to_the_same_are_reported() {
        let found = errors("aliases.toml", "[alias]\n\"MIT\" = \"MIT\"\n\"mit \" = \"MIT\"\n").join("\n");
        assert!(found.contains("is the same spelling as"), "{found}");
    }
}
