"""Where results lie."""

from pathlib import Path

import pytest

from harness.cli.config import compose, experiment
from harness.cli.folders import LONGEST_NAME, is_reserved, result_folder, result_folders
from harness.errors import ConfigError


def folder(settings):
    return result_folder(Path("results"), "qa", "m", settings)


def test_settings_that_differ_have_folders_that_differ():
    odd = [f"task.instruction=A{end}" for end in ("?", "!", "_", "/", "?!")]
    assert len({folder(settings) for settings in odd}) == len(odd)
    assert folder("retriever.k=8,limit=5") == Path("results/qa/m/retriever.k=8,limit=5")
    assert folder("") == Path("results/qa/m")
    long = [f"task.instruction={'a' * 200}{end}" for end in "xy"]
    assert len({folder(settings) for settings in long}) == 2
    assert all(len(folder(settings).name) <= LONGEST_NAME for settings in [*long, "é?" * 100])


def test_the_reference_and_the_store_are_not_among_the_results_of_a_user(tmp_path):
    for name in ("qa/m", "qa/m/limit=5", "reference/qa/m", "store/qa/m", "runs/sweep/0"):
        (tmp_path / name / "records").mkdir(parents=True)
        (tmp_path / name / "records/base,seed=0.jsonl").touch()
    assert result_folders(tmp_path) == [tmp_path / "qa/m", tmp_path / "qa/m/limit=5"]
    assert result_folders(tmp_path / "reference") == [tmp_path / "reference/qa/m"]
    assert result_folders(tmp_path / "qa/m") == [tmp_path / "qa/m", tmp_path / "qa/m/limit=5"]


@pytest.mark.parametrize("name", ["reference", "Store", ".runs"])
def test_a_task_cannot_take_the_name_of_another_folder(name):
    assert is_reserved(name)
    with pytest.raises(ConfigError, match=f"task.name is '{name}'.*choose another name"):
        experiment(compose(["task=qa", f"task.name={name}"]))
