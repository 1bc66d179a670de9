#!/usr/bin/env python3
"""Looks licenses up in the real registries, for projects of which only the lockfile is there.

For crates.io, npm and PyPI, each with an empty home folder:
- a cold run finds a license for nearly every package, and what it finds is what the package manager's own copy says;
- a second run needs no request: it gives the same bytes with an address in the registry's place where nobody answers;
- after `ppl-check lock`, a run with `--locked`, an empty home folder and nothing installed gives the same bytes as one
  that may ask and needs not to.
Needs cargo, npm and pip, and their registries.
"""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

PROGRAM = os.path.abspath(sys.argv[1])
ROOT = pathlib.Path(__file__).resolve().parents[2]
TYPES = ["cargo", "npm", "pypi"]
NOBODY = "http://127.0.0.1:9"
# Reads certificates and proxies from the environment, and nothing else of it.
KEPT = ["SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"]
results = {"passed": 0, "failed": 0, "could not run": 0}


def report(outcome, what, detail=""):
    results[outcome] += 1
    print(f"{outcome}  {what}{': ' + detail if detail else ''}", flush=True)


def check(good, what, detail=""):
    report("passed" if good else "failed", what, "" if good else detail)


def run(folder, home, *args):
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    command = [PROGRAM, *args]
    done = subprocess.run(command, cwd=folder, env={**environment, "HOME": str(home)}, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{args}: exit code {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def tool(*command, cwd=None):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True)
    return done.stdout


def cargo_project(folder):
    """This program's own lockfile; the truth is what Cargo reads in the manifests it has fetched."""
    for name in ["Cargo.toml", "Cargo.lock"]:
        shutil.copy(ROOT / name, folder)
    for stub in ["src/lib.rs", "src/main.rs", "benches/identify.rs", "build.rs"]:
        (folder / stub).parent.mkdir(parents=True, exist_ok=True)
        (folder / stub).write_text("")
    metadata = json.loads(tool("cargo", "metadata", "--format-version", "1", "--locked", cwd=ROOT))
    return {
        f"pkg:cargo/{package['name']}@{package['version'].replace('+', '%2B')}": package["license"]
        for package in metadata["packages"]
        if package["source"]
    }


def npm_project(folder):
    """A lockfile without licenses, as npm wrote them for years; the truth is what npm puts beside each package now."""
    dependencies = {"express": "4.18.2", "mocha": "10.2.0", "webpack": "5.90.0", "eslint": "8.57.0"}
    manifest = {"name": "shop", "version": "1.0.0", "license": "PPL", "dependencies": dependencies}
    (folder / "package.json").write_text(json.dumps(manifest))
    tool("npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)
    lock = json.loads((folder / "package-lock.json").read_text())
    truth = {}
    for path, entry in lock["packages"].items():
        if path:
            name = entry.get("name") or path.split("node_modules/")[-1]
            truth[f"pkg:npm/{name.replace('@', '%40')}@{entry['version']}"] = entry.pop("license", None)
    (folder / "package-lock.json").write_text(json.dumps(lock, indent=2))
    return truth


def pypi_project(folder):
    """Requirements with hashes; the truth is the expression in the metadata of each wheel, where it has one."""
    wheels = folder.parent / "wheels"
    wanted = ["flask==3.0.3", "requests==2.32.3", "attrs==25.3.0", "packaging==25.0", "pytest==8.3.5", "rich==14.0.0"]
    tool("pip", "download", "--quiet", "--only-binary", ":all:", "--dest", str(wheels), *wanted)
    lines, truth = [], {}
    for wheel in sorted(wheels.glob("*.whl")):
        name, version = wheel.name.split("-")[:2]
        lines.append(f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}")
        metadata = tool("unzip", "-p", str(wheel), "*.dist-info/METADATA").split("\n\n")[0]
        found = [line.split(": ", 1)[1] for line in metadata.splitlines() if line.startswith("License-Expression: ")]
        truth[f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"] = found[0] if found else None
    (folder / "requirements.txt").write_text("\n".join(lines) + "\n")
    return truth


def compare(ty, truth, document):
    packages = {row["purl"]: row for row in document["packages"] if not row.get("own")}
    check(set(packages) == set(truth), f"{ty}: the packages are those of the lockfile",
          str(sorted(set(packages) ^ set(truth))[:5]))
    unknown = [purl for purl, row in packages.items() if row.get("missing")]
    check(len(unknown) * 50 <= len(packages), f"{ty}: at most one in fifty of {len(packages)} is unknown", str(unknown))
    loose = [purl for purl, row in packages.items() if row.get("unverified_origin")]
    check(ty == "npm" or not loose, f"{ty}: every answer is tied to the lockfile", str(loose[:5]))

    def words(text):
        return sorted(text.replace("(", " ").replace(")", " ").replace("/", " OR ").split())

    wrong = [
        (purl, said, packages[purl]["expression"])
        for purl, said in truth.items()
        if isinstance(said, str) and purl in packages and packages[purl]["expression"]
        and words(said) != words(packages[purl]["expression"])
        # A name that is no expression is read as one.
        and " " not in said.replace(" OR ", "").replace(" AND ", "").replace(" WITH ", "")
    ]
    check(not wrong, f"{ty}: each expression is what the package declares", str(wrong[:5]))


def registry(ty, make):
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        folder, home, other = scratch / "project", scratch / "home", scratch / "other"
        for path in [folder, home, other]:
            path.mkdir()
        truth = make(folder)
        dead = [f"--registry-url={ty}={NOBODY}"]
        started = time.monotonic()
        cold = run(folder, home, "list", "--format", "json")
        seconds = time.monotonic() - started
        document = json.loads(cold)
        if all(row.get("missing") for row in document["packages"] if not row.get("own")):
            reasons = {tried for finding in document["findings"] for tried in finding["tried"]}
            return report("could not run", f"{ty}: nothing was found", str(sorted(reasons)[:3]))
        print(f"          {ty}: {len(truth)} packages in {seconds:.1f} s", flush=True)
        compare(ty, truth, document)
        check(run(folder, home, "list", "--format", "json", *dead) == cold, f"{ty}: a second run asks nothing",
              "other bytes where nobody answers")
        run(folder, home, "lock", *dead)
        asking = run(folder, other, "list", "--format", "json", *dead)
        locked = run(folder, other, "list", "--format", "json", "--locked")
        check(asking == locked, f"{ty}: --locked gives the same bytes")
        def verdicts(text):
            return {row["purl"]: (row["expression"], row["verdict"]) for row in json.loads(text)["packages"]}

        before, after = verdicts(cold), verdicts(locked)
        differing = [(purl, before[purl], after.get(purl)) for purl in before if before[purl] != after.get(purl)]
        check(not differing, f"{ty}: and the same verdicts as the cold run", str(differing[:5]))


for ty, make in zip(TYPES, [cargo_project, npm_project, pypi_project]):
    try:
        registry(ty, make)
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        report("could not run", ty, str(error))
print(", ".join(f"{count} {outcome}" for outcome, count in results.items()))
sys.exit(1 if results["failed"] else 0)
