//! Files in the form that NuGet writes.

use crate::base::hex_of_base64;
use crate::ecosystem::Parsed;
use crate::ecosystem::testing::{World, lines, problems};
use crate::model::{PackageRecord, Statement};
use crate::scan::StoreKind;

const NONE: [String; 0] = [];

fn record<'parsed>(parsed: &'parsed Parsed, name: &str) -> &'parsed PackageRecord {
    parsed.records.iter().find(|record| record.purl.name() == name).unwrap()
}

#[test]
fn a_lockfile_and_its_project() {
    let world = World::fixture("nuget/locked");
    let parsed = world.parse("nuget", "src/Shop/packages.lock.json");
    let expect = [
        "Coop.Shop 1.4.0 own src/Shop/Shop.csproj:4 `PPL` 6 -> Coop.Lib runtime, Ledger.Core runtime, Linter.Analyzers build",
        "Coop.Lib - own src/Lib/Coop.Lib.csproj -> Central.Pin runtime",
        "Ledger.Core 13.0.3 src/Shop/packages.lock.json:5 -> Base.Types runtime",
        "Linter.Analyzers 1.2.0-beta.556 src/Shop/packages.lock.json:14",
        "Base.Types 1.1.0 src/Shop/packages.lock.json:20",
        "Central.Pin 3.0.0 src/Shop/packages.lock.json:25",
        "Native.Linux 2.0.0 src/Shop/packages.lock.json:39 -> Base.Types runtime",
    ];
    let found = lines(&parsed);
    assert!(found == expect, "{found:#?}");
    assert_eq!(problems(&parsed), NONE);
    let covered: Vec<_> = parsed.covers.iter().map(crate::base::RelPath::as_str).collect();
    assert_eq!(covered, ["Directory.Packages.props", "src/Shop/Shop.csproj"]);
    assert_eq!(world.parse("nuget", "Directory.Packages.props"), Parsed::default());
}

#[test]
fn a_project_of_tests_needs_everything_for_tests() {
    let parsed = World::fixture("nuget/locked").parse("nuget", "tests/Shop.Tests/Shop.Tests.csproj");
    assert_eq!(
        lines(&parsed),
        [
            "Shop.Tests - own tests/Shop.Tests/Shop.Tests.csproj -> Coop.Shop test, Microsoft.NET.Test.Sdk test, Mapper test, \
             Floating test",
            "Coop.Shop 1.4.0 own src/Shop/Shop.csproj:4 `PPL` 6",
            "Microsoft.NET.Test.Sdk 17.0.0 tests/Shop.Tests/Shop.Tests.csproj:3",
            "Mapper 2.1.0 tests/Shop.Tests/Shop.Tests.csproj:4",
            "Floating - tests/Shop.Tests/Shop.Tests.csproj:5",
        ]
    );
    assert_eq!(
        problems(&parsed),
        [
            "no-lockfile tests/Shop.Tests/Shop.Tests.csproj:3 nothing pins what this project references or what that brings along"
        ]
    );
}

#[test]
fn what_a_restore_left_says_what_runs() {
    let parsed = World::fixture("nuget/restored").parse("nuget", "obj/project.assets.json");
    assert_eq!(
        lines(&parsed),
        [
            "App - own App.csproj -> Ledger.Core runtime, Linter.Analyzers build, Private.Runtime runtime",
            "Base.Types 1.1.0 obj/project.assets.json:5",
            "Ledger.Core 13.0.3 obj/project.assets.json:11 -> Base.Types runtime",
            "Linter.Analyzers 1.2.0 obj/project.assets.json:19",
            "Private.Runtime 1.0.0 obj/project.assets.json:25",
        ]
    );
    assert_eq!(problems(&parsed), NONE);
}

#[test]
fn the_old_form_is_a_flat_list() {
    let config: &[u8] = b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<packages>\n  <package id=\"Ledger.Core\" version=\"12.0.1\" \
                          targetFramework=\"net472\" />\n  <package id=\"Linter\" version=\"1.0.0\" developmentDependency=\"true\" \
                          />\n  <package id=\"../x\" version=\"1\" />\n</packages>\n";
    let world = World::of(&[("web/packages.config", config)]);
    let parsed = world.parse("nuget", "web/packages.config");
    assert_eq!(
        lines(&parsed),
        [
            "web - own web/packages.config -> Ledger.Core runtime, Linter dev",
            "Ledger.Core 12.0.1 web/packages.config:3",
            "Linter 1.0.0 web/packages.config:4",
        ]
    );
    assert_eq!(problems(&parsed), ["invalid-entry web/packages.config:5 expected a package with `id` and `version`"]);
}

