//! SPDX license expressions: a tree over the ids and exceptions of the SPDX list.
//!
//! The grammar is annex D of the SPDX specification 2.3.
//! Nested operators of one kind are flattened, so that the depth of a tree is bounded by the number of its operands.
//! Which deprecated id became which current one is knowledge, not grammar: see `license::lenient`.

mod ids;
mod parse;

use std::collections::BTreeSet;
use std::fmt;

pub use ids::{exception_id, exception_ids, license_id, license_ids, license_name};
pub use parse::{MAX_BYTES, MAX_TERMS, ParseError, ParseErrorKind, Parsed, Repair};

/// A license expression.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expr {
    /// One license, perhaps with an exception.
    License(License),
    /// All operands apply. At least two.
    And(Vec<Self>),
    /// Any operand may be chosen. At least two.
    Or(Vec<Self>),
}

/// One license of an expression.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct License {
    /// Which license.
    pub id: Id,
    /// Whether `+` follows: this version or any later one.
    pub or_later: bool,
    /// What follows `WITH`.
    pub exception: Option<ExceptionId>,
}

/// The name of a license in an expression.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Id {
    /// An id of the SPDX list, in its canonical case.
    Spdx(&'static str),
    /// `LicenseRef-…`, perhaps in another document.
    Ref {
        /// What follows `DocumentRef-`.
        document: Option<String>,
        /// What follows `LicenseRef-`.
        name: String,
    },
    /// `NONE`: nothing is granted.
    None,
    /// `NOASSERTION`: nobody says.
    NoAssertion,
}

/// The name of an exception in an expression.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExceptionId {
    /// An id of the SPDX list, in its canonical case.
    Spdx(&'static str),
    /// `AdditionRef-…` or, as met in the wild, `LicenseRef-…` after `WITH`.
    Ref {
        /// What follows `DocumentRef-`.
        document: Option<String>,
        /// The whole reference with its prefix.
        name: String,
    },
}

impl License {
    /// Returns the license alone.
    pub fn new(id: Id) -> Self {
        Self { id, or_later: false, exception: None }
    }
}

impl Expr {
    /// Reads an expression.
    ///
    /// Ids in another case are understood and recorded as repairs; anything else that the grammar does not allow
    /// is an error.
    /// ```
    /// use ppl_check::license::expr::Expr;
    /// let parsed = Expr::parse("(MIT or apache-2.0) AND PPL").unwrap();
    /// assert_eq!(parsed.expr.to_string(), "(MIT OR Apache-2.0) AND PPL");
    /// assert_eq!(parsed.repairs.len(), 1);
    /// ```
    pub fn parse(text: &str) -> Result<Parsed, ParseError> {
        parse::parse(text)
    }

    /// Returns an expression of one license without exception.
    pub fn license(id: Id) -> Self {
        Self::License(License::new(id))
    }

    /// Returns all `operands` joined by `AND`, flattened; `None` if there are none.
    pub fn all(operands: Vec<Self>) -> Option<Self> {
        join(operands, Self::And, |expr| match expr {
            Self::And(inner) => Ok(inner),
            other => Err(other),
        })
    }

    /// Returns all `operands` joined by `OR`, flattened; `None` if there are none.
    pub fn any(operands: Vec<Self>) -> Option<Self> {
        join(operands, Self::Or, |expr| match expr {
            Self::Or(inner) => Ok(inner),
            other => Err(other),
        })
    }

    /// Returns every license of the expression, from left to right.
    pub fn licenses(&self) -> Vec<&License> {
        let mut found = Vec::new();
        let mut stack = vec![self];
        while let Some(expr) = stack.pop() {
            match expr {
                Self::License(license) => found.push(license),
                Self::And(operands) | Self::Or(operands) => stack.extend(operands.iter().rev()),
            }
        }
        found
    }

    /// Returns the licenses and exceptions by name, each once; `NONE` and `NOASSERTION` are none.
    pub fn names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for license in self.licenses() {
            if matches!(license.id, Id::Spdx(_) | Id::Ref { .. }) {
                names.insert(license.id.to_string());
            }
            names.extend(license.exception.as_ref().map(ToString::to_string));
        }
        names
    }

    /// Returns whether part of it is `NOASSERTION`: among candidates, a license that nobody here knows.
    pub fn is_open(&self) -> bool {
        self.licenses().iter().any(|license| license.id == Id::NoAssertion)
    }

    /// Returns the same expression with operands sorted and repeated ones removed, for comparing.
    #[must_use]
    pub fn canonical(&self) -> Self {
        match self {
            Self::License(license) => Self::License(license.clone()),
            Self::And(operands) => Self::all(sorted(operands)).unwrap_or_else(|| self.clone()),
            Self::Or(operands) => Self::any(sorted(operands)).unwrap_or_else(|| self.clone()),
        }
    }

    /// Replaces each license by what `change` makes of it.
    #[must_use]
    pub fn map(&self, change: &mut dyn FnMut(&License) -> Self) -> Self {
        match self {
            Self::License(license) => change(license),
            Self::And(operands) => {
                let operands = operands.iter().map(|operand| operand.map(change)).collect();
                Self::all(operands).unwrap_or_else(|| self.clone())
            }
            Self::Or(operands) => {
                let operands = operands.iter().map(|operand| operand.map(change)).collect();
                Self::any(operands).unwrap_or_else(|| self.clone())
            }
        }
    }
}

