"""Times of day: "15:00", "3 pm", "15 Uhr", "half past three", "halb vier", "ocho y cuarto", "下午三点半"."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Final, NamedTuple

from harness.judges.quantities.chinese import AFTER_HOUR, chinese_minutes, of_quarters
from harness.judges.quantities.number_words import cardinals, ranks
from harness.judges.quantities.value import SPACE, WORD, StatedValue, ValueReading, plain
from harness.text.language_files import language_file
from harness.text.tokens import folded

CLOCK: Final = re.compile(
    r"(?P<h>[01]?\d|2[0-4])(?P<sep>[:.：]| ?h ?)(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?(?![\d:%]| ?m)", re.IGNORECASE
)
HOUR: Final = re.compile(r"(?P<h>[01]?\d|2[0-4])(?![\d.,:])")
MERIDIEM: Final = re.compile(rf"{SPACE}?(?P<m>[ap])\.?m\b\.?", re.IGNORECASE)
_LENGTHS: Final = ("h", "heures", "heure", "часов", "час", "часа", "horas")
"""words that say the time of day and how long something takes"""
DAY: Final = 1440.0
"""minutes"""
HALF_DAY: Final = 720.0
NIGHT: Final = -1
"""before six it is early, later it is late"""
LAST_EARLY: Final = 360.0
HOURS: Final = range(13)
"""of a clock"""
MOST_MINUTES: Final = 60
LONGEST_BEFORE: Final = 8
LIKE_TIME: Final = re.compile(
    rf"(?:\d{{1,2}}|[^\W\d_]{{1,20}})(?:{SPACE}|-)(?:[^\W\d_]{{1,20}}(?:{SPACE}|-))?(?:minutes?|past|to|heures?|y|menos|nach|vor"
    r"|часов|часа|uhr|o['’]?clock)(?!\w)"
    rf"|(?:half|an?{SPACE}quarter|quarter|halb|viertel|dreiviertel|половин[аеу]|без|четверть){SPACE}",
    re.IGNORECASE,
)
"""what may be a time in words: all others are passed over quickly"""
PREPOSITION: Final = re.compile(
    r"(?<!\w)(?:at|until|till|before|after|um|bis|gegen|vor|nach|ab|l[ao]s?|в|до|from)\s\Z", re.IGNORECASE
)


NO_NOUN: Final = re.compile(rf"{SPACE}?(?:[.,;:!?)]|$|{SPACE}(?:on|and|every|until|in{SPACE}the|und|et|y|и)(?!\w))")
"""behind an hour: it counts nothing"""


class _Spoken(NamedTuple):
    """A time in words."""

    minutes: float
    end: int
    lasts: bool = False
    """the words may say how long something takes as well"""


def time(text: str, at: int) -> StatedValue | None:
    """Return a time of day: with a colon, or an hour with a word that says so."""
    clock = CLOCK.match(text, at) or HOUR.match(text, at)
    if clock is None:
        return None
    minutes = 60.0 * int(clock["h"]) + int(clock.groupdict().get("m") or 0)
    word_end = _clock_word(text, clock.end())
    half, end = _half_of_day(text, at, max(word_end, clock.end()))
    separator = (clock.groupdict().get("sep") or "").strip()
    if half is None and separator not in (":", "：", "h", "H") and not word_end:
        return None
    if more := AFTER_HOUR.match(text, word_end) if word_end and text[word_end - 1] in "点點" else None:
        minutes, end = minutes + of_quarters(more), more.end()
    readings = [ValueReading("time", "", (_in_day(minutes, half),))]
    word = text[clock.end() : word_end].strip().casefold()
    if half is None and word in ("o'clock", "oclock", "o’clock") and minutes <= HALF_DAY:
        readings.append(ValueReading("time", "", ((minutes + HALF_DAY) % DAY,)))
    lasts = half is None and ((not separator and word in _LENGTHS) or separator.casefold() == "h")
    if lasts:
        readings.append(ValueReading("measure", "duration", (60 * minutes,)))
    if clock.groupdict().get("s") is not None:
        readings.append(ValueReading("measure", "duration", (60 * minutes + int(clock["s"]),)))
    return StatedValue(tuple(readings), at, max(end, word_end, clock.end()), factor=3600.0 * lasts)


def or_time(text: str, at: int, known: StatedValue) -> StatedValue:
    """Return a number, and the times that it may be: "at 12.30", "at six"."""
    if {kind for kind, _ in known.kinds} != {"number"} or not PREPOSITION.search(
        text[max(at - LONGEST_BEFORE, 0) : at]
    ):
        return known
    clock, value = CLOCK.match(text, at), known.readings[0].value[0] or 0.0
    minutes: tuple[float, ...] = ()
    if clock is not None and clock.end() == known.end:
        minutes = ((60.0 * int(clock["h"]) + int(clock["m"])) % DAY,)
    elif value in HOURS and value and NO_NOUN.match(text, known.end):
        minutes = (60 * value % DAY, (60 * value + HALF_DAY) % DAY)
    return replace(known, readings=(*known.readings, *(ValueReading("time", "", (own,)) for own in minutes)))


def hour(text: str, at: int, end: int, minutes: float) -> StatedValue:
    """Return the time that a word such as "noon" says, or "midi et quart"."""
    after = _quarters_after().match(text, end)
    if after is not None:
        return StatedValue((ValueReading("time", "", (minutes + _quarters(after),)),), at, after.end())
    return StatedValue((ValueReading("time", "", (minutes % DAY,)),), at, end)


def spoken_time(text: str, at: int) -> StatedValue | None:
    """Return a time in words; both halves of the day where nothing says which."""
    found = (_spoken(text, at) if LIKE_TIME.match(text, at) else None) or _before_day_part(text, at)
    if found is None or (text[at].isdecimal() and not found.minutes % 60):
        return None
    half, end = _half_of_day(text, at, found.end)
    minutes = (
        [_in_day(found.minutes, half)] if half is not None else [found.minutes % DAY, (found.minutes + HALF_DAY) % DAY]
    )
    readings = [ValueReading("time", "", (own,)) for own in minutes]
    if found.lasts and half is None:
        readings.append(ValueReading("measure", "duration", (60 * found.minutes,)))
    return StatedValue(tuple(readings), at, max(end, found.end))


def chinese_time(text: str, at: int) -> StatedValue | None:
    """Return 下午三点半; without a word for the half of the day as it is written on a clock."""
    found = chinese_minutes(text, at)
    if found is None:
        return None
    half, _ = _half_of_day(text, at, found[1])
    return StatedValue((ValueReading("time", "", (_in_day(found[0], half),)),), at, found[1])


def _in_day(minutes: float, half: int | None) -> float:
    """Return minutes of the day, moved into the half of it that words say."""
    if half is None:
        return minutes % DAY
    if half == NIGHT:
        half = 0 if minutes % HALF_DAY < LAST_EARLY or minutes >= HALF_DAY else 12
    return minutes % DAY if half and minutes >= HALF_DAY + 60 else minutes % HALF_DAY + 60 * half


def _spoken(text: str, at: int) -> _Spoken | None:
    for pattern, minutes, lasts in _patterns():
        match = pattern.match(text, at)
        if match is None:
            continue
        known = match.groupdict()
        if known.get("bare") is not None and not _is_no_range(text, at):
            continue
        hour_of = _hours_in_words()[_plain(match["h"])]
        more = minutes if known.get("m") is None else minutes * _minutes()[_plain(match["m"])]
        return _Spoken((60 * hour_of + more) % DAY, match.end(), lasts)
    return None


def _before_day_part(text: str, at: int) -> _Spoken | None:
    """Return the hour of "nine in the evening"."""
    word = WORD.match(text, at)
    hour_of = _hours_in_words().get(plain(word[1])) if word else None
    if word is None or hour_of is None or _day_parts().match(text, word.end()) is None:
        return None
    return _Spoken(60 * hour_of, word.end())


def _is_no_range(text: str, at: int) -> bool:
    """Return whether "ten to five" is a time: in words, behind a preposition."""
    return not text[at].isdecimal() and PREPOSITION.search(text[max(at - LONGEST_BEFORE, 0) : at]) is not None


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], int, bool], ...]:
    """Return expressions of times in words with the minutes that they add; % stands for an hour, # for minutes."""
    names = {
        "%": "|".join(_longest_first(_hours_in_words())) + r"|\d{1,2}",
        "#": "|".join(_longest_first(_minutes())) + r"|\d{1,2}",
        "@": "|".join(_longest_first(_hours_in_order())),
    }
    return tuple(_compiled(line, names) for line in language_file("quantities")["spoken_times"])


