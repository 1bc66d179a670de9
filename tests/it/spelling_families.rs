//! Hundreds of spellings, made from the ways in which people write names and versions of licenses.
//!
//! What a spelling means follows from its words: a version that is said is that version, `+` and `or later` are later
//! versions, and what is not said is left open. Nothing here looks at the table of spellings.

use ppl_check::license::knowledge::Knowledge;
use ppl_check::license::lenient::FieldFormat::{Free, Spdx};
use ppl_check::license::lenient::{FieldFormat, Outcome, read};

/// Reads a field; candidates are joined by ` ; `, `?` stands for unknown.
fn reading(format: FieldFormat, raw: &str) -> String {
    match read(raw, format, None, Knowledge::builtin()).outcome {
        Outcome::Expression(expr) => expr.to_string(),
        Outcome::Candidates(candidates) => candidates.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ; "),
        Outcome::SeeFile(file) => format!("in {file}"),
        Outcome::Unknown(_) => "?".to_owned(),
    }
}

/// The GNU licenses: short name, long name, version as written, version of the id.
const GNU: &[(&str, &str, &str, &str)] = &[
    ("GPL", "General Public License", "2", "GPL-2.0"),
    ("GPL", "General Public License", "2.0", "GPL-2.0"),
    ("GPL", "General Public License", "3", "GPL-3.0"),
    ("GPL", "General Public License", "3.0", "GPL-3.0"),
    ("LGPL", "Lesser General Public License", "2.1", "LGPL-2.1"),
    ("LGPL", "Lesser General Public License", "3", "LGPL-3.0"),
    ("LGPL", "Lesser General Public License", "3.0", "LGPL-3.0"),
    ("AGPL", "Affero General Public License", "3", "AGPL-3.0"),
    ("AGPL", "Affero General Public License", "3.0", "AGPL-3.0"),
];

/// Ways to write a GNU license: `S` the short name, `L` the long one, `V` the version.
const LATER: &[&str] = &[
    "SvV+",
    "S V+",
    "S-V+",
    "S vV+",
    "GNU S vV+",
    "GNU L vV or later",
    "GNU L version V or later",
    "S (>= V)",
    "S-V-or-later",
    "S V or later",
];
const ONLY: &[&str] = &["S-V-only", "SvV only", "GNU S vV only", "GNU L vV only"];
const UNSAID: &[&str] =
    &["SvV", "S vV", "S V", "SV", "GNU S vV", "GNU S V", "GNU L vV", "GNU L version V", "GNU L, version V"];

fn gnu_rows() -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for (short, long, version, id) in GNU {
        let spell = |form: &&str| {
            form.replace('S', "\u{1}")
                .replace('L', "\u{2}")
                .replace('V', version)
                .replace('\u{1}', short)
                .replace('\u{2}', long)
        };
        rows.extend(LATER.iter().map(|form| (spell(form), format!("{id}-or-later"))));
        rows.extend(ONLY.iter().map(|form| (spell(form), format!("{id}-only"))));
        rows.extend(UNSAID.iter().map(|form| (spell(form), format!("{id}-only ; {id}-or-later"))));
    }
    rows
}

