"""One JSON object that describes the texts beside it is no document and no example."""

import json

import pytest

from tests.harness.tasks.making import build_task, write_lines

ABOUT = {"name": "town pages", "version": "1.2", "authors": ["Ann"], "description": "Pages of towns."}


@pytest.fixture
def pages(tmp_path):
    write_lines(tmp_path / "train.jsonl", [{"input": f"Who built {n}?", "references": [f"b{n}"]} for n in range(9)])
    (tmp_path / "documents").mkdir()
    for name in ("a", "b", "c"):
        (tmp_path / "documents" / f"{name}.md").write_text(f"# {name}\n\nThe town of {name} has a bridge.")
    return tmp_path


def documents(folder, **content):
    for name, values in content.items():
        (folder / "documents" / f"{name}.json").write_text(json.dumps(values))
    task = build_task("jsonl", dir=str(folder))
    assert task.problems() == []
    return [document.title for document in task.documents()], "\n".join(task.remarks())


def test_an_object_about_the_texts_is_no_document_and_said(pages):
    titles, said = documents(pages, metadata=ABOUT, package={"name": "p", "scripts": {"a": "b"}, "license": "MIT"})
    assert titles == ["a", "b", "c"]
    assert "documents: not read, as an object that describes the texts beside it: metadata.json, package.json" in said


@pytest.mark.parametrize(
    "values",
    [
        {"name": "Mill", "source": "archive", "text": "The mill turns by day and by night."},
        {"shipping": {"cost": "It is 5 crowns for all parcels."}, "return": {"time": "It takes 30 days at most."}},
        [{"id": "m", "title": "Mill", "text": "The mill turns by day and by night."}],
    ],
)
def test_an_object_with_texts_of_its_own_is_read(pages, values):
    titles, said = documents(pages, own=values)
    assert len(titles) > 3
    assert "describes the texts" not in said


LAMP = {"name": "Lamp 24", "description": "A lamp of brass that gas lights.", "url": "https://l.de", "language": "en"}
PROSE = "The mill turns by day and by night, and whoever brings it corn before noon has flour in the evening."


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("lamp24", LAMP),
        ("about", {**ABOUT, "opening": PROSE}),
        ("info", {**ABOUT, "authors": {"Ann": {"life": PROSE}}}),
    ],
)
def test_an_object_is_about_texts_only_where_its_name_says_so_and_it_tells_nothing_else(pages, name, values):
    titles, said = documents(pages, **{name: values})
    assert len(titles) > 3
    assert "describes the texts" not in said


def test_alone_beside_texts_it_holds_no_examples(tmp_path, pages):
    folder = pages / "documents"
    (folder / "metadata.json").write_text(json.dumps(ABOUT))
    (problem,) = build_task("jsonl", dir=str(folder)).problems()
    assert "metadata.json is one JSON object that describes the texts beside it, no rows" in problem
