"""Documents like a task's own: their names and values exchanged, so that they are about other things of the same kinds.

Each is an own document under a title that no other has, made of the words or letters of two titles. Numbers and names
in its text become others of the same shape. Where a document has no title nothing says what it is about: a copy with
other values would contradict it, and so none is made.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Final

from harness.text.calendar_words import months
from harness.text.tokens import folded
from harness.types import Document

PREFIX: Final = "look-alike"
"""how the ids of these documents begin"""
TRIES: Final = 24
COMMON: Final = frozenset(
    {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "I", "Ltd", "Inc", "GmbH"}
)
"""words with a capital that name no thing of the data"""
NUMBER: Final = re.compile(r"\d+")
NAME: Final = re.compile(r"(?<![.!?]\s)(?<!^)(?<![\w])(?<!\d\s)[^\W\d_a-z][^\W\d_]+(?!\w)(?!\s\d)")
"""a word with a capital that begins no sentence, and is no month beside a number"""


def usable(documents: Sequence[Document]) -> list[Document]:
    """Return the documents that look-alikes can be made of: with a title, and no exemplars."""
    return [one for one in documents if one.title.strip() and not one.example_id]


def look_alikes(documents: Sequence[Document], count: int, draw: int) -> Iterator[Document]:
    """Yield so many look-alikes; those of a smaller count are the first of a larger.

    Args:
        documents: the task's own; at least two with a title.
        count: how many.
        draw: which titles and values.
    """
    own, taken = usable(documents), {plain_title(one.title) for one in documents}
    found = (name for one in own for name in NAME.findall(one.text))
    names = sorted({name for name in found if folded(name) not in months() and name not in COMMON})
    for number in range(count):
        rng = Random(f"look-alike/{draw}/{number}")
        base = own[number % len(own)]
        title = new_title(base.title, own, taken, rng, number)
        taken.add(plain_title(title))
        text = renamed(base.text, base.title, title)
        yield replace(
            base,
            id=f"{PREFIX}-{number}-{base.id}",
            title=title,
            text=_with_other_values(text, title, names, rng),
        )


def plain_title(title: str) -> str:
    """Return a title as titles are compared."""
    return " ".join(title.casefold().split())


def new_title(title: str, own: Sequence[Document], taken: set[str], rng: Random, number: int) -> str:
    """Return a title that none has: another number; else letters, or a word, of another title; else numbered."""
    for attempt in range(TRIES):
        if NUMBER.search(title):
            made = NUMBER.sub(lambda found: _number_like(found[0], rng), title)
        else:
            other = rng.choice(own).title
            made = _with_letters(title, other) if attempt % 2 else _with_word(title, other, rng)
        if plain_title(made) not in taken:
            return made
    return f"{title} {number + 2}"


def _with_word(title: str, other: str, rng: Random) -> str:
    """Return the title with one word exchanged for that at the same place of a title with a word in common."""
    words, donor = title.split(), other.split()
    if len(words) < 2 or len(words) != len(donor) or not set(words) & set(donor) or NUMBER.search(other):
        return title
    at = rng.randrange(len(words))
    return " ".join([*words[:at], donor[at], *words[at + 1 :]])


def _with_letters(title: str, other: str) -> str:
    """Return the title with its first word made of that word's beginning and the end of the other's first word."""
    first, _, rest = title.partition(" ")
    donor = other.partition(" ")[0]
    if not (first.isalpha() and donor.isalpha()):
        return title
    made = first[: (len(first) + 1) // 2] + donor[len(donor) // 2 :].lower()
    return f"{made} {rest}".strip()


def renamed(text: str, title: str, new: str) -> str:
    """Return the text with the words that the titles do not share exchanged, wherever they stand."""
    before, after = title.split(), new.split()
    if len(before) != len(after):  # "Wi-Fi 7": no word stands for another
        return _exchanged(text, title, new)
    changed = {old: now for old, now in zip(before, after, strict=False) if old != now}
    for old, now in changed.items():
        text = _exchanged(text, old, now)
    return text


def _exchanged(text: str, old: str, now: str) -> str:
    pattern = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)", re.IGNORECASE)
    return pattern.sub(lambda found: _cased(now, found[0]), text)


def _cased(word: str, like: str) -> str:
    """Return the word with its first letter in the case of the other's."""
    return (word[:1].upper() if like[:1].isupper() else word[:1].lower()) + word[1:]


def _with_other_values(text: str, title: str, names: Sequence[str], rng: Random) -> str:
    """Return the text with each number and name exchanged, the same one everywhere by the same."""
    kept, made = {*title.split(), *NUMBER.findall(title)}, dict[str, str]()

    def number(found: re.Match[str]) -> str:
        if found[0] in kept:
            return found[0]
        return made.setdefault(found[0], _number_like(found[0], rng))

    def name(found: re.Match[str]) -> str:
        if found[0] in kept or found[0] not in names:
            return found[0]
        return made.setdefault(found[0], rng.choice(names))

    return NAME.sub(name, NUMBER.sub(number, text))


def _number_like(digits: str, rng: Random) -> str:
    """Return another number with as many digits; a leading digit that is 1 or 2 of four stays, as years have it."""
    if len(digits) == 4 and digits[0] in "12":
        return f"{digits[:2]}{rng.randrange(100):02d}"
    first = "0" if digits[0] == "0" else str(rng.randrange(1, 10))
    return first + "".join(str(rng.randrange(10)) for _ in digits[1:])
