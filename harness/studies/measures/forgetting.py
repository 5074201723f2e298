"""What tuning takes away: probes of before, asked of the tuned arms and of the same quantised base.

Forgotten is the base's content minus the arm's, question by question. Content is the share of a question's facts that
the answer states (without facts: whether it states a reference; with choices: whether the likeliest per character is a
right one). Form is scored apart, over answers with the whole content: one that is written otherwise than it was before
has lost a form, and has forgotten nothing. Refusals stand apart, too: who was taught to say "I do not know" says so.
By steps of training, beside what was learnt of the task, it is the learning-forgetting curve of Biderman et al. (LoRA
Learns Less and Forgets Less, arXiv 2405.09673).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn
from harness.analysis.stats.bootstrap import Floats
from harness.metrics.acc_norm import NormalisedChoiceAccuracy
from harness.metrics.exact_match import exact_match
from harness.metrics.fact_coverage import states
from harness.studies.data import StudyData
from harness.studies.measures.measure import Findings, by_row, excludes_zero
from harness.studies.numbers import contrast, of_runs, text_of
from harness.text.refusals import is_refusal
from harness.types import Example, Prediction, Record

PROBE: Final = "probe"
"""setting of the levels that ask one"""
CHOICES: Final = NormalisedChoiceAccuracy()

Valued = Callable[[Example, Prediction], float | None]


@dataclass(frozen=True)
class Forgetting:
    """Every probe, every arm, by steps of training."""

    KEY: ClassVar[str] = "harness.studies.measures.forgetting.Forgetting"

    def read(self, data: StudyData) -> Findings:
        levels = probe_levels(data)
        plain = plain_arm(data)
        sections = [
            _means(data, levels, "content", "Content of answers to probes", content),
            *([_forgotten(data, levels, plain), _curve(data, levels, plain)] if plain else []),
            _means(data, levels, "form", "Of answers with the whole content, share written as a reference is", form),
            _means(data, levels, "refused", "Refusals of probes", refusal),
        ]
        return Findings(tuple(one for one in sections if one.rows), tuple(_words(data, levels, plain)))


def content(example: Example, answer: Prediction) -> float:
    """Return how much of what is asked for an answer states, from 0 to 1, however it is written."""
    if example.choices and len(answer.choice_logliks) == len(example.choices):
        return float(CHOICES.chosen(example, answer.choice_logliks) in example.references)
    if answer.failed:
        return 0.0
    if example.facts:
        return float(np.mean([states(answer.text, fact) for fact in example.facts]))
    return max((states(answer.text, reference) for reference in example.references), default=0.0)


def form(example: Example, answer: Prediction) -> float | None:
    """Return whether an answer with the whole content is written as a reference is; None for other answers."""
    if example.choices or content(example, answer) < 1.0:
        return None
    return max((exact_match(answer.text, reference) for reference in example.references), default=0.0)


def refusal(example: Example, answer: Prediction) -> float:
    """Return whether an answer is a refusal."""
    return float(not answer.failed and is_refusal(answer.text))


def mean(data: StudyData, level: str, arm: str, value: Valued) -> Figure | None:
    """Return the mean of a value over an arm's answers under a level; None without any."""
    own = _runs(data.records(level, arm), value)
    return of_runs([_table(own, list(own))], data.clusters(list(own))) if own else None


def probe_levels(data: StudyData) -> list[str]:
    """Return the levels that ask a probe."""
    return [level for level in data.levels if PROBE in data.settings(level)]


def plain_arm(data: StudyData) -> str:
    """Return the bare base model's arm; "" without one."""
    return next((arm for arm, role in data.roles.items() if role.plain), "")


def base_level(data: StudyData, level: str, plain: str) -> str | None:
    """Return the level at which the base was asked the same probe: this one, or the first."""
    probe = data.settings(level)[PROBE]
    same = [one for one in probe_levels(data) if data.settings(one)[PROBE] == probe and data.records(one, plain)]
    return level if level in same else next(iter(same), None)


def forgotten(data: StudyData, level: str, arm: str, plain: str) -> Figure | None:
    """Return the base's content minus the arm's on the probe of a level, paired."""
    before = base_level(data, level, plain)
    if before is None or arm == plain:
        return None
    first, second = (_runs(data.records(one, who), content) for one, who in ((before, plain), (level, arm)))
    ids = [name for name in first if name in second]
    return of_runs([_table(first, ids), -_table(second, ids)], data.clusters(ids)) if ids else None


