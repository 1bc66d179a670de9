//! `eval`: what is said of an expression, without a project.

mod package;

use std::sync::Arc;

use clap::Args;
use ppl_check::base::nearest::nearest;
use ppl_check::license::expr::{Expr, ParseError, ParseErrorKind, license_ids};
use ppl_check::license::facts::Kind;
use ppl_check::license::knowledge::Knowledge;
use ppl_check::license::lenient::{self, FieldFormat, Outcome};
use ppl_check::model::{Cause, Relation, Scope, Verdict};
use ppl_check::policy::{
    Act, Answers, Ask, Attestation, Entity, Form, Judge, Judgement, Purpose, Query, User, judge_readings,
};
use ppl_check::report::escape;
use ppl_check::report::eval::{Evaluation, License, Needed, json, text};

use super::args::{Common, FailOn};
use super::ui::Ui;
use super::{FINE, FOUND, Failure, knowledge, run};
use package::Packages;

/// Options of `eval`.
#[derive(Args, Debug)]
pub(crate) struct EvalArgs {
    /// License expressions, or packages to be looked up: ECOSYSTEM:NAME@VERSION
    #[arg(required = true, value_name = "EXPRESSION")]
    pub(crate) expressions: Vec<String>,

    /// With what a package needs directly, each in the newest version that will do
    #[arg(long)]
    pub(crate) deep: bool,

    /// How the part is joined to the work: modified, vendored, static, dynamic, import, asset, aggregate, output,
    /// separate-process, service, build, dev
    #[arg(long, value_name = "RELATION", default_value = "static")]
    pub(crate) relation: String,

    /// What is asked: outbound, use
    #[arg(long, value_name = "QUESTION", default_value = "outbound")]
    pub(crate) question: String,

    /// The form in which the work is shipped: source, binary, web, container, app-store
    #[arg(long, value_name = "FORM")]
    pub(crate) form: Option<String>,

    /// What the part is: software, content, font, data, documentation, hardware, model; content for `--relation asset`
    #[arg(long, value_name = "KIND")]
    pub(crate) part: Option<String>,
}

struct Judged {
    needed: Option<Needed>,
    package: Option<String>,
    raw: Option<String>,
    license: License,
    judgement: Arc<Judgement>,
    branches: Arc<Vec<(Expr, Judgement)>>,
}

pub(crate) fn eval(common: &Common, args: &EvalArgs, ui: &Ui) -> Result<u8, Failure> {
    let as_json = wants_json(common)?;
    let knowledge = knowledge::here(common)?;
    let query = query(common, args)?;
    let outbound = outbound(common, knowledge)?;
    let judge = Judge::new(knowledge, &outbound, Answers::new());
    let mut judged: Vec<Judged> = Vec::new();
    let mut packages = None;
    for text in &args.expressions {
        judged.push(match (package::parse(text)?, Expr::parse(text)) {
            (Some(purl), _) => {
                let packages = match &packages {
                    Some(packages) => packages,
                    None => packages.insert(Packages::new(common, &judge, &query)?),
                };
                judged.push(packages.one(purl.clone())?);
                if args.deep {
                    judged.extend(packages.needs(&purl)?);
                }
                continue;
            }
            (None, Ok(parsed)) if spells_a_reference(knowledge, &parsed.expr) => name(&judge, text, &query),
            (None, Ok(parsed)) => expression_as_it_stands(&judge, &outbound, &parsed.expr, &query),
            (None, Err(error)) if is_malformed(&error.kind) => return Err(no_expression(text, &error)),
            (None, Err(_)) => name(&judge, text, &query),
        });
    }
    ui.write(common.output.as_deref(), &|_, out| {
        for Judged { needed, package, raw, license, judgement, branches } in &judged {
            let (needed, package, raw, license) = (needed.clone(), package.clone(), raw.clone(), license.clone());
            let evaluation = Evaluation { needed, package, raw, license, judgement, branches };
            if as_json { json(&evaluation, knowledge, out)? } else { text(&evaluation, knowledge, out)? }
        }
        Ok(())
    })?;
    let fails = judged.iter().any(|judged| fails(&judged.judgement, common));
    Ok(if fails { FOUND } else { FINE })
}

