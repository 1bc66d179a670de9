#!/usr/bin/env python3
"""Compares ppl-check with Python's own tools: lockfiles that they write, and environments that they install.

Usage: python.py BINARY

Lockfiles are made from the package index by Poetry, uv (its own format and `pylock.toml`), pip (`pylock.toml`), PDM
(with and without groups in it) and Pipenv, and read here by a reader of its own; what belongs to the runtime is
compared with what the tools themselves export for it. Three environments without a lockfile are filled by pip, and `pip list` is the truth for
them. Licenses are compared with the metadata of what was installed, read by Python's own library.
"""

import email.parser
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

failed = False

POETRY = """
[project]
name = "shop"
version = "1.0.0"
requires-python = ">=3.11,<4"
dependencies = ["django>=4.2", "requests>=2.31", "celery[redis]>=5.3", "python-dateutil>=2.8", "docutils>=0.20"]

[project.optional-dependencies]
pdf = ["reportlab>=4"]

[tool.poetry]
package-mode = false

[tool.poetry.group.dev.dependencies]
pytest = "^8"
pylint = "^3"
"""

# The index that pip itself asks.
INDEX = subprocess.run(
    [sys.executable, "-c", "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"],
    capture_output=True, text=True, check=False,
).stdout.strip()

# Where an index has no JSON interface, Poetry can read its pages.
POETRY_SOURCE = f"""
[[tool.poetry.source]]
name = "pages"
url = "{INDEX}/"
priority = "primary"
"""

UV = """
[project]
name = "api"
version = "0.2.0"
requires-python = ">=3.11"
dependencies = ["fastapi[standard]>=0.110", "sqlalchemy>=2", "paramiko>=3", "lxml>=5", "pillow>=10"]

[project.optional-dependencies]
table = ["tabulate>=0.9"]

[dependency-groups]
dev = ["pytest>=8", "mypy>=1.8", {include-group = "docs"}]
docs = ["sphinx>=7", "furo"]
"""

PIPENV = """
[[source]]
url = "INDEX"
verify_ssl = true
name = "pypi"

[packages]
scrapy = "*"
ipython = "*"
chardet = "*"

[dev-packages]
sphinx = "*"
tox = "*"
"""

PDM = """
[project]
name = "till"
version = "1.0.0"
requires-python = ">=3.11"
dependencies = ["flask>=3", "requests[socks]>=2.31", "rich"]

[project.optional-dependencies]
pdf = ["reportlab>=4"]

[dependency-groups]
test = ["pytest>=8"]
docs = ["jinja2", "mistune"]
"""

# Newer ones of these do not fit together.
PDM_TOOLS = ["pdm==2.22.3", "hishel<0.1.2", "httpx<0.29", "unearth<0.18"]

EDITABLE = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "own-tool"
version = "0.1.0"
license = {text = "Peer Production License"}
dependencies = ["flask", "markdown", "certifi"]

