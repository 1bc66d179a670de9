//! The project's own files: what was copied in is found, judged, and never taken for the project's own.

use std::io::Write;

use serde_json::Value;

use crate::program::{Project, package};

const MANIFEST: (&str, &str) = ("Cargo.toml", "[package]\nname = \"shop\"\nversion = \"1.0.0\"\nlicense = \"PPL\"\n");

fn text_of(id: &str) -> &'static str {
    spdx::license_id(id).unwrap().text()
}

fn check(files: &[(&str, &str)], args: &[&str]) -> Value {
    let project = Project::new(&[&[MANIFEST], files].concat());
    project.check(args).1
}

/// The packages besides the project itself: purl without its type, license, relation, verdict.
fn found(document: &Value) -> Vec<[String; 4]> {
    let word = |row: &Value, key: &str| row[key].as_str().unwrap_or("null").to_owned();
    let rows = document["packages"].as_array().unwrap().iter().filter(|row| row["not_judged"].is_null());
    let mut rows: Vec<[String; 4]> = rows
        .map(|row| {
            let purl = word(row, "purl");
            let path = purl.strip_prefix("pkg:generic/").unwrap_or(&purl).to_owned();
            [path, word(row, "expression"), word(row, "relation"), word(row, "verdict")]
        })
        .collect();
    rows.sort();
    rows
}

fn row(words: [&str; 4]) -> [String; 4] {
    words.map(str::to_owned)
}

#[test]
fn a_folder_with_a_text_of_its_own_is_a_package() {
    let document = check(
        &[
            ("lib/left/LICENSE", text_of("MIT")),
            ("lib/left/left.c", "int left;\n"),
            ("lib/left/inner/COPYING", text_of("GPL-3.0-only")),
            ("lib/left/inner/inner.c", "int inner;\n"),
            ("LICENSES/CC0-1.0.txt", text_of("CC0-1.0")),
            ("docs/licenses/LICENSE-APACHE.txt", text_of("Apache-2.0")),
            (
                "guide/licenses.md",
                "# Licenses\n\nWhat may be said of each of them, in our words:\n\n\
              Some parts of other programs are licensed under the MIT license, which asks little of those who give copies on.\n\
              Others fall under the GNU General Public License, version 3, and ask for the source of the whole.\n",
            ),
            ("guide/start.txt", "Start here.\n"),
        ],
        &[],
    );
    assert_eq!(
        found(&document),
        [row(["lib/left", "MIT", "vendored", "ok"]), row(["lib/left/inner", "GPL-3.0-only", "vendored", "conflict"]),]
    );
}

#[test]
fn a_text_that_cannot_be_read_is_named_for_what_it_is() {
    let files = [("install/setup.wxs", "<Wix/>\n"), ("blank/a.c", "int a;\n"), ("blank/LICENSE", " \n")];
    let project = Project::new(&[&[MANIFEST], &files[..]].concat());
    let rich = text_of("MIT").replace('\n', "\\par\n");
    // Rich text as an editor of Windows writes it, with a zero byte behind it.
    project.write("install/License.rtf", format!("{{\\rtf1\\ansi {rich}}}\r\n\0"));
    project.write("pdf/a.c", "int a;\n");
    project.write("pdf/LICENSE.pdf", b"%PDF-1.4\n\0\0\xff\0");
    let (code, document) = project.check(&[]);
    assert_eq!(code, Some(1));
    assert_eq!(
        found(&document),
        [
            row(["blank", "null", "vendored", "review"]),
            row(["install", "MIT", "vendored", "ok"]),
            row(["pdf", "null", "vendored", "review"]),
        ]
    );
    let messages: Vec<&str> =
        document["findings"].as_array().unwrap().iter().filter_map(|finding| finding["message"].as_str()).collect();
    assert_eq!(
        messages,
        ["blank names no license, and nothing beside it does", "pdf has a LICENSE.pdf whose text is not known here",]
    );
}

#[test]
fn the_projects_own_text_beside_a_part_makes_no_package() {
    let document = check(
        &[
            ("LICENSE", text_of("PPL")),
            ("web/LICENSE", text_of("PPL")),
            ("web/index.ts", "export {};\n"),
            ("tests/data/LICENSE", text_of("GPL-3.0-only")),
            ("tests/data/x.c", "int x;\n"),
        ],
        &[],
    );
    assert_eq!(found(&document), Vec::<[String; 4]>::new());
}

