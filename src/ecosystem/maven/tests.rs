//! Whole projects, compared with what `mvn dependency:tree` says of them, and files in the form that Gradle writes.

use std::io::Write;

use zip::write::SimpleFileOptions;

use crate::ecosystem::Parsed;
use crate::ecosystem::testing::{World, lines, problems};
use crate::model::{Join, PackageRecord, Statement};
use crate::scan::StoreKind;

const NONE: [String; 0] = [];

/// A local repository: `ledger` inherits its license and the version of `base` from `parent`, `logger` asks for another
/// version of `base` and for `dropped`, `bom` says which `logger` is meant.
const REPOSITORY: &[(&str, &str, &str)] = &[
    (
        "parent",
        "5",
        "<licenses><license><name>Apache License, Version 2.0</name><url>https://www.apache.org/licenses/LICENSE-2.0.txt\
         </url></license></licenses><properties><base.version>1.2.0</base.version></properties><dependencyManagement>\
         <dependencies><dependency><groupId>org.example</groupId><artifactId>base</artifactId><version>${base.version}\
         </version></dependency></dependencies></dependencyManagement>",
    ),
    (
        "ledger",
        "0.3.1",
        "<parent><groupId>org.example</groupId><artifactId>parent</artifactId><version>5</version></parent><dependencies>\
         <dependency><groupId>org.example</groupId><artifactId>base</artifactId></dependency><dependency><groupId>\
         org.example</groupId><artifactId>tester</artifactId><version>3</version><scope>test</scope></dependency>\
         <dependency><groupId>org.example</groupId><artifactId>opt</artifactId><version>1</version><optional>true\
         </optional></dependency></dependencies>",
    ),
    (
        "logger",
        "2.0",
        "<dependencies><dependency><groupId>org.example</groupId><artifactId>base</artifactId><version>1.3.0</version>\
         </dependency><dependency><groupId>org.example</groupId><artifactId>dropped</artifactId><version>1</version>\
         </dependency></dependencies>",
    ),
    (
        "bom",
        "7",
        "<dependencyManagement><dependencies><dependency><groupId>org.example</groupId><artifactId>logger</artifactId>\
         <version>2.0</version></dependency></dependencies></dependencyManagement>",
    ),
    ("base", "1.2.0", ""),
    ("base", "1.3.0", ""),
    ("tester", "3", ""),
    ("opt", "1", ""),
    ("servlet", "4", ""),
];

fn with_repository(world: World, more: &[(&str, &[u8])]) -> World {
    let files: Vec<(String, String)> = REPOSITORY
        .iter()
        .map(|(artifact, version, body)| {
            let path = format!("org/example/{artifact}/{version}/{artifact}-{version}.pom");
            let own = format!(
                "<groupId>org.example</groupId><artifactId>{artifact}</artifactId><version>{version}</version>"
            );
            (path, format!("<project>{own}{body}</project>"))
        })
        .collect();
    let mut files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())).collect();
    files.extend(more);
    world.with_store(StoreKind::Maven, &files)
}

fn record<'parsed>(parsed: &'parsed Parsed, name: &str) -> &'parsed PackageRecord {
    parsed.records.iter().find(|record| record.purl.name() == name).unwrap()
}

