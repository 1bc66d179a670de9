#!/usr/bin/env python3
"""Compares what ppl-check lists for npm projects with npm itself.

Each project is made by npm from published packages, once with each version of the lockfile.
- The set of packages, by name and version, is that of `npm ls --all --package-lock-only`, with and without node_modules.
- With node_modules, each license is the one in the installed package.json.
Needs npm and its registry.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = os.path.abspath(sys.argv[1])
PROJECTS = {
    "express": {"dependencies": {"express": "4.18.2"}, "devDependencies": {"mocha": "10.2.0"}},
    "workspace": {
        "workspaces": ["packages/*"],
        "dependencies": {"chokidar": "3.5.3", "lodash4": "npm:lodash@4.17.21"},
        "devDependencies": {"esbuild": "0.21.5", "argparse": "2.0.1"},
        "members": {
            "packages/web": {"dependencies": {"@shop/lib": "^1.0.0", "js-yaml": "3.14.1"}},
            "packages/lib": {"dependencies": {"ms": "2.1.3"}, "devDependencies": {"eslint-config-prettier": "9.0.0"}},
        },
    },
    "site": {
        "dependencies": {"react": "18.2.0", "react-dom": "18.2.0"},
        "devDependencies": {"react-scripts": "5.0.1"},
    },
}
VERSIONS = {"express": [1, 2, 3], "workspace": [1, 2, 3], "site": [1, 3]}
# npm sometimes lists a member of a workspace under the name of its folder.
OWN = {"@shop/lib", "@shop/web", "lib", "web"}
results = {"passed": 0, "failed": 0, "could not run": 0}


def report(outcome, what, detail=""):
    results[outcome] += 1
    print(f"{outcome}: {what}" + (f"\n  {detail}" if detail else ""))


def npm(folder, *words):
    return subprocess.run(["npm", *words, "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True)


def write(folder, project, name):
    folder.mkdir(parents=True)
    manifest = {"name": name, "version": "1.0.0", **{k: v for k, v in project.items() if k != "members"}}
    (folder / "package.json").write_text(json.dumps(manifest))
    for path, member in project.get("members", {}).items():
        write(folder / path, member, "@shop/" + path.split("/")[1])


def expected(folder):
    """Every name and version in the tree that npm builds from the lockfile."""
    found = set()

    def visit(node):
        for name, child in (node.get("dependencies") or {}).items():
            if child.get("version"):
                # An alias is listed under its own name.
                real = child.get("name", name)
                resolved = child.get("resolved") or ""
                if resolved.startswith("file:"):
                    real = None
                found.add((real, child["version"]))
            visit(child)

    ran = npm(folder, "ls", "--all", "--package-lock-only", "--json", "--long")
    visit(json.loads(ran.stdout))
    return {(name.lower(), version) for name, version in found if name and name not in OWN}


def listed(folder):
    ran = subprocess.run([PROGRAM, "list", "--offline", "--format", "json", str(folder)], capture_output=True, text=True)
    return json.loads(ran.stdout)["packages"]


def name_version(package):
    path, _, version = package["purl"].split("?")[0].removeprefix("pkg:npm/").rpartition("@")
    return path.replace("%40", "@"), version


def compare(what, expect, found):
    if expect == found:
        report("passed", f"{what}: {len(found)} packages")
    else:
        missing, more = sorted(expect - found)[:5], sorted(found - expect)[:5]
        report("failed", what, f"missing {missing}, too many {more}; {len(expect)} against {len(found)}")


def declared(folder):
    """What every installed package.json says of its license, where that is a plain string."""
    found = {}
    for path in folder.glob("**/node_modules/**/package.json"):
        owner = path.parent.parent
        if owner.name.startswith("@"):
            owner = owner.parent
        if owner.name != "node_modules" or path.parent.is_symlink():
            continue
        try:
            manifest = json.loads(path.read_text(encoding="utf-8-sig"))
        except ValueError:
            continue
        license = manifest.get("license")
        if isinstance(license, str) and manifest.get("version"):
            found.setdefault((manifest["name"].lower(), manifest["version"]), set()).add(license)
    return found


def check_licenses(what, folder):
    said = declared(folder)
    wrong, n_compared = [], 0
    for package in listed(folder):
        license = said.get(name_version(package))
        if package.get("not_judged") == "own" or not license:
            continue
        n_compared += 1
        raw = {claim["raw"] for claim in package["claims"] if claim["kind"] == "declared"}
        if raw != license:
            wrong.append((package["purl"], sorted(raw), sorted(license)))
    if wrong or n_compared == 0:
        report("failed", what, f"{len(wrong)} differ of {n_compared}: {wrong[:5]}")
    else:
        report("passed", f"{what}: {n_compared} licenses")


def check(name, project, version, temp):
    folder = pathlib.Path(temp) / f"{name}-{version}"
    write(folder, project, name)
    made = npm(folder, "install", "--package-lock-only", "--ignore-scripts", "--lockfile-version", str(version))
    what = f"{name}, lockfile version {version}"
    if made.returncode:
        report("could not run", what, made.stderr.strip().splitlines()[-1] if made.stderr.strip() else "")
        return
    assert json.loads((folder / "package-lock.json").read_text())["lockfileVersion"] == version
    expect = expected(folder)
    judged = lambda: {name_version(p) for p in listed(folder) if p.get("not_judged") != "own"}
    compare(f"{what}, nothing installed", expect, judged())
    if version == 2:
        return
    before = (folder / "package-lock.json").read_bytes()
    made = npm(folder, "ci", "--ignore-scripts")
    if made.returncode:
        report("could not run", f"{what}, installed")
        return
    (folder / "package-lock.json").write_bytes(before)
    compare(f"{what}, installed", expect, judged())
    check_licenses(f"{what}, licenses", folder)
    # Without the lockfile what is installed defines the set: less what is for other platforms.
    (folder / "package-lock.json").unlink()
    found = judged()
    installed = set(declared_names(folder))
    compare(f"{what}, installed without the lockfile", installed, found)


def declared_names(folder):
    ran = npm(folder, "ls", "--all", "--json", "--long")
    def visit(node):
        for name, child in (node.get("dependencies") or {}).items():
            if child.get("version") and not (child.get("resolved") or "").startswith("file:"):
                yield (child.get("name", name).lower(), child["version"])
            yield from visit(child)

    return {entry for entry in visit(json.loads(ran.stdout)) if entry[0] not in OWN}


if subprocess.run(["npm", "--version"], capture_output=True).returncode:
    report("could not run", "npm is missing")
else:
    with tempfile.TemporaryDirectory() as temp:
        for name, project in PROJECTS.items():
            for version in VERSIONS[name]:
                check(name, project, version, temp)
print(", ".join(f"{n} {outcome}" for outcome, n in results.items()))
sys.exit(1 if results["failed"] else 0)
