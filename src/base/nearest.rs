//! The nearest of the words that would have been right, for suggestions in messages.

/// Returns the word nearest to `found`, if one is near enough to be what was meant.
///
/// ```
/// use ppl_check::base::nearest::nearest;
/// assert_eq!(nearest("lisense", ["license", "name"]), Some("license"));
/// assert_eq!(nearest("zzz", ["license", "name"]), None);
/// ```
pub fn nearest<'a>(found: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (found.chars().count() / 3).clamp(1, 4);
    words
        .into_iter()
        .map(|word| (distance(found, word, limit), word))
        .filter(|&(distance, _)| distance <= limit)
        .min()
        .map(|(_, word)| word)
}

/// Counts the letters to change, add, remove or swap with a neighbor; anything over `limit` is `limit + 1`.
fn distance(left: &str, right: &str, limit: usize) -> usize {
    let left: Vec<char> = left.chars().flat_map(char::to_lowercase).collect();
    let right: Vec<char> = right.chars().flat_map(char::to_lowercase).collect();
    if left.len().abs_diff(right.len()) > limit {
        return limit + 1;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, &letter) in left.iter().enumerate() {
        let mut next = vec![at + 1];
        for (column, &other) in right.iter().enumerate() {
            let cell = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(limit + 1);
            let swapped =
                column > 0 && at > 0 && left.get(at - 1) == Some(&other) && right.get(column - 1) == Some(&letter);
            let mut best = (cell(&row, column) + usize::from(letter != other))
                .min(cell(&row, column + 1) + 1)
                .min(cell(&next, column) + 1);
            if swapped {
                best = best.min(cell(&before, column - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(limit + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_changes() {
        for (left, right, expect) in
            [("", "", 0), ("a", "", 1), ("license", "licence", 1), ("share-alike", "share-ailke", 1), ("abc", "xyz", 3)]
        {
            assert_eq!(distance(left, right, 4), expect, "{left} {right}");
        }
        assert_eq!(distance("abcdefgh", "a", 2), 3);
    }
}
