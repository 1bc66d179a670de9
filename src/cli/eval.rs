//! `eval`: what is said of an expression, without a project.

use std::sync::Arc;

use clap::Args;
use ppl_check::license::expr::Expr;
use ppl_check::license::knowledge::Knowledge;
use ppl_check::model::{Cause, Relation, Scope, Verdict};
use ppl_check::policy::{Act, Answers, Ask, Attestation, Entity, Judge, Judgement, Purpose, Query, User};
use ppl_check::report::eval::{Evaluation, json, text};

use super::args::{Common, FailOn};
use super::ui::Ui;
use super::{FINE, FOUND, Failure, knowledge, run};

/// Options of `eval`.
#[derive(Args, Debug)]
pub(crate) struct EvalArgs {
    /// License expressions
    #[arg(required = true, value_name = "EXPRESSION")]
    pub(crate) expressions: Vec<String>,

    /// How the part is joined to the work: modified, vendored, static, dynamic, import, asset, aggregate, output,
    /// separate-process, service, build, dev
    #[arg(long, value_name = "RELATION", default_value = "static")]
    pub(crate) relation: String,

    /// What is asked: outbound, use
    #[arg(long, value_name = "QUESTION", default_value = "outbound")]
    pub(crate) question: String,
}

struct Judged {
    subject: String,
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
    for text in &args.expressions {
        let expr = expression(text)?;
        let branches = match (&outbound, query.ask) {
            (Expr::Or(_), Ask::Outbound) => judge.per_branch(&expr, &query),
            _ => Arc::default(),
        };
        judged.push(Judged { subject: expr.to_string(), judgement: judge.judge(&expr, &query), branches });
    }
    ui.write(common.output.as_deref(), &|_, out| {
        for Judged { subject, judgement, branches } in &judged {
            let evaluation = Evaluation { subject: subject.clone(), judgement, branches };
            if as_json { json(&evaluation, out)? } else { text(&evaluation, knowledge, out)? }
        }
        Ok(())
    })?;
    let fails = judged.iter().any(|judged| fails(&judged.judgement, common));
    Ok(if fails { FOUND } else { FINE })
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
    Ok(Query { ask, relation, scope, act: act(common)?, user, ..Query::default() })
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
    Expr::parse(text)
        .map(|parsed| parsed.expr)
        .map_err(|error| Failure::new(format!("`{text}` is no license expression: {error}")))
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
