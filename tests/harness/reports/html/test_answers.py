"""The answer first: sentences that follow from the measurements, and say so where they tell nothing."""

import dataclasses

import pytest
from harness.reports.html.answers import answers
from harness.reports.html.prices import plain, prices

from harness.analysis.result import Figure, Section, SectionColumn
from harness.analysis.table import build
from harness.reports.html.pictures.money import crossings, per_thousand, quality_cost
from harness.reports.html.pictures.pareto import front
from tests.harness.reports.html.made_records import make_record


def table_of(*arms, n=40):
    return build([make_record(arm, n=n) for arm in arms], resamples=500)


BATCH_ONE, SATURATED = "per 1,000 answers, batch 1", "per 1,000 answers, saturated"


def priced(table, basis="", width=0.0, once=0.0, **prices):
    """A ledger in its own order of columns; alone, an answer costs ten times as much and the same for all."""
    section = Section(
        "cost",
        "Cost",
        (
            SectionColumn("arm"),
            SectionColumn("one-off", "USD"),
            SectionColumn(BATCH_ONE, "USD"),
            SectionColumn(SATURATED, "USD"),
        ),
        tuple(
            (
                arm,
                Figure(once),
                Figure(10.0),
                None if price is None else Figure(price, price * (1 - width), price * (1 + width)),
            )
            for arm, price in prices.items()
        ),
        basis=basis,
    )
    return dataclasses.replace(table, sections=(section,))


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
    told = texts(priced(table, SATURATED, width=0.1, base=0.5, rag=2.0))[0]
    assert "an answer costs 4.0× base's (2.00 against 0.500 USD per 1,000)" in told
    assert "costs" not in texts(priced(table, SATURATED, base=None, rag=2.0))[0]
    assert "costs" not in texts(table)[0]


def test_the_price_is_that_of_the_basis_of_the_totals():
    table = table_of("base", "rag", n=200)
    alone = texts(priced(table, BATCH_ONE, base=0.5, rag=2.0))[0]
    assert "too close to call against base's (10.0 against 10.0 USD per 1,000)" in alone
    assert "1,000 answers one at a time" in prices(priced(table, BATCH_ONE, base=0.5, rag=2.0)).reading()
    assert "1,000 answers in full batches" in prices(priced(table, SATURATED, base=0.5, rag=2.0)).reading()
    assert prices(table).reading() == ""
    assert per_thousand(priced(table, SATURATED, base=0.5, rag=2.0))[1]["rag"].value == 2.0
    assert per_thousand(priced(table, base=0.5, rag=2.0))[1]["rag"].value == 2.0
    assert per_thousand(priced(table, "no such column", base=0.5))[1] == {}


def test_an_arm_that_is_best_at_both_has_its_price_beside_the_next_cheaper_one():
    table = table_of("base", "qlora", "rag", n=400)
    both = texts(priced(table, SATURATED, width=0.05, base=0.1, qlora=1.0, rag=2.0))[2]
    assert both.startswith(
        "For both: rag, which is ahead in both; with rag an answer costs 2.0× qlora's (2.00 against 1.00 USD"
    )
    assert "the next arm that is surely cheaper; for that, exact_match: rag beats qlora by 0." in both
    assert ", chrf: rag beats qlora by 0." in both
    unsure = texts(priced(table, SATURATED, width=0.4, base=0.1, qlora=1.5, rag=2.0))[2]
    assert "with rag an answer costs 20× base's" in unsure  # qlora's price cannot be told from rag's
    assert "no arm is surely cheaper than rag" in texts(priced(table, SATURATED, base=3.0, qlora=3.0, rag=2.0))[2]


def test_of_arms_that_are_as_good_the_cheaper_one_is_named():
    table = table_of("base", "rag", "hybrid")
    both = texts(priced(table, SATURATED, width=0.05, base=0.1, rag=1.0, hybrid=3.0))[2]
    assert "rag costs least: with hybrid an answer costs 3.0× rag's" in both
    unsure = texts(priced(table, SATURATED, width=0.4, base=0.1, rag=1.0, hybrid=1.2))[2]
    assert "what an answer of hybrid or rag costs is too close to call" in unsure


def test_where_one_need_is_measured_its_price_is_told_as_well():
    table = priced(table_of("base", "qlora", "rag", n=400), SATURATED, width=0.05, base=0.1, qlora=1.0, rag=2.0)
    facts, price = answers(table, ("exact_match",), ("faithfulness",))
    assert (facts.topic, price.topic) == ("For facts (exact_match):", "The price of it:")
    assert price.text.startswith("with rag an answer costs 2.0× qlora's")


def test_what_is_paid_once_is_told_beside_the_price_of_an_answer():
    table = table_of("base", "rag", n=200)
    told = texts(priced(table, SATURATED, width=0.1, once=0.0123, base=0.5, rag=2.0))[0]
    assert "), and 0.0123 USD once." in told
    assert "USD once" not in texts(priced(table, SATURATED, width=0.1, base=0.5, rag=2.0))[0]


@pytest.mark.parametrize(
    ("price", "shown"),
    [(0.0000944, "0.0000944"), (0.5, "0.500"), (12.34, "12.3"), (1234.5, "1,234"), (0.0, "0")],
)
def test_no_price_has_an_exponent(price, shown):
    assert plain(price) == shown


def test_a_large_ratio_is_a_plain_number():
    told = texts(priced(table_of("base", "rag", n=200), SATURATED, base=0.001, rag=1.23))[0]
    assert "costs 1,230× base's" in told


def test_prices_whose_intervals_overlap_have_no_ratio():
    told = texts(priced(table_of("base", "rag", n=200), SATURATED, width=0.3, base=0.5, rag=0.6))[0]
    assert "what an answer costs is too close to call against base's" in told
    assert "×" not in told


def test_the_best_in_both_is_not_called_ahead_where_it_is_too_close():
    table = table_of("base", "rag", "hybrid")
    facts, form, both = texts(table)
    assert "too close to call" in facts + form
    assert "ahead" not in both


def test_lines_that_cross_are_found_with_month_and_cost():
    lines = {"base": [0.0, 5.0, 10.0], "rag": [4.0, 5.0, 6.0], "never": [20.0, 21.0, 22.0]}
    (one,) = crossings(lines, 12.0)
    assert (one.before, one.after) == ("base", "rag")
    assert (one.month, one.cost) == (pytest.approx(6.0), pytest.approx(5.0))
    assert crossings({"base": [1.0, 1.0], "rag": [1.0, 1.0]}, 12.0) == []


def test_without_the_metrics_there_is_nothing_to_say():
    assert answers(table_of("base", "rag"), ("faithfulness",), ("style_match",)) == []
    assert answers(table_of("base", "rag"), ("answer_length",), ()) == []


def test_the_front_holds_what_nobody_beats_at_both():
    points = {"base": (1.0, 0.2), "rag": (2.0, 0.7), "slow": (3.0, 0.6), "raft": (4.0, 0.9), "oracle": (0.5, 1.0)}
    assert front(points) == ["base", "rag", "raft"]


def test_quality_and_cost_are_drawn_where_two_arms_are_priced():
    table = table_of("base", "rag")
    assert [one.name for one in quality_cost(priced(table, base=0.5, rag=2.0), ("exact_match",))] == ["quality-cost"]
    assert list(quality_cost(priced(table, SATURATED, base=None, rag=2.0), ("exact_match",))) == []
    assert list(quality_cost(table, ("exact_match",))) == []
