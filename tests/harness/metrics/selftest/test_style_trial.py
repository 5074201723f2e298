"""Style match gets its known answers right, and, broken on purpose, is stopped."""

import dataclasses

import numpy as np
import pytest

from harness.errors import MetricError
from harness.metrics.context import TaskContext
from harness.metrics.selftest.check import faults, try_metrics
from harness.metrics.selftest.fixture import DOCUMENTS, FixtureTask
from harness.metrics.style import scale
from harness.metrics.style.anchors import FEWEST_REFERENCES
from harness.metrics.style.encoder import StyleEncoder
from harness.metrics.style_match import StyleMatch
from harness.types import Document, Score


def broken(score):
    """The metric with another way to score."""
    return dataclasses.make_dataclass("Broken", [], bases=(StyleMatch,), frozen=True, namespace={"score": score})(None)


def test_the_shipped_metric_is_right():
    assert faults(StyleMatch(None)) == []


def test_the_fixture_has_enough_references():
    assert len({one.references for one in FixtureTask().examples("train")}) >= FEWEST_REFERENCES


def test_its_scale_is_fitted_once_for_all_known_answers():
    scale.fitted.cache_clear()
    try_metrics({"style_match": StyleMatch(None)})
    used = scale.fitted.cache_info()
    assert used.misses <= 2  # a context of its own for each of the two times that they are scored
    assert used.hits > used.misses


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_a_constant_is_stopped(value):
    constant = broken(lambda self, pairs: [Score(e.id, self.name, value) for e, _ in pairs])
    assert any(one.startswith(("perfect", "wrong")) for one in faults(constant))


def test_a_swallowed_error_is_stopped():
    gone = broken(lambda self, pairs: [Score(e.id, self.name, None, "not_applicable") for e, _ in pairs])
    assert "no value (not_applicable)" in faults(gone)[0]
    assert "gave 0 scores" in faults(broken(lambda self, pairs: []))[0]


def test_a_crash_is_reported_with_the_metrics_name():
    def crash(self, pairs):
        raise ZeroDivisionError("oops")

    with pytest.raises(MetricError, match="style_match: raised ZeroDivisionError: oops"):
        try_metrics({"style_match": broken(crash)})


def test_a_turned_scale_is_stopped():
    def turned(self, pairs):
        return [dataclasses.replace(one, value=1 - one.value) for one in StyleMatch.score(self, pairs)]

    assert any(one.startswith("perfect") for one in faults(broken(turned)))


class Swapped(FixtureTask):
    """The references are plain and the documents in style."""

    def examples(self, split):
        plain = {one.id: one.text for one in super().documents()}
        return [dataclasses.replace(one, references=(plain[one.id],)) for one in super().examples(split)]

    def documents(self):
        return [*DOCUMENTS, *(Document(one.id, "", one.references[0]) for one in super().examples("train"))]


def test_swapped_ends_are_stopped():
    kind = dataclasses.make_dataclass(
        "Turned", [], bases=(StyleMatch,), frozen=True,
        namespace={"bind": lambda self, context: StyleMatch.bind(self, TaskContext(Swapped()))},
    )  # fmt: skip
    assert {"perfect: a text in the reference style", "wrong: a generic text of the same content"} <= {
        one.rpartition(": ")[0] for one in faults(kind(None))
    }


def test_a_metric_that_forgets_its_task_is_stopped():
    kind = dataclasses.make_dataclass(
        "Forgetful", [], bases=(StyleMatch,), frozen=True, namespace={"bind": lambda self, context: self}
    )
    assert "is not bound to a task" in faults(kind(None))[0]


class Blind(StyleEncoder):
    """An embedding for which all texts are the same."""

    def rows(self, texts):
        return np.full((len(texts), 4), 0.5)


class Marks(StyleEncoder):
    """An embedding that sees signs and length."""

    def rows(self, texts):
        rows = [[one.count("!"), one.count("'"), one.count(":"), one.count("."), 1.0] for one in texts]
        found = np.array(rows, dtype=float)
        return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_the_embedding_is_tried_as_well():
    assert faults(StyleMatch(Marks("signs", "", 8, "cpu"))) == []
    assert "does not differ enough from their sources'" in faults(StyleMatch(Blind("blind", "", 8, "cpu")))[0]


class Batched(Marks):
    """As of a model: what else is in the batch shows in the last digits."""

    def rows(self, texts):
        return super().rows(texts) + 1e-7 * len(texts[0])


def test_the_last_digits_of_a_model_stop_nothing():
    assert faults(StyleMatch(Batched("signs", "", 8, "cpu"))) == []
