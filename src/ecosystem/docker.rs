//! Base images: `FROM` in Dockerfiles, `image` in Compose files. They are listed and not judged.
//!
//! <https://docs.docker.com/reference/dockerfile/#from>. What is inside an image is not looked at.
//! Left out on purpose: values of `ARG` that only the command line gives.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::{Location, Purl};
use crate::model::{PackageRecord, Scope, Trait};

use super::records::Records;
use super::{Copies, Ecosystem, FileKind, Input, Inspection, Knows, Parsed, Pattern, Role, Surroundings};
use crate::scan::Folder;

const ECOSYSTEM: &str = "docker";

pub(super) static DOCKER: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "Base images",
    files: &[
        FileKind {
            pattern: Pattern::Rule("Dockerfile, Containerfile", is_dockerfile),
            role: Role::Manifest,
            knows: &[Knows::Versions],
            parse: parse_dockerfile,
        },
        FileKind {
            pattern: Pattern::Rule("compose.yaml, docker-compose.yml", is_compose),
            role: Role::Manifest,
            knows: &[Knows::Versions],
            parse: parse_compose,
        },
    ],
    copies,
    inspect,
    fetch_command: "",
};

/// `Dockerfile`, `Dockerfile.web`, `web.Dockerfile`, and the same with `Containerfile`.
fn is_dockerfile(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_other = ["dockerignore", "md"].contains(&lower.rsplit('.').next().unwrap_or_default());
    let has =
        |word: &str| lower == word || lower.starts_with(&format!("{word}.")) || lower.ends_with(&format!(".{word}"));
    !is_other && (has("dockerfile") || has("containerfile"))
}

/// `compose.yaml`, `docker-compose.yml`, `docker-compose.override.yml`.
fn is_compose(name: &str) -> bool {
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"));
    stem.is_some_and(|stem| {
        let stem = stem.strip_prefix("docker-").unwrap_or(stem);
        stem == "compose" || stem.starts_with("compose.")
    })
}

fn copies(_: &PackageRecord, _: &Surroundings) -> Copies {
    Copies::default()
}

fn inspect(_: &Folder) -> Inspection {
    Inspection::default()
}

fn parse_dockerfile(input: &Input) -> Parsed {
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut records = Records::default();
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    let mut stages = BTreeSet::new();
    for (index, line) in text.lines().enumerate() {
        let mut words = line.split_whitespace();
        match words.next().map(str::to_ascii_uppercase).as_deref() {
            Some("ARG") => {
                if let Some((name, value)) = words.next().and_then(|word| word.split_once('=')) {
                    values.insert(name.to_owned(), value.trim_matches(['"', '\'']).to_owned());
                }
            }
            Some("FROM") => {
                let mut words = words.skip_while(|word| word.starts_with("--"));
                let image = words.next().and_then(|image| fill(image, &values));
                // A later stage may build on an earlier one by its name.
                if let Some(image) =
                    image.filter(|image| !stages.contains(&image.to_ascii_lowercase()) && image != "scratch")
                {
                    records.add(record(&image, input.at(line_number(index))));
                }
                if words.next().is_some_and(|word| word.eq_ignore_ascii_case("as")) {
                    stages.extend(words.next().map(str::to_ascii_lowercase));
                }
            }
            _ => {}
        }
    }
    Parsed { records: valid(records), ..Parsed::default() }
}

fn parse_compose(input: &Input) -> Parsed {
    let text = match input.text(Role::Manifest) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let mut records = Records::default();
    for (index, line) in text.lines().enumerate() {
        let Some(value) = line.trim_start().strip_prefix("image:") else { continue };
        let value = value.split(" #").next().unwrap_or_default().trim().trim_matches(['"', '\'']);
        if let Some(image) = fill(value, &BTreeMap::new()) {
            records.add(record(&image, input.at(line_number(index))));
        }
    }
    Parsed { records: valid(records), ..Parsed::default() }
}

fn line_number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1)
}

