"""A price list and a use whose figures can be worked out in the head."""

import dataclasses

import numpy as np
import pytest

from harness.analysis.costs.horizon import Costing, Horizon
from harness.analysis.costs.prices import Hosted, PriceList, Rented, Storage
from harness.analysis.costs.usage import Hardware, IndexingStep, Requests, Training, Usage

DAY = "2026-01-19"
RENTED = Rented("a machine", ("cpu", "Xeon 8488C"), None, 3.6, "somewhere", DAY)
PRICES = PriceList(
    name="made_up",
    currency="USD",
    device="auto",
    model=None,
    devices={"cpu": RENTED, "l4": Rented("a GPU", ("L4",), 24.0, 36.0, "somewhere", DAY)},
    models={"small": Hosted("a model", 2.0, 10.0, "somewhere", DAY)},
    storage=Storage("disk", 0.5, "somewhere", DAY),
    per_training_row=0.0,
    per_document=0.0,
)
HORIZON = Horizon(
    months=12.0,
    queries_per_day=100.0,
    updates_per_month=2.0,
    changed_share=0.1,
    retrain="needed",
    trainings=1.0,
    trials="apart",
    utilisation=1.0,
    serving="saturated",
)
TRAINING = Training(
    seconds=1000.0,
    wasted_seconds=0.0,
    runs=1,
    rows=200,
    steps=75,
    parameters=10**9,
    trainable=10**7,
    optimiser="adamw_torch",
)
INDEXING = (
    IndexingStep("passages", 10.0, in_place=True),
    IndexingStep("embeddings", 80.0, in_place=True),
    IndexingStep("lexical", 10.0, in_place=False),
)


def requests(seconds, batch=1, beside=0.0):
    """Answers that took so long each, `batch` of them timed together."""
    many = len(seconds)
    return Requests(np.asarray(seconds, dtype=float), np.full(many, beside), np.arange(many) // batch)


def make_usage(arm="rag", **changes):
    """An arm that only answers: 2 seconds alone, 1 in a batch; 1,000 tokens read and 100 written."""
    plain = Usage(
        arm=arm,
        device="cpu",
        quantisation="nf4",
        retrieves=False,
        documents=0,
        training=None,
        adapts=False,
        indexing=(),
        saturated=requests([1.0] * 8, batch=4),
        single=requests([2.0] * 8),
        tokens_in=np.full(8, 1000.0),
        tokens_out=np.full(8, 100.0),
        bytes_stored={},
        hardware=Hardware("Intel(R) Xeon(R) Platinum 8488C", 4),
    )
    return dataclasses.replace(plain, **changes)


def make_rag(**changes):
    given = {"retrieves": True, "documents": 50, "indexing": INDEXING, "bytes_stored": {"index": 2 * 10**9}}
    return make_usage("rag", **{**given, **changes})


def make_qlora(**changes):
    return make_usage("qlora", **{"training": TRAINING, "adapts": True, "bytes_stored": {"adapter": 10**9}, **changes})


def make_costing(prices=None, horizon=None):
    return Costing(dataclasses.replace(PRICES, **(prices or {})), dataclasses.replace(HORIZON, **(horizon or {})))


@pytest.fixture
def rag():
    return make_rag


@pytest.fixture
def qlora():
    return make_qlora


@pytest.fixture
def plain():
    return make_usage


@pytest.fixture
def costing():
    return make_costing


@pytest.fixture
def timed():
    return requests
