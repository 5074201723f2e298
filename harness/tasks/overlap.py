"""Audits of rows and documents that the data hold twice: test in train, validation in test, repeats, look-up.

Inputs that are equal count whatever their answers are. Nearly equal inputs count where the answers are the same, too:
in data made from templates two questions can differ by a name alone, and are two questions. An answer that many rows
share ("no", a refusal) is no sign, so there inputs must be closer and hold the same figures: model 24 is not model 0.
All rows are compared exactly, at most `MOST` of each set nearly.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from math import sqrt
from typing import Any, Final

from harness.audits import AuditResult
from harness.tasks.audit import jaccard, matches, normalised
from harness.tasks.continued import continued
from harness.tasks.loaded import limited
from harness.tasks.own_parts import own_parts
from harness.tasks.task import Task
from harness.types import SPLITS, Document, Example, Split

VERSION: Final = 8
"""part of the key of a stored audit; 2: a split that is another one's part, however small; 3: large parts of it, too;
4: answers with other figures are other answers; 5: rows with which rows of train begin, answer and all;
6: what many inputs begin or end with is not compared; 7: with a common answer, inputs with other figures are others;
8: of equal inputs two are enough for a flag"""
DIGITS: Final = re.compile(r"\d+")
MOST: Final = 10_000
"""rows or documents of a set that are compared nearly; drawn evenly"""
FEWEST: Final = 3
"""rows that a flag needs"""
FEW: Final = 2
"""rows that a flag needs where they are a fifth of another split, or where their inputs are equal"""
FLAGGED: Final = 0.05
"""share of a split: a verdict can hang on as many points"""
REPEATED: Final = 0.2
"""the same for train and validation, whose repeats shift no score by themselves"""
COMPARED: Final = 100
"""lookalikes that a text is compared with before it counts as not near"""
READ: Final = 600
"""characters of a text that are compared nearly"""
MOST_ASKED: Final = 1_000
"""rows of a split that are looked for in the documents"""
ALIKE: Final = 0.7
"""similarity of two answers that are the same answer"""
CLOSE: Final = 0.9
"""similarity of inputs whose answer is a common one, and of documents that say the same"""
COMMON: Final = 0.01
"""share of the rows; more have the answer, so it is a common one"""
SHOWN: Final = 5
"""examples that a result names"""
LONGEST: Final = 160
"""characters of an example's text"""
APART: Final = 0.02
"""largest share of its rows that a slice without repetitions has"""

REMEMBERED: Final = (
    "arms with an adapter can answer these from memory, which favours them; take them out of train or out of test"
)
CHOSEN: Final = (
    "test rows choose the step that training keeps, which favours arms with an adapter; take them out of validation"
)
UNSEEN: Final = (
    "validation loss does not show when an adapter has learnt them by heart, so that a late step may be kept; take "
    "them out of one of the two"
)


@dataclass(frozen=True)
class Rows:
    """The rows of one split, as they are compared."""

    split: Split
    examples: Sequence[Example]

    @cached_property
    def inputs(self) -> list[str]:
        """Their inputs."""
        return [example.text for example in self.examples]

    @cached_property
    def answers(self) -> list[str]:
        """Their first references, normalised; "" without one."""
        return [_answer(example) for example in self.examples]

    @cached_property
    def common(self) -> frozenset[str]:
        """Answers that say little about their question, since many rows have them."""
        most = max(FEWEST, COMMON * len(self.examples))
        return frozenset({"", *(answer for answer, count in Counter(self.answers).items() if count > most)})

    def drawn(self, most: int) -> "Rows":
        """Return at most so many of the rows, drawn evenly."""
        return Rows(self.split, limited(self.examples, most))


def _answer(example: Example) -> str:
    """Return the first reference; of a question without any its own text, so that only equal questions repeat it."""
    if example.references:
        return normalised(example.references[0])
    return normalised(example.text) if example.answerable else ""


def overlap_audits(task: Task, most: int = MOST) -> Iterator[AuditResult]:
    """Compare all splits and documents, rows exactly and at most so many of each set nearly."""
    rows: dict[Split, Rows] = {split: Rows(split, task.examples(split)) for split in SPLITS}
    yield _leakage(rows, most)
    yield _repeats(rows, most)
    yield _knowledge(rows, task.documents(), most)


