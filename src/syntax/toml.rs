//! TOML read with positions, and as far as it can be read.
//!
//! A line with a mistake in it is left out and the rest read again, so that a mistake costs itself alone.

use std::collections::BTreeSet;

use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};

use super::text::Lines;

/// A TOML document, as far as it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The whole document: a table.
    pub root: Value,
    /// Mistakes in the syntax, in the order of lines; at most [`Document::MAX_PROBLEMS`].
    pub problems: Vec<Problem>,
}

/// A mistake in the syntax.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The line, from 1.
    pub line: u32,
    /// What is wrong: a lowercase fragment.
    pub message: String,
}

/// A value of a document, with its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    content: Content,
    line: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    /// Sorted by key.
    Table(Vec<Entry>),
    Array(Vec<Value>),
    String(String),
    Boolean(bool),
    Integer(String),
    Other(&'static str),
}

/// One entry of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// The line of the key, from 1.
    pub line: u32,
    /// The value.
    pub value: Value,
}

impl Document {
    /// The most mistakes that are listed; with so many, nothing else is read.
    pub const MAX_PROBLEMS: usize = 20;

    /// Larger files are read in one go or not at all, to keep the work bounded.
    const MAX_REPAIRED_BYTES: usize = 1024 * 1024;

    /// Reads a document.
    ///
    /// ```
    /// use ppl_check::syntax::toml::Document;
    /// let document = Document::parse("[package]\nname = \"a\"\nversion = 1.\nedition = \"2024\"\n");
    /// let name = document.root.at(&["package", "name"]).unwrap();
    /// assert_eq!((name.str(), name.line()), (Some("a"), 2));
    /// assert_eq!(document.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [3]);
    /// ```
    pub fn parse(text: &str) -> Self {
        let mut last = match parse_once(text) {
            Ok(root) => return Self { root, problems: Vec::new() },
            Err(problem) => problem,
        };
        let mut problems = BTreeSet::new();
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        while problems.len() < Self::MAX_PROBLEMS && text.len() <= Self::MAX_REPAIRED_BYTES {
            let line = (last.line.saturating_sub(1) as usize).min(lines.len().saturating_sub(1));
            // Where leaving out the line did not help, something before it was left open: the whole section goes.
            let again = lines.get(line).is_none_or(|line| line.trim().is_empty());
            let before = lines.get(..line).unwrap_or_default();
            let section = before.iter().rposition(|line| line.starts_with('[')).filter(|_| again);
            if again && section.is_none() {
                break;
            }
            lines.get_mut(section.unwrap_or(line)..=line).unwrap_or_default().fill("\n");
            problems.insert(last);
            last = match parse_once(&lines.concat()) {
                Ok(root) => return Self { root, problems: problems.into_iter().collect() },
                Err(problem) => problem,
            };
        }
        problems.insert(last);
        let root = Value { content: Content::Table(Vec::new()), line: 1 };
        Self { root, problems: problems.into_iter().take(Self::MAX_PROBLEMS).collect() }
    }
}

impl Value {
    /// Returns the line on which the value starts, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// Returns the value of a key, if this is a table that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let entries = self.entries();
        let index = entries.binary_search_by(|entry| entry.key.as_str().cmp(key)).ok()?;
        entries.get(index).map(|entry| &entry.value)
    }

    /// Returns the value at the end of a path of keys.
    pub fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |value, key| value.get(key))
    }

    /// Returns the entries of a table, sorted by key; anything else has none.
    pub fn entries(&self) -> &[Entry] {
        if let Content::Table(entries) = &self.content { entries } else { &[] }
    }

    /// Returns the items of an array; anything else has none.
    pub fn items(&self) -> &[Self] {
        if let Content::Array(items) = &self.content { items } else { &[] }
    }

    /// Returns the string, if this is one.
    pub fn str(&self) -> Option<&str> {
        if let Content::String(text) = &self.content { Some(text) } else { None }
    }

    /// Returns the truth value, if this is one.
    pub fn bool(&self) -> Option<bool> {
        if let Content::Boolean(value) = self.content { Some(value) } else { None }
    }

    /// Returns the digits of a whole number, if this is one.
    pub fn integer(&self) -> Option<&str> {
        if let Content::Integer(digits) = &self.content { Some(digits) } else { None }
    }

    /// Returns the strings of an array, with their lines; other items are left out.
    pub fn strings(&self) -> impl Iterator<Item = (&str, u32)> {
        self.items().iter().filter_map(|item| Some((item.str()?, item.line)))
    }

    /// Returns whether this is a table.
    pub fn is_table(&self) -> bool {
        matches!(self.content, Content::Table(_))
    }

    /// Returns the word for the type of the value: `string`, `array` …
    pub fn kind(&self) -> &'static str {
        match self.content {
            Content::Table(_) => "table",
            Content::Array(_) => "array",
            Content::String(_) => "string",
            Content::Boolean(_) => "boolean",
            Content::Integer(_) => "integer",
            Content::Other(kind) => kind,
        }
    }
}

