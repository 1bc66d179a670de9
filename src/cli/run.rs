//! From options to a report: knowledge, configuration, stores, then the library.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::CommandFactory;
use ppl_check::base::nearest::nearest;
use ppl_check::base::{Date, Location, RelPath};
use ppl_check::config::Config;
use ppl_check::inventory::Samples;
use ppl_check::license::expr::Expr;
use ppl_check::license::knowledge::Knowledge;
use ppl_check::policy::{Act, Answers, Attestation, Entity, Form, Purpose, User};
use ppl_check::registry::Lookups;
use ppl_check::report::Report;
use ppl_check::resolve::Untied;
use ppl_check::scan::{Limits, Stores, read_named};
use ppl_check::{CheckOptions, OwnFiles, Records, check};

use super::args::Common;
use super::configuration::{self, Policy};
use super::ui::{self, Ui};
use super::{FINE, Failure, environment, git, knowledge, online};

/// Files by their path below the folder that is checked.
pub(crate) type Files = BTreeMap<RelPath, Vec<u8>>;

/// What a report is made for.
pub(crate) enum Wanted {
    /// Verdicts and findings.
    Verdicts,
    /// Release documents, for these forms; those of the configuration if none is named.
    Documents { forms: Vec<Form> },
}

/// What a run rests on beside the folder.
pub(crate) struct Configured {
    /// The configuration, with the options laid over it.
    config: Config,
    /// The text the digest of the policy is made from.
    policy: String,
    /// The configuration in the tree, if it is not the one in force.
    changed: Option<Location>,
    /// What the revision that the configuration is taken from has recorded.
    recorded: Option<String>,
    /// What it is judged by.
    pub(crate) terms: Terms,
}

/// What a configuration says for judging.
pub(crate) struct Terms {
    /// The license knowledge, with what the configuration lays over it.
    pub(crate) knowledge: &'static Knowledge,
    /// The answers to contested questions.
    pub(crate) answers: Answers,
    /// Who uses the work, if that is said.
    pub(crate) user: Option<User>,
}

/// Returns what a run over a folder rests on.
pub(crate) fn configured(common: &Common, path: Option<&Path>) -> Result<Configured, Failure> {
    configuration(common, &root(path)?)
}

/// Checks a folder as the options say, and returns by what it was judged.
pub(crate) fn run_by(common: &Common, path: Option<&Path>) -> Result<(Report, Terms), Failure> {
    let run = Run { wanted: &Wanted::Verdicts, revision: None, records: Records::Count, sbom: None };
    run_on(common, path, run).map(|(report, terms, _)| (report, terms))
}

/// Checks a folder as the options say.
pub(crate) fn run(common: &Common, path: Option<&Path>) -> Result<Report, Failure> {
    run_for(common, path, &Wanted::Verdicts)
}

/// Checks a folder as it was at a revision, by the policy of today.
pub(crate) fn run_at(common: &Common, path: Option<&Path>, revision: &str) -> Result<Report, Failure> {
    let files = git::files_at(&root(path)?, revision)?;
    let run = Run { wanted: &Wanted::Verdicts, revision: Some(files), records: Records::Count, sbom: None };
    run_on(common, path, run).map(|(report, ..)| report)
}

/// Checks a folder as the options say, for a purpose.
pub(crate) fn run_for(common: &Common, path: Option<&Path>, wanted: &Wanted) -> Result<Report, Failure> {
    run_on(common, path, Run { wanted, revision: None, records: Records::Count, sbom: None }).map(|(report, ..)| report)
}

/// Checks a folder without what `ppl-check.lock` records, and returns the folder too.
pub(crate) fn without_records(common: &Common, path: Option<&Path>) -> Result<(Report, PathBuf), Failure> {
    let run = Run { wanted: &Wanted::Verdicts, revision: None, records: Records::LeftAside, sbom: None };
    run_on(common, path, run).map(|(report, _, root)| (report, root))
}

/// What is special about a run.
struct Run<'run> {
    wanted: &'run Wanted,
    revision: Option<Files>,
    records: Records,
    sbom: Option<Sbom>,
}

/// An SBOM: its name and its bytes.
type Sbom = (RelPath, Vec<u8>);

fn run_on(common: &Common, path: Option<&Path>, run: Run) -> Result<(Report, Terms, PathBuf), Failure> {
    let (root, sbom) = input(path)?;
    let run = Run { sbom, ..run };
    let started = Instant::now();
    let progress = |n_done, n_all| ui::progress(common, started, n_done, n_all);
    let lookups = online::lookups(common, Some(&root))?.map(|lookups| lookups.with_progress(&progress));
    let (report, terms) = look(common, &root, lookups.as_ref(), run)?;
    Ok((report, terms, root))
}

