#!/usr/bin/env python3
"""Compares ppl-check with the lockfiles of two PHP applications: packages, scopes and licenses.

Usage: composer.py BINARY

The registry of Composer need not be reachable: phpMyAdmin's `composer.lock` comes from Debian's source package,
MediaWiki's, with the packages installed, from Debian's binary package. The lockfile, read here by a reader of its own,
is the truth for packages, scopes and licenses.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

failed = False


def report(outcome, what, details=()):
    global failed
    failed = failed or outcome == "failed"
    print(f"{outcome}: {what}")
    for detail in list(details)[:20]:
        print(f"  {detail}")


def compare(what, ours, theirs):
    """Prints `passed` if two mappings are equal, else what differs."""
    keys = sorted(set(ours) | set(theirs))
    details = [f"{key}: found {ours.get(key)}, expected {theirs.get(key)}" for key in keys if ours.get(key) != theirs.get(key)]
    report("failed" if details else "passed", f"{what} ({len(theirs)})", details)


def apt(folder, *command):
    """Runs apt-get with lists and caches of its own, so that nothing of the machine changes."""
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    keys = "/usr/share/keyrings/debian-archive-keyring.gpg"
    sources = folder / "sources.list"
    lines = [f"{kind} [signed-by={keys}] http://deb.debian.org/debian bookworm main" for kind in ("deb", "deb-src")]
    sources.write_text("\n".join(lines) + "\n")
    options = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "",
    }
    settings = [part for key, value in options.items() for part in ("-o", f"{key}={value}")]
    done = subprocess.run(["apt-get", *settings, *command], cwd=folder, capture_output=True, text=True)
    return done.returncode == 0


def unpack(folder):
    """Returns the folders of the two applications; one that cannot be had is missing."""
    found = {}
    if not apt(folder, "update", "-q"):
        return found
    if apt(folder, "source", "--download-only", "-q", "phpmyadmin"):
        for archive in folder.glob("phpmyadmin_*.orig.tar.*"):
            subprocess.run(["tar", "xf", archive], cwd=folder, check=True)
        found.update(("phpMyAdmin", path.parent) for path in folder.glob("phpMyAdmin-*/composer.lock"))
    if apt(folder, "download", "-q", "mediawiki"):
        for package in folder.glob("mediawiki_*.deb"):
            subprocess.run(["dpkg-deb", "-x", package, folder / "mediawiki"], check=True)
        # Debian's package has the whole of the vendor folder, its lockfile included.
        vendor = folder / "mediawiki/usr/share/mediawiki/vendor"
        project = folder / "mediawiki-vendor"
        if (vendor / "composer.lock").exists():
            project.mkdir()
            for name in ("composer.json", "composer.lock"):
                shutil.copy(vendor / name, project)
            shutil.copytree(vendor, project / "vendor", ignore=shutil.ignore_patterns("composer.json.", "*.sh"))
            found["MediaWiki"] = project
    return found


def terms(license):
    """Returns what any may be chosen of; ids before 3.0 of the list, without suffix, mean the `-only` ones."""
    found = set()
    for element in [license] if isinstance(license, str) else license:
        for part in re.split(r"\s+or\s+", element.strip("()"), flags=re.IGNORECASE):
            renamed = re.sub(r"^([AL]?GPL-\d\.\d)\+$", r"\1-or-later", part)
            found.add(re.sub(r"^([AL]?GPL-\d\.\d)$", r"\1-only", renamed))
    return sorted(found)


def check(binary, name, project):
    lock = json.loads((project / "composer.lock").read_text())
    entries = [(entry, scope) for key, scope in (("packages", "runtime"), ("packages-dev", "dev")) for entry in lock.get(key) or []]
    done = subprocess.run(
        [binary, "list", "--offline", "--format", "json", str(project)],
        capture_output=True,
        text=True,
        env={**os.environ, "HOME": str(project)},
    )
    if done.returncode != 0:
        report("failed", f"{name}: exit code {done.returncode}", [done.stderr])
        return
    found = json.loads(done.stdout)
    ours = [package for package in found["packages"] if package["purl"].startswith("pkg:composer/") and not package["own"]]
    at_root = [package for package in ours if any(at["path"] == "composer.lock" for at in package["locations"])]
    key = lambda package: f"{package['name'].lower()} {package['version']}"
    compare(f"{name}: packages and scopes", {key(package): package["scope"] for package in at_root}, {key(entry): scope for entry, scope in entries})
    said = {key(entry): entry.get("license") or [] for entry, _ in entries}
    # Words that are no SPDX ids may mean several licenses, or none that is known.
    words = {name for name, license in said.items() if not license or any(" " in part.strip("()") and " or " not in part.lower() for part in license)}
    read = {key(package): terms((package["expression"] or "nothing").replace(" OR ", " or ")) for package in at_root if key(package) not in words}
    compare(f"{name}: licenses", read, {name: terms(license) for name, license in said.items() if name not in words})
    findings = {purl for finding in found["findings"] for purl in finding["purls"]}
    silent = [key(package) for package in at_root if not package["expression"] and not package.get("candidates") and package["purl"] not in findings]
    report("failed" if silent else "passed", f"{name}: every package has a license or a finding", silent)


def main():
    binary = str(Path(sys.argv[1]).resolve())
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        report("could not run", "the applications come from Debian packages: apt-get and dpkg-deb are missing")
        return
    with tempfile.TemporaryDirectory() as folder:
        projects = unpack(Path(folder))
        for name in ("phpMyAdmin", "MediaWiki"):
            if name in projects:
                check(binary, name, projects[name])
            else:
                report("could not run", f"{name}: its Debian package cannot be downloaded")


main()
sys.exit(1 if failed else 0)
