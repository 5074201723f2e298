// From what a reader says to ranks: harness/studies/decision/{decision,evaluation,limits,smaa,unknowns}.py again.
// `state` is a preset whose answers, limits and use the reader has changed. Knows numbers, no elements. What takes long is
// a generator: each step is short, so that a page answers in between (`worked`).

const EQUAL = 1e-12; // utilities that differ by no more are equal

const UNKNOWN = 0.5; // mean of a utility that may be anything from 0 to 1

const EVERY = 2000; // draws between two steps

const average = (values) => values.reduce((sum, one) => sum + one, 0) / values.length;

class Card {
  constructor(data) {
    this.data = data;
    this.asked = { ...data.questions, ...data.aspects };
    this.streams = new Map();
    this.unknowns = new Map();
  }

  /** What the headline, the bars and the sentences need, for one state. */
  *of(state) {
    const weights = this.weights(state), utilities = this.utilities(state);
    yield;
    const expected = utilities.map((own) => own.map((values) => (values === null ? UNKNOWN : average(values))));
    const kept = this.kept(state), scores = this.scores(weights, expected);
    const allowed = this.data.arms.map((_, arm) => arm).filter((arm) => kept.all[arm] >= state.least_probability);
    const drawn = yield* this.drawn(state, weights), held = yield* this.held(state, utilities);
    const total = yield* this.totals(drawn, held, state.draws);
    const chosen = best(scores, allowed), ranks = yield* rankShares(total, allowed);
    const first = this.data.arms.map((_, arm) => (allowed.includes(arm) ? ranks[allowed.indexOf(arm)][0] : 0));
    const found = { weights, expected, kept, scores, allowed, drawn, held, total, chosen, ranks, first, second: null };
    if (chosen === null) return found;
    const others = allowed.filter((arm) => arm !== chosen).sort((a, b) => first[b] - first[a] || scores[b] - scores[a]);
    const missing = yield* this.missing(found, utilities), changes = this.changes(state, found);
    yield;
    const regret = regrets(total, allowed);
    yield;
    return { ...found, second: others[0] ?? null, regret, lost: lostBy(chosen, total, allowed), missing, changes };
  }

  /** What takes longer, and is shown later: central weights, confidence, and where other arms take over. */
  *more(state, found) {
    const central = yield* centralWeights(found), confidence = [];
    for (const [place, weights] of central.entries()) {
      confidence.push(weights ? (yield* this.confidence(state, found, weights))[place] : null);
    }
    const looked = { questions: state.use.questions_per_day > 0, updates: state.use.updates_per_month > 0 }; // from 0 on nothing grows
    return { central, confidence, looked, takeovers: yield* new TakeOvers(this, state, found).all() };
  }

  /** Of each arm that is not ruled out, the probability of being best with exactly these weights. */
  *confidence(state, { held, allowed }, weights) {
    const fixed = weights.map((weight) => (weight > 0 ? new Float64Array(state.draws).fill(weight) : null));
    const total = yield* this.totals(fixed, held, state.draws);
    return (yield* rankShares(total, allowed)).map((ranks) => ranks[0]);
  }

  /** Shares of the weight, one per criterion: given ones, or points of the answers. */
  weights(state) {
    const given = Object.keys(state.weights).length > 0;
    const points = given ? state.weights : this.points(state.answers);
    const values = this.data.criteria.map(({ name }) => points[name] ?? 0);
    const sum = values.reduce((all, one) => all + one, 0);
    return values.map((one) => (sum > 0 ? one / sum : 0));
  }

  points(answers) {
    const found = { ...this.data.always };
    for (const [name, { shares, reverse }] of Object.entries(this.asked)) {
      const own = reverse ? this.data.steps - answers[name] : answers[name];
      for (const [criterion, share] of Object.entries(shares)) found[criterion] = (found[criterion] ?? 0) + own * share;
    }
    return found;
  }