def _compiled(line: dict[str, object], names: dict[str, str]) -> tuple[re.Pattern[str], int, bool]:
    written = str(line["said"]).replace(" ", f"(?:{SPACE}|-)")
    for sign, group in (("%", "h"), ("@", "h"), ("#", "m")):
        written = written.replace(sign, f"(?P<{group}>{names[sign]})")
    pattern = re.compile(rf"{written}(?!\w)", re.IGNORECASE)
    return pattern, int(str(line["minutes"])), bool(line.get("lasts"))


def _longest_first(words: dict[str, float]) -> list[str]:
    return [re.escape(own).replace(r"\ ", "[ -]") for own in sorted(words, key=len, reverse=True) if not own.isdigit()]


class _Numbers(dict[str, float]):
    """Words of numbers; figures are what they say."""

    def __missing__(self, written: str) -> float:
        return float(written)


@cache
def _hours_in_words() -> _Numbers:
    known = {name: float(number) for name, number in cardinals().items() if number in HOURS}
    return _Numbers({**known, **_hours_in_order(), **_single_hours()})


@cache
def _hours_in_order() -> _Numbers:
    return _Numbers({name: float(number) for name, number in ranks().items() if number in HOURS and name[0] > "z"})


def _single_hours() -> dict[str, float]:
    return {folded(name): 1.0 for name in language_file("quantities")["one_o_clock"]}


