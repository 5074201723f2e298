"""Does a part of a sentence state something? Decided by closed classes of words, in six languages, without a parser.

A part states something when it holds a figure, or a finite verb or a subject pronoun and a content word, or enough
content words to be more than an address or an aside.
"""

import re
from typing import Final

from harness.text.terms import terms
from harness.text.tokens import WITHOUT_SPACES


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


ENOUGH: Final = 3
"""content words that make even a part without a known verb a statement"""

BREAK: Final = re.compile(
    r"[,:](?!\d)\s*|[，、;；：]\s*|\s[–—-]\s|——"
    r"|\s(?=(?:and|but|because|und|aber|denn|et|mais|car|y|pero|porque|и|но|а|потому)\s)"
    r"|(?=(?:但是|不过|因为))",
    re.IGNORECASE,
)
"""where one part of a sentence ends and another may begin"""

FINITE: Final = _set(
    "is are was were am isn aren wasn weren has have had hasn haven hadn do does did doesn didn don can could will "
    "would shall should may might must cost costs "
    "ist sind war waren hat haben hatte hatten wird werden wurde wurden kann können konnte muss müssen darf gibt "
    "kostet est sont était étaient ont avait avaient fut sera peut doit coûte "
    "es son era eran fue fueron ha han había está están hay puede debe cuesta será "
    "был была было были есть будет будут нет можно нельзя является стоит 是 在 有 于 於 了",
)
SUBJECTS: Final = _set(
    "it he she they there this that these those we i es er sie das dies wir ich man il elle ils elles ce c cela ça on "
    "nous je él ella ellos ellas esto eso yo он она оно они это мы я 它 他 她 这 這 那 我",
)
CONDITION: Final = re.compile(
    r"^(?:(?:if|when|whenever|whether|unless|until|so that|in case|as soon as|wenn|falls|ob|dass|damit|sobald|si|s'il"
    r"|quand|lorsque|pour que|afin|cuando|para que|en caso|если|когда|что|чтобы|пока)(?!\w)"
    r"|如果|若|是否|要是|只要|如有|如需|以便)",
    re.IGNORECASE,
)
"""begins a part that is only supposed or wished for"""
LIST: Final = re.compile(r"(?<!\w)(?:or|oder|ou|o|u|или|либо)(?!\w)|[或]", re.IGNORECASE)


def states(part: str) -> bool:
    """Return whether `part` states something that could be true or false."""
    part = part.strip()
    if CONDITION.match(part):
        return False
    words = terms(part).words
    content = content_words(part)
    if any(word.number for word in words):
        return True
    if not content:
        return False
    return content >= ENOUGH or is_clause(part)


def is_clause(part: str) -> bool:
    """Return whether `part` holds a known finite verb or begins with a subject pronoun."""
    written = terms(part)
    keys = [part[start:end].casefold() for start, end in zip(written.starts, written.ends, strict=True)]
    return bool(keys) and (keys[0] in SUBJECTS or not FINITE.isdisjoint(keys))


def has_figure(part: str) -> bool:
    """Return whether `part` holds a digit."""
    return any(map(str.isdigit, part))


def content_words(part: str) -> float:
    """Return the number of content words in `part`; in scripts without spaces two characters count as one."""
    written = terms(part)
    return sum(
        0.5 if WITHOUT_SPACES.match(part, start) else 1.0
        for word, start in zip(written.words, written.starts, strict=True)
        if word.content
    )


def parts(sentence: str) -> list[tuple[int, int]]:
    """Return (start, end) of the parts of `sentence` in order, without the signs and words that join them."""
    spans = []
    start = 0
    for cut in BREAK.finditer(sentence):
        spans.append((start, cut.start()))
        start = cut.end()
    return [*spans, (start, len(sentence))]