/// Puts values in the place of `$NAME`, `${NAME}` and `${NAME:-default}`; one that is not known leaves none.
fn fill(text: &str, values: &BTreeMap<String, String>) -> Option<String> {
    let Some((before, rest)) = text.split_once('$') else { return Some(text.to_owned()) };
    let (name, default, after) = if let Some(rest) = rest.strip_prefix('{') {
        let (inner, after) = rest.split_once('}')?;
        let (name, default) = inner.split_once(":-").map_or((inner, None), |(name, default)| (name, Some(default)));
        (name, default, after)
    } else {
        let end = rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(end)?;
        (name, None, after)
    };
    let value = values.get(name).map(String::as_str).or(default)?;
    // A value may not lead to further values without end.
    (!value.contains('$') && !after.contains('$')).then(|| format!("{before}{value}{after}"))
}

/// Reads `[host[:port]/]path[:tag][@digest]`.
fn record(image: &str, at: Location) -> PackageRecord {
    let (name, digest) = image.split_once('@').map_or((image, None), |(name, digest)| (name, Some(digest)));
    let (name, tag) = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (name, None),
    };
    let (host, path) = match name.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (Some(host), path),
        _ => (None, name),
    };
    let purl = Purl::new(ECOSYSTEM, path, tag.or(digest));
    let purl = purl.with_qualifier("repository_url", host.unwrap_or_default());
    let mut record = PackageRecord { direct: true, scope: Some(Scope::Build), ..PackageRecord::new(purl, at) };
    record.traits.insert(Trait::Infrastructure);
    record
}

/// Leaves out what has no name.
fn valid(records: Records) -> Vec<PackageRecord> {
    let valid = |char: char| char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_');
    let named = |record: &PackageRecord| !record.purl.name().is_empty() && record.purl.name().chars().all(valid);
    records.finish().into_iter().filter(named).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{World, lines};
    use super::*;

    #[test]
    fn stages_and_values() {
        let parsed = World::fixture("docker/stages").parse("docker", "Dockerfile");
        assert_eq!(
            lines(&parsed),
            [
                "library/rust 1.95-slim direct build infrastructure Dockerfile:3",
                "node 22 direct build infrastructure Dockerfile:7",
                "coop/base sha256:0000000000000000000000000000000000000000000000000000000000000000 direct build \
                 infrastructure Dockerfile:9",
            ]
        );
        assert_eq!(
            parsed.records[2].purl.qualifiers().get("repository_url").map(String::as_str),
            Some("registry.example:5000")
        );
    }

    #[test]
    fn services() {
        let parsed = World::fixture("docker/stages").parse("docker", "compose.yaml");
        assert_eq!(
            lines(&parsed),
            [
                "postgres 17 direct build infrastructure compose.yaml:3",
                "redis 7 direct build infrastructure compose.yaml:7"
            ]
        );
    }

    #[test]
    fn names_alone_decide() {
        for (name, expect) in [
            ("Dockerfile", true),
            ("dockerfile.web", true),
            ("web.Containerfile", true),
            ("Dockerfile.dockerignore", false),
            ("Dockerfile.md", false),
            ("MyDockerfile", false),
        ] {
            assert_eq!(is_dockerfile(name), expect, "{name}");
        }
        for (name, expect) in [
            ("docker-compose.yml", true),
            ("compose.override.yaml", true),
            ("composer.yml", false),
            ("compose.json", false),
        ] {
            assert_eq!(is_compose(name), expect, "{name}");
        }
    }

    #[test]
    fn what_has_no_value_is_left_out() {
        let text: &[u8] = b"FROM $NOTHING\nFROM ${A:-alpine:3}\nFROM\nARG X=$X\nFROM $X\nFROM a$b$c\nFROM \x1b[31m\n";
        let parsed = World::of(&[("Dockerfile", text)]).parse("docker", "Dockerfile");
        assert_eq!(lines(&parsed), ["alpine 3 direct build infrastructure Dockerfile:2"]);
    }
}
