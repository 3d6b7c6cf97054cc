// The graph of a lineage: which assets, how far from the one asked for, in which order.

/** The graph as it is drawn: every asset at its shortest distance, `-2` two hops upstream, `3` three downstream. */
class Graph {
  constructor(data) {
    const inner = data.data ?? data,
      held = inner.lineage ?? inner;
    this.nodes = new Map();
    for (const node of held.nodes ?? []) {
      const id = plainID(node, "id", "objectId", "nodeId");
      if (id && !this.nodes.has(id)) this.nodes.set(id, { id, record: node, sources: [], targets: [], hop: null });
    }
    for (const edge of held.edges ?? []) {
      const from = plainID(edge, "fromId", "from", "source"),
        to = plainID(edge, "toId", "to", "target");
      if (!from || !to) continue;
      for (const id of [from, to])
        if (!this.nodes.has(id))
          this.nodes.set(id, { id, record: { id, name: id }, sources: [], targets: [], hop: null });
      const source = this.nodes.get(from),
        target = this.nodes.get(to);
      if (!source.targets.includes(target)) {
        source.targets.push(target);
        target.sources.push(source);
      }
    }
    const named = plainID(held, "rootObjectId", "rootId");
    this.root =
      this.nodes.get(named) ??
      [...this.nodes.values()].find(node => node.record.hop === 0) ??
      [...this.nodes.values()][0];
    this.place();
    for (const node of this.nodes.values())
      node.isInCycle =
        node.targets.length > 0 && node.sources.length > 0 && this.reached(node, "targets").has(node);
  }

  place() {
    if (!this.root) return;
    this.root.hop = 0;
    const walk = (way, sign) => {
      const distance = new Map([[this.root, 0]]);
      for (const node of distance.keys())
        for (const next of node[way]) {
          if (!distance.has(next)) distance.set(next, distance.get(node) + 1);
        }
      for (const [node, hop] of distance) if (node.hop === null || hop < Math.abs(node.hop)) node.hop = hop * sign;
    };
    walk("sources", -1);
    walk("targets", 1);
    for (const node of this.nodes.values()) {
      const way = String(node.record.direction ?? "").toLowerCase(),
        hop = Math.min(Math.abs(Number(node.record.hop) || 1), 20);
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
    const hops = [
      ...new Set([...this.nodes.values()].filter(node => node.hop !== null && isShown(node)).map(node => node.hop)),
    ].sort((a, b) => a - b);
    const layers = hops.map(hop => ({
      hop,
      nodes: [...this.nodes.values()].filter(node => node.hop === hop && isShown(node)),
    }));
    const settle = () =>
      layers.forEach(layer =>
        layer.nodes.forEach((node, at) => {
          node.at = at - layer.nodes.length / 2;
        }),
      );
    settle();
    for (let sweep = 0; sweep < 4; sweep += 1) {
      const order = sweep % 2 ? [...layers].reverse() : layers;
      for (const layer of order) {
        const middle = node => {
          const near = [...node.sources, ...node.targets].filter(
            other => other.hop !== node.hop && other.at !== undefined,
          );
          return near.length ? near.reduce((sum, other) => sum + other.at, 0) / near.length : node.at;
        };
        const wish = new Map(layer.nodes.map(node => [node, middle(node)]));
        layer.nodes.sort((a, b) => wish.get(a) - wish.get(b));
        layer.nodes.forEach((node, at) => {
          node.at = at - layer.nodes.length / 2;
        });
      }
    }
    return layers;
  }
}
