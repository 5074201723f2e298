"""Names of earlier versions work, with one line of notice each."""

import shutil
from dataclasses import dataclass, field

import pytest

from harness.analysis.costs.prices import PriceList
from harness.cli import config, old_names
from harness.cli.builder import Builder
from harness.cli.config import compose, experiment
from harness.errors import ConfigError
from harness.store.spec import FORMERLY


@dataclass(frozen=True)
class Renamed:
    today: int = field(metadata={FORMERLY: "once"})


@pytest.fixture(autouse=True)
def _notices(caplog):
    old_names.notice.cache_clear()
    caplog.set_level("WARNING")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("retriever.fusion_constant=30", "retriever.rrf_k=30"),
        ("retriever.fusion_constant=30,60", "retriever.rrf_k=30,60"),
        ("+retriever.fusion_constant=30", "retriever.rrf_k=30"),
        ("++retriever.fusion_constant=30", "++retriever.rrf_k=30"),
        ("report=[markdown,grids_csv]", "report=[markdown,sections_csv]"),
        ("report=grids_csv", "report=sections_csv"),
    ],
)
def test_an_old_name_of_an_override_is_translated(old, new, caplog):
    assert old_names.renewed([old, "task=qa"]) == [new, "task=qa"]
    assert len(caplog.records) == 1
    assert "the old name still works" in caplog.text


@pytest.mark.parametrize(
    "override",
    ["task=qa", "retriever.k=8", "retriever=hybrid", "seed=0,1", "--cfg", "-m", "task.instruction=fusion_constant=3"],
)  # fmt: skip
def test_other_overrides_are_left_alone(override, caplog):
    assert old_names.renewed([override]) == [override]
    assert not caplog.records


def test_an_old_override_reaches_the_experiment():
    built = experiment(compose(["task=qa", "retriever.fusion_constant=30", "report=[grids_csv]"]))
    assert built.arms["rag"].retriever.rrf_k == 30
    assert list(built.reports) == ["sections_csv"]


def test_an_old_key_of_a_yaml_file_is_built_with_one_notice(caplog):
    builder = Builder()
    assert [builder.build({"once": 3}, "node", Renamed) for _ in range(2)] == [Renamed(3)] * 2
    assert builder.problems == []
    assert [record.getMessage() for record in caplog.records] == [
        "node.once is now called node.today; the old name still works"
    ]


def test_both_names_at_once_are_a_problem():
    builder = Builder()
    builder.build({"once": 3, "today": 4}, "node", Renamed)
    assert builder.problems[0] == "node.once and node.today are the same setting; keep today"


def test_a_class_that_was_moved_is_found_by_its_key(caplog):
    builder = Builder()
    target = PriceList.KEY
    assert target != f"{PriceList.__module__}.{PriceList.__qualname__}"
    assert builder._find(target, "prices") is PriceList
    assert builder._find(target, "prices") is PriceList
    assert builder.problems == []
    assert [target in record.getMessage() for record in caplog.records] == [True]


@pytest.fixture
def own_file(tmp_path, monkeypatch):
    """A retriever of the user's own that was copied before the field was renamed."""
    shutil.copytree(old_names.CONF, tmp_path / "conf")
    text = (old_names.CONF / "retriever/hybrid.yaml").read_text(encoding="utf-8")
    (tmp_path / "conf/retriever/own.yaml").write_text(text.replace("rrf_k:", "fusion_constant:"), encoding="utf-8")
    monkeypatch.setattr(config, "ROOT", tmp_path)
    monkeypatch.setattr(old_names, "CONF", tmp_path / "conf")


@pytest.mark.parametrize("name", ["fusion_constant", "rrf_k"])
@pytest.mark.parametrize("chosen", [[], ["retriever=dense"], ["retriever=own"]], ids=str)
def test_both_names_work_whatever_the_chosen_file_calls_it(own_file, name, chosen):
    built = experiment(compose(["task=qa", "model=local", "model.path=.", *chosen, f"retriever.{name}=30"]))
    assert built.arms["rag"].retriever.rrf_k == 30


def test_an_old_and_a_new_name_on_one_command_line_are_refused():
    with pytest.raises(ConfigError, match=r"is now called retriever\.rrf_k, and both are set"):
        compose(["retriever.fusion_constant=30", "retriever.rrf_k=20"])


def test_a_part_that_many_nodes_share_is_named_once(caplog):
    builder = Builder()
    for place in ("arm.rag.retriever", "arm.raft.retriever", "retriever"):
        builder.build({"once": 3}, place, Renamed)
    assert [record.getMessage() for record in caplog.records] == [
        "retriever.once is now called retriever.today; the old name still works"
    ]
