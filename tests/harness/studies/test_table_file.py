"""A study's table as data: read as it was written while study and records are the same, and not otherwise."""

import dataclasses

import numpy as np
import pytest

from harness.analysis.result import Figure, Note, Section, SectionColumn
from harness.store.records import records
from harness.studies import files, table_file
from harness.studies.files import Answered, ConditionEntry, StudyFile
from harness.studies.table import StudyTable
from tests.harness.reports.html.made_records import make_record

BELOW = "conditions/clean"


@pytest.fixture
def study(tmp_path):
    entry = ConditionEntry("clean", "clean", 0, {}, (Answered("base", 0, BELOW),))
    node = {"name": "robustness", "budget": "quick", "quick": {"says": "few"}}
    files.write(StudyFile(node, "qa", "m", (entry,), 1), tmp_path)
    records.write(make_record("base"), tmp_path / BELOW / "records/base,seed=0.jsonl")
    return tmp_path


def table(value=0.5):
    rows = (("clean", Figure(value, 0.1, 0.9, 7, np.bool_(True)), None), ("odd", "a text", Figure(1.0)))
    section = Section("means", "Means", (SectionColumn("condition"), SectionColumn("base", "share", 3)), rows)
    return StudyTable("Study", "Why?", ("so",), (section,), (Note("Topic", "text"),), False)


def test_a_table_is_read_as_it_was_written(study):
    table_file.write(table(1 / 3), study)
    assert table_file.read(study, files.read(study)) == table(1 / 3)


def test_what_is_not_there_or_damaged_or_of_another_form_is_none(study):
    assert table_file.read(study, files.read(study)) is None
    table_file.write(table(), study)
    path = study / table_file.FILE
    good = path.read_text()
    for bad in (good[:-20], good.replace('"format": 1', '"format": 2'), "[]", good.replace('"question"', '"quest"')):
        path.write_text(bad)
        assert table_file.read(study, files.read(study)) is None


def test_another_record_or_another_study_makes_it_another_table(study):
    table_file.write(table(), study)
    record = make_record("base")
    answers = tuple(dataclasses.replace(one, text=f"{one.text}!") for one in record.predictions)
    records.write(dataclasses.replace(record, predictions=answers), study / BELOW / "records/base,seed=0.jsonl")
    assert table_file.read(study, files.read(study)) is None
    table_file.write(table(), study)
    assert table_file.read(study, files.read(study)) == table()
    files.write(dataclasses.replace(files.read(study), planned=2), study)
    assert table_file.read(study, files.read(study)) is None


def test_scores_are_read_without_answers_and_anew_when_a_record_changes(study):
    data, unreadable = files.load_scores(study, files.read(study))
    (record,) = data.records("clean", "base")
    whole = files.load(study, files.read(study), None)[0].records("clean", "base")[0]
    assert whole.predictions
    assert record == dataclasses.replace(whole, predictions=(), judgements=(), evidence=())
    assert not unreadable
    path = study / BELOW / "records/base,seed=0.jsonl"
    records.write(dataclasses.replace(whole, fingerprint="other"), path)
    assert files.load_scores(study, files.read(study))[0].records("clean", "base")[0].fingerprint == "other"
    path.write_text(path.read_text().replace('"sha256":"', '"sha256":"0'))
    assert "checksum" in files.load_scores(study, files.read(study))[1][0]


def test_budget_and_what_it_cannot_tell_are_the_study_s_own(study):
    assert (files.read(study).budget, files.read(study).says) == ("quick", "few")
