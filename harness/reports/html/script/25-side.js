// The texts of a large comparison (made by side_files.py): files beside the page, loaded when needed, few of them kept.

const FILES_KEPT = 8, CLIPS_KEPT = 5000; // examples whose clips are kept: more than paper holds

/** Files of rows; a page from disk may not read files, but it may run them as scripts. */
class SideFiles {
  constructor({ folder, rows, hashes, typical }) {
    Object.assign(this, { folder, rows, hashes, typical, arrived: new Map(), kept: new Map(), loading: new Map(), problems: new Map() });
    globalThis.cutleryRows = (name, hash, packed) => this.arrived.set(name, { hash, packed });
  }

  numberOf = (place) => Math.floor(place / this.rows);

  nameOf = (number) => `rows-${String(number + 1).padStart(4, "0")}.js`;

  /** The example with its texts, when its file is here; null otherwise. */
  at(place) {
    return this.kept.get(this.numberOf(place))?.[place % this.rows] ?? null;
  }

  /** The examples of a file, which is then the newest of the few that are kept; none with a problem, which is noted. */
  async load(number) {
    const examples = await this.once(number);
    if (this.problems.has(number)) return examples;
    this.kept.delete(number);
    this.kept.set(number, examples);
    trim(this.kept, FILES_KEPT);
    return examples;
  }

  /** The examples of a file, for one look; a file that two ask for is read once. */
  async once(number) {
    if (this.problems.has(number)) return [];
    if (this.kept.has(number)) return this.kept.get(number);
    if (!this.loading.has(number)) this.loading.set(number, this.read(number).finally(() => this.loading.delete(number)));
    return this.loading.get(number);
  }

  async read(number) {
    const name = this.nameOf(number), path = `${this.folder}/${name}`;
    const there = await ran(path), found = this.arrived.get(name);
    this.arrived.delete(name);
    if (!there) return this.fails(number, `${path} is missing: copy the folder with the page`);
    if (found?.hash !== this.hashes[number]) return this.fails(number, `${path} is of another report than this page: make the report again, or copy page and folder together`);
    try {
      const { rows, documents, texts } = await inflated(found.packed);
      const known = new Map(Object.entries(documents));
      return rows.map((row, at) => example(row, number * this.rows + at, texts, known));
    } catch (error) {
      return this.fails(number, `${path} cannot be read (${error.message}): copy the folder again`);
    }
  }

  fails(number, problem) {
    this.problems.set(number, problem);
    return [];
  }

  /** Let files that could not be read be tried again, one or all: the user asks for them, and they may be there now. */
  again(number) {
    if (number === undefined) this.problems.clear();
    else this.problems.delete(number);
  }

  /** Why the texts of an example cannot be shown; "" while they can. */
  problem(place) {
    return this.problems.get(this.numberOf(place)) ?? "";
  }

  /** One line about all files that cannot be read. */
  said() {
    const [first, ...more] = this.problems.values();
    return first ? [first, more.length ? `and ${more.length} more file${more.length > 1 ? "s" : ""}` : ""].filter(Boolean).join(" · ") : "";
  }
}

/** Run a script; whether it was there. */
function ran(address) {
  return new Promise((done) => {
    const end = (there) => () => { script.remove(); done(there); };
    const script = el("script", { src: address, onload: end(true), onerror: end(false) });
    document.head.append(script);
  });
}

/** Leave the newest entries of a map. */
function trim(kept, most) {
  for (const oldest of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(oldest);
  }
}

/** What a row shows of its texts: of all examples when they are in the page, of those seen last in a large comparison. */
class Clips {
  constructor(data) {
    Object.assign(this, { data, kept: new Map(), busy: false });
  }

  /** The beginnings of input and answers; null where they are yet to be loaded. */
  of(place) {
    if (this.kept.has(place)) return this.kept.get(place);
    const one = this.data.whole(place);
    if (one) return clips(one);
    const problem = this.data.side.problem(place);
    return problem ? { input: problem, answers: [] } : null;
  }

  /** Load the file of the first of these places that lacks its texts, and keep what the others need of it. */
  async fetch(places, then) {
    const first = this.busy ? undefined : places.find((place) => this.of(place) === null);
    if (first === undefined) return;
    this.busy = true;
    await this.data.side.load(this.data.side.numberOf(first));
    for (const place of places) {
      const one = this.data.whole(place);
      if (one) this.kept.set(place, clips(one));
    }
    trim(this.kept, CLIPS_KEPT);
    this.busy = false;
    then();
  }
}

const clips = (one) => ({ input: clipped(one.input), answers: one.answers.map(([answer]) => clipped(one.texts[answer[TEXT]])) });
