// Elements made by hand. Text of a record only ever becomes a text node: nothing here parses markup.

const LONGEST = 20000; // characters shown at once of a single text

const CLIPPED = 360; // characters of a text that a row holds

const byId = (id) => document.getElementById(id);

/** An element with attributes and children (strings become text nodes). */
function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
}

// Control characters, bidirectional overrides and other invisible marks are shown, not obeyed.
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/u;

/** The nodes of a text, with what cannot be seen made visible. */
function visible(text) {
  if (!INVISIBLE.test(text)) return [text];
  const nodes = [];
  let plain = "";
  for (const character of text) {
    if (!INVISIBLE.test(character)) {
      plain += character;
      continue;
    }
    if (plain) nodes.push(plain);
    plain = "";
    const code = character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    nodes.push(el("span", { class: "control" }, `U+${code}`));
  }
  return plain ? [...nodes, plain] : nodes;
}

/** A block of text; a very long one is shown in part until it is asked for. */
function block(text, kind = "text") {
  if (text.length <= LONGEST) return el("div", { class: kind, dir: "auto" }, visible(text));
  const shown = el("div", { class: kind, dir: "auto" }, visible(text.slice(0, LONGEST)));
  const more = el("button", { type: "button" }, `Show all ${text.length.toLocaleString("en")} characters`);
  more.addEventListener("click", () => {
    shown.replaceChildren(...visible(text));
    more.remove();
  });
  return el("div", {}, shown, more);
}

/** The first characters of a text, on one line; an ellipsis says that there are more. */
const clipped = (text, length = CLIPPED) => text.slice(0, length).replace(/\s+/g, " ") + (text.length > length ? "…" : "");

const shortNumber = (value) =>
  value === null ? "–" : Number.isInteger(value) ? String(value) : Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
