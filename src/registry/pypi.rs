//! PyPI: its JSON interface gives the metadata and the files of a release; where that leaves the license open, one of
//! the files that the lockfile pins is read: the source distribution, which has the texts most often, else a wheel.
//!
//! Mirrors often have the simple index alone: there the metadata file beside a wheel takes its place.
//!
//! <https://docs.pypi.org/api/json/>, <https://packaging.python.org/en/latest/specifications/simple-repository-api/>.
//! Left out on purpose: the description.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::address::segment;
use super::http::{Session, Size};
use super::needs::{Named, Needs};
use super::range::Dialect;
use super::{Answer, Asked, LookupError, Registry, garbled, inspect_as, same_as_listed, sha256};
use crate::base::Purl;
use crate::ecosystem::packed::{Files, Packing, unpack, unpack_wheel};
use crate::ecosystem::pypi::requirement::Requirement;
use crate::ecosystem::pypi::{is_said, license_classifiers};
use crate::ecosystem::{Credits, Inspection};
use crate::model::{Checksum, Claim, ClaimKind, FieldFormat, Join};
use crate::scan::{ArchiveKind, Folder, Limits};
use crate::syntax::headers::first_block;
use crate::syntax::json::{Json, read};
use crate::syntax::text::decode;

pub(super) static PYPI: Registry = Registry {
    ty: "pypi",
    name: "PyPI",
    first,
    look_up,
    open: Some(open),
    inspect: Some(inspect),
    needs: Some(Needs { named, versions, dialect: Dialect::Pypi }),
    pause: Duration::from_millis(5),
};

/// What is kept of an answer, as a file of the package.
const FILE: &str = "release.json";

