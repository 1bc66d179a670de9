//! The syntax of `go.mod` and `go.work`: <https://go.dev/ref/mod#go-mod-file-lexical>.

use std::collections::BTreeSet;

use crate::base::{Code, Diagnostic, Location};

/// What a `go.mod` or `go.work` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct GoFile {
    /// The path of the module and its line.
    pub(super) module: Option<(String, u32)>,
    /// The minor version of Go 1 whose rules hold.
    pub(super) go: Option<u32>,
    /// The modules that are needed.
    pub(super) requires: Vec<Require>,
    /// What stands in for what.
    pub(super) replaces: Vec<Replace>,
    /// Versions that are never taken.
    pub(super) excludes: BTreeSet<(String, String)>,
    /// Packages that are run as tools.
    pub(super) tools: Vec<String>,
    /// Folders of a workspace's modules, with their lines.
    pub(super) uses: Vec<(String, u32)>,
    /// What could not be read.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// A module that is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Require {
    /// Its path.
    pub(super) path: String,
    /// Its version; a branch or the like, which the tool has yet to replace, is none.
    pub(super) version: Option<String>,
    /// The line, from 1.
    pub(super) line: u32,
    /// Whether no package of the main module imports it.
    pub(super) indirect: bool,
}

/// A module that stands in for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Replace {
    /// The path of the other.
    pub(super) path: String,
    /// Its version; all of them if there is none.
    pub(super) version: Option<String>,
    /// What stands in.
    pub(super) with: Replacement,
    /// The line, from 1.
    pub(super) line: u32,
}

/// What stands in for a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Replacement {
    /// A folder, as written.
    Folder(String),
    /// A module and its version.
    Module(String, String),
}

impl GoFile {
    /// Reads a file; lines that cannot be read cost themselves.
    pub(super) fn read(text: &str, at: &Location) -> Self {
        let mut file = Self::default();
        let mut block: Option<String> = None;
        for (index, line) in text.lines().enumerate() {
            let line_number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
            let (words, comment) = words(line);
            let mut words = words.into_iter();
            let verb = match &block {
                Some(verb) => verb.clone(),
                None => match words.next() {
                    Some(verb) => verb,
                    None => continue,
                },
            };
            let words: Vec<String> = words.collect();
            match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                [] => {}
                [")"] if block.is_some() => block = None,
                ["("] if block.is_none() => block = Some(verb),
                words => {
                    if file.statement(&verb, words, comment, line_number).is_none() {
                        let message = format!("expected a `{verb}` of a module, found something else");
                        file.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at.at_line(line_number), message));
                    }
                }
            }
        }
        if let Some(verb) = block {
            let message = format!("`{verb} (` is never closed");
            file.diagnostics.push(Diagnostic::new(Code::InvalidSyntax, at.clone(), message));
        }
        file
    }

    /// Takes one statement; words of a later Go than is known here are passed over.
    fn statement(&mut self, verb: &str, words: &[&str], comment: &str, line: u32) -> Option<()> {
        let path = |path: &str| is_module_path(path).then(|| path.to_owned());
        match (verb, words) {
            ("module", [name]) => self.module = Some((path(name)?, line)),
            // A version of which only the patch differs, or a release candidate, has the rules of its minor version.
            ("go", [version]) => {
                let minor = version.strip_prefix("1.")?.split(|char: char| !char.is_ascii_digit()).next()?;
                self.go = Some(minor.parse().ok()?);
            }
            ("require", [name, version]) => {
                let indirect = comment.split(';').next().is_some_and(|comment| comment.trim() == "indirect");
                let version = Some(*version).filter(|version| is_version(version)).map(str::to_owned);
                self.requires.push(Require { path: path(name)?, version, line, indirect });
            }
            ("exclude", [name, version]) => {
                self.excludes.insert((path(name)?, (*version).to_owned()));
            }
            ("replace", [old @ .., "=>", new]) => {
                let with = Replacement::Folder((*new).to_owned());
                self.replaces.push(replace(old, with, line)?);
            }
            ("replace", [old @ .., "=>", new, version]) => {
                let with = Replacement::Module(path(new)?, version_of(version)?);
                self.replaces.push(replace(old, with, line)?);
            }
            ("tool", [package]) => self.tools.push(path(package)?),
            ("use", [folder]) => self.uses.push(((*folder).to_owned(), line)),
            ("module" | "go" | "require" | "exclude" | "replace" | "tool" | "use", _) => return None,
            _ => {}
        }
        Some(())
    }
}

