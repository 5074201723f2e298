"""Which options of a multiple choice question a file says are right: by labels, texts, numbers, flags; one or several.

A row alone does not tell how it is to be read ("2" may be a label, a text, or a place counted from 0 or from 1), so
that the first rows of a file are looked at together. What can be read in two ways is asked for, never guessed.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.tasks.formats.options import LABELS, MARK, Option, options_of, tidy

RIGHT: Final = (
    *("correct_answer", "correct_answers", "correct_option", "correct_options", "correct_choice", "correct_choices"),
    *("correct", "right_answer", "right_option", "richtige_antwort", "richtige_antworten", "richtig", "korrekt"),
    *("respuesta_correcta", "correcta", "bonne_réponse", "risposta_corretta", "answer_key", "answerkey", "answer"),
    *("answers", "antwort", "respuesta", "risposta", "answer_idx", "answer_index", "answer_id", "answer_letter"),
    *("correct_answer_id", "correct_answer_idx", "correct_answer_index", "correct_idx", "correct_index", "correct_id"),
    *("correct_option_index", "gold_label", "gold_idx", "label", "cop", "target", "gold", "ground_truth", "solution"),
    *("lösung", "loesung", "key", "references", "reference", "labels", "right", "is_correct", "accept"),
)
"""columns that say which option is right, likeliest first"""
_WHOLE: Final = re.compile(r"\A\s*\(?(\d+)(?:[.,]0+)?[.)]?\s*")
"""a whole number, also as libraries and German tables write it: 1.0, 1,0, or as a mark: 1."""
_BEFORE: Final = re.compile(
    r"\A(?:(?:both|the|correct|right|options?|choices?|answers?|is|are|antwort(?:en)?|optionen|lösung|richtig|ist|sind|die)"
    r"(?=[\W_]|\Z)[\s:_#.-]*)+",
    re.IGNORECASE,
)
"""what stands before the name of an option: "The answer is B" """
_OR: Final = re.compile(r"(?<!\s)(?:\s+(?:or|oder|ou|o)\s+|\s*/\s*)", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"(?<!\s)(?:\s*[,;|&+\n/]\s*|\s+(?:and|or|und|oder|et|ou|y|o|e)\s+)", re.IGNORECASE)
Pairs = Sequence[tuple[str, Sequence[Option]]]
"""what names an option, and the options of its row"""


@dataclass(frozen=True)
class RightsReading:
    """How a file names its right options."""

    column: str = ""
    """tidy name of the column; "" where the options say it themselves, or nothing does"""
    between: str = ""
    """by what options that share a cell are parted"""
    by_number: bool = False
    """numbers are places, also where an option has such a number as its label or text"""
    by_text: bool = False
    """words are texts, also where another option has such a label"""
    by_flags: bool = False
    """lists say of each option whether it is right"""
    first: int | None = None
    """number of the first option; None: no number is a place, or it may be 0 or 1"""

    def rights(self, cell: Any, options: Sequence[Option]) -> list[Option]:
        """Return the options that a cell says are right; [] where it names none, or something else besides."""
        if any(option.right is not None for option in options):
            return [option for option in options if option.right]
        if self.by_flags and isinstance(cell, list) and len(cell) == len(options):
            return [option for option, flag in zip(options, cell, strict=True) if flag]
        found = [self._named(word, options) for word in words_of(cell, options)]
        known = [option for option in found if option is not None and option.text]
        return list(dict.fromkeys(known)) if len(known) == len(found) else []

    def _named(self, word: str, options: Sequence[Option]) -> Option | None:
        number = whole(word)
        named = None if self.by_number and number is not None else by_words(word, options, by_text=self.by_text)
        if named is None and number is not None and self.first is not None:
            return _at(options, number - self.first)
        return _by_letter(word, options) if named is None else named

    def way(self, cell: Any, options: Sequence[Option]) -> str:
        """Return in words by what a cell names its options."""
        if any(option.right is not None for option in options) or (self.by_flags and isinstance(cell, list)):
            return "by a flag for each option"
        words = words_of(cell, options)
        if any(_is_place(word, options, self) for word in words):
            return ""
        texts = {option.text.casefold() for option in options}
        return "by its text" if all(word.casefold() in texts for word in words) else "by its label"


def _is_place(word: str, options: Sequence[Option], reading: RightsReading) -> bool:
    return whole(word) is not None and (reading.by_number or by_words(word, options) is None)


def _by_letter(word: str, options: Sequence[Option]) -> Option | None:
    """Return the option that a letter counts where the file numbers them: B is the second."""
    letter = word.strip(" .:()[]").upper()
    return _at(options, LABELS.index(letter)) if len(letter) == 1 and letter in LABELS else None


def _at(options: Sequence[Option], place: int) -> Option | None:
    return options[place] if 0 <= place < len(options) else None


def whole(word: str) -> int | None:
    """Return the whole number that a word is; None for any other word."""
    found = _WHOLE.fullmatch(word)
    return int(found[1]) if found else None


def has_number(word: str) -> bool:
    """Return whether a word is a whole number."""
    return whole(word) is not None


def words_of(cell: Any, options: Sequence[Option]) -> list[str]:
    """Return the words by which a cell names options; [] of what names none.

    "A, C", "A and C" and "AC" name two, unless an option is called so.
    """
    if isinstance(cell, list):
        return [word for item in cell for word in words_of(item, options)]
    if isinstance(cell, dict):
        return next((words_of(cell[name], options) for name in ("label", "key", "text", "index") if name in cell), [])
    if isinstance(cell, bool):
        return [str(cell).lower()]
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip() if isinstance(cell, str | int | float) and cell == cell else ""
    if not text or whole(text) is not None or by_words(text, options) is not None:
        return [text] if text else []
    bare = _BEFORE.sub("", text.strip("[](){}\"' ")).strip()
    parts = [part.strip("\"' ") for part in _BETWEEN.split(bare) if part.strip("\"' ")]
    return parts if len(parts) != 1 else _labels_in(bare, {option.label.upper() for option in options})


def _labels_in(text: str, labels: Collection[str]) -> list[str]:
    """Return the labels that a text is made of, as in "AC" and "A C"; the text itself where it is not."""
    apart = list(text) if text.isalpha() and text.isupper() else text.split()
    are_labels = all(word.upper() in labels for word in apart) and len(set(apart)) == len(apart)
    return apart if are_labels else [text]


def takes_any(cell: Any) -> bool:
    """Return whether a cell says that one of several options is enough: "A or C"."""
    return isinstance(cell, str) and _OR.search(cell) is not None


def by_words(word: str, options: Sequence[Option], *, by_text: bool = False) -> Option | None:
    """Return the option that has this label or text, or both, or whose column is called so."""
    folded = word.casefold()
    same = [option for option in options if option.text and option.text.casefold() == folded]
    if by_text and same:
        return same[0]
    mark = MARK.match(f"{word})" if len(word) == 1 else word)
    rest = word[mark.end() :].casefold() if mark else ""
    for option in options:
        by_mark = mark and mark[1].upper() == option.label.upper() and rest in ("", option.text.casefold())
        if by_mark or word.upper() == option.label.upper() or option in same[:1]:
            return option
    name = tidy(word)
    bare = _BEFORE.sub("", word).strip(" .:()[]")
    by_column = next((option for option in options if option.column and option.column == name), None)
    return by_column or (by_words(bare, options) if bare and bare != word else None)


def reading_of(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], between: str, first: int | None
) -> tuple[RightsReading, list[int]]:
    """Return how rows name their right options, and numbers that may count from 0 or from 1; [] where that is known.

    Of several columns that may say it, the first is taken by which all rows do, or most.

    Args:
        rows: the first of a file, by tidy names.
        columns: that may say it, likeliest first.
        between: by what options that share a cell are parted.
        first: number of the first option, if it is told or known.
    """
    candidates = [name for name in columns if any(row.get(name) not in (None, "", []) for row in rows)]
    readings = [_by_column(rows, name, between, first) for name in candidates]
    return max(readings, key=lambda found: _share(rows, found[0]), default=(RightsReading(between=between), []))


def _share(rows: Sequence[Mapping[str, Any]], reading: RightsReading) -> float:
    """Return the share of rows with something in the column of which an option is known to be right."""
    filled = [row for row in rows if row.get(reading.column) not in (None, "", [])]
    known = replace(reading, first=0 if reading.first is None else reading.first)
    named = [known.rights(row[reading.column], options_of(row, reading.between)) for row in filled]
    return sum(map(bool, named)) / len(filled)


def _by_column(
    rows: Sequence[Mapping[str, Any]], column: str, between: str, first: int | None
) -> tuple[RightsReading, list[int]]:
    cells = [(row[column], options_of(row, between)) for row in rows if row.get(column) not in (None, "", [])]
    flags = _are_flags(cells)
    pairs = [] if flags else [(word, own) for cell, own in cells for word in words_of(cell, own)]
    reading = RightsReading(column, between, _are_places(pairs), _are_texts(pairs), flags, first)
    places = [(int(whole(word) or 0), own) for word, own in pairs if _is_place(word, own, reading)]
    if first is not None or not places:
        return reading, []
    possible = [start for start in (0, 1) if all(_holds(own, number - start) for number, own in places)]
    if len(possible) == 2:
        return reading, sorted({number for number, _ in places})
    start = possible[0] if possible else int(all(number for number, _ in places))
    return replace(reading, first=start), []


def _holds(options: Sequence[Option], place: int) -> bool:
    found = _at(options, place)
    return found is not None and bool(found.text)


def _are_flags(cells: Sequence[tuple[Any, Sequence[Option]]]) -> bool:
    """Whether lists have a 0 or 1 for each option; as places, the same list would say that all are right."""
    lists = [(cell, own) for cell, own in cells if isinstance(cell, list)]
    return bool(lists) and all(
        len(cell) == len(own) > 1 and all(item in (0, 1) and not isinstance(item, str) for item in cell)
        for cell, own in lists
    )


def _are_texts(pairs: Pairs) -> bool:
    """Whether words that can be read in one way alone name a text, and none names a label."""
    texts = [word.casefold() in {one.text.casefold() for one in own} for word, own in pairs]
    labels = [word.upper() in {one.label.upper() for one in own} for word, own in pairs]
    both = list(zip(texts, labels, strict=True))
    return (True, False) in both and (False, True) not in both


def _are_places(pairs: Pairs) -> bool:
    """Whether numbers are places of options, and all may be one.

    Some are neither label nor text, or the columns of the options count from 1: numbers beside these may do so, too
    (WinoGrande), or count from 0 (PIQA).
    """
    numbers = [(word, own) for word, own in pairs if whole(word) is not None]
    strange = any(by_words(word, own) is None for word, own in numbers)
    counted = bool(numbers) and all(own and own[0].column and own[0].label == "1" for _, own in numbers)
    texts = [word.casefold() in {one.text.casefold() for one in own} for word, own in numbers]
    within = all(0 <= (whole(word) or 0) <= len(own) for word, own in numbers)
    return within and (strange or (counted and not all(texts)))


def rights_in(rows: Sequence[Mapping[str, Any]], reading: RightsReading) -> Iterator[bool]:
    """Yield of each row whether an option is known to be right."""
    known = replace(reading, first=0 if reading.first is None else reading.first)
    for row in rows:
        yield bool(known.rights(row.get(reading.column), options_of(row, reading.between)))
