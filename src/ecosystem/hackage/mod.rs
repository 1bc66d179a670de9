//! Haskell: Cabal's plan and freeze file, Stack's lockfile, `*.cabal`, and what the compiler has installed.
//!
//! <https://cabal.readthedocs.io/en/stable/cabal-package-description-file.html>,
//! <https://docs.haskellstack.org/en/stable/topics/lock_files/>.
//! Left out on purpose: snapshots of Stack, which no file of a project holds, and `package.yaml`, from which hpack
//! writes the `*.cabal` file that is read.

mod cabal;
mod copies;
mod freeze;
mod plan;
mod stack;

use super::{Ecosystem, FileKind, Knows, Pattern, Role};

const ECOSYSTEM: &str = "hackage";
const FETCH: &str = "cabal build --only-dependencies all";

pub(super) static HACKAGE: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "Haskell (Cabal, Stack)",
    files: &[
        FileKind {
            pattern: Pattern::Path("dist-newstyle/cache/plan.json"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes],
            parse: plan::parse,
        },
        FileKind {
            pattern: Pattern::Name("cabal.project.freeze"),
            role: Role::Lockfile,
            knows: &[Knows::Versions],
            parse: freeze::parse,
        },
        FileKind {
            pattern: Pattern::Name("stack.yaml.lock"),
            role: Role::Lockfile,
            knows: &[Knows::Versions],
            parse: stack::parse_lock,
        },
        FileKind {
            pattern: Pattern::Suffix(".cabal"),
            role: Role::Manifest,
            knows: &[Knows::Scopes, Knows::Licenses],
            parse: cabal::parse,
        },
        FileKind {
            pattern: Pattern::Name("stack.yaml"),
            role: Role::Manifest,
            knows: &[Knows::Versions],
            parse: stack::parse_manifest,
        },
    ],
    copies: copies::find,
    inspect: copies::inspect,
    fetch_command: FETCH,
};

