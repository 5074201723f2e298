// Words in a large comparison: its files are read one after the other, and of each only the places of matches are kept.

const TYPING = 250, TOLD = 400; // milliseconds until a search begins, and between two lines about it

class Search {
  /** @param told called now and then while the files are read, and at the end. */
  constructor(side, total, told) {
    Object.assign(this, { side, total, told, words: "", found: new Set(), read: 0, waiting: 0 });
  }

  /** Search for other words than before; another choice among the same words is no new search. */
  begin(words) {
    if (words.join(" ") === this.words) return;
    Object.assign(this, { words: words.join(" "), found: new Set(), read: 0 });
    clearTimeout(this.waiting);
    if (words.length) this.waiting = setTimeout(() => this.run(words, this.found), TYPING);
  }

  async run(words, found) {
    let last = performance.now();
    for (let number = 0; number < this.side.hashes.length; number += 1) {
      this.side.again(number);
      const examples = await this.side.once(number);
      if (found !== this.found) return; // other words were typed
      for (const one of examples) if (holds(one, words)) found.add(one.place);
      this.read = Math.min(this.total, (number + 1) * this.side.rows);
      if (performance.now() - last < TOLD && this.read < this.total) continue;
      last = performance.now();
      this.told();
    }
  }

  get done() {
    return !this.words || this.read >= this.total;
  }

  /** How far it is; "" when nothing is searched. */
  said() {
    return this.done ? "" : `searched ${this.read.toLocaleString("en")} of ${this.total.toLocaleString("en")}`;
  }
}
