"""What speaks against a claim that nearly restates its evidence, as numbers whose weights are learned.

`differences` finds what contradicts a claim for certain; here every sign counts, weak ones as well: a unit whose
place a rival fits better (`rival_places`), roles that may be exchanged (`exchanged_roles`), words that the evidence
does not have, denials, and words of a class whose other members stand in the clauses that the claim restates.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from harness.judges import exchanged_roles, rival_places
from harness.judges.claim_units import ClaimUnit, MatchedClaim, matched, narrowed
from harness.judges.placed_words import PlacedWord
from harness.judges.restatement import NOT_DENIED
from harness.text.language_files import words_of
from harness.text.terms import word

WEIGHTS: Final = Path(__file__).parent / "difference_weights.yaml"
WORST_MARGIN, MARGIN = 4.0, 3.0
"""greatest log-odds of a rival, or of exchanged roles, that count"""
MOST: Final = {"new value": 1, "new name": 2, "new word": 3, "stray": 2, "other form": 2, "clauses": 4}
"""how many count"""
RESTATED: Final = 0.5
"""share of a claim that one sentence must hold for the signs to decide"""
STRANGE: Final = 2
"""new words from which a claim that overlaps too little stays unsupported"""
STRONG: Final = {
    "rival value": 1.0,
    "rival exclusive": 1.0,
    "rival name": 1.5,
    "rival": 2.5,
    "roles": 1.5,
    "new value": 0.0,
    "new name": 0.0,
    "affirms denied": 0.3,
    "affirms": 0.0,
    "denies": 0.0,
    "other opposite, new": 0.0,
    "other kind, new": 0.0,
    "other quantifier, new": 0.0,
}
"""signs that can refute a claim, if they are more than this and the sum of all signs agrees; without one of them only
overlap does. Chosen as rare among true claims of the pairs and among replies and summaries that people found right."""
RESTATES: Final = 0.6
"""share of a claim that one sentence holds"""
IMPLIED: Final = frozenset(word(own).key for own in words_of("implied_denials"))
GROUPS: Final = {
    "quantifiers": "quantifier",
    "opposites": "opposite",
    "kinds": "kind",
    "chinese": "opposite",
    "further_opposites": "opposite",
    "further_kinds": "kind",
    "further_chinese": "opposite",
}
Class = tuple[str, str]


def signs(claim: str, evidence: tuple[str, ...]) -> dict[str, float]:
    """Return what speaks for and against a claim, by name; what is not there is 0."""
    match = matched(claim, evidence)
    return {**of_words(match), **of_places(candidates(match), weights())}


@cache
def weights() -> Mapping[str, Any]:
    """Return the learned weights: of `places` by rivalry, of `roles`, and of the signs of a `claim`."""
    return dict(yaml.safe_load(WEIGHTS.read_text(encoding="utf-8")))


class Candidates(NamedTuple):
    """What could stand in another place of a claim."""

    units: Sequence[rival_places.TriedUnit]
    pairs: Sequence[exchanged_roles.ExchangeTest]


def candidates(match: MatchedClaim) -> Candidates:
    """Return the units of a claim with their rivals, and the pairs of units that could exchange roles."""
    if not match.known:
        return Candidates((), ())
    return Candidates(tuple(rival_places.tried(narrowed(match))), tuple(exchanged_roles.tests(match)))


def of_words(match: MatchedClaim) -> dict[str, float]:
    """Return the signs that need no weights: new words, denials, words of a class."""
    found = defaultdict[str, float](float)
    if match.known:
        new = _of_units(match, found)
        found["held"], found["one new unit"] = match.held, float(new == 1 and match.held > RESTATES)
        covering = _covering(match)
        found["clauses"] = float(min(len(covering), MOST["clauses"]))
        _of_denials(match, covering, found)
        _of_classes(match, covering, found)
    return dict(found)


def of_places(tried: Candidates, learned: Mapping[str, Any]) -> dict[str, float]:
    """Return the greatest margins by which a rival fits better, and exchanged roles agree better.

    Args:
        tried: of a claim.
        learned: weights of `places` by rivalry, and of `roles`.
    """
    found = defaultdict[str, float](float)
    for unit in tried.units:
        for rival in unit.rivals:
            assert rival.rivalry is not None, "only the unit itself has none"
            gain = (b - a for a, b in zip(unit.own.features, rival.features, strict=True))
            margin = sum(own * weight for own, weight in zip(gain, learned["places"][rival.rivalry], strict=True))
            name = f"rival {rival.rivalry}"
            found[name] = max(found[name], min(margin, MARGIN))
            found["rival"] = max(found["rival"], min(margin, WORST_MARGIN))
    for pair in tried.pairs:
        margin = -sum(own * weight for own, weight in zip(pair.features, learned["roles"], strict=True))
        found["roles"] = max(found["roles"], min(margin, MARGIN))
    return dict(found)


class Reading(NamedTuple):
    """What the signs say of a claim."""

    near: bool
    """one sentence of the evidence holds at least RESTATED of it"""
    log_odds: float
    """of the claim by its signs, its overlap left out; 0 is where true claims are accepted as often as in training"""
    overlap: float
    """weight of its log-odds by word overlap beside them"""
    strong: bool
    """some sign alone is enough to look at the sum"""
    new: int
    """words and names that are new or stand elsewhere"""
    contradicted: bool = False
    """the evidence binds a value or name to something else, or denies the claim: no sum of signs makes it true"""

    def supported(self, overlap: float, free: bool) -> bool:
        """Return the verdict.

        Args:
            overlap: log-odds of the claim by word overlap.
            free: the verdict on it as a free restatement.
        """
        if not self.near:
            return free
        if self.contradicted and not free:
            return False
        holds = self.overlap * overlap + self.log_odds >= 0
        return (holds or not self.strong) if free else holds and self.new < STRANGE


@lru_cache(maxsize=64)
def reading(claim: str, evidence: tuple[str, ...], contradictions: frozenset[str]) -> Reading:
    """Return what the signs of a claim say.

    Args:
        claim: one statement.
        evidence: texts that may support it.
        contradictions: kinds of what `differences` finds.
    """
    found = defaultdict[str, float](float, signs(claim, evidence))
    found.update({f"certain {kind}": 1.0 for kind in contradictions})
    learned = weights()["claim"]
    total = learned["intercept"] + sum(learned.get(name, 0.0) * value for name, value in found.items())
    strong = any(found[name] > least for name, least in STRONG.items())
    new = int(found["new word"] + found["new name"] + found["stray word"])
    contradicted = bool(contradictions - {"word"})
    return Reading(found["held"] >= RESTATED, total, learned["overlap"], strong, new, contradicted)


def _of_units(match: MatchedClaim, found: dict[str, float]) -> int:
    """Count units that the evidence has elsewhere or in another form, and those that it does not have, in all."""
    new = [unit for unit in match.units if not unit.places and unit.kind != "class"]
    for unit in new:
        number = unit.kind == "value" or unit.first.word.number
        found["new value" if number else "new name" if unit.kind == "name" else "new word"] += 1
    found["new name"] += sum(unit.found == "part" for unit in match.units)
    found["names apart"] = float(any(unit.found == "apart" for unit in match.units))
    for unit in match.known:
        found["other form"] += unit.found == "form"
        found[f"stray {unit.kind}"] += all(place.sentence != match.sentence for place in unit.places)
    for name in list(found):
        most = MOST.get(name.split()[0] if name.startswith("stray") else name)
        found[name] = found[name] if most is None else min(found[name], most)
    return len(new)


def _covering(match: MatchedClaim) -> set[int]:
    """Return the clauses that hold the claim: those with most of it, as few as hold all."""
    held: dict[int, set[int]] = defaultdict(set)
    within = {place.clause for unit in match.known for place in unit.places if place.sentence == match.sentence}
    weight = {number: unit.weight for number, unit in enumerate(match.known)}
    for number, unit in enumerate(match.known):
        for place in unit.places:
            held[place.clause].add(number)
    covering, left = set[int](), set(weight)
    while left:
        best = max(held, key=lambda own: (sum(weight[at] for at in held[own] & left), own in within, -own))
        covering.add(best)
        left -= held.pop(best)
    return covering


def _denying(words: Sequence[PlacedWord]) -> list[PlacedWord]:
    """Return words that deny a statement, not a number (no more than)."""
    return [
        own
        for own, then in zip(words, [*words[1:], None], strict=False)
        if own.word.negates and not (then is not None and (then.word.number or then.word.key in NOT_DENIED))
    ]


def _of_denials(match: MatchedClaim, covering: set[int], found: dict[str, float]) -> None:
    words = match.evidence.words
    here = [own for own in words if own.clause in covering]
    denied = bool(_denying(here))
    beside = bool(_denying([own for own in words if own.sentence == match.sentence]))
    implied = any(own.word.key in IMPLIED for own in here)
    clauses = {own.clause for own in _denying(words)}
    if _denying(match.claim.words):
        if not denied:
            found["denies what is implied" if implied else "denies beside" if beside else "denies"] = 1.0
        found["denies affirmed"] = _share(
            match, (unit for unit in match.known if all(own.clause not in clauses for own in unit.places))
        )
        return
    excused = any(own.word.key in IMPLIED for own in match.claim.words)
    if denied:
        found["affirms, implied" if excused else "affirms"] = 1.0
    elif beside:
        found["affirms beside"] = 1.0
    found["affirms denied"] = _share(
        match, (unit for unit in match.known if all(own.clause in clauses for own in unit.places))
    )
    found["affirms implied"] = float(implied and not denied and not excused)


def _share(match: MatchedClaim, units: Iterable[ClaimUnit]) -> float:
    return sum(unit.weight for unit in units) / sum(unit.weight for unit in match.units)


def _of_classes(match: MatchedClaim, covering: set[int], found: dict[str, float]) -> None:
    """Mark words of the claim whose class has another member in the clauses, or the sentence, that it restates."""
    words = match.evidence.words
    said, anywhere = _classes(match.claim.words), _classes(words)
    here = _classes([own for own in words if own.clause in covering])
    sentence = _classes([own for own in words if own.sentence == match.sentence])
    for kind, member in said - here:
        group, seen = GROUPS[kind.split()[0]], "elsewhere" if (kind, member) in anywhere else "new"
        if _has(here, kind):
            found[f"other {group}, {seen}"] = 1.0
        elif (kind, member) not in sentence and _has(sentence, kind):
            found[f"other {group} beside, {seen}"] = 1.0
        elif group == "quantifier" and (kind, member) not in sentence:
            found[f"quantifier added, {seen}"] = 1.0
    kinds = {kind for kind, _ in said}
    lost = any(kind.startswith("quantifiers") and kind not in kinds for kind, _ in here)
    found["quantifier lost"] = float(lost)


def _classes(words: Iterable[PlacedWord]) -> set[Class]:
    return {own for each in words for own in each.classes}


def _has(classes: Iterable[Class], kind: str) -> bool:
    return any(its == kind for its, _ in classes)
