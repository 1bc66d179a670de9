//! Whether quoted words really stand in a text.

/// Returns whether every piece of a quote stands in a text, in order; ` … ` separates the pieces.
///
/// Quote marks, dashes and white space of any kind count as equal.
///
/// ```
/// use ppl_check::license::knowledge::stands_in;
/// let text = "You may not\n  impose any \u{201c}further\u{201d} restrictions on the rights.";
/// assert!(stands_in("may not impose … \"further\" restrictions", text));
/// assert!(!stands_in("\"further\" restrictions … may not impose", text));
/// assert!(!stands_in("may impose", text));
/// ```
pub fn stands_in(quote: &str, text: &str) -> bool {
    let text = normalize(text);
    let mut rest = text.as_str();
    let mut found = false;
    for piece in quote.split('…') {
        let piece = normalize(piece);
        if piece.is_empty() {
            continue;
        }
        let Some((_, after)) = rest.split_once(piece.as_str()) else { return false };
        rest = after;
        found = true;
    }
    found
}

fn normalize(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '“' | '”' | '„' | '«' | '»' | '‘' | '’' | '`' | '\'' | '"' => normal.push('"'),
            '–' | '—' | '‐' | '‑' | '−' => normal.push('-'),
            char if char.is_whitespace() || matches!(char, '\u{feff}' | '\u{200b}') => {
                if !normal.is_empty() && !normal.ends_with(' ') {
                    normal.push(' ');
                }
            }
            char => normal.push(char),
        }
    }
    // Two single marks stand for a double one in some plain texts.
    let normal = normal.replace("\"\"", "\"");
    normal.trim_end().to_owned()
}
