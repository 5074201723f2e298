"""No test uses the network, a shared cache or more threads than it can have."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"
os.environ["RAGAS_DO_NOT_TRACK"] = "true"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

import pytest

from harness.store import Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")
