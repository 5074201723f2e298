"""Gold documents as people name them: a place in a file, a title as in an address, several columns, quotes."""

import pytest

from harness.cli.looking import looked_at
from harness.tasks.document_names import DocumentNames
from harness.types import SPLITS, Document
from tests.harness.tasks.making import write_lines

FERRIES = [
    ("When does the ferry to Hiiumaa leave?", "At seven, noon and six.", "It sails to Hiiumaa at seven, noon and six."),
    ("May I take my dog?", "Yes, on a lead.", "Dogs travel on a lead and outside of the restaurant."),
    ("What does a bicycle cost?", "Four euros.", "A bicycle costs four euros each way, tandems six."),
    ("Where do foot passengers check in?", "At gate B.", "Foot passengers check in at gate B, half an hour before."),
    ("Is the car deck open at sea?", "No.", "The car deck is locked until the ship has landed."),
]  # fmt: skip


def write_texts(folder):
    (folder / "docs" / "en").mkdir(parents=True)
    for number, (_, _, text) in enumerate(FERRIES):
        text = f"# Ferry leaf {number}\n\nWelcome on board. {text} Have a good trip.\n"
        (folder / "docs" / "en" / f"leaf{number}.md").write_text(text, encoding="utf-8")


def evidence(folder):
    task, node = looked_at(folder, [])
    every = [own for split in SPLITS for own in task.data.splits[split]]
    return {own.text: own.evidence for own in every}, node["columns"]["evidence"]


@pytest.mark.parametrize(
    ("column", "named"),
    [
        ("source", "./docs/en/leaf{}.md#prices"),
        ("wiki", "Ferry_leaf_{}"),
        ("page", "Ferry%20leaf%20{}"),
    ],
)
def test_a_place_or_a_title_of_an_address_names_its_document(tmp_path, column, named):
    write_texts(tmp_path)
    rows = [{"question": q, "answer": a, column: named.format(n)} for n, (q, a, _) in enumerate(FERRIES)]
    write_lines(tmp_path / "qa.jsonl", rows)
    found, columns = evidence(tmp_path)
    assert columns == [column]
    assert found[FERRIES[3][0]] == ("en/leaf3.md",)


def test_ids_in_one_text_are_read_as_a_list_and_said(tmp_path):
    ids = [{"id": f"d{number}", "text": text} for number, (_, _, text) in enumerate(FERRIES)]
    write_lines(tmp_path / "documents.jsonl", ids)
    rows = [{"input": q, "references": a, "evidence": f"d{n}, d{(n + 1) % 5}"} for n, (q, a, _) in enumerate(FERRIES)]
    write_lines(tmp_path / "qa.jsonl", rows)
    task, _ = looked_at(tmp_path, [])
    (line,) = [line for line in task.remarks() if "read as a list" in line]
    assert line.endswith("qa.jsonl: 5 rows with several documents in one text, read as a list: 'd0, d1'")


def test_what_two_titles_are_in_an_address_names_neither():
    names = DocumentNames([Document("1", "A_b", "x"), Document("2", "A b", "y")])
    assert not names.find("a%20b").documents
    assert [one.id for one in names.find("A_b").documents] == ["1"]


def test_an_id_with_a_number_sign_stays_itself():
    names = DocumentNames([Document("m", "", "x"), Document("m#2", "", "y")])
    assert [one.id for one in names.find("m#2").documents] == ["m#2"]
    assert [one.id for one in names.find("m#3").documents] == ["m"]
    assert not names.find("#3").documents


def test_a_column_of_quotes_is_evidence(tmp_path):
    write_texts(tmp_path)
    write_lines(tmp_path / "qa.jsonl", [{"question": q, "answer": a, "supporting_text": t} for q, a, t in FERRIES])
    found, _ = evidence(tmp_path)  # a known name, so that no key of the task says it
    assert found[FERRIES[1][0]] == ("en/leaf1.md",)


def test_numbered_columns_of_gold_documents_are_read_together(tmp_path):
    write_lines(tmp_path / "documents.jsonl", [{"id": f"d{n}", "text": t} for n, (_, _, t) in enumerate(FERRIES)])
    rows = [
        {"question": q, "answer": a, "gold_1": f"d{n}", "gold_2": "d0" if n > 2 else "", "seen_1": "d4", "note": "-"}
        for n, (q, a, _) in enumerate(FERRIES)
    ]
    write_lines(tmp_path / "qa.jsonl", rows)
    found, columns = evidence(tmp_path)
    assert columns == ["gold_1+gold_2"]
    assert (found[FERRIES[1][0]], found[FERRIES[4][0]]) == (("d1",), ("d4", "d0"))


def test_a_column_that_names_documents_of_which_one_is_missing_is_said_with_what_is_missing(tmp_path):
    write_texts(tmp_path)
    rows = [{"question": q, "answer": a, "source": f"en/leaf{n}.md"} for n, (q, a, _) in enumerate(FERRIES)]
    rows += [{**row, "question": f"Once more: {row['question']}"} for row in rows]
    for row in rows[:3]:
        row["source"] = "en/gone.md"
    write_lines(tmp_path / "qa.jsonl", rows)
    task, _ = looked_at(tmp_path, [])
    (line,) = [line for line in task.remarks() if "is not read: it names documents" in line]
    assert "source is not read: it names documents in 7 of 10 rows; missing: en/gone.md" in line
    for row in rows[:3]:
        row["source"] = None
    write_lines(tmp_path / "qa.jsonl", rows)
    task, _ = looked_at(tmp_path, ["task.columns.evidence=[source]"])
    assert sum(bool(own.evidence) for split in SPLITS for own in task.data.splits[split]) == 7


def test_a_column_that_names_documents_now_and_then_is_passed_over(tmp_path):
    write_texts(tmp_path)
    rows = [{"question": q, "answer": a, "source": ("x", "en/leaf0.md")[n < 2]} for n, (q, a, _) in enumerate(FERRIES)]
    write_lines(tmp_path / "qa.jsonl", rows)
    assert not any("names documents in" in line for line in looked_at(tmp_path, [])[0].remarks())
