"""Where does the first statement of a sentence begin, after a courtesy?

"Let me know if you need anything else." claims nothing; "Thank you for asking, the museum opened in 1984." makes the
claim after the comma.
"""

import re
from typing import Final

from harness.text.language_files import expression
from harness.text.statements import LIST, content_words, has_figure, is_clause, parts, states

COURTESY: Final = expression("courtesy")
WISH: Final = expression("wish")
"""a promise or request of service; without a figure and in few words it states no fact"""
JOINING: Final = re.compile(r"^(?:and|or|but|und|oder|aber|et|ou|mais|y|o|pero|и|или|но)\s+", re.IGNORECASE)
FEW: Final = 3


def substance(sentence: str) -> int | None:
    """Return where the first statement of a sentence begins; None where all of it is courtesy.

    0 for a sentence that does not begin with a courtesy, and for a courtesy that holds a figure itself (a telephone
    number can be checked).
    """
    opener = COURTESY.match(sentence)
    if opener is None:
        return 0
    offers = any(opener.groupdict().values())
    for start, end in parts(sentence):
        part = sentence[start:end]
        if start == 0 and has_figure(part):
            return 0
        if start > 0 and _states(part, offers):
            return start
    return None


def _states(part: str, offers: bool) -> bool:
    if not states(part):
        return False
    if has_figure(part):
        return True
    plain = JOINING.sub("", part.strip())
    if COURTESY.match(plain) or (WISH.match(plain) and content_words(plain) < FEW):
        return False
    return not (offers and LIST.search(part) and not is_clause(part))
