"""Decisions and measurements for tests, without records."""

from harness.analysis.roles import Role
from harness.studies.decision.criterion import Criterion, Use, WeighingQuestion
from harness.studies.decision.decision import Decision
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.measured import Measured
from harness.studies.decision.reading import Readout
from harness.studies.decision.samples import RESAMPLES, exact, sampled
from harness.studies.decision.study_readings import CurveOverLabels
from tests.harness.records import ROLES


class Nothing:
    """A reading that has nothing to read."""

    def read(self, data):
        return None

    def wanted(self, task):
        return f"make study study=x task={task}"


def criterion(worst=0.0, best=1.0, scale="linear", times="nothing", title="quality", unit="of 1"):
    return Criterion(title, unit, worst, best, scale, times, "so", (Nothing(),))


def decision(criteria, weights=None, answers=None, questions=None, **fields):
    """A decision over some criteria, equally weighed if nothing else is said."""
    usual = {
        "criteria": criteria,
        "questions": questions or {},
        "aspects": {},
        "always": {},
        "curve": CurveOverLabels("labels", next(iter(criteria)), "equal epochs"),
        "name": "mine",
        "says": "nobody's answers",
        "answers": answers or {},
        "weights": weights or ({} if answers else dict.fromkeys(criteria, 1.0)),
        "concentration": 30.0,
        "limits": {},
        "documents_may_leave": True,
        "least_probability": 0.5,
        "use": Use(1_000.0, 4.0, None),
        "draws": 10_000,
        "seed": 0,
    }
    return Decision(**usual | fields)


def question(shares, reverse=False):
    return WeighingQuestion("how much?", shares, reverse)


def sample(value):
    """A number, or a list of equally likely ones."""
    if isinstance(value, list):
        return sampled(sum(value) / len(value), (value * RESAMPLES)[:RESAMPLES])
    return exact(value)


def measured(values, arms=None, **fields):
    """Measurements: criterion -> arm -> number, or list of draws; arms without one were not measured."""
    names = arms or list(dict.fromkeys(arm for own in values.values() for arm in own))
    readouts = {
        name: Readout({arm: sample(one) for arm, one in own.items()}, f"read {name}")
        for name, own in values.items()
        if own
    }
    wanted = {name: "make study study=x task=qa" for name, own in values.items() if len(own) < len(names)}
    roles = {arm: Role(**ROLES.get(arm, {})) for arm in names}
    return Measured("qa", "pocket", roles, "USD", readouts, wanted, **fields)


def evaluation(values, criteria=None, arms=None, known=None, **fields):
    """The evaluation of such measurements on criteria from 0 to 1.

    Args:
        values: as of `measured`.
        criteria: name -> criterion; those that are not named are shares.
        arms: all arms, where some have no measurement at all.
        known: further fields of Measured.
        fields: of the decision.
    """
    named = {name: (criteria or {}).get(name, criterion()) for name in values}
    return Evaluation(measured(values, arms, **(known or {})), decision(named, **fields))
