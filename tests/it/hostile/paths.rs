//! Paths written in files: none leads out of the root, whatever its spelling, and nothing outside is opened.

use super::limits::bounded;
use super::manifest;
#[cfg(target_os = "linux")]
use super::watch::Watch;
use crate::program::Project;

/// What lies outside of the project, where every path of the table leads.
const SECRET: &str = "canary-77aa: MIT License. Permission is hereby granted, free of charge, to any person";

/// Ways to write a path that leaves the root. `OUT` stands for the absolute path of the folder outside.
const PATHS: &[&str] = &[
    "../outside",
    "../outside/",
    "./../outside",
    "a/../../outside",
    "a/b/../../../outside",
    "../project/../outside",
    "..//outside",
    "..\\\\outside",
    "a\\\\..\\\\..\\\\outside",
    "OUT",
    "/OUT",
    "//OUT",
    "file://OUT",
    "C:\\\\outside",
    "c:/outside",
    "\\\\\\\\server\\\\share\\\\outside",
    "//server/share/outside",
    "\\\\\\\\?\\\\C:\\\\outside",
    "../../../../../../../../../../../../etc",
    "/etc",
    "/proc/self/cwd/../outside",
    "~/../outside",
    "link/outside",
    "link",
];

/// Files in which paths stand, in groups that can lie side by side; `PATH` is where they go.
#[rustfmt::skip]
const FILES: &[&[(&str, &str)]] = &[
    &[
        // A dependency of a crate, requirements that include others, license files and lockfiles of Python, and packages
        // that Composer takes from a path.
        ("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\n[dependencies]\nx = { path = \"PATH\" }\n"),
        ("requirements.txt", "-r PATH/requirements.txt\n-c PATH/requirements.txt\n-e PATH\n./PATH\nx @ file:PATH\n"),
        ("pyproject.toml", "[project]\nname = \"shop\"\nversion = \"1\"\nlicense-files = [\"PATH/LICENSE\", \"PATH/*\"]\n"),
        ("uv.lock", "version = 1\n[[package]]\nname = \"x\"\nversion = \"1\"\nsource = { directory = \"PATH\" }\n[[package]]\nname = \"y\"\nversion = \"1\"\nsource = { editable = \"PATH\" }\n"),
        ("poetry.lock", "[[package]]\nname = \"x\"\nversion = \"1\"\n[package.source]\ntype = \"directory\"\nurl = \"PATH\"\n[metadata]\nlock-version = \"2.1\"\n"),
        ("pdm.lock", "[metadata]\nlock_version = \"4.5\"\n[[package]]\nname = \"x\"\nversion = \"1\"\npath = \"PATH\"\n"),
        ("pylock.toml", "lock-version = \"1.0\"\n[[packages]]\nname = \"x\"\nversion = \"1\"\ndirectory = { path = \"PATH\" }\n"),
        ("Pipfile.lock", "{\"_meta\": {}, \"default\": {\"x\": {\"path\": \"PATH\"}, \"y\": {\"file\": \"PATH\"}}, \"develop\": {}}"),
        ("composer.lock", "{\"packages\": [{\"name\": \"a/x\", \"version\": \"1\", \"license\": [\"MIT\"], \"dist\": {\"type\": \"path\", \"url\": \"PATH\"}}], \"packages-dev\": []}"),
        ("vendor/composer/installed.json", "{\"packages\": [{\"name\": \"a/x\", \"version\": \"1.0.0\", \"install-path\": \"PATH\"}]}"),
        ("package.json", "{\"name\": \"shop\", \"license\": \"SEE LICENSE IN PATH/LICENSE\", \"workspaces\": [\"PATH\", \"PATH/*\"], \"dependencies\": {\"x\": \"file:PATH\", \"y\": \"link:PATH\"}}"),
        ("package-lock.json", "{\"lockfileVersion\": 3, \"packages\": {\"\": {\"workspaces\": [\"PATH\"]}, \"PATH\": {\"name\": \"x\", \"version\": \"1.0.0\"}, \"node_modules/PATH\": {\"version\": \"1.0.0\"}, \"node_modules/z\": {\"resolved\": \"PATH\", \"link\": true}}}"),
        ("go.mod", "module example.org/shop\n\nrequire example.org/x v1.0.0\n\nreplace example.org/x => PATH\n"),
    ],
    &[
        // A license file of a crate, the license table of a Python project, and a repository of Composer.
        ("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"1.0.0\"\nlicense-file = \"PATH/LICENSE\"\n"),
        ("pyproject.toml", "[project]\nname = \"shop\"\nversion = \"1\"\nlicense = { file = \"PATH/LICENSE\" }\n"),
        ("composer.json", "{\"name\": \"a/shop\", \"license\": \"PPL\", \"repositories\": [{\"type\": \"path\", \"url\": \"PATH\"}]}"),
        ("package-lock.json", "{\"lockfileVersion\": 1, \"dependencies\": {\"x\": {\"version\": \"file:PATH\"}, \"PATH\": {\"version\": \"1.0.0\"}}}"),
        ("go.work", "go 1.22\n\nuse PATH\n"),
    ],
    &[
        // Names and versions that become folders of stores, files of descriptions, packages in the place of paths.
        ("renv.lock", "{\"Packages\": {\"PATH\": {\"Package\": \"PATH\", \"Version\": \"PATH\"}, \"x\": {\"Package\": \"x\", \"Version\": \"PATH\"}}}"),
        ("DESCRIPTION", "Package: shop\nVersion: 1\nLicense: file PATH/LICENSE\nImports: PATH\n"),
        ("shop.cabal", "name: shop\nversion: 1\nlicense-file: PATH/LICENSE\nlibrary\n  build-depends: PATH\n"),
        ("stack.yaml", "packages:\n- \"PATH\"\nextra-deps:\n- \"PATH\"\n"),
        ("conda-lock.yml", "version: 1\npackage:\n- name: \"PATH\"\n  version: \"PATH\"\n  manager: conda\n"),
        ("pixi.lock", "version: 6\npackages:\n- conda: \"PATH\"\n- conda: \"PATH/x-1-0.conda\"\n"),
        ("conan.lock", "{\"version\": \"0.5\", \"requires\": [\"PATH\", \"x/PATH\", \"x/1@PATH\"]}"),
        ("vcpkg.json", "{\"dependencies\": [\"PATH\"], \"overrides\": [{\"name\": \"PATH\", \"version\": \"PATH\"}]}"),
        ("cpanfile.snapshot", "# carton snapshot format: version 1.0\nDISTRIBUTIONS\n  PATH-1\n    pathname: A/AB/PATH\n  X-1\n    pathname: A/AB/PATH/X-1.tar.gz\n"),
        (".gitmodules", "[submodule \"x\"]\n\tpath = PATH\n\turl = PATH\n"),
        ("CMakeLists.txt", "FetchContent_Declare(x GIT_REPOSITORY PATH)\nCPMAddPackage(\"gh:PATH@1\")\n"),
        ("rebar.lock", "{\"1.2.0\",\n[{<<\"PATH\">>,{pkg,<<\"PATH\">>,<<\"1\">>},0}]}.\n"),
        ("paket.lock", "NUGET\n  remote: PATH\n    PATH (1.0)\n"),
        ("deno.lock", "{\"version\": \"5\", \"specifiers\": {\"npm:PATH@1\": \"PATH\"}, \"jsr\": {\"PATH@1\": {}, \"@a/x@PATH\": {}}}"),
    ],
    &[
        // Berry and its workspace, Bundler, Mix, Maven and its parents and modules, Dart, .NET and what it imports.
        ("package.json", "{\"name\": \"shop\", \"license\": \"PPL\", \"workspaces\": [\"PATH\"], \"dependencies\": {\"x\": \"portal:PATH\"}}"),
        ("yarn.lock", "__metadata:\n  version: 8\n\n\"x@portal:PATH\":\n  version: 1.0.0\n  resolution: \"x@portal:PATH::locator=shop\"\n\n\"y@workspace:PATH\":\n  version: 0.0.0-use.local\n  resolution: \"y@workspace:PATH\"\n\n\"z@file:PATH\":\n  version: 1.0.0\n  resolution: \"z@file:PATH#PATH::hash=a\"\n\n\"PATH@npm:^1\":\n  version: 1.0.0\n  resolution: \"PATH@npm:1.0.0\"\n"),
        ("Gemfile", "gem \"x\", path: \"PATH\"\ngemspec path: \"PATH\"\neval_gemfile \"PATH/Gemfile\"\n"),
        ("Gemfile.lock", "PATH\n  remote: PATH\n  specs:\n    x (1.0.0)\n\nGEM\n  remote: PATH\n  specs:\n    PATH (1.0.0)\n\nDEPENDENCIES\n  x!\n"),
        ("mix.exs", "def project do [app: :shop, version: \"1.0.0\", deps_path: \"PATH\", deps: [{:x, path: \"PATH\"}, {:y, in_umbrella: true}], apps_path: \"PATH\"] end\n"),
        ("mix.lock", "%{\n  \"x\": {:hex, :x, \"PATH\", \"00\", [:mix], [], \"hexpm\", \"00\"},\n  \"PATH\": {:hex, :x, \"1.0.0\", \"00\", [:mix], [], \"hexpm\", \"00\"},\n  \"y\": {:git, \"PATH\", \"00\", []},\n}\n"),
        ("pom.xml", "<project><parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version><relativePath>PATH</relativePath></parent><artifactId>shop</artifactId><modules><module>PATH</module></modules><dependencies><dependency><groupId>PATH</groupId><artifactId>PATH</artifactId><version>PATH</version><scope>system</scope><systemPath>PATH/x.jar</systemPath></dependency></dependencies></project>"),
        ("pubspec.yaml", "name: shop\ndependencies:\n  x:\n    path: \"PATH\"\n"),
        ("pubspec.lock", "packages:\n  x:\n    dependency: \"direct main\"\n    description:\n      path: \"PATH\"\n      relative: true\n    source: path\n    version: \"1.0.0\"\n  \"PATH\":\n    dependency: transitive\n    description:\n      name: \"PATH\"\n      url: \"https://pub.dev\"\n    source: hosted\n    version: \"PATH\"\n"),
        ("shop.csproj", "<Project><Import Project=\"PATH/x.props\" /><ItemGroup><ProjectReference Include=\"PATH/x.csproj\" /><PackageReference Include=\"PATH\" Version=\"PATH\" /></ItemGroup><PropertyGroup><PackageLicenseFile>PATH/LICENSE</PackageLicenseFile></PropertyGroup></Project>"),
        ("obj/project.assets.json", "{\"version\": 3, \"targets\": {\"net8.0\": {\"x/1.0.0\": {\"type\": \"project\"}, \"PATH/1.0.0\": {\"type\": \"package\"}}}, \"libraries\": {\"x/1.0.0\": {\"type\": \"project\", \"path\": \"PATH/x.csproj\", \"msbuildProject\": \"PATH/x.csproj\"}, \"PATH/1.0.0\": {\"type\": \"package\", \"path\": \"PATH\"}}, \"packageFolders\": {\"PATH\": {}}}"),
        (".terraform.lock.hcl", "provider \"PATH\" {\n  version = \"PATH\"\n}\n"),
    ],
    &[
        // pnpm and its workspace, Gradle, CocoaPods, Swift, containers, actions, Debian, and what Go vendored.
        ("package.json", "{\"name\": \"shop\", \"license\": \"PPL\"}"),
        ("pnpm-workspace.yaml", "packages:\n- \"PATH\"\n- \"PATH/*\"\n"),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      x:\n        specifier: \"link:PATH\"\n        version: \"link:PATH\"\n      y:\n        specifier: \"file:PATH\"\n        version: \"file:PATH\"\n  \"PATH\":\n    dependencies: {}\npackages:\n  \"y@file:PATH\":\n    resolution: {directory: \"PATH\", type: directory}\n  \"PATH@1.0.0\":\n    resolution: {tarball: \"file:PATH\"}\nsnapshots:\n  \"y@file:PATH\": {}\n"),
        ("build.gradle", "apply from: \"PATH/build.gradle\"\ndependencies { implementation files(\"PATH/x.jar\")\n implementation project(\":PATH\")\n implementation \"PATH:PATH:PATH\" }\n"),
        ("Podfile", "pod 'x', :path => \"PATH\"\n"),
        ("Podfile.lock", "PODS:\n  - x (1.0.0)\n  - PATH (1.0.0)\n\nDEPENDENCIES:\n  - x (from `PATH`)\n\nEXTERNAL SOURCES:\n  x:\n    :path: \"PATH\"\n"),
        ("Package.resolved", "{\"version\": 2, \"pins\": [{\"identity\": \"PATH\", \"kind\": \"localSourceControl\", \"location\": \"PATH\", \"state\": {\"version\": \"PATH\"}}]}"),
        ("Dockerfile", "FROM PATH AS a\nCOPY --from=PATH /x /x\nADD PATH /x\n"),
        ("compose.yaml", "include:\n- \"PATH/compose.yaml\"\nservices:\n  x:\n    image: \"PATH\"\n    build: \"PATH\"\n    env_file: \"PATH/LICENSE\"\n"),
        (".github/workflows/x.yml", "jobs:\n  x:\n    steps:\n    - uses: \"./PATH\"\n    - uses: \"PATH@v1\"\n"),
        ("debian/copyright", "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: PATH/*\nCopyright: 2026 A\nLicense: PATH\n"),
        ("go.mod", "module example.org/shop\n\nrequire example.org/x v1.0.0\n"),
        ("vendor/modules.txt", "# example.org/x v1.0.0 => PATH\n## explicit\nPATH\n# PATH v1.0.0\n## explicit\n"),
    ],
    &[("Cargo.toml", "[workspace]\nmembers = [\"PATH\", \"PATH/*\"]\n")],
    &[("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\n[patch.crates-io]\nx = { path = \"PATH\" }\n")],
    &[
        // Vendored crates.
        ("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\n[dependencies]\nx = \"1\"\n"),
        ("Cargo.lock", "version = 4\n[[package]]\nname = \"shop\"\nversion = \"1.0.0\"\ndependencies = [\"x\"]\n[[package]]\nname = \"x\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n"),
        (".cargo/config.toml", "[source.crates-io]\nreplace-with = \"v\"\n[source.v]\ndirectory = \"PATH\"\n"),
    ],
];

