"""Which column asks where no common name says so: question marks, compounds, headings; and what never answers."""

import re
import shlex
import subprocess
import sys

import pytest

from harness.cli.looking import looked_at
from harness.errors import CutleryError
from harness.tasks.suggestions import name_says, name_words, suggested
from harness.types import SPLITS
from tests.harness.tasks.making import write_lines

COUNT = 12
MISSING = {"input": ("input",), "references": ("references",)}


def asked(n):
    return f"How deep is basin {n}?"


def said(n):
    return f"Basin {n} is {n + 3} metres deep."


def refused(folder, *given):
    with pytest.raises(CutleryError) as found:
        looked_at(folder, given)
    return str(found.value)


def found_in(task):
    return {own.text: own.references for split in SPLITS for own in task.data.splits[split]}


def pairs():
    return {asked(n): (said(n),) for n in range(COUNT)}


def test_a_column_of_questions_is_suggested_before_other_texts():
    rows = [{"Notes": f"See the plan of basin {n} first.", "Name": asked(n), "Answer": said(n)} for n in range(COUNT)]
    assert suggested(rows, {"input": ("input",)}, ["Answer"]) == {"input": "Name"}


def test_a_question_that_is_the_title_of_its_page_asks_and_is_no_evidence(tmp_path):
    for n in range(COUNT):
        page = tmp_path / "FAQ" / f"page{n}.md"
        page.parent.mkdir(exist_ok=True)
        page.write_text(f"# {asked(n)}\n\n{said(n)}\n", encoding="utf-8")
    write_lines(tmp_path / "FAQ.jsonl", [{"Name": asked(n), "Answer": said(n), "Tags": "x"} for n in range(COUNT)])
    line = refused(tmp_path)
    assert "set task.columns.input=[Name]" in line
    assert found_in(looked_at(tmp_path, ["task.columns.input=[Name]"])[0]) == pairs()


def test_compounds_that_end_in_a_question_or_an_answer_are_read(tmp_path):
    rows = [
        {"Nr.": n + 1, "Kategorie": f"Becken {n % 2}", "Kundenfrage": asked(n), "Musterantwort": said(n)}
        for n in range(COUNT)
    ]
    write_lines(tmp_path / "fragen.jsonl", rows)
    line = refused(tmp_path)
    assert "such as" not in line
    keys = re.findall(r"task\.columns\.\w+=\[\w+\]", line)
    assert keys == ["task.columns.input=[Kundenfrage]", "task.columns.references=[Musterantwort]"]
    assert found_in(looked_at(tmp_path, keys)[0]) == pairs()
    for row in rows:
        del row["Kategorie"]
    write_lines(tmp_path / "fragen.jsonl", rows)
    said_so = "\n".join(looked_at(tmp_path, [])[0].remarks())
    assert "Kundenfrage is read as input, Musterantwort is read as references" in said_so


@pytest.mark.parametrize(
    ("name", "role", "says"),
    [
        *(("Kundenfragen", "input", True), ("Klantvraag", "input", True), ("Umfrage", "input", False)),
        *(("Musterantwort", "references", True), ("Eksempelsvar", "references", True), ("Ansvar", "references", False)),
        *(("Botantwort", "references", False), ("Nr.", "references", False), ("answer_id", "references", False)),
    ],
)
def test_what_a_compound_says(name, role, says):
    assert (name_says(role, name) > 0) is says


def test_words_of_a_name_stay_beside_the_end_of_a_compound():
    assert name_words("Kundenfrage") == {"kundenfrage", "frage"}


def test_a_first_column_that_numbers_the_rows_answers_nothing():
    rows = [{"chat": n, "text_of_it": asked(n)} for n in range(COUNT)]
    assert "references" not in suggested(rows, MISSING, ())
    rows = [{"text_of_it": asked(n), "depth": n} for n in range(COUNT)]
    assert suggested(rows, MISSING, ()) == {"input": "text_of_it", "references": "depth"}


def faq(numbers):
    return "# FAQ\n\n" + "".join(f"## {asked(n)}\n\n{said(n)}\n\n" for n in numbers)


def test_headings_that_ask_are_said_with_a_command_that_makes_rows_of_them(tmp_path):
    (tmp_path / "docs").mkdir()
    for name, numbers in (("a.md", range(5)), ("b.md", range(5, COUNT))):
        (tmp_path / "docs" / name).write_text(faq(numbers), encoding="utf-8")
    line = refused(tmp_path)
    assert f"{COUNT} headings in docs/a.md and 1 more are questions with the answers below" in line
    command = shlex.split(line[line.index("python -c") :])
    subprocess.run([sys.executable, *command[1:3]], check=True)
    task = looked_at(tmp_path, [])[0]
    assert found_in(task) == pairs()
    assert len({document.id for document in task.data.documents}) > 1


def test_headings_beside_code_are_said_without_a_command(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text(f"{faq(range(4))}```\n# no heading\n```\n", encoding="utf-8")
    line = refused(tmp_path)
    assert '4 headings in docs/a.md are questions with the answers below: write each as a row, {"question"' in line
    assert "python -c" not in line
