//! The table of packages, with what the script needs to search, filter, sort and group it.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::{Report, sentence};
use crate::model::{Package, PackageIdx, Statement};
use crate::report::Paths;
use crate::report::escape::{line, xml};

/// The columns: what rows are sorted by, and the heading.
const COLUMNS: [(&str, &str); 6] = [
    ("name", "Package"),
    ("version", "Version"),
    ("license", "License"),
    ("verdict", "Verdict"),
    ("scope", "Scope"),
    ("relation", "Relation"),
];

pub(super) fn section(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<section id=\"packages\" aria-labelledby=\"packages-title\"><h2 id=\"packages-title\">Packages</h2>"
    )?;
    let rows: Vec<Row> = report.shown().map(|(idx, package)| Row::new(report, idx, package)).collect();
    filters(&rows, out)?;
    writeln!(
        out,
        "<p id=\"count\" class=\"script-only\" role=\"status\"></p>\n<div class=\"scroll\" role=\"region\" \
         aria-labelledby=\"packages-caption\" tabindex=\"0\"><table id=\"package-table\"><caption \
         id=\"packages-caption\">Every package with its license, the verdict, and how it ends up in the work. Its name \
         opens how it comes in and what is said of its license.</caption><thead><tr>"
    )?;
    for (key, words) in COLUMNS {
        writeln!(out, "<th scope=\"col\"><button type=\"button\" data-key=\"{key}\">{words}</button></th>")?;
    }
    writeln!(out, "</tr></thead><tbody>")?;
    for row in &rows {
        row.write(report, out)?;
    }
    writeln!(out, "</tbody></table></div></section>")
}

fn filters(rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<form class=\"filters script-only\"><div class=\"wide\"><label for=\"search\">Search by name, version, license \
         or file</label><input type=\"search\" id=\"search\" autocomplete=\"off\"></div>"
    )?;
    let choices = |of: fn(&Row) -> String| rows.iter().map(of).collect::<BTreeSet<String>>();
    for (id, label, values) in [
        ("verdict", "Verdict", choices(|row| row.verdict.clone())),
        ("license", "License", choices(|row| row.license.clone())),
        ("scope", "Scope", choices(|row| row.scope.clone())),
        ("type", "Kind", choices(|row| row.ty.clone())),
    ] {
        writeln!(
            out,
            "<div><label for=\"filter-{id}\">{label}</label><select id=\"filter-{id}\"><option value=\"\">all</option>"
        )?;
        for value in values {
            writeln!(out, "<option>{}</option>", xml(&value))?;
        }
        writeln!(out, "</select></div>")?;
    }
    writeln!(
        out,
        "<div><label for=\"group\">Group by</label><select id=\"group\"><option value=\"\">nothing</option>\
         <option value=\"license\">license</option><option value=\"verdict\">verdict</option>\
         <option value=\"scope\">scope</option><option value=\"type\">kind</option></select></div>\
         <div><button type=\"button\" id=\"reset\">Show all</button></div></form>"
    )
}

/// What one row shows, safe to print and not yet escaped for HTML.
struct Row<'r> {
    idx: PackageIdx,
    package: &'r Package,
    ty: String,
    name: String,
    version: String,
    license: String,
    verdict: String,
    scope: String,
}

impl<'r> Row<'r> {
    fn new(report: &Report, idx: PackageIdx, package: &'r Package) -> Self {
        let judgement = report.judgement(idx);
        let verdict = match (judgement, package.not_judged) {
            (Some(judgement), _) => judgement.verdict.word().to_owned(),
            (None, Some(why)) => format!("not judged: {why}"),
            (None, None) => "not judged".to_owned(),
        };
        Self {
            idx,
            package,
            ty: line(package.purl.ty()),
            name: line(&package.purl.full_name()),
            version: line(package.purl.version().unwrap_or_default()),
            license: line(&report.license_words(package)),
            verdict,
            scope: package.scope().word().to_owned(),
        }
    }

    fn write(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let relation = self.package.relation.word();
        let file = self.package.at.first().map(|at| line(at.path.as_str())).unwrap_or_default();
        let words = [&self.ty, &self.name, &self.version, &self.license, &file].map(|word| xml(word)).join(" ");
        let [ty, name, version, license] = [&self.ty, &self.name, &self.version, &self.license].map(|word| xml(word));
        writeln!(
            out,
            "<tr data-name=\"{name}\" data-version=\"{version}\" data-license=\"{license}\" data-verdict=\"{}\" \
             data-scope=\"{}\" data-relation=\"{relation}\" data-type=\"{ty}\" data-words=\"{words}\"><th scope=\"row\">",
            self.verdict, self.scope
        )?;
        writeln!(out, "<details><summary>{ty}:{name}</summary><ul class=\"facts\">")?;
        self.facts(report, out)?;
        let class = self.verdict.split(':').next().unwrap_or_default();
        writeln!(
            out,
            "</ul></details></th><td>{version}</td><td>{license}</td><td><span class=\"tag {class}\">{}</span></td>\
             <td>{}</td><td>{relation}</td></tr>",
            sentence(&self.verdict),
            self.scope
        )
    }

    fn facts(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let mut facts: Vec<String> = Vec::new();
        let paths = report.paths.get(self.idx);
        for path in paths.into_iter().flat_map(Paths::shortest) {
            let names: Vec<String> = path.iter().map(|idx| report.package_words(*idx)).collect();
            facts.push(format!("comes in by {}", names.join(" → ")));
        }
        if paths.is_some_and(|paths| paths.more) {
            facts.push("and by other paths".to_owned());
        }
        facts.extend(self.package.at.iter().map(|at| format!("named in {}", line(&at.to_string()))));
        facts.push(format!("joined: {}", line(&self.package.relation_because)));
        for (index, claim) in self.package.claims.iter().enumerate() {
            let counts = if self.package.used_claims.contains(&index) { ", counts" } else { "" };
            let raw = line(&claim.raw);
            let said = match &claim.says {
                Statement::Text { .. } => format!("text {raw}"),
                Statement::SeeFile(_) => format!("see {raw}"),
                Statement::Field { .. } => format!("“{raw}”"),
            };
            facts.push(format!("{}: {said} ({}{counts})", claim.kind, line(&claim.at.to_string())));
        }
        for other in &self.package.resolution.disagreements {
            facts.push(line(&self.package.contradiction(other)));
        }
        for tried in self.package.resolution.tried.iter().filter(|tried| tried.outcome != "read") {
            facts.push(format!("tried {}: {}", line(&tried.place), line(&tried.outcome)));
        }
        if let Some(judgement) = report.judgement(self.idx) {
            for hit in &judgement.rules {
                let because = hit.because.as_deref().map(|because| format!(": {}", line(because))).unwrap_or_default();
                facts.push(format!("rule {} says {}{because}", line(&hit.rule), hit.verdict));
            }
            let alternatives = judgement.alternatives.iter();
            facts.extend(alternatives.map(|branch| format!("under {} it would be {}", branch.expr, branch.verdict)));
        }
        for fact in facts {
            writeln!(out, "<li>{}</li>", xml(&fact))?;
        }
        Ok(())
    }
}
