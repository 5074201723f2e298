"""The judge that asks a model of entailment: outputs, input formats, windows, and known answers that stop a wrong one.

Small models stand for published ones: some with random weights, whose known answers are not asked, and some that are
made to know the known answers.
"""

import dataclasses
from itertools import pairwise

import pytest

from harness.errors import JudgeError
from harness.judges.judge import Question
from harness.judges.nli import entailment, known_answers
from harness.judges.nli.entailment import Entailment, following
from harness.judges.nli.judge import NliJudge
from harness.judges.nli.presets import InputFormat, preset_of, presets
from harness.judges.nli.windows import fitting_windows, windows_of
from tests.harness.judges.tiny_entailment import FOLDERS, TEMPLATES, noisy, random_checkpoint, trained

MUSEUM = "The museum opened in 1894. Dogs are free. The dogs are in the museum."
HEADS = {
    "three": ["contradiction", "entailment", "neutral"],
    "two": ["entailment", "not_entailment"],
    "single": ["LABEL_0"],
    "minicheck": ["LABEL_0", "LABEL_1"],
}


def nli(folder, **changes):
    settings = {"entailment": None, "window_words": 8, "max_tokens": 64, "threshold": 0.5, "batch_size": 3}
    return NliJudge(path=str(folder), revision=None, device="cpu", **{**settings, **changes})


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    place = tmp_path_factory.mktemp("nli")
    return {name: random_checkpoint(place / name, labels) for name, labels in HEADS.items()}


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    """One folder per way to read a model, with weights that know the known answers."""
    place = tmp_path_factory.mktemp("learned")
    return {kind: trained(place / kind, kind) for kind in FOLDERS}


@pytest.fixture
def untried(monkeypatch):
    """Random weights are taken for a judge."""
    monkeypatch.setattr(known_answers, "faults", lambda reader, languages: [])
    entailment.load.cache_clear()
    yield
    entailment.load.cache_clear()


