#!/usr/bin/env python3
"""Reads what we write with readers that are not ours.

The golden files hold one report with hostile words in every place: Python's csv, PyPI's html5lib, markdown-it-py,
junitparser and pyte (a terminal) read them and find text where words stand, and nothing that the words made.
Then the program itself at a terminal, with and without links.
Takes the path of a binary.
"""
import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
import tempfile
import venv

binary = os.path.realpath(sys.argv[1])
root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
golden = os.path.join(root, "tests", "golden")
failed = 0
# The words of the canned report that are markup somewhere, as people should read them.
HOSTILE = ["<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "](http://example.org/x) ![y](http://example.org/z)"]
# What stands in the documents, whatever the words are.
ELEMENTS = set(
    "a abbr article aside b blockquote body br button caption cite code col colgroup dd details div dl dt em fieldset footer form"
    " h1 h2 h3 h4 head header hr html input label legend li link main meta nav ol optgroup option output p pre q search section"
    " select small span strong style sub summary sup table tbody td th thead time title tr ul".split()
)


def check(name, problems):
    global failed
    failed |= bool(problems)
    print(f"{'failed' if problems else 'passed'}: formats: {name}" + (f" ({problems[:3]})" if problems else ""))


def read(name):
    with open(os.path.join(golden, name), newline="", encoding="utf-8") as file:
        return file.read()


def held(name, text, planted, problems_of):
    """Checks a text, and that a mistake planted in it is seen."""
    check(name, problems_of(text))
    check(f"{name}: a planted mistake is seen", [] if planted != text and problems_of(planted) else ["it is not"])


def spreadsheet():
    def problems_of(text):
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        problems = [row for row in rows if len(row) != 6]
        problems += [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\0")]
        if len(rows) != 7 or max(len(row[0]) for row in rows) < 10_000:
            problems.append(f"{len(rows)} rows")
        return problems

    text = read("list-csv")
    head, _, rest = text.partition("\n")
    held("Python's csv reads the list: rows, columns, a name of 10,000 characters, no formula", text, f"{head}\n=1+1,{rest.partition(',')[2]}", problems_of)


def of_page(name, text, n_scripts):
    """Returns what a page holds that it should not."""
    import html5lib

    document = html5lib.parse(text, namespaceHTMLElements=False)
    problems, scripts = [], 0
    for element in document.iter():
        if not isinstance(element.tag, str):
            continue
        scripts += element.tag == "script"
        if element.tag != "script" and element.tag not in ELEMENTS:
            problems.append(f"{name}: <{element.tag}>")
        for key, value in element.attrib.items():
            if str(key).startswith("on"):
                problems.append(f"{name}: {key}")
            if key in ("href", "src", "action") and not re.match(r"(https?://|#|[\w./-]+$)", value):
                problems.append(f"{name}: {key}={value[:60]}")
    if scripts != n_scripts:
        problems.append(f"{name}: {scripts} scripts")
    return problems, "".join(document.itertext())


def pages():
    for name, n_scripts in [("report-html", 1), ("report-notice-html", 0)]:
        def problems_of(text):
            problems, shown = of_page(name, text, n_scripts)
            return problems + [f"{words} is not to be read" for words in HOSTILE if words not in shown]

        # What escapes a name, forgotten.
        planted = read(name).replace("&lt;img src=x onerror=alert(1)&gt;", "<img src=x onerror=alert(1)>")
        held(f"html5lib reads {name}: no element, handler or address but ours, hostile words as text", read(name), planted, problems_of)
    for language in ("en", "es", "fr"):
        name = f"report-downstream-{language}"
        planted = read(name).replace("<h2", "<iframe></iframe><h2", 1)
        held(f"html5lib reads {name}", read(name), planted, lambda text: of_page(language, text, 0)[0])


def markdown():
    from markdown_it import MarkdownIt

    for name in ("check-markdown", "report-markdown", "report-notice-markdown"):
        def problems_of(text):
            # Raw HTML is on, as it is on every service: what passes as HTML shows as an element.
            page = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text)
            problems, shown = of_page(name, page, 0)
            problems += re.findall(r"<(?:img|svg|script)\b.{0,60}", page)
            problems += [href for href in re.findall(r'href="([^"]*)"', page) if "example.org/x" in href]
            return problems + [f"{words} is not to be read" for words in HOSTILE[:1] if words not in shown]

        planted = read(name).replace("\\](http", "](http").replace("\\<img", "<img")
        held(f"markdown-it-py (CommonMark) reads {name}: no image, link or element of others", read(name), planted, problems_of)


def junit():
    from junitparser import JUnitXml

    def problems_of(text):
        suites = JUnitXml.fromstring(text.encode())
        cases = [case for suite in suites for case in suite]
        problems = [] if len(cases) == suites.tests and len(cases) >= 5 else [f"{len(cases)} cases"]
        return problems + ([] if sum(case.is_failure for case in cases) == suites.failures else ["failures"])

    text = read("check-junit")
    held("junitparser reads the test cases", text, text.replace("<failure ", "<skipped ", 1).replace("</failure>", "</skipped>", 1), problems_of)


def terminal():
    import pyte

    for name in ("check-text", "list-text", "check-github", "report-notice"):
        def problems_of(text):
            lines = text.split("\n")
            width = max(map(len, lines)) + 1
            screen = pyte.Screen(width, len(lines) + 1)
            pyte.Stream(screen).feed("\r\n".join(lines))
            shown = [line.rstrip() for line in screen.display[: len(lines)]]
            wrong = [pair for pair in zip(shown, (line.rstrip() for line in lines)) if pair[0] != pair[1]]
            return wrong + ([screen.title] if screen.title else [])

        # The name that clears the screen and sets the title, as it was before it was escaped.
        planted = read(name).replace("\\u{1b}", "\x1b").replace("\\u{7}", "\x07")
        held(f"a terminal (pyte) shows {name} as it is written", read(name), planted, problems_of)


def at_terminal(arguments, variables, folder):
    """Runs the program at a pseudo terminal and returns what it wrote."""
    leader, follower = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "HOME": folder, "TERM": "xterm-256color", **variables}
    program = subprocess.Popen([binary, "--offline", *arguments], cwd=folder, env=environment, stdin=follower, stdout=follower, stderr=follower)
    os.close(follower)
    parts = []
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:
            break
        if not part:
            break
        parts.append(part)
    program.wait()
    os.close(leader)
    return b"".join(parts).decode()


