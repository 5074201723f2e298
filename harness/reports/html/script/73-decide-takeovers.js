// Where another arm becomes the best, one number at a time: harness/studies/decision/{change,change_limits,change_use,
// crossing,takeover}.py again. Knows numbers, no elements.

const RANGES = { questions: [1, 1e7], updates: [0.01, 1e4] }; // how far is looked: a day, a month

const POINTS = 120, HALVINGS = 60, NEARLY = 1e-9;

class TakeOvers {
  constructor(card, state, found) {
    Object.assign(this, { card, state, found, data: card.data });
  }

  /** All of them, the weights first: {kind, at (place of a criterion), now, value, above, arm, low, high, never}. */
  *all() {
    return [...(yield* this.weights()), ...this.limits(), ...(yield* this.use()), ...(yield* this.labels())];
  }

  *weights() {
    const changes = [], { weights } = this.found;
    for (const [at, now] of weights.entries()) {
      if (now >= 1) continue; // the others have no proportions
      const others = weights.map((weight, place) => (place === at ? 0 : weight / (1 - now)));
      for (const above of [true, false]) {
        const taken = this.nearest(at, others, above);
        if (taken) changes.push({ kind: "weight", at, now, above, ...taken, ...interval(this.weightPlaces(at, others, taken.arm, above)) });
        yield;
      }
    }
    return changes;
  }

  /** The nearest weight above or below at which another arm is as good, all others in their proportions. */
  nearest(at, others, above) {
    const { expected, allowed, chosen, weights } = this.found, now = weights[at], rest = this.card.scores(others, expected);
    let nearest = null;
    for (const arm of allowed) {
      const value = crossingWeight(expected[at][chosen] - expected[at][arm], rest[chosen] - rest[arm]);
      const within = above ? now < value && value < 1 : value > 0 && value <= now;
      if (arm === chosen || !within) continue;
      if (!nearest || Math.abs(value - now) < Math.abs(nearest.value - now)) nearest = { value, arm };
    }
    return nearest;
  }

  /** The same in each draw; infinite for never. */
  weightPlaces(at, others, arm, above) {
    const { held, chosen } = this.found, places = new Float64Array(this.state.draws), rest = new Float64Array(this.state.draws);
    others.forEach((weight, place) => { if (weight > 0) addApart(rest, weight, held[place][chosen], held[place][arm]); });
    const ours = held[at][chosen], theirs = held[at][arm];
    for (let draw = 0; draw < places.length; draw += 1) {
      const own = ours[draw % ours.length] - theirs[draw % theirs.length], value = crossingWeight(own, rest[draw]);
      const happens = above ? own < 0 && value <= 1 : own > 0 && value >= 0;
      places[draw] = happens ? Math.min(Math.max(value, 0), 1) : above ? Infinity : -Infinity;
    }
    return places;
  }

  limits() {
    const { data, state, found } = this, set = new Map(this.card.limits(state)), changes = [];
    for (const name of Object.keys(state.limits)) {
      const at = this.place(name), own = data.criteria[at], draws = own?.draws[data.arms[found.chosen]];
      if (!draws) continue;
      const value = this.bite(at, found.chosen), ends = draws.length > 1 ? this.ends(at) : { low: null, high: null };
      changes.push({ kind: "limit", at, now: set.get(at) ?? null, value, above: own.best > own.worst, arm: this.within(at, value), ...ends, never: null });
    }
    return [...changes, ...this.labelsAtHand(), ...this.documents()];
  }

  labelsAtHand() {
    const at = this.place(this.data.labels), value = this.data.criteria[at]?.values[this.data.arms[this.found.chosen]] ?? 0;
    if (!(value > 0)) return [];
    return [{ kind: "labels at hand", at, now: this.state.use.labels_at_hand, value, above: false, arm: this.within(at, value), low: null, high: null, never: null }];
  }

  documents() {
    const { data, found } = this, leaves = (arm) => data.leaving[data.arms[arm]];
    if (!this.state.documents_may_leave || !leaves(found.chosen)) return [];
    const arm = best(found.scores, found.allowed.filter((one) => !leaves(one)));
    return [{ kind: "documents", at: null, now: null, value: null, above: false, arm, low: null, high: null, never: null }];
  }

