//! One run from a folder to a report: scan, collect, resolve, relate, judge.

mod documents;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use thiserror::Error;

use crate::base::{Date, Diagnostic, Location, RelPath, sha256_hex};
use crate::config::Config;
use crate::ecosystem::Surroundings;
use crate::inventory::{ReadFile, Samples, collect, collect_sbom, raise_shipped, relate};
use crate::license::expr::Expr;
use crate::license::knowledge::Knowledge;
use crate::model::{Finding, Inventory, NotJudged, Package, Resolved, Routes, Verdict};
use crate::policy::{
    Act, Assessment, Entity, Form, Judge, PROFILES, Part, Purpose, Scene, User, Whole, assess, ingredients, waive,
};
use crate::registry::Lookups;
use crate::report::who::both_purposes;
use crate::report::{Artifact, Coverage, Documents, Paths, Project, Reason, Report, RuleWords, Summary};
use crate::resolve::{Attribution, LOCK_NAME, Recorded, Resolver, Sources, Untied, find_sources};
use crate::scan::{Limits, ReadError, ScanError, SkipReason, Stores, Tree, WalkOptions};

/// The longest path in a report, in packages; `why` shows any.
const MAX_PATH_PACKAGES: usize = 64;

/// The most packages in all paths of a report together: a deep graph must not make a report of its square.
const MAX_PATH_PACKAGES_IN_ALL: usize = 1_000_000;

/// Everything a run depends on.
pub struct CheckOptions<'run> {
    /// The folder to check.
    pub root: PathBuf,
    /// Package stores outside of it.
    pub stores: Stores,
    /// How registries are asked; `None` asks none.
    pub lookups: Option<&'run Lookups<'run>>,
    /// What becomes of answers that nothing ties to the lockfile.
    pub untied: Untied,
    /// Whether what the project has recorded counts.
    pub records: Records,
    /// The license knowledge.
    pub knowledge: &'run Knowledge,
    /// The configuration, with command-line options laid over it.
    pub config: Config,
    /// The text the digest of the policy is made from.
    pub policy: String,
    /// An expression to judge under, whatever the project says.
    pub outbound: Option<Expr>,
    /// Whether samples are judged.
    pub samples: Samples,
    /// Whether the project's own files are looked through for what is not the project's.
    pub sources: OwnFiles,
    /// What is done with the work; it is shipped if nothing is said.
    pub act: Option<Act>,
    /// The day for which dates are judged.
    pub today: Option<Date>,
    /// In which forms the work is shipped; as the configuration says if empty.
    pub forms: Vec<Form>,
    /// Whether release documents will be written, and the moment they give.
    pub documents: Option<String>,
    /// An SBOM that is checked instead of the folder it lies in: its name and its bytes.
    pub sbom: Option<(RelPath, Vec<u8>)>,
    /// Files of an earlier revision, to be checked instead of those on disk.
    pub revision: Option<BTreeMap<RelPath, Vec<u8>>>,
    /// The configuration in the tree, if it is not the one to judge by.
    pub policy_changed: Option<Location>,
}

/// Whether what the project has recorded in `ppl-check.lock` counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Records {
    /// It counts where the bytes are not at hand, and is compared with those that are.
    #[default]
    Count,
    /// What another state of the project has recorded counts instead: the text of the file there.
    Of(String),
    /// It is left aside, to be written anew.
    LeftAside,
}

/// Whether the project's own files are looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnFiles {
    /// Copied code, headers, fonts and pictures are found.
    Read,
    /// They are left out.
    LeftOut,
}

/// Why no report could be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The tree cannot be walked.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// An expression that the program itself needs is not valid.
    #[error("the license knowledge names no valid default license")]
    Default,
}

