//! Who may use the whole, as a table for people and as JSON.
//!
//! The words are careful: that nothing was found against a use is no permission.

use std::io;

use serde::Serialize;

use super::Report;
use super::escape::{self, line, words};
use crate::model::{Cause, Verdict};
use crate::policy::{Act, Cell, PROFILES, Profile, Purpose, User, Whole};

/// The answers for one kind of user.
#[derive(Clone, Debug)]
pub struct UserRow {
    /// In words.
    pub user: String,
    /// The kind of user, by its word.
    pub entity: &'static str,
    /// What it attests, by words.
    pub attest: Vec<&'static str>,
    /// Purpose, use and answer.
    pub cells: Vec<(Purpose, Act, Cell)>,
}

impl UserRow {
    /// Creates a row for a profile.
    pub fn new(profile: &Profile, cells: Vec<(Purpose, Act, Cell)>) -> Self {
        Self {
            user: profile.words.to_owned(),
            entity: profile.entity.word(),
            attest: profile.attest.iter().map(|attestation| attestation.word()).collect(),
            cells,
        }
    }
}

/// Answers for every kind of user, or for the one that is named.
pub fn matrix(whole: &Whole<'_>, named: Option<&User>, acts: &[Act]) -> Vec<UserRow> {
    if let Some(user) = named {
        let cells = acts.iter().map(|act| (user.purpose, *act, whole.cell(user, *act))).collect();
        return vec![row(user, cells)];
    }
    PROFILES
        .iter()
        .map(|profile| {
            let cells = |purpose: Purpose| {
                let user = profile.user(purpose);
                acts.iter().map(|act| (purpose, *act, whole.cell(&user, *act))).collect::<Vec<_>>()
            };
            let cells = Purpose::ALL.iter().flat_map(|purpose| cells(*purpose)).collect();
            UserRow::new(profile, cells)
        })
        .collect()
}

fn row(user: &User, cells: Vec<(Purpose, Act, Cell)>) -> UserRow {
    let attest: Vec<&'static str> = user.attest.iter().map(|attestation| attestation.word()).collect();
    let with = if attest.is_empty() { String::new() } else { format!(" ({})", attest.join(", ")) };
    UserRow { user: format!("{}{with}", user.entity), entity: user.entity.word(), attest, cells }
}

/// Returns an answer in words.
pub fn answer(verdict: Verdict, cause: Cause) -> &'static str {
    match (verdict, cause) {
        (Verdict::Ok, _) => "nothing found against it",
        (Verdict::Obligation, _) => "yes, with duties",
        (Verdict::Review, Cause::Evidence) => "unknown",
        (Verdict::Review, _) => "needs a decision",
        (Verdict::Conflict, _) => "not as it stands",
    }
}

/// Returns one short answer for both purposes.
pub fn both_purposes(non_commercial: (Verdict, Cause), commercial: (Verdict, Cause)) -> String {
    let word = |(verdict, cause): (Verdict, Cause)| answer(verdict, cause);
    let fine = |(verdict, _): (Verdict, Cause)| verdict <= Verdict::Obligation;
    if non_commercial == commercial {
        return word(commercial).to_owned();
    }
    match (fine(non_commercial), fine(commercial)) {
        (true, true) => word(if commercial.0 > non_commercial.0 { commercial } else { non_commercial }).to_owned(),
        (true, false) if commercial.0 == Verdict::Conflict => "noncommercially only".to_owned(),
        _ => format!("noncommercially: {}; commercially: {}", word(non_commercial), word(commercial)),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    tool: Tool,
    data: &'a str,
    policy: &'a str,
    outbound: &'a str,
    cells: Vec<JsonCell<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct JsonCell<'a> {
    user: &'a str,
    entity: &'static str,
    attest: &'a [&'static str],
    purpose: &'static str,
    #[serde(rename = "use")]
    act: &'static str,
    verdict: &'static str,
    cause: &'static str,
    answer: &'static str,
    branch: Option<String>,
    because: Vec<JsonObstacle<'a>>,
    opens: Vec<JsonBranch>,
}

#[derive(Serialize)]
struct JsonObstacle<'a> {
    purl: Option<String>,
    rule: &'a str,
    verdict: &'static str,
    cause: &'static str,
    license: &'a str,
    because: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonBranch {
    purl: Option<String>,
    expression: String,
}

