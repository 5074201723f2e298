"""Audits of data are computed once per data, kept in the store, and land in the record."""

from dataclasses import replace

from harness.metrics.abstention import Abstention
from harness.runner import data_audits
from harness.runner.data_audits import audits_of_data, quick_flags, said
from harness.store.store import Store
from harness.tasks.labels import label_audits
from tests.harness.tasks.planted import PlantedTask

SOUND = replace(PlantedTask(), test=PlantedTask().test[:10])  # too few for the encoder


def audited(tmp_path, task=SOUND):
    return audits_of_data(task, {"abstention": Abstention()}, {}, Store(tmp_path))


def test_all_audits_in_their_order(tmp_path):
    names = [result.name for result in audited(tmp_path)]
    assert names == [
        "leakage",
        "repeated rows",
        "knowledge base",
        "evidence",
        "figures",
        "columns",
        "answerable",
        "references",
    ]
    assert all(result.seconds > 0 and not result.flag for result in audited(tmp_path))


def test_kept_by_content(tmp_path, monkeypatch):
    first = audited(tmp_path)
    counted = []
    monkeypatch.setattr(
        data_audits.labels, "label_audits", lambda task: (counted.append(task.name), label_audits(task))[1]
    )
    assert audited(tmp_path) == first
    assert counted == []
    leaking = replace(SOUND, train=SOUND.train + tuple(replace(own, id=f"t{own.id}") for own in SOUND.test))
    assert "10 of 10 test rows" in audited(tmp_path, leaking)[0].flag
    assert counted == ["planted"]


def test_what_must_be_said(tmp_path):
    assert said(audited(tmp_path)) == []


def test_a_plan_flags_what_takes_a_moment(monkeypatch):
    leaking = replace(SOUND, train=SOUND.train + tuple(replace(own, id=f"t{own.id}") for own in SOUND.test))
    assert quick_flags(SOUND) == []
    assert any("10 of 10 test rows" in flag for flag in quick_flags(leaking))
    assert quick_flags(leaking)[0].startswith("! ")
    monkeypatch.setattr(data_audits, "QUICK", 20)
    monkeypatch.setattr(data_audits, "DRAWN", 5)
    *flags, scope = quick_flags(leaking)
    assert any("10 of 10 test rows" in flag for flag in flags)
    assert f"Of {sum(map(len, (leaking.train, leaking.validation, leaking.test, leaking.documents())))} rows" in scope
    assert "nearly equal ones among 5 of each split" in scope
