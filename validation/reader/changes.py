"""Ways of making a sentence false, or unsupported, by one thing, in words that the evidence has."""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from num2words import num2words

from validation.reader.restatements import LEADING, TRAILING
from validation.reader.words import (
    COMMON,
    DAYS,
    MONTHS,
    NAME,
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

Change = Callable[[str, Material, random.Random], str | None]

OPPOSITES: Final = tuple(tuple(pair.split("/")) for pair in TABLES["opposites"])
AUXILIARY: Final = re.compile(
    r"\b(is|are|was|were|can|could|will|would|should|must|may|has|have|had|does|do|did)\b(?! not|n't)"
)
DENIED: Final = re.compile(
    r"\b(is|are|was|were|can|could|will|would|should|must|may|has|have|had|does|do|did) not\b"
    r"|\b(is|are|was|were|do|does|did|has|have|could|would|should)n't\b|\bcannot\b|\bcan't\b|\bnever "
)
PAST: Final = re.compile(r"^((?:The |A |An )?[A-Z]?[\w' -]{2,40}?) ([a-z]+ed)\b(?! by)")
PREDICATE: Final = re.compile(
    r"^([^,;:]{3,60}?) ((?:is|are|was|were|has|have|had|can|will|must|may|[a-z]+(?:ed|s)) .{8,})$"
)
ROLES: Final = re.compile(
    r"^(.{3,50}?) (beat|defeated|sued|bought|sold|hired|married|succeeded|replaced|attacked|accused|criticised|"
    r"helped|taught|paid|visited|married|follows|followed|killed|causes|caused|owns|supports|invited|joined|led|treated|"
    r"reports to|depends on|is part of|was part of) "
    r"((?:the |a |an |his |her )?[\w'-]+(?: [A-Z][\w'-]+)*)(.*)$"
)
OPINIONS: Final = (
    "I love it.",
    "I think that is great.",
    "I really enjoy that.",
    "It is very popular.",
    "It is one of the best in the world.",
    "I have always wanted to try it.",
    "Many people love it.",
    "I find it fascinating.",
    "It is my favourite.",
    "I have been there once.",
    "It was a great success.",
    "Everybody liked it.",
    "This was widely criticised.",
    "It is considered a classic.",
    "I hope it helps.",
    "It has been very successful since.",
    "My family likes it too.",
)
ADDED: Final = (
    " with the help of volunteers",
    " for the first time",
    " because of the weather",
    " in order to save money",
    " despite protests",
    " at no extra cost",
    " every year",
    " on weekends",
    " for members only",
    " for security reasons",
    " after a long dispute",
    " together with the council",
    " in the city centre",
    " by mistake",
    " at the owner's request",
    " without a permit",
    " with great success",
    " against the advice of experts",
    " in the presence of the mayor",
    " for children under six",
    " twice a week",
    " due to a lack of funds",
    " from Monday to Friday",
    " under a new name",
    " for about a year",
    " as planned",
    " at the last moment",
    " in three languages",
)


def number(text: str, material: Material, generator: random.Random) -> str | None:
    """Write another number, near or far, in the same form."""
    found = list(NUMBER.finditer(text))
    if not found:
        return None
    match = generator.choice(found)
    figure = match.group().replace(",", "")
    other = _other_number(figure, generator)
    return (
        None
        if other is None
        else text[: match.start()] + (f"{int(other):,}" if "," in match.group() else other) + text[match.end() :]
    )


def _other_number(figure: str, generator: random.Random) -> str | None:
    whole, dot, part = figure.partition(".")
    if dot:
        digits = "".join(generator.choice("123456789") for _ in part)
        return None if digits == part else f"{whole}.{digits}"
    value = int(whole)
    if 1500 <= value <= 2100:
        return str(value + generator.choice([-30, -20, -10, -3, -2, -1, 1, 2, 3, 5, 10, 20]))
    ways = [
        value + 1,
        max(value - 1, 0),
        value * 2,
        value * 10,
        value + 10,
        value // 2,
        int(whole[::-1]),
        int(value * 1.2) + 1,
    ]
    ways = [way for way in ways if way not in (value, 0)]
    return str(generator.choice(ways)) if ways else None


def number_word(text: str, material: Material, generator: random.Random) -> str | None:
    """Write another number word."""
    words = {num2words(value): value for value in range(2, 21)}
    found = [match for match in WORD.finditer(text) if match.group().lower() in words]
    if not found:
        return None
    match = generator.choice(found)
    value = words[match.group().lower()] + generator.choice([-2, -1, 1, 2, 3, 5])
    form = num2words(max(value, 1)) if generator.random() < 0.7 else str(max(value, 1))
    return replaced(text, match.start(), match.end(), capital(form) if match.start() == 0 else form)


def other_number(text: str, material: Material, generator: random.Random) -> str | None:
    """Write a number that the evidence has for something else."""
    return _from_evidence(text, material, generator, NUMBER)


def other_name(text: str, material: Material, generator: random.Random) -> str | None:
    """Write a name that the evidence has for something else."""
    return _from_evidence(text, material, generator, NAME)


def strange_name(text: str, material: Material, generator: random.Random) -> str | None:
    """Write a name from elsewhere."""
    found = list(NAME.finditer(text))
    others = [one.group() for sentence in material.elsewhere for one in NAME.finditer(sentence)]
    if not found or not others:
        return None
    match, other = generator.choice(found), generator.choice(others)
    if other in " ".join(material.evidence):
        return None
    return replaced(text, match.start(), match.end(), other)


def _from_evidence(text: str, material: Material, generator: random.Random, pattern: re.Pattern[str]) -> str | None:
    found = list(pattern.finditer(text))
    own = {one.group() for one in found}
    others = sorted({one.group() for sentence in material.evidence for one in pattern.finditer(sentence)} - own)
    if not found:
        return None
    match = generator.choice(found)
    if len(own) >= 2 and (not others or generator.random() < 0.5):  # two of the sentence exchanged
        second = generator.choice([one for one in found if one.group() != match.group()])
        first, last = sorted((match, second), key=lambda one: one.start())
        return (
            text[: first.start()] + last.group() + text[first.end() : last.start()] + first.group() + text[last.end() :]
        )
    if not others:
        return None
    return replaced(text, match.start(), match.end(), generator.choice(others))


def date(text: str, material: Material, generator: random.Random) -> str | None:
    """Write another month or weekday."""
    for names in generator.sample([MONTHS, DAYS], 2):
        found = [match for match in WORD.finditer(text) if match.group() in names]
        if found:
            match = generator.choice(found)
            return (
                text[: match.start()]
                + generator.choice([name for name in names if name != match.group()])
                + text[match.end() :]
            )
    return None


def clock(text: str, material: Material, generator: random.Random) -> str | None:
    """Write another time, or the other half of the day."""
    found = list(re.finditer(r"\b(\d{1,2})([:.]\d\d)? ?(am|pm|a\.m\.|p\.m\.)?", text))
    found = [match for match in found if match.group(2) or match.group(3)]
    if not found:
        return None
    match = generator.choice(found)
    hour, minutes, half = match.group(1), match.group(2) or "", match.group(3) or ""
    if half and generator.random() < 0.5:
        turned = {"am": "pm", "pm": "am", "a.m.": "p.m.", "p.m.": "a.m."}[half]
        return text[: match.start(3)] + turned + text[match.end(3) :]
    other = str((int(hour) + generator.choice([1, 2, 3, 10])) % 12 + 1)
    return None if other == hour else text[: match.start()] + other + minutes + text[match.end(1) + len(minutes) :]


def _exchanged(table: Sequence[tuple[str, str]], separator: str) -> Change:
    def change(text: str, material: Material, generator: random.Random) -> str | None:
        found = []
        for old, new in table:
            pattern = re.escape(old) if not old[0].isalpha() else rf"(?<!\w){re.escape(old)}(?!\w)"
            found += [
                (match, other) for match in re.finditer(pattern, text, re.IGNORECASE) for other in new.split(separator)
            ]
        if not found:
            return None
        match, other = generator.choice(found)
        return replaced(text, match.start(), match.end(), capital(other) if match.group()[0].isupper() else other)

    return change


unit = _exchanged(TABLES["units"], " ")
quantifier = _exchanged(TABLES["quantifiers"], "|")
modality = _exchanged(TABLES["modals"], "|")
opposite = _exchanged([*OPPOSITES, *((second, first) for first, second in OPPOSITES)], "|")


def dictionary_opposite(text: str, material: Material, generator: random.Random) -> str | None:
    """Exchange a word for its opposite."""
    return _by_dictionary(text, material, generator, lambda base, part: material.dictionary.opposites(base, part))


def sister(text: str, material: Material, generator: random.Random) -> str | None:
    """Exchange a word for another thing of the same kind."""
    return _by_dictionary(
        text, material, generator, lambda base, part: material.dictionary.sisters(base, part), senses=4
    )


def _by_dictionary(
    text: str,
    material: Material,
    generator: random.Random,
    others: Callable[[str, str], Sequence[str]],
    senses: int = 9,
) -> str | None:
    found = []
    for match in WORD.finditer(text):
        own = lemma(match.group(), material.dictionary)
        if own is None or len(material.dictionary.senses[own[0], PART_OF[own[1][0]]]) > senses:
            continue
        if usual := [other for other in others(own[0], PART_OF[own[1][0]]) if other not in COMMON]:
            found.append((match, own[1], usual))
    if not found:
        return None
    match, tag, usual = generator.choice(found)
    form = inflected(generator.choice(usual), tag, match.group())
    return replaced(text, match.start(), match.end(), form) if form else None


def other_word(text: str, material: Material, generator: random.Random) -> str | None:
    """Exchange a word for one of the same form from the evidence or elsewhere."""
    own = [(match, found) for match in WORD.finditer(text) if (found := lemma(match.group(), material.dictionary))]
    if not own:
        return None
    match, (base, tag) = generator.choice(own)
    sources = material.evidence if generator.random() < 0.5 else material.elsewhere
    near = material.dictionary.all_synonyms(base, PART_OF[tag[0]])
    others = [
        (word.group(), found)
        for sentence in sources
        for word in WORD.finditer(sentence)
        if (found := lemma(word.group(), material.dictionary))
    ]
    fit = sorted(
        {
            word.lower()
            for word, found in others
            if found[1] == tag and found[0] != base and found[0] not in near and word.lower() not in text.lower()
        }
    )
    return replaced(text, match.start(), match.end(), generator.choice(fit)) if fit else None


def denial(text: str, material: Material, generator: random.Random) -> str | None:
    """Deny it, or take a denial away."""
    if denied := DENIED.search(text):
        kept = denied.group(1) or denied.group(2) or ("" if denied.group().startswith("never") else "can")
        return text[: denied.start()] + kept + text[denied.end() :]
    if found := list(AUXILIARY.finditer(text)):
        match = found[0] if generator.random() < 0.8 else generator.choice(found)
        word = generator.choice(
            [f"{match.group()} not", f"{match.group()} never"]
            + ([f"{match.group()}n't"] if match.group() not in ("can", "may", "will") else [])
        )
        return text[: match.start()] + word + text[match.end() :]
    if past := PAST.match(text):
        own = lemma(past.group(2), material.dictionary)
        if own and own[1] in ("VBD", "VBN"):
            denial = generator.choice(["did not", "never", "failed to"])
            verb = past.group(2) if denial == "never" else own[0]
            return f"{past.group(1)} {denial} {verb}{text[past.end() :]}"
    return None


def role(text: str, material: Material, generator: random.Random) -> str | None:
    """Exchange who did it and whom it was done to."""
    if match := ROLES.match(text):
        first, verb, second, rest = match.groups()
        if len(second.split()) <= 4 and second.lower() not in ("it", "him", "them", "her", "us"):
            return f"{capital(second)} {verb} {lowered(first)}{rest}"
    return None


def other_predicate(text: str, material: Material, generator: random.Random) -> str | None:
    """Say of one thing what the evidence says of another."""
    own = PREDICATE.match(text)
    others = [PREDICATE.match(one) for at, one in enumerate(material.evidence) if at != material.own]
    found = [other for other in others if other and own and _unlike(own.group(1), other.group(1))]
    if not own or not found:
        return None
    other = generator.choice(found)
    return f"{own.group(1)} {other.group(2)}" if generator.random() < 0.5 else f"{other.group(1)} {own.group(2)}"


PRONOUN: Final = re.compile(r"\b(?:it|he|she|they|this|these|that|those|its|his|her|their|we|you|i)\b", re.IGNORECASE)


def _unlike(first: str, second: str) -> bool:
    return (
        not PRONOUN.search(first)
        and not PRONOUN.search(second)
        and not set(first.lower().split()) & set(second.lower().split()) - {"the", "a", "of", "in"}
    )


def other_ending(text: str, material: Material, generator: random.Random) -> str | None:
    """Take the time or place from another sentence."""
    own = TRAILING.search(text)
    found = [
        end.group(1)
        for one in [*material.evidence, *material.elsewhere]
        if one != text and (end := TRAILING.search(one))
    ]
    found = [end for end in found if end not in text]
    if own and found:
        same = [end for end in found if end.split()[0] == own.group(1).split()[0]]
        return f"{text[: own.start()]} {generator.choice(same or found)}."
    return f"{text.rstrip('.')} {generator.choice(found)}." if found and len(text.split()) < 25 else None


def addition(text: str, material: Material, generator: random.Random) -> str | None:
    """Add what the evidence does not say."""
    way = generator.random()
    if way < 0.35:
        return f"{text} {generator.choice(OPINIONS)}"
    if way < 0.7:
        return f"{text.rstrip('.')}{generator.choice(ADDED)}."
    if leading := [match.group(1) for one in material.elsewhere if (match := LEADING.match(one))]:
        return f"{generator.choice(leading)}, {lowered(text)}"
    return None


def strange(text: str, material: Material, generator: random.Random) -> str | None:
    """Say something else from the same collection."""
    return generator.choice(material.elsewhere) if material.elsewhere else None


CHANGES: Final[Mapping[str, Change]] = {
    "number": number,
    "number_word": number_word,
    "other_number": other_number,
    "other_name": other_name,
    "strange_name": strange_name,
    "date": date,
    "clock": clock,
    "unit": unit,
    "quantifier": quantifier,
    "modality": modality,
    "opposite": opposite,
    "dictionary_opposite": dictionary_opposite,
    "sister": sister,
    "other_word": other_word,
    "denial": denial,
    "role": role,
    "other_predicate": other_predicate,
    "other_ending": other_ending,
    "addition": addition,
    "strange": strange,
}
WEIGHTS: Final = {
    "number": 5,
    "number_word": 6,
    "other_number": 14,
    "other_name": 10,
    "strange_name": 2,
    "date": 12,
    "clock": 12,
    "unit": 6,
    "quantifier": 4,
    "modality": 2,
    "opposite": 4,
    "dictionary_opposite": 3,
    "sister": 2,
    "other_word": 3,
    "denial": 3,
    "role": 14,
    "other_predicate": 16,
    "other_ending": 2,
    "addition": 2,
    "strange": 1,
}
"""those that few sentences allow are tried more often"""
