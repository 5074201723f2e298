"""How well do the judges agree with people? Measured on published labels, with simple baselines for comparison.

`python -m validation.judges --data DIR` reads the label sets in DIR, prints the tables and writes docs/VALIDITY.md.
It is not part of a run: nothing in the harness imports it.
"""

import argparse
import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from harness.cli.config import ROOT, Builder, compose, resolved
from harness.errors import CutleryError
from harness.judges.alignment import indexed
from harness.judges.judge import Judge, Judgement, Question
from harness.judges.trust import Figures, keep
from harness.metrics.evidence import novel_bigrams, precision
from harness.store.spec import digest
from harness.text.tokens import words
from validation import refusals, style, verdicts
from validation.agreement import Values, auroc, pearson
from validation.label_sets import SETS, LabelSet, Rows, joined, read
from validation.verdicts import Calls

PAGE: Final = ROOT / "docs" / "VALIDITY.md"
RESAMPLES: Final = 1000
SHIPPED: Final = ("lexical_differences", "lexical", "lexical_words")
"""the judges that need nothing but what is installed"""

Agreement = Callable[[Values, Values], float]


WARM_UP: Final = 10
"""answers before the clock starts: a judge loads its model when it is first used"""
PREAMBLE: Final = """# How well do the judges agree with people?

Written by `{command}`; do not edit.

People have judged the answers of each set; a judge is as good as its agreement with them. **AUROC**: how often a reply
that people found wholly attributable gets more support than one that they did not (.5 is chance). **Pearson**:
correlation with the share of a summary's sentences that people found factual. Brackets hold 95 % intervals (bootstrap
over source texts, {resamples} resamples). The judges' weights were fitted on the development sets, so their figures
there are optimistic. Baselines and published scores were not fitted to these sets.

- `length`: minus the number of words; `n-grams`: mean of unigram and bigram precision against the evidence.
- BERTScore-P, FactCC, DAE, QAGS: the scores published with FRANK, correlated on the same rows.
- novel: share of the answers' bigrams that the evidence does not hold. BEGIN asks whether *all* of a reply is
  attributable: the geometric mean of a judgement is used; FRANK asks for a share: the mean is used.
"""
CLOSING: Final = """
**Choices and data.** `lexical_words` uses word overlap only; its weights were fitted on the development sets, and its
figures on the test sets were looked at once, after all choices had been made. `lexical_differences`, the default, is
`lexical` and what differs from the sentence that a claim restates; its weights were chosen on pairs of true and false
claims (`validation/claim_pairs`) and the development sets. Where a claim nearly restates a sentence, signs learned from
1,220 of these pairs decide on its verdict, not on its support (`words.strict`). `lexical` adds the similarity of a
claim's least similar word to the words of the evidence, both encoded in context by all-MiniLM-L6-v2. It
was chosen on the development sets alone, in 5-fold cross-validation over source texts, as the best of about eighty
variants: BEGIN .957 → .967 (difference .010, standard error .003 by bootstrap), FRANK CNN/DM .602 → .600, FRANK XSum
.217 → .201 (both within noise). For it the test sets were looked at a second time. Its weights have not changed since;
the encoder now reads less around the best stretch (30 characters instead of 400: BEGIN .967 → .967, CNN/DM .605 → .605,
XSum .196 → .186 in cross-validation) and in batches, and errors in the cutting of answers into sentences, claims and
courtesies were corrected. The figures above are measured again whenever this page is written: for these changes that
was a third look, and for claims from lists, tables and code a fourth, on which nothing was chosen. *bar* is the figure
that was required before the judge was built. Variants that did not help are in docs/LOG.md.

**What the encoder adds.** Cosines of whole claims, the mean over words (as in BERTScore) and content words only did not
help: on BEGIN much of the gain comes from function words that a speaker adds. The encoder is English; claims whose
evidence is in another language are judged by word overlap. `lexical_words` needs no model and is 5 to 40 times as fast
(answers/s: on one core, in processor time, after loading).

**Other judges.** A column for a cross-encoder or a language model appears when it is measured:
`make validate-metrics ARGS='--data DIR --judge lexical --judge lexical_words --judge "nli path=NAME"'` (or
`--judge "ragas llm.model=NAME"`); docs/JUDGES.md lists the names.
No trained checkpoint of either kind was available when this page was written. The
figures on the test sets are kept by the judge's fingerprint in `harness/judges/agreement.json`, from which every result
table takes them; a judge with other settings has none.

**Limits.** All three judges compare words. On FRANK XSum, one-sentence summaries that paraphrase almost everything (see
*novel*), their agreement with people is low: there an unsupported verdict means little, and a judge that understands
paraphrase should be used. Tables warn where the references of a task are as free, and print what the references
themselves get from the same judge. All miss false statements made of neighbouring words of the evidence, and in a
short sentence one wrong word among right ones may pass (fewest with `lexical_differences`, which alone asks what a
number is said of; the other two know a number wherever the evidence holds it). All label sets above are
English: for other languages there are only the unit tests.

**What remains, by kind.** On 357 pairs that were written to mend version 8 of the default judge by
(`python -m validation.pairs values_dev bound_dev changes_dev`; accepted / caught): values in another spelling
.922 / .961, where quarters of a year, versions, telephone numbers and abbreviated weekdays were not read; a value that
stands in the evidence and belongs to another thing .891 / .604: passed are a number said of the whole instead of its
part (.17 caught), the old value of a change (.38), cells of tables (.29) and another attribute's value (.47); one word
changed that is no value .913 / .602: passed are exchanged roles in languages of free order, new names and words in the
place of others, and the order of events.

**Boilerplate.** Greetings, headings and other words that the training references use habitually and their evidence does
not hold claim nothing (`harness/metrics/boilerplate.py`). The label sets have no boilerplate, so the figures above do
not measure this rule.
"""


