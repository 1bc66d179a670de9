//! Conda: `conda-lock.yml`, `pixi.lock`, `pixi.toml`, `environment.yml`, and the records of installed packages.
//!
//! <https://conda.github.io/conda-lock/>, <https://pixi.sh/latest/workspace/lockfile/>,
//! <https://docs.conda.io/projects/conda/en/latest/user-guide/tasks/manage-environments.html>.
//! Both lockfiles hold packages of PyPI as well. Left out on purpose: virtual packages (`__glibc`), which are the machine.

mod copies;
mod environment;
mod lock;
mod pixi;

use super::wanted::is_plain;
use super::{Ecosystem, FileKind, Knows, Pattern, Role};

const ECOSYSTEM: &str = "conda";

pub(super) static CONDA: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "Conda (conda-lock, pixi)",
    files: &[
        FileKind {
            pattern: Pattern::Suffix(".conda-lock.yml"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes],
            parse: lock::parse,
        },
        FileKind {
            pattern: Pattern::Name("conda-lock.yml"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Scopes],
            parse: lock::parse,
        },
        FileKind {
            pattern: Pattern::Name("pixi.lock"),
            role: Role::Lockfile,
            knows: &[Knows::Versions, Knows::Edges, Knows::Licenses],
            parse: pixi::parse_lock,
        },
        FileKind {
            pattern: Pattern::Rule("environment.yml, environment.yaml", |name| {
                matches!(name, "environment.yml" | "environment.yaml")
            }),
            role: Role::Manifest,
            knows: &[Knows::Versions],
            parse: environment::parse,
        },
        FileKind {
            pattern: Pattern::Name("pixi.toml"),
            role: Role::Manifest,
            knows: &[Knows::Scopes, Knows::Licenses],
            parse: pixi::parse_manifest,
        },
    ],
    copies: copies::find,
    inspect: copies::inspect,
    fetch_command: "conda-lock install, or pixi install",
};

/// Returns the name of a specification: `numpy=1.26`, `libffi >=3.4,<4`, `conda-forge::numpy`.
fn name_of(spec: &str) -> Option<&str> {
    let spec = spec.rsplit("::").next().unwrap_or(spec).trim();
    let end = spec.find(|char: char| " =<>!~;[(@".contains(char)).unwrap_or(spec.len());
    // What starts with two underlines is a property of the machine.
    spec.get(..end).filter(|name| is_plain(name) && !name.starts_with("__"))
}

/// Returns the version that a specification of Conda pins: one that is given exactly.
fn version_of(spec: &str) -> Option<&str> {
    let rest = spec.get(spec.find('=')?..)?.trim_start_matches('=');
    let version = rest.split('=').next()?.trim();
    (is_plain(version) && !spec.contains(['<', '>', '!', '~', '*', ',', '|'])).then_some(version)
}