/// Prints what registries would be asked about the packages among the expressions, one address a line.
pub(crate) fn dry_run(common: &Common, args: &EvalArgs, ui: &Ui) -> Result<u8, Failure> {
    let knowledge = knowledge::here(common)?;
    let (query, outbound) = (query(common, args)?, outbound(common, knowledge)?);
    let judge = Judge::new(knowledge, &outbound, Answers::new());
    let purls =
        args.expressions.iter().filter_map(|text| package::parse(text).transpose()).collect::<Result<_, _>>()?;
    let addresses = Packages::new(common, &judge, &query)?.would_ask(purls);
    ui.write(common.output.as_deref(), &|_, out| addresses.iter().try_for_each(|address| writeln!(out, "{address}")))?;
    Ok(FINE)
}

fn expression_as_it_stands(judge: &Judge, outbound: &Expr, expr: &Expr, query: &Query) -> Judged {
    let branches = match (outbound, query.ask) {
        (Expr::Or(_), Ask::Outbound) => judge.per_branch(expr, query),
        _ => Arc::default(),
    };
    let license = License::Expression(expr.to_string());
    Judged { needed: None, package: None, raw: None, license, judgement: judge.judge(expr, query), branches }
}

/// Returns whether a text cannot even be a name: nothing, half an expression, or too much.
fn is_malformed(kind: &ParseErrorKind) -> bool {
    match kind {
        ParseErrorKind::UnknownLicense(_)
        | ParseErrorKind::UnknownException(_)
        | ParseErrorKind::ExpectedOperator(_) => false,
        ParseErrorKind::Empty
        | ParseErrorKind::TooLong
        | ParseErrorKind::TooManyTerms
        | ParseErrorKind::ExpectedLicense(_)
        | ParseErrorKind::Parenthesis => true,
    }
}

/// Returns whether an expression holds a reference that no license here has as its id, and that is a known spelling.
fn spells_a_reference(knowledge: &Knowledge, expr: &Expr) -> bool {
    expr.names().iter().any(|name| {
        name.starts_with("LicenseRef-")
            && knowledge.license(name).is_none()
            && knowledge.aliases().spelling(None, name).is_some()
    })
}

/// Judges what is no expression as a license field would be that holds it.
fn name(judge: &Judge, text: &str, query: &Query) -> Judged {
    let near = || nearest(text, license_ids()).map(|id| format!("; did you mean {id}?")).unwrap_or_default();
    let judged = |license: License, judgement: Judgement| Judged {
        needed: None,
        package: None,
        raw: Some(text.to_owned()),
        license,
        judgement: Arc::new(judgement),
        branches: Arc::default(),
    };
    let readings = |exprs: &[Expr]| judge_readings(judge, exprs, query).0;
    match lenient::read(text, FieldFormat::Free, None, judge.knowledge()).outcome {
        Outcome::Expression(expr) => {
            let judgement = readings(std::slice::from_ref(&expr));
            judged(License::Expression(expr.to_string()), judgement)
        }
        Outcome::Candidates(exprs) => {
            let judgement = readings(&exprs);
            judged(License::Candidates(exprs.iter().map(ToString::to_string).collect()), judgement)
        }
        Outcome::SeeFile(file) => {
            let why = format!("the license stands in {file}");
            judged(License::Missing(why), judge.judge_evidence("missing-reference", query))
        }
        Outcome::Unknown(why) => {
            let why = format!("names no license: {why}{}", near());
            judged(License::Missing(why), judge.judge_evidence("unclear-statement", query))
        }
    }
}

