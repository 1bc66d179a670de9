//! Rules and facts applied to an expression in a situation: verdict, reasons, duties.
//!
//! **Invariant:** no license and no ecosystem is named here. What a license says stands in `licenses/families/`,
//! what follows from it in `licenses/rules/`; the engine knows expressions, conditions and the order of verdicts.

mod assess;
mod audit;
mod cases;
mod facts;
mod findings;
mod judge;
mod judgement;
mod message;
mod outbound;
mod query;
mod remedies;
mod scenarios;
mod upkeep;
mod waivers;
mod who;

pub use assess::{Assessment, Part, Scene, assess, judge_package, judge_readings, members};
pub use audit::{Audit, FailedQuote, audit};
pub use cases::{FailedCase, run_cases};
pub use judge::Judge;
pub use judgement::{Alternative, Judgement, Owed, RuleHit, SwitchUse};
pub use message::narrowed;
pub use query::{Access, Act, Answers, Ask, Attestation, Entity, Form, Purpose, Query, User};
pub use remedies::{Request, request};
pub use scenarios::{Moved, Scenario, moved, scenarios, verdicts};
pub use waivers::{ReadDocument, waive};
pub use who::{Cell, Ingredient, Ingredients, Obstacle, PROFILES, Profile, Whole, ingredients};
