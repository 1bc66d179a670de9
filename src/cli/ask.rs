//! `ask`: a letter to the authors of a package, ready to be sent.

use std::io::{self, Write};

use clap::Args;
use ppl_check::license::knowledge::Knowledge;
use ppl_check::model::{Package, Resolved, Statement};
use ppl_check::policy::{Judge, Request, request};
use ppl_check::report::{Report, escape};
use serde::Serialize;

use super::args::Common;
use super::ui::Ui;
use super::{FINE, Failure, eval, run, why};

/// Options of `ask`.
#[derive(Args, Debug)]
pub(crate) struct AskArgs {
    /// The package: a name, TYPE:NAME[@VERSION] such as npm:left-pad@1.3.0, or a package URL
    pub(crate) package: String,

    /// The folder; where you are if nothing is said
    pub(crate) path: Option<std::path::PathBuf>,

    /// The language: en, es
    #[arg(long, value_name = "LANGUAGE", default_value = "en")]
    pub(crate) lang: String,

    /// The letter, if another one is wanted: missing-license, ambiguous-name, dual-license, waiver
    #[arg(long, value_name = "LETTER")]
    pub(crate) letter: Option<String>,
}

#[derive(Serialize)]
struct Document<'a> {
    package: String,
    letter: &'a str,
    language: &'a str,
    #[serde(skip)]
    heading: &'a str,
    subject: String,
    body: String,
}

pub(crate) fn ask(common: &Common, args: &AskArgs, ui: &Ui) -> Result<u8, Failure> {
    let as_json = eval::wants_json(common)?;
    let (report, run::Terms { knowledge, answers, user }) = run::run_by(common, args.path.as_deref())?;
    let idx = why::find(&report, &args.package)?;
    let Some(package) = report.inventory.packages.get(idx) else {
        return Err(Failure::new("the package is not there any more"));
    };
    let outbound = eval::expression(&report.project.outbound)?;
    let judge = Judge::new(knowledge, &outbound, answers);
    let found = request(&judge, package, user.as_ref());
    let wanted = args.letter.as_deref().or(found.as_ref().map(|request| request.letter));
    let Some(wanted) = wanted else {
        let message = format!("nothing that its authors could lift stands against `{}`", args.package);
        return Err(Failure::new(message).hint("--letter LETTER writes one all the same"));
    };
    let letter = letter(knowledge, wanted, &args.lang)?;
    let request = found.unwrap_or(Request { letter: "", suggested: None, clause: None });
    let fill = |text: &str| filled(text, &report, package, &request);
    let document = Document {
        package: package.purl.to_string(),
        letter: &letter.id,
        language: &letter.language,
        heading: &letter.heading,
        subject: fill(&letter.subject),
        body: fill(letter.body.trim()),
    };
    ui.write(common.output.as_deref(), &|_, out| if as_json { json(&document, out) } else { text(&document, out) })?;
    Ok(FINE)
}

fn letter<'k>(
    knowledge: &'k Knowledge,
    id: &str,
    language: &str,
) -> Result<&'k ppl_check::license::knowledge::rule_schema::Letter, Failure> {
    let letters = knowledge.letters();
    if let Some(letter) = letters.iter().find(|letter| letter.id == id && letter.language == language) {
        return Ok(letter);
    }
    let mut ids: Vec<&str> = letters.iter().map(|letter| letter.id.as_str()).collect();
    ids.dedup();
    if !ids.contains(&id) {
        return Err(run::unknown_word("letter", id, &ids));
    }
    let mut languages: Vec<&str> = letters.iter().map(|letter| letter.language.as_str()).collect();
    languages.sort_unstable();
    languages.dedup();
    Err(run::unknown_word("language of this letter", language, &languages))
}

/// Fills in what stands in braces.
fn filled(text: &str, report: &Report, package: &Package, request: &Request) -> String {
    let (clause, quote) = request.clause.clone().unwrap_or_else(|| ("____".to_owned(), "____".to_owned()));
    let said = |package: &Package| {
        let claims = package.claims.iter().filter(|claim| matches!(claim.says, Statement::Field { .. }));
        claims.map(|claim| claim.raw.clone()).next()
    };
    let license = match &package.resolution.resolved {
        Resolved::Expression(expr) | Resolved::SuffixUnstated(expr) => expr.to_string(),
        Resolved::Candidates(_) | Resolved::Modified { .. } | Resolved::Missing { .. } => {
            said(package).unwrap_or_else(|| report.license_words(package))
        }
    };
    let values = [
        ("{package}", package.purl.full_name()),
        ("{version}", package.purl.version().unwrap_or_default().to_owned()),
        ("{license}", license),
        ("{project}", report.project.name.clone().unwrap_or_else(|| "our project".to_owned())),
        ("{outbound}", report.project.outbound.clone()),
        ("{suggested}", request.suggested.clone().unwrap_or_else(|| "____".to_owned())),
        ("{clause}", clause),
        ("{quote}", quote),
    ];
    let escaped = values.map(|(name, value)| (name, escape::words(&value)));
    escaped.into_iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, &value))
}

fn text(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}: {}\n\n{}", document.heading, document.subject, document.body)
}

fn json(document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    writeln!(out)
}
