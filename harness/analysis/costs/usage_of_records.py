"""Records -> Usage: what a record holds, and the trials of the store; nothing is guessed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from harness.analysis.costs import answering, making
from harness.analysis.costs.usage import Hardware, Usage
from harness.analysis.roles import role_of
from harness.machine.measured import Trial
from harness.store.trials import ADAPTER, training_of
from harness.types import Record

SEARCHED: Final = frozenset({"index", "lexical"})
"""artifacts of an arm that searches its passages; controls draw them, or are given them"""


def usage(records: Sequence[Record]) -> Usage:
    """Return what one arm used.

    Args:
        records: of one arm, one per seed. Answers of all seeds are samples of the same speed; the index is the
            same for all seeds; the adapter of each is a sample of what one costs.
    """
    first, role = records[0], role_of(records[0])
    passages = first.facts.get("retrieval", {}).get("passages", {})
    return Usage(
        arm=first.cell.arm,
        device=answering.device(first),
        quantisation=str(first.facts.get("quantisation", "")),
        retrieves=role.retrieves,
        documents=int(passages.get("documents", 0)) if role.retrieves else 0,
        pairs=int(passages.get("documents", 0)) if role.few_shot else 0,
        training=making.training(records),
        adapts=role.adapted,
        brought=making.brought(first),
        indexing=making.indexing(first),
        saturated=answering.saturated(records),
        single=answering.single(records),
        tokens_in=answering.tokens(records, "tokens_in"),
        tokens_out=answering.tokens(records, "tokens_out"),
        tokens_cached=answering.tokens(records, "tokens_cached"),
        bytes_stored=making.stored(first),
        joules_per_answer=answering.joules_per_answer(records),
        begun=making.begun(records),
        token_clusters=answering.examples(records),
        unspanned=sum(not one.spans for record in records for one in record.predictions),
        answers=sum(len(record.predictions) for record in records),
        hardware=hardware(first),
        control=role.control,
    )


def hardware(record: Record) -> Hardware:
    """Return the machine that a record's answers were given on."""
    environment = record.environment
    return Hardware(
        processor=str(environment.get("processor", {}).get("name", "")),
        cores=environment.get("cores"),
        threads=str(environment.get("threads", "")),
    )


def with_trials(used: Usage, record: Record, trials: Sequence[Trial]) -> Usage:
    """Return what an arm used, with the trainings and indexes that were trials for it.

    Arms of one kind share them: trials of adapters without passages count for every arm with such an adapter.

    Args:
        used: without trials.
        record: of the arm; one without resources has no trials.
        trials: trainings and indexes of the store that no arm of the table uses.
    """
    made = {one.kind for one in record.resources}
    kinds = set(making.IN_PLACE) if made & SEARCHED else set()
    if ADAPTER in made:
        kinds.add(training_of(record.spec.get("cell", {}).get("answers", {}).get("adapter") or {}))
    return replace(used, trials=tuple(one for one in trials if one.kind in kinds))
