//! Runs the program under limits of time and memory, and measures what it took.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::program::Project;

/// Address space of a run, in KiB: a leak or a bomb ends here.
const ADDRESS_SPACE_KIB: u64 = 2 * 1024 * 1024;

/// Processor seconds of a run. The binary under test is not optimized, so this is generous; `benches/speed.rs` measures.
const CPU_SECONDS: u64 = 30;

/// What a run took and said.
pub(super) struct Bounded {
    pub(super) code: Option<i32>,
    pub(super) signal: Option<i32>,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    /// The largest resident set that was seen, in KiB; 0 where the system does not say.
    pub(super) peak_kib: u64,
    /// The processor time that was last seen; zero where the system does not say.
    pub(super) cpu: Duration,
}

impl Bounded {
    /// Returns what was written to both streams, for messages and for words that must not be in it.
    pub(super) fn all(&self) -> String {
        format!("{}{}", String::from_utf8_lossy(&self.stdout), String::from_utf8_lossy(&self.stderr))
    }

    /// Returns the JSON document on stdout.
    pub(super) fn document(&self) -> serde_json::Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.all()))
    }
}

/// Runs the program in the project's folder, offline, as a child of a shell that has set the limits.
pub(super) fn bounded(project: &Project, args: &[&str]) -> Bounded {
    std::fs::create_dir_all(project.path()).unwrap();
    let script = format!("ulimit -c 0; ulimit -v {ADDRESS_SPACE_KIB}; ulimit -t {CPU_SECONDS}; exec \"$0\" \"$@\"");
    let child = Command::new("/bin/sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_ppl-check")])
        .args(args)
        .args(["--offline", "--jobs", "2"])
        .current_dir(project.path())
        .env_clear()
        .env("HOME", project.home())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = child.id();
    // The shell replaces itself by the program, which keeps the number.
    let watcher = std::thread::spawn(move || watch(pid));
    let output = child.wait_with_output().unwrap();
    let (peak_kib, cpu) = watcher.join().unwrap();
    Bounded {
        code: output.status.code(),
        signal: output.status.signal(),
        stdout: output.stdout,
        stderr: output.stderr,
        peak_kib,
        cpu,
    }
}

/// Reads the high-water mark and the processor time of a process until it is gone.
fn watch(pid: u32) -> (u64, Duration) {
    let (mut peak, mut cpu) = (0, Duration::ZERO);
    // Without `/proc` there is nothing to measure, and the limit alone holds.
    while let Ok(status) = std::fs::read_to_string(format!("/proc/{pid}/status")) {
        let Some(line) = status.lines().find_map(|line| line.strip_prefix("VmHWM:")) else { break };
        peak = peak.max(line.trim().trim_end_matches(" kB").parse().unwrap_or_default());
        cpu = cpu.max(processor_time(pid));
        std::thread::sleep(Duration::from_millis(2));
    }
    (peak, cpu)
}

/// Returns the processor time of a process so far, in steps of ten milliseconds.
fn processor_time(pid: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
