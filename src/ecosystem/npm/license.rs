//! The fields `license` and `licenses`, in every shape they have had.
//!
//! A string by npm's documentation; before that an object with `type` and `url`, and an array of them in `licenses`, of
//! which by custom any may be chosen.

use serde_json::value::RawValue;

use crate::base::{Code, Diagnostic, Location};
use crate::license::lenient::see_file;
use crate::model::{Claim, ClaimKind, FieldFormat, Join, Statement};
use crate::syntax::json::{Json, Object, kind as json_kind, read};

/// Reads what a manifest, or an entry of a lockfile, says of its license.
pub(super) fn claims(
    json: &Json,
    package: &Object,
    kind: ClaimKind,
    file: &Location,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    for key in ["license", "licenses"] {
        for (_, value) in package.iter().filter(|(name, _)| *name == key) {
            let at = file.at_line(json.line(value));
            if let Some(values) = values(value) {
                let claim = claim(kind, values, at).filter(|claim| !claims.contains(claim));
                claims.extend(claim);
            } else {
                let found = json_kind(value);
                let message = format!("expected a string, an object or an array in `{key}`, found {found}");
                diagnostics.push(Diagnostic::new(Code::InvalidEntry, at, message));
            }
        }
        if let Some(second) = package.repeated(key).next() {
            let message = format!("`{key}` stands twice; readers disagree on which counts");
            diagnostics.push(Diagnostic::new(Code::DuplicateKey, file.at_line(json.line(second)), message));
        }
    }
    claims
}

/// Returns the file in which a license stands, if the words say that it stands in one.
pub(super) fn named_files(claims: &[Claim]) -> Vec<String> {
    let file = |claim: &Claim| match &claim.says {
        Statement::SeeFile(file) => Some(file.clone()),
        Statement::Field { .. } | Statement::Text { .. } => None,
    };
    claims.iter().filter_map(file).collect()
}

fn claim(kind: ClaimKind, values: Vec<Value>, at: Location) -> Option<Claim> {
    if let [Value { text, .. }] = values.as_slice()
        && let Some(file) = see_file(text)
    {
        return Some(Claim { raw: text.clone(), ..Claim::see_file(kind, file, at) });
    }
    let all_addresses = !values.is_empty() && values.iter().all(|value| value.is_address);
    let format = if all_addresses { FieldFormat::Url } else { FieldFormat::Spdx };
    let texts: Vec<String> = values.into_iter().map(|value| value.text).collect();
    (!texts.is_empty()).then(|| Claim::fields(kind, format, Join::Or, texts, at))
}

/// One license of a field.
struct Value {
    text: String,
    is_address: bool,
}

/// Returns the licenses of a field; `None` if it is of a type that says nothing.
fn values(value: &RawValue) -> Option<Vec<Value>> {
    let values = match json_kind(value) {
        "an array" => {
            let elements: Vec<&RawValue> = read(value)?;
            elements.into_iter().map(one).collect::<Option<Vec<_>>>()?
        }
        "null" => Vec::new(),
        _ => vec![one(value)?],
    };
    Some(values.into_iter().filter(|value| !value.text.trim().is_empty()).collect())
}

fn one(value: &RawValue) -> Option<Value> {
    if let Some(text) = read::<String>(value) {
        return Some(Value { text, is_address: false });
    }
    let object: Object = read(value)?;
    let named = ["type", "name", "license"].iter().find_map(|key| object.string(key).filter(|text| !text.is_empty()));
    match named {
        Some(text) => Some(Value { text, is_address: false }),
        None => Some(Value { text: object.string("url").unwrap_or_default(), is_address: true }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::RelPath;

    /// Renders claims as `format join: values` or `see file`.
    fn check(text: &str, expect: &[&str], n_problems: usize) {
        let json = Json::new(text);
        let at = Location::file(RelPath::new("package.json").unwrap());
        let mut problems = Vec::new();
        let claims = claims(&json, &json.object(&at).unwrap(), ClaimKind::Declared, &at, &mut problems);
        let render = |claim: &Claim| match &claim.says {
            Statement::Field { values, format, .. } => format!("{format:?}: {}", values.join(" | ")),
            Statement::SeeFile(file) => format!("see {file}"),
            Statement::Text { .. } => String::new(),
        };
        assert_eq!(claims.iter().map(render).collect::<Vec<_>>(), expect, "{text}");
        assert_eq!(problems.len(), n_problems, "{text}: {problems:?}");
    }

    #[test]
    fn every_shape_the_field_has_had() {
        check(r#"{"license": "(MIT OR Apache-2.0)"}"#, &["Spdx: (MIT OR Apache-2.0)"], 0);
        check(r#"{"license": {"type": "MIT", "url": "https://x.example/LICENSE"}}"#, &["Spdx: MIT"], 0);
        check(r#"{"license": {"url": "https://x.example/LICENSE"}}"#, &["Url: https://x.example/LICENSE"], 0);
        check(r#"{"license": ["MIT", "GPL-2.0"]}"#, &["Spdx: MIT | GPL-2.0"], 0);
        check(r#"{"licenses": [{"type": "MIT"}, {"type": "GPLv2"}]}"#, &["Spdx: MIT | GPLv2"], 0);
        check(r#"{"licenses": "MIT"}"#, &["Spdx: MIT"], 0);
        check(r#"{"licenses": {"name": "BSD"}}"#, &["Spdx: BSD"], 0);
        check(r#"{"license": "UNLICENSED"}"#, &["Spdx: UNLICENSED"], 0);
        check(r#"{"license": "SEE LICENSE IN <docs/LICENSE.txt>"}"#, &["see docs/LICENSE.txt"], 0);
        check(r#"{"license": ["SEE LICENSE IN EULA", "MIT"]}"#, &["Spdx: SEE LICENSE IN EULA | MIT"], 0);
    }

    #[test]
    fn what_says_nothing_is_no_claim() {
        for nothing in ["null", "\"\"", "[]", "{}", "[\"\"]", "[{\"type\": \"\"}]"] {
            check(&format!("{{\"license\": {nothing}}}"), &[], 0);
        }
        check(r#"{"license": true}"#, &[], 1);
        check(r#"{"license": [3]}"#, &[], 1);
        check(r#"{"license": "MIT", "license": "GPL-3.0-only"}"#, &["Spdx: MIT", "Spdx: GPL-3.0-only"], 1);
        check(r#"{"license": "MIT", "licenses": [{"type": "MIT"}]}"#, &["Spdx: MIT"], 0);
    }
}
