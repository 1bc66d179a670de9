//! Which versions a requirement allows, in the notation of each registry.
//!
//! <https://docs.npmjs.com/cli/configuring-npm/package-json#dependencies>,
//! <https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html>,
//! <https://packaging.python.org/en/latest/specifications/version-specifiers/>,
//! <https://getcomposer.org/doc/articles/versions.md>, <https://guides.rubygems.org/patterns/#pessimistic-version-constraint>.
//! Left out on purpose: pre-releases, unless a requirement names exactly one; tags such as `latest`.

use std::cmp::Ordering;

/// How requirements are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// A bare version allows what is compatible.
    Cargo,
    /// A bare version is that one; `~` keeps all parts but the last.
    Composer,
    /// As Composer, with `~>`.
    Gem,
    /// A bare version is that one, or all that start with it; `~` keeps two parts.
    Npm,
    /// Operators alone; `~=` keeps all parts but the last.
    Pypi,
}

/// A version as far as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Version {
    parts: Vec<u64>,
    is_release: bool,
}

impl Version {
    /// Reads `v1.2.3-beta+build`; what starts with no number is no version.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_start_matches(['v', 'V']);
        let text = text.split('+').next()?;
        let end = text.find(|char: char| !char.is_ascii_digit() && char != '.').unwrap_or(text.len());
        let (numbers, rest) = text.split_at_checked(end)?;
        let parts: Option<Vec<u64>> = numbers.trim_end_matches('.').split('.').map(|part| part.parse().ok()).collect();
        // `1.0.post1` is a release of its own.
        let is_release = rest.is_empty() || rest.trim_start_matches('-').starts_with("post");
        Some(Self { parts: parts?, is_release })
    }

    fn compare(&self, other: &[u64]) -> Ordering {
        let length = self.parts.len().max(other.len());
        let part = |parts: &[u64], at: usize| parts.get(at).copied().unwrap_or_default();
        let differing = (0..length).map(|at| part(&self.parts, at).cmp(&part(other, at)));
        differing.reduce(Ordering::then).unwrap_or(Ordering::Equal)
    }

    fn starts_with(&self, other: &[u64]) -> bool {
        other.iter().enumerate().all(|(at, part)| self.parts.get(at).copied().unwrap_or_default() == *part)
    }
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Bound {
    Any,
    Exact(String),
    Prefix(Vec<u64>),
    NotPrefix(Vec<u64>),
    Not(Vec<u64>),
    AtLeast(Vec<u64>),
    Above(Vec<u64>),
    AtMost(Vec<u64>),
    Below(Vec<u64>),
}

impl Bound {
    fn allows(&self, text: &str, version: &Version) -> bool {
        match self {
            Self::Any => version.is_release,
            Self::Exact(exact) => {
                let bare = |text: &str| text.trim_start_matches('v').split('+').next().map(str::to_owned);
                bare(exact) == bare(text)
                    || version.is_release
                        && Version::parse(exact)
                            .is_some_and(|exact| exact.is_release && version.compare(&exact.parts).is_eq())
            }
            Self::Prefix(parts) => version.is_release && version.starts_with(parts),
            Self::NotPrefix(parts) => !version.starts_with(parts),
            Self::Not(parts) => version.compare(parts).is_ne(),
            Self::AtLeast(parts) => version.is_release && version.compare(parts).is_ge(),
            Self::Above(parts) => version.is_release && version.compare(parts).is_gt(),
            Self::AtMost(parts) => version.is_release && version.compare(parts).is_le(),
            Self::Below(parts) => version.is_release && version.compare(parts).is_lt(),
        }
    }
}

/// Returns the newest of the versions that a requirement allows; `None` if it allows none, or is not understood.
pub(super) fn newest<'v>(versions: &'v [String], requirement: &str, dialect: Dialect) -> Option<&'v str> {
    let choices = parse(requirement, dialect)?;
    let allowed = versions
        .iter()
        .filter_map(|text| Some((text, Version::parse(text)?)))
        .filter(|(text, version)| choices.iter().any(|bounds| bounds.iter().all(|bound| bound.allows(text, version))));
    let newer = |one: &(&String, Version), other: &(&String, Version)| {
        // Of a version and what follows it under the same numbers, the longer name is the later one.
        one.1.compare(&other.1.parts).then_with(|| one.0.len().cmp(&other.0.len())).then_with(|| one.0.cmp(other.0))
    };
    allowed.max_by(newer).map(|(text, _)| text.as_str())
}

