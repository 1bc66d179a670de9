//! Commands and options.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::ask::AskArgs;
use super::cache::CacheArgs;
use super::data::DataArgs;
use super::eval::EvalArgs;
use super::examples;
use super::explain::ExplainArgs;
use super::identify::IdentifyArgs;
use super::lock::{FetchArgs, LockArgs};
use super::policy::{ClarifyArgs, ConfigCommand, DecideArgs, DecisionsArgs, ExceptArgs, InitArgs, RelateArgs};
use super::report::ReportArgs;
use super::whatif::WhatifArgs;
use super::who::WhoArgs;

const ABOUT: &str = "Checks the licenses of a project's dependencies against the Peer Production License";

const EXAMPLES: &str = "\
Examples:
  ppl-check                          may this folder be shipped under the PPL, and who may use it?
  ppl-check why left-pad             where a package comes from and what its license means here
  ppl-check list --format csv        every package with its license and verdict
  ppl-check explain copyleft-dependency
  ppl-check eval 'MIT OR PPL' --entity worker-coop
  ppl-check --since origin/main      only what a branch brings in
  ppl-check --format github          in CI: exit 1 on a conflict or an unknown

Exit codes: 0 nothing that fails; 1 findings that fail (see --fail-on); 2 no answer was possible.
ppl-check reports what license texts say. It gives no legal advice and grants nothing.";

/// The whole command line.
#[derive(Parser, Debug)]
#[command(name = "ppl-check", version, about = ABOUT, after_help = EXAMPLES, max_term_width = 100, args_override_self = true)]
pub(crate) struct Cli {
    /// What to do; `check` if nothing is said
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    /// The folder to check (where you are if nothing is said), an SBOM file (SPDX or CycloneDX), or `-` for an SBOM on
    /// standard input
    pub(crate) path: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) common: Common,
}

impl Cli {
    /// Returns the folder that is named, by whatever command.
    pub(crate) fn path(&self) -> Option<&Path> {
        let below = match &self.command {
            Some(Command::Check { path }) => path.as_deref(),
            Some(Command::Fetch(fetch)) => fetch.path.as_deref(),
            Some(Command::Lock(lock)) => lock.path.as_deref(),
            Some(Command::List(list)) => list.path.as_deref(),
            Some(Command::Whatif(whatif)) => whatif.path.as_deref(),
            Some(Command::Who(who)) => who.path.as_deref(),
            Some(Command::Why(why)) => why.path.as_deref(),
            // The others look at no folder.
            _ => None,
        };
        below.or(self.path.as_deref())
    }
}

/// The commands, in the order in which they are met: asking, evidence, documents, deciding, the rest.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Checks a project (the default)
    #[command(after_help = examples::CHECK)]
    Check {
        /// The folder to check (where you are if nothing is said), an SBOM file (SPDX or CycloneDX), or `-` for an SBOM on
        /// standard input
        path: Option<PathBuf>,
    },
    /// Lists every package with license, verdict, scope, relation and evidence
    #[command(after_help = examples::LIST)]
    List(ListArgs),
    /// Shows where a package comes from, what is said of its license, and which rules fired
    #[command(after_help = examples::WHY)]
    Why(WhyArgs),
    /// Explains a license, rule, obligation, switch, diagnostic or anything else that has an id
    #[command(after_help = examples::EXPLAIN)]
    Explain(ExplainArgs),
    /// Shows who may use the whole: kinds of users, purposes and uses
    #[command(after_help = examples::WHO)]
    Who(WhoArgs),
    /// Judges license expressions, without a project
    #[command(after_help = examples::EVAL)]
    Eval(EvalArgs),
    /// Compares licenses the project could be offered under
    #[command(after_help = examples::WHATIF)]
    Whatif(WhatifArgs),
    /// Tells which license a text is: a file, a folder, or `-` for standard input
    #[command(after_help = examples::IDENTIFY)]
    Identify(IdentifyArgs),
    /// Looks licenses up for later runs, without judging
    #[command(after_help = examples::FETCH)]
    Fetch(FetchArgs),
    /// Records the evidence in `ppl-check.lock`, to be committed
    #[command(after_help = examples::LOCK)]
    Lock(LockArgs),
    /// Shows or empties the cache of registries' answers
    #[command(after_help = examples::CACHE)]
    Cache(CacheArgs),
    /// Writes documents for a release: SBOMs and a report to read
    #[command(after_help = examples::REPORT)]
    Report(ReportArgs),
    /// Shows what changed since a revision or an earlier report: findings, licenses, packages, duties
    #[command(after_help = examples::DIFF)]
    Diff(DiffArgs),
    /// Writes a first configuration
    #[command(after_help = examples::INIT)]
    Init(InitArgs),
    /// Shows the configuration
    #[command(after_help = examples::CONFIG)]
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Records the license of a package that you have read for yourself
    #[command(after_help = examples::CLARIFY)]
    Clarify(ClarifyArgs),
    /// Says how a package hangs together with the work, where that is inferred wrongly
    #[command(after_help = examples::RELATE)]
    Relate(RelateArgs),
    /// Answers a contested question for every finding that it raises
    #[command(after_help = examples::DECIDE)]
    Decide(DecideArgs),
    /// Accepts a finding about a package
    #[command(after_help = examples::EXCEPT)]
    Except(ExceptArgs),
    /// Prints everything that the configuration decides, as a log
    #[command(after_help = examples::DECISIONS)]
    Decisions(DecisionsArgs),
    /// Writes a letter to the authors of a package: for a license, a clear name, a second license, a waiver
    #[command(after_help = examples::ASK)]
    Ask(AskArgs),
    /// Writes out the license knowledge, checks it, and shows which verdicts a change moves
    #[command(after_help = examples::DATA)]
    Data(DataArgs),
    /// Prints the completions of a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// bash, elvish, fish, powershell, zsh
        shell: clap_complete::Shell,
    },
    /// Prints a man page
    #[command(after_help = examples::MAN)]
    Man {
        /// The command; the program if nothing is said
        command: Option<String>,
    },
}

