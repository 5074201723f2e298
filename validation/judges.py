"""How well do the judges agree with people? Measured on published labels, with simple baselines for comparison.

`python -m validation.judges --data DIR` reads the label sets in DIR, prints the tables and writes docs/VALIDITY.md.
It is not part of a run: nothing in the harness imports it.
"""

import argparse
import json
import math
import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from harness.cli.config import ROOT, Builder, compose, resolved
from harness.errors import CutleryError, DataError
from harness.judges.alignment import indexed
from harness.judges.judge import Judge, Judgement, Question
from harness.judges.trust import Figures, keep
from harness.metrics.evidence import novel_bigrams, precision
from harness.store.spec import digest
from harness.text.tokens import words
from validation import refusals, style, verdicts
from validation.agreement import Values, auroc, pearson
from validation.verdicts import Calls

PAGE: Final = ROOT / "docs" / "VALIDITY.md"
RESAMPLES: Final = 1000
SHIPPED: Final = ("lexical_differences", "lexical", "lexical_words")
"""the judges that need nothing but what is installed"""

Agreement = Callable[[Values, Values], float]
Reading = Callable[[Judgement], float | None]


def mean_support(judgement: Judgement) -> float | None:
    """Return the mean support of the assertions; None without any."""
    return judgement.mean_support


def whole_support(judgement: Judgement) -> float | None:
    """Return how far the whole answer is supported, questions included; None without claims.

    The weighted geometric mean of support: one unsupported claim of some length lowers it more than it would
    lower an arithmetic mean; a short one hardly changes it.
    """
    weight = sum(claim.weight for claim in judgement.claims)
    if not weight:
        return None
    return math.exp(sum(claim.weight * math.log(max(claim.support, 1e-9)) for claim in judgement.claims) / weight)


@dataclass(frozen=True)
class LabelSet:
    """Answers that people have judged."""

    name: str
    use: Literal["development", "test"]
    """the judges' weights were fitted on development sets"""
    file: str
    keep: str
    """value of the field `dataset` to keep; "" for every row"""
    figure: Literal["AUROC", "Pearson"]
    reading: Reading
    """the part of a judgement that corresponds to the question that people were asked"""
    bar: float | None = None
    """figure required of `lexical` before it was built; None where none was"""

    @property
    def title(self) -> str:
        """Name and use, as the page says it."""
        return f"{self.name}, {self.use}"

    @property
    def whole(self) -> bool:
        """Whether people judged whole answers, not shares of them."""
        return self.reading is whole_support


SETS: Final = (
    LabelSet("BEGIN", "development", "begin/cases_wow_dev.jsonl", "", "AUROC", whole_support),
    LabelSet("FRANK CNN/DM", "development", "frank/cases_valid.jsonl", "cnndm", "Pearson", mean_support),
    LabelSet("FRANK XSum", "development", "frank/cases_valid.jsonl", "bbc", "Pearson", mean_support),
    LabelSet("BEGIN", "test", "begin/cases_wow_test.jsonl", "", "AUROC", whole_support, 0.945),
    LabelSet("FRANK CNN/DM", "test", "frank/cases_test.jsonl", "cnndm", "Pearson", mean_support, 0.545),
    LabelSet("FRANK XSum", "test", "frank/cases_test.jsonl", "bbc", "Pearson", mean_support),
)
WARM_UP: Final = 10
"""answers before the clock starts: a judge loads its model when it is first used"""
PUBLISHED: Final = {"BERTScore-P": "BertScore P Art", "FactCC": "FactCC", "DAE": "Dep Entail", "QAGS": "QAGS"}
"""column -> key of the scores that FRANK publishes with its labels (against the article)"""

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
claims (`validation/claim_pairs`) and the development sets. `lexical` adds the
similarity of a claim's least similar word to the words of the evidence, both encoded in context by all-MiniLM-L6-v2. It
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

**Boilerplate.** Greetings, headings and other words that the training references use habitually and their evidence does
not hold claim nothing (`harness/metrics/boilerplate.py`). The label sets have no boilerplate, so the figures above do
not measure this rule.
"""


@dataclass(frozen=True)
class Rows:
    """One label set, read."""

    questions: tuple[Question, ...]
    labels: Values
    groups: tuple[str, ...]
    """rows of one group share their source text"""
    systems: tuple[str, ...]
    """what wrote the answers"""
    published: Mapping[str, Values]


def read(labelled: LabelSet, data: Path) -> Rows:
    """Return the rows of a label set.

    Raises:
        DataError: a file is not there.
    """
    cases = [row for row in _lines(data / labelled.file) if labelled.keep in ("", row.get("dataset"))]
    if labelled.file.startswith("begin"):
        evidence = [str(row["source"]) for row in cases]
        labels = [float(row["label"]) for row in cases]
    else:
        texts = {row["id"]: str(row["text"]) for row in _lines(data / "frank" / "documents.jsonl")}
        evidence = [texts[row["doc_ids"][0]] for row in cases]
        labels = [float(row["human_factuality"]) for row in cases]
    scores = [row.get("baseline", {}) for row in cases]
    published = {
        name: np.array([float(row.get(key) or 0.0) for row in scores])
        for name, key in PUBLISHED.items()
        if any(row.get(key) is not None for row in scores)
    }
    questions = tuple(Question(str(row["output"]), (text,)) for row, text in zip(cases, evidence, strict=True))
    systems = tuple(str(row.get("system", "")) for row in cases)
    return Rows(questions, np.array(labels), tuple(evidence), systems, published)


def _lines(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise DataError(f"{path}: not found; --data names the folder that holds begin/ and frank/ as JSON lines")
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


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
    development = {labelled.name: rows for labelled, rows, _ in measured if labelled.use == "development"}
    calls: dict[tuple[str, str], Calls] = {}
    for labelled, rows, by_judge in measured:
        calls |= {(labelled.title, f"`{name}`"): one.calls for name, one in by_judge.items()}
        fitted = development.get(labelled.name, rows)
        chosen = baselines(fitted.questions)
        for name, scores in baselines(rows.questions).items():
            known = (chosen[name], fitted.labels)
            calls[labelled.title, name] = verdicts.of_baseline(scores, known, rows.labels, rows.systems, labelled.whole)
    parts = [verdicts.READING, table(list(verdicts.rows(calls))), verdicts.CURVE_READING]
    return "\n".join([*parts, table(list(verdicts.curves(calls)))]) + "\n"


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
