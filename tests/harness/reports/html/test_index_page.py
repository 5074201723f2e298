"""results/index.html: links, sweeps as one row per cell, and the honest number of comparisons."""

import dataclasses
import re
from html import unescape
from pathlib import Path

import pytest

from harness.analysis.sweeps import SweepExperiment, best, comparisons, crossings, p_of, settings_of, ties, value_of
from harness.analysis.table import build
from harness.cli import decide, index
from harness.errors import StoreError
from harness.reports.html.index_page import StudyLine, address, index_page
from harness.store.records import records
from tests.harness.reports.html.made_records import make_record

ARMS = ("base", "rag", "qlora")


def save(root, folder, arms=ARMS, **changes):
    for arm in arms:
        records.write(make_record(arm, **changes), root / folder / "records" / f"{arm},seed=0.jsonl")


@pytest.fixture(autouse=True)
def short_reports(monkeypatch):
    """The reports that the index links to are tested elsewhere; whole ones, with pictures, take a second each."""
    monkeypatch.setattr("harness.reports.html.report.Html.page", lambda self, table, arms: table.title)


@pytest.fixture
def results(tmp_path, html):
    save(tmp_path, "qa/pocket")
    for k in (2, 8):
        save(tmp_path, f"qa/pocket/retriever.k={k}", spec={"config": {"retriever": {"k": k}}})
    return tmp_path


def written(root, html):
    path, broken = index.write(root, [html])
    return path.read_text(encoding="utf-8"), broken


def test_every_experiment_is_linked_and_has_its_report(results, html):
    text, broken = written(results, html)
    assert broken == []
    links = set(re.findall(r'href="(\./[^"]+)"', text))
    reports = {
        "./qa/pocket/report.html",
        "./qa/pocket/retriever.k%3D2/report.html",
        "./qa/pocket/retriever.k%3D8/report.html",
    }
    assert links == reports | {f"{report}#decide" for report in reports}
    page = (results / "qa/pocket/retriever.k=2/report.html").read_text(encoding="utf-8")
    assert '<section id="decide"' in page
    assert "No card:" not in page


def test_the_index_says_which_arm_to_use_as_the_card_of_the_report_does(tmp_path, html):
    save(tmp_path, "qa/pocket")
    said = decide.recommended(tmp_path / "qa/pocket", "qa")
    text, _ = written(tmp_path, html)
    advice = unescape(
        re.search(
            r'<p class="answers">((?:Use|Too close to call: \w+ is) .*?) <a href="./qa/pocket/report.html#decide">',
            text,
        )[1]
    )
    assert f"{said.arm} is the best arm with a probability of " in advice.replace(f"Use {said.arm}: it", said.arm)
    assert f", {said.runner_up} with " in advice
    index.write(tmp_path, [html], overrides=["decision=own", "decision.weights={complexity: 1}"])
    again = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert (
        "Too close to call: base is the best arm with a probability of 33 %, rag with 33 %" in again
    )  # all have as many parts
    assert "with the weights of own" in again


def test_an_experiment_with_one_arm_has_no_choice(tmp_path, html):
    save(tmp_path, "qa/pocket", arms=("base",))
    text, _ = written(tmp_path, html)
    assert "#decide" not in text
    assert "Use base" not in text


def test_a_sweep_has_a_row_per_cell_and_says_how_many_were_compared(results, html):
    text, _ = written(results, html)
    body = re.search(r"<tbody>(.*?)</tbody>", text, re.DOTALL)[1]
    assert body.count("<tr") == 9
    assert "best of 9 cells (3 experiments)" in text
    assert "for 6 comparisons (Bonferroni)" in text
    assert "exact_match over retriever.k" in text
    assert text.count("<figure") == 1


