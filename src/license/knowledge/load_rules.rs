//! Reading rules, obligations, switches, relations, notes and defaults.

use toml::{Table, Value};

use super::data::Relations;
use super::error::{Source, Step};
use super::load::{File, Loader, replace, set};
use super::rule_schema::{
    Defaults, DownstreamFile, FaqFile, LetterFile, NoteFile, ObligationEntry, ObligationFile, QuestionFile,
    RelationFile, RowEntry, RuleFile, SwitchFile,
};
use super::rules::{Condition, Obligation, Row, Rule, Test};
use super::vocabulary::{FORM, Key, REACH, RELATION, fact_names};
use super::{data::Knowledge, data::Record};
use crate::base::nearest::nearest;

impl Loader {
    pub(super) fn rule(&mut self, source: Source<'_>, stem: &str) {
        let Some(file) = self.parse::<RuleFile>(source) else { return };
        if file.id != stem {
            let message = format!("the rule is called `{}`, and its file `{stem}.toml`", file.id);
            self.errors.push(source.error(&["id".into()], message));
        }
        self.check_shows(source, &[], &file.shows);
        let rows = file
            .rows
            .into_iter()
            .enumerate()
            .map(|(index, row)| self.row(source, &["when".into(), index.into()], row))
            .collect();
        let rule = Rule {
            id: file.id,
            title: file.title,
            why: file.why,
            fix: file.fix,
            question: file.question,
            refs: file.refs,
            shows: file.shows,
            quotes: file.quotes,
            rows,
            translations: file.translation.into_iter().collect(),
            cases: file.cases,
        };
        replace(&mut self.knowledge.rules, rule, |rule| &rule.id);
    }

    fn row(&mut self, source: Source<'_>, steps: &[Step], entry: RowEntry) -> Row {
        let switches = entry
            .switch
            .iter()
            .filter_map(|(id, value)| {
                let answers = words(value);
                if answers.is_none() {
                    let steps = [steps, &["switch".into(), id.as_str().into()]].concat();
                    self.errors.push(source.error(&steps, "expected an answer, or a list of answers"));
                }
                Some((id.clone(), answers?))
            })
            .collect();
        Row {
            condition: self.condition(source, steps, &entry.is, &entry.unless),
            switches,
            verdict: entry.verdict,
            cause: entry.cause,
            because: entry.because,
            notes: entry.notes,
        }
    }

    fn condition(&mut self, source: Source<'_>, steps: &[Step], is: &Table, unless: &Table) -> Condition {
        let mut tests = Vec::new();
        for (part, table, negated) in [("is", is, false), ("unless", unless, true)] {
            for (name, value) in table {
                let steps = [steps, &[part.into(), name.as_str().into()]].concat();
                match test(name, value, negated) {
                    Ok(test) => tests.push(test),
                    Err((message, hint)) => self.errors.push(source.error(&steps, message).with_hint(hint)),
                }
            }
        }
        Condition { tests }
    }

    fn check_shows(&mut self, source: Source<'_>, steps: &[Step], shows: &[String]) {
        for (index, fact) in shows.iter().enumerate() {
            if !fact_names().contains(&fact.as_str()) {
                let steps = [steps, &["shows".into(), index.into()]].concat();
                let hint = nearest(fact, fact_names().iter().copied()).map(|near| format!("did you mean `{near}`?"));
                self.errors.push(source.error(&steps, format!("there is no fact `{fact}`")).with_hint(hint));
            }
        }
    }

    pub(super) fn obligations(&mut self, source: Source<'_>) {
        let Some(file) = self.parse::<ObligationFile>(source) else { return };
        for (index, entry) in file.obligations.into_iter().enumerate() {
            let obligation = self.obligation(source, &["obligation".into(), index.into()], entry);
            replace(&mut self.knowledge.obligations, obligation, |obligation| &obligation.id);
        }
    }

    fn obligation(&mut self, source: Source<'_>, steps: &[Step], entry: ObligationEntry) -> Obligation {
        self.check_shows(source, steps, &entry.shows);
        let when = entry
            .when
            .into_iter()
            .enumerate()
            .map(|(index, row)| {
                let steps = [steps, &["when".into(), index.into()]].concat();
                (self.condition(source, &steps, &row.is, &row.unless), row.extent)
            })
            .collect();
        Obligation {
            id: entry.id,
            title: entry.title,
            about: entry.about,
            weight: entry.weight,
            shows: entry.shows,
            when,
        }
    }

