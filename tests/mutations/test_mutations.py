"""The list of mutations fits the present code, and what a run shows is read as a user reads it.

The campaign itself is `make test-mutations`. Where a searched text has gone or become ambiguous, the code has moved on:
choose another short text at the place where the fault belongs.
"""

import ast
import json
import shutil
from collections import Counter

import pytest
import yaml

from harness.store.spec import file_sha256
from tests.mutations import checkout, own_data, report, stores
from tests.mutations.campaign import FAILED_TEST, MISSED, RUNNING, TESTED, Outcome, noticed
from tests.mutations.catalogue import all_mutations, data, settings
from tests.mutations.checkout import ROOT, Seen
from tests.mutations.mutation import EXPERIMENTS, Mutation, edited

ALL = list(all_mutations())


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "datasets/qa", folder / "datasets/qa")
    own_data.write(folder)
    return folder


def test_there_are_many_of_every_kind_each_with_a_name_of_its_own():
    assert len(ALL) >= 44
    assert [name for name, count in Counter(one.id for one in ALL).items() if count > 1] == []
    assert min(Counter(one.category for one in ALL).values()) >= 5
    assert {one.experiment for one in ALL} | {one.other for one in ALL if one.other} == set(EXPERIMENTS)
    assert all(one.edits or one.change or one.tamper for one in ALL)


def test_every_searched_text_occurs_once_and_the_broken_file_still_parses():
    astray = []
    for mutation in ALL:
        broken: dict[str, str] = {}
        for edit in mutation.edits:
            text = broken.get(edit.path) or (ROOT / edit.path).read_text(encoding="utf-8")
            try:
                broken[edit.path] = edit.broken(text)
            except ValueError as error:
                astray.append(f"{mutation.id}: {error}")
        for path, text in broken.items():
            ast.parse(text) if path.endswith(".py") else path.endswith(".yaml") and yaml.safe_load(text)
    assert astray == []


@pytest.mark.parametrize("mutation", [one for one in ALL if one.category == data.WHAT], ids=lambda one: one.id)
def test_every_fault_of_data_changes_a_file_of_the_users_own(mutation, own, tmp_path):
    (tmp_path / own_data.FOLDER).mkdir()
    before = {}
    for path in (own / own_data.FOLDER).iterdir():
        (tmp_path / own_data.FOLDER / path.name).write_bytes(path.read_bytes())
        before[path.name] = path.read_bytes()
    mutation.change(tmp_path)
    assert {path.name: path.read_bytes() for path in (tmp_path / own_data.FOLDER).iterdir()} != before


def test_own_data_name_documents_that_are_there(own):
    known = {row["id"] for row in own_data.rows(own, "documents")}
    for split, count in own_data.SIZES.items():
        rows = own_data.rows(own, split)
        assert len(rows) == count
        assert {name for row in rows for name in row["evidence"]} <= known


def test_documents_of_another_day_are_the_same_in_another_order_and_partly_in_other_words(own):
    now, earlier = (own_data.read(own / f"datasets/qa/documents{which}.jsonl") for which in ("", "_earlier"))
    assert [row["id"] for row in now] != [row["id"] for row in earlier]
    assert {row["id"] for row in now} == {row["id"] for row in earlier}
    texts = {row["id"]: row["text"] for row in now}
    assert 20 < sum(row["text"] != texts[row["id"]] for row in earlier) < len(now)


def test_another_tokenizer_has_the_same_words_under_other_numbers(tmp_path):
    folder = tmp_path / settings.MODEL
    folder.mkdir(parents=True)
    source = (ROOT / settings.MODEL / "tokenizer.json").read_text(encoding="utf-8")
    (folder / "tokenizer.json").write_text(source, encoding="utf-8")
    settings.tokenizer_of_another_model(tmp_path)
    before = json.loads(source)["model"]["vocab"]
    after = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    assert before.keys() == after.keys()
    assert sorted(before.values()) == sorted(after.values())
    assert before != after
    assert after["<|end|>"] == before["<|end|>"]


def artifact(store, kind, key, text):
    folder = store / kind / key
    folder.mkdir(parents=True)
    (folder / "file").write_text(text, encoding="utf-8")
    entry = {"key": key, "files": {"file": file_sha256(folder / "file")}}
    (folder / stores.METADATA).write_text(json.dumps(entry), encoding="utf-8")
    return folder


