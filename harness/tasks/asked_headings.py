"""Texts whose headings are questions with the answers below: how to make rows of them, as none is read as such."""

import itertools
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

FILES: Final = 100
"""texts that are looked at"""
FEWEST: Final = 3
"""questions from which on the headings ask"""
ENDINGS: Final = (".md", ".mdx")
HEADING: Final = r"(?m)^#+ +(.+[?])[ #]*\n((?:(?!#+ ).*\n?)+)"
"""a heading that ends in a question mark, and what is below it up to the next one"""
PACKAGES: Final = "node_modules"
"""folder of texts of others"""
FENCE: Final = "```"
"""begins code, in which # is no heading"""


def asked_headings(folder: Path) -> str:
    """Return what helps where headings of the texts in a folder and below are questions; "" for others."""
    texts = dict(itertools.islice(_texts(folder), FILES))
    found = {path: count for path, text in texts.items() if (count := len(_pairs(text)))}
    if sum(found.values()) < FEWEST:
        return ""
    first = next(iter(found)).relative_to(folder)
    where = f"{first} and {len(found) - 1} more" if len(found) > 1 else str(first)
    told = f"{sum(found.values())} headings in {where} are questions with the answers below: write each as a row"
    how = '{"question": HEADING, "answer": TEXT BELOW}'
    command = f", as this does: {_command(folder)}" if all(map(_is_plain, texts.values())) else ""
    return f"{told}, {how}, into train.jsonl{command}"


def _is_plain(text: str) -> bool:
    """Return whether an answer ends at the next heading: none of a lower level is below a question, and no code."""
    levels = [(len(sign), asked) for sign, asked in re.findall(r"(?m)^(#+) +.*?([?]?)[ #]*$", text)]
    deepest, questions = max((level for level, _ in levels), default=0), [level for level, asked in levels if asked]
    return FENCE not in text and (not questions or min(questions) == deepest)


def _texts(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*")):
        is_hidden = any(part.startswith(".") or part == PACKAGES for part in path.relative_to(folder).parts)
        if path.suffix in ENDINGS and path.is_file() and not is_hidden:
            try:
                yield path, path.read_text(encoding="utf-8")
            except (OSError, ValueError):
                continue


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(asked, below) for asked, below in re.findall(HEADING, text) if below.strip()]


def _command(folder: Path) -> str:
    """Return the command that writes the rows of all texts in a folder."""
    shown = f"not any(n.startswith('.') or n == {PACKAGES!r} for n in p.relative_to(root).parts)"
    texts = f"p.read_text('utf-8') for p in sorted(root.rglob('*')) if p.suffix in {ENDINGS} and {shown}"
    row = "json.dumps({'question': q, 'answer': a.strip()}) + '\\n'"
    rows = f"{row} for t in texts for q, a in re.findall({HEADING!r}, t) if a.strip()"
    made = str(folder / "train.jsonl")
    return "python -c " + shlex.quote(
        f"import json, pathlib, re; root = pathlib.Path({str(folder)!r}); texts = [{texts}]; "
        f"open({made!r}, 'w').writelines([{rows}])"
    )
