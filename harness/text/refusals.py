"""Refusals: does a text refuse to answer, and state nothing else?

Readers decide together. A score that was learned from examples (`harness.text.refusal_score`) says how much the text
and each sentence sound like a refusal; patterns say how much they must. Where the score of an English text is unsure,
an encoder that reads words in their context is asked as well (`harness.text.refusal_encoder`).

Patterns per language (harness/text/languages) are searched in clauses. They find a refusal when at least one clause
refuses and every other clause is filler (an apology, an offer, a pointer to someone else) or frame (a greeting before,
a farewell after: "Ahoy! … Fair winds, your crew"). "I don't know the exact date, but it opened in 1990" therefore is an
answer, and so is "I don't know. Please note that entry costs 900 euros": filler that holds a figure states something,
and words that announce a statement ("please note that") are not part of it. Quoted text counts as said by somebody
else. Refusals in languages without patterns are not recognised: `unlisted_language` names the language, metrics then
have no value (`harness.metrics.reference_scoring`), and a warning under the table says so.
"""

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import lru_cache
from math import inf
from typing import Final, NamedTuple

from harness.text.language_id import guessed
from harness.text.questions import stretches
from harness.text.refusal_concepts import concepts, latin_language, tokens
from harness.text.refusal_encoder import log_odds
from harness.text.refusal_patterns import languages, patterns, variants
from harness.text.refusal_score import score
from harness.text.sentences import clauses, sentences
from harness.text.tokens import folded

LONGEST_REFUSAL: Final = 2000
LONGEST_CLAUSE: Final = 400
"""characters; a longer clause states something and is not searched"""

CITATION: Final = re.compile(r"\[\d+(?:\s*,\s*\d+)*\]")
LABEL: Final = re.compile(
    r"^\W*(?:(?:the |final |short )*answer|antwort|réponse|respuesta|ответ|答案|回答|答)\W*[:：]", re.IGNORECASE
)
HEADING: Final = re.compile(r"^\W*[A-Z][A-Z ]{2,30}(?://|::|\||->|:)")
"""of a fixed form, whatever the text says: BOARD NOTE //"""
QUOTED: Final = re.compile(
    r"\"[^\"]{3,400}\"|[“„][^“”„]{3,400}[“”]|[«»][^«»]{3,400}[«»]|[「『][^「」『』]{3,400}[」』]"
)
ADDRESS: Final = r"[^\s@]{0,64}@\S+|(?:https?://|www\.)\S+"
REACHED: Final = re.compile(rf"{ADDRESS}|\+?\d[\d /().-]{{5,20}}\d|24/7")
"""contact data: figures that state no fact"""
WRITTEN_TO: Final = re.compile(ADDRESS)
"""of which the score does not read the letters; nor the figures, where the patterns see nothing but a refusal"""
ENDS: Final = re.compile(r"^[\W_]+|(?:(?!\?)[\W_])+$")
EXCLAMATION: Final = re.compile(r"[!！]\W*$")
DENYING: Final = frozenset(["negation", "cannot", "unwilling", "idiom", "unknown", "absent", "guess", "scope"])
"""concepts of which a refusal in words that no pattern knows must hold one, unless the encoder knows it: other texts
may sound like anything"""
LONGEST_UNKNOWN: Final = 60
"""words and signs of such a refusal"""
SHORTEST_IDIOM: Final = 3
LONGEST_IDIOM: Final = 30
"""the same of one without a word that denies"""
MANY_WORDS: Final = 20
LEAST_DIFFERENT: Final = 0.25
"""share of different words below which so many words are noise: the score counts each of them once"""
LONGEST_FRAME: Final = 7
"""words of a greeting or farewell that no pattern matches"""


class Needed(NamedTuple):
    """Log odds that a refusal must exceed.

    Set by hand: a few values were compared by cross-validation, and those of REFUSES_AND_STATES raised until the known
    answers of the tests held.
    """

    whole: float
    """of the whole text"""
    sentence: float
    """of each of its sentences: one that clearly states something makes an answer"""


class Wording(Enum):
    """What the patterns say of a text, and what the score must be for a refusal."""

    REFUSES = Needed(-1.0, -inf)
    """and states nothing else"""
    REFUSES_AND_STATES = Needed(2.0, 1.75)
    """one clause refuses and another one states something"""
    STATES = Needed(0.5, -3.0)
    """no clause refuses in words that the patterns know, but some word denies"""
    DENIES_NOTHING = Needed(inf, -inf)
    """as STATES, and no word denies: a short one may be a refusal where both readers say so"""
    NEVER = Needed(inf, inf)
    """too long, without a word, or in a language that no reader knows"""


LEAST: Final[Mapping[Wording, float]] = {Wording.STATES: -1.0, Wording.DENIES_NOTHING: 0.0}
"""score at which the encoder is not asked: it is sure of texts unlike any that it learned from, such as JSON"""
UNSURE: Final = 4.0
"""largest size of a score with which the encoder is asked"""
OTHER_LETTER: Final = re.compile("[\u0370-\u1dff\u2e80-\uffef]")
"""of another script than English is written in"""
ENCODER: Final = 0.6
"""its share in the mean of the two log odds"""
TOGETHER: Final[Mapping[Wording, Needed]] = {
    Wording.REFUSES: Needed(-0.5, -inf),
    Wording.REFUSES_AND_STATES: Needed(2.0, 1.75),
    Wording.STATES: Needed(0.6, -inf),
    Wording.DENIES_NOTHING: Needed(1.0, -inf),
    Wording.NEVER: Needed(inf, inf),
}
"""what the mean must exceed; of sentences, the score"""


