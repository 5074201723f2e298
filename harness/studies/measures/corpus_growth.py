"""What a larger knowledge base costs: recall, search time, index time and bytes, by number of documents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from harness.analysis.result import Figure, Note, Section, SectionCell, SectionColumn
from harness.analysis.sections.percentiles import percentile, tail, values
from harness.machine.measured import TimedRequest
from harness.studies.data import StudyData
from harness.studies.measures.measure import Findings, by_row, excludes_zero
from harness.studies.numbers import contrast, text_of
from harness.types import Record

SEARCHING: Final = ("embed", "search", "rerank")
"""stages of a request that grow with the documents"""
INDEXES: Final = ("passages", "embeddings", "index", "lexical")
"""kinds of artifacts that searching needs"""
RESAMPLES: Final = 2_000


@dataclass(frozen=True)
class CorpusGrowth:
    """The first arm that only retrieves, at every size: how large, how found, how fast, how costly."""

    KEY: ClassVar[str] = "harness.studies.measures.corpus_growth.CorpusGrowth"

    def read(self, data: StudyData) -> Findings:
        arm = next((name for name, role in data.roles.items() if _only_retrieves(role)), None)
        if arm is None:
            return Findings()
        recall = next((name for name in _metrics(data, arm) if name.startswith("recall@")), "")
        columns = (
            *(SectionColumn("condition"), SectionColumn("documents", "", 0), SectionColumn(recall or "recall", "", 3)),
            *(SectionColumn("search p50", "ms", 2), SectionColumn("search p95", "ms", 2)),
            *(SectionColumn("index", "s", 2), SectionColumn("index size", "MB", 2)),
        )
        rows = [(level, *_row(data, level, arm, recall)) for level in data.levels]
        note = Note(
            "Reading", f"of {arm}; search: finding passages for one request alone, embedding the question included"
        )
        section = Section("growth", "What a larger knowledge base costs", columns, by_row(rows), (note,))
        return Findings((section,) if section.rows else (), tuple(_words(data, arm, recall)))


def _only_retrieves(role: Any) -> bool:
    return bool(role.retrieves and not role.adapted and not role.control and not role.whole_base)


def _metrics(data: StudyData, arm: str) -> list[str]:
    records = (record for level in data.levels for record in data.records(level, arm))
    return list(dict.fromkeys(name for record in records for name in record.metrics))


def _row(data: StudyData, level: str, arm: str, recall: str) -> tuple[SectionCell, ...]:
    records = data.records(level, arm)
    if not records:
        return (None,) * 6
    own = [one for one in records[0].resources if one.kind in INDEXES]
    times = values(_requests(records[0]), _seconds)
    return (
        _documents(records[0]),
        contrast(data, {(level, arm): 1.0}, recall) if recall else None,
        percentile(times, 50, RESAMPLES),
        tail(times, 95),
        Figure(sum(one.seconds for one in own)) if own else None,
        Figure(sum(one.bytes for one in own) / 1e6) if own else None,
    )


def _documents(record: Record) -> Figure | None:
    count = record.facts.get("retrieval", {}).get("passages", {}).get("documents")
    return None if count is None else Figure(float(count))


def _requests(record: Record) -> Sequence[TimedRequest]:
    """Return the requests of the timing pass that were sent one at a time; () where nothing was timed."""
    passes = () if record.timings is None else record.timings.passes
    return next((one.requests for one in passes if one.concurrency == 1), ())


def _seconds(request: TimedRequest) -> float | None:
    """Return the seconds of one request's search; None where it failed."""
    if request.error:
        return None
    return sum(span.seconds for span in request.spans if span.stage in SEARCHING)


def _words(data: StudyData, arm: str, recall: str) -> Iterator[str]:
    """Yield what the largest base of each kind of growth does to recall and to the metric, against the unchanged."""
    plain = data.level_with({"factor": 1}) or data.level_with({"factor": 1.0})
    for growth in dict.fromkeys(str(data.settings(level).get("growth")) for level in data.levels):
        own = [level for level in data.levels if data.settings(level).get("growth") == growth and growth != "none"]
        if plain is None or not own:
            continue
        largest = max(own, key=lambda level: float(data.settings(level)["factor"]))
        for metric in filter(None, (recall, data.metric)):
            change = contrast(data, {(largest, arm): 1.0, (plain, arm): -1.0}, metric)
            if change is not None:
                clear = "" if excludes_zero(change) else ", which could be chance"
                yield f"{largest} changes the {metric} of {arm} by {text_of(change, 3, '+')}{clear}."