  place(name) {
    return this.data.criteria.findIndex((own) => own.name === name);
  }

  /** The strictest limit that an arm keeps, together with all other limits, with the least probability that is asked for. */
  bite(at, arm) {
    const own = this.data.criteria[at], name = this.data.arms[arm], draws = own.draws[name], kept = new Uint8Array(this.data.resamples).fill(1);
    for (const [place, limit] of this.card.limits(this.state)) if (place !== at) keeps(this.data.criteria[place], name, limit, kept);
    const lost = own.best > own.worst ? -Infinity : Infinity, ordered = new Float64Array(kept.length);
    kept.forEach((one, draw) => { ordered[draw] = one ? draws[draw % draws.length] : lost; });
    ordered.sort();
    if (own.best > own.worst) ordered.reverse();
    return ordered[Math.ceil(this.state.least_probability * ordered.length - NEARLY) - 1];
  }

  /** The 95 % interval of the recommended arm's measurement. */
  ends(at) {
    const own = this.data.criteria[at], arm = this.data.arms[this.found.chosen], ordered = Float64Array.from(own.draws[arm]).sort();
    return { low: Math.min(quantile(ordered, 0.025), own.values[arm]), high: Math.max(quantile(ordered, 0.975), own.values[arm]) };
  }

  /** The best of the arms that keep a stricter limit, or were not measured: nothing rules these out. */
  within(at, limit) {
    const own = this.data.criteria[at], stricter = (bite) => (own.best > own.worst ? bite > limit : bite < limit);
    return best(this.found.scores, this.found.allowed.filter((arm) => !own.draws[this.data.arms[arm]] || stricter(this.bite(at, arm))));
  }

  *use() {
    const changes = [], { questions_per_day: questions, updates_per_month: updates } = this.state.use;
    for (const [kind, now] of Object.entries({ questions, updates })) {
      const [low, high] = RANGES[kind];
      for (const end of now > 0 ? [Math.max(high, now), Math.min(low, now)] : []) {
        if (end !== now) changes.push(yield* this.along(kind, gridOf(now, end), this.atRate(kind)));
      }
    }
    return changes.filter(Boolean);
  }

  /** rate -> [arm, place of a criterion, its utilities then]. */
  atRate(kind) {
    const own = this.data.criteria.map((criterion, at) => [criterion, at]).filter(([criterion]) => criterion.times === kind);
    return (rate) => {
      const factor = this.card.factors({ questions_per_day: rate, updates_per_month: rate })[kind];
      return own.flatMap(([criterion, at]) => this.data.arms.flatMap((name, arm) => {
        const draws = criterion.draws[name];
        return draws ? [[arm, at, Float64Array.from(draws, (value) => utility(criterion, value * factor))]] : [];
      }));
    };
  }

  *labels() {
    const { curves } = this.data, sizes = Object.values(curves).flat().map(([size]) => size);
    if (!sizes.length) return [];
    const change = yield* this.along("labels", gridOf(Math.max(...sizes), Math.max(1, Math.min(...sizes))), this.withLabels(curves));
    return change ? [change] : [];
  }

  withLabels(curves) {
    const { data } = this, at = this.place(data.curve), labels = this.place(data.labels);
    const altered = (arm, pairs) => {
      const needed = labels < 0 ? [] : [[arm, labels, Float64Array.of(utility(data.criteria[labels], pairs))]];
      return [[arm, at, between(data.criteria[at], curves[data.arms[arm]], pairs, data.resamples)], ...needed];
    };
    return (pairs) => data.arms.map((_, arm) => arm).filter((arm) => curves[data.arms[arm]]).flatMap((arm) => altered(arm, pairs));
  }

  /** Where another arm takes over along a number; null where none does, or another one is best from the start. */
  *along(kind, grid, alter) {
    const { chosen } = this.found, bestAt = (value) => this.bestWith(alter(value));
    if (bestAt(grid[0]) !== chosen) return null;
    const taken = yield* firstChange(grid, bestAt);
    if (!taken) return null;
    const ahead = [];
    for (const value of grid) {
      ahead.push(this.apart(alter(value), taken.arm));
      yield;
    }
    return { kind, at: null, now: grid[0], above: grid.at(-1) > grid[0], ...taken, ...interval(crossings(grid, ahead)) };
  }

