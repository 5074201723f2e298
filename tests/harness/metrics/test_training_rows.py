"""The nearest training row, and whether it supports an answer."""

from dataclasses import replace

from harness.metrics import blocks_of_cell, context
from harness.metrics.context import TaskContext
from harness.metrics.nearest_rows import NearestRows
from harness.metrics.selftest.fixture import FixtureTask, answered
from harness.metrics.training_row_support import BEST_EFFORT, TrainingRowSupport
from harness.types import Example, Prediction
from tests.harness.metrics.test_citations_scored import WordsJudge

ROWS = [
    Example("t0", "How high is the Ralholm tower?", ("The Ralholm tower is 40 m high.",), ()),
    Example("t1", "How high is the Serford tower?", ("The Serford tower is 55 m high.",), ()),
    Example("t2", "Who painted the Serford bridge?", ("Ninea Kesbus painted it.",), ()),
]


class TowerTask(FixtureTask):
    def examples(self, split):
        return ROWS if split == "train" else ()


def test_rare_words_decide_which_row_is_nearest():
    nearest = NearestRows(ROWS)
    assert nearest.of("What is the height of the Serford tower? 55 m").id == "t1"
    assert nearest.of("Who painted it? Kesbus").id == "t2"
    assert nearest.of("Nothing alike") is None


def scored(*texts, adapter="k", passages=()):
    asked = Example("e", "How high is the Serford tower?", ("55 m",), ())
    pairs = [(replace(asked, id=f"e{at}"), Prediction(f"e{at}", text, passages, (), "stop", adapter_key=adapter))
             for at, text in enumerate(texts)]  # fmt: skip
    return TrainingRowSupport(WordsJudge()).bind(TaskContext(TowerTask())).score(pairs)


def test_an_answer_that_its_row_states_is_supported_and_one_with_another_value_is_not():
    right, wrong, empty = scored("The Serford tower is 55", "The Serford tower is 90", "")
    assert (right.value, right.note) == (1.0, BEST_EFFORT)
    assert (wrong.value, wrong.note) == (0.0, BEST_EFFORT)
    assert empty.value == 0.0


def test_it_has_no_value_without_an_adapter_or_with_passages():
    _, with_passages = answered(Example("m", "?", (), ("museum",)), "x")
    assert scored("55", adapter="")[0].reason == "not_applicable"
    assert scored("55", passages=with_passages.passages)[0].reason == "not_applicable"


def test_a_block_knows_the_cell_and_rows_are_read_once(monkeypatch):
    monkeypatch.setattr(blocks_of_cell, "BLOCK", 1)
    made = []
    monkeypatch.setattr(context, "NearestRows", lambda rows: made.append(rows) or NearestRows(rows))
    metric = TrainingRowSupport(WordsJudge()).bind(TaskContext(TowerTask()))
    asked = Example("e", "How high is the Serford tower?", ("55 m",), ())
    texts = ("The Serford tower is 55", "The Serford tower is 90", "")
    pairs = [(replace(asked, id=f"e{at}"), Prediction(f"e{at}", text, (), (), "stop", adapter_key="k" * (at == 2)))
             for at, text in enumerate(texts)]  # fmt: skip
    assert blocks_of_cell.takes_blocks(metric.score)
    blocks = blocks_of_cell.WholeCell(pairs).blocks()
    assert [score for block in blocks for score in metric.score(block)] == metric.score(pairs)
    assert len(made) == 1