/// Checks a project.
pub fn check(options: &CheckOptions) -> Result<Report, CheckError> {
    let CheckOptions { config, knowledge, .. } = options;
    let walk = WalkOptions { exclude: config.scan.exclude.clone() };
    let tree = match (&options.sbom, &options.revision) {
        // Nothing of the folder around it is walked.
        (Some(_), _) => Tree::at_revision(&options.root, BTreeMap::new(), &walk)?,
        (None, Some(files)) => Tree::at_revision(&options.root, files.clone(), &walk)?,
        (None, None) => Tree::walk(&options.root, &walk)?,
    };
    let mut collected = match &options.sbom {
        Some((path, bytes)) => collect_sbom(path, bytes, config),
        None => collect(&tree, &options.stores, config, options.samples),
    };
    let mut inventory = std::mem::take(&mut collected.inventory);
    raise_shipped(&tree, &mut inventory, knowledge);
    let surroundings = Surroundings { tree: &tree, stores: &options.stores };
    let (recorded, mut problems) = recorded(&tree, &options.records);
    let mut resolver = Resolver::new(Some(surroundings), config, knowledge).with_untied(options.untied);
    if options.records != Records::LeftAside {
        resolver = resolver.with_recorded(&recorded);
    }
    if options.documents.is_some() {
        resolver = resolver.keeping_texts();
    }
    let (mut attributions, found) = resolver.resolve_all(&mut inventory.packages, &collected.records);
    problems.extend(found);
    problems.extend(resolver.look_up(&mut inventory.packages, &collected.records, &mut attributions, options.lookups));
    drop(std::mem::take(&mut collected.records));
    let mut sources = match options.sources {
        OwnFiles::Read => find_sources(&resolver, &tree, &inventory, options.samples),
        OwnFiles::LeftOut => Sources::default(),
    };
    problems.append(&mut take_in(&mut sources, &resolver, &mut inventory, &mut attributions));
    relate(&mut inventory.packages, config, knowledge);
    let read = |path: &RelPath| tree.read(path, Limits::DEFAULT.manifest).map_err(|error| error.to_string());
    let void = waive(&mut inventory.packages, config, &read);
    let mut diagnostics = [tree.diagnostics().to_vec(), collected.diagnostics, problems, void].concat();
    diagnostics.sort();
    diagnostics.dedup();
    let (mut sample_diagnostics, diagnostics): (Vec<_>, Vec<_>) = match options.samples {
        Samples::Listed => diagnostics.into_iter().partition(|diagnostic| in_sample(diagnostic, &collected.files)),
        Samples::Judged => (Vec::new(), diagnostics),
    };
    sample_diagnostics.append(&mut collected.sample_diagnostics);
    sample_diagnostics.sort();
    sample_diagnostics.dedup();

    let (outbound, project) = project(options, &inventory, sources.declared.as_ref())?;
    let promised = promised(&inventory, sources.declared.as_ref()).filter(|promised| *promised != outbound);
    let scene = Scene {
        inventory: &inventory,
        diagnostics: &diagnostics,
        config,
        knowledge,
        outbound: outbound.clone(),
        parts: parts(options, &outbound),
        promised,
        user: User::of(config),
        clients: clients(config),
        today: options.today,
        policy_changed: options.policy_changed.clone(),
    };
    let mut assessment = assess(&scene);
    let artifacts = artifacts(&scene.parts, &assessment);
    let users = users(&scene, &outbound, &assessment);
    let documents = match &options.documents {
        Some(created) => documents::collect(created, &scene, &assessment, resolver.into_texts()),
        None => Documents::default(),
    };
    for (idx, package) in inventory.packages.iter_mut().enumerate() {
        package.resolution.imprecise = assessment.imprecise.contains(&idx);
    }
    let nothing = collected.files.is_empty() && inventory.packages.is_empty() && !sources.speaks;
    let diagnostics = [diagnostics, std::mem::take(&mut assessment.upkeep)].concat();
    let summary = summary(&inventory, &assessment, nothing);
    let coverage = Coverage { n_images: sources.n_images, ..coverage(&tree, collected.files, &inventory) };
    Ok(Report {
        data_digest: knowledge.digest.clone(),
        policy_digest: sha256_hex(options.policy.as_bytes()),
        project,
        artifacts,
        paths: paths(&inventory),
        recorded,
        inventory,
        judgements: assessment.judgements,
        attributions,
        documents,
        failing: vec![false; assessment.findings.len()],
        findings: assessment.findings,
        rules: catalog(knowledge),
        difference: None,
        diagnostics,
        sample_diagnostics,
        coverage,
        summary,
        users,
        hidden: Vec::new(),
    })
}

