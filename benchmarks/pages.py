"""Writes what a benchmark measured into the page of docs/ that shows it."""

from pathlib import Path


def write_section(document: Path, name: str, text: str) -> None:
    """Put a text between the marks <!-- name --> and <!-- /name --> of a document."""
    first, last = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, found, rest = document.read_text(encoding="utf-8").partition(first)
    if not found or last not in rest:
        raise SystemExit(f"{document}: has no place {first.strip()} … {last}")
    document.write_text(f"{before}{first}{text}\n{last}{rest.partition(last)[2]}", encoding="utf-8")