/// Writes one JSON document.
pub fn json(report: &Report, rows: &[UserRow], out: &mut dyn io::Write) -> io::Result<()> {
    let purl = |idx: &usize| report.inventory.packages.get(*idx).map(|package| package.purl.to_string());
    let mut cells = Vec::new();
    for row in rows {
        for (purpose, act, cell) in &row.cells {
            cells.push(JsonCell {
                user: &row.user,
                entity: row.entity,
                attest: &row.attest,
                purpose: purpose.word(),
                act: act.word(),
                verdict: cell.verdict.word(),
                cause: cell.cause.word(),
                answer: answer(cell.verdict, cell.cause),
                branch: cell.branch.as_ref().map(ToString::to_string),
                because: cell
                    .because
                    .iter()
                    .map(|obstacle| JsonObstacle {
                        purl: obstacle.package.as_ref().and_then(purl),
                        rule: &obstacle.hit.rule,
                        verdict: obstacle.hit.verdict.word(),
                        cause: obstacle.hit.cause.word(),
                        license: &obstacle.hit.license,
                        because: obstacle.hit.because.as_deref(),
                    })
                    .collect(),
                opens: cell
                    .opens
                    .iter()
                    .map(|(idx, expr)| JsonBranch { purl: purl(idx), expression: expr.to_string() })
                    .collect(),
            });
        }
    }
    let document = Document {
        schema: 1,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        data: &report.data_digest,
        policy: &report.policy_digest,
        outbound: &report.project.outbound,
        cells,
    };
    serde_json::to_writer_pretty(escape::Json(out), &document)?;
    writeln!(out)
}

/// How many packages are named for one cell.
const MAX_NAMED: usize = 3;

/// Writes a table for people.
pub fn text(report: &Report, rows: &[UserRow], out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "Who may use what {} offers under {}", project(report), line(&report.project.outbound))?;
    for row in rows {
        writeln!(out, "\n{}", line(&row.user))?;
        let mut shown: Vec<(String, Vec<String>)> = Vec::new();
        for (purpose, act, cell) in &row.cells {
            let mut said = answer(cell.verdict, cell.cause).to_owned();
            if let Some(branch) = &cell.branch {
                said = format!("{said}, under {branch}");
            }
            let situation = format!("{purpose}, {act}");
            let reasons = reasons(report, cell);
            let key = format!("{said}{}", reasons.concat());
            match shown.iter_mut().find(|(known, _)| *known == key) {
                Some((_, lines)) => {
                    if let Some(first) = lines.first_mut() {
                        *first = format!("{situation} · {first}");
                    }
                }
                None => shown.push((key, std::iter::once(format!("{situation}: {said}")).chain(reasons).collect())),
            }
        }
        for (_, lines) in shown {
            for (index, text) in lines.iter().enumerate() {
                writeln!(out, "{}{text}", if index == 0 { "  " } else { "      " })?;
            }
        }
    }
    writeln!(out, "\nThis reports what license texts say. It is no legal advice and grants nothing.")
}

fn project(report: &Report) -> String {
    report.project.name.as_deref().map_or_else(|| "the project".to_owned(), line)
}

/// Returns what stands in the way, in words; some of it if there is much.
pub(super) fn reasons(report: &Report, cell: &Cell) -> Vec<String> {
    let mut reasons = Vec::new();
    if cell.verdict <= Verdict::Obligation {
        return reasons;
    }
    for obstacle in cell.because.iter().take(MAX_NAMED) {
        let whose = match obstacle.package {
            Some(idx) => report.package_words(idx),
            None if obstacle.hit.license.is_empty() => "what was not seen".to_owned(),
            None => "its own license".to_owned(),
        };
        let because = obstacle.hit.because.as_deref().unwrap_or_default();
        let license = match obstacle.hit.license.as_str() {
            "" => String::new(),
            license => format!(" ({})", line(license)),
        };
        reasons.push(format!("{whose}{license}: {}", words(because)));
    }
    if cell.because.len() > MAX_NAMED {
        reasons.push(format!("and {} more", cell.because.len() - MAX_NAMED));
    }
    for (idx, expr) in cell.opens.iter().take(MAX_NAMED) {
        reasons.push(format!("{} would be open under {}", report.package_words(*idx), line(&expr.to_string())));
    }
    reasons
}
