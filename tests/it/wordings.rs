//! Wordings of published license files, each cut to the words that once misled.

use ppl_check::license::expr::Expr;
use ppl_check::license::identify::{Conclusion, Method, canonical_text, identify};

fn text_of(id: &str) -> String {
    canonical_text(id).unwrap()
}

fn said(name: &str, text: &str) -> String {
    match &identify(name, text).conclusion {
        Conclusion::Expression(expr) => expr.canonical().to_string(),
        Conclusion::SuffixUnstated(expr) => format!("{} unstated", expr.canonical()),
        Conclusion::Candidates(all) => all.iter().map(Expr::to_string).collect::<Vec<_>>().join(", "),
        Conclusion::Modified { id, .. } => format!("modified {id}"),
        other => format!("{other:?}"),
    }
}

/// The Apache license up to the end of its terms, as many copies have it.
fn apache_without_appendix() -> String {
    let text = text_of("Apache-2.0");
    let (terms, _) = text.split_once("APPENDIX").unwrap();
    terms.to_owned()
}

#[test]
fn terms_without_their_appendix_end_where_another_text_starts() {
    let file = format!(
        "SPDX-License-Identifier: ISC AND (Apache-2.0 OR ISC)\n\n{}\n\nISC license\n-----------\n\n{}",
        apache_without_appendix(),
        text_of("ISC")
    );
    assert_eq!(said("LICENSE", &file), "ISC AND (Apache-2.0 OR ISC)");
}

/// That a license goes together with the GPL does not put anything under the GPL.
#[test]
fn compatible_is_not_licensed() {
    let isc = text_of("ISC");
    let file = format!("ISC LICENSE\n\n    This license is approved by the OSI and FSF as GPL-compatible.\n\n{isc}");
    assert_eq!(said("LICENSE", &file), "ISC");
    let granted = format!("This program is licensed under the GPL-3.0-only.\n\n{isc}");
    assert_ne!(said("LICENSE", &granted), "ISC");
}

/// A disclaimer that says less excludes no less: many packages leave out two of its words.
#[test]
fn a_disclaimer_may_lack_what_changes_nothing() {
    let mit = text_of("MIT");
    let shorter = mit.replace("ARISING FROM, OUT OF", "OUT OF").replace("ARISING FROM,\nOUT OF", "OUT OF");
    assert_ne!(shorter, mit);
    assert_eq!(said("LICENSE", &shorter), "MIT");
    let limited = mit.replace("without restriction, including", "including");
    assert_ne!(limited, mit);
    assert_eq!(said("LICENSE", &limited), "modified MIT");
}

#[test]
fn texts_of_different_holders_all_apply() {
    let (mit, bsd) = (text_of("MIT"), text_of("BSD-3-Clause"));
    let under = |first: &str, second: &str| {
        let body =
            |text: &str| text.lines().filter(|line| !line.starts_with("Copyright")).collect::<Vec<_>>().join("\n");
        format!("Copyright (c) 2013 {first}\n\n{}\n\nCopyright (c) 1998 {second}\n\n{}\n", body(&mit), body(&bsd))
    };
    assert_eq!(said("LICENSE", &under("Ada Right and others", "Paul Left")), "BSD-3-Clause AND MIT");
    // One holder may offer the work under either.
    let same = said("LICENSE", &under("Ada Right", "Ada Right and others"));
    assert_eq!(same, "MIT AND BSD-3-Clause, MIT OR BSD-3-Clause");
}

#[test]
fn an_offer_may_follow_the_names() {
    let file = "shop is distributed under the following three licenses:\n\n- Apache License version 2.0.\n- MIT license.\n\
                - ISC license.\n\nThese are included as LICENSE-APACHE, LICENSE-MIT and LICENSE-ISC\n\
                respectively.  You may use this software under the terms of any of these\nlicenses, at your option.\n";
    assert_eq!(said("LICENSE", file), "Apache-2.0 OR ISC OR MIT");
}

#[test]
fn a_license_that_is_named_by_its_address_counts_beside_a_text() {
    let file = |words: &str| format!("{}\n\n{words}\n", text_of("BSD-3-Clause"));
    let documentation = "Documentation License\n=====================\n\nThe documentation portion is supplied under\n\
                         https://creativecommons.org/licenses/by-sa/4.0/";
    assert_eq!(said("LICENSE", &file(documentation)), "BSD-3-Clause AND CC-BY-SA-4.0");
    let footnote = "The text can also be found at https://opensource.org/licenses/MIT for comparison.";
    assert_eq!(said("LICENSE", &file(footnote)), "BSD-3-Clause");
}

