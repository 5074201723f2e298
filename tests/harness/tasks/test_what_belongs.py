"""Columns that belong together, marks of annotators, earlier turns, and marks of questions without an answer."""

import json

import pytest

from harness.types import SPLITS
from tests.harness.tasks.making import build_task

QA = [
    ("How long is the ferry to Borkum?", "About two hours by the large ship."),
    ("Where do bicycles stand on board?", "On the car deck, behind the rail."),
    ("Which pier do we leave from?", "From the outer pier of the harbour."),
    ("May dogs come along?", "Yes, on a short leash and for a ticket."),
    ("When does the kiosk open?", "Half an hour before the ship leaves."),
    ("Who checks the tickets?", "The crew does, at the gangway."),
]


@pytest.fixture
def read(tmp_path):
    """The examples of a file with these rows, by what they ask, and what was said of it."""

    def make(rows, **settings):
        (tmp_path / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        splits = {"splits__validation": None, "splits__test": None}
        task = build_task("jsonl", dir=str(tmp_path), **splits, **settings)
        assert not task.problems()
        found = [own for split in SPLITS for own in task.examples(split)]
        return {own.text: own for own in found}, "\n".join(task.remarks()), task

    return make


def test_aliases_are_right_answers_too(read):
    found, said, _ = read(
        [{"question": q, "answer": {"value": a, "aliases": [a, "Or so"], "kind": "x"}} for q, a in QA]
    )
    assert found[QA[0][0]].references == (QA[0][1], "Or so")
    assert "answer.value+answer.aliases is read as references" in said
    assert "not read: answer.kind" in said


def test_aliases_beside_the_answer_are_read_and_lists_of_numbers_are_not(read):
    found, _, _ = read(
        [{"question": q, "answer": a, "answer_aliases": ["Or so"] * (n % 2)} for n, (q, a) in enumerate(QA)]
    )
    assert found[QA[1][0]].references == (QA[1][1], "Or so")
    assert found[QA[0][0]].references == (QA[0][1],)
    found, said, _ = read([{"question": q, "answer": a, "alternatives": [1, 2]} for q, a in QA])
    assert found[QA[0][0]].references == (QA[0][1],)
    assert "not read: alternatives" in said
    found, _, _ = read([{"question": q, "possible_answers": [a, "Or so"]} for q, a in QA])
    assert found[QA[0][0]].references == (QA[0][1], "Or so")
    found, _, _ = read([{"question": q, "possible_answers": ["No", a], "label": n % 2} for n, (q, a) in enumerate(QA)])
    assert {label for one in found.values() for label in "AB" if label in one.references} == {"A", "B"}


def test_the_unit_of_a_number_is_read_with_it(read):
    found, said, _ = read([{"question": q, "answer": {"value": 12, "unit": "months"}} for q, _ in QA])
    assert found[QA[0][0]].references == ("12 months",)
    assert "answer.unit is read behind it" in said


def test_the_best_answer_comes_before_several_in_one_text(read):
    found, said, _ = read([{"Question": q, "Correct Answers": f"{a}; Or so", "Best Answer": a} for q, a in QA])
    assert found[QA[0][0]].references == (QA[0][1],)
    assert "Correct Answers" in said
    _, said, _ = read([{"question": q, "answers": f"{a} | Or so"} for q, a in QA])
    assert "answers has '|' in most cells, and each is read as one answer" in said
    _, said, _ = read([{"question": q, "answer": f"{a} | Or so"} for q, a in QA])
    assert "in most cells" not in said


def test_a_mark_of_annotators_is_no_answer(read):
    marks = ["accept", "reject", "accept", "ignore", "accept", "accept"]
    found, said, _ = read([{"text": q, "label": f"L{n % 2}", "answer": marks[n]} for n, (q, _) in enumerate(QA)])
    assert {one.references for one in found.values()} == {("L0",), ("L1",)}
    assert len(found) == 4
    assert "rows whose answer is reject are left out" in said
    alone, _, _ = read([{"text": q, "answer": marks[n]} for n, (q, _) in enumerate(QA)])
    assert alone[QA[1][0]].references == ("reject",)


def test_the_option_that_an_annotator_chose(read):
    options = [{"id": "one", "text": "By ship"}, {"id": "two", "text": "By rail"}]
    rows = [{"text": q, "options": options, "accept": ["two"], "answer": "accept"} for q, _ in QA]
    rows[0]["answer"] = "reject"
    found, _, _ = read(rows)
    assert len(found) == len(QA) - 1
    assert all("By rail" in one.references for one in found.values())


@pytest.mark.parametrize(
    "before",
    [lambda q, a: [q, a], lambda q, a: f"Q: {q}\nA: {a}", lambda q, a: f"Customer: {q}\nAgent: {a}"],
)
def test_what_was_said_before_is_no_document(read, before):
    rows = [{"question": f"And then, {n}?", "context": before(*QA[n - 1]), "answer": QA[n][1]} for n in range(len(QA))]
    found, said, task = read(rows)
    assert not [own for own in task.documents() if not own.example_id]
    assert "context+question is read as input" in said
    text = next(text for text in found if text.endswith("And then, 1?"))
    assert QA[0][0] in text
    assert not found[text].evidence


def test_an_faq_in_the_context_answers_its_row(read):
    found, said, _ = read([{"question": q, "context": f"Q: {q}\nA: {a}", "answer": a} for q, a in QA])
    assert "the texts of context are read as documents and evidence" in said
    assert QA[0][0] in found


def test_a_mark_of_what_a_model_said_leaves_out_no_right_answer(read):
    rows = [{"question": q, "answer": "Dunno", "is_correct": n % 2, "correct_answer": a} for n, (q, a) in enumerate(QA)]
    found, _, _ = read(rows)
    assert {one.references[0] for one in found.values()} == {a for _, a in QA}


def test_the_key_that_reads_all_rows_does(read):
    rows = [{"question": q, "answer": a, "is_correct": bool(n % 2)} for n, (q, a) in enumerate(QA)]
    _, said, _ = read(rows)
    told = "task.format=columns task.columns.input=[question] task.columns.references=[answer] task.columns.id=[]"
    assert told in said
    columns = {"columns__input": ["question"], "columns__references": ["answer"], "columns__id": []}
    assert len(read(rows, format="columns", **columns)[0]) == len(QA)


def test_texts_that_a_label_compares_are_both_shown(read):
    rows = [{"question": q, "sentence": a, "label": ["entailment", "none"][n % 2]} for n, (q, a) in enumerate(QA)]
    found, said, _ = read(rows)
    assert f"{QA[0][0]}\n{QA[0][1]}" in found
    assert "question+sentence is read as input" in said
    found, _, _ = read([{"question": q, "sentence": "It is so.", "answer": a} for q, a in QA])
    assert QA[0][0] in found


def test_marks_of_no_answer_make_a_question_unanswerable(read):
    rows = [{"question": q, "answers": [a] if n % 2 else ["CANNOTANSWER"]} for n, (q, a) in enumerate(QA)]
    found, said, _ = read(rows)
    assert [found[q].answerable for q, _ in QA] == [False, True] * 3
    assert not found[QA[0][0]].references
    assert "CANNOTANSWER" in said


def test_squad_with_marks_of_no_answer(read):
    context = f"{QA[0][1]} CANNOTANSWER"
    asked = [
        {"id": "a", "question": QA[0][0], "answers": [{"text": QA[0][1], "answer_start": 0}]},
        {"id": "b", "question": QA[1][0], "answers": [{"text": "CANNOTANSWER", "answer_start": len(QA[0][1]) + 1}]},
    ]
    found, _, task = read([{"title": "T", "paragraphs": [{"context": context, "qas": asked}]}])
    assert (found[QA[0][0]].answerable, found[QA[1][0]].answerable) == (True, False)
    assert [own.text for own in task.documents() if not own.example_id] == [QA[0][1]]
