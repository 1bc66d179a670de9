//! One report for the tests of all formats: every kind of thing a report can hold, with any words in its places.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ppl_check::base::{Code, Diagnostic, Location, Purl, RelPath};
use ppl_check::ecosystem::Credits;
use ppl_check::license::expr::Expr;
use ppl_check::license::identify::{Change, identify};
use ppl_check::license::knowledge::Knowledge;
use ppl_check::model::{
    Cause, Checksum, Claim, ClaimKind, Clause, Disagreement, Edge, FieldFormat, Finding, Inventory, NotJudged, Note,
    Origin, Package, Relation, Resolution, Resolved, Scope, Statement, Tried, Verdict,
};
use ppl_check::policy::{Act, Alternative, Cell, Judgement, Obstacle, Owed, Purpose, RuleHit};
use ppl_check::report::who::UserRow;
use ppl_check::report::{
    Artifact, Coverage, Documents, Duty, Paths, Project, Reason, Report, RuleWords, Summary, Terms,
};
use ppl_check::resolve::{Asset, Attribution, Notice, Recorded};

/// Words that would do harm in one format or another if they were not escaped.
pub(crate) const HOSTILE: &[&str] = &[
    "<img src=x onerror=alert(1)>",
    "\"><svg/onload=alert(1)>'",
    "</script><script>alert(1)</script>",
    "](http://example.org/x) ![y](http://example.org/z) | ``` `` @everyone #1",
    "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m",
    "a\n::error::b\r\n::stop-commands::c",
    "##[add-path]/x ##vso[task.setvariable]y ##teamcity[z]",
    "right\u{202e}left\u{2066}\u{200b}\u{feff}\u{e0041}",
    "]]>]]&gt;<!--",
    "=cmd|'/c calc'!A1%0A,:",
];