def shared_rows(counted: Rows, others: Rows, most: int = MOST) -> dict[int, int]:
    """Return the counted rows that are among the others: number -> number of the first that is the same."""
    fewer = counted.drawn(most)
    drawn = fewer if counted is others else others.drawn(most)
    exact = _exact(counted, others)
    places = {id(example): number for rows in (counted, others) for number, example in enumerate(rows.examples)}
    same = partial(same_answer, fewer, drawn, counted.common | others.common)
    near = matches(*openings(fewer, drawn), same, same=counted is others, most=COMPARED).all
    found = {places[id(fewer.examples[one])]: places[id(drawn.examples[other])] for one, other in near.items()}
    return dict(sorted({**found, **exact}.items()))


def openings(counted: Rows, others: Rows) -> tuple[list[str], list[str]]:
    """Return what of the inputs of two sets is compared nearly: the beginnings of what is their own."""
    if counted is others:
        own = [text[:READ] for text in own_parts(counted.inputs)]
        return own, own
    parts = [text[:READ] for text in own_parts([*counted.inputs, *others.inputs])]
    return parts[: len(counted.inputs)], parts[len(counted.inputs) :]


def _exact(counted: Rows, others: Rows) -> dict[int, int]:
    """Return the rows with an equal input; within one split the answers must be equal as well."""
    within = counted is others
    known: dict[tuple[str, str], int] = {}
    for number in reversed(range(len(others.examples))):
        known.setdefault((normalised(others.inputs[number]), others.answers[number] if within else ""), number)
    found = {}
    for number, text in enumerate(counted.inputs):
        other = known.get((normalised(text), counted.answers[number] if within else ""))
        if other is not None and not (within and other == number):
            found[number] = other
    return found


def same_answer(counted: Rows, others: Rows, common: frozenset[str], one: int, other: int, similarity: float) -> bool:
    """Return whether the answers of two rows with near inputs show that they are one question; without, they do not."""
    mine, theirs = counted.answers[one], others.answers[other]
    if _is_open(counted.examples[one]) or _is_open(others.examples[other]):
        return mine == theirs
    if mine == theirs:
        return mine not in common or (similarity >= CLOSE and _same_figures(counted.inputs[one], others.inputs[other]))
    if not _same_figures(mine, theirs):  # "4 newton metres" and "5 newton metres" are two answers
        return False
    return len(mine.split()) > 1 and len(theirs.split()) > 1 and _similar(mine, theirs)


def _is_open(example: Example) -> bool:
    """Return whether it is a question whose answer is not known, and whose own text stands for it."""
    return example.answerable and not example.references


def _same_figures(one: str, other: str) -> bool:
    return DIGITS.findall(one[:READ]) == DIGITS.findall(other[:READ])


def _similar(one: str, other: str) -> bool:
    return jaccard(one, other) >= ALIKE


def unexpected(test: Rows, found: Mapping[int, int], validation: Rows, of_validation: Mapping[int, int]) -> float:
    """Return how many rows were found beyond those that slices announce.

    A task can hold questions that train asks too, in a slice of their own, next to a slice without any: its tables show
    both. The same slices of validation say how many are meant to be there. Without such slices nothing is expected.
    """
    mine, theirs = _by_slice(test, found), _by_slice(validation, of_validation)
    apart = any(
        name and rows >= 0.1 * len(test.examples) and count <= APART * rows for name, (count, rows) in mine.items()
    )
    if not apart:
        return float(len(found))
    expected = {name: rows * theirs[name][0] / theirs[name][1] for name, (_, rows) in mine.items() if name in theirs}
    excess = sum(max(0.0, count - expected.get(name, 0.0)) for name, (count, _) in mine.items())
    return max(0.0, excess - 2 * sqrt(sum(expected.values())))


def _by_slice(rows: Rows, found: Mapping[int, int]) -> dict[str, tuple[int, int]]:
    """Return slice -> (rows that were found, all its rows)."""
    all_rows = Counter(example.slice for example in rows.examples)
    counts = Counter(rows.examples[number].slice for number in found)
    return {name: (counts[name], number) for name, number in all_rows.items()}


def is_many(found: float, of: int, share: float = FLAGGED, least: int = FEWEST) -> bool:
    """Return whether so many of a split can shift what its table says."""
    return found >= least and found >= share * of


def share(part: int, whole: int, noun: str) -> str:
    """Return "12 of 300 test inputs (4 %)"."""
    return f"{part:,} of {whole:,} {noun} ({100 * part / max(whole, 1):.0f} %)"


