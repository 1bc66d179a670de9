//! What the process's environment says: where package stores lie, whether color is wanted, what day it is.

#![expect(clippy::disallowed_methods, reason = "the one place that reads environment and clock")]

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use ppl_check::base::Date;
use ppl_check::ecosystem::settings;
use ppl_check::scan::{Limits, StoreKind, Stores, read_named};
use ppl_check::syntax::text::decode;

use super::Failure;

/// Returns whether `NO_COLOR`, `CLICOLOR` and `TERM` leave color on.
pub(crate) fn wants_color() -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let is = |name: &str, value: &str| env::var_os(name).is_some_and(|found| found == *value);
    !set("NO_COLOR") && !is("CLICOLOR", "0") && !is("TERM", "dumb")
}

/// Returns whether the terminal is one that opens links, and opens them on this machine.
pub(crate) fn opens_links() -> bool {
    links_work(&|name| env::var(name).ok().filter(|value| !value.is_empty()))
}

/// Terminals that know links (OSC 8), by what they set.
const LINK_PROGRAMS: &[&str] = &["ghostty", "Hyper", "iTerm.app", "rio", "Tabby", "vscode", "WezTerm"];
const LINK_TERMS: &[&str] = &["alacritty", "contour", "foot", "foot-extra", "xterm-ghostty", "xterm-kitty"];
const LINK_VARIABLES: &[&str] = &["DOMTERM", "KONSOLE_VERSION", "WT_SESSION"];

/// VTE, on which many terminals are built, knows links since 0.50, which it writes as 5000.
const VTE_WITH_LINKS: u32 = 5000;

fn links_work(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let among = |name: &str, known: &[&str]| variable(name).is_some_and(|value| known.contains(&value.as_str()));
    if let Some(said) = variable("FORCE_HYPERLINK") {
        return said != "0";
    }
    // A log keeps escapes as they are, and over SSH the files lie on another machine than the terminal.
    if ["CI", "SSH_CONNECTION", "SSH_TTY"].iter().any(|name| variable(name).is_some()) {
        return false;
    }
    among("TERM_PROGRAM", LINK_PROGRAMS)
        || among("TERM", LINK_TERMS)
        || LINK_VARIABLES.iter().any(|name| variable(name).is_some())
        || variable("VTE_VERSION").and_then(|version| version.parse().ok()).is_some_and(|v: u32| v >= VTE_WITH_LINKS)
}

