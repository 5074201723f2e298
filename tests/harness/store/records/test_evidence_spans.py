"""Records keep where the evidence stands; older ones, which do not, stay readable."""

from harness.store.records import records
from harness.types import EvidenceSpan, Example
from tests.harness.records import build_record

SPANS = (EvidenceSpan("d1", 3, 9), EvidenceSpan("d2", 0, 4, 1))


def test_places_of_the_evidence_come_back(tmp_path):
    examples = (
        Example("a", "?", ("!",), ("d1", "d2"), spans=SPANS),
        Example("b", "?", ("!",), ("d1",)),
    )
    records.write(build_record("rag", examples=examples), tmp_path / "one.jsonl")
    assert records.read(tmp_path / "one.jsonl").examples == examples
    without = next(line for line in (tmp_path / "one.jsonl").read_text().splitlines() if '"id":"b"' in line)
    assert "spans" not in without
