//! `config show`: every value in force, and the file or option it comes from.

use std::io::{self, Write};
use std::path::Path;

use ppl_check::config::Setting;
use ppl_check::report::escape::{Ascii, line};

use super::super::args::Common;
use super::super::ui::Ui;
use super::super::{FINE, Failure, configuration};

pub(crate) fn show(common: &Common, path: Option<&Path>, ui: &Ui) -> Result<u8, Failure> {
    let mut rows = configuration::settings(common, path)?;
    rows.extend(options(common));
    ui.write(common.output.as_deref(), &|style, out| print(&rows, &mut Ascii::of(style, out)))?;
    Ok(FINE)
}

/// Returns what the command line lays over the files.
fn options(common: &Common) -> Vec<Setting> {
    let one = |key: &str, value: &Option<String>, option: &str| {
        value
            .iter()
            .map(|value| Setting { key: key.to_owned(), value: value.clone(), origin: option.to_owned() })
            .collect()
    };
    let many = |key: &str, values: &[String], option: &str| {
        let setting = |value: &String| Setting { key: key.to_owned(), value: value.clone(), origin: option.to_owned() };
        values.iter().map(setting).collect::<Vec<_>>()
    };
    let found: [Vec<Setting>; 5] = [
        one("you.kind", &common.entity, "--entity"),
        many("you.attest", &common.attest, "--attest"),
        one("you.purpose", &common.purpose, "--purpose"),
        one("project.outbound", &common.outbound, "--as"),
        many("scan.exclude", &common.exclude, "--exclude"),
    ];
    found.into_iter().flatten().collect()
}

fn print(rows: &[Setting], out: &mut dyn Write) -> io::Result<()> {
    if rows.is_empty() {
        return writeln!(out, "no configuration: every value is the default");
    }
    let width = rows.iter().map(|row| row.key.len() + row.value.len() + 3).filter(|width| *width < 72).max();
    for row in rows {
        let setting = format!("{} = {}", line(&row.key), line(&row.value));
        writeln!(out, "{setting:<width$}  # {}", line(&row.origin), width = width.unwrap_or_default())?;
    }
    Ok(())
}
