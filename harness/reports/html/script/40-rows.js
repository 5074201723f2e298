// The list: only the rows in sight are elements, however many examples there are.

const HEAD_OF_ROW = 44, LINE = 20, MOST_LINES = 3, NARROW_INPUT = 74, NARROW_ARM = 26, AROUND = 6, NARROW_BELOW = 700;

class Rows {
  constructor(holder, data, open) {
    this.holder = holder;
    this.data = data;
    this.open = open;
    this.places = [];
    this.at = 0;
    this.head = el("div", { class: "head", role: "row", "aria-rowindex": 1 });
    this.body = el("div", { class: "body", role: "rowgroup" });
    holder.replaceChildren(el("div", { role: "rowgroup" }, this.head), this.body);
    this.lines = lines(data);
    holder.style.setProperty("--lines", this.lines);
    holder.addEventListener("scroll", () => this.soon());
    holder.addEventListener("keydown", (event) => this.key(event));
    holder.addEventListener("click", (event) => this.click(event));
    new ResizeObserver(() => this.layout()).observe(holder);
    addEventListener("beforeprint", () => this.print(true));
    addEventListener("afterprint", () => this.print(false));
    matchMedia("print").addEventListener("change", (event) => this.print(event.matches));
  }

  print(on) {
    if (on === this.printing) return;
    this.printing = on;
    if (on && this.wishes) this.paper = this.places.slice(0, this.wishes.paper);
    this.draw();
  }

  show(places, wishes) {
    this.places = places;
    this.wishes = wishes;
    this.paper = []; // what was printed, whose texts are loaded for the next print
    this.at = Math.min(this.at, Math.max(0, places.length - 1));
    byId("none").hidden = places.length > 0 || this.data.search?.done === false;
    this.holder.hidden = !places.length;
    byId("printed").textContent = this.printed();
    this.holder.setAttribute("aria-rowcount", places.length + 1);
    this.holder.setAttribute("aria-colcount", wishes.shown.length + 1);
    this.layout();
  }

  /** What paper holds, and how to have more of it. */
  printed() {
    const count = (number) => number.toLocaleString("en");
    const chosen = this.places.length, few = Math.min(this.wishes.paper, chosen), most = byId("paper").lastElementChild.value;
    const shown = `Printed here: ${count(few)} of ${count(chosen)} chosen examples (of ${count(this.data.examples.length)}), each text in its first ${CLIPPED} characters.`;
    const how = few === chosen ? "To print others" : `To print more, or others, open report.html in a browser, set “On paper” (up to ${count(Number(most))})`;
    const then = few === chosen ? "open report.html in a browser, search, filter or sort, and print again." : "or search, filter or sort; the first ones of the choice are printed.";
    return `${this.unloaded(few)}${shown} ${how}, ${then} An example that is open is printed alone, with what is unfolded in it.`;
  }

  /** A browser waits for no file when it prints: texts that are not here are named, and there at the next print. */
  unloaded(few) {
    if (!this.data.side) return "";
    const lacking = this.places.slice(0, few).filter((place) => this.data.clips.of(place) === null).length;
    return lacking ? `The texts of ${lacking.toLocaleString("en")} of these examples are not loaded yet: print again in a moment to have them. ` : "";
  }

  layout() {
    if (!this.wishes) return;
    const arms = this.wishes.shown.length;
    const narrow = this.holder.clientWidth < NARROW_BELOW;
    this.holder.classList.toggle("narrow", narrow);
    this.height = narrow ? NARROW_INPUT + NARROW_ARM * arms : HEAD_OF_ROW + LINE * this.lines;
    this.holder.style.setProperty("--columns", `minmax(230px, 1.3fr) repeat(${arms}, minmax(170px, 1fr))`);
    this.holder.style.setProperty("--least", narrow ? "0" : `${230 + 170 * arms}px`);
    this.body.style.setProperty("--height", `${this.height * this.places.length}px`);
    this.head.replaceChildren(...this.headings());
    this.draw();
  }

  /** Names of the arms with their means over the chosen examples. */
  headings() {
    const metric = this.data.metrics[this.wishes.metric];
    const first = el("div", { role: "columnheader" }, "example ", metric ? el("span", { class: "mean" }, visible(`mean ${metric.name}`)) : null);
    return [first, ...this.wishes.shown.map((arm) => el("div", { role: "columnheader" }, visible(this.data.arms[arm].name), " ",
      metric ? el("span", { class: "mean", title: `mean ${metric.name} of the chosen examples` }, shortNumber(meanOf(this.data, this.wishes.metric, arm, this.places))) : null))];
  }

  soon() {
    this.waiting ||= requestAnimationFrame(() => { this.waiting = 0; this.draw(); });
  }

