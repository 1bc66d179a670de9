//! A copyfarleft license without the clause that makes it one is never reported as that license, nor as a neighbor.

use ppl_check::license::identify::{Conclusion, canonical_text, identify};

/// A license, the words its decisive clause begins with, and the words that follow the clause.
const CLAUSES: [(&str, &str, &str); 16] = [
    ("LicenseRef-CNPL-5.0", "i. You are a worker-owned business", "ii."),
    ("LicenseRef-CNPL-5.0", "iii. You do not use the Work in an Act of War.", "iv."),
    ("LicenseRef-CSL", "i. You are a worker-owned business", "ii."),
    ("LicenseRef-Concord-Cooperative-1.0", "3. The licensee does not profit", "Condition 3"),
    ("LicenseRef-Concord-Cooperative-1.0", "Condition 3 (beginning", "The copyright holder reserves"),
    ("LicenseRef-Cooperative-License-1.0", "    - i) Is organized as a for-profit corporation", "    - ii)"),
    ("LicenseRef-Coopyleft", "2° Using a cooperative model", "As an exception"),
    ("LicenseRef-PPL-es", "i. Usted es o pertenece", "ii."),
    ("LicenseRef-scancode-anti-capitalist-1.4", "3. If the User is an organization with owners", "4."),
    ("LicenseRef-scancode-cooperative-non-violent-4.0", "i. You are a worker-owned business", "ii."),
    ("LicenseRef-scancode-cooperative-non-violent-6.0", "i. You are a worker-owned business", "ii."),
    ("LicenseRef-scancode-cooperative-non-violent-7.0", "i.  You are a worker-owned business", "ii."),
    ("LicenseRef-scancode-non-violent-4.0", "iii. You do not use the Work in an Act of War.", "iv."),
    ("LicenseRef-scancode-non-violent-7.0", "iii. You do not use the Work in an Act of War.", "iv."),
    ("PPL", "i. You are a worker-owned business", "ii."),
    ("PPL", "d. Any use by a business that is privately owned", "e. "),
];

/// Where the clause is half of the license: the license whose text is the nearest one left.
const NEAREST: [(&str, &str, &str); 1] =
    [("LicenseRef-Concord-Cooperative-1.0", "Condition 3 (beginning", "HPND-sell-variant-MIT-disclaimer-rev")];

fn without_clause(text: &str, from: &str, until: &str) -> String {
    let (before, rest) = text.split_once(from).unwrap_or_else(|| panic!("{from:?} is not in the text"));
    let (_, after) = rest.split_once(until).unwrap_or_else(|| panic!("{until:?} does not follow {from:?}"));
    format!("{before}{until}{after}")
}

#[test]
fn a_copyfarleft_license_without_its_decisive_clause_is_modified() {
    let mut wrong = Vec::new();
    for (id, from, until) in CLAUSES {
        let text = canonical_text(id).unwrap();
        let whole = identify("LICENSE", &text);
        assert!(matches!(&whole.conclusion, Conclusion::Expression(expr) if expr.to_string() == id), "{id}");
        let cut = identify("LICENSE", &without_clause(&text, from, until));
        let nearest = NEAREST.iter().find(|(cut, clause, _)| (*cut, *clause) == (id, from)).map_or(id, |row| row.2);
        if !matches!(&cut.conclusion, Conclusion::Modified { id, .. } if id == nearest) {
            wrong.push(format!("{id} without {from:?}: {:?}", cut.conclusion));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
