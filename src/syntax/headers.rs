//! Blocks of `Name: value` lines: RFC 822 headers as in Python's `METADATA`, deb822 stanzas as in `debian/control`, the
//! DCF of R's `DESCRIPTION`.
//!
//! A line that starts with a blank continues the value before it.

/// One block: fields in the order of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    fields: Vec<Field>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name as written.
    pub name: String,
    /// The value: its lines without the blank that marks a continuation, joined by line feeds.
    pub value: String,
    /// The line of the name, from 1.
    pub line: u32,
}

impl Block {
    /// Returns the fields in the order of the text.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Returns every field of a name; case does not count.
    pub fn all<'block>(&'block self, name: &'block str) -> impl Iterator<Item = &'block Field> {
        self.fields.iter().filter(move |field| field.name.eq_ignore_ascii_case(name))
    }

    /// Returns the first field of a name; case does not count.
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
    }

    /// Returns the value of the first field of a name, without blanks around it.
    pub fn str(&self, name: &str) -> Option<&str> {
        self.get(name).map(|field| field.value.trim())
    }
}

/// Reads the first block: everything up to the first empty line.
pub fn first_block(text: &str) -> Block {
    let mut reader = Reader::default();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            break;
        }
        reader.line(line, index);
    }
    reader.block
}

/// Reads all blocks, which empty lines separate. Lines that start with `#` are comments.
pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut reader = Reader::default();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            blocks.push(std::mem::take(&mut reader).block);
        } else if !line.starts_with('#') {
            reader.line(line, index);
        }
    }
    blocks.push(reader.block);
    blocks.retain(|block| !block.fields.is_empty());
    blocks
}

#[derive(Default)]
struct Reader {
    block: Block,
}

impl Reader {
    fn line(&mut self, line: &str, index: usize) {
        if line.starts_with([' ', '\t']) {
            if let Some(last) = self.block.fields.last_mut() {
                last.value.push('\n');
                last.value.push_str(line.trim());
            }
            return;
        }
        // A line without a colon belongs to nothing.
        let Some((name, value)) = line.split_once(':') else { return };
        let line = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        self.block.fields.push(Field { name: name.trim().to_owned(), value: value.trim().to_owned(), line });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn continuations_and_repeats() {
        let text = "Name: x\nClassifier: A\nClassifier: B\nLicense: The\n        license\n\t\n\nBody: not a field\n";
        let block = first_block(text);
        assert_eq!(block.str("name"), Some("x"));
        assert_eq!(block.all("Classifier").map(|field| field.line).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(block.str("License"), Some("The\nlicense"));
        assert_eq!(block.get("Body"), None);
    }

    #[test]
    fn stanzas_and_comments() {
        let found = blocks("# head\nSource: a\n\n\nPackage: b\n# between\nDepends: c,\n d\nrubbish\n");
        assert_eq!(found.len(), 2);
        assert_eq!((found[1].str("Depends"), found[1].get("Depends").unwrap().line), (Some("c,\nd"), 7));
    }
}
