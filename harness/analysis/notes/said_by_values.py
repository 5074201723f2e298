"""Notes that a metric puts on every value of an arm: how it was come by, where that is not the usual way."""

from collections.abc import Iterator

from harness.analysis.comparison import ComparisonData
from harness.analysis.result import Note, warning


def said_by_values(source: ComparisonData) -> Iterator[Note]:
    """Yield a warning per metric and remark that all values of an arm share; one of several arms names them all."""
    arms_of: dict[tuple[str, str], list[str]] = {}
    for arm, rows in zip(source.arms, source.scores, strict=True):
        for column, scores in zip(source.columns, rows, strict=True):
            said = {score.note for score in scores if score.value is not None and score.details}
            if len(said) == 1 and (remark := next(iter(said))):
                arms_of.setdefault((column.metric, remark), []).append(arm)
    for (metric, remark), arms in arms_of.items():
        yield warning(metric, f"of {', '.join(arms)}: {remark}")