def steps(records: Sequence[Record]) -> float | None:
    """Return the steps after which the adapters were kept, their mean; None without one that was trained."""
    trained = [record.facts.get("training", {}) for record in records]
    kept = [training.get("kept_step", training.get("steps")) for training in trained]
    known = [float(one) for one in kept if one is not None]
    return sum(known) / len(known) if known else None


def _runs(records: Sequence[Record], value: Valued) -> dict[str, list[float]]:
    """Return the values of each question over runs, NaN for none."""
    found: dict[str, list[float]] = {}
    for record in records:
        for example, answer in zip(record.examples, record.predictions, strict=True):
            made = value(example, answer)
            found.setdefault(example.id, []).append(float("nan") if made is None else made)
    return found


def _table(runs: dict[str, list[float]], ids: Sequence[str]) -> Floats:
    return np.array([runs[name] for name in ids], dtype=np.float64).T


def _means(data: StudyData, levels: Sequence[str], name: str, title: str, value: Valued) -> Section:
    columns = (SectionColumn("probe"), *(SectionColumn(arm, "", 3) for arm in data.arms))
    rows = [(level, *(mean(data, level, arm, value) for arm in data.arms)) for level in levels]
    return Section(name, title, columns, by_row(rows))


def _forgotten(data: StudyData, levels: Sequence[str], plain: str) -> Section:
    arms = [arm for arm in data.arms if arm != plain]
    rows = [(level, *(forgotten(data, level, arm, plain) for arm in arms)) for level in levels]
    note = Note("Reading", f"content of {plain} minus content of the arm, paired; above 0: forgotten")
    columns = (SectionColumn("probe"), *(SectionColumn(arm, "", 3) for arm in arms))
    return Section("forgotten", "Forgotten: content before tuning minus after", columns, by_row(rows), (note,))


def _curve(data: StudyData, levels: Sequence[str], plain: str) -> Section:
    """Return, by arm and steps, what was learnt of the task and what was forgotten of each probe."""
    probes = list(dict.fromkeys(str(data.settings(level)[PROBE]) for level in levels))
    rows = list(_points(data, levels, plain, probes))
    columns = (
        *(SectionColumn("arm"), SectionColumn("steps", "", 0), SectionColumn(f"{data.metric} on the task", "", 3)),
        *(SectionColumn(f"forgotten of {probe}", "", 3) for probe in probes),
    )
    note = Note("Reading", "steps: those after which the adapter was kept, by its loss on validation")
    return Section("curve", "Learning and forgetting by steps of training", columns, tuple(rows), (note,))


def _points(
    data: StudyData, levels: Sequence[str], plain: str, probes: Sequence[str]
) -> Iterator[tuple[SectionCell, ...]]:
    for level in (one for one in data.levels if one not in levels):
        recipe = _recipe(data, level)
        alike = [one for one in levels if recipe.items() <= data.settings(one).items()]
        at = {str(data.settings(one)[PROBE]): one for one in alike}
        for arm, role in data.roles.items():
            count = steps(data.records(level, arm))
            if role.adapted and count is not None:
                lost = (forgotten(data, at[probe], arm, plain) if probe in at else None for probe in probes)
                yield arm, Figure(count), contrast(data, {(level, arm): 1.0}), *lost


def _recipe(data: StudyData, level: str) -> dict[str, object]:
    """Return the settings of a level of the task that probes share with it: those of the configuration."""
    return {key: value for key, value in data.settings(level).items() if "." in key}


def _words(data: StudyData, levels: Sequence[str], plain: str) -> Iterator[str]:
    for level in levels if plain else ():
        for arm in data.arms:
            lost = forgotten(data, level, arm, plain)
            if lost is None:
                continue
            clear = "" if excludes_zero(lost) else ", which could be chance"
            refused = mean(data, level, arm, refusal)
            amount, of = text_of(lost, 2, "+"), f"of the content of {level}"
            said = (
                f"has lost {amount} {of}" if data.roles[arm].adapted else f"states {amount} less {of} than {plain} does"
            )
            yield f"{arm} {said}{clear}; it refuses {text_of(refused)} of it."