#[test]
fn a_page_with_the_word_in_its_name_is_no_license_among_pages() {
    let pages = [
        ("LICENSE", text_of("PPL")),
        ("docs/choosing-a-license.md", "# Choosing\n\nAsk your assembly.\n"),
        ("docs/install.md", "# Install\n"),
    ];
    assert_eq!(found(&check(&pages, &[])), Vec::<[String; 4]>::new());
    // Beside code it may be the license of that code, and a page that is named for what it is always may.
    for more in [("docs/x.c", "int x;\n"), ("docs/LICENSE.md", "House rules of Acme.\n")] {
        let document = check(&[&pages[..], &[more]].concat(), &[]);
        assert!(found(&document).iter().any(|row| row[0].contains("docs")), "{more:?}: {document:#}");
    }
}

#[test]
fn headers_that_name_another_license_are_found() {
    let gnu = "/* This program is free software: you can redistribute it and/or modify it under\n \
               * the terms of the GNU General Public License as published by the Free Software Foundation;\n \
               * either version 2 of the License, or (at your option) any later version. */\nint x;\n";
    let document = check(
        &[
            ("src/main.rs", "// SPDX-License-Identifier: PPL\nfn main() {}\n"),
            ("src/text.rs", "const TAG: &str = \"SPDX-License-Identifier: MIT\";\n"),
            ("src/note.md", "Unlike code under the GPL, this is not licensed under the GPL.\n"),
            ("src/hash.c", gnu),
            ("src/png/a.c", "// SPDX-License-Identifier: Libpng\n"),
            ("src/png/b.c", "// SPDX-License-Identifier: Libpng\n"),
        ],
        &[],
    );
    assert_eq!(
        found(&document),
        [row(["src/hash.c", "GPL-2.0-or-later", "vendored", "conflict"]), row(["src/png", "Libpng", "vendored", "ok"]),]
    );
    let claim = &package(&document, "pkg:generic/src/hash.c")["claims"][0];
    assert_eq!((&claim["location"]["path"], &claim["location"]["line"]), (&"src/hash.c".into(), &2.into()));
}

#[test]
fn what_reuse_states_counts() {
    let reuse =
        "version = 1\n[[annotations]]\npath = [\"img/*.png\", \"data/**\"]\nSPDX-License-Identifier = \"CC-BY-4.0\"\n";
    let document = check(
        &[
            ("REUSE.toml", reuse),
            ("data/a/b.csv", "1,2\n"),
            ("font/shop.woff2", "wOF2"),
            ("font/shop.woff2.license", "SPDX-FileCopyrightText: 2024 Shop\nSPDX-License-Identifier: OFL-1.1\n"),
            ("font/own.woff2", "wOF2"),
            ("font/own.woff2.license", "SPDX-License-Identifier: PPL\n"),
        ],
        &[],
    );
    let rows = found(&document);
    assert_eq!(
        rows.iter().map(|row| [row[0].as_str(), row[1].as_str()]).collect::<Vec<_>>(),
        [["data/a/b.csv", "CC-BY-4.0"], ["font/shop.woff2", "OFL-1.1"],]
    );
}

