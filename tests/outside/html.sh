#!/usr/bin/env bash
# Opens the HTML report of a project with 3,000 packages in a headless browser that is not ours: it loads without
# errors and without a request, search and filters work and do not lag, hostile names stay text, axe finds nothing.
set -uo pipefail
binary=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
could_not() { echo "could not run: html: $*"; exit 0; }

command -v npm >/dev/null || could_not "npm is missing"
browser=$(command -v chromium || command -v chromium-browser || true)
if [ -z "$browser" ]; then
  apt-get -o DPkg::Lock::Timeout=300 install -y -q chromium >/dev/null 2>&1 || could_not "there is no chromium"
  browser=$(command -v chromium) || could_not "there is no chromium"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --silent --no-audit --no-fund playwright-core@1 axe-core@4 >/dev/null 2>&1 ||
  could_not "playwright-core and axe-core cannot be installed"
cat >make.js <<'JS'
// Writes a project with as many packages as the first argument says into the folder of the second.
const fs = require("fs");
const [count, folder] = [Number(process.argv[2]), process.argv[3]];
const licenses = ["MIT", "Apache-2.0", "BSD-3-Clause", "ISC", "MPL-2.0"];
const hostile = [
  "1<img src=x onerror=document.title='broken'>", "1\"><svg/onload=document.title='broken'>",
  "1</script><script>document.title='broken'</script>", "1'onmouseover='document.title=1", "1&lt;b&gt;\u202e",
];
const packages = [];
for (let n = 0; n < count; n++) {
  const version = n < hostile.length ? hostile[n] : `1.${n}.0`;
  packages.push({
    name: `acme/part-${n}`, version, license: [n % 100 === 7 ? "GPL-3.0-only" : n % 100 === 9 ? "proprietary" : licenses[n % licenses.length]],
    require: n % 3 === 0 && n + 1 < count ? { [`acme/part-${n + 1}`]: "*" } : {},
  });
}
const wanted = {};
for (let n = 0; n < count; n += 3) wanted[`acme/part-${n}`] = "*";
fs.mkdirSync(folder);
fs.writeFileSync(`${folder}/composer.lock`, JSON.stringify({ packages, "packages-dev": [] }, null, 1));
fs.writeFileSync(`${folder}/composer.json`, JSON.stringify({ name: "coop/shop", license: "PPL", require: wanted }));
JS
node make.js 3000 many && node make.js 40 few || could_not "no project could be made"
if ! "$binary" report --offline --format html=many.html many ||
  ! "$binary" report --offline --format html=few.html --format notice-html=notice.html few; then
  echo "failed: html: no report was written"
  exit 1
fi
BROWSER="$browser" NODE_PATH="$work/node_modules" node "$here/html.cjs" "$work" "${2:-}"
