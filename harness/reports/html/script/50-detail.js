// One example with everything that is known about it, in a dialog.

class Detail {
  constructor(dialog, data, step, closed) {
    Object.assign(this, { dialog, data, step });
    dialog.addEventListener("close", closed);
    dialog.addEventListener("keydown", (event) => this.key(event));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }

  /** @param one with its texts. */
  show(one, wishes, where) {
    this.one = one;
    this.wishes = wishes;
    this.fill(one, where, question(this.data, one), el("div", { class: "cards" }, wishes.shown.map((arm) => card(this.data, one, arm))));
  }

  /** Show why there is nothing to show. */
  fail(one, where, problem) {
    this.one = null;
    this.fill(one, where, el("p", { class: "state" }, visible(problem)));
  }

  fill(one, where, ...inside) {
    this.id = one.id;
    const button = (label, text, act) => el("button", { type: "button", "aria-label": label, onclick: act }, text);
    this.said = el("span", { role: "status" });
    this.dialog.replaceChildren(el("div", { class: "sheet" },
      el("header", {},
        el("h2", { id: "detail-title", tabindex: "-1" }, visible(one.id), el("span", { class: "legend" }, `  ${where}`)),
        this.said,
        button("Previous example", "←", () => this.step(-1)),
        button("Next example", "→", () => this.step(1)),
        this.one ? button("Copy as Markdown", "Copy", () => this.copyExample()) : null,
        button("Copy a link to this example", "Link", () => this.copy(location.href, "Link copied")),
        button("Close", "Close", () => this.dialog.close())),
      el("div", { class: "inside", tabindex: "0", role: "region", "aria-label": "Example" }, inside)));
    if (!this.dialog.open) this.dialog.showModal();
    byId("detail-title").focus({ preventScroll: true });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowRight: 1, n: 1, j: 1, ArrowLeft: -1, p: -1, k: -1 };
    if (event.key in steps) this.step(steps[event.key]);
    else if (event.key === "c" && this.one) this.copyExample();
    else return;
    event.preventDefault();
  }

  copyExample() {
    return this.copy(markdown(this.data, this.one, this.wishes), "Copied as Markdown");
  }

  async copy(text, said) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const field = el("textarea", { "aria-hidden": "true" });
      field.value = text;
      this.dialog.append(field);
      field.select();
      document.execCommand("copy"); // the only way where a page from disk may not use the clipboard
      field.remove();
    }
    this.said.textContent = said;
  }
}

function question(data, one) {
  const known = one.evidence.filter((id) => id !== "@input");
  return el("div", { class: "question" },
    el("div", {}, el("h4", {}, "Input"), one.evidence.includes("@input") ? marked(one.input, quotesOf(one.answers.flat()), []) : block(one.input)),
    el("div", {},
      el("h4", {}, one.answerable ? "References" : "Not answerable: the right answer is to say so"),
      one.references.map((text) => block(text)),
      one.facts.length ? [el("h4", {}, "Required facts"), block(one.facts.join(" · "))] : null,
      known.length ? [el("h4", {}, "Evidence"), known.map((id) => evidence(data, one, id))] : null,
      one.slice || one.group ? [el("h4", {}, "Kind"), block([one.slice, one.group && `group ${one.group}`].filter(Boolean).join(" · "))] : null));
}

const SHORT_EVIDENCE = 1500; // characters of a gold document that is shown unfolded

/** A gold document as the records keep it; where they do not, the pieces of it that some arm retrieved. */
function evidence(data, one, id) {
  const pieces = new Map();
  for (const answers of one.answers) for (const answer of answers) for (const [source, , text, , start] of answer[PASSAGES])
    if (source === id) pieces.set(start, one.texts[text]);
  const [title, number] = one.documents.get(id) ?? ["", null];
  const seen = [...pieces.keys()].sort((a, b) => a - b).map((start) => pieces.get(start)).join(" … ");
  const text = number === null ? seen : one.texts[number];
  const head = [visible(title || id), title ? [" · ", visible(id)] : null, pieces.size ? null : " (no arm retrieved it)"];
  if (!text) return el("div", { class: "meta" }, head);
  return el("details", { class: "evidence", open: text.length <= SHORT_EVIDENCE },
    el("summary", {}, el("span", { class: "meta" }, head)), marked(text, [], knownFacts(one)));
}

