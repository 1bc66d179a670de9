//! The Go module proxy: one request gives the archive of a module, whose contents `go.sum` pins.
//!
//! <https://go.dev/ref/mod#goproxy-protocol>. There is no metadata about licenses: the texts are all there is.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::http::{Session, Size};
use super::{Answer, Asked, LookupError, Registry};
use crate::base::Purl;
use crate::ecosystem::golang::{proxy_path, unpack};

pub(super) static GO_PROXY: Registry = Registry {
    ty: "golang",
    name: "the Go module proxy",
    first,
    look_up,
    open: None,
    inspect: None,
    needs: None,
    pause: Duration::from_millis(5),
};

/// Held while an archive is read: the checksum is over everything in it.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn first(purl: &Purl) -> Option<String> {
    proxy_path(&purl.full_name(), purl.version()?)
}

fn look_up(asked: &Asked, session: &Session) -> Result<Answer, LookupError> {
    let bytes = session.first(asked, Size::Archive)?;
    let _held = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let (mut files, checksum) = unpack(&bytes, &asked.purl.full_name(), asked.purl.version().unwrap_or_default())?;
    // Of other files only the names were kept.
    files.retain(|_, content| !content.is_empty());
    Ok(Answer { files, whole: true, checksums: vec![checksum] })
}
