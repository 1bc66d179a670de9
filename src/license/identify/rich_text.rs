//! Letters of rich text (RTF) that are written as escapes, such as `\u233?` and `\'e9`.
//!
//! Follows the Rich Text Format specification, version 1.9. The code page is taken for that of Western Europe: texts in
//! others are written with `\u`. Lines stay where they are; control words are left to whoever cuts the text into words.

/// Control words that stand for one character.
const NAMED: [(&str, char); 6] =
    [("emdash", '—'), ("endash", '–'), ("ldblquote", '“'), ("lquote", '‘'), ("rdblquote", '”'), ("rquote", '’')];

/// Returns a text with its escapes replaced, if it is rich text.
pub(crate) fn letters(text: &str) -> Option<String> {
    if !text.starts_with("{\\rtf") {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // The first half of a character that takes two units of UTF-16.
    let mut half = None;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        if let Some((letter, left)) = escape(after) {
            let units = half.take().into_iter().chain([letter]);
            for unit in char::decode_utf16(units) {
                match unit {
                    Ok(letter) => out.push(letter),
                    Err(error) => half = Some(error.unpaired_surrogate()),
                }
            }
            rest = left;
        } else {
            // An escaped backslash opens nothing, and parts words as a backslash does.
            let (kept, left) = after.strip_prefix('\\').map_or(('\\', after), |left| (' ', left));
            out.push(kept);
            rest = left;
        }
    }
    out.push_str(rest);
    Some(out)
}

/// Reads the escape behind a backslash: a unit of UTF-16, and what follows.
fn escape(after: &str) -> Option<(u16, &str)> {
    if let Some(code) = after.strip_prefix('\'') {
        let (digits, left) = code.split_at_checked(2)?;
        return Some((western(u8::from_str_radix(digits, 16).ok()?), left));
    }
    let word = |name: &str| {
        let left = after.strip_prefix(name)?;
        let ends = !left.starts_with(|letter: char| letter.is_ascii_alphanumeric());
        ends.then(|| left.strip_prefix(' ').unwrap_or(left))
    };
    let named = NAMED.iter().find_map(|(name, letter)| Some((u16::try_from(u32::from(*letter)).ok()?, word(name)?)));
    named.or_else(|| {
        let number = after.strip_prefix('u')?;
        let end = number.find(|letter: char| !(letter.is_ascii_digit() || letter == '-')).unwrap_or(number.len());
        let (digits, left) = number.split_at(end);
        let unit = digits.parse::<i32>().ok()?.rem_euclid(0x1_0000);
        // What stands in its place where it cannot be shown: one character.
        let left = left.strip_prefix(' ').unwrap_or(left);
        Some((u16::try_from(unit).ok()?, left.strip_prefix('?').unwrap_or(left)))
    })
}

/// The character of a byte in the code page of Western Europe, as far as it stands in texts.
fn western(byte: u8) -> u16 {
    match byte {
        0x85 => 0x2026,
        0x91 => 0x2018,
        0x92 => 0x2019,
        0x93 => 0x201c,
        0x94 => 0x201d,
        0x96 => 0x2013,
        0x97 => 0x2014,
        0x80..=0x9f => u16::from(b' '),
        byte => u16::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_letters() {
        let text = |body: &str| letters(&format!("{{\\rtf1 {body}}}"));
        for (body, plain) in [
            ("pr\\u233?sent", "présent"),
            ("pr\\'e9sent", "présent"),
            ("\\ldblquote Work\\rdblquote  of", "“Work” of"),
            ("l\\rquote \\u233?tat", "l’état"),
            ("\\u-10179?\\u-8704?", "\u{1f600}"),
            ("C:\\\\u1 \\par next", "C: u1 \\par next"),
            ("\\'9", "\\'9"),
            ("\\ul under", "\\ul under"),
        ] {
            assert_eq!(text(body), Some(format!("{{\\rtf1 {plain}}}")), "{body}");
        }
        assert_eq!(letters("pr\\'e9sent"), None);
    }
}