    pub(super) fn switches(&mut self, source: Source<'_>) {
        let Some(file) = self.parse::<SwitchFile>(source) else { return };
        for (index, switch) in file.switches.into_iter().enumerate() {
            if !switch.answers.iter().any(|answer| answer.id == switch.default) {
                let message = format!("the default `{}` is none of the answers of `{}`", switch.default, switch.id);
                let steps = ["switch".into(), index.into(), "default".into()];
                self.errors.push(source.error(&steps, message));
            }
            replace(&mut self.knowledge.switches, switch, |switch| &switch.id);
        }
    }

    pub(super) fn relations(&mut self, source: Source<'_>) {
        let Some(file) = self.parse::<RelationFile>(source) else { return };
        let mut relations: Relations = std::mem::take(&mut self.knowledge.relations);
        for (index, relation) in file.given_on.iter().enumerate() {
            self.check_word(source, &["given-on".into(), index.into()], relation, RELATION);
        }
        if !file.given_on.is_empty() {
            relations.given_on = file.given_on;
        }
        for (relation, reach) in file.reach {
            let steps = [Step::from("reach"), relation.as_str().into()];
            self.check_word(source, &steps, &relation, RELATION);
            self.check_word(source, &steps, &reach, REACH);
            set(&mut relations.reach, relation, reach);
        }
        for (ty, names) in file.bundlers {
            set(&mut relations.bundlers, ty, names);
        }
        for (index, row) in file.relations.iter().enumerate() {
            let steps = [Step::from("relation"), index.into(), "as".into()];
            self.check_word(source, &steps, &row.relation, RELATION);
        }
        for (index, row) in file.forms.into_iter().enumerate() {
            let steps = |key: &str| [Step::from("form"), index.into(), key.into()];
            self.check_word(source, &steps("form"), &row.form, FORM);
            for relation in &row.relations {
                self.check_word(source, &steps("relations"), relation, RELATION);
            }
            replace(&mut relations.forms, row, |row| &row.form);
        }
        // The rows of an overlay come first, because the first row that matches counts.
        let known = std::mem::replace(&mut relations.rows, file.relations);
        relations.rows.extend(known);
        self.knowledge.relations = relations;
    }

    fn check_word(&mut self, source: Source<'_>, steps: &[Step], word: &str, words: &[&str]) {
        if !words.contains(&word) {
            self.errors.push(source.error(steps, unknown_word(word, words)).with_hint(near_word(word, words)));
        }
    }

    pub(super) fn notes(&mut self, source: Source<'_>) {
        let Some(file) = self.parse::<NoteFile>(source) else { return };
        for note in file.notes {
            replace(&mut self.knowledge.notes, note, |note| &note.id);
        }
    }

    pub(super) fn questions(&mut self, source: Source<'_>) {
        let Some(file) = self.parse::<QuestionFile>(source) else { return };
        for entry in file.questions {
            self.knowledge.questions.retain(|known| known.id != entry.id);
            self.knowledge.questions.push(entry);
        }
        self.knowledge.questions.sort_by_key(|entry| entry.id.word());
    }

    pub(super) fn faq(&mut self, source: Source<'_>) {
        let Some(file) = self.parse::<FaqFile>(source) else { return };
        for entry in file.faq {
            replace(&mut self.knowledge.faq, entry, |faq| &faq.id);
        }
    }

    pub(super) fn letters(&mut self, source: Source<'_>) {
        let Some(file) = self.parse::<LetterFile>(source) else { return };
        for letter in file.letters {
            self.knowledge.letters.retain(|known| (&known.id, &known.language) != (&letter.id, &letter.language));
            self.knowledge.letters.push(letter);
        }
        self.knowledge.letters.sort_by(|left, right| (&left.id, &left.language).cmp(&(&right.id, &right.language)));
    }

    pub(super) fn downstream(&mut self, source: Source<'_>) {
        let Some(file) = self.parse::<DownstreamFile>(source) else { return };
        for (index, page) in file.pages.into_iter().enumerate() {
            let facts: Vec<String> = page.leads.iter().map(|lead| lead.fact.clone()).collect();
            self.check_shows(source, &["page".into(), index.into(), "leads".into()], &facts);
            replace(&mut self.knowledge.downstream, page, |page| &page.language);
        }
    }

