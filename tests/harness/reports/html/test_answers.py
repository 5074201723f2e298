"""The answer first: sentences that follow from the measurements, and say so where they tell nothing."""

import dataclasses

from harness.reports.html.answers import answers
from harness.reports.html.pictures.money import quality_cost
from harness.reports.html.pictures.pareto import front
from harness.result import Figure, Grid, GridColumn
from harness.table import build
from tests.harness.reports.html.made_records import make_record


def table_of(*arms, n=40):
    return build([make_record(arm, n=n) for arm in arms], resamples=500)


def priced(table, **prices):
    grid = Grid(
        "cost",
        "Cost",
        (GridColumn("arm"), GridColumn("per 1,000 answers, saturated", "USD")),
        tuple((arm, None if price is None else Figure(price)) for arm, price in prices.items()),
    )
    return dataclasses.replace(table, grids=(grid,))


def texts(table):
    return [f"{one.topic} {one.text}" for one in answers(table, ("exact_match",), ("chrf",))]


def test_the_arm_ahead_is_named_with_its_lead_over_base():
    facts, form, both = texts(table_of("base", "rag", n=200))
    assert facts.startswith("For facts (exact_match): rag, 0.")
    assert "(beats base by 0." in facts
    assert form.startswith("For form (chrf): rag, 0.")
    assert both == "For both: rag, which is ahead in both."


def test_what_is_too_close_is_said():
    facts = texts(table_of("base", "rag", "hybrid"))[0]
    assert "too close to call against" in facts


def test_nobody_is_said_to_beat_base_who_does_not():
    record = make_record("base")
    same = dataclasses.replace(record, cell=dataclasses.replace(record.cell, arm="rag"))
    facts = texts(build([record, same], resamples=200))[0]
    assert "beats" not in facts
    assert "too close to call" in facts


def test_controls_are_never_recommended():
    record = make_record("hybrid")
    oracle = dataclasses.replace(record, cell=dataclasses.replace(record.cell, arm="oracle"))
    assert "oracle" not in " ".join(texts(build([make_record("base"), make_record("rag"), oracle], resamples=200)))


def test_the_price_is_told_where_it_is_known():
    table = table_of("base", "rag", n=200)
    assert "an answer costs 4× base's" in texts(priced(table, base=0.5, rag=2.0))[0]
    assert "costs" not in texts(priced(table, base=None, rag=2.0))[0]
    assert "costs" not in texts(table)[0]


def test_without_the_metrics_there_is_nothing_to_say():
    assert answers(table_of("base", "rag"), ("faithfulness",), ("style_match",)) == []
    assert answers(table_of("base", "rag"), ("answer_length",), ()) == []


def test_the_front_holds_what_nobody_beats_at_both():
    points = {"base": (1.0, 0.2), "rag": (2.0, 0.7), "slow": (3.0, 0.6), "raft": (4.0, 0.9), "oracle": (0.5, 1.0)}
    assert front(points) == ["base", "rag", "raft"]


def test_quality_and_cost_are_drawn_where_two_arms_are_priced():
    table = table_of("base", "rag")
    assert [one.name for one in quality_cost(priced(table, base=0.5, rag=2.0), ("exact_match",))] == ["quality-cost"]
    assert list(quality_cost(priced(table, base=None, rag=2.0), ("exact_match",))) == []
    assert list(quality_cost(table, ("exact_match",))) == []
