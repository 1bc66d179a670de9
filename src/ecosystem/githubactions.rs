//! Actions of CI workflows: `uses` in `.github/workflows`. They are listed and not judged.
//!
//! <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax>.
//! Left out on purpose: actions of the project itself (`./…`) and images (`docker://…`).

use crate::base::Purl;
use crate::model::{PackageRecord, Scope, Trait};
use crate::scan::Folder;

use super::records::Records;
use super::{Copies, Ecosystem, FileKind, Input, Inspection, Knows, Parsed, Pattern, Role, Surroundings};

const ECOSYSTEM: &str = "githubactions";

pub(super) static GITHUB_ACTIONS: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "CI actions",
    files: &[
        FileKind {
            pattern: Pattern::Inside("workflows", ".yml"),
            role: Role::Manifest,
            knows: &[Knows::Versions],
            parse,
        },
        FileKind {
            pattern: Pattern::Inside("workflows", ".yaml"),
            role: Role::Manifest,
            knows: &[Knows::Versions],
            parse,
        },
    ],
    copies,
    inspect,
    fetch_command: "",
};

fn copies(_: &PackageRecord, _: &Surroundings) -> Copies {
    Copies::default()
}

fn inspect(_: &Folder) -> Inspection {
    Inspection::default()
}

fn parse(input: &Input) -> Parsed {
    // Other programs have folders of this name too.
    if input.dir().parent().and_then(|parent| parent.file_name().map(|name| name != ".github")).unwrap_or(true) {
        return Parsed::default();
    }
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut records = Records::default();
    for (index, line) in text.lines().enumerate() {
        let line_number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        let Some(value) = line.trim_start().trim_start_matches("- ").trim_start().strip_prefix("uses:") else {
            continue;
        };
        let value = value.split(" #").next().unwrap_or_default().trim().trim_matches(['"', '\'']);
        let (path, version) = value.split_once('@').map_or((value, None), |(path, version)| (path, Some(version)));
        // Behind owner and repository there may be a path inside of it.
        let mut parts = path.split('/');
        let (Some(owner), Some(name)) = (parts.next(), parts.next()) else { continue };
        let valid = |text: &str| {
            let valid = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_');
            !text.is_empty() && text != "." && text != ".." && text.chars().all(valid)
        };
        if valid(owner) && valid(name) {
            let purl = Purl::with_namespace(ECOSYSTEM, Some(owner), name, version);
            let record = PackageRecord::new(purl, input.at(line_number));
            let mut record = PackageRecord { direct: true, scope: Some(Scope::Build), ..record };
            record.traits.insert(Trait::Infrastructure);
            records.add(record);
        }
    }
    Parsed { records: records.finish(), ..Parsed::default() }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{World, lines};

    #[test]
    fn actions_of_others_are_listed() {
        let world = World::fixture("githubactions/workflow");
        assert_eq!(
            lines(&world.parse("githubactions", ".github/workflows/ci.yml")),
            [
                "actions/checkout v4 direct build infrastructure .github/workflows/ci.yml:5",
                "coop/tools 0123456789abcdef direct build infrastructure .github/workflows/ci.yml:6",
                "coop/shared main direct build infrastructure .github/workflows/ci.yml:11",
            ]
        );
        let other: &[u8] = b"uses: a/b@1\n";
        assert_eq!(
            lines(
                &super::super::testing::World::of(&[("x/workflows/a.yml", other)])
                    .parse("githubactions", "x/workflows/a.yml")
            )
            .len(),
            0
        );
    }
}
