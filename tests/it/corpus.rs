//! Identification is as accurate on real files as the documentation says.

#[path = "../corpus/score.rs"]
mod score;

use score::{Outcome, Tally, cases, tally};

#[test]
fn license_files_of_published_packages_are_known() {
    let cases = cases();
    let mut wrong = Vec::new();
    let groups = tally(&cases, |case, outcome, found| {
        if outcome == Outcome::Wrong {
            wrong.push(format!("{} {}: {:?}", case.group, case.origin, found.conclusion));
        }
    });
    let exactness = |group: &str| groups.get(group).map_or(0.0, Tally::exactness);
    for (group, n_cases, least) in [
        ("cargo", 500, 99.5),
        ("header", 60, 90.0),
        ("notice", 25, 85.0),
        ("npm", 290, 99.8),
        ("pypi", 320, 98.0),
        ("read-later", 7, 80.0),
        ("several", 20, 80.0),
    ] {
        assert!(groups[group].n_cases() >= n_cases, "{group}");
        assert!(exactness(group) >= least, "{group}: {:.1} %", exactness(group));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
