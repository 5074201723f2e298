"""What programs that trace and evaluate models write: the question and the answer inside of objects."""

import pytest

from harness.types import Turn
from tests.harness.tasks.whole_tasks import HARBOUR, answers, examples, right, said, task_of

FIRST = HARBOUR[0][0]


@pytest.mark.parametrize(
    "row",
    [
        lambda q, a: {"inputs": {"question": q}, "outputs": {"answer": a}, "metadata": {"split": "base"}},
        lambda q, a: {"input": {"query": q}, "expectedOutput": a, "status": "ACTIVE"},
        lambda q, a: {"input": {"text": q}, "output": {"answer": "No idea."}, "expected_output": {"answer": a}},
        lambda q, a: {"inputs": {"question": q}, "outputs": {"output": "No."}, "reference_outputs": {"answer": a}},
        lambda q, a: {"input": {"question": q, "lang": "en"}, "references": a},
    ],
)
def test_fields_of_objects_play_the_roles_and_right_answers_come_first(tmp_path, row):
    assert answers(task_of(tmp_path, [row(q, a) for q, a in HARBOUR])) == right()


def test_requests_and_responses_of_servers(tmp_path):
    rows = [
        {
            "request": {"model": "m", "messages": [{"role": "system", "content": "S"}, {"role": "user", "content": q}]},
            "response": {"choices": [{"message": {"role": "assistant", "content": a}}], "usage": {"total_tokens": 9}},
        }
        for q, a in HARBOUR
    ]
    task = task_of(tmp_path, rows)
    assert answers(task) == right()
    assert examples(task)[FIRST].input == (Turn("system", "S"), Turn("user", FIRST))
    assert "request.messages is read as input" in said(task)


def test_objects_that_are_the_answer_stay_json(tmp_path):
    rows = [{"question": q, "answer": {"category": "harbour", "name": a}} for q, a in HARBOUR]
    assert answers(task_of(tmp_path, rows))[FIRST] == ('{"category": "harbour", "name": "9 metres"}',)


@pytest.mark.parametrize(
    ("asks", "answer", "sentence", "encoding"),
    [
        ("问题", "答案", "请问自行车有多少个变速档位", "gb18030"),
        ("質問", "回答", "自転車の型番は何段変速ですか", "cp932"),
        ("Вопрос", "Ответ", "Сколько передач у велосипеда", "cp1251"),
        ("Pergunta", "Resposta", "Quantas mudanças tem a bicicleta da loja", "cp1252"),
        ("Pytanie", "Odpowiedź", "Ile przerzutek ma rower z tego sklepu", "utf-8"),
        ("questionText", "expectedAnswer", "How many gears does it have", "utf-8"),
    ],
)
def test_names_of_columns_in_other_languages_and_spellings(tmp_path, asks, answer, sentence, encoding):
    lines = "".join(f"{n};{sentence} {n}?;{text}\n" for n, (_, text) in enumerate(HARBOUR))
    text = f"nr;{asks};{answer}\n{lines}"
    task = task_of(tmp_path, text, "rows.csv")
    (tmp_path / "rows.csv").write_bytes(text.encode(encoding))
    assert answers(task) == {f"{sentence} {n}?": (text,) for n, (_, text) in enumerate(HARBOUR)}


def test_a_name_that_marks_are_written_apart_in_is_the_same(tmp_path):
    rows = [{"question": q, "Re\u0301ponse": a} for q, a in HARBOUR]
    assert answers(task_of(tmp_path, rows)) == right()


def test_what_a_doubtful_column_is_no_input_for_leads_to_the_right_ones(tmp_path):
    head = "Ticket,Subject,Description,Source,Resolution"
    lines = "".join(f"{n},Harbour matter {n},{q},Email,{a}\n" for n, (q, a) in enumerate(HARBOUR))
    (problem,) = task_of(tmp_path, f"{head}\n{lines}", "rows.csv").problems()
    assert problem.endswith("set task.columns.input=[Description] task.columns.references=[Resolution]")


def test_answers_of_annotators_are_offered_and_what_is_none_is_not(tmp_path):
    rows = [
        {
            "data": {"question": q},
            "annotations": [{"was_cancelled": n == 2, "result": [{"type": "textarea", "value": {"text": [a]}}]}],
        }
        for n, (q, a) in enumerate(HARBOUR)
    ]
    problems = "\n".join(task_of(tmp_path, rows).problems())
    assert "set task.columns.references=[annotations.result.value.text]" in problems
    none = [{"question_text": q, "says": {"yes_no_answer": "NONE" if n else "YES"}} for n, (q, _) in enumerate(HARBOUR)]
    assert "references=[says.yes_no_answer]" not in "\n".join(task_of(tmp_path, none).problems())


def test_what_is_empty_in_the_first_item_of_a_list_is_named(tmp_path):
    rows = [{"parts": [{"kind": "assigned", "body": None}, {"kind": "reply", "body": a}]} for _, a in HARBOUR]
    assert "parts.body" in "\n".join(task_of(tmp_path, rows).problems())
