"""Text on the command line is the text of the experiment."""

import shlex

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from harness.cli.config import compose, resolved
from harness.cli.free_text import as_text, how_to_quote
from harness.errors import ConfigError
from harness.tasks.columns import typed

TEXTS = (
    "Answer yes, no: a|b {x}",
    'Say "yes", or \'no\'; write it \\"so\\".',
    "5",
    "1e5",
    "true",
    "null",
    "[a, b]",
    "{a: b}",
    "~",
    "key: value, other: 2",
    "a=b # no comment",
    "C:\\new\\",
    "two\nlines, both",
    "ü – „x“ 答え、はい",
    "An ordinary sentence.",
    "{{ 7*7 }}</think>",
)


@pytest.mark.parametrize("text", TEXTS)
def test_an_instruction_arrives_as_it_was_typed(text):
    assert compose([f"task.instruction={text}"]).task.instruction == text


@pytest.mark.parametrize("key", ["prompt.input_heading", "adapter.refusal", "retriever.embedding.query_prefix"])
def test_so_do_the_other_texts(key):
    line = as_text([f"{key}=query: a, b"])[0]
    assert line == f'{key}="query: a, b"'


def test_what_is_quoted_or_means_no_text_stays():
    lines = [
        'task.instruction="Answer yes, no."',
        "task.instruction='Answer yes, no.'",
        "task.instruction=${task.name}",
        "task.documents_file=null",
        "task.columns.id=[]",
        "arm=[base,rag]",
        "task=qa",
        "results=some/folder",
        "limit=5",
        "--cfg",
        "job",
    ]
    assert as_text(lines) == lines


def test_folders_and_names_may_look_like_numbers_or_hold_commas():
    assert as_text(["task.dir=2024", "results=/a/b, c (d)", "task.name=1e3"]) == [
        'task.dir="2024"', 'results="/a/b, c (d)"', 'task.name="1e3"',
    ]  # fmt: skip
    assert as_text(["-m", "task.dir=a,b"]) == ["-m", "task.dir=a,b"]


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("[réponse]", ["réponse"]),
        ("[Вопрос, 问题]", ["Вопрос", "问题"]),
        ("[Preis (netto, EUR), text [de]]", ["Preis (netto, EUR)", "text [de]"]),
        ("""["Frage, kurz",l'été]""", ["Frage, kurz", "l'été"]),
        ("[2024, null, the answer]", ["2024", "null", "the answer"]),
        ("[]", []),
    ],
)
def test_columns_may_have_any_name(value, names):
    (line,) = as_text([f"task.columns.references={value}"])
    assert value_of(line) == names


def value_of(line):
    return OverridesParser.create().parse_override(line).value()


@pytest.mark.parametrize(
    "name", ["answer", "réponse", "问题", "Preis, netto", "Frage (DE)", "l'été", "a: b", "[x]", "it is"]
)
def test_a_suggested_column_can_be_pasted_into_a_shell(name):
    (argument,) = shlex.split(f"task.columns.references=[{typed(name)}]")
    assert value_of(as_text([argument])[0]) == [name]


def test_the_hint_for_a_list_works():
    hint = how_to_quote("task.columns.references", "réponse (fr)").partition("quotes: ")[2]
    assert hint == """'task.columns.references=["réponse (fr)"]'"""
    assert value_of(shlex.split(hint)[0]) == ["réponse (fr)"]


def test_a_comma_makes_no_sweep_of_a_text_but_quotes_do(caplog):
    assert as_text(["-m", "task.instruction=Answer yes, no"])[1] == 'task.instruction="Answer yes, no"'
    assert "is one text, commas and all" in caplog.text
    sweep = ["-m", 'task.instruction="Answer yes, no","Answer"']
    assert as_text(sweep) == sweep


def test_an_interpolation_that_names_nothing_is_explained():
    with pytest.raises(ConfigError, match=r"\\\$\{…\} for itself"):
        resolved(compose(["task.instruction=Fill ${nothing}, please"]))
    assert resolved(compose([r"task.instruction=Fill \${nothing}, please"]))["task"]["instruction"] == (
        "Fill ${nothing}, please"
    )


@pytest.mark.parametrize("key", ["sheet", "documents_sheet", "options_between"])
@pytest.mark.parametrize("text", ["007", "1", "QA 1", "Fragen, neu", ";", "|", "~", "a: b"])
def test_sheets_and_signs_are_texts(key, text):
    assert str(compose(["task=jsonl", "task.dir=x", f"task.{key}={text}"]).task[key]) == text
