//! What licenses are: ids and expressions, the spellings people use, the facts about each license,
//! and the identification of license texts.
//!
//! **Invariant:** nothing here knows what a package is, and no license is named in this code:
//! all knowledge stands in `licenses/`.

pub mod expr;
pub mod facts;
pub mod identify;
pub mod knowledge;
pub mod lenient;
