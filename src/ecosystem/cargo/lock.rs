//! `Cargo.lock`, versions 1 to 4: the entries, and which entry each dependency means.
//!
//! Version 1 has no `version` key and keeps checksums in `[metadata]`; very old ones have the root package in `[root]`.
//! Version 2 moved checksums to the entries and shortened dependencies to what is unambiguous.
//! Versions 3 and 4 changed how git sources are written.
//! `[[patch.unused]]` entries are in no graph and are left out.
//! Specified by `cargo/src/cargo/core/resolver/encode.rs` in rust-lang/cargo.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Code, Diagnostic};
use crate::ecosystem::Input;
use crate::syntax::toml::{Document, Value};

/// The newest version that is known here.
const NEWEST_VERSION: u32 = 4;

/// What a lockfile says.
#[derive(Debug, Default)]
pub(super) struct Lock {
    /// The packages, in the order of the file; entries that `[replace]` overrides are left out.
    pub(super) packages: Vec<Locked>,
    /// What could not be read.
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// One package of a lockfile.
#[derive(Debug)]
pub(super) struct Locked {
    pub(super) name: String,
    pub(super) version: String,
    /// Where it comes from, as written; local packages have none.
    pub(super) source: Option<String>,
    /// The SHA-256 of its archive.
    pub(super) checksum: Option<String>,
    /// Indexes of the packages it needs, without repetition.
    pub(super) needs: Vec<usize>,
    /// The line of its entry.
    pub(super) line: u32,
}

/// One entry as it stands in the file.
struct Entry<'doc> {
    name: &'doc str,
    version: &'doc str,
    source: Option<&'doc str>,
    checksum: Option<&'doc str>,
    /// The entry that takes its place.
    replace: Option<&'doc str>,
    value: &'doc Value,
}

/// Reads a lockfile.
pub(super) fn read(input: &Input, text: &str) -> Lock {
    let document = Document::parse(text);
    let mut lock = Lock::default();
    for problem in &document.problems {
        lock.diagnostics.push(Diagnostic::new(Code::InvalidSyntax, input.at(problem.line), &problem.message));
    }
    check_version(input, &document.root, &mut lock.diagnostics);
    let mut entries = entries(input, &document.root, &mut lock.diagnostics);
    leave_out_repeated(input, &mut entries, &mut lock.diagnostics);
    let index = Index::new(&entries);
    // Where each entry ends up in the result; an overridden one stands for its replacement.
    let mut positions: Vec<Option<usize>> = Vec::with_capacity(entries.len());
    let mut n_kept = 0;
    for entry in &entries {
        positions.push(entry.replace.is_none().then_some(n_kept));
        n_kept += usize::from(entry.replace.is_none());
    }
    let final_position = |at: usize| {
        let replace = entries.get(at)?.replace;
        let at = replace.map_or(Some(at), |replace| index.find(&entries, replace).first().copied())?;
        positions.get(at).copied().flatten()
    };
    for entry in entries.iter().filter(|entry| entry.replace.is_none()) {
        let mut needs = Vec::new();
        for (wanted, line) in entry.value.get("dependencies").into_iter().flat_map(Value::strings) {
            let found = index.find(&entries, wanted);
            if found.is_empty() {
                let message = format!("`{}` needs `{wanted}`, which has no entry", entry.name);
                lock.diagnostics.push(Diagnostic::new(Code::InvalidEntry, input.at(line), message));
            }
            needs.extend(found.into_iter().filter_map(final_position));
        }
        needs.sort_unstable();
        needs.dedup();
        lock.packages.push(Locked {
            name: entry.name.to_owned(),
            version: entry.version.to_owned(),
            source: entry.source.map(str::to_owned),
            checksum: entry.checksum.map(str::to_owned),
            needs,
            line: entry.value.line(),
        });
    }
    lock
}