  bestWith(altered) {
    const expected = this.found.expected.map((own) => [...own]);
    for (const [arm, at, utilities] of altered) expected[at][arm] = average(utilities);
    return best(this.card.scores(this.found.weights, expected), this.found.allowed);
  }

  /** By how much the recommended arm is ahead of another one in each resample, with the reader's weights. */
  apart(altered, arm) {
    const { held, weights, chosen } = this.found, found = new Float64Array(this.data.resamples);
    const changed = (place, at) => altered.find(([one, criterion]) => one === place && criterion === at)?.[2] ?? held[at][place];
    weights.forEach((weight, at) => { if (weight > 0) addApart(found, weight, changed(chosen, at), changed(arm, at)); });
    return found;
  }
}

/** The weight at which two arms are equal; NaN where the difference is the same at every weight. */
const crossingWeight = (own, rest) => (rest - own === 0 ? NaN : rest / (rest - own));

const gridOf = (start, end) =>
  Array.from({ length: POINTS }, (_, at) => (at === 0 ? start : at === POINTS - 1 ? end : start * (end / start) ** (at / (POINTS - 1))));

function addApart(total, weight, ours, theirs) {
  for (let draw = 0; draw < total.length; draw += 1) total[draw] += weight * (ours[draw % ours.length] - theirs[draw % theirs.length]);
}

/** Where another arm becomes the best first along a grid, by halving in logarithms. */
function* firstChange(grid, bestAt) {
  const now = bestAt(grid[0]);
  for (let at = 1; at < grid.length; at += 1) {
    let other = bestAt(grid[at]), before = grid[at - 1], after = grid[at];
    yield;
    if (other === now || other === null) continue;
    for (let step = 0; step < HALVINGS; step += 1) {
      const middle = Math.sqrt(before * after), found = bestAt(middle);
      if (found === now || found === null) before = middle;
      else [after, other] = [middle, found];
      yield;
    }
    return { value: after, arm: other };
  }
  return null;
}

/** Of each resample, where its difference first falls below 0 along a grid; infinite for never. */
function crossings(grid, ahead) {
  const never = grid.at(-1) > grid[0] ? Infinity : -Infinity;
  return Float64Array.from(ahead[0], (_, draw) => {
    const at = ahead.findIndex((own) => own[draw] < 0);
    if (at < 1) return at < 0 ? never : grid[0];
    const first = ahead[at - 1][draw], second = ahead[at][draw], start = Math.log(grid[at - 1]);
    return Math.exp(start + ((Math.log(grid[at]) - start) * first) / (first - second));
  });
}

/** 95 % of the draws, and the share in which it never happens. */
function interval(places) {
  const ordered = places.sort(), at = (share) => ordered[Math.max(0, Math.ceil(share * ordered.length - NEARLY) - 1)];
  return { low: at(0.025), high: at(0.975), never: average(ordered.map((value) => (Number.isFinite(value) ? 0 : 1))) };
}

/** A quantile of ordered numbers, on the line between two of them. */
function quantile(ordered, share) {
  const place = share * (ordered.length - 1), below = Math.floor(place), above = Math.min(below + 1, ordered.length - 1);
  return ordered[below] + (ordered[above] - ordered[below]) * (place - below);
}

/** Utilities with so many labelled pairs: on a line over the logarithm of their number. */
function between(criterion, curve, pairs, resamples) {
  const sizes = curve.map(([size]) => Math.log2(1 + size)), place = Math.log2(1 + pairs);
  const at = Math.min(Math.max(sizes.filter((size) => size < place).length, 1), sizes.length - 1);
  const part = Math.min(Math.max((place - sizes[at - 1]) / (sizes[at] - sizes[at - 1]), 0), 1), [low, high] = [curve[at - 1][1], curve[at][1]];
  return Float64Array.from({ length: resamples }, (_, draw) => utility(criterion, (1 - part) * low[draw % low.length] + part * high[draw % high.length]));
}
