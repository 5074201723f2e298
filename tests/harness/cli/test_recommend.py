"""`make recommend`: what its line asks for, and a folder of data to a card within a budget."""

import json
import math
from types import SimpleNamespace

import pytest

from harness.cli import init, recommend
from harness.cli.recommend_request import request
from harness.errors import ConfigError
from harness.studies.recommend.chooser import SECONDS


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("30m", SECONDS, 1_800.0),
        ("1.5h", SECONDS, 5_400.0),
        ("90s", SECONDS, 90.0),
        ("5usd", "USD", 5.0),
        ("2.50EUR", "EUR", 2.5),
        ("", SECONDS, math.inf),
    ],
)
def test_a_budget_is_a_time_or_an_amount_of_money(tmp_path, text, unit, amount):
    given = [f"budget={text}"] if text else []
    asked = request([f"dir={tmp_path}", "name=own", *given])
    assert (asked.rule.unit, asked.budget) == (unit, amount)


def test_every_mistake_is_said_at_once():
    with pytest.raises(ConfigError) as raised:
        request(["dir=nowhere/at/all", "budget=abc", "sure=2", "minute=x", "seed=3", "decision=nope", "loose"])
    said = str(raised.value)
    assert "dir=nowhere/at/all: there is no such folder or file" in said
    assert "budget=abc: want a time or an amount above 0, such as 90s, 30m, 2h, 5usd or 5eur" in said
    assert "sure=2: want a number above 0 and at most 1, such as 0.95" in said
    assert "minute=x: want a number" in said
    assert "seed=3: the command chooses seeds and studies itself; leave it out" in said
    assert "decision=nope: no such decision; there are own, qa, summarization, support" in said
    assert "loose: every setting is KEY=VALUE" in said


@pytest.mark.parametrize("budget", ["0m", "-5m", "5", "5 parsecs", "m"])
def test_what_is_no_budget_is_refused(tmp_path, budget):
    with pytest.raises(ConfigError, match="want a time or an amount above 0"):
        request([f"dir={tmp_path}", f"budget={budget}"])


def test_without_data_it_says_what_to_name():
    with pytest.raises(ConfigError, match="name your data: dir=DATA"):
        request(["budget=30m"])


def test_money_must_be_that_of_the_prices(tmp_path):
    asked = request([f"dir={tmp_path}", "budget=5eur"])
    with pytest.raises(ConfigError, match="budget=5eur: the prices are in USD; give budget=5usd"):
        asked.check_currency("USD")
    prices = SimpleNamespace(name="aws_2026", model=None)
    with pytest.raises(ConfigError, match="the list aws_2026 has no price of this machine"):
        asked.check_price(0.0, prices)
    with pytest.raises(ConfigError, match="no price of a model that a server answers with"):
        asked.check_price(0.1, prices, served=True)
    asked.check_price(0.0, SimpleNamespace(name="hosted_2026", model="gpt_4_1_mini"), served=True)
    asked.check_currency("EUR")


def test_settings_of_the_experiment_go_to_every_step(tmp_path):
    asked = request([f"dir={tmp_path}", "name=own", "limit=20", "decision=qa", "decision.limits.latency=800"])
    assert asked.decision == "qa"
    assert asked.overrides == ("+decision=qa", "task=own", "limit=20", "++decision.limits.latency=800")


