"""judge=auto: which judge is taken on which machine, and that it is that judge in every respect."""

import pytest

from harness.errors import JudgeError
from harness.judges import auto
from harness.judges.auto import AutoJudge
from harness.judges.judge import Question
from harness.judges.lexical_words import LexicalWordsJudge
from harness.judges.nli import known_answers
from harness.judges.nli.judge import NliJudge
from harness.judges.nli.presets import presets
from harness.metrics.faithfulness import Faithfulness
from harness.metrics.judged import judges
from harness.store.spec import digest
from tests.harness.judges.tiny_entailment import trained

MODELS = ("minicheck-flan-t5-large", "minicheck-deberta-v3-large", "deberta-v3-base-anli")
COMMIT = "0123456789abcdef0123456789abcdef01234567"
WORDS = LexicalWordsJudge(
    intercept=-7.65, known=2.51, together=2.98, in_order=2.57, related=2.36, personal=2.74, unknown_number=2.5,
    unknown_name=1.5, negation=3.0, threshold=0.4, contradiction=0.0, exchanged=0.0,
)  # fmt: skip
SETTINGS = NliJudge(
    path="deberta-v3-base-anli", revision=None, entailment=None, window_words=None, max_tokens=None, threshold=0.5,
    batch_size=4, device="cpu",
)  # fmt: skip


def chosen(models=MODELS):
    return AutoJudge(models=models, model_settings=SETTINGS, otherwise=WORDS)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache of the hub, and a GPU of 80 GB."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(auto, "gpu_gb", lambda: 80.0)
    return tmp_path / "hub"


def stored(cache, name):
    """Where the hub's client keeps the weights of a preset, at the revision of the preset."""
    preset = presets()[name]
    place = cache / f"models--{preset.id.replace('/', '--')}"
    commit = preset.revision if len(preset.revision) == 40 else COMMIT
    ref = place / "refs" / preset.revision
    ref.parent.mkdir(parents=True)
    ref.write_text(commit)
    return place / "snapshots" / commit


def empty_weights(folder):
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"")


def test_without_a_gpu_the_other_judge_judges(monkeypatch):
    monkeypatch.setattr(auto, "gpu_gb", lambda: 0.0)
    assert (chosen().name, chosen().model, chosen().reads) == ("lexical_words", "", "words")
    assert chosen().chosen_because() == "lexical_words: there is no GPU that PyTorch can use"
    assert digest(chosen()) == digest(WORDS), "records of both may stand in one column"
    question = Question("Dogs are free.", ("Dogs are free. Cats are not.",))
    assert chosen().judge([question]) == WORDS.judge([question])


@pytest.mark.usefixtures("cache")
def test_nothing_is_downloaded_to_choose():
    assert chosen().name == "lexical_words"
    assert "hf download lytang/MiniCheck-Flan-T5-Large --revision c3f6482d" in chosen().chosen_because()


def test_the_strongest_that_is_there_is_taken(cache):
    empty_weights(stored(cache, "deberta-v3-base-anli"))
    assert chosen().model == "MoritzLaurer/DeBERTa-v3-base-mnli-fever-anli"
    empty_weights(stored(cache, "minicheck-deberta-v3-large"))
    assert chosen().model == "lytang/MiniCheck-DeBERTa-v3-Large"
    assert "nli with minicheck-deberta-v3-large: number 2 of 3 by strength" in chosen().chosen_because()
    (stored(cache, "minicheck-flan-t5-large")).mkdir(parents=True)
    assert chosen().model == "lytang/MiniCheck-DeBERTa-v3-Large", "a folder without weights is no model"


def test_a_gpu_that_is_too_small_is_no_gpu_for_a_model(cache, monkeypatch):
    for name in ("minicheck-flan-t5-large", "deberta-v3-base-anli"):
        empty_weights(stored(cache, name))
    monkeypatch.setattr(auto, "gpu_gb", lambda: 10.0)
    assert chosen().model == "MoritzLaurer/DeBERTa-v3-base-mnli-fever-anli"
    monkeypatch.setattr(auto, "gpu_gb", lambda: 4.0)
    assert "more than half of the GPU's 4 GB" in chosen().chosen_because()


def test_the_record_names_the_judge_its_commit_and_why(cache):
    folder = stored(cache, "minicheck-deberta-v3-large")
    folder.parent.mkdir(parents=True)
    trained(folder, "joined")
    judge = chosen()
    (judgement,) = judge.judge([Question(known_answers.CARRIES, (known_answers.FERRY,))])
    assert judgement.claims[0].verdict == "supported"
    (facts,) = judges({"faithfulness": Faithfulness(judge=judge)})
    named = NliJudge(**{**vars(SETTINGS), "path": "minicheck-deberta-v3-large"})
    assert (facts["name"], facts["fingerprint"]) == ("nli", digest(named))
    assert facts["weights"] == f"lytang/MiniCheck-DeBERTa-v3-Large@{COMMIT}"
    assert "the first whose weights" in facts["chosen"]
    assert "chosen" not in judges({"faithfulness": Faithfulness(judge=named)})[0]


def test_a_chosen_model_that_cannot_judge_stops_the_run(cache):
    folder = stored(cache, "deberta-v3-base-anli")
    folder.parent.mkdir(parents=True)
    trained(folder, "joined")
    with pytest.raises(JudgeError, match="holds another model"):
        chosen(("deberta-v3-base-anli",)).judge([Question("Dogs are free.", ("Dogs.",))])


def test_models_that_are_unknown_or_refused_are_named():
    (unknown, refused) = chosen(("bert", "hhem-2.1-open", "hhem-1.0-open")).problems()
    assert "'bert'" in unknown
    assert "'hhem-2.1-open'" in refused
