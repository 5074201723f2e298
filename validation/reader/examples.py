"""Training examples of the reader: a claim, its evidence, and whether the evidence supports it.

`made` are sentences of collections of texts, restated and changed by program; `written` come from
validation/written_claims, where people and language models wrote them for Cutlery.
"""

import json
import random
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from harness.judges.claims import sentences
from validation.reader import changes, restatements
from validation.reader.wordnet import WordNet
from validation.reader.words import Material

FEWEST, MOST = 5, 45
"""words of a sentence that is used"""
TOGETHER: Final = 4
"""most sentences of the evidence"""
ENTRIES: Final = 5
"""of a list of questions and answers that make one text"""
STRANGERS: Final = 12
"""sentences of the same collection that a change may take words from"""


class Example(NamedTuple):
    """A claim against its evidence."""

    question: str
    claim: str
    evidence: str
    supported: bool
    kind: str
    """the change or restatement that made it"""


FILES: Final = (
    ("dstc9_support/documents.jsonl", "text", 1500),
    ("bitext_support/documents.jsonl", "text", 100),
    ("bitext_support/train.jsonl", "reference", 500),
    ("pubmedqa/documents.jsonl", "text", 1000),
    ("scitldr/train.jsonl", "input", 800),
    ("mts_dialog/train.jsonl", "reference", 800),
    ("mts_dialog/train.jsonl", "input", 300),
    ("frank/documents.jsonl", "text", 200),
)


def texts(data: Path, own: Path) -> Iterator[list[str]]:
    """Yield collections of texts: those of `data`, without what a judge is tested on, and the shipped tasks'."""
    tested = {row["doc_ids"][0] for row in _rows(data / "frank/cases_test.jsonl")}
    for file, field, most in FILES:
        rows = [row for row in _rows(data / file) if not (file.startswith("frank") and row["id"] in tested)]
        found = [str(row[field]) for row in rows]
        if file.startswith("dstc9"):  # entries of one place stand together and are a sentence each
            found = [" ".join(found[at : at + ENTRIES]) for at in range(0, len(found), ENTRIES)]
        yield random.Random(0).sample(found, min(most, len(found)))
    for path in sorted(own.glob("datasets/*/documents.jsonl")):
        own_texts = [str(row["text"]) for row in _rows(path)[:400]]
        yield [" ".join(own_texts[at : at + 2]) for at in range(0, len(own_texts), 2)]
    yield [path.read_text(encoding="utf-8") for path in sorted(own.glob("docs/*.md"))]


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def made(collections: Sequence[Sequence[str]], dictionary: WordNet, seed: int) -> Iterator[Example]:
    """Yield examples without end; a sentence comes with one supported and one unsupported claim, restated alike."""
    generator = random.Random(seed)
    passages = [[own for text in texts if (own := _usable(text))] for texts in collections]
    weights = [len(own) ** 0.5 for own in passages]
    while True:
        (collection,) = generator.choices(passages, weights)
        sentences_of = generator.choice(collection)
        first = generator.randrange(len(sentences_of))
        evidence = sentences_of[max(first - generator.randrange(TOGETHER), 0) :][: generator.randint(1, TOGETHER)]
        elsewhere = [generator.choice(generator.choice(collection)) for _ in range(STRANGERS)]
        elsewhere = [one for one in elsewhere if one not in sentences_of]
        material = Material(evidence, generator.randrange(len(evidence)), elsewhere, dictionary)
        yield from _examples(material, generator)


def _examples(material: Material, generator: random.Random) -> Iterator[Example]:
    sentence = material.evidence[material.own]
    if not FEWEST <= len(sentence.split()) <= MOST:
        return
    evidence = (" " if generator.random() < 0.8 else "\n").join(material.evidence)
    true, kind = restated(sentence, material, generator)
    yield Example("", true, evidence, True, kind)
    start = true if generator.random() < 0.5 else restated(sentence, material, generator)[0]
    for _ in range(8):
        (name,) = generator.choices(list(changes.CHANGES), list(changes.WEIGHTS.values()))
        false = changes.CHANGES[name](start, material, generator)
        if false and false.lower() != start.lower() and false not in evidence:
            yield Example("", false, evidence, False, name)
            return


def restated(sentence: str, material: Material, generator: random.Random) -> tuple[str, str]:
    """Return a sentence restated in up to three ways, and their names."""
    text, used, wanted = sentence, list[str](), generator.choice([0, 1, 1, 2, 2, 3])
    for _ in range(4 * wanted):
        (name,) = generator.choices(list(restatements.RESTATEMENTS), list(restatements.WEIGHTS.values()))
        new = restatements.RESTATEMENTS[name](text, material, generator) if name not in used else None
        if new:
            text, used = new, [*used, name]
        if len(used) == wanted:
            break
    return text, "+".join(used) or "unchanged"


@cache
def _usable(text: str) -> tuple[str, ...]:
    found = [text[start:end].strip() for start, end in sentences(text[:6000])]
    return tuple(one for one in found if len(one.split()) <= MOST and any(map(str.isalpha, one)))


def written(folder: Path) -> list[tuple[str, list[Example]]]:
    """Return the written examples by evidence, with its language."""
    groups = []
    for path in sorted(folder.glob("*.jsonl")):
        for row in _rows(path):
            asked, evidence = row.get("question", ""), row["evidence"]
            true = [Example(asked, text, evidence, True, "written") for text in row["true"]]
            false = [Example(asked, one["text"], evidence, False, one["kind"]) for one in row["false"]]
            groups.append((row["lang"], true + false))
    return groups
