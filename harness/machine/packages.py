"""Which installed packages this process has loaded, read off its modules."""

import importlib.metadata
import sys
from collections.abc import Iterable


def loaded_packages(modules: Iterable[str] | None = None) -> list[str]:
    """Return the names of the distributions that loaded modules come from, sorted.

    Args:
        modules: dotted names; None: those of this process.
    """
    known = importlib.metadata.packages_distributions()
    tops = {name.partition(".")[0] for name in (sys.modules if modules is None else modules)}
    return sorted({distribution for top in tops for distribution in known.get(top, ())})
