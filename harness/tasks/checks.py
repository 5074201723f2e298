"""What can only be seen by comparing rows: ids used twice, evidence that is nowhere. One pass each."""

from collections.abc import Iterable, Mapping, Sequence

from harness.tasks.complaints import Complaints
from harness.tasks.mapping import Placed, PlacedDocument
from harness.types import THE_INPUT, Split


def check_splits(splits: Mapping[Split, Sequence[Placed]], complaints: Complaints) -> None:
    """Tell of ids that two rows of the same split or of different splits have."""
    first: dict[str, tuple[Split, str]] = {}
    for split, placed in splits.items():
        for entry in placed:
            if entry.id is None:
                continue
            other, place = first.setdefault(entry.id, (split, entry.place))
            if place != entry.place:
                where = f"at {place}" if other == split else f"in the {other} split, at {place}"
                line = f"{entry.place}: id {entry.id!r} is used already {where}; ids are unique over all splits"
                complaints.add(("twice", split, other), line)


def check_documents(placed: Sequence[PlacedDocument], label: str, complaints: Complaints) -> None:
    """Tell of ids that two documents have."""
    first: dict[str, str] = {}
    for entry in placed:
        if entry.id is not None and first.setdefault(entry.id, entry.place) != entry.place:
            line = f"{entry.place}: document id {entry.id!r} is used already at {first[entry.id]}"
            complaints.add(("twice", label), line)


def check_evidence(placed: Iterable[Placed], known: Mapping[str, object], holder: str, complaints: Complaints) -> None:
    """Tell of evidence that names no document.

    Args:
        placed: of one split.
        known: ids of all documents, in order.
        holder: where the documents are, in words.
        complaints: told what is wrong.
    """
    example = next(iter(known), None)
    hint = f"{len(known):,} documents, such as {example!r}" if example is not None else "no document"
    for entry in placed:
        for name in entry.evidence if entry.evidence != THE_INPUT else ():
            if name not in known:
                line = f"{entry.place}: evidence {name!r} names no document; {holder} has {hint}"
                complaints.add(("evidence", entry.place.rpartition(":")[0]), line)