/// Files of plain text, beside those of Python and Go.
#[rustfmt::skip]
const PLAIN: &[&str] = &[
    ".gitmodules", "CMakeLists.txt", "DESCRIPTION", "Dockerfile", "Gemfile.lock", "cpanfile.snapshot",
    "debian/copyright", "paket.lock", "pom.xml", "shop.cabal", "shop.csproj", "vendor/modules.txt",
];

/// What a parser that follows a path would look for at its end.
#[rustfmt::skip]
const TARGETS: &[&str] = &[
    "Cargo.toml", "Gemfile", "LICENSE", "build.gradle", "compose.yaml", "composer.json", "go.mod", "mix.exs", "package.json",
    "pom.xml", "pubspec.yaml", "pyproject.toml", "requirements.txt", "x.csproj", "x.gemspec", "x.jar", "x.props",
];

fn escape_for(file: &str, path: &str) -> String {
    // Plain text has no escapes of its own.
    if file.contains("requirements") || file.starts_with("go.") || PLAIN.contains(&file) {
        path.replace("\\\\", "\\")
    } else {
        path.to_owned()
    }
}

#[test]
fn no_path_leads_out() {
    for files in FILES {
        let what = files[0].0;
        for path in PATHS {
            let project = Project::new(&[]);
            let outside = project.path().parent().unwrap().join("outside");
            std::fs::create_dir_all(&outside).unwrap();
            std::fs::create_dir_all(project.path()).unwrap();
            for name in TARGETS {
                std::fs::write(outside.join(name), SECRET).unwrap();
            }
            std::os::unix::fs::symlink("..", project.path().join("link")).unwrap();
            for (file, text) in *files {
                let path = escape_for(file, path).replace("OUT", outside.to_str().unwrap());
                project.write(file, text.replace("PATH", &path));
            }
            #[cfg(target_os = "linux")]
            let watch = Watch::on(&outside);
            let run = bounded(&project, &["check", "--format", "json"]);
            assert_eq!(run.signal, None, "{what}: {path}");
            assert!(matches!(run.code, Some(0..=2)), "{what}: {path}: {}", run.all());
            assert!(!run.all().contains("canary"), "{what}: {path}: {}", run.all());
            #[cfg(target_os = "linux")]
            assert!(watch.opened().is_empty(), "{what}: {path}: opened {:?}", watch.opened());
        }
    }
}

