"""Which arm a trial was made for."""

import dataclasses

import pytest

from harness.analysis.costs.usage_of_records import with_trials
from harness.machine.measured import Resource, Trial
from tests.harness.records import record

FOUND = tuple(
    Trial(kind, 1.0, kind=kind)
    for kind in ("adapter", "adapter on passages", "passages", "embeddings", "index", "lexical", "")
)
SEARCH = {"passages", "embeddings", "index", "lexical"}


@pytest.mark.parametrize(
    ("made", "passages", "kinds"),
    [
        ((), None, set()),
        (("adapter",), None, {"adapter"}),
        (("passages", "embeddings", "index", "lexical"), None, SEARCH),
        (("passages", "lexical"), None, SEARCH),  # keywords alone: what was tried with vectors was tried for it, too
        (("passages", "lexical", "adapter"), None, {"adapter", *SEARCH}),
        (("passages", "lexical", "adapter"), {"gold": 1}, {"adapter on passages", *SEARCH}),
        (("passages",), None, set()),  # the random control searches nothing
    ],
)
def test_an_arm_shares_the_trials_of_its_kinds(plain, made, passages, kinds):
    own = dataclasses.replace(
        record("hybrid", [1.0]),
        spec={"cell": {"answers": {"adapter": {"passages": passages}}}},
        resources=tuple(Resource(kind, kind, 1.0) for kind in made),
    )
    assert {one.kind for one in with_trials(plain("hybrid"), own, FOUND).trials} == kinds
