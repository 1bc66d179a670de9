//! Every format of the registries renders the hostile report as it should be read.

use std::path::Path;

use ppl_check::report::{DOCUMENTS, FORMATS, Format, LISTINGS, Style, escape, format};

use crate::canned::{HOSTILE, PLAIN, report};

/// Returns the canned report with these words, in a format.
pub(crate) fn render(format: &Format, words: &[&str]) -> String {
    let mut out = Vec::new();
    (format.render)(&report(words), &Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Returns every format and document once, by the name of its golden file.
fn all() -> Vec<(String, &'static Format)> {
    let documents = DOCUMENTS.iter().filter(|document| document.name != "json");
    let documents = documents.map(|format| (format!("report-{}", format.name), format));
    let listings = LISTINGS.iter().map(|format| (format!("list-{}", format.name), format));
    FORMATS.iter().map(|format| (format!("check-{}", format.name), format)).chain(documents).chain(listings).collect()
}

#[test]
fn the_hostile_report_looks_as_it_did() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    #[expect(clippy::disallowed_methods, reason = "the switch that rewrites golden files")]
    let bless = std::env::var_os("PPL_CHECK_BLESS").is_some();
    let mut differing = Vec::new();
    for (name, format) in all() {
        let path = folder.join(&name);
        let found = render(format, HOSTILE).replace(env!("CARGO_PKG_VERSION"), "VERSION");
        if bless {
            std::fs::write(&path, &found).unwrap();
        } else if std::fs::read_to_string(&path).unwrap_or_default() != found {
            differing.push(name);
        }
    }
    assert!(differing.is_empty(), "PPL_CHECK_BLESS=1 rewrites {differing:?}; read the difference");
    let known: Vec<String> = all().into_iter().map(|(name, _)| name).collect();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(known.contains(&name), "{name} belongs to no format");
    }
}

#[test]
fn nothing_reaches_a_terminal_or_a_runner() {
    for (name, format) in all() {
        let text = render(format, HOSTILE);
        let harmful: Vec<char> = text
            .chars()
            .filter(|char| escape::is_harmful(*char) && *char != '\n' && !(name == "list-csv" && *char == '\r'))
            .collect();
        assert!(harmful.is_empty(), "{name}: {harmful:?}");
        for line in text.lines() {
            assert!(!line.trim_start().starts_with("::error::b"), "{name}: {line}");
            assert!(!line.trim_start().starts_with("::stop-commands::"), "{name}: {line}");
            for command in ["##[add-path]", "##vso[task", "##teamcity[z"] {
                assert!(!line.contains(command), "{name}: {line}");
            }
        }
    }
}

#[test]
fn links_lead_to_files_and_change_no_word() {
    let style =
        Style { color: true, root_address: Some("file:///srv/a%20b".to_owned()), width: 80, ..Style::default() };
    let shown = |words: &[&str], style: &Style| {
        let mut out = Vec::new();
        (format("text").unwrap().render)(&report(words), style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let (linked, plain) = (shown(HOSTILE, &style), shown(HOSTILE, &Style { width: 80, ..Style::default() }));
    // What a reader of escape sequences that is not ours leaves is what stands there without them.
    assert_eq!(anstream::adapter::strip_str(&linked).to_string(), plain);
    let addresses: Vec<&str> =
        linked.split("\x1b]8;;").skip(1).map(|rest| rest.split("\x1b\\").next().unwrap()).collect();
    assert!(addresses.len() >= 6 && addresses.len().is_multiple_of(2), "{addresses:?}");
    for pair in addresses.chunks(2) {
        let path = pair[0].strip_prefix("file:///srv/a%20b/").unwrap();
        assert!(path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~%".contains(&byte)), "{path}");
        assert_eq!(pair[1], "", "every link is closed");
    }
    // No escape but links and colors of ours.
    let rest = linked.replace("\x1b]8;;", "").replace("\x1b\\", "");
    let is_color =
        |rest: &str| rest.strip_prefix('[').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    assert!(rest.split('\x1b').skip(1).all(is_color));
}

#[test]
fn ascii_keeps_to_ascii() {
    let mut accented = PLAIN.to_vec();
    accented[3] = "señal → “ejemplo”";
    for format in LISTINGS.iter().chain(FORMATS).filter(|format| ["text", "github"].contains(&format.name)) {
        let mut out = Vec::new();
        let style = Style { ascii: true, verbosity: 1, ..Style::default() };
        (format.render)(&report(&accented), &style, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let human = text.lines().filter(|line| !line.starts_with("::")).collect::<String>();
        assert!(human.is_ascii(), "{}: {human}", format.name);
    }
}

/// Counts a mark where no backslash stands before it.
fn bare(text: &str, mark: &str) -> usize {
    text.match_indices(mark).count() - text.match_indices(&format!("\\{mark}")).count()
}

#[test]
fn hostile_words_add_no_markup() {
    let tags = |text: &str| {
        let tags = text.split('<').skip(1).map(|rest| {
            rest.chars().take_while(|char| char.is_ascii_alphanumeric() || "/!".contains(*char)).collect::<String>()
        });
        tags.filter(|tag| !tag.is_empty()).collect::<Vec<_>>()
    };
    for (name, format) in all().into_iter().filter(|(name, _)| name.contains("html")) {
        assert_eq!(tags(&render(format, HOSTILE)), tags(&render(format, PLAIN)), "{name}");
    }
    for (name, format) in all().into_iter().filter(|(name, _)| name.contains("markdown")) {
        let (hostile, plain) = (render(format, HOSTILE), render(format, PLAIN));
        // What starts or ends markup in Markdown is there as often as without hostile words, or behind a backslash.
        for mark in ["<", "](", "![", "@", "```"] {
            assert_eq!(bare(&hostile, mark), bare(&plain, mark), "{name}: {mark}");
        }
        let columns = |text: &str| -> Vec<usize> {
            let rows = text.lines().filter(|line| line.starts_with('|'));
            rows.map(|row| bare(row, "|")).collect()
        };
        assert_eq!(columns(&hostile), columns(&plain), "{name}");
    }
}

#[test]
fn every_document_says_what_it_is() {
    for format in DOCUMENTS.iter().filter(|format| format.name != "json") {
        let text = render(format, PLAIN);
        let said = match format.name {
            "downstream-es" => {
                ["preparado por ppl-check a partir de los textos de las licencias", "no es asesoramiento jurídico"]
            }
            "downstream-fr" => {
                ["préparé par ppl-check à partir des textes des licences", "n'est pas un avis juridique"]
            }
            _ => ["prepared by ppl-check from the license texts", "not legal advice"],
        };
        for words in said.into_iter().chain(["cc0-1.0"]) {
            let plain = text.replace('\\', "").to_lowercase();
            let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(plain.contains(words), "{} lacks `{words}`", format.name);
        }
    }
}

#[test]
fn documents_hold_no_other_address_than_their_own() {
    for (name, format) in all() {
        let text = render(format, PLAIN);
        assert!(!text.contains("javascript:alert(1)") || name.ends_with("json"), "{name}");
    }
}
