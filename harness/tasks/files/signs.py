"""What totals, notes and rules say that stand in tables, in the languages that people keep them in."""

import re
from typing import Final

TOTALS: Final = (
    "total|totals|grand total|subtotal|sub-total|sum|sums|overall|all|average|mean|median|count"
    "|summe|gesamt|gesamtsumme|insgesamt|zwischensumme|alle|durchschnitt|mittelwert|anzahl"
    "|total général|sous-total|somme|moyenne|total general|suma|promedio|totale|somma|media"
    "|totaal|som|gemiddelde|totalt|łącznie|razem|итого|всего|合計|总计|合计"
)
NOTES: Final = (
    r"[*†‡§¹²³⁴]|\(?\d\)\s|©|\(c\)|n\.?b\.|note[sn]?:|note to |source[s]?:|quelle[n]?:|fuente[s]?:|nota[s]?:"
    r"|anmerkung(?:en)?:|hinweis(?:e)?:|fußnote[n]?:|remarque[s]?:|legend[e]?:|stand:|as of |last (?:updated|changed)"
    r"|exported |generated |created |printed |erstellt |copyright|confidential|vertraulich|disclaimer|end of "
    r"|(?:page|seite) \d"
)
_TOTAL: Final = re.compile(rf"\A\W*(?:{TOTALS})\b\W*(?:\(?\s*n?\s*=?\s*[\d.,]+\s*\w*\W*)?", re.IGNORECASE)
_TOTAL_OF: Final = re.compile(rf"\A\W*(?:{TOTALS})\W+(?:\w+\W*){{1,4}}", re.IGNORECASE)
_NOTE: Final = re.compile(rf"\A\s*(?:{NOTES})", re.IGNORECASE)
_ASKS: Final = re.compile(r"[?？؟]\W*\Z")
_RULE: Final = re.compile(r"[\s\-–—_=*.·•…~#+|]+")
LONGEST: Final = 100
"""characters of a cell that names totals"""


def is_total(text: str) -> bool:
    """Return whether a cell names totals: Total, Summe (n=57):, Total: 57 questions."""
    return len(text) <= LONGEST and _TOTAL.fullmatch(text) is not None


def is_total_of(text: str) -> bool:
    """Return whether a cell may name the total of something, where numbers show that it is one: Total of May."""
    return len(text) <= LONGEST and _TOTAL_OF.fullmatch(text) is not None


def is_note(text: str) -> bool:
    """Return whether a text begins as notes do: Source: …, * …, Stand: 2024."""
    return _NOTE.match(text) is not None


def asks(text: str) -> bool:
    """Return whether a text ends in a question mark."""
    return _ASKS.search(text) is not None


def is_rule(text: str) -> bool:
    """Return whether a text is a line of dashes or the like."""
    return _RULE.fullmatch(text) is not None
