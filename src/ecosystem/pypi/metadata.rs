//! The metadata of a built distribution: `METADATA` in `*.dist-info`, `PKG-INFO` in `*.egg-info`.
//!
//! <https://packaging.python.org/en/latest/specifications/core-metadata/>.
//! Left out on purpose: the description in the body.

use std::collections::BTreeSet;

use crate::base::{Location, RelPath};
use crate::ecosystem::{Credits, Inspection};
use crate::model::{Claim, ClaimKind, FieldFormat, Join, Statement};
use crate::scan::{BESIDE, Folder, Limits, ReadError, is_license_name};
use crate::syntax::headers::{Block, first_block};

/// The list of a distribution's files, as installers and setuptools write it.
const LISTS: &[&str] = &["RECORD", "installed-files.txt"];

/// How many license texts that the metadata does not name are read.
const MAX_LISTED: usize = 16;

/// Keeps the classifiers that speak of a license.
pub(crate) fn license_classifiers<'text>(classifiers: impl Iterator<Item = &'text str>) -> Vec<String> {
    // `License :: OSI Approved` alone says nothing beside one that names the license.
    classifiers
        .map(str::trim)
        .filter(|text| text.starts_with("License ::") && *text != "License :: OSI Approved")
        .map(str::to_owned)
        .collect()
}

/// Reads what the folder of a distribution (`*.dist-info`, `*.egg-info`) says.
pub(super) fn inspect(folder: &Folder) -> Inspection {
    let mut inspection = Inspection::default();
    for name in ["METADATA", "PKG-INFO"] {
        match folder.read_text(name, Limits::DEFAULT.manifest) {
            Ok(text) => {
                inspection.readme = Some(name);
                read(&first_block(&text), folder, name, &mut inspection);
                let is_field = |claim: &Claim| matches!(claim.says, Statement::Field { .. });
                if inspection.license_files.is_empty() && !inspection.claims.iter().any(is_field) {
                    search(folder, &mut inspection);
                }
                return inspection;
            }
            Err(ReadError::NotFound) => {}
            Err(error) => inspection.diagnostics.push(error.diagnostic(folder.location(name))),
        }
    }
    inspection
}

fn read(block: &Block, folder: &Folder, file: &str, inspection: &mut Inspection) {
    let at = folder.location(file);
    if let (Some(name), Some(version)) = (block.str("Name"), block.str("Version")) {
        inspection.identity = Some((name.to_owned(), version.to_owned()));
    }
    // In the order of precedence.
    for (field, format) in [("License-Expression", FieldFormat::Spdx), ("License", FieldFormat::Free)] {
        let said = block.get(field).filter(|field| is_said(&field.value));
        inspection
            .claims
            .extend(said.map(|said| Claim::field(ClaimKind::Declared, format, &said.value, at.at_line(said.line))));
    }
    let found = license_classifiers(block.all("Classifier").map(|field| field.value.as_str()));
    let line = block.all("Classifier").find(|field| field.value.starts_with("License ::")).map(|field| field.line);
    if let Some(line) = line.filter(|_| !found.is_empty()) {
        let (kind, format) = (ClaimKind::Declared, FieldFormat::Classifier);
        // Several classifiers do not say how they combine, unless the field beside them does.
        let join = if block.str("License").is_some_and(is_dual) { Join::Or } else { Join::Unknown };
        inspection.claims.push(Claim::fields(kind, format, join, found, at.at_line(line)));
    }
    license_files(block, folder, &at, inspection);
    inspection.credits = credits(block);
}

/// Returns whether the field names no license and says that one of several may be chosen.
fn is_dual(value: &str) -> bool {
    matches!(value.trim().to_ascii_lowercase().as_str(), "dual" | "dual license" | "dual licensed" | "dual-licensed")
}

/// Returns whether a value says anything: setuptools once wrote `UNKNOWN` for what nobody said.
pub(crate) fn is_said(value: &str) -> bool {
    !value.trim().is_empty() && !value.trim().eq_ignore_ascii_case("UNKNOWN")
}

/// Finds the files that `License-File` names, wherever the tool of the day put them.
fn license_files(block: &Block, folder: &Folder, at: &Location, inspection: &mut Inspection) {
    let mut found = BTreeSet::new();
    for field in block.all("License-File") {
        let named = field.value.trim();
        let base = named.rsplit(['/', '\\']).next().unwrap_or(named);
        let places = [format!("licenses/{named}"), format!("license_files/{named}"), named.to_owned(), base.to_owned()];
        let present = |place: &&String| {
            let (below, name) = place.rsplit_once('/').unwrap_or(("", place));
            folder.files(below).iter().any(|file| file == name)
        };
        match places.iter().find(present) {
            Some(place) => drop(found.insert(place.clone())),
            // A file that is named and absent is missed.
            None => inspection.claims.push(Claim::see_file(ClaimKind::Declared, named, at.at_line(field.line))),
        }
    }
    inspection.license_files = found.into_iter().collect();
}

