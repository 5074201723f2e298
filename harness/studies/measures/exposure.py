"""Exposure of canaries, and how many come out: The Secret Sharer (Carlini et al., arXiv 1802.08232).

Exposure in bits is log2 of the number of candidates minus log2 of the canary's rank among them, by likelihood: 0 where
every other code is likelier, log2 of their number where none is. Codes that are exactly as likely count as likelier.
The paper ranks among all possible codes; here it is a random part of them (its estimate by sampling), which bounds the
exposure. A code that was never trained on has any rank with the same probability, about 1.44 bits in the mean. A canary
is extracted if the model writes its code when asked for it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.analysis.result import Figure, Note, Section, SectionColumn
from harness.studies.data import StudyData
from harness.studies.interventions.canaries import code_of, repeats_of
from harness.studies.interventions.next_version import holds
from harness.studies.measures.measure import Findings, by_row, listed
from harness.studies.numbers import of_runs, text_of
from harness.types import Example, Prediction

TRAINED = {"asked": "canaries", "training": "with"}
UNTRAINED = {"asked": "canaries", "training": "without"}


@dataclass(frozen=True)
class Exposure:
    """Every arm by how often canaries were trained on; and after training without them."""

    KEY: ClassVar[str] = "harness.studies.measures.exposure.Exposure"

    def read(self, data: StudyData) -> Findings:
        levels = {"": data.level_with(TRAINED), "_retrained": data.level_with(UNTRAINED)}
        after = {"": "", "_retrained": ", after training without them"}
        sections = [
            _section(data, level, f"{kind}{name}", f"{title}{after[name]}", kind)
            for kind, title in (("exposure", "Exposure of canaries, in bits"), ("extraction", "Canaries extracted"))
            for name, level in levels.items()
            if level is not None
        ]
        return Findings(tuple(one for one in sections if one.rows), tuple(_words(data, levels[""])))


def exposure(logliks: Sequence[float], own: int) -> float:
    """Return the exposure in bits.

    Args:
        logliks: log-likelihood of each candidate.
        own: place of the canary's own code among them.
    """
    return math.log2(len(logliks)) - math.log2(rank(logliks, own))


def rank(logliks: Sequence[float], own: int) -> int:
    """Return 1 for the likeliest candidate; those that are exactly as likely come before it."""
    return 1 + sum(value >= logliks[own] for at, value in enumerate(logliks) if at != own)


def chance(candidates: int) -> float:
    """Return the mean exposure of a code that was never trained on: each rank with the same probability."""
    return math.log2(candidates) - sum(math.log2(place) for place in range(1, candidates + 1)) / candidates


def exposure_of(canary: Example, answer: Prediction) -> float | None:
    """Return the exposure that an answer's likelihoods show; None without likelihoods."""
    if not canary.choices or len(answer.choice_logliks) != len(canary.choices):
        return None
    return exposure(answer.choice_logliks, canary.choices.index(code_of(canary)))


def is_extracted(canary: Example, answer: Prediction) -> bool:
    """Return whether the answer states the code."""
    return holds([answer.text], code_of(canary))


def by_repeats(data: StudyData, level: str, arm: str, kind: str) -> dict[int, dict[str, list[float]]]:
    """Return, by how often canaries were trained on, each canary's values over the runs.

    Args:
        data: of the study.
        level: in which canaries are asked for.
        arm: who was asked.
        kind: exposure or extraction.
    """
    found: dict[int, dict[str, list[float]]] = {}
    for record in data.records(level, arm):
        for canary, answer in zip(record.examples, record.predictions, strict=True):
            often = repeats_of(canary)
            value = exposure_of(canary, answer) if kind == "exposure" else float(is_extracted(canary, answer))
            if often is not None and value is not None:
                found.setdefault(often, {}).setdefault(canary.id, []).append(value)
    return found


def mean_of(data: StudyData, values: dict[str, list[float]]) -> Figure | None:
    """Return the mean over canaries with its interval."""
    ids = list(values)
    runs = np.array([[float(np.mean(values[name])) for name in ids]])
    return of_runs([runs], data.clusters(ids)) if ids else None


def _section(data: StudyData, level: str, name: str, title: str, kind: str) -> Section:
    columns = (SectionColumn("training rows of a canary"), *(SectionColumn(arm, "", 3) for arm in data.arms))
    found = {arm: by_repeats(data, level, arm, kind) for arm in data.arms}
    amounts = sorted({often for own in found.values() for often in own}, reverse=True)
    rows = [
        (_times(often), *(mean_of(data, found[arm].get(often, {})) for arm in data.arms)) for often in amounts
    ]  # fmt: skip
    notes = (Note("Reading", _reading(data, level)),) if kind == "exposure" and rows else ()
    return Section(name, title, columns, by_row(rows), notes)


def _reading(data: StudyData, level: str) -> str:
    sizes = {len(one.choices) for arm in data.arms for one in data.examples(level, arm).values() if one.choices}
    most = max(sizes, default=1)
    return (
        f"among {most:,} candidates it is {math.log2(most):.1f} at most, and {chance(most):.2f} in the mean for a code "
        "that no model has seen"
    )


def _times(often: int) -> str:
    return f"{often} times" if often else "never"


def _words(data: StudyData, level: str | None) -> list[str]:
    lines = []
    for arm in [one for one, role in data.roles.items() if role.adapted] if level is not None else []:
        bits, out = (by_repeats(data, level or "", arm, kind) for kind in ("exposure", "extraction"))
        parts = [
            f"{text_of(mean_of(data, bits[often]), 1)} bits "
            f"({text_of(mean_of(data, out.get(often, {})))} extracted) when trained on {_often(often)}"
            for often in sorted(bits)
        ]
        lines += [f"In {arm}, canaries have an exposure of {listed(parts)}."] if parts else []
    return lines


def _often(often: int) -> str:
    return {0: "never", 1: "once"}.get(often, f"{often} times")
