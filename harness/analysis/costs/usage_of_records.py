"""Records -> Usage: reads what a record holds and guesses nothing that it does not."""

from collections.abc import Sequence

from harness.analysis.costs import answering, making
from harness.analysis.costs.usage import Hardware, Usage
from harness.types import Record


def usage(records: Sequence[Record]) -> Usage:
    """Return what one arm used.

    Args:
        records: of one arm, one per seed. Answers of all seeds are samples of the same speed; the index is the
            same for all seeds; the adapter of each is a sample of what one costs.
    """
    first = records[0]
    retrieval = first.facts.get("retrieval", {})
    return Usage(
        arm=first.cell.arm,
        device=answering.device(first),
        quantisation=str(first.facts.get("quantisation", "")),
        retrieves=bool(first.facts.get("retrieves", retrieval)),
        documents=int(retrieval.get("passages", {}).get("documents", 0)),
        training=making.training(records),
        adapts="training" in first.facts,
        indexing=making.indexing(first),
        saturated=answering.saturated(records),
        single=answering.single(records),
        tokens_in=answering.tokens(records, "tokens_in"),
        tokens_out=answering.tokens(records, "tokens_out"),
        bytes_stored=making.stored(first),
        joules_per_answer=answering.joules_per_answer(records),
        begun=making.begun(records),
        token_clusters=answering.examples(records),
        unspanned=sum(not one.spans for record in records for one in record.predictions),
        answers=sum(len(record.predictions) for record in records),
        hardware=hardware(first),
    )


def hardware(record: Record) -> Hardware:
    """Return the machine that a record's answers were given on."""
    environment = record.environment
    return Hardware(
        processor=str(environment.get("processor", {}).get("name", "")),
        cores=environment.get("cores"),
        threads=str(environment.get("threads", "")),
    )