#[derive(Serialize, Deserialize)]
struct Release {
    info: Info,
    #[serde(default)]
    urls: Vec<Distribution>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Info {
    name: String,
    version: String,
    license_expression: Option<String>,
    license: Option<String>,
    classifiers: Vec<String>,
    author: Option<String>,
    author_email: Option<String>,
    home_page: Option<String>,
    project_urls: Option<BTreeMap<String, Option<String>>>,
    requires_dist: Option<Vec<String>>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Distribution {
    filename: String,
    url: String,
    #[serde(default)]
    size: u64,
    digests: Digests,
}

#[derive(Clone, Serialize, Deserialize)]
struct Digests {
    sha256: String,
}

impl Release {
    fn has_wheel(&self) -> bool {
        self.urls.iter().any(Distribution::is_wheel)
    }
}

impl Distribution {
    fn checksum(&self) -> Checksum {
        Checksum { algorithm: "sha256".to_owned(), hex: self.digests.sha256.to_ascii_lowercase() }
    }

    fn is_wheel(&self) -> bool {
        self.filename.strip_suffix(WHEEL).is_some()
    }

    /// Returns how a source distribution is packed, if it is one that can be read.
    fn source_kind(&self) -> Option<ArchiveKind> {
        SOURCES.iter().find(|(end, _)| self.filename.strip_suffix(end).is_some()).map(|(_, kind)| *kind)
    }
}

const WHEEL: &str = ".whl";
const SOURCES: &[(&str, ArchiveKind)] =
    &[(".tar.gz", ArchiveKind::TarGz), (".tgz", ArchiveKind::TarGz), (".zip", ArchiveKind::Zip)];

fn first(purl: &Purl) -> Option<String> {
    Some(format!("/pypi/{}/{}/json", segment(purl.name())?, segment(purl.version()?)?))
}

fn look_up(asked: &Asked, session: &Session) -> Result<Answer, LookupError> {
    if session.takes_detour() {
        return from_index(asked, session);
    }
    let release = match session.first(asked, Size::Answer) {
        Ok(bytes) => parse(&bytes)?,
        Err(LookupError::NotFound) => {
            let found = from_index(asked, session)?;
            session.note_detour();
            return Ok(found);
        }
        Err(error) => return Err(error),
    };
    answer(&release, Files::new())
}

fn answer(release: &Release, mut files: Files) -> Result<Answer, LookupError> {
    let checksums = release.urls.iter().map(Distribution::checksum).collect();
    let text = serde_json::to_vec_pretty(release).map_err(|error| garbled(&error))?;
    files.insert(FILE.to_owned(), text);
    Ok(Answer { files, whole: false, checksums })
}

/// The simple index: every file of every release of a project.
#[derive(Deserialize)]
struct Index {
    files: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Listed {
    filename: String,
    url: String,
    #[serde(default)]
    size: u64,
    /// By algorithm; there may be none.
    hashes: BTreeMap<String, String>,
    #[serde(default)]
    core_metadata: serde_json::Value,
    #[serde(default)]
    yanked: serde_json::Value,
}

impl Listed {
    /// Returns the version whose file this is, by its name: `NAME-VERSION-TAGS.whl`, `NAME-VERSION.tar.gz`.
    fn version_of(&self, name: &str) -> Option<&str> {
        let is_named = |found: &str| Purl::new("pypi", found, None).name() == name;
        if let Some(stem) = self.filename.strip_suffix(WHEEL) {
            let mut parts = stem.split('-');
            return parts.next().is_some_and(is_named).then(|| parts.next())?;
        }
        // The name of a source distribution may have hyphens of its own.
        let stem = SOURCES.iter().find_map(|(end, _)| self.filename.strip_suffix(end))?;
        stem.rsplit_once('-').filter(|(found, _)| is_named(found)).map(|(_, version)| version)
    }
}

/// Asks for every file of a project.
fn listed(purl: &Purl, session: &Session) -> Result<Vec<Listed>, LookupError> {
    let name = segment(purl.name()).ok_or(LookupError::NotFound)?;
    let bytes = session.get_as(&format!("/simple/{name}/"), "application/vnd.pypi.simple.v1+json")?;
    let index: Index = serde_json::from_slice(&bytes).map_err(|error| garbled(&error))?;
    Ok(index.files)
}

fn versions(purl: &Purl, session: &Session) -> Result<Vec<String>, LookupError> {
    let files = listed(purl, session)?;
    // What is withdrawn has `true` or a reason.
    let held = files.iter().filter(|file| !(file.yanked.is_string() || file.yanked == true));
    let versions: BTreeSet<&str> = held.filter_map(|file| file.version_of(purl.name())).collect();
    Ok(versions.into_iter().map(str::to_owned).collect())
}

fn named(answer: &Answer) -> Result<Vec<Named>, LookupError> {
    let release = answer.files.get(FILE).map(|bytes| parse(bytes)).transpose()?;
    let of_wheel = answer.files.get("METADATA").map(|bytes| first_block(&decode(bytes).text));
    let of_source = answer.files.get("PKG-INFO").map(|bytes| first_block(&decode(bytes).text));
    // What a source distribution says may be found out only when it is built.
    let of_source = of_source.filter(|block| {
        let is_dynamic = block.all("Dynamic").any(|field| field.value.eq_ignore_ascii_case("Requires-Dist"));
        !is_dynamic && (block.get("Requires-Dist").is_some() || block.get("Dynamic").is_some())
    });
    let said = release.as_ref().and_then(|release| release.info.requires_dist.clone());
    let has_interface = |release: &Release| !release.info.name.is_empty();
    let requirements = match (said, of_wheel.or(of_source)) {
        (Some(said), _) => said,
        (None, Some(block)) => block.all("Requires-Dist").map(|field| field.value.clone()).collect(),
        // The interface is silent about a wheel that needs nothing, and about a release without wheels.
        (None, None) if release.is_some_and(|release| has_interface(&release) && release.has_wheel()) => Vec::new(),
        (None, None) => return Err(LookupError::Garbled("it does not say what the package needs".to_owned())),
    };
    let mut found = Vec::new();
    for text in &requirements {
        let Some(requirement) = Requirement::parse(text) else {
            return Err(LookupError::Garbled("a requirement is not valid".to_owned()));
        };
        let named = Named {
            optional: requirement.is_optional(),
            elsewhere: requirement.url.is_some(),
            ..Named::new(Purl::new("pypi", &requirement.name, None), &requirement.specifiers)
        };
        // Nobody who asks for the package alone gets its extras.
        found.extend(Some(named).filter(|_| !requirement.marker.contains("extra")));
    }
    Ok(found)
}

fn from_index(asked: &Asked, session: &Session) -> Result<Answer, LookupError> {
    let (name, version) = (asked.purl.name(), asked.purl.version().unwrap_or_default());
    let files = listed(asked.purl, session)?;
    let files: Vec<Listed> = files.into_iter().filter(|file| file.version_of(name) == Some(version)).collect();
    let metadata = files
        .iter()
        .find(|file| file.core_metadata.is_object() || file.core_metadata == true)
        .and_then(|file| session.follow(&format!("{}.metadata", file.url), Size::Answer).ok());
    let urls: Vec<Distribution> = files
        .into_iter()
        .filter_map(|Listed { filename, url, size, mut hashes, .. }| {
            Some(Distribution { filename, url, size, digests: Digests { sha256: hashes.remove("sha256")? } })
        })
        .collect();
    if urls.is_empty() {
        return Err(LookupError::NotFound);
    }
    let metadata = metadata.map(|bytes| ("METADATA".to_owned(), bytes));
    answer(&Release { info: Info::default(), urls }, metadata.into_iter().collect())
}

fn open(asked: &Asked, first: &Answer, session: &Session) -> Result<Answer, LookupError> {
    let release = parse(first.files.get(FILE).map_or(&[][..], Vec::as_slice))?;
    let pinned: Vec<&Checksum> = asked.checksums.iter().filter(|checksum| checksum.algorithm == "sha256").collect();
    let mut fitting: Vec<&Distribution> = release
        .urls
        .iter()
        .filter(|file| file.is_wheel() || file.source_kind().is_some())
        .filter(|file| pinned.is_empty() || pinned.contains(&&file.checksum()))
        .collect();
    fitting.sort_by_key(|file| (file.is_wheel(), file.size, file.filename.clone()));
    let file = fitting.first().ok_or(LookupError::NotFound)?;
    let bytes = session.follow(&file.url, Size::Archive)?;
    let checksum = sha256(&bytes);
    same_as_listed(&checksum, &Answer { checksums: vec![file.checksum()], ..Answer::default() })?;
    let mut files = match file.source_kind() {
        Some(kind) => unpack(&bytes, &Packing { kind, ..SOURCE })?,
        None => unpack_wheel(&bytes)?.unwrap_or_default(),
    };
    files.extend(first.files.get(FILE).map(|release| (FILE.to_owned(), release.clone())));
    Ok(Answer { files, whole: true, checksums: vec![checksum] })
}

const SOURCE: Packing = Packing {
    kind: ArchiveKind::TarGz,
    strip: true,
    is_manifest: |file| file == "PKG-INFO",
    inspect: |folder| inspect_as("pypi", folder),
};

fn parse(bytes: &[u8]) -> Result<Release, LookupError> {
    serde_json::from_slice(bytes).map_err(|error| garbled(&error))
}

/// Reads the registry's answer, or the metadata of a distribution that was opened.
fn inspect(folder: &Folder) -> Inspection {
    let at = folder.location(FILE);
    let names = folder.files("");
    if names.iter().any(|name| matches!(name.as_str(), "METADATA" | "PKG-INFO")) {
        return inspect_as("pypi", folder);
    }
    let Ok(text) = folder.read_text(FILE, Limits::DEFAULT.manifest) else { return Inspection::default() };
    let (json, Ok(release)) = (Json::new(&text), parse(text.as_bytes())) else { return Inspection::default() };
    let raw = json.object(&at).map(|root| root.object("info")).unwrap_or_default();
    let place = |key: &str| raw.get(key).map_or_else(|| at.clone(), |value| at.at_line(json.line(value)));
    let info = release.info;
    let mut claims = Vec::new();
    // In the order of precedence, as in the metadata of a distribution.
    for (key, said, format) in [
        ("license_expression", &info.license_expression, FieldFormat::Spdx),
        ("license", &info.license, FieldFormat::Free),
    ] {
        let said = said.as_deref().filter(|said| is_said(said));
        claims.extend(said.map(|said| Claim::field(ClaimKind::Registry, format, said, place(key))));
    }
    let found = license_classifiers(info.classifiers.iter().map(String::as_str));
    if !found.is_empty() {
        let (kind, format) = (ClaimKind::Registry, FieldFormat::Classifier);
        let first = raw
            .array("classifiers")
            .into_iter()
            .find(|value| read::<String>(value).is_some_and(|text| text.starts_with("License ::")));
        let at = first.map_or_else(|| place("classifiers"), |value| at.at_line(json.line(value)));
        claims.push(Claim::fields(kind, format, Join::Unknown, found, at));
    }
    let identity = Some((info.name.clone(), info.version.clone())).filter(|(name, _)| !name.is_empty());
    Inspection { identity, claims, credits: credits(&info), ..Inspection::default() }
}

fn credits(info: &Info) -> Credits {
    let said = |text: &Option<String>| text.clone().filter(|text| is_said(text));
    let url = |labels: &[&str]| {
        let mut urls = info.project_urls.iter().flatten();
        urls.find_map(|(label, url)| {
            labels.iter().any(|known| label.eq_ignore_ascii_case(known)).then(|| url.clone())?
        })
    };
    Credits {
        authors: said(&info.author).or_else(|| said(&info.author_email)).into_iter().collect(),
        homepage: said(&info.home_page).or_else(|| url(&["homepage", "home"])),
        repository: url(&["repository", "source", "source code", "github", "code"]),
    }
}