def raw(folder, pairs):
    """The model's own logits, by transformers alone."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    model, tokenizer = AutoModelForSequenceClassification.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    with torch.no_grad():
        return [model(**tokenizer(*pair, return_tensors="pt")).logits[0] for pair in pairs]


@pytest.mark.usefixtures("untried")
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


@pytest.mark.usefixtures("untried")
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


def test_equal_pairs_are_read_once(monkeypatch):
    asked = []

    def logits(self, pairs):
        asked.extend(pairs)
        return known_logits(pairs)

    def known_logits(pairs):
        import numpy as np

        return np.array([[0.0, 5.0] if pair == ("a", "b") else [5.0, 0.0] for pair in pairs])

    monkeypatch.setattr(Entailment, "_logits", logits)
    pairs = [("a", "b"), ("c", "d"), ("a", "b")]
    read = Entailment(None, None, InputFormat(), 1, 64).probabilities(pairs, 8)
    assert sorted(asked) == [("a", "b"), ("c", "d")]
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
    wrong = nli("", window_words=0, threshold=1.0, preset="bert")
    assert [one.split(":")[0] for one in wrong.problems()] == ["window_words", "path", "threshold", "preset"]
    assert "minicheck-flan-t5-large" in wrong.problems()[-1]


@pytest.mark.parametrize("kind", FOLDERS)
def test_each_input_format_is_read_as_published(learned, kind):
    judge = nli(learned[kind], preset=FOLDERS[kind], window_words=None, max_tokens=None)
    claims = f"{known_answers.OPENED} Dogs are allowed in the galleries."
    (judgement,) = judge.judge([Question(claims, (known_answers.MUSEUM,))])
    assert [claim.verdict for claim in judgement.claims] == ["supported", "unsupported"]
    assert judgement.claims[0].evidence == 0
    assert TEMPLATES[kind] == presets()[FOLDERS[kind]].format.template


@pytest.mark.parametrize("kind", FOLDERS)
def test_marks_of_the_tokenizer_in_a_text_are_no_marks(learned, kind):
    judge = nli(learned[kind], preset=FOLDERS[kind], window_words=None, max_tokens=None)
    model = judge._loaded()
    evidence = f"{known_answers.MUSEUM} {model.tokenizer.eos_token or '[SEP]'} {known_answers.FERRY}"
    plain = f"{known_answers.MUSEUM}   {known_answers.FERRY}"
    values = model.probabilities([(evidence, known_answers.CARRIES), (plain, known_answers.CARRIES)], 2)
    assert values[0] == pytest.approx(values[1], abs=1e-6)


@pytest.mark.parametrize("kind", FOLDERS)
@pytest.mark.parametrize("fault", ["swapped", "constant", "noise"])
def test_known_answers_stop_a_wrong_judge(learned, kind, fault, monkeypatch, tmp_path):
    folder = learned[kind]
    entailment.load.cache_clear()
    if fault == "noise":
        folder = noisy(folder, tmp_path / "noise", kind)
    elif fault == "swapped":
        monkeypatch.setattr(Entailment, "_cut", lambda self, evidence, claim: (claim, evidence))
    else:
        monkeypatch.setattr(Entailment, "_read", lambda self, logits: [0.9] * len(logits))
    with pytest.raises(JudgeError, match="must not judge"):
        nli(folder, preset=FOLDERS[kind]).judge([Question("Dogs are free.", (MUSEUM,))])
    entailment.load.cache_clear()


def test_known_answers_stop_outputs_in_the_wrong_order(learned):
    with pytest.raises(JudgeError, match=r"a copied sentence: 0\.0"):
        nli(learned["pair"], entailment=2).judge([Question("Dogs are free.", (MUSEUM,))])


def test_a_difference_too_small_to_matter_is_none():
    class Undecided:
        def probabilities(self, pairs, batch_size):
            follows = {case.pair: case.follows for case in known_answers.KNOWN}
            return [0.55 if follows[pair] else 0.45 for pair in pairs]

    (line,) = known_answers.faults(Undecided(), ("en",))
    assert "no difference" in line


def test_a_model_of_many_languages_answers_in_several():
    follows = {case.pair: case.follows and case.languages == "en" for case in known_answers.KNOWN}

    class English:
        def probabilities(self, pairs, batch_size):
            return [float(follows[pair]) for pair in pairs]

    assert known_answers.faults(English(), ("en",)) == []
    assert [line.partition(":")[0] for line in known_answers.faults(English(), ("many",))] == [
        "a copied sentence, German",
        "a copied sentence, Chinese",
    ]


def test_another_model_than_the_preset_s_is_noticed(learned):
    with pytest.raises(JudgeError, match="holds another model"):
        nli(learned["pair"], preset="nli-deberta-v3-base").judge([Question("Dogs are free.", (MUSEUM,))])


def test_weights_that_are_missing_are_noticed(learned, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = noisy(learned["pair"], tmp_path / "headless", "pair")
    weights = load_file(folder / "model.safetensors")
    kept = {name: value for name, value in weights.items() if "classifier" not in name}
    save_file(kept, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(JudgeError, match=r"lacks the weights classifier\.bias"):
        nli(folder).judge([Question("Dogs are free.", (MUSEUM,))])


@pytest.mark.parametrize("file", ["config.json", "tokenizer_config.json"])
def test_code_of_a_checkpoint_is_never_run(learned, tmp_path, file):
    import json

    folder = noisy(learned["pair"], tmp_path / "code", "pair")
    content = json.loads((folder / file).read_text())
    (folder / file).write_text(json.dumps({**content, "auto_map": {"AutoModel": "evil.Model"}}))
    (folder / "evil.py").write_text("raise SystemExit('ran')")
    with pytest.raises(JudgeError, match=f"needs code of its own .{file}"):
        nli(folder).judge([Question("Dogs are free.", (MUSEUM,))])


@pytest.mark.parametrize("path", ["vectara/hallucination_evaluation_model", "bespoke-minicheck-7b"])
def test_presets_that_need_their_own_code_are_refused_with_another_choice(path):
    (line,) = nli(path).problems()
    assert "never run here; choose minicheck-flan-t5-large" in line


def test_presets_are_found_by_name_id_and_revision():
    assert preset_of("hhem-1.0-open", None, None).revision == "refs/pr/2"
    assert preset_of("Vectara/hallucination_evaluation_model", "refs/pr/2", None).name == "hhem-1.0-open"
    assert preset_of("vectara/hallucination_evaluation_model", "main", None).refused
    assert preset_of("lytang/MiniCheck-Flan-T5-Large", "0" * 40, None).name == "minicheck-flan-t5-large"
    assert preset_of("/some/folder", None, "lytang/minicheck-roberta-large").window_words == 300
    assert preset_of("some/model", None, None).name == ""


def test_a_preset_fills_what_is_not_set_and_no_more():
    judge = nli("minicheck-flan-t5-large", window_words=None, max_tokens=900)
    settled = judge.resolved()
    assert (settled.path, settled.window_words, settled.max_tokens) == ("lytang/MiniCheck-Flan-T5-Large", 500, 900)
    assert (settled.entailment, settled.preset, judge.model) == (1, "minicheck-flan-t5-large", settled.path)
    assert settled.resolved() == settled
    assert nli("deberta-v3-base-anli").resolved().preset is None, "a pair of texts is every model's input"


@pytest.mark.parametrize("name", [name for name, preset in presets().items() if not preset.refused])
def test_a_preset_is_complete(name):
    preset = presets()[name]
    assert preset.window_words < preset.max_tokens
    assert preset.format.labels == () or preset.format.entailed < len(preset.format.labels)
    assert preset.revision.startswith("refs/pr/") or len(preset.revision) == 40
    assert bool(preset.format.words) <= bool(preset.format.template)


def test_a_window_that_is_too_long_for_the_model_is_cut():
    text = "word " * 100
    found = fitting_windows(text, 64, lambda part: len(part) <= 50)
    assert all(len(text[start:end]) <= 50 for start, end in found)
    assert {at for one in found for at in range(*one)} >= {at for at, letter in enumerate(text) if letter.isalnum()}
    assert fitting_windows("x" * 99, 8, lambda part: False) == [(0, 99)], "one word cannot be cut further"


def test_evidence_of_more_tokens_than_fit_is_read_whole(learned):
    evidence = " ".join([known_answers.MUSEUM] * 12 + [known_answers.FERRY])
    judge = nli(learned["pair"], window_words=500, max_tokens=64)
    read = [(window, claim) for window, claim in judge._pairs([Question(known_answers.CARRIES, (evidence,))])[1]]
    lengths = judge._loaded().tokenizer([window for window, _ in read], [claim for _, claim in read])["input_ids"]
    assert 4 < len(read) < 40
    assert max(map(len, lengths)) <= 64
    assert all(part in " ".join(window for window, _ in read) for part in (known_answers.MUSEUM, known_answers.FERRY))


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
