//! What an environment records of each package (`conda-meta`), and the packages that Conda keeps unpacked (`pkgs`).

use std::sync::Arc;

use crate::base::RelPath;
use crate::ecosystem::{Copies, Inspection, Surroundings};
use crate::model::{Claim, ClaimKind, FieldFormat, PackageRecord};
use crate::scan::{Folder, Limits, Root, StoreKind};
use crate::syntax::json::Json;

const RECORDS: &str = "conda-meta";
const JSON: &str = ".json";
const INDEX: &str = "info/index.json";

/// Finds what is installed in the environments of the tree, then what lies in the user's own.
pub(super) fn find(record: &PackageRecord, surroundings: &Surroundings) -> Copies {
    let mut copies = Copies::default();
    let id = format!("{}-{}", record.purl.name(), record.purl.version().unwrap_or_default());
    let root = surroundings.tree.root();
    let environments = record.at.path.parent().unwrap_or_default().join(".pixi/envs");
    for environment in root.list(&environments).iter() {
        let dir = environments.join(&environment.name).join(RECORDS);
        recorded(root, &dir, &id, &dir, &mut copies);
    }
    for store in surroundings.stores.of(StoreKind::Conda) {
        let shown = RelPath::root().join(&id);
        let pkgs = RelPath::root().join("pkgs");
        for entry in store.list_starting(&pkgs, &id).iter().filter(|entry| is_of(&entry.name, &id)) {
            let dir = pkgs.join(&entry.name);
            if store.has_file(&dir.join(INDEX)) {
                copies.folders.push(Folder::on_disk(store, dir, shown.clone()));
            }
        }
        recorded(store, &RelPath::root().join(RECORDS), &id, &shown, &mut copies);
    }
    if copies.folders.is_empty() {
        copies.tried.push("environments and packages of Conda".to_owned());
    }
    copies
}

/// A folder has the records of all packages: the one that is wanted is taken out of it.
fn recorded(root: &Arc<Root>, dir: &RelPath, id: &str, shown: &RelPath, copies: &mut Copies) {
    let listing = root.list_starting(dir, id);
    let of = |name: &str| name.strip_suffix(JSON).is_some_and(|name| is_of(name, id));
    for entry in listing.iter().filter(|entry| of(&entry.name)) {
        if let Ok(bytes) = root.read(&dir.join(&entry.name), Limits::DEFAULT.manifest) {
            let files = [(entry.name.clone(), bytes)].into();
            copies.folders.push(Folder::in_memory(files, root.store(), shown.clone()));
        }
    }
}

/// Returns whether a name is `NAME-VERSION-BUILD`; a build has no hyphen.
fn is_of(name: &str, id: &str) -> bool {
    let build = name.strip_prefix(id).and_then(|rest| rest.strip_prefix('-'));
    build.is_some_and(|build| !build.is_empty() && !build.contains('-'))
}

/// Reads the record of a package; its texts lie in `info/licenses`.
pub(super) fn inspect(folder: &Folder) -> Inspection {
    let mut inspection = Inspection::default();
    let records = folder.files("").into_iter().filter(|file| file.ends_with(JSON));
    let Some((file, text)) = [INDEX.to_owned()]
        .into_iter()
        .chain(records)
        .find_map(|file| Some((file.clone(), folder.read_text(&file, Limits::DEFAULT.manifest).ok()?)))
    else {
        return inspection;
    };
    let at = folder.location(&file);
    let json = Json::new(&text);
    let Ok(root) = json.object(&at) else { return inspection };
    inspection.identity = root.string("name").zip(root.string("version"));
    if let (Some(value), Some(license)) = (root.get("license"), root.string("license"))
        && !license.trim().is_empty()
    {
        let at = at.at_line(json.line(value));
        inspection.claims.push(Claim::field(ClaimKind::Declared, FieldFormat::Free, &license, at));
    }
    let texts = folder.files("info/licenses").into_iter();
    inspection.license_files = texts.map(|text| format!("info/licenses/{text}")).collect();
    inspection
}
