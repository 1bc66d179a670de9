//! Infrastructure: the providers of `.terraform.lock.hcl`. They are listed and not judged.
//!
//! <https://developer.hashicorp.com/terraform/language/files/dependency-lock>.
//! Left out on purpose: modules, whose versions no file pins.

use std::sync::LazyLock;

use regex::Regex;

use crate::base::{Code, Diagnostic, Purl};
use crate::model::{PackageRecord, Scope, Trait};
use crate::scan::Folder;
use crate::syntax::text::Lines;

use super::records::Records;
use super::wanted::is_plain;
use super::{Copies, Ecosystem, FileKind, Input, Inspection, Knows, Parsed, Pattern, Role, Surroundings};

const ECOSYSTEM: &str = "terraform";

static PROVIDER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?m)^provider[ \t]+"([^"\n]+)"[ \t]*\{([^}]*)\}"#).expect("it is valid"));
static VERSION: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?m)^[ \t]*version[ \t]*=[ \t]*"([^"\n]+)""#).expect("it is valid"));

pub(super) static TERRAFORM: Ecosystem = Ecosystem {
    ty: ECOSYSTEM,
    name: "Infrastructure (Terraform, OpenTofu)",
    files: &[FileKind {
        pattern: Pattern::Name(".terraform.lock.hcl"),
        role: Role::Lockfile,
        knows: &[Knows::Versions],
        parse,
    }],
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
    let text = match input.text(Role::Lockfile) {
        Ok(text) => text,
        Err(diagnostic) => return Parsed::failed(diagnostic),
    };
    let lines = Lines::new(&text);
    let (mut records, mut parsed) = (Records::default(), Parsed::default());
    parsed.diagnostics.extend(input.unless_marked(&text, &["provider"]));
    for captures in PROVIDER.captures_iter(&text) {
        let (Some(address), Some(body)) = (captures.get(1), captures.get(2)) else { continue };
        let at = input.at(lines.of(address.start()));
        let version = VERSION.captures(body.as_str()).and_then(|captures| captures.get(1));
        let version = version.map(|version| version.as_str()).filter(|version| is_plain(version));
        let mut parts = address.as_str().split('/');
        let (host, namespace, name) = (parts.next(), parts.next(), parts.next());
        let (Some(host), Some(namespace), Some(name), Some(version)) = (host, namespace, name, version) else {
            let message = "expected a provider `HOST/NAMESPACE/NAME` with a `version`";
            parsed.diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            continue;
        };
        let purl = Purl::new(ECOSYSTEM, &format!("{namespace}/{name}"), Some(version));
        let purl = purl.with_qualifier("repository_url", host);
        let traits = [Trait::Infrastructure].into();
        records.add(PackageRecord { direct: true, scope: Some(Scope::Build), traits, ..PackageRecord::new(purl, at) });
    }
    parsed.records = records.finish();
    parsed
}

#[cfg(test)]
mod tests {
    use super::super::testing::{World, lines, problems};

    #[test]
    fn providers_are_listed() {
        let world = World::fixture("terraform/providers");
        let parsed = world.parse("terraform", ".terraform.lock.hcl");
        assert_eq!(
            lines(&parsed),
            [
                "coop/cloud 5.31.0 direct build infrastructure .terraform.lock.hcl:4",
                "coop/random 3.6.0 direct build infrastructure .terraform.lock.hcl:13"
            ]
        );
        assert_eq!(problems(&parsed), [] as [String; 0]);
        assert_eq!(
            parsed.records[0].purl.to_string(),
            "pkg:terraform/coop/cloud@5.31.0?repository_url=registry.example.org"
        );
    }

    #[test]
    fn broken_ones_and_near_misses() {
        let lock: &[u8] = b"provider \"registry.example.org/x\" {\n version = \"1\"\n}\nprovider \"a/b/c\" {\n}\n# provider \"a/b/d\" { version = \"1\" }\n";
        let parsed = World::of(&[(".terraform.lock.hcl", lock)]).parse("terraform", ".terraform.lock.hcl");
        assert_eq!((parsed.records.len(), parsed.diagnostics.len()), (0, 2));
    }
}
