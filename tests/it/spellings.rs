//! What license fields really contain, read with the compiled-in table of spellings.

use ppl_check::license::knowledge::Knowledge;
use ppl_check::license::lenient::FieldFormat::{Classifier, Debian, Free, Spdx, Url};
use ppl_check::license::lenient::{FieldFormat, Outcome, read};

/// Reads a field and writes the outcome in one line: candidates joined by ` ; `, `?` for unknown.
fn reading(format: FieldFormat, ecosystem: &str, raw: &str) -> String {
    match read(raw, format, Some(ecosystem), Knowledge::builtin()).outcome {
        Outcome::Expression(expr) => expr.to_string(),
        Outcome::Candidates(candidates) => candidates.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ; "),
        Outcome::SeeFile(file) => format!("in {file}"),
        Outcome::Unknown(_) => "?".to_owned(),
    }
}

#[test]
fn fields_of_manifests_are_read() {
    #[rustfmt::skip]
    let cases = [
        (Spdx, "npm", "UNLICENSED", "NONE"),
        (Spdx, "npm", "BDS-3-Clause", "BSD-3-Clause"),
        (Spdx, "npm", "MIT (https://opensource.org/licenses/MIT)", "MIT"),
        (Spdx, "npm", "BSD", "BSD-2-Clause ; BSD-3-Clause ; BSD-4-Clause"),
        (Spdx, "npm", "LGPL-2.1", "LGPL-2.1-only"),
        (Spdx, "npm", "LicenseRef-scancode-fsf-unlimited-no-warranty", "FSFULLRWD"),
        (Spdx, "npm", "Public Domain", "?"),
        (Spdx, "composer", "proprietary", "NONE"),
        (Free, "pypi", "LGPL-2.1", "LGPL-2.1-only ; LGPL-2.1-or-later"),
        (Free, "pypi", "Artistic-1.0", "Artistic-1.0"),
        (Free, "pypi", "GPLv3+", "GPL-3.0-or-later"),
        (Free, "pypi", "AGPLv3", "AGPL-3.0-only ; AGPL-3.0-or-later"),
        (Free, "pypi", "Apache 2", "Apache-2.0"),
        (Free, "pypi", "Apache License", "Apache-1.1 ; Apache-2.0"),
        (Free, "pypi", "MIT/X11", "MIT"),
        (Free, "pypi", "BSL", "BSL-1.0 ; BUSL-1.1 ; NOASSERTION"),
        (Free, "pypi", "Dual License", "?"),
        (Free, "cran", "GPL-2", "GPL-2.0-only"),
        (Free, "cran", "GPL (>= 2)", "GPL-2.0-or-later"),
        (Free, "cran", "MIT + file LICENSE", "MIT"),
        (Free, "cpan", "perl_5", "Artistic-1.0-Perl OR GPL-1.0-or-later"),
        (Free, "cpan", "bsd", "BSD-3-Clause"),
        (Free, "hackage", "BSD3", "BSD-3-Clause"),
        (Free, "rpm", "GPLv2", "GPL-2.0-only"),
        (Free, "maven", "GPLv2", "GPL-2.0-only ; GPL-2.0-or-later"),
        (Free, "maven", "The Apache Software License, Version 2.0", "Apache-2.0"),
        (Free, "maven", "Eclipse Public License - v 1.0", "EPL-1.0"),
        (Debian, "deb", "Expat", "MIT"),
        (Debian, "deb", "GPL-2", "GPL-2.0-only"),
        (Debian, "deb", "LGPL-2.1+", "LGPL-2.1-or-later"),
        (Debian, "deb", "GFDL-NIV-1.3+", "GFDL-1.3-no-invariants-or-later"),
        (Classifier, "pypi", "License :: OSI Approved :: BSD License", "BSD-2-Clause ; BSD-3-Clause"),
        (Classifier, "pypi", "License :: OSI Approved :: MIT License", "MIT"),
        (Classifier, "pypi", "License :: Public Domain", "NOASSERTION"),
        (Url, "maven", "http://www.gnu.org/licenses/gpl-3.0.html", "GPL-3.0-only ; GPL-3.0-or-later"),
        (Url, "maven", "https://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"),
        (Url, "nuget", "https://aka.ms/deprecateLicenseUrl", "?"),
    ];
    for (format, ecosystem, raw, expect) in cases {
        assert_eq!(reading(format, ecosystem, raw), expect, "`{raw}` in {ecosystem}");
    }
}

#[test]
fn the_name_of_this_family_is_read_with_care() {
    #[rustfmt::skip]
    let cases = [
        (Spdx, "PPL", "PPL"),
        (Free, "Peer-Production License", "PPL"),
        (
            Free,
            "PPL",
            "PPL ; Parity-7.0.0 ; LicenseRef-Public-Prompt-License-S-0.2 ; LicenseRef-scancode-prosperity-3.0 ; \
             NOASSERTION",
        ),
        (Free, "PPL-3.0", "LicenseRef-scancode-prosperity-3.0 ; NOASSERTION"),
        (Free, "PPL-1.0", "PPL ; NOASSERTION"),
        (Spdx, "LicenseRef-PPL-S", "LicenseRef-Public-Prompt-License-S-0.2 ; NOASSERTION"),
        (Free, "LicenseRef-PPL-S", "LicenseRef-Public-Prompt-License-S-0.2 ; NOASSERTION"),
    ];
    for (format, raw, expect) in cases {
        assert_eq!(reading(format, "npm", raw), expect, "`{raw}`");
    }
}
