#!/usr/bin/env python3
"""Compares ppl-check with cargo on published projects: packages, scopes, declared licenses.

Usage: cargo.py BINARY

Each project is the archive of a published crate with its own Cargo.lock. `cargo metadata` is the truth for the set of
packages and for the kinds of dependencies that reach them; the manifests are the truth for the licenses.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# The last three have lockfiles of versions 1, 2 and 3, as Cargo of their time wrote them.
PROJECTS = ["hexyl@0.16.0", "bat@0.25.0", "nu@0.103.0", "ripgrep@12.1.1", "exa@0.10.1", "bat@0.18.3"]
failed = False


def report(outcome, what, details=()):
    global failed
    failed = failed or outcome == "failed"
    print(f"{outcome}: {what}")
    for detail in list(details)[:20]:
        print(f"  {detail}")


def compare(what, ours, theirs):
    """Prints `passed` if two mappings or sets are equal, else what differs."""
    if ours == theirs:
        report("passed", f"{what} ({len(theirs)})")
        return
    if isinstance(ours, dict):
        keys = sorted(set(ours) | set(theirs))
        details = [f"{key}: found {ours.get(key)}, expected {theirs.get(key)}" for key in keys if ours.get(key) != theirs.get(key)]
    else:
        details = [f"missing {item}" for item in sorted(theirs - ours)] + [f"unexpected {item}" for item in sorted(ours - theirs)]
    report("failed", what, details)


def run(command, home, folder):
    environment = {**os.environ, "CARGO_HOME": str(home)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def download(project, home, folder):
    """Unpacks a published crate into a folder of its own; returns None where that is not possible."""
    done = run(["cargo", "info", "--registry", "crates-io", project], home, folder)
    name = project.replace("@", "-")
    found = list((home / "registry" / "src").glob(f"*/{name}"))
    if done.returncode != 0 or not found:
        return None
    target = folder / name
    shutil.copytree(found[0], target, ignore=shutil.ignore_patterns(".cargo-ok"))
    return target


def reached(metadata):
    """Returns the scopes in which each package is reached, by the kinds of the edges of the resolved graph."""
    strength = {None: 2, "build": 1, "dev": 0}
    words = {2: "runtime", 1: "build", 0: "dev"}
    needs = {node["id"]: node["deps"] for node in metadata["resolve"]["nodes"]}
    scopes = {package: set() for package in needs}
    todo = [(member, 2) for member in metadata["workspace_members"]]
    while todo:
        package, scope = todo.pop()
        if scope in scopes[package]:
            continue
        scopes[package].add(scope)
        for dep in needs[package]:
            for kind in dep["dep_kinds"]:
                todo.append((dep["pkg"], min(scope, strength[kind["kind"]])))
    return {package: words[max(found)] for package, found in scopes.items() if found}


def canonical(expression):
    """Reads an expression into nested sorted tuples, by a parser of its own; `/` is an old way to write OR."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))
    position = 0

    def terms(operator, part):
        nonlocal position
        found = [part()]
        while position < len(tokens) and tokens[position].upper() == operator:
            position += 1
            found.append(part())
        flat = []
        for item in found:
            flat.extend(item[1:] if isinstance(item, tuple) and item[0] == operator else [item])
        flat = sorted(set(flat), key=repr)
        return flat[0] if len(flat) == 1 else (operator, *flat)

    def one():
        nonlocal position
        token = tokens[position]
        position += 1
        if token == "(":
            inner = terms("OR", lambda: terms("AND", one))
            position += 1
            return inner
        if position < len(tokens) and tokens[position].upper() == "WITH":
            token = f"{token} WITH {tokens[position + 1]}"
            position += 2
        return token

    return terms("OR", lambda: terms("AND", one))


def listing(binary, folder, home):
    done = run([binary, "list", "--offline", "--format", "json", str(folder)], home, folder)
    if done.returncode != 0:
        raise RuntimeError(f"exit code {done.returncode}: {done.stderr}")
    return [package for package in json.loads(done.stdout)["packages"] if package["purl"].startswith("pkg:cargo/") and not package["own"]]


def identity(package):
    return f"{package['name']} {package['version']}"


def check(binary, project, home, folder):
    target = download(project, home, folder)
    if target is None:
        report("could not run", f"{project} cannot be downloaded")
        return
    done = run(["cargo", "metadata", "--locked", "--all-features", "--format-version", "1"], home, target)
    if done.returncode != 0:
        report("could not run", f"{project}: cargo metadata: {done.stderr.strip().splitlines()[-1:]}")
        return
    metadata = json.loads(done.stdout)
    members = set(metadata["workspace_members"])
    theirs = {package["id"]: package for package in metadata["packages"] if package["id"] not in members}
    names = {id: identity(package) for id, package in theirs.items()}

    ours = listing(binary, target, home)
    compare(f"{project}: packages", {identity(package) for package in ours}, set(names.values()))
    scopes = {names[id]: scope for id, scope in reached(metadata).items() if id in names}
    compare(f"{project}: scopes", {identity(package): package["scope"] for package in ours}, scopes)
    raw = {identity(package): [claim["raw"] for claim in package["claims"] if claim["kind"] == "declared"] for package in ours}
    said = {names[id]: [text for text in (package["license"], package["license_file"]) if text] for id, package in theirs.items()}
    compare(f"{project}: declarations", raw, said)
    declared = {names[id]: canonical(package["license"]) for id, package in theirs.items() if package["license"]}
    read = {identity(package): canonical(package["expression"] or "nothing") for package in ours}
    compare(f"{project}: expressions", {name: read.get(name) for name in declared}, declared)
    without = [identity(package) for package in ours if package["expression"] is None and package["verdict"] in ("ok", "obligation")]
    report("failed" if without else "passed", f"{project}: nothing without a license is fine", without)

    empty = folder / f"empty-{target.name}"
    empty.mkdir()
    ours = listing(binary, target, empty)
    compare(f"{project}: packages without copies", {identity(package) for package in ours}, set(names.values()))
    done = run([binary, "--offline", str(target)], empty, folder)
    # What other package managers miss, such as git's submodules, is a finding of its own.
    paragraphs = [part for part in done.stdout.split("\n\n") if re.search(r"^  Cargo\.lock:", part, re.MULTILINE)]
    grouped = len(paragraphs) == 1 and f"{len(names)} packages have no copy" in paragraphs[0] and "cargo fetch" in paragraphs[0]
    report("passed" if grouped and done.returncode == 1 else "failed", f"{project}: missing copies are one finding", paragraphs if not grouped else ())


def main():
    binary = str(Path(sys.argv[1]).resolve())
    if shutil.which("cargo") is None:
        report("could not run", "cargo is missing")
        return
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        home = folder / "home"
        home.mkdir()
        for project in PROJECTS:
            check(binary, project, home, folder)


main()
sys.exit(1 if failed else 0)
