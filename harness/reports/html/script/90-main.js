// Controls, keyboard, address and theme.

const FIELDS = ["q", "metric", "sort", "order", "a", "b", "flips", "right", "of", "low", "high", "state", "cause", "slice", "answerable", "paper"];

const SECTION = /^#[a-z-]+$/;

function wished() {
  const text = (id) => byId(id)?.value ?? "";
  const number = (id) => (text(id).trim() === "" || Number.isNaN(Number(text(id))) ? null : Number(text(id)));
  return {
    q: text("q").trim(), metric: Number(text("metric") || 0), sort: text("sort"), order: text("order"),
    a: Number(text("a")), b: Number(text("b")), flips: text("flips"), right: number("right"), of: text("of"),
    low: number("low"), high: number("high"), state: text("state"), cause: text("cause"), slice: text("slice"),
    answerable: text("answerable"), paper: Number(text("paper")), shown: shownArms(),
  };
}

function shownArms() {
  const boxes = [...document.getElementsByName("shown")];
  const checked = boxes.filter((box) => box.checked);
  return (checked.length ? checked : boxes).map((box) => Number(box.value));
}

class Viewer {
  /** @param decider the section "Decide", whose state the address keeps, too; null without one. */
  constructor(data, decider) {
    this.data = data;
    this.decider = decider;
    if (decider) decider.moved = () => this.decided();
    this.defaults = Object.fromEntries(FIELDS.filter(byId).map((id) => [id, byId(id).value]));
    data.search = data.side ? new Search(data.side, data.examples.length, () => this.list()) : null;
    this.rows = new Rows(byId("rows"), data, () => this.open(this.rows.places[this.rows.at]));
    this.detail = new Detail(byId("detail"), data, (by) => this.step(by), () => this.closed());
    byId("controls").addEventListener("input", () => { this.missing = ""; this.update(); });
    byId("controls").addEventListener("submit", (event) => event.preventDefault());
    byId("reset").addEventListener("click", () => this.reset());
    byId("save").addEventListener("click", () => this.save());
    byId("help-button").addEventListener("click", () => help());
    addEventListener("hashchange", () => this.moved());
    document.addEventListener("keydown", (event) => this.key(event));
    this.restore();
    this.follow();
  }

  update() {
    this.wishes = wished();
    this.data.search?.begin(wordsOf(this.wishes.q));
    this.list();
    this.remember(this.opened);
  }

  /** Show what is chosen; of a search in a large comparison, what it has found so far. */
  list() {
    const began = performance.now();
    const places = chosen(this.data, this.wishes);
    this.rows.show(places, this.wishes);
    byId("count").replaceChildren(...visible(this.summary(places)));
    byId("rows").dataset.milliseconds = (performance.now() - began).toFixed(1);
  }

  summary(places) {
    const all = this.data.examples.length;
    const count = places.length === all ? `${all.toLocaleString("en")} examples` : `${places.length.toLocaleString("en")} of ${all.toLocaleString("en")} examples`;
    return [count, ...this.compared(places), this.missing ? `no example “${this.missing}” in this report` : "", this.data.search?.said(), this.data.side?.said()].filter(Boolean).join(" · ");
  }

  /** Flips between two arms, or why there are none; and why a sorting by their difference does nothing. */
  compared(places) {
    if (!this.data.metrics.length || this.wishes.a === this.wishes.b) return this.wishes.sort === "difference" ? ["A and B are the same arm: nothing to sort by"] : [];
    const metric = this.data.metrics[this.wishes.metric].name;
    const [from, to] = [this.data.arms[this.wishes.a].name, this.data.arms[this.wishes.b].name];
    const unsorted = this.wishes.sort === "difference" && !comparable(this.data, this.wishes) ? `not sorted: ${metric} has no value for both ${from} and ${to}` : "";
    const by = decidedBy(this.data, this.wishes);
    if (!by) {
      const why = this.wishes.right === null ? "no metric here tells right from wrong (“Right from” sets a limit)" : `${metric} has no better side`;
      return [`no flips: ${why}`, unsorted];
    }
    if (!this.data.examples.some(({ place }) => flip(this.data, this.wishes, place) !== null)) {
      return [`no flips: no example has a value ${by} for both ${from} and ${to}`, unsorted];
    }
    const flips = { won: 0, lost: 0 };
    for (const place of places) {
      const found = flip(this.data, this.wishes, place);
      if (found) flips[found] += 1;
    }
    return [`from ${from} to ${to}: ${flips.won} won, ${flips.lost} lost (right ${by})`, unsorted];
  }