/// Reads what the project has recorded.
fn recorded(tree: &Tree, records: &Records) -> (Recorded, Vec<Diagnostic>) {
    if let Records::Of(text) = records {
        return Recorded::parse(text);
    }
    let path = RelPath::root().join(LOCK_NAME);
    match tree.read_text(&path, Limits::DEFAULT.lockfile) {
        Ok(text) => Recorded::parse(&text),
        Err(ReadError::NotFound) => (Recorded::default(), Vec::new()),
        Err(error) => (Recorded::default(), vec![error.diagnostic(Location::file(path))]),
    }
}

/// Resolves what the project's own files hold of others, and takes it in among the packages.
fn take_in(
    sources: &mut Sources,
    resolver: &Resolver,
    inventory: &mut Inventory,
    attributions: &mut Vec<Attribution>,
) -> Vec<Diagnostic> {
    let mut packages = std::mem::take(&mut sources.packages);
    let (mut more, mut problems) = resolver.resolve_all(&mut packages, &sources.records);
    for (attribution, assets) in more.iter_mut().zip(std::mem::take(&mut sources.assets)) {
        attribution.assets = assets;
    }
    problems.append(&mut sources.diagnostics);
    let all: Vec<Attribution> = std::mem::take(attributions).into_iter().chain(more).collect();
    let places = inventory.extend(packages);
    let mut in_order: Vec<(usize, Attribution)> = places.into_iter().zip(all).collect();
    in_order.sort_by_key(|(place, _)| *place);
    attributions.extend(in_order.into_iter().map(|(_, attribution)| attribution));
    problems
}

/// Returns whether a problem concerns a sample: a file that was read as one, or another file in such a folder.
fn in_sample(diagnostic: &Diagnostic, files: &[ReadFile]) -> bool {
    let Some(at) = diagnostic.at.as_ref().filter(|at| at.store.is_none()) else { return false };
    match files.iter().find(|file| file.path == at.path) {
        Some(file) => file.sample,
        None => Tree::is_sample(&at.path, &RelPath::root()),
    }
}

/// Decides what the project is judged under: what was asked for, what the configuration says, what the project
/// declares if that is copyfarleft, else the default.
fn project(options: &CheckOptions, inventory: &Inventory, text: Option<&Expr>) -> Result<(Expr, Project), CheckError> {
    let default = &options.knowledge.defaults().outbound;
    let default = Expr::parse(default).map_err(|_| CheckError::Default)?.expr;
    let configured = options.config.project.outbound.as_deref().and_then(|text| Expr::parse(text).ok());
    let declared = promised(inventory, text);
    let copyfarleft = |expr: &Expr| Judge::new(options.knowledge, expr, BTreeMap::new()).is_copyfarleft();
    let (outbound, note) = match (&options.outbound, configured, &declared) {
        (Some(asked), _, _) => (asked.clone(), None),
        (None, Some(configured), _) => (configured.expr, None),
        (None, None, Some(declared)) if copyfarleft(declared) => (declared.clone(), None),
        (None, None, Some(declared)) => {
            let note = format!("declares {declared}; judged as if shipped under {default}");
            (default, Some(note))
        }
        (None, None, None) => {
            let what = match own_expressions(inventory).len() {
                0 => "declares no license that could be read",
                _ => "its own declarations disagree",
            };
            let note = format!("{what}; judged as if shipped under {default}");
            (default, Some(note))
        }
    };
    // A lockfile without a manifest has a package without a name of its own.
    let is_unnamed = |package: &&Package| package.purl.version().is_none() && package.claims.is_empty();
    let in_root = |package: &&Package| package.is_own() && package.dirs.iter().any(RelPath::is_root);
    let root = inventory.packages.iter().filter(in_root).min_by_key(is_unnamed);
    let project = Project {
        name: root.map(|package| package.purl.full_name()),
        version: root.and_then(|package| package.purl.version().map(str::to_owned)),
        declared: declared.iter().map(ToString::to_string).collect(),
        holder: options.config.project.holder.clone(),
        outbound: outbound.to_string(),
        outbound_note: note,
    };
    Ok((outbound, project))
}

