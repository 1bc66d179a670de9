//! Addresses of requests, made from names and versions alone.

use std::fmt::Write;

/// Encodes a name or version as one part of a path; what could lead to another path is `None`.
pub(super) fn segment(text: &str) -> Option<String> {
    if text.is_empty() || text == "." || text == ".." || text.len() > 255 {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'@' | b'!') {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").ok()?;
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_one_part_of_a_path() {
        for (text, expect) in [
            ("serde_json", Some("serde_json")),
            ("1.0.0+build.1", Some("1.0.0%2Bbuild.1")),
            ("a/../../b", Some("a%2F..%2F..%2Fb")),
            ("a?b#c", Some("a%3Fb%23c")),
            ("a\r\nHost: x", Some("a%0D%0AHost%3A%20x")),
            ("..", None),
            ("", None),
        ] {
            assert_eq!(segment(text).as_deref(), expect, "{text}");
        }
    }
}
