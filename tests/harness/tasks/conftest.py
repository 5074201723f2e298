import json

import pytest

from tests.harness.tasks.making import build_task, rows_of, write_lines


@pytest.fixture
def folder(tmp_path):
    """A sound task of three splits and two documents."""
    for split in ("train", "validation", "test"):
        write_lines(tmp_path / f"{split}.jsonl", rows_of(split, evidence=["d1"]))
    write_lines(tmp_path / "documents.jsonl", [{"id": f"d{n}", "title": "T", "text": f"text {n}"} for n in (1, 2)])
    return tmp_path


@pytest.fixture
def task(folder):
    """Builds the generic local task on the folder."""

    def build(**settings):
        return build_task("jsonl", **{"dir": str(folder), **settings})

    return build


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
