"""make claims: every claim has a row for every task and model, whatever was run; bad claims are named all at once."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from harness.cli import claim_sources, claims, decide, index, study_tables
from harness.cli.config import REFERENCE, ROOT, compose, costing
from harness.errors import ConfigError, StoreError
from harness.store.records import records
from harness.studies import files as study_files
from harness.studies.files import Answered, ConditionEntry, StudyFile
from harness.types import Cell
from tests.configurations import nodes
from tests.harness.reports.html.made_records import make_record
from tests.harness.studies.claim_evidence import timed

ARMS = ("base", "rag", "qlora", "hybrid")


@pytest.fixture(scope="module")
def money():
    return costing(compose([]))


def save(folder, arms=ARMS, task="qa", model="pocket"):
    for arm in arms:
        record = timed(make_record(arm, cell=Cell(task, model, arm, 0), spec={"given": [f"task={task}"]}))
        records.write(record, folder / "records" / f"{arm},seed=0.jsonl")


def save_study(folder, name="hallucination", budget="full"):
    """A study whose control fails: no prompt shows a planted document."""
    node = {**nodes()[f"study/{name}"], "budget": budget}
    place = folder / "studies" / name
    conditions = [("as it is", {"change": "as it is"}), ("unknown things", {"change": "unknown things"})]
    entries = []
    for label, settings in conditions:
        below = f"conditions/{label.replace(' ', '_')}"
        save(place / below, ("base", "rag", "qlora"))
        answered = tuple(Answered(arm, 0, below) for arm in ("base", "rag", "qlora"))
        entries.append(ConditionEntry(label, label, 0, settings, answered))
    study_files.write(StudyFile(node, "qa", "pocket", tuple(entries), 2), place)


@pytest.fixture(scope="module")
def written(tmp_path_factory, money):
    root = tmp_path_factory.mktemp("results")
    save(root / "qa/pocket")
    save(root / "qa/pocket/retriever.k=8", ("base", "rag"))
    save(root / "notes/large", ("base", "rag"), "notes", "large")
    save_study(root / "qa/pocket")
    return root, claims.write(root, money)


def rows(root):
    return list(csv.DictReader((root / "claims.csv").read_text().splitlines()))


def test_the_shipped_claims_are_c1_to_c23():
    found = claims.claims()
    assert [one.id for one in found] == [f"C{number}" for number in range(1, 24)]
    assert all(part.reason and part.scope.why for one in found for part in one.parts)


def test_every_claim_has_a_row_for_every_task_and_model(written):
    root, done = written
    whole = [row for row in rows(root) if not row["part"]]
    assert len(whole) == 2 * 23
    assert {(row["task"], row["model"]) for row in whole} == {("qa", "pocket"), ("notes", "large")}
    assert all(row["verdict"] for row in whole)
    assert [len(one.rows) for one in done.ledgers] == [23, 23]


def test_what_is_not_tested_names_the_command_that_would(written):
    root, _ = written
    lacking = [row for row in rows(root) if row["verdict"] == "not tested" and row["part"]]
    assert lacking
    assert all(row["command"].startswith(("make study study=", "make experiment ", "make decide ")) or
               any(why in row["open"] for why in ("column slice", "exactly 0", "records", "nothing to lose"))
               for row in lacking), [row for row in lacking if not row["command"]]  # fmt: skip


def test_numbers_are_decided_and_link_the_table_behind_them(written):
    root, _ = written
    measured = [row for row in rows(root) if not row["part"] and row["read_from"] != "decision"]
    decided = {row["claim"]: row for row in measured if row["verdict"] in ("supported", "refuted")}
    assert decided
    for row in decided.values():
        assert row["table"].partition("#")[0] in ("qa/pocket/details.md", "notes/large/details.md"), row


def test_a_failed_control_withholds_what_its_study_would_say(written):
    root, _ = written
    (part,) = [row for row in rows(root) if (row["task"], row["claim"], row["part"]) == ("qa", "C4", "3")]
    assert part["verdict"] == "not tested"
    assert part["open"].startswith("not tested: the control failed")


def test_other_settings_have_a_ledger_only_when_asked_for(written, tmp_path, money):
    root, done = written
    assert done.left_out == ("qa/pocket/retriever.k=8",)
    assert "retriever.k=8" in (root / "claims.md").read_text()
    save(tmp_path / "qa/pocket/retriever.k=8", ("base", "rag"))
    assert claims.write(tmp_path, money).left_out == ()  # there is nothing else of this task and model
    save(tmp_path / "qa/pocket", ("base", "rag"))
    assert len(claims.write(tmp_path, money, every=True).ledgers) == 2


@pytest.mark.parametrize(
    ("folder", "base"),
    [
        ("qa/pocket", "qa/pocket"),
        ("qa/pocket/study.budget=quick", "qa/pocket"),
        ("qa/pocket/retriever.k=8", "qa/pocket/retriever.k=8"),
        ("qa/pocket/retriever.k=8,study.budget=quick", "qa/pocket/retriever.k=8"),
        ("qa/pocket/study.values.model=[small,large]", "qa/pocket"),
    ],
)
def test_settings_of_a_study_change_nothing_of_its_experiment(folder, base):
    assert claim_sources.without_study(Path(folder)) == Path(base)


def test_a_quick_study_counts_until_there_is_a_full_one(tmp_path, money):
    save(tmp_path / "qa/pocket", ("base", "rag"))
    save_study(tmp_path / "qa/pocket/study.budget=quick", budget="quick")
    (place,) = claim_sources.places(tmp_path)
    assert claim_sources.evidence(tmp_path, place, money, []).studies["hallucination"].budget == "quick"
    save_study(tmp_path / "qa/pocket")
    (place,) = claim_sources.places(tmp_path)
    studies = claim_sources.evidence(tmp_path, place, money, []).studies
    assert (studies["hallucination"].budget, studies["hallucination"].says) == ("full", "")


def test_the_full_study_counts_for_claims_and_cards_alike(tmp_path, money):
    """Whatever is beside the experiment: of several with the same budget the one with the fewest settings."""
    save(tmp_path / "qa/pocket", ("base", "rag"))
    save_study(tmp_path / "qa/pocket", budget="quick")
    save_study(tmp_path / "qa/pocket/limit=5,study.levels=2")  # of another experiment
    save_study(tmp_path / "qa/pocket/study.levels=2,study.metric=em")
    save_study(tmp_path / "qa/pocket/study.levels=3")
    (place,) = [one for one in claim_sources.places(tmp_path) if not one.settings]
    (study,) = claim_sources.evidence(tmp_path, place, money, []).studies.values()
    assert study.folder.as_posix() == "qa/pocket/study.levels=3/studies/hallucination"
    assert decide.study_folders(tmp_path / "qa/pocket", ["hallucination"]) == {"hallucination": tmp_path / study.folder}


def test_of_a_study_the_written_table_is_read_until_a_record_changes(tmp_path, money, monkeypatch):
    """What it takes to make the table anew (measures, an encoder) is not spent again."""
    save(tmp_path / "qa/pocket", ("base", "rag"))
    save_study(tmp_path / "qa/pocket")
    folder = tmp_path / "qa/pocket/studies/hallucination"
    table = study_tables.write(folder)
    (place,) = claim_sources.places(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(study_tables, "opened", lambda folder: pytest.fail("made anew"))
        study = claim_sources.evidence(tmp_path, place, money, []).studies["hallucination"]
    assert (study.table, study.name, study.budget) == (table, "hallucination", "full")
    record = next(folder.glob("conditions/*/records/*.jsonl"))
    record.write_text(record.read_text().replace('"sha256":"', '"sha256":"0'))
    broken: list[str] = []
    assert "checksum" in " ".join(
        note.text
        for note in claim_sources.evidence(tmp_path, place, money, broken).studies["hallucination"].table.notes
    )


def test_the_committed_ledgers_need_no_model_and_say_what_is_committed():
    """A process of its own: what another test has imported does not count."""
    script = (
        "import json, sys\n"
        "from harness.cli import claim_sources as sources, claims\n"
        "from harness.cli.config import REFERENCE, compose, costing\n"
        "from harness.studies.claims.ledger import ledger_of\n"
        "money, wanted, broken = costing(compose([])), claims.claims(), []\n"
        "places = sources.defaults(sources.places(REFERENCE))\n"
        "ledgers = [ledger_of(wanted, sources.evidence(REFERENCE, one, money, broken)) for one in places]\n"
        "rulings = [[one.task, row.claim.id, row.ruling] for one in ledgers for row in one.rows]\n"
        "print(json.dumps([rulings, sorted(sys.modules), broken]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    rulings, modules, broken = json.loads(done.stdout)
    assert not {"torch", "transformers", "sentence_transformers", "onnxruntime", "faiss"} & set(modules)
    assert not broken
    assert rulings == [[row["task"], row["claim"], row["verdict"]] for row in rows(REFERENCE) if not row["part"]]


def test_at_least_twenty_claims_are_decided_or_undecided_by_the_committed_data():
    """Each has a row for every task; what nobody has tested, or does not apply, does not count."""
    verdicts = ("supported", "refuted", "undecided")
    by_data = {row["claim"] for row in rows(REFERENCE) if not row["part"] and row["verdict"] in verdicts}
    assert len(by_data) >= 20, sorted(by_data)


def test_at_least_twenty_claims_have_a_number_in_the_committed_data():
    """With those that are provisional: of adapters that quick studies trained on a part of the rows."""
    whole = [row for row in rows(REFERENCE) if not row["part"]]
    tasks = {row["task"] for row in whole}
    assert len(whole) == 23 * len(tasks) == 23 * 3
    by_data = {row["claim"] for row in whole if row["verdict"] in ("supported", "refuted", "undecided")}
    provisional = {row["claim"] for row in whole if row["verdict"] == "provisional"}
    assert len(by_data) >= 16, sorted(by_data)
    assert len(by_data | provisional) >= 20, sorted(by_data | provisional)


def test_the_pages_say_that_pocket_is_an_invented_world_and_link_within(written):
    root, _ = written
    page = (root / "claims.html").read_text()
    assert "invented world" in page
    anchors = set(re.findall(r'id="(C\d+-\d)"', page))
    assert set(re.findall(r'href="#(C\d+-\d)"', page)) == anchors
    assert len(anchors) == 46
    assert "<script" not in page


def test_the_index_links_the_claims_where_they_are(written, monkeypatch):
    root, _ = written
    monkeypatch.setattr("harness.reports.html.report.Html.page", lambda self, table, arms: table.title)
    path, _ = index.write(root, [])
    assert 'href="./claims.html"' in path.read_text()
    (root / "claims.html").unlink()
    assert "claims.html" not in index.write(root, [])[0].read_text()


def test_no_results_are_an_error(tmp_path, money):
    with pytest.raises(StoreError, match="holds no results; run an experiment first"):
        claims.write(tmp_path, money)


def test_results_that_cannot_be_read_are_named_and_the_others_stay(tmp_path, money):
    save(tmp_path / "qa/pocket", ("base", "rag"))
    save(tmp_path / "faq/pocket", ("base",))
    (tmp_path / "faq/pocket/records/base,seed=0.jsonl").write_text("{}")
    done = claims.write(tmp_path, money)
    assert len(done.ledgers) == 1
    assert done.broken
    assert done.broken[0].startswith("faq/pocket: ")


def test_all_mistakes_in_claims_are_named_at_once(tmp_path):
    good = yaml.safe_load((claims.CLAIMS / "C22.yaml").read_text())
    part = {**good["parts"][0], "direction": "equal", "margin": -1, "reason": ""}
    bad = {**good, "id": "X", "version": 2, "date": "yesterday"}
    for name, node in {"a": good, "b": good, "c": bad, "e": {**good, "parts": [part]}}.items():
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(node))
    (tmp_path / "d.yaml").write_text("title: a: b")
    with pytest.raises(ConfigError) as raised:
        claims.claims(tmp_path)
    text = str(raised.value)
    for said in (
        "b.yaml.id is C22, which another file has as well",
        "c.yaml: id is 'X'; it must be C and a number: C24",
        "version is 2, and changes lists []; it must list [2]",
        "date is 'yesterday'; it must be year-month-day",
        "e.yaml.parts[0]: margin is -1; of direction equal it must be above 0",
        "e.yaml.parts[0]: reason is empty",
        "d.yaml cannot be read as yaml: line 1",
    ):
        assert said in text, text


def test_a_changed_margin_is_shown(tmp_path, money, monkeypatch):
    node = yaml.safe_load((claims.CLAIMS / "C22.yaml").read_text())
    change = {
        "version": 2,
        "date": "2027-01-31",
        "reason": "margin of both parts from .1 to .05: answers are reviewed anyway",
    }
    (tmp_path / "claims").mkdir()
    (tmp_path / "claims/C22.yaml").write_text(
        yaml.safe_dump({**node, "version": 2, "date": "2027-01-31", "changes": [change]})
    )
    monkeypatch.setattr(claims, "claims", lambda read=claims.claims: read(tmp_path / "claims"))
    save(tmp_path / "results/qa/pocket", ("base", "rag"))
    claims.write(tmp_path / "results", money)
    for name in ("claims.md", "claims.html"):
        assert "C22, version 2 of 2027-01-31: margin of both parts" in (tmp_path / "results" / name).read_text()
    assert rows(tmp_path / "results")[0]["version"] == "2"


def test_csv_is_what_the_ledger_holds(written):
    root, done = written
    first = next(one for ledger in done.ledgers for one in ledger.rows if (ledger.task, one.claim.id) == ("qa", "C16"))
    (row,) = [one for one in rows(root) if (one["task"], one["claim"], one["part"]) == ("qa", "C16", "1")]
    effect = first.parts[0].effect
    assert float(row["effect"]) == effect.value
    assert (row["kind"], row["verdict"], row["low"]) == ("exact", first.parts[0].ruling, "")
    assert json.loads(row["margin"]) == first.claim.parts[0].margin