fn parse_once(text: &str) -> Result<Value, Problem> {
    let lines = Lines::new(text);
    match DeTable::parse(text) {
        Ok(table) => {
            let entries = entries(table.get_ref(), &lines);
            Ok(Value { content: Content::Table(entries), line: 1 })
        }
        Err(error) => Err(Problem {
            line: lines.of(error.span().map_or(0, |span| span.start)),
            message: error.message().to_lowercase(),
        }),
    }
}

/// The nesting is bounded by the syntax parser, which refuses more than 80 levels.
fn value(from: &Spanned<DeValue<'_>>, lines: &Lines) -> Value {
    let content = match from.get_ref() {
        DeValue::Table(table) => Content::Table(entries(table, lines)),
        DeValue::Array(array) => Content::Array(array.iter().map(|item| value(item, lines)).collect()),
        DeValue::String(text) => Content::String(text.clone().into_owned()),
        DeValue::Boolean(truth) => Content::Boolean(*truth),
        DeValue::Integer(number) => Content::Integer(number.as_str().to_owned()),
        DeValue::Float(_) => Content::Other("float"),
        DeValue::Datetime(_) => Content::Other("date"),
    };
    Value { content, line: lines.of(from.span().start) }
}

fn entries(table: &DeTable<'_>, lines: &Lines) -> Vec<Entry> {
    let entries = table.iter().map(|(key, from)| Entry {
        key: key.get_ref().clone().into_owned(),
        line: lines.of(key.span().start),
        value: value(from, lines),
    });
    let mut entries: Vec<Entry> = entries.collect();
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_lines() {
        let text = "a = [\n  \"x\",\n  1,\n  \"y\",\n]\n\n[t.\"u v\"]\nb = true\n[[l]]\nn = 0x10\n[[l]]\n";
        let Document { root, problems } = Document::parse(text);
        assert!(problems.is_empty());
        assert_eq!(root.get("a").unwrap().strings().collect::<Vec<_>>(), [("x", 2), ("y", 4)]);
        let b = root.at(&["t", "u v", "b"]).unwrap();
        assert_eq!((b.bool(), b.line()), (Some(true), 8));
        let tables: Vec<u32> = root.get("l").unwrap().items().iter().map(Value::line).collect();
        assert_eq!(tables, [9, 11]);
        let keys: Vec<(&str, u32)> = root.entries().iter().map(|entry| (entry.key.as_str(), entry.line)).collect();
        assert_eq!(keys, [("a", 1), ("l", 9), ("t", 7)]);
        assert_eq!(root.at(&["a", "x"]), None);
    }

    #[test]
    fn a_mistake_costs_itself_alone() {
        let text = "[[package]]\nname = \"a\"\n<<<<<<< HEAD\nversion = \"1\"\n=======\n\n[[package]]\nname = \"b\"\n";
        let Document { root, problems } = Document::parse(text);
        let packages = root.get("package").unwrap().items();
        let names: Vec<_> = packages.iter().filter_map(|package| package.get("name")?.str()).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [3, 5]);
    }

    #[test]
    fn a_cut_costs_what_is_cut_at_most() {
        let text = "[[package]]\nname = \"a\"\n\n[[package]]\nname = \"b\"\ndependencies = [\n \"c\",\n";
        for length in text.find("name").unwrap() + 10..text.len() {
            let Document { root, .. } = Document::parse(text.get(..length).unwrap());
            let packages = root.get("package").unwrap().items();
            assert_eq!(packages.first().unwrap().get("name").and_then(Value::str), Some("a"), "{length}");
        }
    }

    #[test]
    fn too_many_mistakes_leave_nothing() {
        let found = Document::parse(&"=\n".repeat(100));
        assert_eq!(found.root.entries(), []);
        assert_eq!(found.problems.len(), Document::MAX_PROBLEMS);
    }

    #[test]
    fn deep_nesting_is_a_problem_and_no_crash() {
        for opening in ["[", "{a=", "a."] {
            let found = Document::parse(&format!("a = 1\nx={}", opening.repeat(100_000)));
            assert_eq!(found.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [2]);
            assert_eq!(found.root.get("a").and_then(Value::integer), Some("1"));
        }
    }
}