FIGURES: Final[Mapping[str, Agreement]] = {"AUROC": auroc, "Pearson": pearson}


def interval(figure: Agreement, scores: Values, labels: Values, groups: Sequence[str]) -> tuple[float, float]:
    """Return the 95 % percentile interval of a figure, whole groups drawn with replacement."""
    names = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    number = np.array([names[group] for group in groups])
    members = [np.flatnonzero(number == group) for group in range(len(names))]
    generator = np.random.default_rng(0)
    resampled = []
    for _ in range(RESAMPLES):
        drawn = np.concatenate([members[group] for group in generator.integers(len(members), size=len(members))])
        resampled.append(figure(scores[drawn], labels[drawn]))
    low, high = np.percentile(resampled, [2.5, 97.5])
    return float(low), float(high)


def baselines(questions: Sequence[Question]) -> dict[str, Values]:
    """Return the scores of the baselines."""
    return {
        "length": np.array([-float(len(words(question.answer))) for question in questions]),
        "n-grams": np.array(
            [sum(precision(question.answer, question.evidence, n) for n in (1, 2)) / 2 for question in questions]
        ),
    }


def judged(judge: Judge, rows: Rows) -> tuple[Sequence[Judgement], float]:
    """Return the judgements and the answers per second."""
    judge.judge(rows.questions[:WARM_UP])
    indexed.cache_clear()
    clock = time.process_time if judge.reads == "words" else time.perf_counter  # one core: other load must not count
    begin = clock()
    judgements: Sequence[Judgement] = judge.judge(rows.questions)
    return judgements, len(rows.questions) / (clock() - begin)


def judges(wanted: Sequence[str]) -> dict[str, Judge]:
    """Build judges from conf/judge, each "NAME" or "NAME KEY=VALUE …", as `judge=NAME judge.KEY=VALUE` would.

    Raises:
        ConfigError: the file does not exist, or a value is wrong.
    """
    builder = Builder()
    built = {}
    for choice in wanted:
        name, *settings = shlex.split(choice)
        config = compose([f"judge={name}", *(f"judge.{setting}" for setting in settings)])
        built[choice] = builder.build(resolved(config)["judge"], f"judge {choice}")
    builder.raise_problems()
    return built


@dataclass(frozen=True)
class Measured:
    """One judge on one label set."""

    value: float
    low: float
    high: float
    answers_per_second: float
    unjudged: int
    """answers that the judge could not judge; they count as not supported"""
    calls: Calls
    """what it says of each answer with a claim"""


def measure(labelled: LabelSet, rows: Rows, judge: Judge) -> Measured:
    """Return how far a judge agrees with the people who labelled a set.

    An answer without claims or without a judgement counts as not supported, but is left out of `Measured.calls`.
    """
    figure = FIGURES[labelled.figure]
    judgements, speed = judged(judge, rows)
    readings = [labelled.reading(judgement) for judgement in judgements]
    scores = np.array([reading or 0.0 for reading in readings])
    low, high = interval(figure, scores, rows.labels, rows.groups)
    unjudged = sum(bool(judgement.unjudged) for judgement in judgements)
    calls = verdicts.of_judge(judgements, readings, rows.labels, rows.systems, labelled.whole)
    return Measured(figure(scores, rows.labels), low, high, speed, unjudged, calls)


def row(labelled: LabelSet, rows: Rows, measured: Mapping[str, Measured]) -> dict[str, str]:
    """Return one row of the table."""
    figure = FIGURES[labelled.figure]
    cells = {
        "set": labelled.title,
        "answers": str(len(rows.questions)),
        "figure": labelled.figure,
        "novel": short(novel_bigrams((question.answer, question.evidence) for question in rows.questions) or 0.0),
    }
    for name, judge in measured.items():
        missing = f", {judge.unjudged} unjudged" if judge.unjudged else ""
        cells[f"`{name}`"] = f"**{short(judge.value)}** [{short(judge.low)}, {short(judge.high)}]{missing}"
        cells[f"`{name}` answers/s"] = f"{judge.answers_per_second:.0f}"
    if labelled.bar is not None:
        cells["bar"] = short(labelled.bar)
    for name, scores in {**baselines(rows.questions), **rows.published}.items():
        cells[name] = short(figure(scores, rows.labels))
    return cells


