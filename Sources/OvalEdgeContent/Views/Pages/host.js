// How a view speaks with the program around it: JSON-RPC over postMessage, as MCP Apps (2026-01-26) has it.

const host = {
  /** What the host said of itself and of where the view stands. */
  capabilities: {},
  context: {},
  locale: undefined,
  /** The arguments of the call whose answer is shown. */
  input: {},
  waiting: new Map(),
  lastID: 0,
  size: "",
  isOver: false,

  get canCall() {
    return !!this.capabilities.serverTools || !!window.openai?.callTool;
  },

  send(message) {
    if (!this.isOver) window.parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
  },
  notify(method, params = {}) {
    this.send({ method, params });
  },
  request(method, params) {
    const id = ++this.lastID;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.send({ id, method, params });
    });
  },

  /** The result of a tool; a failure of the tool is a result, too. */
  async call(name, input) {
    if (!this.capabilities.serverTools && window.openai?.callTool) return window.openai.callTool(name, input);
    return this.request("tools/call", { name, arguments: input });
  },

  async open(url) {
    try {
      if (window.openai?.openExternal) return window.openai.openExternal({ href: url });
      const result = await this.request("ui/open-link", { url });
      if (!result?.isError) return;
    } catch {
      /* The address is shown instead. */
    }
    page.say("warn", `The link was not opened. Its address is ${url}`);
  },

  receive(event) {
    const message = event.data;
    if (event.source !== window.parent || message?.jsonrpc !== "2.0") return;
    if (message.method === undefined) return this.settle(message);
    const handler = this.handlers[message.method];
    if (message.id === undefined) return handler?.call(this, message.params ?? {});
    if (!handler)
      return this.send({ id: message.id, error: { code: -32601, message: "This view does not know the method." } });
    this.send({ id: message.id, result: {} });
    handler.call(this, message.params ?? {});
  },

  settle({ id, result, error }) {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) waiting?.reject(new Error(String(error.message ?? "The host refused.")));
    else waiting?.resolve(result);
  },

  handlers: {
    ping() {},
    "ui/notifications/tool-input"({ arguments: input }) {
      this.input = input ?? {};
    },
    // The answer to a call of the view itself comes as the result of its request.
    "ui/notifications/tool-result"(result) {
      if (!page.isBusy) page.show(result);
    },
    "ui/notifications/tool-cancelled"({ reason }) {
      page.fail("The call was cancelled.", reason);
    },
    "ui/notifications/host-context-changed"(context) {
      this.adopt(context);
    },
    "ui/resource-teardown"() {
      this.isOver = true;
      this.sizes?.disconnect();
    },
  },

  /** Takes over theme, colours, language and size; a part of them when the rest stays. */
  adopt(context) {
    Object.assign(this.context, context);
    const root = document.documentElement,
      { theme, styles, locale, containerDimensions: space } = this.context;
    if (theme === "light" || theme === "dark") root.style.colorScheme = theme;
    const variables = Object.entries(styles?.variables ?? {}).filter(
      ([name, value]) =>
        /^--(color|font|border|shadow)-[a-z0-9-]+$/.test(name) &&
        typeof value === "string" &&
        !/url\(/i.test(value),
    );
    const names = new Set(variables.map(([name]) => name));
    // Half a set of colours would leave text on a ground it was not made for.
    const hasColours = ["background-primary", "background-secondary", "text-primary", "text-secondary"].every(name =>
      names.has(`--color-${name}`),
    );
    for (const [name, value] of variables)
      if (hasColours || !name.startsWith("--color-")) root.style.setProperty(name, value);
    if (locale && locale !== this.locale) {
      try {
        this.locale = Intl.getCanonicalLocales(locale)[0];
      } catch {
        /* Not a language. */
      }
      page.redraw();
    }
    root.classList.toggle("filled", typeof space?.height === "number" || this.context.displayMode === "fullscreen");
  },

  /** Reports how much room the view needs, whenever that changes. */
  measure() {
    const height = Math.ceil(document.body.getBoundingClientRect().height),
      width = document.documentElement.clientWidth;
    if (this.size === `${width} ${height}`) return;
    this.size = `${width} ${height}`;
    this.notify("ui/notifications/size-changed", { width, height });
  },

  async begin(name) {
    window.addEventListener("message", event => this.receive(event));
    if (window.openai) this.beginBesideOpenAI();
    if (window.parent === window)
      return page.fail(
        "This page shows the answers of a tool.",
        "Open it in a client of the Model Context Protocol.",
      );
    try {
      const hello = await this.request("ui/initialize", {
        protocolVersion: "2026-01-26",
        appInfo: { name: `oe-mcp ${name}`, version: "1" },
        appCapabilities: { availableDisplayModes: ["inline", "fullscreen"] },
      });
      this.capabilities = hello?.hostCapabilities ?? {};
      this.adopt(hello?.hostContext ?? {});
    } catch (error) {
      return page.fail("The client did not take this view in.", error.message);
    }
    this.notify("ui/notifications/initialized");
    this.sizes = new ResizeObserver(() => requestAnimationFrame(() => this.measure()));
    this.sizes.observe(document.body);
    this.measure();
  },

  /** The older dialect: results stand on a global object, which says when it changes. */
  beginBesideOpenAI() {
    const take = () => {
      const { toolInput, toolOutput, theme, locale } = window.openai;
      this.input = toolInput ?? this.input;
      this.adopt({ theme, locale });
      if (toolOutput && !page.data && !page.isBusy) page.show({ structuredContent: toolOutput });
    };
    window.addEventListener("openai:set_globals", take);
    take();
  },
};

