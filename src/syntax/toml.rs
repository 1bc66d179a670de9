//! TOML read with positions, and as far as it can be read.
//!
//! A line with a mistake in it is left out and the rest read again, so that a mistake costs itself alone.
//! The syntax parser takes thirty times the memory of a text, so that a large one is read section by section.

mod depth;

use std::collections::{BTreeMap, BTreeSet};

use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};

use self::depth::{MAX_DEPTH, too_deep};
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
    Table(Box<[Entry]>),
    Array(Box<[Value]>),
    String(Box<str>),
    Boolean(bool),
    Integer(Box<str>),
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

    /// Larger files are read by sections, and a section with a mistake is left out.
    const MAX_WHOLE_BYTES: usize = 1024 * 1024;

    /// Larger sections are left out.
    const MAX_SECTION_BYTES: usize = 4 * 1024 * 1024;

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
        if text.len() > Self::MAX_WHOLE_BYTES { Self::parse_sections(text) } else { Self::parse_whole(text) }
    }

    /// Reads a document but for the tables of which `is_wanted` says that they are not: it is given the line of each
    /// header. Positions stay what they are; a mistake in what is left out is not found.
    ///
    /// ```
    /// use ppl_check::syntax::toml::Document;
    /// let text = "[package]\nname = \"a\"\n[features]\nb = []\n[lib]\nproc-macro = true\n";
    /// let document = Document::parse_tables(text, &|header| !header.starts_with("[features]"));
    /// assert_eq!(document.root.at(&["lib", "proc-macro"]).unwrap().line(), 6);
    /// assert_eq!(document.root.get("features"), None);
    /// ```
    pub fn parse_tables(text: &str, is_wanted: &dyn Fn(&str) -> bool) -> Self {
        // A line in a string of several lines may look like a header.
        let finder = |marks: &str| memchr::memmem::find(text.as_bytes(), marks.as_bytes());
        if finder("\"\"\"").is_some() || finder("'''").is_some() {
            return Self::parse(text);
        }
        let mut wanted = String::with_capacity(text.len());
        let mut is_read = true;
        for line in text.split_inclusive('\n') {
            if line.starts_with('[') {
                is_read = is_wanted(line);
            }
            wanted.push_str(if is_read { line } else { "\n" });
        }
        let document = Self::parse(&wanted);
        // An array over several lines may hold lines that look like headers.
        if document.problems.is_empty() { document } else { Self::parse(text) }
    }

    fn parse_whole(text: &str) -> Self {
        let mut last = match parse_once(text, 0) {
            Ok(root) => return Self { root, problems: Vec::new() },
            Err(problem) => problem,
        };
        let mut problems = BTreeSet::new();
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        while problems.len() < Self::MAX_PROBLEMS {
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
            last = match parse_once(&lines.concat(), 0) {
                Ok(root) => return Self { root, problems: problems.into_iter().collect() },
                Err(problem) => problem,
            };
        }
        problems.insert(last);
        Self::without(problems.into_iter().collect())
    }

    fn parse_sections(text: &str) -> Self {
        let mut root = Sections::default();
        let mut problems = Vec::new();
        for (first_line, section) in sections(text) {
            let read = if section.len() > Self::MAX_SECTION_BYTES {
                let message = format!("a section of more than {} bytes is left out", Self::MAX_SECTION_BYTES);
                Err(Problem { line: first_line + 1, message })
            } else {
                parse_once(section, first_line)
            };
            problems.extend(read.and_then(|read| root.add(read, section.starts_with("[["))).err());
            if problems.len() >= Self::MAX_PROBLEMS {
                return Self::without(problems);
            }
        }
        Self { root: root.finish(), problems }
    }

    fn without(mut problems: Vec<Problem>) -> Self {
        problems.truncate(Self::MAX_PROBLEMS);
        Self { root: Value { content: Content::Table(Box::default()), line: 1 }, problems }
    }
}

/// Returns the parts of a text that each start with the header of a table, and the number of lines before each.
///
/// A table below the one before it, as in `[package.dependencies]`, belongs to the same part.
fn sections(text: &str) -> Vec<(u32, &str)> {
    let mut starts = vec![(0, 0)];
    let mut offset = 0;
    for (n_before, line) in (0u32..).zip(text.split_inclusive('\n')) {
        if line.starts_with('[') && !line.contains('.') {
            starts.push((n_before, offset));
        }
        offset += line.len();
    }
    let ends = starts.iter().skip(1).map(|(_, start)| *start).chain([text.len()]);
    starts.iter().zip(ends).filter_map(|((n_before, start), end)| Some((*n_before, text.get(*start..end)?))).collect()
}

/// The table that sections add up to.
#[derive(Default)]
struct Sections(BTreeMap<String, (u32, Part)>);

enum Part {
    Value(Value),
    /// Tables that each have a section of their own.
    List(Vec<Value>),
}

impl Sections {
    /// Adds what a section holds; with `listed`, its own table is one of several.
    fn add(&mut self, section: Value, listed: bool) -> Result<(), Problem> {
        let Content::Table(entries) = section.content else { return Ok(()) };
        for Entry { key, line, value } in entries {
            match (self.0.get_mut(&key), value.content) {
                (Some((_, Part::List(known))), Content::Array(items)) if listed => known.extend(items),
                (None, Content::Array(items)) if listed => {
                    self.0.insert(key, (line, Part::List(items.into_vec())));
                }
                (None, content) => {
                    self.0.insert(key, (line, Part::Value(Value { content, line: value.line })));
                }
                (Some(_), _) => return Err(Problem { line, message: "duplicate key".to_owned() }),
            }
        }
        Ok(())
    }

