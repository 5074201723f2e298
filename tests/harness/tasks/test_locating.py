"""Evidence by id, title, text and offsets is found in the documents; what is not found is listed."""

import pytest

from harness.types import THE_INPUT, EvidenceSpan
from tests.harness.tasks.making import rows_of, write_lines

KETTLE = "The kettle model 24 has a warranty of 74 months. Keep the receipt."
LAMP = "Clean it first. The lamp model 25 has a warranty of 81 months; the bulb has none. Keep the receipt."
SENTENCE = "The lamp model 25 has a warranty of 81 months"
START = LAMP.index(SENTENCE)
DOCUMENTS = [
    {"id": "d1", "title": "Leaflet of the kettle", "text": KETTLE},
    {"id": "d2", "title": "Leaflet of the lamp", "text": LAMP},
    {"id": "7", "title": "", "text": "博物馆于1894年开放。周日免费入场。"},
]


@pytest.fixture
def evidence_of(folder, task):
    """Return the only example whose evidence is given like this; the others name d1."""
    write_lines(folder / "documents.jsonl", DOCUMENTS)

    def located(value, **more):
        write_lines(folder / "test.jsonl", rows_of("test", 1, evidence=value, **more))
        return task().examples("test")[0]

    return located


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        ("d1", ("d1",)),
        (["d2", "d1"], ("d2", "d1")),
        ("d2, d1", ("d2", "d1")),
        ("d2;d1", ("d2", "d1")),
        ("d1 d2", ("d1", "d2")),
        ("['d2', 'd1']", ("d2", "d1")),
        (7, ("7",)),
        ("7.0", ("7",)),
        ("D2", ("d2",)),
        ("./leaflets\\D1", ("d1",)),
        ("https://ex.org/d2, d1", ("d2", "d1")),
        ("leaflet of the  LAMP", ("d2",)),
        (["Leaflet of the kettle", "d2"], ("d1", "d2")),
        ([{"doc_id": "d2"}, {"title": "Leaflet of the kettle"}], ("d2", "d1")),
        ({"title": ["Leaflet of the lamp", "Leaflet of the kettle"]}, ("d2", "d1")),
        ([], ()),
        ("", ()),
        ("@input", THE_INPUT),
    ],
    ids=str,
)
def test_documents_by_id_and_title(evidence_of, value, ids):
    example = evidence_of(value)
    assert (example.evidence, example.spans) == (ids, ())


@pytest.mark.parametrize(
    "value",
    [
        SENTENCE,
        [SENTENCE],
        f"{SENTENCE.upper()}!",
        SENTENCE.replace(" ", "\n  "),
        {"text": SENTENCE},
        {"doc_id": "d2", "text": SENTENCE},
        {"title": "Some other name", "text": SENTENCE},
        {"document": "d2", "start": START, "end": START + len(SENTENCE)},
        {"doc_id": "d2", "start": str(START), "end": str(START + len(SENTENCE))},
        {"text": [SENTENCE], "answer_start": [START]},
        "The lamp model 25 has a waranty of 81 months",
        "The lamp, model 25 — it has a warranty of 81 months",
    ],
    ids=str,
)
def test_places_by_text_and_offsets(evidence_of, value):
    example = evidence_of(value)
    assert example.evidence == ("d2",)
    (span,) = example.spans
    assert SENTENCE in LAMP[span.start : span.end]
    assert span.end - span.start < len(SENTENCE) + 10


def test_a_text_without_spaces_between_words(evidence_of):
    (span,) = evidence_of("周日免费入场").spans
    assert DOCUMENTS[2]["text"][span.start : span.end] == "周日免费入场"


@pytest.mark.parametrize(
    "value",
    [
        "The lamp model 25 has a warranty of 18 months",
        "The lamp model 2 has a warranty of 81 months",
        "The drill model 25 has a warranty of 81 months",
        "The moon has no atmosphere at all",
        "bulb",
        {"doc_id": "d1", "text": SENTENCE},
        {"doc_id": "d9"},
        ["d1", "d9"],
    ],
    ids=str,
)
def test_another_number_or_name_is_another_text(folder, task, value):
    write_lines(folder / "documents.jsonl", DOCUMENTS)
    write_lines(folder / "test.jsonl", rows_of("test", 1, evidence=value))
    (line,) = task().problems()
    assert line.startswith(f"{folder / 'test.jsonl'}:1: evidence ")
    assert "documents.jsonl has 3 documents, such as 'd1' (title 'Leaflet of the kettle')" in line


def test_a_text_that_stands_twice_has_places_of_which_any_will_do(evidence_of):
    assert evidence_of("Keep the receipt.").spans == (
        EvidenceSpan("d1", KETTLE.index("Keep"), len(KETTLE) - 1, 0),
        EvidenceSpan("d2", LAMP.index("Keep"), len(LAMP) - 1, 0),
    )


