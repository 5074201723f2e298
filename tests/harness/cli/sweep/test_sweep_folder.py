"""The folder of a sweep: what each job's state is, whoever ran it and however that ended."""

from dataclasses import replace

import pytest

from harness.cli.folders import SWEEPS
from harness.cli.sweep import job_status, sweep_folder
from harness.cli.sweep.job_status import JobStatus, WorkingProcess, read, status_file
from harness.cli.sweep.sweep_folder import InQueue, SweepRecord
from harness.errors import StoreError

HERE = WorkingProcess.current()
GONE = replace(HERE, born=HERE.born - 60)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / SWEEPS / "sweep-1"


def begun(folder, process=HERE, jobs=2, **more):
    record = SweepRecord(("seed=0,1",), "local", process, 1.0, **more)
    sweep_folder.begin(folder, record, [(f"seed={n}", "x.api_key=sk-012345678901234567") for n in range(jobs)])
    return record


def states(folder, ask=lambda names: {}):
    return [job.state for job in sweep_folder.statuses(folder, ask)]


def test_every_job_waits_from_the_beginning_and_no_file_holds_a_secret(folder):
    record = begun(folder)
    assert sweep_folder.read(folder) == record
    assert states(folder) == ["waiting", "waiting"]
    assert "sk-0" not in "".join(path.read_text() for path in folder.iterdir())
    with pytest.raises(StoreError, match=r"holds the jobs of another sweep; choose another hydra\.sweep\.dir"):
        begun(folder)


@pytest.mark.parametrize("how", ["over", "killed"])
def test_what_never_began_is_named_when_the_sweep_has_ended(folder, how):
    record = begun(folder, process=GONE if how == "killed" else HERE)
    job_status.write(JobStatus(0, ("seed=0",), "finished"), folder)
    sweep_folder.keep(folder, replace(record, over=how == "over"))
    jobs = sweep_folder.statuses(folder)
    assert [job.state for job in jobs] == ["finished", "dropped"]
    assert jobs[1].reason == "the sweep ended before it"


def test_a_job_of_the_process_that_ran_the_sweep_cannot_go_on_after_it(folder):
    record = begun(folder, jobs=1)
    job_status.write(JobStatus(0, ("seed=0",), "started", process=HERE), folder)
    assert states(folder) == ["started"]
    sweep_folder.keep(folder, replace(record, over=True))
    assert states(folder) == ["killed"]


def test_a_queue_knows_what_waits_runs_and_is_gone(folder):
    names = {str(number): f"12_{number}" for number in range(6)}
    begun(folder, jobs=6, over=True, queued=names)
    for number, state in enumerate(["waiting", "started", "waiting", "started", "finished", "waiting"]):
        job_status.write(JobStatus(number, (), state, process=replace(HERE, host="node1")), folder)
    says = {
        "12_0": InQueue(True, False, "PENDING: Resources"),
        "12_1": InQueue(True, False, "PENDING: BeginTime"),  # its node failed, and it waits for another
        "12_2": InQueue(False, False, "Slurm: CANCELLED, None, exit code 0:0"),
        "12_3": InQueue(False, False, "Slurm: OUT_OF_MEMORY, OutOfMemory, exit code 0:125"),
    }
    asked = []

    def ask(queued):
        asked.extend(queued)
        return says

    jobs = sweep_folder.settled(folder, ask)
    assert asked == ["12_0", "12_1", "12_2", "12_3", "12_5"]
    assert [job.state for job in jobs] == ["waiting", "waiting", "dropped", "killed", "finished", "waiting"]
    assert [job.reason for job in jobs[:4]] == [answer.says for answer in says.values()]
    kept = [read(status_file(folder, number)).state for number in range(6)]
    assert kept == ["waiting", "started", "dropped", "killed", "finished", "waiting"]  # what goes on stays as it was
    assert states(folder)[5] == "waiting"  # the queue does not answer: nothing is concluded from that


def test_a_job_that_ended_with_its_node_has_not_ended_while_its_queue_has_it(folder):
    names = {str(number): f"12_{number}" for number in range(5)}
    begun(folder, jobs=5, queued=names)
    for number, state in enumerate(["killed", "stopped", "killed", "finished", "failed"]):
        job_status.write(JobStatus(number, (), state, "by SIGTERM", process=HERE), folder)
    says = {
        "12_0": InQueue(True, False, "PENDING: BeginTime"),
        "12_1": InQueue(True, True, "RUNNING: None"),
        "12_2": InQueue(False, False, "Slurm: FAILED, NonZeroExitCode, exit code 1:0"),
    }
    jobs = sweep_folder.settled(folder, lambda queued: {name: says[name] for name in queued})
    assert [job.state for job in jobs] == ["waiting", "started", "killed", "finished", "failed"]
    assert [job.reason for job in jobs[:3]] == ["PENDING: BeginTime", "", "by SIGTERM"]
    assert states(folder)[:3] == ["killed", "stopped", "killed"]  # without an answer its file is what is known


def test_what_ended_while_the_queue_was_asked_was_not_killed(folder):
    begun(folder, jobs=1, queued={"0": "12_0"})
    job_status.write(JobStatus(0, (), "started", process=HERE), folder)

    def ask(names):
        job_status.note_end(folder, 0, "finished")
        return {"12_0": InQueue(False, False, "Slurm: COMPLETED")}

    assert states(folder, ask) == ["finished"]


def test_only_what_hydra_wrote_into_a_folder_of_ours_is_deleted(tmp_path):
    own, users = tmp_path / SWEEPS / "sweep-1", tmp_path / "chosen"
    for path in (own, users):
        begun(path, jobs=1)
        (path / "0").mkdir()
        (path / "multirun.yaml").write_text("of Hydra, or of the user")
        sweep_folder.forget_command_line(path)
        assert (path / "multirun.yaml").exists() == (path == users)
        sweep_folder.tidy(path)
    assert sorted(path.name for path in own.iterdir()) == ["job-0000.json", "sweep.json"]
    assert sorted(path.name for path in users.iterdir()) == ["0", "job-0000.json", "multirun.yaml", "sweep.json"]
    (own / "notes.txt").write_text("of the user")
    sweep_folder.tidy(own, everything=True)
    assert [path.name for path in own.iterdir()] == ["notes.txt"]


def test_sweeps_are_listed_newest_first(tmp_path):
    for name in ("sweep-20260101-000000-9", "sweep-20260102-000000-1"):
        begun(tmp_path / SWEEPS / name, jobs=1)
    (tmp_path / SWEEPS / "no-sweep").mkdir()
    found = [path.name for path in sweep_folder.sweep_folders(tmp_path)]
    assert found == ["sweep-20260102-000000-1", "sweep-20260101-000000-9"]