/// Returns what the project declares: its package in the root, else the text there, else all own packages if they agree.
fn promised(inventory: &Inventory, text: Option<&Expr>) -> Option<Expr> {
    if let Some(text) = text {
        return Some(text.clone());
    }
    let mut all = own_expressions(inventory);
    if all.len() == 1 { all.pop_first() } else { None }
}

/// Returns what the packages in the root declare, else what all own packages do.
fn own_expressions(inventory: &Inventory) -> BTreeSet<Expr> {
    let own: Vec<_> = inventory.packages.iter().filter(|package| package.is_own()).collect();
    let at_root = own.iter().filter(|package| package.dirs.iter().any(RelPath::is_root));
    let expr = |resolved: &Resolved| match resolved {
        Resolved::Expression(expr) | Resolved::SuffixUnstated(expr) => Some(expr.clone()),
        Resolved::Candidates(_) | Resolved::Modified { .. } | Resolved::Missing { .. } => None,
    };
    let from_root: BTreeSet<Expr> = at_root.filter_map(|package| expr(&package.resolution.resolved)).collect();
    if from_root.is_empty() {
        own.iter().filter_map(|package| expr(&package.resolution.resolved)).collect()
    } else {
        from_root
    }
}

fn parts(options: &CheckOptions, outbound: &Expr) -> Vec<Part> {
    let act = options.act.unwrap_or(Act::Ship);
    if options.config.artifacts.is_empty() {
        let name = "everything".to_owned();
        return vec![Part {
            name,
            outbound: outbound.clone(),
            roots: Vec::new(),
            acts: vec![act],
            forms: options.forms.clone(),
        }];
    }
    let part = |artifact: &crate::config::Artifact| {
        let license = artifact.license.as_deref().and_then(|text| Expr::parse(text).ok());
        let said: Vec<Act> = artifact.uses.iter().filter_map(|word| Act::from_word(word)).collect();
        Part {
            name: artifact.name.clone(),
            outbound: match (&options.outbound, license) {
                (Some(asked), _) => asked.clone(),
                (None, Some(license)) => license.expr,
                (None, None) => outbound.clone(),
            },
            roots: artifact.roots.iter().filter_map(|root| RelPath::new(root).ok()).collect(),
            acts: if options.act.is_some() || said.is_empty() { vec![act] } else { said },
            forms: if options.forms.is_empty() {
                artifact.form.iter().filter_map(|word| Form::from_word(word)).collect()
            } else {
                options.forms.clone()
            },
        }
    };
    options.config.artifacts.iter().map(part).collect()
}

/// Returns the users to whom the work is delivered; what they do not say of themselves stays unsaid.
fn clients(config: &Config) -> Vec<User> {
    let entities = config.you.clients.iter().filter_map(|word| Entity::from_word(word));
    entities.map(|entity| User { entity, attest: BTreeSet::new(), purpose: Purpose::Commercial }).collect()
}

fn artifacts(parts: &[Part], assessment: &Assessment) -> Vec<Artifact> {
    let described = parts.iter().zip(&assessment.parts);
    described
        .map(|(part, (verdict, branches))| Artifact {
            name: part.name.clone(),
            license: part.outbound.to_string(),
            uses: part.acts.iter().map(|act| act.word().to_owned()).collect(),
            forms: part.forms.iter().map(|form| form.word().to_owned()).collect(),
            verdict: *verdict,
            branches: branches.iter().map(|(branch, verdict)| (branch.to_string(), *verdict)).collect(),
        })
        .collect()
}

/// Returns the words of every rule, sorted by id.
fn catalog(knowledge: &Knowledge) -> Vec<RuleWords> {
    let words = |rule: &crate::license::knowledge::Rule| RuleWords {
        id: rule.id.clone(),
        title: rule.title.clone(),
        why: rule.why.clone(),
        fix: rule.fix.clone(),
    };
    let mut rules: Vec<RuleWords> = knowledge.rules().iter().map(words).collect();
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    rules
}

