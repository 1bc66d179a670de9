//! `pyproject.toml`: the tables `project` (PEP 621, 639), `dependency-groups` (PEP 735), and those of Poetry, PDM and
//! uv.
//!
//! <https://packaging.python.org/en/latest/specifications/pyproject-toml/>,
//! <https://python-poetry.org/docs/pyproject/>.

use crate::base::{Code, Diagnostic, Location, RelPath, without_credentials};
use crate::model::{Claim, ClaimKind, FieldFormat, Join, Origin, Scope};
use crate::syntax::toml::{Document, Entry, Value};

use super::metadata::license_classifiers;
use super::origin;
use super::project::{Said, Want, normal_name};

/// Reads the file.
pub(super) fn read(text: &str, path: &RelPath) -> Said {
    let document = Document::parse(text);
    let file = Location::file(path.clone());
    let mut reader = Reader { file: &file, said: Said::default() };
    reader.said.diagnostics.extend(syntax_diagnostic(&document, &file));
    let root = &document.root;
    if let Some(project) = root.get("project") {
        reader.project(project);
    }
    if let Some(poetry) = root.at(&["tool", "poetry"]) {
        reader.poetry(poetry);
    }
    reader.groups(root);
    reader.sources(root);
    reader.said
}

/// Returns a diagnostic for a file with mistakes in its syntax: at the first, with the number of the others.
pub(super) fn syntax_diagnostic(document: &Document, file: &Location) -> Option<Diagnostic> {
    let first = document.problems.first()?;
    let message = match document.problems.len() {
        1 => first.message.clone(),
        n_problems => format!("{} (and {} more mistakes)", first.message, n_problems - 1),
    };
    Some(Diagnostic::new(Code::InvalidSyntax, file.at_line(first.line), message))
}

/// Returns the entries of a table at a key; what is no table has none.
pub(super) fn entries_at<'doc>(value: &'doc Value, keys: &[&str]) -> &'doc [Entry] {
    value.at(keys).map_or(&[], Value::entries)
}

/// Returns the items of an array at a key; what is no array has none.
pub(super) fn items_at<'doc>(value: &'doc Value, keys: &[&str]) -> &'doc [Value] {
    value.at(keys).map_or(&[], Value::items)
}

/// Returns the text at a key.
pub(super) fn str_at<'doc>(value: &'doc Value, key: &str) -> Option<&'doc str> {
    value.get(key)?.str()
}

/// Returns whether a key says `true`.
pub(super) fn is_true(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::bool) == Some(true)
}

struct Reader<'doc> {
    file: &'doc Location,
    said: Said,
}

