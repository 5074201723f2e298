"""A user's own data, for mutations of data: a small question-answering set in files, made of the shipped task `qa`."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Row = dict[str, Any]

FOLDER = "own"
SIZES = {"train": 48, "validation": 16, "test": 24}
DOCUMENTS = 100
KEPT = ("id", "input", "references", "evidence", "answerable", "group")


def write(checkout: Path) -> None:
    """Write the files of the folder `own` of a checkout, and the documents that `qa` had on another day."""
    source, folder = checkout / "datasets/qa", checkout / FOLDER
    folder.mkdir()
    needed: set[str] = set()
    for split, count in SIZES.items():
        rows = read(source / f"{split}.jsonl")
        chosen = [{name: row[name] for name in KEPT} for row in rows[:: len(rows) // count][:count]]
        needed |= {name for row in chosen for name in row["evidence"]}
        save(folder / f"{split}.jsonl", chosen)
    documents = read(source / "documents.jsonl")
    others = [document for document in documents if document["id"] not in needed]
    chosen = [*(one for one in documents if one["id"] in needed), *others[: max(0, DOCUMENTS - len(needed))]]
    save(folder / "documents.jsonl", sorted(chosen, key=lambda document: str(document["id"])))
    _write_earlier(source, documents)


def _write_earlier(source: Path, documents: list[Row]) -> None:
    """Write the shipped task's documents of another day: in another order, some of them worded differently."""
    others = {document["id"]: document for document in read(source / "documents_next.jsonl")}
    moved = [*documents[DOCUMENTS:], *documents[:DOCUMENTS]]
    save(source / "documents_earlier.jsonl", [others.get(document["id"], document) for document in moved])


def read(path: Path) -> list[Row]:
    """Return the rows of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def save(path: Path, rows: Iterable[Row]) -> None:
    """Write a file of JSON lines."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def change(checkout: Path, name: str, how: Callable[[list[Row]], Iterable[Row]]) -> None:
    """Replace the rows of one file by what `how` makes of them."""
    path = checkout / FOLDER / f"{name}.jsonl"
    save(path, list(how(read(path))))


def rows(checkout: Path, name: str) -> list[Row]:
    """Return the rows of one file of the folder."""
    return read(checkout / FOLDER / f"{name}.jsonl")


def renamed(given: Iterable[Row], prefix: str) -> list[Row]:
    """Return copies of the rows under other ids."""
    return [{**row, "id": f"{prefix}{row['id']}"} for row in given]