/// Answers in a line each who may use the whole.
fn users(scene: &Scene, outbound: &Expr, assessment: &Assessment) -> Vec<(String, String)> {
    let parts = ingredients(scene.inventory, &assessment.judgements, &assessment.findings);
    let whole = Whole::new(scene.knowledge, scene.answers(), outbound, &parts);
    let act = scene.parts.first().and_then(|part| part.acts.first()).copied().unwrap_or(Act::Ship);
    PROFILES
        .iter()
        .filter(|profile| profile.is_common)
        .map(|profile| {
            let cell = |purpose: Purpose| {
                let cell = whole.cell(&profile.user(purpose), act);
                (cell.verdict, cell.cause)
            };
            let answer = both_purposes(cell(Purpose::NonCommercial), cell(Purpose::Commercial));
            (profile.words.to_owned(), answer)
        })
        .collect()
}

/// Returns the shortest paths to each package, as many as a reader can use.
fn paths(inventory: &Inventory) -> Vec<Paths> {
    let routes = Routes::new(inventory);
    let mut left = MAX_PATH_PACKAGES_IN_ALL;
    (0..inventory.packages.len())
        .map(|idx| {
            let mut shortest = routes.shortest(idx, MAX_PATH_PACKAGES);
            shortest.retain(|path| {
                let fits = path.len() <= left;
                left -= if fits { path.len() } else { 0 };
                fits
            });
            Paths::new(&shortest, routes.n_known(idx) > shortest.len())
        })
        .collect()
}

fn coverage(tree: &Tree, files: Vec<ReadFile>, inventory: &Inventory) -> Coverage {
    let count =
        |keep: fn(&crate::model::Package) -> bool| inventory.packages.iter().filter(|package| keep(package)).count();
    let excluded = tree.skipped().iter().filter(|skipped| skipped.reason == SkipReason::Excluded);
    Coverage {
        files,
        skipped: tree.skipped_counts(),
        excluded: excluded.map(|skipped| skipped.path.clone()).collect(),
        n_samples: count(|package| package.not_judged == Some(NotJudged::Sample)),
        n_images: 0,
        n_imprecise: count(|package| package.resolution.imprecise),
        n_unverified: count(|package| package.resolution.unverified_origin),
    }
}

fn summary(inventory: &Inventory, assessment: &Assessment, nothing: bool) -> Summary {
    let open = || assessment.findings.iter().filter(|finding| finding.excepted.is_none());
    let n = |word: &str| open().filter(|finding| finding.word() == word).count();
    // Of what many packages lack, each is unknown.
    let n_lacking = |finding: &Finding| if finding.lacking { finding.packages.len() } else { 1 };
    let n_unknowns = open().filter(|finding| finding.word() == "unknown").map(n_lacking).sum();
    let judged = |wanted: Verdict| {
        assessment.judgements.iter().flatten().filter(|judgement| judgement.verdict == wanted).count()
    };
    let mut not_judged = BTreeMap::new();
    for why in inventory.packages.iter().filter_map(|package| package.not_judged) {
        *not_judged.entry(why).or_default() += 1;
    }
    let mut summary = Summary {
        reason: Reason::Clean,
        n_conflicts: n("conflict"),
        n_unknowns,
        n_questions: n("question"),
        n_obligations: judged(Verdict::Obligation),
        n_ok: judged(Verdict::Ok),
        not_judged,
        n_excepted: assessment.findings.len() - open().count(),
    };
    let incomplete = open().any(|finding| finding.rule == "incomplete-scan");
    summary.reason = if nothing {
        Reason::NothingToCheck
    } else if summary.n_conflicts > 0 {
        Reason::Conflict
    } else if incomplete {
        Reason::Incomplete
    } else if summary.n_unknowns > 0 {
        Reason::Unknown
    } else if summary.n_questions > 0 {
        Reason::Question
    } else if summary.n_obligations > 0 {
        Reason::Obligation
    } else {
        Reason::Clean
    };
    summary
}
