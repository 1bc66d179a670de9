//! Builds the index of known texts. Runs in `build.rs` only.

#[path = "compile_phrases.rs"]
mod compile_phrases;
#[path = "compile_published.rs"]
mod compile_published;
#[path = "copyright.rs"]
mod copyright;
#[path = "format.rs"]
mod format;
#[path = "marks.rs"]
mod marks;
#[path = "words.rs"]
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::Path;

use self::compile_phrases::{Phrases, collect};
use self::compile_published::{Packed, pack};
use self::copyright::mark;
use self::format::{
    Field, GAP, NAMED, PLACE_BITS, RECORD, SECTIONS, SEED_BUCKET_BITS, SLOT, SUMMED, Section, TEXT_EXCEPTION,
    TEXT_SUFFIX_UNSTATED, UNIT_ADDRESS, UNIT_BLANK, UNIT_ITEM, UNIT_OPTIONAL, UNIT_WORD, WORD_GUARD, WORD_MINOR,
    difference_hash, seeds, sequence_hash,
};
use self::marks::{TextMarks, TextsFile, WordsFile};
use self::words::{ADDRESS, BLANK, COPYRIGHT, ITEM, ITEM_LIKE, PARAGRAPH, Word, hash_of, split};

/// Writes the index of all texts of the SPDX list and of `licenses/texts` to `out`.
pub(crate) fn run(licenses: &Path, out: &Path) -> Result<(), String> {
    let mut texts =
        current(spdx::text::LICENSE_TEXTS, |id| spdx::license_id(id).is_none_or(spdx::LicenseId::is_deprecated));
    texts.extend(own_texts(&licenses.join("texts"))?);
    let exceptions =
        current(spdx::text::EXCEPTION_TEXTS, |id| spdx::exception_id(id).is_none_or(spdx::ExceptionId::is_deprecated));
    let sources = Sources {
        licenses: texts,
        exceptions,
        words: read_toml(&licenses.join("identify/words.toml"))?,
        texts: read_toml(&licenses.join("identify/texts.toml"))?,
        phrases: collect(
            &read_toml(&licenses.join("identify/notices.toml"))?,
            &[read_toml(&licenses.join("aliases.toml"))?, read_toml(&licenses.join("aliases-copyfarleft.toml"))?],
            &names(),
            &spdx::identifiers::EXCEPTIONS.iter().map(|exception| exception.name).collect::<Vec<_>>(),
        ),
    };
    fs::write(out, compile(&sources)?).map_err(|error| format!("failed to write the index: {error}"))
}

/// The texts of ids that are not deprecated: a deprecated id is never an answer.
fn current(texts: &[(&str, &str)], deprecated: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let current = texts.iter().filter(|(id, _)| *id != "NOASSERTION" && !deprecated(id));
    current.map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect()
}

/// Ids and full names of the SPDX list; those of which the suffix decides are left to the versions.
fn names() -> Vec<(String, String)> {
    let current = spdx::identifiers::LICENSES.iter().filter(|license| {
        spdx::license_id(license.name).is_some_and(|id| !id.is_deprecated() && !id.is_gnu())
            && license.name != "NOASSERTION"
    });
    current.map(|license| (license.name.to_owned(), license.full_name.to_owned())).collect()
}

/// The texts of a folder: the stem of each file is the id.
fn own_texts(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let mut texts = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(texts);
    };
    for entry in entries {
        let path = entry.map_err(|error| format!("failed to list `texts`: {error}"))?.path();
        let extension = path.extension().unwrap_or_default();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if (extension == "txt" || extension == "md") && stem != "README" {
            let text = fs::read_to_string(&path).map_err(|error| format!("failed to read `{stem}`: {error}"))?;
            texts.push((stem.to_owned(), text));
        }
    }
    texts.sort();
    Ok(texts)
}

fn read_toml<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let text = fs::read_to_string(path).map_err(|error| format!("failed to read `{name}`: {error}"))?;
    toml::from_str(&text).map_err(|error| format!("failed to parse `{name}`: {error}"))
}

/// What goes into the index.
struct Sources {
    /// Licenses: id and text.
    licenses: Vec<(String, String)>,
    /// Exceptions: id and text.
    exceptions: Vec<(String, String)>,
    /// Special words.
    words: WordsFile,
    /// Marks.
    texts: TextsFile,
    phrases: Phrases,
}

