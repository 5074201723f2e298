"""Evidence for claims without a model: an experiment of made records, and studies of made values."""

import dataclasses
from pathlib import Path

from harness.studies.claims.sources import Evidence, ExperimentSource, StudySource
from harness.studies.data import Made, StudyData
from harness.studies.table import StudyTable
from tests.harness.analysis.costs.conftest import make_costing
from tests.harness.records import record
from tests.harness.reports.html.made_records import make_record

LEVEL = "the experiment"


def experiment(arms, costing=None, flags=()):
    """An experiment of these arms: arm -> record, or records of several seeds."""
    cells = {(LEVEL, arm): own if isinstance(own, tuple) else (own,) for arm, own in arms.items()}
    data = StudyData("qa", "pocket", None, (Made(LEVEL, LEVEL, 0, {}),), cells, {})
    return ExperimentSource(Path("qa/pocket"), data, costing, flags)


def evidence(arms=None, studies=None, **fields):
    """All that is known of one task and model."""
    source = None if arms is None else experiment(arms, fields.pop("costing", None), fields.pop("flags", ()))
    return Evidence("qa", "pocket", "", source, studies or {}, **fields)


def scored(metric="exact_match", **arms):
    """Arms with these values of one metric: a list per arm, or a list of lists for seeds."""
    found = {}
    for arm, values in arms.items():
        runs = values if isinstance(values[0], list) else [values]
        found[arm] = tuple(record(arm, run, seed, metric) for seed, run in enumerate(runs))
    return found


def study(data, sections=(), budget="full", says="", withheld=(), name="update"):
    """A study of this data whose table has these sections."""
    table = StudyTable("Study", "?", tuple(withheld), tuple(sections), (), bool(withheld))
    return {name: StudySource(name, Path(f"qa/pocket/studies/{name}"), data, table, budget, says)}


def whole(**changes):
    """An experiment with timings and costs."""
    arms = {arm: timed(make_record(arm, n=60, **changes)) for arm in ("base", "rag", "qlora", "hybrid")}
    return evidence(arms, costing=make_costing())


def timed(record):
    """The record with batches that took different times."""
    answers = (
        dataclasses.replace(
            one,
            spans=tuple(dataclasses.replace(span, seconds=span.seconds * (1 + number // 8 / 10)) for span in one.spans),
        )
        for number, one in enumerate(record.predictions)
    )
    return dataclasses.replace(record, predictions=tuple(answers))