  /** utilities[criterion][arm]: one per resample, null where nothing was measured. */
  utilities(state) {
    const factors = this.factors(state.use);
    return this.data.criteria.map((own) => this.data.arms.map((arm) =>
      own.draws[arm] ? Float64Array.from(own.draws[arm], (value) => utility(own, value * factors[own.times])) : null));
  }

  /** What measurements are multiplied by, by `times` of their criterion. */
  factors({ questions_per_day: questions, updates_per_month: updates }) {
    return { nothing: 1, questions: (questions * this.data.days) / 1000, updates };
  }

  /** The same, with draws from 0 to 1 of what was not measured. */
  *held(state, utilities) {
    const found = [];
    for (const [at, own] of utilities.entries()) {
      found.push(own.map((values, arm) => values ?? this.unknown(state, at, arm)));
      yield;
    }
    return found;
  }

  unknown({ seed, draws }, at, arm) {
    const name = `unknown/${this.data.criteria[at].name}/${this.data.arms[arm]}`, known = `${seed}/${draws}/${name}`;
    if (!this.unknowns.has(known)) {
      const key = keyOf(seed, name);
      this.unknowns.set(known, Float64Array.from({ length: draws }, (_, draw) => uniform(key, draw, 0)));
    }
    return this.unknowns.get(known);
  }

  /** drawn[criterion]: its weight in each draw; null where it has none. */
  *drawn({ seed, draws, concentration }, weights) {
    const found = [];
    for (const [at, weight] of weights.entries()) {
      const own = weight > 0 ? new Float64Array(draws) : null;
      if (own) this.stream(seed, draws, this.data.criteria[at].name).gammas(concentration * weight, own);
      found.push(own);
      yield;
    }
    const sums = new Float64Array(draws);
    for (const own of found) if (own) for (let draw = 0; draw < draws; draw += 1) sums[draw] += own[draw];
    for (const own of found) if (own) for (let draw = 0; draw < draws; draw += 1) own[draw] /= sums[draw];
    return found;
  }

  stream(seed, draws, name) {
    const known = `${seed}/${draws}/${name}`;
    if (!this.streams.has(known)) this.streams.set(known, new Stream(seed, `weight/${name}`, draws));
    return this.streams.get(known);
  }

  /** total[arm]: its utility in each draw. */
  *totals(drawn, held, draws) {
    const found = [];
    for (const arm of this.data.arms.keys()) {
      const total = new Float64Array(draws);
      drawn.forEach((weights, at) => { if (weights) added(total, weights, held[at][arm]); });
      found.push(total);
      yield;
    }
    return found;
  }

  scores(weights, expected) {
    return this.data.arms.map((_, arm) => weights.reduce((sum, weight, at) => sum + weight * expected[at][arm], 0));
  }

  /** Limits that are set: [place of the criterion, limit]. */
  limits({ limits, use }) {
    const set = { ...limits }, labels = use.labels_at_hand;
    if (labels !== null) set[this.data.labels] = Math.min(labels, set[this.data.labels] ?? Infinity);
    return Object.entries(set).filter(([, limit]) => limit !== null)
      .map(([name, limit]) => [this.data.criteria.findIndex((own) => own.name === name), limit]).filter(([at]) => at >= 0);
  }

  /** all[arm]: probability of keeping every limit; broken[arm]: why not; unchecked: what was not measured; limited: there is one. */
  kept(state) {
    const limits = this.limits(state), size = this.data.resamples;
    const found = { all: [], broken: [], unchecked: [], limited: limits.length > 0 || !state.documents_may_leave };
    for (const arm of this.data.arms) {
      const leaves = state.documents_may_leave ? undefined : this.data.leaving[arm];
      const flags = new Uint8Array(size).fill(1), broken = [];
      for (const [at, limit] of limits) {
        const share = keeps(this.data.criteria[at], arm, limit, flags);
        if (share !== null && share < 1) broken.push({ at, limit, share });
      }
      found.all.push(leaves ? 0 : average(flags));
      found.broken.push(leaves ? leaves : broken);
    }
    found.unchecked = limits.map(([at]) => [at, this.data.arms.filter((arm) => !this.data.criteria[at].draws[arm])]).filter(([, arms]) => arms.length);
    return found;
  }

