//! Texts made to cost much: pieces that are repeated until a file is full.
//!
//! Shared by `tests/it/growth.rs`, which holds the program to linear work, and `benches/identify.rs`, which measures.

/// Names and pieces.
pub(crate) fn pieces() -> Vec<(&'static str, String)> {
    const SHORT: [(&str, &str); 31] = [
        ("openings of one license", "Permission is hereby granted, free of charge, to any person "),
        ("copyright signs", "Copyright (c) "),
        ("copyright lines", "Copyright (c) 2019 Coop Shop and others\n"),
        ("copyright lines that go on", "Copyright (c) 2019 A,\n2020 B, and\n"),
        ("rights reserved", "All rights reserved. "),
        ("open tags", "<license "),
        ("open brackets", "[[{[ license "),
        ("open styles", "<style>license "),
        ("paragraphs of HTML", "<p class=\"license\">the <b>GPL</b> &copy; 2020</p>"),
        ("entities", "&amp;&#x41;license&"),
        ("addresses", "license.example.org/a/b/c "),
        ("addresses of licenses", "license https://opensource.org/licenses/MIT "),
        ("badges", "https://img.shields.io/badge/license-MIT%2FApache-blue.svg "),
        ("names", "GPL MIT BSD Apache LGPL "),
        ("a list of names", "License: MIT, BSD-3-Clause, Apache-2.0, GPL-2.0, "),
        ("a chain of choices", "MIT OR "),
        ("a chain behind a grant", "licensed under MIT OR Apache-2.0 OR "),
        ("either or", "licensed under either the MIT license or the Apache License or "),
        ("titles", "MIT License\n\n"),
        ("licensed under", "licensed under the GNU General Public License version "),
        ("grants alone", "licensed under "),
        ("later versions", "GNU General Public License version 2 or any later version with the classpath exception "),
        ("notices", "This file is free software under the terms of the GNU General Public License, version 3.\n"),
        ("references", "see the LICENSE file for the license "),
        ("limits", "for non-commercial purposes only, may not be sold. license "),
        ("tags", "// SPDX-License-Identifier: MIT\n"),
        ("tags that do not parse", "# SPDX-License-Identifier: ((((MIT OR \n"),
        ("tags on one line", "SPDX-License-Identifier: MIT "),
        ("backslashes", "\\license\\"),
        ("quotes", "\"'`license"),
        ("comment leaders", "/* license // # -- ; % dnl \n"),
    ];
    let mut pieces: Vec<(&str, String)> = SHORT.map(|(what, piece)| (what, piece.to_owned())).to_vec();
    let text = |id: &str| spdx::license_id(id).expect("it is on the list").text().to_owned();
    let half = |id: &str| {
        let text = text(id);
        let words: Vec<&str> = text.split(' ').collect();
        words.iter().take(words.len() / 2).copied().collect::<Vec<_>>().join(" ")
    };
    for id in ["MIT", "BSD-3-Clause", "GPL-3.0-only", "Apache-2.0", "CC-BY-4.0"] {
        pieces.push(("whole texts", text(id) + "\n\n"));
    }
    pieces.push(("texts cut short", half("MIT") + "\n\n"));
    pieces.push(("long texts cut short", half("GPL-3.0-only") + "\n\n"));
    pieces.push(("halves of two licenses", half("MIT") + "\n" + &half("BSD-3-Clause") + "\n"));
    pieces.push(("halves of two long licenses", half("GPL-2.0-only") + "\n" + &half("AGPL-3.0-only") + "\n"));
    let mut sentences: Vec<String> = text("GPL-3.0-only").split(". ").map(str::to_owned).collect();
    sentences.reverse();
    pieces.push(("shuffled sentences", sentences.join(". ")));
    let every = |step: usize, id: &str| {
        let text = text(id);
        let words = text.split(' ').enumerate();
        words.flat_map(|(at, word)| [word, if at % step == 0 { "zebra" } else { "" }]).collect::<Vec<_>>().join(" ")
    };
    pieces.push(("a word put in after every fourth", every(4, "GPL-3.0-only") + "\n"));
    pieces.push(("a word put in after every sixth", every(6, "BSD-3-Clause") + "\n"));
    pieces.push(("a long tag", format!("// SPDX-License-Identifier: {}\n", "MIT OR ".repeat(20_000))));
    pieces.push(("a tag with many brackets", format!("// SPDX-License-Identifier: {}MIT\n", "(".repeat(50_000))));
    pieces.push(("every text", spdx::text::LICENSE_TEXTS.iter().flat_map(|(_, text)| [*text, "\n\n"]).collect()));
    pieces
}

/// A text of this length.
pub(crate) fn filled(piece: &str, length: usize) -> String {
    let mut text = piece.repeat(length / piece.len() + 1);
    let end = (0..=length).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    text.truncate(end);
    text
}
