"""Which encoding bytes are in that are no UTF-8: the library's matches, judged by whether their signs make sense.

The library looks at letters. Where all that is beyond ASCII are a euro, quotes or dashes, another encoding has letters
in their place, and nothing speaks against "1.200 Ä" or "TundraÆ" but the places where these letters stand.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

SAMPLE: Final = 100_000
"""bytes of lines beyond ASCII that an encoding is recognised by"""
JUDGED: Final = 20_000
"""characters of them whose places are judged"""
CP1252: Final = "cp1252"
"""the commonest, which others must beat"""
RARE: Final = ("cp1254", "iso8859_15", "mac_roman", "cp850")
"""other ones of the west, which a text is in only if it makes more sense in them"""
USUAL: Final = (
    *(CP1252, "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r"),
    *("mac_roman", "cp932", "euc_jp", "gb18030", "big5", "cp949"),
)
"""encodings of what people export today; the library knows 90 more, which fit short texts by chance"""
MANY_BYTES: Final = ("cp932", "euc_jp", "gb18030", "big5", "cp949")
IN_WORDS: Final = "·\u00ad´’‘–—‑…"
"""signs that may stand between letters"""
NO_LETTERS: Final = "µªº"
"""count as letters, but stand for units and ordinals"""
UNITS: Final = "ÅΩ"
"""do so beside no other letter"""
ALONE: Final = frozenset("àáâãéèêëíìóòôõúùæøåöıавиокусяіуєжбзоηωαόήיו")
"""letters that are words"""
CJK: Final = 0x2E80
BOXES: Final = range(0x2500, 0x25A0)
HALF_WIDTH: Final = range(0xFF61, 0xFFA0)
UNPLACED: Final = frozenset({"Sm", "Sk", "So", "Sc", "No", "Pi", "Pf", "Po", "Ps", "Pe", "Cc", "Cn", "Co"})
"""kinds of signs that stand between two letters of one word where the encoding is another"""
WITHOUT: Final = range(0x0590, 0x0E80)
"""scripts of one encoding each, whose alphabets need no list: Hebrew, Arabic, Thai"""
ALPHABETS: Final = (
    *("äöüßéèàçâêôîñ", "àâæçéèêëîïôœùûüÿñ", "áéíóúüñçàè", "àáâãçéêíóôõúü", "àèéìíîòóùúç", "àèéíïòóúüç"),
    *("æøåéèêòóôäöü", "åäöéàü", "åäöšžé", "äöõüšž", "áðéíóúýþæö", "áðíóúýæø", "áéíóúàèìòùâêîôûŵŷ", "ëïéèóöüáíêâ"),
    *("ąćęłńóśźżéü", "áčďéěíňóřšťúůýžöü", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîșțşţé", "čćđšžéü", "ëç"),
    *("çğıöşüâîûi\u0307", "ąčęėįšųūž", "āčēģīķļņšūžōŗ", "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"),
    *("абвгдежзийклмнопрстуфхцчшщъыьэюяё", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    *("абвгдеёжзійклмнопрстуўфхцчшыьэюя", "абвгдђежзијклљмнњопрстћуфхцчџшѓѕќ"),
)
"""letters beyond ASCII of a language and of the words that it borrows"""
_BEYOND: Final = re.compile(r"[^\x00-\x7f]")


def recognised(lines: Sequence[bytes]) -> str:
    """Return the encoding in which signs and letters stand where they should; of several the library's best match."""
    from charset_normalizer import from_bytes

    sample = b"".join(lines)[:SAMPLE]
    matches = list(from_bytes(sample, cp_isolation=list(USUAL)))  # the likeliest first
    odd = {one.encoding: oddness(str(one)) for one in matches}
    odd |= {name: oddness(text) for name in (CP1252, *RARE) if name not in odd and (text := _decoded(sample, name))}
    if not odd:
        return CP1252
    sound = [name for name, count in odd.items() if count == min(odd.values())]
    matches = [one for one in matches if one.encoding in sound]
    if not matches or matches[0].encoding in RARE:
        return CP1252 if CP1252 in sound else (matches[0].encoding if matches else sound[0])
    best = matches[0]
    as_good = [one for one in matches if (one.chaos, one.coherence) == (best.chaos, best.coherence)]
    return CP1252 if any(CP1252 in one.could_be_from_charset for one in as_good) else best.encoding


def _decoded(sample: bytes, encoding: str) -> str:
    """Return the text; "" where a byte is none of this encoding."""
    try:
        return sample.decode(encoding)
    except UnicodeDecodeError:
        return ""


def oddness(text: str) -> int:
    """Return how many signs and letters stand where none does, or are letters of another language than the rest."""
    padded, letters, odd = f" {text[:JUDGED]} ", Counter[str](), 0
    for found in _BEYOND.finditer(padded):
        here = found.start()
        before, sign, behind = tuple(padded[here - 1 : here + 2])
        if sign in NO_LETTERS or (sign in UNITS and not (before.isalpha() or behind.isalpha())):
            continue
        odd += _is_odd(before, sign, behind)
        if sign.isalpha() and ord(sign) < CJK and ord(sign) not in WITHOUT:
            letters[sign.lower()] += 1
    outside = [sum(count for one, count in letters.items() if one not in own) for own in ALPHABETS]
    return odd + min(outside)


@lru_cache(maxsize=16_384)
def _is_odd(before: str, sign: str, behind: str) -> bool:
    code = ord(sign)
    if code in HALF_WIDTH:
        return _is_ascii(before) or _is_ascii(behind)
    if code >= CJK and not 0xE000 <= code < 0xF900:
        return False
    if sign.isalpha():
        return _is_odd_letter(before, sign, behind)
    kind = unicodedata.category(sign)
    if kind in ("Cc", "Co", "Cn") or sign == "¤" or code in BOXES or (kind == "Sk" and sign != "´"):
        return True
    within = before.isalpha() and behind.isalpha() and max(ord(before), ord(behind)) < CJK
    return within and kind in UNPLACED and sign not in IN_WORDS


def _is_ascii(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _is_digit(sign: str) -> bool:
    return sign.isascii() and sign.isdigit()


def _is_odd_letter(before: str, sign: str, behind: str) -> bool:
    """Return whether a letter is no word's part, touches digits, is a capital within a word, or of another script."""
    around = [one for one in (before, behind) if one.isalpha()]
    beside_digit = _is_digit(before) or _is_digit(behind)
    if beside_digit and (sign.isupper() or _script(sign) == "LATIN"):
        return True
    if not around:
        return sign.lower() not in ALONE and ord(sign) not in WITHOUT
    if any(ord(one) < CJK and _script(one) != _script(sign) and one not in NO_LETTERS for one in around):
        return True
    return (before.islower() and sign.isupper()) or (sign.islower() and behind.isupper())


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]
