"""Ways of saying a sentence again that stay true: shorter, reordered, respelled, with other words of the same meaning."""

import random
import re
from collections.abc import Callable, Mapping
from typing import Final

from num2words import num2words

from validation.reader.words import (
    MONTHS,
    NUMBER,
    PART_OF,
    WORD,
    Material,
    capital,
    inflected,
    lemma,
    lowered,
    replaced,
)

Restatement = Callable[[str, Material, random.Random], str | None]

CONTRACTIONS: Final = (
    ("do not", "don't"),
    ("does not", "doesn't"),
    ("did not", "didn't"),
    ("is not", "isn't"),
    ("are not", "aren't"),
    ("was not", "wasn't"),
    ("were not", "weren't"),
    ("cannot", "can't"),
    ("will not", "won't"),
    ("has not", "hasn't"),
    ("have not", "haven't"),
    ("could not", "couldn't"),
    ("should not", "shouldn't"),
    ("it is", "it's"),
    ("we are", "we're"),
)
SAME: Final = (
    ("in order to", "to"),
    ("at least", "no fewer than"),
    ("at least", "a minimum of"),
    ("up to", "no more than"),
    ("at most", "no more than"),
    ("more than", "over"),
    ("less than", "under"),
    ("about", "around"),
    ("approximately", "about"),
    ("because", "since"),
    ("but", "although"),
    ("must", "has to"),
    ("must", "needs to"),
    ("is able to", "can"),
    ("are able to", "can"),
    ("has to", "must"),
    ("is required to", "must"),
    ("are required to", "must"),
    ("are allowed to", "may"),
    ("is allowed to", "may"),
    ("until", "till"),
    ("per cent", "percent"),
    ("%", " percent"),
    ("%", " per cent"),
    ("percent", "per cent"),
    ("however", "though"),
    ("also", "too"),
    ("between", "from"),
    ("due to", "because of"),
    ("such as", "like"),
    ("including", "among them"),
    ("a number of", "several"),
    ("is located in", "is in"),
    ("is situated in", "lies in"),
    ("as well as", "and"),
    ("not only", ""),
    ("was born in", "came from"),
    ("free of charge", "free"),
    ("prior to", "before"),
    ("before", "prior to"),
    ("after", "following"),
    ("during", "in the course of"),
    ("km", "kilometres"),
    ("kg", "kilograms"),
    ("cm", "centimetres"),
    ("mg", "milligrams"),
    ("mm", "millimetres"),
    ("ml", "millilitres"),
    ("hours", "h"),
    ("minutes", "min"),
    ("and", "&"),
    ("kilometers", "km"),
    ("does not", "fails to"),
    ("did not", "failed to"),
    ("never", "not once"),
    ("only", "solely"),
    ("only", "just"),
    ("both", "the two"),
    ("will", "is going to"),
    ("many", "a lot of"),
    ("to", "so as to"),
    ("gave", "provided"),
    ("has", "possesses"),
    ("used to", "employed to"),
    ("called", "named"),
    ("called", "known as"),
    ("is called", "goes by the name of"),
    ("began", "started"),
    ("started", "began"),
    ("ended", "finished"),
    ("got", "received"),
    ("said", "stated"),
    ("bought", "purchased"),
    ("big", "large"),
    ("large", "big"),
    ("children", "kids"),
    ("show", "demonstrate"),
    ("shows", "demonstrates"),
    ("showed", "found"),
    ("find", "discover"),
    ("help", "assist"),
    ("need", "require"),
    ("needs", "requires"),
    ("allow", "permit"),
    ("allows", "lets"),
    ("usually", "normally"),
    ("often", "frequently"),
    ("most", "the majority of"),
    ("all", "every one of the"),
    ("available", "on offer"),
    ("employs", "has a staff of"),
    ("founded", "established"),
    ("established", "set up"),
    ("built", "constructed"),
    ("died", "passed away"),
    ("killed", "dead"),
    ("located", "situated"),
    ("next to", "beside"),
    ("near", "close to"),
    ("close to", "near"),
    ("costs", "is priced at"),
    ("costs", "comes to"),
    ("weighs", "has a weight of"),
    ("opened", "was opened"),
    ("takes place", "is held"),
    ("is held", "takes place"),
)
LEADING: Final = re.compile(
    r"^((?:In|On|At|By|During|After|Before|Since|From|For|Until|Under|With|Within|Despite)\b[^,.;:]{3,60}), (?=[a-zA-Z])"
)
TRAILING: Final = re.compile(
    r" ((?:in|on|at|during|after|before|since|until|from|within|for) (?:the |a |its |his |her |their )?[^,.;:()]{3,45})\.?$"
)
ASIDE: Final = re.compile(
    r" ?\([^()]{1,80}\)|, (?:which|who|where|whose) [^,.;]{5,80},|, (?!and\b|or\b|but\b)[^,.;]{5,60},(?= (?:is|was|are|were|has|had|will|can)\b)"
)
FILLERS: Final = re.compile(
    r"\b(?:very|really|quite|also|then|already|usually|generally|currently|recently|previously|actually|however|therefore|typically|often), ?|"
    r"\b(?:very|really|quite|also|currently|recently|actually|typically) "
)
PAIR: Final = re.compile(r"\b([A-Za-z]{3,}(?: [A-Za-z]+)?) and ((?:the |a )?[A-Za-z]{3,})\b")
RELATED: Final = re.compile(r"^(.{8,80}?) (is|was|are|were) ((?:a|an|the) [^.;]{4,80})\.?$")
ACTIVE: Final = re.compile(
    r"^((?:The |A |An )?[A-Z]?[\w' -]{2,40}?) (built|founded|wrote|designed|opened|directed|painted|discovered|won|bought|sold|made|killed|"
    r"published|developed|introduced|created|produced|directed|launched|invented|established|composed|recorded|closed|owns|runs|operates|uses|"
    r"provides|offers|includes|requires|causes|contains) ([^,.;]{3,60}?)((?: (?:in|on|at|by|for|after|during|from) [^.;]{2,60})?)\.?$"
)
PASSIVE: Final = {
    "wrote": "written",
    "built": "built",
    "won": "won",
    "bought": "bought",
    "sold": "sold",
    "made": "made",
    "owns": "owned",
    "runs": "run",
    "operates": "operated",
    "uses": "used",
    "provides": "provided",
    "offers": "offered",
    "includes": "included",
    "requires": "required",
    "causes": "caused",
    "contains": "contained",
}
PRESENT: Final = frozenset(["owns", "runs", "operates", "uses", "provides", "offers", "includes", "requires", "causes", "contains"])


