//! The command line: arguments, terminal, exit codes. The only code that prints.

mod args;
mod ask;
mod cache;
mod check;
mod compare;
mod configuration;
mod data;
mod environment;
mod eval;
mod examples;
mod explain;
mod generate;
mod git;
mod identify;
mod knowledge;
mod list;
mod lock;
mod online;
mod policy;
mod report;
mod run;
mod ui;
mod whatif;
mod who;
mod why;

use std::process::ExitCode;

use clap::Parser;
use thiserror::Error;

pub(crate) use args::{Cli, Command};

/// Exit codes: the question was answered and nothing fails.
pub(crate) const FINE: u8 = 0;
/// There is a finding of a kind that fails.
pub(crate) const FOUND: u8 = 1;
/// No answer was possible.
pub(crate) const NO_ANSWER: u8 = 2;

/// Why no answer was possible.
#[derive(Debug, Error)]
#[error("{message}")]
pub(crate) struct Failure {
    message: String,
    hint: Option<String>,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Runs the program with the arguments of the process.
pub(crate) fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return ui::usage(&error),
    };
    let ui = ui::Ui::new(&cli.common, cli.path());
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| dispatch(&cli, &ui)));
    let code = match done {
        Ok(Ok(code)) => code,
        Ok(Err(failure)) => {
            ui.error(&failure.message, failure.hint.as_deref());
            NO_ANSWER
        }
        Err(_) => {
            ui.error("internal error, no verdict", Some("this is a defect of ppl-check: report it"));
            NO_ANSWER
        }
    };
    ExitCode::from(code)
}

fn dispatch(cli: &Cli, ui: &ui::Ui) -> Result<u8, Failure> {
    let common = &cli.common;
    if common.dry_run_network {
        return match &cli.command {
            Some(Command::Eval(eval)) => eval::dry_run(common, eval, ui),
            _ => run::dry_run(common, cli.path(), ui),
        };
    }
    match &cli.command {
        None => check::check(common, cli.path.as_deref(), ui),
        Some(Command::Ask(args)) => ask::ask(common, args, ui),
        Some(Command::Check { path }) => check::check(common, path.as_deref().or(cli.path.as_deref()), ui),
        Some(Command::Clarify(args)) => policy::clarify(common, args, ui),
        Some(Command::Completions { shell }) => generate::completions(*shell, ui),
        Some(Command::Config(policy::ConfigCommand::Show { path })) => policy::show(common, path.as_deref(), ui),
        Some(Command::Data(args)) => data::data(common, args, ui),
        Some(Command::Decide(args)) => policy::decide(common, args, ui),
        Some(Command::Decisions(args)) => policy::decisions(common, args, ui),
        Some(Command::Diff(diff)) => compare::diff(common, diff, ui),
        Some(Command::Eval(eval)) => eval::eval(common, eval, ui),
        Some(Command::Except(args)) => policy::except(common, args, ui),
        Some(Command::Explain(args)) => explain::explain(common, args, ui),
        Some(Command::Identify(identify)) => identify::identify_all(common, identify, ui),
        Some(Command::Init(args)) => policy::init(common, args, ui),
        Some(Command::Cache(cache)) => cache::cache(cache, ui),
        Some(Command::Fetch(fetch)) => lock::fetch(common, fetch, ui),
        Some(Command::Lock(lock)) => lock::lock(common, lock, ui),
        Some(Command::List(list)) => list::list(common, list, ui),
        Some(Command::Man { command }) => generate::man(command.as_deref(), ui),
        Some(Command::Relate(args)) => policy::relate(common, args, ui),
        Some(Command::Report(args)) => report::report(common, args, ui),
        Some(Command::Whatif(whatif)) => whatif::whatif(common, whatif, ui),
        Some(Command::Who(who)) => who::who(common, who, ui),
        Some(Command::Why(why)) => why::why(common, why, ui),
    }
}
