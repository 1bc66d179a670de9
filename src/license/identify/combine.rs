//! What the stretches of a text say together.

use super::piece::{Piece, Reading};
use super::{Conclusion, Method};
use crate::license::expr::{ExceptionId, Expr, License};

/// How several licenses in one text belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// Any may be chosen.
    Either,
    /// Any may be chosen, and the words speak of parts too.
    EitherOfParts,
    /// All apply.
    All,
    /// The words around them do not say.
    Unknown,
}

/// Returns the conclusion of a single piece.
pub(crate) fn conclusion(reading: &Reading) -> Conclusion {
    match reading {
        Reading::License(expr) => Conclusion::Expression(expr.clone()),
        Reading::SuffixUnstated(expr) => Conclusion::SuffixUnstated(expr.clone()),
        Reading::Candidates(candidates) => Conclusion::Candidates(candidates.clone()),
        Reading::Exception(id) => Conclusion::Exception(id.clone()),
        Reading::Modified(id, changes) => Conclusion::Modified { id: id.clone(), changes: changes.clone() },
        Reading::Refers(place) => Conclusion::Refers(vec![place.clone()]),
    }
}

/// Puts the pieces together; returns the conclusion, the least confidence and the weakest method that count.
pub(crate) fn combine(pieces: &[Piece], operator: Operator) -> (Conclusion, f64, Option<Method>) {
    let mut counted: Vec<&Piece> = pieces.iter().collect();
    if counted.iter().any(|piece| piece.method < Method::Url) {
        counted.retain(|piece| piece.method < Method::Url);
    } else if counted.iter().any(|piece| piece.method == Method::Url) {
        counted.retain(|piece| piece.method == Method::Url);
    }
    let confidence = counted.iter().map(|piece| piece.confidence).fold(1.0, f64::min);
    let method = counted.iter().map(|piece| piece.method).max();
    let confidence = if method.is_some() { confidence } else { 0.0 };
    (together(&counted, operator), confidence, method)
}

/// Puts what a text says of a work and of a picture beside it together: each holds for its own.
pub(crate) fn beside(work: Conclusion, picture: Conclusion) -> Conclusion {
    let pictures = match picture {
        Conclusion::Expression(expr) => vec![expr],
        Conclusion::Candidates(candidates) => candidates,
        _ => return work,
    };
    let both =
        |work: &Expr| pictures.iter().filter_map(|picture| Expr::all(vec![work.clone(), picture.clone()])).collect();
    let (all, unstated): (Vec<Expr>, bool) = match &work {
        Conclusion::Expression(expr) => (both(expr), false),
        Conclusion::SuffixUnstated(expr) => (both(expr), true),
        Conclusion::Candidates(candidates) => (candidates.iter().flat_map(both).collect(), false),
        Conclusion::Nothing => (pictures, false),
        Conclusion::Modified { .. } | Conclusion::Exception(_) | Conclusion::Refers(_) => return work,
    };
    match <[Expr; 1]>::try_from(all) {
        Ok([expr]) if unstated => Conclusion::SuffixUnstated(expr),
        Ok([expr]) => Conclusion::Expression(expr),
        Err(all) => Conclusion::Candidates(all),
    }
}

fn together(counted: &[&Piece], operator: Operator) -> Conclusion {
    if let Some(piece) = counted.iter().find(|piece| matches!(piece.reading, Reading::Modified(..))) {
        return conclusion(&piece.reading);
    }
    let mut said: Vec<Part> = Vec::new();
    let mut exceptions: Vec<(usize, ExceptionId)> = Vec::new();
    let mut places = Vec::new();
    for piece in counted {
        match &piece.reading {
            Reading::License(expr) => said.push(Part::stated(expr.clone())),
            Reading::SuffixUnstated(expr) => said.push(Part::unstated(expr.clone())),
            Reading::Candidates(candidates) => said.push(Part::one_of(candidates.clone())),
            Reading::Exception(id) => exceptions.push((said.len(), id.clone())),
            Reading::Refers(place) => places.push(place.clone()),
            Reading::Modified(..) => {}
        }
    }
    for (at, id) in exceptions {
        if !except(&mut said, at, &id) {
            return Conclusion::Exception(id);
        }
    }
    let mut parts: Vec<Part> = Vec::new();
    for part in said {
        add(&mut parts, part);
    }
    match parts.len() {
        0 if places.is_empty() => Conclusion::Nothing,
        0 => {
            places.dedup();
            Conclusion::Refers(places)
        }
        1 => parts.remove(0).conclusion(),
        _ => several(&parts, within_offer(&parts, operator)),
    }
}

/// Adds an exception to the license it follows; failing that, to the one it stands before. A text of that license says
/// nothing of the exception that the notice for it does not say too. Returns whether there is a license.
fn except(said: &mut [Part], at: usize, id: &ExceptionId) -> bool {
    let last = said.len().saturating_sub(1);
    let at = at.saturating_sub(1).min(last);
    let Some(part) = said.get_mut(at) else { return false };
    part.except(id);
    if part.unstated {
        let works = part.bases();
        said.iter_mut().filter(|other| other.bases() == works).for_each(|other| other.except(id));
    }
    true
}

