"""Columns that are missing or called otherwise: what is said leads on, when it is followed to the letter."""

import csv
import json
import re
import shlex

import pytest

from harness.cli.config import compose, experiment
from harness.tasks.suggestions import suggested
from harness.types import SPLITS
from tests.harness.tasks.making import build_task, write_lines

KINDS = ["kettle", "lamp", "drill", "pump", "fan", "clock"]
QA = [(f"What does the {KINDS[n % 6]} of type {n * 37} cost?", f"{n * 7} euro") for n in range(24)]


def rows(question, answer, **more):
    return [{question: q, answer: a, **more} for q, a in QA]


def nested(make):
    return [make(n, q, a) for n, (q, a) in enumerate(QA)]


UNKNOWN = {
    "odd names": rows("frage_text", "loesung_text"),
    "mistyped": rows("qestion", "anwser"),
    "nested": nested(lambda n, q, a: {"item": {"q_text": q, "a_text": a}, "meta": {"src": "x"}}),
    "deep": nested(lambda n, q, a: {"x": {"y": {"stem": q}}, "z": {"w": {"solution": a}}}),
    "objects": nested(lambda n, q, a: {"ask": {"wording": q, "lang": "en"}, "keys": {"expected": a, "nr": n}}),
    "spaces": rows("Frage, genau", "Antwort (kurz)"),
    "no hint": rows("eins", "zwei"),
    "three texts": rows("col1", "col2", col3="Another text of no use at all."),
    "an id and a date": nested(lambda n, q, a: {"nr": f"x{n}", "datum": "2024-01-01", "wie": q, "was": a}),
    "no answer": nested(lambda n, q, a: {"payload": {"stuff": q}, "foo": 3}),
    "one column": nested(lambda n, q, a: {"payload": q}),
    "two that ask": nested(lambda n, q, a: {"text": f"{q} Really?", "sentence": q, "label": a}),
    "ids by name": nested(lambda n, q, a: {"question": f"q{n}", "wording": q, "answer": a}),
    "options": nested(lambda n, q, a: {"stem_text": q, "options_a": ["x", "y"], "correct_answer_text": a}),
    "numbers": nested(lambda n, q, a: {"aufgabe": q, "ergebnis_zahl": n}),
}
SET = re.compile(r"(task\.[\w.]+)=(\[\]|\[(?!COLUMN)[^]]*\]|null)")


def literally(problems):
    """What a user would type: the first setting of each line, as the shell and Hydra read it."""
    found = [SET.search(line) for line in problems]
    return dict.fromkeys(shlex.split(one[0])[0] for one in found if one)


def follow(folder, lines=()):
    """Follow what is said until nothing is wrong; no column may be named for two roles."""
    for _ in range(4):
        task = experiment(compose(["task=jsonl", f"task.dir={folder}", "arm=[base]", *lines])).task
        said = task.problems()
        if not said:
            return task, lines
        more = literally(said)
        assert more, said
        lines = [
            *(line for line in lines if line.partition("=")[0] not in {one.partition("=")[0] for one in more}),
            *more,
        ]
        named = [name for line in lines if "columns" in line for name in line.partition("=")[2].strip("[]").split(",")]
        assert len(set(filter(None, named))) == len(list(filter(None, named))), lines
    raise AssertionError(said)


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_said_can_be_followed_to_the_letter(tmp_path, name):
    write_lines(tmp_path / "train.jsonl", UNKNOWN[name])
    task, lines = follow(tmp_path)
    assert sum(len(task.examples(split)) for split in SPLITS) == len(QA)
    example = next(own for split in SPLITS for own in task.examples(split) if own.text.startswith(QA[5][0]))
    right = QA[5][1] if name != "numbers" else "5"
    assert example.references[:1] == ((right,) if "no answer" != name != "one column" else ())
    assert bool(lines) is (name not in ("odd names", "spaces"))  # these two columns are recognised, and said


@pytest.mark.parametrize(
    ("train", "test"),
    [
        (rows("question", "answer"), rows("frage_x", "musterloesung")),
        (rows("a1", "b1"), rows("question", "answer")),
        (rows("frage_x", "x"), rows("y", "musterloesung")),
    ],
    ids=["test is odd", "train is odd", "both are"],
)
def test_what_is_said_of_one_file_goes_on_fitting_the_others(tmp_path, train, test):
    write_lines(tmp_path / "train.jsonl", train[:16])
    write_lines(tmp_path / "test.jsonl", test[16:])
    said = build_task("jsonl", dir=str(tmp_path)).problems()
    assert all("its columns are" in line for line in said)
    task, _ = follow(tmp_path)
    assert [own.references for own in task.examples("test")] == [(answer,) for _, answer in QA[16:]]


