"""The known answers: what a metric of each kind must make of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from harness.metrics.metric import Kind, KnownAnswer
from harness.metrics.selftest.fixture import (
    CHINESE,
    CHINESE_MUSEUM,
    CHINESE_REFUSAL,
    CHINESE_UNRELATED,
    FERRY,
    IN_STYLE,
    LEAVES,
    LONG,
    MUSEUM,
    NOTE,
    OPENED,
    PLAIN,
    REFUSAL,
    UNKNOWN,
    UNRELATED,
    answered,
    failed,
    unshown,
)
from harness.types import EvidenceSource, Pair


def perfect(name: str, pair: Pair, least: float = 0.9) -> KnownAnswer:
    """Return an answer that must be near the best."""
    return KnownAnswer(name, pair, least, 1.0)


def wrong(name: str, pair: Pair, most: float = 0.5, *, long: bool = False) -> KnownAnswer:
    """Return an answer that must not come near the best."""
    return KnownAnswer(name, pair, 0.0, most, long=long)


def foreign(known: KnownAnswer) -> KnownAnswer:
    """Return the same, only for judges that know every language."""
    return replace(known, foreign=True)


DECIDED: Final = (
    KnownAnswer("empty", answered(MUSEUM, " \n"), 0.0, 0.0),
    KnownAnswer("no answer", failed(MUSEUM), 0.0, 0.0),
    KnownAnswer("cut off", failed(MUSEUM, OPENED, cut_off=True), 0.0, 0.0),
    KnownAnswer("refusal", answered(MUSEUM, REFUSAL), 0.0, 0.0, "abstained"),
    KnownAnswer("refusal in another language", answered(CHINESE_MUSEUM, CHINESE_REFUSAL), 0.0, 0.0, "abstained"),
    KnownAnswer("right refusal", answered(UNKNOWN, REFUSAL), 1.0, 1.0, "abstained"),
    KnownAnswer("answer to the unanswerable", answered(UNKNOWN, OPENED), 0.0, 0.0),
)
"""decided by the one rule about failures and refusals (harness/metrics/reference_scoring.py), whatever the metric"""


def compared(most: float, least: float = 0.9) -> tuple[KnownAnswer, ...]:
    """Return the known answers of metrics that compare an answer with a text.

    Args:
        most: what wrong ones are worth at most.
        least: what perfect ones are worth at least.
    """
    return (
        perfect("perfect", answered(MUSEUM, OPENED), least),
        foreign(perfect("perfect in another language", answered(CHINESE_MUSEUM, CHINESE), least)),
        wrong("wrong", answered(MUSEUM, UNRELATED), most),
        foreign(wrong("wrong in another language", answered(CHINESE_MUSEUM, CHINESE_UNRELATED), most)),
        wrong("answers of two examples swapped", answered(MUSEUM, LEAVES), most),
        wrong("10,000 words", answered(MUSEUM, LONG), most, long=True),
        *DECIDED,
    )


ANSWERS: Final = compared(0.5)
OVERLAPS: Final = (
    *ANSWERS,
    KnownAnswer("right and wordy (answer and reference swapped)", answered(MUSEUM, f"{OPENED} {LEAVES}"), 0.6, 0.9),
)
SWAPPED: Final = answered(NOTE, f"{UNRELATED} {LEAVES} The market is held on Friday. {OPENED}")
SURE, DENIED = 0.75, 0.25
"""support of a true and a false claim: a judge that gives probabilities is hardly ever quite certain"""
CLAIMS: Final = (
    *compared(DENIED, SURE),
    wrong("wrong number", answered(MUSEUM, "The museum in Lyon opened in 1904."), DENIED),
    wrong("answer and evidence swapped", SWAPPED, 0.5),
)
SAID_BY_GOLD, SAID_BY_PASSAGES = answered(MUSEUM, OPENED, "ferry"), answered(MUSEUM, LEAVES, "ferry")
BY_SOURCE: Final[Mapping[EvidenceSource, Sequence[KnownAnswer]]] = {
    "gold evidence": (
        perfect("supported by the gold evidence and not by the passages", SAID_BY_GOLD, SURE),
        wrong("supported by the passages and not by the gold evidence", SAID_BY_PASSAGES, DENIED),
    ),
    "passages": (
        perfect("supported by the passages and not by the gold evidence", SAID_BY_PASSAGES, SURE),
        wrong("supported by the gold evidence and not by the passages", SAID_BY_GOLD, DENIED),
    ),
}
"""where the evidence sources differ: in all other known answers the passages shown are the gold documents"""
PASSAGES: Final = (
    perfect("perfect", answered(MUSEUM, OPENED)),
    perfect("perfect among others (found and gold swapped)", answered(MUSEUM, OPENED, "museum", "ferry", "note")),
    perfect("perfect, whatever the answer", failed(MUSEUM)),
    perfect("perfect, though empty", answered(MUSEUM, "")),
    perfect("perfect, though a refusal", answered(MUSEUM, REFUSAL)),
    foreign(perfect("perfect in another language", answered(CHINESE_MUSEUM, CHINESE_UNRELATED))),
    wrong("wrong", answered(MUSEUM, OPENED, "ferry", "note")),
    wrong("nothing found", unshown(MUSEUM, OPENED), 0.0),
    wrong("passages of two examples swapped", answered(FERRY, LEAVES, "museum")),
    wrong("10,000 words", answered(MUSEUM, LONG, "note"), long=True),
)
DECISIONS: Final = (
    perfect("answer", answered(MUSEUM, OPENED), 1.0),
    perfect("wrong answer", answered(MUSEUM, UNRELATED), 1.0),
    perfect("answers of two examples swapped", answered(MUSEUM, LEAVES), 1.0),
    perfect("answer with a doubt", answered(MUSEUM, "I don't know the exact day, but it opened in 1894."), 1.0),
    foreign(perfect("answer in another language", answered(CHINESE_MUSEUM, CHINESE), 1.0)),
    replace(perfect("10,000 words", answered(MUSEUM, LONG), 1.0), long=True),
    *(foreign(known) if "language" in known.name else known for known in DECIDED),
)
LENGTHS: Final = (
    KnownAnswer("seven words", answered(MUSEUM, OPENED), 7, 7),
    KnownAnswer("another language: characters", answered(CHINESE_MUSEUM, "博物馆开放。"), 5, 5),
    KnownAnswer("wrong: eight words", answered(MUSEUM, UNRELATED), 8, 8),
    KnownAnswer("answers of two examples swapped", answered(MUSEUM, LEAVES), 7, 7),
    KnownAnswer("empty", answered(MUSEUM, " \n"), 0, 0),
    KnownAnswer("no answer", failed(MUSEUM), 0, 0),
    KnownAnswer("refusal", answered(MUSEUM, REFUSAL), 3, 4, "abstained"),
    KnownAnswer("10,000 words", answered(MUSEUM, LONG), 10_010, 10_010),
)
STYLES: Final = (
    perfect("perfect: a text in the reference style", answered(MUSEUM, IN_STYLE.format("mixer", "tin")), 0.8),
    perfect("a wrong answer in the reference style", answered(FERRY, IN_STYLE.format("printer", "wool")), 0.8),
    wrong("wrong: a generic text of the same content", answered(MUSEUM, PLAIN.format("mixer", "tin")), 0.2),
    wrong("a text of another style", answered(MUSEUM, UNRELATED)),
    wrong("a reference's words in another order", answered(MUSEUM, "The of: mixer mate! it's tin, Aye made! Ahoy")),
    wrong("another language", answered(CHINESE_MUSEUM, CHINESE)),
    wrong("10,000 words", answered(MUSEUM, LONG), long=True),
    KnownAnswer("empty", answered(MUSEUM, " \n"), 0.0, 0.0),
    KnownAnswer("no answer", failed(MUSEUM), 0.0, 0.0),
    KnownAnswer("cut off", failed(MUSEUM, IN_STYLE.format("mixer", "tin"), cut_off=True), 0.0, 0.0),
    KnownAnswer("refusal", answered(MUSEUM, REFUSAL), 0.0, 0.5, "abstained"),
)
KNOWN: Final[Mapping[Kind | str, Sequence[KnownAnswer]]] = {
    "answer": ANSWERS,
    "overlap": OVERLAPS,
    "claims": CLAIMS,
    "passages": PASSAGES,
    "decision": DECISIONS,
    "length": LENGTHS,
    "style": STYLES,
}
