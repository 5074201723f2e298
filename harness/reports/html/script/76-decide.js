// The section "Decide": controls to a state, a state to what is shown and to the address.

const STEP_WORDS = ["does not matter", "little", "some", "much", "decides"];

const STOCK_WORDS = ["none", "little", "some", "much", "as much as wanted"];

class Decider {
  constructor(data) {
    this.data = data;
    this.card = new Card(data);
    this.form = byId("d-controls");
    this.moved = () => {};
    this.fill(data.presets[0]);
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", (event) => {
      if (event.target.id === "d-preset") this.fill(this.preset);
      else this.later();
    });
    this.form.addEventListener("change", () => this.moved());
    byId("d-reset").addEventListener("click", () => { this.fill(this.preset); this.moved(); });
  }

  get preset() {
    return this.data.presets[Number(byId("d-preset").value)];
  }

  fields(kind) {
    return [...this.form.querySelectorAll(`[data-kind="${kind}"]`)];
  }

  /** Put what a preset says into the controls. */
  fill(preset) {
    byId("d-preset").value = String(this.data.presets.indexOf(preset));
    byId("d-says").textContent = `${preset.says}.`;
    for (const kind of ["answers", "limits", "use"]) for (const field of this.fields(kind)) field.value = preset[kind][field.name] ?? "";
    byId("d-leave").checked = !preset.documents_may_leave;
    this.update();
  }

  /** What the controls say; a field that holds no number counts as the preset has it. */
  state() {
    const { preset } = this, state = { ...preset, documents_may_leave: !byId("d-leave").checked };
    for (const kind of ["answers", "limits", "use"]) {
      state[kind] = { ...preset[kind] };
      for (const field of this.fields(kind)) state[kind][field.name] = valueOf(field, preset[kind][field.name] ?? null);
    }
    const answered = Object.keys(state.answers).some((name) => state.answers[name] !== preset.answers[name]);
    return { ...state, weights: answered ? {} : preset.weights };
  }

  /** Once before the next paint, however many events a drag sends. */
  later() {
    this.waiting ??= requestAnimationFrame(() => this.update());
  }

  update() {
    if (this.waiting) cancelAnimationFrame(this.waiting);
    this.waiting = undefined;
    this.wanted = this.state();
    for (const field of this.fields("answers")) {
      const words = this.card.asked[field.name].reverse ? STOCK_WORDS : STEP_WORDS;
      field.setAttribute("aria-valuetext", words[field.value]);
      byId(`${field.id}-word`).textContent = `${field.value} ${words[field.value]}`;
    }
    if (!this.running) this.follow();
  }

  /** Compute what was wanted last, until nothing new is wanted: a drag is followed, and never waits for its last point. */
  async follow() {
    this.running = true;
    byId("decide").setAttribute("aria-busy", "true");
    try {
      while (this.wanted) await this.next();
    } finally {
      this.running = false;
      byId("decide").setAttribute("aria-busy", "false");
    }
  }

  async next() {
    const state = this.wanted, found = (this.wanted = null, await worked(this.card.of(state)));
    await worked(this.shown(state, found));
    const more = found.chosen === null ? null : await worked(this.card.more(state, found), () => this.wanted === null);
    if (more || found.chosen === null) await worked(this.shownLater(state, found, more));
  }

  *shown(state, found) {
    yield;
    byId("d-headline").textContent = headline(this.data, found);
    byId("d-bars").replaceChildren(...rankBars(this.data, found));
    this.say(state, found, null);
    yield;
    byId("d-tradeoff").replaceChildren(...tradeoffPicture(this.data, found));
    yield;
    byId("d-criteria").replaceChildren(...criteriaTable(this.data, found));
  }

  *shownLater(state, found, more) {
    yield;
    this.say(state, found, more);
    byId("d-arms").replaceChildren(...armTable(this.data, found, more));
    yield;
    byId("d-takeovers").replaceChildren(...takeoverTable(this.data, more));
    yield;
    byId("d-central").replaceChildren(...centralTable(this.data, found, more));
  }

  /** All at once, without a pause: for a print, which waits for nothing. */
  finish() {
    if (!this.running && !this.waiting) return;
    const state = this.state(), found = drained(this.card.of(state));
    drained(this.shown(state, found));
    if (found.chosen !== null) drained(this.shownLater(state, found, drained(this.card.more(state, found))));
  }

  say(state, found, more) {
    byId("d-words").replaceChildren(...sentences(this.data, state, found, more).map(([topic, text]) =>
      el("div", {}, el("dt", {}, topic), el("dd", {}, visible(text)))));
  }

  /** What differs from the first preset, for the address. */
  kept() {
    const { preset } = this, found = [];
    if (preset !== this.data.presets[0]) found.push(["d.preset", preset.name]);
    const state = this.state();
    for (const kind of ["answers", "limits", "use"]) {
      for (const { name } of this.fields(kind)) {
        const value = state[kind][name];
        if (value !== (preset[kind][name] ?? null)) found.push([`d.${kind}.${name}`, value ?? "none"]);
      }
    }
    if (state.documents_may_leave !== preset.documents_may_leave) found.push(["d.leave", state.documents_may_leave ? 1 : 0]);
    return found;
  }

  /** Restore what an address keeps; whatever it does not name is as the preset has it. */
  restore(kept) {
    const preset = this.data.presets.find(({ name }) => name === kept.get("d.preset")) ?? this.data.presets[0];
    const wanted = JSON.stringify([...kept].filter(([key]) => key.startsWith("d.")));
    if (wanted === JSON.stringify(this.kept().map(([key, value]) => [key, String(value)]))) return;
    this.fill(preset);
    for (const kind of ["answers", "limits", "use"]) {
      for (const field of this.fields(kind)) {
        const value = kept.get(`d.${kind}.${field.name}`);
        if (value !== null) field.value = value === "none" ? "" : value;
      }
    }
    if (kept.has("d.leave")) byId("d-leave").checked = kept.get("d.leave") === "0";
    this.update();
  }
}

const SLICE = 8; // milliseconds of work before the page may answer

/** The result of a generator, worked off at once. */
function drained(steps) {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The result of a generator, worked off in slices, each a task of its own; null where it is no longer wanted. */
async function worked(steps, wanted = () => true) {
  for (;;) {
    await new Promise((done) => { setTimeout(done); });
    if (!wanted()) return null;
    const began = performance.now();
    let step = steps.next();
    while (!step.done && performance.now() - began < SLICE) step = steps.next();
    if (step.done) return step.value;
  }
}

function valueOf(field, otherwise) {
  if (field.value === "" && field.validity.valid) return field.required ? otherwise : null;
  return field.validity.valid ? Number(field.value) : otherwise;
}

/** The section, when its data can be read; null without one. */
async function decider() {
  const holder = byId("decide-data");
  if (!holder) return null;
  try {
    const made = new Decider(await unpacked(holder));
    addEventListener("beforeprint", () => made.finish());
    return made;
  } catch (error) {
    byId("d-headline").textContent = `The card cannot be computed (${error.message}); a browser of 2023 or later can.`;
    throw error;
  }
}
