//! From bytes to text, whatever the encoding, and from text to lines.

use super::rtf;

/// A decoded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without a byte order mark.
    pub text: String,
    /// How it was encoded.
    pub encoding: Encoding,
}

/// How a text was encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a mark.
    Utf8,
    /// UTF-16, little end first.
    Utf16Le,
    /// UTF-16, big end first.
    Utf16Be,
    /// Windows-1252, which covers Latin-1: taken for what is not valid UTF-8.
    Windows1252,
}

/// Decodes by byte order mark, then UTF-16 by its zero bytes, then UTF-8, then Windows-1252; of a Rich Text file, what
/// it shows.
pub fn decode(bytes: &[u8]) -> Decoded {
    let decoded = decode_plain(bytes);
    match rtf::plain(&decoded.text) {
        Some(text) => Decoded { text, ..decoded },
        None => decoded,
    }
}

fn decode_plain(bytes: &[u8]) -> Decoded {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return decode_bytes(rest);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return decode_utf16(rest, Encoding::Utf16Le);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return decode_utf16(rest, Encoding::Utf16Be);
    }
    match guess_utf16(bytes) {
        Some(encoding) => decode_utf16(bytes, encoding),
        None => decode_bytes(bytes),
    }
}

/// Returns whether the bytes look like a program or a picture rather than a text: a zero byte early on
/// that UTF-16 does not explain.
pub fn is_binary(bytes: &[u8]) -> bool {
    // Some editors end a text with a zero byte, as programs end a string.
    let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
    let head = bytes.get(..bytes.len().min(8192)).unwrap_or(bytes);
    let marked = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    !marked && memchr::memchr(0, head).is_some() && guess_utf16(head).is_none()
}

/// Returns the line, from 1, on which the byte at `offset` stands.
pub fn line_of(text: &str, offset: usize) -> u32 {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    u32::try_from(memchr::memchr_iter(b'\n', before).count()).unwrap_or(u32::MAX).saturating_add(1)
}

/// Where the lines of a text start, for many questions about one text.
#[derive(Clone, Debug)]
pub struct Lines {
    ends: Vec<usize>,
}

impl Lines {
    /// Finds the lines of a text.
    pub fn new(text: &str) -> Self {
        Self { ends: memchr::memchr_iter(b'\n', text.as_bytes()).collect() }
    }

    /// Returns the line, from 1, on which the byte at `offset` stands.
    pub fn of(&self, offset: usize) -> u32 {
        let before = self.ends.partition_point(|end| *end < offset);
        u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
    }
}

fn decode_bytes(bytes: &[u8]) -> Decoded {
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: text.to_owned(), encoding: Encoding::Utf8 },
        Err(_) => {
            Decoded { text: bytes.iter().map(|&byte| windows_1252(byte)).collect(), encoding: Encoding::Windows1252 }
        }
    }
}

fn decode_utf16(bytes: &[u8], encoding: Encoding) -> Decoded {
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| match encoding {
        Encoding::Utf16Be => u16::from_be_bytes(*pair),
        Encoding::Utf16Le | Encoding::Utf8 | Encoding::Windows1252 => u16::from_le_bytes(*pair),
    });
    let text = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Decoded { text, encoding }
}

/// Western text in UTF-16 has a zero in nearly every second byte, and none in the others.
fn guess_utf16(bytes: &[u8]) -> Option<Encoding> {
    let pairs = bytes.get(..bytes.len().min(512)).unwrap_or(bytes).as_chunks::<2>().0;
    if pairs.len() < 4 {
        return None;
    }
    let zeros = |index: usize| pairs.iter().filter(|pair| pair.get(index) == Some(&0)).count();
    let (first, second) = (zeros(0), zeros(1));
    if first == 0 && second * 4 > pairs.len() * 3 {
        Some(Encoding::Utf16Le)
    } else if second == 0 && first * 4 > pairs.len() * 3 {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

/// Returns the letter of a byte in Windows-1252.
pub(super) fn windows_1252(byte: u8) -> char {
    #[rustfmt::skip]
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    byte.checked_sub(0x80).and_then(|index| HIGH.get(usize::from(index))).copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_in_every_encoding() {
        let text = "Permission is granted – “as is”, é\n";
        let utf16 = |to_bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(to_bytes).collect::<Vec<_>>();
        let with = |mark: &[u8], rest: Vec<u8>| [mark, &rest].concat();
        let windows = b"Permission is granted \x96 \x93as is\x94, \xe9\n".to_vec();
        for (bytes, encoding) in [
            (text.as_bytes().to_vec(), Encoding::Utf8),
            (with(b"\xef\xbb\xbf", text.as_bytes().to_vec()), Encoding::Utf8),
            (with(b"\xff\xfe", utf16(u16::to_le_bytes)), Encoding::Utf16Le),
            (with(b"\xfe\xff", utf16(u16::to_be_bytes)), Encoding::Utf16Be),
            (windows, Encoding::Windows1252),
        ] {
            assert_eq!(decode(&bytes), Decoded { text: text.to_owned(), encoding });
            assert!(!is_binary(&bytes));
        }
        let unmarked = "Permission is hereby granted".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        assert_eq!(decode(&unmarked).text, "Permission is hereby granted");
    }

    #[test]
    fn programs_are_binary() {
        assert!(is_binary(b"\x7fELF\x02\x01\x01\0\0\0\0\0"));
        assert!(is_binary(b"GIF89a\0\0"));
        assert!(!is_binary(b"plain"));
        assert!(!is_binary(b"{\\rtf1 written by a dialog}\r\n\0"));
    }

    #[test]
    fn lines_count_from_one() {
        assert_eq!(line_of("a\nb\nc", 0), 1);
        assert_eq!(line_of("a\nb\nc", 2), 2);
        assert_eq!(line_of("a\nb\nc", 99), 3);
        let lines = Lines::new("a\nb\nc");
        assert!([0, 1, 2, 3, 4, 99].iter().all(|&offset| lines.of(offset) == line_of("a\nb\nc", offset)));
    }
}
