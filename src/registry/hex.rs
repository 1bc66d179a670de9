//! Hex: one request to the repository gives the archive that `mix.lock` pins, with its metadata and its texts.
//!
//! <https://github.com/hexpm/specifications/blob/main/package_tarball.md>. The interface of the website is not used: the
//! licenses it names are those of the newest version.

use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;

use super::address::segment;
use super::http::{Session, Size};
use super::{Answer, Asked, LookupError, Registry, sha256};
use crate::base::Purl;
use crate::ecosystem::Inspection;
use crate::ecosystem::packed::{Packing, unpack};
use crate::model::{Claim, ClaimKind, FieldFormat, Join};
use crate::scan::{ArchiveKind, Folder, Limits, read_archive};

pub(super) static HEX: Registry = Registry {
    ty: "hex",
    name: "Hex",
    first,
    look_up,
    open: None,
    inspect: Some(inspect),
    needs: None,
    pause: Duration::from_millis(10),
};

const METADATA: &str = "metadata.config";
const CONTENTS: &str = "contents.tar.gz";

const PACKING: Packing =
    Packing { kind: ArchiveKind::TarGz, strip: false, is_manifest: |_| false, inspect: |_| Inspection::default() };

/// The metadata is a list of Erlang terms: `{<<"licenses">>,[<<"MIT">>]}.`
static LICENSES: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?s)\{\s*<<"licenses">>\s*,\s*\[(.*?)\]\s*\}"#).expect("tested below"));
static TEXT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"<<"([^"]*)"(?:/utf8)?>>"#).expect("tested below"));

fn first(purl: &Purl) -> Option<String> {
    // Packages of organizations are private.
    let public = purl.namespace().is_none();
    let file = segment(&format!("{}-{}", purl.name(), purl.version()?))?;
    public.then(|| format!("/tarballs/{file}.tar"))
}

fn look_up(asked: &Asked, session: &Session) -> Result<Answer, LookupError> {
    let bytes = session.first(asked, Size::Archive)?;
    let mut outer = read_archive(ArchiveKind::Tar, &bytes, false, &|file| matches!(file, METADATA | CONTENTS))?;
    let (Some(metadata), Some(contents)) = (outer.remove(METADATA), outer.remove(CONTENTS)) else {
        return Err(LookupError::Garbled("it is not a package of Hex".to_owned()));
    };
    let mut files = unpack(&contents, &PACKING)?;
    files.insert(METADATA.to_owned(), metadata);
    Ok(Answer { files, whole: true, checksums: vec![sha256(&bytes)] })
}

fn inspect(folder: &Folder) -> Inspection {
    let Ok(text) = folder.read_text(METADATA, Limits::DEFAULT.manifest) else { return Inspection::default() };
    let list = LICENSES.captures(&text).and_then(|found| found.get(1));
    let values: Vec<String> = list
        .into_iter()
        .flat_map(|list| TEXT.captures_iter(list.as_str()))
        .filter_map(|value| Some(value.get(1)?.as_str().to_owned()))
        .filter(|value| !value.trim().is_empty())
        .collect();
    let before = list.map_or("", |list| text.get(..list.start()).unwrap_or_default());
    let line = u32::try_from(before.matches('\n').count()).unwrap_or(u32::MAX).saturating_add(1);
    let at = folder.location(METADATA).at_line(line);
    let claim = Claim::fields(ClaimKind::Declared, FieldFormat::Spdx, Join::Unknown, values.clone(), at);
    Inspection { claims: Some(claim).filter(|_| !values.is_empty()).into_iter().collect(), ..Inspection::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::RelPath;
    use crate::ecosystem::packed::Files;

    #[test]
    fn licenses_stand_in_a_list_of_terms() {
        for (text, expect) in [
            ("{<<\"app\">>,<<\"leaf\">>}.\n{<<\"licenses\">>,[<<\"MIT\">>]}.\n", Some(("MIT", 2))),
            ("{<<\"licenses\">>,\n [<<\"MIT\">>,\n  <<\"Apache-2.0\"/utf8>>]}.\n", Some(("MIT | Apache-2.0", 2))),
            ("{<<\"licenses\">>,[]}.\n{<<\"name\">>,<<\"leaf\">>}.\n", None),
            ("", None),
        ] {
            let files = Files::from([(METADATA.to_owned(), text.as_bytes().to_vec())]);
            let found = inspect(&Folder::in_memory(files, None, RelPath::root()));
            let claim = found.claims.first().map(|claim| (claim.raw.as_str(), claim.at.line.unwrap()));
            assert_eq!(claim, expect, "{text}");
        }
    }
}
