// What every view is made of. Text of the catalog becomes text nodes and nothing else.

/** What becomes attributes and listeners of an element: objects of the page's own code, never values of an answer. */
class Attributes {
  constructor(values) {
    this.values = values;
  }
}
const attrs = values => new Attributes(values);

/** An element: `h("p.small", attrs({ title: "…" }), "text", child)`; null and false are left out. */
function h(kind, ...content) {
  const [name, ...classes] = kind.split(".");
  const isDrawing = h.drawings.has(name);
  const node = isDrawing
    ? document.createElementNS("http://www.w3.org/2000/svg", name)
    : document.createElement(name);
  if (classes.length) node.setAttribute("class", classes.join(" "));
  for (const part of content.flat(3)) {
    if (part === null || part === undefined || part === false) continue;
    if (part instanceof Node) node.append(part);
    else if (part instanceof Attributes) set(node, part.values);
    else node.append(typeof part === "object" ? (plain(part) ?? "") : String(part));
  }
  return node;
}
h.drawings = new Set(["svg", "path", "g", "rect", "line", "text", "title", "defs", "marker", "circle"]);

/** A function listens; text never becomes a handler. */
function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (/^on/i.test(name)) continue;
    else if (value === true) node.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
  }
}

/** The first of these members that says something, as text. */
function text(object, ...names) {
  for (const name of names) {
    const value = plain(object?.[name]);
    if (value) return value;
  }
  return null;
}

/** A value on one line; null when it has no text. */
function plain(value) {
  if (value === null || value === undefined || value === "") return null;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return number(value);
  if (typeof value === "string") return value.trim() || null;
  if (Array.isArray(value)) {
    const parts = value.map(plain);
    return parts.every(part => part) ? parts.join(", ") || null : null;
  }
  const name = plain(value.fieldName ?? value.key),
    held = plain(value.fieldValue ?? value.value);
  if (name && held) return `${name}: ${held}`;
  return plain(value.plainText ?? value.name ?? null);
}

/** `businessDescription` as `Business description`. */
function words(name) {
  const spaced = name.replace(/_/g, " ").replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

function number(value, options) {
  try {
    return new Intl.NumberFormat(host.locale, options).format(value);
  } catch {
    return String(value);
  }
}

/** `2026-05-25T02:30:00` as people write it, in the zone it came in. */
function date(value) {
  const parts = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d))?/.exec(value ?? "");
  if (!parts) return value;
  const moment = new Date(`${parts[1]}T${parts[2] ?? "00:00"}Z`);
  const style = parts[2] ? { dateStyle: "medium", timeStyle: "short" } : { dateStyle: "medium" };
  try {
    return new Intl.DateTimeFormat(host.locale, { ...style, timeZone: "UTC" }).format(moment);
  } catch {
    return value;
  }
}

const count = (n, one, many = one + "s") => `${number(n)} ${n === 1 ? one : many}`;

/** A link that the host opens; what is neither http nor https is no link. */
function link(address, ...content) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  return h(
    "a.button",
    attrs({
      href: url.href,
      target: "_blank",
      rel: "noopener noreferrer",
      click(event) {
        event.preventDefault();
        host.open(url.href);
      },
    }),
    content,
    h("span.hidden", " (opens outside)"),
    glyph("out"),
  );
}

const button = (label, click, kind = "button", more = {}) => h(kind, attrs({ type: "button", click, ...more }), label);

/** A button that calls a tool; a plain name where the host does not let a view do that. */
function press(label, click, kind = "button") {
  return host.canCall ? button(label, click, kind) : kind === "button.plain" ? h("strong", label) : null;
}

// Drawings of 16 by 16 for the kinds of assets and for buttons.
const drawings = {
  table: "M2 3h12v10H2zM2 6.5h12M6.5 6.5V13",
  column: "M5 2h6v12H5zM5 6h6M5 10h6",
  file: "M4 1.5h5.5L13 5v9.5H4zM9 2v3.5h3.5",
  report: "M2 14h12M4 14V9M8 14V3M12 14V6",
  query: "M5.5 4 2 8l3.5 4M10.5 4 14 8l-3.5 4",
  term: "M3 2h8.5a1.5 1.5 0 0 1 1.5 1.5V14H4.5A1.5 1.5 0 0 1 3 12.5zM6 5.5h4M6 8.5h4",
  tag: "M2 2h6l6 6-6 6-6-6zM5 5h.1",
  database: "M3 4c0-2.7 10-2.7 10 0v8c0 2.7-10 2.7-10 0zM3 4c0 2.7 10 2.7 10 0M3 8c0 2.7 10 2.7 10 0",
  other: "M8 2l6 6-6 6-6-6z",
  out: "M6 3H3v10h10v-3M9 3h4v4M13 3 7.5 8.5",
  cycle: "M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3",
};
function glyph(name) {
  return h("svg.glyph", attrs({ viewBox: "0 0 16 16", "aria-hidden": "true" }), h("path", attrs({ d: drawings[name] })));
}

