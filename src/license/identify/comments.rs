//! The comments of a source file: all that counts in files made for programs.
//!
//! Everything else is replaced by blanks, so that places and lines stay. Strings are told apart
//! only as far as needed not to take their content for a comment.

/// How a language writes comments.
struct Style {
    /// Endings of file names.
    extensions: &'static [&'static str],
    /// What starts a comment that ends with the line.
    line: &'static [&'static str],
    /// What opens and closes a longer one.
    block: &'static [(&'static str, &'static str)],
}

/// Endings of files that hold settings, not programs.
const SETTINGS: &[&str] = &["yml", "yaml", "toml", "conf", "cfg", "properties"];

#[rustfmt::skip]
const STYLES: [Style; 13] = [
    Style {
        extensions: &[
            "c", "cc", "cpp", "cs", "css", "cu", "cxx", "d", "dart", "go", "gradle", "groovy", "h", "hh", "hpp", "hxx",
            "inc", "java", "js", "jsx", "kt", "kts", "less", "m", "mjs", "cjs", "mm", "mts", "cts", "proto", "qml",
            "rs", "scala", "scss", "sol", "swift", "ts", "tsx", "v", "sv", "vala", "zig", "glsl", "hlsl", "wgsl",
        ],
        line: &["//"],
        block: &[("/*", "*/")],
    },
    Style { extensions: &["php"], line: &["//", "#"], block: &[("/*", "*/")] },
    Style {
        extensions: &[
            "py", "pyx", "pxd", "pyi", "rb", "sh", "bash", "zsh", "fish", "pl", "pm", "t", "r", "R",
            "cmake", "mk", "tcl", "ex", "exs", "nim", "cr", "jl", "awk", "ps1", "gemspec", "rake", "nix",
            "tf", "am", "ac", "m4", "in",
        ],
        line: &["#", "dnl "],
        block: &[("\"\"\"", "\"\"\""), ("'''", "'''"), ("=begin", "=end"), ("=head", "=cut"), ("<#", "#>")],
    },
    Style { extensions: SETTINGS, line: &["#"], block: &[] },
    Style { extensions: &["lisp", "el", "clj", "cljs", "scm", "asm", "s", "S", "ini", "rkt"], line: &[";", "#", "//"], block: &[("/*", "*/")] },
    Style { extensions: &["sql", "lua", "hs", "elm", "ada", "adb", "ads", "vhd", "vhdl"], line: &["--"], block: &[("{-", "-}"), ("/*", "*/"), ("--[[", "]]")] },
    Style { extensions: &["tex", "sty", "cls", "bib", "erl", "hrl", "mat"], line: &["%"], block: &[] },
    Style { extensions: &["ml", "mli", "pas", "pp", "fs", "fsi", "fsx", "sml"], line: &["//"], block: &[("(*", "*)"), ("{", "}")] },
    Style { extensions: &["vue", "svelte"], line: &["//"], block: &[("<!--", "-->"), ("/*", "*/")] },
    Style { extensions: &["f", "for", "f77"], line: &["!", "\nc", "\nC", "\n*"], block: &[] },
    Style { extensions: &["f90", "f95", "f03"], line: &["!"], block: &[] },
    Style { extensions: &["bat", "cmd"], line: &["rem ", "REM ", "::"], block: &[] },
    Style { extensions: &["vb", "bas", "vim"], line: &["'", "\""], block: &[] },
];

/// Tells whether a file is source code, by its name.
pub(crate) fn is_source(name: &str) -> bool {
    style_of(name).is_some()
}

/// Tells whether a file holds settings, by its name.
pub(crate) fn is_settings(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| SETTINGS.contains(&extension))
}

fn style_of(name: &str) -> Option<&'static Style> {
    let (_, extension) = name.rsplit_once('.')?;
    STYLES.iter().find(|style| style.extensions.contains(&extension))
}

/// Returns the comments of a source file, or nothing if the name is not that of one.
pub(crate) fn only(name: &str, text: &str) -> Option<String> {
    Some(mask(text, style_of(name)?))
}

fn mask(text: &str, style: &Style) -> String {
    let bytes = text.as_bytes();
    let mut kept: Vec<u8> = bytes.iter().map(|&byte| if matches!(byte, b'\n' | b'\r') { byte } else { b' ' }).collect();
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let line_start = at == 0 || bytes.get(at - 1) == Some(&b'\n');
        let opens = |opening: &&str| match opening.strip_prefix('\n') {
            Some(opening) => line_start && rest.starts_with(opening.as_bytes()),
            // The slashes of an address open no comment.
            None if *opening == "//" && at > 0 && bytes.get(at - 1) == Some(&b':') => false,
            None => rest.starts_with(opening.as_bytes()),
        };
        let block = style.block.iter().find(|(opening, _)| rest.starts_with(opening.as_bytes()));
        let length = if let Some((opening, closing)) = block {
            let inside = rest.get(opening.len()..).unwrap_or_default();
            memchr::memmem::find(inside, closing.as_bytes())
                .map_or(rest.len(), |end| opening.len() + end + closing.len())
        } else if style.line.iter().any(opens) {
            memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())
        } else if matches!(rest.first(), Some(b'"' | b'\'' | b'`')) {
            at += string_length(rest);
            continue;
        } else {
            at += 1;
            continue;
        };
        if let (Some(kept), Some(comment)) = (kept.get_mut(at..at + length), bytes.get(at..at + length)) {
            kept.copy_from_slice(comment);
        }
        at += length;
    }
    String::from_utf8(kept).unwrap_or_default()
}

/// Length of the string that opens here; 1 if it does not end on its line, as an apostrophe does not.
fn string_length(rest: &[u8]) -> usize {
    let Some((&quote, inside)) = rest.split_first() else { return 1 };
    let mut escaped = false;
    for (at, &byte) in inside.iter().enumerate() {
        match byte {
            // A backslash at the end of a line goes on with the string on the next.
            _ if escaped => escaped = false,
            b'\n' if quote != b'`' => return 1,
            b'\\' => escaped = true,
            _ if byte == quote => return at + 2,
            _ => {}
        }
        if at > 2000 {
            return 1;
        }
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_long_strings_are_no_comments() {
        let text = "let a = \"b \\\n  // c\"; // d\nlet e = https://f.example/g;\n";
        let kept = only("x.rs", text).unwrap();
        assert_eq!(kept.split_whitespace().collect::<Vec<_>>(), ["//", "d"]);
    }

    #[test]
    fn only_comments_stay() {
        for (name, text, comments) in [
            ("a.rs", "let x = \"// no\"; // yes\n/* and */ fn", "// yes /* and */"),
            ("a.py", "x = '# no'  # yes\n\"\"\"doc\"\"\"", "# yes \"\"\"doc\"\"\""),
            ("a.toml", "a = \"\"\"\nno\n\"\"\" # yes", "# yes"),
            ("a.sql", "select 1 -- yes", "-- yes"),
            ("a.f", "C old\n      x = 1\n", "C old"),
        ] {
            let kept = only(name, text).unwrap();
            assert_eq!(kept.len(), text.len());
            assert_eq!(kept.split_whitespace().collect::<Vec<_>>().join(" "), comments, "{name}");
        }
        assert!(only("README", "text").is_none());
        assert!(only("a.md", "text").is_none());
    }
}