/// Licenses whose versions stand alone: names as people write them, the id without its version, versions.
#[rustfmt::skip]
const VERSIONED: &[(&[&str], &str, &[&str])] = &[
    (&["Apache", "Apache License", "Apache License, Version", "Apache License Version", "Apache Software License", "The Apache License, Version", "Apache v", "Apache-"], "Apache", &["2.0"]),
    (&["MPL", "MPL ", "MPL-", "MPLv", "MPL v", "Mozilla Public License", "Mozilla Public License Version", "Mozilla Public License, version", "Mozilla Public License v"], "MPL", &["1.0", "1.1", "2.0"]),
    (&["EPL", "EPL-", "EPLv", "EPL v", "Eclipse Public License", "Eclipse Public License v", "Eclipse Public License - v ", "Eclipse Public License Version"], "EPL", &["1.0", "2.0"]),
    (&["Artistic-", "Artistic ", "Artistic License", "Artistic License v", "The Artistic License"], "Artistic", &["2.0"]),
    (&["EUPL-", "EUPL ", "EUPL v", "European Union Public License", "European Union Public License v"], "EUPL", &["1.1", "1.2"]),
    (&["CDDL-", "CDDL ", "CDDL v", "CDDL", "Common Development and Distribution License"], "CDDL", &["1.0", "1.1"]),
    (&["BSL-", "Boost Software License", "Boost Software License - Version ", "Boost Software License, Version", "Boost"], "BSL", &["1.0"]),
    (&["CC-BY-", "CC BY ", "CC-BY ", "Creative Commons Attribution"], "CC-BY", &["2.0", "3.0", "4.0"]),
    (&["CC-BY-SA-", "CC BY-SA ", "CC-BY-SA ", "Creative Commons Attribution-ShareAlike"], "CC-BY-SA", &["2.0", "3.0", "4.0"]),
    (&["CC-BY-NC-", "CC BY-NC ", "CC-BY-NC "], "CC-BY-NC", &["3.0", "4.0"]),
    (&["CC-BY-NC-SA-", "CC BY-NC-SA "], "CC-BY-NC-SA", &["3.0", "4.0"]),
    (&["CC-BY-ND-", "CC BY-ND "], "CC-BY-ND", &["3.0", "4.0"]),
    (&["OFL-", "OFL ", "SIL Open Font License", "SIL Open Font License, Version", "SIL OFL"], "OFL", &["1.1"]),
    (&["ZPL ", "ZPL-", "Zope Public License", "Zope Public License Version"], "ZPL", &["2.0", "2.1"]),
    (&["AFL-", "AFL ", "AFL v", "Academic Free License", "Academic Free License v"], "AFL", &["2.1", "3.0"]),
    (&["OSL-", "OSL ", "OSL v", "Open Software License", "Open Software License v"], "OSL", &["3.0"]),
    (&["CPL-", "Common Public License", "Common Public License Version"], "CPL", &["1.0"]),
];

fn versioned_rows() -> Vec<(String, String)> {
    let mut rows = Vec::new();
    for (names, id, versions) in VERSIONED {
        for name in *names {
            for version in *versions {
                let blank = if name.ends_with(['-', ' ', 'v']) { "" } else { " " };
                rows.push((format!("{name}{blank}{version}"), format!("{id}-{version}")));
            }
        }
    }
    rows
}

