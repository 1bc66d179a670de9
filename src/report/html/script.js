// Search, filter, sort and grouping of the package table. The page reads the same without it.
(() => {
  "use strict";
  const table = document.getElementById("package-table");
  if (!table) return;
  document.documentElement.classList.add("scripted");
  const by = (id) => document.getElementById(id);
  const search = by("search"), group = by("group"), count = by("count"), head = table.tHead;
  const filters = ["verdict", "license", "scope", "type"].map((name) => [name, by("filter-" + name)]);
  const rows = Array.from(table.tBodies[0].rows, (row, index) => ({
    row, index, words: row.dataset.words.toLowerCase(), data: row.dataset,
  }));
  const rank = { conflict: 0, review: 1, obligation: 2, ok: 3 };
  const order = new Intl.Collator("en", { numeric: true });
  let sorted = { key: "", down: false };

  const value = (entry, key) => (key === "verdict" ? String(rank[entry.data.verdict] ?? 9) : entry.data[key] ?? "");

  function show() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = filters.filter(([, select]) => select.value !== "");
    const kept = rows.filter((entry) =>
      words.every((word) => entry.words.includes(word)) &&
      wanted.every(([name, select]) => entry.data[name] === select.value));
    if (sorted.key) {
      const turn = sorted.down ? -1 : 1;
      kept.sort((a, b) =>
        turn * order.compare(value(a, sorted.key), value(b, sorted.key)) || a.index - b.index);
    }
    const groups = new Map();
    for (const entry of kept) {
      const name = group.value ? entry.data[group.value] : "";
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(entry.row);
    }
    let names = Array.from(groups.keys());
    if (group.value === "verdict") names.sort((a, b) => (rank[a] ?? 9) - (rank[b] ?? 9));
    else if (group.value) names.sort(order.compare);
    for (const body of Array.from(table.tBodies)) body.remove();
    for (const name of names) {
      const body = document.createElement("tbody");
      if (group.value) {
        const cell = document.createElement("th");
        cell.scope = "rowgroup";
        cell.colSpan = head.rows[0].cells.length;
        cell.textContent = `${name} (${groups.get(name).length})`;
        body.append(document.createElement("tr"));
        body.rows[0].append(cell);
      }
      body.append(...groups.get(name));
      table.append(body);
    }
    if (names.length === 0) table.append(document.createElement("tbody"));
    count.textContent = `${kept.length} of ${rows.length} packages`;
  }

  let waiting = 0;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(show, 80); };
  search.addEventListener("input", soon);
  for (const [, select] of filters) select.addEventListener("change", show);
  group.addEventListener("change", show);
  by("reset").addEventListener("click", () => {
    search.value = "";
    for (const [, select] of filters) select.value = "";
    group.value = "";
    search.focus();
    show();
  });
  for (const button of head.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      const key = button.dataset.key;
      sorted = { key, down: sorted.key === key && !sorted.down };
      for (const cell of head.rows[0].cells) cell.removeAttribute("aria-sort");
      button.closest("th").setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      show();
    });
  }
  // Everything is opened for printing, and closed again as it was.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = Array.from(document.querySelectorAll("details:not([open])"));
    for (const details of closed) details.open = true;
  });
  addEventListener("afterprint", () => { for (const details of closed) details.open = false; });
  show();
})();
