//! The whole set of release documents, with an index.

use std::io;

use super::page::{self, Block, Page};
use super::{DISCLAIMER, DOCUMENTS, Report, Style};

/// The files of the set: name and document, in the order of the index.
#[rustfmt::skip]
static FILES: &[(&str, &str)] = &[
    ("report.html", "html"),
    ("report.md", "markdown"),
    ("report.json", "json"),
    ("NOTICE.txt", "notice"),
    ("NOTICE.html", "notice-html"),
    ("NOTICE.md", "notice-markdown"),
    ("downstream.en.html", "downstream-en"),
    ("downstream.es.html", "downstream-es"),
    ("downstream.fr.html", "downstream-fr"),
    ("sbom.spdx.json", "spdx"),
    ("sbom.cdx.json", "cyclonedx"),
];

/// Returns every file of the set with its contents, the index last.
pub fn set(report: &Report, style: &Style) -> io::Result<Vec<(&'static str, Vec<u8>)>> {
    let mut files = Vec::new();
    for (file, name) in FILES {
        if let Some(document) = DOCUMENTS.iter().find(|document| document.name == *name) {
            let mut text = Vec::new();
            (document.render)(report, style, &mut text)?;
            files.push((*file, text));
        }
    }
    let mut text = Vec::new();
    page::html(&index(report), &mut text)?;
    files.push(("index.html", text));
    Ok(files)
}

fn index(report: &Report) -> Page<'_> {
    let about = |name: &str| DOCUMENTS.iter().find(|document| document.name == name).map_or("", |found| found.about);
    let name = report.project.name.as_deref().unwrap_or("this work");
    let version = report.project.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    let answer = super::words::answer(report);
    Page {
        language: "en",
        blocks: vec![
            Block::Heading(1, format!("Release documents of {name}{version}")),
            Block::Paragraph(format!("Ship it under {}? {}: {}.", report.project.outbound, answer.ship, answer.counts)),
            Block::Links(FILES.iter().map(|(file, name)| (*file, about(name))).collect()),
            Block::Paragraph(DISCLAIMER.to_owned()),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_document_is_in_the_set_once() {
        let mut names: Vec<&str> = FILES.iter().map(|(_, name)| *name).collect();
        names.sort_unstable();
        assert_eq!(names, DOCUMENTS.iter().map(|document| document.name).collect::<Vec<_>>());
    }
}
