"""Known formats of examples become examples, and what was made of them is said."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from harness.tasks.formats.recognition import recognise
from harness.tasks.known_columns import DEFAULTS
from harness.types import Turn
from tests.harness.tasks.making import build_task, write_lines


@pytest.fixture
def made(tmp_path):
    """The training examples, documents and remarks of a task with these rows."""

    def make(rows, name="train.jsonl", documents=None, **settings):
        path = tmp_path / name
        path.write_text(rows if isinstance(rows, str) else "".join(json.dumps(row) + "\n" for row in rows))
        for split in ("validation", "test"):
            write_lines(tmp_path / f"{split}.jsonl", [{"id": split, "input": split, "references": "r"}])
        if documents:
            write_lines(tmp_path / "documents.jsonl", documents)
        return build_task("jsonl", dir=str(tmp_path), splits__train=name, **settings)

    return make


def said(task):
    return "\n".join(task.remarks())


def says(*turns):
    return [{"from": speaker, "value": text} for speaker, text in turns]


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


def test_sharegpt(made):
    task = made(
        [
            {"id": "a", "conversations": says(("human", "q"), ("gpt", "r"))},
            {
                "conversations": says(
                    *[("system", "S"), ("human", "q"), ("function_call", "f(1)"), ("observation", "42")],
                    *[("human", "?"), ("gpt", "r"), ("human", "thanks")],
                )
            },
            {
                "conversations": says(
                    *[("gpt", "hello"), ("human", "a"), ("human", "b"), ("gpt", "c"), ("human", "d"), ("gpt", "e")]
                )
            },
        ]
    )  # fmt: skip
    first, second, third = task.examples("train")
    assert (first.id, first.input, first.references) == ("a", "q", ("r",))
    assert second.input == (
        *(Turn("system", "S"), Turn("user", "q"), Turn("assistant", "Tool call: f(1)")),
        Turn("user", "Tool result: 42\n\n?"),
    )
    assert second.references == ("r",)
    assert third.input == (Turn("user", "a\n\nb"), Turn("assistant", "c"), Turn("user", "d"))
    for part in ("ShareGPT", "Tool result", "Tool call", "turns after the last", "before the first of the user"):
        assert part in said(task)


def test_openai(made):
    call = {"id": "1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Bern"}'}}
    task = made(
        [
            {
                "messages": [
                    {"role": "developer", "content": "S"},
                    {"role": "user", "content": [{"type": "text", "text": "x"}, {"type": "text", "text": "y"}]},
                    {"role": "assistant", "content": None, "tool_calls": [call]},
                    {"role": "tool", "name": "weather", "content": "sunny"},
                    {"role": "assistant", "content": "Sunny."},
                ],
                "tools": [{"name": "weather"}],
            },
            {
                "messages": [
                    {"role": "user", "content": "q"},
                    {"role": "assistant", "tool_calls": [call], "content": ""},
                ]
            },
        ]
    )
    first, second = task.examples("train")
    called = 'Tool call: weather({"city": "Bern"})'
    assert first.input == (
        *(Turn("system", "S"), Turn("user", "x\ny"), Turn("assistant", called)),
        Turn("user", "Tool result of weather: sunny"),
    )
    assert (first.references, second.input, second.references) == (("Sunny.",), "q", (called,))
    assert "the descriptions of tools (column tools) are not shown to the model (1 row)" in said(task)


def test_prompt_and_completion_as_turns_and_openai_evals(made):
    turn = {"role": "user", "content": "q"}
    task = made([{"prompt": [turn], "completion": [{"role": "assistant", "content": "r"}]}])
    assert (task.examples("train")[0].input, task.examples("train")[0].references) == ("q", ("r",))
    task = made([{"input": [{"role": "system", "content": "S"}, turn], "ideal": "r"}])
    assert task.examples("train")[0].input == (Turn("system", "S"), Turn("user", "q"))


@pytest.mark.parametrize(
    ("turns", "message"),
    [
        (says(("human", "q")), "has no turn of the assistant"),
        (says(("gpt", "q")), "has no turn of the user before the assistant's"),
        (says(("alien", "q"), ("gpt", "x")), "turn 1 is by 'alien', want one of system, user or human"),
        (says(("human", 5), ("gpt", "x")), "the content of turn 1 is 5, want a text"),
        ([{"role": "user", "content": [{"type": "image_url"}]}], "turn 1 holds 'image_url': models here read text"),
    ],
    ids=str,
)
def test_bad_conversations(made, turns, message):
    good = {"conversations": says(("human", "q"), ("gpt", "r"))}
    (problem,) = made([good, good, {"conversations": turns}]).problems()
    assert "train.jsonl:3: " in problem
    assert message in problem


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


def test_alpaca_shows_questions_and_says_what_is_not_read(made):
    task = made(
        [{"instruction": "Answer.", "question": "q", "context": "c", "response": "a", "mood": "x", "answer": "b"}]
    )
    assert task.examples("train")[0].input == "Answer.\n\nq\n\nc"
    assert "are the input, not read: mood, answer" in said(task)


LISTED = {"question": "q", "choices": ["x", "y"]}


@pytest.mark.parametrize(
    ("row", "reference"),
    [
        ({**LISTED, "answer": 2}, "y"),
        ({**LISTED, "answer": "B"}, "y"),
        ({**LISTED, "answer": "(b) Y"}, "y"),
        ({**LISTED, "answer": ["y"]}, "y"),
        ({"question": "q", "options": {"A": "x", "B": "y"}, "answer_idx": "B", "answer": "y"}, "y"),
        ({"question": "q", "choices": {"text": ["x", "y"], "label": ["1", "2"]}, "answerKey": "2"}, "y"),
        ({"question": "q", "choices": [{"label": "A", "text": "x"}, {"label": "B", "text": "y"}], "answer": "B"}, "y"),
        ({"question": "q", "options": ["A) x", "B) y"], "correct": "B"}, "y"),
        ({"question": "q", "options": "['x', 'y']", "label": "2"}, "y"),
        ({"Question": "q", "A": "x", "B": "y", "C": None, "Answer": "b"}, "y"),
        ({"question": "q", "option1": "x", "option2": "y", "answer": "2"}, "y"),
        ({"ctx": "q", "ending0": "x", "ending1": "y", "label": 1}, "y"),  # the ends of the names
        ({"question": "q", "choices": ["3", "4"], "answer": "4"}, "4"),
    ],
    ids=str,
)
def test_multiple_choice(made, row, reference):
    task = made([row])
    (example,) = task.examples("train")
    first, second = (["x", "y"], ["3", "4"])[reference == "4"]
    assert example.references[0] == reference
    label = example.references[1]
    assert example.references[2] == f"{label}. {reference}"
    assert example.input.startswith("q\n\n")
    assert [line[3:] for line in example.input.splitlines()[2:]] == [first, second]
    assert "multiple choice: the options stand below the question" in said(task)


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (LISTED, "does not say which option is right"),
        ({**LISTED, "answer": 3}, "got 3 (numbers count from 1; task.options_from=0, or 1, says"),
        ({**LISTED, "answer": "z"}, "got 'z'"),
        ({"question": "q", "a": "x", "b": "y"}, "does not say which option is right"),
        ({"question": "q", "options": "x or y", "answer": "x"}, "want a question and two options at least"),
    ],
    ids=str,
)
def test_bad_multiple_choice(made, row, line):
    (problem,) = made([row]).problems()
    assert line in problem


FOUR = ["w", "x", "y", "z"]


def numbered(*numbers):
    return [{"question": f"q{n}", "choices": FOUR, "answer": number} for n, number in enumerate(numbers)]


@pytest.mark.parametrize(
    ("numbers", "first", "references"),
    [((0, 1, 2), 0, "wxy"), ((1, 2, 4), 1, "wxz"), (("1", "2", "4"), 1, "wxz"), ((3, 0), 0, "zw")],
)
def test_numbers_of_options_count_from_0_or_from_1(made, numbers, first, references):
    task = made(numbered(*numbers))
    assert "".join(own.references[0] for own in task.examples("train")) == references
    assert f"numbers in answer count the options from {first}" in said(task)


def test_numbers_of_options_that_may_count_from_either(made):
    (problem,) = made(numbered(1, 2, 3)).problems()
    assert "numbers (1, 2, 3) that are never 0 and never that of the last option" in problem
    for first, references in ((0, "xyz"), (1, "wxy")):
        task = made(numbered(1, 2, 3), options_from=first)
        assert "".join(own.references[0] for own in task.examples("train")) == references
    assert made(numbered(1), options_from=1).content_key() != made(numbered(1), options_from=0).content_key()
    assert "options_from is 2: want null, 0 or 1" in made(numbered(1), options_from=2).problems()[0]


def test_an_option_that_is_not_there(made):
    (problem,) = made(numbered(0, 4)).problems()
    assert "got 4 (numbers count from 0; task.options_from=0, or 1, says" in problem


@pytest.mark.parametrize("mark", ["nan", "NaN", "<NA>", "NULL", "#N/A"])
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


def test_messages_in_a_table(made):
    cell = "[{'role': 'user', 'content': 'hi'}\n {'role': 'assistant', 'content': 'yo'}]"
    task = made(f'messages\n"{cell}"\n', "train.csv")
    assert (task.examples("train")[0].input, task.examples("train")[0].references) == ("hi", ("yo",))


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


def choices(*rows):
    return [{"question": f"q{n}", "choices": options, "answer": answer} for n, (options, answer) in enumerate(rows)]


def firsts(task):
    return [own.references[0] for own in task.examples("train")]


def test_numbers_are_places_also_where_an_option_is_such_a_number(made):
    task = made(choices((["4", "2", "3", "1"], 2), (["a", "b", "c", "d"], 0), (["x", "y", "z", "2"], 1)))
    assert firsts(task) == ["3", "a", "y"]
    assert "numbers in answer count the options from 0 (3 rows)" in said(task)
    assert firsts(made(choices((["4", "5", "6"], "5"), (["14", "15", "16"], "16")))) == ["5", "16"]


def test_texts_stay_texts_where_one_is_another_options_label(made):
    rows = choices((["B", "A", "D", "C"], "C"), (["red", "blue", "green", "grey"], "green"))
    assert firsts(made(rows)) == ["C", "green"]
    assert firsts(made(choices((["B", "A", "D", "C"], "C"), (["red", "blue", "green", "grey"], "D")))) == ["D", "grey"]


def test_more_options_than_ten(made):
    options = [f"option {n}" for n in range(30)]
    task = made(choices((options, "option 29"), (options, "L")))
    assert firsts(task) == ["option 29", "option 11"]
    assert task.examples("train")[0].input.endswith("30. option 29")


def nested(*questions):
    """One article."""
    return {"title": "Ferry", "paragraphs": [{"context": "The ferry leaves Kiel at 9.", "qas": list(questions)}]}


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


TURNS = [{"role": "user", "content": "Whence?"}, {"role": "model", "content": "Kiel"}]


def test_last_speaker_of_any_name_answers(made):
    task = made([{"messages": TURNS, "answer": "Other"}] * 2)
    assert {own.references for own in task.examples("train")} == {("Kiel",)}
    assert "not read: answer" in said(task)


@pytest.mark.parametrize(
    "system", ["Be short.", [{"text": "Be short."}], {"role": "system", "parts": [{"text": "Be short."}]}]
)
@pytest.mark.parametrize("name", ["system", "system_prompt", "systemInstruction"])
def test_system_column_of_any_form_is_the_first_turn(made, name, system):
    task = made([{name: system, "messages": TURNS}])
    assert task.examples("train")[0].input[0].content == "Be short."
    assert "not read" not in said(task)


def test_turns_in_parts_and_turns_in_a_text_of_json(made):
    parts = [{"role": one["role"], "parts": [{"text": one["content"]}]} for one in TURNS]
    task = made([{"contents": parts}, {"messages": json.dumps(TURNS).replace("Whence", "Where")}])
    assert [(own.text, own.references) for own in task.examples("train")] == [
        ("Whence?", ("Kiel",)),
        ("Where?", ("Kiel",)),
    ]


@pytest.mark.parametrize(
    "field",
    [{"expected_output": "Kiel"}, {"chosen": {"role": "assistant", "content": "Kiel"}}, {"ground_truth": "Kiel"}],
)
def test_answer_to_turns_stands_in_a_column(made, field):
    task = made([{"messages": TURNS[:1], **field, "rejected": "Oslo"}])
    assert task.examples("train")[0].references == ("Kiel",)
    assert "not read: rejected" in said(task)


def test_turns_of_weight_0_are_no_references(made):
    bad = {"role": "assistant", "content": "Who cares?", "weight": 0}
    again = {"role": "user", "content": "And when?"}
    task = made([{"messages": [*TURNS, again, bad]}, {"messages": [TURNS[0], bad]}])
    assert [own.references for own in task.examples("train")] == [("Kiel",)]
    assert "have the weight 0" in said(task)


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
