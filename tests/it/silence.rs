//! Files that speak of licenses and carry none: nothing is found in them.
//!
//! Each line of a list is a file of its own, and is read with every name of a license in the place of `@`.

use ppl_check::license::identify::{Conclusion, identify, source_file};

/// Short names, as they stand in code and in prose.
const NAMES: [&str; 12] = [
    "MIT",
    "ISC",
    "Apache",
    "Apache-2.0",
    "Apache 2.0",
    "GPL",
    "GPLv3",
    "GPL-2.0-or-later",
    "BSD",
    "BSD-3-Clause",
    "MPL-2.0",
    "CC0",
];

/// Code, by the ending of its file, in which names are values and words.
const CODE: &[(&str, &str)] = &[
    ("rs", "const ALLOWED: &[&str] = &[\"@\", \"Zlib\"];\n"),
    ("rs", "match license {\n    \"@\" => Kind::Known,\n    _ => Kind::Other,\n}\n"),
    (
        "rs",
        "/// Returns whether the text of @ was asked for.\nfn is_wanted(license: &License) -> bool {\n    license.id == \"@\"\n}\n",
    ),
    ("rs", "let notice = \"This file is licensed under the @ license.\";\n"),
    ("rs", "// Sorts licenses by name: @ comes before Zlib.\nlicenses.sort();\n"),
    ("py", "if package.license in (\"@\", \"Zlib\"):\n    allow(package)\n"),
    ("py", "HEADER = re.compile(r\"licensed under the @\", re.I)\n"),
    ("py", "# Asks whether @ is among the licenses of the package.\ndef has(package): ...\n"),
    ("py", "def test_license():\n    assert read('License: @') == ['@']\n"),
    ("py", "parser.add_argument('--license', choices=['@', 'Zlib'])\n"),
    ("js", "const license = '@';\nif (allowed.includes(license)) { pass(); }\n"),
    ("js", "// see how npm writes @ in its field\nread(manifest.license);\n"),
    ("js", "throw new Error('licensed under @, which is not allowed');\n"),
    ("ts", "type License = '@' | 'Zlib';\n"),
    ("go", "// TestLicense reads @ from a manifest.\nfunc TestLicense(t *testing.T) { want := \"@\" }\n"),
    ("go", "licenses := map[string]bool{\"@\": true}\n"),
    ("c", "/* the @ entry of the table */\nstatic const char *names[] = { \"@\" };\n"),
    ("c", "#define LICENSE_NAME \"@\"\nprintf(\"License: %s\\n\", LICENSE_NAME);\n"),
    ("h", "/* A module says @ here if the kernel may load it. */\n#define MODULE_LICENSE(x)\n"),
    ("cpp", "std::string license = \"Licensed under the @ license\";\n"),
    ("java", "/** Parses names such as @. */\nLicense parse(String name) { return License.of(\"@\"); }\n"),
    ("rb", "LICENSES = %w[@ Zlib].freeze\n"),
    ("rb", "# Compares what was found with @.\ndef same?(license) = license == '@'\n"),
    ("php", "<?php\n// Is it @?\nreturn $license === '@';\n"),
    ("sh", "grep -q '@' LICENSE && echo found\n"),
    ("sh", "# counts the files that say @\ngrep -rl \"licensed under the @\" . | wc -l\n"),
    ("sql", "-- rows of @ come first\nSELECT * FROM licenses WHERE name = '@';\n"),
    ("lua", "-- maps @ to its address\nlocal urls = { ['@'] = '' }\n"),
    ("pl", "my %known = ('@' => 1); # @ is known\n"),
    ("css", "/* the badge of @ */\n.license-badge { color: green; }\n"),
    ("hs", "-- | The parser of @ and its kin.\nlicense = \"@\"\n"),
    ("el", ";; @ is one of the choices\n(defvar licenses '(\"@\"))\n"),
    ("kt", "// Shows @ in a list\nval names = listOf(\"@\")\n"),
    ("swift", "// Turns @ into a case\nenum License { case other(\"@\") }\n"),
];

/// Sentences of read-me files, of manuals and of histories of changes, each a paragraph below a heading.
const PROSE: &[&str] = &[
    "@ is one of many licenses, and people argue about all of them.",
    "Why @? We asked maintainers what they think of it.",
    "The tool knows @, Zlib and forty others.",
    "Unlike the @ license, ours asks for something in return.",
    "Is the result compatible with @? Ask a lawyer.",
    "Most packages in the survey chose @; a third chose something else.",
    "A table compares @ with other licenses by what each asks for.",
    "What does @ mean? It is explained in the glossary.",
    "Pass `--allow @` to let packages through that would be stopped.",
    "Run the checker with `@` on its list and see what remains.",
    "The word @ in a file does not make it so.",
    "People often confuse @ with its neighbors.",
    "In 1989 nobody had heard of @.",
    "The parser splits `@ AND Zlib` into two names.",
    "The field may hold `@` or a list of names.",
    "You may want to read what others wrote about @ first.",
    "Code that is not licensed under @ is reported.",
    "The plugin counts how often @ occurs in a tree.",
    "- Add @ to the list of licenses that are let through",
    "- Fix a crash when a license field is `@ ` with a space behind it",
    "- Names such as @ are compared without case",
    "- The badge shows @ again",
    "- Remove the dependency that was under @",
    "- Document how @ is told from its neighbors",
    "- Tests: cover @ in nested expressions",
    "- Speed up the search for @ by a factor of two",
];

