//! From options to a report: knowledge, configuration, stores, then the library.

use std::path::{Path, PathBuf};

use ppl_check::config::{self, Config};
use ppl_check::inventory::Samples;
use ppl_check::license::expr::Expr;
use ppl_check::license::knowledge::Knowledge;
use ppl_check::policy::{Act, Attestation, Entity, Form, Purpose};
use ppl_check::report::Report;
use ppl_check::{CheckOptions, check};

use super::args::Common;
use super::{Failure, environment};

/// The largest configuration file that is read, in bytes.
const MAX_CONFIG: u64 = 1024 * 1024;

/// What a report is made for.
pub(crate) enum Wanted {
    /// Verdicts and findings.
    Verdicts,
    /// Release documents, for these forms; those of the configuration if none is named.
    Documents { forms: Vec<Form> },
}

/// Checks a folder as the options say.
pub(crate) fn run(common: &Common, path: Option<&Path>) -> Result<Report, Failure> {
    run_for(common, path, &Wanted::Verdicts)
}

/// Checks a folder as the options say, for a purpose.
pub(crate) fn run_for(common: &Common, path: Option<&Path>, wanted: &Wanted) -> Result<Report, Failure> {
    use_jobs(common);
    let root = root(path)?;
    let (config, policy) = configuration(common, &root)?;
    let (today, _) = environment::today(common.today.as_deref())?;
    let options = CheckOptions {
        stores: environment::stores(&root, &common.python_env)?,
        knowledge: Knowledge::builtin(),
        outbound: outbound(common)?,
        samples: if common.include_tests { Samples::Judged } else { Samples::Listed },
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
        root,
        config,
        policy,
    };
    check(&options).map_err(|error| with_cause(&error))
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
fn root(path: Option<&Path>) -> Result<PathBuf, Failure> {
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

fn nearest_command(word: &str) -> Option<String> {
    let names: Vec<String> = {
        use clap::CommandFactory;
        super::Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
    };
    let (distance, name) = names.into_iter().map(|name| (distance(word, &name), name)).min()?;
    (distance <= 2).then_some(name)
}

/// Returns how many letters must change to get from one word to the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let substitute = row.get(j).copied().unwrap_or_default() + usize::from(from != *to);
            let delete = row.get(j + 1).copied().unwrap_or_default() + 1;
            let insert = next.get(j).copied().unwrap_or_default() + 1;
            next.push(substitute.min(delete).min(insert));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// Reads the configuration, lays the options over it, and returns it with the text its digest is made from.
fn configuration(common: &Common, root: &Path) -> Result<(Config, String), Failure> {
    let path = match &common.config {
        Some(path) => Some(path.clone()),
        None => Some(root.join(config::FILE_NAME)).filter(|path| !common.no_config && path.is_file()),
    };
    let (mut config, text) = match path {
        None => (Config::default(), String::new()),
        Some(path) => {
            let text = read_config(&path)?;
            let shown = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
            // A file in the scanned tree may reach files of the tree alone.
            let fence = if common.config.is_some() { None } else { Some(root) };
            let config = config::load(&shown, &text, &|by, name| read_base(&folder, fence, by, name))
                .map_err(|error| config_failure(&error))?;
            (config, text)
        }
    };
    config.scan.exclude.extend(common.exclude.iter().cloned());
    if let Some(entity) = &common.entity {
        config.you.kind = Some(entity.clone());
        config.you.attest.clear();
    }
    config.you.attest.extend(common.attest.iter().cloned());
    config.you.purpose = common.purpose.clone().or(config.you.purpose);
    check_words(&config, common)?;
    Ok((config, text))
}

fn check_words(config: &Config, common: &Common) -> Result<(), Failure> {
    known("entity", config.you.kind.as_deref(), Entity::ALL.iter().map(|word| word.word()))?;
    known("purpose", config.you.purpose.as_deref(), Purpose::ALL.iter().map(|word| word.word()))?;
    known("use", common.act.as_deref(), Act::ALL.iter().map(|word| word.word()))?;
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

fn read_base(folder: &Path, fence: Option<&Path>, by: &str, name: &str) -> Result<(String, String), String> {
    let path = folder.join(by).parent().unwrap_or(folder).join(name);
    #[expect(clippy::disallowed_methods, reason = "`cli` reads the configuration")]
    let resolve = |path: &Path| std::fs::canonicalize(path).map_err(|error| error.kind().to_string());
    let resolved = resolve(&path)?;
    if let Some(fence) = fence
        && !resolved.starts_with(resolve(fence)?)
    {
        return Err("it lies outside the repository, which only --config may reach".to_owned());
    }
    let text = read_config(&resolved).map_err(|failure| failure.to_string())?;
    Ok((name.to_owned(), text))
}

#[expect(clippy::disallowed_methods, reason = "`cli` reads the configuration")]
fn read_config(path: &Path) -> Result<String, Failure> {
    use std::io::Read;
    let failed = |error: std::io::Error| Failure::new(format!("failed to read `{}`: {error}", path.display()));
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut text = String::new();
    file.take(MAX_CONFIG).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

fn config_failure(error: &config::ConfigError) -> Failure {
    let hint = match error {
        config::ConfigError::Invalid { hint, .. } => hint.clone(),
        _ => None,
    };
    let failure = Failure::new(error.to_string());
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
