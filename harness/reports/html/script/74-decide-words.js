// The card in sentences: those of harness/studies/decision/words.py, shortened.

const RANKS = ["1st", "2nd", "3rd"];

const rankName = (rank) => RANKS[rank] ?? `${rank + 1}th`;

/** A probability in whole percent; what is neither sure nor impossible is not called so. */
function percent(share) {
  if (share > 0 && share < 0.005) return "under 1 %";
  return share >= 0.995 && share < 1 ? "over 99 %" : `${Math.round(100 * share)} %`;
}

/** A number to three digits: 1,003 and .0046; "never" for one that is infinite. */
function amount(value) {
  if (!Number.isFinite(value)) return "never";
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en");
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3, useGrouping: false }).replace(/^(-?)0\./, "$1.");
}

const listed = (names, last = "and") => (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${last} ${names.at(-1)}`);

/** The recommendation, in one sentence. */
function headline({ arms }, { chosen, first, allowed, second }) {
  if (chosen === null) return "No arm can be recommended: none keeps the limits.";
  if (allowed.length === 1) return `Use ${arms[chosen]}: no other arm keeps the limits.`;
  const close = first[chosen] < SAFE, text = `${close ? arms[chosen] : "it"} is the best arm with a probability of ${percent(first[chosen])}`;
  return `${close ? "Too close to call" : `Use ${arms[chosen]}`}: ${text}, ${arms[second]} with ${percent(first[second])}${close ? `; to choose now, take ${arms[chosen]}` : ""}.`;
}

const SAFE = 2 / 3; // probability of being best below which nothing is recommended without saying that it is close

/** Everything else, a topic and a text each; what takes longer to compute is null until it is known. */
function sentences(data, state, found, more) {
  const lines = [["Mind", data.unusable.replace(/^Mind: /, "")], ["Ruled out", ruledOut(data, state, found)], ["Why", why(data, found)], ["Limit not checked", unchecked(data, found)]];
  if (found.second !== null) lines.push(["With another answer", changed(data, state, found)]);
  if (found.chosen !== null) lines.push(...others(data, more), ["Not measured", unmeasured(data, found)]);
  if (found.second !== null) lines.push(["If it is wrong", wrong(data, found)]);
  return lines.filter(([, text]) => text);
}

function limitText({ title, best, worst, unit }, limit) {
  return `${title} of at ${best > worst ? "least" : "most"} ${limit.toLocaleString("en")} ${unit}`;
}

function ruledOut(data, state, { kept }) {
  const out = data.arms.map((arm, place) => [arm, kept.broken[place], kept.all[place]]).filter(([, , all]) => all < state.least_probability);
  const why = (broken) => (typeof broken === "string" ? `documents may not leave the index, and ${broken}`
    : broken.map(({ at, limit, share }) => `it keeps ${limitText(data.criteria[at], limit)} with a probability of ${percent(share)}`).join(" and "));
  return out.length ? `${out.map(([arm, broken]) => `${arm}, as ${why(broken)}`).join("; ")}.` : "";
}

function unchecked(data, { kept }) {
  return kept.unchecked.map(([at, arms]) => `${data.criteria[at].title} of ${listed(arms)}: ${data.criteria[at].wanted}.`).join(" ");
}

const signed = (value) => (value < 0 ? "−" : "+") + amount(Math.abs(value));

/** By which criteria the recommended arm is ahead of the runner-up, and by which behind: harness/studies/decision/tradeoff.py. */
function tradeoff({ weights, expected, chosen, second }) {
  const gains = weights.map((weight, at) => ({ at, gain: weight * (expected[at][chosen] - expected[at][second]) }));
  const most = (sign) => gains.filter(({ gain }) => sign * gain >= LEAST_GAIN).sort((a, b) => sign * (b.gain - a.gain));
  return { ahead: most(1), behind: most(-1) };
}

const LEAST_GAIN = 0.0005, REASONS = 2;

function why(data, found) {
  if (found.second === null) return "";
  const { chosen, second, scores, first } = found, [arm, other] = [data.arms[chosen], data.arms[second]];
  const { ahead, behind } = tradeoff(found), told = (gains) => listed(gains.slice(0, REASONS).map(({ at, gain }) => `${data.criteria[at].title} (${signed(gain)}${measuredOfBoth(data.criteria[at], arm, other)})`));
  const rest = scores[chosen] - scores[second] - [...ahead.slice(0, REASONS), ...behind.slice(0, REASONS)].reduce((sum, { gain }) => sum + gain, 0);
  const others = Math.abs(rest) >= LEAST_GAIN ? `; all other criteria together ${signed(rest)}` : "";
  const more = first[second] > first[chosen] ? ` ${other} is best more often, and by less.` : "";
  const text = `Expected utility ${amount(scores[chosen])} of 1, of ${other} ${amount(scores[second])}.${more} Against ${other}, ${arm} gains most utility by ${told(ahead) || "nothing"}, and loses most by ${told(behind) || "nothing"}${others}.`;
  const out = [...beaten(data, found)].map(([beat, by]) => `${data.arms[by]} is at least as good as ${data.arms[beat]}`);
  return out.length ? `${text} On all that was measured, ${listed(out)}.` : text;
}

/** What was measured of both arms; or of which of them it was not. */
function measuredOfBoth({ values: known, unit }, arm, other) {
  const lacking = [arm, other].filter((one) => !Number.isFinite(known[one]));
  if (lacking.length) return `: not measured of ${listed(lacking)}`;
  return `: ${[arm, other].map((one) => amount(known[one])).join(" against ")}${unit === "of 1" ? "" : ` ${unit}`}`;
}

/** Arms for which another arm is nowhere worse and somewhere better, among the criteria that weigh and were measured of both. */
function beaten({ arms, criteria }, { weights, expected, allowed }) {
  const found = new Map(), known = (at, arm) => Boolean(criteria[at].draws[arms[arm]]);
  const beats = (by, arm) => {
    const places = weights.map((_, at) => at).filter((at) => weights[at] > 0 && (known(at, arm) || known(at, by)));
    const apart = places.map((at) => (known(at, arm) && known(at, by) ? expected[at][by] - expected[at][arm] : NaN));
    return apart.length > 0 && apart.every((one) => one >= -EQUAL) && apart.some((one) => one > EQUAL);
  };
  for (const arm of allowed) {
    const by = allowed.find((one) => one !== arm && beats(one, arm));
    if (by !== undefined) found.set(arm, by);
  }
  return found;
}

const NEAREST = 3; // answers that are said

function changed(data, state, { changes }) {
  if (Object.keys(state.weights).length) return "This preset gives weights in place of answers. Move an answer to use the answers.";
  if (!changes.length) return "No other answer to a single question would change it.";
  const asked = { ...data.questions, ...data.aspects };
  const told = changes.slice(0, NEAREST).map(({ name, now, answer, arm }) => [`${data.arms[arm]} is best`, `if “${asked[name].text}” is answered with ${answer} (now ${now})`]);
  const more = changes.length > NEAREST ? `; and ${changes.length - NEAREST} more single answers would change it` : "";
  return `${grouped(told)}${more}.`;
}

function unmeasured(data, { chosen, missing }) {
  if (!missing) return "";
  const name = ({ at, arms }) => data.criteria[at].title + (arms.length === data.arms.length ? "" : ` (of ${listed(arms)})`);
  const text = `${percent(missing.weight)} of the weight. All of it known, the probability that ${data.arms[chosen]} is best could be anywhere between ${percent(missing.low)} and ${percent(missing.high)}. It is ${listed(missing.each.map(name))}.`;
  const never = missing.each.map(({ at }) => data.criteria[at]).filter((own) => own.never), beyond = never.map((own) => ` Of ${own.title}, ${own.never}.`).join("");
  const first = missing.each.find(({ at }) => !data.criteria[at].never), own = first && data.criteria[first.at];
  if (first && first.worth > 0) return `${text} Measure first: ${own.title} (${own.wanted}).${beyond}`;
  return `${text} No single one of these measurements would change the choice${missing.each.length > 1 && missing.overturned ? "; all of them together could" : ""}.${beyond}`;
}

function wrong(data, { chosen, lost }) {
  if (!lost.share) return `${data.arms[chosen]} is the best arm in every draw.`;
  const text = `${data.arms[chosen]} is not the best arm in ${percent(lost.share)} of the draws: there it lacks ${amount(lost.mean)} of utility to the best one on average.`;
  return lost.most ? `${text} In 95 % of all draws it lacks at most ${amount(lost.most)}.` : text;
}

const OF_LIMITS = ["limit", "labels at hand", "documents"], OF_USE = ["questions", "updates", "labels"];

/** Limits and use from which on another arm is best: one thing at a time. */
function others(data, more) {
  if (!more) return [["With a limit", "…"], ["With another use", "…"]];
  const said = (kinds) => grouped(more.takeovers.filter(({ kind }) => kinds.includes(kind)).map((one) => takeoverParts(data, one)));
  const looked = ([kind]) => more.looked[kind] && !more.takeovers.some((one) => one.kind === kind);
  const still = Object.entries(RANGES).filter(looked).map(([kind, ends]) => `${kind} a ${PER[kind]} (${ends.map(amount).join(" to ")})`);
  const none = still.length ? `No number of ${still.join(" or ")} would change it.` : "", [limits, use] = [said(OF_LIMITS), said(OF_USE)];
  return [["With a limit", limits && `${limits}.`], ["With another use", [use && `${use}.`, none].filter(Boolean).join(" ")]];
}

/** [arm, when] in words, those of the same arm together. */
function grouped(parts) {
  const groups = new Map();
  for (const [who, when] of parts) groups.set(who, [...(groups.get(who) ?? []), when]);
  return [...groups].map(([who, when]) => `${who} ${listed(when, "or")}`).join("; ");
}

const PER = { questions: "day", updates: "month" };

/** One of them in words, as harness/studies/decision/words.py has them: who, and when. */
function takeoverParts(data, { kind, at, now, value, above, arm }) {
  const who = arm === null ? "every arm is ruled out" : `${data.arms[arm]} is best`, side = above ? "more" : "less", own = data.criteria[at];
  const texts = {
    weight: () => `if the weight of ${own.title} is ${above ? "above" : "below"} ${amount(value)} (now ${amount(now)})`,
    limit: () => `if ${own.title} must be ${above ? "above" : "below"} ${amount(value)} ${own.unit}${arm === null || own.draws[data.arms[arm]] ? "" : ` (not measured of ${data.arms[arm]})`}`,
    documents: () => "if documents may not leave the index",
    "labels at hand": () => `if fewer than ${amount(value)} labelled pairs are at hand`,
    labels: () => `if adapters are trained on fewer than ${amount(value)} labelled pairs (now ${amount(now)})`,
    questions: () => `with ${side} than ${amount(value)} questions a day (now ${amount(now)})`,
    updates: () => `with ${side} than ${amount(value)} updates a month (now ${amount(now)})`,
  };
  return [who, texts[kind]()];
}