/// Options of `diff`.
#[derive(Args, Debug)]
pub(crate) struct DiffArgs {
    /// A revision of git, or a file that `--format json` wrote
    pub(crate) base: String,

    /// The folder; where you are if nothing is said
    pub(crate) path: Option<PathBuf>,
}

/// Options of `list`.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// The folder; where you are if nothing is said
    pub(crate) path: Option<PathBuf>,

    /// Only packages with one of these verdicts: ok, obligation, review, conflict
    #[arg(long, value_delimiter = ',', value_name = "VERDICT")]
    pub(crate) verdict: Vec<String>,

    /// Only packages of one of these scopes: runtime, build, dev, test
    #[arg(long, value_delimiter = ',', value_name = "SCOPE")]
    pub(crate) scope: Vec<String>,

    /// Only packages whose license names this one, such as GPL-3.0-only
    #[arg(long, value_name = "LICENSE")]
    pub(crate) license: Option<String>,

    /// Only direct dependencies
    #[arg(long)]
    pub(crate) direct: bool,
}

/// Options of `why`.
#[derive(Args, Debug)]
pub(crate) struct WhyArgs {
    /// The package: a name, TYPE:NAME[@VERSION] such as npm:left-pad@1.3.0, or a package URL
    pub(crate) package: String,

    /// The folder; where you are if nothing is said
    pub(crate) path: Option<PathBuf>,
}

/// When to use color.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What makes the exit code 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Licenses that conflict
    Conflict,
    /// Licenses that are not known
    Unknown,
    /// Open questions
    Question,
    /// Duties
    Obligation,
    /// Nothing
    Never,
}

/// Options that every command takes.
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
#[derive(Args, Clone, Debug)]
pub(crate) struct Common {
    /// How to write the answer: text (the default), json, sarif, github, gitlab, junit, markdown; `=FILE` puts it into a
    /// file; may be given several times. `list` also writes csv, `report` writes documents of its own
    #[arg(long, global = true, value_name = "FORMAT[=FILE]", help_heading = "Output")]
    pub(crate) format: Vec<String>,

    /// Write the answer to a file
    #[arg(short, long, global = true, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,

    /// When to use color
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN", help_heading = "Output")]
    pub(crate) color: ColorChoice,

    /// Keep to ASCII: no arrows, dashes or quotation marks that old terminals lack
    #[arg(long, global = true, help_heading = "Output")]
    pub(crate) ascii: bool,

    /// Print findings and answers only
    #[arg(short, long, global = true, help_heading = "Output")]
    pub(crate) quiet: bool,

    /// Print more: notes, and what was not a problem
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Output")]
    pub(crate) verbose: u8,