def test_which_file_has_what_is_said(tmp_path):
    write_lines(tmp_path / "train.jsonl", rows("question", "answer", evidence="d")[:16])
    write_lines(tmp_path / "test.jsonl", rows("question", "response")[16:])
    write_lines(tmp_path / "documents.jsonl", [{"id": "d", "text": "x"}])
    task = build_task("jsonl", dir=str(tmp_path))
    assert task.problems() == []
    said = "\n".join(task.remarks())
    line = "references: answer in train.jsonl, response in test.jsonl, by their names; task.columns.references="
    assert f"{line}[answer,response] says the same" in said
    assert "evidence: evidence in train.jsonl; test.jsonl has no such column, or under another name" in said
    told = build_task("jsonl", dir=str(tmp_path), columns__references=["answer", "response"])
    assert told.examples("test") == task.examples("test")
    (problem,) = build_task("jsonl", dir=str(tmp_path), columns__references=["answer"]).problems()
    assert (
        "test.jsonl: no column is called 'answer' (train.jsonl has answer); its columns are question, resp" in problem
    )
    assert problem.endswith("set task.columns.references=[answer,response]")


def in_one_file(folder, kind, name):
    """Rows of train have an answer, those of test have it under another name."""
    parts = [
        {"question": q, ("answer" if n < 16 else name): a, "split": "train" if n < 16 else "test"}
        for n, (q, a) in enumerate(QA)
    ]
    if kind == "lines":
        write_lines(folder / "all.jsonl", parts)
    elif kind == "table":
        with (folder / "all.csv").open("w", newline="") as stream:
            writer = csv.DictWriter(stream, ["question", "answer", name, "split"])
            writer.writeheader()
            writer.writerows(parts)
    else:
        held = {"train": parts[:16], "test": parts[16:]}
        (folder / "all.json").write_text(json.dumps(held))


@pytest.mark.parametrize("kind", ["lines", "table", "object"])
def test_columns_that_differ_within_one_file(tmp_path, kind):
    in_one_file(tmp_path, kind, "response")
    task = build_task("jsonl", dir=str(tmp_path))
    assert task.problems() == []
    assert [own.references for own in task.examples("test")] == [(answer,) for _, answer in QA[16:]]
    assert "where answer is empty, response is read" in "\n".join(task.remarks())


@pytest.mark.parametrize("kind", ["lines", "table", "object"])
def test_a_name_that_is_not_known_within_one_file(tmp_path, kind):
    in_one_file(tmp_path, kind, "musterloesung")
    task = build_task("jsonl", dir=str(tmp_path))
    said = "\n".join([*task.problems(), *task.remarks()])
    assert task.problems()
    assert "task.columns.references=[answer,musterloesung]" in said
    told = build_task("jsonl", dir=str(tmp_path), columns__references=["answer", "musterloesung"])
    assert told.problems() == []
    assert [own.references for own in told.examples("test")] == [(answer,) for _, answer in QA[16:]]


def test_a_column_of_both_is_never_suggested():
    for made in UNKNOWN.values():
        found = suggested(made, {"input": (), "references": ()}, ())
        assert len(set(found.values())) == len(found)


def test_texts_of_documents_are_found_by_their_length(folder, task):
    parts = [{"id": n, "of": {"short": f"s{n}", "long": f"The long text of {n}."}} for n in ("d1", "d2")]
    write_lines(folder / "documents.jsonl", [{**own, "n": 1} for own in parts])
    (problem,) = [line for line in task().problems() if "no column is called 'text'" in line]
    assert problem.endswith("set task.document_columns.text=[of.long]")
    assert task(document_columns__text=["of.long"]).problems() == []


def both(**columns):
    """What is suggested for rows with these columns, whose cells differ from row to row."""
    rows = [
        {name: cell.replace("N", str(n)) if isinstance(cell, str) else cell for name, cell in columns.items()}
        for n in range(4)
    ]
    return suggested(rows, {"input": (), "references": ()}, ())


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"headline": "What is N of it?", "acceptedReply": {"text": "It is N"}}, ("headline", "acceptedReply.text")),
        ({"ask_fr": "Quoi N ?", "reply_en": "it is N", "reply_fr": "c'est N"}, ("ask_fr", "reply_fr")),
        ({"ask_2": "What N is it?", "reply_1": "it is N", "reply_2": "that is N"}, ("ask_2", "reply_2")),
        ({"asked": "What N is it?", "reply_1": "it is N", "reply_2": "that is N"}, ("asked", "reply_1+reply_2")),
        ({"subject": "About N", "body": "What is N of it?", "reply": "it is N"}, ("subject+body", "reply")),
        ({"asked": "What N is it?", "role": "userN or so", "user_name": "Ann N"}, ("asked", None)),
        ({"asked": "What N is it?", "one": "it is N", "two": "that is N"}, ("asked", None)),
        ({"asked": '[{"role": "user", "content": "N"}]', "reply": "it is N"}, (None, "reply")),
        ({"asked": ["What is N?", "What else is N?"], "reply": "it is N"}, (None, "reply")),
    ],
    ids=lambda case: str(case)[:40],
)
def test_roles_are_suggested_together(columns, found):
    own = both(**columns)
    assert (own.get("input"), own.get("references")) == found


def test_lists_beside_each_other_are_not_mixed():
    made = [{"Shown": [{"ask": "a b", "reply": "c d"}], "Items": [{"ask": "e f", "reply": "g h"}]}]
    own = suggested(made, {"input": (), "references": ()}, ())
    assert own["input"].partition(".")[0] == own["references"].partition(".")[0]