def test_a_text_that_stands_everywhere_tells_nothing(folder, task):
    write_lines(folder / "documents.jsonl", [{"id": f"d{n}", "text": f"{n}. Keep the receipt."} for n in range(9)])
    write_lines(folder / "test.jsonl", rows_of("test", 1, evidence="Keep the receipt."))
    (line,) = task().problems()
    assert "stands in more than 5 documents, so that it does not tell which is meant" in line


def test_what_a_few_rows_name_wrongly_is_a_remark_and_left_out(folder, task):
    rows = rows_of("train", 20, evidence=["d1"])
    rows[3]["evidence"] = ["d2", "d9"]
    write_lines(folder / "train.jsonl", rows)
    built = task()
    assert built.problems() == []
    assert built.examples("train")[3].evidence == ("d2",)
    (line,) = (remark for remark in built.remarks() if "d9" in remark)
    assert line.startswith(f"{folder / 'train.jsonl'}:4: evidence 'd9' names no document; documents.jsonl has 2")


def test_how_evidence_was_found_is_a_remark(folder, task):
    write_lines(folder / "documents.jsonl", DOCUMENTS)
    write_lines(folder / "test.jsonl", [*rows_of("test", 1, evidence=SENTENCE), *rows_of("more", 1, evidence="d1")])
    found = f"{folder / 'test.jsonl'}: of 2 pieces of evidence 1 found by text, 1 found by id"
    assert found in task().remarks()


PAGE = "Words that say nothing. " * 40
MANUAL = f"{PAGE}The drill lasts 9 months. {PAGE}The lamp model 25: warranty of 81 months. {PAGE}81 months ago. {PAGE}"


@pytest.mark.parametrize(
    ("facts", "held"),
    [
        (["81 months", "model 25"], ["model 25: warranty of 81 months"]),
        (["81 months"], ["81 months", "81 months"]),
        (["9 months", "model 25"], ["9 months", "model 25"]),
        (["yes", "no such thing"], []),
    ],
)
def test_facts_are_places_in_long_documents(folder, task, facts, held):
    write_lines(folder / "documents.jsonl", [{"id": "d1", "title": "", "text": MANUAL}])
    write_lines(folder / "test.jsonl", rows_of("test", 1, evidence="d1", facts=facts))
    example = task().examples("test")[0]
    assert example.evidence == ("d1",)
    assert [MANUAL[span.start : span.end] for span in example.spans] == held
    assert len({span.piece for span in example.spans}) == min(len(held), 2 if "9 months" in facts else 1)


def test_facts_leave_short_documents_alone(evidence_of):
    assert evidence_of("d2", facts=["81 months"]).spans == ()


def test_documents_that_repeat_another_one_are_read_once(folder, task):
    rows = [{"id": f"d{n}", "title": "T", "text": "the same"} for n in range(1, 5)]
    write_lines(folder / "documents.jsonl", [*rows, {"id": "e", "title": "Other", "text": "the same"}])
    write_lines(folder / "test.jsonl", rows_of("test", 1, evidence=["d3", "d1"]))
    once, key = task(), task().content_key()
    assert [document.id for document in once.documents()] == ["d1", "e"]
    assert once.examples("test")[0].evidence == ("d1",)
    assert {
        "documents.jsonl: 3 of 5 documents repeat another one ('d2' repeats 'd1'); they are left out, and evidence "
        "that names them means that",
        "documents.jsonl: 1 of 5 documents have the text of another one under another title",
    } <= set(once.remarks())
    write_lines(folder / "documents.jsonl", rows[:1])
    assert task().content_key() != key


def test_gold_ids_without_answers(folder, task):
    for split in ("train", "validation", "test"):
        rows = [{name: row[name] for name in ("id", "input", "evidence")} for row in rows_of(split, evidence="d1")]
        write_lines(folder / f"{split}.jsonl", rows)
    example = task(columns__references=[]).examples("test")[0]
    assert (example.references, example.evidence, example.answerable) == ((), ("d1",), True)
    assert "task.columns.references=[] measures retrieval alone, by the evidence" in "\n".join(task().problems())
    rows = rows_of("test", evidence="d1")
    rows[1]["references"] = []
    for split in ("train", "validation", "test"):
        write_lines(
            folder / f"{split}.jsonl", [row | {"id": split + row["id"], "input": split + row["input"]} for row in rows]
        )
    built = task()
    assert [example.references for example in built.examples("test")] == [("test 0",), (), ("test 2",)]
    assert "1 of 3 answerable rows have no reference: of these only retrieval is measured" in "\n".join(built.remarks())