def pairs(counted: Rows, others: Rows, found: Mapping[int, int]) -> list[dict[str, str]]:
    """Return some of what was found, for the record."""
    return [
        {
            "id": counted.examples[one].id,
            "text": counted.inputs[one][:LONGEST],
            "other_id": others.examples[other].id,
            "other_text": others.inputs[other][:LONGEST],
        }
        for one, other in list(found.items())[:SHOWN]
    ]


def found_rows(counted: Rows, others: Rows, found: Mapping[int, int]) -> dict[str, Any]:
    """Return what was found, for the record."""
    return {"rows": len(found), "of": len(counted.examples), "examples": pairs(counted, others, found)}


def such_as(found: Sequence[Mapping[str, str]]) -> str:
    """Return the first of these pairs in words."""
    first = found[0]
    return f"such as {first['id']} and {first['other_id']}: {first['text'][:80]!r}"


def _leakage(rows: Mapping[Split, Rows], most: int) -> AuditResult:
    """Audit test in train, validation in train, and validation in test."""
    train, validation, test = rows["train"], rows["validation"], rows["test"]
    in_train, learnt = shared_rows(test, train, most), shared_rows(validation, train, most)
    in_test = shared_rows(validation, test, most)
    told = {one: at for one, at in continued(test.examples, train.examples).items() if one not in in_train}
    beyond = _leaks(unexpected(test, in_train, validation, learnt), len(test.examples)) or _are_equal(rows)
    too_many = _leaks(unexpected(validation, learnt, test, in_train), len(validation.examples), REPEATED)
    flags = [
        f"{_also(test, train, in_train)}: {REMEMBERED}" if beyond else "",
        _told(test, train, told),
        f"{_also(validation, test, in_test)}: {CHOSEN}" if _leaks(len(in_test), len(validation.examples)) else "",
        f"{_also(validation, train, learnt)}: {UNSEEN}" if too_many else "",
    ]
    meant = not beyond and is_many(len(in_train), len(test.examples))
    details = {
        "test in train": found_rows(test, train, in_train),
        "test told in train": found_rows(test, train, told),
        "validation in train": found_rows(validation, train, learnt),
        "validation in test": found_rows(validation, test, in_test),
        "said": [f"{_also(test, train, in_train)}; their slices tell them apart"] if meant else [],
    }
    checked = len(test.examples) + len(validation.examples)
    flag = "; ".join(filter(None, flags))
    return AuditResult("leakage", checked, "test and validation rows", flag, details=details)


def _are_equal(rows: Mapping[Split, Rows]) -> bool:
    """Return whether test holds inputs of train, word for word, beyond those that slices announce."""
    train, validation, test = rows["train"], rows["validation"], rows["test"]
    beyond = unexpected(test, _exact(test, train), validation, _exact(validation, train))
    return is_many(beyond, len(test.examples), least=FEW)


def _told(test: Rows, train: Rows, told: Mapping[int, int]) -> str:
    """Return a flag where rows of train begin with those of test and go on with their answers."""
    if not _leaks(len(told), len(test.examples)):
        return ""
    text = share(len(told), len(test.examples), "test rows")
    where = f"are the beginning of rows of train, which go on with their answers ({such_as(pairs(test, train, told))})"
    return f"{text} {where}: {REMEMBERED}; keep the turns of one conversation in one split"


def _leaks(found: float, of: int, share: float = FLAGGED) -> bool:
    """Return whether so many rows of another split are too many; of small splits two can be, or the only one."""
    return is_many(found, of, share) or found == of > 0 or (found >= FEW and found >= REPEATED * of)


def _also(counted: Rows, others: Rows, found: Mapping[int, int]) -> str:
    text = share(len(found), len(counted.examples), f"{counted.split} rows")
    return f"{text} are in {others.split} too, equal or nearly ({such_as(pairs(counted, others, found))})"


def _repeats(rows: Mapping[Split, Rows], most: int) -> AuditResult:
    """Audit rows that a split holds more than once, input and answer. Those of one group are counted as one already."""
    flags, details = [], dict[str, Any]()
    for split, own in rows.items():
        found = shared_rows(own, own, most)
        details[split] = found_rows(own, own, found)
        apart = {one: other for one, other in found.items() if split != "test" or not _one_group(own, one, other)}
        if is_many(len(apart), len(own.examples), FLAGGED if split == "test" else REPEATED):
            effect = "intervals take them for independent and are too narrow" if split == "test" else "they weigh more"
            flags.append(
                f"{share(len(apart), len(own.examples), f'{split} rows')} repeat another one, equal or nearly, input "
                f"and answer ({such_as(pairs(own, own, apart))}): {effect}; keep one of each"
            )
    checked = sum(len(own.examples) for own in rows.values())
    return AuditResult("repeated rows", checked, "rows", "; ".join(flags), details=details)


