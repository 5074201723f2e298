// Which examples are shown, and in which order. Knows numbers and texts, no elements.

/** Return the numbers of the examples that the wishes leave, in their order. */
function chosen(data, wishes) {
  const left = [];
  const words = wordsOf(wishes.q);
  for (const one of data.examples) {
    if (passes(data, wishes, one, words)) left.push(one.place);
  }
  return sorted(data, wishes, left);
}

const wordsOf = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);

/** Whether an example's id holds the words: known before its texts are read. */
const isNamed = (one, words) => words.every((word) => one.id.toLowerCase().includes(word));

const holds = (one, words) => words.every((word) => searched(one).includes(word));

function passes(data, wishes, one, words) {
  if (wishes.slice && one.slice !== data.slices[Number(wishes.slice)]) return false;
  if (wishes.answerable && String(one.answerable) !== wishes.answerable) return false;
  if (wishes.flips && !flipped(data, wishes, one.place)) return false;
  if (!someArm(data, wishes, one)) return false;
  return !words.length || (data.side ? data.search.found.has(one.place) || isNamed(one, words) : holds(one, words));
}

/** Outcome, cause and range must hold of one and the same arm. */
function someArm(data, wishes, one) {
  const ranged = wishes.low !== null || wishes.high !== null;
  if (!ranged && !wishes.state && !wishes.cause) return true;
  const arms = wishes.of === "any" ? wishes.shown : [Number(wishes.of)];
  return arms.some((arm) => {
    const answers = one.answers[arm];
    if (wishes.state && !answers.some((answer) => answer[STATE] === wishes.state)) return false;
    if (wishes.cause && !answers.some((answer) => answer[CAUSE] === wishes.cause)) return false;
    if (!ranged) return true;
    const value = data.values[wishes.metric][arm][one.place];
    return value >= (wishes.low ?? -Infinity) && value <= (wishes.high ?? Infinity);
  });
}

/** true where the arm is right, false where it is wrong, null where nothing tells.
 * By the failure causes, unless a reader sets a limit: then by the metric that is chosen. */
function isRight(data, wishes, arm, place) {
  if (wishes.right === null) {
    const share = data.right[arm][place];
    return Number.isNaN(share) ? null : share >= 0.5;
  }
  const metric = data.metrics[wishes.metric];
  const value = metric ? data.values[wishes.metric][arm][place] : NaN;
  if (Number.isNaN(value) || metric.higher === null) return null;
  return metric.higher === false ? value <= wishes.right : value >= wishes.right;
}

/** "won" where B is right and A wrong, "lost" where it is the other way round, "" otherwise; null where nothing tells. */
function flip(data, wishes, place) {
  const a = isRight(data, wishes, wishes.a, place), b = isRight(data, wishes, wishes.b, place);
  if (a === null || b === null) return null;
  return a === b ? "" : b ? "won" : "lost";
}

/** What tells right from wrong now, in words; "" where nothing does. */
function decidedBy(data, wishes) {
  if (wishes.right === null) return data.decides ? `by ${data.decides.name} from ${data.decides.at} on` : "";
  const metric = data.metrics[wishes.metric];
  return metric && metric.higher !== null ? `by ${metric.name} ${metric.higher ? "from" : "up to"} ${wishes.right}` : "";
}

/** Whether any example has a value of the metric for both arms. */
function comparable(data, wishes) {
  const own = data.values[wishes.metric];
  return Boolean(own) && data.examples.some(({ place }) => !Number.isNaN(own[wishes.b][place] - own[wishes.a][place]));
}

function flipped(data, wishes, place) {
  const found = flip(data, wishes, place);
  return wishes.flips === "any" ? Boolean(found) : found === wishes.flips;
}

function sorted(data, wishes, left) {
  const key = sortKey(data, wishes);
  if (key === null) return wishes.order === "down" && !wishes.sort ? left.reverse() : left;
  const keys = new Map(left.map((place) => [place, key(place)]));
  const sign = wishes.order === "down" ? -1 : 1;
  return left.sort((one, other) => compare(keys.get(one), keys.get(other), sign) || one - other);
}

function sortKey(data, wishes) {
  const own = data.values[wishes.metric];
  if (!own) return null;
  if (wishes.sort === "difference") return (place) => own[wishes.b][place] - own[wishes.a][place];
  if (wishes.sort === "spread") return (place) => spread(own, wishes.shown, place);
  if (wishes.sort.startsWith("arm")) return (place) => own[Number(wishes.sort.slice(3))][place];
  return null;
}

/** The mean over some examples; null without a value, and where the scoreboard has none (too many answers unjudged). */
function meanOf(data, metric, arm, places) {
  if (!data.measured[metric][arm]) return null;
  const own = data.values[metric][arm];
  let total = 0, count = 0;
  for (const place of places) if (!Number.isNaN(own[place])) { total += own[place]; count += 1; }
  return count ? total / count : null;
}

function spread(own, arms, place) {
  const numbers = arms.map((arm) => own[arm][place]).filter((value) => !Number.isNaN(value));
  return numbers.length ? Math.max(...numbers) - Math.min(...numbers) : NaN;
}

/** Examples without a number come last, whatever the order. */
function compare(one, other, sign) {
  if (Number.isNaN(one) || Number.isNaN(other)) return Number.isNaN(one) - Number.isNaN(other);
  return sign * (one - other);
}
