//! What both forms of SPDX documents share: the meaning of relationships and of our annotations.

use super::document::{Document, Element, Link, ours};
use crate::model::Scope;

/// The versions that are known.
pub(super) const VERSIONS: &[&str] = &["SPDX-2.2", "SPDX-2.3"];

/// The identifier of the document itself.
pub(super) const DOCUMENT: &str = "SPDXRef-DOCUMENT";

/// The relationships by which one package needs another.
///
/// `Forward` means that the element needs the related one, `Backward` that the related one needs the element.
enum Direction {
    Forward,
    Backward,
}

/// Adds a relationship to a document.
pub(super) fn relate(document: &mut Document, from: &str, kind: &str, to: &str, line: u32) {
    match kind {
        "DESCRIBES" if from == DOCUMENT => document.about(to),
        "DESCRIBED_BY" if to == DOCUMENT => document.about(from),
        _ => {}
    }
    let Some((direction, needs)) = meaning(kind) else { return };
    if to == "NOASSERTION" || from == "NOASSERTION" {
        document.incomplete(line);
        return;
    }
    match direction {
        Direction::Forward => document.link(from, to, needs),
        Direction::Backward => document.link(to, from, needs),
    }
}

fn meaning(kind: &str) -> Option<(Direction, Link)> {
    let link = |scope, optional| Link { scope, optional };
    let found = match kind {
        "DEPENDS_ON" | "CONTAINS" | "STATIC_LINK" | "DYNAMIC_LINK" | "HAS_PREREQUISITE" => {
            (Direction::Forward, Link::RUNTIME)
        }
        "DEPENDENCY_OF"
        | "CONTAINED_BY"
        | "RUNTIME_DEPENDENCY_OF"
        | "PROVIDED_DEPENDENCY_OF"
        | "PREREQUISITE_FOR"
        | "DEPENDENCY_MANIFEST_OF" => (Direction::Backward, Link::RUNTIME),
        "OPTIONAL_DEPENDENCY_OF" | "OPTIONAL_COMPONENT_OF" => (Direction::Backward, link(Scope::Runtime, true)),
        "BUILD_DEPENDENCY_OF" | "BUILD_TOOL_OF" => (Direction::Backward, link(Scope::Build, false)),
        "DEV_DEPENDENCY_OF" | "DEV_TOOL_OF" => (Direction::Backward, link(Scope::Dev, false)),
        "TEST_DEPENDENCY_OF" | "TEST_TOOL_OF" | "TEST_OF" => (Direction::Backward, link(Scope::Test, false)),
        _ => return None,
    };
    Some(found)
}

/// Reads an annotation that we wrote: one `ppl-check:NAME=VALUE` a line.
pub(super) fn annotate(element: &mut Element, comment: &str) {
    for line in comment.lines() {
        if let Some((name, value)) = ours(line.trim()).and_then(|line| line.split_once('=')) {
            element.ours.push((name.to_owned(), value.to_owned()));
        }
    }
}
