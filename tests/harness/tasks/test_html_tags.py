"""Tags in examples are said with a command that takes them out, and texts with signs like theirs are left alone."""

import subprocess

import pytest

from harness.tasks.html_tags import TO_DROP, first_tag, tag_remark
from harness.types import Example
from tests.harness.tasks.making import rows_of, write_lines

TAGGED = '<p class="x">Press <b>Start</b> twice.</p>'


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        (TAGGED, '<p class="x">'),
        ("one<br/>two", "<br/>"),
        ("</DIV>", "</DIV>"),
        ("a < b and c > d", ""),
        ("<s>[INST] <|user|> <think> List<p2>", ""),
    ],
)
def test_first_tag(text, tag):
    assert first_tag(text) == tag


def test_a_remark_says_where_tags_are():
    rows = [Example(str(number), "Which key?", (TAGGED,), ()) for number in range(4)]
    assert tag_remark(rows).startswith(
        '4 answers of 4 rows hold HTML tags such as <p class="x">: shown, trained on and sc'
    )
    assert tag_remark(rows[:2]) == ""


def test_the_command_takes_them_out_of_a_file_that_is_read_then(task, folder):
    path = folder / "train.jsonl"
    rows = [{**row, "references": [TAGGED]} for row in rows_of("train", 4)]
    write_lines(path, rows)
    assert any("hold HTML tags" in line for line in task().remarks())
    command = TO_DROP.replace("FILE", str(path)).replace("NEW", f"{path}.new && mv {path}.new {path}")
    subprocess.run(command, shell=True, check=True)
    assert not any("hold HTML tags" in line for line in task().remarks())
    assert " ".join(task().examples("train")[0].references[0].split()) == "Press Start twice."
