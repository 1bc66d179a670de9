//! One function for each target: whatever the bytes are, it returns, and what it asserts holds.

use std::io::Write;

use ppl_check::base::RelPath;
use ppl_check::config;
use ppl_check::ecosystem::{ECOSYSTEMS, Input};
use ppl_check::license::expr::Expr;
use ppl_check::license::identify;
use ppl_check::license::knowledge::Knowledge;
use ppl_check::license::lenient::{FieldFormat, Outcome, read};
use ppl_check::report::{escape, spreadsheet_row};
use ppl_check::scan::{ArchiveKind, Folder, Stores, Tree, WalkOptions, read_archive};
use ppl_check::syntax::{headers, json::Json, text, toml};

/// A target and its name.
pub type Target = (&'static str, fn(&[u8]));

/// Every target, sorted by name.
pub const ALL: &[Target] = &[
    ("archive", archive),
    ("config", config),
    ("escape", escape),
    ("expression", expression),
    ("identify", identify),
    ("lenient", lenient),
    ("parsers", parsers),
    ("path", path),
    ("syntax", syntax),
];

/// Archives of both kinds, in memory: no member leads outside.
pub fn archive(data: &[u8]) {
    for kind in [ArchiveKind::TarGz, ArchiveKind::Zip] {
        for strip in [false, true] {
            if let Ok(files) = read_archive(kind, data, strip, &|_| true) {
                assert!(files.keys().all(|name| RelPath::new(name).is_ok_and(|path| path.as_str() == name)));
            }
        }
    }
}

/// The configuration, with a base that cannot be read.
pub fn config(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let _ = config::load("ppl-check.toml", text, &|_, _| Err("there is none".to_owned()));
}

/// Escapers: what they write harms nobody, and JSON reads as before.
pub fn escape(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for safe in [escape::line(&text), escape::whole(&text), escape::words(&text)] {
        assert!(!safe.chars().any(escape::is_harmful), "{safe:?}");
        assert!(!safe.trim_start().starts_with("::"), "{safe:?}");
        assert!(["##[", "##vso[", "##teamcity["].iter().all(|command| !safe.contains(command)), "{safe:?}");
    }
    let row = spreadsheet_row(&[text.to_string()]);
    assert!(!row.starts_with(['=', '+', '-', '@', '\t', '\r']) && !row.contains('\n'), "{row:?}");
    assert!(!escape::xml(&text).contains(['<', '>', '"']));
    let mut bytes = Vec::new();
    let mut out = escape::Json(&mut bytes);
    serde_json::to_writer(&mut out, text.as_ref()).expect("memory takes everything");
    out.flush().expect("memory takes everything");
    let again: String = serde_json::from_slice(&bytes).expect("what is written is JSON");
    assert_eq!(again, text);
}

/// The grammar: what is read prints as something that reads the same.
pub fn expression(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(parsed) = Expr::parse(text) else { return };
    let printed = parsed.expr.to_string();
    let again = Expr::parse(&printed).expect("what is printed is an expression");
    assert!(again.repairs.is_empty(), "{printed}");
    assert_eq!(again.expr, parsed.expr);
    let canonical = parsed.expr.canonical();
    assert_eq!(canonical.canonical(), canonical);
}

/// License texts, notices and tags.
pub fn identify(data: &[u8]) {
    let decoded = text::decode(data).text;
    let n_lines = decoded.split('\n').count();
    for name in ["LICENSE", "main.rs"] {
        for found in &identify::identify(name, &decoded).matches {
            assert!(found.start_line <= found.end_line, "{found:?}");
            assert!(usize::try_from(found.end_line).is_ok_and(|line| line <= n_lines.max(1)), "{found:?}");
        }
    }
}

/// License fields: an expression that comes of one is valid.
pub fn lenient(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let formats =
        [FieldFormat::Spdx, FieldFormat::Free, FieldFormat::Classifier, FieldFormat::Url, FieldFormat::Debian];
    for format in formats {
        for ecosystem in [None, Some("npm"), Some("pypi"), Some("maven")] {
            let found = match read(text, format, ecosystem, Knowledge::builtin()).outcome {
                Outcome::Expression(expr) => vec![expr],
                Outcome::Candidates(candidates) => candidates,
                Outcome::SeeFile(_) | Outcome::Unknown(_) => Vec::new(),
            };
            for expr in found {
                let printed = expr.to_string();
                assert_eq!(Expr::parse(&printed).map(|parsed| parsed.expr), Ok(expr), "{printed}");
            }
        }
    }
}

/// Every parser: the first line is the name of the file, the rest is the file.
pub fn parsers(data: &[u8]) {
    let at = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (name, file) = data.split_at(at);
    let Some(path) = std::str::from_utf8(name).ok().and_then(|name| RelPath::new(name).ok()) else { return };
    let kinds = ECOSYSTEMS.iter().flat_map(|ecosystem| ecosystem.files.iter().map(move |kind| (ecosystem, kind)));
    for (ecosystem, kind) in kinds.filter(|(_, kind)| kind.pattern.matches(&path)) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let on_disk = path.on_disk(folder.path());
        std::fs::create_dir_all(on_disk.parent().expect("a folder")).expect("a temporary folder");
        std::fs::write(on_disk, file.get(1..).unwrap_or_default()).expect("a temporary file");
        let tree = Tree::walk(folder.path(), &WalkOptions::default()).expect("the folder is there");
        let parsed = (kind.parse)(&Input { tree: &tree, stores: &Stores::default(), path: &path });
        for record in &parsed.records {
            assert!(record.needs.iter().all(|need| need.target < parsed.records.len()));
        }
        (ecosystem.inspect)(&Folder::on_disk(tree.root(), RelPath::root(), RelPath::root()));
    }
}

/// Paths as written in files: none leaves the root, and a clean one stays as it is.
pub fn path(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let folder = RelPath::new("a/b").expect("a path of ours");
    for base in [RelPath::root(), folder] {
        let Ok(found) = base.resolve(text) else { continue };
        assert!(found.components().all(|part| part != ".." && part != "." && !part.contains(['\\', '\0'])), "{found}");
        assert_eq!(RelPath::new(found.as_str()).as_ref(), Ok(&found));
    }
}

/// The file syntaxes without meaning.
pub fn syntax(data: &[u8]) {
    let text = text::decode(data).text;
    let _ = toml::Document::parse(&text);
    let _ = headers::blocks(&text);
    let at = ppl_check::base::Location::file(RelPath::root());
    let json = Json::new(&text);
    if let Ok(object) = json.object(&at) {
        assert!(
            object
                .iter()
                .all(|(_, value)| usize::try_from(json.line(value)).is_ok_and(|line| line <= text.split('\n').count()))
        );
    }
    let plain = ppl_check::syntax::json::without_comments(&text);
    assert_eq!(plain.len(), text.len());
}
