"""What a sweep says at its end, from the states of its jobs."""

import pytest

from harness.cli.sweep.job_status import JobStatus
from harness.cli.sweep.summary import SweepSummary


def job(overrides, state="finished", **more):
    return JobStatus(0, tuple(overrides), state, **more)


def failed(overrides, cells):
    return job(overrides, "failed", failures=cells)


def summary(*jobs):
    return str(SweepSummary(jobs))


def test_the_same_cell_of_two_jobs_counts_twice_and_each_is_named():
    jobs = [failed(["task=qa", f"retriever.k={k}"], {"qa/m/rag/seed=0": f"boom {k}\nmore"}) for k in (3, 5)]
    assert summary(*jobs).splitlines() == [
        "Sweep: 2 jobs; 2 cells failed (the same command tries them again):",
        "  - retriever.k=3: qa/m/rag/seed=0: boom 3",
        "  - retriever.k=5: qa/m/rag/seed=0: boom 5",
    ]


@pytest.mark.parametrize("state", ["refused", "failed"])
def test_a_job_that_came_to_nothing_is_a_job(state):
    jobs = [job(["task=qa"], state, reason="DataError: empty"), failed(["task=qb"], {"qb/m/rag/seed=0": ""})]
    head, first, second = summary(*jobs).splitlines()
    assert head.startswith("Sweep: 2 jobs; 1 job and 1 cell failed")
    assert first == "  - job task=qa: DataError: empty"
    assert second == "  - task=qb: qb/m/rag/seed=0: no reason given"


def test_a_single_job_shows_all_that_was_set():
    assert "  - task=qa, seed=1: qa/rag: x" in summary(failed(["task=qa", "seed=1"], {"qa/rag": "x"}))


def test_nothing_failed():
    sweep = SweepSummary([job(["seed=0"]), job(["seed=1"])])
    assert (str(sweep), sweep.failed, sweep.unfinished) == ("Sweep: 2 jobs, no cell failed.", False, False)


def test_killed_stopped_and_never_begun_jobs_are_failures_each_with_its_reason():
    states = {"killed": "by SIGKILL", "stopped": "by Ctrl-C", "dropped": "the sweep ended before it"}
    jobs = [job([f"seed={n}"], state, reason=why) for n, (state, why) in enumerate(states.items())]
    sweep = SweepSummary([*jobs, job(["seed=3"])])
    assert sweep.failed
    assert str(sweep).splitlines() == [
        "Sweep: 4 jobs; 1 job killed; 1 job stopped; 1 job never begun (the same command tries them again):",
        "  - job seed=0 was killed: by SIGKILL",
        "  - job seed=1 was stopped: by Ctrl-C",
        "  - job seed=2 never began: the sweep ended before it",
    ]


def test_a_sweep_that_goes_on_says_so_and_has_not_failed_yet():
    sweep = SweepSummary([job(["seed=0"]), job(["seed=1"], "started"), job(["seed=2"], "waiting")])
    assert (sweep.failed, sweep.unfinished) == (False, True)
    assert str(sweep) == "Sweep: 3 jobs; 1 under way; 1 waiting, no cell failed so far."


def test_a_job_that_does_not_apply_is_named_and_no_failure():
    sweep = SweepSummary([job(["study=a"]), job(["study=b"], "skipped", reason="no documents")])
    assert not sweep.failed
    assert str(sweep).splitlines()[1] == "  - study=b does not apply: no documents"
