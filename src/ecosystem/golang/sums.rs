//! `go.sum`: checksums of archives. <https://go.dev/ref/mod#go-sum-files>.

use std::collections::BTreeMap;

use crate::base::{Code, Diagnostic, RelPath, hex_of_base64, sha256_hex};
use crate::ecosystem::{Input, Parsed};
use crate::model::Checksum;
use crate::scan::Limits;

/// The checksums of one `go.sum`.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    /// Of each module the versions with an archive; none, if only its `go.mod` was considered.
    modules: BTreeMap<String, Vec<(String, Checksum)>>,
    present: bool,
}

impl Sums {
    /// Reads a file; there need not be one.
    pub(super) fn read(input: &Input, file: &RelPath) -> Self {
        let mut sums = Self::default();
        if let Ok(text) = input.tree.read_text(file, Limits::DEFAULT.lockfile) {
            sums.present = true;
            text.lines().for_each(|line| sums.take(line));
        }
        sums
    }

    fn take(&mut self, line: &str) {
        let mut words = line.split_whitespace();
        let (Some(module), Some(version), Some(sum)) = (words.next(), words.next(), words.next()) else { return };
        let archives = self.modules.entry(module.to_owned()).or_default();
        // Of a version that was only considered there is the checksum of its `go.mod` alone.
        if version.ends_with("/go.mod") {
            return;
        }
        if let Some(hex) = sum.strip_prefix("h1:").and_then(hex_of_base64) {
            let checksum = Checksum { algorithm: "h1".to_owned(), hex };
            archives.push((version.to_owned(), checksum));
        }
    }

    /// Returns the checksum of a module's archive.
    pub(super) fn of(&self, module: &str, version: &str) -> Option<&Checksum> {
        let archives = self.modules.get(module)?;
        archives.iter().rev().find(|(archived, _)| archived == version).map(|(_, checksum)| checksum)
    }

    /// Returns whether the file speaks of a module in any version.
    pub(super) fn mentions(&self, module: &str) -> bool {
        self.modules.contains_key(module)
    }

    /// Returns whether the file is there and has never heard of a module.
    pub(super) fn lacks(&self, module: &str) -> bool {
        self.present && !self.mentions(module)
    }
}

/// A list of checksums says nothing by itself of what is needed.
pub(super) fn parse(input: &Input) -> Parsed {
    let dir = input.dir();
    if input.tree.has(&dir.join("go.mod")) || input.tree.has(&dir.join("go.work")) {
        return Parsed::default();
    }
    let message = "there is no `go.mod` beside it, so what is needed is unknown";
    Parsed::failed(Diagnostic::new(Code::NoLockfile, input.at(1), message).hint("commit `go.mod`"))
}

/// Returns the checksum of the contents of an archive: SHA-256 over the sorted list of its files' own checksums.
pub(super) fn checksum_of(files: &BTreeMap<String, Vec<u8>>) -> Checksum {
    let line = |(name, content): (&String, &Vec<u8>)| format!("{}  {name}\n", sha256_hex(content));
    let lines: String = files.iter().map(line).collect();
    Checksum { algorithm: "h1".to_owned(), hex: sha256_hex(lines.as_bytes()) }
}
