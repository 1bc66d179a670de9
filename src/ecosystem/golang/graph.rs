//! Which version of each module is taken, and who needs whom: <https://go.dev/ref/mod#minimal-version-selection>.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use semver::Version;

/// The most modules and versions that are followed.
const MAX_VISITED: usize = 100_000;

/// A module and its version.
pub(super) type ModuleVersion = (String, String);

/// A module that is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Selected {
    /// Its version.
    pub(super) version: String,
    /// The line of the requirement that leads to it.
    pub(super) line: u32,
    /// The modules that it needs, where its own `go.mod` is at hand.
    pub(super) needs: Vec<String>,
}

/// The modules that are taken, by path.
#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    pub(super) selected: BTreeMap<String, Selected>,
    /// Whether the `go.mod` of every module was at hand.
    pub(super) complete: bool,
}

impl Graph {
    /// Follows requirements. `load` returns what a module's own `go.mod` requires.
    ///
    /// Where the list is whole already, only what stands in it is taken.
    pub(super) fn follow(
        required: &[(String, String, u32)],
        is_whole: bool,
        load: &mut dyn FnMut(&str, &str) -> Option<Vec<ModuleVersion>>,
    ) -> Self {
        let mut graph = Self { complete: true, ..Self::default() };
        let mut loaded: BTreeMap<ModuleVersion, Vec<String>> = BTreeMap::new();
        let mut seen: BTreeSet<ModuleVersion> = BTreeSet::new();
        let mut queue: VecDeque<(String, String, u32)> = required.iter().cloned().collect();
        while let Some((path, version, line)) = queue.pop_front() {
            if !seen.insert((path.clone(), version.clone())) {
                continue;
            }
            if seen.len() > MAX_VISITED {
                graph.complete = false;
                break;
            }
            graph.select(&path, &version, line);
            let Some(needs) = load(&path, &version) else {
                graph.complete = false;
                continue;
            };
            if !is_whole {
                queue.extend(needs.iter().map(|(path, version)| (path.clone(), version.clone(), line)));
            }
            loaded.insert((path, version), needs.into_iter().map(|(path, _)| path).collect());
        }
        for (path, selected) in &mut graph.selected {
            selected.needs = loaded.remove(&(path.clone(), selected.version.clone())).unwrap_or_default();
        }
        graph
    }

    /// Takes the versions that another module of the same workspace brings, where they are higher.
    pub(super) fn raise(&mut self, other: &Self) {
        for (path, selected) in &mut self.selected {
            if let Some(higher) = other.selected.get(path).filter(|other| is_higher(&other.version, &selected.version))
            {
                selected.version.clone_from(&higher.version);
                selected.needs.clone_from(&higher.needs);
            }
        }
    }

    /// Takes the modules of another module of the same workspace.
    pub(super) fn join(&mut self, other: &Self) {
        self.raise(other);
        for (path, selected) in &other.selected {
            self.selected.entry(path.clone()).or_insert_with(|| selected.clone());
        }
    }

    /// Of all versions that are required, the highest is taken.
    fn select(&mut self, path: &str, version: &str, line: u32) {
        let new = || Selected { version: version.to_owned(), line, needs: Vec::new() };
        let known = self.selected.entry(path.to_owned()).or_insert_with(new);
        if is_higher(version, &known.version) {
            version.clone_into(&mut known.version);
        }
    }
}

/// A version that cannot be compared comes before all others.
fn is_higher(version: &str, than: &str) -> bool {
    let parsed = |version: &str| Version::parse(version.strip_prefix('v')?).ok();
    parsed(version) > parsed(than)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_version_that_is_required_is_taken() {
        // The example of the reference: A 1.2 and B 1.2 lead to C 1.3 and 1.4, D 1.2 is the highest of D.
        let mods: &[(&str, &[(&str, &str)])] = &[
            ("a v1.2.0", &[("c", "v1.3.0")]),
            ("b v1.2.0", &[("c", "v1.4.0")]),
            ("c v1.3.0", &[("d", "v1.2.0")]),
            ("c v1.4.0", &[("d", "v1.2.0-0.20190101000000-abcdefabcdef")]),
            ("d v1.2.0", &[("a", "v1.1.0")]),
            ("d v1.2.0-0.20190101000000-abcdefabcdef", &[]),
        ];
        let mut load = |path: &str, version: &str| {
            let of = |(path, version): &(&str, &str)| ((*path).to_owned(), (*version).to_owned());
            mods.iter()
                .find(|(name, _)| *name == format!("{path} {version}"))
                .map(|(_, needs)| needs.iter().map(of).collect())
        };
        let required = [("a".to_owned(), "v1.2.0".to_owned(), 3), ("b".to_owned(), "v1.2.0".to_owned(), 4)];
        let graph = Graph::follow(&required, false, &mut load);
        let found: Vec<_> = graph
            .selected
            .iter()
            .map(|(path, selected)| format!("{path} {} {}", selected.version, selected.line))
            .collect();
        assert_eq!(found, ["a v1.2.0 3", "b v1.2.0 4", "c v1.4.0 3", "d v1.2.0 3"]);
        assert_eq!(graph.selected["c"].needs, ["d"]);
        // `a v1.1.0`, which lost, is not at hand.
        assert!(!graph.complete);
        let whole = Graph::follow(&required, true, &mut load);
        assert_eq!(whole.selected.keys().collect::<Vec<_>>(), ["a", "b"]);
        assert!(whole.complete);
    }
}
