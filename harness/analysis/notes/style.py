"""What stands under a table about its style scale: who its ends are, and how much of a reading is content."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.analysis.result import Note
from harness.analysis.selection import SelectedRecords

LEAKY: Final = 0.1
"""mean change of a reading under other topic words from which on a warning is due"""
FORMULAIC: Final = 0.5
"""reading of a generic text with a borrowed ending from which on a warning is due"""


def style_notes(chosen: SelectedRecords) -> Iterator[Note]:
    """Yield one note per style metric of the records that has a scale."""
    for name, facts in _facts(chosen).items():
        if not facts["refused"]:
            yield Note(f"{name}: scale", _scale(facts))


def style_warnings(chosen: SelectedRecords) -> Iterator[Note]:
    """Yield a warning where a reading follows the topic."""
    for name, facts in _facts(chosen).items():
        if not facts["refused"] and facts["leakage"] > LEAKY:
            text = f"{name}: other topic words alone move a reading by {facts['leakage']:.2f}; compare arms with care"
            yield Note("Content leakage", text, warning=True)
        if not facts["refused"] and (facts.get("borrowed") or 0.0) > FORMULAIC:
            text = (
                f"{name}: a generic text that ends in a sentence of the house reads {facts['borrowed']:.2f}; a high "
                "value may come of a closing formula alone"
            )
            yield Note("Borrowed endings", text, warning=True)


def _facts(chosen: SelectedRecords) -> Mapping[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for records in chosen.arms.values():
        for record in records:
            found |= {name: facts for name, facts in record.facts.get("style", {}).items() if name in record.metrics}
    return found


def _scale(facts: Mapping[str, Any]) -> str:
    return (
        f"1 = {facts['house']:,} references of train and validation, 0 = {facts['generic']:,} texts of a generic "
        f"writer ({facts['writer']}); unseen ones are told apart with AUROC {facts['separation']:.3f}; content "
        f"leakage: other topic words move a reading by {facts['leakage']:.3f} on average{_ending(facts)}"
    )


def _ending(facts: Mapping[str, Any]) -> str:
    if facts.get("borrowed") is None:
        return ""
    return f"; a generic text with the last sentence of a house text reads {facts['borrowed']:.3f} on average"