def same(text: str, material: Material, generator: random.Random) -> str | None:
    """Exchange a phrase for one that means the same."""
    low = f" {text.lower()} "
    found = [
        (old, new)
        for old, new in SAME + CONTRACTIONS + tuple((b, a) for a, b in CONTRACTIONS)
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
    if pair := PAIR.search(text):
        if pair.group(1).split()[-1].lower() not in ("between", "both"):
            first, second = pair.groups()
            return replaced(text, pair.start(), pair.end(), f"{second} and {first}")
    return None


def turned(text: str, material: Material, generator: random.Random) -> str | None:
    """Say it in the passive, or about the other thing that is the same."""
    if active := ACTIVE.match(text):
        subject, verb, thing, rest = active.groups()
        if re.search(r"\b(?:who|which|that|not|and)\b", subject):
            return None
        be = "are" if verb in PRESENT and thing.endswith("s") else "is" if verb in PRESENT else "was"
        return f"{capital(thing)} {be} {PASSIVE.get(verb, verb)} by {lowered(subject)}{rest}."
    if equal := RELATED.match(text):
        first, verb, second = equal.groups()
        if second.startswith("the ") and not re.search(r"\b(?:not|who|which)\b", first):
            return f"{capital(second)} {verb} {lowered(first)}."
    return None


def respelled(text: str, material: Material, generator: random.Random) -> str | None:
    """Write a number, a date or a time otherwise."""
    ways = []
    for match in NUMBER.finditer(text):
        figure = match.group().replace(",", "")
        if "." not in figure and int(figure) < 10**7 and text[match.end() : match.end() + 1] not in (":", "/", "%"):
            value = int(figure)
            if value <= 100 or value % 100 == 0:
                ways.append((match, num2words(value)))
            if value >= 1000 and not 1500 <= value <= 2100:
                ways.append(
                    (
                        match,
                        f"{value:,}"
                        if "," not in match.group()
                        else generator.choice([str(value), f"{value:,}".replace(",", " ")]),
                    )
                )
    for word, value in WORDS.items():
        ways += [(match, str(value)) for match in re.finditer(rf"\b{word}\b(?!-)", text)]
    for at, month in enumerate(MONTHS, 1):
        for match in re.finditer(rf"\b{month} (\d{{1,2}}), (\d{{4}})\b", text):
            day, year = match.groups()
            ways += [
                (match, f"{day} {month} {year}"),
                (match, f"{year}-{at:02}-{int(day):02}"),
                (match, f"{month[:3]} {day}, {year}"),
            ]
        for match in re.finditer(rf"\b(\d{{1,2}}) {month} (\d{{4}})\b", text):
            day, year = match.groups()
            ways += [
                (match, f"{month} {day}, {year}"),
                (match, f"{year}-{at:02}-{int(day):02}"),
                (match, f"{day}.{at}.{year}"),
            ]
    for match in re.finditer(r"\b(\d{1,2})(?::(\d\d))? ?([ap])\.?m\b\.?", text):
        hour = int(match.group(1)) % 12 + 12 * (match.group(3) == "p")
        ways += [(match, f"{hour}:{match.group(2) or '00'}")]
    for match in re.finditer(r"\$(\d[\d,.]*\d|\d)", text):
        ways += [(match, f"{match.group(1)} dollars"), (match, f"USD {match.group(1)}")]
    if not ways:
        return None
    match, by = generator.choice(ways)
    return capital(text[: match.start()] + by + text[match.end() :])


WORDS: Final = {num2words(value): value for value in [*range(2, 21), 30, 40, 50, 60, 70, 80, 90]}


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
