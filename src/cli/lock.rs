//! `lock` and `fetch`: evidence for runs to come, committed with the project or kept on this machine.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use ppl_check::model::{Package, Resolved};
use ppl_check::registry::STORE;
use ppl_check::report::{Report, escape::line};
use ppl_check::resolve::{LOCK_NAME, Recorded};

use super::args::Common;
use super::ui::Ui;
use super::{FINE, FOUND, Failure, run};

/// Options of `lock`.
#[derive(Args, Debug)]
pub(crate) struct LockArgs {
    /// The folder; where you are if nothing is said
    pub(crate) path: Option<PathBuf>,

    /// Write nothing; exit 1 if the file would change
    #[arg(long)]
    pub(crate) check: bool,
}

/// Options of `fetch`.
#[derive(Args, Debug)]
pub(crate) struct FetchArgs {
    /// The folder; where you are if nothing is said
    pub(crate) path: Option<PathBuf>,
}

/// How many packages are named before the rest is counted.
const MAX_NAMED: usize = 20;

pub(crate) fn lock(common: &Common, args: &LockArgs, ui: &Ui) -> Result<u8, Failure> {
    let (report, root) = run::without_records(common, args.path.as_deref())?;
    let new = Recorded::of(&report.inventory.packages, &report.recorded);
    let changed = report.recorded.differences(&new);
    let open = open(&report);
    if args.check {
        ui.write(None, &|_, out| say(&report.recorded, &new, &changed, &open, out))?;
        return Ok(if changed.is_empty() { FINE } else { FOUND });
    }
    let path = common.output.clone().unwrap_or_else(|| root.join(LOCK_NAME));
    ui.write(Some(&path), &|_, out| out.write_all(new.render().as_bytes()))?;
    ui.write(None, &|_, out| say(&report.recorded, &new, &changed, &open, out))?;
    Ok(FINE)
}

pub(crate) fn fetch(common: &Common, args: &FetchArgs, ui: &Ui) -> Result<u8, Failure> {
    let (report, _) = run::without_records(common, args.path.as_deref())?;
    let failed: Vec<String> = asked(&report).filter(|package| is_open(package)).map(name).collect();
    let n_found = asked(&report).count() - failed.len();
    ui.write(None, &|_, out| {
        writeln!(out, "{n_found} packages looked up, {} not found", failed.len())?;
        listed(&failed, "not found", out)
    })?;
    Ok(if failed.is_empty() { FINE } else { FOUND })
}

/// Returns the packages for which a registry was asked.
fn asked(report: &Report) -> impl Iterator<Item = &Package> {
    report.inventory.packages.iter().filter(|package| {
        let mut tried = package.resolution.tried.iter().filter(|tried| tried.place == STORE);
        tried.any(|tried| tried.outcome != "offline" && !tried.outcome.starts_with("not asked"))
    })
}

/// Returns the packages about whose license nothing is known.
fn open(report: &Report) -> Vec<String> {
    report.inventory.packages.iter().filter(|package| is_open(package)).map(name).collect()
}

fn is_open(package: &Package) -> bool {
    package.not_judged.is_none() && package.resolution.resolved == Resolved::Missing { complete_look: false }
}

fn name(package: &Package) -> String {
    package.purl.to_string()
}

/// Says what differs from the file as it was; of a file that is new everything does.
fn say(old: &Recorded, new: &Recorded, changed: &[String], open: &[String], out: &mut dyn Write) -> io::Result<()> {
    let of = |was: bool, is: bool| {
        let rows = changed.iter().filter(|purl| (old.has(purl), new.has(purl)) == (was, is));
        rows.cloned().collect::<Vec<_>>()
    };
    let kinds = [("new", of(false, true)), ("changed", of(true, true)), ("gone", of(true, false))];
    let counts = kinds.iter().map(|(word, purls)| format!("{} {word}", purls.len()));
    let counts = counts.collect::<Vec<_>>().join(", ");
    writeln!(out, "{LOCK_NAME}: {} packages ({counts}), {} unknown", new.len(), open.len())?;
    for (word, purls) in kinds.iter().filter(|_| !old.is_empty()) {
        listed(purls, word, out)?;
    }
    listed(open, "unknown", out)
}

fn listed(purls: &[String], word: &str, out: &mut dyn Write) -> io::Result<()> {
    for purl in purls.iter().take(MAX_NAMED) {
        writeln!(out, "  {word}  {}", line(purl))?;
    }
    if purls.len() > MAX_NAMED {
        writeln!(out, "  … and {} more", purls.len() - MAX_NAMED)?;
    }
    Ok(())
}
