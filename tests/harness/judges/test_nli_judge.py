"""The NLI judge: which output counts, windows, batches; a random model replaces a trained one."""

import dataclasses
from itertools import pairwise

import pytest

from harness.errors import JudgeError
from harness.judges.entailment import Entailment, following
from harness.judges.judge import Question
from harness.judges.nli import NliJudge, windows_of

WORDS = [
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
]
MUSEUM = "The museum opened in 1894. Dogs are free. The dogs are in the museum."


def checkpoint(folder, labels):
    """A randomly initialised BERT with these outputs; large weights, so that answers differ."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    torch.manual_seed(0)
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        id2label=dict(enumerate(labels)), label2id={name: n for n, name in enumerate(labels)}, initializer_range=1.0,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def nli(folder, **changes):
    settings = {"entailment": None, "window_words": 8, "max_tokens": 64, "threshold": 0.5, "batch_size": 3}
    return NliJudge(path=str(folder), revision="", device="cpu", **{**settings, **changes})


HEADS = {
    "three": ["contradiction", "entailment", "neutral"],
    "two": ["entailment", "not_entailment"],
    "single": ["LABEL_0"],
    "minicheck": ["LABEL_0", "LABEL_1"],
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    place = tmp_path_factory.mktemp("nli")
    return {name: checkpoint(place / name, labels) for name, labels in HEADS.items()}


def raw(folder, pairs):
    """The model's own logits, by transformers alone."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model, tokenizer = AutoModelForSequenceClassification.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    with torch.no_grad():
        return [model(**tokenizer(*pair, return_tensors="pt")).logits[0] for pair in pairs]


@pytest.mark.parametrize("head", HEADS)
def test_support_is_the_greatest_probability_of_entailment(folders, head):
    import torch

    claim = "The museum opened in 1894."
    windows_read = [MUSEUM[start:end] for start, end in windows_of(MUSEUM, 8)]
    assert len(windows_read) > 1
    logits = raw(folders[head], [(window, claim) for window in windows_read])
    speaks = {"three": 1, "two": 0, "minicheck": 1}.get(head)
    expected = [torch.sigmoid(one)[0] if speaks is None else torch.softmax(one, 0)[speaks] for one in logits]
    (judgement,) = nli(folders[head]).judge([Question(claim, (MUSEUM,))])
    (found,) = judgement.claims
    assert found.support == pytest.approx(float(max(expected)), abs=1e-5)
    best = windows_read[max(range(len(expected)), key=lambda at: expected[at])]
    assert MUSEUM[found.evidence_start : found.evidence_end] == best
    assert found.verdict == ("supported" if found.support >= 0.5 else "unsupported")


def test_answers_do_not_depend_on_their_neighbours(folders):
    questions = [
        Question("Dogs are free. The museum opened in 1894.", (MUSEUM, "Dogs are in the museum.")),
        Question("Are dogs free?", (MUSEUM,)),
        Question("", (MUSEUM,)),
        Question("Dogs are free.", ()),
        Question("Dogs are free.", ("...",)),
    ]
    judge = nli(folders["three"])
    together = judge.judge(questions)
    alone = [dataclasses.replace(judge, batch_size=1).judge([one])[0] for one in questions]
    for one, other in zip(together, alone, strict=True):
        assert [claim.support for claim in one.claims] == pytest.approx(
            [claim.support for claim in other.claims], abs=1e-5
        )
    assert [len(one.claims) for one in together] == [2, 1, 0, 1, 1]
    assert together[1].claims[0].verdict == "question"
    assert [(one.claims[0].support, one.claims[0].evidence) for one in together[3:]] == [(0.0, None)] * 2


def test_equal_pairs_are_read_once():
    class Counting:
        def predict(self, pairs, **_):
            assert len(pairs) == len(set(pairs)) == 2
            return [[0.0, 5.0], [5.0, 0.0]]

    read = Entailment(Counting(), 1).probabilities([("a", "b"), ("c", "d"), ("a", "b")], 8)
    assert read.tolist() == pytest.approx([0.993, 0.007, 0.993], abs=1e-3)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["contradiction", "entailment", "neutral"], 1),
        (["entailment", "not_entailment"], 0),
        (["non-entailment", "ENTAILMENT"], 1),
        (["hallucinated", "consistent"], 1),
        (["unsupported", "supported"], 1),
        (["LABEL_0", "LABEL_1"], 1),
        (["score"], None),
    ],
)
def test_the_names_of_the_outputs_tell(labels, expected):
    assert following(dict(enumerate(labels)), None) == expected


def test_names_that_do_not_tell_are_an_error():
    with pytest.raises(JudgeError, match=r"set judge\.entailment"):
        following({0: "LABEL_0", 1: "LABEL_1", 2: "LABEL_2"}, None)
    with pytest.raises(JudgeError, match=r"set judge\.entailment"):
        following({0: "positive", 1: "negative"}, None)
    assert following({0: "positive", 1: "negative"}, 0) == 0
    with pytest.raises(JudgeError, match=r"judge\.entailment is 7"):
        following({0: "a", 1: "b"}, 7)


def test_weights_are_part_of_what_the_judge_is(folders):
    from harness.store.spec import digest

    assert digest(nli(folders["three"])) == digest(nli(folders["three"], batch_size=1))
    assert digest(nli(folders["three"])) != digest(nli(folders["two"]))
    assert digest(nli(folders["three"])) != digest(nli(folders["three"], threshold=0.6))


def test_a_folder_without_weights_is_a_judge_error(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(JudgeError, match="safetensors"):
        nli(tmp_path).judge([Question("Dogs are free.", (MUSEUM,))])
    with pytest.raises(JudgeError, match=r"judge\.path"):
        nli(tmp_path / "nowhere").content_key()


def test_wrong_settings_are_named():
    wrong = nli("", window_words=0, threshold=1.0)
    assert [one.split(":")[0] for one in wrong.problems()] == ["window_words", "path", "threshold"]


def test_windows_overlap_and_cover_everything():
    text = " ".join(f"Sentence number {n} says little." for n in range(20))
    found = windows_of(text, 20)
    assert (found[0].start, found[-1].end) == (0, len(text))
    for one, after in pairwise(found):
        assert one.start < after.start < one.end < after.end
    assert windows_of("One only.", 20) == [(0, 9)]
    assert windows_of("", 20) == windows_of("—", 20) == []


@pytest.mark.parametrize("text", ["word " * 1000, "字" * 1000, "博物馆开放。" * 200])
def test_no_window_is_longer_than_asked_for(text):
    from harness.text.terms import terms

    found = windows_of(text, 50)
    assert max(len(terms(text, *one)) for one in found) <= 50
    assert {at for one in found for at in range(*one)} >= {at for at, letter in enumerate(text) if letter.isalnum()}
