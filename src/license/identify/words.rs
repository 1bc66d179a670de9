//! Words of a text, as licenses are compared: without case, punctuation, markup and comment leaders.
//!
//! Follows the SPDX matching guidelines (annex "License matching guidelines" of the SPDX
//! specification): white space, capitals, quotes, dashes, bullets, comment indicators and
//! copyright notices do not count. Spelling pairs are no matter of this file: the dictionary of
//! the index gives both spellings one id. `build.rs` includes this file, so that the known texts
//! and the texts they are compared with are cut in the same way.

/// An item number or bullet at the start of a line, such as `2.` or `(a)`.
pub(crate) const ITEM: u8 = 1;
/// Shaped like an item number, but inside a line.
pub(crate) const ITEM_LIKE: u8 = 2;
/// An address of the web or of mail.
pub(crate) const ADDRESS: u8 = 4;
/// Part of a copyright line.
pub(crate) const COPYRIGHT: u8 = 8;
/// Inside brackets that stand for something to fill in, such as `<year>`.
pub(crate) const BLANK: u8 = 16;
/// First word of a line.
pub(crate) const LINE_START: u8 = 32;
/// First word of a paragraph.
pub(crate) const PARAGRAPH: u8 = 64;
/// First word after a full stop, a colon or a semicolon.
pub(crate) const SENTENCE: u8 = 128;

/// One word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Hash of the folded letters.
    pub(crate) hash: u64,
    /// First byte.
    pub(crate) start: u32,
    /// Byte after the last.
    pub(crate) end: u32,
    /// Line, from 1.
    pub(crate) line: u32,
    /// Which of the constants above hold.
    pub(crate) flags: u8,
}

impl Word {
    /// Tells whether any of these flags is set.
    pub(crate) fn is(self, flags: u8) -> bool {
        self.flags & flags != 0
    }
}

/// Returns the hash that [`split`] gives to a word made of these folded letters.
pub(crate) const fn hash_of(word: &str) -> u64 {
    let bytes = word.as_bytes();
    let mut hash = HASH_SEED;
    let mut left = bytes;
    while let [first, rest @ ..] = left {
        hash = mix(hash, *first);
        left = rest;
    }
    hash
}

/// Cuts a text into words.
pub(crate) fn split(text: &str) -> Vec<Word> {
    let mut splitter = Splitter {
        text,
        bytes: text.as_bytes(),
        at: 0,
        line: 1,
        pending: LINE_START | PARAGRAPH | SENTENCE,
        blank_until: 0,
        no_address_until: 0,
        no_end_tag: false,
        rich_text: text.starts_with("{\\rtf"),
        words: Vec::with_capacity(text.len() / 6),
    };
    splitter.run();
    splitter.words
}

/// Tells whether a character shows nothing and yet makes another word.
pub(crate) fn is_hidden(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

const HASH_SEED: u64 = 0xcbf2_9ce4_8422_2325;

const fn mix(hash: u64, byte: u8) -> u64 {
    (hash ^ byte as u64).wrapping_mul(0x0000_0100_0000_01b3)
}

/// Words of other languages' comment leaders: they are skipped where a line starts.
const LEADERS: [u64; 2] = [hash_of("dnl"), hash_of("rem")];

/// A number after one of these is a version or a reference, not an item.
const NUMBERED: [u64; 8] = [
    hash_of("version"),
    hash_of("v"),
    hash_of("section"),
    hash_of("sections"),
    hash_of("article"),
    hash_of("license"),
    hash_of("clause"),
    hash_of("paragraph"),
];

/// Elements whose tags are left out; any other `<…>` is a blank to fill in.
#[rustfmt::skip]
const ELEMENTS: [&str; 63] = [
    "a", "abbr", "article", "b", "big", "blockquote", "body", "br", "center", "code", "dd", "div",
    "dl", "dt", "em", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr",
    "html", "i", "img", "input", "label", "li", "link", "main", "meta", "nav", "ol", "optional", "p", "pre",
    "script", "section", "small", "span", "strong", "style", "sub", "summary", "sup", "svg", "table",
    "tbody", "td", "text", "tfoot", "th", "thead", "title", "tr", "tt", "u", "ul", "var",
];

struct Splitter<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    line: u32,
    /// Flags for the next word.
    pending: u8,
    /// Words before this byte stand in brackets.
    blank_until: usize,
    /// No address starts before this byte: keeps the search linear.
    no_address_until: usize,
    /// No tag ends an element from here on: for the same reason.
    no_end_tag: bool,
    rich_text: bool,
    words: Vec<Word>,
}

