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
    const began = performance.now(), state = this.state();
    if (this.waiting) cancelAnimationFrame(this.waiting);
    this.waiting = undefined;
    this.found = this.card.of(state);
    byId("decide").dataset.milliseconds = (performance.now() - began).toFixed(1);
    this.show(state);
  }

  show(state) {
    for (const field of this.fields("answers")) {
      const words = this.card.asked[field.name].reverse ? STOCK_WORDS : STEP_WORDS;
      field.setAttribute("aria-valuetext", words[field.value]);
      byId(`${field.id}-word`).textContent = `${field.value} ${words[field.value]}`;
    }
    byId("d-headline").textContent = headline(this.data, this.found);
    byId("d-words").replaceChildren(...sentences(this.data, state, this.found).map(([topic, text]) =>
      el("div", {}, el("dt", {}, topic), el("dd", {}, visible(text)))));
    byId("d-bars").replaceChildren(...rankBars(this.data, this.found));
    byId("d-arms").replaceChildren(...armTable(this.data, this.found));
    byId("d-criteria").replaceChildren(...criteriaTable(this.data, this.found));
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

function valueOf(field, otherwise) {
  if (field.value === "" && field.validity.valid) return field.required ? otherwise : null;
  return field.validity.valid ? Number(field.value) : otherwise;
}

/** One bar per arm that is not ruled out, best first: the share of each rank, with its text where there is room. */
function rankBars({ arms }, { allowed, ranks, first }) {
  const room = matchMedia("(max-width: 760px)").matches ? 0.3 : 0.14; // for a text, as a share of the bar
  const order = allowed.map((_, place) => place).sort((a, b) => first[allowed[b]] - first[allowed[a]]);
  return order.map((place) => {
    const parts = ranks[place].map((share, rank) => {
      const part = el("span", { class: `rank r${Math.min(rank, 3)}` }, share >= room ? `${rankName(rank)} ${percent(share)}` : "");
      part.style.width = `${100 * share}%`;
      return part;
    });
    const name = arms[allowed[place]], said = ranks[place].map((share, rank) => `${rankName(rank)} ${percent(share)}`).join(", ");
    return el("div", { class: "bar" }, el("span", { class: "arm" }, visible(name)),
      el("span", { class: "ranks", role: "img", "aria-label": `${name}: ${said}` }, parts), el("span", { class: "first" }, percent(ranks[place][0])));
  });
}

const cell = (value) => el("td", { class: "number" }, value === null || value === undefined ? "–" : value.toFixed(3));

const heads = (names) => el("thead", {}, el("tr", {}, names.map((name, at) => el("th", { scope: "col", class: at && !name.includes("would") ? "number" : null }, name))));

function armTable({ arms }, { allowed, ranks, first, scores, regret, kept }) {
  const names = ["arm", "probability of being best", ...allowed.slice(1).map((_, rank) => rankName(rank + 1)), "expected utility", "expected regret", "keeps the limits"];
  const rows = arms.map((name, arm) => {
    const place = allowed.indexOf(arm), own = place < 0 ? allowed.map(() => null) : ranks[place];
    return el("tr", {}, el("th", { scope: "row" }, visible(name)), cell(place < 0 ? null : first[arm]), own.slice(1).map(cell),
      cell(scores[arm]), cell(regret?.[arm] ?? null), cell(kept.all[arm]));
  });
  return [el("caption", { class: "hidden" }, "The arms"), heads(names), el("tbody", {}, rows)];
}

function criteriaTable({ arms, criteria }, { weights, expected }) {
  const rows = criteria.map((own, at) => el("tr", {}, el("th", { scope: "row" }, own.title), cell(weights[at]),
    arms.map((name, arm) => cell(own.draws[name] ? expected[at][arm] : null)), el("td", {}, own.wanted ?? "")));
  return [el("caption", { class: "hidden" }, "Weights and utilities"), heads(["criterion", "weight", ...arms, "would measure what is missing"]), el("tbody", {}, rows)];
}

/** The section, when its data can be read; null without one. */
async function decider() {
  const holder = byId("decide-data");
  if (!holder) return null;
  try {
    return new Decider(await unpacked(holder));
  } catch (error) {
    byId("d-headline").textContent = `The card cannot be computed (${error.message}); a browser of 2023 or later can.`;
    throw error;
  }
}
