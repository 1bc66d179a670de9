//! Where an artifact lies: in Maven's local repository, in Gradle's cache, or as a jar in the tree.

use crate::base::Location;
use crate::ecosystem::{Copies, Inspection, Surroundings};
use crate::model::PackageRecord;
use crate::scan::{Folder, Limits};

use super::jar;
use super::model::published_file;
use super::pom::Pom;
use super::project::claims;

/// Finds the copies of an artifact. Its jar is opened only where no `pom.xml` speaks of a license.
pub(super) fn find(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    if jar::is_jar(&record.at.path) {
        jar::in_tree(&record.at.path, surroundings.tree, &mut copies);
        return copies;
    }
    let (Some(group), Some(version)) = (record.purl.namespace(), record.purl.version()) else { return copies };
    let (artifact, stores) = (record.purl.name(), surroundings.stores);
    let chain = chain(surroundings, group, artifact, version);
    if let Some(folder) = chain.as_ref().ok().and_then(|chain| fold(chain)) {
        copies.folders.push(folder);
        return copies;
    }
    // A `pom.xml` that says nothing is no complete look: the jar may say more.
    match published_file(stores, group, artifact, version, "jar") {
        Some((bytes, at)) => match chain {
            Ok(_) => jar::open(&bytes, &at, &mut copies),
            Err(missing) => {
                // Whatever the jar says counts; that it says nothing means nothing while a parent is not at hand.
                jar::open(&bytes, &at, &mut copies);
                copies.folders.retain(says_something);
                copies.tried.push(missing);
            }
        },
        None => copies.tried.extend(["~/.m2/repository", "~/.gradle/caches"].map(str::to_owned)),
    }
    copies
}

/// Returns the files of an artifact and its parents up to the first that names a license, or the parent that is not there.
fn chain(
    surroundings: &Surroundings,
    group: &str,
    artifact: &str,
    version: &str,
) -> Result<Vec<(Vec<u8>, Location)>, String> {
    const MAX_PARENTS: usize = 32;
    let mut chain = Vec::new();
    let mut next = Some((group.to_owned(), artifact.to_owned(), version.to_owned()));
    while let Some((group, artifact, version)) = next.take().filter(|_| chain.len() < MAX_PARENTS) {
        let name = format!("{group}:{artifact}:{version}");
        let (bytes, at) = published_file(surroundings.stores, &group, &artifact, &version, "pom").ok_or(name)?;
        let pom = Pom::read(&crate::syntax::text::decode(&bytes).text, &at).unwrap_or_default();
        chain.push((bytes, at));
        if !pom.licenses.is_empty() {
            break;
        }
        next = pom.parent.and_then(|parent| Some((parent.group, parent.artifact, parent.version?)));
    }
    Ok(chain)
}

/// Puts each parent around its child; nothing if none of them names a license.
fn fold(chain: &[(Vec<u8>, Location)]) -> Option<Folder> {
    let folder = chain.iter().rev().fold(None::<Folder>, |outer, (bytes, at)| {
        let dir = at.path.parent().unwrap_or_default();
        let files = [(at.path.file_name()?.to_owned(), bytes.clone())].into();
        let folder = Folder::in_memory(files, at.store, dir);
        Some(match outer {
            Some(outer) => folder.inside(outer),
            None => folder,
        })
    })?;
    says_something(&folder).then_some(folder)
}

fn says_something(folder: &Folder) -> bool {
    let inspection = inspect(folder);
    !inspection.claims.is_empty() || !inspection.license_files.is_empty()
}

/// Reads the `pom.xml` in a folder, of its parents the first that names a license, and what a jar says of itself.
pub(super) fn inspect(folder: &Folder) -> Inspection {
    let mut inspection = jar::inspect(folder);
    let mut around = Some(folder);
    while let Some(folder) = around {
        let file = folder.files("").into_iter().find(|name| name.rsplit_once('.').is_some_and(|(_, end)| end == "pom"));
        let file = file.or_else(|| jar::embedded_pom(folder));
        if let Some(file) = file {
            let at = folder.location(&file);
            match folder.read_text(&file, Limits::DEFAULT.manifest).map_err(|error| error.diagnostic(at.clone())) {
                Ok(text) => match Pom::read(&text, &at) {
                    Ok(pom) => {
                        if inspection.credits == crate::ecosystem::Credits::default() {
                            inspection.credits = pom.credits.clone();
                        }
                        let model = super::model::Model {
                            licenses: pom.licenses,
                            licenses_at: Some(at),
                            ..super::model::Model::default()
                        };
                        inspection.claims.extend(claims(&model));
                    }
                    Err(diagnostic) => inspection.diagnostics.push(diagnostic),
                },
                Err(diagnostic) => inspection.diagnostics.push(diagnostic),
            }
        }
        if !inspection.claims.is_empty() {
            break;
        }
        around = folder.outer();
    }
    inspection
}
