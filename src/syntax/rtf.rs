//! Rich Text Format, read as the plain text it shows.
//!
//! Line breaks of the source are kept and none are added, so that line numbers are those of the file. Left out are
//! groups that show nothing (fonts, colors, styles, pictures, whatever is marked `\*`).

use std::iter::Peekable;
use std::str::Chars;

use super::text::windows_1252;

/// Returns what a rich text shows; nothing if the text is none.
pub(crate) fn plain(text: &str) -> Option<String> {
    if !text.starts_with("{\\rtf") {
        return None;
    }
    let mut reader = Reader { rest: text.chars().peekable(), shown: String::new(), depth: 0, hidden: None, skip: 1 };
    while let Some(letter) = reader.rest.next() {
        match letter {
            '{' => reader.depth += 1,
            '}' => reader.close(),
            '\\' => reader.control(),
            letter => reader.show(letter),
        }
    }
    Some(reader.shown)
}

/// Destinations that hold no text of the document.
const HIDDEN: [&str; 8] =
    ["colortbl", "filetbl", "fonttbl", "info", "listtable", "listoverridetable", "pict", "stylesheet"];

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    shown: String,
    depth: usize,
    /// Depth of the outermost hidden group that is open.
    hidden: Option<usize>,
    /// Letters that stand behind `\u` for readers that do not know it.
    skip: usize,
}

impl Reader<'_> {
    fn show(&mut self, letter: char) {
        if letter == '\n' || self.hidden.is_none() {
            self.shown.push(letter);
        }
    }

    fn close(&mut self) {
        if self.hidden == Some(self.depth) {
            self.hidden = None;
        }
        self.depth = self.depth.saturating_sub(1);
    }

    fn hide(&mut self) {
        self.hidden.get_or_insert(self.depth);
    }

    /// Reads what follows a backslash.
    fn control(&mut self) {
        match self.rest.next() {
            Some(letter @ ('\\' | '{' | '}' | '\n')) => self.show(letter),
            Some('~') => self.show(' '),
            Some('_') => self.show('-'),
            Some('*') => self.hide(),
            Some('\'') => {
                let digits: String = self.rest.by_ref().take(2).collect();
                if let Ok(byte) = u8::from_str_radix(&digits, 16) {
                    self.show(windows_1252(byte));
                }
            }
            Some(letter) if letter.is_ascii_alphabetic() => self.word(letter),
            _ => {}
        }
    }

    /// Reads a control word, its number and the space that ends it.
    fn word(&mut self, first: char) {
        let mut name = String::from(first);
        while let Some(letter) = self.rest.next_if(char::is_ascii_alphabetic) {
            name.push(letter);
        }
        let mut number = String::new();
        while let Some(digit) = self.rest.next_if(|next| next.is_ascii_digit() || (number.is_empty() && *next == '-')) {
            number.push(digit);
        }
        self.rest.next_if_eq(&' ');
        match name.as_str() {
            "par" | "line" | "tab" | "cell" | "row" | "sect" | "page" => self.show(' '),
            "emdash" | "endash" => self.show('-'),
            "lquote" | "rquote" => self.show('\''),
            "ldblquote" | "rdblquote" => self.show('"'),
            "uc" => self.skip = number.parse().unwrap_or(1),
            "u" => self.unicode(&number),
            name if HIDDEN.contains(&name) => self.hide(),
            _ => {}
        }
    }

    fn unicode(&mut self, number: &str) {
        // Written as a signed number of 16 bits.
        let code = number.parse::<i32>().ok().map(|code| if code < 0 { code + 0x1_0000 } else { code });
        let letter = code.and_then(|code| u32::try_from(code).ok()).and_then(char::from_u32);
        self.show(letter.unwrap_or(char::REPLACEMENT_CHARACTER));
        for _ in 0..self.skip {
            match self.rest.next_if(|next| !matches!(next, '{' | '}' | '\n')) {
                Some('\\') if self.rest.next_if_eq(&'\'').is_some() => {
                    self.rest.next();
                    self.rest.next();
                }
                Some(_) => {}
                None => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_text_and_keeps_lines() {
        let rich = "{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}\n{\\*\\generator X;}\\uc1\n\\pard\\f0\\fs24 The \\b work\\b0\\par\nof \\{J\\'f6rg\\}, \\u8220?as is\\u8221?}";
        assert_eq!(plain(rich).as_deref(), Some("\n\nThe work \nof {Jörg}, “as is”"));
        assert_eq!(plain("{rtf}"), None);
    }

    #[test]
    fn reads_to_the_end_of_broken_files() {
        for broken in
            ["{\\rtf", "{\\rtf1}}}} x", "{\\rtf1 \\", "{\\rtf1 \\'", "{\\rtf1 \\u", "{\\rtf1\\uc99999999999 \\u-5 {"]
        {
            assert!(plain(broken).is_some(), "{broken}");
        }
    }
}