/// Prints what registries would be asked, one address a line.
pub(crate) fn dry_run(common: &Common, path: Option<&Path>, ui: &Ui) -> Result<u8, Failure> {
    let (root, sbom) = input(path)?;
    let lookups = online::lookups(common, Some(&root))?.map(Lookups::dry);
    let run = Run { wanted: &Wanted::Verdicts, revision: None, records: Records::Count, sbom };
    look(common, &root, lookups.as_ref(), run)?;
    let addresses = lookups.map(|lookups| lookups.would_ask()).unwrap_or_default();
    ui.write(common.output.as_deref(), &|_, out| addresses.iter().try_for_each(|address| writeln!(out, "{address}")))?;
    Ok(FINE)
}

fn look(common: &Common, root: &Path, lookups: Option<&Lookups>, run: Run) -> Result<(Report, Terms), Failure> {
    use_jobs(common);
    let Run { wanted, revision, records, sbom } = run;
    let Configured { config, policy, changed, recorded, terms } = configuration(common, root)?;
    let records = match (records, recorded) {
        (Records::Count, Some(text)) => Records::Of(text),
        (records, _) => records,
    };
    let (today, _) = environment::today(common.today.as_deref())?;
    let options = CheckOptions {
        stores: if common.locked { Stores::default() } else { environment::stores(root, &common.python_env)? },
        lookups,
        records,
        untied: if common.strict { Untied::Unknown } else { Untied::Counts },
        knowledge: terms.knowledge,
        outbound: outbound(common)?,
        samples: if common.include_tests { Samples::Judged } else { Samples::Listed },
        sources: if common.no_source { OwnFiles::LeftOut } else { OwnFiles::Read },
        act: common.act.as_deref().and_then(Act::from_word),
        today,
        documents: match wanted {
            Wanted::Verdicts => None,
            Wanted::Documents { .. } => Some(environment::created(common.today.as_deref())),
        },
        forms: match wanted {
            Wanted::Verdicts => Vec::new(),
            Wanted::Documents { forms } => forms.clone(),
        },
        root: root.to_path_buf(),
        sbom,
        config,
        policy,
        // What an earlier revision brought is not news.
        policy_changed: changed.filter(|_| revision.is_none()),
        revision,
    };
    // On a thread of the pool: what its threads let go of while reading is used again for what comes after.
    let report = rayon::scope(|_| check(&options)).map_err(|error| with_cause(&error))?;
    Ok((report, terms))
}

/// Keeps to the number of threads that was asked for.
pub(crate) fn use_jobs(common: &Common) {
    if let Some(jobs) = common.jobs {
        // A second call in one process keeps the first pool, which is as good.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global();
    }
}

/// Says why there is no answer, with what lies behind it.
pub(crate) fn with_cause(error: &dyn std::error::Error) -> Failure {
    let cause = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    Failure::new(format!("{error}{cause}"))
}

/// Returns the folder to check. A word that is no path may be a mistyped command.
pub(super) fn root(path: Option<&Path>) -> Result<PathBuf, Failure> {
    let path = path.unwrap_or(Path::new("."));
    if path.exists() {
        return Ok(path.to_path_buf());
    }
    let failure = Failure::new(format!("`{}` is neither a command nor a path that exists", path.display()));
    let word = path.to_string_lossy();
    Err(match nearest_command(&word) {
        Some(command) => failure.hint(format!("did you mean `ppl-check {command}`?")),
        None => failure.hint("see `ppl-check --help`"),
    })
}

/// Returns the folder to check or, for a file or `-`, the folder it lies in, its name and its bytes.
fn input(path: Option<&Path>) -> Result<(PathBuf, Option<Sbom>), Failure> {
    let limit = Limits::DEFAULT.lockfile;
    let Some(path) = path else { return Ok((root(None)?, None)) };
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        let read = std::io::stdin().take(limit + 1).read_to_end(&mut bytes);
        read.map_err(|error| Failure::new(format!("failed to read standard input: {error}")))?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length > limit) {
            return Err(Failure::new(format!("standard input is larger than the limit of {limit} bytes")));
        }
        let name = RelPath::root().join("standard-input");
        return Ok((PathBuf::from("."), Some((name, bytes))));
    }
    let found = root(Some(path))?;
    let (Some(name), false) = (path.file_name(), found.is_dir()) else { return Ok((found, None)) };
    let bytes = read_named(path, limit)
        .map_err(|error| Failure::new(format!("failed to read `{}`: {error}", path.display())))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((folder.to_path_buf(), Some((RelPath::root().child(name), bytes))))
}

