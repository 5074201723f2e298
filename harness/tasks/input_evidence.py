"""Is the input the evidence? Measured on references where nobody says so, so that echoing a question is never right.

A summary rests on its input, an answer on more than its question. A reference rests on its input if

1. the input's sentences, without those that only ask, hold most of the reference's content words (words that many
   references share, such as a closing formula, do not count), and
2. the input has at least twice as many words of its own as the reference: a question put as an order ("Name the depot
   …") has as many as the answer that repeats it; words that many inputs share (instructions) do not count, and
3. the reference is no line of the input by itself: it was chosen among options.

What a tool returned in a conversation is no question and no list of options: a reference rests on it, however short it
is, if it holds most of the reference's own words and the turns of people do not. Rows with such a turn are counted for
themselves, and rows whose place for a text is empty (an Alpaca instruction without input) never: they only ask.

That misses references in other words than the input's, and very short ones. Then evidence is unknown, which is said
with the key that states it: unknown costs a metric, a wrong guess costs the verdict.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from harness.tasks.complaints import Complaints
from harness.tasks.formats.turns import TOOL_RESULT
from harness.tasks.loaded import limited
from harness.tasks.mapping import ONLY_ASKS, UNSTATED, Placed
from harness.text.questions import stretches
from harness.text.sentences import bounds
from harness.text.terms import terms
from harness.text.tokens import words
from harness.types import SPLITS, THE_INPUT, Example, Split

READ: Final = 300
"""references that are read"""
ENOUGH: Final = 10
"""references that a decision needs"""
RESTING: Final = 0.5
"""least share of the references that rest on their inputs"""
HELD: Final = 0.6
"""least share of a reference's words that its input holds"""
LONGER: Final = 2.0
"""least ratio of the input's words to the reference's"""
FEWEST: Final = 3
"""content words of a reference; an input holds fewer by chance, or as one of several options"""
COMMON: Final = 0.2
"""share of the references from which on a word is common to them"""
FEW: Final = 4
"""texts that hold a word for it to be common, however few texts there are"""
INSTRUCTING: Final = 0.8
"""share of the inputs from which on a word is one of an instruction"""
LONGEST: Final = 20_000
"""characters of a text"""
STATE_IT: Final = 'if the inputs are the evidence, say so: task.columns.evidence=["@input"]'
UNDO_IT: Final = 'task.columns.evidence=["@unknown"] turns that off'


@dataclass(frozen=True)
class InputEvidence:
    """What was measured."""

    rows: int
    """references that were read"""
    resting: int
    """those that rest on their inputs"""
    where: str = "inputs"
    """what they rest on, or not"""
    only_asking: int = 0
    """rows besides whose input holds nothing to rest on"""

    @property
    def known(self) -> bool:
        """Whether the inputs are the evidence."""
        return self.rows >= ENOUGH and self.resting >= RESTING * self.rows

    def of_others(self) -> str:
        """Return what is said of rows that are counted for themselves, beside those with a tool's result."""
        counted = f"{self.resting:,} of {self.rows:,} rest on their {self.where}"
        return f"of the other rows: {f'the {self.where}' if self.known else 'unknown'}, as {counted}"

    def __str__(self) -> str:
        counted = f"{self.resting:,} of {self.rows:,} references rest on their {self.where}"
        if self.known:
            left = f"; unknown for the {self.only_asking:,} without an input" if self.only_asking else ""
            return f"evidence: the {self.where}, inferred since {counted} ({RESTING:.0%} are enough){left}; {UNDO_IT}"
        few = f", of {ENOUGH} at least" if self.rows < ENOUGH else ""
        return f"evidence: unknown; {counted}, where {RESTING:.0%}{few} would show that inputs are evidence; {STATE_IT}"


def settled(
    splits: Mapping[Split, Sequence[Placed]], has_documents: bool, complaints: Complaints
) -> tuple[dict[Split, list[Placed]], str]:
    """Return the splits with evidence for rows that state none, and how it was found; "" where all rows state it.

    Args:
        splits: as they were read.
        has_documents: then documents are the evidence, and which of them is unknown.
        complaints: gets the remark.
    """
    rows = [entry for placed in splits.values() for entry in placed]
    if not any(entry.evidence in (UNSTATED, ONLY_ASKS) for entry in rows):
        return {split: list(placed) for split, placed in splits.items()}, ""
    found = {} if has_documents else _by_kind(splits)
    kinds = list(found.values())
    said = "; ".join([*map(str, kinds[:1]), *filter(None, (one.of_others() for one in kinds[1:]))])
    if said:
        complaints.remark(("evidence",), said)
    known = {kind for kind, one in found.items() if one.known}
    ended = {split: [_with(entry, known) for entry in placed] for split, placed in splits.items()}
    return ended, said


