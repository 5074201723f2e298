"""Known answers of the metrics of citations."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from harness.metrics.metric import KnownAnswer
from harness.metrics.selftest.fixture import LEAVES, MUSEUM, OPENED, UNRELATED, answered
from harness.metrics.selftest.known_answers import DECIDED
from harness.text.citations import plain
from harness.types import Pair

BOTH: Final = ("museum", "ferry")
"""documents shown, in this order"""
TOGETHER: Final = f"{OPENED[:-1]} [1]. {LEAVES[:-1]} [2]."


def citing(written: str, *shown: str) -> Pair:
    """Return an answer as it was written, with its citations taken off; by default museum and ferry were shown."""
    example, prediction = answered(MUSEUM, plain(written), *(shown or BOTH))
    return example, replace(prediction, written=written)


def _known(name: str, pair: Pair, recall: float, precision: float) -> Mapping[str, KnownAnswer]:
    values = {"citation_recall": recall, "citation_precision": precision}
    return {metric: KnownAnswer(name, pair, value, value) for metric, value in values.items()}


_CASES: Final = (
    _known("cites what supports it", citing(f"{OPENED[:-1]} [1]."), 1, 1),
    _known("every sentence cites what supports it", citing(TOGETHER), 1, 1),
    _known("cites another passage", citing(f"{OPENED[:-1]} [2]."), 0, 0),
    _known("cites a passage that is not there", citing(f"{OPENED[:-1]} [1][7]."), 0, 0),
    _known("cites one that is not needed", citing(f"{OPENED[:-1]} [1][2]."), 1, 0.5),
    _known("one sentence of two cites nothing", citing(f"{OPENED[:-1]} [1]. {LEAVES}"), 0.5, 1),
    _known("cites nothing, where others do", answered(MUSEUM, OPENED, *BOTH), 0, 0),
    _known("nothing supports it", citing(f"{UNRELATED[:-1]} [1]."), 0, 0),
)
CITED: Final[Mapping[str, Sequence[KnownAnswer]]] = {
    name: (*(case[name] for case in _CASES), *DECIDED) for name in ("citation_recall", "citation_precision")
}
"""metric -> what it must make of them; together they are a cell in which answers cite"""
