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

/** A number to as many digits as its interval lets be said: "about 90,000" where it reaches far. */
function about(value, low, high) {
  if (low === null || high === null) return amount(value);
  const width = (high - low) / Math.abs(value), digits = width > 1 ? 1 : width > 0.1 ? 2 : 3;
  return digits === 3 ? amount(value) : `about ${amount(Number(value.toPrecision(digits)))}`;
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
  const lines = [["Mind", mind(data, found)], ["Ruled out", ruledOut(data, state, found)], ["Why", why(data, found)], ["Limit not checked", unchecked(data, found)]];
  if (found.second !== null) lines.push(["With another answer", changed(data, state, found)]);
  if (found.chosen !== null) lines.push(...others(data, more), ["At chance", atChance(data, found, more)], ["Not measured", unmeasured(data, found)]);
  if (found.second !== null) lines.push(["If it is wrong", wrong(data, found)]);
  return lines.filter(([, text]) => text);
}

/** Why no arm, or not the recommended one, is of use. */
function mind(data, { chosen }) {
  return (data.unusable || data.floor[data.arms[chosen]]?.chosen || "").replace(/^Mind: /, "");
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

const LEAST_GAIN = 0.0005, REASONS = 2, MOST = 4; // criteria that are named to each side: at least, and at most

const summed = (gains) => gains.reduce((sum, { gain }) => sum + gain, 0);

/** The gains, or the losses, that are named: so many that all others together are less than each of them. */
function namedOf(side) {
  let count = REASONS;
  while (count < Math.min(MOST, side.length) && Math.abs(summed(side.slice(count))) >= Math.abs(side[count - 1].gain)) count += 1;
  return side.slice(0, count);
}

function why(data, found) {
  if (found.second === null) return "";
  const { chosen, second, scores, first } = found, [arm, other] = [data.arms[chosen], data.arms[second]];
  const { ahead, behind } = tradeoff(found), said = (gains) => listed(gains.map(({ at, gain }) => `${data.criteria[at].title} (${signed(gain)}${measuredOfBoth(data.criteria[at], arm, other)})`));
  const [more, less] = [namedOf(ahead), namedOf(behind)], rest = scores[chosen] - scores[second] - summed([...more, ...less]);
  const unnamed = [...ahead.slice(more.length), ...behind.slice(less.length)].map(({ gain }) => Math.abs(gain));
  const most = unnamed.length > 1 ? `, none of them more than ${amount(Math.max(...unnamed))}` : "";
  const others = Math.abs(rest) >= LEAST_GAIN ? `; all other criteria together ${signed(rest)}${most}` : "";
  const oftener = first[second] > first[chosen] ? ` ${other} is best more often, and by less.` : "";
  const gained = more.length ? `gains most utility by ${said(more)}` : "gains utility by nothing", lost = less.length ? `loses most by ${said(less)}` : "loses by nothing";
  const text = `Expected utility ${amount(scores[chosen])} of 1, of ${other} ${amount(scores[second])}.${oftener} Against ${other}, ${arm} ${gained}, and ${lost}${others}.`;
  const out = [...beaten(data, found)].map(([beat, by]) => `${data.arms[by]} is at least as good as ${data.arms[beat]}`);
  return out.length ? `${text} On all that was measured, ${listed(out)}.` : text;
}

/** What was measured of both arms, and by which study: its numbers are not those of the scoreboard. Or of which arm it was not. */
function measuredOfBoth({ values: known, unit, study }, arm, other) {
  const lacking = [arm, other].filter((one) => !Number.isFinite(known[one]));
  if (lacking.length) return `: not measured of ${listed(lacking)}, which counts as ½`;
  return `: ${[arm, other].map((one) => amount(known[one])).join(" against ")}${unit === "of 1" ? "" : ` ${unit}`}${study ? ` in ${study}` : ""}`;
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
  const told = changes.slice(0, NEAREST).map(({ name, now, answer, arm }) => [isBest(data, arm), `if “${asked[name].text}” is answered with ${answer} (now ${now})`]);
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

/** Which arm is best then, and that it is at chance where that is so; null: none is left. */
function isBest(data, arm) {
  if (arm === null) return "every arm is ruled out";
  return `${data.arms[arm]}${data.floor[data.arms[arm]] ? ` (${data.floor[data.arms[arm]].short})` : ""} is best`;
}

/** Of the arms at chance that are named as taking over: why they are no choice. */
function atChance(data, { changes }, more) {
  const said = [...changes.slice(0, NEAREST), ...(more?.takeovers ?? []).filter(({ kind }) => kind !== "weight")].map(({ arm }) => data.arms[arm]);
  return Object.entries(data.floor).filter(([arm]) => said.includes(arm)).map(([arm, floor]) => `${arm} is ${floor.text}. ${floor.taking_over}`).join(" ");
}

/** Whether the draws do not tell where it happens: among 95 % of them are the value now, and never. */
function unsure({ now, low, high, above }) {
  if (now === null || low === null || high === null) return false;
  return above ? !Number.isFinite(high) && low <= now : !Number.isFinite(low) && high >= now;
}

/** Where it happens in 95 % of the draws, in words where that has no end; "–" without an interval. */
function intervalText(one) {
  const { low, high } = one;
  if (low === null || high === null) return "–";
  if (!Number.isFinite(low) && !Number.isFinite(high)) return "never";
  if (unsure(one)) return "cannot be said";
  if (!Number.isFinite(high)) return `from ${amount(low)} up, or never`;
  return Number.isFinite(low) ? `${amount(low)} to ${amount(high)}` : `from ${amount(high)} down, or never`;
}

/** [arm, when] in words, those of the same arm together. */
function grouped(parts) {
  const groups = new Map();
  for (const [who, when] of parts) groups.set(who, [...(groups.get(who) ?? []), when]);
  return [...groups].map(([who, when]) => `${who} ${listed(when, "or")}`).join("; ");
}

const PER = { questions: "day", updates: "month" };

/** One of them in words, as harness/studies/decision/words.py has them: who, and when. */
function takeoverParts(data, one) {
  const { kind, at, now, value, above, arm } = one, side = above ? "more" : "less", own = data.criteria[at];
  const ofUse = (what) => (unsure(one) ? `with ${side} ${what}, but from how many on cannot be said (now ${amount(now)})` : `with ${side} than ${about(value, one.low, one.high)} ${what} (now ${amount(now)})`);
  const texts = {
    weight: () => `if the weight of ${own.title} is ${above ? "above" : "below"} ${amount(value)} (now ${amount(now)})`,
    limit: () => `if ${own.title} must be ${above ? "above" : "below"} ${amount(value)} ${own.unit}${arm === null || own.draws[data.arms[arm]] ? "" : ` (not measured of ${data.arms[arm]})`}`,
    documents: () => "if documents may not leave the index",
    "labels at hand": () => `if fewer than ${amount(value)} labelled pairs are at hand`,
    labels: () => `if adapters are trained on fewer than ${about(value, one.low, one.high)} labelled pairs (now ${amount(now)})`,
    questions: () => ofUse("questions a day"),
    updates: () => ofUse("updates a month"),
  };
  return [isBest(data, arm), texts[kind]()];
}
