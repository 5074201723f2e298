"""Every regular expression of harness and pipelines takes linear time on whatever text it meets.

Found by importing every module that holds one: an expression that is added is tried. Left out are those of refusals
(harness/text/languages/??.yaml), which meet clauses of 400 characters at most.
"""

import importlib
import re
from pathlib import Path

import harness
import pipelines
from tests.adversarial import UNITS, repeated
from tests.growth import growth_where_slow

EXPRESSION = re.compile(r"^[A-Z_a-z]+(?:: Final.*)? = (?:re\.compile|expression)\(|re\.compile\(", re.MULTILINE)
SIZE = 2_000
INSTANT = 0.004
"""seconds; quadratic work on SIZE characters takes longer on any machine"""


def within(value):
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from within(part)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from within(part)


def expressions():
    """Each expression that a module or class holds, by its name."""
    found = {}
    for package in (harness, pipelines):
        root = Path(package.__path__[0])
        for path in sorted(root.rglob("*.py")):
            if not EXPRESSION.search(path.read_text(encoding="utf-8")):
                continue
            module = importlib.import_module(
                ".".join([package.__name__, *path.relative_to(root).with_suffix("").parts])
            )
            for name, value in vars(module).items():
                for pattern in within(value):
                    if isinstance(pattern.pattern, str):
                        found.setdefault(pattern, f"{module.__name__}.{name}")
    return found


def matches(pattern, text):
    return sum(1 for _ in pattern.finditer(text))


def slow(pattern, texts):
    """The beginnings of the texts on which the expression takes more than linear time: 8; quadratic would be 64."""
    return [
        text[:12]
        for text in texts
        if growth_where_slow(lambda size, text=text: matches(pattern, text[:size]), SIZE // 8, SIZE, INSTANT) > 24
    ]


def test_no_expression_takes_quadratic_time():
    found = expressions()
    assert len(found) > 70
    texts = [repeated(name, SIZE) for name in UNITS]
    assert {name: bad for pattern, name in found.items() if (bad := slow(pattern, texts))} == {}


def test_quadratic_time_is_noticed():
    assert slow(re.compile(r"\w+x"), [repeated("one letter", SIZE)])
