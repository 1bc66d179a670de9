#!/usr/bin/env python3
"""Gets the texts of the corpus that are too long to be kept, with the package managers' own clients.

    tests/corpus/fetch.py           what is missing
    tests/corpus/fetch.py --verify  every package of the index, compared with the digests

Needs cargo, npm and pip, and the registries. Files land in tests/corpus/fetched/, named by their digest.
"""

import hashlib
import io
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile

HERE = pathlib.Path(__file__).resolve().parent


def fetch(kind, name, version, folder):
    """Returns the files of a package, by their path inside it."""
    if kind == "npm":
        subprocess.run(["npm", "pack", "--silent", "--ignore-scripts", f"{name}@{version}"], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL)
    elif kind == "pypi":
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:",
                        f"{name}=={version}"], cwd=folder, check=True)
    else:
        (folder / "src").mkdir()
        (folder / "src/lib.rs").touch()
        (folder / "Cargo.toml").write_text(
            f'[package]\nname = "corpus"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n{name} = "={version}"\n')
        subprocess.run(["cargo", "vendor", "-q"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        root = folder / "vendor" / name
        return {path.name: path.read_bytes() for path in root.iterdir() if path.is_file()}
    [archive] = [path for path in folder.iterdir() if path.is_file()]
    if archive.suffix == ".whl":
        wheel = zipfile.ZipFile(archive)
        return {member: wheel.read(member) for member in wheel.namelist() if not member.endswith("/")}
    members = tarfile.open(fileobj=io.BytesIO(archive.read_bytes()))
    return {m.name.split("/", 1)[-1]: members.extractfile(m).read() for m in members if m.isfile()}


def main():
    verify = "--verify" in sys.argv
    index = tomllib.loads((HERE / "index.toml").read_text())
    (HERE / "fetched").mkdir(exist_ok=True)
    failed = 0
    for text in index["text"]:
        digest = text["sha256"]
        here = (HERE / "texts" / digest[:16]).exists() or (HERE / "fetched" / digest).exists()
        for file in text["files"] if verify else text["files"][:1]:
            if here and not verify:
                continue
            package, path = file.split(" ", 1)
            kind, rest = package.split(":", 1)
            name, version = rest.rsplit("@", 1)
            try:
                with tempfile.TemporaryDirectory() as folder:
                    found = fetch(kind, name, version, pathlib.Path(folder)).get(path)
            except (subprocess.CalledProcessError, ValueError, OSError) as error:
                print(f"could not run: {file}: {error}")
                continue
            if found is None or hashlib.sha256(found).hexdigest() != digest:
                print(f"failed: {file}: another text")
                failed = 1
                continue
            print(f"passed: {file}")
            if not here:
                (HERE / "fetched" / digest).write_bytes(found)
    sys.exit(failed)


if __name__ == "__main__":
    main()
