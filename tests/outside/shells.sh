#!/usr/bin/env bash
# Completions are read by the shells they are for, man pages by the programs that show them.
#
#   tests/outside/shells.sh path/to/ppl-check
set -u
program=$(realpath "$1")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
expect() { # what, expected, found
  if [ "$2" = "$3" ]; then echo "passed: shells: $1"; else echo "failed: shells: $1: expected \`$2\`, found \`$3\`"; failed=1; fi
}
has() { # program, package of Debian
  command -v "$1" >/dev/null || apt-get -o DPkg::Lock::Timeout=300 install -y -q "${2:-$1}" >/dev/null 2>&1
  command -v "$1" >/dev/null || { echo "could not run: shells: $1 is missing"; return 1; }
}
mkdir "$dir/bin" && ln -s "$program" "$dir/bin/ppl-check"
export PATH="$dir/bin:$PATH"
for shell in bash zsh fish powershell elvish; do ppl-check completions "$shell" >"$dir/$shell"; done

expect "bash reads its completions" "" "$(bash -n "$dir/bash" 2>&1)"
found=$(bash -c "source '$dir/bash'; f=\$(complete -p ppl-check | sed 's/.*-F \([^ ]*\).*/\1/')
  COMP_WORDS=(ppl-check wha); COMP_CWORD=1; \$f ppl-check wha ppl-check; echo \"\${COMPREPLY[*]}\"" 2>&1)
expect "bash completes a command" whatif "$found"
if has zsh; then
  expect "zsh reads its completions" "" "$(zsh -n "$dir/zsh" 2>&1)"
  found=$(zsh -fc "autoload -U compinit; compinit -u -d '$dir/dump'; source '$dir/zsh'; echo \$_comps[ppl-check]" 2>&1)
  expect "zsh takes them for the program" _ppl-check "$found"
fi
if has fish; then
  expect "fish reads its completions" "" "$(fish -n "$dir/fish" 2>&1)"
  found=$(HOME=$dir fish -c "source $dir/fish; complete -C'ppl-check wha'" 2>/dev/null | cut -f1)
  expect "fish completes a command" whatif "$found"
fi
commands=$(ppl-check --help | sed -n '/^Commands:/,/^$/p' | sed -n 's/^  \([a-z]\+\) .*/\1/p' | grep -v '^help$')
expect "there are commands" yes "$([ "$(echo "$commands" | wc -l)" -gt 20 ] && echo yes)"
if command -v pwsh >/dev/null; then
  found=$(pwsh -NoProfile -Command "\$e=\$null; [void][System.Management.Automation.Language.Parser]::ParseFile('$dir/powershell',[ref]\$null,[ref]\$e); \$e.Count")
  expect "PowerShell reads its completions" 0 "$found"
  found=$(pwsh -NoProfile -Command ". '$dir/powershell'; ([System.Management.Automation.CommandCompletion]::CompleteInput('ppl-check wha', 13, \$null)).CompletionMatches.CompletionText")
  expect "PowerShell completes a command" whatif "$found"
elif python3 -m venv "$dir/venv" && "$dir/venv/bin/pip" install -q tree-sitter tree-sitter-powershell 2>/dev/null; then
  # Neither Debian nor PyPI nor npm has PowerShell; its grammar for editors reads the script.
  cat >"$dir/read.py" <<'PY'
import sys
import tree_sitter_powershell
from tree_sitter import Language, Parser

script, *commands = sys.argv[1:]
# PowerShell reads `.Where{…}` as `.Where({…})`; the grammar knows the second alone.
text = open(script).read().replace('.Where{ $_.CompletionText -like "$wordToComplete*" }', '.Where({ $_.CompletionText -like "$wordToComplete*" })')
clauses, completions = set(), 0
def read(node):
    global completions
    if node.type == "ERROR" or node.is_missing:
        print(f"line {node.start_point.row + 1}: not understood")
    if node.type == "switch_clause_condition":
        clauses.add(node.text.decode().strip("'"))
    if node.type == "invokation_expression" and node.text.startswith(b"[CompletionResult]::new("):
        completions += 1
        if sum(child.type == "argument_expression" for child in descend(node)) != 4:
            print(f"line {node.start_point.row + 1}: not four arguments")
    for child in node.children:
        read(child)
def descend(node):
    for child in node.children:
        if child.type == "argument_expression":
            yield child
        else:
            yield from descend(child)
read(Parser(Language(tree_sitter_powershell.language())).parse(text.encode()).root_node)
for command in commands:
    if f"ppl-check;{command}" not in clauses:
        print(f"no completions for {command}")
if completions < 100:
    print(f"{completions} completions")
PY
  expect "a grammar of PowerShell reads its completions, with those of every command" "" \
    "$("$dir/venv/bin/python" "$dir/read.py" "$dir/powershell" $commands 2>&1 | head -5)"
  sed 's/^        }$//' "$dir/powershell" >"$dir/damaged"
  expect "and sees a damaged script" yes "$("$dir/venv/bin/python" "$dir/read.py" "$dir/damaged" $commands | grep -c 'not understood' | sed 's/^[1-9].*/yes/')"
else
  echo "could not run: shells: pwsh and tree-sitter-powershell are missing"
fi

ppl-check man >"$dir/ppl-check.1"
for command in $commands; do ppl-check man "$command" >"$dir/ppl-check-$command.1"; done
if has groff; then
  expect "groff has nothing to say about the man pages" "" "$(groff -man -Tutf8 -ww -z "$dir"/*.1 2>&1)"
fi
if has mandoc; then
  # What mandoc asks for as a matter of style, such as the order of letters in options, is left.
  expect "mandoc finds no error in the man pages" "" "$(mandoc -T lint -W error "$dir"/*.1 2>&1 | head -5)"
  expect "a man page is shown" yes "$(mandoc -T ascii "$dir/ppl-check-clarify.1" | grep -q 'clarify' && echo yes)"
fi
exit "$failed"
