// Metadata drift: what differs between two crawls, what may break first.

const drift = {
  name: "Metadata drift",
  tool: "metadata_changes_between_crawls",
  words: "",
  hidden: new Set(),

  // In the order of what can break most; `-` is what readers of the data feel.
  kinds: [
    ["type", "Type changed", "bad", "⇄"],
    ["length", "Length changed", "warn", "↔"],
    ["removed", "Removed", "bad", "−"],
    ["added", "Added", "good", "+"],
    ["modified", "Modified", "info", "~"],
    ["data", "Only data changed", "plainly", "≈"],
  ],

  kind(change) {
    const word = (text(change, "changeType") ?? "").toLowerCase();
    if (word === "added") return "added";
    if (word === "deleted" || word === "removed") return "removed";
    const differs = (a, b) =>
      change[a] && change[b] && String(change[a]).toLowerCase() !== String(change[b]).toLowerCase();
    if (differs("previousDataType", "currentDataType")) return "type";
    if (differs("previousLength", "currentLength")) return "length";
    return /data modified/i.test(text(change, "detail") ?? "") ? "data" : "modified";
  },

  draw(data) {
    const held = data.data ?? data,
      rows = this.deltas(held),
      tables = held.tableChanges ?? [];
    const columns = (held.columnChanges ?? [])
      .map(change => ({ ...change, kind: this.kind(change) }))
      .sort((a, b) => this.rank(a.kind) - this.rank(b.kind));
    const shown = columns.length + tables.length + rows.length,
      total = data.totalChanges ?? shown;
    const place = [text(held.contextHeader, "connection"), text(held.contextHeader, "catalogSchema")]
      .filter(Boolean)
      .join(" / ");
    return [
      h(
        "div.head",
        h(
          "div",
          h("h1", this.name),
          h("p.soft", place ? [h("strong", place), " · "] : null, `${count(total, "change")} ${this.period(held)}`),
        ),
        h(
          "div.row",
          link(text(held, "objectRedirectUrl", "redirectUrl"), "Open"),
          link(text(held, "compareSchemaUrl"), "Compare"),
        ),
      ),
      held.fallback?.show && plain(held.fallback.message)
        ? h("div.notice.info", h("p", plain(held.fallback.message)))
        : null,
      leftOut(data, shown, "change", "changes"),
      total || shown
        ? h("dl.facts.tight", this.counts(held.rollup ?? {}))
        : h("div.empty.panel", h("strong", "Nothing changed."), "The two crawls found the same."),
      this.columns(columns),
      this.tables(tables, held.tableSummaries ?? []),
      this.rows(rows),
    ];
  },

  rank(kind) {
    return this.kinds.findIndex(([name]) => name === kind);
  },

  period({ analyzedFromTimestamp: from, analyzedToTimestamp: to }) {
    if (from && to) return `between the crawls of ${date(from)} and ${date(to)}`;
    return from ? `since the crawl of ${date(from)}` : "(OvalEdge did not name the crawls)";
  },

  counts(rollup) {
    const part = (sign, tone, n) => (n ? mark(tone, `${sign}${number(n)}`) : null);
    const row = (name, thing, gone) => {
      const parts = [
        part("+", "good", rollup[`${thing}Added`]),
        part("~", "info", rollup[`${thing}Modified`]),
        part("−", "bad", rollup[`${thing}${gone}`]),
      ];
      return [name, parts.some(Boolean) ? h("span.row", parts) : rollup[`${thing}Added`] === 0 ? "none" : null];
    };
    return [
      row("Schemas", "schemas", "Removed"),
      row("Tables", "tables", "Deleted"),
      row("Columns", "columns", "Deleted"),
      ["Data types", plain(rollup.dataTypeChanges)],
      ["Lengths", plain(rollup.lengthChanges)],
      ["Row counts", plain(rollup.rowCountChanges)],
    ].map(([name, value]) => fact(name, value));
  },

  columns(changes) {
    if (!changes.length) return null;
    const box = h("tbody"),
      said = h("p.hidden", attrs({ role: "status" }));
    const fill = () => {
      const seen = changes.filter(
        change =>
          !this.hidden.has(change.kind) &&
          `${change.tableName}.${change.columnName}`.toLowerCase().includes(this.words.toLowerCase()),
      );
      said.textContent = `${count(seen.length, "column")} shown.`;
      box.replaceChildren(...seen.map(change => this.column(change)));
      if (!seen.length)
        box.append(h("tr", h("td.soft", attrs({ colspan: 4 }), "No column change is left with these filters.")));
    };
    const toggles = this.kinds.map(([kind, title, , sign]) => {
      const n = changes.filter(change => change.kind === kind).length;
      return n
        ? h(
            "button.toggle",
            attrs({
              type: "button",
              "aria-pressed": String(!this.hidden.has(kind)),
              click() {
                const isShown = drift.hidden.delete(kind) || !drift.hidden.add(kind);
                this.setAttribute("aria-pressed", String(isShown));
                fill();
              },
            }),
            h("span", attrs({ "aria-hidden": "true" }), sign),
            `${title} ${number(n)}`,
          )
        : null;
    });
    fill();
    return [
      h("h2", `Columns (${number(changes.length)})`),
      h(
        "div.row",
        attrs({ role: "group", "aria-label": "Kinds of change", style: "margin-bottom:8px" }),
        toggles,
        changes.length > 8
          ? h("input", attrs({
              type: "search",
              "aria-label": "Only tables and columns with",
              placeholder: "Table or column",
              value: this.words,
              input() {
                drift.words = this.value;
                fill();
              },
            }))
          : null,
      ),
      h(
        "div.scroll",
        attrs({ tabindex: "0", role: "region", "aria-label": "Changed columns" }),
        h(
          "table",
          h("caption.hidden", "Changed columns"),
          h(
            "thead",
            h(
              "tr",
              ["Change", "Column", "Was", "Is"].map(title => h("th", attrs({ scope: "col" }), title)),
            ),
          ),
          box,
        ),
      ),
      said,
    ];
  },

  column(change) {
    const [, title, tone, sign] = this.kinds[this.rank(change.kind)];
    const type = when => {
      const name = text(change, `${when}DataType`),
        length = text(change, `${when}Length`);
      return name && length && !name.includes("(")
        ? `${name}(${length})`
        : (name ?? (length ? `length ${length}` : null));
    };
    return h(
      "tr",
      h("td", mark(tone, h("span", attrs({ "aria-hidden": "true" }), sign), title)),
      h(
        "th",
        attrs({ scope: "row" }),
        h("span.soft", `${text(change, "tableName") ?? "(no name)"}.`),
        text(change, "columnName") ?? "(no name)",
      ),
      h("td", type("previous") ? h("code", type("previous")) : "–"),
      h("td", type("current") ? h("code", type("current")) : "–"),
    );
  },

  tables(changes, summaries) {
    const named = changes.map(change => {
      const word = (text(change, "changeType") ?? "modified").toLowerCase();
      const [tone, sign] =
        word === "added" ? ["good", "+"] : /deleted|removed/.test(word) ? ["bad", "−"] : ["info", "~"];
      return h(
        "li.row",
        mark(tone, `${sign} ${words(word)}`),
        h("strong", text(change, "tableName", "name") ?? "(no name)"),
      );
    });
    const counted = summaries
      .filter(table => table.columnsAdded || table.columnsDeleted)
      .map(table =>
        h(
          "li.row",
          h("strong", text(table, "tableName", "name") ?? "(no name)"),
          h(
            "span.soft",
            `${number(table.columnsAdded ?? 0)} columns added, ${number(table.columnsDeleted ?? 0)} removed`,
          ),
        ),
      );
    if (!named.length && !counted.length) return null;
    return [
      h("h2", `Tables (${number(named.length || counted.length)})`),
      h("ul", attrs({ style: "display:grid;gap:6px" }), named, counted),
    ];
  },

  /** Each change once, the largest first: several tables may have one name, each its own page. */
  deltas(held) {
    const all = [...(held.notableDeltas ?? []), ...(held.rowCountChanges ?? [])].filter(
      row => typeof row.rowCountDelta === "number",
    );
    const first = new Map();
    for (const row of all) {
      const key = JSON.stringify([row.redirectUrl ?? row.tableName, row.changedOn, row.rowCountDelta]);
      if (!first.has(key)) first.set(key, row);
    }
    return [...first.values()].sort((a, b) => Math.abs(b.rowCountDelta) - Math.abs(a.rowCountDelta));
  },

  /** Growth to the right, losses to the left of one line. */
  rows(rows) {
    if (!rows.length) return null;
    const most = Math.max(...rows.map(row => Math.abs(row.rowCountDelta)));
    const bar = delta => {
      const share = Math.max(1, (50 * Math.abs(delta)) / (most || 1)),
        line = h("i");
      line.style.cssText = `position:absolute;top:0;bottom:0;width:${share}%;${delta < 0 ? `right:50%;background:var(--bad)` : `left:50%;background:var(--good)`};border-radius:3px`;
      return h(
        "span",
        attrs({
          "aria-hidden": "true",
          style:
            "position:relative;display:block;height:12px;min-width:96px;background:linear-gradient(var(--line),var(--line)) center/1px 100% no-repeat",
        }),
        line,
      );
    };
    return [
      h("h2", `Row counts (${number(rows.length)})`),
      grid(
        "Changes of row counts",
        [
          ["Table", row => text(row, "tableName") ?? "(no name)", "head"],
          ["Rows", row => number(row.rowCountDelta, { signDisplay: "exceptZero" }), "number"],
          [h("span.hidden", "Bar"), row => bar(row.rowCountDelta), "chart"],
          [
            h("span.hidden", "Link"),
            row => link(row.redirectUrl, h("span.hidden", `${text(row, "tableName") ?? ""}: `), "Open") ?? "",
            "number",
          ],
        ],
        rows,
      ),
    ];
  },
};

page.begin(drift);
