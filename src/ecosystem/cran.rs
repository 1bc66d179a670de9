//! R: `renv.lock`, `DESCRIPTION`, and installed packages.
//!
//! <https://cran.r-project.org/doc/manuals/r-release/R-exts.html#The-DESCRIPTION-file>,
//! <https://rstudio.github.io/renv/reference/lockfiles.html>.
//! Left out on purpose: packages of R itself (`utils`, `methods` …), which are part of the interpreter.

use serde_json::value::RawValue;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::model::{Claim, ClaimKind, FieldFormat, Join, Origin, PackageRecord, Scope};
use crate::scan::{Folder, Limits, Root, StoreKind};
use crate::syntax::headers::{Block, first_block};
use crate::syntax::json::{Json, Object, read};

use super::records::Records;
use super::wanted::{Project, Wanted, is_plain};
use super::{Copies, Ecosystem, FileKind, Input, Inspection, Knows, Parsed, Pattern, Role, Surroundings};

const ECOSYSTEM: &str = "cran";
const MANIFEST: &str = "DESCRIPTION";

/// What comes with the interpreter, sorted.
#[rustfmt::skip]
const PART_OF_R: &[&str] = &[
    "R", "base", "compiler", "datasets", "grDevices", "graphics", "grid", "methods", "parallel", "splines", "stats",
    "stats4", "tcltk", "tools", "utils",
];

pub(super) static CRAN: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "R (CRAN, renv)",
    files: &[
        FileKind {
            pattern: Pattern::Name("renv.lock"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges],
            parse: parse_lock,
        },
        FileKind {
            pattern: Pattern::Name(MANIFEST),
            role: Role::Manifest,
            knows: &[Knows::Scopes, Knows::Licenses],
            parse: parse_manifest,
        },
    ],
    copies,
    inspect,
    fetch_command: "Rscript -e 'renv::restore()'",
};

/// Returns the names of a list such as `R (>= 4.0), rlang, cli (>= 3.0)`, less what is part of R.
fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split(',')
        .filter_map(|item| item.split('(').next().map(str::trim))
        .filter(|name| is_plain(name) && !PART_OF_R.contains(name))
}

/// Reads the field `License`: alternatives divided by `|`, to each of which ` + file NAME` may add terms.
fn license(block: &Block, file: &Location) -> (Vec<Claim>, Vec<String>) {
    let Some(field) = block.get("License") else { return (Vec::new(), Vec::new()) };
    let at = file.at_line(field.line);
    let raw = field.value.split_whitespace().collect::<Vec<_>>().join(" ");
    let (mut values, mut files) = (Vec::new(), Vec::new());
    for alternative in raw.split('|') {
        let mut parts = alternative.split(" + ").map(str::trim);
        let first = parts.next().unwrap_or_default();
        match named_file(first) {
            Some(file) => files.push(file.to_owned()),
            None if !first.is_empty() => values.push(first.to_owned()),
            None => {}
        }
        files.extend(parts.filter_map(named_file).map(str::to_owned));
    }
    let claim = if values.is_empty() {
        files.first().map(|file| Claim::see_file(ClaimKind::Declared, file, at))
    } else {
        Some(Claim::fields(ClaimKind::Declared, FieldFormat::Free, Join::Or, values, at))
    };
    (claim.map(|claim| Claim { raw, ..claim }).into_iter().collect(), files)
}

/// Returns the file of `file NAME`.
fn named_file(part: &str) -> Option<&str> {
    part.strip_prefix("file ").or_else(|| part.strip_prefix("FILE ")).map(str::trim)
}

/// Returns whether a block is of R: other programs have files of this name.
fn is_of_r(block: &Block) -> bool {
    let has = |names: &[&str]| names.iter().any(|name| block.get(name).is_some());
    has(&["Package"]) && has(&["Version"]) || has(&["Imports", "Depends", "Suggests"]) && has(&["Type", "Title"])
}

