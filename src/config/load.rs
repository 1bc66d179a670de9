//! From texts to a configuration: `extends`, final keys, checks.

use toml::{Table, Value};

use super::{Config, ConfigError, PackagePattern};
use crate::base::Date;
use crate::license::expr::Expr;
use crate::license::knowledge::suggestion;
use crate::model::Relation;
use crate::syntax::text::line_of;

/// Rules about evidence: they speak of what is not known, and cannot be switched off for all packages.
const UNSWITCHABLE: &[&str] = &[
    "ambiguous-license-name",
    "evidence-mismatch",
    "incomplete-scan",
    "no-license",
    "policy-changed",
    "undetermined-license",
];

/// How many files a configuration may extend, directly and by others.
const MAX_BASES: usize = 32;

/// Reads a file that another one extends: from the path of the one and the name in it to path and text of the other,
/// or to the reason why it may not or cannot be read.
pub type ReadBase<'run> = dyn Fn(&str, &str) -> Result<(String, String), String> + 'run;

/// Reads the configuration in `text`, which stands at `path`.
pub fn load(path: &str, text: &str, read_base: &ReadBase) -> Result<Config, ConfigError> {
    let mut bases = Bases { read_base, open: vec![path.to_owned()], n_read: 0 };
    let (table, _) = bases.merged(path, text)?;
    let config: Config = table.try_into().map_err(|error: toml::de::Error| ConfigError::Value {
        path: path.to_owned(),
        key: String::new(),
        message: error.message().to_owned(),
    })?;
    check(path, &config)?;
    Ok(config)
}

/// One value in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The key, with dots; that of a list stands once for each of its values.
    pub key: String,
    /// The value, as TOML.
    pub value: String,
    /// The file or option it comes from.
    pub origin: String,
}

/// Returns every value that the configuration in `text` and the files it extends set, sorted by key, each with the
/// file it comes from.
pub fn settings(path: &str, text: &str, read_base: &ReadBase) -> Result<Vec<Setting>, ConfigError> {
    load(path, text, read_base)?;
    let mut found = Vec::new();
    collect_settings(path, text, read_base, &mut found)?;
    // Of several values for one key the last counts, unless it is a list: lists are joined.
    let mut settings: Vec<Setting> = Vec::new();
    for (setting, is_listed) in found {
        if !is_listed {
            settings.retain(|known| known.key != setting.key);
        }
        settings.push(setting);
    }
    settings.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(settings)
}

fn collect_settings(
    path: &str,
    text: &str,
    read_base: &ReadBase,
    found: &mut Vec<(Setting, bool)>,
) -> Result<(), ConfigError> {
    let table: Table = toml::from_str(text).map_err(|error| invalid(path, text, &error))?;
    for name in table.get("extends").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        let failed = |message| ConfigError::Extends { path: name.to_owned(), by: path.to_owned(), message };
        let (base_path, base_text) = read_base(path, name).map_err(failed)?;
        collect_settings(&base_path, &base_text, read_base, found)?;
    }
    flatten("", &Value::Table(table), path, found);
    Ok(())
}

fn flatten(key: &str, value: &Value, origin: &str, found: &mut Vec<(Setting, bool)>) {
    let setting = |value: &Value| Setting { key: key.to_owned(), value: value.to_string(), origin: origin.to_owned() };
    match value {
        Value::Table(table) => {
            for (name, value) in table {
                let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                flatten(&key, value, origin, found);
            }
        }
        Value::Array(values) => found.extend(values.iter().map(|value| (setting(value), true))),
        _ => found.push((setting(value), false)),
    }
}

/// Reads the files that a configuration extends.
struct Bases<'run> {
    read_base: &'run ReadBase<'run>,
    /// The files that are being read, each extended by the one before.
    open: Vec<String>,
    n_read: usize,
}

impl Bases<'_> {
    /// Returns the table of a file laid over those of its bases, and the keys that are final in it.
    fn merged(&mut self, path: &str, text: &str) -> Result<(Table, Vec<String>), ConfigError> {
        let invalid = |error: &toml::de::Error| invalid(path, text, error);
        let own: Config = toml::from_str(text).map_err(|error| invalid(&error))?;
        let mut table: Table = toml::from_str(text).map_err(|error| invalid(&error))?;
        let mut base = Table::new();
        let mut final_keys = Vec::new();
        for name in &own.extends {
            let failed = |message| ConfigError::Extends { path: name.clone(), by: path.to_owned(), message };
            let (base_path, base_text) = self.open(path, name).map_err(failed)?;
            let (other, other_final) = self.merged(&base_path, &base_text)?;
            self.open.pop();
            lay_over(&mut base, other);
            final_keys.extend(other_final);
        }
        if let Some(key) = final_keys.iter().find(|key| has_key(&table, key)) {
            return Err(ConfigError::Final { path: path.to_owned(), key: key.clone() });
        }
        table.remove("extends");
        table.remove("final");
        lay_over(&mut base, table);
        final_keys.extend(own.final_keys);
        Ok((base, final_keys))
    }

    fn open(&mut self, by: &str, name: &str) -> Result<(String, String), String> {
        self.n_read += 1;
        if self.n_read > MAX_BASES {
            return Err(format!("a configuration extends at most {MAX_BASES} files"));
        }
        let (path, text) = (self.read_base)(by, name)?;
        if self.open.contains(&path) {
            return Err("the files extend each other in a circle".to_owned());
        }
        self.open.push(path.clone());
        Ok((path, text))
    }
}

