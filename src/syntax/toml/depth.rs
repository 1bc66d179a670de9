//! How deep a document is nested, found before memory is taken for it.

/// How many brackets may be open at once, in strings and comments not counted.
pub(super) const MAX_DEPTH: usize = 80;

/// Returns where more brackets are open than any file has.
pub(super) fn too_deep(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let rest = |at: usize| bytes.get(at..).unwrap_or_default();
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'#' => at += memchr::memchr(b'\n', rest(at)).unwrap_or(bytes.len()),
            b'"' | b'\'' => {
                let long = [*byte; 3];
                let is_long = rest(at).starts_with(&long);
                at += if is_long { 3 } else { 1 };
                let is_end =
                    |at: usize| if is_long { rest(at).starts_with(&long) } else { rest(at).first() == Some(byte) };
                // A short string that is not closed ends with its line.
                while at < bytes.len() && !is_end(at) && (is_long || bytes.get(at) != Some(&b'\n')) {
                    at += if *byte == b'"' && bytes.get(at) == Some(&b'\\') { 2 } else { 1 };
                }
                at += if is_long { 2 } else { 0 };
            }
            b'[' | b'{' if depth == MAX_DEPTH => return Some(at),
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_and_comments_open_nothing() {
        let many = "[".repeat(100);
        let deep = "[".repeat(81);
        for (text, found) in [
            (format!("a = {deep}"), Some(4 + 80)),
            (format!("a = {}{}", "[".repeat(80), "]".repeat(80)), None),
            (format!("a = {{ b = {deep}"), Some(10 + 79)),
            (
                format!("# {many}\na = \"\\\"{many}\"\nb = '{many}'\nc = \"\"\"\n\"{many}\"\"\"\nd = '''{many}'''\n"),
                None,
            ),
            (format!("a = 'open\nb = {deep}"), Some(14 + 80)),
            (format!("a = \"x\" # '\nb = {deep}"), Some(16 + 80)),
        ] {
            assert_eq!(too_deep(&text), found, "{text}");
        }
    }
}
