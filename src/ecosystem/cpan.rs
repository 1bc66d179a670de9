//! Perl: `cpanfile.snapshot`, `cpanfile`, metadata of distributions, and what `local` holds.
//!
//! <https://metacpan.org/pod/Carton>, <https://metacpan.org/pod/cpanfile>, <https://metacpan.org/pod/CPAN::Meta::Spec>.
//! A distribution (`Try-Tiny`, by an author) holds modules (`Try::Tiny`), and it is modules that are asked for.
//! Left out on purpose: modules that come with Perl. Which they are no file says: a module that the snapshot does not
//! have is taken for one.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::base::{Code, Diagnostic, Location, Purl, RelPath};
use crate::model::{Claim, ClaimKind, FieldFormat, Join, PackageRecord, Scope};
use crate::scan::{Folder, Limits};
use crate::syntax::json::{Json, Object, read};
use crate::syntax::text::Lines;

use super::records::Records;
use super::wanted::{Project, Wanted, is_plain, line_number};
use super::{Copies, Ecosystem, FileKind, Input, Inspection, Knows, Parsed, Pattern, Role, Surroundings};

const ECOSYSTEM: &str = "cpan";
const METADATA: &[&str] = &["META.json", "MYMETA.json"];
const LIST: &str = "cpanfile";

/// Modules that every Perl brings and that most projects name, sorted.
#[rustfmt::skip]
const PART_OF_PERL: &[&str] = &[
    "Carp", "Cwd", "Data::Dumper", "Encode", "Exporter", "ExtUtils::MakeMaker", "Fcntl", "File::Basename", "File::Copy",
    "File::Find", "File::Path", "File::Spec", "File::Temp", "FindBin", "Getopt::Long", "IO::File", "IO::Handle",
    "List::Util", "MIME::Base64", "POSIX", "Scalar::Util", "Socket", "Storable", "Test::Harness", "Test::More",
    "Text::Wrap", "Time::HiRes", "Time::Local",
];

static REQUIRES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"\b(requires|recommends|suggests|(?:test|build|configure|author)_requires)[ \t(]+["']([\w:]+)["']"#)
        .expect("it is valid")
});
static PHASE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\bon[ \t(]+["']?(\w+)["']?[ \t]*(?:=>|,)[ \t]*sub[ \t]*\{"#).expect("it is valid"));

pub(super) static CPAN: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "Perl (CPAN, Carton)",
    files: &[
        FileKind {
            pattern: Pattern::Name("cpanfile.snapshot"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges],
            parse: parse_snapshot,
        },
        FileKind { pattern: Pattern::Name(LIST), role: Role::Manifest, knows: &[Knows::Scopes], parse: parse_list },
        FileKind {
            pattern: Pattern::Name("META.json"),
            role: Role::Manifest,
            knows: &[Knows::Scopes, Knows::Licenses],
            parse: parse_metadata,
        },
    ],
    copies,
    inspect,
    fetch_command: "carton install",
};

/// Returns whether a name can be a module's that does not come with Perl: pragmas are written small.
fn is_module(name: &str) -> bool {
    let valid = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | ':');
    let is_pragma = !name.contains("::") && !name.starts_with(|char: char| char.is_ascii_uppercase());
    !name.is_empty() && name.len() < 512 && name.chars().all(valid) && !is_pragma && !PART_OF_PERL.contains(&name)
}

/// Returns the purl of a module, whose distribution is not known.
fn module(name: &str) -> Purl {
    Purl::new(ECOSYSTEM, name, None)
}

/// Returns the scope of a phase.
fn scope(phase: &str) -> Scope {
    match phase {
        "test" | "test_requires" => Scope::Test,
        "develop" | "author_requires" => Scope::Dev,
        "build" | "configure" | "build_requires" | "configure_requires" => Scope::Build,
        _ => Scope::Runtime,
    }
}

