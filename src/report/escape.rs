//! Making untrusted text harmless for the place it goes to.
//!
//! Names, versions, license strings and paths come from the scanned tree.
//! At a terminal they could move the cursor or set its title, hide each other by writing direction, or give commands
//! to a CI runner that reads the log.

use std::fmt::Write;

/// The longest name that is shown, in characters.
const MAX_CHARS: usize = 200;

/// Beginnings of commands that CI runners look for anywhere in a line.
const RUNNER_COMMANDS: &[&str] = &["##[", "##vso[", "##teamcity["];

/// Makes one line of untrusted text safe to print for people.
///
/// Control characters and characters that change the writing direction or are invisible are shown as `\u{…}`,
/// commands to CI runners are broken, long texts are cut.
/// ```
/// use ppl_check::report::escape::line;
/// assert_eq!(line("a\u{1b}[2Jb\n"), r"a\u{1b}[2Jb\u{a}");
/// assert_eq!(line("##[add-path]x"), r"#\#[add-path]x");
/// assert_eq!(line("::stop-commands::x"), r"\::stop-commands::x");
/// ```
pub fn line(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for (index, char) in text.chars().enumerate() {
        if index == MAX_CHARS {
            safe.push('…');
            break;
        }
        if is_harmful(char) {
            // Writing to a string cannot fail.
            let _ = write!(safe, "\\u{{{:x}}}", u32::from(char));
        } else {
            safe.push(char);
        }
    }
    for command in RUNNER_COMMANDS {
        if safe.contains(command) {
            safe = safe.replace(command, &command.replacen('#', "#\\", 1));
        }
    }
    if safe.trim_start().starts_with("::") {
        safe = safe.replacen("::", "\\::", 1);
    }
    safe
}

/// Makes words of ours, which may quote untrusted ones, safe to print: each word by itself, white space as one blank.
pub fn words(text: &str) -> String {
    text.split_whitespace().map(line).collect::<Vec<_>>().join(" ")
}

/// Makes text safe inside an element or a quoted attribute of XML 1.0; characters that XML has no room for are
/// replaced.
///
/// ```
/// use ppl_check::report::escape::xml;
/// assert_eq!(xml("a<b> & \"c\"]]>\u{0}"), "a&lt;b&gt; &amp; &quot;c&quot;]]&gt;\u{fffd}");
/// ```
pub fn xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\t' | '\n' => safe.push(char),
            _ if is_harmful(char) || matches!(char, '\u{fffe}' | '\u{ffff}') => safe.push('\u{fffd}'),
            _ => safe.push(char),
        }
    }
    safe
}

/// Returns whether a character must not reach a terminal or a reader as it is.
pub fn is_harmful(char: char) -> bool {
    matches!(char,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{ad}' | '\u{61c}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_harmful_passes() {
        let hostile: String =
            ('\0'..='\u{2fff}').chain('\u{f000}'..='\u{ffff}').chain('\u{e0000}'..='\u{e0080}').collect();
        for chunk in hostile.chars().collect::<Vec<_>>().chunks(100) {
            let safe = line(&chunk.iter().collect::<String>());
            assert!(!safe.chars().any(is_harmful), "{safe:?}");
        }
    }

    #[test]
    fn runner_commands_are_broken() {
        for text in ["##[x]", "a ##[add-path]/x", "##vso[task.setvariable]", "##teamcity[x]"] {
            let safe = line(text);
            assert!(RUNNER_COMMANDS.iter().all(|command| !safe.contains(command)), "{safe}");
        }
        assert!(!line("  ::error::x").trim_start().starts_with("::"));
        assert_eq!(line("std::fmt"), "std::fmt");
    }

    #[test]
    fn long_text_is_cut() {
        assert_eq!(line(&"x".repeat(10_000)).chars().count(), MAX_CHARS + 1);
    }
}