/// Tables merge key by key, lists are joined, anything else is replaced.
fn lay_over(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(below)), Value::Table(above)) => lay_over(below, above),
            (Some(Value::Array(below)), Value::Array(above)) => below.extend(above),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

fn has_key(table: &Table, dotted: &str) -> bool {
    let (first, rest) = dotted.split_once('.').map_or((dotted, None), |(first, rest)| (first, Some(rest)));
    match (table.get(first), rest) {
        (Some(Value::Table(inner)), Some(rest)) => has_key(inner, rest),
        (found, None) => found.is_some(),
        _ => false,
    }
}

fn invalid(path: &str, text: &str, error: &toml::de::Error) -> ConfigError {
    let offset = error.span().map_or(0, |span| span.start);
    let before = text.get(..offset).unwrap_or_default();
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count());
    ConfigError::Invalid {
        path: path.to_owned(),
        line: line_of(text, offset),
        column: u32::try_from(column).unwrap_or(u32::MAX).saturating_add(1),
        message: error.message().to_owned(),
        hint: suggestion(error.message()),
    }
}

fn check(path: &str, config: &Config) -> Result<(), ConfigError> {
    let failed = |key: String, message: String| Err(ConfigError::Value { path: path.to_owned(), key, message });
    let expression = |key: &str, text: &Option<String>| match text.as_deref().map(Expr::parse) {
        Some(Err(error)) => failed(key.to_owned(), format!("expected a license expression: {error}")),
        _ => Ok(()),
    };
    expression("project.outbound", &config.project.outbound)?;
    for artifact in &config.artifacts {
        expression("artifact.license", &artifact.license)?;
    }
    for text in &config.project.derived_from {
        if Expr::parse(text).is_err() && text.parse::<PackagePattern>().is_err() {
            let message = format!("found `{text}`, expected a license expression or a package");
            return failed("project.derived-from".to_owned(), message);
        }
    }
    for waiver in &config.waivers {
        if waiver.sha256.trim_start_matches("sha256:").len() != 64 {
            return failed("waiver.sha256".to_owned(), "expected 64 hexadecimal digits".to_owned());
        }
    }
    for clarification in &config.clarifications {
        expression("clarification.expression", &Some(clarification.expression.clone()))?;
    }
    for relation in &config.relations {
        if Relation::from_word(&relation.relation).is_none() {
            let words: Vec<_> = Relation::ALL.iter().map(|relation| relation.word()).collect();
            let message = format!("found `{}`, expected one of {}", relation.relation, words.join(", "));
            return failed("relation.as".to_owned(), message);
        }
        let n_targets = [relation.package.is_some(), relation.path.is_some(), relation.ecosystem.is_some()];
        if n_targets.into_iter().filter(|given| *given).count() != 1 {
            return failed("relation".to_owned(), "expected one of `package`, `path`, `ecosystem`".to_owned());
        }
    }
    for exception in &config.exceptions {
        if exception.reason.trim().is_empty() {
            return failed("exception.reason".to_owned(), "an exception needs a reason".to_owned());
        }
        if exception.rule.contains('*') && exception.package.is_wildcard() {
            let message = "a wildcard in both `package` and `rule` would hide everything".to_owned();
            return failed("exception".to_owned(), message);
        }
        if let Some(Err(message)) = exception.until.map(|until| until.to_string().parse::<Date>()) {
            return failed("exception.until".to_owned(), message);
        }
    }
    for (rule, setting) in &config.rules {
        if UNSWITCHABLE.contains(&rule.as_str()) {
            let message = "this rule cannot be switched for all packages: except single packages instead".to_owned();
            return failed(format!("rules.{rule}"), message);
        }
        if setting.reason.trim().is_empty() {
            return failed(format!("rules.{rule}.reason"), "a switched rule needs a reason".to_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, ConfigError> {
        load("ppl-check.toml", text, &|_, name| match name {
            "base.toml" => Ok((
                "base.toml".to_owned(),
                "own = [\"npm:@base/*\"]\nfinal = [\"you.kind\"]\n[you]\nkind = \"worker-coop\"\n".to_owned(),
            )),
            "loop.toml" => Ok(("loop.toml".to_owned(), "extends = [\"loop.toml\"]".to_owned())),
            wide if wide.starts_with('w') => Ok((wide.to_owned(), format!("extends = [\"{wide}w\", \"{wide}v\"]"))),
            _ => Err("it is not there".to_owned()),
        })
    }

    #[test]
    fn everything_documented_is_read() {
        let config = read(
            r#"
            own = ["npm:@coopshop/*"]
            [you]
            kind = "worker-coop"
            attest = ["reserves"]
            purpose = "commercial"
            clients = ["company"]
            [project]
            holder = "Coop Shop"
            outbound = "PPL OR AGPL-3.0-or-later"
            [scan]
            exclude = ["third_party/unused"]
            [[artifact]]
            name = "shop-web"
            roots = ["web"]
            license = "PPL"
            use = ["service", "ship"]
            form = ["web"]
            [[relation]]
            package = "npm:@ffprobe-installer/*"
            as = "separate-process"
            reason = "started as a program"
            [[clarification]]
            package = "npm:map-widget@1.13.3"
            expression = "BSD-3-Clause"
            files = [{ path = "LICENSE.txt", sha256 = "00" }]
            [[exception]]
            package = "composer:acme/pay-sdk"
            rule = "no-license"
            reason = "contract"
            until = 2027-01-31
            [rules]
            share-alike-content = { level = "note", reason = "pictures are ours" }
            "#,
        )
        .unwrap();
        assert_eq!(config.artifacts[0].uses, ["service", "ship"]);
        assert_eq!(config.rules["share-alike-content"].level, super::super::RuleLevel::Note);
        assert_eq!(config.exceptions[0].until.unwrap().to_string(), "2027-01-31");
    }

    #[test]
    fn an_unknown_key_has_line_column_and_suggestion() {
        let error = read("[project]\noutbund = \"PPL\"\n").unwrap_err();
        let ConfigError::Invalid { line, column, hint, .. } = &error else { panic!("{error}") };
        assert_eq!((*line, *column), (2, 1));
        assert!(hint.as_deref().is_some_and(|hint| hint.contains("outbound")), "{hint:?}");
    }

    #[test]
    fn bases_are_laid_below_and_their_final_keys_hold() {
        let config = read("extends = [\"base.toml\"]\nown = [\"npm:x\"]\n").unwrap();
        assert_eq!(config.own.len(), 2);
        assert_eq!(config.you.kind.as_deref(), Some("worker-coop"));
        let error = read("extends = [\"base.toml\"]\n[you]\nkind = \"company\"\n").unwrap_err();
        assert_eq!(error.to_string(), "`ppl-check.toml` sets `you.kind`, which the policy it extends marks as final");
        for (name, said) in [("loop", "in a circle"), ("none", "it is not there"), ("w", "extends at most 32 files")] {
            let error = read(&format!("extends = [\"{name}.toml\"]")).unwrap_err();
            assert!(matches!(&error, ConfigError::Extends { message, .. } if message.contains(said)), "{error}");
        }
    }

    #[test]
    fn every_value_has_its_origin() {
        let text = "extends = [\"base.toml\"]\nown = [\"npm:x\"]\n[project]\noutbound = \"PPL\"\n";
        let settings = super::settings("ppl-check.toml", text, &|_, _| {
            Ok((
                "base.toml".to_owned(),
                "own = [\"npm:@base/*\"]\n[project]\noutbound = \"MIT\"\nholder = \"x\"\n".to_owned(),
            ))
        });
        let rows: Vec<_> =
            settings.unwrap().into_iter().map(|row| format!("{}={} {}", row.key, row.value, row.origin)).collect();
        assert_eq!(
            rows,
            [
                "extends=\"base.toml\" ppl-check.toml",
                "own=\"npm:@base/*\" base.toml",
                "own=\"npm:x\" ppl-check.toml",
                "project.holder=\"x\" base.toml",
                "project.outbound=\"PPL\" ppl-check.toml",
            ]
        );
    }

    #[test]
    fn what_would_hide_the_unknown_is_refused() {
        for text in [
            "[rules]\nno-license = { level = \"off\", reason = \"x\" }",
            "[[exception]]\npackage = \"npm:*\"\nrule = \"*\"\nreason = \"x\"",
            "[[exception]]\npackage = \"npm:x\"\nrule = \"no-license\"\nreason = \" \"",
            "[project]\noutbound = \"My License\"",
            "[[relation]]\npackage = \"npm:x\"\nas = \"linked\"\nreason = \"x\"",
            "[[relation]]\nas = \"static\"\nreason = \"x\"",
        ] {
            assert!(matches!(read(text), Err(ConfigError::Value { .. })), "{text}");
        }
    }
}
