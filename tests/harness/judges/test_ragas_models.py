"""The ragas judge with real, tiny models: in this process, and behind `transformers serve`."""

import pytest

from harness.errors import JudgeError
from harness.judges.judge import Question
from harness.judges.ragas.judge import RagasJudge
from harness.judges.ragas.local import LocalModel
from harness.judges.ragas.served import ServedModel
from tests.checkpoints.tiny import save_tiny_llama
from tests.servers.transformers_serve import command, transformers_serve

QUESTIONS = [
    Question("The museum opened in 1894.", ("The museum opened in 1894.",), "When?"),
    Question("No.", ("Yes.",), "?"),
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return save_tiny_llama(tmp_path_factory.mktemp("tiny-judge"))


def in_process(path, **changes):
    settings = {"revision": "main", "dtype": "float32", "max_tokens": 12, "device": "cpu"}
    return RagasJudge(LocalModel(str(path), **{**settings, **changes}), 2, 2, "", None, None)


def test_a_model_in_this_process_is_asked_and_its_babble_is_unjudged(tiny):
    found = in_process(tiny).judge(QUESTIONS)
    assert len(found) == 2
    assert all(one.unjudged for one in found)


def test_a_model_that_keeps_the_shape_is_believed(tiny, monkeypatch):
    from harness.judges.ragas import local

    said = iter(
        ['{"statements": ["It opened."]}', '{"statements": [{"statement": "It opened.", "reason": "", "verdict": 1}]}']
    )
    read = []

    class Obedient:
        device = "cpu"

        def generate(self, input_ids, **_):
            import torch

            read.append(input_ids.shape[1])
            return torch.cat([input_ids, torch.zeros(1, 3, dtype=torch.long)], dim=1)

    _, tokenizer = local._load(tiny, "float32", "cpu")
    monkeypatch.setattr(tokenizer, "decode", lambda *_, **__: next(said))
    monkeypatch.setattr(local, "_load", lambda *_: (Obedient(), tokenizer))
    (found,) = in_process(tiny).judge(QUESTIONS[:1])
    assert [one.verdict for one in found.claims] == ["supported"]
    assert min(read) > 10


def test_a_folder_that_is_no_model_is_a_judge_error(tmp_path):
    with pytest.raises(JudgeError, match=r"judge\.llm\.path"):
        in_process(tmp_path).judge(QUESTIONS)


@pytest.mark.slow
@pytest.mark.skipif(command() is None, reason="transformers is not installed with this Python")
def test_a_real_server(tiny, tmp_path):
    """Random weights write no JSON; that the server is spoken to rightly shows in what the failure is."""
    with transformers_serve(tiny, tmp_path) as url:
        model = ServedModel(url, "", str(tiny), "", "json_schema", 16, "max_tokens", 0.0, 60.0, 0, {})
        found = RagasJudge(model, 2, 1, "", None, None).judge(QUESTIONS)
    reasons = [one.unjudged for one in found]
    assert all("max_tokens" in one or "not the JSON asked for" in one or "empty answer" in one for one in reasons), (
        reasons
    )
