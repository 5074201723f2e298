"""Retrieval × adapter: two main effects and their interaction."""

import dataclasses

import pytest

from harness.analysis.table import build
from harness.store.records.last_run import Refusal
from harness.types import Cell
from tests.harness import records as making_records
from tests.harness.records import SHARE, section

NOISE = {"base": 0.01, "rag": 0.02, "qlora": -0.01, "hybrid": 0.03, "raft": 0.0, "rag_k8": 0.0}


def record(arm, level, **more):
    """Every example scores `level`, give or take a little."""
    return making_records.record(arm, [level + NOISE[arm] * (i % 5 - 2) for i in range(40)], **more)


def made(base, rag, qlora, **both):
    levels = {"base": base, "rag": rag, "qlora": qlora, **both}
    return build([record(arm, level) for arm, level in levels.items()], resamples=1000)


def test_effects_by_hand():
    """(0.6 - 0.2 + 0.7 - 0.3) / 2 = 0.4; (0.3 - 0.2 + 0.7 - 0.6) / 2 = 0.1; 0.7 - 0.6 - 0.3 + 0.2 = 0."""
    (row,) = section(made(0.2, 0.6, 0.3, hybrid=0.7), "factorial").rows
    assert [cell.value for cell in row[1:4]] == pytest.approx([0.4, 0.1, 0.0])
    assert [cell.significant for cell in row[1:4]] == [True, True, False]
    assert row[1].low < 0.4 < row[1].high
    assert row[4].startswith("no interaction seen; if there is one, it is likely at most 0.0")


def test_an_adapter_that_spoils_retrieval_interacts():
    (row,) = section(made(0.2, 0.6, 0.5, hybrid=0.4), "factorial").rows
    assert row[3].value == pytest.approx(-0.5)
    assert row[3].significant
    assert row[4] == "together worse than the sum of the two effects"


def test_where_lower_is_better_a_lower_sum_is_better_together():
    lower = {**SHARE, "higher_is_better": False}
    records = [
        record(arm, level, meaning=lower)
        for arm, level in (("base", 0.9), ("rag", 0.8), ("qlora", 0.8), ("hybrid", 0.2))
    ]
    (row,) = section(build(records, resamples=1000), "factorial").rows
    assert row[4] == "together better than the sum of the two effects"


def test_raft_takes_hybrid_s_place_in_a_second_grid():
    table = made(0.2, 0.6, 0.3, hybrid=0.7, raft=0.9)
    assert section(table, "factorial-raft").rows[0][3].value == pytest.approx(0.2)
    assert section(table, "factorial").rows[0][3].value == pytest.approx(0.0)
    assert "raft has another adapter than qlora" in section(table, "factorial-raft").notes[0].text


def test_a_missing_arm_is_named_with_its_reason():
    records = [record("base", 0.2), record("rag", 0.4)]
    refused = [Refusal(Cell("qa", "pocket", "qlora", 0), "out of memory", "f", "same")]
    found = section(build(records, refused, resamples=100), "factorial")
    assert found.rows == ()
    (note,) = found.notes
    assert "qlora: out of memory" in note.text
    assert "missing: adapter; retriever and adapter;" in note.text


def test_the_corners_are_found_by_role_whatever_the_arms_are_called():
    levels = {"base": 0.2, "rag": 0.6, "qlora": 0.3, "hybrid": 0.7, "rag_k8": 0.9}
    records = [record(arm, level) for arm, level in levels.items()]
    records[-1] = dataclasses.replace(records[-1], facts={"role": making_records.ROLES["rag"]})
    names = {"base": "plain", "rag": "search", "qlora": "tuned", "hybrid": "all", "rag_k8": "search_k8"}
    renamed = [dataclasses.replace(one, cell=Cell("qa", "pocket", names[one.cell.arm], 0)) for one in records]
    found = section(build(renamed, resamples=500), "factorial")
    assert found.title.endswith("(plain, search, tuned, all)")
    assert [cell.value for cell in found.rows[0][1:4]] == pytest.approx([0.4, 0.1, 0.0])
    (choice,) = [note for note in found.notes if note.topic == "Corner"]
    assert choice.text == "retriever: search is used; search_k8 would fit as well"


def test_a_metric_that_an_arm_lacks_is_named():
    records = [record("rag", 0.4), record("qlora", 0.3), record("hybrid", 0.5)]
    found = section(build([*records, making_records.record("base", [None] * 40)], resamples=100), "factorial")
    assert found.rows == ()
    assert found.notes[1].text == "em: not all four arms have a value"


def test_of_several_retriever_arms_the_one_with_the_retriever_of_both_is_taken():
    def with_retriever(arm, level, retriever):
        spec = {"cell": {"answers": {"arm": {"retriever": {"k": retriever}}}}}
        return dataclasses.replace(record(arm, level), spec=spec)

    keywords = with_retriever("rag", 0.9, "words")
    keywords = dataclasses.replace(keywords, cell=dataclasses.replace(keywords.cell, arm="keywords"))
    records = [record("base", 0.2), record("qlora", 0.3), keywords]
    records += [with_retriever("rag", 0.6, "dense"), with_retriever("hybrid", 0.7, "dense")]
    table = section(build(records, resamples=100), "factorial")
    assert "base, rag, qlora, hybrid" in table.title
    assert [note.text for note in table.notes if note.topic == "Corner"] == [
        "retriever: rag is used; keywords would fit as well"
    ]


@pytest.mark.parametrize(
    "role", [{"few_shot": True}, {"retrieves": True, "whole_base": True}, {"adapted": True, "few_shot": True}]
)
def test_arms_that_search_nothing_are_no_corner(role):
    levels = {"base": 0.2, "rag": 0.6, "qlora": 0.3, "hybrid": 0.7}
    other = record("rag_k8", 0.5, facts={"role": role})
    found = section(build([*(record(arm, level) for arm, level in levels.items()), other], resamples=100), "factorial")
    assert "(base, rag, qlora, hybrid)" in found.title
    assert [note for note in found.notes if note.topic == "Corner"] == []