def swept(root, folder, k, **changes):
    """Base knows no k: its answers depend on the same things whatever k is."""
    for arm in ("base", "rag"):
        answers = {"arm": arm, "k": k if arm == "rag" else None}
        spec = {"cell": {"answers": answers}, "config": {"retriever": {"k": k}}}
        records.write(make_record(arm, spec=spec, **changes), root / folder / "records" / f"{arm},seed=0.jsonl")


def test_an_arm_that_a_setting_does_not_change_is_one_cell(tmp_path, html):
    for k in (2, 8, 16):
        swept(tmp_path, f"qa/pocket/retriever.k={k}", k)
    text, _ = written(tmp_path, html)
    body = re.search(r"<tbody>(.*?)</tbody>", text, re.DOTALL)[1]
    assert body.count("<tr") == 4  # base once, rag three times
    assert "<td>2, 8, 16</td>" in body
    assert "best of 4 cells (3 experiments)" in text


def test_a_sweep_of_smoke_tests_is_shown_and_nothing_is_called_the_best(tmp_path, html):
    for k in (2, 8):
        swept(tmp_path, f"qa/pocket/limit=40,retriever.k={k}", k)
    text, _ = written(tmp_path, html)
    body = re.search(r"<tbody>(.*?)</tbody>", text, re.DOTALL)[1]
    assert body.count("<tr") == 3
    assert "none is called the best" in text
    assert "exact_match over retriever.k" in text
    assert ">best<" not in text
    assert "best of" not in text


def test_cells_of_a_sweep_are_written_as_in_the_scoreboard(results, html):
    text, _ = written(results, html)
    table = re.search(r"<table class=.sweep.>(.*?)</table>", text, re.DOTALL)[1]
    assert ">exact_match ↑</th>" in table
    assert re.search(r"<td>0\.\d{3} \[\.\d{3}, \.\d{3}\]</td>", table)


def test_one_experiment_is_no_sweep(tmp_path, html):
    save(tmp_path, "qa/pocket")
    text, _ = written(tmp_path, html)
    assert "comparisons (Bonferroni)" not in text
    assert "<figure" not in text
    assert "default settings" in text


def test_a_folder_that_cannot_be_shown_is_named_and_the_others_stay(results, html):
    (results / "qa/broken/records").mkdir(parents=True)
    (results / "qa/broken/records/base,seed=0.jsonl").write_text("{}\n")
    text, broken = written(results, html)
    assert len(broken) == 1
    assert "qa/broken" in broken[0]
    assert "qa/pocket" in text


def test_without_records_there_is_no_index(tmp_path, html):
    with pytest.raises(StoreError, match="holds no records"):
        index.write(tmp_path, [html])


def test_the_same_records_give_the_same_bytes(results, html):
    first, _ = written(results, html)
    assert written(results, html)[0] == first


def test_no_script_runs_in_the_index(results, html):
    text, _ = written(results, html)
    assert "script-src 'none'" in unescape(text)
    assert "<script" not in text


def made(folder="qa/pocket", config=None, arms=("base", "rag"), **changes):
    table = build([make_record(arm, n=10) for arm in arms], resamples=50)
    return SweepExperiment(Path(folder), settings_of(Path(folder)), dataclasses.replace(table, **changes), config or {})


def test_settings_are_read_from_the_folder():
    folder = Path("qa/pocket/adapter.rank=8,arm=[base,rag],task.name=x-1a2b3c4d")
    assert settings_of(folder) == {"adapter.rank": "8", "arm": "[base,rag]", "task.name": "x-1a2b3c4d"}
    assert settings_of(Path("qa/pocket")) == {}
    assert settings_of(Path("qa/pocket/odd")) == {"settings": "odd"}


def test_a_default_is_what_the_configuration_says():
    assert value_of(made(config={"retriever": {"k": 4}}), "retriever.k") == "4"
    assert value_of(made(), "retriever.k") == "default"
    assert value_of(made(config={"retriever": None}), "retriever.k") == "default"


