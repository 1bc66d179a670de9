//! `identify`: which license is this text?

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use ppl_check::base::RelPath;
use ppl_check::license::identify::{Conclusion, Identification, Method, compare, identify};
use ppl_check::report::identify::{Identified, json, text};
use ppl_check::scan::{Limits, ReadError, Root, Tree, WalkOptions, is_license_name, read_named};
use ppl_check::syntax::text::{decode, is_binary};
use rayon::prelude::*;

use super::args::Common;
use super::ui::Ui;
use super::{FINE, FOUND, Failure, NO_ANSWER, eval, run};

/// Options of `identify`.
#[derive(Args, Debug)]
pub(crate) struct IdentifyArgs {
    /// Texts, folders of texts, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// Show where a text differs from the published one, word by word
    #[arg(long)]
    pub(crate) diff: bool,
}

/// One text to look at.
struct Input {
    path: PathBuf,
    /// Where it lies in a folder that is looked through.
    inside: Option<(Arc<Root>, RelPath)>,
    /// Whether nothing recognized in it is an answer of its own: texts that were named, or are by their name.
    counts: bool,
}

/// What came of one text.
enum Outcome {
    Found(Identified),
    /// Not a text; of no interest in a folder.
    Binary,
    Failed(ReadError),
}

pub(crate) fn identify_all(common: &Common, args: &IdentifyArgs, ui: &Ui) -> Result<u8, Failure> {
    let as_json = eval::wants_json(common)?;
    run::use_jobs(common);
    let inputs = inputs(&args.files, &common.exclude)?;
    let outcomes: Vec<Outcome> = inputs.par_iter().map(|input| look(input, args.diff)).collect();
    let (mut code, mut n_silent) = (FINE, 0);
    let mut shown = Vec::new();
    let mut n_found = 0;
    for (input, outcome) in inputs.iter().zip(outcomes) {
        match outcome {
            Outcome::Found(identified) => {
                let silent = identified.found.conclusion == Conclusion::Nothing;
                n_found += usize::from(!silent);
                if silent && input.counts {
                    code = code.max(FOUND);
                }
                if as_json || !silent || input.counts {
                    shown.push(identified);
                } else {
                    n_silent += 1;
                }
            }
            Outcome::Binary if input.counts => {
                code = code.max(FOUND);
                let (path, found) = (shown_path(&input.path), Arc::default());
                shown.push(Identified { path, found, compared: None });
            }
            Outcome::Binary => {}
            Outcome::Failed(error) => {
                code = NO_ANSWER;
                ui.error(&format!("failed to read `{}`: {error}", input.path.display()), None);
            }
        }
    }
    if n_found == 0 {
        code = code.max(FOUND);
    }
    ui.write(common.output.as_deref(), &|style, out| {
        for identified in &shown {
            if as_json { json(identified, out)? } else { text(identified, style, out)? }
        }
        match n_silent {
            0 => Ok(()),
            1 => writeln!(out, "1 other text says nothing of a license"),
            _ => writeln!(out, "{n_silent} other texts say nothing of a license"),
        }
    })?;
    Ok(code)
}

/// The texts that are asked about, folders spread out, in the order given.
fn inputs(files: &[PathBuf], exclude: &[String]) -> Result<Vec<Input>, Failure> {
    let mut inputs = Vec::new();
    for path in files {
        if !path.is_dir() {
            inputs.push(Input { path: path.clone(), inside: None, counts: true });
            continue;
        }
        let options = WalkOptions { exclude: exclude.to_vec() };
        let tree = Tree::walk(path, &options).map_err(|error| run::with_cause(&error))?;
        for file in tree.files() {
            let counts = file.path.file_name().is_some_and(is_license_name);
            let inside = Some((Arc::clone(tree.root()), file.path.clone()));
            inputs.push(Input { path: file.path.on_disk(path), inside, counts });
        }
    }
    Ok(inputs)
}

fn look(input: &Input, diff: bool) -> Outcome {
    let read = match &input.inside {
        Some((root, path)) => root.read(path, Limits::DEFAULT.text),
        None => read(&input.path),
    };
    let bytes = match read {
        Ok(bytes) => bytes,
        Err(error) => return Outcome::Failed(error),
    };
    if is_binary(&bytes) {
        return Outcome::Binary;
    }
    let decoded = decode(&bytes).text;
    let name = input.path.file_name().unwrap_or_default().to_string_lossy();
    let found = followed(&input.path, identify(&name, &decoded));
    let compared = diff.then(|| compare(&name, &decoded));
    Outcome::Found(Identified { path: shown_path(&input.path), found, compared })
}

fn read(path: &Path) -> Result<Vec<u8>, ReadError> {
    let limit = Limits::DEFAULT.text;
    if path != Path::new("-") {
        return read_named(path, limit);
    }
    let mut bytes = Vec::new();
    let read = io::stdin().take(limit + 1).read_to_end(&mut bytes);
    read.map_err(|error| ReadError::Io(error.kind().to_string()))?;
    let fits = u64::try_from(bytes.len()).is_ok_and(|length| length <= limit);
    if fits { Ok(bytes) } else { Err(ReadError::TooLarge(limit)) }
}

/// A text that points to a file beside it (`see LICENSE`) says what that file says.
fn followed(path: &Path, found: Arc<Identification>) -> Arc<Identification> {
    let Conclusion::Refers(places) = &found.conclusion else { return found };
    let Some(folder) = path.parent().filter(|_| path != Path::new("-")) else { return found };
    let mut files: Vec<_> = places.iter().map(|place| folder.join(place)).filter(|file| file.is_file()).collect();
    files.sort();
    files.dedup();
    // What points to several places does not say that one of them is all.
    let [file] = files.as_slice() else { return found };
    if file == path {
        return found;
    }
    let Ok(bytes) = read_named(file, Limits::DEFAULT.text) else { return found };
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let there = identify(&name, &decode(&bytes).text);
    if matches!(there.conclusion, Conclusion::Nothing | Conclusion::Refers(_)) {
        return found;
    }
    let confidence = there.confidence.min(found.confidence);
    let conclusion = there.conclusion.clone();
    Arc::new(Identification { conclusion, confidence, method: Some(Method::Reference), ..(*found).clone() })
}

fn shown_path(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
