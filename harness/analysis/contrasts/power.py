"""What a number of examples can show: the smallest difference it would see, and how many a difference needs.

The usual two-sided calculation (Cohen 1988, ch. 2; Miller, Adding Error Bars to Evals, 2024, §5) on the measured
clustered standard error, with the seeds' luck beside it, which more examples do not lessen.
"""

from typing import Final

import numpy as np

from harness.analysis.contrasts.estimates import Estimate
from harness.analysis.stats.bootstrap import Floats
from harness.analysis.stats.seed_variance import reach

POWER: Final = 0.8
ALPHA: Final = 0.05


def detectable(found: Estimate) -> Floats:
    """Return, per metric, the smallest true difference that a test at α .05 would see with 80 % power."""
    return reach(ALPHA, found.error, found.degrees, found.seed_variance, POWER)


def examples_needed(found: Estimate, comparisons: int) -> Floats:
    """Return, per metric, how many examples would show the observed difference, were it the true one.

    At α / comparisons, the bar that Holm's procedure starts with. Infinite where the seeds' luck alone hides the
    difference, or where there is none; never fewer than there are.

    Args:
        found: the difference.
        comparisons: how many p is adjusted for.
    """
    alpha = ALPHA / comparisons
    lucky = reach(alpha, np.zeros_like(found.error), found.degrees, found.seed_variance, POWER)
    by_examples = reach(alpha, found.error, found.degrees, (), POWER)
    left = found.mean**2 - lucky**2
    needed = np.divide(found.n * by_examples**2, left, out=np.full_like(left, np.inf), where=left > 0)
    return np.asarray(np.maximum(needed, found.n + 1.0))
