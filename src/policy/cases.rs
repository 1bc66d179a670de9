//! The examples inside rule files, run against the knowledge they stand in.

use crate::license::expr::Expr;
use crate::license::facts::Kind;
use crate::license::knowledge::rule_schema::Case;
use crate::license::knowledge::{Knowledge, Rule};
use crate::model::{Relation, Scope};

use super::judge::{Judge, cause_of, verdict_of};
use super::judgement::Judgement;
use super::query::{Access, Act, Ask, Attestation, Entity, Form, Purpose, Query, User};

/// An example that does not come out as its rule file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedCase {
    /// The rule.
    pub rule: String,
    /// The name of the example.
    pub case: String,
    /// What was expected and what came out.
    pub message: String,
}

/// Runs every example of every rule.
pub fn run_cases(knowledge: &Knowledge) -> Vec<FailedCase> {
    let mut failed = Vec::new();
    for rule in knowledge.rules() {
        let silent = |case: &&Case| case.expect == "silent";
        let coverage = [
            (rule.cases.iter().any(|case| silent(&case)), "no example in which it stays silent"),
            (!rule.cases.iter().all(|case| silent(&case)), "no example in which it speaks"),
        ];
        for (_, message) in coverage.into_iter().filter(|(covered, _)| !covered) {
            failed.push(FailedCase { rule: rule.id.clone(), case: String::new(), message: message.to_owned() });
        }
        for case in &rule.cases {
            if let Err(message) = run(knowledge, rule, case) {
                failed.push(FailedCase { rule: rule.id.clone(), case: case.name.clone(), message });
            }
        }
    }
    failed
}

fn run(knowledge: &Knowledge, rule: &Rule, case: &Case) -> Result<(), String> {
    let judgement = judge(knowledge, case)?;
    let hit = judgement.rules.iter().filter(|hit| hit.rule == rule.id).max_by_key(|hit| hit.verdict);
    let found = hit.map_or("silent", |hit| hit.verdict.word());
    if found != case.expect {
        let others: Vec<String> = judgement.rules.iter().map(|hit| format!("{} {}", hit.rule, hit.verdict)).collect();
        return Err(format!("expected {}, found {found}; all: {}", case.expect, others.join(", ")));
    }
    if let (Some(expected), Some(hit)) = (case.cause.map(cause_of), hit)
        && hit.cause != expected
    {
        return Err(format!("expected the cause {expected}, found {}", hit.cause));
    }
    if let Some(expected) = case.verdict.map(verdict_of)
        && judgement.verdict != expected
    {
        return Err(format!("expected {expected} over all rules, found {}", judgement.verdict));
    }
    Ok(())
}

fn judge(knowledge: &Knowledge, case: &Case) -> Result<Judgement, String> {
    let outbound = case.outbound.as_deref().unwrap_or(&knowledge.defaults().outbound);
    let judge = Judge::new(knowledge, &expression(outbound)?, case.switch.clone());
    let query = query(case)?;
    match (&case.license, &case.evidence) {
        (Some(license), None) => Ok(judge.judge(&expression(license)?, &query).as_ref().clone()),
        (None, Some(evidence)) => Ok(judge.judge_evidence(evidence, &query)),
        (Some(_), Some(_)) | (None, None) => Err("an example has either a license or evidence".to_owned()),
    }
}

fn expression(text: &str) -> Result<Expr, String> {
    Expr::parse(text).map(|parsed| parsed.expr).map_err(|_| format!("`{text}` is no expression"))
}

fn query(case: &Case) -> Result<Query, String> {
    let mut query = Query {
        own_work: case.own_work,
        credit_removed: case.credit_removed,
        waived: case.waived.clone(),
        ..Query::default()
    };
    if let Some(word) = &case.relation {
        query.relation = Relation::from_word(word).ok_or_else(|| unknown("relation", word))?;
    }
    if let Some(word) = &case.scope {
        query.scope = Scope::from_word(word).ok_or_else(|| unknown("scope", word))?;
    }
    if let Some(word) = &case.use_ {
        query.act = Act::from_word(word).ok_or_else(|| unknown("use", word))?;
    }
    if let Some(word) = &case.form {
        query.form = Some(Form::from_word(word).ok_or_else(|| unknown("form", word))?);
    }
    if let Some(word) = &case.access {
        query.access = Some(Access::from_word(word).ok_or_else(|| unknown("access", word))?);
    }
    if let Some(word) = &case.part {
        let part = Kind::ALL.iter().copied().find(|kind| kind.word() == word);
        query.part = part.ok_or_else(|| unknown("part", word))?;
    }
    if let Some(word) = &case.entity {
        let entity = Entity::from_word(word).ok_or_else(|| unknown("entity", word))?;
        let purpose = case.purpose.as_deref().unwrap_or("commercial");
        let purpose = Purpose::from_word(purpose).ok_or_else(|| unknown("purpose", purpose))?;
        let attest: Result<_, String> = case
            .attest
            .iter()
            .map(|word| Attestation::from_word(word).ok_or_else(|| unknown("attestation", word)))
            .collect();
        query.user = Some(User { entity, attest: attest?, purpose });
        query.ask = Ask::Use;
    }
    Ok(query)
}

fn unknown(what: &str, word: &str) -> String {
    format!("unknown {what} `{word}`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::license::knowledge::source_files;

    #[test]
    fn every_example_comes_out_as_its_rule_says() {
        let knowledge = Knowledge::load(&source_files()).unwrap();
        let failed: Vec<String> = run_cases(&knowledge)
            .into_iter()
            .map(|failed| format!("{}: {}: {}", failed.rule, failed.case, failed.message))
            .collect();
        assert!(failed.is_empty(), "{} examples fail:\n{}", failed.len(), failed.join("\n"));
    }
}
