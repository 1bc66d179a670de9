//! Lockfiles of package managers that are met less often, and SBOMs.

use std::fmt::Write;

use super::lockfiles::{File, Format, MANIFEST, joined};

/// Every format, sorted by name.
pub(crate) const MORE_FORMATS: &[Format] = &[
    ("Gemfile.lock", bundler),
    ("Podfile.lock", cocoapods),
    ("bun.lock", bun),
    ("conan.lock", conan),
    ("conda-lock.yml", conda),
    ("cpanfile.snapshot", carton),
    ("mix.lock", mix),
    ("paket.lock", paket),
    ("pdm.lock", pdm),
    ("pixi.lock", pixi),
    ("plan.json", cabal),
    ("project.assets.json", assets),
    ("renv.lock", renv),
    ("status", dpkg),
];

/// SBOMs, whose one file is what is checked.
pub(crate) const SBOMS: &[Format] = &[("bom.json", cyclonedx), ("shop.spdx.json", spdx)];

fn rows(n_packages: usize, between: &str, row: &dyn Fn(usize) -> String) -> String {
    (0..n_packages).map(row).collect::<Vec<_>>().join(between)
}

fn bundler(n: usize) -> Vec<File> {
    let specs =
        rows(n, "", &|at| format!("    p{at} (1.0.0)\n{}", joined(at, n, &|need| format!("      p{need}\n"), "")));
    let text = format!(
        "GEM\n  remote: https://gems.example.org/\n  specs:\n{specs}\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  p0\n"
    );
    vec![("Gemfile", "gem \"p0\"\n".to_owned()), ("Gemfile.lock", text)]
}

fn cocoapods(n: usize) -> Vec<File> {
    let pods = rows(n, "", &|at| {
        let needs = joined(at, n, &|need| format!("    - P{need} (~> 1.0)\n"), "");
        format!("  - P{at} (1.0.0){}\n{needs}", if needs.is_empty() { "" } else { ":" })
    });
    vec![("Podfile.lock", format!("PODS:\n{pods}\nDEPENDENCIES:\n  - P0\n\nCOCOAPODS: 1.15.2\n"))]
}

fn bun(n: usize) -> Vec<File> {
    let packages = rows(n, ",\n", &|at| {
        let needs = joined(at, n, &|need| format!("\"p{need}\": \"^1.0.0\""), ", ");
        format!("\"p{at}\": [\"p{at}@1.0.0\", \"\", {{\"dependencies\": {{{needs}}}}}, \"sha512-AAAA\"]")
    });
    let workspaces = "\"workspaces\": {\"\": {\"name\": \"shop\", \"dependencies\": {\"p0\": \"^1.0.0\"}}}";
    let text = format!("{{\"lockfileVersion\": 1, {workspaces}, \"packages\": {{\n{packages}\n}}}}\n");
    vec![("package.json", MANIFEST.to_owned()), ("bun.lock", text)]
}

fn conan(n: usize) -> Vec<File> {
    let nodes = rows(n, ",\n", &|at| {
        let needs = joined(at, n, &|need| format!("\"{}\"", need + 1), ", ");
        format!("\"{}\": {{\"ref\": \"p{at}/1.0.0\", \"requires\": [{needs}]}}", at + 1)
    });
    let root = "\"0\": {\"ref\": \"shop\", \"requires\": [\"1\"]}";
    vec![("conan.lock", format!("{{\"graph_lock\": {{\"nodes\": {{{root},\n{nodes}}}}}, \"version\": \"0.4\"}}\n"))]
}

fn conda(n: usize) -> Vec<File> {
    let packages = rows(n, "", &|at| {
        let needs = joined(at, n, &|need| format!("p{need}: ''"), ", ");
        format!(
            "- name: p{at}\n  version: '1.0'\n  manager: conda\n  platform: linux-64\n  dependencies: {{{needs}}}\n"
        )
    });
    vec![("conda-lock.yml", format!("version: 1\npackage:\n{packages}"))]
}

fn carton(n: usize) -> Vec<File> {
    let rows = rows(n, "", &|at| {
        let needs = joined(at, n, &|need| format!("      P{need} 0\n"), "");
        let path = format!("A/AB/ABC/P{at}-1.0.tar.gz");
        format!("  P{at}-1.0\n    pathname: {path}\n    provides:\n      P{at} 1.0\n    requirements:\n{needs}")
    });
    let text = format!("# carton snapshot format: version 1.0\nDISTRIBUTIONS\n{rows}");
    vec![("cpanfile", "requires 'P0';\n".to_owned()), ("cpanfile.snapshot", text)]
}

