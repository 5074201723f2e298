"""Claims and evidence to one ledger: every claim of one task and model, with its verdict and what it rests on."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from harness.reports.links import DETAILS
from harness.studies.claims.claim import ClaimPart, DocumentClaim
from harness.studies.claims.effect import Effect, Gap
from harness.studies.claims.sources import EXPERIMENT, Evidence
from harness.studies.claims.verdicts import Asked, PartVerdict, Ruling, decide, family, together
from harness.studies.data_kinds import KINDS
from harness.studies.floor import has_to_lose

TIMED: Final = "timed questions"
"""what effects are sampled over that a longer timing pass narrows"""
QUESTIONS: Final = "questions"
"""what most effects are sampled over"""
OPEN: Final[tuple[Ruling, ...]] = ("undecided", "provisional", "not tested")
"""verdicts that something more would change"""
LIMIT: Final = "limit="
"""setting of an experiment that asked a part of the questions"""


@dataclass(frozen=True, slots=True)
class LedgerPart:
    """One part of a claim for one task and model."""

    part: ClaimPart
    effect: Effect | None
    gap: Gap | None
    """why there is no effect"""
    verdict: PartVerdict | None
    """on the effect; None without one"""
    link: str
    """page and place of the table behind it, relative to the results; "" without one"""
    conditions: tuple[str, ...]
    """under which the verdict holds"""
    command: str
    """that would decide what is open; "" where nothing is, or where no command would"""
    at_hand: int | None = None
    """examples that the effect can be measured on; None where that is not known"""

    @property
    def ruling(self) -> Ruling:
        """The verdict in a word."""
        if self.verdict is not None:
            return self.verdict.ruling
        return "does not apply" if self.gap is not None and self.gap.outside else "not tested"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One claim for one task and model."""

    claim: DocumentClaim
    ruling: Ruling
    parts: tuple[LedgerPart, ...]

    @property
    def deciding(self) -> LedgerPart:
        """The part that the verdict comes from: the first that has the same one.

        Where one part would have sufficed and all are refuted, it is the one that is nearest to its margin.
        """
        same = [one for one in self.parts if one.ruling == self.ruling]
        if (self.claim.holds, self.ruling) == ("any", "refuted"):
            return max(same, key=_nearness)
        return next(iter(same), self.parts[0])

    @property
    def command(self) -> str:
        """What would decide an open claim: the command of the deciding part."""
        return self.deciding.command if self.ruling in OPEN else ""


def _nearness(one: LedgerPart) -> tuple[float, float]:
    """Return how near a refuted part is to its margin: by p, and where p is too small to differ, by the effect."""
    p = 0.0 if one.verdict is None or one.verdict.p is None else round(one.verdict.p, 3)
    if one.effect is None:
        return p, -math.inf
    value, margin = one.effect.value, one.part.margin
    if one.effect.ratio:
        value, margin = math.log(value) if value > 0 else -math.inf, math.log(margin)
    beyond = {"greater": value - margin, "less": margin - value, "equal": abs(margin) - abs(value)}
    return p, beyond[one.part.direction]


@dataclass(frozen=True, slots=True)
class ClaimsLedger:
    """All claims of one task and model."""

    task: str
    model: str
    settings: str
    """what differs from the defaults; "" for nothing"""
    rows: tuple[LedgerRow, ...]
    family: int
    """effects that Holm's correction was made over"""
    remarks: tuple[str, ...]
    """what a reader must know of all its rows"""

    @property
    def name(self) -> str:
        """Task, model and settings, for headings."""
        return " · ".join(filter(None, [self.task, self.model, self.settings]))


def ledger_of(claims: Sequence[DocumentClaim], evidence: Evidence) -> ClaimsLedger:
    """Return the ledger of one task and model; every claim has a row.

    Args:
        claims: in the order of the ledger.
        evidence: its experiment and studies.
    """
    found = [[_found(part, evidence) for part in claim.parts] for claim in claims]
    places = [
        (claim, part, one)
        for claim, own in zip(claims, found, strict=True)
        for part, one in zip(claim.parts, own, strict=True)
    ]
    asked = [Asked(one, part.direction, part.margin) for _, part, one in places if isinstance(one, Effect)]
    verdicts = iter(decide(asked))
    parts: dict[str, list[LedgerPart]] = {}
    for claim, part, one in places:
        verdict = next(verdicts) if isinstance(one, Effect) else None
        parts.setdefault(claim.id, []).append(_part(part, one, verdict, evidence))
    rows = [_row(claim, tuple(parts[claim.id])) for claim in claims]
    return ClaimsLedger(
        evidence.task, evidence.model, evidence.settings, tuple(rows), family(asked), tuple(_remarks(evidence))
    )


