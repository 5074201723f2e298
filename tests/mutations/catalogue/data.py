"""Data: files of a user's own task that are wrong, but can be read."""

from pathlib import Path

from tests.mutations.mutation import OWN, Mutation
from tests.mutations.own_data import FOLDER, change, renamed, rows

WHAT = "data"


def triple_train(checkout: Path) -> None:
    change(checkout, "train", lambda own: [*own, *renamed(own, "b-"), *renamed(own, "c-")])


def test_in_train(checkout: Path) -> None:
    leaked = renamed(rows(checkout, "test"), "more-")
    change(checkout, "train", lambda own: [*own[: len(own) // 2], *leaked])


def test_reworded_in_train(checkout: Path) -> None:
    def reworded(text: str) -> str:
        bare = text.rstrip("?.! ")
        return f"Please tell me, as far as you know: {bare[:1].lower()}{bare[1:]}"

    leaked = [{**row, "input": reworded(row["input"])} for row in renamed(rows(checkout, "test"), "more-")]
    change(checkout, "train", lambda own: [*own[: len(own) // 2], *leaked])


def validation_of_test(checkout: Path) -> None:
    copies = renamed(rows(checkout, "test"), "v-")
    change(checkout, "validation", lambda own: copies[: len(own)])


def evidence_of_next_row(checkout: Path) -> None:
    def shifted(own):
        return [{**row, "evidence": other["evidence"]} for row, other in zip(own, [*own[1:], own[0]], strict=True)]

    change(checkout, "test", shifted)


def references_of_next_row(checkout: Path) -> None:
    def shifted(own):
        return [{**row, "references": other["references"]} for row, other in zip(own, [*own[1:], own[0]], strict=True)]

    change(checkout, "test", shifted)


def train_references_shuffled(checkout: Path) -> None:
    def shifted(own):
        half = len(own) // 2
        return [
            {**row, "references": other["references"], "answerable": other["answerable"]}
            for row, other in zip(own, [*own[half:], *own[:half]], strict=True)
        ]

    change(checkout, "train", shifted)


def answerable_flipped(checkout: Path) -> None:
    change(checkout, "test", lambda own: [{**row, "answerable": not row["answerable"]} for row in own])


def documents_cut(checkout: Path) -> None:
    change(checkout, "documents", lambda own: [{**row, "text": row["text"][:60]} for row in own])


def documents_twice(checkout: Path) -> None:
    change(checkout, "documents", lambda own: [*own, *renamed(own, "copy-of-"), *renamed(own, "again-")])


def answers_as_documents(checkout: Path) -> None:
    test = [row for row in rows(checkout, "test") if row["answerable"]]
    faq = [
        {"id": f"faq-{row['id']}", "title": row["input"], "text": f"{row['input']} {row['references'][0]}"}
        for row in test
    ]
    change(checkout, "documents", lambda own: [*own, *faq])


def test_in_utf_16(checkout: Path) -> None:
    path = checkout / FOLDER / "test.jsonl"
    path.write_text(path.read_text(encoding="utf-8"), encoding="utf-16")


def documents_torn(checkout: Path) -> None:
    path = checkout / FOLDER / "documents.jsonl"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def digits_lost(checkout: Path) -> None:
    hidden = str.maketrans("0123456789", "##########")
    change(checkout, "documents", lambda own: [{**row, "text": row["text"].translate(hidden)} for row in own])


def inputs_as_references(checkout: Path) -> None:
    for split in ("train", "validation", "test"):
        change(checkout, split, lambda own: [{**row, "references": [row["input"]]} for row in own])


def same_answer_everywhere(checkout: Path) -> None:
    change(checkout, "test", lambda own: [{**row, "references": own[0]["references"]} for row in own])


def _faulty(id, broken, how):  # noqa: A002
    return Mutation(id, WHAT, broken, change=how, experiment=OWN)


MUTATIONS: tuple[Mutation, ...] = (
    _faulty("train-three-times", "Every training row is there three times, under other ids", triple_train),
    _faulty("test-in-train", "The test questions are in train, with their answers", test_in_train),
    _faulty("test-reworded-in-train", "The test questions are in train in other words", test_reworded_in_train),
    _faulty("validation-is-test", "Validation is a copy of test under other ids", validation_of_test),
    _faulty("evidence-of-next-row", "Test rows name the evidence of the row after them", evidence_of_next_row),
    _faulty("references-of-next-row", "Test rows have the references of the row after them", references_of_next_row),
    _faulty("train-references-shuffled", "Training rows have the references of other rows", train_references_shuffled),
    _faulty("answerable-flipped", "The column `answerable` says the opposite in test", answerable_flipped),
    _faulty("documents-cut", "An export has cut the documents to 60 characters", documents_cut),
    _faulty("documents-three-times", "Every document is there three times, under other ids", documents_twice),
    _faulty(
        "answers-as-documents", "The knowledge base holds the test questions with their answers", answers_as_documents
    ),
    _faulty("utf-16", "An editor has saved the test file as UTF-16", test_in_utf_16),
    _faulty("documents-torn", "The documents file ends in the middle of a line", documents_torn),
    _faulty("digits-lost", "An anonymiser has replaced all digits of the documents", digits_lost),
    _faulty("inputs-as-references", "The column of references holds the inputs", inputs_as_references),
    _faulty("one-reference-for-all", "All test rows have the reference of the first", same_answer_everywhere),
)