/// Reads name and version from the name of an archive: `NAME-VERSION-BUILD.conda`.
fn archive(url: &str) -> Option<(&str, &str)> {
    let file = url.split(['?', '#']).next()?.rsplit('/').next()?;
    let stem = file.strip_suffix(".conda").or_else(|| file.strip_suffix(".tar.bz2"))?;
    let (rest, _) = stem.rsplit_once('-')?;
    rest.rsplit_once('-').filter(|(name, version)| is_plain(name) && is_plain(version))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{World, lines, problems};
    use super::*;
    use crate::base::Code;
    use crate::scan::StoreKind;

    const META: &[u8] = b"{\"name\": \"zl\", \"version\": \"1.3.1\", \"build\": \"h_2\",\n\"license\": \"Zlib\", \"license_family\": \"Other\"}";

    /// After the models of conda-lock 2.5 and files that projects publish.
    #[test]
    fn a_lockfile_of_conda_lock_and_what_is_installed() {
        let world = World::fixture("conda/lock").with_store(
            StoreKind::Conda,
            &[
                ("conda-meta/zl-1.3.1-h_2.json", META),
                (
                    "pkgs/py-3.12.4-h_0/info/index.json",
                    b"{\"name\": \"py\", \"version\": \"3.12.4\", \"license\": \"Python-2.0\"}",
                ),
                ("pkgs/py-3.12.4-h_0/info/licenses/LICENSE.txt", b"x"),
            ],
        );
        let parsed = world.parse("conda", "conda-lock.yml");
        assert_eq!(
            lines(&parsed),
            [
                "zl 1.3.1 runtime conda-lock.yml:11",
                "py 3.12.4 runtime conda-lock.yml:22 -> zl runtime",
                "tester 8.0.0 dev optional conda-lock.yml:45 -> py runtime",
                "ledger 2.1 runtime conda-lock.yml:57",
                "project - own environment.yml -> py runtime, ledger runtime",
            ]
        );
        assert_eq!(problems(&parsed), [] as [String; 0]);
        assert_eq!(parsed.records[0].checksums.len(), 2);
        assert_eq!(parsed.records[3].purl.ty(), "pypi");
        assert_eq!(
            world.copies("conda", &parsed.records[0]).0,
            ["conda:zl-1.3.1: `Zlib` conda:zl-1.3.1/zl-1.3.1-h_2.json:2; zl 1.3.1"]
        );
        assert_eq!(
            world.copies("conda", &parsed.records[1]).0,
            ["conda:py-3.12.4: `Python-2.0` conda:py-3.12.4/info/index.json:1; py 3.12.4"]
        );
    }

    #[test]
    fn what_is_needed_is_the_one_for_the_same_platform() {
        let entry = |name: &str, version: &str, platform: &str, needs: &str| {
            format!(
                "- name: {name}\n  version: '{version}'\n  manager: conda\n  platform: {platform}\n  dependencies: {needs}\n"
            )
        };
        let entries = [
            entry("zl", "1.3", "linux-64", "{}"),
            entry("py", "3.12", "linux-64", "{zl: ''}"),
            entry("zl", "1.2", "osx-64", "{}"),
            entry("py", "3.11", "osx-64", "{zl: '', pip: ''}"),
        ];
        let text = format!("version: 1\npackage:\n{}", entries.concat());
        let parsed = World::of(&[("conda-lock.yml", text.as_bytes())]).parse("conda", "conda-lock.yml");
        let needs = |idx: usize| -> Vec<usize> { parsed.records[idx].needs.iter().map(|need| need.target).collect() };
        assert_eq!((needs(1), needs(3)), (vec![0], vec![2]));
    }

    #[test]
    fn what_pixi_builds_from_folders_is_the_projects_own() {
        let lock: &[u8] = b"version: 7\nenvironments: {}\npackages:\n- conda: .\n  name: shop\n  version: 0.1.0\n  build: h_0\n- conda_source: till[1506b3f9] @ till\n  depends:\n  - py >=3\n- pypi: ./ledger\n  name: ledger\n  version: 0.1.0\n- pypi: ./third_party/copied\n  name: copied\n  version: '1'\n- pypi: ../beside\n  name: beside\n- conda_source: far[1] @ git+https://git.example.org/far?rev=1\n";
        let parsed = World::of(&[("pixi.lock", lock)]).parse("conda", "pixi.lock");
        let origins: Vec<_> = parsed.records.iter().map(|record| (record.purl.name(), record.own)).collect();
        let expect =
            [("shop", true), ("till", true), ("ledger", true), ("copied", false), ("beside", false), ("far", false)];
        assert_eq!(origins[..6], expect);
        assert_eq!(problems(&parsed), [] as [String; 0]);
    }

    #[test]
    fn a_lockfile_of_pixi_in_both_shapes() {
        let world = World::fixture("conda/pixi");
        let parsed = world.parse("conda", "pixi.lock");
        assert_eq!(
            lines(&parsed),
            [
                "zl 1.3.1 pixi.lock:13 `Zlib` 13",
                "py 3.12.4 pixi.lock:17 `Python-2.0` 17 -> zl runtime",
                "ledger 2.1 pixi.lock:24",
                "coop-shop 1.4.0 own pixi.toml:2 `PPL` 4 -> py runtime, ledger runtime",
            ]
        );
        assert_eq!(problems(&parsed), [] as [String; 0]);
        let old: &[u8] = b"version: 5\nenvironments: {}\npackages:\n- kind: conda\n  name: zl\n  version: 1.3.1\n  build: h_2\n  url: https://conda.example.org/linux-64/zl-1.3.1-h_2.conda\n  license: Zlib\n- kind: pypi\n  name: ledger\n  version: '2.1'\n- kind: what\n";
        let parsed = World::of(&[("pixi.lock", old)]).parse("conda", "pixi.lock");
        assert_eq!(
            lines(&parsed),
            [
                "zl 1.3.1 pixi.lock:4 `Zlib` 4",
                "ledger 2.1 pixi.lock:10",
                "project - own pixi.lock -> zl runtime, ledger runtime"
            ]
        );
        assert_eq!(
            problems(&parsed),
            ["invalid-entry pixi.lock:13 expected a package of Conda or PyPI with a version"]
        );
    }

    #[test]
    fn environments_without_a_lockfile() {
        let environment: &[u8] = b"name: shop\nchannels: [conda-forge]\ndependencies:\n  - python=3.12\n  - conda-forge::numpy>=1.26\n  - pip\n  - pip:\n    - ledger==2.1\n    - -r other.txt\n";
        let world = World::of(&[
            ("environment.yml", environment),
            ("k8s/environment.yml", b"name: production\n"),
            ("bad/environment.yml", b"dependencies: [\n"),
            ("conda-lock.yml", b"version: 1\npackage:\n- name: ../x\n  version: '1'\n  manager: conda\n"),
        ]);
        let parsed = world.parse("conda", "environment.yml");
        assert_eq!(
            lines(&parsed),
            [
                "project - own environment.yml -> python runtime, numpy runtime, pip runtime, ledger runtime",
                "python 3.12 environment.yml:4",
                "numpy - environment.yml:5",
                "pip - environment.yml:6",
                "ledger 2.1 environment.yml:8"
            ]
        );
        assert_eq!(parsed.records[4].purl.ty(), "pypi");
        assert_eq!(problems(&parsed), ["no-lockfile environment.yml:4 nothing pins what this project needs"]);
        assert_eq!(world.parse("conda", "k8s/environment.yml").records, []);
        assert_eq!(world.parse("conda", "bad/environment.yml").diagnostics[0].code, Code::InvalidSyntax);
        assert_eq!(world.parse("conda", "conda-lock.yml").diagnostics[0].code, Code::InvalidEntry);
    }

    #[test]
    fn specifications_and_archives() {
        assert_eq!(name_of("conda-forge::numpy >=1"), Some("numpy"));
        assert_eq!(name_of("__glibc >=2.17"), None);
        assert_eq!(version_of("python=3.12=h_0"), Some("3.12"));
        assert_eq!(version_of("python>=3.12"), None);
        assert_eq!(archive("https://conda.example.org/linux-64/my-lib-1.0-h_0.conda"), Some(("my-lib", "1.0")));
        assert_eq!(archive("https://conda.example.org/../x.conda"), None);
    }
}
