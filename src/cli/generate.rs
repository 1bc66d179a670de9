//! `completions` and `man`: from the same definitions as the command line.

use std::io::{self, Write};

use clap::{Command, CommandFactory};
use clap_complete::Shell;

use super::ui::Ui;
use super::{Cli, FINE, Failure};

pub(crate) fn completions(shell: Shell, ui: &Ui) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "ppl-check", &mut script);
    ui.write(None, &|_, out| out.write_all(&script))?;
    Ok(FINE)
}

pub(crate) fn man(command: Option<&str>, ui: &Ui) -> Result<u8, Failure> {
    let mut program = Cli::command();
    program.build();
    let page = match command {
        None => program,
        Some(name) => program
            .find_subcommand(name)
            .cloned()
            .ok_or_else(|| Failure::new(format!("`{name}` is not a command")).hint("see `ppl-check --help`"))?,
    };
    ui.write(None, &|_, out| render(&page, out))?;
    Ok(FINE)
}

fn render(page: &Command, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Vec::new();
    clap_mangen::Man::new(page.clone()).render(&mut text)?;
    // What formats the page may read its bytes as Latin-1: other letters are named.
    for char in String::from_utf8_lossy(&text).chars() {
        if char.is_ascii() { write!(out, "{char}")? } else { write!(out, "\\[u{:04X}]", u32::from(char))? }
    }
    Ok(())
}
