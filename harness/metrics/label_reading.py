"""Which of a task's labels does an answer state?

The same rule for every arm, so that a wordy answer is not wrong for its words ("The sentiment is positive."). Labels
and answers are read by words: case and punctuation do not count, but marks of numbers and names do (3.5 is not 3, C++
is not C), and so do articles ("hepatitis A").

1. An answer that is a label, as a whole, states it.
2. Else it states the label that it begins with, if a sign closes it off ("Yes, …", "B) because …") and no other label
   follows that is closed off, too ("A, B").
3. Else the only label that it holds, longer ones first ("not entailment" before "entailment"). Two labels ("positive
   or negative") are no answer. One that is denied ("cannot be positive"), called wrong or asked ("positive?") is not
   stated.
4. A label of one letter stands alone in brackets or after ":", or after a word that leads to it ("the answer is B"),
   which "vitamin" is not. The article A and the pronoun I are no labels.

Labels that differ in signs alone ("A*" and "A") are read by rule 1 only, sign by sign.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from harness.text.language_files import FUNCTION_WORDS, NEGATIONS, words_of
from harness.text.tokens import LONGEST_ANSWER, folded, words_and_signs

MOST: Final = 300
"""different references; with more they are no labels, and only a whole answer can be one of them"""
READ: Final = 2_000
"""characters of an answer that labels are looked for in"""
LONGEST: Final = 12
"""words of a label that is looked for"""
CLOSING: Final = frozenset(".,;:!)]}。、،।")
"""signs that close off what an answer begins with"""
ENDING: Final = CLOSING | frozenset("?(؟")
"""signs beyond which a negation does not reach"""
OPENING: Final = frozenset(":([{=>")
"""signs that a label of one letter may stand behind"""
OUTER: Final = frozenset('.,;:!?"“”„«»。')
"""signs around a label that do not count"""
JOINING: Final = words_of("joining")
DENYING: Final = NEGATIONS | words_of("denying")
TURNING: Final = words_of("turning")
WRONG: Final = words_of("wrong")
LINKING: Final = words_of("linking")
BEHIND: Final = LINKING | TURNING
"""words that follow a label of one letter ("A is right") rather than the article"""
LEADING: Final = FUNCTION_WORDS | words_of("leading")
FOLLOWING: Final = TURNING | JOINING | FUNCTION_WORDS
"""words before which "no" is an answer ("no it is not"); before others it belongs to them ("no evidence")"""
REACH: Final = 5
"""words that a negation reaches"""
SHORT_REACH: Final = 2
"""characters that it reaches in scripts without spaces"""


class _Text:
    """A text as words, with the signs that stand before each of them, and after the last."""

    def __init__(self, text: str) -> None:
        self.written: list[str] = []
        self.before: list[set[str]] = [set()]
        for word in words_and_signs(text):
            if word[0].isalnum() or word[-1].isalnum():
                self.written.append(word)
                self.before.append(set())
            else:
                self.before[-1].add(word)
        self.words = [folded(word) for word in self.written]

    def signs(self, span: range) -> set[str]:
        """Return the signs within those words that end something."""
        return {sign for signs in self.before[span.start + 1 : span.stop] for sign in signs if sign in ENDING}

    def is_closed(self, place: int) -> bool:
        """Return whether nothing follows, or a closing sign stands before that word."""
        return place == len(self.words) or not CLOSING.isdisjoint(self.before[place])

    def is_complete(self, place: int) -> bool:
        """Return whether what ends before that word is no determiner of it ("no evidence")."""
        return self.is_closed(place) or bool(self.before[place]) or self.words[place] in FOLLOWING

    def is_denied(self, place: int, labels: Container[int] = ()) -> bool:
        """Return whether a negation before that word reaches it; words of other labels ("none") are no negation."""
        reach = REACH if self.words[place].isascii() or len(self.words[place]) > 1 else SHORT_REACH
        for number in range(place, max(0, place - reach), -1):
            word = self.words[number - 1]
            if not ENDING.isdisjoint(self.before[number]) or word in TURNING:
                return False
            if word in DENYING and number - 1 not in labels:
                return True
        return False

    def is_doubted(self, end: int) -> bool:
        """Return whether what ends before that word is asked, or called wrong."""
        rest = self.words[end : end + 2]
        is_wrong = rest[:1] != [] and rest[0] in LINKING and (rest[-1] in WRONG or rest[-1] in NEGATIONS)
        return "?" in self.before[end] or is_wrong


class Labels:
    """The labels of a task.

    Args:
        labels: as the references write them. Those that differ in case, "the", hyphens or outer punctuation are one; it
            is known by the first of them.
    """

    def __init__(self, labels: Iterable[str]) -> None:
        self._whole: dict[str, str] = {}
        self._alike: list[tuple[str, str]] = []
        for label in labels:
            first = self._whole.setdefault(_bare(label), label)
            if first != label:
                self._alike.append((first, label))
        by_words: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for label in self._whole.values():
            by_words[_key(label)].append(label)
        self._colliding = [found for key, found in by_words.items() if key and len(found) > 1]
        self._spoken = {key: found[0] for key, found in by_words.items() if key and len(found) == 1}
        self._signs = {label: ENDING.intersection(words_and_signs(label)) for label in self._spoken.values()}
        few = self._spoken if len(self._whole) <= MOST else {}
        self._letters = {key[0]: label for key, label in few.items() if _is_letter(key)}
        self._searched = sorted(
            (key for key in few if len(key) <= LONGEST and not _is_letter(key)), key=lambda key: -len(key)
        )

    def doubts(self) -> Iterator[str]:
        """Yield what is lost where labels are hardly different."""
        if self._alike:
            yield f"labels such as {self._alike[0][0]!r} and {self._alike[0][1]!r} are read as one"
        for found in self._colliding[:1]:
            yield (
                f"labels such as {found[0]!r} and {found[1]!r} differ in signs alone, so that they are read only where "
                "an answer is nothing else"
            )

    def of(self, label: str) -> str:
        """Return the first label that is the same as this one, itself where none is."""
        return self._whole.get(_bare(label), label)

    def read(self, answer: str) -> str | None:
        """Return the label that an answer states; None where it states none, or several."""
        whole = self._whole.get(_bare(answer)) or self._spoken.get(_key(answer))
        if whole is not None or not (self._letters or self._searched):
            return whole
        text = _Text(answer[:READ])
        first = self._begun(text)
        if first is not None:
            return first
        stated = {*self._found(text), *self._named(text)}
        mentioned = stated.union(self._mentioned(text))
        return stated.pop() if len(mentioned) == 1 and stated else None

    def _begun(self, text: _Text) -> str | None:
        """Return the label that the text begins with and closes off."""
        label, end = self._label_at(text, 0)
        if label is None or end == len(text.words) or not text.is_closed(end) or text.is_doubted(end):
            return None
        return None if self._goes_on(text, label, end) else label

    def _label_at(self, text: _Text, place: int) -> tuple[str | None, int]:
        """Return the longest label that begins at a word, and where it ends."""
        for end in range(min(len(text.words), place + LONGEST), place, -1):
            label = self._spoken.get(tuple(text.words[place:end]))
            if label is not None and text.signs(range(place, end)) <= self._signs[label]:
                return label, end
        return None, place

    def _goes_on(self, text: _Text, first: str, end: int) -> bool:
        """Return whether another label follows at once that is closed off as well: a list of labels."""
        joined = text.words[end] in JOINING
        label, after = self._label_at(text, end + joined)
        if label in (None, first):
            return False
        return text.is_closed(after) or text.words[after] in JOINING

    def _found(self, text: _Text) -> Iterator[str]:
        """Yield the labels that the words state."""
        spans = list(self._spans(text))
        places = {place for span, _ in spans for place in span}
        for span, label in spans:
            is_stated = not text.is_denied(span.start, places) and not text.is_doubted(span.stop)
            if is_stated and (text.words[span.start] not in NEGATIONS or text.is_complete(span.stop)):
                yield label

    def _spans(self, text: _Text) -> Iterator[tuple[range, str]]:
        """Yield where the words of labels stand, longer ones first."""
        taken: set[int] = set()
        held = set(text.words)
        for spoken in self._searched:
            starts = range(len(text.words) - len(spoken) + 1) if spoken[0] in held else ()
            for span in (range(place, place + len(spoken)) for place in starts):
                if tuple(text.words[span.start : span.stop]) == spoken and taken.isdisjoint(span):
                    label = self._spoken[spoken]
                    if text.signs(span) <= self._signs[label]:
                        taken.update(span)
                        yield span, label

    def _named(self, text: _Text) -> Iterator[str]:
        """Yield the labels of one letter that the text states."""
        for place, label in self._places_of_letters(text):
            before = text.words[place - 1] if place else ""
            begins = not place and text.words[1:2] != [] and text.words[1] in BEHIND
            led = begins or before in LEADING or before.endswith("ly")
            if text.before[place] & OPENING or (led and not text.before[place] - set("\"'*_")):
                yield label

    def _mentioned(self, text: _Text) -> Iterator[str]:
        """Yield those that stand anywhere in capitals: where there are two, none is stated."""
        yield from (label for place, label in self._places_of_letters(text) if text.written[place].isupper())

    def _places_of_letters(self, text: _Text) -> Iterator[tuple[int, str]]:
        for place, word in enumerate(text.words):
            if word not in self._letters or _is_article(text, place):
                continue
            if not text.is_denied(place) and not text.is_doubted(place + 1):
                yield place, self._letters[word]


def _is_article(text: _Text, place: int) -> bool:
    """Return whether A or I is followed by a word that it belongs to; so is every small letter but the last."""
    if place + 1 == len(text.words) or text.before[place + 1] or text.before[place] & set("([{"):
        return False
    if text.written[place].islower():
        return True
    follows = text.written[place + 1]
    return text.words[place] in ("a", "i") and follows.islower() and follows not in JOINING | BEHIND


def _is_letter(key: Sequence[str]) -> bool:
    return len(key) == 1 and len(key[0]) == 1 and key[0].isalpha() and key[0].upper() != key[0]


def _bare(text: str) -> str:
    """Return the words and signs of a label or a whole answer, without case, article before it and outer signs."""
    tokens = [folded(token) for token in words_and_signs(text[:LONGEST_ANSWER])]
    inner = [place for place, token in enumerate(tokens) if token not in OUTER]
    kept = tokens[inner[0] : inner[-1] + 1] if inner else tokens
    bare = " ".join(kept[1:] if kept[:1] == ["the"] and kept[1:] else kept)
    return bare or " ".join(folded(text).split())


def _key(text: str) -> tuple[str, ...]:
    """Return the same without any signs."""
    words = _Text(text[:LONGEST_ANSWER]).words
    return tuple(words[1:] if words[:1] == ["the"] and words[1:] else words)


@lru_cache(maxsize=64)
def labels_of(labels: tuple[str, ...]) -> Labels:
    """Return the labels, read once."""
    return Labels(labels)
