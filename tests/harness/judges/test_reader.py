"""The reader: its stored weights, its windows, and that batches do not change what it says."""

import pytest

from harness.errors import JudgeError
from harness.judges.claims import sentences
from harness.judges.reader import EMBEDDINGS, Pair, Reader, window

WORDS = (
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "the",
    "museum",
    "opened",
    "in",
    "1894",
    "dogs",
    "are",
    "free",
    ".",
    "?",
)
MUSEUM = "The museum opened in 1894. Dogs are free. The dogs are in the museum."


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """An untrained encoder, and a cross-encoder on it whose word embeddings are not stored."""
    import torch
    from safetensors.torch import save_file
    from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizer

    torch.manual_seed(0)
    place = tmp_path_factory.mktemp("reader")
    base, own = place / "base", place / "own"
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        initializer_range=1.0, num_labels=1,
    )  # fmt: skip
    encoder = BertModel(config)
    encoder.save_pretrained(base)
    (base / "vocab.txt").write_text("\n".join(WORDS))
    BertTokenizer(str(base / "vocab.txt")).save_pretrained(base)
    model = BertForSequenceClassification(config)
    model.bert.embeddings.word_embeddings.weight.data.copy_(encoder.embeddings.word_embeddings.weight)
    config.save_pretrained(own)
    weights = {name: value for name, value in model.state_dict().items() if name != EMBEDDINGS}
    save_file(weights, own / "model.safetensors")
    return base, own, model.eval()


def reader(folders, **changes):
    base, own, _ = folders
    return Reader(**{"path": str(own), "base": str(base), "language": "en", "max_tokens": 64, **changes})


def test_log_odds_are_those_of_the_whole_model(folders):
    import torch
    from transformers import AutoTokenizer

    read = AutoTokenizer.from_pretrained(folders[0])("when ? the museum opened", MUSEUM, return_tensors="pt")
    with torch.no_grad():
        expected = folders[2](**read).logits[0, 0].item()
    (found,) = reader(folders).log_odds([Pair("when ?", "the museum opened", MUSEUM)])
    assert found == pytest.approx(expected, abs=0.0051)


def test_neither_order_nor_neighbours_nor_repetitions_matter(folders):
    pairs = [Pair("", "dogs are free", MUSEUM[:at]) for at in (10, 30, 69)] + [
        Pair("", "", ""),
        Pair("", "1894", "\ud800"),
    ]
    alone = [reader(folders).log_odds([pair])[0] for pair in pairs]
    assert reader(folders).log_odds(pairs[::-1] + pairs) == alone[::-1] + alone
    assert len(set(alone)) > 2
    assert reader(folders).log_odds([]) == []


def test_long_evidence_is_cut(folders):
    pairs = [Pair("", "dogs are free", MUSEUM * times) for times in (40, 80)]
    first, second = reader(folders).log_odds(pairs)
    assert first == second


@pytest.mark.parametrize("fault", ["another width", "missing layer", "torn", "no folder"])
def test_weights_that_do_not_fit(folders, tmp_path, fault):
    from safetensors.torch import load_file, save_file

    base, own, _ = folders
    weights = load_file(own / "model.safetensors")
    last = max(weights)
    changed = {name: value for name, value in weights.items() if not (fault == "missing layer" and name == last)}
    if fault == "another width":
        changed[last] = changed[last][..., :-1].contiguous()
    (tmp_path / "config.json").write_bytes((own / "config.json").read_bytes())
    save_file(changed, tmp_path / "model.safetensors")
    if fault == "torn":
        whole = (tmp_path / "model.safetensors").read_bytes()
        (tmp_path / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    path = str(tmp_path / "none") if fault == "no folder" else str(tmp_path)
    with pytest.raises(JudgeError, match=r"judge\.reader"):
        Reader(path, str(base), "en", 64).log_odds([Pair("", "dogs", MUSEUM)])


def test_problems():
    assert Reader("", "somewhere", "en", 4).problems() == [
        "path: empty; give a folder", "max_tokens: 4, but it must be 8 or more (192 in training)",
    ]  # fmt: skip


def test_windows_are_whole_sentences_around_the_stretch():
    known = list(sentences(MUSEUM))
    assert window(MUSEUM, known, 27, 30) == MUSEUM
    text = " ".join(f"Sentence number {at} says something of the thing {at}." for at in range(40))
    known = list(sentences(text))
    at = text.index("number 20")
    found = window(text, known, at, at + 9)
    assert "number 20 " in found
    assert 52 <= len(found.split()) <= 60
    assert found.startswith("Sentence number 1")
    assert window(text, known, 0, 3).startswith("Sentence number 0 ")


def test_a_sentence_longer_than_the_window_is_read_alone():
    text = f"Short one. {'word ' * 100}end. Another short one."
    known = list(sentences(text))
    assert window(text, known, 50, 60) == text[known[1].start : known[1].end]