/// Reads a requirement: choices, and for each what all must hold.
fn parse(requirement: &str, dialect: Dialect) -> Option<Vec<Vec<Bound>>> {
    let requirement = requirement.replace("||", "|");
    requirement.split('|').map(|choice| all_of(choice.trim(), dialect)).collect()
}

fn all_of(choice: &str, dialect: Dialect) -> Option<Vec<Bound>> {
    if let Some((from, to)) = choice.split_once(" - ") {
        let to = numbers(to)?;
        // `1 - 2` ends before 3.
        let end = if to.len() < 3 { Bound::Below(next(&to, to.len())) } else { Bound::AtMost(to) };
        return Some(vec![Bound::AtLeast(numbers(from)?), end]);
    }
    if choice.is_empty() {
        return Some(vec![Bound::Any]);
    }
    // A blank after an operator belongs to it, and one before the next ends a condition.
    let mut conditions: Vec<String> = Vec::new();
    for word in choice.split([' ', ',']).filter(|word| !word.is_empty()) {
        match conditions.last_mut().filter(|last| last.ends_with(['<', '>', '=', '~', '^', '!'])) {
            Some(last) => last.push_str(word),
            None => conditions.push(word.to_owned()),
        }
    }
    let bounds: Option<Vec<Vec<Bound>>> = conditions.iter().map(|condition| one(condition, dialect)).collect();
    Some(bounds?.concat())
}

const OPERATORS: &[&str] = &["===", "==", "!=", "~=", "~>", ">=", "<=", "^", "~", ">", "<", "="];

fn one(condition: &str, dialect: Dialect) -> Option<Vec<Bound>> {
    // Composer names the least stability behind a version.
    let condition = condition.split('@').next()?;
    let found = OPERATORS.iter().find_map(|operator| Some((*operator, condition.strip_prefix(operator)?.trim())));
    let (operator, version) = found.unwrap_or(("", condition));
    if matches!(version, "*" | "x" | "X" | "") {
        return Some(vec![Bound::Any]);
    }
    let bare = [".*", ".x", ".X"].iter().fold(version, |bare, wild| bare.trim_end_matches(wild));
    let is_wild = bare.len() < version.len();
    let parts = numbers(bare)?;
    Some(match operator {
        "!=" if is_wild => vec![Bound::NotPrefix(parts)],
        "!=" => vec![Bound::Not(parts)],
        "=" | "==" | "===" | "" if is_wild => vec![Bound::Prefix(parts)],
        "" if dialect == Dialect::Pypi => return None,
        "=" | "" if dialect == Dialect::Npm && parts.len() < 3 => vec![Bound::Prefix(parts)],
        "=" if dialect == Dialect::Cargo && parts.len() < 3 => vec![Bound::Prefix(parts)],
        "" if dialect == Dialect::Cargo => caret(parts),
        "=" | "==" | "===" | "" => vec![Bound::Exact(bare.to_owned())],
        "^" => caret(parts),
        "~=" | "~>" => but_last(parts),
        "~" if matches!(dialect, Dialect::Composer | Dialect::Gem) => but_last(parts),
        "~" => {
            let kept = parts.len().min(2);
            vec![Bound::Below(next(&parts, kept)), Bound::AtLeast(parts)]
        }
        ">=" => vec![Bound::AtLeast(parts)],
        // `>1` starts with 2, and `<=1` ends with the last of 1.
        ">" if dialect == Dialect::Npm && parts.len() < 3 => vec![Bound::AtLeast(next(&parts, parts.len()))],
        "<=" if dialect == Dialect::Npm && parts.len() < 3 => vec![Bound::Below(next(&parts, parts.len()))],
        ">" => vec![Bound::Above(parts)],
        "<=" => vec![Bound::AtMost(parts)],
        "<" => vec![Bound::Below(parts)],
        _ => return None,
    })
}