def links():
    with tempfile.TemporaryDirectory() as folder:
        name = "a b\u202e\x1b]8;;http:x\x07"
        os.mkdir(os.path.join(folder, name))
        lock = {"packages": [{"name": "acme/p", "version": "1", "license": ["GPL-3.0-only"]}], "packages-dev": []}
        with open(os.path.join(folder, name, "composer.lock"), "w") as file:
            json.dump(lock, file)
        good = {"TERM_PROGRAM": "WezTerm"}
        shown = at_terminal([], good, folder)
        address = f"\x1b]8;;file://{os.path.realpath(folder)}/a%20b%E2%80%AE%1B%5D8%3B%3Bhttp%3Ax%07/composer.lock\x1b\\"
        problems = [] if address in shown else [shown]
        problems += [found for found in re.findall(r"\x1b\]8;;(.*?)\x1b\\", shown) if found and not found.startswith("file://")]
        check("a terminal that opens links gets them, and no name leaves its address", problems)
        shown = at_terminal(["why", "acme/p"], good, folder)
        problems = [] if shown.count(address) == 2 else [shown]
        check("`why` links the places it names", problems)
        shown = at_terminal(["explain", "linking-doctrine"], good, folder)
        targets = [found for found in re.findall(r"\x1b\]8;;(.*?)\x1b\\", shown) if found]
        problems = [target for target in targets if f";;{target}\x1b\\{target}\x1b" not in shown or not target.startswith("https://")]
        bare = re.sub(r"\x1b\]8;;.*?\x1b\\", "", shown)
        problems += [] if len(targets) == bare.count("https://") > 0 else [shown]
        problems += [line for line in bare.splitlines() if len(line) > 100 and " " in line.strip()]
        check("`explain` links the sources it names, and breaks its lines where it does without", problems)
        for what, arguments, variables in [
            ("an unknown terminal", [], {}),
            ("NO_COLOR", [], {**good, "NO_COLOR": "1"}),
            ("--color never", ["--color", "never"], good),
            ("a dumb terminal", [], {**good, "TERM": "dumb"}),
            ("CI", [], {**good, "CI": "true"}),
            ("SSH", [], {**good, "SSH_TTY": "/dev/pts/0"}),
        ]:
            shown = at_terminal(arguments, variables, folder)
            check(f"no link for {what}", [] if "\x1b]8" not in shown and "composer.lock" in shown else [shown])
        piped = subprocess.run([binary, "--offline", "--color", "always"], cwd=folder, env={**os.environ, **good}, capture_output=True)
        check("no link in a pipe", [] if b"\x1b[" in piped.stdout and b"\x1b]8" not in piped.stdout else [piped.stdout])


spreadsheet()
links()
with tempfile.TemporaryDirectory() as work:
    venv.create(work, with_pip=True)
    wanted = ["html5lib", "markdown-it-py", "junitparser", "pyte"]
    if subprocess.run([f"{work}/bin/python", "-m", "pip", "install", "-q", *wanted], capture_output=True).returncode != 0:
        print(f"could not run: formats: {', '.join(wanted)} cannot be installed")
        sys.exit(failed)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    sys.path.insert(0, f"{work}/lib/{version}/site-packages")
    pages()
    markdown()
    junit()
    terminal()
sys.exit(failed)