/// Looks for license texts beside the metadata in the list of the distribution's files.
///
/// What lies in the folder of a module is the distribution's own; deeper down there may be code of others. Without a
/// list nobody knows what belongs to the distribution.
fn search(folder: &Folder, inspection: &mut Inspection) {
    let list = LISTS.iter().find_map(|name| Some((*name, folder.read_text(name, Limits::DEFAULT.manifest).ok()?)));
    let Some((name, text)) = list else {
        inspection.partial = true;
        return;
    };
    // The paths of one list start at the folder above, those of the other at the folder of the metadata.
    let from_above = name == "RECORD";
    let own =
        folder.location(name).path.parent().and_then(|own| own.file_name().map(str::to_owned)).unwrap_or_default();
    let mut found = BTreeSet::new();
    for path in text.lines().map(listed) {
        if !path.rsplit('/').next().is_some_and(is_license_name) {
            continue;
        }
        let above = if from_above { Some(path) } else { path.strip_prefix(BESIDE) };
        // The folder of the metadata is looked through by itself.
        let Some(above) = above.filter(|above| !above.starts_with(&format!("{own}/"))) else { continue };
        let is_inside = RelPath::new(above).is_ok_and(|path| path.as_str() == above);
        let is_own = is_inside && above.split('/').count() <= 2 && found.len() < MAX_LISTED;
        if is_own {
            found.insert(format!("{BESIDE}{above}"));
        } else {
            inspection.partial = true;
        }
    }
    inspection.license_files.extend(found);
}

/// Returns the path in a line of a list: `path,hash,size`, in quotes if it holds a comma, or the path alone.
fn listed(line: &str) -> &str {
    let line = line.trim();
    let quoted = line.strip_prefix('"').and_then(|rest| rest.split('"').next());
    quoted.unwrap_or_else(|| line.split(',').next().unwrap_or_default())
}

fn credits(block: &Block) -> Credits {
    let said = |field: &str| block.str(field).filter(|value| is_said(value)).map(str::to_owned);
    let authors = ["Author", "Author-email"].into_iter().filter_map(said).take(1).collect();
    let url = |labels: &[&str]| {
        block.all("Project-URL").find_map(|field| {
            let (label, url) = field.value.split_once(',')?;
            labels.iter().any(|known| label.trim().eq_ignore_ascii_case(known)).then(|| url.trim().to_owned())
        })
    };
    Credits {
        authors,
        homepage: said("Home-page").or_else(|| url(&["homepage", "home"])),
        repository: url(&["repository", "source", "source code", "github", "code"]),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::base::RelPath;
    use crate::model::Statement;

    fn folder(files: &[(&str, &str)]) -> Folder {
        let files: BTreeMap<_, _> =
            files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
        Folder::in_memory(files, Some("pip"), RelPath::new("x-1").unwrap())
    }

    #[test]
    fn claims_come_in_the_order_of_precedence() {
        let found = inspect(&folder(&[
            (
                "METADATA",
                "Metadata-Version: 2.4\nName: x\nVersion: 1\nClassifier: License :: OSI Approved\nClassifier: License :: \
                 OSI Approved :: BSD License\nLicense: BSD\nLicense-Expression: BSD-3-Clause\nLicense-File: LICENSE\n\
                 License-File: src/vendor/COPYING\nAuthor: A\nProject-URL: Source Code, https://host.example/x\n\nLicense: \
                 body\n",
            ),
            ("licenses/LICENSE", ""),
            ("COPYING", ""),
        ]));
        assert_eq!(found.identity, Some(("x".to_owned(), "1".to_owned())));
        let raw: Vec<_> = found.claims.iter().map(|claim| (claim.raw.as_str(), claim.at.line)).collect();
        assert_eq!(
            raw,
            [("BSD-3-Clause", Some(7)), ("BSD", Some(6)), ("License :: OSI Approved :: BSD License", Some(4))]
        );
        assert_eq!(found.license_files, ["COPYING", "licenses/LICENSE"]);
        assert_eq!(found.credits.authors, ["A"]);
        assert_eq!(found.credits.repository.as_deref(), Some("https://host.example/x"));
    }

    #[test]
    fn dual_says_how_classifiers_combine() {
        let classifiers = "Classifier: License :: OSI Approved :: BSD License\n\
                           Classifier: License :: OSI Approved :: Apache Software License\n";
        for (field, expect) in
            [("License: Dual License\n", Join::Or), ("License: BSD\n", Join::Unknown), ("", Join::Unknown)]
        {
            let found = inspect(&folder(&[("METADATA", &format!("Name: x\nVersion: 1\n{field}{classifiers}"))]));
            let joins: Vec<_> = found
                .claims
                .iter()
                .filter_map(|claim| match &claim.says {
                    Statement::Field { join, format: FieldFormat::Classifier, .. } => Some(*join),
                    _ => None,
                })
                .collect();
            assert_eq!(joins, [expect], "{field}");
        }
    }

    #[test]
    fn nothing_said_is_no_claim() {
        let found = inspect(&folder(&[("PKG-INFO", "Name: x\nVersion: 1\nLicense: UNKNOWN\nLicense-File: LICENSE\n")]));
        // A file that is named and absent is pointed to.
        let says: Vec<_> = found.claims.iter().map(|claim| (&claim.says, claim.at.line)).collect();
        assert_eq!(says, [(&Statement::SeeFile("LICENSE".to_owned()), Some(4))]);
        assert_eq!(found.license_files, Vec::<String>::new());
        assert_eq!(inspect(&folder(&[])), Inspection::default());
    }
}
