"""What a page needs to compute cards by itself: resamples of all measurements, questions, and decisions to start from.

`harness/reports/html/script/7*-decide*.js` repeat the draws by name (`harness.studies.decision.draws`), the sums of
`harness.studies.decision.evaluation` and the search for what would change the choice (`change`), so that a page says
what `make decide` says for the same settings.
Resamples are numbers of four digits (`samples.rounded`): written as text they are the same numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from harness.analysis.costs.horizon import DAYS_PER_MONTH
from harness.studies.decision.criterion import STEPS
from harness.studies.decision.decision import LABELS, Decision
from harness.studies.decision.measured import Measured
from harness.studies.decision.samples import RESAMPLES
from harness.studies.decision.usable import of_no_use, unusable


def page_data(measured: Measured, decisions: Sequence[Decision]) -> dict[str, Any]:
    """Return plain data for a page.

    Args:
        measured: by the criteria of the first decision.
        decisions: the first is shown at first; others are offered where they ask and measure the same.
    """
    first = decisions[0]
    alike = [one for one in decisions if _asks(one) == _asks(first)]
    return {
        "task": measured.task,
        "unusable": unusable(measured),
        "arms": list(measured.arms),
        "criteria": [_criterion(measured, first, name) for name in first.criteria],
        "questions": {name: asdict(one) for name, one in first.questions.items()},
        "aspects": {name: asdict(one) for name, one in first.aspects.items()},
        "always": dict(first.always),
        "limits": _limit_fields(measured, first),
        "steps": STEPS,
        "labels": LABELS,
        "curve": first.curve.criterion,
        "curves": {arm: [[size, one.draws.tolist()] for size, one in own] for arm, own in measured.curves.items()},
        "leaving": dict(measured.holds_documents),
        "floor": {arm: _floor(arm, measured) for arm in measured.at_floor},
        "warnings": list(measured.warnings),
        "days": DAYS_PER_MONTH,
        "resamples": RESAMPLES,
        "presets": [_preset(one) for one in alike],
    }


def _floor(arm: str, measured: Measured) -> dict[str, str]:
    floor = measured.at_floor[arm]
    own = {name: getattr(floor, name) for name in ("text", "short", "cell", "taking_over")}
    return {**own, "chosen": of_no_use(measured, arm)}


def _asks(decision: Decision) -> tuple[Any, ...]:
    return decision.criteria, decision.questions, decision.aspects, decision.always, decision.curve


def _limit_fields(measured: Measured, decision: Decision) -> dict[str, dict[str, str]]:
    """Return criterion -> what a field for its limit says: of those that the decision names."""
    sides = {True: "at least", False: "at most"}
    return {
        name: {
            "title": f"{own.title} {sides[own.higher_is_better]}",
            "unit": own.unit_in(measured.currency),
        }
        for name, own in decision.criteria.items()
        if name in decision.limits
    }


def _criterion(measured: Measured, decision: Decision, name: str) -> dict[str, Any]:
    own, readout = decision.criteria[name], measured.readouts.get(name)
    samples = {} if readout is None else readout.samples
    return {
        "name": name,
        **{key: getattr(own, key) for key in ("title", "worst", "best", "scale", "times")},
        "unit": own.unit_in(measured.currency),
        "wanted": measured.wanted.get(name),
        "never": measured.unmeasurable.get(name),
        "study": "" if readout is None else readout.study,
        "draws": {arm: sample.draws.tolist() for arm, sample in samples.items()},
        "values": {arm: sample.value for arm, sample in samples.items()},
    }


def _preset(decision: Decision) -> Mapping[str, Any]:
    keys = ("name", "says", "concentration", "documents_may_leave", "least_probability", "draws", "seed")
    return {
        **{key: getattr(decision, key) for key in keys},
        **{key: dict(getattr(decision, key)) for key in ("answers", "weights", "limits")},
        "use": asdict(decision.use),
    }
