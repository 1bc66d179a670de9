//! Making untrusted text harmless for the place it goes to.
//!
//! Names, versions, license strings and paths come from the scanned tree.
//! At a terminal they could move the cursor or set its title, hide each other by writing direction, or give commands
//! to a CI runner that reads the log.

use std::fmt::Write;
use std::io;

use super::Style;

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
    unopened(inline(text, MAX_CHARS))
}

/// Makes one line of untrusted text safe to print, however long it is.
pub fn whole(text: &str) -> String {
    unopened(inline(text, usize::MAX))
}

/// Keeps a line from opening with `::`, which starts a command to a CI runner.
fn unopened(line: String) -> String {
    if line.trim_start().starts_with("::") { line.replacen("::", "\\::", 1) } else { line }
}

/// The same for text that something else stands before on its line, where `::` starts no command.
fn inline(text: &str, max_chars: usize) -> String {
    let mut safe = String::with_capacity(text.len().min(max_chars));
    for (index, char) in text.chars().enumerate() {
        if index == max_chars {
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
    broken(safe)
}

/// Breaks what a CI runner would take for a command anywhere in a line.
fn broken(mut line: String) -> String {
    for command in RUNNER_COMMANDS {
        if line.contains(command) {
            line = line.replace(command, &command.replacen('#', "#\\", 1));
        }
    }
    line
}

/// Makes words of ours, which may quote untrusted ones, safe to print: each word by itself, white space as one blank.
pub fn words(text: &str) -> String {
    let word = |(idx, word)| if idx == 0 { line(word) } else { inline(word, MAX_CHARS) };
    text.split_whitespace().enumerate().map(word).collect::<Vec<_>>().join(" ")
}

/// Writes JSON in which no line holds a command to a CI runner and no character harms a terminal: `#` and harmful
/// characters are written as escapes.
///
/// Outside of strings JSON has none of them. A character must come in one piece, as `serde_json` writes it.
pub struct Json<'out>(pub &'out mut dyn io::Write);

impl io::Write for Json<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_ascii() && !bytes.iter().any(|byte| matches!(byte, b'#' | 0x7f)) {
            self.0.write_all(bytes)?;
            return Ok(bytes.len());
        }
        let mut safe = String::with_capacity(bytes.len());
        for char in String::from_utf8_lossy(bytes).chars() {
            if char == '#' || (u32::from(char) >= 0x7f && is_harmful(char)) {
                for unit in char.encode_utf16(&mut [0; 2]) {
                    let _ = write!(safe, "\\u{unit:04x}");
                }
            } else {
                safe.push(char);
            }
        }
        self.0.write_all(safe.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Writes text for people and, if that is asked for, keeps to ASCII: signs as people type them, other characters by
/// their number.
///
/// A character must come in one piece, as `write!` writes it.
pub struct Ascii<'out> {
    out: &'out mut dyn io::Write,
    on: bool,
}

impl<'out> Ascii<'out> {
    /// Wraps what is written to, as the style says.
    pub fn of(style: &Style, out: &'out mut dyn io::Write) -> Self {
        Self { out, on: style.ascii }
    }
}

impl io::Write for Ascii<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.on || bytes.is_ascii() {
            self.out.write_all(bytes)?;
            return Ok(bytes.len());
        }
        let mut plain = String::with_capacity(bytes.len());
        for char in String::from_utf8_lossy(bytes).chars() {
            match char {
                _ if char.is_ascii() => plain.push(char),
                '→' => plain.push_str("->"),
                '…' => plain.push_str("..."),
                '·' | '—' | '–' => plain.push('-'),
                '“' | '”' => plain.push('"'),
                '‘' | '’' => plain.push('\''),
                '§' => plain.push_str("section "),
                _ => {
                    let _ = write!(plain, "\\u{{{:x}}}", u32::from(char));
                }
            }
        }
        self.out.write_all(plain.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Returns the address of a file below the root whose address is given: every byte that could mean something to a
/// terminal or a reader of addresses is written by its number, so that no name leaves the address.
///
/// ```
/// use ppl_check::report::escape::file_address;
/// assert_eq!(file_address("file:///srv/shop", b"a b/\x1b]8;;x\x07"), "file:///srv/shop/a%20b/%1B%5D8%3B%3Bx%07");
/// ```
pub fn file_address(root: &str, path: &[u8]) -> String {
    let mut address = String::with_capacity(root.len() + path.len() + 1);
    address.push_str(root);
    address.push('/');
    for byte in path {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(byte) {
            address.push(char::from(*byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address
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
            char if is_harmful(char) && u32::from(char) >= 0x7f => {
                let _ = write!(safe, "&#x{:x};", u32::from(char));
            }
            _ if is_harmful(char) || matches!(char, '\u{fffe}' | '\u{ffff}') => safe.push('\u{fffd}'),
            _ => safe.push(char),
        }
    }
    safe
}

/// Makes untrusted text a stretch of Markdown that reads as it is written: no markup, no link, no mention, one line.
///
/// ```
/// use ppl_check::report::escape::markdown;
/// assert_eq!(markdown("a|b](http://e) @all"), r"a\|b\](http\://e) \@all");
/// ```
pub fn markdown(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in line(text).chars() {
        if matches!(
            char,
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '!' | '|' | '@' | '~' | '&' | '$' | ':'
        ) {
            safe.push('\\');
        }
        safe.push(char);
    }
    safe
}

/// Returns a fence of backticks that is longer than any in the text.
pub fn fence(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for char in text.chars() {
        run = if char == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    "`".repeat((longest + 1).max(3))
}

/// Makes a text of several lines safe to print, line by line and without cutting it.
///
/// ```
/// use ppl_check::report::escape::block;
/// assert_eq!(block("MIT\r\n ::error::x\u{1b}"), "MIT\n \\::error::x\u{fffd}");
/// ```
pub fn block(text: &str) -> String {
    let safe = |char: char| match char {
        '\n' | '\t' => char,
        '\u{c}' => '\n',
        char if is_harmful(char) => '\u{fffd}',
        char => char,
    };
    let text: String = text.replace("\r\n", "\n").replace('\r', "\n").chars().map(safe).collect();
    if !text.contains("::") && !text.contains('#') {
        return text;
    }
    text.split('\n').map(|line| unopened(broken(line.to_owned()))).collect::<Vec<_>>().join("\n")
}

/// Returns an address if it leads to the web and holds nothing that could end it early.
pub fn web_address(text: &str) -> Option<&str> {
    let text = text.trim();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let plain = |char: char| char.is_ascii_alphanumeric() || "-._~:/?#[]@!$&()*+,;=%".contains(char);
    // What stands before an `@` may be a password.
    let public = !rest.split(['/', '?', '#']).next().unwrap_or_default().contains('@');
    let starts = rest.starts_with(|char: char| char.is_ascii_alphanumeric());
    (public && starts && rest.len() < 2000 && rest.chars().all(plain)).then_some(text)
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
    use std::io::Write as _;

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
    fn json_reads_as_before_and_harms_nobody() {
        let text = "a#b \u{202e}\u{9b}\u{7f} é \u{e0041} ##[x]\n\u{1b}";
        let mut bytes = Vec::new();
        serde_json::to_writer(Json(&mut bytes), &[text]).unwrap();
        let written = String::from_utf8(bytes).unwrap();
        assert!(!written.contains('#') && !written.chars().any(is_harmful), "{written}");
        assert_eq!(serde_json::from_str::<[String; 1]>(&written).unwrap(), [text]);
    }

    #[test]
    fn ascii_is_kept_to_where_it_is_asked_for() {
        let written = |ascii| {
            let mut bytes = Vec::new();
            let style = Style { ascii, ..Style::default() };
            write!(Ascii::of(&style, &mut bytes), "a → b · §5 “c’s” … ñ").unwrap();
            String::from_utf8(bytes).unwrap()
        };
        assert_eq!(written(true), r#"a -> b - section 5 "c's" ... \u{f1}"#);
        assert_eq!(written(false), "a → b · §5 “c’s” … ñ");
    }

    #[test]
    fn no_name_leaves_an_address() {
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        let address = file_address("file:///r", &bytes);
        assert!(address.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~%:".contains(&byte)), "{address}");
    }

    #[test]
    fn xml_names_what_a_reader_must_not_see() {
        assert_eq!(xml("a\u{202e}b\u{9b}"), "a&#x202e;b&#x9b;");
    }

    #[test]
    fn long_text_is_cut() {
        assert_eq!(line(&"x".repeat(10_000)).chars().count(), MAX_CHARS + 1);
    }
}
