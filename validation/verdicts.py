"""The part of docs/VALIDITY.md on what tables print: mean support, the judge's yes or no, shares, and calibration."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from harness.judges.judge import Judgement
from harness.judges.trust import PRECISION, RECALL
from validation.agreement import (
    Booleans,
    Values,
    auroc,
    best_threshold,
    calibration,
    calibration_error,
    figures,
    rank_agreement,
    verdicts,
)

CURVE: Final = 5
"""bins of a printed reliability curve"""
HEADLINE: Final = "AUROC of mean support"
BALANCED: Final = "balanced accuracy"
CALIBRATION: Final = "calibration error"
SHARE: Final = "share unsupported"
PEOPLES_SHARE: Final = "people's share unsupported"
ORDER: Final = "order of systems"
READING: Final = """
# What the tables print, against people

Faithfulness and groundedness print the **mean support** of an answer's claims, averaged over answers: *AUROC of mean
support* is how often an answer that people found wholly supported has more of it than one that they did not. The
**hallucination rate** counts the judge's yes or no on each claim, by its threshold. Here an answer is called
unsupported when any of its claims is, and by people when any of it is: *precision* and *recall* of such calls, and
*balanced accuracy* (.5 is chance). *Share*: the mean hallucination rate against people's (BEGIN, where people judged
whole replies: the share of replies with an unsupported claim, which tables call fabrication). *Calibration*: the
expected calibration error in ten bins; 0 if support is the probability that people find it supported. *Order*:
Kendall's tau of the systems that wrote the answers, with their number. Answers without a claim, and unjudged ones, have
no value in tables and are left out here. Baselines call an answer unsupported below the value that has the best
balanced accuracy on the development set.
"""
CURVE_READING: Final = """
**Reliability**: mean label that people gave to the answers whose support lies in each fifth, with their number.
"""


@dataclass(frozen=True)
class Calls:
    """What one judge, or baseline, says of the answers of a label set; one value per answer in every array."""

    supports: Values
    """mean support of the claims"""
    readings: Values
    """support as the label set asks for it: of the whole answer, or the mean"""
    unsupported: Booleans
    """whether it calls any claim unsupported"""
    shares: Values
    """share of claims that it calls unsupported"""
    labels: Values
    systems: tuple[str, ...]
    whole: bool
    """people judged whole answers, not shares of them"""
    probabilities: bool = True
    """whether support is meant as a probability; not so for baselines"""

    def measured(self) -> dict[str, float]:
        """Return the figures by name; NaN where one is not defined."""
        by_people = self.labels < 1
        decided = verdicts(self.unsupported, by_people)
        called = self.unsupported.astype(float) if self.whole else self.shares
        return {
            HEADLINE: auroc(self.supports, self.labels) if 0 < by_people.sum() < len(by_people) else float("nan"),
            BALANCED: decided.balanced_accuracy,
            PRECISION: decided.precision,
            RECALL: decided.recall,
            SHARE: float(called.mean()),
            PEOPLES_SHARE: float((1 - self.labels).mean()),
            CALIBRATION: calibration_error(self.readings, self.labels) if self.probabilities else float("nan"),
            ORDER: rank_agreement(self.supports, self.labels, self.systems),
        }

    def kept(self) -> dict[str, float]:
        """Return the figures as the file of measured agreement keeps them."""
        return figures(self.measured())


def of_judge(
    judgements: Sequence[Judgement],
    readings: Sequence[float | None],
    labels: Values,
    systems: Sequence[str],
    whole: bool,
) -> Calls:
    """Return a judge's calls on the answers that claim something; the others have no value in tables, either."""
    kept = [at for at, one in enumerate(judgements) if one.assertions and not one.unjudged]
    shares = np.array([1 - (judgements[at].share_supported or 0.0) for at in kept])
    return Calls(
        supports=np.array([judgements[at].mean_support or 0.0 for at in kept]),
        readings=np.array([readings[at] or 0.0 for at in kept]),
        unsupported=shares > 0,
        shares=shares,
        labels=labels[kept],
        systems=tuple(systems[at] for at in kept),
        whole=whole,
    )


def of_baseline(
    scores: Values, development: tuple[Values, Values], labels: Values, systems: Sequence[str], whole: bool
) -> Calls:
    """Return a baseline's calls, below the value that is best on (scores, labels) of the development set."""
    called = scores < best_threshold(development[0], development[1] < 1)
    return Calls(scores, scores, called, called.astype(float), labels, tuple(systems), whole, probabilities=False)


def together(parts: Sequence[Calls]) -> Calls:
    """Return the calls on several label sets as on one."""
    arrays = ("supports", "readings", "unsupported", "shares", "labels")
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in arrays}
    return replace(parts[0], **joined, systems=tuple(system for part in parts for system in part.systems))


def rows(named: Mapping[tuple[str, str], Calls]) -> Iterator[dict[str, str]]:
    """Yield one line per (label set, judge or baseline)."""
    for (label_set, who), calls in named.items():
        found = {name: "–" if np.isnan(value) else f"{value:.2f}" for name, value in calls.measured().items()}
        share = f"{found.pop(SHARE)} / {found.pop(PEOPLES_SHARE)}"
        order = f"{found.pop(ORDER)} ({len(set(calls.systems))})"
        yield {
            "set": label_set,
            "judge": who,
            "answers": str(len(calls.labels)),
            **found,
            "share / people": share,
            ORDER: order,
        }


def curves(named: Mapping[tuple[str, str], Calls]) -> Iterator[dict[str, str]]:
    """Yield one line per (label set, judge): the reliability curve."""
    for (label_set, who), calls in named.items():
        if calls.probabilities:
            cells = calibration(calls.readings, calls.labels, CURVE)
            yield {
                "set": label_set,
                "judge": who,
                **{
                    f"{at / CURVE:.1f} to {(at + 1) / CURVE:.1f}": f"{label:.2f} ({count})" if count else "–"
                    for at, (count, _, label) in enumerate(cells)
                },
            }
