"""STEL-like likeness by hand, the section on refusals, and the bars on published texts where they are at hand."""

import json

import pytest

from harness.cli.config import ROOT
from harness.metrics.style.content import closed
from harness.metrics.style.model import auroc
from harness.metrics.style.scale import fitted
from validation import refusals
from validation import style as validity
from validation.style_pairs import bitext, dstc9, likeness, mts, scitldr, share_right

DATA = ROOT.parent / "shared" / "data"


def test_a_difference_of_style_is_found_again_in_other_words():
    assert likeness("It's fine.", "It is fine.", "We don't go.", "We do not go.") > 0
    assert likeness("It's fine.", "It is fine.", "We do not go.", "We don't go.") < 0
    assert likeness("not again :/", "not again 🤔", "so tired :(", "so tired 😢") > 0
    assert likeness("你好！", "你好。", "走吧！", "走吧。") > 0
    assert likeness("same", "same", "a", "b") == 0


def test_ties_count_half():
    assert share_right([1.0, -1.0, 0.0, 2.0]) == pytest.approx(2.5 / 4)


def test_without_the_sets_there_is_no_section(tmp_path):
    assert validity.section(tmp_path) == ""


def test_the_doctor_s_words_alone_are_the_generic_text(tmp_path):
    row = {"input": "Doctor: How are you?\nPatient: Fine.\nDoctor: Good.", "reference": "Well."}
    (tmp_path / "mts_dialog").mkdir()
    for split in ("train", "test"):
        (tmp_path / "mts_dialog" / f"{split}.jsonl").write_text(json.dumps(row), encoding="utf-8")
    (check,) = mts(tmp_path)
    assert check.held_out[0].generic == "How are you? Good."


def test_the_section_on_refusals_counts_every_example():
    text = refusals.section()
    assert "| all | 1614 | 801 |" in text
    assert refusals.precision_and_recall([{"text": "1990", "refusal": True}]) == (0.0, 0.0)


# DSTC9's references: .9 until borrowed endings were marked down; SciTLDR's AUROC: .93 until ordinary prose was outside
BARS = {dstc9: (0.99, 0.7, 0.1), mts: (0.99, 0.9, 0.1), scitldr: (0.92, 0.75, 0.25), bitext: (0.99, 0.9, 0.15)}
MOST_BORROWED = 0.3
"""for generic texts with the last sentence of a reference"""


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="the published texts are not at hand")
@pytest.mark.parametrize("read", BARS, ids=lambda read: read.__name__)
def test_bars_on_published_texts(read):
    least, reference, generic = BARS[read]
    check = read(DATA)[0]
    model = fitted(check.anchors(), None).model
    ours = model.read([one.reference for one in check.held_out])
    theirs = model.read([one.generic for one in check.held_out])
    assert auroc(ours.value, theirs.value) >= least
    assert ours.value.mean() >= reference
    assert theirs.value.mean() <= generic
    borrowed = closed([one.generic for one in check.held_out], [one.reference for one in check.held_out])
    assert model.read(borrowed).value.mean() <= MOST_BORROWED
