//! Settings of every kind that point elsewhere, and some that do not.

use super::*;
use crate::base::{Location, Purl};
use crate::ecosystem::testing::World;

const COOP: &str = "https://packages.coop.example/";

/// Returns whether a package is still taken for a public one, with a file in the tree or in the user's home folder.
fn is_public(ty: &str, name: &str, lockfile: &str, world: &World) -> bool {
    let path = RelPath::new(lockfile).unwrap();
    let input = Input { tree: &world.tree, stores: &world.stores, path: &path };
    let mut records = [PackageRecord::new(Purl::new(ty, name, Some("1.0.0")), Location::file(path.clone()))];
    apply(&input, &mut records);
    records[0].origin == Origin::Registry
}

#[test]
fn the_table_is_sorted() {
    assert!(SETTINGS.iter().map(|settings| settings.ty).is_sorted());
}

/// Type, name, whether the file is the user's, file, text, and whether the package is still taken for a public one.
type Row = (&'static str, &'static str, bool, &'static str, String, bool);

/// Shapes after the documentation of each tool; the addresses are invented.
#[test]
fn files_that_point_elsewhere_and_files_that_do_not() {
    for (ty, name, user, file, text, expect) in [python(), others(), jvm(), dotnet()].concat() {
        let files: &[(&str, &[u8])] = &[(file, text.as_bytes())];
        let world = if user { World::of(&[]).with_store(StoreKind::Settings, files) } else { World::of(files) };
        assert_eq!(is_public(ty, name, "a/x.lock", &world), expect, "{file}: {text}");
    }
}

fn python() -> Vec<Row> {
    vec![
        ("pypi", "leaf", false, "pip.conf", format!("[global]\nindex-url = {COOP}\n"), false),
        ("pypi", "leaf", false, "pip.conf", format!("[global]\nextra-index-url =\n    {COOP}\n"), false),
        ("pypi", "leaf", false, "pip.conf", "[global]\nindex-url: https://pypi.org/simple\n".to_owned(), true),
        ("pypi", "leaf", true, ".config/pip/pip.conf", format!("[global]\nfind_links = {COOP}\n"), false),
        ("pypi", "leaf", true, "pip/pip.conf", format!("[install]\nindex-url = {COOP}\n"), false),
        ("pypi", "leaf", false, "uv.toml", format!("[[index]]\nname = \"coop\"\nurl = \"{COOP}\"\n"), false),
        ("pypi", "leaf", false, "uv.toml", format!("[[index]]\nurl = \"{COOP}\"\nexplicit = true\n"), true),
        ("pypi", "leaf", false, "uv.toml", "[[index".to_owned(), false),
        ("pypi", "leaf", true, ".config/uv/uv.toml", format!("[pip]\nindex-url = \"{COOP}\"\n"), false),
        ("pypi", "leaf", true, ".config/pdm/config.toml", format!("[pypi]\nurl = \"{COOP}\"\n"), false),
    ]
}

fn others() -> Vec<Row> {
    vec![
        (
            "composer",
            "coop/leaf",
            true,
            ".config/composer/config.json",
            "{\"repositories\": {\"packagist.org\": false}}".to_owned(),
            false,
        ),
        (
            "composer",
            "coop/leaf",
            true,
            ".composer/config.json",
            "{\"repositories\": [{\"packagist\": false}]}".to_owned(),
            false,
        ),
        ("composer", "coop/leaf", true, ".composer/config.json", "{\"repositories\": [".to_owned(), false),
        ("composer", "coop/leaf", true, ".composer/config.json", "{\"config\": {}}".to_owned(), true),
        (
            "gem",
            "leaf",
            true,
            ".bundle/config",
            format!("---\nBUNDLE_MIRROR__HTTPS://RUBYGEMS__ORG/: \"{COOP}\"\n"),
            false,
        ),
        ("gem", "leaf", false, ".bundle/config", "---\nBUNDLE_PATH: \"vendor/bundle\"\n".to_owned(), true),
        (
            "golang",
            "git.coop.example/shop/leaf",
            true,
            ".config/go/env",
            "GOPRIVATE=*.example.net,git.coop.example/shop\n".to_owned(),
            false,
        ),
        (
            "golang",
            "git.coop.example/other/leaf",
            true,
            ".config/go/env",
            "GOPRIVATE=git.coop.example/shop\n".to_owned(),
            true,
        ),
        ("golang", "example.org/leaf", true, ".config/go/env", format!("GOPROXY={COOP},direct\n"), false),
        (
            "golang",
            "example.org/leaf",
            true,
            ".config/go/env",
            "GOPROXY=https://proxy.golang.org,direct\n".to_owned(),
            true,
        ),
    ]
}

fn jvm() -> Vec<Row> {
    let builder = |more: &str| format!("repositories {{ maven {{ url \"https://jitpack.io\"{more} }} }}\n");
    let maven = |inner: &str| format!("<settings><mirrors><mirror>{inner}</mirror></mirrors></settings>");
    vec![
        (
            "maven",
            "coop/leaf",
            true,
            ".m2/settings.xml",
            maven(&format!("<mirrorOf>*</mirrorOf><url>{COOP}</url>")),
            false,
        ),
        ("maven", "coop/leaf", true, ".m2/settings.xml", "<settings>".to_owned(), false),
        (
            "maven",
            "coop/leaf",
            true,
            ".m2/settings.xml",
            "<settings><offline>true</offline></settings>".to_owned(),
            true,
        ),
        (
            "maven",
            "coop/leaf",
            false,
            "pom.xml",
            format!("<project><repositories><repository><url>{COOP}</url></repository></repositories></project>"),
            false,
        ),
        ("maven", "coop/leaf", false, "pom.xml", format!("<project><url>{COOP}</url></project>"), true),
        (
            "maven",
            "coop/leaf",
            false,
            "build.gradle",
            format!("repositories {{\n  mavenCentral()\n  maven {{ url \"{COOP}\" }}\n}}\n"),
            false,
        ),
        ("maven", "coop/leaf", false, "settings.gradle.kts", format!("repositories {{ maven(\"{COOP}\") }}\n"), false),
        (
            "maven",
            "coop/leaf",
            false,
            "build.gradle",
            format!("repositories {{ mavenCentral() }}\n// see {COOP}\n"),
            true,
        ),
        (
            "maven",
            "coop/leaf",
            false,
            "build.gradle",
            "repositories { maven { url = uri(property(\"repo\")) } }".to_owned(),
            false,
        ),
        // What is built from somebody's repository may be private, and with a token anything may be.
        ("maven", "com.github.coop/leaf", false, "build.gradle", builder(""), false),
        ("maven", "coop/leaf", false, "build.gradle", builder(""), true),
        ("maven", "coop/leaf", false, "build.gradle", builder(" credentials { username authToken }"), false),
    ]
}

fn dotnet() -> Vec<Row> {
    let nuget = |sources: &str, more: &str| {
        format!("<configuration><packageSources>{sources}</packageSources>{more}</configuration>")
    };
    let official = "<add key=\"nuget.org\" value=\"https://api.nuget.org/v3/index.json\" />";
    let other = format!("{official}<add key=\"coop\" value=\"{COOP}\" />");
    let mapped = "<packageSourceMapping><packageSource key=\"nuget.org\"><package pattern=\"leaf*\" />\
                  </packageSource><packageSource key=\"coop\"><package pattern=\"*\" /></packageSource>\
                  </packageSourceMapping>";
    vec![
        ("nuget", "Leaf", false, "NuGet.Config", nuget(official, ""), true),
        ("nuget", "Leaf", false, "nuget.config", nuget(&other, ""), false),
        ("nuget", "Leaf.Core", false, "nuget.config", nuget(&other, mapped), true),
        ("nuget", "Other", false, "nuget.config", nuget(&other, mapped), false),
        ("nuget", "Leaf", true, ".nuget/NuGet/NuGet.Config", nuget(&other, ""), false),
    ]
}

#[test]
fn variables_of_the_environment_and_lockfiles_that_know_better() {
    let mut world = World::of(&[]);
    world.stores.set("PIP_INDEX_URL", COOP.to_owned());
    world.stores.set("GOPRIVATE", "example.org/coop".to_owned());
    assert!(!is_public("pypi", "leaf", "requirements.txt", &world));
    assert!(is_public("pypi", "leaf", "uv.lock", &world));
    assert!(!is_public("golang", "example.org/coop/leaf", "go.mod", &world));
    assert!(is_public("golang", "example.org/cooperative", "go.mod", &world));
    assert!(is_public("cargo", "leaf", "Cargo.lock", &world));
    // A variable that names a file has its text here.
    let mut world = World::of(&[]);
    world.stores.set("PIP_CONFIG_FILE", format!("[global]\nindex-url = {COOP}\n"));
    assert!(!is_public("pypi", "leaf", "requirements.txt", &world));
    let mut world = World::of(&[]).with_store(
        StoreKind::Settings,
        &[("pip.conf", b"[install]\nextra-index-url = https://pypi.coop.example/simple\n")],
    );
    assert!(!is_public("pypi", "leaf", "requirements.txt", &world));
    world.stores.set("PIP_CONFIG_FILE", String::new());
    assert!(is_public("pypi", "leaf", "requirements.txt", &world));
}