#[test]
fn x11_in_the_name_of_the_mit_license_is_no_second_license() {
    for words in [
        "This is free software, licensed under:\n\n  The MIT (X11) License\n",
        "Licensed under the MIT/X11 license.\n",
        "License: MIT/X11\n",
    ] {
        assert_eq!(said("LICENSE", words), "MIT", "{words}");
    }
    assert_eq!(said("LICENSE", "Licensed under the X11 license.\n"), "X11");
}

#[test]
fn a_copyright_line_may_name_files_and_may_not_limit() {
    let under = |line: &str| text_of("MIT").replacen("Copyright (c) <year> <copyright holders>", line, 1);
    let files = "Copyright (c) 2014-present, Ada, Inc. (ONLY ./src/helpers/regenerator* files)";
    assert_eq!(said("LICENSE", &under(files)), "MIT");
    let limit = "Copyright (c) 2014-present, Ada, Inc. (for non-commercial use only)";
    assert_ne!(said("LICENSE", &under(limit)), "MIT");
}

#[test]
fn slips_in_writing_are_no_change_and_words_are() {
    let slip = apache_without_appendix().replacen("perpetual", "peretual", 1).replacen("no-charge", "no-cpharge", 1);
    assert_eq!(said("LICENSE", &slip), "Apache-2.0");
    let singular = text_of("MIT").replace("all copies or", "all copy or");
    assert_eq!(said("LICENSE", &singular), "MIT");
    let another = apache_without_appendix().replacen("irrevocable", "revocable", 1);
    assert_eq!(said("LICENSE", &another), "modified Apache-2.0");
}

#[test]
fn names_of_several_holders_fill_the_clause_on_endorsement() {
    let clause = "Neither the name of the copyright holder nor the names of its contributors may be used";
    let text = text_of("BSD-3-Clause");
    assert!(text.contains(clause));
    let named = "Neither name of Ada Right, or LEFT, nor the names of any contributors (NORTH, SOUTH, Universite East), may be used";
    assert_eq!(said("LICENSE", &text.replace(clause, named)), "BSD-3-Clause");
    let limited =
        "Neither the name of the copyright holder nor the names of its contributors nor this software may be used";
    assert_eq!(said("LICENSE", &text.replace(clause, limited)), "modified BSD-3-Clause");
}

#[test]
fn a_file_made_for_licenses_needs_few_words() {
    let words = "*shop* uses an \"ISC\" license for new code files.\n\nSee LICENSE-NORTH for code that was sourced from North \
                 under the\nApache 2.0 license. Some code that was sourced from North under the ISC\nlicense.\n";
    assert_eq!(said("LICENSE", words), "Apache-2.0 AND ISC");
    let other = "Parts of this can be combined with code that is not under the GPL license version 2.\n";
    assert_eq!(said("LICENSE", other), "Nothing");
}

#[test]
fn a_text_with_a_limit_beside_it_is_not_exact() {
    let file = format!("{}\n\nYou may not use this software for commercial purposes.\n", text_of("MIT"));
    let found = identify("LICENSE", &file);
    assert!(matches!(&found.conclusion, Conclusion::Modified { id, .. } if id == "MIT"), "{:?}", found.conclusion);
    assert!(found.matches.iter().all(|found| found.method != Method::Exact && found.confidence < 1.0));
}

/// Who makes the logo of a program grants nothing of the program, and what its license asks binds no part of it.
#[test]
fn the_license_of_a_logo_is_not_that_of_the_work() {
    let logo = |words: &str| format!("{}\n\n## Logo\n\n{words}\n", text_of("ISC"));
    let terms = "under a Creative Commons Attribution-ShareAlike 4.0 International License\n\
                 https://creativecommons.org/licenses/by-sa/4.0/";
    for words in [
        format!("Shop's logo created by Ada Right <http://example.org/>, licensed\n{terms}"),
        format!("Licensed {terms}"),
    ] {
        let found = identify("LICENSE", &logo(&words));
        assert_eq!(said("LICENSE", &logo(&words)), "CC-BY-SA-4.0 AND ISC", "{words}");
        let isc = Expr::parse("ISC").unwrap().expr;
        assert_eq!(found.without_pictures, Some(Conclusion::Expression(isc)), "{words}");
    }
    // Here it may be that of more.
    for words in [format!("The logo and the code are licensed {terms}"), format!("The software is licensed {terms}")] {
        assert_eq!(identify("LICENSE", &logo(&words)).without_pictures, None, "{words}");
    }
}

