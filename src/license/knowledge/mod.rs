//! The license knowledge of `licenses/`: compiled into the binary, loaded from a folder, or both laid over each other.
//!
//! What is compiled in went through the same loader: `build.rs` includes every file of this folder but `builtin.rs`.
//! Verdicts are not stored here, only facts and rules over facts; `policy` evaluates them.

mod aliases;
mod builtin;
mod data;
mod error;
mod load;
mod load_rules;
mod quotes;
pub mod rule_schema;
mod rules;
pub mod schema;
pub mod vocabulary;

pub use aliases::{Aliases, EcosystemAliases, Spelling, Table, fold, fold_url};
pub use builtin::source_files;
pub use data::{Exception, Family, Knowledge, License, Record, Relations};
pub use error::{DataError, Source, Step, suggestion};
pub use load::File;
pub use quotes::stands_in;
pub use rules::{Condition, Obligation, Rendering, Row, Rule, Test};