/** Name, drawing and colour of a kind of asset, from the catalog's word for it. */
function kindOf(asset) {
  const word = String(asset?.objectType ?? asset?.type ?? "").toLowerCase();
  const known = [
    [/column$|chartchild/, "Column", "column", "info"],
    [/^(oe)?table/, "Table", "table", "info"],
    [/schema/, "Schema", "database", "info"],
    [/file/, "File", "file", "warn"],
    [/chart|report|dashboard/, "Report", "report", "note"],
    [/query|code|sql/, "Query", "query", "plainly"],
    [/api/, "API", "query", "plainly"],
    [/glossary|term/, "Term", "term", "good"],
    [/tag/, "Tag", "tag", "bad"],
    [/story/, "Data story", "term", "note"],
  ].find(([pattern]) => pattern.test(word));
  return known
    ? { title: known[1], glyph: known[2], tone: known[3] }
    : { title: words(word.replace(/^oe/, "") || "asset"), glyph: "other", tone: "plainly" };
}
function icon(asset) {
  const kind = kindOf(asset);
  return h(`span.icon.mark.${kind.tone}`, attrs({ style: "padding:0", title: kind.title }), glyph(kind.glyph));
}

const mark = (tone, ...content) => h(`span.mark.${tone}`, content);
const fact = (name, ...value) => (value.some(part => part) ? h("div", h("dt", name), h("dd", value)) : null);

/** A share of a hundred, in words and as a bar. */
function meter(value, label) {
  const share = Math.max(0, Math.min(100, Number(value)));
  if (value === null || value === undefined || Number.isNaN(share)) return null;
  const bar = h("i"),
    tone = share >= 80 ? "--good" : share >= 50 ? "--warn" : "--bad";
  bar.style.width = `${share}%`;
  bar.style.background = `var(${tone})`;
  return h(
    "span.row",
    attrs({ title: label, style: "gap:6px;flex-wrap:nowrap" }),
    h("span.bar", attrs({ "aria-hidden": "true" }), bar),
    number(value),
  );
}

/** A table with a name for screen readers; columns as `[title, cell, kind]`. */
function grid(name, columns, rows) {
  return h(
    "div.scroll",
    attrs({ tabindex: "0", role: "region", "aria-label": name }),
    h(
      "table",
      h("caption.hidden", name),
      h(
        "thead",
        h(
          "tr",
          columns.map(([title, , kind = ""]) =>
            h(kind && kind !== "head" ? `th.${kind}` : "th", attrs({ scope: "col" }), title),
          ),
        ),
      ),
      h(
        "tbody",
        rows.map((row, at) =>
          h(
            "tr",
            columns.map(([, cell, kind = ""]) =>
              kind === "head"
                ? h("th", attrs({ scope: "row" }), cell(row, at))
                : h(kind ? `td.${kind}` : "td", cell(row, at) ?? "–"),
            ),
          ),
        ),
      ),
    ),
  );
}

/** What an answer says that it left out, and how to get it; null when it is whole. */
function leftOut(data, shown, what = "entry", many = "entries") {
  const cut = (Array.isArray(data.leftOut) ? data.leftOut : [])
    .filter(part => part?.list || part?.text)
    .map(part => {
      const place = words(
        String(part.list ?? part.text)
          .split(".")
          .pop()
          .replace(/\[\]/g, ""),
      ).toLowerCase();
      return `${number(part.returned ?? 0)} of ${number(part.total ?? 0)} ${part.text ? "characters of " : ""}${place}`;
    });
  if (data.rows) {
    const { first, last, columns = 0, relationships = 0 } = data.rows;
    cut.push(`rows ${number(first)} to ${number(last)} of ${number(Math.max(columns, relationships))}`);
  }
  const total = data.total ?? data.totalChanges;
  if (!cut.length && data.complete !== false) return null;
  if (!cut.length && typeof total === "number" && total > shown)
    cut.push(`${number(shown)} of ${count(total, what, many)}`);
  return warning("Not everything is shown.", ` ${cut.join(", ")}${cut.length ? "." : ""}`);
}

const warning = (what, ...more) => h("div.notice.warn", attrs({ role: "note" }), h("p", h("strong", what), more));