@lru_cache(maxsize=16_384)
def is_refusal(text: str) -> bool:
    """Return whether `text` refuses to answer and states nothing else; "" is not a refusal."""
    found = verdict(text)
    if found is Wording.NEVER:
        return False
    read = (REACHED if found is Wording.REFUSES else WRITTEN_TO).sub(" ", text)
    heard, needed = score(read), found.value
    if heard <= LEAST.get(found, -inf):
        return False
    if abs(heard) < UNSURE and _is_english(text):
        heard, needed = mixed(heard, log_odds(read)), TOGETHER[found]
    return heard > needed.whole and all(score(sentence) > needed.sentence for sentence in sentences(read))


def mixed(by_score: float, by_encoder: float) -> float:
    """Return the log odds of both readers together."""
    return (1 - ENCODER) * by_score + ENCODER * by_encoder


@lru_cache(maxsize=16_384)
def unlisted_language(text: str, question: str = "") -> str:
    """Return the code of the language whose refusals are not recognised, "" where they are or it is unclear.

    A text too short to tell counts for the language of the question.
    """
    code = guessed(text) or guessed(question)
    return "" if code in languages() else code


def _is_english(text: str) -> bool:
    """Whether a text, which may be short, is in the language that the encoder learned."""
    return not OTHER_LETTER.search(text) and (guessed(text) or latin_language(tokens(text))) == "en"


def verdict(text: str) -> Wording:
    """Return what the patterns say."""
    if len(text) > LONGEST_REFUSAL or not any(map(str.isalpha, text)):
        return Wording.NEVER
    bare = LABEL.sub("", HEADING.sub("", CITATION.sub(" ", text.translate(variants())), count=1), count=1)
    read = clauses(_unquoted(bare))
    if any(len(_announced(_plain(clause))) > LONGEST_CLAUSE for clause in read):
        return Wording.NEVER
    found = _of_clauses(read)
    return found if found is not Wording.STATES else _of_words(bare)


def _of_clauses(read: Sequence[str]) -> Wording:
    refused = stated = False
    for clause in read:
        plain = _announced(_plain(clause))
        if _refuses(plain):
            refused = True
        elif patterns(plain).only.search(plain):
            refused = stated = True  # it sounds like a denial and is none
        elif plain and not _is_filler(plain) and not _is_frame(clause, plain, refused):
            stated = True
    if not refused:
        return Wording.STATES
    return Wording.REFUSES_AND_STATES if stated else Wording.REFUSES


def _of_words(text: str) -> Wording:
    """What a text without known wording may be: it must be short, in a known language, and no words over and over."""
    words = tokens(text)
    if len(words) > LONGEST_UNKNOWN or (len(words) >= MANY_WORDS and len(set(words)) < LEAST_DIFFERENT * len(words)):
        return Wording.NEVER
    if unlisted_language(text):
        return Wording.NEVER
    if DENYING & frozenset[str]().union(*concepts(words)):
        return Wording.STATES
    return Wording.DENIES_NOTHING if SHORTEST_IDIOM <= len(words) <= LONGEST_IDIOM else Wording.NEVER


def _unquoted(text: str) -> str:
    """The text without quotations; a text that is one quotation is kept."""
    without = QUOTED.sub(" … ", text)
    return without if any(map(str.isalnum, without)) else text


def _plain(clause: str) -> str:
    """The clause folded, with straight apostrophes and without punctuation at its ends (a question mark stays)."""
    return ENDS.sub("", " ".join(folded(clause).replace("’", "'").split()))


def _announced(clause: str) -> str:
    """The clause without words that only announce it."""
    return patterns(clause).telling.sub("", clause, count=1)


def _refuses(clause: str) -> bool:
    known = patterns(clause)
    clause = known.framing.sub("", clause, count=1) or clause
    refusal = known.declining.search(clause)
    if refusal is None or known.only.search(clause) or _about_others(clause, refusal):
        return False
    before, comma, _ = clause[: refusal.start()].rpartition(",")
    return not comma or known.lead_in.match(before.lstrip()) is not None or _is_filler(before.strip())


def _about_others(clause: str, refusal: re.Match[str]) -> bool:
    """Whether somebody else refused ("she said that …") or was refused something ("… to the press").

    Only words before the end of the refusal count; later ones belong to what is unknown: "The text does not mention
    what she said to the press."
    """
    others = patterns(clause).others.search(clause)
    return others is not None and others.start() <= refusal.end() + 1


def _is_filler(clause: str) -> bool:
    if any(map(str.isdigit, REACHED.sub("", clause))):
        return False
    if clause.endswith("?"):
        return all(asks for _, _, asks in stretches(clause))
    return patterns(clause).filler.search(clause) is not None


def _is_frame(raw: str, clause: str, refused: bool) -> bool:
    """Whether a clause is a farewell, or an exclamation without a name or a fact ("Keep a steady course!")."""
    if refused and patterns(clause).closing.search(clause):
        return True
    words = raw.split()
    if not EXCLAMATION.search(raw) or not 2 <= len(words) <= LONGEST_FRAME or any(map(str.isdigit, raw)):
        return False
    named = all(word[:1].isupper() for word in words)
    return not named and not patterns(clause).stating.search(clause)