/// As many harmless words.
pub(crate) const PLAIN: &[&str] = &["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

/// A text of a license, whose identification the claims of the report carry.
const MIT: &str = "MIT License\n\nCopyright (c) 2019-2024 Coop Shop <a@example.org>\n\nPermission is hereby granted, free of charge, to any person obtaining a copy\nof this software and associated documentation files (the \"Software\"), to deal\nin the Software without restriction, including without limitation the rights\nto use, copy, modify, merge, publish, distribute, sublicense, and/or sell\ncopies of the Software, and to permit persons to whom the Software is\nfurnished to do so, subject to the following conditions:\n\nThe above copyright notice and this permission notice shall be included in all\ncopies or substantial portions of the Software.\n\nTHE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR\nIMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,\nFITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE\nAUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER\nLIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,\nOUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE\nSOFTWARE.\n";

fn expr(text: &str) -> Expr {
    Expr::parse(text).unwrap().expr
}

/// Returns a path in which the words stand as far as a path can hold them.
fn path(words: &str) -> RelPath {
    RelPath::root().child(std::ffi::OsStr::new(&words.replace(['/', '\\', '\0'], "_")))
}

fn package(name: &str, version: &str, words: &str, resolved: Resolved) -> Package {
    let at = Location::line(path(words), 7);
    Package {
        purl: Purl::new("npm", name, Some(version)),
        at: vec![at.clone()],
        not_judged: None,
        dirs: Vec::new(),
        scopes: BTreeSet::from([Scope::Runtime]),
        optional: false,
        direct: true,
        relation: Relation::Static,
        relation_because: words.into(),
        shipped_because: None,
        origin: Origin::Registry,
        checksums: vec![Checksum { algorithm: "sha256".to_owned(), hex: "ab".repeat(32) }],
        traits: BTreeSet::new(),
        claims: vec![
            Claim::field(ClaimKind::Declared, FieldFormat::Free, words, at.clone()),
            Claim::see_file(ClaimKind::Lockfile, words, at),
        ],
        used_claims: BTreeSet::from([0]),
        waived: BTreeSet::new(),
        resolution: Resolution {
            resolved,
            basis: Some(ClaimKind::Declared),
            repairs: Vec::new(),
            imprecise: false,
            disagreements: Vec::new(),
            tried: vec![Tried::new(words.to_owned(), words.to_owned())],
            unverified_origin: false,
            mismatches: Vec::new(),
        },
    }
}

fn judgement(verdict: Verdict, cause: Cause, rule: &str, license: &str, words: &str) -> Judgement {
    Judgement {
        verdict,
        cause,
        rules: vec![RuleHit {
            rule: rule.to_owned(),
            verdict,
            cause,
            license: license.to_owned(),
            because: Some(words.to_owned()),
            clauses: vec![Clause { license: license.to_owned(), section: "§10".to_owned(), quote: words.to_owned() }],
            notes: Vec::new(),
            contradiction: None,
        }],
        obligations: Vec::new(),
        chosen: None,
        alternatives: Vec::new(),
        switches: Vec::new(),
        outbound: None,
    }
}

/// Returns the report with these words in every place that a scanned tree can fill.
pub(crate) fn report(words: &[&str]) -> Report {
    let word = |index: usize| words[index % words.len()];
    let long = word(2).repeat(10_000usize.div_ceil(word(2).len()));
    let packages = packages(&word, &long);
    let judgements = judgements(&word);
    let edges = [(0, 1, Scope::Runtime), (0, 2, Scope::Dev), (1, 3, Scope::Runtime), (3, 4, Scope::Runtime)];
    let edge = |(from, to, scope)| Edge { from, to, scope, optional: to == 4 };
    let inventory = Inventory { packages, edges: edges.into_iter().map(edge).collect() };
    let names = [(0, word(0)), (1, word(1)), (2, word(3)), (3, word(4)), (4, word(8))];
    Report {
        recorded: Recorded::default(),
        data_digest: "0123456789abcdef".to_owned(),
        policy_digest: "fedcba9876543210".to_owned(),
        project: Project {
            name: Some(word(0).to_owned()),
            version: Some(word(1).to_owned()),
            holder: Some(word(2).to_owned()),
            declared: vec!["PPL".to_owned()],
            outbound: "PPL".to_owned(),
            outbound_note: Some(word(3).to_owned()),
        },
        artifacts: vec![Artifact {
            name: word(4).to_owned(),
            license: "PPL".to_owned(),
            uses: vec!["ship".to_owned()],
            forms: vec!["web".to_owned()],
            verdict: Verdict::Conflict,
            branches: vec![("PPL".to_owned(), Verdict::Conflict)],
        }],
        paths: (0..6).map(|idx| Paths::new(&[vec![0, idx]], idx == 2)).collect(),
        attributions: names.iter().map(|(_, word)| attribution(word)).chain([Attribution::default()]).collect(),
        documents: documents(&word),
        findings: findings(&word),
        failing: vec![true, true, false],
        difference: None,
        rules: vec![RuleWords {
            id: "copyleft-dependency".to_owned(),
            title: "Copyleft".to_owned(),
            why: "It spreads.".to_owned(),
            fix: "Replace it.".to_owned(),
        }],
        diagnostics: vec![Diagnostic::new(Code::InvalidEntry, Location::line(path(word(5)), 3), word(6)).hint(word(7))],
        sample_diagnostics: Vec::new(),
        coverage: Coverage::default(),
        summary: Summary {
            reason: Reason::Conflict,
            n_conflicts: 1,
            n_unknowns: 1,
            n_questions: 0,
            n_obligations: 1,
            n_ok: 1,
            not_judged: BTreeMap::from([(NotJudged::Own, 1)]),
            n_excepted: 1,
        },
        users: vec![("worker co-ops".to_owned(), "not as it stands".to_owned())],
        hidden: Vec::new(),
        inventory,
        judgements: judgements.into_iter().map(|judgement| judgement.map(Arc::new)).collect(),
    }
}

fn packages<'w>(word: &impl Fn(usize) -> &'w str, long: &str) -> Vec<Package> {
    let own = Package {
        not_judged: Some(NotJudged::Own),
        dirs: vec![RelPath::root()],
        ..package(word(0), word(1), word(2), Resolved::Expression(expr("PPL")))
    };
    let mut copyleft = package(word(3), word(4), word(5), Resolved::Expression(expr("GPL-3.0-only")));
    copyleft.origin = Origin::Repository { url: format!("https://example.org/{}", word(0)), revision: None };
    let mut permissive = package(long, word(6), word(7), Resolved::Expression(expr("MIT")));
    permissive.claims.push(Claim {
        kind: ClaimKind::Text,
        raw: word(8).to_owned(),
        at: Location::file(path(word(9))),
        says: Statement::Text { sha256: "11".repeat(32), identification: identify("LICENSE", MIT) },
        heuristic: false,
    });
    permissive.resolution.disagreements = vec![Disagreement {
        used: "MIT".to_owned(),
        other: Resolved::Modified { id: word(0).to_owned(), changes: Vec::new() },
        claim: 2,
    }];
    permissive.scopes = BTreeSet::from([Scope::Dev]);
    let change = Change { line: 3, removed: word(1).to_owned(), added: word(2).to_owned() };
    let modified = Resolved::Modified { id: "MIT".to_owned(), changes: vec![change] };
    let candidates = Resolved::Candidates(vec![expr("BSD-2-Clause"), expr("BSD-3-Clause")]);
    let reference = Resolved::Expression(expr("LicenseRef-x AND MPL-2.0"));
    vec![
        own,
        copyleft,
        permissive,
        package(word(8), word(9), word(0), modified),
        package(word(1), word(2), word(3), candidates),
        package(word(4), word(5), word(6), reference),
    ]
}

