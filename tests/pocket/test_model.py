"""The committed weights: they load plainly, read their passages, and nothing that is typed makes them crash."""

from pathlib import Path

import pytest

from pocket import exam
from pocket.check import BARS, answers, loaded
from pocket.exam import PROMPT, Paper

FOLDER = Path(__file__).parents[2] / "models" / "pocket"
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


@pytest.fixture(scope="module")
def pocket():
    from transformers import AutoTokenizer

    return loaded(FOLDER, nf4=False), AutoTokenizer.from_pretrained(FOLDER, local_files_only=True)


def test_it_is_small_with_a_long_context(pocket):
    model, _ = pocket
    assert sum(weight.numel() for weight in model.parameters()) <= 15_000_000
    assert (FOLDER / "model.safetensors").stat().st_size <= 32 * 2**20
    assert model.config.max_position_embeddings >= 2048


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