/// Compiles the index.
fn compile(sources: &Sources) -> Result<Vec<u8>, String> {
    let mut compiler = Compiler::default();
    compiler.special_words(&sources.words);
    for (id, other_ids, text) in distinct(&sources.licenses) {
        let kind = if suffix_unstated(&id, &other_ids) { TEXT_SUFFIX_UNSTATED } else { 0 };
        compiler.text(&id, kind, &text, &sources.texts)?;
    }
    for (id, _, text) in distinct(&sources.exceptions) {
        compiler.text(&id, TEXT_EXCEPTION, &text, &sources.texts)?;
    }
    for marks in &sources.texts.text {
        for pattern in &marks.ids {
            if !compiler.texts.iter().any(|text| covers(pattern, &text.id)) {
                return Err(format!("`{pattern}` in texts.toml matches no known text"));
            }
        }
    }
    compiler.harmless(&sources.texts);
    let mut strings = String::new();
    (compiler.phrases, compiler.meanings) = sources.phrases.write(|hash| compiler.number(hash), &mut strings);
    compiler.strings = strings;
    Ok(compiler.write())
}

/// Joins ids that share a text: one id, the others, the text.
fn distinct(texts: &[(String, String)]) -> Vec<(String, Vec<String>, String)> {
    let mut by_text: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (id, text) in texts {
        by_text.entry(text).or_default().push(id.clone());
    }
    let mut distinct: Vec<_> = by_text
        .into_iter()
        .map(|(text, mut ids)| {
            // `X-only` before `X-or-later`, and the plain id before ids that say more than the text.
            ids.sort_by_key(|id| (id.contains("invariants"), !id.ends_with("-only"), id.len(), id.clone()));
            let id = ids.remove(0);
            (id, ids, text.to_owned())
        })
        .collect();
    distinct.sort();
    distinct
}

fn suffix_unstated(id: &str, others: &[String]) -> bool {
    id.strip_suffix("-only").is_some_and(|base| others.contains(&format!("{base}-or-later")))
}

/// Tells whether a pattern of `texts.toml` covers an id.
fn covers(pattern: &str, id: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => id.starts_with(start),
        None => pattern == id,
    }
}

struct Text {
    id: String,
    kind: u32,
    units: Vec<u32>,
    verbatim: String,
}

#[derive(Default)]
struct Compiler {
    /// Word hash to number.
    numbers: BTreeMap<u64, u32>,
    kinds: Vec<u8>,
    texts: Vec<Text>,
    differences: Vec<u64>,
    phrases: Vec<u8>,
    meanings: Vec<u32>,
    strings: String,
}

impl Compiler {
    fn number(&mut self, hash: u64) -> u32 {
        let next = u32::try_from(self.kinds.len()).expect("fewer words than units can hold");
        *self.numbers.entry(hash).or_insert_with(|| {
            self.kinds.push(0);
            next
        })
    }

    fn special_words(&mut self, words: &WordsFile) {
        for group in &words.spellings {
            let Some(first) = group.first() else { continue };
            let number = self.number(hash_of(first));
            for other in group {
                self.numbers.insert(hash_of(other), number);
            }
        }
        for (list, kind) in [(&words.guard, WORD_GUARD), (&words.minor, WORD_MINOR)] {
            for word in list {
                let number = self.number(hash_of(word)) as usize;
                if let Some(kinds) = self.kinds.get_mut(number) {
                    *kinds |= kind;
                }
            }
        }
    }

    /// Words of a phrase as numbers.
    fn phrase(&mut self, phrase: &str) -> Vec<u32> {
        split(phrase).iter().map(|word| self.number(word.hash)).collect()
    }

    /// Words of a wording as numbers; `…` stands for a name.
    fn wording(&mut self, wording: &str) -> Vec<u32> {
        match wording.split_once('…') {
            Some((before, after)) => [self.phrase(before), vec![GAP], self.phrase(after)].concat(),
            None => self.phrase(wording),
        }
    }

    fn text(&mut self, id: &str, kind: u32, text: &str, files: &TextsFile) -> Result<(), String> {
        let mut words = split(text);
        mark(text, &mut words);
        carry_paragraphs(&mut words);
        let words: Vec<Word> = words.into_iter().filter(|word| !word.is(ITEM | COPYRIGHT)).collect();
        let numbers: Vec<u32> = words.iter().map(|word| self.number(word.hash)).collect();
        let mut flags: Vec<u32> = words.iter().map(|word| unit_flags(*word)).collect();
        for at in title(text, &words) {
            flags.iter_mut().skip(at).take(1).for_each(|flag| *flag |= UNIT_OPTIONAL);
        }
        let half = numbers.len() / 4;
        for phrase in &files.appendix {
            let phrase = self.phrase(phrase);
            let found = places(&numbers, &phrase)
                .into_iter()
                .find(|&at| at > half && words.get(at).is_some_and(|word| word.is(PARAGRAPH)));
            if let Some(start) = found {
                flags.iter_mut().skip(start).for_each(|flag| *flag |= UNIT_OPTIONAL);
            }
        }
        for marks in files.text.iter().filter(|marks| marks.ids.iter().any(|pattern| covers(pattern, id))) {
            self.marks(id, marks, &numbers, &mut flags)?;
        }
        let units = numbers.iter().zip(&flags).map(|(number, flag)| number | flag).collect();
        self.texts.push(Text { id: id.to_owned(), kind, units, verbatim: text.to_owned() });
        Ok(())
    }