#[test]
fn the_watch_sees_what_it_is_there_for() {
    let project = Project::new(&[("LICENSE", "text")]);
    let watch = Watch::on(&project.path());
    assert!(watch.opened().is_empty());
    std::fs::read(project.path().join("LICENSE")).unwrap();
    assert!(watch.opened().contains(&"LICENSE".to_owned()));
}

/// A path that leads out is told, and what it hides makes the scan incomplete; one to a folder beside the project is
/// a package of its own that is listed and not read.
#[test]
fn a_path_that_leads_out_is_told() {
    let project = Project::new(&[("Cargo.toml", &manifest("x = { path = \"../outside\" }\n"))]);
    let (code, document) = project.check(&[]);
    assert_eq!(code, Some(1));
    let purls: Vec<&str> =
        document["packages"].as_array().unwrap().iter().map(|row| row["purl"].as_str().unwrap()).collect();
    assert!(purls.contains(&"pkg:cargo/x"), "{purls:?}");
    let project = Project::new(&[("Cargo.toml", "[workspace]\nmembers = [\"../outside\"]\n")]);
    let (code, document) = project.check(&[]);
    assert_eq!(code, Some(1));
    assert_eq!(document["diagnostics"][0]["code"], "path-escape");
    let project = Project::new(&[("requirements.txt", "-r /etc/passwd\n")]);
    let (code, document) = project.check(&[]);
    assert_eq!(code, Some(1));
    assert_eq!(document["diagnostics"][0]["code"], "path-escape");
}