impl Splitter<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn run(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => self.new_line(1),
                b'\r' if self.peek(1) != b'\n' => self.new_line(1),
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => self.word(),
                b'<' => self.angle(),
                b'[' | b'{' => self.bracket(byte),
                b'&' => {
                    self.at += self.entity().map_or(1, |(length, _)| length);
                }
                b'\\' => self.backslash(),
                b'.' | b'\'' if self.pending & LINE_START != 0 => self.macro_line(),
                b'.' | b':' | b';' | b'!' | b'?' => {
                    self.pending |= SENTENCE;
                    self.at += 1;
                }
                0x80.. => self.other_letter(),
                _ => self.at += 1,
            }
        }
    }

    fn new_line(&mut self, length: usize) {
        if self.pending & LINE_START != 0 {
            self.pending |= PARAGRAPH | SENTENCE;
        }
        self.pending |= LINE_START;
        self.line += 1;
        self.at += length;
    }

    /// A character outside ASCII that starts no word yet.
    fn other_letter(&mut self) {
        let Some(letter) = self.character() else {
            self.at += 1;
            return;
        };
        match letter {
            '\u{85}' | '\u{2028}' | '\u{2029}' => self.new_line(letter.len_utf8()),
            '©' => {
                let start = self.at;
                self.at += letter.len_utf8();
                self.push(hash_of("c"), start, ITEM);
            }
            _ if letter.is_alphanumeric() => self.word(),
            _ => self.at += letter.len_utf8(),
        }
    }

    fn character(&self) -> Option<char> {
        self.text.get(self.at..).and_then(|rest| rest.chars().next())
    }

    /// Reads one word; it starts at a letter or digit.
    fn word(&mut self) {
        let start = self.at;
        if let Some(length) = self.address_length() {
            let end = start + length;
            let hash = address_hash(self.bytes.get(start..end).unwrap_or_default());
            self.at = end;
            self.push(hash, start, ADDRESS);
            return;
        }
        let mut hash = HASH_SEED;
        let mut previous = 0_u8;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b'a'..=b'z' | b'0'..=b'9' => hash = mix(hash, byte),
                b'A'..=b'Z' => hash = mix(hash, byte | 0x20),
                b'\'' if previous.is_ascii_alphabetic() && self.peek(1).is_ascii_alphabetic() => {}
                b'.' if previous.is_ascii_digit() && self.peek(1).is_ascii_digit() => {
                    hash = mix(hash, byte);
                }
                b'&' => match self.entity() {
                    // An apostrophe written as an entity.
                    Some((length, '\'' | '’')) if self.peek(length).is_ascii_alphabetic() => {
                        self.at += length;
                        previous = b'\'';
                        continue;
                    }
                    _ => break,
                },
                0x80.. => {
                    let Some(length) = self.inside_word(&mut hash) else {
                        break;
                    };
                    self.at += length;
                    previous = byte;
                    continue;
                }
                _ => break,
            }
            previous = byte;
            self.at += 1;
        }
        if self.pending & LINE_START != 0 && LEADERS.contains(&hash) {
            return;
        }
        let flags = self.item_flags(start, hash);
        self.push(hash, start, flags);
    }

    /// Folds a character outside ASCII into the word, or tells that the word ends before it.
    fn inside_word(&self, hash: &mut u64) -> Option<usize> {
        let letter = self.character()?;
        let length = letter.len_utf8();
        let letter_follows = || {
            let after = self.text.get(self.at + length..).and_then(|rest| rest.chars().next());
            after.is_some_and(char::is_alphanumeric)
        };
        match letter {
            '\u{ad}' => {}
            '’' | '‘' | 'ʼ' | '´' if letter_follows() => {}
            // An invisible character inside a word: no longer the same word.
            _ if is_hidden(letter) && letter_follows() => {
                *hash = mix(*hash, 0);
            }
            _ if letter.is_alphanumeric() => {
                for folded in letter.to_lowercase() {
                    let mut buffer = [0; 4];
                    for byte in folded.encode_utf8(&mut buffer).bytes() {
                        *hash = mix(*hash, byte);
                    }
                }
            }
            _ => return None,
        }
        Some(length)
    }

    fn push(&mut self, hash: u64, start: usize, mut flags: u8) {
        flags |= self.pending;
        if start < self.blank_until {
            flags |= BLANK;
        }
        // Whatever stands before it, an item number leaves the next word first in its sentence.
        self.pending = if flags & ITEM != 0 { SENTENCE } else { 0 };
        self.words.push(Word {
            hash,
            start: u32::try_from(start).unwrap_or(u32::MAX),
            end: u32::try_from(self.at).unwrap_or(u32::MAX),
            line: self.line,
            flags,
        });
    }

    /// Tells whether the word just read is an item number, by its shape.
    fn item_flags(&self, start: usize, hash: u64) -> u8 {
        let word = self.bytes.get(start..self.at).unwrap_or_default();
        let at_start = self.pending & LINE_START != 0;
        if at_start && hash == hash_of("c") && self.peek(0) == b' ' {
            // The comment leader of old Fortran.
            return ITEM;
        }
        let opened = start
            .checked_sub(1)
            .and_then(|before| self.bytes.get(before))
            .is_some_and(|byte| matches!(byte, b'(' | b'['));
        let closed = matches!(self.peek(0), b'.' | b')' | b']');
        if !is_item_shaped(word) || !closed || (opened && self.peek(0) == b'.') {
            return 0;
        }
        if self.peek(0) == b'.' && matches!(self.peek(1), b'0'..=b'9' | b'a'..=b'z') {
            return 0;
        }
        let numbered =
            self.pending & PARAGRAPH == 0 && self.words.last().is_some_and(|before| NUMBERED.contains(&before.hash));
        if at_start && !numbered {
            return ITEM;
        }
        if numbered { 0 } else { ITEM_LIKE }
    }

    /// Returns the length of the web or mail address that starts here.
    fn address_length(&mut self) -> Option<usize> {
        const LONGEST: usize = 300;
        if self.at < self.no_address_until {
            return None;
        }
        let rest = self.bytes.get(self.at..)?;
        let rest = rest.get(..LONGEST.min(rest.len()))?;
        let mut dot = false;
        let mut sign = false;
        let length = rest.iter().enumerate().position(|(at, &byte)| {
            dot |= byte == b'.';
            sign |= byte == b'@' || byte == b'/';
            let entity = byte == b';' && rest.get(..at).is_some_and(|run| run.ends_with(b"&amp"));
            !(entity || is_in_address(byte))
        });
        let length = length.unwrap_or(rest.len());
        self.no_address_until = self.at + length;
        if !sign {
            return None;
        }
        let run = rest.get(..length)?;
        let scheme = find(run, b"://").is_some_and(|at| at <= 6);
        let mail = run.iter().position(|&byte| byte == b'@');
        let mail = mail.is_some_and(|at| at > 0 && run.get(at..).is_some_and(|host| host.contains(&b'.')));
        let host = dot && is_host_with_path(run);
        if !(scheme || mail || host) {
            return None;
        }
        let trimmed = run.iter().rposition(|byte| !b".,:;!?*_".contains(byte))?;
        Some(trimmed + 1)
    }

    /// At `<`: skips a tag, or marks the words up to `>` as a blank.
    fn angle(&mut self) {
        const LONGEST_TAG: usize = 600;
        const LONGEST_BLANK: usize = 80;
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        if rest.starts_with(b"!--") {
            // What stands in a comment is read like everything else.
            self.at += 4;
            return;
        }
        let name_at = usize::from(rest.first() == Some(&b'/'));
        let name = rest.get(name_at..).unwrap_or_default();
        let name_length = name.iter().take(12).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let name = name.get(..name_length).unwrap_or_default();
        let after = rest.get(name_at + name_length).copied().unwrap_or(0);
        let known = ELEMENTS.iter().any(|element| name.eq_ignore_ascii_case(element.as_bytes()))
            && matches!(after, b'>' | b'/' | b' ' | b'\n' | b'\r' | b'\t');
        let longest = if known { LONGEST_TAG } else { LONGEST_BLANK };
        let close = rest.iter().take(longest).position(|&byte| byte == b'>');
        let Some(close) = close else {
            self.at += 1;
            return;
        };
        if !known {
            self.blank_until = self.blank_until.max(self.at + 1 + close);
            self.at += 1;
            return;
        }
        let mut end = close + 1;
        if name_at == 0 && (name.eq_ignore_ascii_case(b"style") || name.eq_ignore_ascii_case(b"script")) {
            let content = rest.get(end..).filter(|_| !self.no_end_tag).unwrap_or_default();
            let inside = find(content, b"</");
            self.no_end_tag |= inside.is_none();
            end += inside.unwrap_or(0);
        }
        let skipped = rest.get(..end).unwrap_or_default();
        let lines = skipped.split(|byte| *byte == b'\n').count() - 1;
        self.line += u32::try_from(lines).unwrap_or(u32::MAX);
        if lines > 0 {
            self.pending |= LINE_START;
        }
        self.block_start(name);
        self.at += 1 + end;
    }

    /// Block elements start a paragraph, so that copyright lines and items are seen in HTML too.
    fn block_start(&mut self, name: &[u8]) {
        const BLOCKS: [&str; 12] = ["p", "div", "li", "br", "h1", "h2", "h3", "h4", "td", "tr", "pre", "blockquote"];
        if BLOCKS.iter().any(|block| name.eq_ignore_ascii_case(block.as_bytes())) {
            self.pending |= LINE_START | SENTENCE;
            if !name.eq_ignore_ascii_case(b"br") {
                self.pending |= PARAGRAPH;
            }
        }
    }

    fn bracket(&mut self, open: u8) {
        let close = if open == b'[' { b']' } else { b'}' };
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        let length = rest.iter().take(60).position(|&byte| byte == close);
        if let Some(length) = length {
            self.blank_until = self.blank_until.max(self.at + 1 + length);
        }
        self.at += 1;
    }

    /// Returns the length of the character entity that starts here, and what it stands for.
    fn entity(&self) -> Option<(usize, char)> {
        let rest = self.bytes.get(self.at + 1..)?;
        let length = rest.iter().take(9).position(|&byte| byte == b';')?;
        let name = std::str::from_utf8(rest.get(..length)?).ok()?;
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#') {
            return None;
        }
        let letter = match name {
            "apos" | "rsquo" | "lsquo" => '\'',
            _ => match name.strip_prefix("#x").or_else(|| name.strip_prefix("#X")) {
                Some(digits) => char::from_u32(u32::from_str_radix(digits, 16).ok()?)?,
                None => match name.strip_prefix('#') {
                    Some(digits) => char::from_u32(digits.parse().ok()?)?,
                    None => ' ',
                },
            },
        };
        Some((length + 2, letter))
    }

    /// Escapes of strings (`\n`), of man pages (`\fB`) and of rich text (`\par`).
    fn backslash(&mut self) {
        let next = self.peek(1);
        if self.rich_text {
            if next == b'\'' {
                self.at += 4;
                return;
            }
            self.at += 1;
            let name = self.bytes.get(self.at..).unwrap_or_default();
            let end = name.iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-');
            let end = end.unwrap_or(name.len());
            if name.starts_with(b"par") {
                self.pending |= LINE_START | SENTENCE;
            }
            self.at += end;
            return;
        }
        self.at += match next {
            b'f' if matches!(self.peek(2), b'B' | b'I' | b'R' | b'P' | b'1'..=b'4') => 3,
            b'n' | b't' | b'r' if !self.peek(2).is_ascii_lowercase() => {
                if next == b'n' {
                    self.pending |= LINE_START;
                }
                2
            }
            _ => 1,
        };
    }

    /// A line of a man page: the request is skipped, its arguments are text.
    fn macro_line(&mut self) {
        let name = self.bytes.get(self.at + 1..).unwrap_or_default();
        let length = name.iter().take(3).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let end = name.get(length).copied().unwrap_or(b'\n');
        let before = self.at.checked_sub(1).and_then(|before| self.bytes.get(before));
        let first = matches!(before, None | Some(b'\n'));
        self.at += 1;
        if first && length == 2 && matches!(end, b' ' | b'\n' | b'\r') {
            self.at += length;
        } else {
            self.pending |= SENTENCE;
        }
    }
}

