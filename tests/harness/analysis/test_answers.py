"""The answer first: sentences that follow from the measurements, and say so where they tell nothing."""

import dataclasses
import re

import pytest

from harness.analysis.answer_prices import Amounts, basis, per_thousand
from harness.analysis.answers import answers, plain
from harness.analysis.result import Figure, Section, SectionColumn
from harness.analysis.table import build
from harness.reports.html.pictures.money import crossings, quality_cost
from harness.reports.html.pictures.pareto import front
from tests.harness.records import ROLES
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
    return [f"{one.topic} {one.text}" for one in answers(table)]


def test_no_arm_has_the_lowest_price_where_base_alone_is_ahead():
    assert Amounts({"base": Figure(1.0), "rag": Figure(2.0)}).lowest([]) is None


def test_the_arm_ahead_is_named_with_the_next_and_base():
    facts, style, both = texts(table_of("base", "qlora", "rag", n=400))
    assert re.fullmatch(r"For facts: rag \(exact_match 0\.\d\d; then qlora 0\.\d\d, base 0\.\d\d\)\.", facts)
    assert style.startswith("For wording: rag (chrf 0.")
    assert both == "For both: rag (ahead in both)."


def test_what_is_too_close_is_said():
    facts = texts(table_of("base", "rag", "hybrid"))[0]
    assert re.match(
        r"For facts: (rag or hybrid|hybrid or rag) \(exact_match [\d.]+ and [\d.]+, too close to call", facts
    )


def test_no_arm_is_said_to_beat_base_that_does_not():
    record = make_record("base")
    same = dataclasses.replace(record, cell=dataclasses.replace(record.cell, arm="rag"))
    facts, style, both = texts(build([record, same], resamples=200))
    assert facts.startswith("For facts: no arm is clearly better than base (exact_match: base 0.")
    assert style.startswith("For wording: no arm is clearly better than base")
    assert both == "For both: no arm is clearly better than base."


def test_controls_are_never_recommended():
    record = make_record("hybrid")
    oracle = dataclasses.replace(
        record, cell=dataclasses.replace(record.cell, arm="oracle"), facts={**record.facts, "role": ROLES["oracle"]}
    )
    assert "oracle" not in " ".join(texts(build([make_record("base"), make_record("rag"), oracle], resamples=200)))


def test_one_arm_is_no_comparison():
    assert texts(table_of("rag")) == ["No comparison: only rag was run."]


def test_without_base_the_arms_are_compared_all_the_same():
    assert texts(table_of("qlora", "rag", n=400))[0].startswith("For facts: rag (exact_match 0.")


def test_too_few_examples_are_named_and_nothing_else_is_said():
    lines = texts(table_of("base", "rag", n=2))
    assert lines
    assert all("too few examples to tell the arms apart" in line for line in lines)


def test_the_price_is_a_ratio_to_base_where_it_is_known():
    table = table_of("base", "rag", n=200)
    *_, price = texts(priced(table, SATURATED, width=0.1, base=0.5, rag=2.0))
    assert price == "Price of an answer: rag 4.0× base's."
    assert not any("Price" in line for line in texts(priced(table, SATURATED, base=None, rag=2.0)))
    assert not any("Price" in line for line in texts(table))


def test_the_price_is_that_of_the_basis_of_the_totals():
    table = table_of("base", "rag", n=200)
    assert (
        texts(priced(table, BATCH_ONE, base=0.5, rag=2.0))[-1]
        == "Price of an answer: rag: too close to base's to call."
    )
    assert basis(priced(table, BATCH_ONE, base=0.5, rag=2.0)) == "answered one at a time"
    assert basis(priced(table, SATURATED, base=0.5, rag=2.0)) == "answered in full batches"
    assert basis(table) == ""
    assert per_thousand(priced(table, SATURATED, base=0.5, rag=2.0))[1]["rag"].value == 2.0
    assert per_thousand(priced(table, base=0.5, rag=2.0))[1]["rag"].value == 2.0
    assert per_thousand(priced(table, "no such column", base=0.5))[1] == {}


