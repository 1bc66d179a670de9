//! pub.dev: one request gives the archive that `pubspec.lock` pins. A package says nothing of its license but the text.
//!
//! <https://github.com/dart-lang/pub/blob/master/doc/repository-spec-v2.md>. The interface of the website is not used:
//! the licenses it names are what the site recognized in the newest version.

use std::time::Duration;

use super::address::segment;
use super::http::{Session, Size};
use super::{Answer, Asked, LookupError, Registry, sha256};
use crate::base::Purl;
use crate::ecosystem::Inspection;
use crate::ecosystem::packed::{Packing, unpack};
use crate::scan::ArchiveKind;

pub(super) static PUB_DEV: Registry = Registry {
    ty: "pub",
    name: "pub.dev",
    first,
    look_up,
    open: None,
    inspect: None,
    needs: None,
    pause: Duration::from_millis(10),
};

const PACKING: Packing =
    Packing { kind: ArchiveKind::TarGz, strip: false, is_manifest: |_| false, inspect: |_| Inspection::default() };

fn first(purl: &Purl) -> Option<String> {
    let file = segment(&format!("{}-{}", purl.name(), purl.version()?))?;
    Some(format!("/api/archives/{file}.tar.gz"))
}

fn look_up(asked: &Asked, session: &Session) -> Result<Answer, LookupError> {
    let bytes = session.first(asked, Size::Archive)?;
    Ok(Answer { files: unpack(&bytes, &PACKING)?, whole: true, checksums: vec![sha256(&bytes)] })
}