#[test]
fn precedence_of_reuse_says_whether_the_file_speaks_too() {
    let annotation = |folder: &str, precedence: &str| {
        format!("[[annotations]]\npath = \"{folder}/*\"\n{precedence}\nSPDX-License-Identifier = \"CC-BY-4.0\"\n")
    };
    let reuse = ["version = 1\n".to_owned()]
        .into_iter()
        .chain([
            annotation("none", ""),
            annotation("closest", "precedence = \"closest\""),
            annotation("aggregate", "precedence = \"aggregate\""),
            annotation("override", "precedence = \"override\""),
        ])
        .collect::<String>();
    let header = "// SPDX-License-Identifier: GPL-2.0-only\n";
    let document = check(
        &[
            ("REUSE.toml", &reuse),
            ("none/a.c", header),
            ("closest/a.c", header),
            ("closest/inner/a.c", header),
            ("closest/silent.c", "int x;\n"),
            ("aggregate/a.c", header),
            ("override/a.c", header),
            ("override/b.bin.license", "SPDX-License-Identifier: GPL-2.0-only\n"),
            ("override/b.bin", "x"),
            (
                "nested/REUSE.toml",
                "version = 1\n[[annotations]]\npath = \"**\"\nSPDX-License-Identifier = \"Unheard-Of-1.0\"\n",
            ),
            ("nested/a.csv", "1\n"),
        ],
        &[],
    );
    let rows = found(&document);
    let rows: Vec<[&str; 2]> = rows.iter().map(|row| [row[0].as_str(), row[1].as_str()]).collect();
    assert_eq!(
        rows,
        [
            ["aggregate/a.c", "CC-BY-4.0 AND GPL-2.0-only"],
            ["closest/a.c", "GPL-2.0-only"],
            ["closest/inner/a.c", "GPL-2.0-only"],
            ["closest/silent.c", "CC-BY-4.0"],
            ["nested", "null"],
            ["none/a.c", "GPL-2.0-only"],
            ["override", "CC-BY-4.0"],
        ]
    );
}

#[test]
fn a_damaged_statement_of_reuse_is_an_incomplete_scan() {
    let project = Project::new(&[MANIFEST, ("REUSE.toml", "version = 1\n[[annotations]\n"), ("data/a.csv", "1\n")]);
    let (code, document) = project.check(&[]);
    assert_eq!(code, Some(1));
    let problem = &document["diagnostics"][0];
    assert_eq!((&problem["code"], &problem["location"]["line"]), (&"invalid-syntax".into(), &2.into()));
}

#[test]
fn a_tag_that_nobody_knows_is_unknown() {
    let document = check(&[("src/a.c", "// SPDX-License-Identifier: PPL AND Acme-Commercial\nint x;\n")], &[]);
    assert_eq!(found(&document), [row(["src/a.c", "null", "vendored", "review"])]);
    // Nor is a name that other licenses bear as well the project's license.
    let document = check(&[("src/a.c", "// SPDX-License-Identifier: PPL version 2\nint x;\n")], &[]);
    assert_eq!(found(&document), [row(["src/a.c", "null", "vendored", "review"])]);
}

#[test]
fn code_among_foreign_code_without_a_word_on_its_license_is_unknown() {
    let document = check(
        &[
            ("third_party/silent/a.c", "int a;\n"),
            ("third_party/silent/b/b.c", "int b;\n"),
            ("third_party/spoken/c.c", "// SPDX-License-Identifier: PPL\nint c;\n"),
            ("third_party/licensed/LICENSE", text_of("MIT")),
            ("third_party/licensed/d.c", "int d;\n"),
            ("third_party/inner/e/LICENSE", text_of("MIT")),
            ("third_party/inner/e/e.c", "int e;\n"),
            ("third_party/empty/README.md", "Nothing here.\n"),
            ("vendor/jquery.js", "function $() {}\n"),
            ("src/vendor_list.c", "int v;\n"),
        ],
        &[],
    );
    assert_eq!(
        found(&document),
        [
            row(["third_party/inner/e", "MIT", "vendored", "ok"]),
            row(["third_party/licensed", "MIT", "vendored", "ok"]),
            row(["third_party/silent", "null", "vendored", "review"]),
            row(["vendor/jquery.js", "null", "vendored", "review"]),
        ]
    );
}

#[test]
fn a_silent_font_is_unknown_and_silent_pictures_are_counted() {
    let svg = "<svg><metadata>http://creativecommons.org/licenses/by-nc/4.0/</metadata></svg>";
    let project = Project::new(&[MANIFEST, ("font/x.otf", "OTTO"), ("img/b.svg", svg), ("img/a.svg", "<svg/>")]);
    project.write("img/c.png", b"\x89PNG\r\n\x1a\n\0\0");
    let (code, document) = project.check(&[]);
    assert_eq!(code, Some(1));
    let rows = found(&document);
    assert_eq!(
        rows.iter().map(|row| [row[0].as_str(), row[1].as_str(), row[2].as_str()]).collect::<Vec<_>>(),
        [["font/x.otf", "null", "asset"], ["img/b.svg", "CC-BY-NC-4.0", "asset"],]
    );
    assert_eq!(document["coverage"]["images"], 2);
    let (code, document) = project.check(&["--no-source"]);
    assert_eq!((code, found(&document).len()), (Some(0), 0));
}