fn mix(n: usize) -> Vec<File> {
    let zeros = "0".repeat(64);
    let rows = rows(n, "", &|at| {
        let needs = joined(at, n, &|need| format!("{{:p{need}, \"~> 1.0\", [hex: :p{need}, repo: \"hexpm\"]}}"), ", ");
        format!("  \"p{at}\": {{:hex, :p{at}, \"1.0.0\", \"{zeros}\", [:mix], [{needs}], \"hexpm\", \"{zeros}\"}},\n")
    });
    let manifest = "defmodule Shop.MixProject do\n  use Mix.Project\n  def project, do: [app: :shop, deps: [{:p0, \"~> 1.0\"}]]\nend\n";
    vec![("mix.exs", manifest.to_owned()), ("mix.lock", format!("%{{\n{rows}}}\n"))]
}

fn paket(n: usize) -> Vec<File> {
    let rows = rows(n, "", &|at| {
        format!("    P{at} (1.0.0)\n{}", joined(at, n, &|need| format!("      P{need} (>= 1.0)\n"), ""))
    });
    vec![
        ("paket.dependencies", "source https://api.example.org\nnuget P0\n".to_owned()),
        ("paket.lock", format!("NUGET\n  remote: https://api.example.org\n{rows}")),
    ]
}

fn pdm(n: usize) -> Vec<File> {
    let manifest = "[project]\nname = \"shop\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\ndependencies = [\"p0\"]\n";
    let rows = rows(n, "", &|at| {
        let needs = joined(at, n, &|need| format!("\"p{need}\""), ", ");
        format!(
            "[[package]]\nname = \"p{at}\"\nversion = \"1.0.0\"\ngroups = [\"default\"]\ndependencies = [{needs}]\n\n"
        )
    });
    let head = "[metadata]\ngroups = [\"default\"]\nstrategy = [\"inherit_metadata\"]\nlock_version = \"4.5.0\"\n\n";
    vec![("pyproject.toml", manifest.to_owned()), ("pdm.lock", format!("{head}{rows}"))]
}

fn pixi(n: usize) -> Vec<File> {
    let rows = rows(n, "", &|at| {
        let needs = joined(at, n, &|need| format!("  - p{need} >=1\n"), "");
        let needs = if needs.is_empty() { needs } else { format!("  depends:\n{needs}") };
        format!("- conda: https://conda.example.org/linux-64/p{at}-1.0-h_0.conda\n{needs}")
    });
    vec![("pixi.lock", format!("version: 6\nenvironments: {{}}\npackages:\n{rows}"))]
}

fn cabal(n: usize) -> Vec<File> {
    let rows = rows(n, ",\n", &|at| {
        let needs = joined(at, n, &|need| format!("\"p{need}-1.0\""), ", ");
        format!(
            "{{\"type\": \"pre-existing\", \"id\": \"p{at}-1.0\", \"pkg-name\": \"p{at}\", \"pkg-version\": \"1.0\", \"depends\": [{needs}]}}"
        )
    });
    let own = "{\"type\": \"configured\", \"id\": \"shop\", \"pkg-name\": \"shop\", \"pkg-version\": \"1.0\", \"style\": \"local\", \"pkg-src\": {\"type\": \"local\", \"path\": \".\"}, \"components\": {\"lib\": {\"depends\": [\"p0-1.0\"]}}}";
    let manifest = "cabal-version: 2.2\nname: shop\nversion: 1.0\nlibrary\n  build-depends: p0\n";
    let text = format!("{{\"cabal-version\": \"3.4.1.0\", \"install-plan\": [\n{own},\n{rows}\n]}}\n");
    vec![("shop.cabal", manifest.to_owned()), ("dist-newstyle/cache/plan.json", text)]
}

