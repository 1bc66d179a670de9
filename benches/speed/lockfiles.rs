//! Lockfiles of as many packages as are wanted, in the formats of several package managers.
//!
//! Each package needs three others, so that the graph is one piece, has circles, and has three edges a package.

use std::fmt::Write;

/// A file by its name, and its text.
pub(crate) type File = (&'static str, String);

/// A format, and how its files are made.
pub(crate) type Format = (&'static str, fn(usize) -> Vec<File>);

/// Every format, sorted by name.
pub(crate) const FORMATS: &[Format] = &[
    ("Pipfile.lock", pipenv),
    ("composer.lock", composer),
    ("deno.lock", deno),
    ("go.mod", go),
    ("package-lock.json", npm),
    ("packages.lock.json", nuget),
    ("pnpm-lock.yaml", pnpm),
    ("poetry.lock", poetry),
    ("uv.lock", uv),
    ("yarn.lock", yarn),
];

fn needs(at: usize, n_packages: usize) -> impl Iterator<Item = usize> {
    [at * 2 + 1, at * 2 + 2, at / 3].into_iter().filter(move |need| *need < n_packages && *need != at)
}

/// Writes each need of a package, with something between.
pub(crate) fn joined(at: usize, n_packages: usize, write: &dyn Fn(usize) -> String, between: &str) -> String {
    needs(at, n_packages).map(write).collect::<Vec<_>>().join(between)
}

/// The manifest of a project that needs the first package.
pub(crate) const MANIFEST: &str =
    "{\"name\": \"shop\", \"version\": \"1.0.0\", \"license\": \"PPL\", \"dependencies\": {\"p0\": \"^1.0.0\"}}";

fn npm(n_packages: usize) -> Vec<File> {
    let mut text = format!("{{\"name\": \"shop\", \"lockfileVersion\": 3, \"packages\": {{\n\"\": {MANIFEST}");
    for at in 0..n_packages {
        let needs = joined(at, n_packages, &|need| format!("\"p{need}\": \"^1.0.0\""), ", ");
        write!(text, ",\n\"node_modules/p{at}\": {{\"version\": \"1.0.0\", \"dependencies\": {{{needs}}}}}").unwrap();
    }
    text.push_str("\n}}\n");
    vec![("package.json", MANIFEST.to_owned()), ("package-lock.json", text)]
}

fn pnpm(n_packages: usize) -> Vec<File> {
    let mut text = "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      p0:\n        specifier: ^1.0.0\n        version: 1.0.0\n\npackages:\n".to_owned();
    for at in 0..n_packages {
        write!(text, "\n  p{at}@1.0.0:\n    resolution: {{integrity: sha512-AAAA}}\n").unwrap();
    }
    text.push_str("\nsnapshots:\n");
    for at in 0..n_packages {
        let needs = joined(at, n_packages, &|need| format!("      p{need}: 1.0.0\n"), "");
        let needs = if needs.is_empty() { " {}\n".to_owned() } else { format!("\n    dependencies:\n{needs}") };
        write!(text, "\n  p{at}@1.0.0:{needs}").unwrap();
    }
    vec![("package.json", MANIFEST.to_owned()), ("pnpm-lock.yaml", text)]
}

fn yarn(n_packages: usize) -> Vec<File> {
    let mut text = "# yarn lockfile v1\n\n".to_owned();
    for at in 0..n_packages {
        let needs = joined(at, n_packages, &|need| format!("    p{need} \"^1.0.0\"\n"), "");
        let needs = if needs.is_empty() { needs } else { format!("  dependencies:\n{needs}") };
        write!(text, "\np{at}@^1.0.0:\n  version \"1.0.0\"\n  integrity sha512-AAAA\n{needs}").unwrap();
    }
    vec![("package.json", MANIFEST.to_owned()), ("yarn.lock", text)]
}

fn poetry(n_packages: usize) -> Vec<File> {
    let manifest = "[tool.poetry]\nname = \"shop\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\n[tool.poetry.dependencies]\np0 = \"^1\"\n";
    let mut text = String::new();
    for at in 0..n_packages {
        let needs = joined(at, n_packages, &|need| format!("p{need} = \"*\"\n"), "");
        write!(text, "[[package]]\nname = \"p{at}\"\nversion = \"1.0.0\"\noptional = false\ngroups = [\"main\"]\nfiles = []\n\n[package.dependencies]\n{needs}\n").unwrap();
    }
    text.push_str("[metadata]\nlock-version = \"2.1\"\n");
    vec![("pyproject.toml", manifest.to_owned()), ("poetry.lock", text)]
}

fn uv(n_packages: usize) -> Vec<File> {
    let manifest = "[project]\nname = \"shop\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\ndependencies = [\"p0\"]\n";
    let mut text = "version = 1\nrevision = 3\n\n[[package]]\nname = \"shop\"\nversion = \"1.0.0\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"p0\" }]\n".to_owned();
    for at in 0..n_packages {
        let needs = joined(at, n_packages, &|need| format!("{{ name = \"p{need}\" }}"), ", ");
        write!(text, "\n[[package]]\nname = \"p{at}\"\nversion = \"1.0.0\"\ndependencies = [{needs}]\n").unwrap();
    }
    vec![("pyproject.toml", manifest.to_owned()), ("uv.lock", text)]
}

fn composer(n_packages: usize) -> Vec<File> {
    let manifest = "{\"name\": \"coop/shop\", \"license\": \"PPL\", \"require\": {\"coop/p0\": \"*\"}}".to_owned();
    let rows: Vec<String> = (0..n_packages)
        .map(|at| {
            let needs = joined(at, n_packages, &|need| format!("\"coop/p{need}\": \"^1.0\""), ", ");
            format!(
                "{{\"name\": \"coop/p{at}\", \"version\": \"1.0.0\", \"require\": {{{needs}}}, \"type\": \"library\"}}"
            )
        })
        .collect();
    let text = format!("{{\"packages\": [\n{}\n], \"packages-dev\": []}}\n", rows.join(",\n"));
    vec![("composer.json", manifest), ("composer.lock", text)]
}

fn deno(n_packages: usize) -> Vec<File> {
    let manifest = "{\"imports\": {\"p\": \"npm:p0@1\"}}".to_owned();
    let rows: Vec<String> = (0..n_packages)
        .map(|at| {
            let needs = joined(at, n_packages, &|need| format!("\"p{need}\""), ", ");
            format!("\"p{at}@1.0.0\": {{\"integrity\": \"sha512-AAAA\", \"dependencies\": [{needs}]}}")
        })
        .collect();
    let text = format!(
        "{{\"version\": \"5\", \"specifiers\": {{\"npm:p0@1\": \"1.0.0\"}}, \"npm\": {{\n{}\n}}, \"workspace\": {{\"dependencies\": [\"npm:p0@1\"]}}}}\n",
        rows.join(",\n")
    );
    vec![("deno.json", manifest), ("deno.lock", text)]
}

fn nuget(n_packages: usize) -> Vec<File> {
    let rows: Vec<String> = (0..n_packages)
        .map(|at| {
            let needs = joined(at, n_packages, &|need| format!("\"P{need}\": \"1.0.0\""), ", ");
            let kind = if at == 0 { "Direct" } else { "Transitive" };
            format!("\"P{at}\": {{\"type\": \"{kind}\", \"resolved\": \"1.0.0\", \"contentHash\": \"AAAA\", \"dependencies\": {{{needs}}}}}")
        })
        .collect();
    let text = format!("{{\"version\": 1, \"dependencies\": {{\"net8.0\": {{\n{}\n}}}}}}\n", rows.join(",\n"));
    vec![("packages.lock.json", text)]
}

/// The lockfile of Pipenv does not say who needs whom.
fn pipenv(n_packages: usize) -> Vec<File> {
    let rows: Vec<String> =
        (0..n_packages).map(|at| format!("\"p{at}\": {{\"hashes\": [], \"version\": \"==1.0.0\"}}")).collect();
    let text = format!("{{\"_meta\": {{}}, \"default\": {{\n{}\n}}, \"develop\": {{}}}}\n", rows.join(",\n"));
    vec![("Pipfile", "[packages]\np0 = \"*\"\n".to_owned()), ("Pipfile.lock", text)]
}

/// No file of Go says who needs whom.
fn go(n_packages: usize) -> Vec<File> {
    let (mut module, mut sums) = ("module example.org/shop\n\ngo 1.22\n\nrequire (\n".to_owned(), String::new());
    for at in 0..n_packages {
        writeln!(module, "\texample.org/p{at} v1.0.0").unwrap();
        writeln!(sums, "example.org/p{at} v1.0.0 h1:AAAA=\nexample.org/p{at} v1.0.0/go.mod h1:AAAA=").unwrap();
    }
    module.push_str(")\n");
    vec![("go.mod", module), ("go.sum", sums)]
}
