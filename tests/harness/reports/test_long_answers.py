"""Two megabytes in an answer cost a comparison and all its reports at most two seconds more than one word does."""

import time
from pathlib import Path

import pytest
import yaml

from harness.analysis.table import build
from harness.cli.builder import Builder
from harness.reports.protocols import Page, Report
from harness.types import Example, Passage, Prediction, Score
from tests.adversarial import UNITS, repeated
from tests.harness.records import SHARE, build_record

CONF = Path(__file__).parents[3] / "conf"


def made(arm, text):
    examples = [Example(f"e{number}", one, (one,), ("d",), slice="s") for number, one in enumerate(("a", "b", text))]
    predictions = [
        Prediction(one.id, one.text, (Passage("d", one.text, 0, len(one.text), 1.0),), (), "stop", prompt=(one.text,))
        for one in examples
    ]
    scores = [Score(example.id, "exact_match", float(number)) for number, example in enumerate(examples)]
    meaning = {"metrics": {"exact_match": SHARE}}
    return build_record(arm, examples=examples, predictions=predictions, scores=scores, **meaning)


@pytest.fixture(scope="module")
def reports():
    builder = Builder()
    nodes = [yaml.safe_load(path.read_text("utf-8")) for path in sorted((CONF / "report").glob("*.yaml"))]
    built = [builder.build(node, "report") for node in nodes]
    assert builder.problems == []
    return built


def seconds(reports, text):
    arms = {arm: [made(arm, text)] for arm in ("base", "rag")}
    begun = time.process_time()
    table = build([record for group in arms.values() for record in group], resamples=100)
    for report in reports:
        if isinstance(report, Page):
            report.page(table, arms)
        if isinstance(report, Report):
            report.render(table)
    return time.process_time() - begun


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_reports_of_long_answers(reports, unit):
    seconds(reports, "word")  # imports and fonts
    usual = seconds(reports, "word")
    assert min(seconds(reports, repeated(unit, 2_000_000)) for _ in range(2)) <= usual + 2
