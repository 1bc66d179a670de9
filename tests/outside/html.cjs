// Drives a browser over the reports; called by html.sh with their folder and, if wanted, a folder for pictures.
const { chromium } = require("playwright-core");
const fs = require("fs");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [folder, pictures] = process.argv.slice(2);
const [many, few, notice] = ["many", "few", "notice"].map((name) => `${folder}/${name}.html`);
let failed = 0;
const check = (name, good, found = "") => {
  console.log(`${good ? "passed" : "failed"}: html: ${name}${good || found === "" ? "" : ` (${found})`}`);
  if (!good) failed = 1;
};

async function open(browser, path, options = {}) {
  const context = await browser.newContext({ bypassCSP: false, ...options });
  const page = await context.newPage();
  const problems = [], requests = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => { if (["error", "warning"].includes(message.type())) problems.push(message.text()); });
  page.on("request", (request) => requests.push(request.url()));
  const start = Date.now();
  await page.goto(`file://${path}`, { waitUntil: "load" });
  return { context, page, problems, requests, took: Date.now() - start };
}

// axe needs a script in the page, which its policy forbids: a context of its own goes around the policy.
async function violations(browser, path, options) {
  const { context, page } = await open(browser, path, { bypassCSP: true, ...options });
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const result = await axe.run(document, { resultTypes: ["violations"] });
    return result.violations.map((row) => `${row.id}: ${row.nodes.length} (${row.nodes[0].html.slice(0, 120)})`);
  });
  await context.close();
  return found;
}

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.BROWSER, args: ["--no-sandbox"] });
  const { page, problems, requests, took } = await open(browser, many);
  check("the page loads without errors", problems.length === 0, problems.join("; "));
  check("no request leaves the page", requests.length === 1 && requests[0].startsWith("file:"), requests.join(" "));
  // How much slower than an idle machine, which counts to this number in about 60 ms, this one is now.
  const slow = Math.max(1, (await page.evaluate(() => {
    const start = performance.now();
    let sum = 0;
    for (let n = 0; n < 6e7; n++) sum = (sum + n) | 0;
    return performance.now() - start + (sum & 0);
  })) / 60);
  const within = (took, limit) => took < limit * slow;
  const measured = (took) => `${took} ms, ${slow.toFixed(1)} times slower than idle`;
  check("3,000 packages open in under 3 s", within(took, 3000), measured(took));
  check("hostile names stay text", await page.evaluate(() =>
    document.title.startsWith("Licenses of") && document.querySelectorAll("img, svg").length === 0
      && document.scripts.length === 1 && document.body.textContent.includes("<img src=x onerror=")));
  const rows = () => page.evaluate(() => document.querySelectorAll("#package-table tbody tr[data-name]").length);
  const count = () => page.textContent("#count");
  // The document itself was read from composer.json as well: one row for the project.
  const all = await rows();
  check("every package has a row", all === 3001, all);
  const timed = async (act) => {
    const start = Date.now();
    await act();
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    return Date.now() - start;
  };
  const search = async (words) => {
    await page.fill("#search", words);
    await page.waitForTimeout(120);
  };
  const lag = await timed(() => search("part-2999"));
  check("search finds one package", (await rows()) === 1 && (await count()).startsWith("1 of"), await count());
  check("search does not lag", within(lag, 800), measured(lag));
  await search("part-1 gpl");
  // Of 7, 107, … 2907 those whose number starts with 1: 107 and 1007 to 1907.
  check("all words of a search count", (await rows()) === 11, await rows());
  await page.click("#reset");
  check("`show all` shows all", (await rows()) === all, await rows());
  const filtering = await timed(() => page.selectOption("#filter-license", "GPL-3.0-only"));
  check("the license filter works", (await rows()) === 30, await rows());
  check("filters do not lag", within(filtering, 800), measured(filtering));
  await page.click("#reset");
  const grouping = await timed(() => page.selectOption("#group", "license"));
  const groups = await page.evaluate(() =>
    Array.from(document.querySelectorAll("#package-table th[scope=rowgroup]"), (cell) => cell.textContent));
  check("packages group by license", groups.includes("GPL-3.0-only (30)") && groups.length >= 7, groups.join(", "));
  check("grouping does not lag", within(grouping, 1500), measured(grouping));
  await page.click("#reset");
  const first = () => page.evaluate(() => document.querySelector("#package-table tbody tr").dataset.verdict);
  await page.click("th button[data-key=verdict]");
  check("sorting puts the worst first", (await first()) === "conflict", await first());
  check("sorting is announced", await page.evaluate(() =>
    document.querySelector("th[aria-sort=ascending] button").dataset.key === "verdict"));
  await page.click("th button[data-key=verdict]");
  check("sorting turns around", (await first()) !== "conflict", await first());
  await page.click("#reset");
  // By keyboard alone: from the start of the page into the search field, then a package's details.
  const keys = await open(browser, few);
  const reached = new Set();
  for (let n = 0; n < 300 && !reached.has("#search"); n++) {
    await keys.page.keyboard.press("Tab");
    reached.add(await keys.page.evaluate(() => "#" + (document.activeElement.id || document.activeElement.className)));
  }
  check("the keyboard reaches skip link and search", reached.has("#skip") && reached.has("#search"));
  await keys.page.focus("#package-table tbody tr summary");
  await keys.page.keyboard.press("Enter");
  check("the keyboard opens details", await keys.page.evaluate(() =>
    document.querySelector("#package-table details").open));
  await keys.context.close();
  // 400 % zoom of a window 1,280 pixels wide is 320 pixels.
  const narrow = await open(browser, few, { viewport: { width: 320, height: 800 } });
  const overflow = await narrow.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  check("nothing but tables scrolls sideways at 400 % zoom", overflow <= 0, `${overflow} px`);
  await narrow.context.close();
  const still = await open(browser, few, { javaScriptEnabled: false });
  check("everything is there without scripts", (await still.page.locator("#package-table tbody tr").count()) === 41);
  await still.context.close();
  for (const [name, path] of [["report", few], ["notice", notice]]) {
    for (const colorScheme of ["light", "dark"]) {
      const found = await violations(browser, path, { colorScheme });
      check(`axe finds nothing in the ${name} (${colorScheme})`, found.length === 0, found.join("; "));
    }
  }
  if (pictures) {
    for (const colorScheme of ["light", "dark"]) {
      const { page } = await open(browser, few, { colorScheme, viewport: { width: 1280, height: 1000 } });
      await page.screenshot({ path: `${pictures}/report-${colorScheme}.png`, fullPage: true });
    }
    await page.pdf({ path: `${pictures}/report.pdf` }).catch(() => {});
  }
  await browser.close();
  process.exit(failed);
})().catch((error) => { console.log(`failed: html: ${error}`); process.exit(1); });