  open(place) {
    const one = this.data.examples[place];
    if (!one) return;
    this.opened = one.id;
    this.remember(one.id);
    const at = this.rows.places.indexOf(place);
    const where = at < 0 ? "not among the chosen ones" : `${at + 1} of ${this.rows.places.length}`;
    const whole = this.data.whole(place);
    if (whole) this.detail.show(whole, this.wishes, where);
    else this.openLater(one, where);
  }

  /** Open an example when its file is loaded, unless another one was opened or closed meanwhile. */
  async openLater(one, where) {
    const side = this.data.side, number = side.numberOf(one.place), before = side.problem(one.place);
    side.again(number);
    await side.load(number);
    if (before && !side.problem(one.place)) this.list(); // its rows have texts now
    if (this.opened !== one.id) return;
    const whole = this.data.whole(one.place);
    if (whole) this.detail.show(whole, this.wishes, where);
    else this.detail.fail(one, where, side.problem(one.place));
  }

  /** Hand the chosen examples to the browser as a file. */
  async save() {
    const button = byId("save"), label = button.textContent, total = this.rows.places.length;
    button.disabled = true;
    this.data.side?.again();
    try {
      const text = await csv(this.data, this.rows.places, this.wishes, (done) => {
        button.textContent = `Reading ${done.toLocaleString("en")} of ${total.toLocaleString("en")}`;
      });
      save(text, "examples.csv");
    } finally {
      Object.assign(button, { disabled: false, textContent: label });
      this.list(); // says which files could not be read
    }
  }

  step(by) {
    if (!this.rows.places.length) return;
    this.rows.select(this.rows.at + by);
    this.open(this.rows.places[this.rows.at]);
  }

  closed() {
    this.opened = "";
    this.remember("");
    byId("rows").focus({ preventScroll: true });
  }

  reset() {
    this.missing = "";
    this.clear();
    this.update();
  }

  clear() {
    for (const [id, value] of Object.entries(this.defaults)) byId(id).value = value;
    for (const box of document.getElementsByName("shown")) box.checked = true;
  }

  /** Keep what is chosen in the address, so that a link shows the same. */
  remember(id) {
    const kept = new URLSearchParams();
    if (id) kept.set("example", id);
    for (const field of FIELDS) if (byId(field) && byId(field).value !== this.defaults[field]) kept.set(field, byId(field).value);
    const all = document.getElementsByName("shown").length;
    if (this.wishes.shown.length < all) kept.set("arms", this.wishes.shown.join("."));
    for (const [key, value] of this.decider?.kept() ?? []) kept.set(key, value);
    if (this.section && kept.toString()) kept.set("at", this.section);
    const text = kept.toString() || this.section;
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  }

  /** Another decision is another entry of the history: going back restores the one before. */
  decided() {
    history.pushState(null, "", location.href);
    this.remember(this.opened);
  }

  /** The address was changed by hand, by a link to a section, or by going back. */
  moved() {
    if (SECTION.test(location.hash)) {
      this.section = location.hash.slice(1);
      this.remember(this.opened);
      return;
    }
    this.restore();
    this.follow();
  }

  restore() {
    const kept = new URLSearchParams(SECTION.test(location.hash) ? "" : location.hash.slice(1));
    this.section = kept.get("at") ?? (SECTION.test(location.hash) ? location.hash.slice(1) : "");
    this.clear();
    this.decider?.restore(kept);
    for (const field of FIELDS) if (kept.has(field) && byId(field)) set(byId(field), kept.get(field));
    if (kept.has("arms")) {
      const arms = kept.get("arms").split(".");
      for (const box of document.getElementsByName("shown")) box.checked = arms.includes(box.value);
    }
    const wanted = kept.get("example") ?? "";
    this.opened = this.data.byId.has(wanted) ? wanted : "";
    this.missing = this.opened ? "" : wanted;
    this.update();
    if (kept.has("at") && /^[a-z-]+$/.test(this.section)) byId(this.section)?.scrollIntoView();
    if (this.missing) byId("controls").scrollIntoView();
  }