/// What is offered for changes of some files is no offer for the whole.
#[test]
fn an_offer_for_parts_is_none_for_the_whole() {
    let file = format!(
        "All contributions towards Shop are MIT licensed.\n\nSome files have been derived from the standard library and \
         are therefore\nPSF licensed. Modifications on these files are dual licensed (both MIT and\nPSF). These files \
         are:\n\n- shop/parser.py\n\n-------\n\n{}\n\n-------\n\n{}",
        text_of("MIT"),
        text_of("PSF-2.0")
    );
    assert_eq!(said("LICENSE", &file), "MIT AND PSF-2.0");
}

/// An agreement that nobody has a name for is not one of the texts it reprints for its parts.
#[test]
fn terms_of_its_own_make_a_file_none_of_the_texts_in_it() {
    let own = "You agree to use the kit only as this agreement allows. You may not rent, lend or resell the kit, and \
               nobody may take it apart. The kit is for your internal use only.\n\n"
        .repeat(30);
    let file = format!("KIT AGREEMENT\n\n{own}\n\nThird parties\n\n{}\n\n{}", text_of("BSL-1.0"), text_of("NCSA"));
    assert_eq!(said("LICENSE", &file), "Nothing");
    // A sentence beside the text changes the text.
    let near = format!("{}\n\nYou may not rent, lend or resell the kit.\n", text_of("BSL-1.0"));
    assert_eq!(said("LICENSE", &near), "modified BSL-1.0");
}

#[test]
fn several_names_that_may_not_be_used_are_no_change() {
    let clause = "Neither the name of the copyright holder nor the names of its contributors may be used";
    let named = |names: &str| text_of("BSD-3-Clause").replace(clause, names);
    for names in [
        "Neither the name Ada, nor Right, nor the names of its contributors may be used",
        "Neither the name of the University of North nor the name of Ada Inc. nor the names of their contributors may be used",
    ] {
        assert_eq!(said("LICENSE", &named(names)), "BSD-3-Clause", "{names}");
    }
    let weaker =
        "Neither the name of the copyright holder may be changed nor the names of its contributors may be used";
    assert_eq!(said("LICENSE", &named(weaker)), "modified BSD-3-Clause");
}

#[test]
fn a_disclaimer_need_not_say_who_provides_the_software() {
    let bsd = text_of("BSD-2-Clause").replace("BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS ", "");
    assert_ne!(bsd, text_of("BSD-2-Clause"));
    assert_eq!(said("LICENSE", &bsd), "BSD-2-Clause");
}

#[test]
fn words_to_contributors_limit_nobody_else() {
    let file = |words: &str| format!("{words}\n\n{}", text_of("CC0-1.0"));
    let back = "This means that not every contribution to the version under another license cannot be ported back.";
    assert_eq!(said("LICENSE", &file(back)), "CC0-1.0");
    assert_eq!(said("LICENSE", &file("It cannot be used in weapons.")), "modified CC0-1.0");
}

#[test]
fn zlib_with_acknowledgment_is_a_license_of_its_own() {
    let file = "Source code in this folder is available under the\n- MIT license\n- Zlib license with acknowledgment\n";
    assert_eq!(said("LICENSE", file), "MIT AND zlib-acknowledgement, MIT OR zlib-acknowledgement");
}

/// An exception belongs to the text it follows, though a license of that name was offered before.
#[test]
fn an_exception_belongs_to_the_text_before_it() {
    let file = format!(
        "Shop is licensed under either of Apache License, Version 2.0 or MIT license, at your option.\n\nSome files are \
         ported from others:\n\n{}\n\n{}\n\n{}\n",
        text_of("BSD-3-Clause"),
        apache_without_appendix(),
        text_of("LLVM-exception"),
    );
    let said = said("LICENSE", &file);
    assert!(said.contains("Apache-2.0 WITH LLVM-exception") && !said.contains("BSD-3-Clause WITH"), "{said}");
}

#[test]
fn a_text_is_known_by_what_it_says_in_a_file_without_the_common_words() {
    for id in
        ["Barr", "CrystalStacker", "CC-BY-3.0-NL", "CC-BY-NC-SA-2.0-FR", "CC-BY-SA-2.1-JP", "SAX-PD-2.0", "SSH-short"]
    {
        assert_eq!(said("notes.txt", &text_of(id)), id);
    }
}
