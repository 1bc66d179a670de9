//! Literals of Ruby: strings, symbols, and lists of them.

/// Blanks out lines that are comments, and what comes after `__END__`; every other line keeps its number.
pub(super) fn without_comments(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut in_block = false;
    for line in text.lines() {
        if line == "__END__" {
            break;
        }
        in_block = in_block && !line.starts_with("=end") || line.starts_with("=begin");
        if !in_block && !line.trim_start().starts_with('#') && !line.starts_with("=end") {
            code.push_str(line);
        }
        code.push('\n');
    }
    code
}

/// Reads one string or symbol at the start of a text, and returns what comes after it.
///
/// A string into which code is put has no value that can be known.
pub(super) fn string(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let (value, rest) = if let Some(rest) = text.strip_prefix('\'') {
        rest.split_once('\'')?
    } else if let Some(rest) = text.strip_prefix('"') {
        rest.split_once('"').filter(|(value, _)| !value.contains("#{"))?
    } else if let Some(rest) = text.strip_prefix("%q") {
        let close = closing(rest.chars().next()?)?;
        rest.get(1..)?.split_once(close)?
    } else {
        let symbol = text.strip_prefix(':').filter(|rest| !rest.starts_with(':'))?;
        if let Some(quoted) = symbol.strip_prefix('"') {
            quoted.split_once('"')?
        } else {
            let end = symbol.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(symbol.len());
            symbol.split_at_checked(end).filter(|(value, _)| !value.is_empty())?
        }
    };
    let rest = rest.trim_start();
    Some((value, rest.strip_prefix(".freeze").unwrap_or(rest)))
}

/// Reads a string or a list of strings; anything else in the list leaves it unknown.
pub(super) fn strings(text: &str) -> Option<Vec<String>> {
    let text = text.trim_start();
    if let Some(rest) = text.strip_prefix("%w").or_else(|| text.strip_prefix("%i")) {
        let close = closing(rest.chars().next()?)?;
        let (words, _) = rest.get(1..)?.split_once(close)?;
        return Some(words.split_whitespace().map(str::to_owned).collect());
    }
    let Some(mut rest) = text.strip_prefix('[') else { return Some(vec![string(text)?.0.to_owned()]) };
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches(|char: char| char.is_whitespace() || char == ',');
        if rest.starts_with(']') {
            return Some(found);
        }
        let (value, after) = string(rest)?;
        found.push(value.to_owned());
        rest = after;
    }
}

fn closing(open: char) -> Option<char> {
    Some(match open {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        '<' => '>',
        '|' | '!' | '/' => open,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_read_and_code_is_not() {
        for (text, expect) in [
            ("\"MIT\".freeze", Some(&["MIT"][..])),
            ("'MIT' # why", Some(&["MIT"])),
            ("%q<base>.freeze, [\">= 1\"]", Some(&["base"])),
            (":test", Some(&["test"])),
            (":\"a-b\"", Some(&["a-b"])),
            ("[\"Ruby\".freeze, 'BSD-2-Clause',\n :x]", Some(&["Ruby", "BSD-2-Clause", "x"])),
            ("%w[MIT Ruby]", Some(&["MIT", "Ruby"])),
            ("%w(MIT)", Some(&["MIT"])),
            ("[]", Some(&[])),
            ("LICENSE", None),
            ("\"#{x}\"", None),
            ("['MIT', OTHER]", None),
            ("['MIT'", None),
            ("::Foo", None),
            ("", None),
        ] {
            let expect = expect.map(|values| values.iter().map(ToString::to_string).collect::<Vec<_>>());
            assert_eq!(strings(text), expect, "{text}");
        }
    }

    #[test]
    fn comments_leave_their_lines() {
        let text = "a\n# b\n=begin\nc\n=end\n  # d\ne # f\n__END__\ng\n";
        assert_eq!(without_comments(text), "a\n\n\n\n\n\ne # f\n");
    }
}
