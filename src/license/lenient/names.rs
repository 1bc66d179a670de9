//! Official names of licenses, and two ways of people to write versions.

use std::sync::LazyLock;

use crate::license::expr::{license_ids, license_name};
use crate::license::knowledge::fold;

/// Folded names and ids of the licenses that are current on the SPDX list, by name; no name stands for two.
static OFFICIAL: LazyLock<Vec<(String, &'static str)>> = LazyLock::new(|| {
    let is_current = |id: &str| spdx::license_id(id).is_some_and(|found| found.name == id && !found.is_deprecated());
    // The crate lists the bases of `-only` and `-or-later` as ids of their own, under the same names.
    let current = |id: &&str| is_current(id) && !is_current(&format!("{id}-only"));
    let named = |id: &'static str| Some((fold(license_name(id)?), id));
    let mut names: Vec<_> = license_ids().into_iter().filter(current).filter_map(named).collect();
    names.sort_unstable();
    let shared: Vec<String> = names
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.0 == b.0))
        .filter_map(|pair| Some(pair.first()?.0.clone()))
        .collect();
    names.retain(|(name, _)| !shared.contains(name));
    names
});

/// Returns the id of the license whose official name this is, in any case and punctuation.
pub(super) fn official(text: &str) -> Option<&'static str> {
    let folded = fold(text);
    let at = OFFICIAL.binary_search_by(|(name, _)| name.as_str().cmp(&folded)).ok()?;
    OFFICIAL.get(at).map(|(_, id)| *id)
}

/// Leaves out the `.0` of versions such as `2.0`, which most spellings have or not as they please; returns the
/// versions as well.
pub(super) fn without_zeros(text: &str) -> (String, Vec<String>) {
    let bytes = text.as_bytes();
    let at = |index: Option<usize>| index.and_then(|index| bytes.get(index)).copied().unwrap_or(b' ');
    let mut kept = String::with_capacity(text.len());
    let mut versions = Vec::new();
    let mut chars = text.char_indices();
    while let Some((index, char)) = chars.next() {
        let (before, next, after) = (at(index.checked_sub(1)), at(Some(index + 1)), at(Some(index + 2)));
        // Not the end of `1.1.0` nor the beginning of `1.0.2` and `1.05`.
        let alone = before.is_ascii_digit() && at(index.checked_sub(2)) != b'.';
        if char == '.' && alone && next == b'0' && !after.is_ascii_digit() && after != b'.' {
            chars.next();
            versions.push(format!("{}.0", char::from(before)));
        } else {
            kept.push(char);
        }
    }
    (kept, versions)
}

/// Cuts off the words that choose among versions; returns the rest and how the ids of the chosen ones end.
pub(super) fn choice(text: &str) -> Option<(&str, &'static str)> {
    const LATER: &str = "-or-later";
    const ENDS: &[(&str, &str)] = &[
        ("+", LATER),
        (" only", "-only"),
        ("-only", "-only"),
        (" or later", LATER),
        ("-or-later", LATER),
        (" or newer", LATER),
    ];
    ENDS.iter().find_map(|(words, end)| {
        let (rest, last) = text.split_at_checked(text.len().checked_sub(words.len())?)?;
        (last.eq_ignore_ascii_case(words) && !rest.trim().is_empty()).then_some((rest, *end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn official_names_are_known_in_any_case() {
        assert_eq!(official("server side public license, V 1"), Some("SSPL-1.0"));
        assert_eq!(official("GNU General Public License v2.0 only"), Some("GPL-2.0-only"));
        assert_eq!(official("a license"), None);
        assert!(OFFICIAL.len() > 600);
    }

    #[test]
    fn zeros_that_say_nothing_are_left_out() {
        for (text, expect) in [
            ("GPL v2.0+", "GPL v2+"),
            ("2.0 or 3.0", "2 or 3"),
            ("(>= 3.0)", "(>= 3)"),
            ("2.0", "2"),
            ("1.1.0", "1.1.0"),
            ("1.0.2", "1.0.2"),
            ("1.05 é.0", "1.05 é.0"),
            ("10.0", "10"),
            (".0", ".0"),
        ] {
            assert_eq!(without_zeros(text).0, expect);
        }
    }

    #[test]
    fn last_words_choose() {
        assert_eq!(choice("X v2 only"), Some(("X v2", "-only")));
        assert_eq!(choice("X-2.0 Or Later"), Some(("X-2.0", "-or-later")));
        assert_eq!(choice("X2+"), Some(("X2", "-or-later")));
        assert_eq!(choice(" only"), None);
        assert_eq!(choice("é"), None);
    }
}
