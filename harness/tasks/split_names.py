"""The words that people use for splits, in names of files and sheets and in columns."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from harness.types import Split

COMMON: Final[Mapping[Split, frozenset[str]]] = {
    "train": frozenset({"train", "training"}),
    "validation": frozenset({"validation", "valid", "val", "dev", "devel", "development", "eval", "evaluation"}),
    "test": frozenset({"test", "testing", "tests", "holdout", "heldout"}),
}
"""Words that mean a split; case does not matter."""
KNOWLEDGE: Final = frozenset(
    {"article", "articles", "context", "contexts", "corpus", "doc", "docs", "document", "documents", "kb", "knowledge",
     "knowledgebase", "passage", "passages"}
)  # fmt: skip
"""Words in names that mean a knowledge base: no such file is taken for the examples."""

LISTING: Final = frozenset(
    {"id", "ids", "idx", "index", "indexes", "indices", "key", "keys", "list", "lists", "names", "rows", "split"}
)
"""Words that, beside that of a split, make the name of a text that lists its rows: train_ids.txt."""

AROUND: Final = " \t\r\n[]'\""
"""what may stand around the name of a split: ["train"] is how programs write the only split of a row"""


def split_called(name: object) -> Split | None:
    """Return the split that a cell, a list with one name, or the name of a sheet means; None for any other value."""
    word = str(name).strip(AROUND).casefold()
    return next((split for split, words in COMMON.items() if word in words), None)


def means_knowledge(names: Iterable[str]) -> bool:
    """Return whether one of these names is that of a knowledge base."""
    return any(KNOWLEDGE & set(re.split(r"[^a-z]+", name.casefold())) for name in names)


def is_list_of_rows(path: Path) -> bool:
    """Return whether a text is called like the list of the rows of a split, which holds no knowledge."""
    words = [word for word in re.split(r"[^a-z]+", path.stem.casefold()) if word]
    rest = [word for word in words if split_called(word) is None]
    return len(rest) < len(words) and bool(rest) and LISTING.issuperset(rest)
