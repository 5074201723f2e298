"""The ledger's sentences: units of one, and what must be acted on, said once."""

import pytest

from harness.studies.claims.claim import ClaimPart, DocumentClaim, Scope
from harness.studies.claims.ledger import ledger_of
from harness.studies.claims.page import markdown
from harness.studies.claims.readings.metric_contrast import MetricContrast, Term
from harness.studies.claims.words import with_unit
from tests.harness.studies.claim_evidence import evidence, scored


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(1.0, "parts", "1 part"), (1.0, "adapters", "1 adapter"), (6.0, "parts", "6 parts"), (0.5, "times", "0.5 times")],
)
def test_one_of_something_is_not_several(value, unit, text):
    assert with_unit(value, unit) == text


def test_what_must_be_acted_on_is_said_once_and_in_full():
    note = "Cut passages: 53 of 400 passages are longer than the embedder reads"
    known = evidence(scored(rag=[1.0, 0.0] * 20, qlora=[0.0, 0.0] * 20), flags=(note,))
    reading = MetricContrast("experiment", "exact_match", (Term("rag", 1.0), Term("qlora", -1.0)))
    part = ClaimPart("?", reading, "greater", 0.1, "share", "so", Scope("every task"))
    page = markdown([ledger_of([DocumentClaim("C1", "t", "s", "d", "all", 1, "2026-11-30", (), (part, part))], known)])
    assert page.count(note) == 1
    assert "! To act on before what the experiment measured is relied on" in page
