// The card in pictures and tables.

/** One bar per arm that is not ruled out, best first: the share of each rank, with its text where there is room. */
function rankBars({ arms }, { allowed, ranks, first }) {
  const room = narrow() ? 0.3 : 0.14; // for a text, as a share of the bar
  const order = allowed.map((_, place) => place).sort((a, b) => first[allowed[b]] - first[allowed[a]]);
  const bars = order.map((place) => {
    const parts = ranks[place].map((share, rank) => {
      const part = el("span", { class: `rank r${Math.min(rank, 3)}` }, share >= room ? `${rankName(rank)} ${percent(share)}` : "");
      part.style.width = `${100 * share}%`;
      return part;
    });
    const name = arms[allowed[place]], said = ranks[place].map((share, rank) => `${rankName(rank)} ${percent(share)}`).join(", ");
    return el("div", { class: "bar" }, el("span", { class: "arm" }, visible(name)),
      el("span", { class: "ranks", role: "img", "aria-label": `${name}: ${said}` }, parts), el("span", { class: "first" }, percent(ranks[place][0])));
  });
  return [...bars, rankKey(allowed.length)];
}

/** What the colours of the bars stand for: parts without room for a text have no other name. */
function rankKey(count) {
  const keys = Array.from({ length: Math.min(count, 4) }, (_, rank) => el("span", {}, el("span", { class: `swatch rank r${rank}` }), rank < 3 ? rankName(rank) : count > 4 ? "4th and later" : "4th"));
  return el("p", { class: "rank-key", "aria-hidden": "true" }, keys); // a bar's own label says every share
}

/** Whether the page is as narrow as a phone. */
const narrow = () => matchMedia("(max-width: 760px)").matches;

const cell = (value) => el("td", { class: "number" }, value === null || value === undefined ? "–" : value.toFixed(3));

const heads = (names) => el("thead", {}, el("tr", {}, names.map((name, at) => el("th", { scope: "col", class: at && !/would|then/.test(name) ? "number" : null }, name))));

function armTable({ arms }, { allowed, ranks, first, scores, regret, kept }, more) {
  const names = ["arm", "probability of being best", ...allowed.slice(1).map((_, rank) => rankName(rank + 1)), "expected utility", "expected regret", "best with weights that favour it", ...(kept.limited ? ["keeps the limits"] : [])];
  const rows = arms.map((name, arm) => {
    const place = allowed.indexOf(arm), own = place < 0 ? allowed.map(() => null) : ranks[place];
    return el("tr", {}, el("th", { scope: "row" }, visible(name)), cell(place < 0 ? null : first[arm]), own.slice(1).map(cell),
      cell(scores[arm]), cell(regret?.[arm] ?? null), cell(place < 0 ? null : more?.confidence[place]), kept.limited ? cell(kept.all[arm]) : null);
  });
  return [el("caption", { class: "hidden" }, "The arms"), heads(names), el("tbody", {}, rows)];
}

function criteriaTable({ arms, criteria }, { weights, expected }) {
  const rows = criteria.map((own, at) => el("tr", {}, el("th", { scope: "row" }, own.title), cell(weights[at]),
    arms.map((name, arm) => cell(own.draws[name] ? expected[at][arm] : null)), el("td", {}, own.wanted ?? "")));
  return [el("caption", { class: "hidden" }, "Weights and utilities"), heads(["criterion", "weight", ...arms, "would measure what is missing"]), el("tbody", {}, rows)];
}

/** Where another arm takes over; nothing until it is known. */
function takeoverTable(data, more) {
  const noLimit = ({ kind }) => (["limit", "labels at hand"].includes(kind) ? "no limit" : "–");
  const nowText = (one) => (one.kind === "documents" ? "may leave" : one.now === null ? noLimit(one) : amount(one.now));
  const value = (one) => (OF_USE.includes(one.kind) ? about(one.value, one.low, one.high) : amount(one.value));
  const atText = (one) => (one.value === null ? "may not" : `${one.above ? "above" : "below"} ${value(one)}`);
  const armText = ({ arm }) => (arm === null ? "none left" : `${data.arms[arm]}${data.floor[data.arms[arm]] ? ` (${data.floor[data.arms[arm]].cell})` : ""}`);
  const rows = (more?.takeovers ?? []).map((one) => {
    const name = ["weight", "limit"].includes(one.kind) ? `${one.kind}: ${data.criteria[one.at].name}` : one.kind;
    const never = one.never === null ? "–" : one.never.toFixed(2), texts = (own) => own.map((text) => el("td", { class: "number" }, text));
    return el("tr", {}, el("th", { scope: "row" }, name), texts([nowText(one)]), el("td", {}, visible(armText(one))), texts([atText(one), intervalText(one), never]));
  });
  return [el("caption", { class: "hidden" }, "What would change it"), heads(["what", "now", "best then", "from where on", "95 % interval", "never, share of draws"]), el("tbody", {}, rows)];
}

function centralTable({ arms, criteria }, { weights, allowed }, more) {
  const rows = criteria.map((own, at) => el("tr", {}, el("th", { scope: "row" }, own.title), cell(weights[at]), allowed.map((_, place) => cell(more?.central[place]?.[at])))).filter((_, at) => weights[at] > 0);
  return [el("caption", { class: "hidden" }, "Central weights"), heads(["criterion", "yours", ...allowed.map((arm) => arms[arm])]), el("tbody", {}, rows)];
}

const HEIGHT = 300, LEFT = 52, BOTTOM = 46, EDGE = 14, TOP = 40;

