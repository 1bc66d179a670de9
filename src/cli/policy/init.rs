//! `init`: a first `ppl-check.toml`, with an artifact proposed for each thing the tree seems to ship.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ppl_check::base::RelPath;
use ppl_check::config::FILE_NAME;
use ppl_check::license::knowledge::Knowledge;
use ppl_check::model::{Package, PackageIdx, Relation, Scope};
use ppl_check::report::{Report, escape};
use ppl_check::scan::{Tree, WalkOptions};
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::super::args::Common;
use super::super::ui::Ui;
use super::super::{FINE, Failure, run};
use super::InitArgs;

/// How many artifacts are proposed; of more, a person has to say which are shipped.
const MAX_PROPOSED: usize = 8;

/// Configurations of bundlers, by the name before the last dot or the whole name.
#[rustfmt::skip]
const BUNDLER_FILES: &[&str] = &[
    "angular.json", "astro.config", "next.config", "nuxt.config", "remix.config", "rollup.config", "rsbuild.config",
    "rspack.config", "svelte.config", "vite.config", "vue.config", "webpack.config", "webpack.mix",
];

pub(crate) fn init(common: &Common, args: &InitArgs, ui: &Ui) -> Result<u8, Failure> {
    let folder = args.path.as_deref().unwrap_or(Path::new("."));
    let path = folder.join(FILE_NAME);
    if path.exists() && !args.dry_run {
        return Err(Failure::new(format!("`{}` exists", path.display())).hint("see `ppl-check config show`"));
    }
    let (report, terms) = run::run_by(common, args.path.as_deref())?;
    let tree = Tree::walk(folder, &WalkOptions { exclude: common.exclude.clone() });
    let tree = tree.map_err(|error| run::with_cause(&error))?;
    let text = proposal(&report, terms.knowledge, &tree);
    let to = if args.dry_run { None } else { Some(path.as_path()) };
    ui.write(to, &|_, out| out.write_all(text.as_bytes()))?;
    if !args.dry_run {
        ui.write(None, &|_, out| writeln!(out, "{FILE_NAME} is written: read it, then run `ppl-check`"))?;
    }
    Ok(FINE)
}

fn proposal(report: &Report, knowledge: &Knowledge, tree: &Tree) -> String {
    let mut head = vec![
        "How ppl-check judges this project. Every key is optional; `ppl-check config show` says what is in force."
            .to_owned(),
    ];
    head.extend(report.project.outbound_note.iter().map(|note| format!("Of the project: {}.", escape::line(note))));
    let found = proposed(report, knowledge, tree);
    // The whole as source is what is judged without any.
    let is_whole = found.len() == 1 && found.values().all(|artifact| artifact.forms.contains("source"));
    let mut artifacts = ArrayOfTables::new();
    if found.len() > MAX_PROPOSED {
        let n = found.len();
        head.push(format!("{n} parts are needed by no other part: say with [[artifact]] which are shipped, and how."));
    } else if !is_whole {
        artifacts.extend(found.iter().map(|(root, artifact)| artifact.table(root, &found)));
    }
    let head = format!("# {}\n", head.join("\n# "));
    let mut document = DocumentMut::new();
    let mut project = Table::new();
    project.insert("outbound", value(report.project.outbound.as_str()));
    project.decor_mut().set_prefix(format!("{head}\n"));
    document.insert("project", Item::Table(project));
    if !artifacts.is_empty() {
        document.insert("artifact", Item::ArrayOfTables(artifacts));
    }
    document.to_string()
}

/// Something that seems to be shipped.
#[derive(Default)]
struct Artifact {
    name: String,
    forms: BTreeSet<&'static str>,
    /// Whether it is more than the place from which the others are developed.
    has_content: bool,
}

impl Artifact {
    fn table(&self, root: &RelPath, all: &BTreeMap<RelPath, Self>) -> Table {
        let mut table = Table::new();
        let root = if root.is_root() { "." } else { root.as_str() };
        let is_taken = all.values().filter(|other| other.name == self.name).count() > 1;
        table.insert("name", value(if is_taken { root } else { &self.name }));
        table.insert("roots", value(Array::from_iter([root])));
        // What runs in a browser or a container is mostly used over a network as well.
        let is_served = self.forms.contains("web") || self.forms.contains("container");
        let uses: &[&str] = if is_served { &["ship", "service"] } else { &["ship"] };
        table.insert("use", value(uses.iter().copied().collect::<Array>()));
        table.insert("form", value(self.forms.iter().copied().collect::<Array>()));
        table
    }
}

