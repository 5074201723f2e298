"""No test uses the network, a shared cache or more threads than it can have."""

import fcntl
import os
import random
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_OFFLINE"] = "1"
os.environ["RAGAS_DO_NOT_TRACK"] = "true"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
# Speeds of this machine are kept between sessions, apart from the user's own.
os.environ["CUTLERY_CACHE"] = str(Path(__file__).resolve().parents[1] / ".pytest_cache/cutlery")
# The tests of the other worker are other work.
os.environ["CUTLERY_KEEP_SPEEDS"] = "1"

import pytest

from harness.store.store import Store

LONGEST_FIRST = (
    "test_end_to_end.py",
    "test_slurm.py",
    "test_sweep.py",
    "test_ledger.py",
    "test_index_page.py",
    "test_yaml.py",
    "test_launchers.py",
)
"""files that take long: begun last, one of them would keep one worker while the other has nothing. Slurm and
launchers lie apart, since one waits for the other (`alone`)"""


def pytest_addoption(parser):
    parser.addoption("--shuffle", type=int, metavar="SEED", help="run the tests in random order: none leans on another")


def pytest_collection_modifyitems(config, items):
    seed = config.getoption("--shuffle")
    if seed is not None:
        random.Random(seed).shuffle(items)
        return
    order = {name: at for at, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """No other test that starts a cluster or workers runs meanwhile: each alone has processes for every core."""
    shared = tmp_path_factory.getbasetemp().parent  # of all pytest's workers
    with (shared / "alone.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory):
    from tests.tiny import make_checkpoint

    return make_checkpoint(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def generator(checkpoint):
    from pipelines.generators.engines import HfGenerator

    return HfGenerator(
        name="tiny",
        path=str(checkpoint),
        revision=None,
        dtype="auto",
        quantisation="nf4",
        max_context=None,
        stop_tokens=(),
        system_role="auto",
        template_options={},
        device="cpu",
        batch_tokens=4096,
        batch_size=8,
        gated_page="",
    )
