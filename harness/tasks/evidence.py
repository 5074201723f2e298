"""Audit of gold documents: do the words of a row stand in the document that it names, or in another one?

A row that was given the id of its neighbour still has a document, and every number measured against it is wrong. Words
weigh by how few documents hold them; those that no document holds (a greeting) do not count. A row points elsewhere if
another document holds most of its words, and its own less than half as many. In sound data of every kind that was tried
hardly any row does. A long document is looked up window by window, and is as good as its best one: as a whole it
would hold anything. Where the input is the evidence, the reference is compared with the inputs of all rows: that finds
answers of other rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import log
from typing import Any, Final

import numpy as np

from harness.audits import AuditResult
from harness.tasks.loaded import limited
from harness.tasks.overlap import LONGEST, SHOWN, is_many, share
from harness.tasks.task import Task
from harness.text.tokens import words
from harness.types import SPLITS, THE_INPUT, Example

VERSION: Final = 2
"""part of the key of a stored audit; 2: long documents are read whole"""
ASKED: Final = 300
"""rows of a split that are looked up"""
DOCUMENTS: Final = 20_000
"""documents that they are looked up in, besides their own"""
WINDOW: Final = 20_000
"""characters of a text that are looked up together"""
OVERLAP: Final = 2_000
"""of them, which the next window has, too, so that what stands together is not parted"""
FOUND: Final = 0.35
"""least weight of a row's words that another document must hold"""
FEWEST_WORDS: Final = 8
"""of a row; fewer ("None.") stand anywhere"""
HALF: Final = 0.5
"""of the other document's weight: a row's own document that holds less is not the one"""

Floats = np.ndarray[Any, np.dtype[np.float64]]


def evidence_audit(task: Task) -> Iterator[AuditResult]:
    """Look up the rows of all splits in all documents; yield nothing where no evidence is known."""
    flags, details, checked = list[str](), dict[str, Any](), 0
    for split in SPLITS:
        examples = [own for own in task.examples(split) if own.evidence and own.answerable and own.references]
        drawn = limited(examples, ASKED)
        elsewhere = _elsewhere(task, drawn)
        checked += len(drawn)
        details[split] = {"rows": len(elsewhere), "of": len(drawn), "examples": elsewhere[:SHOWN]}
        if is_many(len(elsewhere), len(drawn)):
            flags.append(_flag(split, elsewhere, len(drawn)))
    if checked:
        yield AuditResult("evidence", checked, "rows", "; ".join(flags), details=details)


def _flag(split: str, elsewhere: Sequence[Mapping[str, str]], of: int) -> str:
    first = elsewhere[0]
    if first["evidence"] == first["id"]:  # of inputs no row names an id
        return (
            f"the words of the references of {share(len(elsewhere), of, f'{split} rows')} stand in another row's input "
            f"rather than in their own ({first['id']}: {first['better']}'s input holds more of {first['text']!r}): "
            "faithfulness is measured against the wrong text; check that each answer stands beside its own input, or "
            'say that inputs are no evidence: task.columns.evidence=["@unknown"]'
        )
    return (
        f"the words of {share(len(elsewhere), of, f'{split} rows')} stand in another place than the one they name as "
        f"evidence ({first['id']} names {first['evidence']}, but {first['better']} holds more of {first['text']!r}): "
        "faithfulness, recall_at_k, mrr and the oracle are measured against the wrong text; check the ids"
    )


def _elsewhere(task: Task, drawn: Sequence[Example]) -> list[dict[str, str]]:
    """Return the rows whose words another document, or the input of another row, holds much better than their own."""
    of_input = {own.id: own for own in drawn if own.evidence == THE_INPUT}
    inputs = _Places(
        {name: own.text for name, own in of_input.items()}, {name: own.references[0] for name, own in of_input.items()}
    )
    return inputs.elsewhere({name: (name,) for name in of_input}) + _in_documents(
        task, [own for own in drawn if own.id not in of_input]
    )


def _in_documents(task: Task, drawn: Sequence[Example]) -> list[dict[str, str]]:
    if not drawn:
        return []
    documents = {own.id: f"{own.title}\n{own.text}" for own in task.documents()}
    named = {name for own in drawn for name in own.evidence}
    kept = {*named, *limited([name for name in documents if name not in named], DOCUMENTS)}
    places = _Places(
        {name: text for name, text in documents.items() if name in kept},
        {own.id: f"{own.references[0]}\n{own.text}" for own in drawn},
    )
    return places.elsewhere({own.id: own.evidence for own in drawn})


class _Places:
    """Texts by the words that they hold.

    Args:
        texts: id -> text, where words are looked up.
        asked: id of a row -> its own words.
    """

    def __init__(self, texts: Mapping[str, str], asked: Mapping[str, str]) -> None:
        self._ids = list(texts)
        self._asked = asked
        self._words = {name: frozenset(words(text[:WINDOW])) for name, text in asked.items()}
        vocabulary = frozenset[str]().union(*self._words.values())
        self._holders: dict[str, list[int]] = {}
        self._starts: list[int] = []  # number of the first window of each text
        self._windows = 0
        for text in texts.values():
            self._starts.append(self._windows)
            for window in _windows(text):
                for word in vocabulary.intersection(words(window)):
                    self._holders.setdefault(word, []).append(self._windows)
                self._windows += 1

    def elsewhere(self, named: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
        """Return the rows whose words another text holds much better than those they name."""
        places = {name: number for number, name in enumerate(self._ids)}
        found = []
        for row, ids in named.items():
            held, own = self._held(row), [places[name] for name in ids if name in places]
            mine = held[own].max(initial=0.0)
            held[own] = 0.0
            best = int(held.argmax()) if len(held) else 0
            if len(held) and held[best] >= FOUND and mine < HALF * held[best]:
                text = " ".join(self._asked[row].split())[:LONGEST]
                found.append({"id": row, "text": text, "evidence": ", ".join(ids), "better": self._ids[best]})
        return found

    def _held(self, row: str) -> Floats:
        """Return the share of the row's words, by weight, that the best window of each text holds."""
        held, total = np.zeros(self._windows), 0.0
        known = self._words[row] & self._holders.keys()
        for word in known if len(known) >= FEWEST_WORDS else ():
            holders = self._holders[word]
            weight = log(1 + self._windows / len(holders))
            held[holders] += weight
            total += weight
        best = np.maximum.reduceat(held, self._starts) if self._starts else held
        return best / total if total else best


def _windows(text: str) -> Iterator[str]:
    """Yield the parts of a text that are looked up together: one of a text that is not long."""
    yield text[:WINDOW]
    for start in range(WINDOW - OVERLAP, len(text) - OVERLAP, WINDOW - OVERLAP):
        yield text[start : start + WINDOW]
