//! `data`: the license knowledge written out, checked and compared, for people who do not program.

use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::{Args, Subcommand};
use ppl_check::license::identify::canonical_text;
use ppl_check::license::knowledge::{Knowledge, source_files};
use ppl_check::policy::{Audit, audit};
use ppl_check::report::audit::{json, text};

use super::args::Common;
use super::ui::Ui;
use super::{FINE, FOUND, Failure, eval, knowledge};

/// Options of `data`.
#[derive(Args, Debug)]
pub(crate) struct DataArgs {
    #[command(subcommand)]
    command: DataCommand,
}

#[derive(Subcommand, Debug)]
enum DataCommand {
    /// Checks the license knowledge of a folder: every example and every quote; shows which verdicts moved
    Check {
        /// A folder as `data export` writes it, or one with changed and added files only
        dir: PathBuf,
    },
    /// Writes the compiled-in license knowledge to a new folder
    Export {
        /// The folder; it must be empty or not be there
        dir: PathBuf,
    },
}

pub(crate) fn data(common: &Common, args: &DataArgs, ui: &Ui) -> Result<u8, Failure> {
    match &args.command {
        DataCommand::Check { dir } => check(common, dir, ui),
        DataCommand::Export { dir } => export(dir),
    }
}

fn check(common: &Common, dir: &Path, ui: &Ui) -> Result<u8, Failure> {
    let as_json = eval::wants_json(common)?;
    let root = knowledge::open(dir)?;
    let before = knowledge::knowledge(common)?;
    let text_of = |id: &str| knowledge::text(&root, id).or_else(|| canonical_text(id));
    // What is compiled in has lost its examples.
    let base =
        Knowledge::load(&source_files()).map_err(|_| Failure::new("the compiled-in knowledge cannot be read"))?;
    let (after, audit) = match knowledge::load(&root, &dir.display().to_string(), &base)? {
        Ok(after) => {
            let audit = audit(before, &after, &text_of);
            (after, audit)
        }
        Err(problems) => (Knowledge::default(), Audit { problems, ..Audit::default() }),
    };
    ui.write(common.output.as_deref(), &|_, out| {
        if as_json { json(&after, &audit, out) } else { text(&after, &audit, out) }
    })?;
    Ok(if audit.is_sound() { FINE } else { FOUND })
}

#[expect(clippy::disallowed_methods, reason = "`cli` writes what it was asked to write")]
fn export(dir: &Path) -> Result<u8, Failure> {
    let failed =
        |path: &Path, error: &io::Error| Failure::new(format!("failed to write `{}`: {error}", path.display()));
    let is_empty = fs::read_dir(dir).map_or(true, |mut entries| entries.next().is_none());
    if !is_empty {
        return Err(
            Failure::new(format!("`{}` is not empty", dir.display())).hint("name a folder that is not there yet")
        );
    }
    let texts = Knowledge::builtin().licenses().iter().filter(|license| license.id.starts_with("LicenseRef-"));
    let texts = texts.filter_map(|license| Some((format!("texts/{}.txt", license.id), canonical_text(&license.id)?)));
    let files = source_files().into_iter().map(|file| (file.path, file.text)).chain(texts);
    for (path, text) in files {
        let path = dir.join(path);
        let folder = path.parent().unwrap_or(dir);
        fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        fs::write(&path, text).map_err(|error| failed(&path, &error))?;
    }
    Ok(FINE)
}