fn project(text: &str, path: &RelPath) -> Option<Project> {
    let block = first_block(text);
    if !is_of_r(&block) {
        return None;
    }
    let file = Location::file(path.clone());
    let dir = path.parent().unwrap_or_default();
    let mut project = match block.get("Package").filter(|field| is_plain(&field.value)) {
        Some(field) => {
            Project::new(Purl::new(ECOSYSTEM, &field.value, block.str("Version")), file.at_line(field.line), dir)
        }
        None => Project::unnamed(ECOSYSTEM, file.clone(), dir),
    };
    project.record.claims = license(&block, &file).0;
    for (name, scope) in [
        ("Depends", Scope::Runtime),
        ("Imports", Scope::Runtime),
        ("LinkingTo", Scope::Runtime),
        ("Suggests", Scope::Dev),
    ] {
        for field in block.all(name) {
            for (list, line) in field.value.lines().zip(field.line..) {
                for name in names(list) {
                    let purl = Purl::new(ECOSYSTEM, name, None);
                    let at = file.at_line(line);
                    project.wants.push(Wanted { purl, scope, optional: scope == Scope::Dev, at });
                }
            }
        }
    }
    Some(project)
}

fn parse_lock(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let at = Location::file(input.path.clone());
    let json = Json::new(&text);
    let root = match json.object(&at) {
        Ok(root) => root,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut parsed = Parsed::default();
    let mut records = Records::default();
    let mut open = Vec::new();
    for (name, value) in root.object("Packages").iter() {
        let at = at.at_line(json.line(value));
        let entry: Object = read(value).unwrap_or_default();
        let name = entry.string("Package").unwrap_or_else(|| name.to_owned());
        let version = entry.string("Version").filter(|version| is_plain(version));
        let (Some(version), true) = (version, is_plain(&name)) else {
            let message = "expected a package with a `Version`";
            parsed.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            continue;
        };
        let record = PackageRecord::new(Purl::new(ECOSYSTEM, &name, Some(&version)), at);
        let record_idx = records.add(PackageRecord { origin: origin(&entry), ..record });
        for key in ["Requirements", "Depends", "Imports", "LinkingTo"] {
            open.extend(listed(entry.get(key)).into_iter().map(|name| (record_idx, name)));
        }
    }
    for (from, name) in open {
        records.need_named(from, &name, Scope::Runtime, false);
    }
    let path = input.dir().join(MANIFEST);
    let manifest = match input.other(&path) {
        Some(Ok(text)) => project(&text, &path),
        Some(Err(diagnostic)) => {
            parsed.diagnostics.push(diagnostic);
            None
        }
        None => None,
    };
    let Some(project) = manifest else {
        let own = Project::unnamed(ECOSYSTEM, at, input.dir()).record;
        parsed.records = Project::join_roots(own, records);
        return parsed;
    };
    parsed.covers.insert(path);
    // What is only suggested need not be installed, and renv does not pin it then.
    let known = |want: &Wanted| !want.optional || !records.named(&want.purl.full_name()).is_empty();
    let wants = project.wants.iter().filter(|want| known(want)).cloned().collect();
    let hint = "bring it up to date with `renv::snapshot()`";
    parsed.diagnostics.extend(Project { wants, ..project }.join(&mut records, "renv.lock", hint));
    parsed.records = records.finish();
    parsed
}

/// Returns the names of a list, however it is written: an array of strings, or one string with commas.
fn listed(value: Option<&RawValue>) -> Vec<String> {
    let Some(value) = value else { return Vec::new() };
    let items: Vec<String> = read(value).unwrap_or_else(|| read::<String>(value).into_iter().collect());
    items.iter().flat_map(|item| names(item)).map(str::to_owned).collect()
}

fn origin(entry: &Object) -> Origin {
    let source = entry.string("Source").unwrap_or_default();
    if let (Some(user), Some(repository)) = (entry.string("RemoteUsername"), entry.string("RemoteRepo")) {
        let host = entry.string("RemoteHost").unwrap_or(source);
        return Origin::Repository { url: format!("{host}/{user}/{repository}"), revision: entry.string("RemoteSha") };
    }
    match (source.as_str(), entry.string("Repository")) {
        ("Repository", None) => Origin::Registry,
        ("Repository", Some(name)) if matches!(name.as_str(), "CRAN" | "RSPM" | "P3M") => Origin::Registry,
        (_, Some(name)) => Origin::OtherRegistry(name),
        ("" | "Local", None) => Origin::Unknown,
        (_, None) => Origin::OtherRegistry(source),
    }
}

fn parse_manifest(input: &Input) -> Parsed {
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    match project(&text, input.path) {
        Some(project) => project.alone("commit `renv.lock`: `renv::snapshot()` writes it"),
        // Every package of R has that file beside it.
        None if input.tree.has(&input.dir().join("NAMESPACE")) => {
            let message = "expected `Package` and `Version`, found none";
            Parsed::failed(Diagnostic::new(Code::InvalidSyntax, input.at(1), message))
        }
        None => Parsed::default(),
    }
}

/// How many folders of platforms there are at the most.
const MAX_PLATFORMS: usize = 256;

/// How many folders lie between a library's root and its packages: `R-4.4/x86_64-pc-linux-gnu`.
const MAX_DEPTH: usize = 3;

/// Finds the folder of an installed package in a library, or in renv's cache, which has folders of versions and hashes
/// in between; names of packages have no hyphen, those of platforms do.
fn installed(root: &Root, dir: &RelPath, purl: &Purl, depth: usize) -> Option<RelPath> {
    let name = purl.name();
    let direct = dir.join(name);
    let kept = direct.join(purl.version().unwrap_or_default());
    let hashes = root.list(&kept);
    let kept = hashes.iter().map(|hash| kept.join(&hash.name).join(name));
    let is_package = |dir: &RelPath| root.has_file(&dir.join(MANIFEST));
    if let Some(found) = [direct.clone()].into_iter().chain(kept).find(is_package) {
        return Some(found);
    }
    if depth == 0 {
        return None;
    }
    let listing = root.list(dir);
    // A folder of so many is a library, and has no folders of platforms.
    let platforms = listing.iter().take(MAX_PLATFORMS).filter(|entry| entry.name.contains('-'));
    platforms.map(|entry| dir.join(&entry.name)).find_map(|dir| installed(root, &dir, purl, depth - 1))
}

fn copies(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    let name = record.purl.name();
    let library = record.at.path.parent().unwrap_or_default().join("renv").join("library");
    let root = surroundings.tree.root();
    if let Some(dir) = installed(root, &library, &record.purl, MAX_DEPTH) {
        copies.folders.push(Folder::on_disk(root, dir.clone(), dir));
    }
    for store in surroundings.stores.of(StoreKind::R) {
        if let Some(dir) = installed(store, &RelPath::root(), &record.purl, MAX_DEPTH) {
            copies.folders.push(Folder::on_disk(store, dir, RelPath::root().join(name)));
        }
    }
    if copies.folders.is_empty() {
        copies.tried.push("renv/library and R's libraries".to_owned());
    }
    copies
}

/// Reads the file that every package of R has; in an installed one it stands at the top as well.
fn inspect(folder: &Folder) -> Inspection {
    let mut inspection = Inspection::default();
    let Ok(text) = folder.read_text(MANIFEST, Limits::DEFAULT.manifest) else { return inspection };
    let block = first_block(&text);
    let field = |name: &str| block.str(name).map(str::to_owned);
    inspection.identity = field("Package").zip(field("Version"));
    (inspection.claims, inspection.license_files) = license(&block, &folder.location(MANIFEST));
    inspection.credits.authors = field("Author").into_iter().collect();
    inspection.credits.homepage = field("URL");
    inspection
}

#[cfg(test)]
mod tests {
    use super::super::testing::{World, lines, problems};
    use super::*;
    use crate::model::Statement;

    #[test]
    fn what_is_part_of_r_is_sorted() {
        assert!(PART_OF_R.is_sorted());
    }

    #[test]
    fn a_lockfile_a_manifest_and_a_library() {
        let world = World::fixture("cran/renv");
        let parsed = world.parse("cran", "renv.lock");
        assert_eq!(
            lines(&parsed),
            [
                "ledger 2.1.0 renv.lock:12 -> mapper runtime",
                "mapper 0.9-3 renv.lock:24",
                "ranges 1.56.0 renv.lock:30",
                "shopr 0.3.1 renv.lock:36 -> ledger runtime",
                "coopshop 1.4.0 own DESCRIPTION:1 `PPL + file LICENSE` 6 -> ledger runtime, mapper dev?, ranges runtime, shopr runtime",
            ]
        );
        assert_eq!(problems(&parsed), [] as [String; 0]);
        assert_eq!(parsed.records[2].origin, Origin::OtherRegistry("Bioconductor 3.19".to_owned()));
        assert!(matches!(&parsed.records[3].origin, Origin::Repository { revision: Some(sha), .. } if sha == "a1b2c3"));
        let copy = "renv/library/linux-debian-bookworm/R-4.4/x86_64-pc-linux-gnu/ledger";
        assert_eq!(
            world.copies("cran", &parsed.records[0]).0,
            [format!("{copy}: `MIT + file LICENSE` {copy}/DESCRIPTION:4; ledger 2.1.0")]
        );
        assert_eq!(world.copies("cran", &parsed.records[1]).1.tried, ["renv/library and R's libraries"]);
    }

    /// Written after the field's grammar in "Writing R Extensions", 1.1.2.
    #[test]
    fn the_grammar_of_the_license_field() {
        for (text, values, files) in [
            ("GPL (>= 2)", vec!["GPL (>= 2)"], vec![]),
            ("GPL-2 | GPL-3", vec!["GPL-2", "GPL-3"], vec![]),
            ("MIT + file LICENSE", vec!["MIT"], vec!["LICENSE"]),
            ("GPL-2 |\n    MIT + file LICENSE.md", vec!["GPL-2", "MIT"], vec!["LICENSE.md"]),
            ("file LICENCE", vec![], vec!["LICENCE"]),
        ] {
            let block = first_block(&format!("Package: x\nLicense: {text}\n"));
            let (claims, found) = license(&block, &Location::file(RelPath::root()));
            assert_eq!(found, files, "{text}");
            match &claims[0].says {
                Statement::Field { values: found, join, .. } => {
                    assert_eq!((found, *join), (&values.iter().map(ToString::to_string).collect(), Join::Or));
                }
                says => assert_eq!(says, &Statement::SeeFile("LICENCE".to_owned()), "{text}"),
            }
        }
    }

    #[test]
    fn broken_stale_and_files_of_others() {
        let lock: &[u8] = b"{\"Packages\": {\n\"a\": {\"Package\": \"../a\", \"Version\": \"1\"},\n\"b\": 3,\n\"c\": {\"Version\": \"1\"}}}";
        let manifest: &[u8] = b"Package: m\nVersion: 1.0\nImports: c,\n    gone (>= 1.0)\n";
        let world = World::of(&[
            ("renv.lock", lock),
            ("DESCRIPTION", manifest),
            ("other/DESCRIPTION", b"A program.\n"),
            ("r/DESCRIPTION", b"Package m\n"),
            ("r/NAMESPACE", b"export(m)\n"),
        ]);
        let parsed = world.parse("cran", "renv.lock");
        assert_eq!(
            lines(&parsed),
            ["c 1 renv.lock:4", "m 1.0 own DESCRIPTION:1 -> c runtime, gone runtime", "gone - DESCRIPTION:4"]
        );
        assert_eq!(
            problems(&parsed),
            [
                "invalid-entry renv.lock:2 expected a package with a `Version`",
                "invalid-entry renv.lock:3 expected a package with a `Version`",
                "stale-lockfile DESCRIPTION:4 `gone` not in `renv.lock`",
            ]
        );
        assert_eq!(world.parse("cran", "other/DESCRIPTION"), Parsed::default());
        assert_eq!(
            problems(&world.parse("cran", "r/DESCRIPTION")),
            ["invalid-syntax r/DESCRIPTION:1 expected `Package` and `Version`, found none"]
        );
        let parsed = world.parse("cran", "DESCRIPTION");
        assert_eq!(problems(&parsed), ["no-lockfile DESCRIPTION:3 nothing pins what this project needs"]);
    }
}
