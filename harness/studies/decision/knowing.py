"""Which arms answer no better than whoever knows nothing: where one of them takes over, no arm will do.

Such an arm is fast and cheap and refuses, or says the same to, whatever it is asked. A limit that the good arms break
leaves it as the best one; a card that said no more than that would recommend it.
"""

from collections.abc import Iterator, Mapping

from harness.studies.decision.criterion import CriteriaList
from harness.studies.decision.reading import DecisionData, Readout
from harness.studies.decision.standing import LOSS
from harness.studies.floor import chance_of, has_to_lose


def knowing_nothing(
    data: DecisionData, asked: CriteriaList, readouts: Mapping[str, Readout]
) -> Iterator[tuple[str, str]]:
    """Yield each arm that is not surely above chance at what always counts (`CriteriaList.always`), and why."""
    for name in list(asked.always)[:1]:
        readout, chance = readouts.get(name), chance_of(data.source.examples)
        for arm, sample in () if readout is None else readout.samples.items():
            low = sample.figure.low
            if not has_to_lose(sample.value if low is None else low, chance, LOSS):
                than = "no" if sample.value <= chance else "hardly"
                values = f"{asked.criteria[name].title} is {sample.value:.2f}, that of such an answer {chance:.2f}"
                yield arm, f"{than} better than one and the same answer to everything: its {values}"
