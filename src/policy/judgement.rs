//! Judgements, and how they combine: `AND` is the worst with all duties, `OR` the best with the branch named.

use std::collections::BTreeSet;

use crate::license::expr::Expr;
use crate::license::knowledge::rule_schema::Weight;
use crate::model::{Cause, Clause, Note, Verdict};

/// What is said of one expression in one situation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub cause: Cause,
    /// The rules that spoke, worst first.
    pub rules: Vec<RuleHit>,
    /// What is owed, by id.
    pub obligations: Vec<Owed>,
    /// The expression without the branches that were not taken.
    pub chosen: Option<Expr>,
    /// The branches that were not taken.
    pub alternatives: Vec<Alternative>,
    /// The switches that decided.
    pub switches: Vec<SwitchUse>,
    /// The outbound branch that was judged, if the project offers several.
    pub outbound: Option<Expr>,
}

/// One rule that spoke about one license.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleHit {
    /// The rule.
    pub rule: String,
    /// What it says.
    pub verdict: Verdict,
    /// Why.
    pub cause: Cause,
    /// The license it is about, as written.
    pub license: String,
    /// One plain sentence on the situation.
    pub because: Option<String>,
    /// Words of the licenses it rests on.
    pub clauses: Vec<Clause>,
    /// What goes with it and has no verdict.
    pub notes: Vec<Note>,
    /// The contradiction it speaks of, as its index among those of the package.
    pub contradiction: Option<usize>,
}

/// One thing owed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owed {
    /// The obligation.
    pub id: String,
    /// What it extends to, such as `library` for a source offer.
    pub extent: Option<String>,
    /// The license that asks for it, as written.
    pub license: String,
    /// Whether something must be done, beyond keeping notices.
    pub is_duty: bool,
}

/// A branch of an `OR` that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alternative {
    /// The branch.
    pub expr: Expr,
    /// Its verdict.
    pub verdict: Verdict,
    /// Why.
    pub cause: Cause,
    /// What it would ask.
    pub obligations: Vec<Owed>,
}

/// A switch whose answer decided.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SwitchUse {
    /// The switch.
    pub id: String,
    /// The answer in force.
    pub answer: String,
    /// The answers that would give another verdict.
    pub otherwise: Vec<(String, Verdict)>,
}

impl Judgement {
    /// Combines judgements of parts that all apply: the worst verdict, all rules, all duties.
    ///
    /// The judgement of no parts at all is [`None`]: nothing is known, and nothing is not fine.
    pub fn all(parts: Vec<Self>) -> Option<Self> {
        let chosen: Option<Vec<Expr>> = parts.iter().map(|part| part.chosen.clone()).collect();
        let mut parts = parts.into_iter();
        let mut whole = parts.next()?;
        for part in parts {
            if (part.verdict, part.cause.weight()) > (whole.verdict, whole.cause.weight()) {
                whole.cause = part.cause;
                whole.verdict = part.verdict;
            }
            whole.rules.extend(part.rules);
            whole.obligations.extend(part.obligations);
            whole.alternatives.extend(part.alternatives);
            whole.switches.extend(part.switches);
        }
        let mut known = BTreeSet::new();
        let once = |exprs: Vec<Expr>| exprs.into_iter().filter(|expr| known.insert(expr.clone())).collect();
        whole.chosen = chosen.map(once).and_then(Expr::all);
        whole.tidy();
        Some(whole)
    }

    /// Takes the best of several judgements of which any may be chosen, and names the others.
    ///
    /// The best is the least by verdict, number of duties and canonical text, so that it does not depend on order.
    pub fn any(branches: Vec<Self>) -> Option<Self> {
        let key = |branch: &Self| (branch.verdict, branch.n_duties(), branch.canonical_text());
        let best = branches.iter().enumerate().min_by_key(|(_, branch)| key(branch))?.0;
        let mut branches = branches;
        let mut taken = branches.remove(best);
        for other in branches {
            if let Some(expr) = other.chosen.filter(|expr| Some(expr) != taken.chosen.as_ref()) {
                let Self { verdict, cause, obligations, .. } = other;
                taken.alternatives.push(Alternative { expr, verdict, cause, obligations });
            }
        }
        taken.alternatives.sort_by_cached_key(|branch| (branch.verdict, branch.expr.to_string()));
        Some(taken)
    }

    /// Counts the duties beyond keeping notices.
    pub fn n_duties(&self) -> usize {
        self.obligations.iter().filter(|owed| owed.is_duty).count()
    }

    fn canonical_text(&self) -> String {
        self.chosen.as_ref().map_or_else(String::new, |expr| expr.canonical().to_string())
    }

    /// Sorts and removes what stands twice.
    pub(super) fn tidy(&mut self) {
        self.rules.sort_by(|left, right| (right.verdict, left).cmp(&(left.verdict, right)));
        self.rules.dedup();
        self.obligations.sort();
        self.obligations.dedup();
        self.switches.sort();
        self.switches.dedup();
    }
}

/// Returns whether an obligation of this weight makes a verdict worse than fine.
pub(super) fn is_duty(weight: Weight) -> bool {
    match weight {
        Weight::Notice => false,
        Weight::Duty => true,
    }
}
