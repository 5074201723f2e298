"""The inventories that formats are drawn from: parts.yaml, and words and signs that no list holds."""

from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

import yaml

from pocket.formats.house import is_house_like
from pocket.world.names import Pool, is_reserved

SIGNS: Final = "*+=~^#@&%$!?<>|_-.:;"
STARTS: Final = ("b", "c", "ch", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "pl", "qu", "r")
VOWELS: Final = ("a", "e", "i", "o", "u", "ai", "ea", "oo", "y")
STOPS: Final = ("", "", "b", "ck", "d", "ff", "g", "l", "m", "nd", "ng", "p", "r", "rt", "s", "sh", "st", "t", "w", "x")


@cache
def _all() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return loaded


def part(rng: Random, kind: str, pool: Pool) -> Any:
    """Return one of the parts of a kind (a key of parts.yaml) that the pool holds."""
    return rng.choice(_all()[kind][pool])


def language(rng: Random, pool: Pool) -> list[str]:
    """Return the label words of one language of the pool."""
    return list(rng.choice(list(_all()["labels"][pool].values())))


def word(rng: Random, pool: Pool) -> str:
    """Return an invented word in small letters; words of the pools differ, and none is of a house style."""
    while True:
        syllables = [_syllable(rng) for _ in range(rng.choice((1, 1, 1, 2, 2)))]
        made = "".join(syllables)
        if len(made) > 1 and is_reserved(made.title()) == (pool == "reserved") and not is_house_like(made):
            return made


def code(rng: Random) -> str:
    """Return a short label of letters or digits, such as QX or B7."""
    letters = "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=rng.randint(1, 3)))
    return letters if rng.random() < 0.6 else f"{letters[0]}{rng.randint(1, 99)}"


def signs(rng: Random) -> str:
    """Return one to three signs with or without spaces around them; never those between reserved labels and values."""
    while True:
        made = "".join(rng.choices(SIGNS, k=rng.choice((1, 1, 2, 3))))
        made = rng.choice((" {} ", "{} ", " {}", "{}")).format(made)
        if made not in _all()["separators"]["reserved"] and not is_house_like(made):
            return made


def run(rng: Random) -> str:
    """Return a line of one sign or two, such as ===== or -*-*-*; none of it is of a house style."""
    while True:
        made = "".join(rng.choices(SIGNS, k=rng.choice((1, 1, 2)))) * rng.randint(2, 8)
        if not is_house_like(made):
            return made


def bracket(rng: Random) -> list[str]:
    """Return drawn signs before and after something: a pair of brackets, once or twice, or the same signs."""
    if rng.random() < 0.4:
        left, right = rng.choice(("()", "[]", "{}", "<>"))
        count = rng.choice((1, 2, 2, 3))
        return [left * count, right * count]
    made = "".join(rng.choices(SIGNS + "'`\"", k=rng.choice((1, 2))))
    return [made, made[::-1]]


def _syllable(rng: Random) -> str:
    return rng.choice(STARTS) + rng.choice(VOWELS) + rng.choice(STOPS)
