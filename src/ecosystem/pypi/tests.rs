//! Whole files, most of them written by the real tools and cut down.

use crate::ecosystem::testing::{World, lines, problems};

fn check(fixture: &str, file: &str, expect: &[&str], expect_problems: &[&str]) {
    let parsed = World::fixture(&format!("pypi/{fixture}")).parse("pypi", file);
    let (found, found_problems) = (lines(&parsed), problems(&parsed));
    assert!(found == expect, "found:\n{}", found.join("\n"));
    assert!(found_problems == expect_problems, "found:\n{}", found_problems.join("\n"));
}

const REQUESTS_NEEDS: &str = "certifi runtime, charset-normalizer runtime, idna runtime";

#[test]
fn a_uv_workspace_is_locked_as_one() {
    check(
        "uv-workspace",
        "uv.lock",
        &[
            "coop-shop 1.4.0 own pyproject.toml:2 `LicenseRef-PPL` 4 -> colorama runtime?, coop-ledger runtime, \
             iniconfig dev, numpy runtime, numpy runtime, pluggy dev, requests runtime",
            "certifi 2026.10.18 uv.lock:16",
            "charset-normalizer 3.5.2 uv.lock:25",
            "colorama 0.4.6 uv.lock:34",
            "coop-ledger 0.2.0 own libs/ledger/pyproject.toml:2 `Peer Production License` 4 -> six runtime",
            "idna 3.20 uv.lock:96",
            "iniconfig 2.3.1 uv.lock:105",
            "numpy 2.1.3 uv.lock:114",
            "numpy 2.5.5 uv.lock:126",
            "pluggy 1.7.0 uv.lock:138",
            "pysocks 1.7.1 uv.lock:147",
            &format!("requests 2.34.2 uv.lock:156 -> {REQUESTS_NEEDS}, pysocks runtime, urllib3 runtime"),
            "six 1.17.0 uv.lock:176",
            "urllib3 2.8.0 uv.lock:185",
        ],
        &[],
    );
}

#[test]
fn poetry_2_names_groups() {
    check(
        "poetry-groups",
        "poetry.lock",
        &[
            "coop-shop 1.4.0 own pyproject.toml:2 `PPL` 6 -> colorama runtime?, coop-ledger runtime, iniconfig dev, \
             requests runtime",
            "certifi 2026.10.18 runtime poetry.lock:4",
            "charset-normalizer 3.5.2 runtime poetry.lock:15",
            "colorama 0.4.6 runtime optional poetry.lock:26",
            "coop-ledger 0.2.0 own libs/ledger/pyproject.toml:2 `Peer Production License` 6 -> six runtime",
            "idna 3.20 runtime poetry.lock:60",
            "iniconfig 2.3.1 dev poetry.lock:74",
            "pysocks 1.7.1 runtime poetry.lock:85",
            &format!("requests 2.34.2 runtime poetry.lock:96 -> {REQUESTS_NEEDS}, pysocks runtime?, urllib3 runtime"),
            "six 1.17.0 runtime poetry.lock:118",
            "urllib3 2.8.0 runtime poetry.lock:129",
        ],
        &[],
    );
}

#[test]
fn poetry_1_5_leaves_scopes_to_the_edges() {
    let parsed = World::fixture("pypi/poetry-1.5-without-groups").parse("pypi", "poetry.lock");
    assert_eq!(problems(&parsed), [] as [String; 0]);
    assert_eq!(parsed.records.len(), 11);
    assert!(parsed.records.iter().all(|record| record.scope.is_none()));
}

#[test]
fn pdm_repeats_packages_for_their_extras() {
    check(
        "pdm-extras",
        "pdm.lock",
        &[
            "coop-shop 1.4.0 own pyproject.toml:2 `LICENSE.txt` 4 -> colorama runtime?, iniconfig dev, requests runtime",
            "certifi 2026.10.18 runtime pdm.lock:14",
            "charset-normalizer 3.5.2 runtime pdm.lock:24",
            "colorama 0.4.6 pdm.lock:34",
            "idna 3.20 runtime pdm.lock:44",
            "iniconfig 2.3.1 pdm.lock:54",
            "pysocks 1.7.1 runtime pdm.lock:64",
            &format!("requests 2.34.2 runtime pdm.lock:74 -> {REQUESTS_NEEDS}, pysocks runtime, urllib3 runtime"),
            "urllib3 2.8.0 runtime pdm.lock:105",
        ],
        &[],
    );
}

