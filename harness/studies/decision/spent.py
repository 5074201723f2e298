"""What no further run would measure: a study that was run and shows nothing of it, arms that have nothing to lose."""

from collections.abc import Mapping, Sequence

from harness.studies.decision.criterion import Criterion
from harness.studies.decision.plain_readings import MetricMean
from harness.studies.decision.reading import CriterionReading, DecisionData, Readout
from harness.studies.decision.study_readings import StudyFigure, StudyMean


def nothing_to_lose(
    data: DecisionData, criteria: Mapping[str, Criterion], readouts: Mapping[str, Readout]
) -> dict[str, tuple[str, ...]]:
    """Return criterion -> arms of which a loss says nothing: as a study found, or as the experiment lets expect.

    An arm that is at chance in the experiment is so where a study asks the same again, and a study of its losses is not
    worth running.
    """
    found = {name: _without_loss(data, criterion, readouts.get(name)) for name, criterion in criteria.items()}
    return {name: arms for name, arms in found.items() if arms}


def _without_loss(data: DecisionData, criterion: Criterion, found: Readout | None) -> tuple[str, ...]:
    known = () if found is None else (*found.samples, *found.nothing_to_lose)
    means = [one for one in criterion.readings if isinstance(one, StudyMean)]
    expected = [arm for arm in data.arms if arm not in known and any(one.is_idle(data, arm) for one in means)]
    return (*(() if found is None else found.nothing_to_lose), *expected)


def spent_on(data: DecisionData, readings: Sequence[CriterionReading], lacking: Sequence[str]) -> str:
    """Return why the studies that were run tell nothing of some arms, as other runs would not; "" where one may.

    Args:
        data: of the experiment and its studies.
        readings: of a criterion, those that make sense for these data.
        lacking: arms that none of them was measured of.
    """
    own = [one for one in readings if isinstance(one, StudyMean | StudyFigure)]
    scored = {column.metric for column in data.source.columns}
    if any(isinstance(one, MetricMean) and scored.isdisjoint(one.metrics) for one in readings):
        return ""  # the experiment would measure it, with such a metric
    reasons = [_reason(data, one, lacking) for one in own]
    return reasons[0] if reasons and all(reasons) else ""


def _reason(data: DecisionData, reading: StudyMean | StudyFigure, lacking: Sequence[str]) -> str:
    """Return why another run of a reading's study would not measure it; "" where it was not run, or not of all arms."""
    study = data.studies.get(reading.study)
    if study is None or not lacking or not all(reading.asked(data, study, arm) for arm in lacking):
        return ""
    if study.withheld:
        failed = "; ".join(f"{title}: {found}" for title, found in study.failed.items())
        return f"study {reading.study} was run and does not count, as a control failed ({failed})"
    return f"study {reading.study} was run, and its answers have no value of it"
