"""Citations that a model makes itself, by taking away what it cites; by hand."""

from dataclasses import replace

import pytest

from harness.studies.controls.removed_passages import RemovedIsAbsent
from harness.studies.data import Made
from harness.studies.deletions import all_deletion_levels, deletion_levels, deletions
from harness.studies.measures.citations import Citations
from harness.studies.measures.cited_passages import (
    NONE_CITES,
    CitedPassages,
    cited_deletions,
    cited_passages,
)
from harness.types import Prediction
from tests.harness.studies.test_deletion import FIVE, GOLD, LEFT, LEVELS, OTHER, data

ASKED = tuple(f"{level}, prompt.cite=true" for level in LEVELS)


def cited(rows, marks, shown=LEFT):
    """The answers of test_deletion with the citation of each question behind its first answer: written, not in text."""
    found = data(rows, shown)
    (record,) = found.cells[LEVELS[0], "rag"]
    answers = tuple(
        replace(one, written=f"{one.text}{mark}" if mark else "")
        for one, mark in zip(record.predictions, marks, strict=True)
    )
    found.cells[LEVELS[0], "rag"] = (replace(record, predictions=answers),)
    return found


def test_which_passages_an_answer_cites():
    def of(text, written=""):
        return cited_passages(Prediction("q", text, (OTHER, GOLD), (), "stop", written=written))

    assert of("red", "red [2].") == [GOLD]
    assert of("It is red [2]. So low [1][2].") == [GOLD, OTHER]
    assert of("red [3].") == of("red") == []


MARKS = [" [2].", " [2].", " [1].", " [1][2].", ""]
"""Of five answers: two cite the support, one the other passage, one both (never counted), one nothing."""


def test_what_an_answer_loses_without_what_it_cites():
    """q0: another wording without its support alone; q1: without both; q2, which cites the other passage: never."""
    found = cited(FIVE, MARKS)
    own = cited_deletions(deletions(found, "rag"))
    flags = {one.of.question.id: (one.without_cited, one.without_others) for one in own}
    assert flags == {"q0": (True, False), "q1": (True, True), "q2": (False, False)}
    (section,) = CitedPassages().read(found).sections
    row = section.rows[0]
    assert row[:2] == (LEVELS[0], "rag")
    assert [cell.value for cell in row[2:]] == pytest.approx([4, 3, 2 / 3, 1 / 3, 1 / 3])


def test_a_citation_of_the_other_passage_is_tried_where_that_one_goes():
    rows = [("red", "red", "blue"), *FIVE[1:]]
    own = cited_deletions(deletions(cited(rows, [" [1].", "", "", "", ""]), "rag"))
    assert [(one.without_cited, one.without_others) for one in own] == [(True, False)]


def test_an_answer_that_cites_by_another_number_afterwards_is_the_same_answer():
    found = data([("red [2]", "red [1]", "red [1]")])
    (one,) = cited_deletions(deletions(found, "rag"))
    assert (one.without_cited, one.without_others) == (False, False)


def test_where_no_answer_cites_it_is_said_not_to_apply():
    reading = CitedPassages().read(data(FIVE))
    assert reading.sections == ()
    assert reading.words == (NONE_CITES,)


def test_an_answer_that_cites_what_both_conditions_took_counts_nowhere_and_is_said_to():
    reading = CitedPassages().read(cited(FIVE, [" [1][2].", "", "", "", ""]))
    assert "no answer lost all that it cites and nothing else" in reading.words[0]


def with_prompt_that_asks(plain, asked):
    """Both wordings of the prompt in one study."""
    cells = {**plain.cells, **{(f"{level}, prompt.cite=true", arm): own for (level, arm), own in asked.cells.items()}}
    made = [Made(name, name, 0, {"removed": name.split()[0], "prompt.cite": "true"}) for name in ASKED]
    return replace(plain, conditions=(*plain.conditions, *made), cells=cells)


def test_a_prompt_that_asks_for_citations_is_compared_with_itself():
    found = with_prompt_that_asks(data(FIVE, cites=[(2,)] * 5), cited(FIVE, MARKS))
    assert deletion_levels(found) == LEVELS
    assert all_deletion_levels(found) == [LEVELS, ASKED]
    (section,) = CitedPassages().read(found).sections
    assert [row[0] for row in section.rows] == [ASKED[0]]
    assert Citations().read(found).sections[0].rows[0][-1].value == pytest.approx(1 / 5)


def test_the_control_looks_at_both_prompts():
    kept = {**LEFT, LEVELS[1]: (OTHER, GOLD)}
    found = with_prompt_that_asks(data(FIVE), cited(FIVE, MARKS, kept))
    assert RemovedIsAbsent().check(data(FIVE)).passed
    assert not RemovedIsAbsent().check(found).passed