/// Splits `text-2.0.2` into name and version: the last part that is a number.
fn name_version(text: &str) -> Option<(&str, &str)> {
    let (name, version) = text.rsplit_once('-')?;
    let is_version = !version.is_empty() && version.chars().all(|char| char.is_ascii_digit() || char == '.');
    (is_version && super::wanted::is_plain(name)).then_some((name, version))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{World, lines, problems};
    use super::*;
    use crate::base::Code;
    use crate::model::Origin;
    use crate::scan::StoreKind;

    /// The plan is what cabal-install 3.4 wrote for this project, with a package of a registry put beside it.
    #[test]
    fn a_plan_knows_who_needs_whom_and_what_for() {
        let world = World::fixture("hackage/plan").with_store(
            StoreKind::Haskell,
            &[
                ("base-4.15.1.0.conf", b"name: base\nversion: 4.15.1.0\nlicense: BSD-3-Clause\n"),
                ("rts.conf", b"name: rts\nversion: 1.0.2\nlicense: BSD-3-Clause\n"),
            ],
        );
        let parsed = world.parse("hackage", "dist-newstyle/cache/plan.json");
        assert_eq!(
            lines(&parsed),
            [
                "base 4.15.1.0 dist-newstyle/cache/plan.json:10 -> rts runtime",
                "clock 0.8.4 dist-newstyle/cache/plan.json:11 -> base build, base runtime, happy build",
                "happy 1.20 dist-newstyle/cache/plan.json:12 -> base runtime",
                "rts 1.0.2 dist-newstyle/cache/plan.json:13",
                "shop 1.4.0.0 own shop.cabal:2 `Apache-2.0 OR MIT` 5 -> base test, base runtime, clock runtime, directory test, ledger runtime",
                "directory 1.3.6.2 dist-newstyle/cache/plan.json:16 -> base runtime",
                "ledger 2.0 dist-newstyle/cache/plan.json:17 -> base runtime",
            ]
        );
        assert_eq!(problems(&parsed), [] as [String; 0]);
        assert_eq!(parsed.records[1].checksums[0].hex, "ab".repeat(32));
        assert_eq!(
            parsed.records[6].origin,
            Origin::Repository {
                url: "https://git.example.org/ledger".to_owned(),
                revision: Some("9d36a1".to_owned())
            }
        );
        assert_eq!(
            world.copies("hackage", &parsed.records[0]).0,
            ["haskell:base-4.15.1.0: `BSD-3-Clause` haskell:base-4.15.1.0/base-4.15.1.0.conf:3; base 4.15.1.0"]
        );
        assert_eq!(
            world.copies("hackage", &parsed.records[3]).0,
            ["haskell:rts-1.0.2: `BSD-3-Clause` haskell:rts-1.0.2/rts.conf:3; rts 1.0.2"]
        );
        assert_eq!(world.copies("hackage", &parsed.records[1]).0, [] as [String; 0]);
    }

    #[test]
    fn a_freeze_file_pins_names_alone() {
        let freeze: &[u8] = b"active-repositories: hackage.example.org:merge\nconstraints: any.base ==4.15.1.0,\n             shop -fast,\n             any.text ==1.2.5.0,\n             text -developer\nindex-state: HEAD\n";
        let cabal: &[u8] =
            b"cabal-version: 2.4\nname: shop\nversion: 1\nlibrary\n  build-depends: base, text >=1 && <3, gone\n";
        let world = World::of(&[
            ("cabal.project.freeze", freeze),
            ("shop/shop.cabal", cabal),
            ("bad/cabal.project.freeze", b"constraints: any.x ==../1\n"),
            ("near/cabal.project.freeze", b"index-state: HEAD\n"),
        ]);
        let parsed = world.parse("hackage", "cabal.project.freeze");
        assert_eq!(
            lines(&parsed),
            [
                "base 4.15.1.0 cabal.project.freeze:2",
                "text 1.2.5.0 cabal.project.freeze:4",
                "shop 1 own shop/shop.cabal:2 -> base runtime, text runtime, gone runtime",
                "gone - shop/shop.cabal:5"
            ]
        );
        assert_eq!(problems(&parsed), ["stale-lockfile shop/shop.cabal:5 `gone` not in `cabal.project.freeze`"]);
        assert_eq!(
            problems(&world.parse("hackage", "bad/cabal.project.freeze")),
            ["invalid-entry bad/cabal.project.freeze:1 expected `NAME ==VERSION`"]
        );
        // A freeze file that pins the state of the index alone pins no package.
        let parsed = world.parse("hackage", "near/cabal.project.freeze");
        assert_eq!((parsed.records.len(), parsed.diagnostics[0].code), (0, Code::NoLockfile));
    }

    #[test]
    fn stack_pins_what_is_not_in_its_snapshot() {
        let world = World::fixture("hackage/stack");
        let parsed = world.parse("hackage", "stack.yaml.lock");
        assert_eq!(
            lines(&parsed),
            [
                "clock 0.8.4 stack.yaml.lock:8",
                "ledger 2.0 stack.yaml.lock:15",
                "shop 1.4.0.0 own shop.cabal:2 `BSD3` 4 -> clock runtime, ledger runtime, base test, base runtime, happy build, tasty test",
                "base - shop.cabal:9",
                "happy - shop.cabal:12",
                "tasty - shop.cabal:15"
            ]
        );
        assert_eq!(
            problems(&parsed),
            [
                "no-lockfile stack.yaml.lock:24 the snapshot holds the versions of all other packages, and it is not here"
            ]
        );
        assert!(parsed.covers.iter().any(|path| path.as_str() == "stack.yaml"));
    }

    #[test]
    fn broken_files_and_names() {
        assert_eq!(name_version("text-icu-0.8"), Some(("text-icu", "0.8")));
        assert_eq!(name_version("text-icu"), None);
        let world = World::of(&[
            (
                "dist-newstyle/cache/plan.json",
                b"{\"install-plan\": [3, {\"pkg-name\": \"../x\", \"pkg-version\": \"1\"}]}",
            ),
            ("x.cabal", b"name: ../x\n"),
            ("stack.yaml.lock", b"packages:\n- completed:\n    hackage: what\n"),
            ("stack.yaml", b"extra-deps:\n- a-1.0@sha256:00,3\n- ./local\n"),
        ]);
        assert_eq!(world.parse("hackage", "dist-newstyle/cache/plan.json").diagnostics.len(), 2);
        assert_eq!(lines(&world.parse("hackage", "x.cabal")), ["x - own x.cabal"]);
        assert_eq!(world.parse("hackage", "stack.yaml.lock").diagnostics[0].code, Code::InvalidEntry);
        let parsed = world.parse("hackage", "stack.yaml");
        assert_eq!(lines(&parsed), ["project - own stack.yaml -> a runtime", "a 1.0 stack.yaml:2"]);
        assert_eq!(problems(&parsed), ["no-lockfile stack.yaml:2 nothing pins what this project needs"]);
    }
}
