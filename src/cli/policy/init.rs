//! `init`: a first `ppl-check.toml`, with an artifact proposed for each thing the tree seems to ship.

use std::collections::BTreeSet;
use std::path::Path;

use ppl_check::base::RelPath;
use ppl_check::config::FILE_NAME;
use ppl_check::license::knowledge::Knowledge;
use ppl_check::model::{Package, PackageIdx, Relation};
use ppl_check::report::Report;
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::super::args::Common;
use super::super::ui::Ui;
use super::super::{FINE, Failure, run};
use super::InitArgs;

pub(crate) fn init(common: &Common, args: &InitArgs, ui: &Ui) -> Result<u8, Failure> {
    let folder = args.path.as_deref().unwrap_or(Path::new("."));
    let path = folder.join(FILE_NAME);
    if path.exists() && !args.dry_run {
        return Err(Failure::new(format!("`{}` exists", path.display())).hint("see `ppl-check config show`"));
    }
    let (report, terms) = run::run_by(common, args.path.as_deref())?;
    let text = proposal(&report, terms.knowledge);
    let to = if args.dry_run { None } else { Some(path.as_path()) };
    ui.write(to, &|_, out| out.write_all(text.as_bytes()))?;
    if !args.dry_run {
        ui.write(None, &|_, out| writeln!(out, "{FILE_NAME} is written: read it, then run `ppl-check`"))?;
    }
    Ok(FINE)
}

fn proposal(report: &Report, knowledge: &Knowledge) -> String {
    let mut document = DocumentMut::new();
    let mut project = Table::new();
    project.insert("outbound", value(report.project.outbound.as_str()));
    project
        .decor_mut()
        .set_prefix("# How ppl-check judges this project. Every key is optional: see `ppl-check explain config`.\n\n");
    document.insert("project", Item::Table(project));
    let mut artifacts = ArrayOfTables::new();
    for (idx, package) in shipped(report) {
        artifacts.push(artifact(report, knowledge, idx, package));
    }
    // One artifact is what is judged without any.
    if artifacts.len() > 1 {
        document.insert("artifact", Item::ArrayOfTables(artifacts));
    }
    document.to_string()
}

/// Returns the own packages that no other own package needs: what the rest is made for.
fn shipped(report: &Report) -> Vec<(PackageIdx, &Package)> {
    let packages = &report.inventory.packages;
    let own = |idx: PackageIdx| packages.get(idx).is_some_and(Package::is_own);
    let needed: BTreeSet<PackageIdx> =
        report.inventory.edges.iter().filter(|edge| own(edge.from)).map(|edge| edge.to).collect();
    let found = packages.iter().enumerate().filter(|(idx, package)| package.is_own() && !needed.contains(idx));
    found.filter(|(_, package)| !package.dirs.is_empty()).collect()
}

fn artifact(report: &Report, knowledge: &Knowledge, idx: PackageIdx, package: &Package) -> Table {
    let mut table = Table::new();
    table.insert("name", value(package.purl.name()));
    let roots: Array = package.dirs.iter().map(|dir| if dir.is_root() { "." } else { dir.as_str() }).collect();
    table.insert("roots", value(roots));
    let form = form(report, knowledge, idx, package);
    let uses: Array =
        if form == "web" { ["ship", "service"].into_iter().collect() } else { Array::from_iter(["ship"]) };
    table.insert("use", value(uses));
    table.insert("form", value(Array::from_iter([form])));
    table
}

/// Returns in which form a package seems to be shipped: what a bundler makes goes to browsers, what an image is built
/// from into a container.
fn form(report: &Report, knowledge: &Knowledge, idx: PackageIdx, package: &Package) -> &'static str {
    let bundles = report.inventory.needs(idx).iter().any(|edge| {
        let needed = report.inventory.packages.get(edge.to);
        needed.is_some_and(|needed| knowledge.relations().is_bundler(needed.purl.ty(), &needed.purl.full_name()))
    });
    let image = |dir: &RelPath| {
        report.coverage.files.iter().any(|file| {
            file.path.parent().as_ref() == Some(dir)
                && file.path.file_name().is_some_and(|name| name.contains("ockerfile"))
        })
    };
    if bundles {
        "web"
    } else if package.dirs.iter().any(image) {
        "container"
    } else if is_linked(knowledge, package) {
        "binary"
    } else {
        "source"
    }
}

/// Returns whether packages of the type end up in one artifact.
fn is_linked(knowledge: &Knowledge, package: &Package) -> bool {
    let relation = knowledge.relations().infer(package.purl.ty(), "", &["scope-runtime"]);
    relation.is_some_and(|row| row.relation == Relation::Static.word())
}
