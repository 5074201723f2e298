"""Passages in another order, or with so many distractors: what a prompt then shows, and that audits accept it."""

from dataclasses import replace

import pytest

from harness.store.spec import digest
from harness.store.store import Store
from harness.types import Example, Passage
from pipelines.rag.arranged import arranged
from pipelines.rag.protocols import Retrieved
from tests.pipelines.arms import DoorTask, answered, arm, loaded_from

ASKED = Example("e", "?", ("!",), ("g",))


def found(names):
    return Retrieved(tuple(Passage(name, name, at, at + 1, 1.0) for at, name in enumerate(names)), ())


def shown(example, names):
    return "".join(one.document_id for one in arranged(example, found(names)).passages)


@pytest.mark.parametrize(
    ("place", "order"), [(None, "agbgc"), ("first", "ggabc"), ("middle", "aggbc"), ("last", "abcgg")]
)
def test_the_right_passages_stand_in_their_place_and_others_keep_their_order(place, order):
    assert shown(replace(ASKED, place=place), "agbgc") == order


@pytest.mark.parametrize(
    ("noise", "left"),
    [(None, "gabc"), (0.0, "g"), (0.5, "ga"), (0.67, "gab"), (0.75, "gabc"), (0.8, "gabc"), (1.0, "abc")],
)
def test_the_best_other_passages_make_the_share_and_of_too_few_all_are_shown(noise, left):
    assert shown(replace(ASKED, noise=noise), "gabc") == left


def test_two_right_passages_take_twice_as_many_distractors():
    assert shown(replace(ASKED, noise=0.5), "gabgc") == "gabg"


def test_where_the_right_passage_was_not_found_nothing_changes():
    for changed in (replace(ASKED, noise=0.0), replace(ASKED, noise=1.0), replace(ASKED, place="last")):
        assert shown(changed, "abc") == "abc"


def test_a_passage_that_says_the_same_under_another_id_counts_as_right():
    same = Retrieved((Passage("a", "x", 0, 1, 1.0), Passage("b", "y", 0, 1, 1.0), Passage("g", "x", 0, 1, 1.0)), ())
    assert [one.document_id for one in arranged(replace(ASKED, place="last"), same).passages] == ["b", "a", "g"]
    assert [one.document_id for one in arranged(replace(ASKED, noise=0.0), same).passages] == ["a", "g"]


def test_withheld_passages_go_first_and_keys_of_other_examples_stay():
    assert shown(replace(ASKED, withheld="support", place="first"), "agb") == "ab"
    assert digest(ASKED) == digest(replace(ASKED, place=None, noise=None))
    assert len({digest(one) for one in (ASKED, replace(ASKED, place="last"), replace(ASKED, noise=0.0))}) == 3


class LastTask(DoorTask):
    """The right passage of each of its questions comes last."""

    def examples(self, split):
        return [replace(one, place="last") for one in super().examples(split)]


def test_a_prompt_in_another_order_passes_every_audit(checkpoint, tmp_path):
    loaded = loaded_from(checkpoint)
    whole = answered(arm(loaded, Store(tmp_path), retrieves=True))[1]
    prepared = arm(loaded, Store(tmp_path), retrieves=True, task=LastTask())
    examples, predictions = answered(prepared)
    for example, before, after in zip(examples, whole, predictions, strict=True):
        assert before.passages[0].document_id == example.evidence[0]
        assert after.passages == before.passages[::-1]
        first, last = ("".join(after.prompt).find(one.text) for one in after.passages)
        assert 0 <= first < last
    prepared.audit_answers(examples, predictions)
    timed = prepared.timed()
    timed.activate("none")
    assert timed.answer(examples[0]).passages == predictions[0].passages
    timed.deactivate()
