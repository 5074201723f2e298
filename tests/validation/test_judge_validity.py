"""The validity table: figures by hand, files in small, and a judge without agreement with people."""

import json

import numpy as np
import pytest

from harness.errors import ConfigError
from harness.judges import trust
from harness.judges.judge import Claim, Judgement, Question
from harness.metrics.evidence import novel_bigrams, precision
from validation import judges as validity


class Constant:
    """A judge that says the same of everything."""

    name = "constant"
    model = ""
    reads = "words"

    def judge(self, questions):
        return [Judgement((Claim("x", 0, 1, 0, 1.0, 0.9, "supported", 0, 0, 1),)) for _ in questions]


def test_ngram_precision_by_hand():
    question = Question("the red cat sat", ("The red dog sat.",))
    assert precision(question.answer, question.evidence, 1) == 0.75
    assert precision(question.answer, question.evidence, 2) == pytest.approx(1 / 3)
    assert precision("周日免费", ("周日开放",), 1) == 0.5


def test_novel_bigrams_are_counted_over_all_texts():
    texts = [("the red cat sat", ["The red dog sat."]), ("dog", ["no"]), ("red dog", ["the red dog"])]
    assert novel_bigrams(texts) == 2 / 4
    assert novel_bigrams([("dog", ["dog"])]) is None


def test_interval_draws_whole_groups():
    scores, labels = np.array([0.1, 0.9] * 10), np.array([0.0, 1.0] * 10)
    noisy = np.array([0.1, 0.9, 0.8, 0.2] * 5)
    assert validity.interval(validity.auroc, scores, labels, [str(at // 2) for at in range(20)]) == (1.0, 1.0)
    low, high = validity.interval(validity.auroc, noisy, labels, [str(at // 2) for at in range(20)])
    assert low < validity.auroc(noisy, labels) < high


@pytest.mark.parametrize(("value", "text"), [(0.9456, ".946"), (-0.24, "-.240"), (1.0, "1.000"), (0.0, ".000")])
def test_short(value, text):
    assert validity.short(value) == text


@pytest.fixture
def data(tmp_path):
    def write(name, rows):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    begin = [
        {"source": "Crayons are made of wax.", "output": "Crayons are made of wax.", "label": 1},
        {"source": "Crayons are made of wax.", "output": "I ate a purple bicycle.", "label": 0},
        {"source": "Snow is cold.", "output": "snow is cold", "label": 1},
        {"source": "Snow is cold.", "output": "Do you ski?", "label": 0},
    ]
    frank = [
        {
            "dataset": kind, "output": output, "doc_ids": ["a"], "human_factuality": label,
            "baseline": {"FactCC": label, "BertScore P Art": None},
        }
        for kind in ("cnndm", "bbc")
        for output, label in (("the ship sank in may .", 1.0), ("a dentist won .", 0.0), ("the ship won .", 0.5))
    ]  # fmt: skip
    for use in ("dev", "test"):
        write(f"begin/cases_wow_{use}.jsonl", begin)
    for use in ("valid", "test"):
        write(f"frank/cases_{use}.jsonl", frank)
    write("frank/documents.jsonl", [{"id": "a", "text": "The ship sank in May. Nobody won."}])
    return tmp_path


def test_the_page(data, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(validity, "PAGE", tmp_path / "VALIDITY.md")
    monkeypatch.setattr(validity, "RESAMPLES", 20)
    monkeypatch.setattr(trust, "FILE", tmp_path / "agreement.json")
    validity.main(["--data", str(data)])
    kept = list(json.loads((tmp_path / "agreement.json").read_text()).values())
    assert [one["BEGIN"]["AUROC"] for one in kept] == [1.0] * len(validity.SHIPPED)
    assert all(trust.PRECISION in own or trust.RECALL in own for one in kept for own in one.values())
    assert all(set(one) == {"BEGIN", "FRANK CNN/DM", "FRANK XSum"} for one in kept)
    page = (tmp_path / "VALIDITY.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    assert rows == [line for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    lines = page.partition("# What the tables print")[2].partition("# Are refusals")[0].splitlines()
    assert sum(line.startswith("| BEGIN, test | n-grams | 4 |") for line in lines) == 1
    assert sum(line.startswith("| BEGIN, test | `lexical` |") for line in lines) == 2  # with its reliability curve
    rows = [line for line in page.partition("# What the tables")[0].splitlines() if line.startswith("| ")]
    assert len(rows) == 2 + len(validity.SETS)
    assert "`python -m validation.judges --data DIR`" in page
    begin = next(line for line in rows if line.startswith("| BEGIN, test"))
    assert "**1.000**" in begin
    assert begin.endswith("| – | .945 |")
    assert "BERTScore-P" not in page.split("| set")[1]  # no row publishes it here


def test_one_use_writes_no_page(data, tmp_path, monkeypatch):
    monkeypatch.setattr(validity, "PAGE", tmp_path / "VALIDITY.md")
    monkeypatch.setattr(validity, "RESAMPLES", 5)
    monkeypatch.setattr(trust, "FILE", tmp_path / "agreement.json")
    validity.main(["--data", str(data), "--use", "development"])
    assert not (tmp_path / "agreement.json").exists()
    assert not (tmp_path / "VALIDITY.md").exists()


def cells_of(labelled, data, judge):
    rows = validity.read(labelled, data)
    return validity.row(labelled, rows, {"it": validity.measure(labelled, rows, judge)})


def test_what_was_not_judged_is_counted(data):
    class Half(Constant):
        def judge(self, questions):
            return [Judgement((), "no answer") if at % 2 else one for at, one in enumerate(super().judge(questions))]

    assert cells_of(validity.SETS[0], data, Half())["`it`"].endswith(", 2 unjudged")


def test_judges_are_chosen_with_settings(data, capsys):
    built = validity.judges(["lexical_words", "lexical_words threshold=0.7"])
    assert [one.threshold for one in built.values()] == [0.4, 0.7]
    assert list(built) == ["lexical_words", "lexical_words threshold=0.7"]
    with pytest.raises(ConfigError, match="threshhold"):
        validity.judges(["lexical_words threshhold=0.7"])
    with pytest.raises(ConfigError, match=r"judge\.llm\.model"):
        validity.judges(["ragas"])


@pytest.mark.slow
@pytest.mark.ci_slow
def test_a_constant_judge_is_shown_as_such(data):
    labelled = validity.SETS[0]
    cells = cells_of(labelled, data, Constant())
    assert cells["`it`"] == "**.500** [.500, .500]"
    labelled = validity.SETS[1]
    cells = cells_of(labelled, data, Constant())
    assert cells["`it`"] == "**.000** [.000, .000]"
    assert cells["FactCC"] == "1.000"


@pytest.mark.parametrize(
    ("arguments", "message"), [(["--data", "nowhere"], "nowhere"), (["--data", ".", "--judge", "oracle"], "lexical")]
)
def test_what_is_wrong_is_said(arguments, message, capsys):
    with pytest.raises(SystemExit) as stopped:
        validity.main(arguments)
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