fn replace(old: &[&str], with: Replacement, line: u32) -> Option<Replace> {
    let (path, version) = match old {
        [path] => (path, None),
        [path, version] => (path, Some(version_of(version)?)),
        _ => return None,
    };
    is_module_path(path).then(|| Replace { path: (*path).to_owned(), version, with, line })
}

fn version_of(text: &str) -> Option<String> {
    is_version(text).then(|| text.to_owned())
}

/// Returns whether a word can be the path of a module or package: it cannot lead out of a folder.
pub(super) fn is_module_path(path: &str) -> bool {
    const MAX_BYTES: usize = 1024;
    let valid = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '.' | '_' | '~' | '+');
    let is_part = |part: &str| !part.is_empty() && !matches!(part, "." | "..") && part.chars().all(valid);
    path.len() <= MAX_BYTES && path.split('/').all(is_part)
}

/// Returns whether a word is a version, and no branch or commit.
pub(super) fn is_version(text: &str) -> bool {
    let valid = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '.' | '+');
    text.strip_prefix('v').is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_digit()))
        && text.chars().all(valid)
}

/// Splits a line into words, and the comment at its end.
fn words(line: &str) -> (Vec<String>, &str) {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("//") {
            return (words, comment.trim());
        }
        let (word, after) = match first {
            '"' | '`' => {
                let inner = rest.get(1..).unwrap_or_default();
                inner.split_once(first).unwrap_or((inner, ""))
            }
            '(' | ')' | ',' | '[' | ']' => rest.split_at(1),
            _ => {
                let end = |(at, char): (usize, char)| {
                    let ends = char.is_whitespace() || matches!(char, '(' | ')' | ',' | '[' | ']');
                    let comment = rest.get(at..).is_some_and(|rest| rest.starts_with("//"));
                    (ends || comment).then_some(at)
                };
                rest.split_at(rest.char_indices().find_map(end).unwrap_or(rest.len()))
            }
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    (words, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::RelPath;

    fn read(text: &str) -> GoFile {
        GoFile::read(text, &Location::file(RelPath::root().join("go.mod")))
    }

    #[test]
    fn words_and_comments() {
        let expect = |line: &str, expect: &[&str], comment: &str| {
            let (found, rest) = words(line);
            assert_eq!((found.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), rest), (expect, comment));
        };
        expect("require a.example/b v1.0.0//indirect", &["require", "a.example/b", "v1.0.0"], "indirect");
        expect("replace \"a b\" => `./c d` // why", &["replace", "a b", "=>", "./c d"], "why");
        expect("retract [v1.0.0,v1.1.0]", &["retract", "[", "v1.0.0", ",", "v1.1.0", "]"], "");
        expect("use(", &["use", "("], "");
        expect("module \"open", &["module", "open"], "");
        expect("  // only", &[], "only");
    }

    #[test]
    fn statements_and_blocks_say_the_same() {
        let one = read(
            "module a.example/m\ngo 1.21.3\nrequire a.example/b v1.0.0 // indirect; why\nrequire a.example/c main\n\
             tool a.example/b/cmd/x\nexclude a.example/b v0.9.0\nfuture word\nretract v1.0.0\n",
        );
        let blocks = read(
            "module a.example/m\ngo 1.21rc1\nrequire (\n\ta.example/b v1.0.0 // indirect\n\n\ta.example/c main // indirectly\n)\n\
             tool (\n\ta.example/b/cmd/x\n)\nexclude (\n  a.example/b v0.9.0\n)\n",
        );
        assert_eq!((one.go, blocks.go), (Some(21), Some(21)));
        let plain = |file: &GoFile| {
            let require = |require: &Require| (require.path.clone(), require.version.clone(), require.indirect);
            (file.requires.iter().map(require).collect::<Vec<_>>(), file.tools.clone(), file.excludes.clone())
        };
        assert_eq!(plain(&one), plain(&blocks));
        assert_eq!(
            plain(&one).0,
            [("a.example/b".to_owned(), Some("v1.0.0".to_owned()), true), ("a.example/c".to_owned(), None, false)]
        );
        assert_eq!(one.diagnostics, []);
    }

    #[test]
    fn what_leads_elsewhere_is_no_module() {
        let found = read(
            "module ../x\nrequire /etc/passwd v1\nrequire a//b v1.0.0\nrequire a/../b v1.0.0\nrequire a\nreplace a =>\n\
             replace => b v1.0.0\nreplace a.example/b => ../../c\nreplace a.example/b v1.0.0 => c.example/d latest\nrequire (\n",
        );
        assert_eq!(found.requires, []);
        assert_eq!(found.replaces.len(), 1);
        assert_eq!(found.diagnostics.len(), 9);
    }
}
