"""Whether arms still have to be timed."""

from collections.abc import Sequence

from harness.timing.kept import machine_key, settings
from harness.timing.settings import Timing
from harness.types import Timings


def due(found: Sequence[Timings | None], timing: Timing) -> bool:
    """Return whether a pass is wanted and the arms were not timed together, here, and in this way.

    Args:
        found: of every arm that is to be timed; None for one that was not.
        timing: how the pass is to be run.
    """
    if not timing.wanted or not found:
        return False
    whole = [one for one in found if one is not None and not one.problem]
    if len(whole) < len(found) or len({one.session for one in whole}) > 1:
        return True
    return (whole[0].machine, dict(whole[0].settings)) != (machine_key(), settings(timing))
