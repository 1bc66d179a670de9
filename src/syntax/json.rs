//! JSON whose values know on which line they stand, and whose repeated keys are not lost.
//!
//! A value is kept as a slice of the text (`RawValue`) until somebody asks for it, so that one broken entry of a
//! large lockfile costs only itself, and nothing is built that nobody reads.
//! Left out on purpose: a tree of values. Depth is bounded by `serde_json`.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::base::{Code, Diagnostic, Location};

use super::text::Lines;

/// A JSON text and its lines.
#[derive(Debug)]
pub struct Json<'text> {
    text: &'text str,
    lines: Lines,
}

impl<'text> Json<'text> {
    /// Takes a text.
    pub fn new(text: &'text str) -> Self {
        Self { text, lines: Lines::new(text) }
    }

    /// Reads the whole text as an object. The location of the error, if any, is filled in.
    pub fn object(&self, at: &Location) -> Result<Object<'text>, Diagnostic> {
        serde_json::from_str(self.text).map_err(|error| syntax_error(&error, at))
    }

    /// Returns the line, from 1, on which a value of this text starts.
    pub fn line(&self, value: &RawValue) -> u32 {
        self.lines.of(self.offset(value))
    }

    /// Returns the place in this text, in bytes, at which a value of it starts.
    pub fn offset(&self, value: &RawValue) -> usize {
        value.get().as_ptr().addr().saturating_sub(self.text.as_ptr().addr())
    }
}

/// The members of an object, in the order of the text, repeated keys included.
#[derive(Clone, Debug, Default)]
pub struct Object<'text> {
    members: Vec<(Cow<'text, str>, &'text RawValue)>,
}

impl<'text> Object<'text> {
    /// Returns the value of a key; of a repeated key the last, as nearly every reader takes it.
    pub fn get(&self, key: &str) -> Option<&'text RawValue> {
        self.members.iter().rev().find(|(name, _)| name == key).map(|(_, value)| *value)
    }

    /// Returns the values of a key after its first.
    pub fn repeated(&self, key: &str) -> impl Iterator<Item = &'text RawValue> {
        self.members.iter().filter(move |(name, _)| name == key).map(|(_, value)| *value).skip(1)
    }

    /// Returns the members in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &'text RawValue)> {
        self.members.iter().map(|(name, value)| (&**name, *value))
    }

    /// Returns how many members there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Returns whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Returns the text of a key whose value is a string.
    pub fn string(&self, key: &str) -> Option<String> {
        read(self.get(key)?)
    }

    /// Returns the members of a key whose value is an object; of anything else none.
    pub fn object(&self, key: &str) -> Self {
        self.get(key).and_then(read).unwrap_or_default()
    }

    /// Returns the elements of a key whose value is an array; of anything else none.
    pub fn array(&self, key: &str) -> Vec<&'text RawValue> {
        self.get(key).and_then(read).unwrap_or_default()
    }
}

impl<'text> Deserialize<'text> for Object<'text> {
    fn deserialize<D: Deserializer<'text>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'text> Visitor<'text> for ObjectVisitor {
    type Value = Object<'text>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'text>>(self, mut map: A) -> Result<Object<'text>, A::Error> {
        let mut members = Vec::new();
        while let Some((Key(name), value)) = map.next_entry::<Key<'text>, &'text RawValue>()? {
            members.push((name, value));
        }
        Ok(Object { members })
    }
}

/// A key that borrows from the text unless it has escapes.
struct Key<'text>(Cow<'text, str>);

impl<'text> Deserialize<'text> for Key<'text> {
    fn deserialize<D: Deserializer<'text>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'text> Visitor<'text> for KeyVisitor {
    type Value = Key<'text>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'text str) -> Result<Key<'text>, E> {
        Ok(Key(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Key<'text>, E> {
        Ok(Key(Cow::Owned(text.to_owned())))
    }
}

/// Reads a value as some type, if it is of that type.
pub fn read<'text, T: Deserialize<'text>>(value: &'text RawValue) -> Option<T> {
    serde_json::from_str(value.get()).ok()
}

/// Returns what kind of value it is, for a message: `a string`, `an array`.
pub fn kind(value: &RawValue) -> &'static str {
    match value.get().as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// Blanks out comments and trailing commas (JSONC), so that a JSON reader takes the text; every other byte stays
/// where it is.
pub fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.char_indices().peekable();
    // Where in `out` the last comma stands, if only blanks came after it.
    let mut comma = None;
    while let Some((at, char)) = rest.next() {
        match char {
            '"' => {
                let end = string_end(text, at);
                out.push_str(text.get(at..end).unwrap_or_default());
                while rest.next_if(|(next, _)| *next < end).is_some() {}
                comma = None;
            }
            '/' if matches!(rest.peek(), Some((_, '/' | '*'))) => {
                let end = comment_end(text, at);
                blank(&mut out, text.get(at..end).unwrap_or_default());
                while rest.next_if(|(next, _)| *next < end).is_some() {}
            }
            ',' => {
                comma = Some(out.len());
                out.push(',');
            }
            ']' | '}' => {
                if let Some(comma) = comma.take() {
                    out.replace_range(comma..=comma, " ");
                }
                out.push(char);
            }
            blank if blank.is_whitespace() => out.push(blank),
            other => {
                comma = None;
                out.push(other);
            }
        }
    }
    out
}

