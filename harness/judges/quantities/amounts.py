"""A number with what stands around it: its scale, its unit, a part that is added, or what it counts."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from harness.judges.quantities.added_parts import PartOfWhole, added_part
from harness.judges.quantities.figures import NUMBER, OF, figures, letter_scale, scaled, unit_after
from harness.judges.quantities.parts import TO_UNIT
from harness.judges.quantities.spoken import scales
from harness.judges.quantities.units import Unit, units
from harness.judges.quantities.value import SPACE, WORD, StatedValue, ValueReading
from harness.text.terms import word
from harness.text.tokens import UNSPACED

RANGE: Final = re.compile(rf"{SPACE}?(?:[-–—]|(?:to|bis|à|a|до)(?={SPACE})|至|到){SPACE}?", re.IGNORECASE)
SPAN: Final = re.compile(rf"{SPACE}(?:and|und|et|y|и){SPACE}", re.IGNORECASE)
BETWEEN: Final = re.compile(r"(?:between|from|von|zwischen|entre|de|от|с|между)\s+[\d.,]+\Z", re.IGNORECASE)
ORDINAL: Final = re.compile(
    r"(?:(?:st|nd|rd|th|er|e|º|ª|\.[ºª])|-(?:й|я|е|го|ю|му|м|ем|ом|ей|х|ми))(?![^\W_])", re.IGNORECASE
)
OF_HUNDRED: Final = "百分之"
WORD_BEFORE: Final = re.compile(rf"(?<!\w)([^\W\d_]+){SPACE}\Z")
LONGEST_WORD: Final = 40
"""characters"""
YEARS: Final = range(1000, 2200)
"""numbers that may be a year"""
YEAR: Final = re.compile(r"\d{4}(?:-\w{1,3})?")
IN_YEAR: Final = re.compile(
    rf"(?<!\w)(?:in|since|until|im|jahre?|seit|bis|en|depuis|desde|hasta|jusqu'en|в|с|до){SPACE}\Z", re.IGNORECASE
)
"""before a year that is no number"""
MINUS: Final = re.compile(
    rf"(?<![^\W_])(?:(?P<sure>minus|минус)|moins|menos){SPACE}\Z|(?P<below>零下)\Z", re.IGNORECASE
)
BEFORE_DASH: Final = re.compile(rf"[^\W_{UNSPACED}]")
"""what a dash joins with a number, which is not below zero then"""
HALF_SIGN: Final = "半"
SIGNS: Final = "$€£¥₽₹"


def number(text: str, at: int, known: tuple[Sequence[float], int] | None = None) -> StatedValue:
    """Return a number with its scale and unit.

    Args:
        text: holds it.
        at: where it begins.
        known: its values and where its figures end, if they are known.
    """
    start, (values, end) = at, known or figures(text, at)
    negative = at > 0 and text[at - 1] in "-−" and not BEFORE_DASH.search(text[max(at - 2, 0) : at - 1])
    if negative:
        start, values = at - 1, [-value for value in values]
    ordinal = ORDINAL.match(text, end) if known is None else None
    values, end = (values, ordinal.end()) if ordinal else _whole(text, at, values, end, known is None)
    before, start = _symbol_before(text, start)
    meanings, unit_end = (before, end) if before else unit_after(text, end)
    if not meanings and (of := OF.match(text, end)):
        meanings, unit_end = unit_after(text, of.end())
    if not meanings and (last := _range_end(text, end)):
        meanings, unit_end = unit_after(text, last)[0], end
    if not meanings:
        return _below_zero(text, _bare(text, start, at, values, end))
    measured = _measured(meanings, values, start, max(end, unit_end), text[at:end])
    return _or_year(_with_part(text, _below_zero(text, measured), meanings), values)


def _below_zero(text: str, known: StatedValue) -> StatedValue:
    """Return the amount below zero where a word says so: "minus five", "moins dix degrés", 零下十度."""
    before = MINUS.search(text[max(known.start - LONGEST_WORD, 0) : known.start])
    warm = any(own.unit.startswith("temperature") for own in known.readings)
    if before is None or not (warm or before["sure"]):
        return known
    readings = tuple(
        own._replace(value=tuple(None if one is None else -one for one in own.value)) for own in known.readings
    )
    return replace(known, readings=readings, start=known.start - len(before.group()))


def _whole(text: str, at: int, values: Sequence[float], end: int, in_digits: bool) -> tuple[Sequence[float], int]:
    """Return values with what is added to them, and their scale, and where that ends."""
    if in_digits:
        letter, end = letter_scale(text, end, text[max(at - 1, 0) : at] in tuple(SIGNS))
        values = [value * letter for value in values]
    if (more := added_part(text, end)) is not None:
        return scaled(text, [value + more.value for value in values], more.end)
    begun = end
    larger, end = scaled(text, values, end)
    more = added_part(text, end) if end > begun else None
    if more is None or not values[0]:
        return larger, end
    return [own + more.value * own / value for own, value in zip(larger, values, strict=True)], more.end


def _measured(meanings: Sequence[Unit], values: Sequence[float], start: int, end: int, written: str) -> StatedValue:
    readings = [
        ValueReading(own.kind, "" if own.kind == "percent" else own.name, (value * own.factor,))
        for own in meanings
        for value in values
    ]
    return StatedValue(tuple(readings), start, end, frozenset(), written, max(own.factor for own in meanings))


def _or_year(measured: StatedValue, values: Sequence[float]) -> StatedValue:
    """Return the amount, and the year that it may be: 2008年."""
    year = ValueReading("measure", "duration-month", (12 * values[0],))
    if len(values) != 1 or values[0] not in YEARS or year not in measured.readings:
        return measured
    return replace(measured, readings=(*measured.readings, ValueReading("date", "", (values[0], None, None))))


def _with_part(text: str, measured: StatedValue, meanings: Sequence[Unit]) -> StatedValue:
    """Return the amount with the part of its unit that stands behind it: "a year and a half", 两年半."""
    signs = text[measured.end : measured.end + 1] == HALF_SIGN
    more = PartOfWhole(0.5, measured.end + 1) if signs else added_part(text, measured.end)
    if more is None or any(own.kind == "percent" for own in meanings):
        return measured
    factors = {(own.kind, own.name): own.factor for own in meanings}
    readings = [
        own._replace(value=((own.value[0] or 0.0) + more.value * factors[own.kind, own.unit],))
        for own in measured.readings
        if (own.kind, own.unit) in factors
    ]
    return replace(measured, readings=tuple(readings), end=more.end)


def _bare(text: str, start: int, at: int, values: Sequence[float], end: int) -> StatedValue:
    readings = [ValueReading("number", "", (value,)) for value in values]
    written = text[at:end]
    counts = counted(text, end) is not None
    if len(values) == 1 and (YEAR.fullmatch(written) or written[:1].isalpha()) and values[0] in YEARS:
        dated = YEAR.fullmatch(written) and not counts and IN_YEAR.search(text[max(start - LONGEST_WORD, 0) : start])
        readings = [*([] if dated else readings), ValueReading("date", "", (values[0], None, None))]
    return StatedValue(tuple(readings), start, end, nouns(text, start, end), written, counts=counts)


def part(text: str, at: int, known: PartOfWhole) -> StatedValue | None:
    """Return a part of a unit, or by itself as a share."""
    joint = TO_UNIT.match(text, known.end)
    begun = joint.end() if joint else known.end
    values, end = scaled(text, [known.value], begun)
    meanings, unit_end = unit_after(text, end)
    if meanings:
        measured = _measured(meanings, values, at, unit_end, text[at : known.end])
        return measured if known.of_unit or known.value > 1 else _or_share(measured, known)
    if end > begun or known.value > 1:
        return number(text, at, (values, end if end > begun else known.end))
    if known.of_unit:
        return None
    return StatedValue(_shares(known.value), at, known.end, figures=text[at : known.end], is_part=True)


def _or_share(measured: StatedValue, known: PartOfWhole) -> StatedValue:
    kinds = {kind for kind, _ in measured.kinds}
    return measured if kinds <= {"percent"} else replace(measured, readings=(*measured.readings, *_shares(known.value)))


def _shares(value: float) -> tuple[ValueReading, ...]:
    return ValueReading("number", "", (value,)), ValueReading("percent", "", (100 * value,))


def of_one_word(text: str, at: int, end: int, known: tuple[float, str]) -> StatedValue:
    """Return what a word such as полчаса says: a part and its unit, or its scale."""
    value, name = known
    if name in scales():
        return number(text, at, ([value * scales()[name]], end))
    return _measured(units()[name], [value], at, end, "")


def _symbol_before(text: str, start: int) -> tuple[tuple[Unit, ...], int]:
    before = text[max(start - 2, 0) : start].rstrip()
    if before[-1:] in set(SIGNS):
        return units().get(before[-1], ()), start - 1 - (text[start - 1] != before[-1])
    if text[max(start - len(OF_HUNDRED), 0) : start] == OF_HUNDRED:
        return (Unit("percent", "", 1.0),), start - len(OF_HUNDRED)
    return (), start


def _range_end(text: str, end: int) -> int:
    """Return where the second number of "5-7 days" ends; 0 where no range begins."""
    joint = RANGE.match(text, end) or (SPAN.match(text, end) if BETWEEN.search(text[max(end - 30, 0) : end]) else None)
    last = NUMBER.match(text, joint.end()) if joint else None
    return last.end() if last else 0


def counted(text: str, end: int) -> str | None:
    """Return the key of the content word behind a number."""
    after = WORD.match(text, _range_end(text, end) or end)
    known = word(after[1]) if after else None
    return known.key if known is not None and known.content else None


def nouns(text: str, start: int, end: int) -> frozenset[str]:
    """Return the keys of the words around a number: what it counts, or what it numbers."""
    after = WORD.match(text, _range_end(text, end) or end)
    before = WORD_BEFORE.search(text[max(start - LONGEST_WORD, 0) : start])
    near = [word(found[1]) for found in (before, after) if found is not None]
    return frozenset(known.key for known in near if known.content)