fn query(common: &Common, args: &EvalArgs) -> Result<Query, Failure> {
    let ask = word("question", &args.question, Ask::ALL, Ask::word)?;
    let relation = word("relation", &args.relation, Relation::ALL, Relation::word)?;
    let user = user(common)?;
    if ask == Ask::Use && user.is_none() {
        return Err(Failure::new("`--question use` asks about a user, and no `--entity` is given")
            .hint("name one, as in --entity worker-coop"));
    }
    let scope = match relation {
        Relation::Dev => Scope::Dev,
        Relation::Build => Scope::Build,
        _ => Scope::Runtime,
    };
    let form = args.form.as_deref().map(|text| word("form", text, Form::ALL, Form::word)).transpose()?;
    let part = match args.part.as_deref() {
        Some(text) => word("kind of part", text, Kind::ALL, Kind::word)?,
        None if relation == Relation::Asset => Kind::Content,
        None => Kind::Software,
    };
    Ok(Query { ask, relation, scope, act: act(common)?, form, part, user, ..Query::default() })
}

/// Returns what is done with the work; it is shipped if nothing is said.
pub(crate) fn act(common: &Common) -> Result<Act, Failure> {
    common.act.as_deref().map_or(Ok(Act::Ship), |text| word("use", text, Act::ALL, Act::word))
}

/// Returns the user that the options name.
pub(crate) fn user(common: &Common) -> Result<Option<User>, Failure> {
    let purpose = match common.purpose.as_deref() {
        Some(text) => word("purpose", text, Purpose::ALL, Purpose::word)?,
        None => Purpose::Commercial,
    };
    let attest = common
        .attest
        .iter()
        .map(|text| word("attestation", text, Attestation::ALL, Attestation::word))
        .collect::<Result<_, Failure>>()?;
    let Some(text) = common.entity.as_deref() else { return Ok(None) };
    let user = User { entity: word("entity", text, Entity::ALL, Entity::word)?, attest, purpose };
    match user.contradiction() {
        Some((one, other)) => Err(Failure::new(format!("`{one}` and `{other}` contradict each other"))),
        None => Ok(Some(user)),
    }
}

/// Returns the expression to judge under.
pub(crate) fn outbound(common: &Common, knowledge: &Knowledge) -> Result<Expr, Failure> {
    expression(common.outbound.as_deref().unwrap_or(&knowledge.defaults().outbound))
}

/// Reads an expression, or says what it might have been.
pub(crate) fn expression(text: &str) -> Result<Expr, Failure> {
    Expr::parse(text).map(|parsed| parsed.expr).map_err(|error| no_expression(text, &error))
}

fn no_expression(text: &str, error: &ParseError) -> Failure {
    let failure = Failure::new(format!("`{}` is no license expression: {error}", escape::line(text)));
    match &error.kind {
        ParseErrorKind::UnknownLicense(word) => match nearest(word, license_ids()) {
            Some(id) => failure.hint(format!("did you mean `{id}`?")),
            None => failure.hint("ids are those of the SPDX license list; anything else is written as LicenseRef-NAME"),
        },
        _ => failure.hint("as in 'MIT OR Apache-2.0'"),
    }
}

/// Finds a word of a closed vocabulary, or suggests the nearest one.
pub(crate) fn word<T: Copy>(what: &str, text: &str, all: &[T], word: fn(T) -> &'static str) -> Result<T, Failure> {
    let found = all.iter().find(|value| word(**value) == text).copied();
    let words = || all.iter().map(|value| word(*value)).collect::<Vec<_>>();
    found.ok_or_else(|| run::unknown_word(what, text, &words()))
}

/// Returns whether JSON is asked for; other formats make no sense here.
pub(crate) fn wants_json(common: &Common) -> Result<bool, Failure> {
    match common.format.last().map(String::as_str) {
        None | Some("text") => Ok(false),
        Some("json") => Ok(true),
        Some(other) => {
            Err(Failure::new(format!("`{other}` is not a format of this command")).hint("one of json, text"))
        }
    }
}

fn fails(judgement: &Judgement, common: &Common) -> bool {
    let on = |kind: FailOn| common.fail_on.contains(&kind);
    if on(FailOn::Never) {
        return false;
    }
    match (judgement.verdict, judgement.cause) {
        (Verdict::Conflict, _) => on(FailOn::Conflict),
        (Verdict::Review, Cause::Evidence) => on(FailOn::Unknown) || common.strict,
        (Verdict::Review, _) => on(FailOn::Question) || common.strict,
        (Verdict::Obligation, _) => on(FailOn::Obligation),
        (Verdict::Ok, _) => false,
    }
}
