//! Names that would command a terminal, a reader's eye or a CI runner: every output shows them and none obeys.

use std::fmt::Write;

use ppl_check::report::FORMATS;

use super::limits::bounded;
use super::{fetch, manifest};
use crate::program::Project;

/// What names hold, each meant for another reader of the output.
const PAYLOADS: &[&str] = &[
    "\u{1b}[2J\u{1b}[H",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;http://e.example\u{1b}\\link",
    "\u{1b}]52;c;ZWNobw==\u{7}",
    "\u{1b}[31m",
    "\u{1b}c",
    "\u{1b}P+q\u{1b}\\",
    "\u{9b}2J",
    "\u{9d}0;x\u{9c}",
    "\u{90}x\u{9c}",
    "\u{7}",
    "\u{8}\u{8}\u{8}",
    "\r",
    "\rfine",
    "\n",
    "\n::add-mask::a",
    "\u{b}",
    "\u{c}",
    "\u{0}",
    "\u{1}",
    "\u{e}",
    "\u{f}",
    "\u{7f}",
    "\u{80}",
    "\u{85}",
    "\u{ad}",
    "\u{61c}",
    "\u{180e}",
    "\u{200b}",
    "\u{200c}",
    "\u{200d}",
    "\u{200e}",
    "\u{200f}",
    "\u{2028}",
    "\u{2029}",
    "\u{202a}",
    "\u{202b}",
    "\u{202c}",
    "\u{202d}",
    "\u{202e}cod.exe",
    "\u{2060}",
    "\u{2066}",
    "\u{2067}",
    "\u{2068}",
    "\u{2069}",
    "\u{206a}",
    "\u{feff}",
    "\u{fff9}",
    "\u{fffb}",
    "\u{e0001}",
    "\u{e0041}\u{e007f}",
    "::error::x",
    " ::error::",
    "x%0A::stop-commands::t",
    "##[add-path]/x",
    "a ##[error]b",
    "##[",
    "##vso[task.setvariable]x",
    "##teamcity[buildStop]",
    "section_start:1:a\r\u{1b}[0K",
    "a,b:c=d",
    "\u{1b}[1;1H::warning file=a,line=1::x",
    "=cmd|'/c calc'!A1",
    "\t",
    "##\u{200b}[error]x",
    "#\u{ad}#[error]x",
];

/// A TOML string.
fn quoted(text: &str) -> String {
    let mut out = "\"".to_owned();
    for char in text.chars() {
        match char {
            '"' | '\\' => write!(out, "\\{char}").unwrap(),
            '\0'..='\u{1f}' | '\u{7f}' => write!(out, "\\u{:04x}", u32::from(char)).unwrap(),
            char => out.push(char),
        }
    }
    out + "\""
}

/// A project in which every name, version, license and path is a payload.
fn hostile() -> Project {
    let project = Project::new(&[]);
    let mut lock = "version = 4\n".to_owned();
    let mut requirements = String::new();
    let mut composer = Vec::new();
    for (number, payload) in PAYLOADS.iter().enumerate() {
        let source = super::REGISTRY;
        writeln!(
            lock,
            "\n[[package]]\nname = {}\nversion = {}\nsource = \"{source}\"",
            quoted(payload),
            quoted(payload)
        )
        .unwrap();
        writeln!(
            lock,
            "\n[[package]]\nname = \"p{number}\"\nversion = \"1.0.0\"\nsource = \"{source}\"\ndependencies = [{}]",
            quoted(payload)
        )
        .unwrap();
        fetch(&project, &format!("p{number}"));
        let manifest = project.home().join(format!(".cargo/registry/src/index.crates.io-0/p{number}-1.0.0/Cargo.toml"));
        let text = std::fs::read_to_string(&manifest).unwrap();
        std::fs::write(&manifest, text.replace("\"MIT\"", &quoted(&format!("MIT {payload}")))).unwrap();
        writeln!(requirements, "{}=={}", payload.replace('\n', " "), payload.replace('\n', " ")).unwrap();
        composer.push(serde_json::json!({"name": payload, "version": payload, "license": [payload], "authors": [{"name": payload}], "homepage": payload}));
        if !payload.contains(['\0', '/']) {
            project.write(&format!("{payload}x/composer.json"), "{");
            project.write(&format!("{payload}x/LICENSE{payload}"), "MIT License");
        }
    }
    writeln!(lock, "\n[[package]]\nname = \"shop\"\nversion = \"1.0.0\"").unwrap();
    project.write("Cargo.toml", manifest("").replace("\"shop\"", &quoted(&format!("shop{}", PAYLOADS[0]))));
    project.write("Cargo.lock", lock);
    project.write("requirements.txt", requirements);
    project.write("composer.lock", serde_json::json!({"packages": composer, "packages-dev": []}).to_string());
    project
}

