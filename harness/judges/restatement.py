"""How a claim differs from the one sentence of the evidence that it restates: denial, roles, exchanged words."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from harness.judges.facts import Fact, ReadTexts
from harness.text.language_files import words_of
from harness.text.terms import Word
from harness.text.tokens import WITHOUT_SPACES

WITHOUT: Final = words_of("without")
"""negations of a noun, which deny no statement"""
AGENT: Final = words_of("agent")
"""marks who acts in the passive"""
ADVERBIAL: Final = words_of("adverbial")
FREE_ORDER: Final = words_of("free_order")
NOT_DENIED: Final = words_of("not_denied")
"""words that take the denial out of the negation before them: no more than, not only"""
MOST_ROLES: Final = 12
"""content words of a claim whose roles are compared"""
STRAYING: Final = 0.3
"""part of its weight that a word which the claim does not have costs a stretch of the evidence"""
BESIDE: Final = 2
"""words beside a stretch that may belong to it"""
ALIKE: Final = 0.6
"""share of the longer word that forms of one word begin with"""
Kind = Literal["value", "name", "opposite", "denial", "role", "word"]


@dataclass(frozen=True, slots=True)
class ClaimDifference:
    """What contradicts a claim that otherwise restates its evidence."""

    kind: Kind
    claim: str
    """what the claim says"""
    evidence: str
    """what the evidence says there; "" for a denial or role"""


@dataclass(frozen=True, slots=True)
class Token:
    """A term of a text."""

    word: Word
    start: int
    end: int
    clause: int


def of_statement(
    claim: str, own: ReadTexts, texts: ReadTexts, sentence: int, equals: Sequence[tuple[Fact, Fact]]
) -> Iterator[ClaimDifference]:
    """Yield denials, exchanged roles and exchanged words, against one sentence of the evidence."""
    mine = tokens(own, 0, None)
    number = next(text for text, places in enumerate(texts.places) if any(at.sentence == sentence for at in places))
    known = {token.word.key for token in mine if token.word.content}
    whole = tokens(texts, number, sentence)
    its = stretch(whole, known)
    if _denies(_covered(mine, {token.word.key for token in its})) != _denies(_covered(its, known)):
        yield ClaimDifference("denial", "", "")
    if (role := _roles(mine, its)) is not None:
        yield role
    yield from _exchanged(claim, texts.texts[number], mine, whole, equals)


def tokens(reading: ReadTexts, number: int, sentence: int | None) -> list[Token]:
    """Return the terms of one of the texts; of one sentence unless it is None."""
    words, places = reading.terms[number], reading.places[number]
    return [
        Token(word, start, end, place.clause)
        for word, start, end, place in zip(words.words, words.starts, words.ends, places, strict=True)
        if sentence is None or place.sentence == sentence
    ]


def stretch(whole: Sequence[Token], known: Set[str], beside: int = BESIDE) -> Sequence[Token]:
    """Return the stretch that holds most of the known words for its length; a sentence may lack its full stop."""
    best, best_sum, start, total = (0, len(whole)), 0.0, 0, 0.0
    for at, token in enumerate(whole):
        if total <= 0:
            start, total = at, 0.0
        total += token.word.weight if token.word.content and token.word.key in known else -STRAYING * token.word.weight
        if total > best_sum:
            best, best_sum = (start, at + 1), total
    return whole[max(best[0] - beside, 0) : best[1] + beside]


def _covered(tokens: Sequence[Token], known: Set[str]) -> list[Token]:
    """Return the tokens of the clauses that hold the known words: those with most of them, as few as hold all."""
    held: dict[int, set[str]] = {}
    for token in tokens:
        if token.word.content and token.word.key in known:
            held.setdefault(token.clause, set()).add(token.word.key)
    covering, left = set[int](), set[str]().union(*held.values())
    while left:
        best = max(held, key=lambda clause: (len(held[clause] & left), -clause))
        covering.add(best)
        left -= held[best]
    return [token for token in tokens if token.clause in covering]


def _denies(tokens: Sequence[Token]) -> tuple[bool, bool]:
    following = [*tokens[1:], None]
    negations = [
        token.word
        for token, then in zip(tokens, following, strict=False)  # no tokens at all have one that follows
        if token.word.negates and not (then and (then.word.number or then.word.key in NOT_DENIED))
    ]
    return any(word.key not in WITHOUT for word in negations), any(word.key in WITHOUT for word in negations)


def _roles(mine: Sequence[Token], its: Sequence[Token]) -> ClaimDifference | None:
    """Return that who acts and who is acted on have exchanged places."""
    content = [at for at, token in enumerate(mine) if token.word.content]
    if len(content) > MOST_ROLES:
        return None
    for one, other in ((mine, its), (its, mine)):
        if _agent(one) is not None and _agent(other) is None:
            return _exchanged_agent(one, other)
    if any(token.word.key in FREE_ORDER for token in its):
        return None
    places = {token.word.key: at for at, token in enumerate(its) if token.word.content}
    shared = [at for at in content if mine[at].word.key in places]
    for before, verb, after in zip(shared, shared[1:], shared[2:], strict=False):
        a, v, b = (places[mine[at].word.key] for at in (before, verb, after))
        same_clause = len({its[at].clause for at in (a, v, b)}) == 1
        prepositional = any(
            (_prepositional(mine, before), _prepositional(mine, after), _prepositional(its, a), _prepositional(its, b))
        )
        if (
            b < v < a
            and same_clause
            and not prepositional
            and not mine[before].word.number
            and not mine[after].word.number
        ):
            return ClaimDifference("role", "", "")
    return None


def _agent(tokens: Sequence[Token]) -> int | None:
    """Return the place of the word behind "by"; None without one."""
    for at, token in enumerate(tokens):
        if token.word.key in AGENT:
            behind = next((number for number in range(at + 1, len(tokens)) if tokens[number].word.content), None)
            return None if behind is None or tokens[behind].word.number else behind
    return None


def _exchanged_agent(passive: Sequence[Token], active: Sequence[Token]) -> ClaimDifference | None:
    """Compare a passive with an active sentence: who stands behind "by" in one stands first in the other."""
    places = {token.word.key: at for at, token in enumerate(active) if token.word.content}
    agent = _agent(passive)
    assert agent is not None, "the sentence names who acts"
    verb = [token.word.key for token in passive[:agent] if token.word.content][-1:]
    if not set(verb) & places.keys():
        return None
    patient = next((token.word.key for token in passive if token.word.content and token.word.key in places), "")
    key = passive[agent].word.key
    if key not in places or not patient or patient == key:
        return None
    return ClaimDifference("role", "", "") if places[key] > places[patient] else None


def _prepositional(tokens: Sequence[Token], at: int) -> bool:
    return any(not token.word.content and token.word.key in ADVERBIAL for token in tokens[max(at - 2, 0) : at])


def _exchanged(
    claim: str, text: str, mine: Sequence[Token], its: Sequence[Token], equals: Sequence[tuple[Fact, Fact]]
) -> Iterator[ClaimDifference]:
    """Yield words that stand in the place of another word of the statement, between words that both have."""
    covered = [mine_fact for mine_fact, _ in equals]
    own = [token for token in mine if token.word.content]
    other = [token for token in its if token.word.content]
    keys, its_keys = [token.word.key for token in own], [token.word.key for token in other]
    for operation, i, j, k, m in SequenceMatcher(None, keys, its_keys, autojunk=False).get_opcodes():
        if operation != "replace" or j - i != 1 or m - k != 1:
            continue
        new, old = own[i], other[k]
        if new.word.number or old.word.key in keys or WITHOUT_SPACES.match(claim, new.start):
            continue
        if any(is_form(new.word.key, key) for key in its_keys):
            continue
        if any(fact.start <= new.start < fact.end for fact in covered):
            continue
        yield ClaimDifference("word", claim[new.start : new.end], text[old.start : old.end])


def is_form(one: str, other: str) -> bool:
    """Return whether two words may be forms of one: they begin alike."""
    alike = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return alike >= max(3, round(ALIKE * max(len(one), len(other))))
