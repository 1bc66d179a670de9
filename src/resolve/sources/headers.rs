//! What the source files of the project say of themselves: tags, notices, and statements of REUSE about them.

use rayon::prelude::*;

use super::media::is_media;
use super::reuse::Statements;
use super::{Own, Stated, is_said};
use crate::base::{Location, RelPath, sha256_hex};
use crate::license::identify::{Conclusion, Identification, source_file};
use crate::model::{Claim, ClaimKind, Statement};
use crate::resolve::{Asset, file_role};
use crate::scan::Tree;
use crate::syntax::text::{decode, is_binary};

/// A header stands at the top: so much of a file is read, in bytes.
const HEAD: u64 = 16 * 1024;

/// A header ends here, for words that could mean several licenses.
const LAST_LINE: u32 = 40;

/// Reads the headers of all files that are looked at, by path.
pub(super) fn read(own: &Own, reuse: &Statements) -> Vec<Stated> {
    let files = own.tree.files();
    files.par_iter().filter_map(|file| stated(own.tree, own, reuse, &file.path)).collect()
}

fn stated(tree: &Tree, own: &Own, reuse: &Statements, path: &RelPath) -> Option<Stated> {
    let name = path.file_name()?;
    if is_media(name) || file_role(name).is_some() || name.ends_with(".license") || !own.looks_at(path) {
        return None;
    }
    reuse.of(tree, path, || says(tree, path, name))
}

/// What the head of a file says.
fn says(tree: &Tree, path: &RelPath, name: &str) -> Option<Stated> {
    let (bytes, _) = tree.root().read_head(path, HEAD).ok()?;
    if is_binary(&bytes) {
        return None;
    }
    let found = source_file(name, &text_of(&bytes));
    if !is_said(&found) {
        return None;
    }
    let line = found.matches.first().map(|found| found.start_line);
    // Farther down a bare name is talk of a license, not a grant.
    let vague = matches!(found.conclusion, Conclusion::Candidates(_));
    if vague && line.is_some_and(|line| line > LAST_LINE) {
        return None;
    }
    let at = Location { line, ..Location::file(path.clone()) };
    let claim = text_claim(path, at, &bytes, &found);
    Some(Stated { path: path.clone(), conclusion: found.conclusion.clone(), claim, asset: Asset::default() })
}

/// Decodes the head of a file; a character that was cut in two is no sign of another encoding.
fn text_of(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => {
            String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default()).into_owned()
        }
        _ => decode(bytes).text,
    }
}

/// A claim that a file makes by its own words.
pub(super) fn text_claim(path: &RelPath, at: Location, bytes: &[u8], found: &std::sync::Arc<Identification>) -> Claim {
    let says = Statement::Text { sha256: sha256_hex(bytes), identification: std::sync::Arc::clone(found) };
    Claim { kind: ClaimKind::Text, raw: path.as_str().to_owned(), at, says, heuristic: false }
}
