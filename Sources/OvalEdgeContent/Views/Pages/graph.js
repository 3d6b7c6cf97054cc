// The graph of a lineage: which assets, how far from the one asked for, in which order.

/** The graph as it is drawn: every asset at its shortest distance, `-2` two hops upstream, `3` three downstream. */
class Graph {
  constructor(data) {
    const inner = data.data ?? data,
      held = inner.lineage ?? inner;
    this.nodes = new Map();
    for (const node of held.nodes ?? []) {
      const plain = plainID(node, "id", "objectId", "nodeId"),
        twin = this.nodes.get(plain)?.record.objectType,
        id = twin && twin !== node.objectType ? `${node.objectType} ${plain}` : plain;
      this.add(id, node);
    }
    for (const edge of held.edges ?? []) {
      const from = this.key(plainID(edge, "fromId", "from", "source"), edge.fromObjectType),
        to = this.key(plainID(edge, "toId", "to", "target"), edge.toObjectType);
      if (!from || !to) continue;
      for (const id of [from, to]) this.add(id, { id, name: id });
      const source = this.nodes.get(from),
        target = this.nodes.get(to);
      if (!source.targets.includes(target)) {
        source.targets.push(target);
        target.sources.push(source);
      }
    }
    const named = this.key(plainID(held, "rootObjectId", "rootId"), held.rootObjectType);
    this.root =
      this.nodes.get(named) ??
      [...this.nodes.values()].find(node => node.record.hop === 0) ??
      [...this.nodes.values()][0];
    this.place();
    for (const node of this.nodes.values())
      node.isInCycle =
        node.targets.length > 0 && node.sources.length > 0 && this.reached(node, "targets").has(node);
  }

  add(id, record) {
    if (id && !this.nodes.has(id)) this.nodes.set(id, { id, record, sources: [], targets: [], hop: null });
  }

  /** Ids repeat between kinds. */
  key(id, kind) {
    return this.nodes.has(`${kind} ${id}`) ? `${kind} ${id}` : id;
  }

  place() {
    if (!this.root) return;
    this.root.hop = 0;
    const walk = (way, sign) => {
      const distance = new Map([[this.root, 0]]);
      for (const node of distance.keys())
        for (const next of node[way]) if (!distance.has(next)) distance.set(next, distance.get(node) + 1);
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
    const shown = [...this.nodes.values()].filter(node => node.hop !== null && isShown(node)),
      hops = [...new Set(shown.map(node => node.hop))].sort((a, b) => a - b);
    const layers = hops.map(hop => ({ hop, nodes: shown.filter(node => node.hop === hop) }));
    const settle = layer =>
      layer.nodes.forEach((node, at) => {
        node.at = at - layer.nodes.length / 2;
      });
    layers.forEach(settle);
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
        settle(layer);
      }
    }
    return layers;
  }
}