fn assets(n: usize) -> Vec<File> {
    let target = rows(n, ",\n", &|at| {
        let needs = joined(at, n, &|need| format!("\"P{need}\": \"1.0.0\""), ", ");
        format!("\"P{at}/1.0.0\": {{\"type\": \"package\", \"dependencies\": {{{needs}}}}}")
    });
    let libraries = rows(n, ",\n", &|at| format!("\"P{at}/1.0.0\": {{\"type\": \"package\", \"sha512\": \"AAAA\"}}"));
    let project =
        "\"project\": {\"frameworks\": {\"net8.0\": {\"dependencies\": {\"P0\": {\"version\": \"[1.0.0, )\"}}}}}";
    let text = format!(
        "{{\"version\": 3, \"targets\": {{\"net8.0\": {{\n{target}\n}}}}, \"libraries\": {{\n{libraries}\n}}, {project}}}\n"
    );
    vec![("obj/project.assets.json", text)]
}

fn renv(n: usize) -> Vec<File> {
    let rows = rows(n, ",\n", &|at| {
        let needs = joined(at, n, &|need| format!("\"p{need}\""), ", ");
        format!(
            "\"p{at}\": {{\"Package\": \"p{at}\", \"Version\": \"1.0\", \"Source\": \"Repository\", \"Requirements\": [{needs}]}}"
        )
    });
    vec![("renv.lock", format!("{{\"R\": {{\"Version\": \"4.4.0\"}}, \"Packages\": {{\n{rows}\n}}}}\n"))]
}

fn dpkg(n: usize) -> Vec<File> {
    let rows = rows(n, "\n", &|at| {
        let needs = joined(at, n, &|need| format!("p{need:04} (>= 1)"), ", ");
        let needs = if needs.is_empty() { needs } else { format!("Depends: {needs}\n") };
        format!("Package: p{at:04}\nStatus: install ok installed\nVersion: 1.0-1\n{needs}")
    });
    vec![("var/lib/dpkg/status", rows)]
}

fn cyclonedx(n: usize) -> Vec<File> {
    let components = rows(n, ",\n", &|at| {
        format!(
            "{{\"type\": \"library\", \"bom-ref\": \"p{at}\", \"name\": \"p{at}\", \"version\": \"1.0.0\", \"purl\": \"pkg:npm/p{at}@1.0.0\"}}"
        )
    });
    let dependencies = rows(n, ",\n", &|at| {
        format!("{{\"ref\": \"p{at}\", \"dependsOn\": [{}]}}", joined(at, n, &|need| format!("\"p{need}\""), ", "))
    });
    let own = "{\"component\": {\"type\": \"application\", \"bom-ref\": \"shop\", \"name\": \"shop\"}}";
    let first = "{\"ref\": \"shop\", \"dependsOn\": [\"p0\"]}";
    let text = format!(
        "{{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.5\", \"metadata\": {own}, \"components\": [\n{components}\n], \"dependencies\": [{first},\n{dependencies}]}}\n"
    );
    vec![("bom.json", text)]
}

fn spdx(n: usize) -> Vec<File> {
    let packages = rows(n, ",\n", &|at| {
        format!(
            "{{\"SPDXID\": \"SPDXRef-p{at}\", \"name\": \"p{at}\", \"versionInfo\": \"1.0.0\", \"downloadLocation\": \"NOASSERTION\", \"externalRefs\": [{{\"referenceCategory\": \"PACKAGE-MANAGER\", \"referenceType\": \"purl\", \"referenceLocator\": \"pkg:npm/p{at}@1.0.0\"}}]}}"
        )
    });
    let mut edges = String::new();
    for at in 0..n {
        edges += &joined(
            at,
            n,
            &|need| {
                format!(
                    ",\n{{\"spdxElementId\": \"SPDXRef-p{at}\", \"relationshipType\": \"DEPENDS_ON\", \"relatedSpdxElement\": \"SPDXRef-p{need}\"}}"
                )
            },
            "",
        );
    }
    let mut text = "{\"spdxVersion\": \"SPDX-2.3\", \"SPDXID\": \"SPDXRef-DOCUMENT\", \"name\": \"shop\", \"documentDescribes\": [\"SPDXRef-shop\"], \"packages\": [{\"SPDXID\": \"SPDXRef-shop\", \"name\": \"shop\", \"downloadLocation\": \"NOASSERTION\"},\n".to_owned();
    writeln!(text, "{packages}], \"relationships\": [{{\"spdxElementId\": \"SPDXRef-shop\", \"relationshipType\": \"DEPENDS_ON\", \"relatedSpdxElement\": \"SPDXRef-p0\"}}{edges}]}}").unwrap();
    vec![("shop.spdx.json", text)]
}
