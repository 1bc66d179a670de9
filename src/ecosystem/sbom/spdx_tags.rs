//! SPDX 2.2 and 2.3 documents as tags and values: `Tag: value`, and `<text>…</text>` over several lines.

use super::document::{Document, Element, checksum, concluded};
use super::spdx::{VERSIONS, annotate, relate};
use crate::base::Location;
use crate::ecosystem::Parsed;

/// What the lines before speak of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Document,
    Package,
    /// A file or a snippet.
    Other,
}

pub(super) fn parse(text: &str, at: &Location) -> Parsed {
    let mut reader = Reader {
        document: Document::new(at),
        section: Section::Document,
        package: Element::default(),
        concluded: None,
        declared: None,
        annotated: String::new(),
        annotations: Vec::new(),
        done: Vec::new(),
        version: None,
    };
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let line_number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((tag, value)) = line.split_once(':') else {
            reader.document.invalid(line_number, "expected `Tag: value`");
            continue;
        };
        let mut value = value.trim().to_owned();
        if let Some(opened) = value.strip_prefix("<text>") {
            let mut whole = opened.to_owned();
            while !whole.contains("</text>") {
                let Some((_, more)) = lines.next() else {
                    reader.document.invalid(line_number, "expected `</text>`, found the end of the file");
                    break;
                };
                whole.push('\n');
                whole.push_str(more);
            }
            whole.split("</text>").next().unwrap_or_default().clone_into(&mut value);
        }
        reader.tag(tag.trim(), &value, line_number);
    }
    reader.finish()
}

struct Reader {
    document: Document,
    section: Section,
    package: Element,
    concluded: Option<String>,
    declared: Option<String>,
    /// The element that the annotation at hand is about.
    annotated: String,
    annotations: Vec<(String, String)>,
    done: Vec<Element>,
    version: Option<String>,
}

impl Reader {
    fn tag(&mut self, tag: &str, value: &str, line: u32) {
        match tag {
            "SPDXVersion" => self.version = Some(value.to_owned()),
            "PackageName" => {
                self.end_package();
                self.section = Section::Package;
                self.package = Element { name: value.to_owned(), line, ..Element::default() };
            }
            "FileName" | "SnippetSPDXID" => {
                self.end_package();
                self.section = Section::Other;
            }
            "Relationship" => match value.split_whitespace().collect::<Vec<_>>().as_slice() {
                [from, kind, to, ..] => relate(&mut self.document, from, kind, to, line),
                _ => self.document.invalid(line, "expected a relationship between two elements"),
            },
            "SPDXREF" => value.clone_into(&mut self.annotated),
            "AnnotationComment" => {
                let about = std::mem::take(&mut self.annotated);
                let about = if about.is_empty() { self.package.id.clone() } else { about };
                self.annotations.push((about, value.to_owned()));
            }
            _ if self.section == Section::Package => self.package_tag(tag, value),
            _ => {}
        }
    }

    fn package_tag(&mut self, tag: &str, value: &str) {
        let package = &mut self.package;
        match tag {
            "SPDXID" => value.clone_into(&mut package.id),
            "PackageVersion" => package.version = Some(value.to_owned()).filter(|version| version != "NOASSERTION"),
            "PackageLicenseConcluded" => self.concluded = Some(value.to_owned()),
            "PackageLicenseDeclared" => self.declared = Some(value.to_owned()),
            "PackageChecksum" => {
                let (algorithm, digits) = value.split_once(':').unwrap_or((value, ""));
                package.checksums.extend(checksum(algorithm, digits));
            }
            "PrimaryPackagePurpose" => {
                package.infrastructure =
                    matches!(value, "OPERATING-SYSTEM" | "OPERATING_SYSTEM" | "CONTAINER" | "DEVICE");
            }
            "ExternalRef" => {
                let mut words = value.split_whitespace();
                if let (Some(_), Some("purl"), Some(locator), None) =
                    (words.next(), words.next(), words.next(), package.purl.as_ref())
                {
                    package.purl = Some(locator.to_owned());
                }
            }
            _ => {}
        }
    }

    fn end_package(&mut self) {
        if self.section == Section::Package {
            let mut package = std::mem::take(&mut self.package);
            let at = self.document.line(package.line);
            let claim = concluded(self.concluded.take().as_deref(), self.declared.take().as_deref(), &at);
            package.claims.extend(claim);
            self.done.push(package);
        }
    }

    fn finish(mut self) -> Parsed {
        self.end_package();
        self.document.expect_version(self.version.as_deref(), VERSIONS);
        let mut annotations: std::collections::BTreeMap<String, Vec<String>> = std::collections::BTreeMap::new();
        for (about, comment) in std::mem::take(&mut self.annotations) {
            annotations.entry(about).or_default().push(comment);
        }
        for mut element in std::mem::take(&mut self.done) {
            for comment in annotations.get(&element.id).into_iter().flatten() {
                annotate(&mut element, comment);
            }
            self.document.add(element);
        }
        self.document.finish()
    }
}
