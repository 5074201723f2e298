"""Why the recommended arm and not the runner-up, in words: what it gains, what it loses, and all the rest."""

from collections.abc import Iterator, Sequence
from typing import Final

from harness.analysis.numbers import listed
from harness.studies.decision.amounts import amount, signed
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.tradeoff import LEAST_GAIN, Gain, beaten, gains, told

PLAIN: Final = "of 1"
"""unit of a share, which goes without saying"""


def why(found: Evaluation) -> Iterator[str]:
    """Yield what is to be chosen between; nothing without a second arm."""
    own = gains(found)
    if own and found.recommended is not None and found.runner_up is not None:
        more, less = told([one for one in own if one.gain > 0]), told([one for one in own[::-1] if one.gain < 0])
        second, arm = found.arms[found.runner_up], found.arms[found.recommended]
        gained = f"gains most utility by {_gains(found, more)}" if more else "gains utility by nothing"
        lost = f"loses most by {_gains(found, less)}" if less else "loses by nothing"
        rest = _rest(found, own, [*more, *less])
        yield f"Why: against {second}, {arm} {gained}, and {lost}{rest}.{_beaten(found)}"


def _rest(found: Evaluation, own: Sequence[Gain], said: Sequence[Gain]) -> str:
    """Return what all other criteria come to, and how much each of them at most; "" for next to nothing."""
    assert found.recommended is not None
    assert found.runner_up is not None
    lead = float(found.scores[found.recommended] - found.scores[found.runner_up])
    rest, unnamed = lead - sum(one.gain for one in said), [abs(one.gain) for one in own if one not in said]
    if abs(rest) < LEAST_GAIN:
        return ""
    most = f", none of them more than {amount(max(unnamed))}" if len(unnamed) > 1 else ""
    return f"; all other criteria together {signed(rest)}{most}"


def _gains(found: Evaluation, own: Sequence[Gain]) -> str:
    return listed(
        [f"{found.decision.criteria[one.criterion].title} ({signed(one.gain)}{_values(found, one)})" for one in own]
    )


def _values(found: Evaluation, gain: Gain) -> str:
    """Return what was measured of both arms, in the criterion's unit, and by which study; or of whom it was not.

    A study asks other questions than the experiment's table shows, so that its numbers may differ from that table's.
    """
    arms = [found.arms[place] for place in (found.recommended, found.runner_up) if place is not None]
    samples = {arm: found.measured.sample(gain.criterion, arm) for arm in arms}
    values = [amount(one.value) for one in samples.values() if one is not None]
    unit = found.decision.criteria[gain.criterion].unit_in(found.measured.currency)
    readout = found.measured.readouts.get(gain.criterion)
    study = f" in {readout.study}" if readout is not None and readout.study else ""
    if lacking := [arm for arm, one in samples.items() if one is None]:
        return f": not measured of {listed(lacking)}, which counts as ½"
    return f": {' against '.join(values)}{'' if unit == PLAIN else f' {unit}'}{study}"


def _beaten(found: Evaluation) -> str:
    out = [f"{by} is at least as good as {arm}" for arm, by in beaten(found).items()]
    return f" On all that was measured, {listed(out)}." if out else ""
