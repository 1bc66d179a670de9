//! Notices every access to a folder that the program has no business in.

use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::inotify::{self, CreateFlags, Reader, WatchFlags};

/// A watch on a folder and the files in it.
pub(super) struct Watch(OwnedFd);

impl Watch {
    /// Starts to watch a folder: opening it, or opening or reading a file directly in it, is noticed.
    pub(super) fn on(folder: &Path) -> Self {
        let queue = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).unwrap();
        inotify::add_watch(&queue, folder, WatchFlags::OPEN | WatchFlags::ACCESS).unwrap();
        Self(queue)
    }

    /// Returns the names of what was opened or read since; the folder itself is `.`.
    pub(super) fn opened(&self) -> Vec<String> {
        let mut buffer = vec![std::mem::MaybeUninit::uninit(); 64 * 1024];
        let mut reader = Reader::new(&self.0, &mut buffer);
        let mut names = Vec::new();
        while let Ok(event) = reader.next() {
            names.push(event.file_name().map_or_else(|| ".".to_owned(), |name| name.to_string_lossy().into_owned()));
        }
        names
    }
}