def short(value: float) -> str:
    """Return three decimals without the leading zero."""
    return f"{value:.3f}".replace("0.", ".", 1)


def table(rows: Sequence[Mapping[str, str]]) -> str:
    """Return rows as a markdown table; a cell that a row lacks holds a dash."""
    columns = list(dict.fromkeys(name for cells in rows for name in cells))
    lines = [columns, ["---"] * len(columns), *([cells.get(name, "–") for name in columns] for cells in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


OfSet = tuple[LabelSet, Rows, Mapping[str, Measured]]
"""a label set, read, and what each judge got on it"""


def printed(measured: Sequence[OfSet]) -> str:
    """Return the section on what tables print: every judge and baseline on every label set."""
    calls: dict[tuple[str, str], Calls] = {}
    groups = [_one(of_set) for of_set in measured] + _pooled(measured)
    development = {group.name: group.rows for group in groups if group.use == "development"}
    for group in groups:
        calls |= {(group.title, f"`{name}`"): own for name, own in group.calls.items()}
        fitted = development.get(group.name, group.rows)
        chosen = baselines(fitted.questions)
        for name, scores in baselines(group.rows.questions).items():
            known, own = (chosen[name], fitted.labels), group.rows
            calls[group.title, name] = verdicts.of_baseline(scores, known, own.labels, own.systems, group.whole)
    parts = [verdicts.READING, table(list(verdicts.rows(calls))), verdicts.CURVE_READING]
    return "\n".join([*parts, table(list(verdicts.curves(calls)))]) + "\n"


@dataclass(frozen=True)
class Group:
    """One label set, or several as one, with what each judge says of it."""

    name: str
    use: str
    whole: bool
    rows: Rows
    calls: Mapping[str, Calls]

    @property
    def title(self) -> str:
        """Name and use, as the page says it."""
        return f"{self.name}, {self.use}"


def _one(of_set: OfSet) -> Group:
    labelled, rows, by_judge = of_set
    calls = {name: one.calls for name, one in by_judge.items()}
    return Group(labelled.name, labelled.use, labelled.whole, rows, calls)


def _pooled(measured: Sequence[OfSet]) -> list[Group]:
    """Return the sets of one file together, where a file has several: easier, since it mixes easy and hard texts."""
    pooled = []
    for file in dict.fromkeys(labelled.file for labelled, _, _ in measured):
        parts = [_one(of_set) for of_set in measured if of_set[0].file == file]
        if len(parts) > 1:
            name = f"{parts[0].name.split()[0]} ({' and '.join(part.name.split()[-1] for part in parts)})"
            calls = {judge: verdicts.together([part.calls[judge] for part in parts]) for judge in parts[0].calls}
            pooled.append(replace(parts[0], name=name, rows=joined([part.rows for part in parts]), calls=calls))
    return pooled


def page(rows: Sequence[Mapping[str, str]], command: str) -> str:
    """Return docs/VALIDITY.md."""
    return PREAMBLE.format(command=command, resamples=f"{RESAMPLES:,}") + "\n" + table(rows) + "\n" + CLOSING


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print; with both uses measured, write the page and keep the figures for the result tables."""
    parser = argparse.ArgumentParser(prog="python -m validation.judges", description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, metavar="DIR", help="folder of label sets and texts: begin/, frank/ …"
    )
    parser.add_argument(
        "--judge",
        action="append",
        metavar="NAME",
        help='file of conf/judge, with settings: "nli path=DIR" (default: the lexical ones)',
    )
    parser.add_argument("--use", choices=("development", "test"), help="only these sets, and nothing is written")
    given = parser.parse_args(arguments)
    wanted = given.judge or list(SHIPPED)
    try:
        chosen = judges(wanted)
        sets = [(labelled, read(labelled, given.data)) for labelled in SETS if given.use in (None, labelled.use)]
        measured = [
            (labelled, rows, {name: measure(labelled, rows, judge) for name, judge in chosen.items()})
            for labelled, rows in sets
        ]
    except CutleryError as error:
        parser.exit(2, f"{error}\n")
    lines = [row(*of_set) for of_set in measured]
    said = printed(measured)
    print(table(lines), said, sep="\n")
    if given.use is None:
        named = "".join(f" --judge {shlex.quote(name)}" for name in given.judge or [])
        others = "\n" + style.section(given.data) + refusals.section()
        print(others)
        further = said + others
        PAGE.write_text(page(lines, f"python -m validation.judges --data DIR{named}") + further, encoding="utf-8")
        keep({digest(judge): figures(name, measured) for name, judge in chosen.items()})


def figures(judge: str, measured: Sequence[OfSet]) -> Figures:
    """Return a judge's agreement on the test sets, from which the result tables take what they say of it."""
    return {
        labelled.name: {labelled.figure: round(by_judge[judge].value, 3), **by_judge[judge].calls.kept()}
        for labelled, _, by_judge in measured
        if labelled.use == "test"
    }


if __name__ == "__main__":
    main()