    fn marks(&mut self, id: &str, marks: &TextMarks, numbers: &[u32], flags: &mut [u32]) -> Result<(), String> {
        for (phrases, flag) in [(&marks.optional, UNIT_OPTIONAL), (&marks.blank, UNIT_BLANK)] {
            for phrase in phrases {
                let mut found = false;
                for range in self.ranges(phrase, numbers) {
                    found = true;
                    flags.get_mut(range).unwrap_or_default().iter_mut().for_each(|flags| *flags |= flag);
                }
                if !found && marks.ids.iter().any(|pattern| pattern == id) && marks.ids.len() == 1 {
                    return Err(format!("`{phrase}` does not stand in the text of `{id}`"));
                }
            }
        }
        Ok(())
    }

    /// Where `a`, or `a … b`, stands in a text.
    fn ranges(&mut self, phrase: &str, numbers: &[u32]) -> Vec<Range<usize>> {
        let (from, to) = match phrase.split_once('…') {
            Some((from, to)) => (from, Some(to)),
            None => (phrase, None),
        };
        let (from, to) = (self.phrase(from), to.map(|to| self.phrase(to)));
        let mut ranges = Vec::new();
        for start in places(numbers, &from) {
            let end = match &to {
                None => Some(start + from.len()),
                Some(to) if to.is_empty() => Some(numbers.len()),
                Some(to) => numbers
                    .get(start + from.len()..)
                    .and_then(|rest| places(rest, to).first().copied())
                    .map(|at| start + from.len() + at + to.len()),
            };
            ranges.extend(end.map(|end| start..end));
        }
        ranges
    }

    fn harmless(&mut self, files: &TextsFile) {
        for group in &files.equal {
            self.equal(None, group);
        }
        for marks in &files.text {
            for at in 0..self.texts.len() {
                let covered =
                    self.texts.get(at).is_some_and(|text| marks.ids.iter().any(|pattern| covers(pattern, &text.id)));
                if covered {
                    for group in &marks.equal {
                        self.equal(u32::try_from(at).ok(), group);
                    }
                }
            }
        }
        self.differences.sort_unstable();
        self.differences.dedup();
    }

    fn equal(&mut self, text: Option<u32>, group: &[String]) {
        let phrases: Vec<Vec<u32>> = group.iter().map(|phrase| self.wording(phrase)).collect();
        for from in &phrases {
            for to in &phrases {
                if from != to {
                    let (from, to) = trimmed(from, to);
                    self.differences.push(difference_hash(text, from, to));
                    if to.contains(&GAP) {
                        self.differences.push(difference_hash(text, from, NAMED));
                    }
                }
            }
        }
    }