/** What a right answer says: marked where it occurs in a text. */
const knownFacts = (one) => [...one.facts, ...one.references].filter((fact) => fact.length > 1);

function card(data, one, arm) {
  const { name, seeds } = data.arms[arm];
  const parts = one.answers[arm].map((answer, place) => [
    seeds.length > 1 ? el("h4", {}, `seed ${seeds[place]}`) : null, answerOf(data, one, answer)]);
  return el("article", { class: `card s${(arm % 8) + 1}`, "aria-label": name }, el("h3", {}, el("span", {}, visible(name))), parts);
}

function answerOf(data, one, answer) {
  const text = one.texts[answer[TEXT]];
  const states = [answer[STATE] === "answered" ? "" : answer[STATE], answer[CAUSE]].filter(Boolean).join(": ");
  const kind = answer[CAUSE].startsWith("right") ? "right" : "state";
  return [
    states ? el("p", { class: kind }, states) : null,
    text ? claimed(text, answer[JUDGED]) : el("p", { class: "legend" }, "no text"),
    scores(data, answer),
    answer[JUDGED].map(([source, claims, why]) => verdicts(text, source, claims, why)),
    passages(data, one, answer),
    timings(answer),
    prompt(one, answer),
    answer[REMARKS].map((remark) => el("p", { class: "legend text" }, visible(remark))),
  ];
}

const VERDICTS = { "+": "supported", "-": "unsupported", "?": "question" };

/** The answer with its claims underlined as the judge saw them against the first evidence source. */
function claimed(text, judged) {
  const claims = judged.length && text.length <= LONGEST ? judged[0][1] : [];
  if (!claims.length) return block(text, "text answer");
  const made = el("div", { class: "text answer", dir: "auto" });
  const characters = [...text]; // offsets count code points
  let done = 0;
  for (const [start, end, mark] of [...claims].sort((one, other) => one[0] - other[0])) {
    if (start < done) continue;
    made.append(...visible(characters.slice(done, start).join("")),
      el("span", { class: `claim ${VERDICTS[mark]}` }, visible(characters.slice(start, end).join(""))));
    done = end;
  }
  made.append(...visible(characters.slice(done).join("")));
  return made;
}

function scores(data, answer) {
  const lines = data.metrics.map((metric, place) => {
    const score = answer[SCORES][place];
    const [value, reason = "", note = "", details = {}] = Array.isArray(score) ? score : [score ?? null];
    const parts = Object.entries(details).map(([name, part]) => `${name} ${shortNumber(part)}`).join(", ");
    const why = [reason, note, parts].filter(Boolean).map((text) => text.replaceAll("_", " ")).join(": ");
    return el("tr", {}, el("th", { scope: "row" }, visible(metric.name), why ? el("span", { class: "why" }, visible(why)) : null),
      el("td", { class: "number" }, shortNumber(value)));
  });
  return lines.length ? el("details", { open: !matchMedia("(max-width: 760px)").matches }, el("summary", {}, "Scores"), el("table", {}, el("tbody", {}, lines))) : null;
}

function verdicts(text, source, claims, why) {
  const characters = [...text];
  const items = claims.map(([start, end, mark, support, source = "", quote = "", own = "", note = ""]) => el("li", {},
    el("span", { class: `verdict ${VERDICTS[mark]}` }, `${VERDICTS[mark]} (${shortNumber(support)}) `),
    visible(own || characters.slice(start, end).join("")),
    quote ? el("span", { class: "quote", dir: "auto" }, visible(quote), source ? [" — ", visible(source)] : null) : null,
    note ? el("span", { class: "legend" }, visible(note)) : null));
  const held = claims.filter((claim) => claim[2] === "+").length;
  return el("details", {}, el("summary", {}, visible(`Judged against the ${source}: ${held} of ${claims.length} supported`)),
    why ? el("p", { class: "legend" }, visible(why)) : null, el("ul", { class: "claims" }, items));
}

