//! `eval`: what is said of an expression, without a project.

use std::sync::Arc;

use clap::Args;
use ppl_check::base::Purl;
use ppl_check::config::Config;
use ppl_check::license::expr::Expr;
use ppl_check::license::knowledge::Knowledge;
use ppl_check::model::{Cause, Relation, Resolved, Scope, Verdict};
use ppl_check::policy::{
    Act, Answers, Ask, Attestation, Entity, Judge, Judgement, Purpose, Query, User, judge_package,
};
use ppl_check::registry::{self, LookupError};
use ppl_check::report::escape;
use ppl_check::report::eval::{Evaluation, json, text};
use ppl_check::resolve::Resolver;

use super::args::{Common, FailOn};
use super::ui::Ui;
use super::{FINE, FOUND, Failure, knowledge, online, run};

/// Options of `eval`.
#[derive(Args, Debug)]
pub(crate) struct EvalArgs {
    /// License expressions, or packages to be looked up: ECOSYSTEM:NAME@VERSION
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
    package: Option<String>,
    expression: Option<String>,
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
        if let Some(purl) = package(text)? {
            judged.push(look_up(common, knowledge, &judge, purl, &query)?);
            continue;
        }
        let expr = expression(text)?;
        let branches = match (&outbound, query.ask) {
            (Expr::Or(_), Ask::Outbound) => judge.per_branch(&expr, &query),
            _ => Arc::default(),
        };
        judged.push(Judged {
            subject: expr.to_string(),
            package: None,
            expression: Some(expr.to_string()),
            judgement: judge.judge(&expr, &query),
            branches,
        });
    }
    ui.write(common.output.as_deref(), &|_, out| {
        for Judged { subject, package, expression, judgement, branches } in &judged {
            let (package, expression) = (package.clone(), expression.clone());
            let evaluation = Evaluation { subject: subject.clone(), package, expression, judgement, branches };
            if as_json { json(&evaluation, out)? } else { text(&evaluation, knowledge, out)? }
        }
        Ok(())
    })?;
    let fails = judged.iter().any(|judged| fails(&judged.judgement, common));
    Ok(if fails { FOUND } else { FINE })
}

/// Reads `npm:left-pad@1.3.0` or a package URL; anything else is no package.
fn package(text: &str) -> Result<Option<Purl>, Failure> {
    let known = |ty: &str| registry::types().any(|known| known == ty);
    let purl = match text.split_once(':') {
        Some(("pkg", _)) => text.parse::<Purl>().map_err(|error| Failure::new(format!("`{text}`: {error}")))?,
        Some((ty, rest)) if known(ty) => {
            // A scope starts with the same sign as a version.
            let (name, version) = rest.rsplit_once('@').filter(|(name, _)| !name.is_empty()).unwrap_or((rest, ""));
            match name.split_once(':') {
                Some((group, name)) => Purl::with_namespace(ty, Some(group), name, Some(version)),
                None => Purl::new(ty, name, Some(version)),
            }
        }
        _ => return Ok(None),
    };
    if !known(purl.ty()) {
        let types: Vec<_> = registry::types().collect();
        let hint = format!("one of {}", types.join(", "));
        return Err(Failure::new(format!("packages of the type `{}` are not looked up", purl.ty())).hint(hint));
    }
    if purl.version().is_none() {
        let hint = format!("as in {}:{}@1.0.0", purl.ty(), purl.full_name());
        return Err(Failure::new(format!("`{text}` has no version")).hint(hint));
    }
    Ok(Some(purl))
}

/// Judges a package by what its registry has, before anything depends on it.
fn look_up(
    common: &Common,
    knowledge: &Knowledge,
    judge: &Judge,
    purl: Purl,
    query: &Query,
) -> Result<Judged, Failure> {
    let lookups = online::lookups(common, None)?;
    let lookups = lookups.ok_or_else(|| Failure::new("with --locked nothing is looked up"))?;
    let config = Config::default();
    let package = Resolver::new(None, &config, knowledge).resolve_new(purl, &lookups);
    let tried = package.resolution.tried.iter().map(|tried| tried.outcome.as_str()).collect::<Vec<_>>().join(", ");
    if tried == LookupError::NotFound.to_string() {
        return Err(Failure::new(format!("`{}` was not found in its registry", package.purl)));
    }
    let expression = match &package.resolution.resolved {
        Resolved::Expression(expr) | Resolved::SuffixUnstated(expr) => Some(expr.to_string()),
        Resolved::Candidates(_) | Resolved::Modified { .. } | Resolved::Missing { .. } => None,
    };
    let license = match &package.resolution.resolved {
        Resolved::Missing { .. } => format!("no license that could be read ({tried})"),
        Resolved::Modified { id, .. } => format!("modified {id}"),
        _ => package.resolution.readings().iter().map(ToString::to_string).collect::<Vec<_>>().join(" or "),
    };
    Ok(Judged {
        subject: format!("{}: {license}", package.purl),
        package: Some(package.purl.to_string()),
        expression,
        judgement: Arc::new(judge_package(judge, &package, query)),
        branches: Arc::default(),
    })
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
        .map_err(|error| Failure::new(format!("`{}` is no license expression: {error}", escape::line(text))))
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
