"""Which metrics a reader is shown where not all of them have room."""

from typing import Final

import numpy as np

from harness.grids.source import Source
from harness.result import CONTROLS, Column

SHOWN: Final = 3


def headline(source: Source) -> tuple[Column, ...]:
    """Return the first metrics with a better side on which every arm that one could choose has a value.

    A task lists its metrics in the order of their weight. Retrieval metrics say nothing about arms without a
    retriever, so they never come first here.
    """
    chosen = [number for number, arm in enumerate(source.arms) if arm not in CONTROLS] or [0]
    silent = np.any(np.isnan(source.values[:, chosen]).all(axis=0), axis=0).tolist()
    judged = [place for place, column in enumerate(source.columns) if column.higher_is_better is not None]
    told = [place for place in judged if not silent[place]] or judged
    return tuple(source.columns[place] for place in told[:SHOWN])