/// Returns what seems to be shipped, by its folder: own packages that no other needs, and whose folder lies in that of
/// no other.
fn proposed(report: &Report, knowledge: &Knowledge, tree: &Tree) -> BTreeMap<RelPath, Artifact> {
    let mut found: BTreeMap<RelPath, Artifact> = BTreeMap::new();
    for (idx, package) in shipped(report) {
        let runtime = |edge: &ppl_check::model::Edge| edge.scope == Scope::Runtime;
        let needs_something = report.inventory.needs(idx).iter().any(runtime);
        let is_sample = |dir: &RelPath| Tree::is_sample(&dir.join(FILE_NAME), &RelPath::root());
        for dir in package.dirs.iter().filter(|dir| !is_sample(dir)) {
            let forms = forms(report, knowledge, tree, (idx, package), dir);
            let artifact = found.entry(dir.clone()).or_default();
            if artifact.name.is_empty() {
                name(package).clone_into(&mut artifact.name);
            }
            artifact.has_content |= needs_something || forms != ["source"];
            artifact.forms.extend(forms);
        }
    }
    for artifact in found.values_mut().filter(|artifact| artifact.forms.len() > 1) {
        artifact.forms.remove("source");
    }
    let root = RelPath::root();
    if found.len() > 1 && found.get(&root).is_some_and(|artifact| !artifact.has_content) {
        found.remove(&root);
    }
    let folders: Vec<RelPath> = found.keys().cloned().collect();
    found.retain(|dir, _| !folders.iter().any(|other| other != dir && dir.is_within(other)));
    found
}

/// Returns the last part of a name that is one: modules of Go end in the number of their major version.
fn name(package: &Package) -> &str {
    let is_version = |part: &&str| part.strip_prefix('v').is_some_and(|rest| rest.parse::<u32>().is_ok());
    let before = package.purl.namespace().and_then(|namespace| namespace.rsplit('/').next());
    before.filter(|_| is_version(&package.purl.name())).unwrap_or(package.purl.name())
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

/// Returns in which forms a package seems to be shipped: what a bundler makes goes to browsers, what an image is built
/// from into a container.
fn forms(
    report: &Report,
    knowledge: &Knowledge,
    tree: &Tree,
    (idx, package): (PackageIdx, &Package),
    dir: &RelPath,
) -> Vec<&'static str> {
    let needs_bundler = || {
        report.inventory.needs(idx).iter().any(|edge| {
            let needed = report.inventory.packages.get(edge.to);
            needed.is_some_and(|needed| knowledge.relations().is_bundler(needed.purl.ty(), &needed.purl.full_name()))
        })
    };
    let has_file = |is_one: &dyn Fn(&str) -> bool| {
        let files = tree.files_below(dir).iter().filter(|file| file.path.parent().as_ref() == Some(dir));
        files.filter_map(|file| file.path.file_name()).any(is_one)
    };
    let is_bundled = |name: &str| {
        BUNDLER_FILES.contains(&name) || name.rsplit_once('.').is_some_and(|(stem, _)| BUNDLER_FILES.contains(&stem))
    };
    let is_web = needs_bundler() || has_file(&is_bundled);
    let is_image = has_file(&|name| name.contains("ockerfile"));
    let mut forms: Vec<&str> =
        [("web", is_web), ("container", is_image)].into_iter().filter(|(_, is)| *is).map(|(form, _)| form).collect();
    if forms.is_empty() {
        forms.push(if is_linked(knowledge, package) { "binary" } else { "source" });
    }
    forms
}

/// Returns whether packages of the type end up in one artifact.
fn is_linked(knowledge: &Knowledge, package: &Package) -> bool {
    let relation = knowledge.relations().infer(package.purl.ty(), "", &["scope-runtime"]);
    relation.is_some_and(|row| row.relation == Relation::Static.word())
}
