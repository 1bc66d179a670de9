//! Compiles the phrases of notices: names of licenses, and the words around them.

use std::collections::BTreeMap;

use super::format::{
    MEANS_ADDRESS, MEANS_BOTH, MEANS_DENIAL, MEANS_EITHER, MEANS_EXCEPTION, MEANS_FILLER, MEANS_GRANT, MEANS_LATER,
    MEANS_LIMIT, MEANS_NAME, MEANS_NO_LIMIT, MEANS_ONLY, MEANS_REFERENCE, MEANS_STRONG, PHRASE_GOES_ON, PHRASE_SEED,
    fold,
};
use super::marks::{Aliases, NoticesFile, Versioned};
use super::open_addressed;
use super::words::split;

/// Meanings of phrases, by their words.
#[derive(Default)]
pub(crate) struct Phrases {
    meanings: BTreeMap<Vec<u64>, (u32, String)>,
}

/// Collects all phrases; what comes first wins where two give a phrase a value.
pub(crate) fn collect(
    notices: &NoticesFile,
    aliases: &[Aliases],
    names: &[(String, String)],
    exceptions: &[&str],
) -> Phrases {
    let mut phrases = Phrases::default();
    for (list, means) in [
        (&notices.grant, MEANS_GRANT),
        (&notices.filler, MEANS_FILLER),
        (&notices.later, MEANS_LATER),
        (&notices.only, MEANS_ONLY),
        (&notices.either, MEANS_EITHER),
        (&notices.both, MEANS_BOTH),
        (&notices.denial, MEANS_DENIAL),
        (&notices.reference, MEANS_REFERENCE),
        (&notices.limit, MEANS_LIMIT),
        (&notices.no_limit, MEANS_NO_LIMIT),
    ] {
        for phrase in list {
            phrases.add(phrase, means, "");
        }
    }
    for versioned in &notices.versioned {
        phrases.versioned(versioned);
    }
    for name in &notices.name {
        for phrase in &name.spellings {
            phrases.name(phrase, &format!("={}", name.means));
        }
    }
    for exception in &notices.exception {
        for phrase in &exception.spellings {
            phrases.add(phrase, MEANS_EXCEPTION, &exception.means);
        }
    }
    for id in exceptions {
        phrases.add(id, MEANS_EXCEPTION, id);
    }
    let gnu: Vec<&String> = notices
        .versioned
        .iter()
        .filter(|versioned| versioned.suffix)
        .flat_map(|versioned| &versioned.spellings)
        .collect();
    let usable = |spelling: &str| {
        let shaped = !spelling.contains(['+', '<', '>', '=', '/', ',', '&']);
        let words = split(spelling).len();
        let telling = words > 1 || spelling.bytes().any(|byte| byte.is_ascii_digit());
        let suffixed = gnu.iter().any(|name| spelling.replace('-', " ").starts_with(name.as_str()));
        shaped && telling && !suffixed
    };
    for (spelling, expr) in aliases.iter().flat_map(|file| &file.alias).filter(|(spelling, _)| usable(spelling)) {
        phrases.name(spelling, &format!("={expr}"));
    }
    for (spelling, exprs) in aliases.iter().flat_map(|file| &file.ambiguous).filter(|(spelling, _)| usable(spelling)) {
        phrases.name(spelling, &format!("|{}", exprs.join("|")));
    }
    for (id, name) in names.iter().filter(|(id, name)| usable(id) || usable(name)) {
        for spelling in [id, name] {
            if usable(&spelling.to_lowercase()) {
                phrases.name(&spelling.to_lowercase(), &format!("={id}"));
            }
        }
    }
    for (address, expr) in aliases.iter().flat_map(|file| &file.url) {
        for ending in ["", ".txt", ".html", ".htm", ".php", "/legalcode", "/legalcode.txt"] {
            phrases.add(&format!("http://{address}{ending}"), MEANS_ADDRESS, &format!("={expr}"));
        }
    }
    phrases
}

impl Phrases {
    fn add(&mut self, phrase: &str, means: u32, value: &str) {
        let words = split(phrase).iter().map(|word| word.hash).collect();
        let (meaning, known) = self.meanings.entry(words).or_default();
        *meaning |= means;
        if known.is_empty() {
            value.clone_into(known);
        }
    }

    fn name(&mut self, phrase: &str, value: &str) {
        const TELLING: [&str; 8] =
            ["license", "licence", "licensed", "clause", "public", "unlicense", "wtfpl", "dedication"];
        let words = phrase.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
        let strong =
            words.clone().count() > 2 || words.clone().any(|word| TELLING.contains(&word.to_lowercase().as_str()));
        self.add(phrase, MEANS_NAME | if strong { MEANS_STRONG } else { 0 }, value);
    }

    /// `gpl` alone, and with a version glued to it: `gplv2`.
    fn versioned(&mut self, versioned: &Versioned) {
        let table: Vec<String> = versioned.versions.iter().map(|(version, id)| format!("{version}={id}")).collect();
        let value = |fixed: &str| {
            format!(
                "#{}\t{fixed}\t{}\t{}",
                u8::from(versioned.suffix),
                table.join(","),
                versioned.unversioned.join("|")
            )
        };
        for spelling in &versioned.spellings {
            self.name(spelling, &value(""));
            if !spelling.contains(' ') {
                for version in versioned.versions.keys() {
                    self.name(&format!("{spelling}v{version}"), &value(version));
                    self.name(&format!("{spelling}{version}"), &value(version));
                }
            }
        }
    }

    /// Writes the table and the meanings; values go to `strings`.
    pub(crate) fn write(&self, mut number: impl FnMut(u64) -> u32, strings: &mut String) -> (Vec<u8>, Vec<u32>) {
        let mut entries: BTreeMap<u64, u16> = BTreeMap::new();
        let mut meanings: Vec<u32> = Vec::new();
        for (words, (means, value)) in &self.meanings {
            let mut hash = PHRASE_SEED;
            for word in words {
                hash = fold(hash, u64::from(number(*word)));
                entries.entry(hash).or_insert(PHRASE_GOES_ON);
            }
            let place = entries.entry(hash).or_insert(PHRASE_GOES_ON);
            if *place == PHRASE_GOES_ON {
                *place = u16::try_from(meanings.len() / 3 + 1).expect("few phrases");
                let start = u32::try_from(strings.len()).expect("short strings");
                meanings.extend([*means, start, u32::try_from(value.len()).expect("short strings")]);
                strings.push_str(value);
            } else if let Some(known) = meanings.get_mut((usize::from(*place) - 1) * 3) {
                // Two spellings of one word have the same number.
                *known |= means;
            }
        }
        (open_addressed(&entries), meanings)
    }
}
