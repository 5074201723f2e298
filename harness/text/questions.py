"""What does a sentence that ends in a question mark assert?

"Do you like museums?" asserts nothing. "The museum opened in 1904?", "It opened in 1904, right?" and "Did you know that
it opened in 1904?" do, in spite of the question mark. The six languages differ in word order, but share these signs of
a true question: an interrogative word or construction at its head (Chinese and Russian particles: anywhere), a verb
before its subject where the language inverts them, and the addressed person as subject. A sentence without them
that states something is an assertion.
"""

import re
from typing import Final

from harness.text.language_files import expression
from harness.text.statements import CONDITION, LIST, has_figure, is_clause, parts, states

MARK: Final = re.compile(r"[?？]")
CLOSING: Final = " \t\n\"'”’»)]』」）》!！?？.…"
OPENING: Final = " \t\n\"'“‘«([『「（《¿¡:)"

FACTIVE: Final = expression("factive")
"""asks whether a fact is known; the fact follows"""
TAG: Final = expression("tag")
"""turns a statement into a question at its end"""
LEAD_IN: Final = expression("lead_in")
PREPOSITION: Final = expression("preposition")
ASKING: Final = expression("asking")
INVERTED: Final = expression("inverted")
FRAGMENT: Final = expression("fragment")
"""begins a question without a verb of its own; "More than 3 million came?" is not one"""
ADDRESSED: Final = expression("addressed", re.DOTALL)
"""the addressed person is the subject (in Russian and Chinese, where pronouns drop: is mentioned)"""
YOURS: Final = re.compile(r"(?:your|ihre?|deine?|votre|vos|ton|ta|tu|su|ваш\w*|тво\w+)(?!\w)", re.IGNORECASE)
OFFER: Final = re.compile(r"(?:i|we|ich|wir|je|j'|nous|я|мы)(?!\w)|我", re.IGNORECASE)
"""after a question, an offer of the speaker ("Shall we, I could book it?")"""
PARTICLE: Final = re.compile(r"[吗嗎么吧]$")

JAPANESE: Final = ("か。", "か")
"""how a question ends in Japanese, which needs no question mark"""

Stretch = tuple[int, int, bool]
"""start, end and whether it only asks"""


def stretches(sentence: str) -> list[Stretch]:
    """Return a sentence (with straight apostrophes) cut into what it asserts and what it asks, in order.

    One stretch, the whole, for a sentence that does not end in a question mark; only a Japanese one may ask.
    """
    end = len(sentence.rstrip(CLOSING))
    if not MARK.search(sentence, end):
        return [(0, len(sentence), sentence.rstrip().endswith(JAPANESE))]
    start = len(sentence) - len(sentence.lstrip(OPENING))
    factive = FACTIVE.match(sentence, start, end)
    if factive is not None:
        fact = factive.end()
        return [(fact, len(sentence), False)] if _known(sentence[fact:end]) else [(0, len(sentence), True)]
    tag = TAG.search(sentence, start, end)
    if tag is not None and _asserts(sentence[start : tag.start()]):
        return [(0, tag.start(), False)]
    return _spliced(sentence, end)


def _known(part: str) -> bool:
    """Whether the object of "did you know" is a fact and not a question within the question."""
    bare = PARTICLE.sub("", part)
    within = ASKING.search(bare) or PREPOSITION.match(bare) or re.match(r"(?:if|whether|any|ob|si)\b", bare)
    return within is None and states(bare)


def _asks(part: str) -> bool:
    """Whether one part has a sign of a true question."""
    plain = _plain(part)
    if ASKING.search(plain) or INVERTED.search(part.strip()) or INVERTED.search(plain) or ADDRESSED.search(plain):
        return True
    return not has_figure(plain) and (FRAGMENT.match(plain) or YOURS.match(plain)) is not None


def _asserts(part: str) -> bool:
    """Whether one part by itself has no sign of a question and states something."""
    return not _asks(part) and states(PARTICLE.sub("", _plain(part)))


def _plain(part: str) -> str:
    bare = part.strip(OPENING)
    lead = LEAD_IN.match(bare)
    return bare[lead.end() :] if lead else bare


def _spliced(sentence: str, end: int) -> list[Stretch]:
    """Cut where a statement and a question are joined in one sentence: "It opened in 1904, do you like it?"."""
    spans = [(start, min(stop, end)) for start, stop in parts(sentence) if start < end]
    asking = [_asks(sentence[start:stop]) for start, stop in spans]
    if not any(asking):
        return [(0, len(sentence), not states(PARTICLE.sub("", _plain(sentence[:end]))))]
    first = asking.index(True)
    stated = [
        not asks and _is_statement(sentence[start:stop], after_a_question=number > first)
        for number, (asks, (start, stop)) in enumerate(zip(asking, spans, strict=True))
    ]
    cuts: list[Stretch] = []
    for (start, _), asserts in zip(spans, stated, strict=True):
        if cuts and cuts[-1][2] is not asserts:
            continue
        if cuts:
            cuts[-1] = (cuts[-1][0], start, cuts[-1][2])
        cuts.append((start if cuts else 0, len(sentence), not asserts))
    return cuts


def _is_statement(part: str, after_a_question: bool) -> bool:
    """Whether a part next to a question is a statement and not a topic, a condition, an offer or an item of a list."""
    plain = _plain(part)
    if CONDITION.match(plain) or LIST.search(plain) or not states(plain):
        return False
    if after_a_question and OFFER.match(plain):
        return False
    return is_clause(plain) or (has_figure(plain) and PREPOSITION.match(plain) is None)