def test_where_one_need_is_measured_the_next_cheaper_arm_is_named():
    records = [make_record(arm, n=400) for arm in ("base", "qlora", "rag")]
    facts_alone = [
        dataclasses.replace(
            record,
            metrics={"exact_match": record.metrics["exact_match"]},
            scores=tuple(one for one in record.scores if one.metric == "exact_match"),
        )
        for record in records
    ]
    table = priced(build(facts_alone, resamples=500), SATURATED, width=0.05, base=0.1, qlora=1.0, rag=2.0)
    facts, price = texts(table)
    assert facts.startswith("For facts: rag")
    assert re.fullmatch(
        r"Price of an answer: rag 20× base's\. "
        r"qlora, the next arm that is cheaper than rag, is 0\.\d\d behind it on exact_match\.",
        price,
    )


def test_what_is_paid_once_is_told_next_to_the_price_of_an_answer():
    table = table_of("base", "rag", n=200)
    *_, price, once = texts(priced(table, SATURATED, width=0.1, once=0.0123, base=0.5, rag=2.0))
    assert price == "Price of an answer: rag 4.0× base's."
    assert once == "Paid once: training and indexing, rag 0.012 USD."


@pytest.mark.parametrize(
    ("price", "shown"),
    [(0.0000944, "0.000094"), (0.5, "0.5"), (12.34, "12"), (1234.5, "1,234")],
)
def test_no_price_has_an_exponent(price, shown):
    assert plain(price) == shown


def test_a_large_ratio_is_a_plain_number():
    assert "rag 1,230× base's" in texts(priced(table_of("base", "rag", n=200), SATURATED, base=0.001, rag=1.23))[-1]


def test_prices_whose_intervals_overlap_have_no_ratio():
    price = texts(priced(table_of("base", "rag", n=200), SATURATED, width=0.3, base=0.5, rag=0.6))[-1]
    assert "too close to base's to call" in price
    assert "×" not in price


def test_where_each_need_has_its_own_arm_the_one_that_loses_least_is_named():
    records = [make_record(arm, n=400) for arm in ("base", "qlora", "rag")]
    swapped = {"rag": 0.1, "qlora": 0.9}
    records = [
        dataclasses.replace(
            record,
            scores=tuple(
                dataclasses.replace(one, value=max(0.0, min(1.0, swapped[record.cell.arm] + one.value / 100)))
                if one.metric == "chrf" and record.cell.arm in swapped
                else one
                for one in record.scores
            ),
        )
        for record in records
    ]
    table = priced(build(records, resamples=500), SATURATED, width=0.05, base=0.1, qlora=1.0, rag=2.0)
    text = next(one.text for one in answers(table) if one.topic == "No arm is best at both.")
    closest = r"qlora comes closest: it is 0\.\d\d behind rag on exact_match"
    assert re.fullmatch(rf"{closest}; its price per answer is 0\.5× rag's\.", text)


def test_lines_that_cross_are_found_with_month_and_cost():
    lines = {"base": [0.0, 5.0, 10.0], "rag": [4.0, 5.0, 6.0], "never": [20.0, 21.0, 22.0]}
    (one,) = crossings(lines, 12.0)
    assert (one.before, one.after) == ("base", "rag")
    assert (one.month, one.cost) == (pytest.approx(6.0), pytest.approx(5.0))
    assert crossings({"base": [1.0, 1.0], "rag": [1.0, 1.0]}, 12.0) == []


def test_the_front_holds_what_nobody_beats_at_both():
    points = {"base": (1.0, 0.2), "rag": (2.0, 0.7), "slow": (3.0, 0.6), "raft": (4.0, 0.9), "oracle": (0.5, 1.0)}
    assert front(points, {"oracle"}) == ["base", "rag", "raft"]


def test_quality_and_cost_are_drawn_where_two_arms_are_priced():
    table = table_of("base", "rag")
    assert [one.name for one in quality_cost(priced(table, base=0.5, rag=2.0), ("exact_match",))] == ["quality-cost"]
    assert list(quality_cost(priced(table, SATURATED, base=None, rag=2.0), ("exact_match",))) == []
    assert list(quality_cost(table, ("exact_match",))) == []
