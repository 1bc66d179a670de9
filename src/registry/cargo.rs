//! crates.io: one request to the static download host gives manifest and license texts of exactly the bytes that the
//! lockfile pins. The index has no licenses, and the web interface is not for programs.

use std::time::Duration;

use super::address::segment;
use super::http::{Session, Size};
use super::{Answer, Asked, LookupError, Registry, inspect_as, sha256};
use crate::base::Purl;
use crate::ecosystem::packed::{Packing, unpack};
use crate::scan::ArchiveKind;

pub(super) static CRATES_IO: Registry = Registry {
    ty: "cargo",
    name: "crates.io",
    first,
    look_up,
    open: None,
    inspect: None,
    pause: Duration::from_millis(5),
};

const PACKING: Packing = Packing {
    kind: ArchiveKind::TarGz,
    strip: true,
    is_manifest: |file| file == "Cargo.toml",
    inspect: |folder| inspect_as("cargo", folder),
};

fn first(purl: &Purl) -> Option<String> {
    let (name, version) = (segment(purl.name())?, segment(purl.version()?)?);
    Some(format!("/crates/{name}/{name}-{version}.crate"))
}

fn look_up(asked: &Asked, session: &Session) -> Result<Answer, LookupError> {
    let bytes = session.first(asked, Size::Archive)?;
    Ok(Answer { files: unpack(&bytes, &PACKING)?, whole: true, checksums: vec![sha256(&bytes)] })
}
