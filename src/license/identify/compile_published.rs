//! Packs the texts as they were published.
//!
//! Licenses are made from each other: a text that has a near neighbor is deflated with it for a dictionary.

use std::collections::{BTreeMap, BTreeSet};

use flate2::{Compress, Compression, FlushCompress};

use super::format::{DICTIONARY, dictionary};

/// A text, deflated.
pub(crate) struct Packed {
    pub(crate) bytes: Vec<u8>,
    /// The text that is its dictionary: one that has none itself.
    pub(crate) neighbor: Option<usize>,
}

/// Packs all texts; `seeds` are those that they are found by, with the texts they stand in.
pub(crate) fn pack<'a>(texts: &[&str], seeds: impl Iterator<Item = &'a BTreeSet<usize>>) -> Vec<Packed> {
    let mut packed: Vec<Packed> =
        texts.iter().map(|text| Packed { bytes: deflate(text, ""), neighbor: None }).collect();
    // What each pair would save, the most first.
    let mut pairs: Vec<(usize, usize, usize, Vec<u8>)> = Vec::new();
    for (text, neighbor) in neighbors(texts.len(), seeds) {
        let (Some(alone), Some(verbatim), Some(other)) = (packed.get(text), texts.get(text), texts.get(neighbor))
        else {
            continue;
        };
        let bytes = deflate(verbatim, other);
        pairs.push((alone.bytes.len().saturating_sub(bytes.len()), text, neighbor, bytes));
    }
    pairs.sort_by_key(|&(saved, text, neighbor, _)| (std::cmp::Reverse(saved), text, neighbor));
    let mut is_dictionary = vec![false; texts.len()];
    for (saved, text, neighbor, bytes) in pairs {
        let free = |text: usize| packed.get(text).is_some_and(|packed| packed.neighbor.is_none());
        if saved > 0 && free(text) && free(neighbor) && is_dictionary.get(text) == Some(&false) {
            is_dictionary.iter_mut().skip(neighbor).take(1).for_each(|is| *is = true);
            packed.iter_mut().skip(text).take(1).for_each(|packed| {
                packed.bytes.clone_from(&bytes);
                packed.neighbor = Some(neighbor);
            });
        }
    }
    packed
}

/// For each text the few that share most seeds with it.
fn neighbors<'a>(n_texts: usize, seeds: impl Iterator<Item = &'a BTreeSet<usize>>) -> Vec<(usize, usize)> {
    /// A seed that more texts share tells little.
    const MOST_TEXTS: usize = 60;
    const MOST: usize = 3;
    let mut shared: Vec<BTreeMap<usize, usize>> = vec![BTreeMap::new(); n_texts];
    for texts in seeds.filter(|texts| texts.len() < MOST_TEXTS) {
        for text in texts {
            for neighbor in texts.iter().filter(|neighbor| *neighbor != text) {
                shared.iter_mut().skip(*text).take(1).for_each(|row| *row.entry(*neighbor).or_default() += 1);
            }
        }
    }
    let best = shared.into_iter().enumerate().flat_map(|(text, row)| {
        let mut row: Vec<(usize, usize)> = row.into_iter().collect();
        row.sort_by_key(|&(neighbor, n_shared)| (std::cmp::Reverse(n_shared), neighbor));
        row.into_iter().take(MOST).map(move |(neighbor, _)| (text, neighbor))
    });
    best.collect()
}

fn deflate(text: &str, neighbor: &str) -> Vec<u8> {
    let mut deflater = Compress::new(Compression::best(), false);
    if !neighbor.is_empty() {
        deflater.set_dictionary(dictionary(neighbor)).expect("nothing is deflated yet");
    }
    // Deflating makes nothing longer, but for a few bytes.
    let mut bytes = Vec::with_capacity(text.len() + DICTIONARY);
    deflater.compress_vec(text.as_bytes(), &mut bytes, FlushCompress::Finish).expect("writing to memory");
    bytes
}