/// Returns the day for which dates are judged, and whether somebody said it.
pub(crate) fn today(option: Option<&str>) -> Result<(Option<Date>, bool), Failure> {
    if let Some(text) = option {
        let date = text.parse().map_err(|message: String| Failure::new(format!("--today: {message}")))?;
        return Ok((Some(date), true));
    }
    if let Some(seconds) = source_date_epoch() {
        return Ok((Date::from_epoch_seconds(seconds), true));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    Ok((now.and_then(|now| Date::from_epoch_seconds(now.as_secs())), false))
}

/// Returns the moment that documents give: the day that was said, else the one of `SOURCE_DATE_EPOCH`, else the first.
pub(crate) fn created(option: Option<&str>) -> String {
    let said = option.map(|day| format!("{day}T00:00:00Z"));
    said.or_else(|| Date::moment(source_date_epoch()?)).unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
}

fn source_date_epoch() -> Option<u64> {
    env::var("SOURCE_DATE_EPOCH").ok()?.trim().parse().ok()
}

/// Finds a program on the path, and never one that lies in the scanned tree.
pub(crate) fn program(name: &str, tree: &Path) -> Option<PathBuf> {
    let tree = std::fs::canonicalize(tree).ok()?;
    let folders = env::split_paths(&env::var_os("PATH")?).filter(|folder| folder.is_absolute()).collect::<Vec<_>>();
    let candidates = folders.iter().map(|folder| folder.join(name).with_extension(env::consts::EXE_EXTENSION));
    candidates
        .filter(|path| path.is_file())
        .find(|path| std::fs::canonicalize(path).is_ok_and(|path| !path.starts_with(&tree)))
}

/// Returns the proxy that `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` name.
pub(crate) fn proxy() -> Option<ureq::Proxy> {
    ureq::Proxy::try_from_env()
}

/// The bundles of certificates that systems trust, by where they keep them.
const BUNDLES: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Returns the certificates to trust, as PEM: those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name, else the system's.
pub(crate) fn certificates() -> Vec<u8> {
    let named = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(bundle) = named("SSL_CERT_FILE").and_then(|file| std::fs::read(file).ok()) {
        return bundle;
    }
    if let Some(folder) = named("SSL_CERT_DIR") {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        files.sort();
        let texts: Vec<Vec<u8>> = files.iter().filter_map(|file| std::fs::read(file).ok()).collect();
        return texts.join(&b'\n');
    }
    BUNDLES.iter().find_map(|file| std::fs::read(file).ok()).unwrap_or_default()
}

/// Returns the text of this user's own configuration, if there is one.
pub(crate) fn own_configuration() -> Option<Result<String, std::io::Error>> {
    let named = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = named("XDG_CONFIG_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| named("HOME").map(|home| home.join(".config")))
        .or_else(|| named("APPDATA"))?;
    match std::fs::read_to_string(folder.join("ppl-check/config.toml")) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        read => Some(read),
    }
}

/// Returns the folder in which this user's programs keep what they can do without.
pub(crate) fn cache_folder() -> Option<PathBuf> {
    let named = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let below = |name: &str, rest: &str| named(name).map(|home| home.join(rest));
    named("XDG_CACHE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| below("HOME", ".cache"))
        .or_else(|| named("LOCALAPPDATA"))
        .filter(|path| path.is_absolute())
}

/// Finds the package stores of this user that are there.
pub(crate) fn stores(root: &Path, python_envs: &[PathBuf]) -> Result<Stores, Failure> {
    let mut stores = Stores::default();
    for environment in python_envs {
        let folders = site_packages(environment);
        if folders.is_empty() {
            let message = format!("`{}` is not a Python environment", environment.display());
            return Err(Failure::new(message).hint("name the folder that holds `pyvenv.cfg` or `site-packages`"));
        }
        for folder in folders {
            let failed = |error| Failure::new(format!("failed to open `{}`: {error}", folder.display()));
            stores.add(StoreKind::PythonEnv, &folder).map_err(failed)?;
        }
    }
    let active = env::var_os("VIRTUAL_ENV").map(PathBuf::from);
    // The scan finds the environments in the tree that are marked as such.
    let beside = [".venv", "venv", "env"].map(|name| root.join(name));
    let unmarked = beside.into_iter().filter(|environment| !environment.join("pyvenv.cfg").exists());
    for environment in active.into_iter().chain(unmarked).chain(tool_environments()) {
        for folder in site_packages(&environment) {
            let _ = stores.add(StoreKind::SitePackages, &folder);
        }
    }
    for (kind, path) in candidates() {
        // A store that is not there, or not ours to read, is no evidence and no problem.
        let _ = stores.add(kind, &path);
    }
    for name in settings::variables() {
        if let Ok(value) = env::var(name) {
            stores.set(name, value);
        }
    }
    for name in settings::file_variables() {
        let Some(path) = named(name) else { continue };
        match read_named(&path, Limits::DEFAULT.manifest) {
            Ok(bytes) => stores.set(name, decode(&bytes).text),
            Err(_) if path == Path::new("/dev/null") => stores.set(name, String::new()),
            Err(_) => {}
        }
    }
    Ok(stores)
}

/// Returns the environments that Poetry and Pipenv keep outside of projects: evidence for exactly the versions in them.
fn tool_environments() -> Vec<PathBuf> {
    const MAX_ENVIRONMENTS: usize = 64;
    let poetry = named("POETRY_CACHE_DIR").or_else(|| Some(cache()?.join("pypoetry")));
    let pipenv = named("WORKON_HOME").or_else(|| Some(home()?.join(".local/share/virtualenvs")));
    let folders = [poetry.map(|cache| cache.join("virtualenvs")), pipenv];
    let mut found: Vec<PathBuf> = Vec::new();
    for folder in folders.into_iter().flatten() {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        found.extend(entries.flatten().map(|entry| entry.path()));
    }
    found.sort();
    found.truncate(MAX_ENVIRONMENTS);
    found
}

/// Returns the folder that a variable names.
fn named(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value: &OsString| !value.is_empty()).map(PathBuf::from)
}

fn home() -> Option<PathBuf> {
    env::var_os("HOME").or_else(|| env::var_os("USERPROFILE")).map(PathBuf::from)
}

fn cache() -> Option<PathBuf> {
    named("XDG_CACHE_HOME").or_else(|| Some(home()?.join(".cache")))
}

/// Returns where stores would lie: named by their own variable, else below the home folder.
fn candidates() -> Vec<(StoreKind, PathBuf)> {
    let home = home();
    let below = |rest: &str| home.as_ref().map(|home| home.join(rest));
    let cache = cache();
    let cached = |rest: &str| cache.as_ref().map(|cache| cache.join(rest));
    let found = [
        (StoreKind::Cargo, named("CARGO_HOME").or_else(|| below(".cargo"))),
        (StoreKind::Composer, named("COMPOSER_CACHE_DIR").or_else(|| cached("composer"))),
        (StoreKind::Deno, named("DENO_DIR").or_else(|| cached("deno"))),
        (StoreKind::Dpkg, Some(PathBuf::from("/"))),
        (StoreKind::Gems, named("GEM_HOME")),
        (StoreKind::Go, named("GOMODCACHE").or_else(|| Some(named("GOPATH").or_else(|| below("go"))?.join("pkg/mod")))),
        (
            StoreKind::Gradle,
            Some(named("GRADLE_USER_HOME").or_else(|| below(".gradle")))
                .flatten()
                .map(|gradle| gradle.join("caches/modules-2/files-2.1")),
        ),
        (StoreKind::Maven, below(".m2/repository")),
        (StoreKind::Npm, named("npm_config_cache").or_else(|| below(".npm"))),
        (StoreKind::Nuget, named("NUGET_PACKAGES").or_else(|| below(".nuget/packages"))),
        (StoreKind::Pip, named("PIP_CACHE_DIR").or_else(|| cached("pip"))),
        (StoreKind::Pnpm, below(".local/share/pnpm/store")),
        (StoreKind::Pub, named("PUB_CACHE").or_else(|| below(".pub-cache"))),
        (StoreKind::Settings, below("")),
        (StoreKind::Settings, Some(PathBuf::from("/etc"))),
        (StoreKind::Settings, Some(PathBuf::from("/etc/xdg"))),
        (StoreKind::Uv, named("UV_CACHE_DIR").or_else(|| cached("uv"))),
        (StoreKind::Yarn, below(".yarn/berry/cache")),
    ];
    let mut found: Vec<_> = found.into_iter().filter_map(|(kind, path)| Some((kind, path?))).collect();
    let listed = env::var_os("GEM_PATH").map(|paths| env::split_paths(&paths).collect::<Vec<_>>()).unwrap_or_default();
    let of_versions = [".local/share/gem/ruby", ".gem/ruby", ".bundle/ruby", ".rvm/gems"];
    let of_versions = of_versions.into_iter().filter_map(below).flat_map(|folder| folders_in(&folder));
    found.extend(listed.into_iter().chain(of_versions).map(|path| (StoreKind::Gems, path)));
    found.extend(named("XDG_CONFIG_HOME").map(|path| (StoreKind::Settings, path)));
    found.extend(conda().into_iter().map(|path| (StoreKind::Conda, path)));
    let cabal = [".cabal", ".local/state/cabal"].into_iter().filter_map(below).map(|cabal| cabal.join("store"));
    let indexes = cabal.flat_map(|store| folders_in(&store)).map(|compiler| compiler.join("package.db"));
    let archives = [below(".cabal/packages"), cached("cabal/packages")].into_iter().flatten();
    let haskell = [PathBuf::from("/var/lib/ghc/package.conf.d")].into_iter().chain(archives).chain(indexes);
    found.extend(haskell.map(|path| (StoreKind::Haskell, path)));
    let libraries = ["/usr/local/lib/R/site-library", "/usr/lib/R/site-library", "/usr/lib/R/library"];
    let renv = named("RENV_PATHS_CACHE").or_else(|| cached("R/renv/cache/v5"));
    let libraries = named("R_LIBS_USER").into_iter().chain(renv).chain(libraries.map(PathBuf::from));
    found.extend(libraries.map(|path| (StoreKind::R, path)));
    found
}

/// Returns where Conda, Mamba and their relatives are installed, and the environments inside of them.
fn conda() -> Vec<PathBuf> {
    let homes = ["anaconda3", "mambaforge", "micromamba", "miniconda3", "miniforge3"];
    let homes = homes.into_iter().filter_map(|name| Some(home()?.join(name)));
    let roots = homes.chain([PathBuf::from("/opt/conda")]).chain(named("MAMBA_ROOT_PREFIX"));
    let with_environments = |root: PathBuf| {
        let environments = folders_in(&root.join("envs"));
        [root].into_iter().chain(environments)
    };
    named("CONDA_PREFIX").into_iter().chain(roots.flat_map(with_environments)).collect()
}

/// Lists the folders in a folder, sorted.
fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Returns the site-packages folders of a Python environment, of any layout.
fn site_packages(environment: &Path) -> Vec<PathBuf> {
    if environment.file_name().is_some_and(|name| name == "site-packages") && environment.is_dir() {
        return vec![environment.to_path_buf()];
    }
    let mut found = Vec::new();
    for lib in ["lib", "lib64", "Lib"] {
        let lib = environment.join(lib);
        if lib.join("site-packages").is_dir() {
            found.push(lib.join("site-packages"));
        }
        let versions = folders_in(&lib).into_iter().map(|version| version.join("site-packages"));
        found.extend(versions.filter(|folder| folder.is_dir()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_for_terminals_that_open_them_here() {
        let works = |set: &[(&str, &str)]| {
            links_work(&|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
        };
        for set in [
            &[("VTE_VERSION", "7600")][..],
            &[("TERM_PROGRAM", "WezTerm")],
            &[("TERM", "xterm-kitty")],
            &[("WT_SESSION", "0")],
            &[("FORCE_HYPERLINK", "1"), ("CI", "true")],
        ] {
            assert!(works(set), "{set:?}");
        }
        for set in [
            &[][..],
            &[("TERM", "xterm-256color")],
            &[("VTE_VERSION", "4900")],
            &[("VTE_VERSION", "7600"), ("CI", "true")],
            &[("VTE_VERSION", "7600"), ("SSH_TTY", "/dev/pts/1")],
            &[("TERM", "xterm-kitty"), ("FORCE_HYPERLINK", "0")],
        ] {
            assert!(!works(set), "{set:?}");
        }
    }
}
