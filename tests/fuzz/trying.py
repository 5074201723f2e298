"""One try of the fuzz: it may work, or be refused in one CutleryError; anything else, or a minute, fails it."""

import os
import signal
from collections import Counter
from contextlib import contextmanager

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from harness.errors import CutleryError

LONGEST_SECONDS = 60
outcomes = Counter()
"""of this process, by the name of the fuzz and what came of a try"""


class HangError(BaseException):
    """Nothing may catch it on its way out."""


@contextmanager
def trying(name):
    """Count a try; a refusal is fine if it is one message of a bounded length."""

    def ring(*_):
        raise HangError(f"{name}: no end within {LONGEST_SECONDS} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(LONGEST_SECONDS)
    try:
        yield
        outcomes[name, "worked"] += 1
    except CutleryError as error:
        outcomes[name, "refused"] += 1
        _check_message(str(error))
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _check_message(text):
    assert 10 < len(text) < 20_000, f"{len(text)} characters: {text[:300]}"
    assert "Traceback" not in text


def tries(number):
    """Settings of a fuzz: so many tries, the same ones each time; with CUTLERY_FUZZ=N N times as many, and new ones."""
    times = int(os.environ.get("CUTLERY_FUZZ", "0"))
    return settings(
        max_examples=number * max(1, times),
        derandomize=not times,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=True,
    )


NUMBERS = st.sampled_from([0, -1, 1, 3, 10**9, 10**18, 10**400, 2**63, 0.5, -0.5, 1e308, 5e-324])
WORDS = st.sampled_from(
    ["", " ", "x", "null", "nan", "../..", "~", "\0", "\ud800", "𝕬" * 90, "{{", "${x}", "x" * 30_000]
)
SCALARS = st.none() | st.booleans() | NUMBERS | st.sampled_from([float("nan"), float("inf"), -float("inf")]) | WORDS
PLAIN = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=5,
)
"""any plain value that JSON or yaml could hold"""


def paths(node, path=()):
    """Yield the way to every value of plain data."""
    yield path
    if isinstance(node, dict):
        for key, value in node.items():
            yield from paths(value, (*path, key))
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from paths(value, (*path, at))


def put(node, path, value):
    """Return the data with another value at this place."""
    if not path:
        return value
    copy = dict(node) if isinstance(node, dict) else list(node)
    copy[path[0]] = put(copy[path[0]], path[1:], value)
    return copy
