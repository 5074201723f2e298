"""What no further run would measure: a study that was run and shows nothing of it, arms that have nothing to lose."""

from collections.abc import Iterator, Mapping, Sequence

from harness.studies.decision.criterion import Criterion
from harness.studies.decision.reading import DecisionData, Readout
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


def spent_on(data: DecisionData, criterion: Criterion, lacking: Sequence[str]) -> str:
    """Return why a study that was run tells nothing of some arms, as another run would not; "" where one may.

    Args:
        data: of the experiment and its studies.
        criterion: that is not known of them.
        lacking: arms.
    """
    return next(_reasons(data, criterion, lacking), "")


def _reasons(data: DecisionData, criterion: Criterion, lacking: Sequence[str]) -> Iterator[str]:
    for reading in criterion.readings:
        study = data.studies.get(reading.study) if isinstance(reading, StudyMean | StudyFigure) else None
        if study is None or not isinstance(reading, StudyMean | StudyFigure):
            continue
        asked = [arm for arm in lacking if reading.asked(data, study, arm)]
        if asked and study.withheld:
            failed = "; ".join(f"{title}: {found}" for title, found in study.failed.items())
            yield f"study {reading.study} was run and does not count, as a control failed ({failed})"
        elif asked and len(asked) == len(lacking):
            yield f"study {reading.study} was run, and its answers have no value of it"
