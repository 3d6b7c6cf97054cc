// Lineage graph: upstream on the left, the asset asked for, downstream on the right; the same as a table.

/** The graph as it is drawn: every asset at its shortest distance, `-2` two hops upstream, `3` three downstream. */
class Graph {
  constructor(data) {
    const inner = data.data ?? data, held = inner.lineage ?? inner;
    this.nodes = new Map();
    for (const node of held.nodes ?? []) {
      const id = plainID(node, "id", "objectId", "nodeId");
      if (id && !this.nodes.has(id)) this.nodes.set(id, { id, record: node, sources: [], targets: [], hop: null });
    }
    for (const edge of held.edges ?? []) {
      const from = plainID(edge, "fromId", "from", "source"), to = plainID(edge, "toId", "to", "target");
      if (!from || !to) continue;
      for (const id of [from, to]) if (!this.nodes.has(id)) this.nodes.set(id, { id, record: { id, name: id }, sources: [], targets: [], hop: null });
      const source = this.nodes.get(from), target = this.nodes.get(to);
      if (!source.targets.includes(target)) { source.targets.push(target); target.sources.push(source); }
    }
    const named = plainID(held, "rootObjectId", "rootId");
    this.root = this.nodes.get(named) ?? [...this.nodes.values()].find(node => node.record.hop === 0) ?? [...this.nodes.values()][0];
    this.place();
    for (const node of this.nodes.values()) node.isInCycle = node.targets.length > 0 && node.sources.length > 0 && this.reached(node, "targets").has(node);
  }

  place() {
    if (!this.root) return;
    this.root.hop = 0;
    const walk = (way, sign) => {
      const distance = new Map([[this.root, 0]]);
      for (const node of distance.keys()) for (const next of node[way]) {
        if (!distance.has(next)) distance.set(next, distance.get(node) + 1);
      }
      for (const [node, hop] of distance) if (node.hop === null || hop < Math.abs(node.hop)) node.hop = hop * sign;
    };
    walk("sources", -1);
    walk("targets", 1);
    for (const node of this.nodes.values()) {
      const way = String(node.record.direction ?? "").toLowerCase(), hop = Math.min(Math.abs(Number(node.record.hop) || 1), 20);
      if (node.hop === null && way) node.hop = way === "upstream" ? -hop : hop;
    }
  }

  /** All that can be reached one way; the start itself only when the way leads back to it. */
  reached(start, way) {
    const seen = new Set(start[way]);
    for (const node of seen) for (const next of node[way]) seen.add(next);
    return seen;
  }

  /** Hops from left to right, each ordered so that few lines cross. */
  layers(isShown) {
    const hops = [...new Set([...this.nodes.values()].filter(node => node.hop !== null && isShown(node)).map(node => node.hop))].sort((a, b) => a - b);
    const layers = hops.map(hop => ({ hop, nodes: [...this.nodes.values()].filter(node => node.hop === hop && isShown(node)) }));
    const settle = () => layers.forEach(layer => layer.nodes.forEach((node, at) => { node.at = at - layer.nodes.length / 2; }));
    settle();
    for (let sweep = 0; sweep < 4; sweep += 1) {
      const order = sweep % 2 ? [...layers].reverse() : layers;
      for (const layer of order) {
        const middle = node => {
          const near = [...node.sources, ...node.targets].filter(other => other.hop !== node.hop && other.at !== undefined);
          return near.length ? near.reduce((sum, other) => sum + other.at, 0) / near.length : node.at;
        };
        const wish = new Map(layer.nodes.map(node => [node, middle(node)]));
        layer.nodes.sort((a, b) => wish.get(a) - wish.get(b));
        layer.nodes.forEach((node, at) => { node.at = at - layer.nodes.length / 2; });
      }
    }
    return layers;
  }
}

