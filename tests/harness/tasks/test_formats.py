"""Known formats of examples become examples, and what was made of them is said."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.tasks.formats.recognition import recognise
from harness.tasks.known_columns import DEFAULTS
from harness.types import Turn
from tests.harness.tasks.making import build_task, nested, said, says, write_lines


def test_alpaca(made):
    task = made(
        [
            {"instruction": "Translate.", "input": "Haus", "output": "house"},
            {"instruction": "Say hi.", "input": "", "output": "hi"},
            {"instruction": "i", "output": 7, "history": [["q", "a"]], "system": "S"},
        ]
    )
    first, second, third = task.examples("train")
    assert (first.id, first.input, first.references) == ("train-1", "Translate.\n\nHaus", ("house",))
    assert second.input == "Say hi."
    assert third.input == (Turn("system", "S"), Turn("user", "q"), Turn("assistant", "a"), Turn("user", "i"))
    assert "train.jsonl: Alpaca: instruction and input" in said(task)


def test_alpaca_shows_questions_and_says_what_is_not_read(made):
    task = made(
        [{"instruction": "Answer.", "question": "q", "context": "c", "response": "a", "mood": "x", "answer": "b"}]
    )
    assert task.examples("train")[0].input == "Answer.\n\nq\n\nc"
    assert "are the input, not read: mood, answer" in said(task)


@pytest.mark.parametrize("mark", ["nan", "NaN", "<NA>", "NULL", "#N/A", "\\N"])
def test_what_programs_write_for_an_empty_cell(made, mark):
    task = made(f"question,answer,note\nq,{mark},{mark}\nr,a,x\n", "train.csv")
    assert [example.references for example in task.examples("train")] == [(), ("a",)]
    assert f"cells of answer with {mark} are read as empty (as texts: use JSON lines) (1 row)" in said(task)
    assert "cells of note" not in said(task)


def test_such_marks_in_json_stay_and_are_counted(made):
    task = made([{"question": "q", "answer": "nan"}, {"question": "r", "answer": "NULL"}])
    assert [example.references for example in task.examples("train")] == [("nan",), ("NULL",)]
    assert "cells of answer with nan are taken as texts; was that an empty cell? (1 row)" in said(task)


@pytest.mark.parametrize("name", ["is_impossible", "Unanswerable"])
def test_questions_that_a_column_calls_impossible(made, name):
    task = made(f"question,answer,{name}\nq,,True\nr,a,False\ns,b,\n", "train.csv")
    assert [example.answerable for example in task.examples("train")] == [False, True, True]
    assert f"where {name} is true a question is read as unanswerable" in said(task)
    task = made(f"question,answer,{name}\nq,a,perhaps\n", "train.csv")
    assert task.examples("train")[0].answerable
    assert f"not read: {name}" in said(task)


@pytest.mark.parametrize(("name", "settings"), [("answer", {}), ("y", {"columns__references": ["y", "references"]})])
def test_answers_that_are_objects(made, name, settings):
    task = made([{"id": 1, "input": "q", name: {"qty": 1, "of": "é"}}], **settings)
    assert task.examples("train")[0].references == ('{"qty": 1, "of": "é"}',)
    assert f"objects in {name} are read as texts of JSON (1 row)" in said(task)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        ({"id": 1, "text": "q"}, "the column text holds texts, and no column answers; task.splits.test=null carves"),
        ({"text": "q"}, "or, if there are no answers: task.splits.test=null carves test from train"),
        (
            {"id": 1, "question": "q"},
            "no other column is surely the answer: task.splits.test=null carves it from train",
        ),
    ],
    ids=str,
)
def test_a_test_file_without_answers(tmp_path, row, line):
    write_lines(tmp_path / "train.jsonl", [{"text": f"what is {number}?", "label": "a"} for number in range(20)])
    write_lines(tmp_path / "test.jsonl", [row])
    (problem,) = build_task("jsonl", dir=str(tmp_path)).problems()
    assert line in problem
    assert build_task("jsonl", dir=str(tmp_path), splits__test=None).problems() == []


@pytest.mark.parametrize("hub", [False, True])
def test_hotpot(made, hub):
    context, facts = [["A", ["One. ", "Two."]], ["B", ["Three."]]], [["A", 1], ["Z", 0]]
    if hub:
        context = {"title": ["A", "B"], "sentences": [["One. ", "Two."], ["Three."]]}
        facts = {"title": ["A", "Z"], "sent_id": [1, 0]}
    task = made(
        [
            {
                "_id": "h",
                "question": "q",
                "answer": "yes",
                "context": context,
                "supporting_facts": facts,
                "type": "bridge",
            }
        ]
    )
    (example,) = task.examples("train")
    titles = {document.id: (document.title, document.text) for document in task.documents()}
    assert sorted(titles.values()) == [("A", "One. Two."), ("B", "Three.")]
    assert (example.id, example.references, example.slice) == ("h", ("yes",), "bridge")
    assert [titles[name][0] for name in example.evidence] == ["A"]
    assert "supporting facts that name no sentence of the context are left out (1 row)" in said(task)


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "q", "completion": "a"},
        {"Question": "q", "Expected Answer": "a", "extra": 1},
        {"query": "q", "response": "a"},
        {"text": "q", "summary": "a"},
        {"ARTICLE": "q", "Highlights": "a"},
        {"Frage": "q", "Antwort": "a"},
        {"text": "q", "label": "a"},
        {"question": "q", "answer": {"value": "a", "normalized_value": "b"}},
        {"input": "q", "output": "a"},
        {"References": ["a"], "INPUT": "q"},
    ],
    ids=str,
)
def test_common_names_of_columns(made, row):
    task = made([row])
    (example,) = task.examples("train")
    assert (example.id, example.input, example.references) == ("train-1", "q", ("a",))
    assert "is read as" in said(task)
    assert "rows are numbered" in said(task)


def test_what_is_not_read_is_said(made):
    task = made([{"id": 7, "question": "q", "hints": ["x", "y"], "answer": "x"}])
    assert "question is read as input, answer is read as references, not read: hints" in said(task)


def test_contexts_become_documents_and_evidence_unless_there_are_documents(made):
    rows = [{"question": "q", "context": "c", "answer": "a"}, {"question": "r", "context": "c", "answer": "b"}]
    task = made(rows)
    (document,) = task.documents()
    assert [example.evidence for example in task.examples("train")] == [(document.id,)] * 2
    task = made(rows, documents=[{"id": "c", "text": "x"}])
    assert task.examples("train")[0].evidence == ("c",)


def test_questions_inside_categories(made):
    faq = {
        "categories": [{"name": "A", "items": [{"q": "x", "a": "1"}, {"q": "y", "a": ""}]}, {"name": "B", "items": []}]
    }
    task = made(json.dumps(faq, indent=1), "train.json")
    assert "the lists items are read as rows; q is read as input, a is read as references, not read: name" in said(task)
    assert "1 of 2 answerable rows have no reference" in said(task)


def test_questions_alone_where_references_are_configured_as_none(made):
    known = recognise(Path(made([{"question": "q"}]).dir) / "train.jsonl", replace(DEFAULTS, references=()))
    assert (known.format, known.roles) == ("columns", {"input": "question"})


def test_files_as_configured_have_nothing_to_say(made):
    task = made([{"id": "a", "input": "i", "references": "r", "more": 1}])
    assert not any(line.startswith("train.jsonl") for line in task.remarks())


def test_columns_that_were_named_are_not_looked_for_elsewhere(made):
    problems = made(
        [{"qestion": "q", "answer": "a", "prompt": "x"}],
        columns__input=["question"],
    ).problems()
    wanted = "no column is called 'question'; its columns are qestion, answer, prompt; set task.columns.input=[qestion,"
    assert any(wanted in problem for problem in problems)
    task = made(
        [{"id": 1, "Question": "q", "instruction": "x", "output": "a", "reference": "b"}],
        columns__input=["question", "input"],
    )
    assert task.examples("train")[0].input == "q"


def test_format_columns_recognises_nothing(made):
    problems = made([{"instruction": "i", "output": "o"}], format="columns").problems()
    assert len(problems) == 3
    assert problems[0].endswith("set task.columns.id=[], which numbers the rows")


def test_a_format_that_is_told_and_wrong(made):
    problems = made([{"id": 1, "input": "i", "reference": "r"}], format="sharegpt").problems()
    assert "train.jsonl:1: holds no conversation: want messages or conversations" in problems[0]
    problems = made([{"id": 1, "input": "i", "reference": "r"}], format="x", encoding="y", delimiter="zz").problems()
    assert [problem.partition(":")[0] for problem in problems] == [
        "format is 'x'",
        "encoding is 'y'",
        "delimiter is 'zz'",
    ]


def test_one_text_for_everything_is_refused_with_what_to_do(made):
    (problem,) = made([{"text": "<s>[INST] q [/INST] a </s>"}]).problems()
    assert "one column, text, holds prompt and answer in one text (in the first row the answer begins after" in problem
    assert "'[/INST]'); no column can be both input and references: split it into two columns" in problem


def test_printed_lists_in_tables(made):
    cells = ["\"['3 months', '3 mo']\"", '"[""3 months"", ""3 mo""]"', "\"['3 months' '3 mo']\"", "[see] 3", '"[7, 8]"']
    text = "id,input,references\n" + "".join(f"{number},q{number},{cell}\n" for number, cell in enumerate(cells))
    task = made(text, "train.csv")
    assert [example.references for example in task.examples("train")] == [("3 months", "3 mo")] * 3 + [
        ("[see] 3",),
        ("7", "8"),
    ]
    assert "cells of references that hold a printed list are read as lists (as texts: use JSON lines) (4 rows)" in said(
        task
    )
    literal = made([{"id": "a", "input": "i", "references": "['x', 'y']"}])
    assert literal.examples("train")[0].references == ("['x', 'y']",)


def test_numbers_and_booleans_are_taken_as_they_are_written(made):
    task = made('{"id": 1, "input": "a", "references": 12.50}\n{"id": 2.0, "input": "b", "references": [true, 7]}\n')
    assert [(example.id, example.references) for example in task.examples("train")] == [
        ("1", ("12.50",)),
        ("2", ("true", "7")),
    ]
    assert "train.jsonl: references has numbers, taken as they are written (1 row)" in said(task)
    assert "train.jsonl: references has true or false, taken as they are written (1 row)" in said(task)


def test_recognise_says_what_a_file_is(tmp_path):
    path = tmp_path / "faq.csv"
    path.write_bytes("Frage;Antwort;Datum\nWie groß?;5 €;2026\n".encode("cp1252"))
    known = recognise(path)
    assert (known.format, known.roles, known.rows, known.whole) == (
        "columns",
        {"input": "Frage", "references": "Antwort"},
        1,
        True,
    )
    assert (known.shape.kind, known.shape.encoding, known.shape.delimiter) == ("table", "cp1252", ";")
    assert known.names == ("Frage", "Antwort", "Datum")
    assert known.numbered
    write_lines(tmp_path / "long.jsonl", [{"conversations": says(("human", "q"), ("gpt", "r"))}] * 1500)
    known = recognise(tmp_path / "long.jsonl")
    assert (known.format, known.rows, known.whole) == ("sharegpt", 1000, False)
    write_lines(tmp_path / "text.jsonl", [{"text": "q a"}])
    assert recognise(tmp_path / "text.jsonl").problem.startswith("the column text holds texts, and no column answers")


def test_defaults_are_those_of_the_yaml():
    from omegaconf import OmegaConf

    path = Path(__file__).resolve().parents[3] / "conf" / "task" / "jsonl.yaml"
    columns = OmegaConf.to_container(OmegaConf.load(path).columns)
    assert {role: tuple(names) for role, names in columns.items()} == {
        role: getattr(DEFAULTS, role) for role in columns
    }
    assert OmegaConf.load(path).format == "auto"


def test_how_a_file_is_read_is_in_the_key_where_it_is_told(made):
    rows = [{"id": "a", "input": "i", "references": "r"}]
    key = made(rows).content_key()
    assert made(rows, format="columns").content_key() == key
    assert made(rows, encoding="utf-8").content_key() != key


def test_instruction_beside_input_and_reference_is_shown(made):
    task = made([{"instruction": "In capitals.", "input": "Whence?", "reference": "KIEL"}])
    assert task.examples("train")[0].text == "In capitals.\n\nWhence?"


def test_columns_that_are_not_read_are_named_where_nothing_else_is_said(made):
    task = made([{"id": "a", "input": "Whence?", "references": ["Kiel"], "passage_text": "From Kiel."}])
    assert "not read: passage_text" in said(task)


def test_test_file_without_answers_is_no_split_where_refusing_wins(tmp_path):
    asked = {"id": "a", "question": "Whence?"}
    write_lines(tmp_path / "train.jsonl", [nested({**asked, "answers": ["Kiel"]})])
    write_lines(tmp_path / "test.jsonl", [nested({**asked, "question": "Where?"})])
    (problem,) = build_task("jsonl", dir=str(tmp_path), splits__validation=None).problems()
    assert "task.splits.test=null carves it from train" in problem


KIEL, OSLO = (
    "The ferry to Oslo leaves the port of Kiel every day at nine.",
    "The museum of Oslo is open on Sundays, too, they say.",
)


@pytest.mark.parametrize(
    "field",
    [
        {"passages": {"passage_text": [OSLO, KIEL], "is_selected": [0, 1]}},
        {
            "paragraphs": [
                {"title": "a", "paragraph_text": OSLO, "is_supporting": False},
                {"text": KIEL, "is_gold": True},
            ]
        },
        {"contexts": [{"text": KIEL}]},
        {"evidence": [{"evidence_text": KIEL, "doc_name": "ferries", "page": 3}]},
        {"evidence": KIEL},
    ],
)
def test_texts_in_objects_are_documents_and_evidence(made, field):
    task = made([{"question": "Whence?", "answer": "Kiel", **field}])
    assert task.problems() == []
    (example,) = task.examples("train")
    texts = {own.id: own.text for own in task.documents()}
    assert [texts[name] for name in example.evidence] == [KIEL]


def test_objects_without_texts_are_not_read_as_documents(made):
    task = made([{"question": "Whence?", "answer": "Kiel", "passages": {"ids": [1, 2]}}])
    assert "not read: passages" in said(task)


def test_rows_that_are_marked_as_wrong_are_no_references(made):
    rows = [
        {"question": q, "answer": a, "label": mark} for q in ("Whence?", "When?") for a, mark in (("x", 1), ("y", 0))
    ]
    task = made(rows)
    assert [own.references for own in task.examples("train")] == [("x",)] * 2
    assert "rows whose label says that the answer is wrong are left out" in said(task)
    columns = {"columns__input": ["question", "input"], "columns__references": ["answer", "references"]}
    told = made(rows, format="columns", columns__id=[], **columns)
    assert len(told.examples("train")) == 4


def test_labels_of_rows_mark_nothing(made):
    task = made([{"question": f"{one}?", "answer": "x", "label": one % 2} for one in range(6)])
    assert len(task.examples("train")) == 6
    assert "not read: label" in said(task)


def test_several_labels_and_words_for_nothing_are_said(made):
    rows = [{"text": f"Text {one} of many words.", "labels": ["price", "origin"][one % 2 :]} for one in range(12)]
    assert "6 of 14 rows list several labels (price, origin)" in said(made(rows))
    rows = [{"question": f"Question {one}?", "answer": "None" if one % 3 else "Kiel"} for one in range(6)]
    assert "may stand for none ('None' in 4)" in said(made(rows))


def test_columns_that_are_read_together(made):
    rows = [{"title": "Ferries", "body": "Whence?", "answer1": "Kiel", "answer2": "From Kiel"}]
    columns = {"columns__input": ["title+body", "input"], "columns__references": ["answer1+answer2", "references"]}
    (example,) = made(rows, **columns).examples("train")
    assert (example.text, example.references) == ("Ferries\nWhence?", ("Kiel", "From Kiel"))
    problems = made(rows, **{**columns, "columns__input": ["title+text", "input"]}).problems()
    assert "no column is called 'title+text'" in problems[0]
    (problem,) = DEFAULTS_WITH_BOTH.problems()
    assert "body is a column of both input and references" in problem


DEFAULTS_WITH_BOTH = replace(DEFAULTS, input=("title+body",), references=("body",))


def test_answers_inside_objects_of_a_list(made):
    task = made([{"input": "Whence?", "output": [{"answer": "Kiel", "provenance": [{"title": "a"}]}, {"meta": 1}]}])
    assert task.examples("train")[0].references == ("Kiel",)


def test_lists_that_hold_most_items_are_the_rows(made):
    items = [{"input": f"Question {one}?", "output": [f"answer {one}"]} for one in range(12)]
    task = made(json.dumps({"Rule": ["r"], "Shown": [{"input": "a", "output": "b"}], "Items": items}), "train.json")
    assert len(task.examples("train")) == 12


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [{"talk": 1, "speaker": "customer", "said": "Whence?"}, {"talk": 1, "speaker": "agent", "said": "Kiel"}],
            "one turn",
        ),
        ([{"tale": "t", "asks": ["Whence?", "When?"], "says": ["Kiel", "At nine"]}], "several questions in a row"),
    ],
)
def test_rows_that_are_no_examples_are_refused(made, rows, message):
    problems = made(rows).problems()
    assert any(message in problem for problem in problems)
    assert "train.jsonl: set" not in "".join(problems)