def test_numbers_sort_as_numbers():
    folders = [f"qa/pocket/retriever.k={k}" for k in (16, 2, 8)]
    (comparison,) = comparisons([made(folder) for folder in folders])
    assert [one.settings["retriever.k"] for one in comparison.experiments] == ["2", "8", "16"]


def test_the_best_cell_is_no_control_and_knows_the_direction():
    (comparison,) = comparisons([made()])
    cells = comparison.cells("exact_match")
    winner = best(cells, True)
    assert winner.entry.mean == max(cell.entry.mean for cell in cells)
    assert best(cells, False).entry.mean == min(cell.entry.mean for cell in cells)
    assert best(cells, None) is None
    (bounds,) = comparisons([made(arms=("oracle",))])
    assert best(bounds.cells("exact_match"), True) is None


def test_names_of_folders_become_no_markup_and_no_scheme():
    odd = made('qa/pocket/x="><script>alert(1)</script>', title="<b>", task="<i>")
    other = made("qa/pocket/javascript:alert(1)", title="<b>", task="<i>")
    assert address(other).startswith("./")
    text = index_page([odd, other])
    assert "<script" not in text
    assert "<i>" not in text


def test_smoke_tests_and_other_examples_are_listed_and_not_ranked(results, html):
    save(results, "qa/pocket/limit=20", facts={**make_record("rag").facts, "limit": 20})
    save(results, "qa/pocket/retriever.k=16", n=30)
    text, _ = written(results, html)
    assert "best of 9 cells (3 experiments)" in text
    assert "smoke test on few examples, not ranked" in text
    assert "other examples than the rest, not ranked" in text
    assert "over limit" not in text


def test_cells_that_are_the_same_are_too_close_to_call(results, html):
    text, _ = written(results, html)
    assert "Too close to call; best mean: rag" in text
    assert "Runner-up: rag with" in text
    assert 'class="best"' not in text


def test_a_cell_that_is_surely_better_is_the_best():
    worse, better = (
        dataclasses.replace(
            made(f"qa/pocket/k={k}"),
            asked=tuple(map(str, range(40))),
            groups=("",) * 40,
            values={(arm, "exact_match"): [value] * 40 for arm in ("base", "rag")},
        )
        for k, value in ((1, 0.1), (2, 0.9))
    )
    (comparison,) = comparisons([worse, better])
    low, _, high, same = comparison.cells("exact_match")
    assert p_of(high, low, "exact_match") < 0.001
    assert p_of(high, same, "exact_match") == 1.0
    assert ties([low, high], high, "exact_match") == []
    assert ties([low, high, same], high, "exact_match") == [same]


def test_a_sweep_over_models_or_tasks_is_one_table():
    small, large = made(), made("qa/large", model="large")
    (over_models,) = crossings([small, large])
    assert (over_models.task, over_models.parameters) == ("qa", ("model",))
    (over_tasks,) = crossings([small, made("support/pocket", task="support")])
    assert over_tasks.parameters == ("task",)
    text = index_page([small, made("support/pocket", task="support")])
    assert "all tasks · pocket" in text
    assert "Best:" not in text


def test_with_two_settings_the_numbers_name_both():
    folders = [f"qa/pocket/adapter.rank={rank},retriever.k={k}" for rank in (4, 8) for k in (2, 4)]
    text = index_page([made(folder) for folder in folders])
    for heads in (("adapter.rank", "retriever.k"), ("retriever.k", "adapter.rank")):
        assert re.search(rf"{heads[0]}</th>\s*<th[^>]*>{heads[1]}</th>", text)


def test_studies_stand_below_with_their_finding_and_link():
    line = StudyLine("Study labels: qa", Path("qa/m/studies/labels"), ("qlora reaches <rag>.",), 1)
    text = index_page([made("qa/pocket")], [line])
    assert '<a href="./qa/m/studies/labels/table.md">Study labels: qa</a>' in text
    assert "qlora reaches &lt;rag&gt;." in text
    assert "! 1 to act on" in text
    assert 'id="studies"' not in index_page([made("qa/pocket")])
