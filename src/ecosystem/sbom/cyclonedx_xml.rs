//! CycloneDX 1.4 to 1.7 in XML (<https://cyclonedx.org/docs/1.6/xml/>).

use roxmltree::Node;

use super::cyclonedx::{Licenses, VERSIONS, is_infrastructure, is_partial, property, scope};
use super::document::{Document, Element, Link, checksum, ours};
use crate::base::Location;
use crate::ecosystem::Parsed;
use crate::syntax::xml::{Xml, child, children as elements, text as text_in};

/// What the namespace of a document starts with; its version follows.
const NAMESPACE: &str = "http://cyclonedx.org/schema/bom/";

pub(super) fn parse(text: &str, at: &Location) -> Parsed {
    let xml = match Xml::parse(text, at) {
        Ok(xml) => xml,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let root = xml.root();
    let version = root.tag_name().namespace().and_then(|namespace| namespace.strip_prefix(NAMESPACE));
    if root.tag_name().name() != "bom" {
        return super::unknown(at, "expected an SBOM: a document whose root is `bom`");
    }
    let mut reader = Reader { document: Document::new(at), xml: &xml };
    reader.document.expect_version(version, VERSIONS);
    if let Some(id) =
        child(root, "metadata").and_then(|metadata| child(metadata, "component")).map(|node| reader.components(node))
    {
        reader.document.about(&id);
    }
    for node in children(root, "components", "component") {
        reader.components(node);
    }
    for node in children(root, "dependencies", "dependency") {
        let from = node.attribute("ref").unwrap_or_default();
        for needed in node.children().filter(|node| node.tag_name().name() == "dependency") {
            reader.document.link(from, needed.attribute("ref").unwrap_or_default(), Link::RUNTIME);
        }
    }
    for node in children(root, "compositions", "composition") {
        if text_of(node, "aggregate").as_deref().is_some_and(is_partial) {
            let line = reader.line(node);
            reader.document.incomplete(line);
        }
    }
    reader.document.finish()
}

struct Reader<'xml, 'text> {
    document: Document,
    xml: &'xml Xml<'text>,
}

impl Reader<'_, '_> {
    fn line(&self, node: Node) -> u32 {
        self.xml.line(node)
    }

    /// Adds a component and all those inside it, and returns the identifier of the outermost.
    fn components(&mut self, outermost: Node) -> String {
        let mut stack = vec![(outermost, None::<String>)];
        let mut first = String::new();
        while let Some((node, parent)) = stack.pop() {
            let element = self.element(node);
            let id = element.id.clone();
            self.document.add(element);
            match parent {
                Some(parent) => self.document.link(&parent, &id, Link::RUNTIME),
                None => first.clone_from(&id),
            }
            let inner: Vec<Node> = children(node, "components", "component").collect();
            stack.extend(inner.into_iter().rev().map(|inner| (inner, Some(id.clone()))));
        }
        first
    }

    fn element(&self, node: Node) -> Element {
        let line = self.line(node);
        let at = self.document.line(line);
        let id = node.attribute("bom-ref").map_or_else(|| format!("offset {}", node.range().start), str::to_owned);
        let mut element = Element {
            id,
            purl: text_of(node, "purl"),
            group: text_of(node, "group"),
            name: text_of(node, "name").unwrap_or_default(),
            version: text_of(node, "version"),
            line,
            ..Element::default()
        };
        let mut licenses = Licenses::default();
        for choice in child(node, "licenses").into_iter().flat_map(|licenses| licenses.children()) {
            licenses.acknowledged(choice.attribute("acknowledgement"));
            match choice.tag_name().name() {
                "expression" => licenses.expression(choice.text().unwrap_or_default()),
                "license" => licenses.license(text_of(choice, "id").as_deref(), text_of(choice, "name").as_deref()),
                _ => {}
            }
        }
        element.claims.extend(licenses.claim(&at));
        for hash in children(node, "hashes", "hash") {
            let algorithm = hash.attribute("alg").unwrap_or_default();
            element.checksums.extend(checksum(algorithm, hash.text().unwrap_or_default()));
        }
        (element.scope, element.optional) = scope(text_of(node, "scope").as_deref());
        for row in children(node, "properties", "property") {
            let (name, value) = (row.attribute("name").unwrap_or_default(), row.text().unwrap_or_default());
            property(&mut element, name, value);
            element.ours.extend(ours(name).map(|name| (name.to_owned(), value.to_owned())));
        }
        element.infrastructure = is_infrastructure(node.attribute("type"), &element);
        element
    }
}

/// Returns the elements of a list: `components` and the `component`s in it.
fn children<'a, 'input: 'a>(
    node: Node<'a, 'input>,
    list: &str,
    name: &'a str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    child(node, list).into_iter().flat_map(move |list| elements(list, name))
}

fn text_of(node: Node, name: &str) -> Option<String> {
    text_in(node, name).map(str::to_owned)
}