/// Everything up to the next change of the first part that is not zero.
fn caret(parts: Vec<u64>) -> Vec<Bound> {
    let kept = parts.iter().position(|part| *part != 0).map_or(parts.len(), |at| at + 1);
    vec![Bound::Below(next(&parts, kept)), Bound::AtLeast(parts)]
}

/// Everything up to the next change of the part before the last.
fn but_last(parts: Vec<u64>) -> Vec<Bound> {
    let kept = parts.len().saturating_sub(1).max(1);
    vec![Bound::Below(next(&parts, kept)), Bound::AtLeast(parts)]
}

/// Returns the first version in which one of the first `kept` parts is larger.
fn next(parts: &[u64], kept: usize) -> Vec<u64> {
    let mut next: Vec<u64> = parts.iter().copied().take(kept).collect();
    if let Some(last) = next.last_mut() {
        *last = last.saturating_add(1);
    }
    next
}

fn numbers(text: &str) -> Option<Vec<u64>> {
    Version::parse(text).map(|version| version.parts)
}

#[cfg(test)]
mod tests {
    use super::Dialect::{Cargo, Composer, Gem, Npm, Pypi};
    use super::*;

    /// Expected values are what each package manager's own documentation says of its notation.
    #[test]
    fn the_newest_version_that_a_requirement_allows() {
        let versions =
            ["0.2.3", "0.2.9", "0.3.0", "1.0.0", "1.2.0", "1.2.3", "1.3.0", "1.10.0", "2.0.0", "2.1.0", "3.0.0-beta.1"];
        let versions: Vec<String> = versions.map(str::to_owned).to_vec();
        for (dialect, requirement, expect) in [
            (Npm, "^1.2.3", Some("1.10.0")),
            (Npm, "^0.2.3", Some("0.2.9")),
            (Npm, "~1.2.0", Some("1.2.3")),
            (Npm, "~1", Some("1.10.0")),
            (Npm, "1.2.3", Some("1.2.3")),
            (Npm, "1.2", Some("1.2.3")),
            (Npm, "1.x", Some("1.10.0")),
            (Npm, ">1", Some("2.1.0")),
            (Npm, ">= 1.2.0 < 2", Some("1.10.0")),
            (Npm, "1.0.0 - 1.2", Some("1.2.3")),
            (Npm, "0.2.x || ^1.0", Some("1.10.0")),
            (Npm, "*", Some("2.1.0")),
            (Npm, "", Some("2.1.0")),
            (Npm, "3.0.0-beta.1", Some("3.0.0-beta.1")),
            (Npm, "latest", None),
            (Npm, "^9", None),
            (Cargo, "1.2", Some("1.10.0")),
            (Cargo, "0.2", Some("0.2.9")),
            (Cargo, "0", Some("0.3.0")),
            (Cargo, "=1.2.0", Some("1.2.0")),
            (Cargo, "~1.2.0", Some("1.2.3")),
            (Cargo, ">=1, <1.3", Some("1.2.3")),
            (Composer, "~1.2", Some("1.10.0")),
            (Composer, "~1.2.0", Some("1.2.3")),
            (Composer, "^1.2 || ^2.0@dev", Some("2.1.0")),
            (Composer, "1.2.*", Some("1.2.3")),
            (Composer, ">=1.0 <1.3", Some("1.2.3")),
            (Gem, "~> 1.2", Some("1.10.0")),
            (Gem, "~> 1.2.0", Some("1.2.3")),
            (Gem, ">= 0, != 2.1.0", Some("2.0.0")),
            (Pypi, ">=1,<2", Some("1.10.0")),
            (Pypi, "~=1.2", Some("1.10.0")),
            (Pypi, "~=1.2.0", Some("1.2.3")),
            (Pypi, "==1.2.*", Some("1.2.3")),
            (Pypi, "!=2.*,>1", Some("1.10.0")),
            (Pypi, "==1.2", Some("1.2.0")),
            (Pypi, "1.2", None),
        ] {
            assert_eq!(newest(&versions, requirement, dialect), expect, "{dialect:?} {requirement}");
        }
    }
}