impl Reader<'_> {
    fn project(&mut self, project: &Value) {
        self.identity(project);
        if let Some(license) = project.get("license") {
            let at = self.file.at_line(license.line());
            // PEP 639: a string is an expression; before, a table with the text or its file.
            if let Some(expression) = license.str() {
                self.said.claims.push(Claim::field(ClaimKind::Declared, FieldFormat::Spdx, expression, at));
            } else if let Some(text) = str_at(license, "text") {
                self.said.claims.push(Claim::field(ClaimKind::Declared, FieldFormat::Free, text, at));
            } else if let Some(file) = str_at(license, "file") {
                self.said.claims.push(Claim::see_file(ClaimKind::Declared, file, at));
            } else {
                let message = format!("expected a string, `text` or `file` in `license`, found a {}", license.kind());
                self.invalid(license.line(), message);
            }
        }
        self.classifiers(project);
        self.requirements(project.get("dependencies"), Scope::Runtime, false);
        for extra in entries_at(project, &["optional-dependencies"]) {
            self.requirements(Some(&extra.value), Scope::Runtime, true);
        }
    }

    fn identity(&mut self, table: &Value) {
        if let Some((name, line)) = table.get("name").and_then(|name| Some((name.str()?, name.line()))) {
            self.said.name.get_or_insert_with(|| (name.to_owned(), self.file.at_line(line)));
        }
        let version = str_at(table, "version").map(str::to_owned);
        self.said.version = self.said.version.take().or(version);
    }

    fn classifiers(&mut self, table: &Value) {
        let classifiers = table.get("classifiers");
        let found = license_classifiers(classifiers.into_iter().flat_map(Value::strings).map(|(text, _)| text));
        if let Some(line) = classifiers.map(Value::line).filter(|_| !found.is_empty()) {
            let (kind, format, at) = (ClaimKind::Declared, FieldFormat::Classifier, self.file.at_line(line));
            self.said.claims.push(Claim::fields(kind, format, Join::Unknown, found, at));
        }
    }

    /// Reads an array of requirement strings.
    fn requirements(&mut self, array: Option<&Value>, scope: Scope, optional: bool) {
        for item in array.map_or(&[][..], Value::items) {
            let want = item.str().and_then(|text| Want::parse(text, self.file.at_line(item.line()), scope));
            match want {
                Some(want) => self.said.wants.push(Want { optional: want.optional || optional, ..want }),
                None => self.invalid(item.line(), "expected a requirement such as `name >= 1`".to_owned()),
            }
        }
    }

    fn poetry(&mut self, poetry: &Value) {
        self.identity(poetry);
        if let Some((license, line)) = poetry.get("license").and_then(|license| Some((license.str()?, license.line())))
        {
            let at = self.file.at_line(line);
            self.said.claims.push(Claim::field(ClaimKind::Declared, FieldFormat::Free, license, at));
        }
        self.classifiers(poetry);
        self.poetry_table(entries_at(poetry, &["dependencies"]), Scope::Runtime);
        self.poetry_table(entries_at(poetry, &["dev-dependencies"]), Scope::Dev);
        for group in entries_at(poetry, &["group"]) {
            let scope = if group.key == "main" { Scope::Runtime } else { Scope::Dev };
            self.poetry_table(entries_at(&group.value, &["dependencies"]), scope);
        }
    }

    fn poetry_table(&mut self, entries: &[Entry], scope: Scope) {
        for entry in entries.iter().filter(|entry| entry.key != "python") {
            let want = self.poetry_want(entry, scope);
            // Poetry may say where packages come from that `project.dependencies` names already.
            let named_before = |known: &&mut Want| known.scope == scope && known.normal_name() == want.normal_name();
            match self.said.wants.iter_mut().find(named_before) {
                Some(known) if want.origin == Origin::Registry => known.conditional |= want.conditional,
                Some(known) => known.origin = want.origin,
                None => self.said.wants.push(want),
            }
        }
    }

    fn poetry_want(&self, entry: &Entry, scope: Scope) -> Want {
        // Several tables give several constraints for several platforms.
        let several = entry.value.items();
        let value = several.first().unwrap_or(&entry.value);
        let version = value.str().or_else(|| str_at(value, "version")).unwrap_or_default().trim();
        let exact = version.strip_prefix("==").map(str::trim).filter(|exact| !exact.contains([',', '*', '|', ' ']));
        let is_bare = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let exact = exact.or(Some(version).filter(|_| is_bare)).filter(|_| several.len() <= 1);
        let has = |key: &&str| value.get(key).is_some();
        Want {
            name: entry.key.clone(),
            version: exact.map(str::to_owned),
            origin: source_origin(value, "source"),
            at: self.file.at_line(entry.line),
            scope,
            optional: is_true(value, "optional"),
            conditional: several.len() > 1 || ["markers", "python", "platform"].iter().any(has),
        }
    }

    /// Reads dependency groups and what there was before them.
    fn groups(&mut self, root: &Value) {
        let groups = entries_at(root, &["dependency-groups"]);
        for item in groups.iter().flat_map(|group| group.value.items()) {
            // An included group is read by itself: its members need no second visit.
            if let Some(include) = str_at(item, "include-group") {
                if !groups.iter().any(|other| normal_name(&other.key) == normal_name(include)) {
                    self.invalid(item.line(), format!("there is no dependency group `{include}`"));
                }
                continue;
            }
            match item.str().and_then(|text| Want::parse(text, self.file.at_line(item.line()), Scope::Dev)) {
                Some(want) => self.said.wants.push(want),
                None => self.invalid(item.line(), "expected a requirement or `include-group`".to_owned()),
            }
        }
        for group in entries_at(root, &["tool", "pdm", "dev-dependencies"]) {
            for (text, line) in group.value.strings() {
                // `-e file:///${PROJECT_ROOT}/sub#egg=name` is a folder of the project, read where it lies.
                self.said.wants.extend(Want::parse(text, self.file.at_line(line), Scope::Dev));
            }
        }
        self.requirements(root.at(&["tool", "uv", "dev-dependencies"]), Scope::Dev, false);
    }

    /// Takes in what uv and PDM say of where packages come from.
    fn sources(&mut self, root: &Value) {
        for entry in entries_at(root, &["tool", "uv", "sources"]) {
            let source = entry.value.items().first().unwrap_or(&entry.value);
            let found = if is_true(source, "workspace") { Origin::Unknown } else { source_origin(source, "index") };
            let name = normal_name(&entry.key);
            for want in self.said.wants.iter_mut().filter(|want| want.normal_name() == name) {
                want.origin.clone_from(&found);
            }
        }
        let indexes = items_at(root, &["tool", "uv", "index"]).iter().chain(items_at(root, &["tool", "pdm", "source"]));
        // An explicit index serves only the packages whose source names it.
        let urls = indexes.filter(|index| !is_true(index, "explicit")).filter_map(|index| str_at(index, "url"));
        let Some(other) = urls.map(origin::of_index).find(|found| *found != Origin::Registry) else { return };
        for want in self.said.wants.iter_mut().filter(|want| want.origin == Origin::Registry) {
            want.origin.clone_from(&other);
        }
    }

    fn invalid(&mut self, line: u32, message: String) {
        self.said.diagnostics.push(Diagnostic::new(Code::InvalidEntry, self.file.at_line(line), message));
    }
}

