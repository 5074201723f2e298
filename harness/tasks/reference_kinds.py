"""What kind of references a task has, and which metrics score such answers: for `make init` and remarks.

Nothing is chosen silently: the kind is named with the line that sets its metrics.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from json import loads
from statistics import median
from typing import Final, Literal

from harness.tasks.answer_marks import mark_remarks
from harness.tasks.complaints import Complaints
from harness.tasks.contradictions import contradiction_remark
from harness.tasks.html_tags import tag_remark
from harness.tasks.loaded import limited
from harness.tasks.mapping import Placed, PlacedDocument
from harness.text.entities import first_entity
from harness.text.quantities import is_quantity
from harness.text.tokens import normalised, words
from harness.types import Document, Example, Split

Kind = Literal["labels", "JSON", "numbers", "short", "long", "none"]

READ: Final = 2_000
"""references that are read"""
MOST_LABELS: Final = 30
REPEATED: Final = 3.0
"""rows per label, at least"""
LABEL_WORDS: Final = 6
"""words of a label at most"""
MOST: Final = 0.8
"""share of the references that are of a kind"""
SHORT: Final = 8
"""words that half of the references have at most, where answers are short"""
SHOWN: Final = 5
SUPPORT: Final = ("faithfulness", "hallucination_rate", "fabrication")
RETRIEVAL: Final = ("recall_at_k", "mrr")
"""metrics of what was retrieved: all that is measured of questions whose gold documents alone are known"""
OWN_METRICS: Final[dict[Kind, tuple[str, ...]]] = {
    "labels": ("accuracy", "macro_f1", "exact_match"),
    "JSON": ("json_equality", "exact_match"),
    "numbers": ("number_equality", "exact_match"),
    "short": ("exact_match", "token_f1"),
    "long": ("token_f1", "rouge_l", "chrf", "style_match"),
    "none": (),
}
"""kind -> the metrics that compare answers with such references"""

NOTHING: Final = frozenset(
    (
        *(
            "none",
            "null",
            "nil",
            "n/a",
            "n.a.",
            "na",
            "-",
            "--",
            "---",
            "–",
            "—",
            "?",
            "??",
            "nan",
            "tbd",
            "todo",
            "k.a.",
        ),
        *("k. a.", "entfällt", "not available", "not applicable", "missing", "empty", "[]", "{}", '""'),
    )
)
"""what people and programs write where there is no answer"""


@dataclass(frozen=True)
class ReferenceKind:
    """The kind of a task's references."""

    kind: Kind
    references: int
    """first references that were read"""
    labels: tuple[str, ...] = ()
    """of labels, the most frequent first"""

    def metrics(self, *, documents: bool, evidence: bool, unanswerable: bool) -> tuple[str, ...]:
        """Return the metrics for such answers.

        Args:
            documents: whether there is a knowledge base of documents.
            evidence: whether gold evidence of some rows is known.
            unanswerable: whether some rows cannot be answered.
        """
        if self.kind == "none" and documents and evidence:
            return RETRIEVAL
        support = SUPPORT if evidence and self.kind in ("short", "long", "none") else ()
        retrieval = ["groundedness"] if documents and self.kind in ("short", "long", "none") else []
        retrieval += RETRIEVAL if documents and evidence else ()
        refusing = ["abstention"] if unanswerable or self.kind == "none" else []
        return (*OWN_METRICS[self.kind], *support, *retrieval, *refusing, "answer_length")

    def __str__(self) -> str:
        if self.kind == "none":
            return "no references: answers are scored by what needs none"
        if self.kind == "labels":
            shown = ", ".join(self.labels[:SHOWN]) + (", …" if len(self.labels) > SHOWN else "")
            return f"references are {len(self.labels)} labels ({shown})"
        return (
            f"references are {self.kind}" if self.kind in ("JSON", "numbers") else f"references are {self.kind} texts"
        )

    def remark(self) -> str:
        """Return a line on the metrics of a kind that the default ones do not score well; "" for texts."""
        if self.kind not in ("labels", "JSON", "numbers"):
            return ""
        return f"{self}: metric=[{','.join((*OWN_METRICS[self.kind], 'answer_length'))}] scores them as such"