[tool.setuptools]
py-modules = []
"""


def report(outcome, what, details=()):
    global failed
    failed = failed or outcome == "failed"
    print(f"{outcome}: {what}")
    for detail in list(details)[:20]:
        print(f"  {detail}")


def compare(what, ours, theirs):
    """Prints `passed` if two sets are equal, else what differs."""
    details = [f"missing {item}" for item in sorted(theirs - ours)] + [f"unexpected {item}" for item in sorted(ours - theirs)]
    report("failed" if details else "passed", f"{what} ({len(theirs)})", details)


def run(command, folder, **more):
    environment = {**os.environ, "PIPENV_IGNORE_VIRTUALENVS": "1", "PIPENV_VENV_IN_PROJECT": "1", **more}
    environment.pop("VIRTUAL_ENV", None)
    return subprocess.run([str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True)


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def toml(path):
    import tomllib

    return tomllib.loads(path.read_text())


def pair(package):
    return f"{normal(package['name'])} {package.get('version')}"


def poetry_packages(path):
    return {pair(package) for package in toml(path)["package"]}


def uv_packages(path):
    local = ("virtual", "editable", "directory")
    return {pair(package) for package in toml(path)["package"] if not any(key in package["source"] for key in local)}


def pylock_packages(path):
    return {pair(package) for package in toml(path)["packages"] if "directory" not in package}


def pdm_packages(path):
    # An extra has a block of its own, with the name and version of its package.
    return {pair(package) for package in toml(path)["package"]}


def exported(lines):
    """Reads the names and versions of pinned requirements."""
    found = re.findall(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", lines, re.MULTILINE)
    return {f"{normal(name)} {version}" for name, version in found}


def pipfile_packages(path):
    content = json.loads(path.read_text())
    both = [*content["default"].items(), *content["develop"].items()]
    return {f"{normal(name)} {entry['version'].removeprefix('==')}" for name, entry in both}


def listing(binary, folder, *options):
    done = run([binary, "list", "--offline", "--format", "json", *options, folder], folder, HOME=str(folder))
    if done.returncode != 0:
        raise RuntimeError(f"exit code {done.returncode}: {done.stderr}")
    found = json.loads(done.stdout)
    return [package for package in found["packages"] if not package["own"]], found


def identities(packages):
    return {f"{normal(package['name'])} {package['version']}" for package in packages}


def lockfiles(binary, tools, folder):
    def make(name, manifest, text, commands, lockfile, reader, runtime=None):
        project = folder / name
        project.mkdir()
        (project / manifest).write_text(text)
        done = None
        for command in commands:
            done = run(command, project)
        path = project / lockfile
        if not path.exists():
            return done
        packages, _ = listing(binary, project)
        compare(f"{lockfile} of {name}: packages", identities(packages), reader(path))
        if runtime is not None:
            done = run(runtime, project)
            ours = identities(package for package in packages if package["scope"] == "runtime")
            if done.returncode == 0:
                compare(f"{lockfile} of {name}: what belongs to the runtime", ours, exported(done.stdout))
            else:
                report("could not run", f"{lockfile} of {name}: the export", done.stderr.strip().splitlines()[-1:])
        return None

    def attempt(lockfile, *texts_and_commands):
        for step in texts_and_commands:
            done = make(*step)
            if done is None:
                return
        report("could not run", f"{lockfile} cannot be made", done.stderr.strip().splitlines()[-1:])

    poetry, uv, pipenv = tools / "poetry", tools / "uv", tools / "pipenv"
    attempt(
        "poetry.lock",
        ("poetry", "pyproject.toml", POETRY, [[poetry, "lock"]], "poetry.lock", poetry_packages),
        ("poetry-pages", "pyproject.toml", POETRY + POETRY_SOURCE, [[poetry, "lock"]], "poetry.lock", poetry_packages),
    )
    runtime = [uv, "export", "--no-default-groups", "--all-extras", "--no-hashes", "--no-emit-project", "--no-header", "--no-annotate"]
    attempt("uv.lock", ("uv", "pyproject.toml", UV, [[uv, "lock"]], "uv.lock", uv_packages, runtime))
    export = [uv, "export", "--all-groups", "--all-extras", "--format", "pylock.toml", "-o", "pylock.toml"]
    remove = ["rm", "uv.lock"]
    attempt("pylock.toml", ("pylock", "pyproject.toml", UV, [[uv, "lock"], export, remove], "pylock.toml", pylock_packages))
    attempt("Pipfile.lock", ("pipenv", "Pipfile", PIPENV.replace("INDEX", INDEX), [[pipenv, "lock"]], "Pipfile.lock", pipfile_packages))
    attempt("pylock.toml of pip", ("pip", "setup.cfg", "", [[tools / "pip", "lock", "flask", "requests[socks]", "chardet"]], "pylock.toml", pylock_packages))
    pdm = own_tool(folder / "pdm-tool", PDM_TOOLS) / "pdm"
    runtime = [pdm, "export", "--format", "requirements", "--prod", "--group", "pdf", "--no-hashes"]
    lock = [pdm, "lock", "--group", ":all"]
    attempt("pdm.lock", ("pdm", "pyproject.toml", PDM, [lock], "pdm.lock", pdm_packages, runtime))
    attempt("pdm.lock", ("pdm-without-groups", "pyproject.toml", PDM, [[*lock, "--strategy", "no_inherit_metadata"]], "pdm.lock", pdm_packages))
    project = folder / "uv"
    if (project / "uv.lock").exists():
        done = run([uv, "sync", "--all-groups", "--all-extras"], project)
        if done.returncode != 0:
            report("could not run", "uv sync", done.stderr.strip().splitlines()[-1:])
            return
        packages, found = listing(binary, project)
        # What is for another platform is locked and not installed.
        licenses("uv.lock, installed", project / ".venv", packages, found, tools)


def own_tool(folder, packages):
    """Installs a tool that needs other versions of what the others need; returns the folder of its programs."""
    venv.create(folder, with_pip=True)
    run([folder / "bin" / "pip", "install", *packages], folder)
    return folder / "bin"


def metadata_of(environment):
    """Reads the metadata of every installed distribution."""
    found = {}
    for path in environment.glob("lib/python*/site-packages/*.dist-info/METADATA"):
        message = email.parser.HeaderParser().parsestr(path.read_text(errors="replace"))
        found[f"{normal(message['Name'])} {message['Version']}"] = message
    return found


def canonical(expressions, tools):
    """Lets the library of the packaging authority read expressions; None for those it refuses."""
    code = (
        "import json, sys\n"
        "from packaging.licenses import canonicalize_license_expression as read\n"
        "def one(text):\n"
        "    try: return read(text)\n"
        "    except Exception: return None\n"
        "json.dump([one(text) for text in json.load(sys.stdin)], sys.stdout)\n"
    )
    done = subprocess.run([str(tools / "python"), "-c", code], input=json.dumps(expressions), capture_output=True, text=True)
    return json.loads(done.stdout)


def licenses(what, environment, packages, found, tools):
    """Compares what ppl-check reads with the metadata: what is SPDX there must be the same here."""
    messages = metadata_of(environment)
    names = sorted(messages)
    said = [messages[name]["License-Expression"] or messages[name]["License"] or "" for name in names]
    truth = {name: text for name, text in zip(names, canonical(said, tools)) if text}
    ours = {f"{normal(package['name'])} {package['version']}": package for package in packages}
    wrong = []
    n_compared = 0
    read = dict(zip(ours, canonical([package["expression"] or "" for package in ours.values()], tools)))
    for name, expression in truth.items():
        if name in ours:
            n_compared += 1
            if terms(read[name]) != terms(expression):
                wrong.append(f"{name}: found {ours[name]['expression']}, the metadata says {expression}")
    report("failed" if wrong or not n_compared else "passed", f"{what}: licenses ({n_compared})", wrong)
    findings = {purl for finding in found["findings"] for purl in finding["purls"] if finding["tried"] or finding["rule"] != "undetermined-license"}
    silent = [package["purl"] for package in packages if not package["expression"] and not package.get("candidates") and package["purl"] not in findings]
    report("failed" if silent else "passed", f"{what}: every package has a license or a finding that says what was tried", silent)


def terms(expression):
    """Ids before 3.0 of the list, without suffix, mean the `-only` ones."""
    renamed = re.sub(r"\b([AL]?GPL-\d\.\d)(?![-.\d])\+?", lambda found: found[1] + ("-or-later" if found[0].endswith("+") else "-only"), expression or "")
    return sorted(re.findall(r"[^\s()]+", renamed))


def environments(binary, tools, folder):
    def make(name, files, install, where=".venv"):
        project = folder / name
        project.mkdir()
        for file, text in files.items():
            (project / file).write_text(text)
        environment = project / where
        venv.create(environment, with_pip=True)
        done = run([environment / "bin" / "pip", "install", *install], project)
        if done.returncode != 0:
            report("could not run", f"{name}: pip install", done.stderr.strip().splitlines()[-1:])
            return
        truth = json.loads(run([environment / "bin" / "pip", "list", "--format", "json"], project).stdout)
        truth = {f"{normal(entry['name'])} {entry['version']}" for entry in truth if entry["name"] != "own-tool"}
        options = ()
        if where != ".venv" and ".." in where:
            options = ("--python-env", str(environment))
        packages, found = listing(binary, project, *options)
        compare(f"{name}: packages", identities(packages), truth)
        licenses(name, environment, packages, found, tools)

    make("environment-of-requirements", {"requirements.txt": "django\nrequests>=2\npandas ; python_version >= '3.9'\n"}, ["-r", "requirements.txt"])
    make("environment-of-project", {"pyproject.toml": EDITABLE}, ["-e", "."])
    make("environment-elsewhere", {"setup.cfg": "[metadata]\nname = elsewhere\nversion = 1\n[options]\ninstall_requires =\n    jinja2\n    pygments\n"}, ["jinja2", "pygments", "chardet", "PyYAML"], "../elsewhere-environment")


def main():
    binary = str(Path(sys.argv[1]).resolve())
    if sys.version_info < (3, 11):
        report("could not run", f"Python 3.11 is needed, this is {sys.version.split()[0]}")
        return
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder).resolve()
        venv.create(folder / "tools", with_pip=True)
        tools = folder / "tools" / "bin"
        done = run([tools / "pip", "install", "poetry", "uv", "pipenv", "pip>=25.1", "packaging>=24.2"], folder)
        if done.returncode != 0:
            report("could not run", "the tools cannot be installed", done.stderr.strip().splitlines()[-1:])
            return
        lockfiles(binary, tools, folder)
        environments(binary, tools, folder)


main()
sys.exit(1 if failed else 0)
