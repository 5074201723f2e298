"""Values in Chinese signs: 三百四十万, 三点五万, 三分之二, 百分之二十, 下午三点半, 二〇二六年五月一日, 九十年代."""

import re
from typing import Final

from harness.judges.quantities.value import StatedValue, ValueReading

DIGITS: Final = {sign: number for number, sign in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "兩": 2}
SMALL_SCALES: Final = {"十": 10, "百": 100, "千": 1000}
LARGE_SCALES: Final = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
BEGINNINGS: Final = "".join([*DIGITS, "十百千"])
_ALL: Final = BEGINNINGS + "".join(LARGE_SCALES)
_FIGURES: Final = "".join(DIGITS)
_N: Final = rf"[{_ALL}]{{1,20}}"
NUMERAL: Final = re.compile(
    rf"(?P<whole>[{BEGINNINGS}][{_ALL}]{{0,20}})(?:点(?P<part>[{_FIGURES}]{{1,8}})(?![分刻十]))?"
)
SHARE: Final = re.compile(rf"(?P<below>{_N})分之(?P<above>{_N}(?:点[{_FIGURES}]{{1,8}})?|\d{{1,9}}(?:\.\d{{1,9}})?)")
CLOCK: Final = re.compile(
    rf"(?P<hour>[{_FIGURES}十]{{1,3}})[点點时](?!间|候|代)"
    rf"(?:(?P<half>半)|(?P<quarters>[一三])刻|(?P<minute>[{_FIGURES}十]{{1,3}})分?)?(?:钟|整)?"
)
AFTER_HOUR: Final = re.compile(r"(?:(?P<half>半)|(?P<quarters>[一三])刻)")
DATE: Final = re.compile(
    rf"(?:(?P<year>[{_FIGURES}]{{4}})年)?(?P<month>[{_FIGURES}十]{{1,2}})月(?:(?P<day>[{_FIGURES}十]{{1,3}})[日号])?"
)
YEAR: Final = re.compile(rf"(?P<year>[{_FIGURES}]{{4}})年")
DECADE: Final = re.compile(rf"(?P<tens>[{_FIGURES}])十年代")
CENTURY: Final = re.compile(rf"(?P<number>[{_FIGURES}十]{{1,3}})世纪")
TENTHS: Final = re.compile(rf"(?P<tens>[{_FIGURES}])成(?P<more>[{_FIGURES}])?(?![员為为功本立年绩果人都长熟品分])")
HALF: Final = re.compile("一半")
NO_NUMBER: Final = re.compile(
    "十分(?!钟|之)|千万(?![亿元美欧英日人名吨])|万一|一[一般些样起直定旦切边面带时向律共同下部生流致种家位名次]|一个(?!半|月|小时|星期|钟)|一点(?![〇零一二三四五六七八九])|三明治|百姓|百货|百科|百度|十字|千古|"
    "[一二三四五六七八九]来|十几|几十|九牛|五金|三角|四川|四周|八卦|七夕|二手|两侧|两岸|两旁|一年级|三轮|两国"
)
"""words that begin with a numeral and are none; "one of" is an article"""
COUNTERS: Final = frozenset(
    "个個名位条條次天年月日周点點小分元块万萬亿億公米升克吨斤里英毫厘平立度岁倍台辆艘张件本册人户家所座只头匹层楼间号届期级门项对打秒季刻世点星角美欧毛种处头份封枚根棵片瓶杯盒袋箱桶套双场节堂成折步步队组排行列轮"
)
"""what follows one character that is meant as a number; others begin words"""
UNITS_OF_ONE: Final = frozenset("个個年月天日周点點分元万萬亿億百千小公米升克吨斤里度岁倍秒刻打")
"""what follows 一 that is no article"""
HOURS: Final = range(25)
MINUTES: Final = range(60)


def _numeral(written: str) -> float:
    """Return the number that signs stand for; figures by themselves are read one by one, as in years."""
    whole, _, part = written.partition("点")
    if not any(sign in whole for sign in (*SMALL_SCALES, *LARGE_SCALES)):
        value = float("".join(str(DIGITS[sign]) for sign in whole))
    else:
        value = _sum(whole)
    return value + (float("0." + "".join(str(DIGITS[sign]) for sign in part)) if part else 0.0)


