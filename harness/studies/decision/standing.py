"""Which arms have nothing to lose: whose robustness, growth or staleness would be that of an arm that knows nothing."""

from collections.abc import Sequence
from typing import Final

from harness.analysis.result import Figure
from harness.studies.decision.reading import DecisionData, StudyEvidence
from harness.studies.decision.samples import ResampledValue, mean_sample
from harness.studies.floor import chance_of, has_to_lose
from harness.types import Example

LOSS: Final = 0.1
"""share of answers that an arm must surely be able to lose: the scale by which margins of claims were set"""


def loses_nothing(data: DecisionData, study: StudyEvidence, arm: str, level: str, metric: str | None) -> bool:
    """Return whether an arm is not surely above chance under the condition that its loss is measured from.

    Args:
        data: of the experiment, which says it where the study did not ask this arm, or another one of its name.
        study: that the loss is measured by.
        arm: its name.
        level: of the study.
        metric: None: the one that the study is measured by. Where less of it is better, knowing nothing gains nothing.
    """
    name = metric or study.data.metric
    if not study.data.higher_is_better:
        return False
    asked = study.data.examples(level, arm) if data.has(study, arm) else {}
    values = study.data.values(level, arm, metric) if asked else None
    if values is None:
        return _in_experiment(data, arm, name)
    ids = list(asked)
    return _at_chance(mean_sample(values.of(ids), study.data.clusters(ids), arm), list(asked.values()))


def never_there(figure: Figure | None) -> bool:
    """Return whether a figure, of what may be lost or given up, is not surely above 0; not so where it is not known."""
    return figure is not None and not has_to_lose(figure.value if figure.low is None else figure.low, 0.0, LOSS)


def at_chance_in_experiment(data: DecisionData, arm: str, metric: str | None) -> bool:
    """Return whether an arm is at chance in the experiment; one that is above, though not surely, is worth a study.

    Args:
        data: of the experiment.
        arm: its name.
        metric: None: the one that decides there, as it does in a study. Where less of it is better: False.
    """
    columns = {column.metric: column for column in data.source.columns}
    name = metric or data.deciding
    return name in columns and columns[name].higher_is_better is True and _in_experiment(data, arm, name, surely=True)


def _in_experiment(data: DecisionData, arm: str, metric: str, *, surely: bool = False) -> bool:
    source = data.source
    place = next((at for at, column in enumerate(source.columns) if column.metric == metric), None)
    if place is None:
        return False
    runs = source.runs[source.arms.index(arm)][:, :, place]
    return _at_chance(mean_sample(runs, source.clusters, arm), source.examples, surely=surely)


def _at_chance(sample: ResampledValue | None, examples: Sequence[Example], *, surely: bool = False) -> bool:
    """Return whether a mean is not surely above chance; `surely`: whether the mean itself is about at chance."""
    if sample is None:
        return False
    low = None if surely else sample.figure.low
    return not has_to_lose(sample.value if low is None else low, chance_of(examples), LOSS)