    fn write(&self) -> Vec<u8> {
        let mut sections: [Vec<u8>; SECTIONS] = Default::default();
        let mut put = |section: Section, bytes: Vec<u8>| {
            if let Some(place) = sections.get_mut(section as usize) {
                *place = bytes;
            }
        };
        put(Section::Words, self.word_table());
        put(Section::WordKinds, self.kinds.clone());
        let mut strings = self.strings.clone();
        let mut verbatim = Vec::new();
        let mut records = Vec::new();
        let mut units: Vec<u16> = Vec::new();
        let mut unit_flags = Vec::new();
        let mut places: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let mut whole = Vec::new();
        for ((number, text), packed) in self.texts.iter().enumerate().zip(self.packed()) {
            let number = u32::try_from(number).expect("few texts");
            let plain: Vec<u32> = text.units.iter().map(|unit| unit & UNIT_WORD).collect();
            let mut n_seeds = 0;
            seeds(&plain, |at, key| {
                let required = text.units.get(at).is_some_and(|unit| unit & UNIT_OPTIONAL == 0);
                n_seeds += u32::from(required);
                let at = u32::try_from(at).ok().filter(|at| *at < 1 << PLACE_BITS).expect("texts are short");
                places.entry(key).or_default().push(number << PLACE_BITS | at);
            });
            let required: Vec<u32> =
                text.units.iter().filter(|unit| **unit & UNIT_OPTIONAL == 0).map(|unit| unit & UNIT_WORD).collect();
            whole.push((sequence_hash(plain.iter().copied()), number));
            whole.push((sequence_hash(required.iter().copied()), number));
            let mut record = [0; RECORD];
            for (field, value) in [
                (Field::IdStart, strings.len()),
                (Field::IdLength, text.id.len()),
                (Field::UnitStart, units.len()),
                (Field::UnitCount, text.units.len()),
                (Field::Required, required.len()),
                (Field::Seeds, n_seeds as usize),
                (Field::Kind, text.kind as usize),
                (Field::VerbatimStart, verbatim.len()),
                (Field::VerbatimLength, packed.bytes.len()),
                (Field::VerbatimSize, text.verbatim.len()),
                (Field::Neighbor, packed.neighbor.map_or(0, |neighbor| neighbor + 1)),
            ] {
                if let Some(place) = record.get_mut(field as usize) {
                    *place = u32::try_from(value).expect("the index is small");
                }
            }
            strings.push_str(&text.id);
            verbatim.extend(packed.bytes);
            records.extend(record);
            for unit in &text.units {
                if unit & !UNIT_WORD != 0 {
                    unit_flags.push((unit & !UNIT_WORD) | u32::try_from(units.len()).expect("few units"));
                }
                units.push(u16::try_from(unit & UNIT_WORD).expect("few words"));
            }
        }
        put(Section::Texts, little_endian(records));
        put(Section::Units, units.into_iter().flat_map(u16::to_le_bytes).collect());
        put(Section::UnitFlags, little_endian(unit_flags));
        put(Section::Strings, strings.into_bytes());
        put(Section::Phrases, self.phrases.clone());
        put(Section::Meanings, little_endian(self.meanings.iter().copied()));
        put(Section::Verbatim, verbatim);
        let [buckets, keys, starts, occurrences] = seed_tables(places);
        put(Section::SeedBuckets, buckets);
        put(Section::SeedKeys, keys);
        put(Section::SeedStarts, starts);
        put(Section::SeedPlaces, occurrences);
        whole.sort_unstable();
        whole.dedup_by_key(|(hash, number)| (*hash, *number));
        put(
            Section::Whole,
            whole.iter().flat_map(|(hash, number)| [&hash.to_le_bytes()[..], &number.to_le_bytes()].concat()).collect(),
        );
        put(Section::Harmless, self.differences.iter().flat_map(|hash| hash.to_le_bytes()).collect());
        let mut index = Vec::new();
        let mut start = SECTIONS * 8;
        for section in &sections {
            index.extend(little_endian([start, section.len()].map(|number| u32::try_from(number).expect("small"))));
            start += section.len();
        }
        index.extend(sections.concat());
        index
    }

    /// The texts as they were published, packed.
    fn packed(&self) -> Vec<Packed> {
        let mut by_seed: BTreeMap<u32, BTreeSet<usize>> = BTreeMap::new();
        for (number, text) in self.texts.iter().enumerate() {
            let plain: Vec<u32> = text.units.iter().map(|unit| unit & UNIT_WORD).collect();
            seeds(&plain, |_, key| {
                by_seed.entry(key).or_default().insert(number);
            });
        }
        let published: Vec<&str> = self.texts.iter().map(|text| text.verbatim.as_str()).collect();
        pack(&published, by_seed.values())
    }

    fn word_table(&self) -> Vec<u8> {
        let number = |number: &u32| u16::try_from(number + 1).expect("few words");
        open_addressed(&self.numbers.iter().map(|(hash, of)| (*hash, number(of))).collect())
    }
}

/// A table half of which is free, so that whatever is looked for is near its place.
fn open_addressed(entries: &BTreeMap<u64, u16>) -> Vec<u8> {
    let size = (entries.len() * 2).next_power_of_two();
    let mut table = vec![(0_u32, 0_u16); size];
    for (hash, value) in entries {
        let mut slot = usize::try_from(*hash & (size as u64 - 1)).expect("masked");
        while table.get(slot).is_some_and(|(_, value)| *value != 0) {
            slot = (slot + 1) & (size - 1);
        }
        if let Some(place) = table.get_mut(slot) {
            *place = (u32::try_from(hash >> 32).expect("upper half"), *value);
        }
    }
    let bytes = table.into_iter().flat_map(|(tag, value)| tag.to_le_bytes().into_iter().chain(value.to_le_bytes()));
    let bytes: Vec<u8> = bytes.collect();
    assert_eq!(bytes.len(), size * SLOT);
    bytes
}