def _row(claim: DocumentClaim, parts: tuple[LedgerPart, ...]) -> LedgerRow:
    return LedgerRow(claim, together([one.ruling for one in parts], claim.holds), parts)


def _found(part: ClaimPart, evidence: Evidence) -> Effect | Gap:
    """Return what a part rests on; a gap where it does not speak of this task."""
    if part.scope.tasks and evidence.task not in part.scope.tasks:
        return Gap(f"it speaks of {part.scope.why}", outside=True)
    lacking = [KINDS[kind] for kind in part.scope.data if kind not in evidence.kinds]
    if lacking:
        return Gap(f"it speaks of {part.scope.why}", outside=True)
    found = part.reading.read(evidence)
    return _at_stake(part, found, evidence) if isinstance(found, Effect) else found


def _at_stake(part: ClaimPart, effect: Effect, evidence: Evidence) -> Effect | Gap:
    """Return an effect; a gap where it is a loss, or an equality, of arms that have nothing to lose."""
    for one in effect.stakes:
        counts = one.of_change or part.direction == "equal"
        if counts and not has_to_lose(one.low, one.chance, part.margin):
            what = f"{one.said} is at {one.value:.2f}, at least {one.low:.2f}; {one.chance:.2f} is chance"
            why = f"the arm has nothing to lose: {what}, and {abs(part.margin):g} would matter"
            return Gap("; ".join([why, *effect.others]), evidence.command(part.reading.source) if effect.others else "")
    return effect


def _part(part: ClaimPart, found: Effect | Gap, verdict: PartVerdict | None, evidence: Evidence) -> LedgerPart:
    if isinstance(found, Gap):
        return LedgerPart(part, None, found, None, "", (), found.command)
    conditions = (*found.notes, *found.others, *_conditions(part.reading.source, evidence))
    command = _deciding(part, found, verdict, evidence) if verdict and verdict.ruling in OPEN else ""
    at_hand = _at_hand(part, found, evidence)
    return LedgerPart(part, found, None, verdict, _link(part, found, evidence), conditions, command, at_hand)


def _at_hand(part: ClaimPart, effect: Effect, evidence: Evidence) -> int | None:
    """Return how many examples there are that the effect can be measured on; None where that is not known.

    An effect over questions was measured on all that there are of its kind; of timed ones every question can be timed.
    """
    if part.reading.source != EXPERIMENT or LIMIT in evidence.settings:
        return None
    return {QUESTIONS: effect.n, TIMED: len(evidence.examples)}.get(effect.of)


def _conditions(source: str, evidence: Evidence) -> Iterator[str]:
    study = evidence.studies.get(source)
    if study is not None and study.says:
        yield f"{study.budget} study: {study.says}"


def _deciding(part: ClaimPart, effect: Effect, verdict: PartVerdict, evidence: Evidence) -> str:
    """Return the command that would decide an open effect; "" where more questions are needed, which none makes."""
    source = part.reading.source
    if verdict.ruling == "provisional":  # without an experiment it may be that arm, and the experiment tells
        return evidence.command(source if evidence.experiment is not None else "")
    if effect.command:
        return effect.command
    study = evidence.studies.get(source)
    if study is not None and study.budget == "quick":
        return evidence.command(source)
    if effect.of == TIMED and (verdict.needed or 0.0) <= len(evidence.examples):
        return f"{evidence.command()} timing.examples={len(evidence.examples)}"
    if verdict.needed == math.inf and effect.seeds > 1:
        return f"{evidence.command(source if study else '')} seed=…"
    return ""


def _link(part: ClaimPart, effect: Effect, evidence: Evidence) -> str:
    source = part.reading.source
    folder = evidence.folder(source)
    if folder is None:
        return effect.anchor
    page = DETAILS if source == EXPERIMENT else "table.md"
    return f"{folder.as_posix()}/{page}{f'#{effect.anchor}' if effect.anchor else ''}"


def _remarks(evidence: Evidence) -> Iterator[str]:
    if evidence.experiment is None:
        yield "the experiment itself was not run; what stands here is of its studies"
    else:  # once, not beside every number that was measured in it
        yield from (
            f"! To act on before what the experiment measured is relied on: {one}" for one in evidence.experiment.flags
        )
    yield from evidence.unreadable
