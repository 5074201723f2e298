"""Numbers of a spreadsheet as who opens it sees them, where the format of a cell adds a unit or zeros in front."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Final, NamedTuple

PARTS: Final = re.compile(
    r'"(?P<quoted>[^"]{0,255})"|\\(?P<escaped>.)'
    r"|\[\$(?P<currency>[^\]-]{0,99})(?:-[^\]]{0,99})?\]|\[(?P<condition>[^\]]{0,255})\]"
    r"|(?P<space>_.|\*.)|(?P<digit>[0#?])|(?P<other>.)",
    re.DOTALL,
)
"""what a format is made of; Excel's have at most 255 characters"""
LETTERS: Final = re.compile(r"[^\W\d_]|[^\w\s.,:;()'+/-]")
"""what makes a text around digits a unit: a letter, or a sign such as € or °"""
ZEROS: Final = re.compile(r"00+(?![,.])")
GROUPS: Final = re.compile(r"[0#][^0#.,\[]+[0#]")
"""digits in groups, as in 000-00-0000"""
SCIENTIFIC: Final = re.compile(r"[0#]E[+-]")
COLOURS: Final = ("black", "blue", "cyan", "green", "magenta", "red", "white", "yellow", "color")


class UnreadFormatError(ValueError):
    """A format whose numbers cannot be written as they are shown."""


class _Part(NamedTuple):
    text: str
    kind: str
    """digit, point, comma, percent or text"""


def as_shown(value: float, style: str) -> str | None:
    """Return a number with the unit or the zeros in front that its cell shows; None where it shows nothing besides it.

    There is no sign between thousands, and the decimal sign is a point, whatever the language of the program.

    Args:
        value: of the cell.
        style: its format, as in 0 "months".

    Raises:
        UnreadFormatError: the format adds to the number, in a way that is not known here.
    """
    if style in ("General", "", "@") or SCIENTIFIC.search(style) or not _adds(style):
        return None
    section, number = _section(style, Decimal(repr(value)))
    shown = _filled(_parts(section.replace("General", f'"{value}"')), number)
    return " ".join(shown.split()) or None


@cache
def _adds(style: str) -> bool:
    """Return whether a format shows more than digits."""
    first = style.partition(";")[0].replace("General", "0")
    unit = any(part.kind == "text" and LETTERS.search(part.text) for part in _parts(first))
    return unit or bool(ZEROS.match(first) or GROUPS.search(first))


def _section(style: str, number: Decimal) -> tuple[str, Decimal]:
    """Return the section of a format that a number takes, and the number without a sign if that has its own."""
    sections = re.findall(r'(?:"[^"]*"|\\.|[^;"\\])+|(?<=;)(?=;|$)', style)
    if any(re.match(r"\[[<>=]", section) for section in sections):
        raise UnreadFormatError(style)
    if number < 0 and len(sections) > 1:
        return sections[1], -number
    zero = sections[2] if number == 0 and len(sections) > 2 else ""
    is_dash = not zero or ("-" in zero and not re.search(r"[0#]", zero))  # which stands for 0 in accounts
    return sections[0] if is_dash else zero, number


@cache
def _parts(section: str) -> tuple[_Part, ...]:
    found = list[_Part]()
    for match in PARTS.finditer(section):
        kind, text = match.lastgroup or "other", match[match.lastgroup or 0] or ""
        if kind == "digit":
            found.append(_Part(text, kind))
        elif kind in ("quoted", "escaped", "currency"):
            found.append(_Part(text, "text"))
        elif kind == "space":
            found.append(_Part(" " * text.startswith("_"), "text"))
        elif kind == "condition" and not text.lower().startswith(COLOURS):
            raise UnreadFormatError(section)
        elif kind == "other":
            found.append(_Part(text, {".": "point", ",": "comma", "%": "percent"}.get(text, "text")))
            if text.isalpha() or text in ("@", "/"):
                raise UnreadFormatError(section)
    return tuple(found)


def _filled(parts: Sequence[_Part], number: Decimal) -> str:
    """Return the parts of a format with the digits of a number in their places."""
    digits = [at for at, part in enumerate(parts) if part.kind == "digit"]
    if not digits:
        return "".join(part.text for part in parts if part.kind == "text")
    last = digits[-1]
    point = next((at for at, part in enumerate(parts) if part.kind == "point" and at < last), last + 1)
    number *= 100 if any(part.kind == "percent" for part in parts) else 1
    after = parts[last + 1 :]  # each comma there is a thousand
    number /= 1000 ** next((count for count, part in enumerate(after) if part.kind != "comma"), len(after))
    decimals = [at for at in digits if at > point]
    rounded = abs(number).quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    whole, _, rest = f"{rounded:f}".partition(".")
    places = dict(zip(decimals, rest, strict=True)) | _whole([at for at in digits if at < point], whole, parts)
    for at in reversed(decimals):  # a # shows no 0 at the end
        if parts[at].text == "0" or places[at] != "0":
            break
        places[at] = ""
    sign = "-" if number < 0 and rounded else ""
    return sign + "".join(_text(part, at, places, point) for at, part in enumerate(parts))


def _whole(at: list[int], digits: str, parts: Sequence[_Part]) -> dict[int, str]:
    """Return place -> digits before the point: the first place takes all that the others do not."""
    left, places = digits if digits != "0" else "", dict[int, str]()
    for place in reversed(at):
        taken = left if place == at[0] else left[-1:]
        left = left[: len(left) - len(taken)]
        places[place] = taken or ("0" if parts[place].text == "0" else "")
    return places


def _text(part: _Part, at: int, places: dict[int, str], point: int) -> str:
    if part.kind == "digit":
        return places.get(at, "")
    if part.kind == "point":
        return "." if at == point and any(places.get(place) for place in places if place > point) else ""
    return {"comma": "", "percent": "%"}.get(part.kind, part.text)
