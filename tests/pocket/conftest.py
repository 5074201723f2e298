"""The tokenizer of the tests of pre-training: trained once on a few conversations."""

import pytest

from pocket.tokenizer import trained


@pytest.fixture(scope="session")
def tokenizer():
    return trained(800, 3)
