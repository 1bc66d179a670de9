//! Commands that write and audit `ppl-check.toml`.

mod audit;
mod init;
mod show;
mod write;

use std::path::PathBuf;

use clap::{Args, Subcommand};

pub(crate) use audit::decisions;
pub(crate) use init::init;
pub(crate) use show::show;
pub(crate) use write::{clarify, decide, except, relate};

/// Options of `init`.
#[derive(Args, Debug)]
pub(crate) struct InitArgs {
    /// The folder; where you are if nothing is said
    pub(crate) path: Option<PathBuf>,

    /// Print what would be written
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Options of `clarify`.
#[derive(Args, Debug)]
pub(crate) struct ClarifyArgs {
    /// The package, such as npm:map-widget@1.13.3
    pub(crate) package: String,

    /// Its license as an SPDX expression, which you have read for yourself; what was found if nothing is said
    pub(crate) expression: Option<String>,

    #[command(flatten)]
    pub(crate) row: RowArgs,
}

/// Options of `relate`.
#[derive(Args, Debug)]
pub(crate) struct RelateArgs {
    /// The package; with --folder a folder, with --ecosystem a type such as npm
    pub(crate) package: String,

    /// How it hangs together with the work: static, dynamic, import, vendored, modified, separate-process, service,
    /// aggregate, build, dev, asset, output
    pub(crate) relation: String,

    /// The word before is a folder of the tree
    #[arg(long = "folder", conflicts_with = "ecosystem")]
    pub(crate) is_folder: bool,

    /// The word before is a type of packages
    #[arg(long)]
    pub(crate) ecosystem: bool,

    #[command(flatten)]
    pub(crate) row: RowArgs,
}

/// Options of `decide`.
#[derive(Args, Debug)]
pub(crate) struct DecideArgs {
    /// The question: see `ppl-check explain switches`
    pub(crate) question: String,

    /// The answer: `ppl-check explain QUESTION` names them
    pub(crate) answer: String,

    #[command(flatten)]
    pub(crate) row: RowArgs,
}

/// Options of `except`.
#[derive(Args, Debug)]
pub(crate) struct ExceptArgs {
    /// The package, such as composer:acme/pay-sdk, with or without a version
    pub(crate) package: String,

    /// The rule whose finding is accepted; `*` for all
    pub(crate) rule: String,

    /// The last day on which it holds, as 2027-01-31
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<String>,

    #[command(flatten)]
    pub(crate) row: RowArgs,
}

/// Options of every command that adds a row.
#[derive(Args, Debug)]
pub(crate) struct RowArgs {
    /// Why; it stays in every report
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,

    /// The folder; where you are if nothing is said
    #[arg(long = "in", value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}

/// Options of `decisions`.
#[derive(Args, Debug)]
pub(crate) struct DecisionsArgs {
    /// The folder; where you are if nothing is said
    pub(crate) path: Option<PathBuf>,
}

/// Commands below `config`.
#[derive(Subcommand, Debug)]
pub(crate) enum ConfigCommand {
    /// Prints every value in force and where it comes from
    Show {
        /// The folder; where you are if nothing is said
        path: Option<PathBuf>,
    },
}
