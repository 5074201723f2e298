"""What a sweep says at its end."""

import os

from harness.cli.sweep_summary import Job, Sweep


def summary(*jobs):
    return Sweep(list(jobs)).summary()


def test_the_same_cell_of_two_jobs_counts_twice_and_each_is_named():
    jobs = [Job(["task=qa", f"retriever.k={k}"], {"qa/m/rag/seed=0": f"boom {k}\nmore"}) for k in (3, 5)]
    assert summary(*jobs).splitlines() == [
        "Sweep: 2 jobs; 2 cells failed (the same command tries them again):",
        "  - retriever.k=3: qa/m/rag/seed=0: boom 3",
        "  - retriever.k=5: qa/m/rag/seed=0: boom 5",
    ]


def test_a_job_that_came_to_nothing_is_a_job():
    jobs = [Job(["task=qa"], {}, "DataError: empty"), Job(["task=qb"], {"qb/m/rag/seed=0": ""})]
    head, first, second = summary(*jobs).splitlines()
    assert head.startswith("Sweep: 2 jobs; 1 job and 1 cell failed")
    assert first == "  - job task=qa: DataError: empty"
    assert second == "  - task=qb: qb/m/rag/seed=0: no reason given"


def test_a_single_job_shows_all_that_was_set():
    assert "  - task=qa, seed=1: qa/rag: x" in summary(Job(["task=qa", "seed=1"], {"qa/rag": "x"}))


def test_nothing_failed():
    sweep = Sweep([Job(["seed=0"], {}), Job(["seed=1"], {})])
    assert (sweep.summary(), sweep.failed) == ("Sweep: 2 jobs, no cell failed.", False)


def test_only_what_hydra_wrote_for_this_sweep_is_deleted(tmp_path):
    own, users = f".sweeps/sweep-{os.getpid()}", ("chosen", f"chosen/sweep-{os.getpid()}", ".sweeps/sweep-1")
    for name in (own, *users):
        (tmp_path / name / "0").mkdir(parents=True)
        (tmp_path / name / "multirun.yaml").write_text("of the user")
    for name in (own, *users):
        sweep = Sweep()
        sweep.begin(tmp_path / name)
        assert (tmp_path / name / "multirun.yaml").exists() == (name != own)  # kill -9 may come at any moment from here
        sweep.clean()
    assert not (tmp_path / own).exists()
    assert all((tmp_path / name / "multirun.yaml").is_file() for name in users)


def test_a_file_of_the_user_in_the_folder_of_a_sweep_stays(tmp_path):
    folder = tmp_path / f".sweeps/sweep-{os.getpid()}"
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_text("of the user")
    sweep = Sweep()
    sweep.begin(folder)
    sweep.clean()
    assert (folder / "notes.txt").is_file()