  /** What was not measured and has a weight: how far it could move the probability, and what is worth most to know. */
  *missing({ weights, expected, allowed, drawn, held, total, chosen, scores }, utilities) {
    const places = weights.map((_, at) => at).filter((at) => weights[at] > 0 && allowed.some((arm) => utilities[at][arm] === null));
    if (!places.length) return null;
    const unknown = (at, arm) => utilities[at][arm] === null;
    const known = function* (own) {
      const moved = total.map((values, arm) => {
        const there = Float64Array.from(values), end = arm === chosen ? own : 1 - own;
        for (const at of places) if (unknown(at, arm)) shifted(there, drawn[at], held[at][arm], end);
        return there;
      });
      yield;
      return (yield* rankShares(moved, allowed))[allowed.indexOf(chosen)][0];
    };
    const each = [];
    for (const at of places) {
      const worth = worthOf(scores, allowed, (arm) => (unknown(at, arm) ? held[at][arm] : null), weights[at]);
      each.push({ at, weight: weights[at], worth, arms: this.data.arms.filter((_, arm) => unknown(at, arm)) });
      yield;
    }
    each.sort((a, b) => b.worth - a.worth || b.weight - a.weight);
    const against = expected.map((own, at) => own.map((value, arm) => (unknown(at, arm) ? Number(arm !== chosen) : value)));
    const overturned = best(this.scores(weights, against), allowed) !== chosen;
    return { each, overturned, weight: places.reduce((sum, at) => sum + weights[at], 0), low: yield* known(0), high: yield* known(1) };
  }

  /** Other answers, one at a time, with which another arm has the highest expected utility: the nearest of each. */
  changes(state, { expected, allowed, chosen }) {
    if (Object.keys(state.weights).length) return [];
    const found = [];
    for (const name of Object.keys(this.asked)) {
      const now = state.answers[name];
      const others = Array.from({ length: this.data.steps + 1 }, (_, answer) => answer).filter((answer) => answer !== now);
      others.sort((a, b) => Math.abs(a - now) - Math.abs(b - now));
      for (const answer of others) {
        const weights = this.weights({ ...state, answers: { ...state.answers, [name]: answer } });
        const arm = best(this.scores(weights, expected), allowed);
        if (arm !== chosen && weights.some((one) => one > 0)) { found.push({ name, now, answer, arm }); break; }
      }
    }
    return found.sort((a, b) => Math.abs(a.answer - a.now) - Math.abs(b.answer - b.now));
  }
}

/** From 0 at the worst end or beyond to 1 at the best. */
function utility({ worst, best, scale }, amount) {
  const placed = scale === "log"
    ? (Math.log(Math.max(amount, 1e-300)) - Math.log(worst)) / (Math.log(best) - Math.log(worst))
    : (amount - worst) / (best - worst);
  return Math.min(Math.max(placed, 0), 1);
}

/** The share of resamples that keep a limit, marked in `flags`; null where nothing was measured. */
function keeps(criterion, arm, limit, flags) {
  const draws = criterion.draws[arm];
  if (!draws) return null;
  let kept = 0;
  for (let draw = 0; draw < flags.length; draw += 1) {
    const value = draws[draw % draws.length];
    const good = criterion.best > criterion.worst ? value >= limit : value <= limit;
    kept += good ? 1 : 0;
    if (!good) flags[draw] = 0;
  }
  return kept / flags.length;
}

/** The place of the highest score, of equal ones the first: the simplest arm. */
function best(scores, allowed) {
  const highest = Math.max(...allowed.map((arm) => scores[arm]));
  return allowed.find((arm) => scores[arm] >= highest - EQUAL) ?? null;
}