/// Reads a table that says where a package comes from; `index` is the key that names another registry.
pub(super) fn source_origin(table: &Value, index: &str) -> Origin {
    let of = |key: &str| str_at(table, key);
    if let Some(git) = of("git") {
        let revision = of("rev").or_else(|| of("tag")).or_else(|| of("branch"));
        return Origin::Repository { url: without_credentials(git), revision: revision.map(str::to_owned) };
    }
    match (of("path"), of("url"), of(index)) {
        (Some(path), _, _) => Origin::Outside(path.to_owned()),
        (None, Some(url), _) => origin::of_reference(url),
        (None, None, Some(name)) if !name.eq_ignore_ascii_case("pypi") => Origin::OtherRegistry(name.to_owned()),
        _ => Origin::Registry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Said {
        read(text, &RelPath::new("pyproject.toml").unwrap())
    }

    fn wants(said: &Said) -> Vec<(&str, Scope, bool, u32)> {
        let want = |want: &Want| want.at.line.unwrap();
        said.wants.iter().map(|found| (found.name.as_str(), found.scope, found.optional, want(found))).collect()
    }

    #[test]
    fn standard_tables() {
        let said = said(
            "[project]\nname = \"Coop.Shop\"\nlicense = \"LicenseRef-PPL\"\ndependencies = [\n  \"flask>=3\",\n  \"pywin32; \
             sys_platform == 'win32'\",\n]\nclassifiers = [\"Topic :: X\", \"License :: OSI Approved :: MIT License\"]\n\
             [project.optional-dependencies]\npdf = [\"reportlab==4.2\"]\n[dependency-groups]\ntest = [\"pytest\"]\ndev \
             = [{include-group = \"Test\"}, \"ruff\"]\n",
        );
        assert_eq!(said.diagnostics, []);
        assert_eq!(said.name.as_ref().map(|(name, at)| (name.as_str(), at.line)), Some(("Coop.Shop", Some(2))));
        assert_eq!(
            wants(&said),
            [
                ("flask", Scope::Runtime, false, 5),
                ("pywin32", Scope::Runtime, true, 6),
                ("reportlab", Scope::Runtime, true, 10),
                ("ruff", Scope::Dev, false, 13),
                ("pytest", Scope::Dev, false, 12),
            ]
        );
        assert_eq!(said.wants[2].version.as_deref(), Some("4.2"));
        let raw: Vec<_> = said.claims.iter().map(|claim| (claim.raw.as_str(), claim.at.line)).collect();
        assert_eq!(raw, [("LicenseRef-PPL", Some(3)), ("License :: OSI Approved :: MIT License", Some(8))]);
    }

    #[test]
    fn poetry_tables() {
        let said = said(
            "[tool.poetry]\nname = \"shop\"\nversion = \"1\"\nlicense = \"Peer Production License\"\n\
             [tool.poetry.dependencies]\npython = \"^3.11\"\nflask = \"^3\"\nlocal = {path = \"../x\"}\nold = \
             \"1.2.3\"\npdf = {version = \"*\", optional = true}\nfork = {git = \"https://t:k@host.example/f\", tag = \
             \"v1\"}\n[tool.poetry.group.docs.dependencies]\nsphinx = \"*\"\n",
        );
        let found: Vec<_> = said.wants.iter().map(|want| (want.name.as_str(), want.scope, &want.origin)).collect();
        let fork = Origin::Repository { url: "https://host.example/f".to_owned(), revision: Some("v1".to_owned()) };
        assert_eq!(
            found,
            [
                ("flask", Scope::Runtime, &Origin::Registry),
                ("fork", Scope::Runtime, &fork),
                ("local", Scope::Runtime, &Origin::Outside("../x".to_owned())),
                ("old", Scope::Runtime, &Origin::Registry),
                ("pdf", Scope::Runtime, &Origin::Registry),
                ("sphinx", Scope::Dev, &Origin::Registry),
            ]
        );
        assert_eq!(said.wants[3].version.as_deref(), Some("1.2.3"));
        assert!(said.wants[4].optional);
    }

    #[test]
    fn another_index_is_not_the_registry() {
        let text = "[project]\ndependencies = [\"a\", \"b\"]\n[tool.uv.sources]\nb = {index = \"in-house\"}\n\
                    [[tool.uv.index]]\nname = \"in-house\"\nurl = \"https://registry.example/simple\"\nexplicit = true\n";
        let origins = |text: &str| said(text).wants.into_iter().map(|want| want.origin).collect::<Vec<_>>();
        assert_eq!(origins(text), [Origin::Registry, Origin::OtherRegistry("in-house".to_owned())]);
        let everywhere = text.replace("explicit = true\n", "");
        let other = Origin::OtherRegistry("https://registry.example/simple".to_owned());
        assert_eq!(origins(&everywhere).first(), Some(&other));
    }

    #[test]
    fn mistakes_cost_themselves() {
        let said = said("[project]\nname = \"a\"\nlicense = 3\ndependencies = [\"b\", 3, \"c d\"]\nversion = 1.\n");
        assert_eq!(said.wants.len(), 1);
        let found: Vec<_> =
            said.diagnostics.iter().map(|found| (found.code, found.at.as_ref().and_then(|at| at.line))).collect();
        assert_eq!(
            found,
            [
                (Code::InvalidSyntax, Some(5)),
                (Code::InvalidEntry, Some(3)),
                (Code::InvalidEntry, Some(4)),
                (Code::InvalidEntry, Some(4)),
            ]
        );
    }
}