fn check_version(input: &Input, root: &Value, diagnostics: &mut Vec<Diagnostic>) {
    let Some(version) = root.get("version") else { return };
    let known = version.integer().and_then(|digits| digits.parse::<u32>().ok()).is_some_and(|n| n <= NEWEST_VERSION);
    if !known {
        let found = version.integer().unwrap_or_else(|| version.kind());
        let message = format!("expected a lockfile version up to {NEWEST_VERSION}, found `{found}`");
        diagnostics.push(Diagnostic::new(Code::UnknownLockfileVersion, input.at(version.line()), message));
    }
}

fn entries<'doc>(input: &Input, root: &'doc Value, diagnostics: &mut Vec<Diagnostic>) -> Vec<Entry<'doc>> {
    // Version 1: `"checksum NAME VERSION (SOURCE)" = "…"`.
    let metadata = root.get("metadata").map_or(&[][..], Value::entries).iter();
    let checksums: BTreeMap<&str, &str> =
        metadata.filter_map(|entry| Some((entry.key.strip_prefix("checksum ")?, entry.value.str()?))).collect();
    let mut entries = Vec::new();
    for value in root.get("root").into_iter().chain(root.get("package").map_or(&[][..], Value::items)) {
        let field = |name: &str| value.get(name).and_then(Value::str).filter(|text| !text.is_empty());
        let (Some(name), Some(version)) = (field("name"), field("version")) else {
            let message = "expected `name` and `version` in a package entry";
            diagnostics.push(Diagnostic::new(Code::InvalidEntry, input.at(value.line()), message));
            continue;
        };
        let source = field("source");
        let checksum = field("checksum")
            .or_else(|| checksums.get(format!("{name} {version} ({})", source?).as_str()).copied())
            .filter(|checksum| checksum.len() == 64 && checksum.bytes().all(|byte| byte.is_ascii_hexdigit()));
        entries.push(Entry { name, version, source, checksum, replace: field("replace"), value });
    }
    entries
}

/// Leaves out entries that stand there a second time: what they need cannot be told apart.
fn leave_out_repeated(input: &Input, entries: &mut Vec<Entry>, diagnostics: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    entries.retain(|entry| {
        let is_new = seen.insert((entry.name, entry.version, entry.source));
        if !is_new {
            let message = format!("`{} {}` stands there twice", entry.name, entry.version);
            diagnostics.push(Diagnostic::new(Code::InvalidEntry, input.at(entry.value.line()), message));
        }
        is_new
    });
}

/// The most entries that one reference is taken to mean: in a sound file it means one.
const MAX_MEANT: usize = 16;

/// The entries by name and version, for one whose version is not said too.
struct Index<'doc>(BTreeMap<(&'doc str, &'doc str), Vec<usize>>);

impl<'doc> Index<'doc> {
    fn new(entries: &[Entry<'doc>]) -> Self {
        let mut known: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (position, entry) in entries.iter().enumerate() {
            known.entry((entry.name, entry.version)).or_default().push(position);
        }
        Self(known)
    }

    /// Returns the entries that `NAME`, `NAME VERSION` or `NAME VERSION (SOURCE)` means: one in a sound file.
    fn find(&self, entries: &[Entry], wanted: &str) -> Vec<usize> {
        let (name, rest) = wanted.split_once(' ').unwrap_or((wanted, ""));
        let (version, source) = rest.split_once(' ').map_or((rest, None), |(version, source)| (version, Some(source)));
        let source = source.map(|source| source.trim_start_matches('(').trim_end_matches(')'));
        let named = self
            .0
            .range((name, version)..)
            .take_while(|((found, of), _)| *found == name && (version.is_empty() || *of == version));
        let fits = |position: &&usize| {
            source.is_none_or(|source| {
                let own = entries.get(**position).and_then(|entry| entry.source);
                own.is_some_and(|own| same_source(own, source))
            })
        };
        named.flat_map(|(_, positions)| positions).filter(fits).copied().take(MAX_MEANT).collect()
    }
}

/// The fragment is the pinned revision, which a reference may leave out.
fn same_source(a: &str, b: &str) -> bool {
    a == b || a.split('#').next() == b.split('#').next() && (!a.contains('#') || !b.contains('#'))
}
