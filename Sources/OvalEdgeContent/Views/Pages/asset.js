// One asset, as `asset_details` returns it; part of every view that can look closer at one.

const DESCRIPTIONS = "businessDescription technicalDescription detailedDescription definition description tagDescription domainDescription".split(" ");

const asset = {
  id: record => plainID(record, "objectId", "id", "businessGlossaryId", "tagId"),
  type: record => text(record, "objectType"),
  name: record =>
    text(record, "objectName", "name", "termName", "tagName", "tableName") ??
    `Asset ${asset.id(record) ?? "without a name"}`,
  path: record => text(record, "fullyQualifiedName", "fullQualifiedName"),

  /** What the reply holds, whichever way it is wrapped. */
  parts(data) {
    const payload = data.data ?? data,
      profile = payload.profile;
    const columns = Array.isArray(profile) ? profile : (profile?.columns ?? payload.columns ?? []);
    const ties = payload.relationships ?? [];
    return {
      record: payload.details ?? payload,
      profile,
      columns,
      ties: Array.isArray(ties) ? ties : (ties.relationships ?? ties.items ?? []),
    };
  },

  /** Drawn at length; `look(id, type, row)` is what happens when another asset is chosen, or further rows. */
  draw(data, look, ...above) {
    const { record, columns, ties } = this.parts(data);
    return [
      above,
      h(
        "div.head",
        h(
          "div",
          h("div.row", icon(record), h("h1", attrs({ id: "name", tabindex: "-1" }), this.name(record))),
          h("p.path", h("span.mark", kindOf(record).title), " ", this.path(record)),
        ),
        h("div.row", this.standing(record), link(record.redirectUrl, "Open")),
      ),
      leftOut(data, columns.length, "column", "columns"),
      this.onward(data, record, look),
      h("dl.facts", this.facts(record)),
      this.descriptions(record),
      this.words(record),
      this.columns(columns),
      this.ties(ties, look),
      this.rest(record),
    ];
  },

  /** Drawn in the place of what a view shows otherwise; `back` is what happens when that is wanted again. */
  closer(view, title, back) {
    const leave = () => {
      view.looked = null;
      page.redraw();
      back();
    };
    const above = h("p", attrs({ style: "margin-bottom:8px" }), button(`← ${title}`, leave));
    return this.draw(view.looked, (id, type, row) => view.look(id, type, row), above);
  },

  /** The next columns and relationships of an asset that has many; `look` is asked for them. */
  onward(data, record, look) {
    const id = this.id(record),
      type = this.type(record);
    if (!data.nextRow || !host.canCall || !id || !type) return null;
    return h("p", press("Next rows →", () => look(id, type, data.nextRow)));
  },

  standing(record) {
    const word = text(record, "certificationStatus", "certification");
    const tone = /^certified$/i.test(word ?? "")
      ? "good"
      : /violation|caution|warn/i.test(word ?? "")
        ? "bad"
        : "plainly";
    const critical = /^(yes|true)$/i.test(text(record, "criticalDataElement") ?? "");
    return [
      word && mark(tone, tone === "good" ? "✓ " : "", words(word.toLowerCase())),
      critical && mark("warn", "Critical data element"),
    ];
  },

  facts(record) {
    const rows = record.rowCount,
      quality = record.dqScore ?? record.dqIndex;
    return [
      ["Owner", text(record, "owner")],
      ["Steward", text(record, "steward")],
      ["Custodian", text(record, "custodian")],
      ["Data quality", meter(quality, "Data quality, of 100")],
      ["Connection", text(record, "connectionName", "connection")],
      ["Rows", plain(rows)],
      ["Columns", plain(record.columnCount)],
      ["Rating", record.rating ? `${number(record.rating)} of 5` : null],
      ["Sensitivity", text(record, "sensitivity")],
      ["Created", record.createdDate ? date(String(record.createdDate)) : null],
    ].map(([name, value]) => fact(name, value));
  },

  descriptions(record) {
    const told = DESCRIPTIONS.map(name => [name, plain(record[name])]).filter(([, value]) => value);
    if (!told.length) return [h("h2", "Description"), h("p.soft", "None is given.")];
    return told.map(([name, value]) => [h("h2", words(name)), h("blockquote", value)]);
  },

  words(record) {
    const kinds = [
      ["terms", "good", "Term"],
      ["tags", "info", "Tag"],
      ["classifications", "warn", "Classification"],
      ["dataProducts", "note", "Data product"],
    ];
    const marks = kinds.flatMap(([name, tone, what]) =>
      [record[name] ?? []]
        .flat()
        .map(plain)
        .filter(Boolean)
        .map(value => h("li", mark(`${tone}.long`, h("span.hidden", `${what}: `), value))),
    );
    return marks.length ? [h("h2", "Terms, tags and classes"), h("ul.row", marks)] : null;
  },

  columns(columns) {
    if (!columns.length) return null;
    const has = name => columns.some(column => plain(column[name]));
    const all = [
      [
        "Column",
        column => [
          column.isPrimaryKey && [mark("info", "Key"), " "],
          text(column, "name", "objectName", "columnName") ?? "–",
        ],
        "head",
      ],
      ["Type", column => h("code", text(column, "dataType", "columnType") ?? "–")],
      has("nullDensity") && [
        "Missing",
        column => (column.nullDensity === undefined ? null : `${number(Number(column.nullDensity))} %`),
        "number",
      ],
      has("distinct") && ["Distinct", column => plain(column.distinct), "number"],
      (has("min") || has("max")) && [
        "Range",
        column =>
          (column.min ?? column.max) ? `${plain(column.min) ?? "?"} to ${plain(column.max) ?? "?"}` : null,
      ],
      has("topValues") && [
        "Frequent",
        column =>
          (column.topValues ?? [])
            .map(top => plain(top.value ?? top))
            .filter(Boolean)
            .slice(0, 3)
            .join(", ") || null,
      ],
      has("businessDescription") && ["Meaning", column => text(column, "businessDescription")],
    ].filter(Boolean);
    return [h("h2", `Columns (${number(columns.length)})`), grid("Columns", all, columns)];
  },

  ties(ties, look) {
    if (!ties.length) return null;
    const end = (tie, side) => {
      const id = plainID(tie, `${side}ObjectId`),
        name = text(tie, side, `${side}Table`) ?? "–";
      return [
        id ? press(name, () => look(id, "oetable"), "button.plain") : name,
        h("span.soft", `.${text(tie, `${side}Column`) ?? "?"}`),
      ];
    };
    return [
      h("h2", `Relationships (${number(ties.length)})`),
      grid(
        "Relationships",
        [
          ["From", tie => end(tie, "from"), "head"],
          ["To", tie => end(tie, "to")],
          ["Kind", tie => text(tie, "type", "relationshipType")],
        ],
        ties,
      ),
    ];
  },

  /** Whatever else is on one line; what is not is at least named. */
  rest(record) {
    const members = Object.entries(record).filter(
      ([name, value]) => !this.toldElsewhere.has(name) && plain(value) !== null,
    );
    const nested = Object.entries(record)
      .filter(
        ([name, value]) =>
          !this.toldElsewhere.has(name) &&
          value &&
          typeof value === "object" &&
          plain(value) === null &&
          Object.keys(value).length,
      )
      .map(([name]) => words(name));
    if (!members.length && !nested.length) return null;
    return h(
      "details",
      attrs({ "aria-label": "More" }),
      h("summary", h("h2", attrs({ style: "display:inline-block" }), "More")),
      h(
        "dl.facts",
        members.map(([name, value]) => fact(words(name), plain(value))),
      ),
      nested.length ? h("p.soft.small", `Only in the answer's data: ${nested.join(", ")}.`) : null,
    );
  },

  toldElsewhere: new Set([...DESCRIPTIONS, ...`
    objectId objectType objectName name id type fullyQualifiedName fullQualifiedName
    connectionName connection certificationStatus certification criticalDataElement
    dqScore dqIndex owner steward custodian rowCount columnCount rating sensitivity
    createdDate terms tags classifications dataProducts navLink redirectUrl columns
    profile relationships details connectionInfoId schemaId parentId`.trim().split(/\s+/)]),
};

/** An id as it came: never with the separators of a number. */
function plainID(object, ...names) {
  for (const name of names) if (["string", "number"].includes(typeof object?.[name])) return String(object[name]);
  return null;
}

/** What `asset_details` takes; ids go as numbers where they are. */
const reference = (id, type, row) => ({
  object_id: /^\d+$/.test(id) ? Number(id) : id,
  object_type: type,
  ...(row ? { first_row: row } : {}),
});