/** What is seen: one view that waits, draws an answer, or says what went wrong. */
const page = {
  view: null,
  data: null,
  isBusy: false,

  /** `view` has `name`, `tool`, and `draw(data)`, which returns elements. */
  begin(view) {
    this.view = view;
    this.notices = h("div", attrs({ "aria-live": "polite" }));
    this.main = h("main", attrs({ "aria-label": view.name, tabindex: "-1" }));
    this.status = h("p.hidden", attrs({ role: "status" }), `${view.name}: waiting for the answer.`);
    this.main.append(h("h1", view.name), ...[70, 90, 55].map(width => h("div.wait", attrs({ style: `width:${width}%` }))));
    document.body.append(this.status, this.notices, this.main);
    host.begin(view.name);
  },

  /** Draws the result of the tool; keeps what is there when it is a failure. */
  show(result) {
    const data = result?.structuredContent;
    if (result?.isError) return this.fail(`${this.view.name} failed.`, told(result));
    if (!data || typeof data !== "object")
      return this.fail("The answer holds no data that this view knows.", told(result));
    this.data = data;
    this.redraw();
  },

  redraw() {
    if (!this.data) return;
    const focused = document.activeElement?.id;
    this.notices.replaceChildren();
    try {
      this.main.replaceChildren(...[this.view.draw(this.data)].flat(Infinity).filter(Boolean));
    } catch (error) {
      console.error(error);
      this.data = null;
      return this.fail(
        "The answer could not be shown.",
        "It has another form than this view knows; the text of the answer has it all.",
      );
    }
    this.view.drawn?.();
    if (focused) document.getElementById(focused)?.focus();
    this.status.textContent = `${this.view.name}: the answer is here.`;
  },

  /** Says what went wrong, above what there is; with nothing there, in its place. */
  fail(what, why) {
    this.say("bad", what, why, "alert");
    if (!this.data)
      this.main.replaceChildren(h("h1", this.view.name), h("p.soft.empty", "There is nothing to show."));
  },

  say(tone, what, why, role) {
    const close = button("Close", event => event.target.parentNode.remove());
    this.notices.replaceChildren(
      h(
        `div.notice.${tone}`,
        attrs({ role }),
        h("p", h("strong", what), why ? h("span", attrs({ style: "white-space:pre-line" }), ` ${why}`) : null),
        this.data ? close : null,
      ),
    );
  },

  /** Calls a tool for the person; `take` gets the data. What was there stays until it comes. */
  async ask(tool, input, take) {
    if (this.isBusy) return;
    this.busy(true);
    try {
      const result = await host.call(tool, input);
      const data = result?.structuredContent;
      if (result?.isError || !data) this.fail("The call failed.", told(result));
      else take(data);
    } catch (error) {
      this.fail("The client did not make the call.", error.message);
    } finally {
      this.busy(false);
    }
  },

  /** The view's own tool again, with other arguments. */
  again(changes) {
    const input = Object.fromEntries(
      Object.entries({ ...host.input, ...changes }).filter(([, value]) => value !== undefined),
    );
    return this.ask(this.view.tool, input, data => {
      host.input = input;
      this.data = data;
      this.view.forget?.();
      this.redraw();
      this.main.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    });
  },

  busy(isBusy) {
    this.isBusy = isBusy;
    document.body.setAttribute("aria-busy", isBusy);
    this.status.textContent = isBusy ? "Waiting for the answer." : "Done.";
  },
};

/** The text of a result, for people. */
function told(result) {
  return (result?.content ?? [])
    .map(block => (block?.type === "text" ? block.text : ""))
    .join("\n")
    .trim()
    .slice(0, 2000);
}
