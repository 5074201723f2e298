"""Mistakes of more than sixty kinds, in one folder: all are told at once, with file, line and what would be right."""

import json
import re

from tests.harness.tasks.making import build_task

CURE = re.compile(
    r"\b(add|call|close|delete|expand|keep|leave|mend|must|names another|numbers them|put|save|say|set|taken|take|want"
    r"|write)\b"
)
"""words by which a message says what would be right"""
SURROGATE = '{"id": "su", "input": "\\ud800", "references": "r"}'


def turns(*said):
    return [{"role": role, "content": content} for role, content in said]


def row(name, **change):
    values = {"id": name, "input": f"What is {name}?", "references": name, **change}
    return json.dumps({key: value for key, value in values.items() if value != "gone"})


TRAIN = [
    (row("sound"), ""),
    ('{"id": "a", "input"', "malformed JSON (Expecting ':' delimiter"),
    ("{'id': 'a'}", "it looks like a printed Python dict: write it by json.dumps"),
    ("what is a?", "malformed JSON (Expecting value"),
    ('{"id": "x", "id": "y"}', "key 'id' stands twice in one object: keep one"),
    ("[" * 100_000, "nested too deeply to be read"),
    ("[1, 2]", "want one object per line, got a list"),
    ("null", "want one object per line, got null"),
    ('"text"', "want one object per line, got a text"),
    ("true", "want one object per line, got true or false"),
    (row(""), "id is empty: want a text"),
    (row(1.5), "id has the wrong type: want a text, got 1.5"),
    (row("gone"), "this row has no 'id'; add it"),
    (row("i1", input=" "), None),  # one of many is left out, and said
    (row("i2", input=3), "input has the wrong type: want a text, got 3"),
    (row("i3", input=["a", 3]), "input has the wrong type: item 2 of the list: want a text"),
    (row("i4", input="gone"), "this row has no 'input'; add it"),
    (SURROGATE, "input is not valid Unicode: lone surrogate"),
    (row("c1", input=turns(("bot", "x"))), "role is 'bot', want one of system, user, assistant"),
    (row("c2", input=[{"role": "user"}]), "want {role, content}"),
    (row("c3", input=turns(("user", ""))), "content is empty"),
    (row("c4", input=turns(("user", "x"), ("user", "y"))), "turn 2 is user's, want assistant's"),
    (row("c5", input=turns(("user", "x"), ("assistant", "y"))), "the last turn is assistant's, want user's"),
    (row("r1", input=["a", ""]), "input is empty: item 2 of the list"),
    (row("r2", references={"a": 1}), "references has the wrong type: want a text, got {'a': 1}"),
    (row("r3", references=["x", ""]), "references is empty: item 2 of the list"),
    (row("r4", references="gone"), "this row has no 'references' or 'reference'; add it"),
    (row("s1", answerable="maybe"), "answerable has an unknown value: want true or false, got 'maybe'"),
    (row("s2", group=["x"]), "group has the wrong type: want a text, got ['x']"),
    (row("s3", slice={"x": 1}), "slice has the wrong type: want a text, got {'x': 1}"),
    (row("s4", facts={"x": 1}), "facts has the wrong type: want a text, got {'x': 1}"),
    (row("e1", evidence="d9"), "evidence 'd9' names no document"),
    (row("e2", evidence=["@input", "d1"]), "evidence is mixed: @input must be the only entry"),
    (row("e3", evidence=[{"document": "d1", "start": 0, "end": 9}]), "is not inside of the document, which has 1 char"),
    (row("e4", evidence=[{"start": 0}]), "evidence has the wrong form: want an id, a title, a text, or {document,"),
    (row("e5", evidence="The gate of the harbour is shut at ten."), "names no document and stands in none, not even"),
    (row("f1", facts=["x", ""]), "facts is empty: item 2 of the list"),
    (row("f2", group=True), "group has the wrong type: want a text, got True"),
    (row("f3", slice=3.5), "slice has the wrong type: want a text, got 3.5"),
    (row("f4", references=[["a"]]), "references has the wrong type: item 1 of the list: want a text, got ['a']"),
    (row("f5", references="\udcff"), "references is not valid Unicode: lone surrogate"),
    (row(True), "id has the wrong type: want a text, got True"),
    (row("c6", input=turns(("user", 5))), "content has the wrong type: want a text, got 5"),
    (row("c7", input=turns(("system", "x"))), "the last turn is system's, want user's"),
    ('{"id": "j1", "input": "a",}', "malformed JSON (Expecting property name enclosed in double quotes at column 27)"),
    ('{"id": "j2"} {"id": "j3"}', "put what follows on a line of its own"),
    ('{"id": "j4", "input": "a}', "close the text with a quote"),
    ('{"id": “j5”}', "write plain quotes"),
    ('{"id": "j6", "answerable": True}', "write true, false or null"),
    ('{"id": "j7", "input": "a\tb"}', "write tabs and line ends in a text as \\t and \\n"),
    ('{"id": "j8" "input": "a"}', "a comma is missing there"),
    (r'{"id": "j9", "input": "C:\data"}', "write a backslash as"),
    (row("sound"), "id 'sound' is already used"),
]
VALIDATION = [
    ("id;Question;Answer;answerable;evidence;group", ""),
    ("v0;Größe?;5 €;;;", ""),
    ("v1;q;a", "3 cells, the header has 6; put cells that hold semicolons or line ends in quotes"),
    (";q;a;;;", "id is empty: want a text"),
    ("v2;;a;;;", "Question is empty: want a text"),
    ("v3;q;a;;;", ""),
    ("v4;q;a;perhaps;;", "answerable has an unknown value: want true or false, got 'perhaps'"),
    ("v5;q;a;;d7;", "evidence 'd7' names no document"),
    ("v0;q;a;;;", "id 'v0' is already used"),
    ("sound;q;a;;;", "id 'sound' is already used in the train split"),
    ('v6;"q;a;;;', "malformed CSV (unexpected end of data)"),
]
GOOD_CHAT = {"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "r"}]}


def says(*said, **more):
    return json.dumps({"conversations": [{"from": speaker, "value": value} for speaker, value in said], **more})


TEST = [
    ("[", ""),
    *[(f"{json.dumps(GOOD_CHAT)},", "")] * 9,
    ("5,", "want a list of objects, got a number (5) in it"),
    ('{"dialog": "x"},', "holds no conversation: want messages or conversations"),
    (says() + ",", "conversations is []"),
    (says(("alien", "x")) + ",", "turn 1 is by 'alien', want one of system, user or human"),
    (says(("human", "x")) + ",", "has no turn of the assistant"),
    (says(("gpt", "x")) + ",", "has no turn of the user before the assistant's"),
    (says(("human", 7), ("gpt", "x")) + ",", "the content of turn 1 is 7, want a text"),
    (says(("human", [{"type": "image"}]), ("gpt", "x")) + ",", "holds 'image': models here read text"),
    (says(("human", "x"), ("gpt", "y"), id=True) + ",", "id has the wrong type: want a text, got True"),
    (says(("human", "x"), ("gpt", "y"), id="v0") + ",", "id 'v0' is already used in the validation split"),
    (says(("human", "x"), ("gpt", "y"), answerable=0.5) + ",", "answerable has an unknown value"),
    ('{"conversations": }]', "malformed JSON (Expecting value"),
]
DOCUMENTS = [
    ('{"id": "d1", "title": "T", "text": "x"}', ""),
    ('{"id": "d2", "title"', "malformed JSON"),
    ("[]", "want one object per line, got a list"),
    ('{"id": "d3", "text": ""}', "text is empty: want a text"),
    ('{"id": "d4"}', "this row has no 'text'; add it"),
    ('{"id": "d5", "text": 5}', "text has the wrong type: want a text, got 5"),
    ('{"id": "", "text": "y"}', "id is empty: want a text"),
    ('{"text": "y"}', "this row has no 'id'; add it"),
    ('{"id": "d6", "title": ["x"], "text": "y"}', "title has the wrong type: want a text"),
    ('{"id": "d1", "text": "y"}', "document id 'd1' is already used"),
]
SETTINGS = {"instruction": " ", "max_new_tokens": 0, "limit": 0}
FILES = {"train.jsonl": TRAIN, "validation.csv": VALIDATION, "test.json": TEST, "documents.jsonl": DOCUMENTS}


def test_all_at_once(tmp_path):
    for name, lines in FILES.items():
        encoding = "cp1252" if name.endswith("csv") else "utf-8"
        (tmp_path / name).write_bytes("\n".join(line for line, _ in lines).encode(encoding))
    problems = build_task("jsonl", dir=str(tmp_path), **SETTINGS).problems()
    expected = [
        (f"{tmp_path}/{name}:{number}: ", message)
        for name, lines in FILES.items()
        for number, (_, message) in enumerate(lines, start=1)
        if message
    ]
    missing = [(place, part) for place, part in expected if not any(map(told(place, part), problems))]
    assert missing == []
    assert len({(place.rpartition("/")[2].split(":")[0], part) for place, part in expected}) >= 60  # kinds, not rows
    assert [key for key in SETTINGS if not any(line.startswith(f"{key} is ") for line in problems)] == []
    assert [line for line in problems if not CURE.search(line)] == []
    assert [line for line in problems if "…" in line or "()" in line or line.rstrip().endswith((":", "of", ","))] == []


def is_json(line):
    try:
        return json.loads(line) is not None
    except (ValueError, RecursionError):
        return False


def test_valid_json_is_never_called_malformed(tmp_path):
    for name in ("train.jsonl", "documents.jsonl"):
        lines = [line for line, _ in FILES[name] if is_json(line)]
        (tmp_path / name).write_text("\n".join(lines))
    problems = build_task("jsonl", dir=str(tmp_path)).problems()
    assert len(problems) > 30
    assert [line for line in problems if "malformed" in line] == []


def told(place, part):
    """Whether a problem is this one, of this row."""
    source, number = place.rsplit(":", 2)[:2]
    others = rf"\(the same at .*\b{number}\b.*\)$"
    return lambda line: (
        part in line and (line.startswith(place) or (line.startswith(source) and re.search(others, line) is not None))
    )
