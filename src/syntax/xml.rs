//! XML with the lines of its elements. Documents with a DTD are refused, so that no entity is ever expanded.

use roxmltree::{Document, Node, ParsingOptions};

use crate::base::{Code, Diagnostic, Location};

use super::text::Lines;

/// The most elements and texts of one document.
const MAX_NODES: u32 = 1_000_000;

/// A document.
#[derive(Debug)]
pub struct Xml<'text> {
    document: Document<'text>,
    lines: Lines,
}

impl<'text> Xml<'text> {
    /// Reads a document.
    pub fn parse(text: &'text str, at: &Location) -> Result<Self, Diagnostic> {
        let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
        match Document::parse_with_options(text, options) {
            Ok(document) => Ok(Self { document, lines: Lines::new(text) }),
            Err(error) => {
                let message = error.to_string();
                let words = message.rsplit_once(" at ").map_or(message.as_str(), |(words, _)| words);
                Err(Diagnostic::new(Code::InvalidSyntax, at.at_line(error.pos().row), words))
            }
        }
    }

    /// Returns the outermost element.
    pub fn root(&self) -> Node<'_, 'text> {
        self.document.root_element()
    }

    /// Returns the line on which a node starts, from 1.
    pub fn line(&self, node: Node) -> u32 {
        self.lines.of(node.range().start)
    }
}

/// Returns the elements of a name directly inside a node, whatever their namespace.
pub fn children<'node, 'text: 'node>(
    node: Node<'node, 'text>,
    name: &'node str,
) -> impl Iterator<Item = Node<'node, 'text>> {
    node.children().filter(move |child| child.tag_name().name() == name)
}

/// Returns the first element of a name directly inside a node.
pub fn child<'node, 'text>(node: Node<'node, 'text>, name: &str) -> Option<Node<'node, 'text>> {
    node.children().find(|child| child.tag_name().name() == name)
}

/// Returns the text of the first element of a name directly inside a node, without blanks around it.
pub fn text<'node>(node: Node<'node, '_>, name: &str) -> Option<&'node str> {
    child(node, name)?.text().map(str::trim).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::RelPath;

    fn at() -> Location {
        Location::file(RelPath::root().join("x.xml"))
    }

    #[test]
    fn elements_know_their_lines() {
        let text =
            "<?xml version=\"1.0\"?>\n<a xmlns=\"x:y\">\n  <b>\n one </b>\n  <!-- <c> -->\n  <b/>\n  <c></c>\n</a>";
        let xml = Xml::parse(text, &at()).unwrap();
        let lines: Vec<_> = children(xml.root(), "b").map(|node| xml.line(node)).collect();
        assert_eq!(lines, [3, 6]);
        assert_eq!(super::text(xml.root(), "b"), Some("one"));
        assert_eq!(super::text(xml.root(), "c"), None);
    }

    #[test]
    fn mistakes_and_entities_are_refused_and_depth_is_no_matter() {
        let error = Xml::parse("<a>\n<b></a>", &at()).unwrap_err();
        assert_eq!((error.code, error.at.and_then(|at| at.line)), (Code::InvalidSyntax, Some(2)));
        let bomb = "<!DOCTYPE a [<!ENTITY x \"xxx\"><!ENTITY y SYSTEM \"file:///etc/passwd\">]>\n<a>&x;&y;</a>";
        assert_eq!(Xml::parse(bomb, &at()).unwrap_err().code, Code::InvalidSyntax);
        // The parser keeps no stack of its own.
        for deep in ["<a>".repeat(1_000_000), "<a b=\"/>\">".repeat(500_000)] {
            assert_eq!(Xml::parse(&deep, &at()).unwrap_err().code, Code::InvalidSyntax);
        }
        assert!(Xml::parse(&format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000)), &at()).is_ok());
        let wide = format!("<a>{}</a>", "<b/><c>x</c>".repeat(1000));
        assert!(Xml::parse(&wide, &at()).is_ok());
    }
}