/// Reads what a list asks for, by its literals; a phase goes from its brace to the one that closes it.
fn list(text: &str, path: &RelPath) -> Project {
    let blank = |line: &str| if line.trim_start().starts_with('#') { " ".repeat(line.len()) } else { line.to_owned() };
    let code = text.split('\n').map(blank).collect::<Vec<_>>().join("\n");
    let (lines, file) = (Lines::new(&code), Location::file(path.clone()));
    let mut project = Project::unnamed(ECOSYSTEM, file.clone(), path.parent().unwrap_or_default());
    let phases: Vec<(usize, usize, Scope)> = PHASE
        .captures_iter(&code)
        .filter_map(|captures| {
            let (whole, phase) = (captures.get(0)?, captures.get(1)?);
            let end = code.get(whole.end()..)?.find('}').map_or(code.len(), |end| whole.end() + end);
            Some((whole.end(), end, scope(phase.as_str())))
        })
        .collect();
    for captures in REQUIRES.captures_iter(&code) {
        let (Some(word), Some(name)) = (captures.get(1), captures.get(2)) else { continue };
        if !is_module(name.as_str()) {
            continue;
        }
        let after = phases.partition_point(|(start, ..)| *start <= word.start());
        let phase = after.checked_sub(1).and_then(|idx| phases.get(idx)).filter(|(_, end, _)| word.start() < *end);
        let scope = phase.map_or_else(|| scope(word.as_str()), |(_, _, scope)| *scope);
        let optional = matches!(word.as_str(), "recommends" | "suggests");
        let at = file.at_line(lines.of(name.start()));
        project.wants.push(Wanted { purl: module(name.as_str()), scope, optional, at });
    }
    project
}

/// One distribution of a snapshot.
struct Distribution<'text> {
    record: Option<PackageRecord>,
    provides: Vec<&'text str>,
    requires: Vec<&'text str>,
}

