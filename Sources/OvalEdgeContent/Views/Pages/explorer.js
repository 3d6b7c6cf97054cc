// Catalog search: what was found, a closer look at each, other words, the next page.

const explorer = {
  name: "Catalog search",
  tool: "asset_explorer",
  looked: null,
  chosen: null,

  forget() {
    this.looked = null;
  },

  draw(data) {
    if (this.looked) return this.closer();
    const payload = data.data ?? data;
    const found = Array.isArray(payload) ? payload : (payload.items ?? data.items ?? []);
    const terms = [payload.glossaryTerms ?? data.glossaryTerms ?? []].flat(),
      tags = [payload.tags ?? data.tags ?? []].flat();
    const shown = found.length + terms.length + tags.length;
    return [
      h("div.head", h("div", h("h1", this.name), h("p.soft", this.summary(data, shown), this.filters()))),
      this.form(),
      data.leftOut ? leftOut(data, shown) : null,
      shown
        ? null
        : h(
            "div.empty.panel",
            h("strong", "Nothing matches."),
            "Try fewer or other words, or leave out a filter. Only what this account may see is found.",
          ),
      this.list(found, "Assets found", ((data.page ?? 1) - 1) * (data.limit ?? 0)),
      terms.length ? [h("h2", "Glossary terms"), this.list(terms, "Glossary terms", 0, "glossary")] : null,
      tags.length ? [h("h2", "Tags"), this.list(tags, "Tags", 0, "oetag")] : null,
      this.turner(data, shown),
    ];
  },

  summary(data, shown) {
    const at = (data.page ?? 1) > 1 ? `, page ${number(data.page)}` : "";
    if (typeof data.total !== "number")
      return `${count(shown, "asset")}${at}; how many there are in all is not known.`;
    return shown >= data.total
      ? `${count(data.total, "asset")} found.`
      : `${number(shown)} of ${count(data.total, "asset")}${at}.`;
  },

  /** What narrowed the search, so that it is clear what is missing. */
  filters() {
    const aside = new Set([
      "search_terms",
      "context_query",
      "page",
      "limit",
      "sort",
      "include_parent",
      "include_children",
    ]);
    const held = Object.entries(host.input).filter(([name, value]) => !aside.has(name) && plain(value));
    return held.length
      ? ` Only ${held.map(([name, value]) => `${words(name).toLowerCase()}: ${plain(value)}`).join("; ")}.`
      : null;
  },

  form() {
    if (!host.canCall) return null;
    const kinds = {
      "": "All kinds",
      oetable: "Tables",
      oecolumn: "Columns",
      oefile: "Files",
      oechart: "Reports",
      oequery: "Queries",
      glossary: "Terms",
      oetag: "Tags",
      oestory: "Data stories",
    };
    const box = h("input", attrs({
      id: "terms",
      type: "search",
      "aria-label": "Words to look for",
      placeholder: "Words to look for",
      value: [host.input.search_terms ?? []].flat().join(" "),
    }));
    const now = host.input.object_type ?? "";
    if (!(now in kinds)) kinds[now] = words(now);
    const kind = h(
      "select",
      attrs({ id: "kind", "aria-label": "Kind of asset" }),
      Object.entries(kinds).map(([value, title]) => h("option", attrs({ value, selected: value === now }), title)),
    );
    const search = () =>
      page.again({
        search_terms: box.value.split(/\s+/).filter(Boolean),
        context_query: undefined,
        object_type: kind.value || undefined,
        page: 1,
      });
    // No form: a sandbox need not allow one.
    box.addEventListener("keydown", event => {
      if (event.key === "Enter") search();
    });
    return h(
      "div.search",
      attrs({ role: "search" }),
      box,
      kind,
      button("Search", search, "button.main"),
    );
  },

  list(found, name, before, type) {
    if (!found.length) return null;
    return h(
      "ol",
      attrs({ "aria-label": name, start: before + 1 }),
      found.map(hit => this.hit(hit, type)),
    );
  },

  hit(hit, type = asset.type(hit)) {
    const id = asset.id(hit),
      about = text(
        hit,
        "businessDescription",
        "technicalDescription",
        "description",
        "definition",
        "tagDescription",
      );
    const people = [
      ["owned by", plain(hit.owner)],
      ["steward", plain(hit.steward)],
    ]
      .filter(([, who]) => who)
      .map(([role, who]) => `${role} ${who}`)
      .join(", ");
    const name = asset.name(hit);
    return h(
      "li.hit",
      icon({ ...hit, objectType: type }),
      h(
        "div",
        h(
          "div.row",
          id && type ? press(name, () => this.look(id, type), "button.plain") : h("strong", name),
          asset.standing(hit),
        ),
        h("p.path", asset.path(hit)),
        about
          ? h(
              "p",
              attrs({
                style:
                  "display:-webkit-box;-webkit-line-clamp:2;-webkit-box-orient:vertical;overflow:hidden;margin:2px 0",
              }),
              about,
            )
          : null,
        h(
          "div.row.small.soft",
          attrs({ style: "column-gap:16px" }),
          h("span", kindOf({ objectType: type }).title),
          hit.dqScore !== undefined ? h("span.row", "Quality", meter(hit.dqScore, "Data quality, of 100")) : null,
          people ? h("span", people) : null,
          [hit.tags ?? []]
            .flat()
            .map(plain)
            .filter(Boolean)
            .slice(0, 4)
            .map(tag => mark("info.long", tag)),
        ),
      ),
      link(hit.redirectUrl, h("span.hidden", `${name}: `), h("span.wide", "Open")),
    );
  },

  look(id, type, row) {
    this.chosen ??= document.activeElement?.textContent;
    return page.ask("asset_details", reference(id, type, row), data => {
      this.looked = data;
      page.redraw();
      document.getElementById("name")?.focus();
    });
  },

  closer() {
    return asset.closer(this, "What was found", () => {
      [...page.main.querySelectorAll("ol button")].find(button => button.textContent === this.chosen)?.focus();
      this.chosen = null;
    });
  },

  turner(data, shown) {
    const at = data.page ?? 1,
      turn = (title, to) => press(title, () => page.again({ page: to }));
    const row = [
      at > 1 ? turn("← Page before", at - 1) : null,
      data.nextPage ? turn("Next page →", data.nextPage) : null,
    ].filter(Boolean);
    if (row.length) return h("nav.row", attrs({ "aria-label": "Pages", style: "margin-top:12px" }), row);
    return data.nextPage
      ? h("p.soft", attrs({ style: "margin-top:8px" }), `More is on page ${number(data.nextPage)}; ask for it.`)
      : null;
  },
};

page.begin(explorer);
