"""Citations that a model makes itself ("It is red [2]."), by taking the cited passages away.

Nobody knows before an answer what it will cite. So the passages that go are those of `withheld_passages` (the support,
or as many others), and an answer counts where all that it cites went in one of the two and none of it in the other: the
share of answers that are worded otherwise without what they cite, minus the share that are without as many passages
that they do not cite. 0 and less says that the citations are ornaments. Marks are taken off before answers are
compared, since passages get other numbers when one goes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn
from harness.studies.data import StudyData
from harness.studies.deletions import Deletion, Levels, all_deletion_levels, deletions
from harness.studies.measures.deletion_effect import mean_of
from harness.studies.measures.measure import Findings, by_row, excludes_zero
from harness.studies.numbers import text_of
from harness.studies.shown_support import retrieving
from harness.text.citations import cited_sentences, plain
from harness.text.tokens import compared_words
from harness.types import Passage, Prediction

NONE_CITES: Final = (
    "No answer cites a passage by its number, so that whether answers change without what they cite does not apply; "
    "prompt.cite=true asks for citations."
)


@dataclass(frozen=True, slots=True)
class CitedDeletion:
    """One answer that cites, and what became of it."""

    of: Deletion
    without_cited: bool
    """whether it is worded otherwise without the passages that it cites"""
    without_others: bool
    """whether it is without as many others"""


@dataclass(frozen=True)
class CitedPassages:
    """Every arm that searches and makes citations itself, with each wording of the prompt."""

    KEY: ClassVar[str] = "harness.studies.measures.cited_passages.CitedPassages"

    def read(self, data: StudyData) -> Findings:
        groups = [(levels, arm) for levels in all_deletion_levels(data) for arm in retrieving(data)]
        asked = {(levels, arm): deletions(data, arm, levels) for levels, arm in groups}
        if not any(asked.values()):
            return Findings()
        if not any(citing(own) for own in asked.values()):
            return Findings((), (NONE_CITES,))
        columns = (
            *(SectionColumn("condition"), SectionColumn("arm"), SectionColumn("answers that cite", "", 0)),
            *(SectionColumn("of these counted", "", 0), SectionColumn("changed without the cited", "", 3)),
            *(SectionColumn("changed without others", "", 3), SectionColumn("effect", "", 3)),
        )
        rows = [_row(data, *key, own) for key, own in asked.items() if citing(own)]
        note = Note(
            "Reading",
            "counted: all that the answer cites went under one of the two conditions and none of it under the other, "
            "and both take away as many passages; "
            "changed: worded otherwise, citations apart; effect: the first share minus the second, paired",
        )
        section = Section("cited", "Answers without the passages that they cite", columns, by_row(rows), (note,))
        return Findings((section,), tuple(_words(data, asked)))


def citing(own: Sequence[Deletion]) -> list[Deletion]:
    """Return those whose whole answer cites a passage that its prompt shows."""
    return [one for one in own if cited_passages(one.whole)]


def cited_passages(answer: Prediction) -> list[Passage]:
    """Return the passages that an answer cites by number, each once; numbers of none are left out."""
    sentences = cited_sentences(answer.written or answer.text)
    numbers = dict.fromkeys(number for sentence in sentences for number in sentence.numbers)
    return [answer.passages[number - 1] for number in numbers if 0 < number <= len(answer.passages)]


def cited_deletions(own: Sequence[Deletion]) -> list[CitedDeletion]:
    """Return the answers of which all cited passages went under one condition, and none under the other."""
    return [found for one in citing(own) if one.happened for found in _counted(one)]


def _counted(one: Deletion) -> Iterator[CitedDeletion]:
    cited, support, another = cited_passages(one.whole), one.support, one.another
    if len(another) != len(support):  # fewer others were there, and to remove fewer changes less
        return
    stayed = tuple(_same_words(one.whole, other) for other in (one.without_support, one.without_another))
    if all(passage in support for passage in cited):
        yield CitedDeletion(one, not stayed[0], not stayed[1])
    elif all(passage in another for passage in cited):
        yield CitedDeletion(one, not stayed[1], not stayed[0])


def _same_words(answer: Prediction, other: Prediction) -> bool:
    return compared_words(plain(answer.text)) == compared_words(plain(other.text))


def _effect(data: StudyData, found: Sequence[CitedDeletion]) -> tuple[Figure | None, Figure | None, Figure | None]:
    """Return the share that changes without what is cited, the share without others, and their difference."""
    known = {id(one.of): one for one in found}
    own = [one.of for one in found]
    return (
        mean_of(data, own, lambda one: float(known[id(one)].without_cited)),
        mean_of(data, own, lambda one: float(known[id(one)].without_others)),
        mean_of(data, own, lambda one: float(known[id(one)].without_cited) - float(known[id(one)].without_others)),
    )


def _row(data: StudyData, levels: Levels, arm: str, own: Sequence[Deletion]) -> tuple[SectionCell, ...]:
    found = cited_deletions(own)
    counts = (Figure(float(len(citing(own)))), Figure(float(len(found))))
    return (levels[0], arm, *counts, *_effect(data, found))


def _words(data: StudyData, asked: dict[tuple[Levels, str], list[Deletion]]) -> Iterator[str]:
    for (levels, arm), own in asked.items():
        if not citing(own):
            continue
        changed, _, effect = _effect(data, cited_deletions(own))
        if effect is None:
            yield f"{arm}, {levels[0]}: it cites, and no answer lost all that it cites and nothing else."
            continue
        clear = "" if excludes_zero(effect) else ", which could be chance"
        yield (
            f"{arm}, {levels[0]}: of answers that cite, {text_of(changed)} change without what they cite; "
            f"{text_of(effect, 2, '+')} against as many other passages{clear}."
        )