def reference_kind(examples: Iterable[Example]) -> ReferenceKind:
    """Return the kind of the first references of answerable examples, of all splits together."""
    answered = [own for own in examples if own.answerable and own.references]
    texts = [own.references[0] for own in limited(answered, READ)]
    if not texts:
        return ReferenceKind("none", 0)
    if _most(texts, _is_json):
        return ReferenceKind("JSON", len(texts))
    counts = Counter(map(normalised, texts))
    written = dict(zip(reversed(list(map(normalised, texts))), reversed(texts), strict=True))
    labels = tuple(written[key] for key, _ in counts.most_common())
    is_few = 1 < len(labels) <= MOST_LABELS and len(texts) >= REPEATED * len(labels)
    if is_few and max(len(words(label)) for label in labels) <= LABEL_WORDS:
        return ReferenceKind("labels", len(texts), labels)
    if _most(texts, is_quantity):
        return ReferenceKind("numbers", len(texts))
    is_short = median(len(words(text)) for text in texts) <= SHORT
    return ReferenceKind("short" if is_short else "long", len(texts))


def several_remark(examples: Sequence[Example]) -> str:
    """Return a line on rows with several labels, each of which counts as right by itself; "" without any."""
    several = [own for own in examples if len(own.references) > 1]
    if not several:
        return ""
    return (
        f"{len(several):,} of {len(examples):,} rows list several labels ({', '.join(several[0].references[:SHOWN])}): "
        "any one of them counts as right, and the first is trained on; where all are needed, write them as one text, "
        "or name the column in task.columns.facts, too, which measures how many are stated"
    )


def nothing_remark(examples: Sequence[Example]) -> str:
    """Return a line on references that may stand for none; "" without any."""
    texts = [own.references[0].strip() for own in examples if own.answerable and own.references]
    found = Counter(text for text in texts if text.casefold() in NOTHING)
    if not found:
        return ""
    shown = ", ".join(f"{text!r} in {count:,}" for text, count in found.most_common(SHOWN))
    return (
        f"{found.total():,} of {len(texts):,} answers may stand for none ({shown}): they are read as answers; if there "
        "is none, leave the cell empty, or label the question answerable: false"
    )


def entity_remark(examples: Iterable[Example], documents: Iterable[Document]) -> str:
    """Return a line on HTML entities in the data; "" without any."""
    texts = [text for own in examples for text in (own.text, *own.references)] + [own.text for own in documents]
    held = [entity for text in texts if (entity := first_entity(text))]
    if not held:
        return ""
    return (
        f"{len(held):,} texts hold HTML entities such as {held[0]}: shown and trained on as they are; answers and "
        "references are compared with what they stand for, in all arms alike (unescape the files if they should go)"
    )


def remark_on_content(
    splits: Mapping[Split, Sequence[Placed]], documents: Iterable[PlacedDocument], complaints: Complaints
) -> None:
    """Add remarks on the kind of references, on HTML entities and tags, and on rows that contradict another."""
    examples = [entry.example for placed in splits.values() for entry in placed if entry.example]
    known = [entry.document for entry in documents if entry.document]
    kinds = reference_kind(examples)
    several = several_remark(examples) if kinds.kind == "labels" else ""
    lines = {"references": kinds.remark(), "several": several, "no answers": nothing_remark(examples)}
    lines |= {"entities": entity_remark(examples, known), "tags": tag_remark(examples)}
    lines |= mark_remarks(examples, kinds.kind == "labels")
    lines["contradictions"] = contradiction_remark(splits)
    for kind, line in lines.items():
        if line:
            complaints.remark((kind,), line)


def _most(texts: Sequence[str], is_so: Callable[[str], bool]) -> bool:
    return sum(map(is_so, texts)) >= MOST * len(texts)


def _is_json(text: str) -> bool:
    if text.strip()[:1] not in ("{", "["):
        return False
    try:
        return isinstance(loads(text), dict | list)
    except (ValueError, RecursionError):
        return False