/** Of the picture: drawn as wide as it is shown on a phone, so that its text is as large as that of the page. */
const pictureWidth = () => (narrow() ? 340 : 480);

/** The two criteria that speak most for the recommended arm and for the runner-up, and the arms that no other arm beats at both. */
function tradeoffPicture(data, found) {
  const { ahead, behind } = found.second === null ? {} : tradeoff(found);
  if (!ahead?.length || !behind?.length) return [];
  const [x, y] = [behind[0].at, ahead[0].at], unbeaten = frontier(found, x, y), named = (arms) => listed(arms.map((arm) => data.arms[arm]));
  const said = `Better upwards: ${data.criteria[y].title}. Better to the right: ${data.criteria[x].title}. Not beaten at both: ${named(unbeaten)}.`;
  return [el("h3", {}, `What ${data.arms[found.chosen]} and ${data.arms[found.second]} trade against each other`), drawing(data, found, x, y, unbeaten, said), el("p", { class: "legend" }, `${narrow() ? `Better upwards: ${axisTitle(data.criteria[y])}. Better to the right: ${axisTitle(data.criteria[x])}. ` : ""}Not beaten at both by any arm: ${named(unbeaten)}. Lines: 95 % of the resamples.`)];
}

/** Allowed arms that no other one beats at both criteria, from the left to the right. */
function frontier({ expected, allowed }, x, y) {
  const beats = (by, arm) => expected[x][by] >= expected[x][arm] && expected[y][by] >= expected[y][arm] && expected[x][by] + expected[y][by] > expected[x][arm] + expected[y][arm];
  return allowed.filter((arm) => !allowed.some((by) => beats(by, arm))).sort((a, b) => expected[x][a] - expected[x][b]);
}

function svg(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function drawing(data, found, x, y, unbeaten, said) {
  const { expected, allowed, chosen } = found, width = pictureWidth(), across = (u) => LEFT + u * (width - LEFT - EDGE), up = (u) => HEIGHT - BOTTOM - u * (HEIGHT - BOTTOM - TOP);
  const line = (x1, y1, x2, y2, kind) => svg("line", { x1: across(x1), y1: up(y1), x2: across(x2), y2: up(y2), class: kind });
  const tops = labelTops(allowed.map((arm) => [arm, across(expected[x][arm]), up(expected[y][arm]) - 9]));
  const marks = allowed.flatMap((arm) => {
    const [left, right] = span(found.held[x][arm]), [low, high] = span(found.held[y][arm]), place = [expected[x][arm], expected[y][arm]];
    const end = place[0] > 0.75 ? "end" : "start";
    return [line(left, place[1], right, place[1], "spread"), line(place[0], low, place[0], high, "spread"),
      svg("circle", { cx: across(place[0]), cy: up(place[1]), r: arm === chosen ? 7 : 5, class: arm === chosen ? "point chosen" : "point" }),
      svg("text", { x: across(place[0]) + (end === "end" ? -10 : 10), y: tops.get(arm), "text-anchor": end, class: arm === chosen ? "chosen" : "" }, data.arms[arm])];
  });
  const points = unbeaten.map((arm) => `${across(expected[x][arm])},${up(expected[y][arm])}`).join(" ");
  return svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, class: "tradeoff", role: "img", "aria-label": said },
    line(0, 0, 1, 0, "axis"), line(0, 0, 0, 1, "axis"), svg("polyline", { points, class: "frontier" }), ...marks, ...axisTexts(data, x, y, across, up));
}

/** Where each name stands, so that none covers another: above its mark, or as many lines below as others near it take. */
function labelTops(names) {
  const tops = new Map(), placed = [], taken = (left, top) => placed.some(([at, other]) => Math.abs(at - left) < NAME_WIDTH && Math.abs(top - other) < NAME_HEIGHT);
  for (const [arm, left, wanted] of [...names].sort((a, b) => a[2] - b[2])) {
    let top = wanted;
    while (taken(left, top)) top += NAME_HEIGHT;
    placed.push([left, top]);
    tops.set(arm, top);
  }
  return tops;
}

const NAME_WIDTH = 70, NAME_HEIGHT = 17; // of an arm's name in the picture

/** What stands at the ends of the axes: the fixed ends of the criteria's scales. */
function axisTexts(data, x, y, across, up) {
  const [own, other] = [data.criteria[x], data.criteria[y]], text = (at, above, anchor, words) => svg("text", { x: at, y: above, "text-anchor": anchor, class: "axis" }, words);
  const titles = narrow() ? [text(6, 14, "start", "↑ better"), text(across(0.5), up(0) + 36, "middle", "better →")] // what, is said below: there is no room
    : [text(6, 14, "start", `↑ better: ${axisTitle(other)}`), text(across(0.5), up(0) + 36, "middle", `${axisTitle(own)}: better →`)];
  return [...titles, text(across(0), up(0) + 16, "start", amount(own.worst)), text(across(1), up(0) + 16, "end", amount(own.best)),
    text(across(0) - 6, up(0), "end", amount(other.worst)), text(across(0) - 6, up(1) + 8, "end", amount(other.best))];
}

const axisTitle = (criterion) => `${criterion.title}, ${perMonth(criterion)}`;

const perMonth = ({ unit, times }) => (times === "nothing" ? unit : `${unit.split(" ")[0]} a month`);

/** The middle 95 % of utilities. */
function span(utilities) {
  const ordered = Float64Array.from(utilities).sort();
  return [quantile(ordered, 0.025), quantile(ordered, 0.975)];
}