    /// Which findings make the exit code 1
    #[arg(
        long,
        global = true,
        value_enum,
        value_delimiter = ',',
        value_name = "KINDS",
        default_values_t = [FailOn::Conflict, FailOn::Unknown],
        help_heading = "Judgement"
    )]
    pub(crate) fail_on: Vec<FailOn>,

    /// Questions fail too, unknown tools fail, and an incomplete scan gives no answer (exit 2)
    #[arg(long, global = true, help_heading = "Judgement")]
    pub(crate) strict: bool,

    /// Judge as if the project were offered under this expression
    #[arg(long = "as", global = true, value_name = "LICENSE", help_heading = "Judgement")]
    pub(crate) outbound: Option<String>,

    /// Who uses it; nobody in particular if nothing is said: worker-coop, worker-collective, sole-trader, individual, non-profit, public-body,
    /// consumer-coop, company
    #[arg(long, global = true, value_name = "KIND", help_heading = "Judgement")]
    pub(crate) entity: Option<String>,

    /// A fact about the user, such as surplus-to-workers or no-employees; may be given several times
    #[arg(long, global = true, value_delimiter = ',', value_name = "FACT", help_heading = "Judgement")]
    pub(crate) attest: Vec<String>,

    /// What for: commercial (the default), non-commercial
    #[arg(long, global = true, value_name = "PURPOSE", help_heading = "Judgement")]
    pub(crate) purpose: Option<String>,

    /// What is done with it: ship (the default), service, in-house
    #[arg(long = "use", global = true, value_name = "USE", help_heading = "Judgement")]
    pub(crate) act: Option<String>,

    /// The configuration; `ppl-check.toml` in the folder if nothing is said
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "no_config", help_heading = "Configuration")]
    pub(crate) config: Option<PathBuf>,

    /// Read no configuration
    #[arg(long, global = true, help_heading = "Configuration")]
    pub(crate) no_config: bool,

    /// Take the configuration from a revision of git, so that a change cannot edit the policy that judges it
    #[arg(long, global = true, value_name = "REV", conflicts_with_all = ["config", "no_config"], help_heading = "Configuration")]
    pub(crate) policy_from: Option<String>,

    /// A folder of license knowledge to judge by, as `data export` writes it; one without `defaults.toml` is laid over
    /// what is compiled in
    #[arg(long, global = true, value_name = "DIR", help_heading = "Configuration")]
    pub(crate) data: Option<PathBuf>,

    /// Do not look through the project's own files for copied code, headers, fonts and pictures
    #[arg(long, global = true, help_heading = "Evidence")]
    pub(crate) no_source: bool,

    /// Leave out paths that match a pattern; may be given several times
    #[arg(long, global = true, value_name = "GLOB", help_heading = "Configuration")]
    pub(crate) exclude: Vec<String>,

    /// Judge tests, fixtures and examples like everything else
    #[arg(long, global = true, help_heading = "Configuration")]
    pub(crate) include_tests: bool,

    /// The day for which dates are judged, as 2026-12-31; today if nothing is said
    #[arg(long, global = true, value_name = "DATE", help_heading = "Configuration")]
    pub(crate) today: Option<String>,

    /// Report only what is new since a report that `--format json` wrote
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "since", help_heading = "Comparison")]
    pub(crate) baseline: Option<PathBuf>,

    /// Report only what is new since a revision of git
    #[arg(long, global = true, value_name = "REV", help_heading = "Comparison")]
    pub(crate) since: Option<String>,

    /// Ask no registry
    #[arg(long, global = true, help_heading = "Evidence")]
    pub(crate) offline: bool,

    /// Consult nothing but the folder and its `ppl-check.lock`: the same answer on every machine
    #[arg(long, global = true, help_heading = "Evidence")]
    pub(crate) locked: bool,

    /// Print what registries would be asked, and ask nothing
    #[arg(long, global = true, help_heading = "Evidence")]
    pub(crate) dry_run_network: bool,

    /// Keep no answers of registries, and use none that were kept
    #[arg(long, global = true, help_heading = "Evidence")]
    pub(crate) no_cache: bool,

    /// Ask another address in the place of an official registry; may be given several times
    #[arg(long, global = true, value_name = "ECOSYSTEM=URL", help_heading = "Evidence")]
    pub(crate) registry_url: Vec<String>,

    /// A Python environment to read licenses from; may be given several times
    #[arg(long, global = true, value_name = "DIR", help_heading = "Evidence")]
    pub(crate) python_env: Vec<PathBuf>,

    /// How many files are read side by side; all processors if nothing is said
    #[arg(long, global = true, value_name = "N", help_heading = "Evidence")]
    pub(crate) jobs: Option<usize>,
}
