//! `clarify`, `relate`, `decide` and `except`: a row more in `ppl-check.toml`, comments and order kept.

use std::path::Path;

use ppl_check::base::RelPath;
use ppl_check::base::nearest::nearest;
use ppl_check::config::{FILE_NAME, PackagePattern, load};
use ppl_check::license::expr::Expr;
use ppl_check::model::{Claim, Package, Relation, Resolved, Statement};
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, value};

use super::super::args::Common;
use super::super::ui::Ui;
use super::super::{FINE, Failure, configuration, run, why};
use super::{ClarifyArgs, DecideArgs, ExceptArgs, RelateArgs, RowArgs};

/// One row: its table, and its keys in order.
struct Row {
    table: &'static str,
    keys: Vec<(&'static str, Item)>,
}

pub(crate) fn clarify(common: &Common, args: &ClarifyArgs, ui: &Ui) -> Result<u8, Failure> {
    let report = run::run(common, args.row.folder.as_deref())?;
    let idx = why::find(&report, &args.package)?;
    let package = report.inventory.packages.get(idx).ok_or_else(|| Failure::new("the package is gone"))?;
    let expression = match (&args.expression, &package.resolution.resolved) {
        (Some(text), _) => text.clone(),
        (None, Resolved::Expression(expr)) => expr.to_string(),
        (None, _) => {
            let read = format!("`{}` has no license that is plain: {}", args.package, report.license_words(package));
            return Err(Failure::new(read).hint(format!(
                "read its license and name it: ppl-check clarify {} EXPRESSION --reason TEXT",
                args.package
            )));
        }
    };
    let expr = Expr::parse(&expression)
        .map_err(|error| {
            Failure::new(format!("expected a license expression: {error}")).hint("see `ppl-check explain licenses`")
        })?
        .expr;
    let files: Array = texts(package).into_iter().map(|(path, sha256)| file_table(path, sha256)).collect();
    let mut keys = vec![("package", text(&pattern(package))), ("expression", text(&expr.to_string()))];
    if !files.is_empty() {
        keys.push(("files", value(files)));
    }
    keys.push(("reason", text(&args.row.reason)));
    add(common, &args.row, Row { table: "clarification", keys }, ui)
}

pub(crate) fn relate(common: &Common, args: &RelateArgs, ui: &Ui) -> Result<u8, Failure> {
    run::known("relation", Some(&args.relation), Relation::ALL.iter().map(|relation| relation.word()))?;
    let key = match (args.is_folder, args.ecosystem) {
        (true, _) => {
            RelPath::new(&args.package).map_err(|error| Failure::new(format!("`{}`: {error}", args.package)))?;
            "path"
        }
        (false, true) => "ecosystem",
        (false, false) => {
            parse_pattern(&args.package)?;
            "package"
        }
    };
    let keys = vec![(key, text(&args.package)), ("as", text(&args.relation)), ("reason", text(&args.row.reason))];
    add(common, &args.row, Row { table: "relation", keys }, ui)
}

pub(crate) fn decide(common: &Common, args: &DecideArgs, ui: &Ui) -> Result<u8, Failure> {
    let switches = run::configured(common, args.row.folder.as_deref())?.terms.knowledge.switches();
    let ids = || switches.iter().map(|switch| switch.id.as_str());
    let Some(switch) = switches.iter().find(|switch| switch.id == args.question) else {
        let failure = Failure::new(format!("`{}` is not a known question", args.question));
        let near = nearest(&args.question, ids()).map(|id| format!("did you mean `{id}`?"));
        return Err(failure.hint(near.unwrap_or_else(|| "see `ppl-check explain switches`".to_owned())));
    };
    let answers: Vec<&str> = switch.answers.iter().map(|answer| answer.id.as_str()).collect();
    if !answers.contains(&args.answer.as_str()) {
        let failure = Failure::new(format!("`{}` is no answer to `{}`", args.answer, switch.id));
        return Err(failure.hint(format!("one of {}", answers.join(", "))));
    }
    let keys =
        vec![("question", text(&args.question)), ("answer", text(&args.answer)), ("reason", text(&args.row.reason))];
    add(common, &args.row, Row { table: "decision", keys }, ui)
}

pub(crate) fn except(common: &Common, args: &ExceptArgs, ui: &Ui) -> Result<u8, Failure> {
    let wanted = parse_pattern(&args.package)?;
    let rules = run::configured(common, args.row.folder.as_deref())?.terms.knowledge.rules();
    if args.rule != "*" && !rules.iter().any(|rule| rule.id == args.rule) {
        let failure = Failure::new(format!("`{}` is not a known rule", args.rule));
        let near = nearest(&args.rule, rules.iter().map(|rule| rule.id.as_str()));
        let near = near.map(|id| format!("did you mean `{id}`?"));
        return Err(failure.hint(near.unwrap_or_else(|| "see `ppl-check explain rules`".to_owned())));
    }
    let mut keys = vec![("package", text(&args.package)), ("rule", text(&args.rule))];
    // The text that is accepted; a package with several, or a pattern, is accepted by name.
    if !wanted.is_wildcard() {
        let report = run::run(common, args.row.folder.as_deref())?;
        let idx = why::find(&report, &args.package)?;
        let texts = report.inventory.packages.get(idx).map(texts).unwrap_or_default();
        if let [(_, sha256)] = texts.as_slice() {
            keys.push(("text", text(&format!("sha256:{sha256}"))));
        }
    }
    keys.push(("reason", text(&args.row.reason)));
    if let Some(until) = &args.until {
        let date = until.parse().map_err(|_| Failure::new(format!("--until: expected a date, found `{until}`")))?;
        keys.push(("until", value(Value::Datetime(toml_edit::Formatted::new(date)))));
    }
    add(common, &args.row, Row { table: "exception", keys }, ui)
}

/// Returns the license texts of a package: path and digest.
fn texts(package: &Package) -> Vec<(&str, &str)> {
    package.claims.iter().filter_map(text_of).collect()
}

fn text_of(claim: &Claim) -> Option<(&str, &str)> {
    match &claim.says {
        Statement::Text { sha256, .. } => Some((&claim.raw, sha256)),
        Statement::Field { .. } | Statement::SeeFile(_) => None,
    }
}

fn file_table(path: &str, sha256: &str) -> Value {
    let mut file = InlineTable::new();
    file.insert("path", path.into());
    file.insert("sha256", sha256.into());
    Value::InlineTable(file)
}

fn pattern(package: &Package) -> String {
    let version = package.purl.version().map(|version| format!("@{version}")).unwrap_or_default();
    format!("{}:{}{version}", package.purl.ty(), package.purl.full_name())
}

fn parse_pattern(text: &str) -> Result<PackagePattern, Failure> {
    text.parse().map_err(|error| Failure::new(format!("{error}")))
}

fn text(words: &str) -> Item {
    value(words)
}

/// Adds a row behind the last one of its table, and writes the file only if it is valid then.
fn add(common: &Common, args: &RowArgs, row: Row, ui: &Ui) -> Result<u8, Failure> {
    if args.reason.trim().is_empty() {
        return Err(Failure::new("a row needs a reason").hint("say why with --reason; it stays in every report"));
    }
    let folder = args.folder.as_deref().unwrap_or(Path::new("."));
    let path = common.config.clone().unwrap_or_else(|| folder.join(FILE_NAME));
    let before = if path.is_file() { configuration::read_config(&path)? } else { String::new() };
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut document: DocumentMut = before
        .parse()
        .map_err(|error: toml_edit::TomlError| Failure::new(format!("`{name}` is not valid: {}", error.message())))?;
    let rows = document
        .entry(row.table)
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()))
        .as_array_of_tables_mut()
        .ok_or_else(|| Failure::new(format!("`{name}`: expected `[[{}]]`, found something else", row.table)))?;
    let mut table = Table::new();
    for (key, item) in row.keys {
        table.insert(key, item);
    }
    rows.push(table);
    let after = document.to_string();
    // What is refused here was not written. The files that it extends were read by `run` and are not at stake.
    let _ = load(&name, &after, &|_, _| Ok((String::new(), String::new())))
        .map_err(|error| configuration::config_failure(&error))?;
    ui.write(Some(&path), &|_, out| out.write_all(after.as_bytes()))?;
    let added = after.strip_prefix(before.trim_end()).unwrap_or(&after).trim().to_owned();
    ui.write(None, &|_, out| writeln!(out, "{name}:\n\n{added}"))?;
    Ok(FINE)
}
