"""A part that is added to a number or a unit: "and a half", "et demie", "y media", "с половиной"."""

import re
from typing import Final, NamedTuple

from harness.judges.quantities.value import SPACE

HALF_OF: Final = 0.5
AND_PART: Final = re.compile(
    rf"(?:{SPACE}(?P<and>and|und|et|y|с){SPACE})(?:(?:an?|one|ein|eine|un)(?:{SPACE}|-))?"
    r"(?P<more>three[- ]quarters|two[- ]thirds|half|quarter|third"
    r"|halb\w{0,2}|demie?|quart|medi[oa]|cuarto|половиной|четвертью)(?!\w)",
    re.IGNORECASE,
)
ADDED: Final = {
    "three quarters": 0.75,
    "two thirds": 2 / 3,
    "quarter": 0.25,
    "third": 1 / 3,
    "quart": 0.25,
    "cuarto": 0.25,
    "четвертью": 0.25,
}


class PartOfWhole(NamedTuple):
    """A part, and what is known of it."""

    value: float
    end: int
    of_unit: bool = False
    """it is one only before a unit or a scale: "half an hour" """


def added_part(text: str, end: int) -> PartOfWhole | None:
    """Return "and a half" behind a number or a unit."""
    match = AND_PART.match(text, end)
    if match is None:
        return None
    return PartOfWhole(ADDED.get(re.sub("-", " ", match["more"].casefold()), HALF_OF), match.end())