fn jar(members: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_project_brings_along_what_is_nearest() {
    let world = with_repository(World::fixture("maven/reactor"), &[]);
    let parsed = world.parse("maven", "pom.xml");
    let expect = [
        "coop.shop:shop 1.4.0 own pom.xml:5 `Peer Production License` 9",
        "coop.shop:shop-api 1.4.0 own api/pom.xml:8 `Peer Production License` 9 -> org.example:ledger runtime, \
         org.example:logger runtime, org.example:tester test",
        "coop.shop:shop-web 1.4.0 own web/pom.xml:8 `Peer Production License` 9 -> coop.shop:shop-api runtime, \
         org.example:servlet runtime, org.example:opt runtime?",
        "org.example:ledger 0.3.1 api/pom.xml:10 -> org.example:base runtime",
        "org.example:logger 2.0 api/pom.xml:15 -> org.example:base runtime",
        "org.example:tester 3 api/pom.xml:25",
        "org.example:base 1.2.0 api/pom.xml:10",
        "org.example:servlet 4 web/pom.xml:15",
        "org.example:opt 1 web/pom.xml:26",
    ];
    let found = lines(&parsed);
    assert!(found == expect, "{found:#?}");
    assert_eq!(problems(&parsed), NONE);
    assert_eq!(parsed.covers.len(), 3);
}

#[test]
fn what_is_not_at_hand_is_said_once() {
    let parsed = World::fixture("maven/reactor").parse("maven", "pom.xml");
    assert_eq!(parsed.records.len(), 8);
    assert_eq!(
        problems(&parsed),
        [
            "no-lockfile api/pom.xml:15 no version could be determined for `org.example:logger`",
            "no-lockfile pom.xml what `org.example:bom`, `org.example:ledger`, `org.example:logger`, `org.example:opt`, \
             `org.example:servlet` and 1 more bring along is not at hand",
        ]
    );
}

#[test]
fn licenses_are_inherited_and_jars_are_asked_last() {
    let manifest = "Manifest-Version: 1.0\r\nBundle-License: \"Apache-2.0\";link=\"https://www.apache.org/licenses/LI\r\n \
                    CENSE-2.0.txt\", https://license.example/x\r\n\r\nName: a\r\nBundle-License: MIT\r\n";
    let base = jar(&[("META-INF/MANIFEST.MF", manifest), ("META-INF/LICENSE.txt", "x"), ("a/LICENSE", "x")]);
    let servlet = jar(&[("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n"), ("a/B.class", "")]);
    let world = with_repository(
        World::fixture("maven/reactor"),
        &[("org/example/base/1.2.0/base-1.2.0.jar", &base), ("org/example/servlet/4/servlet-4.jar", &servlet)],
    );
    let parsed = world.parse("maven", "pom.xml");
    let (found, copies) = world.copies("maven", record(&parsed, "ledger"));
    let apache = "Apache License, Version 2.0 <https://www.apache.org/licenses/LICENSE-2.0.txt>";
    assert_eq!(
        found,
        [format!("maven:org.example/ledger/0.3.1: `{apache}` maven:org.example/parent/5/parent-5.pom:1; ")]
    );
    let claims = super::copies::inspect(&copies.folders[0]).claims;
    assert!(matches!(&claims[0].says, Statement::Field { join: Join::Or, .. }));
    let (found, copies) = world.copies("maven", record(&parsed, "base"));
    let place = "maven:org.example/base/1.2.0/base-1.2.0.jar";
    let said = "Apache-2.0 <https://www.apache.org/licenses/LICENSE-2.0.txt> | <https://license.example/x>";
    assert_eq!(found, [format!("{place}: `{said}` {place}/META-INF/MANIFEST.MF:2; ")]);
    assert_eq!(super::copies::inspect(&copies.folders[0]).license_files, ["META-INF/LICENSE.txt"]);
    // A jar that says nothing was looked into; without it nobody looked.
    assert_eq!(world.copies("maven", record(&parsed, "servlet")).0, ["maven:org.example/servlet/4/servlet-4.jar: ; "]);
    let (found, copies) = world.copies("maven", record(&parsed, "tester"));
    assert_eq!((found, copies.tried.len()), (NONE.to_vec(), 2));
}

#[test]
fn a_parent_that_is_not_at_hand_leaves_the_license_open() {
    let child: &[u8] =
        b"<project><parent><groupId>org.example</groupId><artifactId>gone</artifactId><version>1</version>\
                         </parent><artifactId>child</artifactId></project>";
    let project: &[u8] = b"<project><groupId>g</groupId><artifactId>a</artifactId><dependencies><dependency><groupId>\
                           org.example</groupId><artifactId>child</artifactId><version>1</version></dependency>\
                           </dependencies></project>";
    let silent = jar(&[("META-INF/MANIFEST.MF", "")]);
    let store = [("org/example/child/1/child-1.pom", child), ("org/example/child/1/child-1.jar", &silent)];
    let world = World::of(&[("pom.xml", project)]).with_store(StoreKind::Maven, &store);
    let parsed = world.parse("maven", "pom.xml");
    let (found, copies) = world.copies("maven", record(&parsed, "child"));
    assert_eq!((found, copies.tried), (NONE.to_vec(), vec!["org.example:gone:1".to_owned()]));
}

#[test]
fn gradles_cache_is_asked_too() {
    let pom: &[u8] = b"<project><licenses><license><name>MIT</name></license></licenses></project>";
    let world = World::fixture("maven/gradle-locked")
        .with_store(StoreKind::Gradle, &[("org.example/ledger/0.3.1/0a1b/ledger-0.3.1.pom", pom)]);
    let parsed = world.parse("maven", "gradle.lockfile");
    let place = "gradle:org.example/ledger/0.3.1";
    let found = world.copies("maven", record(&parsed, "ledger")).0;
    assert_eq!(found, [format!("{place}: `MIT` {place}/ledger-0.3.1.pom:1; ")]);
}

#[test]
fn broken_projects_cost_what_is_broken() {
    let parsed = World::fixture("maven/broken").parse("maven", "pom.xml");
    assert_eq!(
        lines(&parsed),
        [
            "coop.shop:broken 1 own pom.xml:4 -> org.example:looped runtime, org.example:ranged runtime, \
             org.example:exact runtime, ../../etc:passwd runtime",
            "org.example:looped - pom.xml:15",
            "org.example:ranged - pom.xml:20",
            "org.example:exact 1.5 pom.xml:25",
            "../../etc:passwd 1 pom.xml:33",
        ]
    );
    assert_eq!(
        problems(&parsed),
        [
            "invalid-entry pom.xml:7 there is no `gone/pom.xml`",
            "path-escape pom.xml:8 `../../outside`: the path leads outside the scanned tree",
            "no-lockfile pom.xml:15 no version could be determined for `org.example:looped`, `org.example:ranged`",
            "no-lockfile pom.xml what `../../etc:passwd`, `org.example:exact`, `org.example:looped`, `org.example:ranged` \
             bring along is not at hand",
        ]
    );
    for text in ["", "<project>", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><project>&e;</project>"] {
        let parsed = World::of(&[("pom.xml", text.as_bytes())]).parse("maven", "pom.xml");
        assert_eq!((parsed.diagnostics.len(), parsed.records.len()), (1, 0), "{text}");
    }
}

#[test]
fn gradle_locks_each_configuration() {
    let world = with_repository(World::fixture("maven/gradle-locked"), &[]);
    let parsed = world.parse("maven", "gradle.lockfile");
    assert_eq!(
        lines(&parsed),
        [
            "org.example:base 1.3.0 runtime gradle.lockfile:4",
            "org.example:latest-tools 1 runtime gradle.lockfile:5",
            "org.example:ledger 0.3.1 runtime gradle.lockfile:6 -> org.example:base runtime",
            "org.example:linter 9 build gradle.lockfile:7",
            "org.example:tester 3 test gradle.lockfile:8",
            "coop-shop - own settings.gradle:1 -> org.example:base runtime, org.example:latest-tools runtime, \
             org.example:ledger runtime, org.example:linter build, org.example:tester test",
        ]
    );
    assert_eq!(problems(&parsed), NONE);
    let build = world.parse("maven", "buildscript-gradle.lockfile");
    assert_eq!(
        lines(&build),
        [
            "org.example:packer-plugin 2.0.0 build build-plugin buildscript-gradle.lockfile:4",
            "coop-shop - own settings.gradle:1 -> org.example:packer-plugin build",
        ]
    );
    assert_eq!(world.parse("maven", "build.gradle"), Parsed::default());
    let old: &[u8] = b"# x\norg.example:base:1.3.0\nwhat\n../x:y:1\n";
    let world = World::of(&[("gradle/dependency-locks/testRuntimeClasspath.lockfile", old)]);
    let parsed = world.parse("maven", "gradle/dependency-locks/testRuntimeClasspath.lockfile");
    assert!(lines(&parsed)[0].starts_with("org.example:base 1.3.0 test gradle/"), "{:?}", lines(&parsed));
    assert_eq!(
        parsed.diagnostics.iter().map(|found| found.at.as_ref().unwrap().line).collect::<Vec<_>>(),
        [Some(3), Some(4)]
    );
}

#[test]
fn gradle_without_locks_is_read_by_its_literals() {
    let world = World::fixture("maven/gradle-catalog");
    let parsed = world.parse("maven", "gradle/libs.versions.toml");
    assert_eq!(
        lines(&parsed),
        [
            "project - own build.gradle.kts -> org.example:base runtime, org.example:ledger runtime, org.example:logger \
             runtime, org.example:managed runtime, org.example.packer:org.example.packer.gradle.plugin build",
            "org.example:base 1.3.0 gradle/libs.versions.toml:7",
            "org.example:ledger 0.3.1 gradle/libs.versions.toml:6",
            "org.example:logger 2.0 gradle/libs.versions.toml:8",
            "org.example:managed - gradle/libs.versions.toml:9",
            "org.example.packer:org.example.packer.gradle.plugin 2.0.0 build-plugin gradle/libs.versions.toml:16",
        ]
    );
    assert_eq!(
        problems(&parsed),
        [
            "invalid-entry gradle/libs.versions.toml:10 expected `group:artifact:version` or a table with `module`, found \
             something else",
            "no-lockfile gradle/libs.versions.toml:6 nothing pins what the libraries of this catalog bring along",
        ]
    );
    let parsed = world.parse("maven", "build.gradle.kts");
    assert_eq!(
        lines(&parsed),
        [
            "project - own build.gradle.kts -> org.example:bom runtime, org.example:logger runtime, org.example:tester test, \
             org.example.linter:org.example.linter.gradle.plugin build",
            "org.example:bom 7 build.gradle.kts:8",
            "org.example:logger 2.0 build.gradle.kts:9",
            "org.example:tester - build.gradle.kts:10",
            "org.example.linter:org.example.linter.gradle.plugin 1.9 build-plugin build.gradle.kts:3",
        ]
    );
    assert_eq!(parsed.diagnostics.len(), 1);
    let parsed = world.parse("maven", "gradle/verification-metadata.xml");
    assert_eq!(lines(&parsed), ["org.example:base 1.3.0 gradle/verification-metadata.xml:8"]);
    assert!(parsed.records[0].checksums[0].hex.starts_with("2d71"));
}

#[test]
fn a_jar_in_the_tree_is_a_copy_of_what_it_says() {
    let fat = jar(&[
        ("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n"),
        ("META-INF/maven/org.example/tool/pom.properties", "#x\nversion=1.0\ngroupId=org.example\nartifactId=tool\n"),
        (
            "META-INF/maven/org.example/base/pom.properties",
            "groupId = org.example\nartifactId = base\nversion = 1.2.0\n",
        ),
    ]);
    let plain = jar(&[("META-INF/MANIFEST.MF", "Implementation-Version: 3.1\n"), ("LICENSE", "x")]);
    let files: &[(&str, &[u8])] = &[
        ("libs/tool-1.0.jar", &fat),
        ("libs/plain.jar", &plain),
        ("libs/other-2.5-beta.jar", &plain),
        ("gradle/wrapper/gradle-wrapper.jar", &plain),
        ("libs/broken.jar", b"PK"),
    ];
    let world = World::of(files);
    let found = |path: &str| lines(&world.parse("maven", path));
    assert_eq!(
        found("libs/tool-1.0.jar"),
        [
            "org.example:tool 1.0 direct vendored libs/tool-1.0.jar -> org.example:base runtime",
            "org.example:base 1.2.0 bundled libs/tool-1.0.jar",
        ]
    );
    assert_eq!(found("libs/plain.jar"), ["plain 3.1 direct vendored libs/plain.jar"]);
    assert_eq!(found("libs/other-2.5-beta.jar"), ["other 2.5-beta direct vendored libs/other-2.5-beta.jar"]);
    let wrapper = "gradle/wrapper/gradle-wrapper.jar";
    assert_eq!(found(wrapper), [format!("gradle-wrapper 3.1 direct build build-plugin {wrapper}")]);
    assert_eq!(world.parse("maven", "libs/broken.jar").diagnostics.len(), 1);
    let parsed = world.parse("maven", "libs/plain.jar");
    let (_, copies) = world.copies("maven", &parsed.records[0]);
    assert_eq!(copies.folders[0].files(""), ["LICENSE"]);
}

#[test]
fn the_script_beside_a_gradle_wrapper_speaks_for_it() {
    let old = jar(&[("META-INF/MANIFEST.MF", "Implementation-Title: Gradle Wrapper\n")]);
    let script = b"#!/bin/sh\n# Licensed under the Apache License, Version 2.0\n";
    let world = World::of(&[("app/gradle/wrapper/gradle-wrapper.jar", &old), ("app/gradlew", script)]);
    let parsed = world.parse("maven", "app/gradle/wrapper/gradle-wrapper.jar");
    let (_, copies) = world.copies("maven", &parsed.records[0]);
    let script = copies.folders.last().unwrap();
    assert_eq!(script.location("gradlew").path.as_str(), "app/gradlew");
    assert_eq!((crate::ecosystem::by_type("maven").unwrap().inspect)(script).license_files, ["gradlew"]);
}
