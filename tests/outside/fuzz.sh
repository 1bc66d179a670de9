#!/usr/bin/env bash
# Runs every fuzz target of fuzz/ for a while, from its committed corpus, with cargo-fuzz and a nightly toolchain.
#
# Usage: fuzz.sh BINARY [SECONDS]   the binary is not used; 60 seconds for each target unless said otherwise
set -uo pipefail
seconds=${2:-60}
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Built apart from the project: other crates, another toolchain, instrumented.
export CARGO_TARGET_DIR=${FUZZ_TARGET_DIR:-$work/target}

if ! cargo +nightly --version >/dev/null 2>&1; then
  echo "could not run: no nightly toolchain"
  exit 0
fi
if ! command -v cargo-fuzz >/dev/null && ! cargo install --quiet --locked --root "$work/tool" cargo-fuzz >/dev/null 2>&1; then
  echo "could not run: cargo-fuzz could not be installed"
  exit 0
fi
export PATH="$work/tool/bin:$PATH"
if ! cargo fetch --quiet --manifest-path fuzz/Cargo.toml 2>/dev/null; then
  echo "could not run: the crates of the fuzz targets could not be fetched"
  exit 0
fi
# Without sanitizers: no code here is unsafe, and what is looked for are panics, hangs and memory.
if ! cargo +nightly fuzz build --fuzz-dir fuzz --sanitizer none >"$work/log" 2>&1; then
  echo "failed: the fuzz targets do not compile"
  tail -20 "$work/log" | sed 's/^/  /'
  exit 1
fi

# Every file of a fixture is a start for the parsers: first its name as the project has it, then its bytes.
mkdir -p "$work/found/parsers"
find tests/fixtures -mindepth 3 -type f -size -64k | while read -r file; do
  name=${file#tests/fixtures/*/*/}
  { printf '%s\n' "$name"; cat "$file"; } >"$work/found/parsers/$(echo "$file" | sha256sum | cut -c1-16)"
done

failed=0
for file in fuzz/fuzz_targets/*.rs; do
  target=$(basename "$file" .rs)
  # What is found while fuzzing stays out of the tree; an input that breaks something is printed.
  mkdir -p "$work/found/$target" "$work/broken"
  if "$CARGO_TARGET_DIR"/*/release/"$target" "$work/found/$target" "fuzz/corpus/$target" \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=65536 -artifact_prefix="$work/broken/" \
    >"$work/log" 2>&1; then
    runs=$(grep -oE "^Done [0-9]+ runs" "$work/log" | grep -oE "[0-9]+")
    echo "passed: $target, ${runs:-?} runs"
  else
    echo "failed: $target"
    grep -E "panicked|ERROR|SUMMARY|Base64" "$work/log" | tail -5 | sed 's/^/  /'
    failed=1
  fi
done
exit "$failed"