  /** Open the example that the address names; close one that it does not name. */
  follow() {
    const one = this.data.byId.get(this.opened);
    if (!one) {
      if (this.detail.dialog.open) this.detail.dialog.close();
      return;
    }
    if (this.detail.dialog.open && this.detail.id === one.id) return;
    const at = this.rows.places.indexOf(one.place);
    if (at >= 0) this.rows.select(at);
    this.open(one.place);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || this.detail.dialog.open) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
      if (event.key === "Escape") byId("rows").focus();
      return;
    }
    if (event.key === "/") byId("q").focus();
    else if (event.key === "?") help();
    else if (event.target === document.body && ["j", "k"].includes(event.key)) byId("rows").focus();
    else return;
    event.preventDefault();
  }
}

/** A choice that is not offered is left as it is. */
function set(field, value) {
  const before = field.value;
  field.value = value;
  if (field.tagName === "SELECT" && field.selectedIndex < 0) field.value = before;
}

const KEYS = [
  ["↑ ↓ or k j", "move between examples"], ["Page Up, Page Down, Home, End", "move further"], ["Enter", "open the example"],
  ["← → or p n", "previous or next, when one is open"], ["c", "copy the open example as Markdown"], ["Esc", "close"],
  ["/", "search"], ["?", "this help"],
];

function help() {
  const sheet = el("dialog", { class: "help", "aria-label": "Keyboard" });
  const lines = KEYS.map(([keys, what]) => el("tr", {}, el("th", { scope: "row" }, keys), el("td", {}, what)));
  const close = el("button", { type: "button", onclick: () => sheet.close() }, "Close");
  sheet.append(el("div", { class: "sheet" }, el("header", {}, el("h2", {}, "Keyboard"), close),
    el("div", { class: "inside" }, el("table", {}, el("tbody", {}, lines)))));
  sheet.addEventListener("close", () => sheet.remove());
  document.body.append(sheet);
  sheet.showModal();
}

const THEME = "cutlery-theme";

/** What the browser keeps between visits; a page from disk may not be allowed to. */
function stored(value) {
  try {
    if (value) localStorage.setItem(THEME, value);
    return localStorage.getItem(THEME);
  } catch {
    return null;
  }
}

function theme() {
  const button = byId("theme"), root = document.documentElement, before = stored();
  if (before === "dark" || before === "light") root.dataset.theme = before;
  const dark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const name = () => { button.textContent = dark() ? "Light" : "Dark"; };
  button.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; stored(root.dataset.theme); name(); });
  name();
}

/** On paper nothing unfolds: short tables and the numbers of pictures are printed open. */
const unfolded = new Set();
addEventListener("beforeprint", () => document.querySelectorAll("main details:is(.section, .reading, .environment), .picture details").forEach((one) => {
  if (!one.open) unfolded.add(one);
  one.open = true;
}));
addEventListener("afterprint", () => { for (const one of unfolded) one.open = false; unfolded.clear(); });
theme();
if (matchMedia("(max-width: 760px)").matches) byId("more-controls").open = false;
/**
 * After the first paint: a page with much data is readable before its examples are. A page that nobody sees yet (another
 * tab, a print, a picture taken without a screen) is not painted: it starts a moment after it was loaded.
 */
function once(start) {
  let begun = false;
  const begin = () => {
    if (!begun) setTimeout(start);
    begun = true;
  };
  requestAnimationFrame(begin);
  addEventListener("load", () => setTimeout(begin, UNPAINTED));
  addEventListener("beforeprint", begin);
}

const UNPAINTED = 100; // milliseconds after loading

once(async () => {
  const decides = decider();
  try {
    new Viewer(await read(), await decides.catch(() => null));
  } catch (error) {
    byId("count").textContent = `The examples cannot be read (${error.message}); a browser of 2023 or later can.`;
    throw error;
  }
});
