"""The cost of a judge is estimated before anything is spent."""

import pytest

from harness.cli.config import compose, experiment
from harness.judges.ragas.rehearsal import Rehearsal
from harness.runner.judge_cost import spending

RAGAS = [
    "judge=ragas",
    "judge.llm.model=big",
    "judge.usd_per_million_tokens_in=2.0",
    "judge.usd_per_million_tokens_out=8.0",
]


def planned(cells=1, *overrides):
    wanted = experiment(compose(["task=qa", "limit=40", *overrides]))
    return spending(wanted.metrics, wanted.task, cells)


def test_a_judge_that_costs_nothing_is_no_expense():
    assert planned() is None
    assert planned(0, *RAGAS) is None


def test_requests_tokens_and_price():
    metrics = "metric=[faithfulness,fabrication,exact_match]"
    one, five = planned(1, *RAGAS, metrics), planned(5, *RAGAS, metrics)
    answerable = 2 * sum(
        bool(x.references) and x.answerable for x in experiment(compose(["task=qa", "limit=40"])).task.examples("test")
    )
    assert one.requests == pytest.approx(answerable, rel=0.25)  # two per answer, shared by the two metrics
    assert five.requests == pytest.approx(5 * one.requests, abs=5)
    assert one.tokens_in > 400 * one.requests  # ragas' own prompt is long
    assert one.usd == pytest.approx((2 * one.tokens_in + 8 * one.tokens_out) / 1e6, rel=0.01)
    assert "USD" in str(one)


def test_groundedness_and_ragas_metrics_are_counted_too():
    few = planned(1, *RAGAS, "metric=[faithfulness]")
    more = planned(1, *RAGAS, "metric=[faithfulness,groundedness,ragas_context_precision,ragas_context_recall]")
    assert more.requests > 1.8 * few.requests


def test_answers_to_the_unanswerable_are_judged_beside_the_passages():
    """`groundedness` has them judged for the ranking of answers; faithfulness asks nobody about them."""
    examples = experiment(compose(["task=qa", "limit=40"])).task.examples("test")
    unanswerable = sum(not one.answerable for one in examples)
    assert unanswerable
    found = planned(1, *RAGAS, "metric=[groundedness]")
    assert found.requests == pytest.approx(2 * len(examples), rel=0.1)  # two per answer
    assert planned(1, *RAGAS, "metric=[faithfulness]").requests < found.requests


def test_without_prices_there_is_no_price():
    assert "price not configured" in str(planned(1, *RAGAS[:2], "metric=[faithfulness]"))


def test_the_rehearsal_answers_every_shape_that_ragas_asks_for():
    import asyncio

    from ragas.metrics.collections.answer_correctness.util import ClassificationWithReason
    from ragas.metrics.collections.context_precision.util import ContextPrecisionOutput

    rehearsal = Rehearsal()
    for shape in (ClassificationWithReason, ContextPrecisionOutput):
        reply = asyncio.run(rehearsal.ask([{"role": "user", "content": "x" * 400}], shape))
        assert shape.model_validate_json(reply.text)
    assert (rehearsal.requests, rehearsal.tokens_in) == (2, 200)