def _sum(signs: str) -> float:
    total = section = digit = 0
    for sign in signs:
        if sign in LARGE_SCALES:
            total = (
                (total + section + digit or 1) * LARGE_SCALES[sign]
                if sign in "亿億"
                else total + (section + digit or 1) * LARGE_SCALES[sign]
            )
            section = digit = 0
        elif sign in SMALL_SCALES:
            section, digit = section + (digit or 1) * SMALL_SCALES[sign], 0
        else:
            digit = DIGITS[sign]
    return float(total + section + digit)


def chinese_number(text: str, at: int) -> tuple[float, int] | None:
    """Return the number in signs at a place and where it ends; None where the signs begin a word."""
    match = NUMERAL.match(text, at)
    ranked = text[max(at - 1, 0) : at] == "第"
    if match is None or (NO_NUMBER.match(text, at) and not ranked):
        return None
    signs, end = match["whole"], match.end()
    if ranked and signs == "一":
        return None
    counters = COUNTERS if signs != "一" else UNITS_OF_ONE
    if len(signs) == 1 and not ranked and match["part"] is None and text[end : end + 1] not in counters:
        return None
    if len(signs) > 1 and signs[-1] in "两兩":  # a weight of silver
        signs, end = signs[:-1], end - 1
    if len(signs) == 2 and all(sign in DIGITS for sign in signs):
        return None  # 三四: three or four
    scale = 12 if text[end : end + 1] == "打" else 1
    return scale * _numeral(text[at:end]), end + (scale > 1)


def chinese_value(text: str, at: int) -> StatedValue | None:
    """Return a share, date, decade, century or half that is written in signs."""
    if (share := SHARE.match(text, at)) is not None and _numeral(share["below"]):
        return _share(share)
    if (half := HALF.match(text, at)) is not None:
        readings = (ValueReading("number", "", (0.5,)), ValueReading("percent", "", (50.0,)))
        return StatedValue(readings, at, half.end(), is_part=True)
    if (tenths := TENTHS.match(text, at)) is not None:
        percent = 10 * DIGITS[tenths["tens"]] + (DIGITS[tenths["more"]] if tenths["more"] else 0)
        readings = (ValueReading("percent", "", (float(percent),)), ValueReading("number", "", (percent / 100,)))
        return StatedValue(readings, at, tenths.end())
    for pattern, read in ((DATE, _date), (YEAR, _date), (DECADE, _decade), (CENTURY, _century)):
        match = pattern.match(text, at)
        reading = read(match) if match else None
        if match and reading:
            return StatedValue((reading,), at, match.end())
    return None


def chinese_minutes(text: str, at: int) -> tuple[float, int] | None:
    """Return the minutes of the day that 三点半 says, and where it ends."""
    match = CLOCK.match(text, at)
    if match is None or NUMERAL.fullmatch(match["hour"]) is None:
        return None
    hour, minute = _numeral(match["hour"]), _numeral(match["minute"]) if match["minute"] else 0.0
    if int(hour) not in HOURS or int(minute) not in MINUTES or (match["minute"] and _is_decimal(text, match)):
        return None
    return 60 * hour + minute + of_quarters(match), match.end()


def of_quarters(match: re.Match[str]) -> float:
    """Return the minutes of 半 and 刻."""
    return 30.0 if match["half"] else 15 * _numeral(match["quarters"]) if match["quarters"] else 0.0


def _is_decimal(text: str, match: re.Match[str]) -> bool:
    """Return whether 三点五 goes on as no time does."""
    return not match.group().endswith("分") and len(match["minute"]) < 2


def _share(match: re.Match[str]) -> StatedValue:
    above = match["above"]
    value = float(above) if above[0].isdigit() and above.isascii() else _numeral(above)
    share = value / _numeral(match["below"])
    readings = (ValueReading("percent", "", (100 * share,)), ValueReading("number", "", (share,)))
    percent = match["below"] == "百"
    return StatedValue(readings[:1] if percent else readings[::-1], *match.span(), is_part=not percent)


def _date(match: re.Match[str]) -> ValueReading | None:
    known = match.groupdict()
    parts = [_numeral(known[name]) if known.get(name) else None for name in ("year", "month", "day")]
    if not 1 <= (parts[1] or 1) <= 12 or not 1 <= (parts[2] or 1) <= 31:
        return None
    return ValueReading("date", "", tuple(parts))


def _decade(match: re.Match[str]) -> ValueReading:
    return ValueReading("decade", "", (None, 10 * _numeral(match["tens"])))


def _century(match: re.Match[str]) -> ValueReading:
    return ValueReading("century", "", (_numeral(match["number"]),))