function passages(data, one, answer) {
  if (!answer[PASSAGES].length) return null;
  const quotes = quotesOf([answer]);
  const items = answer[PASSAGES].map(([source, title, number, score], place) => {
    const gold = one.evidence.includes(source);
    return el("div", { class: gold ? "passage gold" : "passage" },
      el("div", { class: "meta" }, `[${place + 1}] `, visible(title || source), title ? [" · ", visible(source)] : null,
        ` · score ${score}`, gold ? " · gold evidence" : ""),
      marked(one.texts[number], quotes, knownFacts(one), title));
  });
  const gold = answer[PASSAGES].filter(([source]) => one.evidence.includes(source)).length;
  const how = one.evidence.length && one.evidence[0] !== "@input" ? `, ${gold} gold` : "";
  return el("details", {}, el("summary", {}, `Passages in the prompt: ${items.length}${how}`), items);
}

const quotesOf = (answers) => answers.flatMap((answer) => answer[JUDGED].flatMap(([, claims]) => claims.map((claim) => claim[5]).filter(Boolean)));

/** A quote as it may occur in a text: the judge reads "title, newline, text", and a quote may begin in the title. */
function spansOf(quote, text, title) {
  if (text.includes(quote)) return [quote];
  const bare = title && quote.startsWith(`${title}\n`) ? quote.slice(title.length + 1).trim() : quote;
  if (text.includes(bare)) return [bare];
  return bare.split("\n").map((line) => line.trim()).filter((line) => line.length > 1 && line !== title);
}

/** A passage with what the judge quoted from it, and with the facts of the references. */
function marked(text, quotes, facts, title = "") {
  if (text.length > LONGEST) return block(text);
  const parts = quotes.flatMap((quote) => spansOf(quote, text, title)).filter(Boolean);
  const spans = [...found(text, parts, "quote"), ...found(text, facts, "fact")].sort((one, other) => one.start - other.start || other.end - one.end);
  const made = el("div", { class: "text", dir: "auto" });
  let done = 0;
  for (const { start, end, kind } of spans) {
    if (start < done) continue;
    made.append(...visible(text.slice(done, start)), el("mark", { class: kind }, visible(text.slice(start, end))));
    done = end;
  }
  made.append(...visible(text.slice(done)));
  return made;
}

function* found(text, parts, kind) {
  const low = text.toLowerCase();
  if (low.length !== text.length) return; // a letter that changes its length: offsets would be wrong
  for (const part of new Set(parts.map((one) => one.toLowerCase()))) {
    const start = low.indexOf(part);
    if (start >= 0) yield { start, end: start + part.length, kind };
  }
}

function timings(answer) {
  if (!answer[SPANS].length) return null;
  const lines = answer[SPANS].map(([stage, seconds, batch, read, written]) => el("tr", {},
    el("th", { scope: "row" }, visible(stage)), el("td", {}, `${(1000 * seconds / batch).toPrecision(3)} ms`,
      [batch > 1 ? `of ${(1000 * seconds).toPrecision(3)} ms for ${batch}` : "", read || written ? `${read} in, ${written} out` : ""]
        .filter(Boolean).map((reason) => el("span", { class: "why" }, reason)))));
  return el("details", {}, el("summary", {}, "Timings and tokens"), el("table", { class: "timings" }, el("tbody", {}, lines)));
}

function prompt(one, answer) {
  const text = answer[PROMPT].map((piece) => one.texts[piece]).join("");
  return text ? el("details", {}, el("summary", {}, "Exact prompt"), block(text, "text legend")) : null;
}