/// Returns the offset after the closing quote of the string that opens at `start`.
fn string_end(text: &str, start: usize) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(start + 1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Returns the offset after the comment that opens at `start`.
fn comment_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let length = if rest.starts_with("//") {
        rest.find('\n')
    } else {
        // Not `/*/`: the star that opens does not close.
        rest.get(2..).and_then(|inner| inner.find("*/")).map(|end| end + 4)
    };
    length.map_or(text.len(), |length| start + length)
}

fn blank(out: &mut String, comment: &str) {
    for char in comment.chars() {
        if matches!(char, '\n' | '\r') {
            out.push(char);
        } else {
            out.extend(std::iter::repeat_n(' ', char.len_utf8()));
        }
    }
}

/// Returns the diagnostic for a text that is not JSON, or not of the expected shape.
pub fn syntax_error(error: &serde_json::Error, at: &Location) -> Diagnostic {
    let message = error.to_string();
    let words = message.rsplit_once(" at line ").map_or(message.as_str(), |(words, _)| words);
    let line = u32::try_from(error.line()).unwrap_or(u32::MAX).max(1);
    Diagnostic::new(Code::InvalidSyntax, at.at_line(line), words)
}

#[cfg(test)]
mod tests {
    use crate::base::RelPath;

    use super::*;

    fn at() -> Location {
        Location::file(RelPath::new("x.json").unwrap())
    }

    #[test]
    fn values_know_their_lines_and_repeated_keys_stay() {
        let text = "{\n  \"a\": {\n    \"b\": [1,\n  2]\n  },\n \"\\u0061\": \"x\\ny\"\n}";
        let json = Json::new(text);
        let object = json.object(&at()).unwrap();
        let lines: Vec<_> = object.iter().map(|(key, value)| (key.to_owned(), json.line(value))).collect();
        assert_eq!(lines, [("a".to_owned(), 2), ("a".to_owned(), 6)]);
        assert_eq!(object.string("a").as_deref(), Some("x\ny"));
        assert_eq!(object.repeated("a").count(), 1);
        let first: Object = object.iter().next().and_then(|(_, value)| read(value)).unwrap();
        assert_eq!(json.line(first.get("b").unwrap()), 3);
        assert_eq!(first.array("b").iter().map(|value| json.line(value)).collect::<Vec<_>>(), [3, 4]);
    }

    #[test]
    fn what_is_of_another_type_is_none() {
        let json = Json::new(r#"{"a": 1, "b": null, "c": [], "d": "x", "e": true}"#);
        let object = json.object(&at()).unwrap();
        assert_eq!(object.string("a"), None);
        assert!(object.object("c").is_empty());
        assert!(object.array("d").is_empty());
        let kinds: Vec<_> = object.iter().map(|(_, value)| kind(value)).collect();
        assert_eq!(kinds, ["a number", "null", "an array", "a string", "a boolean"]);
    }

    #[test]
    fn an_error_says_where_it_is() {
        let error = Json::new("{\n \"a\": 1,\n]").object(&at()).unwrap_err();
        assert_eq!((error.code, error.at), (Code::InvalidSyntax, Some(at().at_line(3))));
        assert!(!error.message.contains("line"), "{}", error.message);
        let array = Json::new("[]").object(&at()).unwrap_err();
        assert_eq!(array.message, "invalid type: sequence, expected an object");
        assert!(Json::new(&"[".repeat(1_000_000)).object(&at()).is_err());
        let deep = format!("{{\"a\": {}", "[".repeat(1_000_000));
        assert!(Json::new(&deep).object(&at()).is_err());
        let closed = format!("{{\"a\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let deep = Json::new(&closed);
        let object = deep.object(&at()).unwrap();
        assert_eq!(object.get("a").and_then(read::<serde_json::Value>), None);
    }

    #[test]
    fn comments_and_trailing_commas_become_blanks() {
        for (text, expect) in [
            ("{\"a\": 1, // é\n}", "{\"a\": 1       \n}"),
            ("[1, /* , */ 2,\n]", "[1,         2 \n]"),
            ("[\"//x, ]\", \"\\\"/*\",]", "[\"//x, ]\", \"\\\"/*\" ]"),
            ("[1,/**/,2]", "[1,    ,2]"),
            ("/*/ 1", "     "),
            ("\"open", "\"open"),
            ("{}", "{}"),
        ] {
            let found = without_comments(text);
            assert_eq!(found, expect, "{text}");
            assert_eq!(found.len(), text.len());
        }
    }
}
