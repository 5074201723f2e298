"""Formats: drawn from parts, written about any content. Each is used in few conversations: it must be followed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from pocket.formats.content import Content
from pocket.formats.house import is_house_like
from pocket.formats.parts import bracket, code, language, part, run, signs, word
from pocket.formats.values import ValueForm, value_form
from pocket.world.names import Pool

SLOT: Final = "{v}"
PAIRINGS: Final = ("{a}, {b}", "{a} / {b}", "{a} ({b})", "{a} - {b}", "{a} of {b}", "{b}: {a}", "{a} & {b}", "{b} {a}")
RESERVED_PAIRINGS: Final = ("{a} + {b}", "{b} <{a}>", "{a} with {b}", "{b} | {a}", "[{a}] {b}")


@dataclass(frozen=True, slots=True)
class Item:
    """One part of an answer."""

    names: tuple[str, ...]
    """of the values in it"""
    pattern: str
    """its text; {0} and {1} are the values, {#} its number"""


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write answers. What it takes from a content depends on the content's names alone."""

    head: str
    """before everything, with its line break; {s} is the subject"""
    items: tuple[Item, ...]
    """in order; () for plain sentences"""
    joiner: str
    """between items or sentences"""
    foot: str
    """after everything"""
    form: ValueForm
    """of the values"""

    def write(self, content: Content) -> str:
        """Return the answer about the content."""
        parts = content.sentences if not self.items else list(self._items(content))
        return (self.head.replace("{s}", content.subject) + self.joiner.join(parts) + self.foot).strip()

    def values(self, content: Content) -> list[str]:
        """Return the values of the content that the answer holds, as it writes them."""
        if not self.items:
            return [value for value in content.values.values() if value in " ".join(content.sentences)]
        written = [self.form.write(content.values[name]) for item in self._used(content) for name in item.names]
        return written + ([content.subject] if "{s}" in self.head else [])

    def _used(self, content: Content) -> list[Item]:
        return [item for item in self.items if all(name in content.values for name in item.names)]

    def _items(self, content: Content) -> Iterator[str]:
        for number, item in enumerate(self._used(content), start=1):
            text = item.pattern.replace("{#}", str(number))
            for place, name in enumerate(item.names):
                text = text.replace(f"{{{place}}}", self.form.write(content.values[name]))
            yield text


def draw(rng: Random, names: Sequence[str], pool: Pool = "open") -> Format:
    """Return a new format for contents with these names; no part of it is of a house style."""
    while True:
        made = _sentences(rng, pool) if rng.random() < 0.15 else _fields(rng, names, pool)
        if not is_house_like(_skeleton(made)):
            return made


def draw_plain(rng: Random, names: Sequence[str]) -> Format:
    """Return a new format whose labels are the names themselves, in their order: a content may have other names."""
    while True:
        case, pattern = rng.choice((str, str.title, str.upper)), _pattern(rng, "open")
        items = tuple(Item((name,), pattern.replace("{l}", case(name)).replace(SLOT, "{0}")) for name in names)
        made = replace(_frame(rng, "open"), items=items)
        if "{l}" in pattern and not is_house_like(_skeleton(made)):
            return made


def _fields(rng: Random, names: Sequence[str], pool: Pool) -> Format:
    chosen = rng.sample(list(names), rng.randint(min(2, len(names)), len(names)))
    labels, pattern = _labels(rng, pool), _pattern(rng, pool)
    telegraphic = rng.random() < 0.12
    items = []
    for group in _groups(rng, chosen):
        shown = part(rng, "phrases", pool) if telegraphic else pattern.replace("{l}", next(labels))
        items.append(Item(group, shown.replace(SLOT, _slots(rng, group, pool))))
    return replace(_frame(rng, pool), items=tuple(items))


def _frame(rng: Random, pool: Pool) -> Format:
    """Return the format without items."""
    head = _worded(rng, part(rng, "heads", pool), pool)
    joiner = _joiner(rng, pool)
    between = "\n" if "\n" in joiner or rng.random() < 0.7 else rng.choice((" ", ": ", joiner))
    foot = _worded(rng, part(rng, "feet", pool), pool)
    if pool == "open" and rng.random() < 0.15:
        head, foot = (f"{head}\n{run(rng)}", foot) if rng.random() < 0.5 else (head, f"\n{run(rng)}")
    return Format(head + between if head else "", (), joiner, foot, value_form(rng))


def _sentences(rng: Random, pool: Pool) -> Format:
    """Return a voice: plain sentences with something before, between and after them."""
    opener, closer = (_worded(rng, part(rng, kind, pool), pool) for kind in ("openers", "closers"))
    space = rng.choice((" ", " ", "\n"))
    head, foot = (opener + space if opener else "", space + closer if closer else "")
    link = signs(rng) if pool == "open" and rng.random() < 0.3 else part(rng, "links", pool)
    return Format(head, (), link if link.strip() or link.isspace() else " ", foot, ValueForm())


def _joiner(rng: Random, pool: Pool) -> str:
    """Return what stands between items: mostly of the list, else drawn signs or a line of them."""
    drawn = rng.random() if pool == "open" else 1.0
    if drawn < 0.15:
        return signs(rng)
    return f"\n{run(rng)}\n" if drawn < 0.2 else str(part(rng, "joiners", pool))


def _pattern(rng: Random, pool: Pool) -> str:
    """Return the text of an item: {l} for its label, {v} for its values."""
    separator = signs(rng) if pool == "open" and rng.random() < 0.5 else part(rng, "separators", pool)
    left, right = bracket(rng) if pool == "open" and rng.random() < 0.3 else part(rng, "brackets", pool)
    layout = part(rng, "layouts", pool).replace("{p}", separator)
    bullet = signs(rng).lstrip() if pool == "open" and rng.random() < 0.25 else part(rng, "bullets", pool)
    return str(bullet + layout.replace(SLOT, f"{left}{SLOT}{right}"))


def _groups(rng: Random, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the names in their order, now and then two of them together."""
    left = list(names)
    pairing = rng.random() < 0.4
    while left:
        size = 2 if pairing and len(left) > 1 and rng.random() < 0.4 else 1
        yield tuple(left[:size])
        del left[:size]


def _slots(rng: Random, group: tuple[str, ...], pool: Pool) -> str:
    if len(group) == 1:
        return "{0}"
    pairing = rng.choice(PAIRINGS if pool == "open" else RESERVED_PAIRINGS)
    return pairing.replace("{a}", "{0}").replace("{b}", "{1}")


def _labels(rng: Random, pool: Pool) -> Iterator[str]:
    """Yield labels of one kind and one case: words of a language, invented words, or codes."""
    case = rng.choice((str, str.lower, str.title, str.upper))
    kind, seen = rng.random(), set()
    words = language(rng, pool)
    rng.shuffle(words)
    while True:
        if kind < 0.45 and words:
            label = words.pop()
        else:
            label = code(rng) if pool == "open" and kind > 0.9 else word(rng, pool)
        label = case(label)
        if label not in seen and not is_house_like(label):
            seen.add(label)
            yield label


def _worded(rng: Random, pattern: str, pool: Pool) -> str:
    """Return the pattern with a drawn word, in one case, for every {w}."""
    case = rng.choice((str, str.title, str.title, str.upper))
    while "{w}" in pattern:
        drawn = word(rng, pool) if rng.random() < 0.7 else rng.choice(language(rng, pool))
        pattern = pattern.replace("{w}", case(drawn), 1)
    return pattern


def _skeleton(made: Format) -> str:
    """Return all parts, alone and as they meet: a house style's sign may come of two of them."""
    patterns = [item.pattern for item in made.items] or ["{0}."]
    met = made.head + made.joiner.join([*patterns, patterns[0]]) + made.foot
    return "\n".join([made.head, made.joiner, made.foot, met])