const lineage = {
  name: "Lineage graph", tool: "asset_lineage", isTable: false, zoom: null, words: "", hidden: new Set(), chosen: null, looked: null,
  size: { width: 172, height: 46, across: 52, down: 12, head: 32, foot: 40, most: 60 },

  forget() { Object.assign(this, { chosen: null, looked: null, graph: null, words: "", hidden: new Set() }); },

  draw(data) {
    if (this.looked) return asset.draw(this.looked, (id, type) => this.look(id, type), h("p", { style: "margin-bottom:8px" },
      h("button", { type: "button", click: () => { this.looked = null; page.redraw(); this.button(this.chosen)?.focus(); } }, "← Lineage")));
    this.graph ??= new Graph(data);
    const { root } = this.graph;
    if (!root) return [h("h1", this.name), h("div.empty.panel", h("strong", "No lineage is known."), "It may not have been built for this connection.")];
    return [
      h("div.head", h("div", h("h1", `Lineage of ${asset.name(root.record)}`), h("p.soft", this.summary(data))), h("div.row", this.actions(data))),
      leftOut(data, this.graph.nodes.size, "asset"),
      this.graph.nodes.size === 1 ? h("div.empty.panel", h("strong", "Nothing feeds it, and it feeds nothing."), "As far as the catalog knows; lineage may not have been built for this connection.") : [
        h("div.row", { style: "margin-bottom:8px" }, this.tabs(), this.legend(), this.finder()),
        h("div", { id: "sheet", role: "tabpanel", "aria-label": this.isTable ? "Table" : "Graph" }, this.isTable ? this.table() : this.map()),
      ],
      h("div", { id: "panel", "aria-live": "polite" }, this.panel()),
    ];
  },

  summary(data) {
    const nodes = [...this.graph.nodes.values()], side = (word, belongs) => {
      const some = nodes.filter(belongs), hops = Math.max(0, ...some.map(node => Math.abs(node.hop)));
      return some.length ? `${number(some.length)} ${word} in ${count(hops, "hop")}` : `nothing ${word}`;
    };
    const cycle = nodes.some(node => node.isInCycle) || data.summary?.hasCycle ? " Data runs in a cycle through what is marked ↻." : "";
    return `${side("upstream", node => node.hop < 0)}, ${side("downstream", node => node.hop > 0)}.${cycle}`.replace(/^./, letter => letter.toUpperCase());
  },

  actions(data) {
    const depth = data.summary?.depth ?? host.input.depth ?? 2, deepest = Math.max(...[...this.graph.nodes.values()].map(node => Math.abs(node.hop ?? 0)));
    const isFull = host.context.displayMode === "fullscreen", wanted = isFull ? "inline" : "fullscreen";
    return [
      deepest >= depth ? press("One more hop", () => page.again({ depth: depth + 1 })) : null,
      host.context.availableDisplayModes?.includes(wanted) ? h("button", { type: "button", async click() {
        const { mode } = await host.request("ui/request-display-mode", { mode: wanted }).catch(() => ({})) ?? {};
        if (mode) { host.adopt({ displayMode: mode }); page.redraw(); }
      } }, isFull ? "Back" : "Full screen") : null,
    ];
  },

  tabs() {
    const tab = (title, isTable) => h("button", { type: "button", role: "tab", id: `tab-${title}`, "aria-controls": "sheet", "aria-selected": String(this.isTable === isTable),
      tabindex: this.isTable === isTable ? "0" : "-1", click: () => { this.isTable = isTable; page.redraw(); document.getElementById(`tab-${title}`)?.focus(); } }, title);
    return h("div.row", { role: "tablist", "aria-label": "How it is shown", keydown(event) {
      if (event.key === "ArrowLeft" || event.key === "ArrowRight") [...this.children].find(other => other !== event.target)?.click();
    } }, tab("Graph", false), tab("Table", true));
  },

  /** The kinds there are; each can be taken away. */
  legend() {
    const kinds = new Map();
    for (const node of this.graph.nodes.values()) {
      const kind = kindOf(node.record);
      kinds.set(kind.title, { ...kind, number: (kinds.get(kind.title)?.number ?? 0) + 1 });
    }
    if (kinds.size < 2) return null;
    return h("div.row", { role: "group", "aria-label": "Kinds of assets shown" }, [...kinds.values()].map(kind => h("button.toggle", { type: "button", id: `kind-${kind.title}`,
      "aria-pressed": String(!this.hidden.has(kind.title)), click: () => {
        if (!this.hidden.delete(kind.title)) this.hidden.add(kind.title);
        page.redraw();
      } }, glyph(kind.glyph), `${kind.title} ${number(kind.number)}`)));
  },

  finder() {
    if (this.graph.nodes.size < 12) return null;
    return h("input", { id: "find", type: "search", "aria-label": "Find an asset by name", placeholder: "Find by name", value: this.words, input: event => {
      this.words = event.target.value;
      const sheet = document.getElementById("sheet");
      sheet.replaceChildren(this.isTable ? this.table() : this.map());
      this.drawn();
    } });
  },

  isShown(node) { return node === this.graph.root || !this.hidden.has(kindOf(node.record).title); },
  isFound(node) { return this.words && asset.name(node.record).toLowerCase().includes(this.words.toLowerCase()); },
  where(node) { return node.hop === null ? "no way to it" : node.hop === 0 ? "asked for" : `${node.hop < 0 ? "upstream" : "downstream"} ${number(Math.abs(node.hop))}`; },

  map() {
    const { width, height, across, down, head, foot, most } = this.size;
    const layers = this.graph.layers(node => this.isShown(node)), tallest = Math.max(...layers.map(layer => Math.min(layer.nodes.length, most)));
    const whole = { width: layers.length * (width + across) - across + 16, height: head + tallest * (height + down) + foot };
    const drawn = new Set(), heads = [];
    layers.forEach((layer, column) => {
      const shown = layer.nodes.slice(0, most), left = layer.nodes.length - shown.length;
      const top = head + (whole.height - head - foot - shown.length * (height + down)) / 2;
      shown.forEach((node, row) => { Object.assign(node, { x: 8 + column * (width + across), y: top + row * (height + down) }); drawn.add(node); });
      const title = layer.hop === 0 ? "Asked for" : words(this.where(layer.nodes[0]));
      heads.push(h("div.soft.small", { style: `position:absolute;top:6px;left:${8 + column * (width + across)}px;width:${width}px` }, left ? `${title} · ${number(left)} more in the table` : title));
    });
    const edges = [...drawn].flatMap(from => from.targets.filter(to => drawn.has(to)).map(to => this.edge(from, to)));
    const field = h("div", { id: "field", style: `position:relative;width:${whole.width}px;height:${whole.height}px;zoom:${this.zoom ?? 1}` },
      h("svg", { width: whole.width, height: whole.height, "aria-hidden": "true", style: "position:absolute;inset:0;overflow:visible" },
        h("defs", ["edge", "back"].map(id => h("marker", { id: `tip-${id}`, viewBox: "0 0 6 6", refX: 5, refY: 3, markerWidth: 6, markerHeight: 6, orient: "auto" },
          h("path", { d: "M0 0 6 3 0 6z", class: `tip ${id}` })))), edges),
      heads, [...drawn].map(node => this.node(node)));
    const zoom = (title, name, factor) => h("button", { type: "button", "aria-label": name, click: () => this.magnify(factor) }, title);
    return h("div.map", h("div.sheet", { id: "scroller", role: "group", "aria-label": "Lineage graph: move with the arrow keys, choose with Enter", keydown: event => this.move(event) }, field),
      h("div.row.zoom", zoom("−", "Smaller", 0.8), zoom("+", "Larger", 1.25), zoom("Fit", "Fit all", null)));
  },

  edge(from, to) {
    const { width, height } = this.size, isBack = to.hop <= from.hop;
    const [x1, y1, x2, y2] = [from.x + width, from.y + height / 2, to.x - 2, to.y + height / 2];
    const bend = isBack ? Math.max(40, Math.abs(x1 - x2) / 4) : Math.max(24, (x2 - x1) / 2);
    const lift = isBack ? (y2 >= y1 ? 1 : -1) * (height * .9) : 0;
    const path = isBack ? `M${x1} ${y1}C${x1 + bend} ${y1 + lift} ${x2 - bend} ${y2 - lift} ${x2} ${y2}` : `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
    const isLoop = from.isInCycle && to.isInCycle && isBack;
    return h("path", { d: path, class: `edge ${isLoop ? "back" : ""} ${this.standing(from, to)}`, "marker-end": `url(#tip-${isLoop ? "back" : "edge"})` });
  },

  /** Whether an edge, or an asset, lies on a way through what was chosen. */
  standing(from, to = from) {
    if (!this.chosen) return "";
    const before = this.graph.reached(this.chosen, "sources").add(this.chosen), after = this.graph.reached(this.chosen, "targets").add(this.chosen);
    return before.has(from) && before.has(to) || after.has(from) && after.has(to) ? "near" : "far";
  },

  node(node) {
    const kind = kindOf(node.record), name = asset.name(node.record), isRoot = node === this.graph.root;
    const feeds = node.targets.map(other => asset.name(other.record)).slice(0, 4).join(", ");
    return h("button", { type: "button", "data-id": node.id, title: asset.path(node.record) ?? name, tabindex: node === (this.chosen ?? this.graph.root) ? "0" : "-1",
      class: `node ${kind.tone} ${isRoot ? "root" : ""} ${this.isFound(node) ? "found" : ""} ${this.words && !this.isFound(node) ? "far" : this.standing(node)}`,
      "aria-pressed": String(node === this.chosen), style: `left:${node.x}px;top:${node.y}px;width:${this.size.width}px;height:${this.size.height}px`,
      "aria-label": `${name}, ${kind.title}, ${this.where(node)}${node.isInCycle ? ", in a cycle" : ""}${feeds ? `, feeds ${feeds}` : ""}`, click: () => this.choose(node) },
      glyph(kind.glyph), h("span", h("b", node.isInCycle ? "↻ " : "", name), h("small", asset.path(node.record)?.split(".").slice(0, -1).join(".") || kind.title)));
  },

  table() {
    const rows = [...this.graph.nodes.values()].filter(node => this.isShown(node) && (!this.words || this.isFound(node)))
      .sort((a, b) => (a.hop ?? 99) - (b.hop ?? 99));
    const names = nodes => nodes.map(node => asset.name(node.record)).join(", ") || null;
    return grid("Assets of the lineage", [
      ["Asset", node => [h("button.plain", { type: "button", "data-id": node.id, click: () => this.choose(node) }, asset.name(node.record)), node.isInCycle ? [" ", mark("warn", "↻ cycle")] : null], "head"],
      ["Where", node => words(this.where(node))], ["Kind", node => kindOf(node.record).title],
      ["Fed by", node => names(node.sources)], ["Feeds", node => names(node.targets)], ["Full name", node => h("span.path", asset.path(node.record) ?? "–")],
    ], rows);
  },

  panel() {
    const node = this.chosen;
    if (!node) return this.graph.nodes.size > 1 ? h("p.soft.small", { style: "margin-top:8px" }, "Choose an asset to see its way through the data.") : null;
    const type = asset.type(node.record), id = plainID(node.record, "objectId", "id") ?? node.id;
    const list = (title, nodes) => nodes.length ? h("p", { style: "margin-top:6px" }, h("span.soft", `${title} `), nodes.slice(0, 12).map((other, at) => [at ? ", " : "", h("button.plain", { type: "button", click: () => this.choose(other, true) }, asset.name(other.record))]), nodes.length > 12 ? ` and ${number(nodes.length - 12)} more` : "") : null;
    return h("section.panel", { "aria-label": "Chosen asset", style: "margin-top:10px" },
      h("div.row", icon(node.record), h("h2", { style: "margin:0;font-size:15px" }, asset.name(node.record)), mark("plainly", kindOf(node.record).title), mark("plainly", words(this.where(node))), node.isInCycle ? mark("warn", "↻ in a cycle") : null),
      h("p.path", asset.path(node.record)), list("Fed by", node.sources), list("Feeds", node.targets),
      h("div.row", { style: "margin-top:10px" }, type ? press("Details", () => this.look(id, type)) : null,
        node !== this.graph.root && (type === "oetable" || type === "oefile") ? press("Trace from here", () => page.again({ ...reference(id, type) })) : null, link(node.record.redirectUrl, "Open")));
  },

  choose(node, moves) {
    this.chosen = this.chosen === node && !moves ? null : node;
    const scroller = document.getElementById("scroller"), [left, top] = [scroller?.scrollLeft, scroller?.scrollTop];
    if (!this.isTable) document.getElementById("sheet").replaceChildren(this.map());
    document.getElementById("panel").replaceChildren(this.panel() ?? "");
    const now = document.getElementById("scroller");
    if (now) { now.scrollLeft = left; now.scrollTop = top; }
    this.button(node)?.focus({ preventScroll: !moves });
  },

  look(id, type) {
    return page.ask("asset_details", reference(id, type), data => {
      this.looked = data;
      page.redraw();
      document.getElementById("name")?.focus();
    });
  },

  button(node) { return node ? [...document.querySelectorAll("[data-id]")].find(button => button.dataset.id === node.id) : null; },

  /** Arrow keys: along the flow, and up and down among those of one hop. */
  move(event) {
    const here = this.graph.nodes.get(event.target.dataset?.id), ways = { ArrowLeft: "sources", ArrowRight: "targets" };
    if (!here) return;
    const visible = other => this.button(other), layer = [...this.graph.nodes.values()].filter(node => node.hop === here.hop && visible(node)).sort((a, b) => a.y - b.y);
    const next = ways[event.key] ? here[ways[event.key]].filter(visible).sort((a, b) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y))[0]
      : event.key === "ArrowUp" ? layer[layer.indexOf(here) - 1] : event.key === "ArrowDown" ? layer[layer.indexOf(here) + 1]
      : event.key === "Home" ? this.graph.root : event.key === "Escape" && this.chosen ? (this.choose(this.chosen), here) : null;
    if (!next) return;
    event.preventDefault();
    this.button(next)?.focus();
  },

  magnify(factor) {
    const scroller = document.getElementById("scroller"), field = document.getElementById("field");
    const fit = Math.min(scroller.clientWidth / field.offsetWidth, 520 / field.offsetHeight, 1);
    this.zoom = Math.max(.2, Math.min(2, factor ? this.zoom * factor : fit));
    field.style.zoom = this.zoom;
  },

  /** Brings the asset asked for into the middle. */
  drawn() {
    const scroller = document.getElementById("scroller"), { root } = this.graph ?? {};
    if (!scroller || !root) return;
    if (this.zoom === null) {
      // As much as can still be read.
      this.magnify(null);
      if (this.zoom < .8) this.magnify(.8 / this.zoom);
    }
    scroller.scrollLeft = (root.x + this.size.width / 2) * this.zoom - scroller.clientWidth / 2;
    scroller.scrollTop = (root.y + this.size.height / 2) * this.zoom - scroller.clientHeight / 2;
  },
};

page.begin(lineage);
