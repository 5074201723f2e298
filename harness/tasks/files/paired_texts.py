"""Folders of texts in pairs: what is asked in one file, what is answered in another whose name says so.

The names of two folders (x/001.txt, y/001.txt; articles/, summaries/) or the ends of names (001.in.txt, 001.out.txt;
001.txt, 001.summary.txt) say which is which: that of the answers has to. Where it does not, nothing is guessed: docs/
beside archive/ are two folders of documents.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from harness.tasks.complaints import Complaints, listed
from harness.tasks.files.row import FileRow, FileShape
from harness.tasks.files.text import text_lines

TEXTS: Final = (".txt", ".md")
ABOUT: Final = (".", "readme", "license", "licence", "changelog", "citation")
"""how names of texts begin that are about the data"""
ASKED: Final = frozenset(
    (
        *("x", "in", "input", "inputs", "source", "sources", "src", "article", "articles", "document", "documents"),
        *("docs", "text", "texts", "question", "questions", "prompt", "prompts", "story", "stories", "original"),
        *("originals", "transcript", "transcripts", "report", "reports", "body", "full"),
    )
)
ANSWERED: Final = frozenset(
    (
        *("y", "out", "output", "outputs", "target", "targets", "tgt", "summary", "summaries", "answer", "answers"),
        *("reference", "references", "ref", "refs", "gold", "expected", "response", "responses", "completion"),
        *("completions", "abstract", "abstracts", "headline", "headlines", "translation", "translations", "solution"),
        *("solutions", "highlights", "sum", "label", "labels"),
    )
)
FEWEST: Final = 3
"""pairs"""
MOST: Final = 0.9
"""share of the texts that are of a pair"""
_END: Final = re.compile(r"[._-](?P<word>[A-Za-z]{1,12})\Z")
LONGEST_END: Final = 13
"""signs of such an end"""


class PairedTexts(NamedTuple):
    """Two texts."""

    name: str
    asked: Path
    answered: Path


def pairs_in(folder: Path) -> tuple[list[PairedTexts], list[Path]]:
    """Return the pairs of a folder, in the order of their names, and the texts that are of none; [] for other folders.

    Args:
        folder: of the task; in it are the texts, or two folders with them and nothing else that is data.
    """
    there = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
    inner, texts = [path for path in there if path.is_dir()], _texts(there)
    found = _by_name(texts) if texts and not inner else _by_folder(inner) if len(inner) == 2 and not texts else {}
    pairs = [PairedTexts(name, *own) for name, own in found.items()]
    every = texts or [text for path in inner for text in _texts(sorted(path.iterdir()))]
    is_enough = len(pairs) >= FEWEST and 2 * len(pairs) >= MOST * len(every)
    taken = {path for pair in pairs for path in pair[1:]}
    return (pairs, [path for path in every if path not in taken]) if is_enough else ([], [])


def pair_rows(folder: Path, shape: FileShape, complaints: Complaints) -> Iterator[FileRow]:
    """Yield a row for each pair: id, input, references.

    Args:
        folder: where the texts are.
        shape: gets a note on which texts are read together.
        complaints: collects texts that cannot be read.
    """
    pairs, left = pairs_in(folder)
    shape.kind, first = "paired texts", pairs[0]
    names = [path.relative_to(folder).as_posix() for path in first[1:]]
    lost = f"; not read, without another text: {listed(path.name for path in left)}" if left else ""
    shape.notes.append(f"texts in pairs, such as {names[0]} (input) and {names[1]} (references){lost}")
    for number, pair in enumerate(pairs, start=1):
        asked, answered = ("".join(text_lines(path, FileShape(), complaints)).strip() for path in pair[1:])
        yield FileRow(f"{pair.asked}:1", number, {"id": pair.name, "input": asked, "references": [answered]})


def _texts(paths: Sequence[Path]) -> list[Path]:
    """Return the texts among some files, without those about the data and hidden ones."""
    files = [path for path in paths if path.suffix.lower() in TEXTS and path.is_file()]
    return [path for path in files if not path.name.lower().startswith(ABOUT)]


def _by_folder(folders: Sequence[Path]) -> dict[str, tuple[Path, Path]]:
    sides = [_side(path.name) for path in folders]
    if sides.count("answered") != 1:
        return {}
    asked, answered = folders if sides[1] == "answered" else folders[::-1]
    own, others = ({path.stem: path for path in _texts(sorted(path.iterdir()))} for path in (asked, answered))
    return {stem: (path, others[stem]) for stem, path in own.items() if stem in others}


def _by_name(texts: Sequence[Path]) -> dict[str, tuple[Path, Path]]:
    sides: Mapping[str, dict[str, Path]] = {"asked": {}, "answered": {}, "": {}}
    for path in texts:
        end = _END.search(path.stem, max(0, len(path.stem) - LONGEST_END))
        side = _side(end["word"]) if end else ""
        sides[side][path.stem[: end.start()] if end and side else path.stem] = path
    asked = {**sides[""], **sides["asked"]}
    return {stem: (asked[stem], path) for stem, path in sides["answered"].items() if stem in asked}


def _side(name: str) -> str:
    """Return which side the name of a folder, or the end of one of a file, is of; "" where it does not say."""
    words = set(re.split(r"[^a-z]+", name.casefold()))
    sides = [side for side, known in (("asked", ASKED), ("answered", ANSWERED)) if words & known]
    return sides[0] if len(sides) == 1 else ""
