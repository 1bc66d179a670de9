//! The license a project is offered under, and whether it meets what a part asks.

use crate::license::expr::{Expr, License as Leaf};
use crate::license::facts::{Commercial, EntityBar, Facts, Restrictions, ShareScope, Source, Termination};
use crate::license::knowledge::vocabulary::{Key, Subject};
use crate::license::knowledge::{Knowledge, Record};

use super::facts::{Meaning, Version, meaning};

/// One license that a project is offered under.
#[derive(Clone, Debug)]
pub(super) struct Offered<'k> {
    /// As written.
    pub(super) leaf: Leaf,
    /// Its versions; none if it is not known.
    pub(super) versions: Vec<Version<'k>>,
}

/// The branches of a project's own expression: each is offered to everybody.
pub(super) fn branches<'k>(knowledge: &'k Knowledge, expr: &Expr) -> Vec<(Expr, Vec<Offered<'k>>)> {
    match expr {
        Expr::Or(operands) => operands.iter().flat_map(|operand| branches(knowledge, operand)).collect(),
        Expr::License(_) | Expr::And(_) => vec![(expr.clone(), governing(knowledge, expr))],
    }
}

/// Returns the licenses of a branch that say who may use the whole: the copyfarleft ones, or all if there are none.
fn governing<'k>(knowledge: &'k Knowledge, expr: &Expr) -> Vec<Offered<'k>> {
    let all: Vec<Offered<'k>> = expr.licenses().into_iter().flat_map(|leaf| offered(knowledge, leaf)).collect();
    let copyfarleft: Vec<Offered<'k>> = all.iter().filter(|offered| offered.is_copyfarleft()).cloned().collect();
    if copyfarleft.is_empty() { all } else { copyfarleft }
}

fn offered<'k>(knowledge: &'k Knowledge, leaf: &Leaf) -> Vec<Offered<'k>> {
    match meaning(knowledge, leaf) {
        Meaning::Versions(versions) => vec![Offered { leaf: leaf.clone(), versions }],
        Meaning::Replaced(expr) if !expr.licenses().contains(&leaf) => {
            expr.licenses().into_iter().flat_map(|leaf| offered(knowledge, leaf)).collect()
        }
        Meaning::Replaced(_) | Meaning::Nothing(_) | Meaning::Unclear(..) => {
            vec![Offered { leaf: leaf.clone(), versions: Vec::new() }]
        }
    }
}

impl Offered<'_> {
    fn facts(&self) -> Option<&Facts> {
        self.versions.first()?.facts.as_deref()
    }

    /// Returns whether anything is known of the license.
    pub(super) fn is_known(&self) -> bool {
        self.facts().is_some()
    }

    /// Returns whether it limits who may use the work to worker-owned or like organizations.
    pub(super) fn is_copyfarleft(&self) -> bool {
        self.facts().is_some_and(limits_users)
    }

    /// Returns whether it limits its users and any breach ends their rights.
    pub(super) fn ends_by_breach(&self) -> bool {
        self.facts().is_some_and(|facts| limits_users(facts) && facts.termination == Termination::Automatic)
    }

    /// Adds what conditions may ask about the outbound license.
    pub(super) fn describe(&self, knowledge: &Knowledge, part: &Version<'_>, written: &str, subject: &mut Subject) {
        let Some(facts) = self.facts() else { return };
        subject.set_flag(Key::OutboundCopyfarleft, limits_users(facts));
        subject.set(Key::OutboundCommercialUse, facts.commercial_use.word());
        subject.set(Key::OutboundShareAlike, facts.share_alike.scope.word());
        subject.set(Key::OutboundRestrictions, facts.further_restrictions_forbidden.word());
        for version in &self.versions {
            if let Some(facts) = &version.facts {
                subject.add(Key::OutboundPatent, facts.patent.word());
            }
        }
        subject.set_flag(Key::OutboundAccepted, self.meets(knowledge, part, written));
    }

    /// Returns whether offering the whole under this license meets the share-alike duty of a part.
    fn meets(&self, knowledge: &Knowledge, part: &Version<'_>, written: &str) -> bool {
        let own = self.leaf.id.to_string();
        let named =
            |id: &str| id.eq_ignore_ascii_case(&own) || self.versions.iter().any(|version| version.license.id == id);
        // A restriction is met by the same restriction alone.
        if part.exception == Some("added-restriction") {
            let theirs = part.beside.map(|exception| exception.id.as_str());
            let ours = self.leaf.exception.as_ref().map(ToString::to_string);
            return named(&part.license.id) && ours.as_deref() == theirs;
        }
        // A license is met by itself, with the same exception or with none.
        let same_exception = self.leaf.exception.is_none() || part.exception.is_some();
        if same_exception && (named(&part.license.id) || written.eq_ignore_ascii_case(&own)) {
            return true;
        }
        let Some(facts) = &part.facts else { return false };
        facts.share_alike.target.iter().any(|target| match target.as_str() {
            "later" => part.license.later.iter().any(|id| named(id)),
            "osi-any" => spdx::license_id(&own).is_some_and(spdx::LicenseId::is_osi_approved),
            "permissive-superset" => self.facts().is_some_and(allows_everything),
            "reasonable-conditions" => false,
            id => named(id),
        }) || facts.relicense_to.iter().chain(&facts.secondary_license).any(|id| {
            let versions = match knowledge.license(id).map(|license| &license.record) {
                Some(Record::AnyOf(versions)) => versions.as_slice(),
                _ => &[],
            };
            named(id) || versions.iter().any(|id| named(id))
        })
    }
}

/// Returns whether facts limit who may use the work, as copyfarleft does.
pub(super) fn limits_users(facts: &Facts) -> bool {
    matches!(facts.commercial_use, Commercial::WorkerOwnedOnly | Commercial::RestrictedOrganizations)
        || facts.entity_bar.iter().any(|bar| {
            matches!(bar, EntityBar::PrivateWageFirm | EntityBar::NonCoop | EntityBar::UndemocraticForProfit)
        })
}

fn allows_everything(facts: &Facts) -> bool {
    matches!(facts.share_alike.scope, ShareScope::None | ShareScope::SameNotice)
        && facts.commercial_use == Commercial::Allowed
        && facts.further_restrictions_forbidden == Restrictions::No
        && facts.source == Source::None
        && facts.field_of_use.is_empty()
        && facts.entity_bar.is_empty()
}
