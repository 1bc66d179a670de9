//! The data that flows from stage to stage: claims, records, packages, resolutions, findings.
//!
//! **Invariant:** plain data without `Serialize`: every output format owns its own frozen structs.

mod claim;
mod finding;
mod package;
mod record;
mod resolution;
mod routes;
mod verdict;
mod ways;

pub use claim::{Claim, ClaimKind, FieldFormat, Join, Statement};
pub use finding::{Clause, Finding, Note};
pub use package::{Edge, Inventory, NotJudged, Package, PackageIdx};
pub use record::{Checksum, Need, Origin, PackageRecord, Scope, Trait};
pub use resolution::{Basis, Disagreement, Resolution, Resolved, Tried, candidate_words};
pub use routes::Routes;
pub(crate) use verdict::words;
pub use verdict::{Cause, Relation, Verdict};
pub use ways::Ways;
