//! One `pom.xml` as it is written. <https://maven.apache.org/pom.html>.

use std::collections::BTreeMap;

use roxmltree::Node;

use crate::base::{Diagnostic, Location};
use crate::ecosystem::Credits;
use crate::syntax::xml::{Xml, child, children, text};

/// The longest coordinate that is taken for one, in bytes.
const MAX_BYTES: usize = 1024;

/// A `pom.xml`, nothing inherited and no property replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pom {
    pub(super) parent: Option<Parent>,
    pub(super) group: Option<String>,
    pub(super) artifact: Option<String>,
    pub(super) version: Option<String>,
    /// Where the artifact is named.
    pub(super) line: u32,
    pub(super) properties: BTreeMap<String, String>,
    /// Properties of profiles, which count where nothing else says a name.
    pub(super) profile_properties: BTreeMap<String, String>,
    pub(super) licenses: Vec<License>,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) managed: Vec<Dependency>,
    pub(super) plugins: Vec<Dependency>,
    /// Folders of modules, with their lines.
    pub(super) modules: Vec<(String, u32)>,
    pub(super) credits: Credits,
}

/// The parent that a `pom.xml` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parent {
    pub(super) group: String,
    pub(super) artifact: String,
    pub(super) version: Option<String>,
    /// Where it lies in the tree, as written; the folder above if nothing is said.
    pub(super) relative: Option<String>,
    pub(super) line: u32,
}

/// One license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct License {
    pub(super) name: Option<String>,
    pub(super) url: Option<String>,
    pub(super) line: u32,
}

impl License {
    /// Returns name and address as one value of a claim.
    pub(super) fn value(&self) -> String {
        let url = self.url.as_ref().map(|url| format!("<{url}>"));
        self.name.clone().into_iter().chain(url).collect::<Vec<_>>().join(" ")
    }
}

/// One dependency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dependency {
    pub(super) group: String,
    pub(super) artifact: String,
    pub(super) version: Option<String>,
    pub(super) ty: Option<String>,
    pub(super) classifier: Option<String>,
    pub(super) scope: Option<String>,
    pub(super) optional: bool,
    /// Groups and artifacts that it does not bring along.
    pub(super) exclusions: Vec<(String, String)>,
    pub(super) line: u32,
}

impl Pom {
    /// Reads a file.
    pub(super) fn read(file: &str, at: &Location) -> Result<Self, Diagnostic> {
        // People put line feeds before the declaration, and Maven takes it.
        let lead = file.len() - file.trim_start().len();
        let lead = u32::try_from(file.get(..lead).unwrap_or_default().matches('\n').count()).unwrap_or_default();
        let xml = Xml::parse(file.trim_start(), at)?;
        let root = xml.root();
        let line = |node: Node| xml.line(node).saturating_add(lead);
        let reader = Reader { line: &line };
        let named = child(root, "artifactId").unwrap_or(root);
        let mut pom = Self {
            parent: child(root, "parent").and_then(|node| reader.parent(node)),
            group: coordinate(root, "groupId"),
            artifact: coordinate(root, "artifactId"),
            version: coordinate(root, "version"),
            line: line(named),
            properties: properties(root),
            licenses: reader.licenses(root),
            credits: credits(root),
            ..Self::default()
        };
        reader.base(root, &mut pom, false);
        let profiles = child(root, "profiles");
        for profile in profiles.into_iter().flat_map(|profiles| children(profiles, "profile")) {
            pom.profile_properties.extend(properties(profile));
            reader.base(profile, &mut pom, true);
        }
        Ok(pom)
    }
}

struct Reader<'line> {
    line: &'line dyn Fn(Node) -> u32,
}

