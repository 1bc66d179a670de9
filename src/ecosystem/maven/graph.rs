//! What a project brings along: the nearest of all that name an artifact counts.
//! <https://maven.apache.org/guides/introduction/introduction-to-dependency-mechanism.html>.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use super::model::{Key, Model, Poms, key};
use super::pom::Dependency;

/// The most dependencies that are followed from one project.
const MAX_VISITED: usize = 100_000;

/// What a project brings along.
#[derive(Clone, Debug, Default)]
pub(super) struct Graph {
    /// The artifacts that count, in the order in which they were met.
    pub(super) taken: Vec<Taken>,
    /// Who needs whom, by index; the project itself is none.
    pub(super) edges: BTreeSet<(Option<usize>, usize, Edge)>,
    /// Artifacts whose own file is not at hand, so that nobody knows what they bring along.
    pub(super) unread: BTreeSet<String>,
}

/// What is said of one need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edge {
    pub(super) is_test: bool,
    pub(super) optional: bool,
}

/// An artifact that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) group: String,
    pub(super) artifact: String,
    pub(super) version: Option<String>,
    /// The line of the project's own dependency that leads to it.
    pub(super) line: u32,
    /// Whether it is a system file, which no repository has.
    pub(super) is_system: bool,
}

/// A dependency that is still to be followed.
struct Open {
    from: Option<usize>,
    dependency: Dependency,
    line: u32,
    is_test: bool,
    /// What one of those that lead here does not bring along.
    excluded: Rc<BTreeSet<(String, String)>>,
}

impl Graph {
    /// Follows the dependencies of a project; what `is_own` knows is another project and is not followed.
    pub(super) fn of(model: &Model, poms: &mut Poms, is_own: &dyn Fn(&str, &str) -> bool) -> Self {
        let mut graph = Self::default();
        let mut met: BTreeMap<Key, usize> = BTreeMap::new();
        let nothing = Rc::new(BTreeSet::new());
        let direct = |dependency: &Dependency| Open {
            from: None,
            is_test: dependency.scope.as_deref() == Some("test"),
            line: dependency.line,
            dependency: dependency.clone(),
            excluded: Rc::clone(&nothing),
        };
        let mut queue: VecDeque<Open> = model.dependencies.iter().map(direct).collect();
        let mut n_visited = 0;
        while let Some(open) = queue.pop_front() {
            n_visited += 1;
            if n_visited > MAX_VISITED {
                graph.unread.insert(format!("{}:{}", open.dependency.group, open.dependency.artifact));
                break;
            }
            let edge = Edge { is_test: open.is_test, optional: open.dependency.optional };
            let key = key(&open.dependency);
            if let Some(&known) = met.get(&key) {
                graph.edges.insert((open.from, known, edge));
                continue;
            }
            let target = graph.taken.len();
            let taken = taken(&open, model);
            met.insert(key, target);
            graph.edges.insert((open.from, target, edge));
            if !taken.is_system && !is_own(&taken.group, &taken.artifact) {
                graph.follow(&taken, target, &open, poms, &mut queue);
            }
            graph.taken.push(taken);
        }
        graph
    }

    fn follow(&mut self, taken: &Taken, target: usize, open: &Open, poms: &mut Poms, queue: &mut VecDeque<Open>) {
        let published = taken.version.as_deref();
        let published = published.and_then(|version| poms.published(&taken.group, &taken.artifact, version));
        let Some(published) = published else {
            self.unread.insert(format!("{}:{}", taken.group, taken.artifact));
            return;
        };
        if !published.missing.is_empty() {
            self.unread.insert(format!("{}:{}", taken.group, taken.artifact));
        }
        let mut excluded = Rc::clone(&open.excluded);
        if !open.dependency.exclusions.is_empty() {
            excluded = Rc::new(excluded.iter().chain(&open.dependency.exclusions).cloned().collect());
        }
        for dependency in &published.dependencies {
            // Only what it needs to run comes along.
            let scope = dependency.scope.as_deref().unwrap_or("compile");
            let comes_along = matches!(scope, "compile" | "runtime") && !dependency.optional;
            if comes_along && !is_excluded(dependency, &excluded) {
                let (dependency, excluded) = (dependency.clone(), Rc::clone(&excluded));
                queue.push_back(Open {
                    from: Some(target),
                    dependency,
                    line: open.line,
                    is_test: open.is_test,
                    excluded,
                });
            }
        }
    }
}

/// What the project manages wins over what those say that it brings along.
fn taken(open: &Open, model: &Model) -> Taken {
    let dependency = &open.dependency;
    let managed = model.managed.get(&key(dependency)).filter(|_| open.from.is_some());
    let version = managed.and_then(|managed| managed.version.clone()).or_else(|| dependency.version.clone());
    Taken {
        group: dependency.group.clone(),
        artifact: dependency.artifact.clone(),
        version: version.as_deref().and_then(exact),
        line: open.line,
        is_system: dependency.scope.as_deref() == Some("system"),
    }
}

/// Returns a version that is one: ranges and words for the newest are not.
pub(super) fn exact(version: &str) -> Option<String> {
    let version = version.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(version).trim();
    let is_one = !version.is_empty() && !version.contains(['[', ']', '(', ')', ',']);
    (is_one && !matches!(version, "LATEST" | "RELEASE")).then(|| version.to_owned())
}

fn is_excluded(dependency: &Dependency, excluded: &BTreeSet<(String, String)>) -> bool {
    let (group, artifact) = (dependency.group.as_str(), dependency.artifact.as_str());
    [(group, artifact), (group, "*"), ("*", artifact), ("*", "*")]
        .into_iter()
        .any(|(group, artifact)| excluded.contains(&(group.to_owned(), artifact.to_owned())))
}
