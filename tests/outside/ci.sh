#!/usr/bin/env bash
# The recipes for CI, followed in a scratch repository: they fail on a GPL dependency, fail on an unknown, and pass
# without them.
#
#   tests/outside/ci.sh path/to/ppl-check
set -u
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/bin" "$dir/repo" && ln -s "$program" "$dir/bin/ppl-check"
export PATH="$dir/bin:$PATH"
failed=0
expect() { # what, expected, found
  if [ "$2" = "$3" ]; then echo "passed: $1"; else echo "failed: $1: expected \`$2\`, found \`$3\`"; failed=1; fi
}
lock() { printf '{"packages":[{"name":"acme/p","version":"1.0.0","license":[%s]}],"packages-dev":[]}' "$1" >"$dir/repo/composer.lock"; }
cd "$dir/repo"
echo '{"name":"coop/shop","license":"PPL","require":{"acme/p":"*"}}' >composer.json
for case in 'GPL:"GPL-3.0-only":1' 'unknown::1' 'fine:"MIT":0'; do
  IFS=: read -r name license expected <<<"$case"
  lock "$license"
  # The command of the README.
  $(grep -A3 '^## In CI' "$root/README.md" -A5 | grep '^ppl-check') >"$dir/out" 2>&1
  expect "README, $name" "$expected" $?
  rm -f "$dir/summary"
  GITHUB_STEP_SUMMARY="$dir/summary" PPL_CHECK_PATH=. PPL_CHECK_SARIF="$dir/sarif" PPL_CHECK_ARGUMENTS="--offline --strict" \
    bash "$root/ci/github.sh" >"$dir/out" 2>&1
  expect "GitHub, $name" "$expected" $?
  expect "GitHub, $name, summary written" yes "$([ -s "$dir/summary" ] && echo yes)"
  expect "GitHub, $name, annotations" "$expected" "$(grep -c '^::error ' "$dir/out")"
  # The job of GitLab, its second line as a shell runs it.
  PPL_CHECK_ARGUMENTS=--offline bash -c "$(grep 'ppl-check check' "$root/ci/gitlab.yml" | sed 's/^ *- //')" >"$dir/out" 2>&1
  expect "GitLab, $name" "$expected" $?
  expect "GitLab, $name, issues" "$expected" "$(grep -c check_name gl-code-quality-report.json)"
  rm -f gl-code-quality-report.json ppl-check.xml
done
if command -v pre-commit >/dev/null || pip install -q --target "$dir/pip" pre-commit 2>/dev/null; then
  export PYTHONPATH="$dir/pip${PYTHONPATH:+:$PYTHONPATH}" GIT_CONFIG_GLOBAL=/dev/null
  expect "pre-commit reads the hook" 0 "$(python3 -m pre_commit validate-manifest "$root/.pre-commit-hooks.yaml" >"$dir/out" 2>&1; echo $?)"
else
  echo "could not run: pre-commit cannot be installed"
fi
exit "$failed"
