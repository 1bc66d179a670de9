#!/usr/bin/env bash
# Watches the system calls of every command over the fixtures: one program is started (ppl-check itself), no address
# is connected to, no file outside of the folder and the package stores is opened, and nothing is written but the cache
# of the program itself.
#
# Usage: strace.sh BINARY
set -uo pipefail
binary=$(realpath "${1:?usage: strace.sh BINARY}")
root=$(realpath "$(dirname "$0")/../..")

if ! command -v strace >/dev/null; then
  apt-get -o DPkg::Lock::Timeout=300 install -y strace >/dev/null 2>&1
fi
if ! strace -f -e trace=execve true >/dev/null 2>&1; then
  echo "could not run: strace is missing, or may not trace here"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/home/.cargo/registry/src" "$work/home/.cache"
failed=0

# Runs one command in a folder and holds its trace against what is allowed.
watch() {
  local folder=$1
  shift
  (cd "$folder" && env -i HOME="$work/home" PATH=/usr/bin:/bin \
    strace -f -qq -o "$work/trace" -e trace=execve,execveat,connect,socket,open,openat,openat2,creat,unlink,unlinkat,rename,renameat,renameat2,mkdir,mkdirat \
    "$binary" "$@" >"$work/out" 2>&1 </dev/null)
  local code=$?
  local wrong
  wrong=$(awk -v folder="$folder" -v home="$work/home" -v work="$work" '
    /execve(at)?\(/ && ++started > 1 { print "started: " $0 }
    /connect\(|socket\(AF_INET/ { print "network: " $0 }
    # The program writes to its own cache, and to nothing else.
    index($0, "\"" home "/.cache/ppl-check") { next }
    /(unlink|rename|mkdir)(at2?|at)?\(/ { print "changed: " $0 }
    /O_WRONLY|O_RDWR|O_CREAT|creat\(/ && !/"\/dev\/(null|tty)"/ { print "written: " $0 }
    /open(at2?)?\(/ && match($0, /"[^"]*"/) {
      path = substr($0, RSTART + 1, RLENGTH - 2)
      # Relative paths are opened beneath the handle of a root: openat2 with RESOLVE_BENEATH.
      if (path !~ /^\//) {
        if (path ~ /(^|\/)\.\.(\/|$)/ && $0 !~ /BENEATH/) print "outside: " $0
        # Of the system itself what its package manager says of packages, and nothing else.
        handle = match($0, /\([0-9]+,/) ? substr($0, RSTART + 1, RLENGTH - 2) : ""
        if (handle in whole && path !~ /^(usr\/share\/doc|var\/lib\/dpkg)\//) print "outside: " $0
        next
      }
      if (path == "/") { whole[$NF] = 1; next }
      # What the loader and the C library read, and what tells the number of processors.
      if (path ~ /^\/(lib|lib64|usr\/lib|etc\/ld\.so|proc\/self\/(cgroup|maps|mountinfo|auxv)|proc\/stat|sys\/(fs\/cgroup|devices\/system\/cpu))/) next
      if (path == "/dev/null" || index(path, folder) == 1 || index(path, home) == 1) next
      # The package stores that lie in one place for all users.
      if (path ~ /^\/(opt\/conda|var\/lib\/ghc\/package\.conf\.d|usr\/local\/lib\/R)(\/|$)/) next
      print "outside: " $0
    }' "$work/trace")
  if [ "$code" -gt 2 ] || [ -n "$wrong" ]; then
    echo "failed: $* in ${folder#"$root"/} (exit $code)"
    printf '%s\n' "$wrong" | head -5 | sed 's/^/  /'
    failed=1
    return 1
  fi
}

n_passed=0
for folder in "$root"/tests/fixtures/*/*/; do
  folder=${folder%/}
  copy=$work/copy
  rm -rf "$copy"
  cp -r "$folder" "$copy"
  for command in "check" "check --format json" "check --format sarif" "list" "list --format csv" "who" "eval MIT" \
    "whatif --license MIT" "explain PPL" "identify ." "report --format json"; do
    # shellcheck disable=SC2086 # the words of a command
    watch "$copy" $command --offline && n_passed=$((n_passed + 1))
  done
done
[ "$failed" -eq 0 ] && echo "passed: $n_passed runs started nothing, connected to nothing, opened nothing outside"
exit "$failed"
