"""What can be counted of a style of writing: some forty named numbers, none of which depends on the topic.

Rates are per word (Chinese: per character). Shape of everything: (texts, len(NAMES)).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from harness.metrics.style.masking import MANNER, plain
from harness.text.language_files import FIRST_PERSON, NEGATIONS
from harness.text.sentences import sentences
from harness.text.tokens import WITHOUT_SPACES

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

WORD: Final = re.compile(rf"{WITHOUT_SPACES.pattern}|[^\W_]+(?:'[^\W\d_]+)*")
CONTRACTION: Final = re.compile(r"\w'(?:s|re|ve|ll|d|m|t)\b|\b[cdjlmnstCDJLMNST]'(?=\w)", re.IGNORECASE)
WRITTEN_OUT: Final = re.compile(
    r"\b(?:is|are|was|were|do|does|did|has|have|had|can|could|would|should|will|must) ?not\b"
    r"|\b(?:it|he|she|that|there|what|who|i|you|we|they) (?:is|are|am|has|have|had|will|would)\b",
    re.IGNORECASE,
)
"""what could be contracted"""
EMOJI: Final = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
EMOTICON: Final = re.compile(
    r"(?:(?<![\w:])|(?<=[a-z]))(?:[:;=8xX][-'^o]?[()\[\]DPpOo/\\|3*]+|<3|\^_?\^|[-;]_[-;])(?!\w)"
)
MIXED: Final = re.compile(r"\b(?=\w*[^\W\d_])(?=\w*\d)\w+")
"""letters and digits in one word: m8, p1ck, B2B"""
ORDINAL: Final = re.compile(r"^\d+(?:st|nd|rd|th|s|am|pm|k|m|x|%|er|e|ème|й|я|го)$", re.IGNORECASE)
DIGIT_FOR_LETTER: Final = re.compile(
    r"(?<=[^\W\d_])[0134578@$+](?=[^\W\d_])|\b[0134578@$][^\W\d_]{2,}|\b[a-z]{1,3}[0-9]\b"
)
ITEM: Final = re.compile(r"(?m)^[^\S\n]*(?:[-*•]|\d+[.)])\s+")
LABEL: Final = re.compile(r"(?m)^[^\n.!?]{1,30}:(?:\s|$)")
PLACEHOLDER: Final = re.compile(r"\{\{.{0,200}?\}\}|\[[A-Z ]+\]|<[a-z_]+>")
SIGNS: Final[Mapping[str, str]] = {
    "comma": ",，、",
    "full stop": ".。",
    "semicolon": ";；",
    "colon": ":：",
    "exclamation": "!！",
    "question": "?？",
    "dash": "-–—",
    "bracket": "()（）[]【】",
    "quotation": '"“”„«»「」『』',
    "slash": "/|",
    "ellipsis": "…",
    "full width": "，。！？；：（）",
}


class Counted:
    """One text, with what most counts need."""

    def __init__(self, text: str) -> None:
        self.text = plain(text)
        self.words = [match.group() for match in WORD.finditer(self.text)]
        self.lowered = [word.casefold() for word in self.words]
        self.sentences = sentences(self.text) or [self.text]
        self.lengths = np.array([sum(1 for _ in WORD.finditer(part)) for part in self.sentences], dtype=float)
        self.size = max(len(self.words), 1)

    def rate(self, count: int) -> float:
        """Return the count per word."""
        return count / self.size

    def matches(self, pattern: re.Pattern[str]) -> float:
        """Return the matches per word."""
        return self.rate(sum(1 for _ in pattern.finditer(self.text)))

    def share(self, test: Callable[[str], bool]) -> float:
        """Return the share of the words that pass."""
        return self.rate(sum(map(test, self.words)))


def _rate_of(characters: str) -> Callable[[Counted], float]:
    return lambda counted: counted.rate(sum(map(counted.text.count, characters)))


FEATURES: Final[Mapping[str, Callable[[Counted], float]]] = {
    "words (log)": lambda counted: float(np.log1p(len(counted.words))),
    "sentences (log)": lambda counted: float(np.log1p(len(counted.sentences))),
    "words per sentence (log)": lambda counted: float(np.log1p(counted.lengths.mean())),
    "unevenness of sentences": lambda counted: float(counted.lengths.std() / (counted.lengths.mean() + 1)),
    "lines (log)": lambda counted: float(np.log1p(counted.text.count("\n"))),
    "letters per word": lambda counted: float(np.mean([len(word) for word in counted.words] or [0])),
    "long words": lambda counted: counted.share(lambda word: len(word) > 8),
    "different words": lambda counted: counted.rate(len(set(counted.lowered))),
    "function words": lambda counted: counted.rate(sum(word in MANNER for word in counted.lowered)),
    "first person": lambda counted: counted.rate(sum(word in FIRST_PERSON for word in counted.lowered)),
    "negations": lambda counted: counted.rate(sum(word in NEGATIONS for word in counted.lowered)),
    "capitalised words": lambda counted: counted.share(lambda word: word[0].isupper()),
    "words in capitals": lambda counted: counted.share(lambda word: len(word) > 1 and word.isupper()),
    "begins in capitals": lambda counted: float(counted.text[:1].isupper()),
    "sentences begun in lower case": lambda counted: float(np.mean([part[:1].islower() for part in counted.sentences])),
    "sentences begun by a function word": lambda counted: float(np.mean([_opens(part) for part in counted.sentences])),
    "ends with a full stop": lambda counted: float(counted.text[-1:] in ".。"),
    "ends with another sign": lambda counted: float(counted.text[-1:] in "!?！？…:)"),
    "numbers": lambda counted: counted.share(lambda word: word[0].isdigit()),
    "contractions": lambda counted: counted.matches(CONTRACTION),
    "written out": lambda counted: counted.matches(WRITTEN_OUT),
    "emoji": lambda counted: counted.matches(EMOJI),
    "emoticons": lambda counted: counted.matches(EMOTICON),
    "letters and digits in one word": lambda counted: counted.rate(
        sum(ORDINAL.match(word) is None for word in MIXED.findall(counted.text))
    ),
    "digits for letters": lambda counted: counted.matches(DIGIT_FOR_LETTER),
    "list items": lambda counted: counted.matches(ITEM),
    "labels": lambda counted: counted.matches(LABEL),
    "placeholders": lambda counted: counted.matches(PLACEHOLDER),
    **{sign: _rate_of(characters) for sign, characters in SIGNS.items()},
}
NAMES: Final = tuple(FEATURES)


def profiles(texts: Sequence[str]) -> Floats:
    """Return the numbers of each text, in the order of NAMES."""
    rows = [[count(counted) for count in FEATURES.values()] for counted in map(Counted, texts)]
    return np.array(rows, dtype=float).reshape(len(rows), len(NAMES))


def _opens(sentence: str) -> bool:
    word = WORD.search(sentence)
    return word is not None and word.group().casefold() in MANNER
