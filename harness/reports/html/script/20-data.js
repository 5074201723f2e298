// The data of the page (made by viewer_data.py) with names for its places.

const STATE = 0, TEXT = 1, SCORES = 2, PASSAGES = 3, PROMPT = 4, JUDGED = 5, SPANS = 6, REMARKS = 7, CAUSE = 8;

/** Read the data block. */
const read = async () => model(await unpacked(byId("data")));

/** The data of a block, which is removed; a large one is unpacked first. */
async function unpacked(holder) {
  const text = holder.textContent;
  holder.remove();
  if (holder.type === "application/json") return JSON.parse(text);
  return inflated(text);
}

/** The data of a text in gzip and base64. */
async function inflated(text) {
  const binary = atob(text), packed = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) packed[at] = binary.charCodeAt(at);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

/** `side`: the files of a large comparison, whose examples are without texts until their file is loaded. */
function model({ head, rows, documents, texts, side }) {
  const known = new Map(Object.entries(documents ?? {}));
  const examples = rows.map((row, place) => (side ? withoutTexts(row, place, side) : example(row, place, texts, known)));
  const data = { ...head, examples, values: values(examples, head), right: rightness(examples, head), byId: new Map(examples.map((one) => [one.id, one])) };
  data.side = side ? new SideFiles(side) : null;
  data.whole = (place) => (side ? data.side.at(place) : examples[place]);
  data.clips = new Clips(data);
  return data;
}

/** An example with its texts, to which the numbers in its answers point. */
function example([id, given, references, evidence, answerable, slice, facts, group, answers], place, texts, documents) {
  const input = typeof given === "number" ? texts[given] : given.map(([role, content]) => `[${role}]\n${content}`).join("\n\n");
  return { id, place, input, references, evidence, answerable, slice, facts, group, answers, texts, documents, searched: null };
}

/** An example without texts: what is known of its answers is at the same places. */
function withoutTexts([id, answerable, slice, group, arms], place, { states, causes }) {
  const answers = arms.map((own) => own.map(([state, scores, cause]) => {
    const answer = new Array(CAUSE + 1).fill(null);
    [answer[STATE], answer[SCORES], answer[CAUSE]] = [states[state], scores, causes[cause]];
    return answer;
  }));
  return { id, place, answerable, slice, group, answers };
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
function searched(one) {
  one.searched ??= [
    one.id, one.input, ...one.references, ...one.evidence, one.slice,
    ...one.answers.flatMap((answers) => answers.map((answer) => one.texts[answer[TEXT]])),
  ].join("\n").toLowerCase();
  return one.searched;
}