def _by_kind(splits: Mapping[Split, Sequence[Placed]]) -> dict[bool, InputEvidence]:
    """Measure the rows with a tool's result in their input, and all others; each kind if there are rows of it."""
    only_asking = sum(entry.evidence == ONLY_ASKS for placed in splits.values() for entry in placed)
    asked = _asked(splits)
    found = {kind: measured([own for own in asked if bool(_returned(own)) == kind]) for kind in (True, False)}
    found = {kind: one for kind, one in found.items() if one.rows} or {False: measured(())}
    return {
        kind: replace(one, where="tool results" if kind else "inputs", only_asking=0 if kind else only_asking)
        for kind, one in found.items()
    }


def measured(examples: Sequence[Example]) -> InputEvidence:
    """Measure how many references rest on their inputs, on at most READ of the examples."""
    rows = limited(examples, READ)
    references = _own_words([_keys(own.references[0]) for own in rows], COMMON)
    inputs = [_keys(" ".join(_statements(own.text[:LONGEST]))) for own in rows]
    found = zip(rows, references, inputs, _own_words(inputs, INSTRUCTING), strict=True)
    return InputEvidence(len(rows), sum(_rests(*row) for row in found))


def _own_words(texts: Sequence[frozenset[str]], many: float) -> list[frozenset[str]]:
    """Return the words of each text without those that this share of the texts holds."""
    counts = Counter(key for keys in texts for key in keys)
    common = {key for key, count in counts.items() if count >= max(FEW, many * len(texts))}
    return [keys - common for keys in texts]


def _asked(splits: Mapping[Split, Sequence[Placed]]) -> list[Example]:
    """Return the answered examples of train that state no evidence; of the first split that has any, else."""
    for split in SPLITS:
        read = [entry.example for entry in splits.get(split, ()) if entry.example and entry.evidence == UNSTATED]
        if answered := [own for own in read if own.answerable and own.references]:
            return answered
    return []


def _rests(example: Example, keys: frozenset[str], held: frozenset[str], own: frozenset[str]) -> bool:
    """Return whether one reference rests on its input.

    Args:
        example: the row.
        keys: the reference's own words.
        held: words that the input states.
        own: those of them that few other inputs hold.
    """
    if returned := _returned(example):
        found = keys & _keys(returned) - _keys(_said(example))
        return bool(found) and len(found) >= HELD * len(keys)
    if len(keys) < FEWEST or len(own) < LONGER * len(keys) or len(keys & held) < HELD * len(keys):
        return False
    return words(example.references[0]) not in [_option(line) for line in example.text[:LONGEST].splitlines()]


def _returned(example: Example) -> str:
    """Return what tools returned in a conversation; "" in any other input."""
    turns = () if isinstance(example.input, str) else example.input
    return "\n".join(turn.content for turn in turns if turn.role == "user" and turn.content.startswith(TOOL_RESULT))


def _said(example: Example) -> str:
    """Return what people said in a conversation."""
    turns = () if isinstance(example.input, str) else example.input
    return "\n".join(turn.content for turn in turns if not turn.content.startswith(TOOL_RESULT))


def _option(line: str) -> list[str]:
    """Return the words of a line without the letter or number that counts it."""
    written = words(line)
    return written[1:] if len(written) > 1 and len(written[0]) == 1 else written


def _statements(text: str) -> Iterator[str]:
    """Yield the parts of a text that do not only ask."""
    for start, end in bounds(text):
        sentence = text[start:end]
        yield from (sentence[begin:stop] for begin, stop, asks in stretches(sentence) if not asks)


def _keys(text: str) -> frozenset[str]:
    return frozenset(word.key for word in terms(text, 0, LONGEST).words if word.content)


def _with(entry: Placed, known: Collection[bool]) -> Placed:
    if entry.evidence not in (UNSTATED, ONLY_ASKS):
        return entry
    rests = entry.evidence == UNSTATED and entry.example is not None and bool(_returned(entry.example)) in known
    evidence = THE_INPUT if rests else ()
    return entry._replace(evidence=evidence, example=entry.example and replace(entry.example, evidence=evidence))


def is_unknown(examples: Iterable[Example]) -> bool:
    """Return whether evidence of some answerable examples is unknown."""
    return any(example.answerable and not example.evidence for example in examples)
