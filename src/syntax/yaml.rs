//! YAML, read into types and never into a tree of values, within budgets: an alias bomb or an abyss of brackets is an
//! error, and a quick one.

use serde::de::DeserializeOwned;

use crate::base::{Code, Diagnostic, Location};

/// The most nodes of one file: a lockfile of 30,000 packages has about 600,000.
const MAX_NODES: usize = 2_000_000;
/// Files that machines write have no aliases, and those of people have few.
const MAX_ALIASES: usize = 1000;
/// What aliases may say again, all together: it is kept in memory.
const MAX_REPLAYED: usize = 100_000;
const MAX_DEPTH: usize = 64;

/// Reads a text. The location of the error, if any, is filled in.
pub fn read<T: DeserializeOwned>(text: &str, at: &Location) -> Result<T, Diagnostic> {
    let options = serde_saphyr::options! {
        with_snippet: false,
        budget: serde_saphyr::budget! {
            max_nodes: MAX_NODES,
            max_events: MAX_NODES * 3,
            max_aliases: MAX_ALIASES,
            max_anchors: MAX_ALIASES,
            max_depth: MAX_DEPTH,
            max_documents: 1,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MAX_REPLAYED },
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let line = error.location().and_then(|location| u32::try_from(location.line()).ok()).unwrap_or(1).max(1);
        let words = error.to_string();
        let first = words.lines().next().unwrap_or_default();
        Diagnostic::new(Code::InvalidSyntax, at.at_line(line), format!("expected a YAML file of its kind: {first}"))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Write as _;

    use super::*;
    use crate::base::RelPath;

    type Value = BTreeMap<String, Vec<String>>;

    fn at() -> Location {
        Location::file(RelPath::new("x.yaml").unwrap())
    }

    #[test]
    fn an_error_knows_its_line() {
        assert_eq!(read::<Value>("a: [b, '9.0', 5.4]\n", &at()).unwrap()["a"], ["b", "9.0", "5.4"]);
        let error = read::<Value>("a: [b]\nb: {\n", &at()).unwrap_err();
        assert_eq!(error.code, Code::InvalidSyntax);
        assert!(error.at.as_ref().and_then(|at| at.line).is_some_and(|line| line >= 2), "{error:?}");
    }

    #[test]
    fn bombs_are_errors() {
        let mut bomb = "a: &a [\"x\", \"x\", \"x\", \"x\", \"x\", \"x\", \"x\", \"x\", \"x\"]\n".to_owned();
        for (name, before) in
            ["b", "c", "d", "e", "f", "g", "h", "i"].iter().zip(["a", "b", "c", "d", "e", "f", "g", "h"])
        {
            let aliases = vec![format!("*{before}"); 9].join(", ");
            writeln!(bomb, "{name}: &{name} [{aliases}]").unwrap();
        }
        for text in [bomb, "[".repeat(100_000), "- ".repeat(10_000), "a:\n ".repeat(3000)] {
            assert!(read::<BTreeMap<String, serde_json::Value>>(&text, &at()).is_err());
        }
    }
}
