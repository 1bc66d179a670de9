//! Whether a text can say anything about a license: one search for rare pieces of words.

use std::sync::LazyLock;

use memchr::memmem::Finder;

/// Pieces of the words without which nobody grants anything.
const PIECES: [&str; 25] = [
    "icens",
    "ICENS",
    "icenc",
    "ICENC",
    "opyrigh",
    "OPYRIGH",
    "opyleft",
    "ermission",
    "ERMISSION",
    "edistribut",
    "ublic domain",
    "UBLIC DOMAIN",
    "ublic Domain",
    "arranty",
    "ARRANTY",
    "reely",
    "e distributed",
    "hatever way you want",
    "hat you want with",
    "ithout restriction",
    "reative Commons",
    "REATIVE COMMONS",
    "クリエイティブ・コモンズ",
    "lizenz",
    "©",
];

/// Tells whether a text holds any of them.
pub(crate) fn any(text: &str) -> bool {
    static FINDERS: LazyLock<Vec<Finder<'static>>> =
        LazyLock::new(|| PIECES.iter().map(|piece| Finder::new(piece.as_bytes())).collect());
    // A few words, as in a file that holds no more than the name of a license.
    const SHORT: usize = 200;
    text.len() < SHORT || FINDERS.iter().any(|finder| finder.find(text.as_bytes()).is_some())
}