/// Reads the distributions of a snapshot, which is told apart by its indentation.
fn distributions<'text>(input: &Input, text: &'text str, parsed: &mut Parsed) -> Vec<Distribution<'text>> {
    let mut found: Vec<Distribution> = Vec::new();
    let mut section = "";
    for (index, line) in text.lines().enumerate() {
        let entry = line.trim();
        let depth = line.len() - line.trim_start_matches(' ').len();
        let at = input.at(line_number(index));
        match depth {
            2 if !entry.is_empty() => {
                let record = distribution(entry)
                    .map(|(name, version)| PackageRecord::new(Purl::new(ECOSYSTEM, name, Some(version)), at.clone()));
                if record.is_none() {
                    let message = "expected the name and version of a distribution";
                    parsed.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
                }
                found.push(Distribution { record, provides: Vec::new(), requires: Vec::new() });
                section = "";
            }
            4 => {
                section = entry.trim_end_matches(':');
                let author = entry.strip_prefix("pathname:").and_then(|path| path.trim().split('/').nth(2));
                let record = found.last_mut().and_then(|distribution| distribution.record.as_mut());
                if let (Some(author), Some(record)) = (author.filter(|author| is_plain(author)), record) {
                    let purl = &record.purl;
                    record.purl = Purl::with_namespace(ECOSYSTEM, Some(author), purl.name(), purl.version());
                }
            }
            6 => {
                let name = entry.split(' ').next().unwrap_or_default().trim_end_matches(':');
                if let Some(distribution) = found.last_mut() {
                    match section {
                        "provides" => distribution.provides.push(name),
                        "requirements" => distribution.requires.push(name),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// Splits `Try-Tiny-0.31` or `common-sense-v3.74`.
fn distribution(text: &str) -> Option<(&str, &str)> {
    let (name, version) = text.rsplit_once('-')?;
    let is_version = version.trim_start_matches('v').starts_with(|char: char| char.is_ascii_digit());
    (is_version && is_plain(name) && is_plain(version)).then_some((name, version))
}

fn parse_snapshot(input: &Input) -> Parsed {
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut parsed = Parsed::default();
    let file = Location::file(input.path.clone());
    if !text.starts_with("# carton snapshot format: version 1.0") {
        let message = "expected `# carton snapshot format: version 1.0` in the first line";
        parsed.diagnostics.push(Diagnostic::new(Code::UnknownLockfileVersion, file.at_line(1), message));
    }
    let found = distributions(input, &text, &mut parsed);
    let mut records = Records::default();
    let mut by_module: BTreeMap<&str, usize> = BTreeMap::new();
    let mut open = Vec::new();
    for distribution in found {
        let Some(record) = distribution.record else { continue };
        let record_idx = records.add(record);
        by_module.extend(distribution.provides.into_iter().map(|name| (name, record_idx)));
        open.extend(distribution.requires.into_iter().map(|name| (record_idx, name)));
    }
    for (from, name) in open {
        if let Some(&target) = by_module.get(name) {
            records.need(from, target, Scope::Runtime, false);
        }
    }
    let path = input.dir().join(LIST);
    match input.other(&path) {
        Some(Ok(text)) => {
            let project = list(&text, &path);
            let own = records.add(project.record.clone());
            for want in &project.wants {
                if let Some(&target) = by_module.get(want.purl.full_name().as_str()) {
                    records.need(own, target, want.scope, want.optional);
                }
            }
            parsed.covers.insert(path);
            parsed.records = records.finish();
        }
        other => {
            parsed.diagnostics.extend(other.and_then(Result::err));
            let own = Project::unnamed(ECOSYSTEM, file, input.dir()).record;
            parsed.records = Project::join_roots(own, records);
        }
    }
    parsed
}

const HINT: &str = "commit `cpanfile.snapshot`: `carton install` writes it";

fn parse_list(input: &Input) -> Parsed {
    match input.text(Role::Manifest) {
        Ok(text) => list(&text, input.path).alone(HINT),
        Err(diagnostic) => Parsed::failed(diagnostic),
    }
}

/// Reads what a distribution says of its license: words of a vocabulary. How several combine its documents say.
fn licenses(json: &Json, root: &Object, file: &Location) -> Option<Claim> {
    let value = root.get("license")?;
    let words: Vec<String> = read(value).unwrap_or_else(|| read::<String>(value).into_iter().collect());
    let words: Vec<String> = words.into_iter().filter(|word| word != "unknown").collect();
    let at = file.at_line(json.line(value));
    (!words.is_empty()).then(|| Claim::fields(ClaimKind::Declared, FieldFormat::Free, Join::Unknown, words, at))
}

fn parse_metadata(input: &Input) -> Parsed {
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let file = Location::file(input.path.clone());
    let json = Json::new(&text);
    let root = match json.object(&file) {
        Ok(root) => root,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    // Other programs have files of this name.
    let name = root.string("name").filter(|name| is_plain(name));
    let (Some(name), true) = (name, root.object("prereqs").len() + root.array("license").len() > 0) else {
        return Parsed::default();
    };
    let at = file.at_line(root.get("name").map_or(1, |value| json.line(value)));
    let purl = Purl::new(ECOSYSTEM, &name, root.string("version").as_deref());
    let mut project = Project::new(purl, at, input.dir());
    project.record.claims.extend(licenses(&json, &root, &file));
    for (phase, value) in root.object("prereqs").iter() {
        let relations: Object = read(value).unwrap_or_default();
        for (relation, optional) in [("requires", false), ("recommends", true)] {
            for (name, value) in relations.object(relation).iter().filter(|(name, _)| is_module(name)) {
                let at = file.at_line(json.line(value));
                project.wants.push(Wanted { purl: module(name), scope: scope(phase), optional, at });
            }
        }
    }
    // Where the project has a list of its own, that one is written by people and this one from it.
    if input.tree.has(&input.dir().join(LIST)) {
        project.wants.clear();
    }
    project.alone(HINT)
}

/// Installers leave the metadata of a distribution in `local/lib/perl5/ARCHITECTURE/.meta/NAME-VERSION`.
fn copies(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    let root = surroundings.tree.root();
    let library = record.at.path.parent().unwrap_or_default().join("local/lib/perl5");
    let id = format!("{}-{}", record.purl.name(), record.purl.version().unwrap_or_default());
    for architecture in root.list(&library).iter() {
        let dir = library.join(&architecture.name).join(".meta").join(&id);
        if METADATA.iter().any(|file| root.has_file(&dir.join(file))) {
            copies.folders.push(Folder::on_disk(root, dir.clone(), dir));
        }
    }
    if copies.folders.is_empty() {
        copies.tried.push(format!("{library}/*/.meta/{id}"));
    }
    copies
}

fn inspect(folder: &Folder) -> Inspection {
    let mut inspection = Inspection::default();
    for file in METADATA {
        let Ok(text) = folder.read_text(file, Limits::DEFAULT.manifest) else { continue };
        let (json, at) = (Json::new(&text), folder.location(file));
        let Ok(root) = json.object(&at) else { continue };
        inspection.claims.extend(licenses(&json, &root, &at));
        inspection.credits.authors = root.array("author").into_iter().filter_map(read).collect();
        return inspection;
    }
    inspection
}

#[cfg(test)]
mod tests {
    use super::super::testing::{World, lines, problems};
    use super::*;

    #[test]
    fn what_is_part_of_perl_is_sorted() {
        assert!(PART_OF_PERL.is_sorted());
    }

    /// After a snapshot in the tests of Carton and its relatives.
    #[test]
    fn a_snapshot_a_list_and_what_is_installed() {
        let world = World::fixture("cpan/carton");
        let parsed = world.parse("cpan", "cpanfile.snapshot");
        assert_eq!(
            lines(&parsed),
            [
                "MEMBER/Ledger-Book 2.90 cpanfile.snapshot:3 -> COOP/Mapper runtime",
                "COOP/Mapper v1.3.0 cpanfile.snapshot:12",
                "OTHER/Test-Fatal 0.016 cpanfile.snapshot:18",
                "project - own cpanfile -> MEMBER/Ledger-Book runtime, OTHER/Test-Fatal test",
            ]
        );
        assert_eq!(problems(&parsed), [] as [String; 0]);
        assert_eq!(parsed.records[0].purl.to_string(), "pkg:cpan/MEMBER/Ledger-Book@2.90");
        let meta = "local/lib/perl5/x86_64-linux-gnu-thread-multi/.meta/Ledger-Book-2.90";
        assert_eq!(world.copies("cpan", &parsed.records[0]).0, [format!("{meta}: `perl_5` {meta}/MYMETA.json:6; ")]);
    }

    #[test]
    fn lists_and_metadata_without_a_snapshot() {
        let list: &[u8] = b"requires 'perl', '5.20';\nrequires 'Ledger::Book', '>= 2.0';\nrequires \"Carp\";\n# requires 'Off';\ntest_requires 'Test::Deep';\non 'develop' => sub {\n  recommends 'Perl::Critic';\n};\nrequires 'Last';\n";
        let meta: &[u8] = b"{\"name\": \"Coop-Shop\", \"version\": \"1.4.0\",\n\"license\": [\"perl_5\", \"mit\"],\n\"prereqs\": {\"runtime\": {\"requires\": {\n\"Ledger::Book\": \"2.0\", \"strict\": \"0\"}}, \"configure\": {\"requires\": {\n\"Module::Build\": \"0\"}}}}";
        let world = World::of(&[
            ("cpanfile", list),
            ("dist/META.json", meta),
            ("pg/META.json", b"{\"name\": \"x\", \"provides\": {}}"),
            ("META.json", meta),
        ]);
        let parsed = world.parse("cpan", "cpanfile");
        assert_eq!(
            lines(&parsed),
            [
                "project - own cpanfile -> Ledger::Book runtime, Test::Deep test, Perl::Critic dev?, Last runtime",
                "Ledger::Book - cpanfile:2",
                "Test::Deep - cpanfile:5",
                "Perl::Critic - cpanfile:7",
                "Last - cpanfile:9",
            ]
        );
        assert_eq!(problems(&parsed), ["no-lockfile cpanfile:2 nothing pins what this project needs"]);
        let parsed = world.parse("cpan", "dist/META.json");
        assert_eq!(
            lines(&parsed),
            [
                "Coop-Shop 1.4.0 own dist/META.json:1 `perl_5 | mit` 2 -> Ledger::Book runtime, Module::Build build",
                "Ledger::Book - dist/META.json:4",
                "Module::Build - dist/META.json:5"
            ]
        );
        assert_eq!(lines(&world.parse("cpan", "META.json")), ["Coop-Shop 1.4.0 own META.json:1 `perl_5 | mit` 2"]);
        assert_eq!(world.parse("cpan", "pg/META.json"), Parsed::default());
    }

    #[test]
    fn broken_snapshots() {
        let world = World::of(&[(
            "cpanfile.snapshot",
            b"# carton snapshot format: version 9\nDISTRIBUTIONS\n  what\n    pathname: A/AB/ABC/x.tar.gz\n  A-1\n",
        )]);
        let parsed = world.parse("cpan", "cpanfile.snapshot");
        assert_eq!(lines(&parsed), ["A 1 cpanfile.snapshot:5", "project - own cpanfile.snapshot -> A runtime"]);
        assert_eq!(parsed.diagnostics.len(), 2);
    }
}