@pytest.fixture
def data(tmp_path):
    """Questions about doors, as somebody has them in a table, beside a page each."""
    (tmp_path / "data").mkdir()
    colours = ("red", "green", "blue", "black", "white", "brown")
    rows = [(n, colours[n % 6]) for n in range(30)]
    lines = [
        {"input": f"Which colour is door {n} of the house?", "references": [colour], "evidence": [f"d{n}"]}
        for n, colour in rows
    ]
    for split, part in {"train": lines[:18], "validation": lines[18:22], "test": lines[22:]}.items():
        (tmp_path / f"data/{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in part))
    pages = [{"id": f"d{n}", "title": f"Door {n}", "text": f"Door {n} of the house is {colour}."} for n, colour in rows]
    (tmp_path / "data/documents.jsonl").write_text("".join(json.dumps(page) + "\n" for page in pages))
    return tmp_path / "data"


@pytest.fixture
def run(data, checkpoint, tmp_path, monkeypatch, capsys):
    """Run the command on these data with the tiny model, in place of those of the task's own yaml."""

    def command(*given):
        fixed = ["task=jsonl", f"task.dir={data}", "task.max_new_tokens=4", "model=local", f"model.path={checkpoint}"]
        places = [f"results={tmp_path}/results", f"store={tmp_path}/store"]
        monkeypatch.setattr("sys.argv", ["recommend", *fixed, *places, *given])
        with pytest.raises(SystemExit) as ended:
            recommend.main()
        printed = capsys.readouterr()
        return ended.value.code, printed.out, printed.err

    return command


@pytest.mark.slow
def test_from_data_to_a_card_and_on_from_there(run, tmp_path):
    """The tiny model is right of nothing: its losses are not looked for, and the card says first what that means."""
    given = (
        "arm=[base,rag]",
        "timing=off",
        "metric=[exact_match]",  # refusals are counted by the study alone, as for questions that all have an answer
        "minute=0.000001",
        "decision.weights={facts: 1, abstention: 1, robustness: 1, privacy: 0.05}",
    )
    status, printed, errors = run(*given)
    assert status == 0, printed + errors
    assert "Step 1: the experiment (base, rag), about " in printed
    assert "Step 2: study=hallucination study.budget=" in printed, printed[-3000:]
    assert "Not done: study=robustness: no run would: base and rag have nothing to lose" in printed
    assert "Expected to gain " in printed
    assert "Why it stops here: " in printed
    assert "Not done: study=privacy study.budget=quick: " in printed
    cards = list((tmp_path / "results").rglob("decision/own*.json"))
    assert len(cards) == 1
    assert not list((tmp_path / "results").rglob("studies/robustness/study.json"))
    card = json.loads(cards[0].read_text())
    assert card["unusable"] == card["results"]["words"][0]
    assert card["unusable"].startswith("Mind: no arm has right content: of exact_match the best has 0.00 of 1")
    measured = {one["name"]: one["measured"] for one in card["criteria"]}
    assert measured["abstention"] == "study hallucination: abstention under evidence withheld"
    before = cards[0].read_bytes()
    status, again, _ = run(*given)
    assert status == 0
    assert "Step 2: " not in again
    assert cards[0].read_bytes() == before


@pytest.mark.slow
def test_training_seeds_are_run_where_an_arm_is_trained(run, tmp_path):
    """Five seeds and no more; times stay those of the first, which alone was timed."""
    given = ("arm=[base,qlora]", "adapter.epochs=1", "timing=standard", "timing.examples=2", "timing.repeats=1")
    status, printed, errors = run(*given, "minute=0.0000001", "budget=5usd", "sure=1", "decision.weights={facts: 1}")
    assert status == 0, printed + errors
    assert "Step 2: seed=1. So far " in printed
    assert "Step 3: seed=2. So far " in printed
    assert "Step 5: seed=4. So far " in printed
    assert "Step 6" not in printed
    assert " of 5usd: " in printed
    names = {path.name for path in (tmp_path / "results").rglob("*.jsonl")}
    assert names == {f"{arm},seed={seed}.jsonl" for arm in ("base", "qlora") for seed in range(5)}
    card = json.loads(next((tmp_path / "results").rglob("decision/own*.json")).read_text())
    latency = next(one for one in card["criteria"] if one["name"] == "latency")
    assert latency["measured"] == "p95 of a request"


def test_a_budget_that_the_experiment_alone_exceeds_is_said_before_it_runs(run, tmp_path):
    status, _, errors = run("arm=[base]", "timing=off", "budget=0.001s")
    assert status == 2
    assert "budget=0.001s: the experiment alone does not fit. This takes about " in errors
    assert "give budget=1m or more" in errors
    assert not list((tmp_path / "results").rglob("*.jsonl"))


def test_a_yaml_of_the_same_data_is_taken_as_it_is_and_another_one_is_not(data, tmp_path, monkeypatch):
    monkeypatch.setattr(init, "TASKS", tmp_path / "conf")
    monkeypatch.setattr(init, "ROOT", tmp_path)
    (tmp_path / "conf").mkdir()
    assert "Written: conf/own.yaml" in init.task_of_data(data, "own", keep=True)
    path = tmp_path / "conf/own.yaml"
    path.write_text(path.read_text() + "# edited\n")
    assert "is taken as it is" in init.task_of_data(data, "own", keep=True)
    with pytest.raises(ConfigError, match="was edited since"):
        init.task_of_data(data, "own")
    path.write_text("name: mine\n")
    with pytest.raises(ConfigError, match="was not made by make init"):
        init.task_of_data(data, "own", keep=True)