fn nearest_command(word: &str) -> Option<String> {
    let command = super::Cli::command();
    nearest(word, command.get_subcommands().map(clap::Command::get_name)).map(str::to_owned)
}

/// Reads the configuration and lays the options over it.
pub(crate) fn configuration(common: &Common, root: &Path) -> Result<Configured, Failure> {
    let Policy { mut config, text, changed, revision } = configuration::in_force(common, root)?;
    config.scan.exclude.extend(common.exclude.iter().cloned());
    if let Some(entity) = &common.entity {
        config.you.kind = Some(entity.clone());
        config.you.attest.clear();
    }
    config.you.attest.extend(common.attest.iter().cloned());
    config.you.purpose = common.purpose.clone().or(config.you.purpose);
    check_words(&config, common)?;
    let user = User::of(&config);
    if let Some((one, other)) = user.as_ref().and_then(User::contradiction) {
        return Err(Failure::new(format!("`{one}` and `{other}` contradict each other")));
    }
    let base = knowledge::knowledge(common)?;
    let knowledge = match &revision {
        Some(revision) => knowledge::overlay_of(base, &revision.files, &config.data)?,
        None if config.data.is_empty() => base,
        None => {
            let folder = common.config.as_deref().map_or(Some(root), Path::parent).unwrap_or(root);
            knowledge::overlay(base, folder, &config.data)?
        }
    };
    let answers = answers(&config, knowledge)?;
    let recorded = revision.map(|revision| revision.recorded);
    Ok(Configured { config, policy: text, changed, recorded, terms: Terms { knowledge, answers, user } })
}

/// Returns the configuration in force and the day for which dates are judged.
pub(crate) fn policy(common: &Common, path: Option<&Path>) -> Result<(Config, Option<Date>), Failure> {
    let Configured { config, .. } = configuration(common, &root(path)?)?;
    Ok((config, environment::today(common.today.as_deref())?.0))
}

/// Returns the answers to contested questions, after a look whether there are such questions and answers.
fn answers(config: &Config, knowledge: &Knowledge) -> Result<Answers, Failure> {
    let mut answers = Answers::new();
    for decision in &config.decisions {
        let Some(switch) = knowledge.switch(&decision.question) else {
            let ids: Vec<&str> = knowledge.switches().iter().map(|switch| switch.id.as_str()).collect();
            return Err(unknown_word("question under `[[decision]]`", &decision.question, &ids));
        };
        let words: Vec<&str> = switch.answers.iter().map(|answer| answer.id.as_str()).collect();
        if !words.contains(&decision.answer.as_str()) {
            return Err(unknown_word(&format!("answer to `{}`", switch.id), &decision.answer, &words));
        }
        answers.insert(switch.id.clone(), decision.answer.clone());
    }
    Ok(answers)
}

/// Says that a word is not one of those that are known, and which may have been meant.
pub(crate) fn unknown_word(what: &str, word: &str, words: &[&str]) -> Failure {
    let near = nearest(word, words.iter().copied());
    let hint = near.map_or_else(|| format!("one of {}", words.join(", ")), |near| format!("did you mean `{near}`?"));
    Failure::new(format!("`{word}` is no {what}")).hint(hint)
}

fn check_words(config: &Config, common: &Common) -> Result<(), Failure> {
    known("entity", config.you.kind.as_deref(), Entity::ALL.iter().map(|word| word.word()))?;
    known("purpose", config.you.purpose.as_deref(), Purpose::ALL.iter().map(|word| word.word()))?;
    known("use", common.act.as_deref(), Act::ALL.iter().map(|word| word.word()))?;
    for client in &config.you.clients {
        known("client", Some(client), Entity::ALL.iter().map(|word| word.word()))?;
    }
    for attestation in &config.you.attest {
        known("attestation", Some(attestation), Attestation::ALL.iter().map(|word| word.word()))?;
    }
    Ok(())
}

/// Refuses a word outside a closed set, and says which there are.
pub(crate) fn known(
    what: &str,
    word: Option<&str>,
    mut words: impl Iterator<Item = &'static str> + Clone,
) -> Result<(), Failure> {
    let Some(word) = word else { return Ok(()) };
    let all = words.clone().collect::<Vec<_>>().join(", ");
    if words.any(|known| known == word) {
        return Ok(());
    }
    Err(Failure::new(format!("`{word}` is not a known {what}")).hint(format!("one of {all}")))
}

fn outbound(common: &Common) -> Result<Option<Expr>, Failure> {
    let Some(text) = &common.outbound else { return Ok(None) };
    let parsed = Expr::parse(text).map_err(|error| {
        Failure::new(format!("--as: expected a license expression: {error}")).hint("as in --as 'PPL OR AGPL-3.0-only'")
    })?;
    Ok(Some(parsed.expr))
}
