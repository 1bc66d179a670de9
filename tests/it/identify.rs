//! `identify`: the keys other programs rely on, the exit codes, and what people read.

use serde_json::Value;

use crate::program::Project;

fn text_of(id: &str) -> &'static str {
    spdx::license_id(id).unwrap().text()
}

fn identify(project: &Project, args: &[&str]) -> (Option<i32>, Vec<Value>) {
    let run = project.run(&[&["identify", "--format", "json"], args].concat());
    let rows = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (run.code, rows)
}

#[test]
fn one_object_a_line_in_the_order_given() {
    let project = Project::new(&[("b/LICENSE", text_of("MIT")), ("a.txt", text_of("PPL")), ("poem.txt", "roses")]);
    let (code, rows) = identify(&project, &["b/LICENSE", "a.txt", "poem.txt"]);
    assert_eq!(code, Some(1), "nothing is recognized in one of them");
    let paths: Vec<_> = rows.iter().map(|row| row["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["b/LICENSE", "a.txt", "poem.txt"]);
    let n_lines = text_of("MIT").trim_end().lines().count();
    assert_eq!(rows[0]["expression"], "MIT");
    assert_eq!((&rows[0]["method"], &rows[0]["confidence"]), (&"exact".into(), &1.0.into()));
    assert_eq!(rows[0]["matches"][0]["end_line"], n_lines);
    assert_eq!(rows[1]["expression"], "PPL");
    assert_eq!((&rows[2]["expression"], &rows[2]["missing"]), (&Value::Null, &true.into()));
    let (code, _) = identify(&project, &["b/LICENSE", "a.txt"]);
    assert_eq!(code, Some(0));
}

#[test]
fn null_has_exactly_one_reason() {
    let modified = text_of("PPL").replacen("worker-owned", "privately-owned", 1);
    let project = Project::new(&[
        ("modified", &modified),
        ("ambiguous", "License: BSD\n"),
        ("gnu", text_of("GPL-2.0-only")),
        ("nothing", "nothing"),
    ]);
    let (_, rows) = identify(&project, &["modified", "ambiguous", "gnu", "nothing"]);
    let reasons = |row: &Value| {
        ["candidates", "modified", "missing"].into_iter().filter(|key| !row[*key].is_null()).collect::<Vec<_>>()
    };
    assert_eq!(reasons(&rows[0]), ["modified"]);
    assert_eq!(rows[0]["modified"], "PPL");
    let change = &rows[0]["changes"][0];
    assert_eq!((&change["removed"], &change["added"]), (&"worker".into(), &"privately".into()));
    let line = modified.lines().position(|line| line.contains("privately-owned")).unwrap() + 1;
    assert_eq!(change["line"], line);
    assert_eq!(reasons(&rows[1]), ["candidates"]);
    assert_eq!((&rows[2]["expression"], &rows[2]["suffix"]), (&"GPL-2.0-only".into(), &"unstated".into()));
    assert!(reasons(&rows[2]).is_empty());
    assert_eq!(reasons(&rows[3]), ["missing"]);
}

#[test]
fn a_folder_stands_for_its_texts() {
    let source = "// SPDX-License-Identifier: MPL-2.0\nfn main() {}\n";
    let project = Project::new(&[("x/COPYING", text_of("ISC")), ("x/src/main.rs", source), ("x/src/lib.rs", "")]);
    project.write("x/logo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0");
    let (code, rows) = identify(&project, &["x"]);
    let found: Vec<_> = rows.iter().map(|row| (row["path"].as_str().unwrap(), row["expression"].as_str())).collect();
    let expected = [("x/COPYING", Some("ISC")), ("x/src/lib.rs", None), ("x/src/main.rs", Some("MPL-2.0"))];
    assert_eq!((code, found.as_slice()), (Some(0), expected.as_slice()));
    let run = project.run(&["identify", "x"]);
    assert!(run.stdout.ends_with("1 other text says nothing of a license\n"), "{}", run.stdout);
}

#[test]
fn standard_input_is_read() {
    let run = Project::new(&[]).run_with(&["identify", "--format", "json", "-"], text_of("ISC").as_bytes());
    let row: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((run.code, &row["path"], &row["expression"]), (Some(0), &"-".into(), &"ISC".into()));
}

/// Files are read at once, and told in order whatever the number of threads.
#[test]
fn many_files_come_in_order() {
    let project = Project::new(&[]);
    let ids = ["MIT", "ISC", "Zlib", "BSD-2-Clause", "Apache-2.0"];
    for number in 0..200 {
        project.write(&format!("x/{number:03}/LICENSE"), text_of(ids[number % ids.len()]));
    }
    let (code, rows) = identify(&project, &["x"]);
    let found: Vec<_> =
        rows.iter().map(|row| (row["path"].as_str().unwrap(), row["expression"].as_str().unwrap())).collect();
    let path = |number: usize| format!("x/{number:03}/LICENSE");
    let paths: Vec<String> = (0..200).map(path).collect();
    let expected: Vec<_> =
        paths.iter().enumerate().map(|(number, path)| (path.as_str(), ids[number % ids.len()])).collect();
    assert_eq!((code, found), (Some(0), expected));
}

/// Addresses and badges say which license something is under, where they stand as its license.
#[test]
fn badges_and_addresses_are_read() {
    for (words, expected) in [
        ("# Shop\n\n![license](https://img.example.org/badge/license-MIT-blue.svg)\n", "MIT"),
        ("# Shop\n\n![license](https://img.example.org/badge/license-Apache--2.0-green)\n", "Apache-2.0"),
        ("# Shop\n\n## License\n\nhttps://www.apache.org/licenses/LICENSE-2.0\n", "Apache-2.0"),
        ("# Shop\n\nLicensed under <https://creativecommons.org/licenses/by-sa/4.0/>.\n", "CC-BY-SA-4.0"),
    ] {
        let project = Project::new(&[("README.md", words)]);
        let (_, rows) = identify(&project, &["README.md"]);
        assert_eq!(rows[0]["expression"].as_str().unwrap_or("null"), expected, "{words}");
    }
}

#[test]
fn a_reference_is_followed_to_the_file_beside_it() {
    let header = "// Use of this source code is governed by a license that can be found in the LICENSE file.\n";
    let project = Project::new(&[("LICENSE", text_of("BSD-3-Clause")), ("main.go", header), ("alone/main.go", header)]);
    let (code, rows) = identify(&project, &["main.go", "alone/main.go"]);
    assert_eq!(code, Some(0));
    assert_eq!((&rows[0]["expression"], &rows[0]["method"]), (&"BSD-3-Clause".into(), &"reference".into()));
    assert_eq!((&rows[1]["missing"], &rows[1]["refers"][0]), (&true.into(), &"LICENSE".into()));
}

#[test]
fn a_file_that_cannot_be_read_leaves_the_others() {
    let project = Project::new(&[("LICENSE", text_of("MIT"))]);
    let run = project.run(&["identify", "nowhere", "LICENSE"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("`nowhere`"), "{}", run.stderr);
    assert!(run.stdout.starts_with("LICENSE: MIT"), "{}", run.stdout);
}

#[test]
fn differences_are_shown_word_by_word() {
    let changed = text_of("MIT").replace("without restriction", "with restriction");
    let project = Project::new(&[("LICENSE", &changed)]);
    let plain = project.run(&["identify", "--diff", "LICENSE"]);
    assert_eq!(plain.code, Some(0));
    assert!(plain.stdout.contains("deal in the Software [-without-]{+with+} restriction"), "{}", plain.stdout);
    let colored = project.run(&["identify", "--diff", "--color", "always", "LICENSE"]);
    assert!(colored.stdout.contains("\u{1b}[31m[-without-]\u{1b}[0m"), "{:?}", colored.stdout);
    let same = Project::new(&[("LICENSE", text_of("MIT"))]).run(&["identify", "--diff", "LICENSE"]);
    assert!(same.stdout.contains("word for word MIT"), "{}", same.stdout);
}

#[test]
fn official_headers_are_read_with_their_versions() {
    let gnu = |name: &str, version: &str| {
        format!(
            "/* This file is part of Example.\n * Example is free software: you can redistribute it and/or modify it under\n \
             * the terms of the {name} as published by the Free Software Foundation;\n \
             * {version}.\n */\n"
        )
    };
    for (header, expected) in [
        (
            "// This Source Code Form is subject to the terms of the Mozilla Public\n\
             // License, v. 2.0. If a copy of the MPL was not distributed with this\n\
             // file, You can obtain one at http://mozilla.org/MPL/2.0/.\n"
                .to_owned(),
            "MPL-2.0",
        ),
        (
            gnu(
                "GNU Lesser General Public License",
                "either version 2.1 of the License, or (at your option) any later version",
            ),
            "LGPL-2.1-or-later",
        ),
        (gnu("GNU General Public License", "version 2 of the License"), "GPL-2.0-only unstated"),
        (
            "// This is free software under the terms of version 2 only of the GNU General Public License.\n"
                .to_owned(),
            "GPL-2.0-only",
        ),
        (gnu("GNU Affero General Public License", "either version 3, or any later version"), "AGPL-3.0-or-later"),
        ("// License: GPL-2.0+\n".to_owned(), "GPL-2.0-or-later"),
        (
            "// SPDX-License-Identifier: GPL-2.0+ WITH Linux-syscall-note\n".to_owned(),
            "GPL-2.0-or-later WITH Linux-syscall-note",
        ),
        ("// This file is MIT licensed.\n".to_owned(), "MIT"),
        ("// Readers must be released under a GPL compatible license.\n".to_owned(), "null"),
        ("// It may change any libraries licensed under the GNU LGPL.\n".to_owned(), "null"),
    ] {
        let project = Project::new(&[("main.c", &header)]);
        let (_, rows) = identify(&project, &["main.c"]);
        let suffix = rows[0]["suffix"].as_str().map(|suffix| format!(" {suffix}")).unwrap_or_default();
        assert_eq!(
            format!("{}{suffix}", rows[0]["expression"].as_str().unwrap_or("null")),
            expected,
            "{header}{rows:?}"
        );
    }
}
