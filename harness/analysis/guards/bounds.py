"""Controls against the arms between them: the oracle must help where evidence is known, random passages must not."""

from collections.abc import Iterator
from typing import Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.guards.alike import known_evidence
from harness.analysis.guards.retrieval import is_oracle, is_random
from harness.analysis.metric_facts import FACTS
from harness.analysis.numbers import number
from harness.analysis.result import Note, act
from harness.analysis.roles import Role

NO_GAIN: Final = 0.05
"""upper end of the interval of a gain, in shares, below which there is none: a wide interval decides nothing"""
ROOM: Final = 0.9
"""mean from which on there is too little left to gain"""
SEARCHING: Final = Role(retrieves=True)
"""what random passages are held against: pairs and whole knowledge bases are not searched for by the question"""
EVIDENCE_KNOWN: Final = 0.5
"""share of the examples that must name their evidence"""


def bound_guards(source: ComparisonData) -> Iterator[Note]:
    """Yield a flag where the best passages do not help, and where random ones do as well as retrieved ones."""
    if not source.decides:
        return
    by_kind = {arm: records[0] for arm, records in source.records.items()}
    oracles = [arm for arm, record in by_kind.items() if is_oracle(record)]
    randoms = [arm for arm, record in by_kind.items() if is_random(record)]
    for oracle in oracles:
        yield from _oracle(source, oracle)
    for random in randoms:
        for arm, role in source.roles.items():
            if role == SEARCHING:
                yield from _random(source, arm, random)


def _oracle(source: ComparisonData, oracle: str) -> Iterator[Note]:
    known = len(known_evidence(source.examples))
    if source.base is None or known < EVIDENCE_KNOWN * len(source.examples):
        return
    if words := _no_gain(source, oracle, source.base):
        yield act(
            "Oracle",
            f"{oracle} is no better than {source.base} ({words}), though {known:,} of {len(source.examples):,} "
            "examples name their evidence. The evidence ids name other documents, the passages do not reach the "
            "prompt, or this model makes no use of them. Read some of its prompts before you rely on passages",
        )


def _random(source: ComparisonData, arm: str, random: str) -> Iterator[Note]:
    if words := _no_gain(source, arm, random):
        yield act(
            "Random passages",
            f"{random} serves as well as {arm} ({words}). {arm} finds the wrong passages (see recall, and its index), "
            f"or answers to this task do not depend on passages, and {arm}'s figures say nothing about retrieval",
        )


def _no_gain(source: ComparisonData, arm: str, over: str) -> str:
    """Return the figures, if the data say that an arm gains nothing over another on the content of answers; else ""."""
    metric = next((name for name in FACTS if any(one.metric == name for one in source.comparisons)), None)
    for one in source.comparisons:
        difference = one.difference
        if one.metric != metric or {one.first, one.second} != {arm, over} or difference is None:
            continue
        ahead = difference.high if one.first == arm else None if difference.low is None else -difference.low
        low = _mean(source, over, one.metric)
        if ahead is not None and ahead < NO_GAIN and low < ROOM:
            return f"{one.metric} {number(_mean(source, arm, one.metric), 3)} and {number(low, 3)}"
    return ""


def _mean(source: ComparisonData, arm: str, metric: str) -> float:
    place = [column.metric for column in source.columns].index(metric)
    values = source.values[:, source.arms.index(arm), place]
    return float(values[values == values].mean())
