#!/usr/bin/env bash
# Comparing with revisions of git, and judging by the policy of one; git runs nothing that the repository names.
#
#   tests/outside/git.sh path/to/ppl-check
set -u
program=$(realpath "$1")
command -v git >/dev/null || { echo "could not run: git is not installed"; exit 0; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
failed=0
expect() { # what, expected, found
  if [ "$2" = "$3" ]; then echo "passed: $1"; else echo "failed: $1: expected \`$2\`, found \`$3\`"; failed=1; fi
}
lock() { printf '{"packages":[{"name":"acme/p","version":"%s","license":["%s"]}],"packages-dev":[]}' "$1" "$2" >composer.lock; }
check() { "$program" --offline "$@" >"$dir/out" 2>"$dir/err"; echo $?; }

cd "$dir" && git init -q -b main repo && cd repo
echo '{"name":"coop/shop","license":"PPL"}' >composer.json
lock 1.0.0 GPL-3.0-only
mkdir -p docs && ln -s /etc/hostname docs/link
git add -A && git commit -qm one
expect "a conflict fails" 1 "$(check)"
expect "what was there before does not" 0 "$(check --since HEAD)"
lock 1.1.0 GPL-3.0-only
expect "a new version with the same license is not new" 0 "$(check --since HEAD)"
lock 1.1.0 SSPL-1.0
expect "another license is" 1 "$(check --since HEAD)"
expect "diff says so" 1 "$(check diff HEAD)"
expect "with the licenses" 1 "$(grep -c 'GPL-3.0-only → SSPL-1.0' "$dir/out")"
expect "a revision that is not here is no answer" 2 "$(check --since nowhere)"
expect "and has a remedy" 1 "$(grep -c 'git fetch' "$dir/err")"
expect "an option is no revision" 2 "$(check --since=--help)"
mkdir sub && cp composer.json composer.lock sub/ && git add -A && git commit -qm sub
expect "a folder below the root is compared by itself" 0 "$(check check sub --since HEAD)"
git branch -q -f old HEAD~1
for revision in HEAD~1 origin/old "$(git -C "$dir/repo" rev-parse old)"; do
  cd "$dir" && rm -rf shallow && git clone -q --depth=1 "file://$dir/repo" "$dir/shallow" && cd "$dir/shallow"
  expect "a shallow clone is no answer for $revision" 2 "$(check --since "$revision")"
  remedy=$(sed -n 's/^  next  a shallow clone lacks it: run `\(git fetch .*\)`$/\1/p' "$dir/err")
  $remedy 2>"$dir/err"
  expect "and \`$remedy\` helps" 1 "$(check --since "$revision")"
done
cd "$dir/repo"

printf '[[exception]]\npackage = "composer:acme/p"\nrule = "copyleft-linked-dynamically"\nreason = "x"\n' >ppl-check.toml
expect "the policy of the tree counts by default" 0 "$(check . --exclude sub)"
expect "the policy of a revision counts when asked for" 1 "$(check . --exclude sub --policy-from HEAD)"
expect "and the change is a finding" 1 "$(grep -c 'unknown.policy-changed' "$dir/out")"
# A policy that is extended is part of the policy.
mkdir policy && mv ppl-check.toml policy/coop.toml && echo 'extends = ["policy/coop.toml"]' >ppl-check.toml
git add -A && git commit -qm policy
expect "an extended policy counts" 0 "$(check . --exclude sub --policy-from HEAD)"
echo '# looser' >>policy/coop.toml
expect "a change of it does not count before it is there" 1 "$(check . --exclude sub --policy-from HEAD)"
expect "and is a finding" 1 "$(grep -c 'unknown.policy-changed' "$dir/out")"
git checkout -q policy/coop.toml && git rm -q --cached -r policy ppl-check.toml && git commit -qm 'no policy'

# Recorded evidence is taken from the revision as well.
mkdir "$dir/evidence" && cd "$dir/evidence" && git init -q -b main
echo '{"name":"coop/shop","license":"PPL"}' >composer.json
printf '{"packages":[{"name":"acme/p","version":"1.0.0"}],"packages-dev":[]}' >composer.lock
git add -A && git commit -qm one
printf 'version = 1\n\n[[package]]\npurl = "pkg:composer/acme/p@1.0.0"\nexpression = "MIT"\nbasis = "declared"\n' >ppl-check.lock
expect "recorded evidence counts" 0 "$(check)"
expect "and not before the revision has it" 1 "$(check --policy-from HEAD)"
git add -A && git commit -qm evidence
expect "and then it does" 0 "$(check --policy-from HEAD)"
rm ppl-check.lock
expect "also where the tree took it away" 0 "$(check --policy-from HEAD)"
cd "$dir/repo"

# A repository whose own configuration names programs: none of them runs.
canary="$dir/canary"
printf '#!/bin/sh\ntouch %s\ncat\n' "$canary" >"$dir/evil"
chmod +x "$dir/evil"
for key in core.fsmonitor core.pager core.sshCommand core.editor core.askPass diff.external pager.ls-tree pager.cat-file \
  filter.x.smudge filter.x.clean filter.x.process diff.x.textconv credential.helper remote.origin.uploadpack uploadpack.packObjectsHook; do
  git config "$key" "$dir/evil"
done
echo '* filter=x diff=x' >.gitattributes
git config core.hooksPath "$dir/hooks" && mkdir "$dir/hooks"
for hook in post-index-change fsmonitor-watchman reference-transaction; do cp "$dir/evil" "$dir/hooks/$hook"; done
git config remote.origin.url "ext::$dir/evil" && git config remote.origin.promisor true
git config extensions.partialClone origin && git config core.repositoryFormatVersion 1
printf '#!/bin/sh\ntouch %s\n' "$canary" >git && chmod +x git
rm -f "$canary"
PATH=".:$PWD:$PATH" check --since HEAD >/dev/null
expect "no program of the repository ran" absent "$([ -e "$canary" ] && echo present || echo absent)"
# The same with an object missing, which a promisor remote would be asked for.
object=$(GIT_NO_LAZY_FETCH=1 git -c core.fsmonitor=false rev-parse HEAD:composer.json)
rm -f ".git/objects/${object:0:2}/${object:2}" "$canary"
expect "a missing object is no answer" 2 "$(check --since HEAD)"
expect "and is not fetched" absent "$([ -e "$canary" ] && echo present || echo absent)"
exit "$failed"
