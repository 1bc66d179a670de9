//! Jars: their manifest, the texts in `META-INF`, and the projects that were packed into them.
//!
//! <https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html>;
//! for `Bundle-License` <https://docs.osgi.org/specification/osgi.core/8.0.0/framework.module.html>.

use std::collections::BTreeMap;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::ecosystem::records::Records;
use crate::ecosystem::{Copies, Input, Inspection, Parsed};
use crate::model::{Claim, ClaimKind, FieldFormat, Join, Origin, PackageRecord, Scope, Trait};
use crate::scan::{ArchiveKind, Folder, Limits, Tree, is_license_name, read_archive};

use super::ECOSYSTEM;
use super::model::is_plain;

const MANIFEST: &str = "META-INF/MANIFEST.MF";

/// Gradle's task `wrapper` writes this script together with `gradle/wrapper/gradle-wrapper.jar`.
const WRAPPER_SCRIPT: &str = "gradlew";

/// Opens a jar as a copy of an artifact.
pub(super) fn open(bytes: &[u8], at: &Location, copies: &mut Copies) {
    match members(bytes) {
        Ok(files) => copies.folders.push(Folder::in_memory(files, at.store, at.path.clone())),
        Err(message) => copies.diagnostics.push(Diagnostic::new(Code::RejectedArchive, at.clone(), message)),
    }
}

/// Returns whether a file is a jar.
pub(super) fn is_jar(path: &RelPath) -> bool {
    path.file_name().and_then(|name| name.rsplit_once('.')).is_some_and(|(_, end)| end == "jar")
}

/// Opens a jar of the tree.
pub(super) fn in_tree(path: &RelPath, tree: &Tree, copies: &mut Copies) {
    let at = Location::file(path.clone());
    match tree.read(path, Limits::DEFAULT.archive) {
        Ok(bytes) => open(&bytes, &at, copies),
        Err(error) => copies.diagnostics.push(error.diagnostic(at)),
    }
    if path.as_str().ends_with("gradle/wrapper/gradle-wrapper.jar") {
        copies.folders.extend(wrapper_script(path, tree));
    }
}

/// Opens the script that was written with a wrapper: the jars before Gradle 8 hold no license text, the script has a
/// header that names one.
fn wrapper_script(jar: &RelPath, tree: &Tree) -> Option<Folder> {
    let dir = jar.parent()?.parent()?.parent()?;
    let bytes = tree.read(&dir.join(WRAPPER_SCRIPT), Limits::DEFAULT.text).ok()?;
    Some(Folder::in_memory([(WRAPPER_SCRIPT.to_owned(), bytes)].into(), None, dir))
}

fn members(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let wanted = |name: &str| {
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
        let is_text = matches!(folder, "" | "META-INF" | "META-INF/licenses") && is_license_name(file);
        is_text || name == MANIFEST || is_embedded(name, "pom.xml") || is_embedded(name, "pom.properties")
    };
    read_archive(ArchiveKind::Zip, bytes, false, &wanted).map_err(|error| error.to_string())
}

fn is_embedded(name: &str, file: &str) -> bool {
    name.starts_with("META-INF/maven/") && name.strip_suffix(file).is_some_and(|rest| rest.ends_with('/'))
}

/// Reads what the manifest of a jar says of its license, and names the texts in it.
pub(super) fn inspect(folder: &Folder) -> Inspection {
    let mut inspection = Inspection::default();
    for below in ["META-INF", "META-INF/licenses"] {
        let texts = folder.files(below).into_iter().filter(|name| is_license_name(name));
        inspection.license_files.extend(texts.map(|name| format!("{below}/{name}")));
    }
    inspection.license_files.extend(folder.files("").into_iter().filter(|name| name == WRAPPER_SCRIPT));
    let Ok(text) = folder.read_text(MANIFEST, Limits::DEFAULT.manifest) else { return inspection };
    let at = folder.location(MANIFEST);
    if let Some((value, line)) = attribute(&text, "Bundle-License") {
        let values: Vec<String> = split(&value, ',').into_iter().filter_map(license).collect();
        if !values.is_empty() {
            let (kind, format) = (ClaimKind::Declared, FieldFormat::NameAndUrl);
            inspection.claims.push(Claim::fields(kind, format, Join::Unknown, values, at.at_line(line)));
        }
    }
    inspection
}

/// Returns the one project that was packed in: it speaks for all of the jar, and one of several does not.
pub(super) fn embedded_pom(folder: &Folder) -> Option<String> {
    let groups = folder.folders("META-INF/maven").into_iter().map(|group| format!("META-INF/maven/{group}"));
    let artifacts =
        groups.flat_map(|group| folder.folders(&group).into_iter().map(move |name| format!("{group}/{name}")));
    let mut poms = artifacts.map(|artifact| format!("{artifact}/pom.xml"));
    poms.next().filter(|_| poms.next().is_none())
}