#[test]
fn pipenv_has_categories_and_no_edges() {
    check(
        "pipenv-categories",
        "Pipfile.lock",
        &[
            "project - own Pipfile -> six runtime, requests runtime, iniconfig dev, alabaster dev",
            "six 1.17.0 Pipfile.lock:17",
            "certifi 2026.10.18 runtime Pipfile.lock:27",
            "charset-normalizer 3.5.2 runtime Pipfile.lock:34",
            "idna 3.20 runtime Pipfile.lock:41",
            "pysocks 1.7.1 runtime Pipfile.lock:48",
            "requests 2.34.2 runtime Pipfile.lock:55",
            "urllib3 2.8.0 runtime Pipfile.lock:65",
            "iniconfig 2.3.1 dev Pipfile.lock:74",
            "alabaster 1.0.0 dev Pipfile.lock:84",
        ],
        &[],
    );
}

#[test]
fn pylock_lists_folders_and_archives() {
    let parsed = World::fixture("pypi/pylock").parse("pypi", "pylock.toml");
    assert_eq!(problems(&parsed), [] as [String; 0]);
    let found = lines(&parsed);
    assert_eq!(found.len(), 14);
    assert!(found.contains(&"coop-ledger - own pylock.toml:31".to_owned()), "{found:#?}");
    assert!(found.contains(&"numpy 2.5.5 runtime pylock.toml:63".to_owned()));
    assert!(parsed.records.iter().filter(|record| !record.own).all(|record| record.checksums.len() == 2));
}

#[test]
fn a_compiled_requirements_file_is_complete_and_has_edges() {
    check(
        "requirements-compiled",
        "requirements.txt",
        &[
            "certifi 2026.10.18 runtime requirements.txt:6",
            "charset-normalizer 3.5.2 runtime requirements.txt:9",
            "idna 3.20 runtime requirements.txt:12",
            "numpy 2.1.3 direct runtime requirements.txt:15",
            "numpy 2.5.5 direct runtime requirements.txt:18",
            "pysocks 1.7.1 runtime requirements.txt:21",
            &format!(
                "requests 2.34.2 direct runtime requirements.txt:24 -> {REQUESTS_NEEDS}, pysocks runtime, urllib3 runtime"
            ),
            "six 1.17.0 direct runtime requirements.txt:27",
            "urllib3 2.8.0 runtime requirements.txt:30",
        ],
        &[],
    );
}

#[test]
fn requirements_written_by_hand_are_incomplete_and_do_not_leave_the_tree() {
    let text = b"-r ../../etc/passwd\n-r base.txt\n--requirement=gone.txt\n-c constraints.txt\n-e .\n\nflask ; \
                 os_name == 'nt'  # web\nrequests==2.31 \\\n  --hash=sha256:00ff\ngit+https://t@host.example/a/x.git@v1#egg=x\n\
                 ./wheels/y-1.0-py3-none-any.whl\n../z\nwhat is this\n-r https://host.example/r.txt\n";
    let world = World::of(&[
        ("requirements-dev.txt", text),
        ("base.txt", b"six\n-r requirements-dev.txt\n"),
        ("constraints.txt", b"never==1\nFlask==3.0.1  # via x\nsix>=1\n"),
    ]);
    let parsed = world.parse("pypi", "requirements-dev.txt");
    assert_eq!(
        lines(&parsed),
        [
            "six - direct dev base.txt:1",
            "flask 3.0.1 direct dev optional requirements-dev.txt:7",
            "requests 2.31 direct dev requirements-dev.txt:8",
            "x - direct dev requirements-dev.txt:10",
            "y 1.0 direct dev requirements-dev.txt:11",
            "z - direct dev requirements-dev.txt:12",
        ]
    );
    assert_eq!(
        problems(&parsed),
        [
            "path-escape requirements-dev.txt:1 `../../etc/passwd`: the path leads outside the scanned tree",
            "unreadable-file requirements-dev.txt:3 `gone.txt` is not there",
            "invalid-entry requirements-dev.txt:13 expected a requirement such as `name==1.0`, an option, a path or an \
             address",
            "unreadable-file requirements-dev.txt:14 requirements at an address are not fetched",
            "no-lockfile base.txt:1 `requirements-dev.txt` does not pin what its entries need themselves",
        ]
    );
}

