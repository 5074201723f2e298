"""Where studies lie, and that their experiments are no comparisons of their own."""

from pathlib import Path

import pytest

from harness.cli.folders import rank_of_study, result_folders, study_folders, without_study_settings


def test_experiments_of_a_study_are_not_listed_and_studies_are(tmp_path):
    study = tmp_path / "qa/m/studies/labels"
    for folder in (tmp_path / "qa/m", study / "conditions/all", tmp_path / "reference/qa/m"):
        (folder / "records").mkdir(parents=True)
        (folder / "records/base,seed=0.jsonl").touch()
    (study / "study.json").touch()
    assert result_folders(tmp_path) == [tmp_path / "qa/m"]
    assert study_folders(tmp_path, "study.json") == [study]
    assert study_folders(tmp_path / "qa", "study.json") == [study]
    assert result_folders(study / "conditions") == [study / "conditions/all"]


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("study.budget=quick", []),
        ("limit=20,study.budget=quick", ["limit=20"]),
        ("arm=[base,rag],study.values.probe=[a,b]", ["arm=[base,rag]"]),
    ],
)
def test_settings_of_a_study_belong_to_no_experiment(name, settings):
    assert without_study_settings(name) == settings


def test_of_a_study_that_was_run_several_times_the_full_one_counts_then_the_one_nearest_to_the_defaults():
    runs = {
        "qa/m/studies/labels": "quick",
        "qa/m/study.budget=full/studies/labels": "full",
        "qa/m/a=[1,2],study.budget=full/studies/labels": "full",
        "qa/m/study.budget=quick/studies/labels": "",
    }
    order = sorted(runs, key=lambda one: rank_of_study(Path(one), runs[one]))
    assert order == [
        "qa/m/study.budget=full/studies/labels",
        "qa/m/a=[1,2],study.budget=full/studies/labels",
        "qa/m/studies/labels",
        "qa/m/study.budget=quick/studies/labels",
    ]
