"""Words of a text in any script, and texts normalised for comparison.

Scripts written without spaces give one token per character. On ASCII text `normalised` gives what SQuAD's official
script gives (Rajpurkar et al. 2016), with two exceptions. It never reduces a text to nothing: "A" and "+" stay what
they are. And marks that change what is meant stay: SQuAD's script makes "35" of "3.5", "5" of "-5" and "C" of "C++".
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final, Literal

SCRIPTS: Final[Mapping[str, str]] = {
    "kana": "\u3040-\u30ff",
    "kana, further": "\u3005-\u3007\u31f0-\u31ff",  # iteration marks, phonetic extensions
    "han": "\u4e00-\u9fff",
    "han, further": "\u3400-\u4dbf\uf900-\ufaff\U00020000-\U0003ffff",
    "thai": "\u0e00-\u0e7f",
    "lao": "\u0e80-\u0eff",
    "burmese": "\u1000-\u109f",
    "khmer": "\u1780-\u17ff",
    "hangul": "\uac00-\ud7af",
    "arabic": "\u0600-\u06ff",
    "hebrew": "\u0590-\u05ff",
    "devanagari": "\u0900-\u097f",
    "greek": "\u0370-\u03ff",
}
"""writing system -> its characters, as ranges of a regular expression's [...]"""
UNSPACED: Final = "".join(
    SCRIPTS[name] for name in ("kana", "kana, further", "han", "han, further", "thai", "lao", "burmese", "khmer")
)
"""of the scripts that are written without spaces"""
WITHOUT_SPACES: Final = re.compile(f"([{UNSPACED}])")
_UNSPACED_RUN: Final = re.compile(f"[{UNSPACED}]+")

ENGLISH_ARTICLES: Final = re.compile(r"\b(?:a|an|the)\b(?![-+#])")
MARKED: Final = re.compile(r"[\d+#\u2010-\u2015\u2212-]")
"""a text without any of these has no mark to keep"""
DASHES: Final = re.compile(r"[\u2010-\u2015\u2212]")
GROUPED: Final = re.compile(
    r"(?<![\d.,'’])\d{1,3}"
    r"(?:(?:,\d{3})+(?![\d,])|(?:['’]\d{3})+(?!\d)|(?:\.\d{3}){2,}(?![\d.])|(?:\.\d{3})+(?=,\d))"
)
"""a number with thousands separators: 1,000 and 1'000; 1.000 only where a second separator shows what the first is"""
SEPARATORS: Final = re.compile(r"[.,'’]")
SEPARATED: Final = re.compile(r"\d[.,'’]\d")
DECIMAL_COMMA: Final = re.compile(r"(?<![\d.,])(\d+),(\d+)(?![\d.,]*\d)")
MEANT: Final = re.compile(
    r"[.,\u066b:/\u2044*^=<>≤≥±+#-](?:"
    r"(?<=\d[.,\u066b:/\u2044*=-])(?=\d)"  # 3.5, 2026-11-28, 1/2
    r"|(?<=\w\^)(?=\w)"  # x^2
    r"|(?<![\w.)\]-]-)(?<=-)(?=[$€£¥]?\.?\d)"  # -5
    r"|(?<=[<>≤≥±])(?=\s?[$€£¥]?-?\d)"  # < 5
    r"|(?<=[^\W\d_][+#])(?=[+#]|[^\w+#]|$)|(?<=[^\W\d_]\+\+)(?!\w)"  # C#, A+, C++
    r"|(?<![\w-][^\W\d_]-)(?<=[^\W\d_]-)(?=\W|$)"  # A-
    r"|(?<![\w.]\.)(?<=\.)(?=\d)"  # .5
    r")"
)
"""marks that change what is meant"""
KEPT: Final = {mark: chr(0xE000 + number) for number, mark in enumerate(".,:/*^=-<>≤≥±+#")}
"""mark -> a character for private use that stands for it while all other punctuation is dropped"""
VARIANTS: Final = {"\u2044": "/", "\u066b": "."}
"""of these marks: in a half (½), in Arabic"""
RESTORED: Final = str.maketrans({stand_in: mark for mark, stand_in in KEPT.items()})
WITHIN_WORDS: Final = frozenset("-_'’`")
"""signs that end no word group, and need not be told apart"""
DASH: Final = re.compile(r"(?<=\s)[-\u2010-\u2015]+(?=\s)")
LONGEST_ANSWER: Final = 50_000
"""characters of an answer that metrics and judges read where their work grows faster than its length, and of a
reference there: about 8,000 words, more than a model writes. The rest would cost time and change nothing"""
LONGEST_SOURCE: Final = 400_000
"""the same of a text that an answer is checked against: a short novel"""
MOST_MARKS: Final = 30
"""combining marks in a row (UAX #15, stream-safe text); sorting more of them would cost quadratic time"""
DROPPED: Final = frozenset({"Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sc", "Sm", "Sk", "Cf"})
"""Unicode categories of ASCII punctuation, of other quotation marks, and of invisible format characters"""


