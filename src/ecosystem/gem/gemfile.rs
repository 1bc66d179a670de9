//! `Gemfile`, by its literals: which gems are asked for, in which groups.
//!
//! <https://bundler.io/man/gemfile.5.html>. What code decides (a loop, a method) is not seen; gems that the lockfile
//! names and this reader does not count as runtime.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::model::Scope;

use super::is_gem_name;
use super::literals::{string, strings, without_comments};

static OPTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?::?["']?\b(groups?|path|git|github|gist|bitbucket|platforms?|install_if|source|optional)["']?\s*(?::|=>)\s*)"#)
        .expect("it is valid")
});

/// What a `Gemfile` asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Gemfile {
    /// The gems, in the order of the text.
    pub(super) gems: Vec<Gem>,
    /// Folders whose gemspecs are asked for.
    pub(super) gemspecs: Vec<String>,
    /// Other files that are read in its place, with their lines.
    pub(super) includes: Vec<(String, u32)>,
}

/// One gem that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gem {
    pub(super) name: String,
    pub(super) scope: Scope,
    /// Whether it is in an optional group or for some platforms only.
    pub(super) optional: bool,
    /// Whether code around it decides if it is asked for at all.
    pub(super) conditional: bool,
    /// A folder or an address that it comes from, as written.
    pub(super) from: From,
    pub(super) line: u32,
}

/// Where a gem comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum From {
    /// The sources of the file.
    #[default]
    Sources,
    /// A folder.
    Path(String),
    /// A repository.
    Repository(String),
    /// Another index.
    Source(String),
}

/// A block that is open.
#[derive(Clone, Debug, Default)]
struct Block {
    scope: Option<Scope>,
    optional: bool,
    conditional: bool,
    from: Option<From>,
}

impl Gemfile {
    pub(super) fn read(text: &str) -> Self {
        let code = without_comments(text);
        let mut file = Self::default();
        let mut blocks: Vec<Block> = Vec::new();
        let mut lines = code.lines().enumerate();
        while let Some((index, line)) = lines.next() {
            let mut statement = without_comment(line).trim().to_owned();
            // A statement goes on after a comma and within parentheses.
            while statement.ends_with([',', '(', '[']) {
                let Some((_, next)) = lines.next() else { break };
                statement.push(' ');
                statement.push_str(without_comment(next).trim());
            }
            file.statement(&statement, u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1), &mut blocks);
        }
        file
    }

    fn statement(&mut self, statement: &str, line: u32, blocks: &mut Vec<Block>) {
        let (word, rest) = split_word(statement);
        // What is closed on the same line changes nothing for those that follow.
        if word != "end" && split_word_back(statement) == "end" {
            return;
        }
        let opens = statement.ends_with(" do") || (statement.ends_with('|') && statement.contains(" do |"));
        match word {
            "end" => {
                blocks.pop();
            }
            "gem" => self.gems.extend(gem(rest, line, blocks)),
            "gemspec" => self.gemspecs.push(option(rest, "path").and_then(first).unwrap_or_else(|| ".".to_owned())),
            "eval_gemfile" => self.includes.extend(string(rest).map(|(file, _)| (file.to_owned(), line))),
            "group" if opens => {
                let optional = option(rest, "optional").is_some_and(|value| value.starts_with("true"));
                blocks.push(Block { scope: Some(scope(&leading_strings(rest))), optional, ..Block::default() });
            }
            "path" if opens => {
                let from = string(rest).map(|(path, _)| From::Path(path.to_owned()));
                blocks.push(Block { from, ..Block::default() });
            }
            "git" | "github" if opens => {
                let from = string(rest).map(|(url, _)| From::Repository(url.to_owned()));
                blocks.push(Block { from, ..Block::default() });
            }
            "source" if opens => {
                let from = string(rest).map(|(url, _)| From::Source(url.to_owned()));
                blocks.push(Block { from, ..Block::default() });
            }
            "platforms" | "platform" if opens => blocks.push(Block { optional: true, ..Block::default() }),
            "if" | "unless" | "case" | "while" | "until" | "install_if" | "begin" | "def" | "for" => {
                blocks.push(Block { conditional: true, ..Block::default() });
            }
            _ if opens => blocks.push(Block { conditional: true, ..Block::default() }),
            _ => {}
        }
    }

    /// Returns the gems by name; where one stands twice the strongest scope counts.
    pub(super) fn by_name(&self) -> BTreeMap<&str, (Scope, bool)> {
        let mut found: BTreeMap<&str, (Scope, bool)> = BTreeMap::new();
        for gem in &self.gems {
            let known = found.entry(&gem.name).or_insert((gem.scope, gem.optional));
            known.0 = known.0.max(gem.scope);
            known.1 &= gem.optional;
        }
        found
    }
}