/// Returns an id without `+`, `-only` and `-or-later`, which a text alone does not decide.
///
/// ```
/// use ppl_check::license::expr::text_name;
/// assert_eq!(text_name("GPL-2.0-or-later"), text_name("GPL-2.0-only"));
/// ```
pub fn text_name(id: &str) -> &str {
    let id = id.strip_suffix("-only").or_else(|| id.strip_suffix("-or-later")).unwrap_or(id);
    id.trim_end_matches('+')
}

fn sorted(operands: &[Expr]) -> Vec<Expr> {
    let mut operands: Vec<Expr> = operands.iter().map(Expr::canonical).collect();
    operands.sort();
    operands.dedup();
    operands
}

fn join(operands: Vec<Expr>, wrap: fn(Vec<Expr>) -> Expr, unwrap: fn(Expr) -> Result<Vec<Expr>, Expr>) -> Option<Expr> {
    let mut flat = Vec::with_capacity(operands.len());
    for operand in operands {
        match unwrap(operand) {
            Ok(inner) => flat.extend(inner),
            Err(other) => flat.push(other),
        }
    }
    if flat.len() > 1 { Some(wrap(flat)) } else { flat.pop() }
}

impl fmt::Display for Expr {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::License(license) => write!(out, "{license}"),
            Self::And(operands) => {
                for (index, operand) in operands.iter().enumerate() {
                    out.write_str(if index == 0 { "" } else { " AND " })?;
                    match operand {
                        Self::Or(_) => write!(out, "({operand})")?,
                        Self::License(_) | Self::And(_) => write!(out, "{operand}")?,
                    }
                }
                Ok(())
            }
            Self::Or(operands) => {
                for (index, operand) in operands.iter().enumerate() {
                    out.write_str(if index == 0 { "" } else { " OR " })?;
                    write!(out, "{operand}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for License {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.id)?;
        if self.or_later {
            out.write_str("+")?;
        }
        if let Some(exception) = &self.exception {
            write!(out, " WITH {exception}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spdx(id) => out.write_str(id),
            Self::Ref { document: Some(document), name } => write!(out, "DocumentRef-{document}:LicenseRef-{name}"),
            Self::Ref { document: None, name } => write!(out, "LicenseRef-{name}"),
            Self::None => out.write_str("NONE"),
            Self::NoAssertion => out.write_str("NOASSERTION"),
        }
    }
}

impl fmt::Display for ExceptionId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spdx(id) => out.write_str(id),
            Self::Ref { document: Some(document), name } => write!(out, "DocumentRef-{document}:{name}"),
            Self::Ref { document: None, name } => out.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_expr() -> impl Strategy<Value = Expr> {
        let leaf = (0..license_ids().len(), any::<bool>()).prop_map(|(index, or_later)| {
            let id = license_ids()[index];
            // `+` on a GNU id is another id of the list, and the crate refuses it on the others.
            let or_later = or_later && !spdx::license_id(id).is_some_and(spdx::LicenseId::is_gnu);
            Expr::License(License { id: Id::Spdx(id), or_later, exception: None })
        });
        leaf.prop_recursive(4, 24, 4, |inner| {
            (prop::collection::vec(inner, 1..4), any::<bool>()).prop_map(|(operands, conjunction)| {
                if conjunction { Expr::all(operands) } else { Expr::any(operands) }.unwrap()
            })
        })
    }

    proptest! {
        #[test]
        fn display_and_parse_round_trip(expr in any_expr()) {
            let parsed = Expr::parse(&expr.to_string()).unwrap();
            prop_assert_eq!(parsed.expr, expr);
            prop_assert!(parsed.repairs.is_empty());
        }

        #[test]
        fn canonical_is_idempotent_and_ignores_order(expr in any_expr()) {
            let canonical = expr.canonical();
            prop_assert_eq!(canonical.canonical(), canonical.clone());
            let reversed = match expr {
                Expr::And(mut operands) => { operands.reverse(); Expr::And(operands) }
                Expr::Or(mut operands) => { operands.reverse(); Expr::Or(operands) }
                license @ Expr::License(_) => license,
            };
            prop_assert_eq!(reversed.canonical(), canonical);
        }

        #[test]
        fn the_strict_parser_of_the_spdx_crate_agrees(expr in any_expr()) {
            let deprecated = |license: &&License| matches!(&license.id, Id::Spdx(id)
                if spdx::license_id(id).is_none_or(spdx::LicenseId::is_deprecated));
            prop_assume!(!expr.licenses().iter().any(deprecated));
            let text = expr.to_string();
            let theirs = spdx::Expression::parse(&text).unwrap();
            let names: Vec<_> = theirs.requirements().map(|req| req.req.license.to_string()).collect();
            prop_assert_eq!(names.len(), expr.licenses().len());
        }

        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            let _ = Expr::parse(&text);
        }
    }
}