    fn finish(self) -> Value {
        let entry = |(key, (line, part))| match part {
            Part::Value(value) => Entry { key, line, value },
            Part::List(items) => {
                let content = Content::Array(items.into_boxed_slice());
                Entry { key, line, value: Value { content, line } }
            }
        };
        Value { content: Content::Table(self.0.into_iter().map(entry).collect()), line: 1 }
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

/// Reads a text that `n_before` lines stand before.
fn parse_once(text: &str, n_before: u32) -> Result<Value, Problem> {
    let lines = Lines::new(text);
    let line = |offset: usize| n_before + lines.of(offset);
    // The syntax parser refuses the same, after it took memory for all of it.
    if let Some(offset) = too_deep(text) {
        return Err(Problem { line: line(offset), message: format!("more than {MAX_DEPTH} brackets are open") });
    }
    match DeTable::parse(text) {
        Ok(table) => Ok(Value { content: Content::Table(entries(table.into_inner(), &line)), line: n_before + 1 }),
        Err(error) => Err(Problem {
            line: line(error.span().map_or(0, |span| span.start)),
            message: error.message().to_lowercase(),
        }),
    }
}

/// The nesting is bounded by the syntax parser, which refuses more than 80 levels.
fn value(from: Spanned<DeValue<'_>>, line: &dyn Fn(usize) -> u32) -> Value {
    let start = from.span().start;
    let content = match from.into_inner() {
        DeValue::Table(table) => Content::Table(entries(table, line)),
        DeValue::Array(array) => Content::Array(array.into_iter().map(|item| value(item, line)).collect()),
        DeValue::String(text) => Content::String(text.into()),
        DeValue::Boolean(truth) => Content::Boolean(truth),
        DeValue::Integer(number) => Content::Integer(number.as_str().into()),
        DeValue::Float(_) => Content::Other("float"),
        DeValue::Datetime(_) => Content::Other("date"),
    };
    Value { content, line: line(start) }
}

fn entries(table: DeTable<'_>, line: &dyn Fn(usize) -> u32) -> Box<[Entry]> {
    let entries = table.into_iter().map(|(key, from)| {
        let line_of_key = line(key.span().start);
        Entry { key: key.into_inner().into_owned(), line: line_of_key, value: value(from, line) }
    });
    let mut entries: Box<[Entry]> = entries.collect();
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
    fn what_only_looks_like_a_header_leaves_nothing_out() {
        let without = |text: &str| Document::parse_tables(text, &|header| !header.starts_with("[x]"));
        for text in [
            "[p]\na = \"\"\"\n[x]\n\"\"\"\nb = 1\n",
            "[p]\na = '''\n[x]\n'''\nb = 1\n",
            "[x]\na = [\n[1],\n]\n[p]\nb = 1\n",
        ] {
            assert_eq!(without(text), Document::parse(text), "{text}");
        }
        let found = without("[x]\na = [1]\n[p]\nb = 1\n[[x]]\n").root;
        assert_eq!(found.at(&["p", "b"]).map(Value::line), Some(4));
        assert_eq!(found.get("x").map(|x| x.items().len()), Some(1));
        assert_eq!(without("[x\na = 1\n[p\n").problems.len(), Document::parse("[x\na = 1\n[p\n").problems.len());
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
    fn a_large_text_is_read_by_sections() {
        let filler = format!("# {}\n", "x".repeat(100)).repeat(Document::MAX_WHOLE_BYTES / 100);
        let text = "version = 4\n[[package]]\nname = \"a\"\n[package.sub]\nb = 1\n[[package]]\nname = \"c\"\n\
                    [metadata]\nx = \"1.5\"\n[[package]]\nname =\n[metadata]\n[[package]]\nname = \"d\"\n";
        let small = Document::parse(&text.replace("[[package]]\nname =\n[metadata]\n", ""));
        let large = Document::parse(&format!("{text}{filler}"));
        let names = |document: &Document| -> Vec<Option<String>> {
            let packages = document.root.get("package").unwrap().items().iter();
            packages.map(|package| package.get("name").and_then(Value::str).map(str::to_owned)).collect()
        };
        assert_eq!(names(&large), names(&small));
        assert_eq!(large.root.at(&["metadata", "x"]).unwrap(), small.root.at(&["metadata", "x"]).unwrap());
        let sub = large.root.get("package").unwrap().items()[0].at(&["sub", "b"]).unwrap();
        assert_eq!((sub.integer(), sub.line()), (Some("1"), 5));
        let lines: Vec<u32> = large.problems.iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [11, 12]);
    }

    #[test]
    fn a_section_of_any_size_costs_no_more_than_itself() {
        let huge = format!("[a]\nb = [{}]\n[c]\nd = 1\n", "1,".repeat(Document::MAX_SECTION_BYTES / 2));
        let found = Document::parse(&huge);
        assert_eq!(found.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [1]);
        assert_eq!(found.root.at(&["c", "d"]).and_then(Value::integer), Some("1"));
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