fn unit_flags(word: Word) -> u32 {
    let mut flags = 0;
    for (flag, unit) in [(BLANK, UNIT_BLANK), (ITEM_LIKE, UNIT_ITEM), (ADDRESS, UNIT_ADDRESS)] {
        if word.is(flag) {
            flags |= unit;
        }
    }
    flags
}

/// Lets a paragraph that opens with an item number start at the word behind it: numbers are not counted.
fn carry_paragraphs(words: &mut [Word]) {
    let mut carried = 0;
    for word in words {
        let flags = word.flags & PARAGRAPH;
        word.flags |= carried;
        carried = if word.is(ITEM | COPYRIGHT) { carried | flags } else { 0 };
    }
}

/// Returns the words of the title: short paragraphs before the first sentence.
fn title(text: &str, words: &[Word]) -> Vec<usize> {
    const LONGEST: usize = 14;
    let mut title = Vec::new();
    let mut start = 0;
    while start < words.len() {
        let length = words
            .iter()
            .skip(start + 1)
            .position(|word| word.is(PARAGRAPH))
            .map_or(words.len() - start, |length| length + 1);
        let last = words.get(start + length - 1);
        let after = last.and_then(|last| text.get(last.end as usize..)).unwrap_or_default();
        let sentence = after.trim_start_matches(['"', '\'', ')', '”', '*']).starts_with(['.', ';', ':', ',']);
        // A text of short lines has no title.
        if length > LONGEST || sentence || start + length >= words.len() {
            break;
        }
        title.extend(start..start + length);
        start += length;
    }
    title
}

/// Where a phrase stands.
fn places(numbers: &[u32], phrase: &[u32]) -> Vec<usize> {
    if phrase.is_empty() {
        return Vec::new();
    }
    let windows = numbers.windows(phrase.len()).enumerate();
    windows.filter(|(_, window)| *window == phrase).map(|(at, _)| at).collect()
}

/// Cuts off what two wordings share at both ends: a comparison of texts finds only the rest.
fn trimmed<'a>(from: &'a [u32], to: &'a [u32]) -> (&'a [u32], &'a [u32]) {
    let start = from.iter().zip(to).take_while(|(left, right)| left == right).count();
    let (from, to) = (from.get(start..).unwrap_or_default(), to.get(start..).unwrap_or_default());
    let end = from.iter().rev().zip(to.iter().rev()).take_while(|(left, right)| left == right).count();
    (from.get(..from.len() - end).unwrap_or_default(), to.get(..to.len() - end).unwrap_or_default())
}

fn seed_tables(places: BTreeMap<u32, Vec<u32>>) -> [Vec<u8>; 4] {
    /// A run that so many texts share tells nothing about which text it is.
    const MOST: usize = 250;
    let mut buckets = vec![0; 1 << SEED_BUCKET_BITS];
    let (mut keys, mut counts, mut occurrences) = (Vec::new(), Vec::new(), Vec::new());
    for (key, list) in places.into_iter().filter(|(_, list)| list.len() <= MOST) {
        if let Some(count) = buckets.get_mut((key >> (32 - SEED_BUCKET_BITS)) as usize) {
            *count += 1;
        }
        let [low, high, ..] = key.to_le_bytes();
        keys.extend([low, high]);
        counts.push(list.len());
        occurrences.extend(list.into_iter().flat_map(three_bytes));
    }
    [sums(&buckets), keys, sums(&counts), occurrences]
}

fn three_bytes(number: u32) -> [u8; 3] {
    let [low, middle, high, rest] = number.to_le_bytes();
    assert_eq!(rest, 0, "few texts");
    [low, middle, high]
}

/// The sum of all counts before every [`SUMMED`] of them, then each.
fn sums(counts: &[usize]) -> Vec<u8> {
    let mut total = 0;
    let sums = counts.chunks(SUMMED).map(|group| {
        let before = total;
        total += group.iter().sum::<usize>();
        u32::try_from(before).expect("the index is small")
    });
    let mut bytes = little_endian(sums);
    bytes.extend(counts.iter().map(|count| u8::try_from(*count).expect("small counts")));
    bytes
}

fn little_endian(numbers: impl IntoIterator<Item = u32>) -> Vec<u8> {
    numbers.into_iter().flat_map(u32::to_le_bytes).collect()
}
