// Asset details: one asset, and from there along its relationships.

const details = {
  name: "Asset details",
  tool: "asset_details",
  trail: [],

  draw(data) {
    const look = (id, type, row) =>
      page.ask(this.tool, reference(id, type, row), next => {
        this.trail.push(page.data);
        this.turn(next);
      });
    const last = this.trail.at(-1);
    const back =
      last &&
      h(
        "p",
        attrs({ style: "margin-bottom:8px" }),
        button(`← ${asset.name(asset.parts(last).record)}`, () => this.turn(this.trail.pop())),
      );
    if (data.objects) return [back, data.objects.map(one => asset.draw({ data: one }, look))];
    return asset.draw(data, look, back);
  },

  turn(data) {
    page.data = data;
    page.redraw();
    document.getElementById("name")?.focus();
  },
};

page.begin(details);