/// Names without a version, and clauses of BSD.
#[rustfmt::skip]
const PLAIN: &[(&str, &[&str])] = &[
    ("MIT", &["MIT", "mit", "Mit", "MIT License", "The MIT License", "MIT license", "the mit license", "MIT Licence", "MIT-License", "The MIT License (MIT)", "MIT (Expat)", "Expat", "Expat License"]),
    ("ISC", &["ISC", "isc", "ISC License", "The ISC License", "ISC license", "ISC License (ISC)"]),
    ("BSD-2-Clause", &["BSD-2-Clause", "bsd-2-clause", "BSD 2-Clause", "BSD 2 Clause", "2-Clause BSD", "Simplified BSD", "Simplified BSD License", "BSD 2-Clause License", "BSD-2", "The BSD 2-Clause License", "BSD 2-clause \"Simplified\" License"]),
    ("BSD-3-Clause", &["BSD-3-Clause", "bsd-3-clause", "BSD 3-Clause", "BSD 3 Clause", "3-Clause BSD", "New BSD", "New BSD License", "Modified BSD License", "BSD 3-Clause License", "BSD-3", "Revised BSD License", "The BSD 3-Clause License", "3-clause BSD license", "BSD 3-clause \"New\" or \"Revised\" License"]),
    ("0BSD", &["0BSD", "0bsd", "BSD Zero Clause License", "Zero-Clause BSD"]),
    ("Unlicense", &["Unlicense", "unlicense", "The Unlicense", "The Unlicense (Unlicense)"]),
    ("CC0-1.0", &["CC0-1.0", "CC0", "cc0-1.0", "CC0 1.0", "CC0 1.0 Universal", "Creative Commons Zero", "CC-0"]),
    ("WTFPL", &["WTFPL", "wtfpl", "Do What The F*ck You Want To Public License", "WTFPL v2", "WTFPLv2"]),
    ("Zlib", &["Zlib", "zlib", "zlib License", "ZLIB", "zlib license"]),
    ("PSF-2.0", &["PSF-2.0", "PSF 2.0"]),
    ("Ruby", &["Ruby", "ruby", "Ruby License"]),
    ("PostgreSQL", &["PostgreSQL", "PostgreSQL License", "The PostgreSQL License"]),
    ("MIT-0", &["MIT-0", "MIT No Attribution", "mit-0"]),
    ("NCSA", &["NCSA", "University of Illinois/NCSA Open Source License"]),
    ("X11", &["X11", "X11 License"]),
    ("Vim", &["Vim", "Vim License"]),
    ("curl", &["curl", "curl License"]),
    ("BUSL-1.1", &["BUSL-1.1", "Business Source License 1.1"]),
    ("SSPL-1.0", &["SSPL-1.0", "Server Side Public License", "Server Side Public License, v 1"]),
    ("Elastic-2.0", &["Elastic-2.0", "Elastic License 2.0"]),
    ("MIT OR Apache-2.0", &["MIT OR Apache-2.0", "MIT/Apache-2.0", "MIT or Apache-2.0", "MIT / Apache-2.0", "(MIT OR Apache-2.0)", "MIT OR Apache 2.0", "MIT or Apache License, Version 2.0"]),
    ("Apache-2.0 OR MIT", &["Apache-2.0 OR MIT", "Apache-2.0/MIT", "Apache-2.0 or MIT", "Apache 2.0 or MIT"]),
    ("MIT AND BSD-3-Clause", &["MIT AND BSD-3-Clause", "MIT and BSD-3-Clause", "MIT and BSD 3-Clause"]),
];

/// Names that leave open which license is meant: a reader that names one has guessed.
#[rustfmt::skip]
const OPEN: &[&str] = &[
    "BSD", "bsd", "BSD License", "BSD-like", "BSD-style", "BSD licence", "BSD 2.0", "BSD 3.0", "BSD-2.0", "GPL", "gpl", "GNU GPL", "GNU General Public License",
    "GNU Public License", "LGPL", "lgpl", "GNU LGPL", "GNU Lesser General Public License", "AGPL", "GNU AGPL", "Affero GPL",
    "GNU Affero General Public License", "GPLv2", "GPLv3", "GPL v2", "GPL 3", "LGPLv2.1", "LGPLv3", "LGPL 3.0", "AGPLv3", "AGPL v3",
    "Apache", "Apache License", "ASL", "Apache Software License", "MPL", "Mozilla Public License", "EPL", "Eclipse Public License",
    "EUPL", "CDDL", "Artistic", "Artistic License", "CC", "CC-BY", "CC BY", "CC-BY-SA", "CC-BY-NC", "Creative Commons",
    "Creative Commons Attribution", "OFL", "SIL OFL", "AFL", "OSL", "ZPL", "Zope Public License", "PSF", "Python Software Foundation License",
    "Python", "BSL", "PPL", "CNPL", "Public Domain", "public domain", "Public-Domain", "Freeware", "Free", "Open Source", "OSI Approved",
    "Commercial", "Proprietary", "Other", "Other/Proprietary License", "Custom", "Dual", "Dual License", "Dual licensed", "Multiple", "Various", "Mixed",
    "See LICENSE", "see license file", "LICENSE", "LICENSE.txt", "LICENSE.md", "UNKNOWN", "unknown", "None", "none", "N/A", "TBD", "TODO",
    "MIT-like", "MIT-style", "MIT style license", "Apache-style", "X", "?", "-", ".", "1.0", "2.0", "v2", "License", "Copyright", "All rights reserved",
    "MIT, BSD", "GPL/BSD", "MIT + Commons Clause", "MIT with restrictions", "Apache-2.0 with modifications", "not MIT", "non-MIT", "MIT except for images",
    "MIT (code), CC-BY-4.0 (docs)", "LLVM", "Boost or something like it", "free for non-commercial use", "Free for personal use",
];