def _one_group(rows: Rows, one: int, other: int) -> bool:
    return rows.examples[one].group == rows.examples[other].group != ""


def _knowledge(rows: Mapping[Split, Rows], documents: Sequence[Document], most: int) -> AuditResult:
    """Audit documents that occur twice, and questions that stand in the documents together with their answers."""
    base = limited([document for document in documents if not document.example_id], most)
    texts, details = [f"{document.title}\n{document.text}" for document in base], dict[str, Any]()
    folded = [normalised(text) for text in texts]
    asked = {split: own.drawn(min(most, MOST_ASKED)) for split, own in rows.items()}
    flags = list(filter(None, (_twins(base, texts, folded, details), _look_up(asked, base, folded, details))))
    return AuditResult("knowledge base", len(base), "documents", "; ".join(flags), details=details)


def _twins(base: Sequence[Document], whole: Sequence[str], folded: Sequence[str], details: dict[str, Any]) -> str:
    """Add documents that say the same to the details; return a flag."""
    last = {text: number for number, text in enumerate(folded)}
    equal = {one: other for one, text in enumerate(folded) if (other := last[text]) != one}
    openings = [text[:READ] for text in whole]
    near = matches(openings, openings, lambda one, other, similarity: similarity >= CLOSE, same=True, most=COMPARED).all
    named = [
        {"id": base[one].id, "text": whole[one][:LONGEST], "other_id": base[other].id}
        for one, other in list((near | equal).items())[:SHOWN]
    ]
    found = {"equal": len(equal), "near": len(near.keys() - equal.keys()), "of": len(base), "examples": named}
    details["repeated documents"] = found
    if not is_many(len(equal), len(base)):
        return ""
    return (
        f"{share(len(equal), len(base), 'documents')} repeat another one ({such_as(named)}): a retriever that finds "
        "the twin of the gold document is scored as wrong, and equal passages displace others; keep one of each"
    )


def _look_up(
    rows: Mapping[Split, Rows], base: Sequence[Document], folded: Sequence[str], details: dict[str, Any]
) -> str:
    """Add to the details which rows are entries of the knowledge base; return a flag where only those of test are."""
    found = {split: _looked_up(own, base, folded) for split, own in rows.items()}
    details.update({f"{split} in documents": rows_found for split, rows_found in found.items()})
    details["said"] = []
    test = found["test"]
    usual = max(found[split]["rows"] / max(1, found[split]["of"]) for split in ("train", "validation"))
    text = f"{share(test['rows'], test['of'], 'test inputs')} stand in the knowledge base with their answers"
    if not is_many(test["rows"], test["of"]):
        return ""
    if test["rows"] > (2 * usual + FLAGGED) * test["of"]:
        return (
            f"{text}, but {100 * usual:.0f} % of other rows ({such_as(test['examples'])}): the documents look as if "
            "they were made from test, which favours arms that retrieve; take these entries out"
        )
    details["said"].append(f"{text}: arms that retrieve can look them up")
    return ""


def _looked_up(rows: Rows, base: Sequence[Document], texts: Sequence[str]) -> dict[str, Any]:
    """Return the rows whose input is a part of a document, equal or nearly, that also holds their answer."""
    longest = max(map(len, rows.inputs), default=0) / ALIKE
    parts = [(number, part) for number, own in enumerate(base) for part in _parts(own) if len(part) <= longest]

    def answered(one: int, part: int, similarity: float) -> bool:
        return bool(rows.answers[one]) and rows.answers[one] in texts[parts[part][0]]

    found = matches(rows.inputs, (part for _, part in parts), answered, most=COMPARED).all
    examples = [
        {"id": rows.examples[one].id, "text": rows.inputs[one][:LONGEST], "other_id": base[parts[part][0]].id}
        for one, part in list(found.items())[:SHOWN]
    ]
    return {"rows": len(found), "of": len(rows.examples), "examples": examples}


def _parts(document: Document) -> Iterator[str]:
    """Yield what of a document can be somebody's question: title, text, first lines, and what ends in "?"."""
    lines = [line.strip() for line in document.text.split("\n", 3)[:3]]
    asked = [line.partition("?")[0] for line in lines if "?" in line]
    yield from dict.fromkeys(filter(None, (document.title.strip(), document.text, *lines, *asked)))
