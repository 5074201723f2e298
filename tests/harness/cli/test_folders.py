"""Where results lie."""

from pathlib import Path

import pytest

from harness.cli.config import compose, experiment
from harness.cli.folders import LONGEST_NAME, is_reserved, is_store, result_folder, result_folders
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
    for name in ("qa/m", "qa/m/limit=5", "reference/qa/m", "store/qa/m", "runs/sweep/0", ".sweeps/x/0", "qa/.old/m"):
        (tmp_path / name / "records").mkdir(parents=True)
        (tmp_path / name / "records/base,seed=0.jsonl").touch()
    assert result_folders(tmp_path) == [tmp_path / "qa/m", tmp_path / "qa/m/limit=5"]
    assert result_folders(tmp_path / "reference") == [tmp_path / "reference/qa/m"]
    assert result_folders(tmp_path / "qa/m") == [tmp_path / "qa/m", tmp_path / "qa/m/limit=5"]


@pytest.mark.parametrize("name", ["reference", "Store", ".runs"])
def test_a_task_cannot_take_the_name_of_another_folder(name):
    assert is_reserved(name)
    with pytest.raises(ConfigError, match=f"task.name is '{name}'.*choose another than"):
        experiment(compose(["task=qa", f"task.name={name}"]))


def test_a_task_cannot_take_the_name_of_the_index():
    assert is_reserved("Index.html")


def test_the_results_of_a_task_never_lie_in_the_store(tmp_path):
    own = tmp_path / "qa/pocket"
    assert is_store(tmp_path / "qa", own)
    assert is_store(tmp_path / "qa/../qa/pocket", own)
    assert not any(is_store(store, own) for store in (tmp_path, tmp_path / "store", tmp_path / "qa/store"))
    with pytest.raises(ConfigError, match=r"store is .*mine, where the results of task mine would lie"):
        experiment(compose(["task=qa", "task.name=mine", f"results={tmp_path}", f"store={tmp_path}/mine"]))


def test_folders_without_a_name_are_refused():
    with pytest.raises(ConfigError) as refused:
        experiment(compose(["task=qa", "results=''", "store=' '"]))
    assert "results is ''; it must be a folder, e.g. results=results" in str(refused.value)
    assert "store is ' '; it must be a folder" in str(refused.value)


@pytest.mark.parametrize(
    "parts",
    [
        ("任" * 200, "m", ""),
        ("qa", "模" * 200, ""),
        ("qa", "m", f"task.instruction={'请' * 100}"),
        ("qa", "m", f"task.instruction={'请。' * 100}"),
        ("t" * 300, "m" * 300, f"task.instruction={'😀é' * 300}"),
    ],
)
def test_names_are_cut_by_bytes_and_stay_apart(parts):
    folders = {result_folder(Path("results"), *(f"{part}{end}" for part in parts)) for end in ("x", "y")}
    assert len(folders) == 2
    assert all(len(name.encode()) <= 255 for folder in folders for name in folder.parts)


def test_bytes_that_are_no_text_make_a_folder_all_the_same():
    assert folder("task.instruction=\udcff").name.startswith("task.instruction=_-")


def test_names_that_fit_stay_as_they_are():
    long, settings = "t" * 255, f"task.instruction={'请' * 79}"
    assert result_folder(Path("results"), long, "m", settings) == Path("results", long, "m", settings)
