//! Problems with files of `licenses/`, each with file, line, column and, where possible, a suggestion.

use std::fmt;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One problem with one file of license knowledge.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DataError {
    /// The path below the folder of knowledge.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
    /// What was found and what was expected.
    pub message: String,
    /// What the reader can do about it.
    pub hint: Option<String>,
}

impl fmt::Display for DataError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        if let Some(hint) = &self.hint {
            write!(out, " ({hint})")?;
        }
        Ok(())
    }
}

impl std::error::Error for DataError {}

/// A step on the way to a value in a TOML document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The value of a key.
    Key(String),
    /// An element of an array, from 0.
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// One file, for the errors met in it.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The path below the folder of knowledge.
    pub file: &'a str,
    /// The text.
    pub text: &'a str,
}

impl Source<'_> {
    /// Reports a problem with the value at `steps`, or with the nearest value above it that is there.
    pub fn error(&self, steps: &[Step], message: impl Into<String>) -> DataError {
        self.error_at(find(self.text, steps), message)
    }

    /// Reports a problem with what stands at an offset.
    pub fn error_at(&self, offset: usize, message: impl Into<String>) -> DataError {
        let (line, column) = line_and_column(self.text, offset);
        DataError { file: self.file.to_owned(), line, column, message: message.into(), hint: None }
    }

    /// Reports what the TOML reader says.
    pub fn syntax(&self, error: &toml::de::Error) -> DataError {
        let (line, column) = line_and_column(self.text, error.span().map_or(0, |span| span.start));
        let message = error.message().lines().next().unwrap_or_default().to_owned();
        let hint = suggestion(&message);
        DataError { file: self.file.to_owned(), line, column, message, hint }
    }
}

impl DataError {
    /// Adds what the reader can do.
    #[must_use]
    pub fn with_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }
}

/// Returns the word nearest to the unknown one that a message of serde complains about.
///
/// Such a message names the word found and the words expected in backticks, in this order.
pub fn suggestion(message: &str) -> Option<String> {
    if !message.starts_with("unknown ") {
        return None;
    }
    let mut words = message.split('`').skip(1).step_by(2);
    let found = words.next()?;
    crate::base::nearest::nearest(found, words).map(|word| format!("did you mean `{word}`?"))
}

fn find(text: &str, steps: &[Step]) -> usize {
    let Ok(document) = DeTable::parse(text) else { return 0 };
    let mut at = 0;
    let mut table = Some(document.get_ref());
    let mut value: Option<&Spanned<DeValue<'_>>> = None;
    for step in steps {
        let next = match step {
            Step::Key(key) => {
                let Some((name, next)) =
                    table.and_then(|table| table.iter().find(|(name, _)| name.get_ref().as_ref() == key.as_str()))
                else {
                    break;
                };
                at = name.span().start;
                Some(next)
            }
            Step::Index(index) => {
                let next = value.and_then(|value| value.get_ref().as_array()).and_then(|array| array.get(*index));
                if let Some(next) = next {
                    at = next.span().start;
                }
                next
            }
        };
        let Some(next) = next else { break };
        table = next.get_ref().as_table();
        value = Some(next);
    }
    at
}

fn line_and_column(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "id = \"x\"\n[[license]]\nid = \"a\"\n[[license]]\nid = \"b\"\nfacts = { grant = 1 }\n";

    #[test]
    fn finds_the_nearest_value_that_is_there() {
        let source = Source { file: "f.toml", text: TEXT };
        for (steps, expect) in [
            (vec![Step::from("license"), 1.into(), "facts".into(), "grant".into()], (6, 11)),
            (vec![Step::from("license"), 1.into(), "quotes".into()], (4, 1)),
            (vec![Step::from("nothing")], (1, 1)),
        ] {
            let error = source.error(&steps, "bad");
            assert_eq!((error.line, error.column), expect, "{steps:?}");
        }
    }

    #[test]
    fn suggests_the_nearest_word() {
        assert_eq!(
            suggestion("unknown variant `werk`, expected one of `none`, `work`"),
            Some("did you mean `work`?".to_owned())
        );
        assert_eq!(suggestion("missing field `id`"), None);
    }
}
