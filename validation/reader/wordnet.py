"""Synonyms, opposites and sisters of English words from WordNet's own files (Debian: apt-get install wordnet-base)."""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

FOLDER: Final = Path("/usr/share/wordnet")
PARTS: Final = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
WORD: Final = re.compile(r"[a-z]{3,}")


class Synset(NamedTuple):
    """Words of one meaning."""

    words: tuple[str, ...]
    parents: tuple[str, ...]
    """offsets of more general meanings"""
    opposites: tuple[tuple[str, int], ...]
    """(offset, number of the word there) of opposite words"""


@dataclass(frozen=True)
class WordNet:
    """The dictionary, read from `folder`: index.* and data.* of WordNet 3.0."""

    folder: Path = FOLDER

    @cached_property
    def synsets(self) -> dict[str, Synset]:
        """Return part of speech and offset -> synset."""
        found = {}
        for part, letter in PARTS.items():
            for line in (self.folder / f"data.{part}").read_text(encoding="ascii").splitlines():
                if not line.startswith(" "):
                    offset, synset = _synset(line)
                    found[letter + offset] = synset
        return found

    @cached_property
    def senses(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Return (word, part of speech) -> its synsets, the most frequent first."""
        found = {}
        for part, letter in PARTS.items():
            for line in (self.folder / f"index.{part}").read_text(encoding="ascii").splitlines():
                if not line.startswith(" "):
                    word, *fields = line.split()
                    found[word, letter] = tuple(letter + offset for offset in fields if len(offset) == 8)
        return found

    def parts(self, word: str) -> list[str]:
        """Return the parts of speech of a base form."""
        return [letter for letter in PARTS.values() if (word, letter) in self.senses]

    def synonyms(self, word: str, part: str) -> list[str]:
        """Return words of the most frequent meaning."""
        senses = self.senses.get((word, part), ())
        return [other for other in self._words(senses[:1]) if other != word]

    def all_synonyms(self, word: str, part: str) -> set[str]:
        """Return words of any meaning, and of the meanings right above and below: not safe as rivals."""
        senses = self.senses.get((word, part), ())
        above = [parent for sense in senses for parent in self.synsets[sense].parents]
        return {*self._words(senses), *self._words(above)}

    def opposites(self, word: str, part: str) -> list[str]:
        """Return the opposites of the word in its three most frequent meanings."""
        found = []
        for sense in self.senses.get((word, part), ())[:3]:
            for offset, number in self.synsets[sense].opposites:
                other = self.synsets[offset].words
                found += [other[number - 1]] if 0 < number <= len(other) else []
        return [other for other in dict.fromkeys(found) if WORD.fullmatch(other) and other != word]

    def sisters(self, word: str, part: str) -> list[str]:
        """Return other things of the same kind: blue, green for red."""
        senses = self.senses.get((word, part), ())[:1]
        parents = [parent for sense in senses for parent in self.synsets[sense].parents[:1]]
        near = [child for parent in parents for child in self._children.get(parent, ())]
        return sorted({*self._words(near)} - self.all_synonyms(word, part) - {word})

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        children = defaultdict(list)
        for name, synset in self.synsets.items():
            for parent in synset.parents:
                children[parent].append(name)
        return dict(children)

    def _words(self, senses: "tuple[str, ...] | list[str]") -> list[str]:
        words = [word for sense in senses for word in self.synsets[sense].words]
        return [word for word in dict.fromkeys(words) if WORD.fullmatch(word)]


def _synset(line: str) -> tuple[str, Synset]:
    fields = line.split(" | ")[0].split()
    offset, count = fields[0], int(fields[3], 16)
    words = tuple(word.partition("(")[0] for word in fields[4 : 4 + 2 * count : 2])
    rest = fields[4 + 2 * count :]
    pointers = [rest[1 + 4 * at : 5 + 4 * at] for at in range(int(rest[0]))]
    parents = tuple(part + target for symbol, target, part, _ in pointers if symbol in ("@", "@i"))
    opposites = tuple(
        ("a" if part == "s" else part, target, int(numbers[2:], 16))
        for symbol, target, part, numbers in pointers
        if symbol == "!"
    )
    parents = tuple("a" + own[1:] if own[0] == "s" else own for own in parents)
    return offset, Synset(words, parents, tuple((part + target, number) for part, target, number in opposites))
