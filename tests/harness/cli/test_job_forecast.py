"""What is found while the machine is measured: a plan refuses a model that cannot be loaded, all else is a figure."""

from types import SimpleNamespace

import pytest

from harness.cli import job
from harness.errors import ArmError, ModelError


@pytest.mark.parametrize(
    ("error", "dry_run", "stops"),
    [(ModelError, True, True), (ModelError, False, False), (ArmError, True, False), (ZeroDivisionError, True, False)],
)
def test_what_stops_a_plan(monkeypatch, capsys, error, dry_run, stops):
    def fails(*_):
        raise error("model x: its weights are no numbers")

    monkeypatch.setattr(job, "forecast", fails)
    planned = SimpleNamespace(run=SimpleNamespace(experiment=SimpleNamespace(dry_run=dry_run)))
    if stops:
        with pytest.raises(error, match="model x"):
            job.ExperimentJob._forecast(planned, None)
    else:
        assert "its weights are no numbers" in job.ExperimentJob._forecast(planned, None).unknown
        assert "not known beforehand" in capsys.readouterr().out
