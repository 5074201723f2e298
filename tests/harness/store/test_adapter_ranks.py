"""The rank that a server must make room for."""

import json

import pytest

from harness.errors import StoreError
from harness.store.adapter_ranks import highest_rank


@pytest.mark.parametrize(
    ("settings", "rank"),
    [
        ({"r": 8}, 8),
        ({"r": 8, "rank_pattern": {}}, 8),
        ({"r": 8, "rank_pattern": None}, 8),
        ({"r": 8, "rank_pattern": {"q_proj": 64, "down_proj": 4}}, 64),
        ({"r": 32, "rank_pattern": {"q_proj": 4}}, 32),
    ],
)
def test_layers_with_ranks_of_their_own_count(tmp_path, settings, rank):
    (tmp_path / "adapter_config.json").write_text(json.dumps(settings))
    assert highest_rank(tmp_path) == rank


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"r": "many"}', '{"r": 4, "rank_pattern": [1]}'])
def test_what_is_no_adapter_is_said(tmp_path, text):
    (tmp_path / "adapter_config.json").write_text(text)
    with pytest.raises(StoreError, match="holds no adapter in PEFT's format"):
        highest_rank(tmp_path)
