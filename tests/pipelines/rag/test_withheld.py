"""Passages that must not be shown are in no prompt, and nothing else of the prompt changes."""

from dataclasses import replace

import pytest

from harness.store.spec import digest
from harness.store.store import Store
from harness.types import Example, Passage
from pipelines.rag.protocols import Retrieved
from pipelines.rag.withheld import without_withheld
from tests.pipelines.arms import DoorTask, answered, arm, loaded_from

FOUND = Retrieved(tuple(Passage(name, name, at, at + 1, 1.0) for at, name in enumerate("abgcg")), ())
ASKED = Example("e", "?", ("!",), ("g",))


@pytest.mark.parametrize(
    ("withheld", "left"), [("", "abgcg"), ("support", "abc"), ("all", "")],
)  # fmt: skip
def test_what_is_left_keeps_its_order(withheld, left):
    shown = without_withheld(replace(ASKED, withheld=withheld), FOUND)
    assert "".join(one.document_id for one in shown.passages) == left


def test_as_many_others_go_as_the_support_has_passages_and_always_the_same():
    example = replace(ASKED, withheld="others")
    shown = ["".join(one.document_id for one in without_withheld(example, FOUND).passages) for _ in range(3)]
    assert len(set(shown)) == 1
    assert shown[0] in ("agg", "bgg", "gcg")
    drawn = {without_withheld(replace(example, id=f"e{n}"), FOUND) for n in range(20)}
    assert len(drawn) == 3


def test_where_the_support_was_not_found_nothing_goes():
    example = Example("e", "?", ("!",), ("z",), withheld="others")
    assert without_withheld(example, FOUND) == FOUND
    assert without_withheld(replace(example, withheld="support"), FOUND) == FOUND


def test_the_key_of_an_example_that_withholds_nothing_stays():
    assert digest(ASKED) == digest(replace(ASKED, withheld=""))
    assert digest(ASKED) != digest(replace(ASKED, withheld="all"))


class WithholdingTask(DoorTask):
    """Its questions must not be shown their own documents."""

    def examples(self, split):
        return [replace(one, withheld="support") for one in super().examples(split)]


def test_a_prompt_without_its_support_passes_every_audit(checkpoint, tmp_path):
    loaded = loaded_from(checkpoint)
    whole = answered(arm(loaded, Store(tmp_path), retrieves=True))[1]
    prepared = arm(loaded, Store(tmp_path), retrieves=True, task=WithholdingTask())
    examples, predictions = answered(prepared)
    for example, before, after in zip(examples, whole, predictions, strict=True):
        assert before.passages[0].document_id == example.evidence[0]
        assert after.passages == before.passages[1:]
        assert before.passages[0].text not in "".join(after.prompt)
    prepared.audit_answers(examples, predictions)