def test_artifacts_change_places_and_files(tmp_path):
    one, other = (artifact(tmp_path, "lexical", key, key) for key in ("one", "other"))
    stores.exchange(one, other)
    assert [stores.metadata(folder)["key"] for folder in (one, other)] == ["other", "one"]
    stores.files_from(other, one)
    assert (one / "file").read_text() == "one"
    assert stores.metadata(one)["key"] == "other"
    assert stores.metadata(one)["files"] == stores.metadata(other)["files"]
    (one / "file").write_text("new")
    stores.refresh(one)
    assert stores.metadata(one)["files"] == {"file": file_sha256(one / "file")}
    assert len(stores.artifacts(tmp_path, "lexical")) == 2


SOUND = Seen(0, {"Few examples": "only 23"}, figures="same")


def test_what_a_user_would_notice():
    assert noticed(SOUND, SOUND) == ""
    assert noticed(Seen(0, {"Few examples": "only 20"}, figures="other"), SOUND) == ""
    assert noticed(Seen(1, {"Replay": "answer 3"}), SOUND) == "! Replay: answer 3"
    assert noticed(Seen(1, refused={"rag,seed=0": "stale"}), SOUND) == "rag,seed=0 refused: stale"
    assert noticed(Seen(2, errors=("DataError: no such file",)), SOUND) == "DataError: no such file"
    assert noticed(Seen(1), SOUND) == "exit status 1"
    assert noticed(Seen(1), Seen(1)) == ""
    assert noticed(Seen(124, figures="other"), SOUND) == ""
    assert noticed(Seen(0, again=("lexical is damaged",), figures="same"), SOUND) == "made again: lexical is damaged"
    assert noticed(Seen(0, again=("lexical is damaged",), figures="other"), SOUND) == ""


def test_warnings_are_read_off_the_terminal():
    lines = ["! Replay: answer 3 of rag", "  differs.", "! Cut off: rag", "", "arm  n", "  * differs from base"]
    assert checkout._flags(lines) == {"Replay": "answer 3 of rag differs.", "Cut off": "rag"}


def test_the_tests_that_may_notice_a_fault_mirror_the_broken_file():
    metric = edited("a", "b", "c", "harness/metrics/mrr.py", "d", "e")
    assert checkout.tests_of(metric)[-2:] == ["tests/harness/metrics", "tests/test_end_to_end.py"]
    prompts = edited("a", "b", "c", "pipelines/prompts.py", "d", "e")
    assert checkout.tests_of(prompts)[0] == "tests/pipelines/test_prompts.py"
    assert checkout.tests_of(edited("a", "b", "c", "conf/arm/rag.yaml", "d", "e")) == ["tests/harness/cli"]
    assert checkout.tests_of(Mutation("a", "b", "c", tamper=print)) == []
    assert all((ROOT / place).exists() for one in ALL for place in checkout.tests_of(one))


def test_failed_tests_are_read_off_pytest_s_summary():
    summary = "FAILED tests/a.py::test_b[The Tower. - x-1] - assert 0\nERROR tests/c.py - ImportError\n3 failed in 2s"
    assert FAILED_TEST.findall(summary) == ["tests/a.py::test_b", "tests/c.py"]


def test_the_page_keeps_what_is_written_around_the_table(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "TABLE", tmp_path / "guards.csv")
    monkeypatch.setattr(report, "PAGE", tmp_path / "GUARDS.md")
    said = {RUNNING: "! Replay: x", TESTED: "tests/a.py::test_b", MISSED: ""}
    made = [
        Outcome(name, "data", f"{name} | broken", "datasets", verdict, said[verdict], True, 1.0, "")
        for name, verdict in [("one", RUNNING), ("two", MISSED), ("three", TESTED)]
    ]
    report.PAGE.write_text(f"# Guards\n\nBefore.\n\n{report.BEGIN}\nold\n{report.END}\n\nAfter.\n")
    report.write(made)
    report.write_page()
    page = report.PAGE.read_text()
    assert page.startswith("# Guards\n\nBefore.\n\n<!--")
    assert page.endswith("-->\n\nAfter.\n")
    assert "old" not in page
    assert "| all | 3 | 1 (33%) | 1 (33%) | 1 (33%) |" in page
    assert page.index("two \\| broken") < page.index("three \\| broken") < page.index("one \\| broken")
