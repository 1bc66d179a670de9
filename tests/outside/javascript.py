#!/usr/bin/env python3
"""Compares what ppl-check lists for projects of Yarn, pnpm and Bun with what these tools install.

- Every package that the tool installs is listed, by name and version; what is listed beyond that is optional, for
  other platforms.
- The license of each is the one in the installed package.json.
- For Yarn without node_modules, the set is that of `yarn info`, and licenses come from its archives.
Needs npm, with which the tools are fetched into a temporary folder, and its registry.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = os.path.abspath(sys.argv[1])
DEPENDENCIES = {
    "small": ({"chalk": "4.1.2", "lodash4": "npm:lodash@4.17.21", "js-yaml": "3.14.1"}, {"argparse": "2.0.1", "esbuild": "0.21.5"}),
    "server": ({"express": "4.18.2", "chokidar": "3.5.3"}, {"mocha": "10.2.0", "eslint": "8.57.0"}),
}
TOOLS = {
    "yarn 1": ("yarn@1.22.22", ["yarn", "install", "--ignore-scripts", "--non-interactive"]),
    "yarn 4": ("@yarnpkg/cli-dist@4", ["yarn", "install", "--mode=skip-build"]),
    "yarn 4, node_modules": ("@yarnpkg/cli-dist@4", ["yarn", "install", "--mode=skip-build"]),
    "pnpm 10": ("pnpm@10", ["pnpm", "install", "--ignore-scripts"]),
    "pnpm 9": ("pnpm@9", ["pnpm", "install", "--ignore-scripts"]),
    "pnpm 8": ("pnpm@8", ["pnpm", "install", "--ignore-scripts"]),
    "pnpm 7": ("pnpm@7.33.7", ["pnpm", "install", "--ignore-scripts"]),
    "bun": ("bun@1", ["bun", "install", "--ignore-scripts"]),
}
OWN = {"shop", "@shop/lib", "@shop/web"}
results = {"passed": 0, "failed": 0, "could not run": 0}


def report(outcome, what, detail=""):
    results[outcome] += 1
    print(f"{outcome}: {what}" + (f"\n  {detail}" if detail else ""), flush=True)


def run(words, folder):
    environment = {**os.environ, "CI": "", "YARN_ENABLE_TELEMETRY": "0", "YARN_ENABLE_IMMUTABLE_INSTALLS": "0"}
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, env=environment, timeout=600)


def write(folder, tool, runtime, dev):
    def manifest(where, content):
        where.mkdir(parents=True, exist_ok=True)
        (where / "package.json").write_text(json.dumps(content))

    local = "workspace:^" if tool.startswith("pnpm") else "^1.0.0"
    manifest(folder, {"name": "shop", "version": "1.0.0", "private": True, "workspaces": ["packages/*"],
                      "dependencies": runtime, "devDependencies": dev})
    manifest(folder / "packages/web", {"name": "@shop/web", "version": "1.0.0", "dependencies": {"@shop/lib": local, "ms": "catalog:" if tool == "pnpm 10" else "2.0.0"}})
    manifest(folder / "packages/lib", {"name": "@shop/lib", "version": "1.0.0", "dependencies": {"ms": "2.1.3", "react": "18.2.0"}})
    if tool.startswith("pnpm"):
        catalog = "catalog:\n  ms: 2.0.0\n" if tool == "pnpm 10" else ""
        (folder / "pnpm-workspace.yaml").write_text("packages:\n  - packages/*\n" + catalog)
    if tool.startswith("yarn 4"):
        (folder / "yarn.lock").write_text("")
    if tool.endswith("node_modules"):
        (folder / ".yarnrc.yml").write_text("nodeLinker: node-modules\n")


def installed(folder):
    """Name, version and license of every package.json at the top of an installed package."""
    found = {}
    for top, folders, files in os.walk(folder):
        path = pathlib.Path(top)
        owner = path.parent.parent if path.parent.name.startswith("@") else path.parent
        if owner.name != "node_modules" or "package.json" not in files:
            continue
        try:
            manifest = json.loads((path / "package.json").read_text(encoding="utf-8-sig"))
        except ValueError:
            continue
        if manifest.get("name") and manifest.get("version") and manifest["name"] not in OWN:
            found[(manifest["name"].lower(), manifest["version"])] = manifest.get("license")
    return found


def listed(folder):
    ran = run([PROGRAM, "list", "--offline", "--format", "json", str(folder)], folder)
    packages = {}
    for package in json.loads(ran.stdout)["packages"]:
        name, _, version = package["purl"].split("?")[0].removeprefix("pkg:npm/").rpartition("@")
        name = name.replace("%40", "@")
        if name not in OWN:
            packages[(name, version)] = package
    return packages


def check(tool, command, name, folder):
    what = f"{tool}, {name}"
    write(folder, tool, *DEPENDENCIES[name])
    made = run(command, folder)
    if made.returncode:
        report("could not run", what, (made.stdout + made.stderr).strip()[-300:])
        return
    found = listed(folder)
    if tool == "yarn 4":
        info = run([command[0], "info", "--all", "--recursive", "--json"], folder)
        values = [json.loads(line)["value"] for line in info.stdout.splitlines()]
        expect = {}
        for value in values:
            package, _, locator = value[1:].partition("@")
            if "workspace:" not in locator:
                expect[((value[0] + package).lower(), locator.rpartition("npm:")[2].rpartition("npm%3A")[2].split("#")[0])] = None
        missing, more = set(expect) - set(found), set(found) - set(expect)
        unread = [purl for purl in expect if purl in found and not found[purl]["optional"] and not found[purl]["expression"]]
        detail = f"{len(found)} packages; missing {sorted(missing)[:5]}, too many {sorted(more)[:5]}, unread {unread[:5]}"
        report("failed" if missing or more or unread else "passed", what, detail)
        return
    expect = installed(folder)
    missing = set(expect) - set(found)
    more = {purl for purl in set(found) - set(expect) if not found[purl]["optional"]}
    wrong = []
    for purl, license in expect.items():
        raw = {claim["raw"] for claim in found.get(purl, {}).get("claims", []) if claim["kind"] == "declared"}
        if isinstance(license, str) and raw != {license}:
            wrong.append((purl, license, sorted(raw)))
    detail = f"{len(expect)} installed of {len(found)}; missing {sorted(missing)[:5]}, too many {sorted(more)[:5]}, licenses {wrong[:5]}"
    report("failed" if missing or more or wrong or not expect else "passed", what, detail)


if subprocess.run(["npm", "--version"], capture_output=True).returncode:
    report("could not run", "npm is missing")
else:
    with tempfile.TemporaryDirectory() as temp:
        for tool, (package, command) in TOOLS.items():
            home = pathlib.Path(temp) / "tools" / tool.replace(" ", "-")
            home.mkdir(parents=True)
            (home / "package.json").write_text("{}")
            if run(["npm", "install", "--no-audit", "--no-fund", package], home).returncode:
                report("could not run", f"{tool}: npm cannot install it")
                continue
            command = [str(home / "node_modules/.bin" / command[0]), *command[1:]]
            for name in DEPENDENCIES:
                check(tool, command, name, pathlib.Path(temp) / f"{tool.replace(' ', '-')}-{name}")
print(", ".join(f"{n} {outcome}" for outcome, n in results.items()))
sys.exit(1 if results["failed"] else 0)