#[test]
fn silent_fonts_are_one_unknown_in_the_text() {
    let project = Project::new(&[MANIFEST, ("font/x.otf", "OTTO"), ("font/x.woff", "wOFF"), ("icons/y.ttf", "true")]);
    let text = project.run(&["check"]).stdout;
    assert_eq!(text.matches("unknown[undetermined-license]").count(), 1, "{text}");
    assert!(text.contains("3 files name no license, and nothing beside them does: font/x.otf"), "{text}");
    assert!(text.contains("next     put its license text into its folder, or say it in REUSE.toml"), "{text}");
}

#[test]
fn an_ambiguous_text_hides_no_other_text_beside_it() {
    let document = check(
        &[
            // Which of the BSD licenses is left open.
            ("lib/both/LICENSE", "This library is distributed under the BSD license.\n"),
            ("lib/both/COPYING", text_of("GPL-3.0-only")),
            ("lib/both/both.c", "int both;\n"),
        ],
        &[],
    );
    let package = document["packages"].as_array().unwrap().iter().find(|row| row["purl"] == "pkg:generic/lib/both");
    let package = package.unwrap();
    assert_eq!(package["verdict"], "conflict", "{package:#}");
    let candidates: Vec<&str> = package["candidates"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(candidates.contains(&"BSD-3-Clause AND GPL-3.0-only"), "{candidates:?}");
    assert!(candidates.contains(&"BSD-3-Clause OR GPL-3.0-only"), "{candidates:?}");
}

#[test]
fn a_license_that_several_texts_name_counts_once() {
    let document = check(
        &[
            ("lib/both/LICENSE", text_of("MIT")),
            ("lib/both/LICENSE-OTHERS", "// SPDX-License-Identifier: MIT AND ISC\n"),
            ("lib/both/both.c", "int both;\n"),
        ],
        &[],
    );
    let package = document["packages"].as_array().unwrap().iter().find(|row| row["purl"] == "pkg:generic/lib/both");
    let candidates = &package.unwrap()["candidates"];
    assert_eq!(*candidates, serde_json::json!(["ISC AND MIT", "MIT OR ISC AND MIT"]));
}

/// A font whose table `name` has one record: the description of the license.
fn font(license: &str) -> Vec<u8> {
    let words: Vec<u8> = license.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let length = u16::try_from(words.len()).unwrap();
    let name_table: Vec<u8> =
        [[0_u16, 1, 18, 3, 1, 0x409, 13, length, 0].map(u16::to_be_bytes).concat(), words].concat();
    let size = u32::try_from(name_table.len()).unwrap();
    let head = [&[0, 1, 0, 0][..], &[0_u16, 1, 0, 0, 0].map(u16::to_be_bytes).concat()[2..]].concat();
    let entry = [b"name".to_vec(), [0, 28, size].map(u32::to_be_bytes).concat()].concat();
    [head, entry, name_table].concat()
}

#[test]
fn a_font_says_its_license_itself() {
    let project = Project::new(&[MANIFEST]);
    project.write("font/x.ttf", font("This Font Software is licensed under the SIL Open Font License, Version 1.1."));
    let (_, document) = project.check(&[]);
    assert_eq!(found(&document)[0][..2], ["font/x.ttf".to_owned(), "OFL-1.1".to_owned()]);
}

/// A font packed by WOFF 1.0 that has one table.
fn packed(font: &[u8]) -> Vec<u8> {
    let table = &font[28..];
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(table).unwrap();
    let squeezed = encoder.finish().unwrap();
    assert!(squeezed.len() < table.len());
    let number = |length: usize| u32::try_from(length).unwrap().to_be_bytes();
    let head = [b"wOFF", &[0, 1, 0, 0][..], &number(64 + squeezed.len()), &[0, 1, 0, 0], &[0; 28]].concat();
    let entry = [b"name", &number(64)[..], &number(squeezed.len()), &number(table.len()), &[0; 4]].concat();
    [head, entry, squeezed].concat()
}

#[test]
fn a_packed_font_says_its_license_too() {
    let project = Project::new(&[MANIFEST]);
    let bare = font(&"This Font Software is licensed under the SIL Open Font License, Version 1.1. ".repeat(4));
    project.write("font/x.woff", packed(&bare));
    project.write("font/cut.woff", &packed(&bare)[..80]);
    let (_, document) = project.check(&[]);
    let found = found(&document);
    assert!(found.iter().any(|row| row[..2] == ["font/x.woff".to_owned(), "OFL-1.1".to_owned()]), "{found:?}");
    assert!(!found.iter().any(|row| row[0] == "font/cut.woff" && row[1] == "OFL-1.1"), "{found:?}");
}

#[test]
fn a_picture_says_its_license_in_its_metadata() {
    let xmp = "<x:xmpmeta><cc:license rdf:resource=\"https://creativecommons.org/licenses/by-nc/4.0/\"/></x:xmpmeta>";
    let text = [b"iTXtXML:com.adobe.xmp\0\0\0\0\0", xmp.as_bytes()].concat();
    let chunk = [&u32::try_from(text.len() - 4).unwrap().to_be_bytes()[..], &text, &[0; 4]].concat();
    let project = Project::new(&[MANIFEST]);
    project.write("art/sea.png", [b"\x89PNG\r\n\x1a\n", chunk.as_slice()].concat());
    project.write("art/sky.jpg", [b"\xff\xd8\xff\xe1\0\xffhttp://ns.adobe.com/xap/1.0/\0", xmp.as_bytes()].concat());
    let (_, document) = project.check(&[]);
    let found = found(&document);
    assert!(found.iter().any(|row| row[1] == "CC-BY-NC-4.0"), "{found:?}");
}

#[test]
fn a_project_of_sources_alone_has_something_to_check() {
    let project = Project::new(&[("LICENSE", text_of("PPL")), ("a.c", "// SPDX-License-Identifier: GPL-3.0-only\n")]);
    let (code, document) = project.check(&[]);
    assert_eq!((code, document["summary"]["reason"].as_str()), (Some(1), Some("conflict")));
}

#[test]
fn fonts_and_pictures_are_credited_one_by_one() {
    let svg = |title: &str, author: &str| {
        format!(
            "<svg><metadata><cc:Work><dc:title>{title}</dc:title><dc:creator><cc:Agent><dc:title>{author}</dc:title>\
             </cc:Agent></dc:creator><cc:license rdf:resource=\"http://creativecommons.org/licenses/by/4.0/\"/>\
             </cc:Work></metadata></svg>"
        )
    };
    let reuse = "version = 1\n[[annotations]]\npath = \"art/*.png\"\nSPDX-License-Identifier = \"CC-BY-SA-4.0\"\n\
                 SPDX-FileCopyrightText = \"2020 Lin\"\n";
    let project = Project::new(&[
        MANIFEST,
        ("icons/cup.svg", &svg("A cup", "Ada")),
        ("icons/pot.svg", &svg("A pot", "Grace")),
        ("icons/own.svg", "<svg/>"),
        ("REUSE.toml", reuse),
    ]);
    project.write("art/sea.png", b"\x89PNG\r\n\x1a\n\0\0");
    let notice = project.run(&["report", "--format", "notice"]).stdout;
    let notice = notice.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in ["icons/cup.svg: \"A cup\", by Ada", "icons/pot.svg: \"A pot\", by Grace", "art/sea.png: by 2020 Lin"]
    {
        assert!(notice.contains(words), "{words}: {notice}");
    }
    assert!(!notice.contains("own.svg"), "{notice}");
}

#[test]
fn a_folder_of_pictures_lies_beside_the_work() {
    let document = check(
        &[("icons/LICENSE", text_of("CC-BY-SA-4.0")), ("icons/cup.svg", "<svg/>"), ("icons/pot.svg", "<svg/>")],
        &[],
    );
    assert_eq!(found(&document), [row(["icons", "CC-BY-SA-4.0", "asset", "obligation"])]);
    // Code beside them makes the folder copied code.
    let document = check(
        &[("icons/LICENSE", text_of("CC-BY-SA-4.0")), ("icons/cup.svg", "<svg/>"), ("icons/draw.js", "draw()\n")],
        &[],
    );
    assert_eq!(found(&document), [row(["icons", "CC-BY-SA-4.0", "vendored", "conflict"])]);
}