/// Words that look like names of licenses and are other things.
const OTHERS: &[(&str, &str)] = &[
    ("README.md", "Apache listens on port 80, and nginx sits in front of it.\n"),
    ("README.md", "The course 6.001 at MIT used Scheme.\n"),
    ("README.md", "He works at the MIT Media Lab in Cambridge.\n"),
    ("README.md", "Mit Git und Rust entwickelt, mit Liebe gemacht.\n"),
    ("README.md", "Runs on FreeBSD, OpenBSD and NetBSD; the BSD sockets are enough.\n"),
    ("README.md", "Needs a license key of the vendor to start.\n"),
    ("README.md", "Copy the driver's license scan into the form.\n"),
    ("README.md", "The Mozilla documentation explains the element.\n"),
    ("README.md", "Eclipse and IntelliJ both import the project.\n"),
    ("README.md", "Python 3.11 or later is needed.\n"),
    ("README.md", "Perl itself is not needed.\n"),
    ("README.md", "Artistic choices are explained in the notes.\n"),
    ("README.md", "The public domain name system is described elsewhere.\n"),
    ("README.md", "Permission to use the camera is asked for at the start.\n"),
    ("README.md", "Without warranty of the seller nothing is shipped.\n"),
    ("README.md", "All rights of users are kept in the table `rights`.\n"),
    ("main.c", "/* boost the clock; zlib does the rest */\nint boost;\n"),
    ("main.c", "int mit, bsd, gpl, isc; /* four counters */\n"),
    ("main.py", "# unlicense the seat when the user leaves\nseat.unlicense()\n"),
    ("main.py", "license = load('license.key')  # raises if it has expired\n"),
    ("main.rs", "// The apache log format, see the manual of the server.\nfn parse() {}\n"),
    ("main.rs", "/// Permission bits of a file, granted by its owner.\nstruct Permissions;\n"),
    ("main.go", "// Copyright lines are cut at the comma.\nfunc cut() {}\n"),
    ("main.js", "// redistribute the load among the workers\nbalance();\n"),
    ("main.js", "// free of charge until the battery is full\ncharge();\n"),
    ("main.sh", "# the warranty of the disk ends in May\nexit 0\n"),
    ("deny.toml", "[licenses]\nallow = [\n    \"MIT\",\n    \"Apache-2.0\",\n]\n"),
    ("allow.json", "{\"allowed\": [\"MIT\", \"Apache-2.0\", \"GPL-3.0-only\"]}\n"),
    ("config.yml", "rules:\n  - deny: GPL-3.0-only\n  - allow: [MIT, ISC]\n"),
    ("table.csv", "name,count\nMIT,12\nGPL-2.0-only,4\n"),
];

/// Checks that nothing is found in any of the files; each is its name and its text.
fn check(files: impl Iterator<Item = (String, String)>) -> usize {
    let mut n_files = 0;
    let mut spoke = Vec::new();
    for (name, text) in files {
        n_files += 1;
        for found in [identify(&name, &text), source_file(&name, &text)] {
            if found.conclusion != Conclusion::Nothing || !found.matches.is_empty() {
                spoke.push(format!(
                    "{name}: {text:?}: {:?}",
                    found.matches.iter().map(|found| &found.conclusion).collect::<Vec<_>>()
                ));
            }
        }
    }
    spoke.dedup();
    assert!(spoke.is_empty(), "{} of {n_files}:\n{}", spoke.len(), spoke.join("\n"));
    n_files
}

#[test]
fn code_that_speaks_of_licenses_carries_none() {
    let files = CODE
        .iter()
        .flat_map(|(ending, text)| NAMES.iter().map(move |name| (format!("main.{ending}"), text.replace('@', name))));
    assert!(check(files) > 400);
}

#[test]
fn prose_that_speaks_of_licenses_carries_none() {
    let files = PROSE.iter().flat_map(|sentence| {
        NAMES.iter().flat_map(move |name| {
            let sentence = sentence.replace('@', name);
            [
                ("README.md", "# Counter\n\nCounts things.\n\n"),
                ("docs/notes.rst", "Notes\n=====\n\n"),
                ("CHANGELOG.md", "## 1.2.0\n\n"),
            ]
            .map(|(file, head)| (file.to_owned(), format!("{head}{sentence}\n\nMore is said below.\n")))
        })
    });
    assert!(check(files) > 800);
}

#[test]
fn words_that_only_look_like_names_are_none() {
    check(OTHERS.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
}
