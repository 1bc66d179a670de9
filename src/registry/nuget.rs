//! NuGet: the manifest of a package, and where that points to a file, the package itself.
//!
//! <https://learn.microsoft.com/en-us/nuget/api/package-base-address-resource>. The hash in a lockfile leaves the
//! signature out that the registry adds to a package: where the package is read, it ties the answer to the lockfile.

use std::time::Duration;

use super::address::segment;
use super::http::{Session, Size};
use super::signed::{ContentHash, content_hash};
use super::{Answer, Asked, LookupError, Registry, inspect_as};
use crate::base::Purl;
use crate::ecosystem::nuget::CONTENT_HASH;
use crate::ecosystem::packed::{Files, Packing, unpack};
use crate::model::Checksum;
use crate::scan::ArchiveKind;

pub(super) static NUGET: Registry = Registry {
    ty: "nuget",
    name: "NuGet",
    first,
    look_up,
    open: Some(open),
    inspect: None,
    needs: None,
    pause: Duration::from_millis(10),
};

const PACKING: Packing = Packing {
    kind: ArchiveKind::Zip,
    strip: false,
    is_manifest: |file| !file.contains('/') && file.rsplit_once('.').is_some_and(|(_, ending)| ending == "nuspec"),
    inspect: |folder| inspect_as("nuget", folder),
};

/// Names and versions are lower case in addresses; what a version says of its build is left out.
fn name_version(purl: &Purl) -> Option<(String, String)> {
    let version = purl.version()?.split('+').next()?;
    Some((segment(&purl.name().to_ascii_lowercase())?, segment(&version.to_ascii_lowercase())?))
}

fn first(purl: &Purl) -> Option<String> {
    let (name, version) = name_version(purl)?;
    Some(format!("/v3-flatcontainer/{name}/{version}/{name}.nuspec"))
}

fn look_up(asked: &Asked, session: &Session) -> Result<Answer, LookupError> {
    let bytes = session.first(asked, Size::Answer)?;
    let file = format!("{}.nuspec", asked.purl.name().to_ascii_lowercase());
    Ok(Answer { files: Files::from([(file, bytes)]), ..Answer::default() })
}

fn open(asked: &Asked, _: &Answer, session: &Session) -> Result<Answer, LookupError> {
    let (name, version) = name_version(asked.purl).ok_or(LookupError::NotFound)?;
    let bytes = session.get(&format!("/v3-flatcontainer/{name}/{version}/{name}.{version}.nupkg"), Size::Archive)?;
    let checksum = |hex: String| Checksum { algorithm: CONTENT_HASH.to_owned(), hex };
    let checksums = match content_hash(&bytes) {
        Some(ContentHash::Unsigned(hex)) => vec![checksum(hex)],
        // How a signature was packed is the registry's affair: another digest proves nothing.
        Some(ContentHash::Signed(hex)) => {
            vec![checksum(hex)].into_iter().filter(|sum| asked.checksums.contains(sum)).collect()
        }
        None => Vec::new(),
    };
    Ok(Answer { files: unpack(&bytes, &PACKING)?, whole: true, checksums })
}