/// Returns an attribute of the main section and its line. A line of more than 72 bytes goes on after one blank.
fn attribute(manifest: &str, name: &str) -> Option<(String, u32)> {
    let mut lines = manifest.lines().enumerate().take_while(|(_, line)| !line.trim().is_empty()).peekable();
    while let Some((index, line)) = lines.next() {
        let Some((found, value)) = line.split_once(": ") else { continue };
        if found.eq_ignore_ascii_case(name) {
            let mut value = value.to_owned();
            while let Some((_, more)) = lines.next_if(|(_, line)| line.starts_with(' ')) {
                value.push_str(more.get(1..).unwrap_or_default());
            }
            return Some((value, u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)));
        }
    }
    None
}

/// Turns `name;link="address";description="…"` into a name and an address.
fn license(clause: &str) -> Option<String> {
    let parts = split(clause, ';');
    let mut parts = parts.into_iter().map(str::trim);
    let name = parts.next()?.trim_matches('"').to_owned();
    let link = parts.find_map(|part| part.strip_prefix("link=")).map(|link| format!("<{}>", link.trim_matches('"')));
    // It says that the license lies elsewhere, without saying where.
    if name.is_empty() || name == "<<EXTERNAL>>" && link.is_none() {
        return None;
    }
    let name = if name.contains("://") { format!("<{name}>") } else { name };
    Some(match link {
        Some(link) if name.starts_with('<') => link,
        Some(link) => format!("{name} {link}"),
        None => name,
    })
}

/// Splits outside of quotes.
fn split(text: &str, at: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(|char: char| {
        quoted ^= char == '"';
        char == at && !quoted
    })
    .collect()
}

/// Reads a jar that lies in the tree: a copy of what it says it is, and of what was packed into it.
pub(super) fn parse(input: &Input) -> Parsed {
    let at = Location::file(input.path.clone());
    let bytes = match input.tree.read(input.path, Limits::DEFAULT.archive) {
        Ok(bytes) => bytes,
        Err(error) => return Parsed::failed(error.diagnostic(at)),
    };
    let files = match members(&bytes) {
        Ok(files) => files,
        // What it holds is listed nowhere else.
        Err(message) => return Parsed::failed(Diagnostic::new(Code::InvalidSyntax, at, message)),
    };
    let stem = input.path.file_name().unwrap_or_default().trim_end_matches(".jar");
    let mut embedded: Vec<Purl> = files
        .iter()
        .filter(|(name, _)| is_embedded(name, "pom.properties"))
        .filter_map(|(_, text)| named(text))
        .collect();
    let own = embedded.iter().position(|purl| stem == purl.name() || stem.starts_with(&format!("{}-", purl.name())));
    let own = match own {
        Some(own) => embedded.remove(own),
        None => by_manifest(files.get(MANIFEST), stem),
    };
    let mut records = Records::default();
    let jar = PackageRecord { origin: Origin::Unknown, direct: true, ..PackageRecord::new(own, at.clone()) };
    let mut traits = std::collections::BTreeSet::from([Trait::Vendored]);
    let mut scope = None;
    if stem == "gradle-wrapper" || stem == "maven-wrapper" {
        // The wrappers start the build, and nothing of them is shipped.
        (traits, scope) = ([Trait::BuildPlugin].into(), Some(Scope::Build));
    }
    let jar = records.add(PackageRecord { scope, traits, ..jar });
    for purl in embedded {
        let mut record = PackageRecord::new(purl, at.clone());
        record.traits.insert(Trait::Bundled);
        let target = records.add(record);
        records.need(jar, target, Scope::Runtime, false);
    }
    Parsed { records: records.finish(), ..Parsed::default() }
}

/// Reads the `pom.properties` of a project that was packed in.
fn named(text: &[u8]) -> Option<Purl> {
    let text = crate::syntax::text::decode(text).text;
    let value = |name: &str| {
        let found = text.lines().find_map(|line| line.trim().strip_prefix(name)?.trim_start().strip_prefix('='));
        found.map(str::trim).filter(|value| is_plain(value))
    };
    Some(Purl::with_namespace(ECOSYSTEM, Some(value("groupId")?), value("artifactId")?, value("version")))
}

/// Names a jar after its manifest, else after its file.
fn by_manifest(manifest: Option<&Vec<u8>>, stem: &str) -> Purl {
    let text = manifest.map(|bytes| crate::syntax::text::decode(bytes).text).unwrap_or_default();
    let said = |names: &[&str]| {
        let mut values = names.iter().filter_map(|name| attribute(&text, name));
        values
            .find_map(|(value, _)| Some(split(&value, ';').first()?.trim().to_owned()).filter(|value| is_plain(value)))
    };
    let dash = stem.char_indices().find(|(at, char)| {
        *char == '-' && stem.get(at + 1..).is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()))
    });
    let (name, version) = match dash.and_then(|(at, _)| stem.split_at_checked(at)) {
        Some((name, version)) => (name, Some(version.trim_start_matches('-').to_owned())),
        None => (stem, said(&["Bundle-Version", "Implementation-Version"])),
    };
    Purl::with_namespace(ECOSYSTEM, said(&["Implementation-Vendor-Id"]).as_deref(), name, version.as_deref())
}