fn gem(rest: &str, line: u32, blocks: &[Block]) -> Option<Gem> {
    let (name, options) = string(rest.trim_start_matches('(')).filter(|(name, _)| is_gem_name(name))?;
    let groups = option(options, "group").or_else(|| option(options, "groups"));
    let own = groups.map(|groups| strings(groups).map_or(Scope::Runtime, |groups| scope(&groups)));
    let around = blocks.iter().filter_map(|block| block.scope).max();
    let path = option(options, "path").and_then(first).map(From::Path);
    let repository = || {
        let keys = ["git", "github", "gist", "bitbucket"];
        keys.into_iter().find_map(|key| option(options, key)).and_then(first).map(From::Repository)
    };
    let source = || option(options, "source").and_then(first).map(From::Source);
    let block = || blocks.iter().rev().find_map(|block| block.from.clone());
    let limited = ["platform", "platforms", "install_if"].into_iter().any(|key| option(options, key).is_some());
    let modified = options.contains(" if ") || options.contains(" unless ");
    Some(Gem {
        name: name.to_owned(),
        scope: own.max(around).unwrap_or(Scope::Runtime),
        optional: limited || blocks.iter().any(|block| block.optional),
        conditional: limited || modified || blocks.iter().any(|block| block.conditional || block.optional),
        from: path.or_else(repository).or_else(source).or_else(block).unwrap_or_default(),
        line,
    })
}

/// Returns the scope of a list of groups; one that is not known counts as runtime.
fn scope(groups: &[String]) -> Scope {
    let of = |group: &String| match group.as_str() {
        "test" => Scope::Test,
        "development" => Scope::Dev,
        _ => Scope::Runtime,
    };
    groups.iter().map(of).max().unwrap_or(Scope::Runtime)
}

/// Returns the text after an option's key.
fn option<'text>(text: &'text str, key: &str) -> Option<&'text str> {
    let mut found = OPTION.captures_iter(text);
    let found = found.find(|found| found.get(1).is_some_and(|name| name.as_str() == key))?;
    text.get(found.get(0)?.end()..)
}

fn first(text: &str) -> Option<String> {
    string(text).map(|(value, _)| value.to_owned())
}

/// Reads the strings and symbols at the start of a list of arguments.
fn leading_strings(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start_matches(['(', ' ']);
    while let Some((value, after)) = string(rest) {
        found.push(value.to_owned());
        rest = after.trim_start_matches([',', ' ']);
    }
    if found.is_empty() { strings(text.trim_start_matches(['(', '*', ' '])).unwrap_or_default() } else { found }
}

fn split_word_back(statement: &str) -> &str {
    statement.rsplit(|char: char| !char.is_alphanumeric() && char != '_').next().unwrap_or(statement)
}

fn split_word(statement: &str) -> (&str, &str) {
    let end = statement.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(statement.len());
    statement.split_at_checked(end).unwrap_or((statement, ""))
}

/// Leaves out the comment at the end of a line.
fn without_comment(line: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (at, char) in line.char_indices() {
        match (quote, char) {
            (None, '#') if before.is_whitespace() => return line.get(..at).unwrap_or(line),
            (None, '"' | '\'') => quote = Some(char),
            (Some(open), _) if open == char && before != '\\' => quote = None,
            _ => {}
        }
        before = char;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_options_and_blocks() {
        let file = Gemfile::read(
            "source 'https://index.example'\ngem 'a' # , group: :test\ngem \"b\", \"~> 1\", group: [:development, :test]\n\
             gem('c', :group => 'test')\ngroup :test do\n  gem 'd'\n  group :ci do\n    gem 'e', require: false\n  end\n\
             if x\n  gem 'f'\nend\nend\ngem 'g',\n  '~> 2',\n  path: 'engines/g',\n  groups: %i[development]\n\
             gem 'h', group: GROUP\ngroup(*%w[development test]) do\n gem 'i', platforms: :jruby\nend\ngemspec\n\
             eval_gemfile 'more.rb'\n%w[j k].each do |name|\n  gem name, group: :test\nend\n\
             group :test do\n if x then gem 'z' end\nend\ngem 'l', github: 'x/l' if ENV['L']\n",
        );
        let found: Vec<String> = file
            .gems
            .iter()
            .map(|gem| format!("{} {} {} {} {}", gem.name, gem.scope, gem.optional, gem.conditional, gem.line))
            .collect();
        assert_eq!(
            found,
            [
                "a runtime false false 2",
                "b dev false false 3",
                "c test false false 4",
                "d test false false 6",
                "e runtime false false 8",
                "f test false true 11",
                "g dev false false 14",
                "h runtime false false 18",
                "i dev true true 20",
                "l runtime false true 30",
            ]
        );
        assert_eq!(file.gems[6].from, From::Path("engines/g".to_owned()));
        assert_eq!(file.gems[9].from, From::Repository("x/l".to_owned()));
        assert_eq!((file.gemspecs, file.includes), (vec![".".to_owned()], vec![("more.rb".to_owned(), 23)]));
    }
}
