"""SQuAD, nested and flat: answers, offsets and contexts."""

import json

import pytest

from harness.tasks.known_columns import DEFAULTS
from tests.harness.tasks.making import nested, said

SQUAD = {
    "version": "v2.0",
    "data": [
        {
            "title": "Cats",
            "paragraphs": [
                {
                    "context": "The cat sat on the mat.",
                    "qas": [
                        {"id": "q1", "question": "Who?", "answers": [{"text": "cat", "answer_start": 4}] * 2},
                        {"id": "q2", "question": "Why?", "answers": [], "is_impossible": True},
                        {"id": "q3", "question": "How?", "answers": [{"text": "mat"}], "is_impossible": True},
                    ],
                }
            ],
        }
    ],
}


def test_squad_nested(made):
    task = made(json.dumps(SQUAD, indent=1), "train.json")
    first, second, third = task.examples("train")
    (document,) = task.documents()
    assert (document.title, document.text) == ("Cats", "The cat sat on the mat.")
    assert (first.id, first.input, first.references, first.group) == ("q1", "Who?", ("cat",), document.id)
    assert first.evidence == second.evidence == (document.id,)
    assert (first.answerable, second.answerable, second.references) == (True, False, ())
    assert (third.answerable, third.references) == (False, ())
    assert "the rows are the list 'data' of one JSON object; SQuAD" in said(task)


def test_squad_offsets_are_handed_on(tmp_path):
    from harness.tasks.complaints import Complaints
    from harness.tasks.formats.loading import ExampleFiles

    (tmp_path / "train.json").write_text(json.dumps(SQUAD))
    rows, _ = ExampleFiles(DEFAULTS).read(tmp_path / "train.json", Complaints())
    (evidence,) = next(rows).values["evidence"]
    assert (evidence["start"], evidence["end"]) == (4, 7)


def test_squad_flat_in_json_and_in_csv(made):
    answers = {"text": ["cat"], "answer_start": [4]}
    row = {"id": "1", "title": "T", "context": "The cat sat.", "question": "Who?", "answers": answers}
    flat = made([row])
    expected = flat.examples("train"), flat.documents()
    assert expected[0][0].references == ("cat",)
    assert len(expected[1]) == 1
    numpy = "{'text': array(['cat'], dtype=object), 'answer_start': array([4], dtype=int32)}"
    printed = made(f'id,title,context,question,answers\n1,T,The cat sat.,Who?,"{numpy}"\n', "train.csv")
    assert (printed.examples("train"), printed.documents()) == expected


@pytest.mark.parametrize(
    ("context", "text", "start", "place", "line"),
    [
        ("The cat and the cat.", "cat", 4, (4, 7), ""),
        ("The cat and the cat.", "cat", 14, (16, 19), "its nearest place in the context is taken (1 row)"),
        ("The Big\n cat.", "big cat", 0, (4, 12), "its nearest place"),
        ("The cat.", "dog", 4, None, "an answer stands nowhere in its context"),
        ("The cat.", "cat", -1, (4, 7), "its nearest place"),
    ],
)
def test_squad_offsets_are_checked(made, context, text, start, place, line):
    task = made([{"question": "q", "context": context, "answers": {"text": [text], "answer_start": [start]}}])
    (example,) = task.examples("train")
    assert [(span.start, span.end) for span in example.spans] == ([place] if place else [])
    assert len(example.evidence) == 1
    assert line in said(task)


def test_squad_without_contexts_has_no_documents(made):
    task = made([{"question": "q", "answers": {"text": ["a"], "answer_start": [0]}}])
    assert "contexts are the documents" not in said(task)


@pytest.mark.parametrize(
    "field",
    [
        {"answer": "Kiel"},
        {"answer": {"text": "Kiel", "answer_start": 17}},
        {"answers": ["Kiel"]},
        {"answers": {"text": ["Kiel"], "answer_start": [17]}},
        {"expected_answer": "Kiel", "answers": []},
    ],
)
def test_squad_answers_are_read_wherever_they_stand(made, field):
    task = made([nested({"id": "a", "question": "Whence?", **field}, {"id": "b", "question": "Where?", **field})])
    assert task.problems() == []
    assert [own.references for own in task.examples("train")] == [("Kiel",)] * 2
    assert all(own.answerable for own in task.examples("train"))


def test_squad_is_unanswerable_only_where_it_is_said(made):
    rows = [
        {"id": "a", "question": "Whence?", "answers": ["Kiel"]},
        {"id": "b", "question": "Who sails?", "answers": []},
        {"id": "c", "question": "Why?", "answers": ["Kiel"], "answerable": False},
        {"id": "d", "question": "When?", "note": "to be written"},
        {"id": "e", "question": "At what time?", "answers": [], "is_impossible": False},
    ]
    task = made([nested(*rows)])
    found = {own.id: (own.answerable, len(own.references)) for own in task.examples("train")}
    assert found == {"a": (True, 1), "b": (False, 0), "c": (False, 0), "d": (True, 0), "e": (True, 0)}
    assert "not read: qas.note" in said(task)


def test_squad_without_any_answers_has_them_withheld(made):
    rows = [{"id": "a", "question": "Whence?"}, {"id": "b", "question": "Where?", "answers": []}]
    (problem,) = made([nested(*rows)]).problems()
    assert "train.jsonl: no question has an answer" in problem
    assert "task.columns.references=[] asks without any" in problem
    assert made([nested(*rows)], columns__references=[]).problems() == []
    assert made([nested(*({**row, "is_impossible": True} for row in rows))]).problems() == []


def test_paragraphs_alone_are_no_squad(made):
    row = {"question": "Whence?", "answer": "Kiel", "answerable": True, "paragraphs": ["The ferry leaves Kiel."]}
    task = made([row, {**row, "question": "Where?"}])
    assert [(own.references, own.answerable) for own in task.examples("train")] == [(("Kiel",), True)] * 2
