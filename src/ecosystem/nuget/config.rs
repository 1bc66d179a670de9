//! `packages.config`: the flat list of projects in the old form.

use crate::base::{Code, Diagnostic, Location, Purl};
use crate::ecosystem::records::Records;
use crate::ecosystem::{Input, Parsed, Role};
use crate::model::{PackageRecord, Scope};
use crate::syntax::xml::{Xml, children};

use super::packages::owner;
use super::project::{Project, projects_in};
use super::{ECOSYSTEM, is_plain};

/// Reads a list; it names everything that is installed, and not who needs whom.
pub(super) fn parse(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let at = Location::file(input.path.clone());
    let xml = match Xml::parse(text.trim_start(), &at) {
        Ok(xml) => xml,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let project = owner(projects_in(input, &input.dir()), None).map(|path| Project::read(input, &path));
    let mut records = Records::default();
    let own = records.add(project.as_ref().map_or_else(
        || {
            let name = input.dir().file_name().unwrap_or("project").to_owned();
            PackageRecord::own(Purl::new(ECOSYSTEM, &name, None), at.clone(), input.dir())
        },
        Project::record,
    ));
    let mut diagnostics = Vec::new();
    for package in children(xml.root(), "package") {
        let at = at.at_line(xml.line(package));
        let part = |name: &str| package.attribute(name).filter(|value| is_plain(value));
        let (Some(id), Some(version)) = (part("id"), part("version")) else {
            let message = "expected a package with `id` and `version`";
            diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            continue;
        };
        let target = records.add(PackageRecord::new(Purl::new(ECOSYSTEM, id, Some(version)), at));
        let is_dev = package.attribute("developmentDependency") == Some("true");
        let is_test = project.as_ref().is_some_and(Project::is_test);
        let scope = if is_test {
            Scope::Test
        } else if is_dev {
            Scope::Dev
        } else {
            Scope::Runtime
        };
        records.need(own, target, scope, false);
    }
    let (more, covers) = project.map(|project| (project.diagnostics, project.files)).unwrap_or_default();
    diagnostics.extend(more);
    Parsed { records: records.finish(), diagnostics, covers }
}
