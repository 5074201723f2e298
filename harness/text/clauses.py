"""A text cut into clauses: the smallest parts that can refuse or state something by themselves."""

import re
from typing import Final

from harness.text.sentences import bounds

TURN: Final = re.compile(
    r"[,，、]?\s*\b(?:but|however|although|though|nevertheless|except that)\b,?|[,，]\s*yet\b"
    r"|,\s*(?:maybe|perhaps|probably|possibly|I (?:think|believe|guess|assume|would (?:say|guess)))\b"
    r"|,\s*(?=(?:about|around|roughly|approximately|etwa|ungefähr|environ|примерно|около)\s)"
    r"|(?<!nicht)[,]?\s+(?:aber|doch|jedoch|allerdings|obwohl|trotzdem|sondern|vermutlich|wahrscheinlich)\b"
    r"|[,]?\s+(?:mais|cependant|toutefois|néanmoins|pourtant|peut-être)\b"
    r"|[,]?\s+(?:pero|sin embargo|no obstante|aunque|quizás?|tal vez)\b"
    r"|,\s*(?:но|однако|хотя|зато|возможно|наверное)(?!\w)"
    r"|[，,]?\s*(?:但是|但|不过|然而|可是|也许|可能是)|[，,](?=大概|应该|估计|或许|据说|可能|我猜|我觉得|约|大约)"
    r"|,\s*(?:so|thus|therefore|hence|daher|deshalb|donc|así que|por (?:lo )?tanto|поэтому|так что)\b"
    r"|,\s*(?=(?:it|he|she|they|here|the answer)\s)|[,，](?=(?:它|他|她|答案|这个|该|其))"
    r"|,\s*(?=(?:the|a|an|this|its|his|her|their|our|there)\s(?:\w+\s){0,2}(?:is|are|was|were|has|had|costs?|opened|will|can)\s)"
    r"|,\s*(?=which\s[^,]*$)"
    r"|\s[–—-]\s|——",
    re.IGNORECASE,
)
"""where a sentence turns from one statement to another"""

CONCESSION: Final = re.compile(
    r"^\s*(?:although|though|even though|while|whereas|obwohl|wenn auch|auch wenn|bien que|même si|quoique|aunque"
    r"|si bien|хотя|虽然|尽管)(?!\w)",
    re.IGNORECASE,
)
CHINESE_CONCESSION: Final = re.compile(r"^\s*(?:虽然|尽管)")


def clauses(text: str) -> list[str]:
    """Return the clauses of `text` in order, without empty ones.

    A cut is made after every sentence, where a sentence turns ("…, but …"), and after a leading
    concession ("Although …, …"). Texts of many sentences cost linear time.
    """
    plain = (" ".join(text[start:end].split()) for start, end in bounds(text))  # the patterns take single spaces
    parts = (part for sentence in plain for part in _turns(sentence))
    return [part.strip() for part in parts if any(map(str.isalnum, part))]


def _turns(sentence: str) -> list[str]:
    if CONCESSION.match(sentence) or CHINESE_CONCESSION.match(sentence):
        conceded, comma, rest = sentence.replace("，", ",").partition(",")
        if comma:
            return [conceded, *TURN.split(rest)]
    return TURN.split(sentence)
