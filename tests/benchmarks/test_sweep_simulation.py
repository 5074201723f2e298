"""A sweep that is simulated, against ones computed by hand."""

import json

import pytest

from benchmarks.sweep_simulation import Costs, Piece, recorded, simulated, sweep

FREE = Costs(0.0, 0.0)
QLORA = [Piece("adapter a", 100.0), Piece("predictions q", 10.0)]
HYBRID = [Piece("adapter a", 100.0), Piece("predictions h", 20.0)]


def test_cells_that_share_nothing_are_divided():
    jobs = [[Piece(f"predictions {n}", 10.0)] for n in range(16)]
    assert [simulated(jobs, workers, FREE).wall for workers in (1, 2, 16, 99)] == [160.0, 80.0, 10.0, 10.0]


def test_what_another_makes_is_waited_for_and_made_once():
    done = simulated([QLORA, HYBRID], 2, FREE)
    assert (done.wall, done.waited, done.idle) == (120.0, 100.0, 10.0)
    alone = simulated([QLORA, HYBRID], 1, FREE)
    assert (alone.wall, alone.waited, alone.idle) == (130.0, 0.0, 0.0)


def test_a_launcher_costs_a_start_of_each_job_and_hands_out_one_after_another():
    jobs = [[Piece(f"predictions {n}", 10.0)] for n in range(4)]
    assert simulated(jobs, 1, Costs(2.0, 1.0)).wall == 4 * 13.0
    assert simulated(jobs, 4, Costs(2.0, 1.0)).wall == 4 * 1.0 + 12.0
    assert simulated(jobs, 4, Costs(2.0, 1.0)).starts == 8.0


def test_seeds_share_what_is_made_of_the_documents_alone():
    cells = [[Piece("index i", 5.0), *QLORA], HYBRID]
    by_arm, by_seed = sweep(cells, 2), sweep(cells, 2, seeds_first=True)
    assert [[piece.name for piece in job] for job in by_arm] == [
        ["index i", "adapter a 0", "predictions q 0"],
        ["index i", "adapter a 1", "predictions q 1"],
        ["adapter a 0", "predictions h 0"],
        ["adapter a 1", "predictions h 1"],
    ]
    assert sorted(map(str, by_seed)) == sorted(map(str, by_arm))
    assert simulated(by_seed, 2, FREE).wall > simulated(by_arm, 2, FREE).wall


def test_recorded_cells_are_read_from_the_heads_of_records(tmp_path):
    folder = tmp_path / "qa/pocket/records"
    folder.mkdir(parents=True)
    head = {"resources": [{"kind": "adapter", "key": "a", "seconds": 3.5, "bytes": 1}]}
    (folder / "qlora,seed=0.jsonl").write_text(json.dumps(head) + "\n{}\n")
    assert recorded(tmp_path) == [[Piece("adapter a", 3.5)]]


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_the_time_of_all_workers_is_accounted_for(workers):
    done = simulated(sweep([QLORA, HYBRID], 3), workers, Costs(1.0, 0.5))
    assert done.wall * workers == pytest.approx(3 * 130.0 + done.waited + done.idle + done.starts)
    assert done.idle >= 0.0
