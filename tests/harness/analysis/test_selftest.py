"""The statistics are tried on made-up records before a table is shown; what is broken is named."""

import numpy as np
import pytest

from harness.analysis import selftest, table
from harness.analysis.contrasts import estimates, pairwise
from harness.analysis.stats import bootstrap
from harness.errors import MetricError


@pytest.fixture(autouse=True)
def tried_anew():
    selftest._problems.cache_clear()
    yield
    selftest._problems.cache_clear()


def test_sound_statistics_pass():
    selftest.check_statistics()


def clusters_ignored(patch):
    whole = bootstrap.clusters_of
    patch.setattr(table.stats, "clusters_of", lambda groups: whole(["" for _ in groups]))


def holm_dropped(patch):
    patch.setattr(bootstrap, "holm_over_rows", lambda p: p)


def pairing_broken(patch):
    whole = estimates.combined

    def combined(source, weights):
        if len(weights) == 1:
            return whole(source, weights)
        first, *rest = weights.items()
        return whole(source, dict([first])) + np.roll(whole(source, dict(rest)), 7, axis=0)

    patch.setattr(estimates, "combined", combined)


def winner_swapped(patch):
    whole = pairwise._comparison
    patch.setattr(pairwise, "_comparison", lambda *given: whole(*given[:-1], -given[-1]))


def missing_is_zero(patch):
    whole = table._runs
    patch.setattr(table, "_runs", lambda *given: np.nan_to_num(whole(*given)))


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (clusters_ignored, "over its clusters it is about"),
        (holm_dropped, "adjusted by Holm's method"),
        (pairing_broken, "answers to one question differ by less|not 0"),
        (winner_swapped, "wins and"),
        (missing_is_zero, "the mean of base is"),
    ],
)
def test_broken_statistics_make_no_table(monkeypatch, fault, message):
    fault(monkeypatch)
    with pytest.raises(MetricError, match=message):
        selftest.check_statistics()
