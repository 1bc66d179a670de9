//! Names that the user's or the project's settings send elsewhere: no connection is made for them.

use crate::lookup::check_in;
use crate::program::Project;
use crate::server::Server;

#[test]
fn nobody_is_asked_for_names_that_settings_send_elsewhere() {
    let server = Server::start(&[]);
    let requirements = ("requirements.txt", "leaf==1.0\n");
    let cargo = (
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"leaf\"\nversion = \"1.0.0\"\nsource = \
         \"registry+https://github.com/rust-lang/crates.io-index\"\n",
    );
    let module = ("go.mod", "module example.org/shop\n\ngo 1.22\n\nrequire git.coop.example/leaf v1.0.0\n");
    let pip = "[global]\nindex-url = https://pypi.coop.example/simple\n";
    let uv = "[[index]]\nurl = \"https://pypi.coop.example/simple\"\ndefault = true\n";
    let replaced = "[source.crates-io]\nreplace-with = \"coop\"\n[source.coop]\nregistry = \
                    \"sparse+https://crates.coop.example/\"\n";
    for (file, setting, text) in [
        (requirements, "../home/.config/uv/uv.toml", uv),
        (requirements, "pip.conf", pip),
        (cargo, "../home/.cargo/config.toml", replaced),
        (cargo, ".cargo/config.toml", replaced),
        (module, "../home/.config/go/env", "GOPRIVATE=git.coop.example\n"),
    ] {
        let project = Project::new(&[file]);
        let n_before = server.requests().len();
        check_in(&project, &server, &["--no-cache"]);
        let n_public = server.requests().len();
        assert!(n_public > n_before, "{}: without settings it is asked for", file.0);
        project.write(setting, text);
        check_in(&project, &server, &["--no-cache"]);
        assert_eq!(server.requests().len(), n_public, "{setting}");
    }
}

#[test]
fn a_variable_may_name_the_file_of_settings() {
    let project = Project::new(&[("requirements.txt", "leaf==1.0\n")]);
    project.write("../elsewhere.conf", "[global]\nindex-url = https://pypi.coop.example/simple\n");
    let file = project.path().parent().unwrap().join("elsewhere.conf");
    let home = project.home();
    let asked = |variables: &[(&str, &str)]| {
        let variables = [&[("HOME", home.to_str().unwrap())], variables].concat();
        project.run_with_variables(&["--dry-run-network", "--no-cache"], &variables).stdout.lines().count()
    };
    assert_eq!(asked(&[]), 1);
    assert_eq!(asked(&[("PIP_CONFIG_FILE", file.to_str().unwrap())]), 0);
    // Where none is named, the user's own counts.
    project.write("../home/.config/pip/pip.conf", "[global]\nindex-url = https://pypi.coop.example/simple\n");
    assert_eq!(asked(&[("PIP_CONFIG_FILE", "")]), 0);
    assert_eq!(asked(&[("PIP_CONFIG_FILE", "/dev/null")]), 1);
}
