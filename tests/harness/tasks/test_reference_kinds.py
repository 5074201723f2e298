"""Which metrics score these references? Said, never chosen silently."""

import pytest

from harness.tasks.reference_kinds import entity_remark, reference_kind
from harness.types import SPLITS, Document, Example
from tests.harness.tasks.making import rows_of, write_lines


def rows(*texts):
    return [Example(str(number), "?", (text,), ()) for number, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("texts", "kind", "first"),
    [
        (["yes", "no"] * 5, "labels", "accuracy"),
        (["1", "2", "5"] * 5, "labels", "accuracy"),
        ([f'{{"a": {n}}}' for n in range(5)], "JSON", "json_equality"),
        ([f"{n},{n:03} kg" for n in range(1, 9)], "numbers", "number_equality"),
        ([f"depot {chr(65 + n)}, gate {n}" for n in range(9)], "short", "exact_match"),
        ([f"AB-{n}" for n in range(9)], "short", "exact_match"),
        ([f"{n:04}" for n in range(9)], "short", "exact_match"),
        ([f"in May {n}" for n in range(1900, 1909)], "short", "exact_match"),
        ([f"not {n} days" for n in range(9)], "short", "exact_match"),
        ([f"about -{n} °C" for n in range(9)], "numbers", "number_equality"),
        ([f"The lamp {n} has a warranty of that many months and a bulb." for n in range(9)], "long", "token_f1"),
    ],
)
def test_kinds(texts, kind, first):
    found = reference_kind(rows(*texts))
    assert found.kind == kind
    assert found.metrics(documents=False, evidence=False, unanswerable=False)[0] == first
    assert bool(found.remark()) == (kind in ("labels", "JSON", "numbers"))


def test_without_references_there_are_metrics_that_need_none():
    found = reference_kind([Example("a", "?", (), ())])
    chosen = found.metrics(documents=True, evidence=False, unanswerable=False)
    assert {"groundedness", "abstention", "answer_length"} <= set(chosen)
    assert not {"exact_match", "token_f1"} & set(chosen)
    assert found.metrics(documents=True, evidence=True, unanswerable=False) == ("recall_at_k", "mrr")


def test_a_task_says_what_its_references_are_and_that_it_holds_entities(task, folder):
    for split in SPLITS:
        own = rows_of(split, 6)
        for number, row in enumerate(own):
            row["references"] = ["yes", "no"][number % 2]
        write_lines(folder / f"{split}.jsonl", own)
    assert any("2 labels (yes, no): metric=[accuracy,macro_f1" in line for line in task().remarks())
    remark = entity_remark(rows("AT&amp;T", "AT&T", "a &b; c"), [Document("d", "", "5 &lt; 6")])
    assert remark.startswith("2 texts hold HTML entities such as &amp;")
    assert entity_remark(rows("AT&T; and more"), []) == ""


def test_questions_without_answers_are_read(task, folder):
    for split in SPLITS:
        own = [{name: value for name, value in row.items() if name != "references"} for row in rows_of(split)]
        write_lines(folder / f"{split}.jsonl", own)
    asked = task(columns__references=[])
    assert asked.problems() == []
    assert asked.examples("test")[0].references == ()
    assert asked.examples("test")[0].answerable