#[test]
fn licenses_are_expressions_files_or_addresses() {
    let nuspec = |license: &str| {
        format!(
            "<?xml version=\"1.0\"?>\n<package xmlns=\"http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd\">\n  <metadata>\n    \
             <id>Ledger.Core</id>\n    <authors>A, B</authors>\n    {license}\n    <projectUrl>https://host.example</projectUrl>\n    \
             <repository type=\"git\" url=\"https://git.example/x\" />\n  </metadata>\n</package>\n"
        )
    };
    let hash = "AAEC";
    let found = |license: &str, metadata_hash: &str| {
        let lock = format!(
            "{{\"version\": 1, \"dependencies\": {{\"net8.0\": {{\"Ledger.Core\": {{\"type\": \"Direct\", \"resolved\": \
             \"13.0.3-Beta+1\", \"contentHash\": \"{hash}\"}}}}}}}}"
        );
        let metadata = format!("{{\"version\": 2, \"contentHash\": \"{metadata_hash}\"}}");
        let spec = nuspec(license);
        let store: &[(&str, &[u8])] = &[
            ("ledger.core/13.0.3-beta/ledger.core.nuspec", spec.as_bytes()),
            ("ledger.core/13.0.3-beta/.nupkg.metadata", metadata.as_bytes()),
        ];
        let world = World::of(&[("packages.lock.json", lock.as_bytes())]).with_store(StoreKind::Nuget, store);
        let parsed = world.parse("nuget", "packages.lock.json");
        let (found, copies) = world.copies("nuget", record(&parsed, "Ledger.Core"));
        let claims = copies.folders.iter().flat_map(|folder| super::nuspec::inspect(folder).claims).collect::<Vec<_>>();
        (found, claims, copies.mismatches.len())
    };
    let place = "nuget:ledger.core/13.0.3-beta";
    let url = "<licenseUrl>https://license.example/x</licenseUrl>";
    let (text, claims, _) = found(&format!("<license type=\"expression\">MIT</license>{url}"), hash);
    assert_eq!(text, [format!("{place}: `MIT` {place}/ledger.core.nuspec:6; ")]);
    assert!(matches!(&claims[0].says, Statement::Field { .. }));
    let (text, claims, _) = found("<license type=\"file\">LICENSE.md</license>", hash);
    assert_eq!(text, [format!("{place}: `LICENSE.md` {place}/ledger.core.nuspec:6; ")]);
    assert_eq!(claims[0].says, Statement::SeeFile("LICENSE.md".to_owned()));
    let (text, ..) = found(url, hash);
    assert_eq!(text, [format!("{place}: `https://license.example/x` {place}/ledger.core.nuspec:6; ")]);
    let (text, _, n_mismatches) = found(url, "AAED");
    assert_eq!((text, n_mismatches), (NONE.to_vec(), 1));
    assert_eq!(hex_of_base64(hash).as_deref(), Some("000102"));
}

#[test]
fn broken_and_stale() {
    let lock: &[u8] = b"{\"version\": 9, \"dependencies\": {\"net8.0\": {\n\"A\": {\"type\": \"Direct\"},\n\"../B\": {\"resolved\": \
                        \"1\"},\n\"C\": {\"type\": \"Transitive\", \"resolved\": \"1.0\"},\n\"d\": {\"type\": \"Project\"}}}}";
    let project: &[u8] = b"<Project Sdk=\"x\">\n<ItemGroup>\n<PackageReference Include=\"New.One\" Version=\"1\" />\n<PackageReference \
                           Include=\"Maybe\" Condition=\"x\" />\n<PackageReference Include=\"../x\" />\n<ProjectReference \
                           Include=\"..\\..\\out\\Out.csproj\" />\n</ItemGroup></Project>";
    let world = World::of(&[("a/packages.lock.json", lock), ("a/App.fsproj", project)]);
    let parsed = world.parse("nuget", "a/packages.lock.json");
    assert_eq!(
        lines(&parsed),
        ["App - own a/App.fsproj -> Out runtime", "Out - a/packages.lock.json", "C 1.0 a/packages.lock.json:4"]
    );
    assert_eq!(
        problems(&parsed),
        [
            "unknown-lockfile-version a/packages.lock.json:1 version 9 is not known here",
            "invalid-entry a/packages.lock.json:2 expected a package with a version in `resolved`",
            "invalid-entry a/packages.lock.json:3 expected a package with a version in `resolved`",
            "stale-lockfile a/App.fsproj:3 `New.One` not in `packages.lock.json`",
            "invalid-entry a/App.fsproj:5 expected the id of a package, found `../x`",
        ]
    );
    let deep = format!("{{\"dependencies\": {}", "[".repeat(100_000));
    for text in ["", "[]", &deep] {
        assert_eq!(
            World::of(&[("packages.lock.json", text.as_bytes())])
                .parse("nuget", "packages.lock.json")
                .diagnostics
                .len(),
            1
        );
    }
    for text in ["", "<Project>", "<!DOCTYPE x><Project/>"] {
        assert_eq!(
            World::of(&[("A.csproj", text.as_bytes())]).parse("nuget", "A.csproj").diagnostics.len(),
            1,
            "{text}"
        );
    }
}
