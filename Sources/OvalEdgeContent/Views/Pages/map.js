// The graph as a map: assets as buttons in columns, flows as lines between them. The lineage view is made with it.

const lineageMap = {
  size: { width: 172, height: 46, across: 52, down: 12, head: 32, foot: 40, most: 60 },

  map() {
    const { width, height, across, down, head, foot, most } = this.size;
    const layers = this.graph.layers(node => this.isShown(node)),
      tallest = Math.max(...layers.map(layer => Math.min(layer.nodes.length, most)));
    const whole = {
      width: layers.length * (width + across) - across + 16,
      height: head + tallest * (height + down) + foot,
    };
    const drawn = new Set(),
      heads = [];
    layers.forEach((layer, column) => {
      const shown = layer.nodes.slice(0, most),
        left = layer.nodes.length - shown.length;
      const top = head + (whole.height - head - foot - shown.length * (height + down)) / 2;
      shown.forEach((node, row) => {
        Object.assign(node, { x: 8 + column * (width + across), y: top + row * (height + down) });
        drawn.add(node);
      });
      const title = layer.hop === 0 ? "Asked for" : words(this.where(layer.nodes[0]));
      heads.push(
        h(
          "div.soft.small",
          attrs({ style: `position:absolute;top:6px;left:${8 + column * (width + across)}px;width:${width}px` }),
          left ? `${title} · ${number(left)} more in the table` : title,
        ),
      );
    });
    const edges = [...drawn].flatMap(from =>
      from.targets.filter(to => drawn.has(to)).map(to => this.edge(from, to)),
    );
    const field = h(
      "div",
      attrs({
        id: "field",
        style: `position:relative;width:${whole.width}px;height:${whole.height}px;zoom:${this.zoom ?? 1}`,
      }),
      h(
        "svg",
        attrs({
          width: whole.width,
          height: whole.height,
          "aria-hidden": "true",
          style: "position:absolute;inset:0;overflow:visible",
        }),
        h(
          "defs",
          ["edge", "back"].map(id =>
            h(
              "marker",
              attrs({
                id: `tip-${id}`,
                viewBox: "0 0 6 6",
                refX: 5,
                refY: 3,
                markerWidth: 6,
                markerHeight: 6,
                orient: "auto",
              }),
              h("path", attrs({ d: "M0 0 6 3 0 6z", class: id === "back" ? "tip back" : "tip" })),
            ),
          ),
        ),
        edges,
      ),
      heads,
      [...drawn].map(node => this.node(node)),
    );
    const zoom = (title, name, factor) =>
      button(title, () => this.magnify(factor), "button", { "aria-label": name });
    return h(
      "div.map",
      h(
        "div.sheet",
        attrs({
          id: "scroller",
          role: "group",
          "aria-label": "Lineage graph: move with the arrow keys, choose with Enter",
          keydown: event => this.move(event),
        }),
        field,
      ),
      h("div.row.zoom", zoom("−", "Smaller", 0.8), zoom("+", "Larger", 1.25), zoom("Fit", "Fit all", null)),
    );
  },

  edge(from, to) {
    const { width, height } = this.size,
      isBack = to.hop <= from.hop;
    const [x1, y1, x2, y2] = [from.x + width, from.y + height / 2, to.x - 2, to.y + height / 2];
    const bend = isBack ? Math.max(40, Math.abs(x1 - x2) / 4) : Math.max(24, (x2 - x1) / 2);
    const lift = isBack ? (y2 >= y1 ? 1 : -1) * (height * 0.9) : 0;
    const path = isBack
      ? `M${x1} ${y1}C${x1 + bend} ${y1 + lift} ${x2 - bend} ${y2 - lift} ${x2} ${y2}`
      : `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
    const isLoop = from.isInCycle && to.isInCycle && isBack;
    return h("path", attrs({
      d: path,
      class: `edge ${isLoop ? "back" : ""} ${this.standing(from, to)}`,
      "marker-end": `url(#tip-${isLoop ? "back" : "edge"})`,
    }));
  },

  /** Whether an edge, or an asset, lies on a way through what was chosen. */
  standing(from, to = from) {
    if (!this.chosen) return "";
    const before = this.graph.reached(this.chosen, "sources").add(this.chosen),
      after = this.graph.reached(this.chosen, "targets").add(this.chosen);
    return (before.has(from) && before.has(to)) || (after.has(from) && after.has(to)) ? "near" : "far";
  },

  node(node) {
    const kind = kindOf(node.record),
      name = asset.name(node.record),
      isRoot = node === this.graph.root;
    const feeds = node.targets
      .map(other => asset.name(other.record))
      .slice(0, 4)
      .join(", ");
    return h(
      "button",
      attrs({
        type: "button",
        "data-id": node.id,
        title: asset.path(node.record) ?? name,
        tabindex: node === (this.chosen ?? this.graph.root) ? "0" : "-1",
        class: `node ${kind.tone} ${isRoot ? "root" : ""} ${this.isFound(node) ? "found" : ""} ${this.words && !this.isFound(node) ? "far" : this.standing(node)}`,
        "aria-pressed": String(node === this.chosen),
        style: `left:${node.x}px;top:${node.y}px;width:${this.size.width}px;height:${this.size.height}px`,
        "aria-label": `${name}, ${kind.title}, ${this.where(node)}${node.isInCycle ? ", in a cycle" : ""}${feeds ? `, feeds ${feeds}` : ""}`,
        click: () => this.choose(node),
      }),
      glyph(kind.glyph),
      h(
        "span",
        h("b", node.isInCycle ? "↻ " : "", name),
        h("small", asset.path(node.record)?.split(".").slice(0, -1).join(".") || kind.title),
      ),
    );
  },

  /** Arrow keys: along the flow, and up and down among those of one hop. */
  move(event) {
    const here = this.graph.nodes.get(event.target.dataset?.id),
      ways = { ArrowLeft: "sources", ArrowRight: "targets" };
    if (!here) return;
    const visible = other => this.button(other),
      layer = [...this.graph.nodes.values()]
        .filter(node => node.hop === here.hop && visible(node))
        .sort((a, b) => a.y - b.y);
    const next = ways[event.key]
      ? here[ways[event.key]].filter(visible).sort((a, b) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y))[0]
      : event.key === "ArrowUp"
        ? layer[layer.indexOf(here) - 1]
        : event.key === "ArrowDown"
          ? layer[layer.indexOf(here) + 1]
          : event.key === "Home"
            ? this.graph.root
            : event.key === "Escape" && this.chosen
              ? (this.choose(this.chosen), here)
              : null;
    if (!next) return;
    event.preventDefault();
    this.button(next)?.focus();
  },

  magnify(factor) {
    const scroller = document.getElementById("scroller"),
      field = document.getElementById("field");
    const fit = Math.min(scroller.clientWidth / field.offsetWidth, 520 / field.offsetHeight, 1);
    this.zoom = Math.max(0.2, Math.min(2, factor ? this.zoom * factor : fit));
    field.style.zoom = this.zoom;
  },

  /** Brings the asset asked for into the middle. */
  drawn() {
    const scroller = document.getElementById("scroller"),
      { root } = this.graph ?? {};
    if (!scroller || !root) return;
    if (this.zoom === null) {
      // As much as can still be read.
      this.magnify(null);
      if (this.zoom < 0.8) this.magnify(0.8 / this.zoom);
    }
    scroller.scrollLeft = (root.x + this.size.width / 2) * this.zoom - scroller.clientWidth / 2;
    scroller.scrollTop = (root.y + this.size.height / 2) * this.zoom - scroller.clientHeight / 2;
  },
};