function added(total, weights, utilities) {
  const size = utilities.length;
  if (size === 1) for (let draw = 0; draw < total.length; draw += 1) total[draw] += weights[draw] * utilities[0];
  else for (let draw = 0, at = 0; draw < total.length; draw += 1) {
    total[draw] += weights[draw] * utilities[at];
    at = at + 1 === size ? 0 : at + 1;
  }
}

/** What was drawn for the unknown, put at one end. */
function shifted(total, weights, drawn, end) {
  for (let draw = 0; draw < total.length; draw += 1) total[draw] += weights[draw] * (end - drawn[draw]);
}

/** shares[place among the allowed][rank]: equal arms share their ranks. */
function* rankShares(total, allowed) {
  const count = allowed.length, shares = allowed.map(() => new Float64Array(count));
  const draws = total[0].length, own = new Float64Array(count);
  for (let draw = 0; draw < draws; draw += 1) {
    for (let place = 0; place < count; place += 1) own[place] = total[allowed[place]][draw];
    for (let place = 0; place < count; place += 1) {
      let better = 0, equal = 0;
      for (let other = 0; other < count; other += 1) {
        const apart = own[place] - own[other];
        if (apart < -EQUAL) better += 1;
        else if (apart <= EQUAL) equal += 1;
      }
      for (let rank = better; rank < better + equal; rank += 1) shares[place][rank] += 1 / equal;
    }
    if (draw % EVERY === 0) yield;
  }
  return shares.map((one) => Array.from(one, (value) => value / draws));
}

/** What choosing each arm lacks to the best in each draw, on average; null for arms that are ruled out. */
function regrets(total, allowed) {
  const lost = total.map((_, arm) => (allowed.includes(arm) ? 0 : null)), draws = total[0].length;
  for (let draw = 0; draw < draws; draw += 1) {
    let highest = -Infinity;
    for (const arm of allowed) highest = Math.max(highest, total[arm][draw]);
    for (const arm of allowed) lost[arm] += highest - total[arm][draw];
  }
  return lost.map((one) => (one === null ? null : one / draws));
}

/** What choosing one arm lacks to the best: in which share of the draws, how much there on average, and at most in 95 % of all. */
function lostBy(chosen, total, allowed) {
  const lost = new Float64Array(total[chosen].length);
  for (const arm of allowed) lost.forEach((most, draw) => { lost[draw] = Math.max(most, total[arm][draw] - total[chosen][draw]); });
  const wrong = lost.filter((one) => one > EQUAL);
  return { share: wrong.length / lost.length, mean: wrong.length ? average(wrong) : 0, most: quantile(lost.sort(), 0.95) };
}

/** Expected gain from knowing before choosing: the mean of the best, minus the best of the means. */
function worthOf(scores, allowed, drawn, weight) {
  const own = allowed.map(drawn), draws = own.find(Boolean).length, sums = new Float64Array(allowed.length);
  let highest = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    let top = -Infinity;
    for (let place = 0; place < allowed.length; place += 1) {
      const score = scores[allowed[place]] + (own[place] ? weight * (own[place][draw] - UNKNOWN) : 0);
      sums[place] += score;
      top = Math.max(top, score);
    }
    highest += top;
  }
  return Math.max(0, (highest - Math.max(...sums)) / draws);
}

/** central[place among the allowed]: the mean of the weights with which an arm is best; null where it never is. */
function* centralWeights({ total, drawn, allowed }) {
  const sums = allowed.map(() => drawn.map(() => 0)), counts = allowed.map(() => 0), draws = total[0].length;
  for (let draw = 0; draw < draws; draw += 1) {
    const highest = Math.max(...allowed.map((arm) => total[arm][draw]));
    const places = allowed.map((_, place) => place).filter((place) => total[allowed[place]][draw] >= highest - EQUAL);
    for (const place of places) {
      counts[place] += 1 / places.length;
      drawn.forEach((weights, at) => { if (weights) sums[place][at] += weights[draw] / places.length; });
    }
    if (draw % EVERY === 0) yield;
  }
  return sums.map((own, place) => (counts[place] > 0 ? own.map((sum) => sum / counts[place]) : null));
}