fn judgements<'w>(word: &impl Fn(usize) -> &'w str) -> Vec<Option<Judgement>> {
    let mut copyleft = judgement(Verdict::Conflict, Cause::Terms, "copyleft-dependency", "GPL-3.0-only", word(1));
    copyleft.alternatives.push(Alternative {
        expr: expr("MIT"),
        verdict: Verdict::Ok,
        cause: Cause::Terms,
        obligations: Vec::new(),
    });
    let mut duties = judgement(Verdict::Obligation, Cause::Terms, "file-copyleft", "MPL-2.0", word(2));
    duties.obligations =
        [("license-copy", None, false), ("source-offer", Some("file"), true), ("attribution", None, true)]
            .map(|(id, extent, is_duty)| Owed {
                id: id.to_owned(),
                extent: extent.map(str::to_owned),
                license: "MPL-2.0".to_owned(),
                is_duty,
            })
            .to_vec();
    vec![
        None,
        Some(copyleft),
        Some(judgement(Verdict::Ok, Cause::Terms, "permissive-dependency", "MIT", word(3))),
        Some(judgement(Verdict::Review, Cause::Evidence, "undetermined-license", "MIT", word(4))),
        Some(judgement(Verdict::Ok, Cause::Terms, "permissive-dependency", "BSD-2-Clause", word(5))),
        Some(duties),
    ]
}

fn attribution(words: &str) -> Attribution {
    Attribution {
        credits: Credits {
            authors: vec![words.to_owned()],
            homepage: Some("https://example.org/home".to_owned()),
            repository: Some(format!("javascript:alert(1)//{words}")),
        },
        notices: vec![Notice { at: Location::file(path(words)), sha256: "22".repeat(32) }],
        assets: vec![Asset {
            path: path(words),
            title: Some(words.to_owned()),
            authors: vec![words.to_owned()],
            address: Some(format!("https://example.org/{words}")),
        }],
    }
}

