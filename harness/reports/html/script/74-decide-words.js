// The card in sentences: those of harness/studies/decision/words.py, shortened.

const RANKS = ["1st", "2nd", "3rd"];

const rankName = (rank) => RANKS[rank] ?? `${rank + 1}th`;

/** A probability in whole percent; what is neither sure nor impossible is not called so. */
function percent(share) {
  if (share > 0 && share < 0.005) return "under 1 %";
  return share >= 0.995 && share < 1 ? "over 99 %" : `${Math.round(100 * share)} %`;
}

/** A number to three digits: 1,003 and .0046. */
function amount(value) {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en");
  return String(Number(value.toPrecision(3))).replace(/^(-?)0\./, "$1.");
}

const listed = (names) => (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`);

/** The recommendation, in one sentence. */
function headline({ arms }, { chosen, first, allowed }) {
  if (chosen === null) return "No arm can be recommended: none keeps the limits.";
  if (allowed.length === 1) return `Use ${arms[chosen]}: no other arm keeps the limits.`;
  return `Use ${arms[chosen]}: the best arm with a probability of ${percent(first[chosen])}.`;
}

/** Everything else, a topic and a text each. */
function sentences(data, state, found) {
  const lines = [["Runner-up", runnerUp(data, found)], ["Ruled out", ruledOut(data, state, found)], ["Limit not checked", unchecked(data, found)]];
  if (found.second !== null) lines.push(["What would change it", changed(data, state, found)], ["Not measured", unmeasured(data, found)], ["If it is wrong", wrong(data, found)]);
  return lines.filter(([, text]) => text);
}

function runnerUp({ arms }, { chosen, second, first, scores }) {
  if (second === null) return "";
  const text = `${arms[second]}, the best arm with a probability of ${percent(first[second])}; expected utility ${amount(scores[second])} of 1, of ${arms[chosen]} ${amount(scores[chosen])}.`;
  return first[second] > first[chosen] ? `${text} ${arms[second]} is best more often, and by less.` : text;
}

function limitText({ title, best, worst, unit }, limit) {
  return `${title} of at ${best > worst ? "least" : "most"} ${limit.toLocaleString("en")} ${unit}`;
}

function ruledOut(data, state, { kept }) {
  const out = data.arms.map((arm, place) => [arm, kept.broken[place], kept.all[place]]).filter(([, , all]) => all < state.least_probability);
  const why = (broken) => (typeof broken === "string" ? `documents must stay in the index, and ${broken}`
    : broken.map(({ at, limit, share }) => `it keeps ${limitText(data.criteria[at], limit)} with a probability of ${percent(share)}`).join(" and "));
  return out.length ? `${out.map(([arm, broken]) => `${arm}, as ${why(broken)}`).join("; ")}.` : "";
}

function unchecked(data, { kept }) {
  return kept.unchecked.map(([at, arms]) => `${data.criteria[at].title} of ${listed(arms)}: ${data.criteria[at].wanted}.`).join(" ");
}

const NEAREST = 3; // answers that are said

function changed(data, state, { changes }) {
  if (Object.keys(state.weights).length) return "This preset gives weights in place of answers. Move an answer to use the answers.";
  if (!changes.length) return "No other answer to a single question.";
  const text = ({ name, now, answer, arm }) => `${data.arms[arm]} with “${{ ...data.questions, ...data.aspects }[name].text}” at ${answer} (now ${now})`;
  const more = changes.length > NEAREST ? `; and ${changes.length - NEAREST} more single answers would` : "";
  return `${changes.slice(0, NEAREST).map(text).join("; ")}${more}.`;
}

function unmeasured(data, { chosen, missing }) {
  if (!missing) return "";
  const name = ({ at, arms }) => data.criteria[at].title + (arms.length === data.arms.length ? "" : ` (of ${listed(arms)})`);
  const text = `${percent(missing.weight)} of the weight. All of it known, the probability that ${data.arms[chosen]} is best could be anywhere between ${percent(missing.low)} and ${percent(missing.high)}. It is ${listed(missing.each.map(name))}.`;
  const own = data.criteria[missing.each[0].at];
  return missing.each[0].worth > 0 ? `${text} Measure first: ${own.title} (${own.wanted}).` : `${text} None of them alone would change the choice.`;
}

function wrong(data, { chosen, regret }) {
  return `Choosing ${data.arms[chosen]} costs ${amount(regret[chosen])} of utility on average against the arm that is best.`;
}
