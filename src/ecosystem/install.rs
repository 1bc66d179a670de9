//! What is installed beside a lockfile: the commands that bring it here, for ecosystems whose files belong to several
//! tools, and what the lockfile does not name.

use super::by_type;
use crate::base::{Code, Diagnostic, Location};

/// The purl type, the end of a file's name, and the command of the tool whose file it is.
const BY_FILE: &[(&str, &str, &str)] = &[
    ("conda", "conda-lock.yml", "conda-lock install"),
    ("conda", "pixi.lock", "pixi install"),
    ("generic", ".gitmodules", "git submodule update --init"),
    ("hackage", "stack.yaml.lock", "stack build --only-dependencies"),
    ("hex", "rebar.lock", "rebar3 get-deps"),
    ("npm", "deno.lock", "deno install"),
    ("nuget", "paket.lock", "paket restore"),
    ("npm", "yarn.lock", "yarn install"),
    ("npm", "pnpm-lock.yaml", "pnpm install --frozen-lockfile"),
    ("npm", "package.json", "npm install"),
    ("npm", "bun.lock", "bun install --frozen-lockfile"),
    ("pypi", "uv.lock", "uv sync"),
    ("pypi", "poetry.lock", "poetry install"),
    ("pypi", "pdm.lock", "pdm sync"),
    ("pypi", "Pipfile.lock", "pipenv sync"),
    ("maven", ".gradle", "gradle dependencies"),
    ("maven", ".gradle.kts", "gradle dependencies"),
    ("maven", ".lockfile", "gradle dependencies"),
    ("maven", ".versions.toml", "gradle dependencies"),
    ("maven", "verification-metadata.xml", "gradle dependencies"),
];

/// Returns the command that brings the packages of a file here; empty if there is none.
pub fn fetch_command(ty: &str, path: &str) -> &'static str {
    // A submodule may be a package of any host.
    if path.ends_with(".gitmodules") {
        return "git submodule update --init";
    }
    let found = BY_FILE.iter().find(|(of, end, _)| *of == ty && path.ends_with(end));
    found.map_or_else(|| by_type(ty).map_or("", |ecosystem| ecosystem.fetch_command), |(_, _, command)| command)
}

/// Says once which packages are installed beside a lockfile that does not name them.
pub(super) fn not_in_lockfile(lockfile: &Location, unnamed: &[String]) -> Option<Diagnostic> {
    let (first, others) = unnamed.split_first()?;
    let message = match others.len() {
        0 => format!("`{first}` is installed, and no lockfile names it"),
        n => format!("`{first}` and {n} more are installed, and no lockfile names them"),
    };
    Some(Diagnostic::new(Code::NotInLockfile, lockfile.clone(), message))
}

#[cfg(test)]
mod tests {
    use super::fetch_command as command;

    #[test]
    fn each_lockfile_has_the_command_of_its_tool() {
        assert_eq!(command("npm", "web/yarn.lock"), "yarn install");
        assert_eq!(command("npm", "package-lock.json"), "npm ci");
        // What `npm ci` reads is not there.
        assert_eq!(command("npm", "web/package.json"), "npm install");
        assert_eq!(command("pypi", "uv.lock"), "uv sync");
        assert_eq!(command("maven", "app/build.gradle.kts"), "gradle dependencies");
        assert_eq!(command("maven", "gradle/libs.versions.toml"), "gradle dependencies");
        assert_eq!(command("maven", "pom.xml"), "mvn dependency:go-offline");
        assert_eq!(command("cargo", "Cargo.lock"), "cargo fetch");
        assert_eq!(command("github", ".gitmodules"), "git submodule update --init");
        // No ecosystem answers for a file of another.
        assert_eq!(command("cargo", "uv.lock"), "cargo fetch");
    }
}
