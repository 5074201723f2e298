"""Studies from the command line: what a dry run says, for every task and for what makes no sense."""

import json
import re
import shutil

import pytest

from harness.cli import api
from harness.cli.reference import renew
from harness.errors import ConfigError
from tests.command_line import harness
from tests.configurations import NAMES, nodes
from tests.layers import ROOT


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A task with two documents, pairs and a model that is never loaded."""
    folder = tmp_path_factory.mktemp("doors")
    rows = {"train": 8, "validation": 2, "test": 4}
    for split, count in rows.items():
        lines = [
            {"id": f"{split}{n}", "input": f"Which colour is door {n} of the {split}?", "references": [f"colour{n}"],
             "evidence": [f"page{n % 2}"]}
            for n in range(count)
        ]  # fmt: skip
        (folder / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in lines))
    pages = [{"id": f"page{n}", "title": f"Door {n}", "text": f"Door {n} is colour{n}."} for n in range(2)]
    (folder / "documents.jsonl").write_text("".join(json.dumps(page) + "\n" for page in pages))
    return folder


@pytest.fixture(scope="module")
def run(folder, checkpoint, tmp_path_factory):
    results = tmp_path_factory.mktemp("results")

    def command(*overrides):
        given = ["task=jsonl", f"task.dir={folder}", "task.max_new_tokens=4", "model=local", f"model.path={checkpoint}"]
        flags = [line for line in overrides if line == "-m"]
        keys = [line for line in overrides if line != "-m"]
        return harness(*flags, *given, f"results={results}", f"store={results}/store", *keys)

    return command


@pytest.mark.parametrize("name", [name for name in NAMES["study"] if name != "none"])
def test_every_study_has_controls_and_says_what_it_cannot_show(name):
    node = nodes()[f"study/{name}"]
    assert node["name"] == name
    assert node["controls"]
    assert node["cannot"]
    assert node["quick"]["says"]


def test_with_one_model_it_says_how_many_are_missing_and_how_to_name_them(run):
    done = run("study=model_size", "study.budget=quick", "dry_run=true")
    assert done.returncode != 0
    words = "it compares 2 at least and is given model=pocket alone: 1 more must be named, by "
    assert f"{words}study.values.model=[pocket, …]" in " ".join(done.stderr.split())


def test_model_size_names_only_models_that_can_be_had():
    """Each has its file of settings, and one that is shipped lies in models: pocket_small is named once it is there."""
    names = nodes()["study/model_size"]["values"]["model"]
    assert set(names) <= set(NAMES["model"])
    shipped = [name for name in names if name.startswith("pocket")]
    assert shipped
    assert all((ROOT / "models" / name / "config.json").is_file() for name in shipped)


def test_a_dry_run_lists_conditions_and_runs_nothing(run):
    done = run("study=robustness", "study.budget=quick", "arm=[base,rag]", "dry_run=true")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^clean +base, rag", done.stdout, re.MULTILINE)
    assert re.search(r"^typos in 100 % of the words, draw 0 +rag  ", done.stdout, re.MULTILINE)
    assert "of 9 conditions to run" in done.stdout


@pytest.mark.parametrize(
    ("name", "conditions"),
    [
        ("robustness", ["right passage first", "right passage in the middle", "right passage last"]),
        ("hallucination", ["0 % distractors", "50 % distractors", "75 % distractors", "100 % distractors"]),
        ("attribution", ["support removed, prompt.cite=true", "another removed, prompt.cite=true"]),
    ],
)
def test_changes_of_passages_ask_the_arms_that_search(run, name, conditions):
    done = run(f"study={name}", "arm=[base,rag]", "dry_run=true")
    assert done.returncode == 0, done.stderr
    for condition in conditions:
        assert re.search(rf"^{re.escape(condition)} +rag  ", done.stdout, re.MULTILINE), done.stdout


def test_without_evidence_robustness_goes_on_and_says_what_it_leaves_out(folder, run, tmp_path):
    own = shutil.copytree(folder, tmp_path / "own")
    rows = [json.loads(line) for line in (own / "test.jsonl").read_text().splitlines()]
    (own / "test.jsonl").write_text("".join(json.dumps({**row, "evidence": []}) + "\n" for row in rows))
    done = run("study=robustness", "arm=[base,rag]", f"task.dir={own}", "dry_run=true")
    assert done.returncode == 0, done.stderr
    left_out = (
        "Left out under right passage first, right passage in the middle, right passage last: rag: no test question"
    )
    assert left_out in done.stdout
    assert re.search(r"^right passage last +– +– +–", done.stdout, re.MULTILINE)


def test_arms_are_judged_by_the_data_of_a_condition_that_its_settings_need(folder, run, tmp_path):
    """The filter asks for metadata that the restricted documents of the study have, and the task itself has not."""
    own = shutil.copytree(folder, tmp_path / "own")
    page = {"id": "pay", "title": "Pay", "text": "Door 7 cost 3150 crowns."}
    (own / "documents_restricted.jsonl").write_text(json.dumps(page) + "\n")
    asked = [{"id": f"p{n}", "input": f"What did door {n} cost?", "references": ["3150"], "evidence": ["pay"]}
             for n in range(4)]  # fmt: skip
    (own / "questions_restricted.jsonl").write_text("".join(json.dumps(one) + "\n" for one in asked))
    done = run("study=privacy", "study.budget=quick", f"task.dir={own}", "dry_run=true")
    assert done.returncode == 0, done.stderr
    behind = r"^restricted, direct, in the index, not trained on, retriever\.allow=\{access: public\}, draw 0 +rag +– "
    assert re.search(behind, done.stdout, re.MULTILINE), done.stdout
    assert "Left out" not in done.stdout


def test_a_study_becomes_part_of_the_reference(folder, checkpoint, tmp_path):
    given = ["task=jsonl", f"task.dir={folder}", "task.max_new_tokens=4", "model=local", f"model.path={checkpoint}"]
    study = ["study=robustness", "study.budget=quick", "arm=[base]", f"results={tmp_path}/results"]
    reference = tmp_path / "reference"
    made = renew([*given, *study, f"store={tmp_path}/store"], reference)
    own = tmp_path / "results" / made.relative_to(reference)
    assert (made / "table.md").read_text() == (own / "table.md").read_text()
    assert {path.relative_to(made) for path in made.rglob("*.jsonl")} == {
        path.relative_to(own) for path in own.rglob("*.jsonl")
    }
    (made / "conditions/gone").mkdir()
    assert renew([*given, *study, f"store={tmp_path}/store"], reference) == made
    assert not (made / "conditions/gone").exists()


@pytest.mark.slow
@pytest.mark.ci_slow
def test_a_sweep_over_studies_says_which_do_not_apply_and_does_not_fail(run):
    done = run("-m", "study=labels,update,model_size", "study.budget=quick", "arm=[base,qlora]", "dry_run=true")
    assert done.returncode == 0, done.stderr
    last = done.stdout[done.stdout.index("Sweep:") :]
    assert "no cell failed" in last
    assert "study=update does not apply: study update" in last
    assert "documents_next" in last
    assert "study=model_size does not apply" in last
    assert "study.values.model=[pocket, …]" in last


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("study.budget=quik", "study.budget is 'quik'; it must be one of quick, full; did you mean quick?"),
        ("study=lables", "did you mean labels?"),
        ("study.controls=[]", "study: controls is []"),
        ("study=none", "study.budget=quick is of a study, and none is chosen; name one, e.g. study=labels"),
    ],
)
def test_what_is_wrong_is_named_by_its_key(run, override, words):
    given = [] if override.startswith("study=") else ["study=labels"]
    budget = ["study.budget=quick"] if override == "study=none" else []
    done = run(*given, override, *budget, "arm=[base]", "dry_run=true")
    assert done.returncode == 2
    assert words in done.stderr


def test_the_python_api_runs_one_experiment_and_says_how_to_run_a_study():
    with pytest.raises(ConfigError, match="make study study=labels runs them"):
        api.plan("study=labels", "task=qa")
