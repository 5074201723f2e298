// The chosen examples as a file for a spreadsheet: one line each, with the answers and scores of the arms that are shown.

/** A field that no spreadsheet runs as a formula. */
function field(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}

/** @param told called with the number of examples that are done, while the files of a large comparison are read. */
async function csv(data, places, wishes, told) {
  const own = wishes.shown.flatMap((arm) => data.arms[arm].seeds.map((seed, place) => ({ arm, place, name: data.arms[arm].seeds.length > 1 ? `${data.arms[arm].name}, seed ${seed}` : data.arms[arm].name })));
  const heads = own.flatMap(({ name }) => ["answer", "outcome", "cause", ...data.metrics.map((metric) => metric.name)].map((what) => `${name}: ${what}`));
  const row = (cells) => cells.map(field).join(",");
  const line = (one) => row([one.id, one.slice, one.answerable, one.input, one.references?.join("\n"), ...own.flatMap(({ arm, place }) => {
    const answer = one.answers[arm][place];
    return [one.texts?.[answer[TEXT]], answer[STATE], answer[CAUSE], ...data.metrics.map((_, metric) => numberOf(answer[SCORES][metric]))];
  })]);
  const lines = data.side ? await linesOfFiles(data, places, line, told) : places.map((place) => line(data.examples[place]));
  return [row(["id", "slice", "answerable", "input", "references", ...heads]), ...lines].join("\r\n") + "\r\n";
}

/** A line per place, made file by file; without texts where a file cannot be read. */
async function linesOfFiles({ examples, side }, places, line, told) {
  const wanted = new Map(), made = new Map();
  for (const place of places) {
    const number = side.numberOf(place);
    if (wanted.has(number)) wanted.get(number).push(place);
    else wanted.set(number, [place]);
  }
  for (const [number, own] of wanted) {
    const whole = await side.once(number);
    for (const place of own) made.set(place, line(whole[place % side.rows] ?? examples[place]));
    told(made.size);
  }
  return places.map((place) => made.get(place));
}

/** Hand a text to the browser as a file; nothing leaves the machine. */
function save(text, name) {
  const address = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
