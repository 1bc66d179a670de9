//! Maven Central: the `pom` of an artifact, and of its parents up to the first that names a license; where none does,
//! the jar is read.
//!
//! <https://maven.apache.org/repository/layout.html>. No lockfile has a checksum for every artifact; where one is
//! recorded it may be that of the `pom` or of the jar.

use std::time::Duration;

use super::address::segment;
use super::http::{Session, Size};
use super::{Answer, Asked, LookupError, Registry, STORE, inspect_as, sha256};
use crate::base::{Location, Purl, RelPath};
use crate::ecosystem::Inspection;
use crate::ecosystem::packed::{Files, Packing, unpack};
use crate::model::Checksum;
use crate::scan::{ArchiveKind, Folder, Limits};
use crate::syntax::text::decode;
use crate::syntax::xml::{Xml, child, text};

pub(super) static MAVEN_CENTRAL: Registry = Registry {
    ty: "maven",
    name: "Maven Central",
    first,
    look_up,
    open: Some(open),
    inspect: Some(inspect),
    needs: None,
    pause: Duration::from_millis(10),
};

const MAX_PARENTS: usize = 32;
/// The folder of the parents in what is kept of an answer, nearest first.
const PARENTS: &str = "parents";

const PACKING: Packing = Packing {
    kind: ArchiveKind::Zip,
    strip: false,
    is_manifest: |file| {
        let embedded = file.strip_prefix("META-INF/maven/").and_then(|rest| rest.strip_suffix("/pom.xml"));
        file == "META-INF/MANIFEST.MF" || embedded.is_some()
    },
    inspect: |folder| inspect_as("maven", folder),
};

/// Where an artifact stands in the repository.
struct Coordinates {
    group: String,
    artifact: String,
    version: String,
}

impl Coordinates {
    fn of(purl: &Purl) -> Option<Self> {
        let (group, version) = (purl.namespace()?.to_owned(), purl.version()?.to_owned());
        Some(Self { group, artifact: purl.name().to_owned(), version })
    }

    fn file(&self, ending: &str) -> String {
        format!("{}-{}.{ending}", self.artifact, self.version)
    }

    fn path(&self, ending: &str) -> Option<String> {
        let group: Option<Vec<String>> = self.group.split('.').map(segment).collect();
        let (artifact, version) = (segment(&self.artifact)?, segment(&self.version)?);
        Some(format!("/{}/{artifact}/{version}/{}", group?.join("/"), segment(&self.file(ending))?))
    }
}

fn first(purl: &Purl) -> Option<String> {
    Coordinates::of(purl)?.path("pom")
}

fn look_up(asked: &Asked, session: &Session) -> Result<Answer, LookupError> {
    let mut files = Files::new();
    let mut checksums = Vec::new();
    let mut next = Coordinates::of(asked.purl);
    for n_parents in 0..MAX_PARENTS {
        let Some(project) = next.take() else { break };
        let path = project.path("pom").ok_or(LookupError::NotFound)?;
        let bytes = session.get(&path, Size::Answer)?;
        next = parent(&bytes)?;
        if n_parents == 0 {
            checksums = recorded(asked, &bytes);
            files.insert(project.file("pom"), bytes);
        } else {
            files.insert(format!("{PARENTS}/{n_parents:02}/{}", project.file("pom")), bytes);
        }
    }
    Ok(Answer { files, whole: false, checksums })
}

/// Returns the checksum of a file if it is among those that were recorded.
fn recorded(asked: &Asked, bytes: &[u8]) -> Vec<Checksum> {
    Some(sha256(bytes)).filter(|checksum| asked.checksums.contains(checksum)).into_iter().collect()
}

/// Returns the parent that a project inherits its licenses from: none if it has its own, or no parent.
fn parent(bytes: &[u8]) -> Result<Option<Coordinates>, LookupError> {
    let content = decode(bytes).text;
    let xml = Xml::parse(content.trim_start(), &Location::file(RelPath::root()))
        .map_err(|diagnostic| LookupError::Garbled(diagnostic.message))?;
    let has_license = child(xml.root(), "licenses").is_some_and(|licenses| child(licenses, "license").is_some());
    let Some(parent) = child(xml.root(), "parent").filter(|_| !has_license) else { return Ok(None) };
    let part = |name: &str| text(parent, name).map(str::to_owned);
    match (part("groupId"), part("artifactId"), part("version")) {
        (Some(group), Some(artifact), Some(version)) => Ok(Some(Coordinates { group, artifact, version })),
        _ => Err(LookupError::Garbled("it names a parent without saying which".to_owned())),
    }
}

fn open(asked: &Asked, first: &Answer, session: &Session) -> Result<Answer, LookupError> {
    let path = Coordinates::of(asked.purl).and_then(|project| project.path("jar")).ok_or(LookupError::NotFound)?;
    let bytes = session.get(&path, Size::Archive)?;
    let mut files = unpack(&bytes, &PACKING)?;
    files.extend(first.files.clone());
    let checksums = first.checksums.iter().cloned().chain([sha256(&bytes)]).collect();
    Ok(Answer { files, whole: true, checksums })
}

/// Reads an artifact's files, and the parents it inherits from around it.
fn inspect(folder: &Folder) -> Inspection {
    let mut around: Option<Folder> = None;
    for below in folder.folders(PARENTS).into_iter().rev() {
        let below = format!("{PARENTS}/{below}");
        let read = |name: String| {
            let bytes = folder.read(&format!("{below}/{name}"), Limits::DEFAULT.manifest).ok()?;
            Some((name, bytes))
        };
        let files = folder.files(&below).into_iter().filter_map(read).collect();
        let parent = Folder::in_memory(files, Some(STORE), folder.location(&below).path);
        around = Some(match around {
            Some(outer) => parent.inside(outer),
            None => parent,
        });
    }
    let folder = folder.clone();
    inspect_as("maven", &around.map_or(folder.clone(), |outer| folder.inside(outer)))
}
