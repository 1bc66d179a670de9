#!/usr/bin/env python3
"""Holds ppl-check to silence on files that carry no license, over the sources that are on this machine.

Usage: silence.py BINARY [FOLDER...]

A file counts if none of the words stands in it that every license, notice, tag or badge has one of. Whatever
`identify` finds in such a file is a false positive. Folders: by default those of Cargo, Python, Perl and Node.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

WORDS = re.compile(
    rb"licen[sc]|copyright|copying|copyleft|permission|redistribut|public domain|warrant|spdx|gpl|apache|\bmit\b|\bbsd\b"
    rb"|cc0|creative ?commons|mozilla|opensource|\bisc\b|the (same )?terms",
    re.IGNORECASE,
)
KINDS = {"c", "cpp", "go", "h", "hpp", "java", "js", "json", "md", "mjs", "pl", "pm", "py", "rb", "rs", "rst", "sh", "toml",
         "ts", "txt"}
FOLDERS = [Path.home() / ".cargo/registry/src", Path(sys.prefix) / "lib", Path("/usr/lib/python3"), Path("/usr/share/perl"),
           Path("/usr/share/nodejs")]
MOST = 30_000
LARGEST = 300_000
FEWEST = 1_000
AT_ONCE = 500


def without_license(folders):
    """Returns files in which no word of a license stands."""
    found = []
    for folder in folders:
        for place, _, names in os.walk(folder):
            for name in sorted(names):
                path = os.path.join(place, name)
                if name.rsplit(".", 1)[-1] not in KINDS or not os.path.isfile(path) or os.path.getsize(path) > LARGEST:
                    continue
                if not WORDS.search(Path(path).read_bytes()):
                    found.append(path)
                if len(found) == MOST:
                    return found
    return found


def main():
    binary = sys.argv[1]
    files = without_license(sys.argv[2:] or FOLDERS)
    if len(files) < FEWEST:
        print(f"could not run: only {len(files)} files without a license on this machine")
        return
    spoke, answered = [], 0
    for at in range(0, len(files), AT_ONCE):
        run = subprocess.run([binary, "identify", "--format", "json", "--", *files[at:at + AT_ONCE]],
                             stdout=subprocess.PIPE, text=True, check=False)
        for line in run.stdout.splitlines():
            row = json.loads(line)
            answered += 1
            if row["matches"] or not row.get("missing"):
                spoke.append(f"{row['path']}: {row['expression']}")
    right = not spoke and answered == len(files)
    print(f"{'passed' if right else 'failed'}: silent on {answered - len(spoke)} of {len(files)} files without a license")
    for line in spoke[:20]:
        print(f"  {line}")
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
