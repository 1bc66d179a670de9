//! `report`: documents for a release.

use std::path::PathBuf;

use clap::Args;
use ppl_check::policy::Form;
use ppl_check::report::{DOCUMENTS, Format, document, enrich, set};
use ppl_check::scan::{Limits, read_named};

use super::args::Common;
use super::run::Wanted;
use super::ui::Ui;
use super::{FINE, Failure, eval, run};

/// Options of `report`.
#[derive(Args, Debug)]
pub(crate) struct ReportArgs {
    /// The folder to check (where you are if nothing is said), an SBOM file (SPDX or CycloneDX), or `-` for an SBOM on
    /// standard input
    pub(crate) path: Option<PathBuf>,

    /// Write every document and an index into this folder
    #[arg(long, value_name = "DIR", conflicts_with_all = ["format", "output"])]
    pub(crate) all: Option<PathBuf>,

    /// Write what was found into a copy of this SBOM (JSON), and leave the rest of it as it is
    #[arg(long, value_name = "SBOM", conflicts_with_all = ["all", "format"])]
    pub(crate) enrich: Option<PathBuf>,

    /// The form in which the work is given on: source, binary, web, container, app-store; several with commas
    #[arg(long, value_delimiter = ',', value_name = "FORM")]
    pub(crate) form: Vec<String>,
}

pub(crate) fn report(common: &Common, args: &ReportArgs, ui: &Ui) -> Result<u8, Failure> {
    let outputs = if args.all.is_some() || args.enrich.is_some() { Vec::new() } else { outputs(common)? };
    let forms =
        args.form.iter().map(|form| eval::word("form", form, Form::ALL, Form::word)).collect::<Result<_, _>>()?;
    let report = run::run_for(common, args.path.as_deref(), &Wanted::Documents { forms })?;
    if let Some(sbom) = &args.enrich {
        let failed = |error: String| Failure::new(format!("failed to enrich `{}`: {error}", sbom.display()));
        let document = read_named(sbom, Limits::DEFAULT.lockfile).map_err(|error| failed(error.to_string()))?;
        let text = enrich(&report, &document).map_err(failed)?;
        ui.write(common.output.as_deref(), &|_, out| out.write_all(text.as_bytes()))?;
    }
    if let Some(folder) = &args.all {
        let failed = |error: std::io::Error| Failure::new(format!("failed to write `{}`: {error}", folder.display()));
        #[expect(clippy::disallowed_methods, reason = "`cli` writes what it was asked to write")]
        std::fs::create_dir_all(folder).map_err(failed)?;
        for (name, text) in set(&report, &ppl_check::report::Style::default()).map_err(failed)? {
            ui.write(Some(&folder.join(name)), &|_, out| out.write_all(&text))?;
        }
    }
    for (format, file) in &outputs {
        ui.write(file.as_deref(), &|style, out| (format.render)(&report, style, out))?;
    }
    Ok(FINE)
}

/// Returns which document is written where.
fn outputs(common: &Common) -> Result<Vec<(&'static Format, Option<PathBuf>)>, Failure> {
    let names = || DOCUMENTS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ");
    if common.format.is_empty() {
        return Err(Failure::new("which document?").hint(format!("--format, one of {}", names())));
    }
    super::check::parse_outputs(common, |name| {
        document(name).ok_or_else(|| {
            Failure::new(format!("`{name}` is not a known document")).hint(format!("one of {}", names()))
        })
    })
}
