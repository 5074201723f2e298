"""What figures may mean, and the scales behind them: "36,000", "1.234", "2.5 million", "1.2k", "340万"."""

import re
from collections.abc import Sequence
from typing import Final

from harness.judges.quantities.spoken import COINS
from harness.judges.quantities.units import Unit, units
from harness.judges.quantities.value import SPACE, WORD, plain
from harness.text.language_files import language_file
from harness.text.tokens import UNSPACED, folded

NUMBER: Final = re.compile(
    rf"\d{{1,3}}(?:(?:[.,'’]|{SPACE})\d{{3}}|,{SPACE}\d00)+(?!\d)(?:[.,]\d{{1,2}}(?!\d))?|\d+(?:[.,]\d+)?"
)
OF: Final = re.compile(r"\s(?:of|de|d['’])(?=\s|[^\W\d_])", re.IGNORECASE)
MILLIONS: Final = re.compile(rf"{SPACE}?(?P<scale>[kKM]|Md|Mrd|Mio|mio|mn|bn|m)\.?{SPACE}?(?P<sign>[€$£¥₽₹])")
"""a scale with a sign of money behind it: M€"""
GLUED: Final = re.compile(r"(?P<scale>[MBm])(?![^\W_])")
"""a scale right behind figures: £5m, 340M"""
LETTERS: Final = {"k": 10**3, "M": 10**6, "m": 10**6, "B": 10**9, "Md": 10**9, "Mrd": 10**9, "bn": 10**9}


def figures(text: str, at: int) -> tuple[list[float], int]:
    """Return what the figures at a place may mean, and where they end."""
    match = NUMBER.match(text, at)
    assert match is not None, "a digit begins a number"
    plain = re.sub(rf"{SPACE}|['’]", "", match.group())
    marks = [mark for mark in plain if mark in ".,"]
    if not marks:
        return [float(plain)], match.end()
    head, tail = plain.rsplit(marks[-1], 1)
    decimal = float(f"{re.sub('[.,]', '', head)}.{tail}")
    whole = float(re.sub("[.,]", "", plain))
    if len(set(marks)) > 1:
        return [decimal if marks.count(marks[-1]) == 1 else whole], match.end()
    if len(marks) > 1:
        return [whole], match.end()
    if len(tail) != 3 or not 1 <= len(head) <= 3 or head == "0":
        return [decimal], match.end()
    return [whole, decimal], match.end()  # 1.234 is written for 1234 in some languages and for 1.234 in others


def scaled(text: str, values: Sequence[float], end: int) -> tuple[list[float], int]:
    """Return values multiplied by the words behind them, and where these end."""
    scales = language_file("quantities")["scales"]
    known = list(values)
    while (after := WORD.match(text, end)) is not None:
        written = after[1]
        name = folded(written) if folded(written) in scales else written[0]
        if name not in scales or name in COINS or (len(name) == 1 and name.isascii() and written != name):
            break
        known = [value * scales[name] for value in known]
        end = after.end() if name == folded(written) else after.start(1) + 1
        of = OF.match(text, end)
        end = of.end() if of and unit_after(text, of.end())[0] else end
    return known, end


def letter_scale(text: str, end: int, is_money: bool) -> tuple[int, int]:
    """Return the scale that a letter behind figures stands for, and where it ends; 1 without one."""
    if (signed := MILLIONS.match(text, end)) is not None:
        return LETTERS.get(signed["scale"], 10**3 if signed["scale"] == "K" else 10**6), signed.start("sign")
    glued = GLUED.match(text, end)
    if glued is None or (glued["scale"] == "m" and not is_money):
        return 1, end
    return LETTERS[glued["scale"]], glued.end()


MARKS: Final = re.compile(rf"{SPACE}?([%％°$€£¥₽₹](?:[CF]\b)?)")
PER: Final = re.compile(rf"{SPACE}?([^\W\d_]{{1,20}}/[^\W\d_]{{1,20}})")
POWER: Final = re.compile(rf"{SPACE}?([kcd]?m[²³23])(?!\w)")
BRITISH: Final = re.compile(r"tre(?=s?(?:$|\s))")
"""as in litres"""
MOST_WORDS: Final = 3
"""of a unit"""
LONGEST_SIGNS: Final = 4
"""of a unit in a script without spaces"""
UNSPACED_SIGN: Final = re.compile(f"[{UNSPACED}]")


def unit_after(text: str, end: int) -> tuple[tuple[Unit, ...], int]:
    """Return the meanings of the longest unit after a number, and where it ends."""
    if (mark := MARKS.match(text, end)) is not None and plain(mark[1]) in units():
        return units()[plain(mark[1])], mark.end()
    if (rate := PER.match(text, end)) is not None and plain(rate[1]) in units():
        return units()[plain(rate[1])], rate.end()
    if (power := POWER.match(text, end)) is not None and folded(power[1]) in units():
        return units()[folded(power[1])], power.end()
    words, places, at = list[str](), list[int](), end
    while len(words) < MOST_WORDS and (after := WORD.match(text, at)) is not None:
        words.append(plain(after[1]))
        at = after.end()
        places.append(at)
    for count in range(len(words), 0, -1):
        name = " ".join(words[:count])
        if (known := units().get(name) or units().get(BRITISH.sub("ter", name))) is not None:
            return known, places[count - 1]
    if words and UNSPACED_SIGN.match(words[0]):
        first = WORD.match(text, end)
        for length in range(min(LONGEST_SIGNS, len(words[0])), 0, -1):
            if first and words[0][:length] in units():
                return units()[words[0][:length]], first.start(1) + length
    return (), end
