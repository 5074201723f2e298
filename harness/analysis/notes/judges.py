"""What stands under a table about its judge: who it is, and how far people agreed with it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.analysis.result import Note
from harness.analysis.selection import SelectedRecords

FINGERPRINT_SHOWN: Final = 12

ABSTRACTIVE: Final = 0.65
"""Share of novel bigrams. The lexical judge agrees with people at .56 (BEGIN) and hardly at .77 (FRANK XSum)."""
ABSTRACTIVE_TEXT: Final = (
    "{share:.0%} of the references' word pairs are not in their evidence: of answers that free, the {judge} judge, "
    "which reads words, says little; choose judge=nli or judge=ragas"
)


def judge_notes(chosen: SelectedRecords) -> Iterator[Note]:
    """Yield what people think of each judge of the records, and its version; without any, that there is none."""
    facts = {one["fingerprint"]: one for one in _judges(chosen)}
    if not facts:
        yield Note("Judge", "none")
    for one in facts.values():
        yield Note("Judge", f"{one['name']} ({', '.join(one['metrics'])}); {_agreement(one)}")
        yield Note("Judge version", _version(one))


def abstractive_warning(chosen: SelectedRecords) -> Iterator[Note]:
    """Yield a warning where a judge that reads words meets references that say almost everything in other words."""
    named = [one["name"] for one in _judges(chosen) if one["reads"] == "words"]
    for records in chosen.arms.values():
        novel = records[0].facts.get("abstractiveness", {}).get("novel_bigrams")
        if named and novel is not None and novel > ABSTRACTIVE:
            yield Note("Abstractive", ABSTRACTIVE_TEXT.format(share=novel, judge=named[0]), warning=True)
            return


def _judges(chosen: SelectedRecords) -> Iterator[Mapping[str, Any]]:
    for records in chosen.arms.values():
        for record in records:
            yield from record.facts.get("judges", ())


def _version(facts: Mapping[str, Any]) -> str:
    model = f", model {facts['model']}" if facts["model"] else ""
    return f"{facts['name']}{model}, fingerprint {facts['fingerprint'][:FINGERPRINT_SHOWN]}"


def _agreement(facts: Mapping[str, Any]) -> str:
    figures = [
        f"{labelled} {figure} {value:.3f}"
        for labelled, measured in facts["agreement"].items()
        for figure, value in measured.items()
    ]
    if not figures:
        return "agreement with people not measured with these settings (make validate-metrics)"
    return f"agreement with people: {', '.join(figures)} (docs/VALIDITY.md)"