class _WordCharacters(dict[int, str]):
    """A table for str.translate: letters, their marks and digits stay, all else becomes a space."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        kept = character if unicodedata.category(character)[0] in "LMN" else " "
        if unicodedata.category(character) == "Cf":
            kept = ""  # a soft hyphen or joiner does not end a word
        self[code] = kept
        return kept


_WORD_CHARACTERS: Final = _WordCharacters()


def spaced(text: str) -> str:
    """Return `text` with a space on both sides of every character of a script that has none."""
    return _UNSPACED_RUN.sub(lambda run: f" {'  '.join(run[0])} ", text)


def words(text: str) -> list[str]:
    """Return the folded words of `text`, without punctuation and symbols.

    On ASCII text these are the tokens of rouge_score's default tokenizer without stemming.
    """
    return spaced(folded(text).translate(_WORD_CHARACTERS)).split()


class _Dropping(dict[int, int | None]):
    """A table for str.translate that is filled as characters are met."""

    def __missing__(self, code: int) -> int | None:
        kept = None if unicodedata.category(chr(code)) in DROPPED else code
        self[code] = kept
        return kept


_DROPPING: Final = _Dropping()


class _WithMarks(_WordCharacters):
    """The same, and the marks that `normalised` keeps stay."""

    def __missing__(self, code: int) -> str:
        return chr(code) if chr(code) in KEPT else super().__missing__(code)


_WORDS_AND_MARKS: Final = _WithMarks()


class _WithSigns(_WordCharacters):
    """Letters, their marks, digits and what stands for a kept mark stay; signs stand apart, but those within words."""

    def __missing__(self, code: int) -> str:
        character, kept = chr(code), super().__missing__(code)
        if code in RESTORED:
            kept = character
        elif kept == " " and not character.isspace() and character not in WITHIN_WORDS:
            kept = f" {character} "
        self[code] = kept
        return kept


_WORDS_AND_SIGNS: Final = _WithSigns()


def composed(text: str, form: Literal["NFC", "NFKC"] = "NFKC") -> str:
    """Return `text` in a Unicode normal form, in linear time: a joiner parts more than MOST_MARKS marks in a row."""
    if not text.isascii() and not _combining().isdisjoint(set(text)):
        text = _many_marks().sub("\\g<0>\u034f", text)
    return unicodedata.normalize(form, text)


@cache
def _combining() -> frozenset[str]:
    return frozenset(character for character in map(chr, range(0x300, 0x20000)) if unicodedata.combining(character))


@cache
def _many_marks() -> re.Pattern[str]:
    marks = "".join(sorted(_combining()))
    return re.compile(f"[{marks}]{{{MOST_MARKS}}}(?=[{marks}])")


def folded(text: str) -> str:
    """Return `text` without differences of case, width and composition (NFKC and casefold)."""
    return composed(composed(text).casefold())


def normalised(text: str) -> str:
    """Return `text` folded, without punctuation, English articles and extra white space.

    Marks of numbers and of names such as C++ stay, thousands separators go, and a decimal comma becomes a point:
    "1,000" is 1000, "3,5" is 3.5.
    """
    plain = " ".join(folded(text).split())
    bare = " ".join(_marked(plain).translate(_DROPPING).translate(RESTORED).split())
    without_articles = " ".join(ENGLISH_ARTICLES.sub(" ", bare).split())
    return without_articles or bare or plain


def compared_words(text: str) -> list[str]:
    """Return the words of `text` as `normalised` leaves them, numbers whole: 3.5 is one word and holds no 5."""
    return spaced(normalised(text).translate(_WORDS_AND_MARKS)).split()


def words_and_signs(text: str) -> list[str]:
    """Return the words and signs of `text` in its own case. Numbers and names keep their marks: 3.5, -2, C++ are words.

    A line break is the sign ";", and so is a dash between spaces; signs that join words ("-", "_", "'") are left out.
    """
    parted = DASH.sub(" ; ", _marked(composed(text).replace("\n", " ; ")))
    return [word.translate(RESTORED) for word in spaced(parted.translate(_WORDS_AND_SIGNS)).split()]


def _marked(plain: str) -> str:
    """Return the text with stand-ins for the marks that must stay."""
    if not MARKED.search(plain):
        return plain
    written = DASHES.sub("-", plain)
    if SEPARATED.search(written):
        written = GROUPED.sub(lambda number: SEPARATORS.sub("", number[0]), written)
        written = DECIMAL_COMMA.sub(r"\1.\2", written)
    return MEANT.sub(_stand_in, written)


def _stand_in(mark: re.Match[str]) -> str:
    """Return the stand-in of a mark; ".5" becomes 0.5."""
    kept = KEPT[VARIANTS.get(mark[0], mark[0])]
    after_digit = mark.string[max(0, mark.start() - 1) : mark.start()].isdigit()
    return f"0{kept}" if mark[0] == "." and not after_digit else kept