fn owned(args: &[&str]) -> Vec<String> {
    args.iter().map(|arg| (*arg).to_owned()).collect()
}

/// Every way to get an answer about the project.
fn reports() -> Vec<Vec<String>> {
    let formats = FORMATS.iter().map(|format| owned(&["check", "--format", format.name]));
    #[rustfmt::skip]
    let others: [&[&str]; 10] = [
        &["check", "-v"], &["check", "--ascii"], &["list"], &["list", "--format", "csv"], &["who"], &["who", "--format", "json"],
        &["whatif", "--license", "MIT"], &["why", PAYLOADS[0]], &["why", "::error::x"], &["why", "=cmd|'/c calc'!A1"],
    ];
    formats.chain(others.into_iter().map(owned)).collect()
}

/// Every way to be refused for a word on the command line: some for each word, all for some.
fn refusals() -> Vec<Vec<String>> {
    let mut commands = Vec::new();
    for (number, payload) in PAYLOADS.iter().enumerate().filter(|(_, payload)| !payload.contains('\0')) {
        #[rustfmt::skip]
        let all = [
            owned(&["eval", payload]), owned(&[&format!("x{payload}")]), owned(&["eval", "--format", "json", &format!("MIT AND LicenseRef-{payload}")]),
            owned(&["--format", payload]), owned(&["--as", payload]), owned(&["--entity", payload]), owned(&["--exclude", payload]),
            owned(&["check", &format!("x{payload}")]), owned(&["check", "--config", payload]), owned(&[&format!("--{payload}")]),
        ];
        let n_wanted = if number % 8 == 0 { all.len() } else { 2 };
        commands.extend(all.into_iter().take(n_wanted));
    }
    commands
}

/// Returns the first character that must not reach a terminal.
fn harmful(text: &str) -> Option<char> {
    text.chars().find(|char| *char != '\n' && *char != '\t' && ppl_check::report::escape::is_harmful(*char))
}

/// The runner of GitHub Actions reads `::name properties::message` at the start of a line, blanks before it aside.
fn runner_command(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("::")?;
    let (command, _) = rest.split_once("::")?;
    command.split(' ').next()
}

/// The runners of GitHub and Azure read `##[name]message` and `##vso[…]`, that of `TeamCity` its own, anywhere in a line.
fn inner_command(line: &str) -> Option<&str> {
    ["##[", "##vso[", "##teamcity["]
        .into_iter()
        .find(|start| line.split_once(start).is_some_and(|(_, rest)| rest.contains(']')))
}

#[test]
fn no_output_obeys_a_name() {
    let (project, empty) = (hostile(), Project::new(&[]));
    let reports = reports().into_iter().map(|args| (args, &project));
    for (args, project) in reports.chain(refusals().into_iter().map(|args| (args, &empty))) {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let run = bounded(project, &args);
        assert!(matches!(run.code, Some(0..=2)), "{args:?}: {:?} {:?} {}", run.code, run.signal, run.all());
        // CSV ends its lines as RFC 4180 has it.
        let said = String::from_utf8(run.stdout).unwrap().replace("\r\n", "\n");
        let said = said + &String::from_utf8(run.stderr).unwrap();
        assert_eq!(harmful(&said), None, "{args:?}: {said}");
        for line in said.lines() {
            assert_eq!(inner_command(line), None, "{args:?}: {line}");
            let command = runner_command(line);
            let ours = args.contains(&"github") && matches!(command, Some("error" | "warning" | "notice"));
            assert!(command.is_none() || ours, "{args:?}: {line}");
        }
    }
}

/// The annotations are as many as there are findings to annotate: a name adds none and ends none.
#[test]
fn a_name_adds_no_annotation() {
    let (plain, hostile) = (Project::new(&[]), Project::new(&[]));
    for (project, name) in [(&plain, "p"), (&hostile, "p%0A::error::x\\n::warning::y")] {
        project.write("Cargo.toml", manifest(""));
        let source = super::REGISTRY;
        project.write("Cargo.lock", format!("version = 4\n[[package]]\nname = \"shop\"\nversion = \"1.0.0\"\n[[package]]\nname = \"{name}\"\nversion = \"1\"\nsource = \"{source}\"\n"));
    }
    let annotations = |project: &Project| {
        let run = bounded(project, &["check", "--format", "github"]);
        let said = String::from_utf8(run.stdout).unwrap();
        said.lines().filter_map(runner_command).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(annotations(&plain), annotations(&hostile));
}
