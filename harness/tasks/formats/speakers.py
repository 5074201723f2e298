"""Who answers in chats whose turns give names, no roles: as told, by a name that says so, or by who ends them."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from harness.tasks.columns import typed
from harness.tasks.complaints import listed
from harness.tasks.formats.turns import SPEAKERS, side_of
from harness.tasks.suggestions import name_words
from harness.tasks.turn_lists import SPEAKER, are_turns, has_answer, speaker_name

KEY: Final = "task.assistant"
"""setting that says who answers"""
BY_WORD: Final = "as the name says"
BY_OTHERS: Final = "as the others are called customers"
AS_TOLD: Final = f"as {KEY} says"
FEWEST: Final = 3
"""chats from which on one name in all of them says something"""
MOST: Final = 0.8
"""share of the chats that show it"""
NAMED: Final = 12
"""names that a message lists"""
UNSURE: Final = frozenset(("model", "bing", "ai", "lead", "contact", "guest"))
"""of the words for speakers, those that may be a part of any name"""
SERVICE: Final = frozenset(
    (
        *("helpdesk", "servicedesk", "hotline", "service", "team", "helper", "consultant", "berater", "beraterin"),
        *("kundenservice", "kundendienst", "soporte", "assistent", "assistente", "asistente"),
    )
)
"""more words in names of those who answer"""

Chat = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Speakers:
    """Who answers in the chats of a file."""

    field: str
    """of the turns, with the names"""
    answering: frozenset[str]
    """names"""
    why: str
    """how that is known"""
    seen: frozenset[str] = frozenset()
    """names that were looked at; of others the same rule tells who they are"""

    def __str__(self) -> str:
        names = listed(sorted(self.answering)[:NAMED])
        more = f" and {len(self.answering) - NAMED} more" if len(self.answering) > NAMED else ""
        return f"{names}{more} ({self.field}) answers, {self.why}; all others ask"

    def side(self, turn: Mapping[str, Any]) -> str:
        """Return who speaks in a turn, a value of SPEAKERS; "" where the turn does not say it."""
        name = speaker_name(turn, self.field)
        if _is_aside(name):
            return SPEAKERS[name.casefold()]
        answers = name in self.answering or (name not in self.seen and self._would_answer(name))
        return "assistant" if answers else "user" if name else ""

    def _would_answer(self, name: str) -> bool:
        """Return whether the rule says of a name that stands in later rows alone that it answers."""
        said = _said(name)
        return said == "assistant" if self.why == BY_WORD else self.why == BY_OTHERS and bool(name) and said != "user"


def speakers_of(chats: Sequence[Chat], told: Collection[str] = ()) -> Speakers | None:
    """Return who answers in chats; None where that is not evident.

    Args:
        chats: the turns of each of the first rows.
        told: names of those who answer (task.assistant); (): recognised.
    """
    for field in SPEAKER:
        names = _names(chats, field)
        if not names:
            continue
        if told:
            answering, why = {*told} & {*_each(names)}, AS_TOLD
        else:
            answering, why = _by_word(names) or _by_place(names) or (set[str](), "")
        if answering and _take_turns(names, answering):
            return Speakers(field, frozenset(answering), why, frozenset(_each(names)))
    return None


def speaker_doubt(rows: Sequence[Mapping[str, Any]], told: Collection[str] = ()) -> str:
    """Return what is to be told of chats in which nobody surely answers; "" for rows without any.

    Args:
        rows: the first of a file.
        told: names of those who answer, which answer in none of them.
    """
    for column in dict.fromkeys(name for row in rows for name in row) if not has_answer(rows) else ():
        chats = [chat for row in rows if (chat := _chat(column, row.get(column)))]
        field = next((one for one in SPEAKER if _names(chats, one)), "")
        if field and len(chats) >= MOST * len(rows):
            return f"{column} holds chats whose turns name who speaks ({field}), {_which(chats, field, told)}"
    return ""


def _which(chats: Sequence[Chat], field: str, told: Collection[str]) -> str:
    """Return which names there are, the likeliest to answer first, and the key that says who does."""
    names = _names(chats, field)
    late = Counter(own[-1] for own in names)
    late.subtract(own[0] for own in names)
    every = list(dict.fromkeys([*(name for name, _ in late.most_common()), *_each(names)]))
    more = f" and {len(every) - NAMED} more" if len(every) > NAMED else ""
    wrong = f"and {KEY}=[{', '.join(map(typed, told))}] names none of them, or all of a chat" if told else ""
    doubt = wrong or "and not who answers"
    return f"{doubt}: set {KEY}=[{typed(every[0])}], or another of {listed(every[:NAMED])}{more}"


def _each(names: Sequence[Sequence[str]]) -> Iterator[str]:
    return (name for own in names for name in own)


def _chat(column: str, cell: Any) -> Chat:
    """Return the turns in a cell, if none of them says by its role who speaks; [] for any other."""
    turns = cell if isinstance(cell, list) and all(isinstance(one, Mapping) for one in cell) else []
    return turns if turns and are_turns(column, turns) and not any(map(side_of, turns)) else []


def _names(chats: Sequence[Chat], field: str) -> list[list[str]]:
    """Return the names of who speaks in each chat; [] where a field does not give them, or the same to all."""
    names = [[name for turn in chat if not _is_aside(name := speaker_name(turn, field))] for chat in chats if chat]
    names = [own for own in names if own]
    if not all(_each(names)) or sum(len({*own}) > 1 for own in names) < MOST * len(names):
        return []
    return names


def _by_word(names: Sequence[Sequence[str]]) -> tuple[set[str], str] | None:
    """Return the names that say that who bears one answers; or all others, where one name says that it asks."""
    sides = {name: _said(name) for name in _each(names)}
    known = {side for side in sides.values() if side}
    if "assistant" in known and not (known == {"assistant", "user"} and "" in sides.values()):
        return {name for name, side in sides.items() if side == "assistant"}, BY_WORD
    if known == {"user"}:
        return {name for name, side in sides.items() if not side}, BY_OTHERS
    return None


def _is_aside(name: str) -> bool:
    """Return whether a name is that of a system or a tool, which neither asks nor answers."""
    return SPEAKERS.get(name.casefold()) in ("system", "tool")


def _said(name: str) -> str:
    """Return the side that the words of a name tell; "" where they tell none."""
    words = name_words(name)
    sides = {SPEAKERS[word] for word in words & SPEAKERS.keys() - UNSURE}
    sides |= {"assistant"} if words & SERVICE else set()
    return next((side for side in ("assistant", "user") if side in sides), "")


def _by_place(names: Sequence[Sequence[str]]) -> tuple[set[str], str] | None:
    """Return the one name in all chats that ends them, or that alone is in most, and hardly begins any."""
    if any(map(_said, {*_each(names)})):
        return None  # a third side beside two that are known, of which it may be either
    count, own = len(names), Counter(name for chat in names for name in {*chat})
    ends, begins = (Counter(chat[at] for chat in names) for at in (-1, 0))
    late = [name for name, chats in own.items() if chats == count and begins[name] <= (1 - MOST) * count]
    found = [name for name in late if ends[name] >= MOST * count or _is_alone(name, own, count)]
    if count < FEWEST or len(found) != 1:
        return None
    how = "its turn ends them" if ends[found[0]] >= MOST * count else "no other is in most"
    return {found[0]}, f"as this name is in all {count} chats that were looked at, and {how}"


def _is_alone(name: str, chats: Mapping[str, int], count: int) -> bool:
    """Return whether no other name is in more than half of the chats."""
    return all(2 * others <= count for other, others in chats.items() if other != name)


def _take_turns(names: Sequence[Sequence[str]], answering: Collection[str]) -> bool:
    """Return whether most chats have turns of both sides."""
    both = sum(not {*own}.isdisjoint(answering) and not {*own} <= {*answering} for own in names)
    return both >= MOST * len(names)


def as_names(told: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the names of those who answer as they are told: one, or several."""
    return () if told is None else (told,) if isinstance(told, str) else tuple(told)