/// Tells whether a word looks like `2`, `a`, `iv` or `1.3`.
fn is_item_shaped(word: &[u8]) -> bool {
    let digits = word.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    match word.len() {
        1 => true,
        2..=5 if digits => word.len() == 2 || word.contains(&b'.'),
        2..=4 => word.iter().all(|byte| b"ivxIVX".contains(byte)),
        _ => false,
    }
}

/// Tells whether a character may be part of an address.
fn is_in_address(byte: u8) -> bool {
    // The digits lie between `/` and `:`, the capitals behind `@`.
    matches!(byte, b'!' | b'#'..=b'&' | b'*' | b'+' | b'-'..=b':' | b'=' | b'?'..=b'Z' | b'_' | b'a'..=b'z' | b'~')
}

/// Tells whether a run without a scheme is a host with a path, such as `example.org/license`.
fn is_host_with_path(run: &[u8]) -> bool {
    let Some(slash) = run.iter().position(|&byte| byte == b'/') else {
        return false;
    };
    let host = run.get(..slash).unwrap_or_default();
    let Some(dot) = host.iter().rposition(|&byte| byte == b'.') else {
        return false;
    };
    let top = host.get(dot + 1..).unwrap_or_default();
    (2..=4).contains(&top.len()) && dot > 1 && top.iter().all(u8::is_ascii_lowercase)
}

