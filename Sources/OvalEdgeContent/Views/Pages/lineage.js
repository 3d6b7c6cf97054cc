// Lineage graph: upstream on the left, the asset asked for, downstream on the right; the same as a table.

const lineage = {
  ...lineageMap,
  name: "Lineage graph",
  tool: "asset_lineage",
  isTable: false,
  zoom: null,
  words: "",
  hidden: new Set(),
  chosen: null,
  looked: null,

  forget() {
    Object.assign(this, { chosen: null, looked: null, graph: null, words: "", hidden: new Set() });
  },

  draw(data) {
    if (this.looked) return asset.closer(this, "Lineage", () => this.button(this.chosen)?.focus());
    this.graph ??= new Graph(data);
    const { root } = this.graph;
    if (!root)
      return [
        h("h1", this.name),
        h(
          "div.empty.panel",
          h("strong", "No lineage is known."),
          "It may not have been built for this connection.",
        ),
      ];
    return [
      h(
        "div.head",
        h("div", h("h1", this.title(data)), h("p.soft", this.summary(data))),
        h("div.row", this.actions(data)),
      ),
      this.cut(data),
      data.leftOut ? leftOut(data, this.graph.nodes.size) : null,
      this.graph.nodes.size === 1
        ? h(
            "div.empty.panel",
            h("strong", "Nothing feeds it, and it feeds nothing."),
            "As far as the catalog knows; lineage may not have been built for this connection.",
          )
        : [
            h("div.row", attrs({ style: "margin-bottom:8px" }), this.tabs(), this.legend(), this.finder()),
            h(
              "div",
              attrs({ id: "sheet", role: "tabpanel", "aria-label": this.isTable ? "Table" : "Graph" }),
              this.isTable ? this.table() : this.map(),
            ),
          ],
      h("div", attrs({ id: "panel", "aria-live": "polite" }), this.panel()),
    ];
  },

  title({ paths }) {
    const { root, nodes } = this.graph,
      way = paths?.[0]?.ways?.[0]?.map(name => nodes.get(name) ?? nodes.get(name.split(" ").pop()));
    const end = way && (way[0] === root ? way.at(-1) : way[0]);
    return end
      ? `Way between ${asset.name(root.record)} and ${asset.name(end.record)}`
      : `Lineage of ${asset.name(root.record)}`;
  },

  /** What there is and is not drawn. */
  cut({ summary, complete, nextRow }) {
    const { total, returned, cut, filteredOut } = summary ?? {};
    const parts = [
      cut ? `${number(cut)} past the limit of a hop` : null,
      filteredOut ? `${number(filteredOut)} of another way or kind` : null,
    ].filter(Boolean);
    if (!parts.length) return complete === false ? warning("Not everything is shown.") : null;
    return h(
      "div.notice.warn",
      attrs({ role: "note" }),
      h(
        "p",
        h("strong", `${number(returned)} of ${count(total, "asset")} shown. `),
        `Left out: ${parts.join(", ")}.`,
      ),
      nextRow ? press("Show more", () => page.again({ first_row: nextRow })) : null,
    );
  },

  summary(data) {
    if (data.paths)
      return `${data.paths.map(({ direction, hops, count: ways }) => `${count(hops, "hop")} ${direction}, ${count(ways, "shortest way")}`).join("; ") || "No way is known"}.`;
    const nodes = [...this.graph.nodes.values()],
      side = (word, belongs) => {
        const some = nodes.filter(belongs),
          hops = data.summary?.[`${word}ByHop`]?.length ?? Math.max(0, ...some.map(node => Math.abs(node.hop)));
        const total = data.summary?.[word] ?? some.length;
        return total ? `${number(total)} ${word} in ${count(hops, "hop")}` : `nothing ${word}`;
      };
    const cycle =
      nodes.some(node => node.isInCycle) || data.summary?.hasCycle
        ? " Data runs in a cycle through what is marked ↻."
        : "";
    return `${side("upstream", node => node.hop < 0)}, ${side("downstream", node => node.hop > 0)}.${cycle}`.replace(
      /^./,
      letter => letter.toUpperCase(),
    );
  },

  actions(data) {
    const depth = data.summary?.depth ?? host.input.depth ?? 2,
      deepest = Math.max(...[...this.graph.nodes.values()].map(node => Math.abs(node.hop ?? 0)));
    const isFull = host.context.displayMode === "fullscreen",
      wanted = isFull ? "inline" : "fullscreen";
    return [
      data.paths ? press("Whole lineage", () => page.again({ path_to: undefined, path_to_type: undefined })) : null,
      deepest >= depth && !data.paths ? press("One more hop", () => page.again({ depth: depth + 1 })) : null,
      host.context.availableDisplayModes?.includes(wanted)
        ? button(isFull ? "Back" : "Full screen", async () => {
            const { mode } = (await host.request("ui/request-display-mode", { mode: wanted }).catch(() => ({}))) ?? {};
            if (mode) {
              host.adopt({ displayMode: mode });
              page.redraw();
            }
          })
        : null,
    ];
  },

  tabs() {
    const tab = (title, isTable) =>
      h(
        "button",
        attrs({
          type: "button",
          role: "tab",
          id: `tab-${title}`,
          "aria-controls": "sheet",
          "aria-selected": String(this.isTable === isTable),
          tabindex: this.isTable === isTable ? "0" : "-1",
          click: () => {
            this.isTable = isTable;
            page.redraw();
            document.getElementById(`tab-${title}`)?.focus();
          },
        }),
        title,
      );
    return h(
      "div.row",
      attrs({
        role: "tablist",
        "aria-label": "How it is shown",
        keydown(event) {
          if (event.key === "ArrowLeft" || event.key === "ArrowRight")
            [...this.children].find(other => other !== event.target)?.click();
        },
      }),
      tab("Graph", false),
      tab("Table", true),
    );
  },

  /** The kinds there are; each can be taken away. */
  legend() {
    const kinds = new Map();
    for (const node of this.graph.nodes.values()) {
      const kind = kindOf(node.record);
      kinds.set(kind.title, { ...kind, number: (kinds.get(kind.title)?.number ?? 0) + 1 });
    }
    if (kinds.size < 2) return null;
    return h(
      "div.row",
      attrs({ role: "group", "aria-label": "Kinds of assets shown" }),
      [...kinds.values()].map(kind =>
        h(
          "button.toggle",
          attrs({
            type: "button",
            id: `kind-${kind.title}`,
            "aria-pressed": String(!this.hidden.has(kind.title)),
            click: () => {
              if (!this.hidden.delete(kind.title)) this.hidden.add(kind.title);
              page.redraw();
            },
          }),
          glyph(kind.glyph),
          `${kind.title} ${number(kind.number)}`,
        ),
      ),
    );
  },

  finder() {
    if (this.graph.nodes.size < 12) return null;
    return h("input", attrs({
      id: "find",
      type: "search",
      "aria-label": "Find an asset by name",
      placeholder: "Find by name",
      value: this.words,
      input: event => {
        this.words = event.target.value;
        const sheet = document.getElementById("sheet");
        sheet.replaceChildren(this.isTable ? this.table() : this.map());
        this.drawn();
      },
    }));
  },

  isShown(node) {
    return node === this.graph.root || !this.hidden.has(kindOf(node.record).title);
  },
  isFound(node) {
    return this.words && asset.name(node.record).toLowerCase().includes(this.words.toLowerCase());
  },
  where(node) {
    return node.hop === null
      ? "no way to it"
      : node.hop === 0
        ? "asked for"
        : `${node.hop < 0 ? "upstream" : "downstream"} ${number(Math.abs(node.hop))}`;
  },

  table() {
    const rows = [...this.graph.nodes.values()]
      .filter(node => this.isShown(node) && (!this.words || this.isFound(node)))
      .sort((a, b) => (a.hop ?? 99) - (b.hop ?? 99));
    const names = nodes => nodes.map(node => asset.name(node.record)).join(", ") || null;
    return grid(
      "Assets of the lineage",
      [
        [
          "Asset",
          node => [
            button(asset.name(node.record), () => this.choose(node), "button.plain", { "data-id": node.id }),
            node.isInCycle ? [" ", mark("warn", "↻ cycle")] : null,
          ],
          "head",
        ],
        ["Where", node => words(this.where(node))],
        ["Kind", node => kindOf(node.record).title],
        ["Fed by", node => names(node.sources)],
        ["Feeds", node => names(node.targets)],
        ["Full name", node => h("span.path", asset.path(node.record) ?? "–")],
      ],
      rows,
    );
  },

  panel() {
    const node = this.chosen;
    if (!node)
      return this.graph.nodes.size > 1
        ? h("p.soft.small", attrs({ style: "margin-top:8px" }), "Choose an asset to see its way through the data.")
        : null;
    const type = asset.type(node.record),
      id = plainID(node.record, "objectId", "id") ?? node.id;
    const list = (title, nodes) =>
      nodes.length
        ? h(
            "p",
            attrs({ style: "margin-top:6px" }),
            h("span.soft", `${title} `),
            nodes
              .slice(0, 12)
              .map((other, at) => [
                at ? ", " : "",
                button(asset.name(other.record), () => this.choose(other, true), "button.plain"),
              ]),
            nodes.length > 12 ? ` and ${number(nodes.length - 12)} more` : "",
          )
        : null;
    return h(
      "section.panel",
      attrs({ "aria-label": "Chosen asset", style: "margin-top:10px" }),
      h(
        "div.row",
        icon(node.record),
        h("h2", attrs({ style: "margin:0;font-size:15px" }), asset.name(node.record)),
        mark("plainly", kindOf(node.record).title),
        mark("plainly", words(this.where(node))),
        node.isInCycle ? mark("warn", "↻ in a cycle") : null,
      ),
      h("p.path", asset.path(node.record)),
      list("Fed by", node.sources),
      list("Feeds", node.targets),
      h(
        "div.row",
        attrs({ style: "margin-top:10px" }),
        type ? press("Details", () => this.look(id, type)) : null,
        node !== this.graph.root && (type === "oetable" || type === "oefile")
          ? press("Trace from here", () =>
              page.again({ ...reference(id, type), path_to: undefined, path_to_type: undefined }),
            )
          : null,
        node !== this.graph.root && node.hop !== null && !page.data.paths && Math.abs(node.hop) > 1
          ? press("Only the way here", () =>
              page.again({
                path_to: reference(id).object_id,
                path_to_type: type ?? undefined,
                only_types: undefined,
              }),
            )
          : null,
        link(node.record.redirectUrl, "Open"),
      ),
    );
  },

  choose(node, moves) {
    this.chosen = this.chosen === node && !moves ? null : node;
    const scroller = document.getElementById("scroller"),
      [left, top] = [scroller?.scrollLeft, scroller?.scrollTop];
    if (!this.isTable) document.getElementById("sheet").replaceChildren(this.map());
    document.getElementById("panel").replaceChildren(this.panel() ?? "");
    const now = document.getElementById("scroller");
    if (now) {
      now.scrollLeft = left;
      now.scrollTop = top;
    }
    this.button(node)?.focus({ preventScroll: !moves });
  },

  look(id, type, row) {
    return page.ask("asset_details", reference(id, type, row), data => {
      this.looked = data;
      page.redraw();
      document.getElementById("name")?.focus();
    });
  },

  button(node) {
    return node ? [...document.querySelectorAll("[data-id]")].find(button => button.dataset.id === node.id) : null;
  },
};

page.begin(lineage);
