"""A text without its topic: content words become shapes, everything that is style stays.

Kept are function words, punctuation, layout, casing and formulas: words that many texts of one side use, whatever their
topic. Shapes keep only the casing ("xx", "Xx", "XX"), digits become "#", Chinese and other characters without spaces
become "x".
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from harness.text.language_files import FIRST_PERSON, FUNCTION_WORDS, NEGATIONS
from harness.text.tokens import WITHOUT_SPACES, composed

PARTICLES: Final = frozenset("你您啊呀嘛哦哟喔啦哈很太更最有会能可要请以因为如果所么什怎谁哪")
MANNER: Final = FUNCTION_WORDS | FIRST_PERSON | NEGATIONS | PARTICLES
"""words, and Chinese characters, that do not depend on the topic"""
PIECE: Final = re.compile(rf"{WITHOUT_SPACES.pattern}|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)|(?P<digits>\d+)|(?P<line>\n+)")
"""what may be masked; all other characters (punctuation, spaces, symbols) stay as they are"""
SYMBOL: Final = re.compile(r"([^\w\s'#])")
BEGIN: Final = "⊢"
END: Final = "⊣"
"""n-grams with these show how texts begin and end"""
LONGEST: Final = 20_000
"""characters of a text that are used; its style shows well before"""
FEWEST_TEXTS: Final = 10
"""least number of texts that use a formula"""


def plain(text: str) -> str:
    """Return `text` composed (NFC), with one kind of line end and of apostrophe, and at most LONGEST characters."""
    return composed(text[:LONGEST], "NFC").replace("\r\n", "\n").replace("\r", "\n").replace("’", "'").strip()


def formulas(corpora: Sequence[Sequence[str]], share: float) -> frozenset[str]:
    """Return the words (Chinese: pairs of characters) that at least `share` of the texts of one corpus hold."""
    frequent: set[str] = set()
    for texts in corpora:
        counted = Counter(word for text in texts for word in set(_words(text)))
        needed = max(FEWEST_TEXTS, share * len(texts))
        frequent |= {word for word, texts_with in counted.items() if texts_with >= needed}
    return frozenset(frequent)


def masked(text: str, kept: frozenset[str]) -> str:
    """Return `text` between BEGIN and END with content words as shapes; `kept` are formulas."""
    source = plain(text)
    together = _formulaic_places(source, kept)
    return BEGIN + PIECE.sub(lambda match: _shape(match, kept, together), source) + END


def skeleton(text: str) -> str:
    """Return a masked text as tokens between spaces: each sign and each line end is one token."""
    return SYMBOL.sub(r" \1 ", text.replace("\n", " ⏎ "))


def _words(text: str) -> Iterator[str]:
    source = plain(text)
    for match in PIECE.finditer(source):
        if match["word"]:
            yield match["word"].casefold()
    yield from (source[start : start + 2] for start in _adjacent(source))


def _adjacent(text: str) -> Iterator[int]:
    """Yield the start of each two neighbours that are written without spaces."""
    starts = (match.start() for match in WITHOUT_SPACES.finditer(text))
    return (start for start, following in pairwise(starts) if following == start + 1)


def _formulaic_places(text: str, kept: frozenset[str]) -> frozenset[int]:
    both: Iterable[int] = (start for start in _adjacent(text) if text[start : start + 2] in kept)
    return frozenset(offset for start in both for offset in (start, start + 1))


def _shape(match: re.Match[str], kept: frozenset[str], together: frozenset[int]) -> str:
    written = match.group()
    if match["digits"]:
        return "#" * min(len(written), 4)
    if match["line"]:
        return written[:2]
    if match["word"]:
        return written if written.casefold() in kept else _word_shape(written)
    return written if match.start() in together or written in MANNER else "x"


@lru_cache(maxsize=100_000)
def _word_shape(written: str) -> str:
    stem, *endings = written.split("'")
    lowered = written.casefold()
    if all(part in MANNER for part in lowered.split("'")):
        return written
    shape = "xx" if stem.islower() else "XX" if stem.isupper() and len(stem) > 1 else "Xx"
    return "'".join([shape, *endings[-1:]])
