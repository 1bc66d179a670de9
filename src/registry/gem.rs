//! RubyGems: its interface for one version names the licenses; where it names none, the gem itself is read.
//!
//! <https://guides.rubygems.org/rubygems-org-api-v2/>. A gem is a tar file with its files packed once more inside.
//! Several licenses are, by custom, a choice.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::address::segment;
use super::http::{Session, Size};
use super::needs::{Named, Needs};
use super::range::Dialect;
use super::{Answer, Asked, LookupError, Registry, garbled, sha256};
use crate::base::Purl;
use crate::ecosystem::packed::{Files, Packing, unpack};
use crate::ecosystem::{Credits, Inspection};
use crate::model::{Checksum, Claim, ClaimKind, FieldFormat, Join};
use crate::scan::{ArchiveKind, Folder, Limits, read_archive};

pub(super) static RUBYGEMS: Registry = Registry {
    ty: "gem",
    name: "RubyGems",
    first,
    look_up,
    open: Some(open),
    inspect: Some(inspect),
    needs: Some(Needs { named, versions, dialect: Dialect::Gem }),
    // At most ten requests a second: <https://guides.rubygems.org/rubygems-org-rate-limits/>.
    pause: Duration::from_millis(110),
};

/// What is kept of an answer, as a file of the package.
const FILE: &str = "version.json";
/// The files of a gem.
const DATA: &str = "data.tar.gz";

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Gem {
    name: String,
    version: String,
    licenses: Option<Vec<String>>,
    sha: Option<String>,
    authors: Option<String>,
    homepage_uri: Option<String>,
    source_code_uri: Option<String>,
    dependencies: Dependencies,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Dependencies {
    runtime: Vec<Dependency>,
}

#[derive(Serialize, Deserialize)]
struct Dependency {
    name: String,
    requirements: String,
}

/// A line of the list of versions.
#[derive(Deserialize)]
struct Release {
    number: String,
}

/// Returns name, version and platform of a gem, as its file is named.
fn file_name(purl: &Purl) -> Option<String> {
    let platform = purl.qualifiers().get("platform").map(|platform| format!("-{platform}")).unwrap_or_default();
    segment(&format!("{}-{}{platform}", purl.name(), purl.version()?))
}

fn first(purl: &Purl) -> Option<String> {
    let (name, version) = (segment(purl.name())?, segment(purl.version()?)?);
    let platform = purl.qualifiers().get("platform").and_then(|platform| segment(platform));
    let platform = platform.map(|platform| format!("?platform={platform}")).unwrap_or_default();
    Some(format!("/api/v2/rubygems/{name}/versions/{version}.json{platform}"))
}

fn look_up(asked: &Asked, session: &Session) -> Result<Answer, LookupError> {
    let gem: Gem = serde_json::from_slice(&session.first(asked, Size::Answer)?).map_err(|error| garbled(&error))?;
    let text = serde_json::to_vec_pretty(&gem).map_err(|error| garbled(&error))?;
    let checksum = |hex: String| Checksum { algorithm: "sha256".to_owned(), hex: hex.to_ascii_lowercase() };
    let checksums = gem.sha.map(checksum).into_iter().collect();
    Ok(Answer { files: Files::from([(FILE.to_owned(), text)]), whole: false, checksums })
}

fn open(asked: &Asked, first: &Answer, session: &Session) -> Result<Answer, LookupError> {
    let name = file_name(asked.purl).ok_or(LookupError::NotFound)?;
    let bytes = session.get(&format!("/gems/{name}.gem"), Size::Archive)?;
    let checksum = sha256(&bytes);
    super::same_as_listed(&checksum, first)?;
    let mut outer = read_archive(ArchiveKind::Tar, &bytes, false, &|file| file == DATA)?;
    let data = outer.remove(DATA).ok_or_else(|| LookupError::Garbled("it is not a gem".to_owned()))?;
    let mut files = unpack(&data, &PACKING)?;
    files.extend(first.files.clone());
    Ok(Answer { files, whole: true, checksums: vec![checksum] })
}

fn named(answer: &Answer) -> Result<Vec<Named>, LookupError> {
    let gem = answer.files.get(FILE).map_or(&[][..], Vec::as_slice);
    let gem: Gem = serde_json::from_slice(gem).map_err(|error| garbled(&error))?;
    let named = |need: &Dependency| Named::new(Purl::new("gem", &need.name, None), &need.requirements);
    Ok(gem.dependencies.runtime.iter().map(named).collect())
}

fn versions(purl: &Purl, session: &Session) -> Result<Vec<String>, LookupError> {
    let name = segment(purl.name()).ok_or(LookupError::NotFound)?;
    let bytes = session.get(&format!("/api/v1/versions/{name}.json"), Size::Answer)?;
    let releases: Vec<Release> = serde_json::from_slice(&bytes).map_err(|error| garbled(&error))?;
    Ok(releases.into_iter().map(|release| release.number).collect())
}

const PACKING: Packing =
    Packing { kind: ArchiveKind::TarGz, strip: false, is_manifest: |_| false, inspect: |_| Inspection::default() };

fn inspect(folder: &Folder) -> Inspection {
    let text = folder.read(FILE, Limits::DEFAULT.manifest).unwrap_or_default();
    let Ok(gem) = serde_json::from_slice::<Gem>(&text) else { return Inspection::default() };
    let licenses: Vec<String> =
        gem.licenses.into_iter().flatten().filter(|license| !license.trim().is_empty()).collect();
    let claim =
        Claim::fields(ClaimKind::Registry, FieldFormat::Spdx, Join::Or, licenses.clone(), folder.location(FILE));
    let said = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    Inspection {
        identity: Some((gem.name, gem.version)).filter(|(name, _)| !name.is_empty()),
        claims: Some(claim).filter(|_| !licenses.is_empty()).into_iter().collect(),
        credits: Credits {
            authors: said(gem.authors).into_iter().collect(),
            homepage: said(gem.homepage_uri),
            repository: said(gem.source_code_uri),
        },
        ..Inspection::default()
    }
}
