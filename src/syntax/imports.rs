//! What scripts, style sheets and pages name in `import`, `require` and `@import`, read by literals.
//!
//! Left out on purpose: names that are computed, and imports of types alone, of which nothing is left in a bundle.

use std::sync::LazyLock;

use regex::Regex;

/// One name and the line, from 1, on which it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import<'text> {
    /// The name, as written.
    pub name: &'text str,
    /// The line.
    pub line: u32,
}

/// `import … from "x"`, `export … from "x"`, `import "x"`, `import("x")`, `require("x")`.
static SCRIPT: LazyLock<Regex> = LazyLock::new(|| {
    let from = r#"(?:import|export)\b(?<clause>[^'"`;()]*?)\bfrom\s*["'](?<from>[^"'\n]+)["']"#;
    let bare = r#"import\s*["'](?<bare>[^"'\n]+)["']"#;
    let call = r#"(?:import|require)\s*\(\s*(?:/\*[^*]*\*/\s*)?["'`](?<call>[^"'`\n]+)["'`]"#;
    Regex::new(&format!(r"(?:^|[^\w$.@])(?:{from}|{bare}|{call})")).expect("the pattern is valid, see tests")
});

/// `@import "x"`, `@import url(x)`, `@use "x"`, `@forward "x"`.
static STYLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"@(?:import|use|forward)\s+(?:\([a-z, ]+\)\s*)?(?:url\(\s*)?["']?(?<name>[^"'\s;()]+)"#)
        .expect("the pattern is valid, see tests")
});

/// `<script src="x">`.
static PAGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"<script\b[^>]*\bsrc\s*=\s*["']?(?<name>[^"'\s>]+)"#).expect("the pattern is valid, see tests")
});

/// Returns what a script, a style sheet or a component with both names.
pub fn imports(text: &str) -> Vec<Import<'_>> {
    let mut found = Vec::new();
    for captures in SCRIPT.captures_iter(text) {
        let of_types = captures.name("clause").is_some_and(|clause| is_of_types(clause.as_str()));
        let name = ["from", "bare", "call"].iter().find_map(|group| captures.name(group));
        found.extend(name.filter(|_| !of_types).and_then(|name| import(text, name)));
    }
    found.extend(STYLE.captures_iter(text).filter_map(|captures| import(text, captures.name("name")?)));
    found.sort_by_key(|import| import.line);
    found
}

/// Returns the scripts that a page loads.
pub fn scripts(text: &str) -> Vec<Import<'_>> {
    PAGE.captures_iter(text).filter_map(|captures| import(text, captures.name("name")?)).collect()
}

/// `import type X from`; yet `import type from` is an import of something called `type`.
fn is_of_types(clause: &str) -> bool {
    let mut words = clause.split_whitespace();
    words.next() == Some("type") && words.next().is_some_and(|next| next != ",")
}

fn import<'text>(text: &'text str, name: regex::Match<'text>) -> Option<Import<'text>> {
    let before = text.get(..name.start())?;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let on_line = before.get(line_start..)?.trim_start();
    // Comments are known by how their lines start; what looks like one inside a string costs nothing but a stricter
    // answer.
    if on_line.starts_with("//") || on_line.starts_with('*') || on_line.starts_with("/*") {
        return None;
    }
    let line = u32::try_from(memchr::memchr_iter(b'\n', before.as_bytes()).count()).unwrap_or(u32::MAX);
    Some(Import { name: name.as_str(), line: line.saturating_add(1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(&str, u32)]) {
        let found: Vec<_> = imports(text).into_iter().map(|import| (import.name, import.line)).collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn scripts_import_and_require() {
        check("import a from 'a';\nimport {\n  b,\n} from \"@s/b/c\"\n", &[("a", 1), ("@s/b/c", 4)]);
        check("import 'a/style.css'\nexport * from './b'", &[("a/style.css", 1), ("./b", 2)]);
        check("const a = require('a'), b = await import(/* webpackChunkName: \"b\" */ 'b')", &[("a", 1), ("b", 1)]);
        check("import('a').then(x)", &[("a", 1)]);
        check("import type from 'a'; import type, { B } from 'b'", &[("a", 1), ("b", 1)]);
        check("import{a}from\"a\"", &[("a", 1)]);
    }

    #[test]
    fn what_only_looks_like_an_import() {
        check("import type { A } from 'a';\nexport type { B } from 'b';", &[]);
        check("// import a from 'a'\n * require('b')\n/* import 'c' */", &[]);
        check("reimport('a'); x.require('b'); const important = 'c'; require(name)", &[]);
        check("export const from = 'a'", &[]);
    }

    #[test]
    fn style_sheets_and_pages() {
        check("@import \"a/b\";\n@import url(c.css);\n@use 'd' as e;", &[("a/b", 1), ("c.css", 2), ("d", 3)]);
        let page = "<script type=\"module\" src=\"/src/main.ts\"></script>\n<script>x</script>";
        assert_eq!(scripts(page), [Import { name: "/src/main.ts", line: 1 }]);
    }
}