@cache
def _minutes() -> _Numbers:
    return _Numbers({name: float(number) for name, number in cardinals().items() if number < MOST_MINUTES})


@cache
def _quarters_after() -> re.Pattern[str]:
    return re.compile(rf"{SPACE}(?:et{SPACE}|y{SPACE})(?P<q>demie?|quart|media|cuarto)(?!\w)", re.IGNORECASE)


def _quarters(match: re.Match[str]) -> float:
    return 15.0 if match["q"].casefold() in ("quart", "cuarto") else 30.0


def _plain(written: str) -> str:
    return re.sub(r"[-\s]+", " ", folded(written))


def _half_of_day(text: str, start: int, end: int) -> tuple[int | None, int]:
    """Return the hours that "pm" and its like add to a time between the two places, and where it ends."""
    halves = language_file("quantities")["meridiem"]
    if (match := MERIDIEM.match(text, end)) is not None:
        return halves[f"{match['m'].casefold()}m"], match.end()
    if (phrase := _day_parts().match(text, end)) is not None:
        return _parts_of_day()[_plain(phrase[1])], phrase.end()
    return halves.get(text[max(start - 2, 0) : start]), end


@cache
def _day_parts() -> re.Pattern[str]:
    phrases = "|".join(_longest_first(_Numbers(_parts_of_day())))
    return re.compile(rf"{SPACE}({phrases})(?!\w)", re.IGNORECASE)


@cache
def _parts_of_day() -> dict[str, int]:
    return {_plain(phrase): half for phrase, half in language_file("quantities")["day_parts"].items()}


def _clock_word(text: str, end: int) -> int:
    """Return where a word for the hour of day ends; 0 without one."""
    after = WORD.match(text, end)
    if after and (plain(after[1]) in _clock_words() or after[1][0] in "点點"):
        return after.end() - after.group().endswith(".") if plain(after[1]) in _clock_words() else after.start(1) + 1
    return 0


@cache
def _clock_words() -> frozenset[str]:
    return frozenset(map(folded, language_file("quantities")["clock"]))


def time_beginnings() -> Iterator[str]:
    """Yield the first words of times in words, numbers left out."""
    yield from map(folded, language_file("quantities")["time_beginnings"])