    pub(super) fn defaults(&mut self, source: Source<'_>) {
        if let Some(defaults) = self.parse::<Defaults>(source) {
            self.knowledge.defaults = defaults;
        }
    }

    /// Reports what is referred to and not there, where the files that were read name it.
    pub(super) fn check_references(&mut self, files: &[&File]) {
        for Missing { file, word, message, hint } in missing_references(&self.knowledge) {
            let named = format!("\"{word}\"");
            let text = files.iter().find(|known| known.path == file).map_or("", |file| file.text.as_str());
            let source = Source { file: &file, text };
            self.errors.push(source.error_at(text.find(&named).unwrap_or_default(), message).with_hint(hint));
        }
    }
}

/// A name that leads nowhere.
struct Missing {
    file: String,
    word: String,
    message: String,
    hint: Option<String>,
}

fn missing_references(knowledge: &Knowledge) -> Vec<Missing> {
    let mut missing = Vec::new();
    let mut report = |file: &str, word: &str, message: String, known: &mut dyn Iterator<Item = &str>| {
        let hint = nearest(word, known).map(|near| format!("did you mean `{near}`?"));
        missing.push(Missing { file: file.to_owned(), word: word.to_owned(), message, hint });
    };
    for license in knowledge.licenses() {
        let versions: &[String] = match &license.record {
            Record::AnyOf(versions) => versions,
            Record::Facts(_) | Record::ReplacedBy(_) | Record::Unread => &[],
        };
        for version in versions.iter().chain(&license.later).filter(|id| knowledge.license(id).is_none()) {
            let ids = &mut knowledge.licenses().iter().map(|license| license.id.as_str());
            let message = format!("`{}` names `{version}`, which is not known", license.id);
            report(&format!("families/{}.toml", license.family), version, message, ids);
        }
    }
    for rule in knowledge.rules() {
        let file = format!("rules/{}.toml", rule.id);
        for row in &rule.rows {
            for note in row.notes.iter().filter(|note| knowledge.note(note).is_none()) {
                let ids = &mut knowledge.notes().iter().map(|note| note.id.as_str());
                report(&file, note, format!("there is no note `{note}`"), ids);
            }
            for (id, answers) in &row.switches {
                let Some(switch) = knowledge.switch(id) else {
                    let ids = &mut knowledge.switches().iter().map(|switch| switch.id.as_str());
                    report(&file, id, format!("there is no switch `{id}`"), ids);
                    continue;
                };
                for answer in answers.iter().filter(|id| !switch.answers.iter().any(|answer| &answer.id == *id)) {
                    let ids = &mut switch.answers.iter().map(|answer| answer.id.as_str());
                    report(&file, answer, format!("`{}` has no answer `{answer}`", switch.id), ids);
                }
            }
        }
    }
    missing
}

/// Reads one test of a condition, or says what is wrong and what may have been meant.
fn test(name: &str, value: &Value, negated: bool) -> Result<Test, (String, Option<String>)> {
    let Some(key) = Key::from_name(name) else {
        let names: Vec<&str> = Key::ALL.iter().map(|key| key.name()).collect();
        return Err((
            format!(
                "conditions cannot ask about `{name}`: they use facts and circumstances, never the name of a license"
            ),
            near_word(name, &names),
        ));
    };
    let Some(words) = words(value) else {
        return Err((format!("expected a word or a list of words for `{name}`"), None));
    };
    let mut bits = 0;
    for word in &words {
        match key.bit(word) {
            Some(bit) => bits |= bit,
            None => return Err((unknown_word(word, key.words()), near_word(word, key.words()))),
        }
    }
    Ok(Test { key, words: bits, negated })
}

fn words(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(word) => Some(vec![word.clone()]),
        Value::Boolean(holds) => Some(vec![if *holds { "yes" } else { "no" }.to_owned()]),
        Value::Array(words) => words.iter().map(|word| word.as_str().map(str::to_owned)).collect(),
        Value::Integer(_) | Value::Float(_) | Value::Datetime(_) | Value::Table(_) => None,
    }
}

fn unknown_word(word: &str, words: &[&str]) -> String {
    format!("unknown word `{word}`, expected one of {}", words.join(", "))
}

fn near_word(word: &str, words: &[&str]) -> Option<String> {
    nearest(word, words.iter().copied()).map(|near| format!("did you mean `{near}`?"))
}
