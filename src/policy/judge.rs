//! The engine: rules over facts and circumstances, evaluated for every license of an expression.
//!
//! No license is named here and no verdict is stored: what follows from what stands in `licenses/rules/`.
//! What no rule speaks of is not fine: it is a review by evidence.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::license::expr::{Expr, License as Leaf};
use crate::license::facts::{ShareTrigger, Termination};
use crate::license::knowledge::rule_schema::{Because, Outcome, Question};
use crate::license::knowledge::vocabulary::{Key, Subject};
use crate::license::knowledge::{Knowledge, Row, Rule};
use crate::model::{Cause, Clause, Note, Verdict};

use super::facts::{Meaning, Version, meaning};
use super::judgement::{Judgement, Owed, RuleHit, SwitchUse, is_duty};
use super::outbound::{Offered, branches, limits_users};
use super::query::{Access, Act, Answers, Ask, Query};

/// How often one deprecated id may stand for another before it counts as unknown.
const MAX_REPLACEMENTS: usize = 4;

/// The rule that speaks when none does.
const UNDETERMINED: &str = "undetermined-license";

/// The note on answers that rest on a waiver.
const WAIVER_NOTE: &str = "waiver-in-force";

/// The note on conflicts with licenses that end by any breach.
const TERMINATION_NOTE: &str = "rights-end-by-breach";

/// Judges expressions against one outbound license under one set of answers to switches.
#[derive(Debug)]
pub struct Judge<'k> {
    knowledge: &'k Knowledge,
    outbound: Vec<(Expr, Vec<Offered<'k>>)>,
    answers: Answers,
    cache: RefCell<BTreeMap<(Expr, Query), Known>>,
}

/// The worst judgement over all branches, and that of each branch.
#[derive(Clone, Debug)]
struct Known {
    worst: Arc<Judgement>,
    branches: Arc<Vec<(Expr, Judgement)>>,
}

/// One version of one license in one situation.
struct Situation<'a, 'k> {
    version: &'a Version<'k>,
    offered: Option<&'a Offered<'k>>,
    written: &'a str,
    query: &'a Query,
    subject: Subject,
    /// What holds for the project as a user, if the licensor waived clauses for it.
    relieved: Option<Subject>,
}

impl Situation<'_, '_> {
    /// Returns what holds for a rule. A waiver speaks to the project: whoever gets the work has the license as it is.
    fn subject_for(&self, rule: &Rule) -> &Subject {
        match (rule.question, &self.relieved) {
            (Question::Use, Some(relieved)) => relieved,
            _ => &self.subject,
        }
    }
}

impl<'k> Judge<'k> {
    /// Creates a judge for a project that is offered under `outbound`.
    pub fn new(knowledge: &'k Knowledge, outbound: &Expr, answers: Answers) -> Self {
        Self { knowledge, outbound: branches(knowledge, outbound), answers, cache: RefCell::default() }
    }