impl Reader<'_> {
    /// Reads what a project and a profile have in common.
    fn base(&self, node: Node, pom: &mut Pom, is_profile: bool) {
        pom.dependencies.extend(self.dependencies(child(node, "dependencies"), is_profile));
        let management = child(node, "dependencyManagement").and_then(|node| child(node, "dependencies"));
        pom.managed.extend(self.dependencies(management, is_profile));
        if let Some(build) = child(node, "build") {
            for (list, item) in [("plugins", "plugin"), ("extensions", "extension")] {
                let items = child(build, list).into_iter().flat_map(|list| children(list, item).collect::<Vec<_>>());
                pom.plugins.extend(items.filter_map(|node| self.plugin(node)));
            }
        }
        let modules = child(node, "modules").into_iter().flat_map(|list| children(list, "module").collect::<Vec<_>>());
        let named = modules.filter_map(|module| Some((module.text()?.trim().to_owned(), (self.line)(module))));
        pom.modules.extend(named);
    }

    fn parent(&self, node: Node) -> Option<Parent> {
        let relative = child(node, "relativePath").map(|node| node.text().unwrap_or_default().trim().to_owned());
        Some(Parent {
            group: coordinate(node, "groupId")?,
            artifact: coordinate(node, "artifactId")?,
            version: coordinate(node, "version"),
            relative,
            line: (self.line)(node),
        })
    }

    fn licenses(&self, root: Node) -> Vec<License> {
        let list = child(root, "licenses").into_iter().flat_map(|list| children(list, "license").collect::<Vec<_>>());
        let license = |node: Node| {
            let said = |name: &str| text(node, name).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
            License { name: said("name"), url: said("url"), line: (self.line)(node) }
        };
        list.map(license).filter(|license| license.name.is_some() || license.url.is_some()).collect()
    }

    fn dependencies(&self, list: Option<Node>, is_profile: bool) -> Vec<Dependency> {
        let list = list.into_iter().flat_map(|list| children(list, "dependency").collect::<Vec<_>>());
        list.filter_map(|node| self.dependency(node, is_profile)).collect()
    }

    fn dependency(&self, node: Node, is_profile: bool) -> Option<Dependency> {
        let exclusions = child(node, "exclusions");
        let exclusions = exclusions.into_iter().flat_map(|list| children(list, "exclusion").collect::<Vec<_>>());
        Some(Dependency {
            group: coordinate(node, "groupId")?,
            artifact: coordinate(node, "artifactId")?,
            version: coordinate(node, "version"),
            ty: coordinate(node, "type"),
            classifier: coordinate(node, "classifier"),
            scope: coordinate(node, "scope"),
            optional: is_profile || text(node, "optional") == Some("true"),
            exclusions: exclusions
                .filter_map(|node| Some((coordinate(node, "groupId")?, coordinate(node, "artifactId")?)))
                .collect(),
            line: (self.line)(node),
        })
    }

    fn plugin(&self, node: Node) -> Option<Dependency> {
        Some(Dependency {
            group: coordinate(node, "groupId").unwrap_or_else(|| "org.apache.maven.plugins".to_owned()),
            artifact: coordinate(node, "artifactId")?,
            version: coordinate(node, "version"),
            line: (self.line)(node),
            ..Dependency::default()
        })
    }
}

fn coordinate(node: Node, name: &str) -> Option<String> {
    text(node, name).filter(|text| text.len() <= MAX_BYTES).map(str::to_owned)
}

fn properties(node: Node) -> BTreeMap<String, String> {
    let list = child(node, "properties").into_iter().flat_map(|list| list.children().collect::<Vec<_>>());
    list.filter(Node::is_element)
        .map(|node| (node.tag_name().name().to_owned(), node.text().unwrap_or_default().trim().to_owned()))
        .collect()
}

fn credits(root: Node) -> Credits {
    let organization = child(root, "organization").and_then(|node| text(node, "name"));
    let developers = child(root, "developers").into_iter();
    let developers = developers.flat_map(|list| children(list, "developer").collect::<Vec<_>>());
    let names = developers.filter_map(|node| text(node, "name").map(str::to_owned));
    let literal = |text: &&str| !text.contains("${");
    Credits {
        authors: organization.map(str::to_owned).into_iter().chain(names).collect(),
        homepage: text(root, "url").filter(literal).map(str::to_owned),
        repository: child(root, "scm").and_then(|node| text(node, "url")).filter(literal).map(str::to_owned),
    }
}
