// The chosen examples as a file for a spreadsheet: one line each, with the answers and scores of the arms that are shown.

/** A field that no spreadsheet runs as a formula. */
function field(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}

function csv(data, places, wishes) {
  const own = wishes.shown.flatMap((arm) => data.arms[arm].seeds.map((seed, place) => ({ arm, place, name: data.arms[arm].seeds.length > 1 ? `${data.arms[arm].name}, seed ${seed}` : data.arms[arm].name })));
  const heads = own.flatMap(({ name }) => ["answer", "outcome", "cause", ...data.metrics.map((metric) => metric.name)].map((what) => `${name}: ${what}`));
  const lines = [["id", "slice", "answerable", "input", "references", ...heads]];
  for (const number of places) {
    const one = data.examples[number];
    const cells = own.flatMap(({ arm, place }) => {
      const answer = one.answers[arm][place];
      return [data.texts[answer[TEXT]], answer[STATE], answer[CAUSE], ...data.metrics.map((_, metric) => numberOf(answer[SCORES][metric]))];
    });
    lines.push([one.id, one.slice, one.answerable, one.input, one.references.join("\n"), ...cells]);
  }
  return lines.map((line) => line.map(field).join(",")).join("\r\n") + "\r\n";
}

/** Hand a text to the browser as a file; nothing leaves the machine. */
function save(text, name) {
  const address = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
