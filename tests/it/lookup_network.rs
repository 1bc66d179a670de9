//! The ways to a registry: through a proxy, and from several runs at once.

use ppl_check::base::official_address;

use crate::lookup::tar_gz;
use crate::program::Project;
use crate::server::{Reply, Server};

const N_PACKAGES: usize = 12;

fn project() -> Project {
    let source = "registry+https://github.com/rust-lang/crates.io-index";
    let entry = |at| format!("[[package]]\nname = \"p{at}\"\nversion = \"1.0.0\"\nsource = \"{source}\"\n\n");
    let lock = (0..N_PACKAGES).map(entry).collect::<Vec<_>>().concat();
    Project::new(&[("Cargo.lock", &format!("version = 4\n\n{lock}"))])
}

#[test]
fn the_proxy_of_the_environment_is_asked() {
    let proxy = Server::start(&[]);
    let project = project();
    let home = project.home();
    let variables = [("HOME", home.to_str().unwrap()), ("HTTPS_PROXY", &proxy.url())];
    let run = project.run_with_variables(&["--no-cache", "--format", "json"], &variables);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    // A proxy is told the host alone; what is asked for is encrypted.
    let host = official_address("cargo").unwrap().trim_start_matches("https://");
    let asked = proxy.requests();
    assert!(!asked.is_empty() && asked.iter().all(|path| *path == format!("{host}:443")), "{asked:?}");
}

#[test]
fn runs_at_the_same_time_share_a_cache_and_leave_it_whole() {
    let krate = |at: usize| {
        let manifest = format!("[package]\nname = \"p{at}\"\nversion = \"1.0.0\"\nlicense = \"MIT\"\n");
        tar_gz(&format!("p{at}-1.0.0"), &[("Cargo.toml", &manifest)])
    };
    let paths: Vec<String> = (0..N_PACKAGES).map(|at| format!("/crates/p{at}/p{at}-1.0.0.crate")).collect();
    let replies: Vec<(&str, Reply)> =
        paths.iter().enumerate().map(|(at, path)| (path.as_str(), Reply::body(krate(at)))).collect();
    let (server, project) = (Server::start(&replies), project());
    let run = || project.run_online(&["check", "--format", "json"], &server.url());
    let outputs: Vec<String> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..6).map(|_| scope.spawn(|| run().stdout)).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert!(outputs.iter().all(|output| *output == outputs[0] && output.contains("\"MIT\"")), "{}", outputs[0]);
    let n_requests = server.requests().len();
    assert!(run().stdout == outputs[0]);
    assert_eq!(server.requests().len(), n_requests, "everything is kept");
    let held = project.run(&["cache"]).stdout;
    assert!(held.contains(&format!(": {N_PACKAGES} entries")) && !held.contains("damaged"), "{held}");
}
