"""Passages of an arm over all its examples, and against the gold documents."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from harness.analysis.comparison import ComparisonData
from harness.analysis.guards.alike import ENOUGH, answered, every_record, known_evidence
from harness.analysis.result import Note, act
from harness.analysis.roles import CONTROL_RETRIEVERS, Role, parts_of
from harness.types import Example, Prediction, Record

SAME_FOR_ALL: Final = "same_for_all"
"""fact of a retriever that shows every question the same passages by design"""
CROWDED: Final = 0.5
"""share of the examples with the very same passages from which on a retriever does not look at its question"""
GOLD_EXPECTED: Final = 0.9
"""share of the examples with known evidence for which the oracle must show some of it"""
ENOUGH_EVIDENCE: Final = 30
"""examples with known evidence from which on a retriever that never finds any searches somewhere else"""


def is_random(record: Record) -> bool:
    """Return whether the arm is shown passages drawn at random."""
    return _retriever(record) == f"{CONTROL_RETRIEVERS}RandomRetriever"


def is_oracle(record: Record) -> bool:
    """Return whether the arm is shown its gold evidence."""
    return _retriever(record) == f"{CONTROL_RETRIEVERS}OracleRetriever"


def retrieval_guards(source: ComparisonData) -> Iterator[Note]:
    """Yield the arms whose passages do not follow from their questions."""
    for arm, record in every_record(source):
        found = answered(record)
        if len(found) < ENOUGH:
            continue
        role = source.roles[arm]
        if not role.shown:
            yield from _closed_book(arm, found)
        elif not any(one.passages for one in found.values()):
            yield from _nothing(arm, role, found)
        else:
            yield from _crowded(arm, record, found)
            yield from _gold(arm, role, record, found)


def _retriever(record: Record) -> str:
    return str((parts_of(record).get("retriever") or {}).get("class", ""))


def _closed_book(arm: str, found: Mapping[str, Prediction]) -> Iterator[Note]:
    odd = [key for key, one in found.items() if one.passages]
    if odd:
        text = f"{arm} has no retriever, and {len(odd):,} of its prompts show passages (first {odd[0]})"
        yield act("Retrieval", f"{text}. Its answers are those of another arm: run it again into an empty store")


def _nothing(arm: str, role: Role, found: Mapping[str, Prediction]) -> Iterator[Note]:
    what = "pair" if role.few_shot else "document" if role.whole_base else "passage"
    if what != "passage":
        cause = "none fits the context window (model.max_context) next to the longest questions"
    elif any(one.passages_dropped for one in found.values()):
        cause = "none of those found fits the context window: cut them shorter (retriever.chunking.max_tokens)"
    else:
        cause = "its index is empty or its search finds nothing: look at the documents and the retriever"
    yield act("Retrieval", f"{arm} was not shown a {what} for any of {len(found):,} questions; {cause}")


def _crowded(arm: str, record: Record, found: Mapping[str, Prediction]) -> Iterator[Note]:
    """Flag an arm that shows most examples the same passages: not by design, as asked for, or since all is shown."""
    if record.facts.get("retrieval", {}).get(SAME_FOR_ALL):
        return
    places = [tuple((one.document_id, one.start) for one in prediction.passages) for prediction in found.values()]
    (most, count), wanted = Counter(places).most_common(1)[0], _most_wanted(record.examples)
    there = record.facts.get("retrieval", {}).get("passages", {}).get("passages")
    if not most or (there is not None and there <= len(most)) or count <= CROWDED * len(found) or count <= 2 * wanted:
        return
    text = f"{arm}: the same passages for {count:,} of {len(found):,} questions, though these differ"
    yield act(
        "Retrieval",
        f"{text} (first {most[0][0]}). Its ranking does not depend on the question: look at the embedder (all vectors "
        "alike?), the index and what is searched with",
    )


def _most_wanted(examples: tuple[Example, ...]) -> int:
    """Return how many examples share the most frequent evidence or question."""
    wanted = Counter(known_evidence(examples).values())
    asked = Counter(example.text for example in examples)
    return max([0, *wanted.values(), *asked.values()])


def _gold(arm: str, role: Role, record: Record, found: Mapping[str, Prediction]) -> Iterator[Note]:
    if role.few_shot or role.whole_base:
        return  # pairs are nobody's evidence; how much of the knowledge base is shown is said in a note of its own
    known = {key: ids for key, ids in known_evidence(record.examples).items() if key in found}
    hits = [key for key, ids in known.items() if ids & {one.document_id for one in found[key].passages}]
    if is_oracle(record):
        fitting = [key for key in known if not found[key].passages_dropped]
        missed = [key for key in fitting if key not in hits]
        if len(fitting) >= ENOUGH and len(missed) > (1 - GOLD_EXPECTED) * len(fitting):
            text = f"{arm} shows no gold document for {len(missed):,} of {len(fitting):,} questions (first {missed[0]})"
            yield act("Gold evidence", f"{text}. It is no ceiling: look at evidence ids and document ids")
    elif not hits and len(known) >= ENOUGH_EVIDENCE and not is_random(record) and not _exemplars(record):
        yield act(
            "Gold evidence",
            f"{arm} shows a gold document for none of {len(known):,} questions. Its index is of other documents, or "
            "the evidence ids are those of other documents (task.columns.evidence)",
        )


def _exemplars(record: Record) -> bool:
    """Whether training examples are what is searched; they are nobody's evidence."""
    return bool(record.facts.get("retrieval", {}).get("passages", {}).get("exemplars"))