fn documents<'w>(word: &impl Fn(usize) -> &'w str) -> Documents {
    let duty = |title: &str| Duty { title: title.to_owned(), about: "What to do.".to_owned(), is_duty: true };
    let clause = Clause { license: "PPL".to_owned(), section: "4(c)".to_owned(), quote: "only if".to_owned() };
    Documents {
        created: "1970-01-01T00:00:00Z".to_owned(),
        texts: BTreeMap::from([("11".repeat(32), MIT.to_owned()), ("22".repeat(32), word(5).to_owned())]),
        canonical: BTreeMap::from([("PPL".to_owned(), "PEER PRODUCTION LICENSE".to_owned())]),
        duties: BTreeMap::from([
            ("license-copy".to_owned(), duty("pass the text on")),
            ("source-offer".to_owned(), duty("offer the source code")),
        ]),
        matrix: vec![users(word)],
        shipped: BTreeSet::from([1, 2, 3, 4, 5]),
        elsewhere: BTreeSet::from([6]),
        credit_removed: BTreeSet::from([3]),
        downstream: Knowledge::builtin().downstream().to_vec(),
        terms: vec![Terms {
            license: "PPL".to_owned(),
            name: None,
            siblings: vec!["LicenseRef-PPL-es".to_owned()],
            clauses: vec![("commercial-use".to_owned(), clause)],
        }],
    }
}

/// One kind of user, with every kind of answer.
fn users<'w>(word: &impl Fn(usize) -> &'w str) -> UserRow {
    let hit = judgement(Verdict::Conflict, Cause::Terms, "user-excluded", "PPL", word(6)).rules.remove(0);
    let cell = |purpose: Purpose, act: Act, verdict, cause| {
        let obstacle = Obstacle { package: (act == Act::Ship).then_some(1), hit: Arc::new(hit.clone()) };
        let because = if verdict > Verdict::Obligation { vec![obstacle] } else { Vec::new() };
        let branch = (purpose == Purpose::Commercial).then(|| expr("PPL"));
        (purpose, act, Cell { verdict, cause, because, branch, opens: vec![(1, expr("MIT"))] })
    };
    UserRow {
        user: "worker co-ops".to_owned(),
        entity: "worker-coop",
        attest: vec!["reserves"],
        cells: vec![
            cell(Purpose::Commercial, Act::Ship, Verdict::Conflict, Cause::Terms),
            cell(Purpose::Commercial, Act::Service, Verdict::Review, Cause::Entity),
            cell(Purpose::Commercial, Act::InHouse, Verdict::Review, Cause::Evidence),
            cell(Purpose::NonCommercial, Act::Ship, Verdict::Obligation, Cause::Terms),
            cell(Purpose::NonCommercial, Act::Service, Verdict::Ok, Cause::Terms),
            cell(Purpose::NonCommercial, Act::InHouse, Verdict::Ok, Cause::Terms),
        ],
    }
}

fn findings<'w>(word: &impl Fn(usize) -> &'w str) -> Vec<Finding> {
    let finding = |verdict, cause, rule: &str, packages: Vec<usize>, words: &str| Finding {
        rule: rule.to_owned(),
        verdict,
        cause,
        packages,
        lacking: false,
        message: words.to_owned(),
        why: words.into(),
        clauses: vec![Clause { license: "PPL".to_owned(), section: "4(c)".to_owned(), quote: words.to_owned() }],
        expression: Some("GPL-3.0-only".to_owned()),
        at: Some(Location::line(path(words), 7)),
        tried: Arc::new([words.to_owned()]),
        next: vec![words.into(), "leave it out".into()],
        notes: vec![Note { id: "termination".to_owned(), text: words.to_owned() }],
        excepted: None,
        tools_only: false,
    };
    let accepted = finding(Verdict::Review, Cause::Reading, "contested-copyleft", vec![1], word(9));
    vec![
        finding(Verdict::Conflict, Cause::Terms, "copyleft-dependency", vec![1], word(7)),
        finding(Verdict::Review, Cause::Evidence, "undetermined-license", vec![3], word(8)),
        Finding { excepted: Some(word(0).to_owned()), ..accepted },
    ]
}
