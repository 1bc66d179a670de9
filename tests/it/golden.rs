//! Every format of the registries renders the hostile report as it should be read.

use std::path::Path;

use ppl_check::report::{DOCUMENTS, FORMATS, Format, Style, escape};

use crate::canned::{HOSTILE, PLAIN, report};

fn render(format: &Format, words: &[&str]) -> String {
    let mut out = Vec::new();
    (format.render)(&report(words), &Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Returns every format and document once, by the name of its golden file.
fn all() -> Vec<(String, &'static Format)> {
    let documents = DOCUMENTS.iter().filter(|document| document.name != "json");
    let documents = documents.map(|format| (format!("report-{}", format.name), format));
    FORMATS.iter().map(|format| (format!("check-{}", format.name), format)).chain(documents).collect()
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
        let harmful: Vec<char> = text.chars().filter(|char| escape::is_harmful(*char) && *char != '\n').collect();
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