  draw() {
    if (!this.wishes) return;
    if (this.printing) return this.paint(0, Math.min(this.wishes.paper, this.places.length));
    const first = Math.max(0, Math.floor(this.holder.scrollTop / this.height) - AROUND);
    const last = Math.ceil((this.holder.scrollTop + this.holder.clientHeight) / this.height) + AROUND;
    this.paint(first, Math.min(this.places.length, last));
  }

  paint(first, last) {
    const made = [];
    for (let at = first; at < last; at += 1) made.push(this.row(at));
    this.body.replaceChildren(...made);
    if (this.printing) byId("printed").textContent = this.printed();
    if (this.data.side) this.data.clips.fetch([...this.places.slice(first, last), ...this.paper], () => this.soon());
    const selected = this.places.length ? `row-${this.at}` : "";
    if (selected && byId(selected)) this.holder.setAttribute("aria-activedescendant", selected);
    else this.holder.removeAttribute("aria-activedescendant");
  }

  row(at) {
    const one = this.data.examples[this.places[at]], texts = this.data.clips.of(one.place) ?? { input: "…", answers: [] };
    const made = el("div", { class: "row", role: "row", id: `row-${at}`, "aria-rowindex": at + 2, "aria-selected": String(at === this.at) },
      el("div", { role: "gridcell" }, el("div", { class: "meta" }, visible(facts(one))), el("div", { class: "clip", dir: "auto" }, visible(texts.input))),
      this.wishes.shown.map((arm) => this.cell(one, arm, texts.answers[arm] ?? "…")));
    made.style.setProperty("--top", `${at * this.height}px`); // not top and height: print sets its own
    made.style.setProperty("--tall", `${this.height}px`);
    return made;
  }

  cell(one, arm, text) {
    const answers = one.answers[arm], [answer] = answers;
    const more = answers.length > 1 ? ` · first of ${answers.length} seeds, mean score` : "";
    const state = answer[STATE] === "answered" ? null : el("span", { class: "state" }, answer[STATE]);
    const cause = answer[CAUSE] && !state ? el("span", { class: "cause" }, answer[CAUSE]) : null;
    return el("div", { role: "gridcell" },
      el("span", { class: "name" }, visible(this.data.arms[arm].name)),
      el("div", { class: "meta" }, figure(this.data, this.wishes, arm, one.place), state, cause, more),
      el("div", { class: "clip", dir: "auto" }, visible(text)));
  }

  click(event) {
    const row = event.target.closest(".row");
    if (!row) return;
    this.select(Number(row.getAttribute("aria-rowindex")) - 2);
    this.open();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.holder.clientHeight / this.height) - 1);
    const steps = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in steps) this.select(this.at + steps[event.key]);
    else if (event.key === "Enter" || event.key === " ") this.open();
    else return;
    event.preventDefault();
  }

  select(at) {
    this.at = Math.max(0, Math.min(this.places.length - 1, at));
    const top = this.at * this.height, head = this.head.offsetHeight;
    const below = top + this.height + head - this.holder.clientHeight;
    if (top < this.holder.scrollTop) this.holder.scrollTop = top;
    else if (below > this.holder.scrollTop) this.holder.scrollTop = below;
    this.draw();
  }
}

/** The line above an input. */
function facts(one) {
  return [one.id, one.slice, one.answerable ? "" : "not answerable"].filter(Boolean).join(" · ");
}

/** The score of one arm: green or red where this metric tells right from wrong, else neutral. */
function figure(data, wishes, arm, place) {
  const metric = data.metrics[wishes.metric];
  if (!metric) return null;
  const value = data.values[wishes.metric][arm][place];
  if (Number.isNaN(value)) return el("span", { class: "figure", title: `${metric.name}: no value` }, "–");
  const decides = wishes.right !== null || metric.name === data.decides?.name;
  const right = decides ? isRight(data, wishes, arm, place) : null;
  const kind = right === null ? "" : right ? "high" : "low";
  return el("span", { class: `figure ${kind}`, title: metric.name }, shortNumber(value));
}

/** Lines that a row needs, so that short answers are close together: nine of ten texts fit. */
function lines(data) {
  const typical = data.side ? data.side.typical : typicalLength(data.examples.slice(0, 500));
  return Math.max(2, Math.min(MOST_LINES, Math.ceil(typical / 24)));
}

function typicalLength(examples) {
  const lengths = examples.map((one) =>
    Math.max(one.input.length, ...one.answers.map(([answer]) => one.texts[answer[TEXT]].length))).sort((a, b) => a - b);
  return lengths[Math.floor(0.9 * lengths.length)] ?? 0;
}
