"""Records keep where the evidence stands; older ones, which do not, stay readable."""

from dataclasses import replace

from harness.store.records import records
from harness.types import EvidenceSpan
from tests.harness.records import build_record


def test_places_of_the_evidence_come_back(tmp_path):
    made = build_record("rag", 0)
    spans = (EvidenceSpan("d1", 3, 9), EvidenceSpan("d2", 0, 4, 1))
    placed = replace(made, examples=(replace(made.examples[0], spans=spans), *made.examples[1:]))
    records.write(placed, tmp_path / "new.jsonl")
    assert records.read(tmp_path / "new.jsonl").examples == placed.examples
    records.write(made, tmp_path / "old.jsonl")
    assert '"spans":[{' not in "".join(
        line for line in (tmp_path / "old.jsonl").read_text().splitlines(True) if '"kind":"example"' in line
    )
    assert records.read(tmp_path / "old.jsonl").examples == made.examples
