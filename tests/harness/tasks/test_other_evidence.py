"""Evidence and answers in the forms of further sets: bytes for characters, lists of rows, follow-up questions."""

import json

from tests.harness.tasks.making import build_task, write_lines

ROWS = [{"id": f"x{n}", "input": f"q {n}?", "references": [f"a {n}"]} for n in range(30)]
TEXT = "Zürich größte Übung: the archive opens at nine and the mill at seven."


def remarks(task):
    return "\n".join(task.remarks())


def paired(tmp_path, count):
    """Rows whose offsets count what `count` returns of the text before them."""
    rows = []
    for number in range(12):
        text = f"Nr {number}. {TEXT}"
        at = text.index("nine")
        start = count(text[:at])
        rows.append(
            {
                "id": f"q{number}",
                "input": f"when does archive {number} open?",
                "references": ["nine"],
                "evidence": [{"document": f"d{number}", "start": start, "end": start + 4}],
            }
        )
    write_lines(tmp_path / "train.jsonl", rows)
    documents = [{"id": f"d{number}", "title": "", "text": f"Nr {number}. {TEXT}"} for number in range(12)]
    write_lines(tmp_path / "documents.jsonl", documents)
    return build_task("jsonl", dir=str(tmp_path))


def test_offsets_that_count_bytes_are_said(tmp_path):
    said = remarks(paired(tmp_path, lambda before: len(before.encode())))
    assert "12 of 12 places by offsets begin or end inside a word or with a blank" in said


def test_offsets_in_characters_are_no_remark(tmp_path):
    assert "inside a word" not in remarks(paired(tmp_path, len))


def test_lists_of_the_rows_of_splits_are_no_knowledge_base(tmp_path):
    write_lines(
        tmp_path / "all.jsonl", [{"id": f"x{n}", "input": f"q {n}?", "references": [f"a {n}"]} for n in range(30)]
    )
    (tmp_path / "train_ids.txt").write_text("x1\nx2\n")
    (tmp_path / "test-ids.txt").write_text("x3\nx4\n")
    task = build_task("jsonl", dir=str(tmp_path), documents_file=".")
    assert "not read: the lists of rows test-ids.txt, train_ids.txt" in remarks(task) + "\n".join(task.problems())


def test_folders_and_what_is_read_are_no_lists_of_rows(tmp_path):
    write_lines(
        tmp_path / "train.jsonl", [{"id": f"x{n}", "input": f"q {n}?", "references": [f"a {n}"]} for n in range(30)]
    )
    (tmp_path / "test_split").mkdir()
    (tmp_path / "test_split/notes.txt").write_text("The archive opens at nine.")
    (tmp_path / "train_list.txt").write_text("The mill opens at seven.")
    assert "lists of rows" not in remarks(build_task("jsonl", dir=str(tmp_path), documents_file="train_list.txt"))


def squad(tmp_path, asked):
    data = [{"title": f"t{n}", "paragraphs": [{"context": f"Box {n} is red.", "qas": asked(n)}]} for n in range(12)]
    (tmp_path / "rows.json").write_text(json.dumps({"data": data}))
    task = build_task("jsonl", dir=str(tmp_path))
    assert task.problems() == []
    return [example for split in ("train", "validation", "test") for example in task.examples(split)]


def test_follow_up_questions_are_asked_behind_those_before_them(tmp_path):
    def asked(n):
        first = {
            "id": f"{n}a",
            "question": "What colour?",
            "followup": "y",
            "answers": [{"text": "red", "answer_start": 9}],
        }
        none = {"id": f"{n}b", "question": "Who else?", "followup": "n", "answers": [{"text": "CANNOTANSWER"}]}
        last = {
            "id": f"{n}c",
            "question": "Is it?",
            "followup": "n",
            "answers": [{"text": f"Box {n}", "answer_start": 0}],
        }
        return [first, none, last]

    found = {example.id: example for example in squad(tmp_path, asked)}
    turns = [(turn.role, turn.content) for turn in found["3c"].input]
    assert turns[:2] == [("user", "What colour?"), ("assistant", "red")]
    assert turns[2:] == [("user", "Who else?"), ("assistant", "No answer."), ("user", "Is it?")]
    assert not found["3b"].answerable
    assert found["3a"].text.endswith("What colour?")


def test_an_answer_with_a_field_for_each_kind_is_what_is_filled(tmp_path):
    kinds = [
        {"unanswerable": False, "extractive_spans": ["red"], "yes_no": None, "free_form_answer": ""},
        {"unanswerable": False, "extractive_spans": [], "yes_no": False, "free_form_answer": ""},
        {"unanswerable": False, "extractive_spans": [], "yes_no": None, "free_form_answer": "of red wood"},
        {"unanswerable": True, "extractive_spans": [], "yes_no": None, "free_form_answer": ""},
    ]

    def asked(n):
        return [
            {"id": f"{n}-{k}", "question": f"Question {k}?", "answers": [{"answer": one}]}
            for k, one in enumerate(kinds)
        ]

    found = {example.id: example for example in squad(tmp_path, asked)}
    assert [found[f"5-{k}"].references for k in range(4)] == [("red",), ("no",), ("of red wood",), ()]
    assert [found[f"5-{k}"].answerable for k in range(4)] == [True, True, True, False]
