#!/usr/bin/env python3
"""Reads our SBOMs with parsers that are not ours: PyPI's spdx-tools and cyclonedx-python-lib.

Takes the path of a binary. The documents are those of this repository and of a lockfile with hostile names.
"""
import json
import os
import subprocess
import sys
import tempfile
import venv

binary = os.path.realpath(sys.argv[1])
root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
failed = 0


def check(name, problems):
    global failed
    failed |= bool(problems)
    print(f"{'failed' if problems else 'passed'}: sbom: {name}" + (f" ({problems[:3]})" if problems else ""))


READERS = r"""
import json, sys
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
from cyclonedx.validation.json import JsonStrictValidator
from cyclonedx.schema import SchemaVersion
from cyclonedx.model.bom import Bom
spdx, cyclonedx = sys.argv[1:]
document = parse_file(spdx)
problems = [message.validation_message for message in validate_full_spdx_document(document)]
text = open(cyclonedx).read()
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
bom = Bom.from_json(json.loads(text))
refs = [component.bom_ref.value for component in bom.components]
print(json.dumps({
    "spdx": problems, "packages": len(document.packages), "relationships": len(document.relationships),
    "version": document.creation_info.spdx_version,
    "cyclonedx": [str(error)] if error else [], "components": len(refs), "unique": len(set(refs)),
    "purls": sum(component.purl is not None for component in bom.components),
    "dependencies": sum(len(row.dependencies) for row in bom.dependencies),
}))
"""

def damaged(spdx, cyclonedx):
    """Writes the documents with one mistake each: an edge to nothing, and a hash that is none."""
    paths = []
    for path in (spdx, cyclonedx):
        document = json.loads(open(path).read())
        if path == spdx:
            document["relationships"][-1]["relatedSpdxElement"] = "SPDXRef-nothing"
        else:
            document["components"][0]["hashes"] = [{"alg": "SHA-256", "content": "short"}]
        paths.append(f"{path}.damaged.json")
        with open(paths[-1], "w") as out:
            json.dump(document, out)
    return paths


with tempfile.TemporaryDirectory() as work:
    venv.create(f"{work}/venv", with_pip=True)
    python = f"{work}/venv/bin/python"
    install = [python, "-m", "pip", "install", "-q", "spdx-tools", "cyclonedx-python-lib[validation]"]
    if subprocess.run(install, capture_output=True).returncode != 0:
        print("could not run: sbom: spdx-tools and cyclonedx-python-lib cannot be installed")
        sys.exit(0)
    hostile = f"{work}/hostile"
    os.mkdir(hostile)
    names = ["<b>x</b>", "a\u001b[2Jb", "x\u202ey", "%0A::stop", "']]>", "x" * 3000]
    rows = [{"name": f"acme/p{n}", "version": name, "license": ["MIT"]} for n, name in enumerate(names)]
    rows[0]["require"] = {"acme/p1": "*"}
    with open(f"{hostile}/composer.lock", "w") as out:
        json.dump({"packages": rows, "packages-dev": []}, out)
    with open(f"{hostile}/composer.json", "w") as out:
        json.dump({"name": "coop/shop", "license": "PPL", "require": {"acme/p0": "*"}}, out)
    for name, folder in [("this repository", root), ("hostile names", hostile)]:
        spdx, cyclonedx = f"{work}/bom.spdx.json", f"{work}/bom.cdx.json"
        command = [binary, "report", "--offline", "--format", f"spdx={spdx}", "--format", f"cyclonedx={cyclonedx}", folder]
        wrote = subprocess.run(command, capture_output=True, text=True)
        check(f"{name}: the documents are written", [] if wrote.returncode == 0 else [wrote.stderr])
        read = subprocess.run([python, "-c", READERS, spdx, cyclonedx], capture_output=True, text=True)
        if read.returncode != 0:
            check(f"{name}: the documents are read", [read.stderr[-600:]])
            continue
        planted = subprocess.run([python, "-c", READERS, *damaged(spdx, cyclonedx)], capture_output=True, text=True)
        seen = json.loads(planted.stdout) if planted.returncode == 0 else {"spdx": [], "cyclonedx": []}
        missed = [kind for kind in ("spdx", "cyclonedx") if not seen[kind]]
        check(f"{name}: both readers see a planted mistake", missed and [missed, planted.stderr[-300:]])
        found = json.loads(read.stdout)
        ours = json.loads(open(spdx).read())
        check(f"{name}: spdx-tools finds the SPDX document valid", found["spdx"])
        check(f"{name}: spdx-tools reads every package and relationship", [
            found for wanted, got in [
                (len(ours["packages"]), found["packages"]), (len(ours["relationships"]), found["relationships"]),
                ("SPDX-2.3", found["version"]),
            ] if wanted != got
        ])
        ours = json.loads(open(cyclonedx).read())
        check(f"{name}: cyclonedx-python-lib finds the CycloneDX document valid", found["cyclonedx"])
        n_edges = sum(len(row.get("dependsOn", [])) for row in ours["dependencies"])
        check(f"{name}: cyclonedx-python-lib reads every component, purl and edge", [
            found for wanted, got in [
                (len(ours["components"]), found["components"]), (len(ours["components"]), found["unique"]),
                (len(ours["components"]), found["purls"]), (n_edges, found["dependencies"]),
            ] if wanted != got
        ])

sys.exit(failed)
