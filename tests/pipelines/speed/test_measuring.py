"""Speeds of the tiny checkpoint: measured once, kept, and measured again where anything is different."""

from dataclasses import replace

import pytest

from harness.runner import speeds
from pipelines.speed import known, measuring
from pipelines.speed.speeds import EmbeddingSpeed, LengthCurve, ModelSpeed, StraightLine, TrainingSpeed
from tests.checkpoints.recipe import RECIPE
from tests.pipelines.arms import loaded_from


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv(speeds.CACHE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.slow
@pytest.mark.ci_slow
def test_every_figure_is_a_time(checkpoint):
    loaded = loaded_from(checkpoint, "nf4")
    trained = known.training_speed(loaded, RECIPE)
    answered = known.model_speed(loaded)
    curves = (answered.read, answered.read_alone, trained.row)
    assert all(seconds > 0 for curve in curves for _, seconds in curve.points)
    assert [length for length, _ in trained.row.points] == [48, 256, loaded.window - 1]
    assert min(answered.write.per_pass, answered.write.per_token) >= 0 < answered.write.seconds(1, 8)
    assert min(answered.load, trained.load) > 0
    assert 1.0 <= trained.adapted <= measuring.DEARER
    loaded.use("base", None)  # the base is what it was


def test_figures_are_kept_and_read_back(checkpoint, monkeypatch):
    speed = ModelSpeed(1.0, LengthCurve(((1, 0.1), (2, 0.2))), LengthCurve(((3, 0.3),)), StraightLine(0.3, 0.4))
    monkeypatch.setattr(measuring, "model_speed", lambda *_: speed)
    loaded = loaded_from(checkpoint)
    assert known.model_speed(loaded) == speed
    monkeypatch.setattr(measuring, "model_speed", lambda *_: pytest.fail("measured again"))
    assert known.model_speed(loaded) == speed


def test_another_machine_thread_or_recipe_is_measured_anew(checkpoint, monkeypatch):
    count = iter(range(1, 9))
    monkeypatch.setattr(
        measuring, "training_speed", lambda *_: TrainingSpeed(0.0, LengthCurve(((1, 1.0),)), next(count))
    )
    loaded = loaded_from(checkpoint)
    assert known.training_speed(loaded, RECIPE).adapted == 1
    assert known.training_speed(loaded, replace(RECIPE, rank=8)).adapted == 2
    assert known.training_speed(loaded, replace(RECIPE, micro_batch_size=4)).adapted == 3
    monkeypatch.setattr(speeds, "machine_key", lambda: "another processor")
    assert known.training_speed(loaded, RECIPE).adapted == 4
    monkeypatch.setattr("os.sched_getaffinity", lambda _: range(77), raising=False)
    assert known.training_speed(loaded, RECIPE).adapted == 5
    assert known.training_speed(loaded, RECIPE).adapted == 5


def test_a_cache_that_cannot_be_written_costs_nothing_but_the_next_measurement(minilm, cache, monkeypatch):
    cache.write_text("a file where the folder would be")
    monkeypatch.setattr(measuring, "embedding_speed", lambda _: EmbeddingSpeed(1.0, 2.0))
    assert known.embedding_speed(minilm) == EmbeddingSpeed(1.0, 2.0)


def test_figures_of_a_crowded_machine_are_used_and_not_kept_unless_wanted(minilm, monkeypatch):
    count = iter(range(1, 9))
    monkeypatch.setattr(measuring, "embedding_speed", lambda _: EmbeddingSpeed(1.0, next(count)))
    monkeypatch.setattr(speeds.Watch, "crowded", lambda _: True)
    monkeypatch.setattr(speeds, "_of_this_run", {})
    monkeypatch.delenv(speeds.KEEP)
    assert [known.embedding_speed(minilm).per_token for _ in range(2)] == [1, 1]  # once for all plans of a run
    monkeypatch.setattr(speeds, "_of_this_run", {})
    assert known.embedding_speed(minilm).per_token == 2  # the next run
    monkeypatch.setattr(speeds, "_of_this_run", {})
    monkeypatch.setenv(speeds.KEEP, "1")
    assert known.embedding_speed(minilm).per_token == 3
    monkeypatch.setattr(speeds, "_of_this_run", {})
    assert known.embedding_speed(minilm).per_token == 3


def test_the_embedder_has_a_speed(minilm):
    assert known.embedding_speed(minilm).per_token > 0