#[test]
fn what_is_said_is_read_and_nothing_else() {
    let mut rows: Vec<(String, String)> = gnu_rows();
    rows.extend(versioned_rows());
    rows.extend(
        PLAIN.iter().flat_map(|(id, spellings)| spellings.iter().map(|raw| ((*raw).to_owned(), (*id).to_owned()))),
    );
    assert!(rows.len() + OPEN.len() > 500, "{}", rows.len() + OPEN.len());
    let mut wrong: Vec<String> = Vec::new();
    for (raw, expect) in rows {
        let found = reading(Free, &raw);
        if found != expect {
            wrong.push(format!("`{raw}`: expected {expect}, read {found}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_is_left_open_is_never_guessed() {
    let mut guessed: Vec<String> = Vec::new();
    for raw in OPEN {
        if let Outcome::Expression(expr) = read(raw, Free, None, Knowledge::builtin()).outcome
            && expr.to_string() != "NOASSERTION"
            && expr.to_string() != "NONE"
        {
            guessed.push(format!("`{raw}` was read as {expr}"));
        }
    }
    assert!(guessed.is_empty(), "{}", guessed.join("\n"));
}

/// Every id of the list in any case, and every official name that belongs to one license alone.
#[test]
fn every_id_and_every_official_name_is_known() {
    let mut wrong: Vec<String> = Vec::new();
    let current: Vec<_> = spdx::identifiers::LICENSES
        .iter()
        .filter(|license| spdx::license_id(license.name).is_some_and(|id| !id.is_deprecated()))
        .filter(|license| license.name != "NOASSERTION")
        // The crate lists the bases of `-only` and `-or-later` as ids, which the list itself does not have.
        .filter(|license| spdx::license_id(&format!("{}-only", license.name)).is_none())
        .collect();
    for license in &current {
        for raw in [license.name.to_owned(), license.name.to_lowercase(), license.name.to_uppercase()] {
            let found = reading(Spdx, &raw);
            if found != license.name && !found.split(" ; ").any(|found| found == license.name) {
                wrong.push(format!("`{raw}`: read {found}"));
            }
        }
        // The names of the GNU licenses say `only` and `or later` in full; a name of several licenses is open.
        let found = reading(Free, license.full_name);
        if !found.split(" ; ").any(|found| found == license.name) {
            wrong.push(format!("`{}` of {}: read {found}", license.full_name, license.name));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Every row of the tables reads as what it says, and one that leaves something open is never settled.
#[test]
fn every_row_of_the_tables_is_read_as_it_says() {
    let aliases = Knowledge::builtin().aliases();
    let mut n_rows = 0;
    for (raw, candidates) in &aliases.ambiguous {
        let found = read(raw, Free, None, Knowledge::builtin()).outcome;
        let settled = matches!(&found, Outcome::Expression(expr) if expr.to_string() != "NOASSERTION");
        assert!(!settled || candidates.len() == 1, "`{raw}` is ambiguous and was read as {found:?}");
        n_rows += 1;
    }
    for (raw, expression) in &aliases.alias {
        let found = read(raw, Free, None, Knowledge::builtin()).outcome;
        let Outcome::Expression(found) = found else { panic!("`{raw}`: expected {expression}, read {found:?}") };
        let expected = read(expression, Spdx, None, Knowledge::builtin()).outcome;
        assert_eq!(Outcome::Expression(found), expected, "`{raw}`");
        n_rows += 1;
    }
    for (raw, _) in &aliases.unknown {
        let found = read(raw, Free, None, Knowledge::builtin()).outcome;
        assert!(matches!(found, Outcome::Unknown(_)), "`{raw}`: {found:?}");
        n_rows += 1;
    }
    assert!(n_rows > 1000, "{n_rows}");
}
