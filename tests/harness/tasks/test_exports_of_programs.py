"""Exports with a shape of their own: pages of a server, issues, questions in turn, tests of prompts."""

import json
import shlex
import subprocess
import sys

import pytest
import yaml

from harness.tasks.missing_files import LONGEST
from tests.harness.tasks.making import build_task, write_lines


def made(folder, name, content, **settings):
    path = folder / name
    write_lines(path, content) if name.endswith(".jsonl") else path.write_text(json.dumps(content), encoding="utf-8")
    task = build_task("jsonl", dir=str(folder), validation_share=0, **settings)
    return task, "\n".join(task.remarks())


def rows_by_id(task):
    assert task.problems() == []
    return {row.id: row for split in ("train", "test") for row in task.examples(split)}


def conversation(number):
    author, part = {"type": "user", "id": "c"}, {"part_type": "comment", "author": {"type": "admin"}}
    parts = [{**part, "body": f"Pay by card {number}."}, {"part_type": "close", "body": None, "author": author}]
    opening = {"body": f"How do I pay order {number}?", "author": author}
    return {"id": f"i{number}", "source": opening, "conversation_parts": {"conversation_parts": parts}}


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_a_list_in_an_envelope_of_pages_has_the_rows(tmp_path, name):
    page = {"type": "conversation.list", "pages": {"page": 1, "per_page": 50}, "total_count": 9}
    page["conversations"] = [conversation(number) for number in range(9)]
    task, said = made(tmp_path, name, [page] if name.endswith("l") else page)
    row = rows_by_id(task)["i3"]
    assert (row.input, row.references) == ("How do I pay order 3?", ("Pay by card 3.",))
    assert "the rows are the list 'conversations' of one JSON object" in said


def test_a_row_that_counts_is_no_envelope(tmp_path):
    row = {"question": "How many?", "answer": "two", "count": 2, "hints": [{"of": "a"}, {"of": "b"}]}
    task, _ = made(tmp_path, "a.json", row, test_share=0)
    assert [problem for problem in task.problems() if "no column is called" in problem] == []


def issue(number, **more):
    shared = {"number": number, "state": "closed", "user": {"login": "ann"}, "labels": [{"name": "bug"}]}
    return {**shared, "title": f"Crash {number}", "body": f"It stops with code {number}.", **more}


def comment(text, login, **more):
    return {"body": text, "author": {"login": login}, **more}


def test_comments_of_others_answer_an_issue_and_labels_do_not(tmp_path):
    said_by = [comment("Me too.", "guest", authorAssociation="NONE"), comment("More?", "ann"), comment("Cut", "x[bot]")]
    answered = [
        issue(n, comments=[*said_by, comment(f"Update to {n}.", "mo", authorAssociation="MEMBER")]) for n in range(8)
    ]
    task, said = made(tmp_path, "a.json", [*answered, issue(8, comments=[]), issue(9, comments=said_by[:2])])
    rows = rows_by_id(task).values()
    assert {row.references for row in rows} == {(f"Update to {n}.",) for n in range(8)}
    first = next(row for row in rows if row.references == ("Update to 3.",))
    assert first.text == "Crash 3\n\nIt stops with code 3.\n\nMe too.\n\nMore?"
    assert "2 of 10 that nobody answered are left out; labels are no answers" in said


def test_labels_of_issues_without_comments_are_taken_on_request_alone(tmp_path):
    issues = [issue(number, labels=["bug", "ui"], comments=3) for number in range(9)]
    task, _ = made(tmp_path, "a.json", issues, columns__input=["title+body"])
    assert any("set task.columns.references=[labels]" in problem for problem in task.problems())
    told, _ = made(tmp_path, "a.json", issues, columns__input=["title+body"], columns__references=["labels"])
    assert rows_by_id(told)


def bench(number, **more):
    return {"question_id": number, "category": "math", "turns": [f"Sum of {number} and 1?", "Now double it."], **more}


def test_turns_that_are_questions_are_asked_in_turn(tmp_path):
    rows = [bench(n, reference=[f"{n + 1}", f"{2 * n + 2}"]) for n in range(6)] + [bench(n) for n in range(6, 12)]
    task, said = made(tmp_path, "question.jsonl", rows)
    found = rows_by_id(task)
    assert len(found) == 18
    assert [turn.content for turn in found["3-2"].input] == ["Sum of 3 and 1?", "4", "Now double it."]
    assert (found["3-2"].references, found["3-2"].group) == (("8",), "3")
    assert (found["9-1"].references, "9-2" in found) == ((), False)
    assert "rows without answers ask their first question alone" in said
    assert "6 of 18 answerable rows have no reference" in said