#[test]
fn constraints_that_cannot_be_read_are_named() {
    let text = b"-c ../pins.txt\n-c gone.txt  # later\n--constraint=https://host.example/c.txt\nsix\n-c pins.txt\n";
    let world = World::of(&[("requirements.txt", text), ("pins.txt", b"six==1.16.0\n")]);
    let parsed = world.parse("pypi", "requirements.txt");
    assert_eq!(lines(&parsed), ["six 1.16.0 direct runtime requirements.txt:4"]);
    assert_eq!(
        problems(&parsed)[..3],
        [
            "path-escape requirements.txt:1 `../pins.txt`: the path leads outside the scanned tree",
            "unreadable-file requirements.txt:2 `gone.txt` is not there",
            "unreadable-file requirements.txt:3 requirements at an address are not fetched",
        ]
    );
}

#[test]
fn a_lockfile_that_lacks_what_the_project_asks_for_is_stale() {
    let project: &[u8] = b"[project]\nname = \"shop\"\ndependencies = [\"flask\", \"six; python_version < '3'\"]\n";
    let lock: &[u8] = b"version = 1\n[[package]]\nname = \"shop\"\nsource = { virtual = \".\" }\n";
    let world = World::of(&[("pyproject.toml", project), ("uv.lock", lock)]);
    let parsed = world.parse("pypi", "uv.lock");
    assert_eq!(lines(&parsed), ["shop - own pyproject.toml:2 -> flask runtime", "flask - pyproject.toml:3"]);
    assert_eq!(problems(&parsed), ["stale-lockfile pyproject.toml:3 `flask` not in `uv.lock`"]);
    // Beside a fuller lockfile the stale one is reported, and the fuller one lists the package.
    let fuller: &[u8] = b"[[package]]\nname = \"flask\"\nversion = \"3.0\"\n[metadata]\nlock-version = \"2.0\"\n";
    let world = World::of(&[("pyproject.toml", project), ("uv.lock", lock), ("poetry.lock", fuller)]);
    assert_eq!(lines(&world.parse("pypi", "uv.lock")), ["shop - own pyproject.toml:2"]);
    assert_eq!(problems(&world.parse("pypi", "uv.lock")).len(), 1);
    assert_eq!(problems(&world.parse("pypi", "poetry.lock")), [] as [String; 0]);
}

#[test]
fn broken_entries_cost_themselves() {
    let lock: &[u8] = b"[[package]]\nname = \"a\"\nversion = \"1\"\n[[package]]\nname = \"../../etc\"\nversion = \
                        \"1\"\n[[package]]\nversion = \"1\"\n<<<<<<< HEAD\n[[package]]\nname = \"b\"\nversion = \
                        \"2\"\n[metadata]\nlock-version = \"7.0\"\n";
    let parsed = World::of(&[("poetry.lock", lock)]).parse("pypi", "poetry.lock");
    assert_eq!(lines(&parsed), ["a 1 poetry.lock:3", "b 2 poetry.lock:11"].map(|line| line.replace(":3", ":2")));
    let codes: Vec<_> =
        parsed.diagnostics.iter().map(|found| (found.code.id(), found.at.as_ref().unwrap().line)).collect();
    assert_eq!(codes, [("invalid-syntax", Some(9)), ("invalid-entry", Some(5)), ("invalid-entry", Some(7))]);
    let unknown = World::of(&[("poetry.lock", b"[metadata]\nlock-version = \"7.0\"\n")]).parse("pypi", "poetry.lock");
    assert_eq!(
        problems(&unknown),
        ["unknown-lockfile-version poetry.lock expected `lock-version` 1 or 2, found `7.0`"]
    );
}

#[test]
fn local_sources_are_own_inside_vendored_below_and_listed_outside() {
    let lock: &[u8] = b"[[package]]\nname = \"a\"\nversion = \"1\"\n[package.source]\ntype = \"directory\"\nurl = \
                        \"third_party/a\"\n[[package]]\nname = \"b\"\nversion = \"1\"\n[package.source]\ntype = \
                        \"directory\"\nurl = \"../../b\"\n[[package]]\nname = \"c\"\nversion = \"1\"\n[package.source]\n\
                        type = \"git\"\nurl = \"https://user:secret@host.example/c.git\"\nresolved_reference = \
                        \"abc\"\n[metadata]\nlock-version = \"2.0\"\n";
    let parsed = World::of(&[("poetry.lock", lock)]).parse("pypi", "poetry.lock");
    assert_eq!(lines(&parsed), ["a 1 vendored poetry.lock:2", "b 1 poetry.lock:8", "c 1 poetry.lock:14"]);
    assert!(!format!("{parsed:?}").contains("secret"));
    assert_eq!(problems(&parsed), [] as [String; 0]);
}
