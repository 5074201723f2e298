"""Where does the first statement of a sentence begin, after a courtesy?

"Let me know if you need anything else." claims nothing; "Thank you for asking, the museum opened in 1984." makes the
claim after the comma.
"""

import re
from typing import Final

from harness.text.statements import LIST, content_words, has_figure, is_clause, parts, states

COURTESY: Final = re.compile(
    r"^(?:please )?(?:(?P<offer>let (?:me|us) know\b|feel free\b|do(?:n't| not) hesitate\b)"
    r"|you(?:'re| are) (?:very |most )?welcome\b|(?:many )?thank(?:s| you)?\b"
    r"|(?:i|we) hope (?:this|that|it) helps|(?:i|we) apologi[sz]e(?! that)\b"
    r"|(?:i|we)(?:'ll| will|'d| would) be (?:\w+ )?(?:happy|glad|delighted) to (?:help|assist)\b"
    r"|have a (?:nice|great|good|wonderful|lovely)\b"
    r"|(?:i|we)(?:'m| am|'re| are) (?:so |very )?(?:sorry|happy to help|glad to help)(?: (?:to hear|for)\b|\W*$|[,:])"
    r"|(?:is there )?anything else\b"
    r"|(?P<bitte>bitte (?:sagen|lassen) sie (?:mir|mich|uns)\b|bitte (?:sag|lass) (?:mir|mich|uns)\b)"
    r"|gern geschehen\b|vielen dank\b|herzlichen dank\b|danke\b|entschuldig\w*"
    r"|(?P<hésiter>n'hésite[zr]? pas)|merci\b|je suis désolée?(?:\W*$|,)|(?P<dudar>no dud(?:e|es)\b)"
    r"|(?:muchas )?gracias\b|lo siento(?:\W*$|,)|de nada\b|(?:большое )?спасибо\b|пожалуйста(?:\W*$|,)"
    r"|(?P<offer_ru>обращайтесь\b)|извините(?:\W*$|,)"
    r"|(?:非常)?(?:谢谢|感谢|謝謝|感謝)|不客[气氣]|(?P<offer_zh>如有(?:任何|其他)|(?:[请請]|[欢歡]迎)[随隨][时時])"
    r"|抱歉(?:[。！]*$|，)|对不起(?:[。！]*$|，)|對不起(?:[。！]*$|，))",
    re.IGNORECASE,
)
WISH: Final = re.compile(
    r"^(?:please |just )?(?:(?:i|we)(?:'ll| will|'d| would|'m| am|'re| are| can| could| hope)\b"
    r"|(?:ich|wir|je|nous|я|мы) \w+|bitte\b|veuillez\b|por favor\b|пожалуйста\b"
    r"|请|請|欢迎|歡迎|我(?:们|們)?(?:会|會|将|將|很|可以|愿|願)|祝)",
    re.IGNORECASE,
)
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
