"""Controls of probes: the base knows them, the tuned arms were tuned, and nothing else differs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from harness.store.spec import digest
from harness.studies.control import ControlResult, count_of, percent
from harness.studies.control_needs import ControlNeed
from harness.studies.data import StudyData
from harness.studies.intervention import Condition
from harness.studies.measures.forgetting import PROBE, base_level, content, mean, plain_arm, probe_levels
from harness.studies.numbers import text_of
from harness.types import Prediction, Record


@dataclass(frozen=True)
class BaseKnowsProbes:
    """Positive: the base must have some of the content of each probe; what it never knew it cannot forget."""

    KEY: ClassVar[str] = "harness.studies.controls.probes.BaseKnowsProbes"
    title: ClassVar[str] = "the base knows the probes"

    at_least: float
    """mean content"""

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        probes = {one.settings[PROBE]: None for one in conditions if PROBE in one.settings}
        groups = (tuple(one.name for one in conditions if one.settings.get(PROBE) == probe) for probe in probes)
        return [ControlNeed("plain", tuple(groups) or ((),))]

    def check(self, data: StudyData) -> ControlResult:
        plain = plain_arm(data)
        levels = {data.settings(level)[PROBE]: level for level in reversed(probe_levels(data))} if plain else {}
        asked = {probe: base_level(data, level, plain) for probe, level in levels.items()}
        known = {str(probe): mean(data, level, plain, content) if level else None for probe, level in asked.items()}
        short = [probe for probe, found in known.items() if found is None or found.value < self.at_least]
        found = "; ".join(f"{probe} {text_of(figure)}" for probe, figure in known.items()) or "no probe was asked"
        text = f"content of {plain or 'the bare model'}: {found}; wanted {self.at_least:g} or more"
        text += f"; leave out {', '.join(short)}" if short and len(short) < len(known) else ""
        return ControlResult(self.title, "positive", bool(known) and not short, text)


@dataclass(frozen=True)
class TuningTook:
    """Positive: asked about the task, every tuned arm answers otherwise than the bare model does."""

    KEY: ClassVar[str] = "harness.studies.controls.probes.TuningTook"
    title: ClassVar[str] = "tuning took"

    at_least: float
    """share of the answers that must differ"""

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        own = tuple(one.name for one in conditions if PROBE not in one.settings)
        return [ControlNeed("plain", (own,)), ControlNeed("adapted", (own,))]

    def check(self, data: StudyData) -> ControlResult:
        found, passed, plain = [], True, plain_arm(data)
        for level in (one for one in data.levels if one not in probe_levels(data)):
            before = {key: answer.text for key, answer in data.predictions(level, plain).items()} if plain else {}
            for arm in (arm for arm, role in data.roles.items() if role.adapted and before):
                after = {key: answer for key, answer in data.predictions(level, arm).items() if key in before}
                differ = sum(answer.text != before[key] for key, answer in after.items())
                passed = passed and differ >= self.at_least * len(after)
                found += [f"{arm} {count_of(differ, len(after))}, {level}"] if after else []
        text = f"answers to the task that tuning changed: {'; '.join(found) or 'no tuned arm was asked'}"
        text += f"; wanted {percent(self.at_least)} or more"
        return ControlResult(self.title, "positive", passed and bool(found), text)


@dataclass(frozen=True)
class SameBase:
    """Negative: the arms must not differ in the model below, its quantisation among it."""

    KEY: ClassVar[str] = "harness.studies.controls.probes.SameBase"
    title: ClassVar[str] = "the same quantised base"

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        return [ControlNeed("any", (tuple(one.name for one in conditions if PROBE in one.settings),))]

    def check(self, data: StudyData) -> ControlResult:
        records = [record for level in probe_levels(data) for arm in data.arms for record in data.records(level, arm)]
        models = {digest(_generator(record)) for record in records}
        kinds = sorted({str(_generator(record).get("quantisation", "?")) for record in records})
        text = f"{len(models)} models below {len(records)} records, quantisation {', '.join(kinds) or '–'}"
        return ControlResult(self.title, "negative", len(models) == 1, text)


@dataclass(frozen=True)
class NoPassagesShown:
    """Negative: where a model must answer alone, no prompt may show a passage."""

    KEY: ClassVar[str] = "harness.studies.controls.probes.NoPassagesShown"
    title: ClassVar[str] = "no passages beside probes"

    def needs(self, conditions: Sequence[Condition]) -> Sequence[ControlNeed]:
        own = tuple(one.name for one in conditions if one.settings.get("passages") == "none")
        return [ControlNeed("any", (own,))]

    def check(self, data: StudyData) -> ControlResult:
        alone = list(_alone(data))
        shown = sum(bool(answer.passages) for answer in alone)
        text = f"{count_of(shown, len(alone))} prompts of probes show a passage where none must be"
        return ControlResult(self.title, "negative", bool(alone) and not shown, text)


def _alone(data: StudyData) -> Iterator[Prediction]:
    for level in probe_levels(data):
        if data.settings(level).get("passages") == "none":
            for arm in data.arms:
                yield from (answer for record in data.records(level, arm) for answer in record.predictions)


def _generator(record: Record) -> dict[str, object]:
    answers = record.spec.get("cell", {}).get("answers", {})
    return dict(answers.get("generator", {}))