/// Keeps an offer to the licenses it names: `Apache-2.0 or MIT, at your option` says nothing of a third one in the file.
fn within_offer(parts: &[Part], operator: Operator) -> Operator {
    let (offers, others): (Vec<&Part>, Vec<&Part>) = parts.iter().partition(|part| part.is_offer());
    let offered: Vec<String> = offers.iter().flat_map(|part| part.works()).collect();
    // A text of another version than the offer names stands for what is offered.
    let foreign = |part: &&Part| part.works().iter().any(|work| !offered.contains(work));
    match operator {
        Operator::EitherOfParts if !offers.is_empty() && others.iter().any(foreign) => Operator::All,
        Operator::Either if !offers.is_empty() && others.iter().any(foreign) => Operator::Unknown,
        Operator::EitherOfParts => Operator::Either,
        operator => operator,
    }
}

/// One license of the text: its possible readings, the first being the strictest.
#[derive(Clone, Debug)]
struct Part {
    readings: Vec<Expr>,
    unstated: bool,
}

impl Part {
    fn stated(expr: Expr) -> Self {
        Self { readings: vec![expr], unstated: false }
    }

    fn unstated(expr: Expr) -> Self {
        Self { readings: vec![expr], unstated: true }
    }

    fn one_of(readings: Vec<Expr>) -> Self {
        Self { readings, unstated: false }
    }

    fn except(&mut self, id: &ExceptionId) {
        for expr in &mut self.readings {
            *expr = expr.map(&mut |license| Expr::License(License { exception: Some(id.clone()), ..license.clone() }));
        }
    }

    /// The licenses it names, without the suffix that says whether later versions count.
    fn bases(&self) -> Vec<String> {
        self.readings.iter().flat_map(Expr::licenses).map(base).collect()
    }

    /// Tells whether it is a choice by itself.
    fn is_offer(&self) -> bool {
        matches!(self.readings.as_slice(), [Expr::Or(_)])
    }

    /// The licenses it names, without version and variant.
    fn works(&self) -> Vec<String> {
        let licenses = self.readings.iter().flat_map(Expr::licenses);
        licenses.map(|license| license.id.to_string().split('-').next().unwrap_or_default().to_owned()).collect()
    }

    fn conclusion(self) -> Conclusion {
        match <[Expr; 1]>::try_from(self.readings) {
            Ok([expr]) if self.unstated => Conclusion::SuffixUnstated(expr),
            Ok([expr]) => Conclusion::Expression(expr),
            Err(readings) => Conclusion::Candidates(readings),
        }
    }
}

/// Adds a part unless it repeats, or is said more exactly by, one that is there.
fn add(parts: &mut Vec<Part>, part: Part) {
    for known in parts.iter_mut() {
        if covers(known, &part) {
            return;
        }
        if covers(&part, known) {
            *known = part;
            return;
        }
    }
    parts.push(part);
}

/// Tells whether `exact` says all that `part` says, and as exactly.
fn covers(exact: &Part, part: &Part) -> bool {
    let [expr] = exact.readings.as_slice() else {
        return exact.readings == part.readings;
    };
    if exact.unstated && !part.unstated {
        return false;
    }
    part.readings.iter().any(|reading| {
        expr.licenses().iter().any(|license| match reading {
            Expr::License(other) => same_license(license, other, part.unstated),
            other => expr == other,
        })
    })
}

fn same_license(exact: &License, other: &License, unstated: bool) -> bool {
    if exact.id == other.id && exact.or_later == other.or_later {
        return other.exception.is_none() || other.exception == exact.exception;
    }
    unstated && base(exact) == base(other)
}

/// The id without the suffix that says whether later versions count.
fn base(license: &License) -> String {
    let id = license.id.to_string();
    let base = id.strip_suffix("-only").or_else(|| id.strip_suffix("-or-later"));
    base.unwrap_or(&id).to_owned()
}

fn several(parts: &[Part], operator: Operator) -> Conclusion {
    /// More readings than this say nothing: the strictest of each license has to do.
    const MOST: usize = 16;
    let mut rows: Vec<Vec<Expr>> = vec![Vec::new()];
    let n_rows = parts.iter().fold(1_usize, |product, part| product.saturating_mul(part.readings.len()));
    for part in parts {
        let kept = if n_rows > MOST { 1 } else { part.readings.len() };
        let readings = part.readings.iter().take(kept);
        rows = readings
            .flat_map(|reading| rows.iter().map(|row| [row.as_slice(), std::slice::from_ref(reading)].concat()))
            .collect();
    }
    let mut joined = Vec::new();
    for row in rows {
        if operator != Operator::Either {
            joined.extend(Expr::all(row.clone()));
        }
        if operator != Operator::All {
            joined.extend(Expr::any(row));
        }
    }
    let unstated = parts.iter().any(|part| part.unstated);
    match <[Expr; 1]>::try_from(joined) {
        Ok([expr]) if unstated => Conclusion::SuffixUnstated(expr),
        Ok([expr]) => Conclusion::Expression(expr),
        Err(joined) => Conclusion::Candidates(joined),
    }
}
