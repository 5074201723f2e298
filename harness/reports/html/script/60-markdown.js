// One example as Markdown, for an issue or a chat.

/** Text that no renderer takes for markup: a fence longer than any inside it. */
function fenced(text) {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

function markdown(data, one, wishes) {
  const parts = [`### ${plain(data.title)}: ${plain(one.id)}`, "**Input**", fenced(one.input)];
  if (one.references.length) parts.push("**References**", fenced(one.references.join("\n")));
  for (const arm of wishes.shown) {
    const { name, seeds } = data.arms[arm];
    one.answers[arm].forEach((answer, place) => {
      const seed = seeds.length > 1 ? `, seed ${seeds[place]}` : "";
      parts.push(`**${plain(name)}${seed}** (${heading(data, answer)})`, fenced(one.texts[answer[TEXT]]));
    });
  }
  return `${parts.join("\n\n")}\n`;
}

function heading(data, answer) {
  const scores = data.metrics.map((metric, place) => [plain(metric.name), numberOf(answer[SCORES][place])]).filter(([, value]) => value !== null);
  return [answer[STATE], ...scores.map(([name, value]) => `${name} ${shortNumber(value)}`)].join(", ");
}

const plain = (text) => text.replace(/[\\`*_|<>[\]#&]/g, "\\$&").replace(/\s+/g, " ");
