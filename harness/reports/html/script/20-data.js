// The data of the page (made by viewer_data.py) with names for its places.

const STATE = 0, TEXT = 1, SCORES = 2, PASSAGES = 3, PROMPT = 4, JUDGED = 5, SPANS = 6, REMARKS = 7, CAUSE = 8;

/** Read the data block. */
const read = async () => model(await unpacked(byId("data")));

/** The data of a block, which is removed; a large one is unpacked first. */
async function unpacked(holder) {
  const text = holder.textContent;
  holder.remove();
  if (holder.type === "application/json") return JSON.parse(text);
  const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

function model({ head, rows, documents, texts }) {
  const examples = rows.map((row, place) => example(row, place, texts));
  return { ...head, texts, examples, documents: new Map(Object.entries(documents)), values: values(examples, head), right: rightness(examples, head), byId: new Map(examples.map((one) => [one.id, one])) };
}

function example([id, given, references, evidence, answerable, slice, facts, group, answers], place, texts) {
  const input = typeof given === "number" ? texts[given] : given.map(([role, content]) => `[${role}]\n${content}`).join("\n\n");
  return { id, place, input, references, evidence, answerable, slice, facts, group, answers, searched: null };
}

const numberOf = (score) => (Array.isArray(score) ? score[0] : score ?? null);

/** values[metric][arm]: one number per example, the mean over seeds; NaN for none. */
function values(examples, head) {
  return head.metrics.map((_, metric) =>
    head.arms.map((_, arm) => Float64Array.from(examples, (one) => mean(one.answers[arm], metric))));
}

/** right[arm]: one number per example, the share of its answers that the failure causes call right; NaN where no cause is known. */
function rightness(examples, head) {
  return head.arms.map((_, arm) => Float64Array.from(examples, (one) => {
    const known = one.answers[arm].map((answer) => answer[CAUSE]).filter(Boolean);
    return known.length ? known.filter((cause) => /^right/.test(cause)).length / known.length : NaN;
  }));
}

function mean(answers, metric) {
  let total = 0, count = 0;
  for (const answer of answers) {
    const value = numberOf(answer[SCORES][metric]);
    if (value !== null) { total += value; count += 1; }
  }
  return count ? total / count : NaN;
}

/** Everything of an example that a search looks at, made when it is first needed. */
function searched(one, data) {
  one.searched ??= [
    one.id, one.input, ...one.references, ...one.evidence, one.slice,
    ...one.answers.flatMap((answers) => answers.map((answer) => data.texts[answer[TEXT]])),
  ].join("\n").toLowerCase();
  return one.searched;
}
