"""Ways of saying a sentence again that stay true: shorter, reordered, respelled, in other words of the same meaning."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from num2words import num2words

from validation.reader.words import (
    MONTHS,
    NUMBER,
    PART_OF,
    TABLES,
    WORD,
    Material,
    capital,
    inflected,
    lemma,
    lowered,
    replaced,
)

Restatement = Callable[[str, Material, random.Random], str | None]

SAME: Final = [(old, new) for old, new in TABLES["same"]]
CONTRACTIONS: Final = [(long, short) for long, short in TABLES["contractions"]]
LEADING: Final = re.compile(
    r"^((?:In|On|At|By|During|After|Before|Since|From|For|Until|Under|With|Within|Despite)\b"
    r"[^,.;:]{3,60}), (?=[a-zA-Z])"
)
TRAILING: Final = re.compile(
    r" ((?:in|on|at|during|after|before|since|until|from|within|for) (?:the |a |its |his |her |their )?"
    r"[^,.;:()]{3,45})\.?$"
)
ASIDE: Final = re.compile(
    r" ?\([^()]{1,80}\)|, (?:which|who|where|whose) [^,.;]{5,80},"
    r"|, (?!and\b|or\b|but\b)[^,.;]{5,60},(?= (?:is|was|are|were|has|had|will|can)\b)"
)
FILLERS: Final = re.compile(
    r"\b(?:very|really|quite|also|then|already|usually|generally|currently|recently|previously|actually|however|"
    r"therefore|typically|often), ?|"
    r"\b(?:very|really|quite|also|currently|recently|actually|typically) "
)
PAIR: Final = re.compile(r"\b([A-Za-z]{3,}(?: [A-Za-z]+)?) and ((?:the |a )?[A-Za-z]{3,})\b")
RELATED: Final = re.compile(r"^(.{8,80}?) (is|was|are|were) ((?:a|an|the) [^.;]{4,80})\.?$")
ACTIVE: Final = re.compile(
    r"^((?:The |A |An )?[A-Z]?[\w' -]{2,40}?) (built|founded|wrote|designed|opened|directed|painted|discovered|won|"
    r"bought|sold|made|killed|published|developed|introduced|created|produced|directed|launched|invented|established|"
    r"composed|recorded|closed|owns|runs|operates|uses|provides|offers|includes|requires|causes|contains) "
    r"([^,.;]{3,60}?)((?: (?:in|on|at|by|for|after|during|from) [^.;]{2,60})?)\.?$"
)


def same(text: str, material: Material, generator: random.Random) -> str | None:
    """Exchange a phrase for one that means the same."""
    low = f" {text.lower()} "
    found = [
        (old, new)
        for old, new in [*SAME, *CONTRACTIONS, *((short, long) for long, short in CONTRACTIONS)]
        if f" {old} " in low or (old == "%" and "%" in low)
    ]
    if not found:
        return None
    old, new = generator.choice(found)
    pattern = re.escape(old) if old == "%" else rf"(?<!\w){re.escape(old)}(?!\w)"
    return re.sub(pattern, new, text, count=1, flags=re.IGNORECASE)


def synonym(text: str, material: Material, generator: random.Random) -> str | None:
    """Exchange a word that has one meaning for a synonym."""
    dictionary, found = material.dictionary, []
    for match in WORD.finditer(text):
        own = lemma(match.group(), dictionary)
        if own is None or len(dictionary.senses[own[0], PART_OF[own[1][0]]]) > 3:
            continue
        part = PART_OF[own[1][0]]
        others = [
            other for other in dictionary.synonyms(own[0], part) if len(dictionary.senses.get((other, part), ())) <= 4
        ]
        found += [(match, own[1], other) for other in others[:3]]
    if not found:
        return None
    match, tag, other = generator.choice(found)
    form = inflected(other, tag, match.group())
    return replaced(text, match.start(), match.end(), form) if form else None


def shorter(text: str, material: Material, generator: random.Random) -> str | None:
    """Leave out an aside, a filler, or what opens or ends the sentence."""
    ways = [
        lambda: ASIDE.sub("", text, count=1),
        lambda: FILLERS.sub("", text),
        lambda: capital(LEADING.sub("", text)),
        lambda: TRAILING.sub(".", text),
    ]
    generator.shuffle(ways)
    for way in ways:
        new = way()
        if (
            new != text
            and len(new.split()) >= 4
            and not re.search(r"\b(?:not|no|never|if|unless|only|without|except)\b", _lost(text, new))
        ):
            return new
    return None


def _lost(text: str, new: str) -> str:
    kept = set(new.lower().split())
    return " ".join(word for word in text.lower().split() if word not in kept)


def reordered(text: str, material: Material, generator: random.Random) -> str | None:
    """Move what opens the sentence to its end, the other way round, or turn a pair."""
    if opening := LEADING.match(text):
        return f"{capital(text[opening.end() :].rstrip('.'))} {lowered(opening.group(1))}."
    if (closing := TRAILING.search(text)) and generator.random() < 0.6:
        return f"{capital(closing.group(1))}, {lowered(text[: closing.start()])}."
    if (pair := PAIR.search(text)) and pair.group(1).split()[-1].lower() not in ("between", "both"):
        first, second = pair.groups()
        return replaced(text, pair.start(), pair.end(), f"{second} and {first}")
    return None


def turned(text: str, material: Material, generator: random.Random) -> str | None:
    """Say it in the passive, or about the other thing that is the same."""
    if active := ACTIVE.match(text):
        subject, verb, thing, rest = active.groups()
        if re.search(r"\b(?:who|which|that|not|and)\b", subject):
            return None
        be = (
            "are" if verb in TABLES["present"] and thing.endswith("s") else "is" if verb in TABLES["present"] else "was"
        )
        return f"{capital(thing)} {be} {TABLES['passive'].get(verb, verb)} by {lowered(subject)}{rest}."
    if equal := RELATED.match(text):
        first, verb, second = equal.groups()
        if second.startswith("the ") and not re.search(r"\b(?:not|who|which)\b", first):
            return f"{capital(second)} {verb} {lowered(first)}."
    return None


WORDS: Final = {num2words(value): value for value in [*range(2, 21), 30, 40, 50, 60, 70, 80, 90]}
Respelling = Iterator[tuple[re.Match[str], str]]
"""stretches of a text, and what they can be replaced with"""


def respelled(text: str, material: Material, generator: random.Random) -> str | None:
    """Write a number, a date or a time otherwise."""
    ways = [*_numbers(text, generator), *_dates(text), *_times_and_money(text)]
    if not ways:
        return None
    match, by = generator.choice(ways)
    return capital(text[: match.start()] + by + text[match.end() :])


def _numbers(text: str, generator: random.Random) -> Respelling:
    for match in NUMBER.finditer(text):
        figure = match.group().replace(",", "")
        if "." in figure or int(figure) >= 10**7 or text[match.end() : match.end() + 1] in (":", "/", "%"):
            continue
        value = int(figure)
        if value <= 100 or value % 100 == 0:
            yield match, num2words(value)
        if value >= 1000 and not 1500 <= value <= 2100:
            grouped = f"{value:,}"
            bare = "," in match.group()
            yield match, generator.choice([str(value), grouped.replace(",", " ")]) if bare else grouped
    for word, value in WORDS.items():
        yield from ((match, str(value)) for match in re.finditer(rf"\b{word}\b(?!-)", text))


def _dates(text: str) -> Respelling:
    for at, month in enumerate(MONTHS, 1):
        for match in re.finditer(rf"\b{month} (\d{{1,2}}), (\d{{4}})\b", text):
            day, year = match.groups()
            yield match, f"{day} {month} {year}"
            yield match, f"{year}-{at:02}-{int(day):02}"
            yield match, f"{month[:3]} {day}, {year}"
        for match in re.finditer(rf"\b(\d{{1,2}}) {month} (\d{{4}})\b", text):
            day, year = match.groups()
            yield match, f"{month} {day}, {year}"
            yield match, f"{year}-{at:02}-{int(day):02}"
            yield match, f"{day}.{at}.{year}"


def _times_and_money(text: str) -> Respelling:
    for match in re.finditer(r"\b(\d{1,2})(?::(\d\d))? ?([ap])\.?m\b\.?", text):
        hour = int(match.group(1)) % 12 + 12 * (match.group(3) == "p")
        yield match, f"{hour}:{match.group(2) or '00'}"
    for match in re.finditer(r"\$(\d[\d,.]*\d|\d)", text):
        yield match, f"{match.group(1)} dollars"
        yield match, f"USD {match.group(1)}"


def joined(text: str, material: Material, generator: random.Random) -> str | None:
    """Join it with another sentence of the evidence."""
    others = [one for at, one in enumerate(material.evidence) if at != material.own and len(one.split()) < 25]
    if not others or len(text.split()) > 25:
        return None
    other = generator.choice(others)
    return f"{text.rstrip('.')}{generator.choice([', and ', '; ', ', while '])}{lowered(other)}"


def unchanged(text: str, material: Material, generator: random.Random) -> str | None:
    """Leave it as it is."""
    return text


RESTATEMENTS: Final[Mapping[str, Restatement]] = {
    "same": same,
    "synonym": synonym,
    "shorter": shorter,
    "reordered": reordered,
    "turned": turned,
    "respelled": respelled,
    "joined": joined,
    "unchanged": unchanged,
}
WEIGHTS: Final = {
    "same": 4,
    "synonym": 3,
    "shorter": 3,
    "reordered": 3,
    "turned": 12,
    "respelled": 6,
    "joined": 1,
    "unchanged": 0,
}