    /// Returns the knowledge it judges by.
    pub fn knowledge(&self) -> &'k Knowledge {
        self.knowledge
    }

    /// Returns whether what the project offers limits its users in every branch, as copyfarleft does.
    pub fn is_copyfarleft(&self) -> bool {
        self.outbound.iter().all(|(_, offered)| offered.iter().all(Offered::is_copyfarleft))
    }

    /// Judges an expression.
    ///
    /// The outbound question is asked for every branch the project offers, and the worst answer counts.
    pub fn judge(&self, expr: &Expr, query: &Query) -> Arc<Judgement> {
        self.known(expr, query).worst
    }

    fn known(&self, expr: &Expr, query: &Query) -> Known {
        let key = (expr.clone(), query.clone());
        if let Some(known) = self.cache.borrow().get(&key) {
            return known.clone();
        }
        let branches: Vec<(Expr, Judgement)> = self
            .outbound
            .iter()
            .map(|(branch, offered)| (branch.clone(), self.judge_under(expr, query, offered, 0)))
            .collect();
        let known = Known { worst: Arc::new(self.worst(&branches, query)), branches: Arc::new(branches) };
        self.cache.borrow_mut().insert(key, known.clone());
        known
    }

    /// Judges a set of candidates between which nothing decides: the worst counts, duties are united.
    ///
    /// A set with a candidate that nobody knows, because other licenses bear the name too, proves no conflict: it is as
    /// unknown as that one.
    pub fn judge_candidates(&self, candidates: &[Expr], query: &Query) -> Judgement {
        let parts: Vec<Judgement> = candidates.iter().map(|expr| self.judge(expr, query).as_ref().clone()).collect();
        let unknown = |(expr, part): (&Expr, &Judgement)| expr.is_open() && part.verdict == Verdict::Review;
        if candidates.len() > 1 && candidates.iter().zip(&parts).any(unknown) {
            return self.open_name(candidates, &parts, query);
        }
        let mut whole = Judgement::all(parts).unwrap_or_else(|| self.judge_evidence("contents-not-seen", query));
        if candidates.len() > 1 {
            whole.chosen = None;
        }
        whole
    }

    /// Judges a name that an unknown number of licenses bear, and says what those that are known would mean.
    fn open_name(&self, candidates: &[Expr], parts: &[Judgement], query: &Query) -> Judgement {
        let known = candidates.iter().zip(parts).filter(|(expr, _)| !expr.is_open());
        let known: Vec<String> = known.map(|(expr, part)| format!("{} as {expr}", part.verdict)).collect();
        let mut judgement = self.judge_evidence("ambiguous-name", query);
        for hit in &mut judgement.rules {
            let because = hit.because.take().unwrap_or_default();
            hit.because = Some(format!("{because}: {}, unknown as any other", known.join(", ")));
        }
        judgement
    }

    /// Returns the judgement for each branch the project offers.
    pub fn per_branch(&self, expr: &Expr, query: &Query) -> Arc<Vec<(Expr, Judgement)>> {
        self.known(expr, query).branches
    }

    /// Judges what is known, or not known, about a package that has no expression.
    pub fn judge_evidence(&self, evidence: &str, query: &Query) -> Judgement {
        let mut subject = circumstances(query);
        subject.set(Key::Evidence, evidence);
        let hits: Vec<RuleHit> = self
            .knowledge
            .rules()
            .iter()
            .filter(|rule| rule.question == Question::Evidence)
            .filter_map(|rule| {
                let row = rule.rows.iter().find(|row| self.row_holds(row, &subject, query, None))?;
                Some(self.hit(rule, row, "", Vec::new()))
            })
            .collect();
        self.finish(hits, Vec::new(), None, "")
    }

    fn worst(&self, branches: &[(Expr, Judgement)], query: &Query) -> Judgement {
        let several = branches.len() > 1;
        let worst = branches.iter().reduce(|worst, next| if next.1.verdict > worst.1.verdict { next } else { worst });
        match worst {
            Some((branch, judgement)) => Judgement { outbound: several.then(|| branch.clone()), ..judgement.clone() },
            None => self.judge_evidence("unknown-reference", query),
        }
    }

    fn judge_under(&self, expr: &Expr, query: &Query, offered: &[Offered<'k>], depth: usize) -> Judgement {
        let operands = |operands: &[Expr]| -> Vec<Judgement> {
            operands.iter().map(|operand| self.judge_under(operand, query, offered, depth)).collect()
        };
        let combined = match expr {
            Expr::License(leaf) => Some(self.judge_leaf(leaf, query, offered, depth)),
            Expr::And(parts) => Judgement::all(operands(parts)),
            Expr::Or(parts) => Judgement::any(operands(parts)),
        };
        combined.unwrap_or_else(|| self.judge_evidence("unknown-reference", query))
    }

    fn judge_leaf(&self, leaf: &Leaf, query: &Query, offered: &[Offered<'k>], depth: usize) -> Judgement {
        let versions = match meaning(self.knowledge, leaf) {
            Meaning::Versions(versions) => versions,
            Meaning::Replaced(expr) if depth < MAX_REPLACEMENTS => {
                return self.judge_under(&expr, query, offered, depth + 1);
            }
            Meaning::Replaced(_) => return self.nothing("unknown-reference", leaf, query),
            Meaning::Nothing(evidence) => return self.nothing(evidence, leaf, query),
            Meaning::Unclear(evidence, why) => {
                let mut judgement = self.nothing(evidence, leaf, query);
                for hit in &mut judgement.rules {
                    hit.because = Some(why.clone());
                }
                return judgement;
            }
        };
        let written = leaf.to_string();
        let judged = versions.iter().map(|version| self.judge_version(version, &written, leaf, query, offered));
        let Some(mut judgement) = Judgement::any(judged.collect()) else {
            return self.nothing("unknown-reference", leaf, query);
        };
        judgement.chosen = Some(Expr::License(leaf.clone()));
        judgement
    }

    /// Judges an id of which nothing is known, in words that name it.
    fn nothing(&self, evidence: &str, leaf: &Leaf, query: &Query) -> Judgement {
        let mut judgement = self.judge_evidence(evidence, query);
        let written = leaf.to_string();
        for hit in &mut judgement.rules {
            hit.license.clone_from(&written);
        }
        judgement.chosen = Some(Expr::License(leaf.clone()));
        judgement
    }

    fn judge_version(
        &self,
        version: &Version<'k>,
        written: &str,
        leaf: &Leaf,
        query: &Query,
        offered: &[Offered<'k>],
    ) -> Judgement {
        let under = |offered: Option<&Offered<'k>>| {
            let subject = self.subject(version, written, query, offered);
            let relieved = version.relieved(&query.waived);
            let relieved = relieved.map(|version| self.subject(&version, written, query, offered));
            let situation = Situation { version, offered, written, query, subject, relieved };
            let mut judgement = self.judge_situation(&situation);
            // The canonical text decides between versions that are equal otherwise.
            judgement.chosen = Some(Expr::License(leaf.clone()));
            judgement
        };
        match query.ask {
            Ask::Use => under(None),
            Ask::Outbound => Judgement::all(offered.iter().map(|offered| under(Some(offered))).collect())
                .unwrap_or_else(|| self.judge_evidence("unknown-reference", query)),
        }
    }

    fn subject(&self, version: &Version<'k>, written: &str, query: &Query, offered: Option<&Offered<'k>>) -> Subject {
        let mut subject = circumstances(query);
        subject.set(Key::Evidence, "expression");
        version.describe(&mut subject);
        let relations = self.knowledge.relations();
        if let Some(reach) = relations.reach(query.relation.word()) {
            subject.set(Key::Reach, reach);
        }
        let inside = relations.given_on.iter().any(|relation| relation == query.relation.word());
        subject.set_flag(Key::GivenOn, inside && query.act == Act::Ship);
        let trigger = version.facts.as_ref().map_or(ShareTrigger::None, |facts| facts.share_alike.trigger);
        subject.set_flag(Key::TriggerMet, is_met(trigger, query.act));
        if let Some(offered) = offered {
            offered.describe(self.knowledge, version, written, &mut subject);
        }
        subject
    }

    fn judge_situation(&self, situation: &Situation<'_, 'k>) -> Judgement {
        let mut judgement = self.evaluate(situation, None);
        let mut switches = Vec::new();
        for id in self.consulted(situation) {
            let Some(switch) = self.knowledge.switch(&id) else { continue };
            if switch.own_works_only && !situation.query.own_work {
                continue;
            }
            let answer = self.answer(&id, situation.query).to_owned();
            let otherwise: Vec<(String, Verdict)> = switch
                .answers
                .iter()
                .filter(|other| other.id != answer)
                .map(|other| (other.id.clone(), self.evaluate(situation, Some((&id, &other.id))).verdict))
                .filter(|(_, verdict)| *verdict != judgement.verdict)
                .collect();
            if !otherwise.is_empty() {
                switches.push(SwitchUse { id, answer, otherwise });
            }
        }
        judgement.switches = switches;
        judgement
    }

    /// Evaluates every rule that answers the question, with one switch answered otherwise.
    fn evaluate(&self, situation: &Situation<'_, 'k>, otherwise: Option<(&str, &str)>) -> Judgement {
        let Situation { version, query, subject, .. } = situation;
        let mut hits = Vec::new();
        let mut answered = (false, false);
        for rule in self.knowledge.rules().iter().filter(|rule| is_asked(rule, query, subject)) {
            let subject = situation.subject_for(rule);
            let Some(row) = rule.rows.iter().find(|row| self.row_holds(row, subject, query, otherwise)) else {
                continue;
            };
            // What is said to be unknown needs no second unknown.
            answered.0 |= matches!(rule.question, Question::Outbound | Question::Reverse | Question::Evidence);
            answered.1 |= matches!(rule.question, Question::Use | Question::Delivery | Question::Evidence);
            let mut hit = self.hit(rule, row, situation.written, Self::clauses(rule, situation));
            if rule.question == Question::Use && situation.relieved.is_some() {
                hit.notes.extend(self.note(WAIVER_NOTE));
            }
            hits.push(hit);
        }
        let joined = !matches!(subject.bits(Key::Reach), 0) && !aside(subject);
        let outbound_open = query.ask == Ask::Outbound && joined && !answered.0;
        let asks_use = query.ask == Ask::Use || query.user.is_some();
        let unknown_offer = situation.offered.is_some_and(|offered| !offered.is_known());
        if outbound_open || (asks_use && !answered.1) || version.facts.is_none() || unknown_offer {
            hits.push(self.undetermined(situation.written, unknown_offer));
        }
        let owed = self.owed(situation);
        let ends = version.facts.iter().any(|facts| limits_users(facts) && facts.termination == Termination::Automatic)
            || situation.offered.is_some_and(Offered::ends_by_breach);
        let mut judgement = self.finish(hits, owed, None, situation.written);
        if ends {
            self.add_termination_note(&mut judgement);
        }
        judgement
    }

    fn note(&self, id: &str) -> Option<Note> {
        self.knowledge.note(id).map(|note| Note { id: note.id.clone(), text: note.text.clone() })
    }

    fn add_termination_note(&self, judgement: &mut Judgement) {
        let Some(note) = self.note(TERMINATION_NOTE) else { return };
        for hit in judgement.rules.iter_mut().filter(|hit| hit.verdict == Verdict::Conflict) {
            hit.notes.push(note.clone());
        }
    }

    fn undetermined(&self, written: &str, unknown_offer: bool) -> RuleHit {
        let because = if unknown_offer {
            "the license the project is offered under is not known"
        } else {
            "no rule speaks of this combination of facts"
        };
        let rule = self.knowledge.rule(UNDETERMINED).map_or(UNDETERMINED, |rule| &rule.id);
        RuleHit {
            rule: rule.to_owned(),
            verdict: Verdict::Review,
            cause: Cause::Evidence,
            license: written.to_owned(),
            because: Some(because.to_owned()),
            clauses: Vec::new(),
            notes: Vec::new(),
            contradiction: None,
        }
    }

    fn finish(&self, rules: Vec<RuleHit>, owed: Vec<Owed>, chosen: Option<Expr>, written: &str) -> Judgement {
        let mut verdict = if owed.iter().any(|owed| owed.is_duty) { Verdict::Obligation } else { Verdict::Ok };
        let mut cause = Cause::Terms;
        let mut rules = rules;
        // Knowledge without rules answers nothing.
        if rules.is_empty() && self.knowledge.rules().is_empty() {
            rules.push(self.undetermined(written, false));
        }
        for hit in &rules {
            if (hit.verdict, hit.cause.weight()) > (verdict, cause.weight()) {
                (verdict, cause) = (hit.verdict, hit.cause);
            }
        }
        let mut judgement = Judgement {
            verdict,
            cause,
            rules,
            obligations: owed,
            chosen,
            alternatives: Vec::new(),
            switches: Vec::new(),
            outbound: None,
        };
        judgement.tidy();
        judgement
    }

    fn row_holds(&self, row: &Row, subject: &Subject, query: &Query, otherwise: Option<(&str, &str)>) -> bool {
        row.condition.holds(subject)
            && row.switches.iter().all(|(id, answers)| {
                let answer = match otherwise {
                    Some((switch, answer)) if switch == id => answer,
                    _ => self.answer(id, query),
                };
                answers.iter().any(|known| known == answer)
            })
    }

    /// Returns the answer in force; one about the project's own works says nothing of those of others.
    fn answer(&self, id: &str, query: &Query) -> &str {
        let Some(switch) = self.knowledge.switch(id) else { return "" };
        let answer = if switch.own_works_only && !query.own_work { None } else { self.answers.get(id) };
        answer.map_or(switch.default.as_str(), String::as_str)
    }

    /// Returns the switches on which a row depends whose other conditions hold.
    fn consulted(&self, situation: &Situation<'_, 'k>) -> Vec<String> {
        let Situation { query, subject, .. } = situation;
        let mut ids: Vec<String> = self
            .knowledge
            .rules()
            .iter()
            .filter(|rule| is_asked(rule, query, subject))
            .flat_map(|rule| &rule.rows)
            .filter(|row| !row.switches.is_empty())
            .filter(|row| {
                row.condition.holds(subject) || situation.relieved.is_some_and(|other| row.condition.holds(&other))
            })
            .flat_map(|row| row.switches.iter().map(|(id, _)| id.clone()))
            .collect();
        ids.sort();
        ids.dedup();
        ids
    }

    fn hit(&self, rule: &Rule, row: &Row, written: &str, clauses: Vec<Clause>) -> RuleHit {
        RuleHit {
            rule: rule.id.clone(),
            verdict: verdict_of(row.verdict),
            cause: cause_of(row.cause),
            license: written.to_owned(),
            because: row.because.clone(),
            clauses,
            notes: row.notes.iter().filter_map(|id| self.note(id)).collect(),
            contradiction: None,
        }
    }

    /// Returns the words a rule rests on: the part's own for the facts it shows, and those of the licenses it quotes.
    fn clauses(rule: &Rule, situation: &Situation<'_, 'k>) -> Vec<Clause> {
        let license = situation.version.license;
        let beside = situation.version.beside.iter();
        let beside = beside.flat_map(|exception| exception.quotes.iter().map(|quote| (&exception.id, quote)));
        let own = license.quotes.iter().map(|quote| (&license.id, quote)).chain(beside);
        let mut clauses: Vec<Clause> = own
            .filter(|(_, quote)| rule.shows.contains(&quote.fact))
            .map(|(id, quote)| Clause { license: id.clone(), section: quote.clause.clone(), quote: quote.text.clone() })
            .collect();
        let takes_part =
            |id: &str| license.id == id || situation.offered.is_some_and(|offered| offered.leaf.id.to_string() == id);
        for quote in rule.quotes.iter().filter(|quote| takes_part(&quote.license)) {
            // The license's own words for the section are there already if it is the part's license.
            let shown = |clause: &Clause| clause.license == quote.license && clause.section == quote.clause;
            if !clauses.iter().any(shown) {
                clauses.push(Clause {
                    license: quote.license.clone(),
                    section: quote.clause.clone(),
                    quote: quote.text.clone(),
                });
            }
        }
        clauses.dedup();
        clauses
    }

    fn owed(&self, situation: &Situation<'_, 'k>) -> Vec<Owed> {
        let mut owed = Vec::new();
        for obligation in self.knowledge.obligations() {
            for (condition, extent) in &obligation.when {
                if condition.holds(&situation.subject) {
                    owed.push(Owed {
                        id: obligation.id.clone(),
                        extent: extent.clone(),
                        license: situation.written.to_owned(),
                        is_duty: is_duty(obligation.weight),
                    });
                }
            }
        }
        owed
    }
}

/// Returns whether a rule answers what is asked.
fn is_asked(rule: &Rule, query: &Query, subject: &Subject) -> bool {
    let outbound = query.ask == Ask::Outbound;
    let use_ = query.ask == Ask::Use || query.user.is_some();
    match rule.question {
        Question::Evidence | Question::Duty => true,
        Question::Outbound => outbound,
        Question::Reverse => outbound && subject.has(Key::OutboundCopyfarleft, "no"),
        // Who uses a service gets no copy: the rules on delivery speak instead.
        Question::Use => use_ && query.access != Some(Access::Hosted),
        Question::Delivery => use_ && query.access == Some(Access::Hosted),
    }
}

/// Returns whether the part stays outside the work: a tool, its output, or a program of its own.
fn aside(subject: &Subject) -> bool {
    ["tool", "output", "apart"].iter().any(|reach| subject.has(Key::Reach, reach))
}

/// Returns what holds whatever the license.
fn circumstances(query: &Query) -> Subject {
    let mut subject = Subject::default();
    subject.set(Key::Relation, query.relation.word());
    subject.set(Key::Scope, query.scope.word());
    subject.set(Key::Use, query.act.word());
    subject.set(Key::Part, query.part.word());
    subject.set_flag(Key::OwnWork, query.own_work);
    subject.set_flag(Key::CreditRemoved, query.credit_removed);
    if let Some(form) = query.form {
        subject.set(Key::Form, form.word());
    }
    if let Some(user) = &query.user {
        subject.set(Key::Entity, user.entity.word());
        subject.set(Key::Purpose, user.purpose.word());
        for attestation in &user.attest {
            subject.add(Key::Attest, attestation.word());
        }
    }
    match query.access {
        Some(Access::Copy) => subject.set(Key::Access, "copy"),
        Some(Access::Hosted) => subject.set(Key::Access, "hosted"),
        None => {}
    }
    subject
}

/// Returns whether a use starts a share-alike duty.
///
/// Shipping starts every one. A service starts those that speak of networks, of deployment or of use as a tool;
/// what a browser receives is shipped. In-house use starts the last two.
fn is_met(trigger: ShareTrigger, act: Act) -> bool {
    match (trigger, act) {
        (ShareTrigger::None, _)
        | (ShareTrigger::Distribute | ShareTrigger::Convey, Act::Service | Act::InHouse)
        | (ShareTrigger::NetworkUse, Act::InHouse) => false,
        (
            ShareTrigger::Distribute
            | ShareTrigger::Convey
            | ShareTrigger::NetworkUse
            | ShareTrigger::InternalDeploy
            | ShareTrigger::AnyUseAsTool,
            Act::Ship,
        )
        | (ShareTrigger::NetworkUse | ShareTrigger::InternalDeploy | ShareTrigger::AnyUseAsTool, Act::Service)
        | (ShareTrigger::InternalDeploy | ShareTrigger::AnyUseAsTool, Act::InHouse) => true,
    }
}

pub(super) fn verdict_of(outcome: Outcome) -> Verdict {
    match outcome {
        Outcome::Ok => Verdict::Ok,
        Outcome::Obligation => Verdict::Obligation,
        Outcome::Review => Verdict::Review,
        Outcome::Conflict => Verdict::Conflict,
    }
}

pub(super) fn cause_of(because: Because) -> Cause {
    match because {
        Because::Terms => Cause::Terms,
        Because::Evidence => Cause::Evidence,
        Because::Reading => Cause::Reading,
        Because::Entity => Cause::Entity,
    }
}
