"""Cases that no model of entailment may get wrong: tried whenever one is loaded.

They stop a model whose outputs are read in the wrong order, that is given evidence and claim in the wrong order, that
says the same of everything, or whose weights are noise.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple, Protocol

Pair = tuple[str, str]
"""evidence, claim"""

MUSEUM: Final = "The museum in Lyon opened in 1894. Entry is free on Sundays. Dogs are not allowed in the galleries."
OPENED: Final = "The museum in Lyon opened in 1894."
FERRY: Final = "The ferry leaves from Porto at nine. It carries forty cars."
CARRIES: Final = "The ferry carries forty cars."
MUSEUM_DE: Final = "Das Museum in Lyon wurde 1894 eröffnet. Sonntags ist der Eintritt frei."
MUSEUM_ZH: Final = "里昂博物馆于1894年开放。周日免费入场。"

MARGIN: Final = 0.2
"""least distance between the claims that follow and those that do not"""
MIDDLE: Final = 0.5


class KnownPair(NamedTuple):
    """One case."""

    what: str
    pair: Pair
    follows: bool
    languages: str = "en"


KNOWN: Final = (
    KnownPair("a copied sentence", (MUSEUM, OPENED), True),
    KnownPair("a copied sentence further on", (MUSEUM, "Entry to the museum is free on Sundays."), True),
    KnownPair("a sentence of another text", (FERRY, CARRIES), True),
    KnownPair("a wrong year", (MUSEUM, "The museum in Lyon opened in 2005."), False),
    KnownPair("the opposite", (MUSEUM, "Dogs are allowed in the galleries."), False),
    KnownPair("something else", (MUSEUM, "Nobody has painted our green bridge since spring."), False),
    KnownPair("more than the evidence says (evidence and claim swapped)", (OPENED, MUSEUM), False),
    KnownPair("more than another text says (evidence and claim swapped)", (CARRIES, FERRY), False),
    KnownPair("a copied sentence, German", (MUSEUM_DE, "Das Museum in Lyon wurde 1894 eröffnet."), True, "many"),
    KnownPair("a wrong year, German", (MUSEUM_DE, "Das Museum in Lyon wurde 2005 eröffnet."), False, "many"),
    KnownPair("a copied sentence, Chinese", (MUSEUM_ZH, "里昂博物馆于1894年开放。"), True, "many"),
    KnownPair("a wrong year, Chinese", (MUSEUM_ZH, "里昂博物馆于2005年开放。"), False, "many"),
)


class EntailmentReader(Protocol):
    """What is tried."""

    def probabilities(self, pairs: Sequence[Pair], batch_size: int) -> Any:
        """Return the probability of each pair that the claim follows."""
        ...


def faults(reader: EntailmentReader, languages: Sequence[str]) -> list[str]:
    """Return the cases that a model gets wrong, one line each; [] for a model that can judge.

    Args:
        reader: a loaded model.
        languages: of its training.
    """
    known = [case for case in KNOWN if case.languages == "en" or case.languages in languages]
    values = [float(value) for value in reader.probabilities([case.pair for case in known], len(known))]
    wrong = [
        f"{case.what}: {value:.2f}"
        for case, value in zip(known, values, strict=True)
        if not (value > MIDDLE if case.follows else value < MIDDLE)
    ]
    low = min(value for case, value in zip(known, values, strict=True) if case.follows)
    high = max(value for case, value in zip(known, values, strict=True) if not case.follows)
    near = [f"what follows gets {low:.2f} or more and what does not up to {high:.2f}, which is no difference"]
    return wrong or (near if low - high < MARGIN else [])


def told(wrong: Sequence[str]) -> str:
    """Return what is wrong and where to look, for a message."""
    return (
        f"Probability that the claim follows: {'; '.join(wrong)}. Are the weights whole, and is judge.entailment the "
        "output that means that a claim follows? A copy of a published model is named by judge.preset"
    )