/// Hash of an address: its scheme, `www.` and a trailing slash do not count.
fn address_hash(address: &[u8]) -> u64 {
    let mut rest = match find(address, b"://") {
        Some(at) => address.get(at + 3..).unwrap_or_default(),
        None => address,
    };
    rest = rest.strip_prefix(b"www.").unwrap_or(rest);
    rest = rest.strip_suffix(b"/").unwrap_or(rest);
    rest.iter().fold(HASH_SEED, |hash, byte| mix(hash, byte.to_ascii_lowercase()))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        split(text)
            .iter()
            .filter(|word| !word.is(ITEM))
            .map(|word| text.get(word.start as usize..word.end as usize).unwrap().to_lowercase())
            .collect()
    }

    fn same(left: &str, right: &str) -> bool {
        let hashes = |text: &str| -> Vec<u64> {
            split(text).iter().filter(|word| !word.is(ITEM)).map(|word| word.hash).collect()
        };
        hashes(left) == hashes(right)
    }

    #[test]
    fn dress_does_not_count() {
        let plain = "Permission is granted to \"use\" the licensor's copy.\n\n(a) Do not sell.";
        for dressed in [
            "/* Permission is granted to\n * `use' the licensor’s copy.\n *\n * a) Do not sell. */",
            "# Permission is granted to\r\n# “use” the licensor&#39;s copy.\r\n#\r\n# 1. Do not sell.",
            "<p>Permission is granted to <b>use</b> the licensor&rsquo;s copy.</p><ol><li>Do not sell.</ol>",
            "dnl Permission is granted to use\ndnl the licensor's copy.\ndnl * Do not sell.",
            ".PP\nPermission is granted to \\fBuse\\fR the licensor's copy.\n.IP\nDo not sell.",
            "{\\rtf1 Permission is granted to \\b use\\b0  the licensor\\'92s copy.\\par Do not sell.}",
        ] {
            let dressed = dressed.replace("\\'92", "'");
            assert!(same(plain, &dressed), "{dressed}: {:?}", words(&dressed));
        }
    }

    #[test]
    fn hidden_and_foreign_letters_make_another_word() {
        assert!(!same("granted", "gran\u{200b}ted"));
        assert!(!same("not", "n\u{43e}t"));
        assert!(same("granted", "gran\u{ad}ted"));
    }

    #[test]
    fn addresses_are_one_word() {
        assert_eq!(
            words("see <http://a.example/b/c.>, or x.y@b.example!"),
            ["see", "http://a.example/b/c", "or", "x.y@b.example",]
        );
        assert!(same("http://www.a.example/x/", "https://a.example/x"));
        assert_eq!(words("and/or version 2.0."), ["and", "or", "version", "2.0"]);
    }

    #[test]
    fn lines_are_counted() {
        let lines: Vec<u32> = split("a b\r\nc\rd\n\n<p\n>e").iter().map(|word| word.line).collect();
        assert_eq!(lines, [1, 1, 2, 3, 6]);
    }

    #[test]
    fn items_stand_at_the_start_of_a_line() {
        let text = "1. one\n  (b) two, section 3. and iv) four";
        let items: Vec<bool> = split(text).iter().map(|word| word.is(ITEM)).collect();
        assert_eq!(items, [true, false, true, false, false, false, false, false, false]);
    }
}
