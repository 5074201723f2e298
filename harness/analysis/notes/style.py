"""Notes on the style scale of a table: what its ends are, and how much of a value is content."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.analysis.result import Note
from harness.analysis.selection import SelectedRecords

LEAKY: Final = 0.1
"""mean change of a value under other topic words from which on a warning is shown"""
FORMULAIC: Final = 0.5
"""value of a generic text with a borrowed ending from which on a warning is shown"""


def style_notes(chosen: SelectedRecords) -> Iterator[Note]:
    """Yield one note per style metric of the records that has a scale."""
    for name, facts in _facts(chosen).items():
        if not facts["refused"]:
            yield Note(f"{name}: scale", _scale(facts))


def style_warnings(chosen: SelectedRecords) -> Iterator[Note]:
    """Yield a warning where a value depends on the topic or on a closing formula."""
    for name, facts in _facts(chosen).items():
        if not facts["refused"] and facts["leakage"] > LEAKY:
            text = f"{name}: other topic words alone change a value by {facts['leakage']:.2f}; compare arms with care"
            yield Note("Content leakage", text, warning=True)
        if not facts["refused"] and (facts.get("borrowed") or 0.0) > FORMULAIC:
            text = (
                f"{name}: a generic text that ends in a sentence of a reference gets {facts['borrowed']:.2f}; a high "
                "value may be due to a closing formula alone"
            )
            yield Note("Borrowed endings", text, warning=True)


def _facts(chosen: SelectedRecords) -> Mapping[str, Mapping[str, Any]]:
    scales: dict[str, Mapping[str, Any]] = {}
    for record in (record for records in chosen.arms.values() for record in records):
        facts_of = {**record.facts.get("style", {}), **record.facts.get("metrics", {})}  # "style": until 2026-11
        scales |= {name: facts for name, facts in facts_of.items() if name in record.metrics and "refused" in facts}
    return scales


def _scale(facts: Mapping[str, Any]) -> str:
    return (
        f"1 = {facts['house']:,} references of train and validation, 0 = {facts['generic']:,} texts of a generic "
        f"writer ({facts['writer']}); AUROC on unseen ones {facts['separation']:.3f}; content leakage: "
        f"other topic words change a value by {facts['leakage']:.3f} on average{_ending(facts)}"
    )


def _ending(facts: Mapping[str, Any]) -> str:
    if facts.get("borrowed") is None:
        return ""
    return f"; a generic text with the last sentence of a reference gets {facts['borrowed']:.3f} on average"
