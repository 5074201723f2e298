// Random numbers that are known by name, as harness/studies/decision/draws.py makes them.

const ATTEMPTS = 16;

function mixed(word) {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}

/** FNV-1a, 32 bits, of "SEED/NAME". */
function keyOf(seed, name) {
  let key = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${seed}/${name}`)) key = Math.imul(key ^ byte, 0x01000193);
  return key;
}

/** A number between 0 and 1, both excluded: this place of this draw. */
function uniform(key, draw, place) {
  const word = mixed(mixed(key ^ mixed(Math.imul(draw, 0x9e3779b9))) + Math.imul(place, 0x85ebca77));
  return ((word >>> 0) + 0.5) / 4294967296;
}

const normalAt = (key, draw, place) =>
  Math.sqrt(-2 * Math.log(uniform(key, draw, place))) * Math.cos(2 * Math.PI * uniform(key, draw, place + 1));

/** What the first attempt of every draw needs, whatever the weight is: kept, as every move of a control asks for it. */
class Stream {
  constructor(seed, name, draws) {
    this.key = keyOf(seed, name);
    this.normal = new Float64Array(draws);
    this.third = new Float64Array(draws);
    this.last = new Float64Array(draws);
    for (let draw = 0; draw < draws; draw += 1) {
      this.normal[draw] = normalAt(this.key, draw, 0);
      this.third[draw] = Math.log(uniform(this.key, draw, 2));
      this.last[draw] = uniform(this.key, draw, 3 * ATTEMPTS);
    }
  }

  /** Gamma variates of scale 1 (Marsaglia & Tsang 2000) into `found`. */
  gammas(shape, found) {
    const d = (shape >= 1 ? shape : shape + 1) - 1 / 3, narrow = Math.sqrt(9 * d);
    for (let draw = 0; draw < found.length; draw += 1) {
      found[draw] = accepted(this.normal[draw], this.third[draw], d, narrow) ?? this.again(draw, d, narrow);
      if (shape < 1) found[draw] *= Math.pow(this.last[draw], 1 / shape);
    }
  }

  again(draw, d, narrow) {
    for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
      const third = Math.log(uniform(this.key, draw, 3 * attempt + 2));
      const value = accepted(normalAt(this.key, draw, 3 * attempt), third, d, narrow);
      if (value !== null) return value;
    }
    return d;
  }
}

/** d times the cube, or null where the draw is refused. */
function accepted(normal, third, d, narrow) {
  const root = 1 + normal / narrow, cube = root * root * root;
  return cube > 0 && third < 0.5 * normal * normal + d - d * cube + d * Math.log(cube) ? d * cube : null;
}
