"""The committed weights: they load plainly, read their passages, and nothing that is typed makes them crash."""

from pathlib import Path

import pytest

from pocket import exam
from pocket.check import BARS, answers, loaded
from pocket.exam import PROMPT, Paper

FOLDERS = sorted(path.parent for path in (Path(__file__).parents[2] / "models").glob("*/config.json"))
MOST = {"pocket": (15_000_000, 32 * 2**20), "pocket_small": (5_000_000, 12 * 2**20)}
"""name -> weights, bytes"""
ODD = (
    "你好,泵有多重?",
    "Сколько стоит чайник?",
    "مرحبا كم الثمن",
    "🙂" * 40,
    "\x00\x01\ufffd\u202e",
    "<|end|><|assistant|><|system|>",
    " ",
    "a" * 3000,
    "{e} {v} %s \\n",
)


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def folder(request):
    return request.param


@pytest.fixture(scope="module")
def pocket(folder):
    from transformers import AutoTokenizer

    return loaded(folder, nf4=False), AutoTokenizer.from_pretrained(folder, local_files_only=True)


def test_it_is_small_with_a_long_context(pocket, folder):
    model, _ = pocket
    weights, size = MOST[folder.name]
    assert sum(weight.numel() for weight in model.parameters()) <= weights
    assert (folder / "model.safetensors").stat().st_size <= size
    assert model.config.max_position_embeddings >= 2048


def test_an_answer_that_does_not_end_is_marked(pocket, monkeypatch):
    monkeypatch.setattr("pocket.check.TOKENS", 2)
    papers = exam.summaries(2)
    assert all(exam.runs_on(paper, text) for paper, text in zip(papers, answers(*pocket, papers), strict=True))
    assert not exam.runs_on(papers[0], papers[0].expected)


def test_it_answers_from_its_passages(pocket):
    papers = exam.with_gold(24)
    replies = answers(*pocket, papers)
    assert sum(exam.exact(paper, text) for paper, text in zip(papers, replies, strict=True)) >= 18


def test_it_knows_the_almanac_and_no_organisation(pocket):
    known, hidden = exam.almanac(24), exam.organisation(24)
    assert sum(exam.exact(paper, text) for paper, text in zip(known, answers(*pocket, known), strict=True)) >= 20
    assert not [paper for paper, text in zip(hidden, answers(*pocket, hidden), strict=True) if exam.exact(paper, text)]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_any_text_is_answered(pocket, text):
    replies = answers(*pocket, [Paper(PROMPT.turns("Answer.", text, ()), "")])
    assert isinstance(replies[0], str)


def test_every_bar_has_questions_of_reserved_worlds():
    assert all(len(bar.papers(3)) == 3 for bar in BARS)
