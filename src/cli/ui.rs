//! The terminal: the only place that prints.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use ppl_check::report::{Style, escape};

use super::args::{ColorChoice, Common};
use super::{Failure, NO_ANSWER, environment};

/// How the program talks to its user: data on stdout, conversation on stderr.
pub(crate) struct Ui {
    style: Style,
    started: Instant,
}

impl Ui {
    pub(crate) fn new(common: &Common, path: Option<&Path>) -> Self {
        let at_terminal = io::stdout().is_terminal() && environment::wants_color();
        let color = match common.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => at_terminal,
        };
        let links = at_terminal && color && environment::opens_links();
        let root_address = if links { address(path.unwrap_or(Path::new("."))) } else { None };
        let verbosity = if common.quiet { -1 } else { i8::try_from(common.verbose).unwrap_or(i8::MAX) };
        Self {
            style: Style { color, ascii: common.ascii, width: columns(), verbosity, elapsed: None, root_address },
            started: Instant::now(),
        }
    }

    /// Prints why there is no answer, and what to do.
    pub(crate) fn error(&self, message: &str, hint: Option<&str>) {
        let _ = self;
        // A closed stderr leaves nobody to tell.
        let _ = writeln!(io::stderr(), "error: {}", safe(message));
        if let Some(hint) = hint {
            let _ = writeln!(io::stderr(), "  next  {}", safe(hint));
        }
    }

    /// Says on stderr what went wrong without costing the answer.
    pub(crate) fn warn(&self, message: &str) {
        if self.style.verbosity >= 0 {
            let _ = writeln!(io::stderr(), "warning: {}", safe(message));
        }
    }

    /// Writes an answer to stdout or, whole or not at all, to a file.
    pub(crate) fn write(
        &self,
        to: Option<&Path>,
        render: &dyn Fn(&Style, &mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let Some(path) = to else {
            let mut out = io::BufWriter::new(io::stdout().lock());
            let elapsed = io::stdout().is_terminal().then(|| self.started.elapsed());
            return match render(&Style { elapsed, ..self.style.clone() }, &mut out).and_then(|()| out.flush()) {
                Ok(()) => Ok(()),
                // The reader has seen enough.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                Err(error) => Err(Failure::new(format!("failed to write the answer: {error}"))),
            };
        };
        let failed = |error: io::Error| Failure::new(format!("failed to write `{}`: {error}", path.display()));
        let style = Style { color: false, width: 0, root_address: None, ..self.style.clone() };
        write_whole(path, &|out| render(&style, out)).map_err(failed)
    }
}

/// How long nothing is said of work that goes on.
const SILENCE: Duration = Duration::from_secs(1);

/// Shows on a terminal how far long work is, and clears the line at its end.
pub(crate) fn progress(common: &Common, started: Instant, n_done: usize, n_all: usize) {
    let mut terminal = io::stderr();
    if common.quiet || started.elapsed() < SILENCE || !terminal.is_terminal() {
        return;
    }
    let _ = if n_done < n_all {
        write!(terminal, "\r  asking registries: {n_done} of {n_all}\x1b[K")
    } else {
        write!(terminal, "\r\x1b[K")
    };
}

/// Prints what clap has to say: help on stdout, errors on stderr with exit code 2.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let text = if error.use_stderr() { safe(&error.render().to_string()) } else { error.render().to_string() };
    let code = if error.use_stderr() {
        let _ = write!(io::stderr(), "{text}");
        NO_ANSWER
    } else {
        let _ = write!(io::stdout(), "{text}");
        0
    };
    ExitCode::from(code)
}

/// Writes beside the file and renames, so that no half-written answer is left; devices are written directly.
#[expect(clippy::disallowed_methods, reason = "`cli` writes what it was asked to write")]
fn write_whole(path: &Path, render: &dyn Fn(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let fill = |file: File| {
        let mut out = io::BufWriter::new(file);
        render(&mut out)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)
    };
    // A link to a device, such as `/dev/stdout`, is written through; one to a file is replaced, so that a link in a
    // repository cannot lead the answer to a file elsewhere.
    let metadata = std::fs::metadata(path);
    if metadata.is_ok_and(|metadata| !metadata.is_file()) {
        return File::options().write(true).open(path).and_then(fill).map(drop);
    }
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.part", std::process::id()));
    let beside = path.with_file_name(name);
    let written = File::create(&beside).and_then(fill).and_then(|file| file.sync_all());
    let done = written.and_then(|()| std::fs::rename(&beside, path));
    if done.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    done
}

/// Returns how wide the terminal is that the answer goes to; 0 for anything else.
fn columns() -> usize {
    let size = io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
    size.map_or(0, |(terminal_size::Width(columns), _)| usize::from(columns))
}

/// Returns the address of the folder that is checked, for links at the terminal; of a file the folder it lies in.
#[expect(clippy::disallowed_methods, reason = "where the folder lies is told to the terminal alone")]
fn address(path: &Path) -> Option<String> {
    let path = std::fs::canonicalize(path).ok()?;
    let folder = if path.is_dir() { path.as_path() } else { path.parent()? };
    let below_root = folder.to_str()?.strip_prefix('/')?;
    Some(escape::file_address("file://", below_root.as_bytes()))
}

/// Keeps lines, escapes everything else that could harm a terminal.
fn safe(text: &str) -> String {
    let mut safe = text.split('\n').map(escape_words).collect::<Vec<_>>().join("\n");
    safe.truncate(safe.len().min(64 * 1024));
    safe
}

fn escape_words(line: &str) -> String {
    line.split(' ').map(escape::line).collect::<Vec<_>>().join(" ")
}
