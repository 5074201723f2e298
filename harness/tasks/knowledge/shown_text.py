"""A document or passage as it is shown, searched and checked: its head first, then its text.

One function for prompts, indexes and metrics: what a model was shown is what an answer is checked against.
"""

from harness.types import Document, Passage


def shown_text(entry: Document | Passage) -> str:
    """Return title, metadata (`date: 2024-05-01; section: Prices`), head and text, each on lines of its own."""
    head = entry.head if isinstance(entry, Passage) else ""
    return "\n".join([*filter(None, (entry.title, metadata_line(entry.metadata), head)), entry.text])


def metadata_line(metadata: tuple[tuple[str, str], ...]) -> str:
    """Return the metadata in one line, several values of one key joined; "" for none."""
    values: dict[str, list[str]] = {}
    for key, value in metadata:
        values.setdefault(key, []).append(value)
    return "; ".join(f"{key}: {', '.join(each)}" for key, each in values.items())
