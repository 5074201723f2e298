"""How a format writes values: where the unit goes, whether they begin with a capital letter."""

import re
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

Unit = Literal["behind", "before", "left out"]
AMOUNT: Final = re.compile(r"(\d+) ([a-z]+(?: [a-z]+)?)")


@dataclass(frozen=True, slots=True)
class ValueForm:
    """The form of all values of a format."""

    unit: Unit = "behind"
    """of amounts, such as crowns"""
    capital: bool = False
    """whether values begin with a capital letter"""
    article: bool = True
    """whether 'the' and 'a' stay at the beginning"""

    def write(self, value: str) -> str:
        """Return the value as the format writes it."""
        if amount := AMOUNT.fullmatch(value):
            number, unit = amount.groups()
            value = {"behind": value, "before": f"{unit} {number}", "left out": number}[self.unit]
        if not self.article:
            value = re.sub(r"^(the|an?) ", "", value)
        return value[:1].upper() + value[1:] if self.capital else value


def value_form(rng: Random) -> ValueForm:
    """Return a drawn form; most values stay as they are."""
    unit: Unit = rng.choices(("behind", "before", "left out"), (8, 1, 1))[0]
    return ValueForm(unit, rng.random() < 0.15, rng.random() < 0.85)