def test_turns_of_two_speakers_stay_a_conversation(tmp_path):
    task, said = made(tmp_path, "a.jsonl", [{"turns": [f"Hello {n}?", f"Good day {n}."]} for n in range(9)])
    assert {row.references[0] for row in rows_by_id(task).values()} == {f"Good day {n}." for n in range(9)}
    assert "turns of the user and of the assistant" in said


def prompts_tested(folder, *asserted):
    def written(value, number):
        return [f"{own} {number}" for own in value] if isinstance(value, list) else f"{value} {number}"

    rows = [
        {
            "vars": {"town": f"What is made in {n}?"},
            "assert": [{"type": k, "value": written(v, n)} for k, v in asserted],
        }
        for n in range(9)
    ]
    task, said = made(folder, "a.json", rows)
    return next(row for row in rows_by_id(task).values() if row.input == "What is made in 3?"), said


EITHER = ("contains-any", ["cheese", "brie"])


def test_the_surest_kind_of_assertions_alone_has_the_references(tmp_path):
    others = ("llm-rubric", "is polite"), ("contains", "file://a.txt"), EITHER
    row, said = prompts_tested(tmp_path, *others, ("equals", "cheese"), ("equals", "milk"))
    assert (row.references, row.facts) == (("cheese 3",), ())
    assert "values of equals references" in said
    assert "assertions not read: llm-rubric (9), contains (9), contains-any (9), equals (9)" in said


def test_several_values_that_an_answer_must_contain_are_facts(tmp_path):
    row, said = prompts_tested(tmp_path, ("contains", "cheese"), ("icontains-all", ["milk", "butter"]), EITHER)
    assert row.facts == ("cheese 3", "milk 3", "butter 3")
    assert row.references == ("cheese 3, milk 3, butter 3",)
    assert "9 tests whose answer must contain several values: they are facts" in said
    assert "assertions not read: contains-any (9)" in said


def test_of_several_values_of_one_assertion_any_is_right(tmp_path):
    row, said = prompts_tested(tmp_path, EITHER, ("similar", "a cheese"), ("icontains-any", ["milk"]))
    assert (row.references, row.facts) == (("cheese 3", "brie 3"), ())
    assert "assertions not read: similar (9), icontains-any (9)" in said


@pytest.mark.parametrize("whole", [True, False])
def test_tests_in_yaml_are_written_as_json_by_the_command_that_is_said(tmp_path, whole):
    tests = [{"vars": {"town": f"What is in {n}?"}, "assert": [{"type": "equals", "value": n}]} for n in range(9)]
    held = {"prompts": ["{{town}}"], "defaultTest": {"options": {}}, "tests": tests} if whole else tests
    (tmp_path / "promptfooconfig.yaml").write_text(yaml.safe_dump(held))
    (said,) = build_task("jsonl", dir=str(tmp_path)).problems()
    assert "promptfooconfig.yaml holds tests of prompts" in said
    program, *arguments = shlex.split(said[said.index("python -c") :])
    assert program == "python"
    subprocess.run([sys.executable, *arguments], check=True)
    task = build_task("jsonl", dir=str(tmp_path), validation_share=0)
    assert {row.references for row in rows_by_id(task).values()} == {(str(n),) for n in range(9)}


@pytest.mark.parametrize("whole", [True, False])
def test_of_long_yaml_the_beginning_alone_is_read(tmp_path, monkeypatch, whole):
    tests = [{"vars": {"town": f"Where is {n}?"}, "assert": [{"type": "equals", "value": n}]} for n in range(2_000)]
    path, seen, load = tmp_path / "config.yaml", [], yaml.safe_load
    path.write_text(yaml.safe_dump({"tests": tests} if whole else tests) + "- [")  # what is not read may be anything
    monkeypatch.setattr(yaml, "safe_load", lambda text: seen.append(len(text)) or load(text))
    (said,) = build_task("jsonl", dir=str(tmp_path)).problems()
    assert "config.yaml holds tests of prompts" in said
    assert max(seen) <= LONGEST < path.stat().st_size


def test_long_yaml_without_lists_is_not_read(tmp_path):
    (tmp_path / "settings.yaml").write_text("".join(f"key{n}: value\n" for n in range(LONGEST)))
    assert "write what settings.yaml holds as rows" in "".join(build_task("jsonl", dir=str(tmp_path)).problems())


def test_other_yaml_is_said_to_hold_no_rows(tmp_path):
    (tmp_path / "settings.yaml").write_text("a: [1, 2]\ntests: [x]\n")
    assert "write what settings.yaml holds as rows" in "".join(build_task("jsonl", dir=str(tmp_path)).problems())
