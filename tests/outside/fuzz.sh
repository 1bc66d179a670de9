#!/usr/bin/env bash
# Checks that the fuzz targets compile; they are a workspace of their own and need crates the project does not.
#
# Usage: fuzz.sh BINARY (not used)
set -uo pipefail
cd "$(dirname "$0")/../.."
target=$(mktemp -d)
trap 'rm -rf "$target"' EXIT
if ! cargo fetch --quiet --manifest-path fuzz/Cargo.toml 2>/dev/null; then
  echo "could not run: the crates of the fuzz targets could not be fetched"
  exit 0
fi
if CARGO_TARGET_DIR="$target" cargo check --quiet --manifest-path fuzz/Cargo.toml --bins; then
  echo "passed: the fuzz targets compile"
else
  echo "failed: the fuzz targets do not compile"
  exit 1
fi
