"""The titles of pages: those that tell one from another, which rows may name."""

import pytest

from tests.harness.tasks.making import write_lines


@pytest.fixture
def pages(folder):
    """A folder of pages in place of the documents."""
    (folder / "documents.jsonl").unlink()
    for split in ("train", "validation", "test"):
        write_lines(folder / f"{split}.jsonl", [{"id": split, "input": "what?", "references": ["that"]}])
    (folder / "documents").mkdir()
    return folder / "documents"


def titles(task):
    assert list(task.problems()) == []
    return [own.title for own in task.documents()]


def test_a_heading_that_most_pages_have_is_no_title(pages, task):
    for name in ("Bread", "Ferry", "Loom"):
        (pages / f"{name}.md").write_text(f"About it.\n\n## Facts\n\n{name} is old.")
    (pages / "Own.md").write_text("# Mill\n\nIt turns.")
    assert titles(task()) == ["Bread", "Ferry", "Loom", "Mill"]
    assert any("3 of 4 files have the title 'Facts'" in line for line in task().remarks())


def test_a_heading_that_two_pages_have_is_their_title(pages, task):
    for name in ("Bread", "Ferry"):
        (pages / f"{name}.md").write_text("## Facts\n\nIt is old.\n\n" + name)
    assert titles(task()) == ["Facts", "Facts"]


@pytest.mark.parametrize("stated", ["Mill : {}", "{} | Mill", "{} – Mill", "Mill - {}"])
def test_the_heading_of_a_page_is_its_title_where_the_stated_one_names_the_site_besides(pages, task, stated):
    for name in ("Bread", "Ferry", "Loom"):
        page = f"<title>{stated.format(name)}</title><body><div>Mill home</div><h1>{name}</h1><p>It is old.</p></body>"
        (pages / f"{name}.html").write_text(page)
    assert titles(task()) == ["Bread", "Ferry", "Loom"]


def test_a_stated_title_that_only_begins_like_a_heading_stays(pages, task):
    (pages / "a.html").write_text("<title>Bread making</title><body><div>Home</div><h1>Bread</h1><p>Old.</p></body>")
    assert titles(task()) == ["Bread making"]
