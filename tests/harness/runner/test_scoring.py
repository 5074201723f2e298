"""A cell scored in blocks has the scores, judgements and record of one that is scored at once."""

import dataclasses
import json
from pathlib import Path

import pytest

from harness.cli.config import compose, experiment
from harness.errors import ArmError, StoreError
from harness.machine.measured import Span
from harness.metrics import blocks_of_cell
from harness.metrics.blocks_of_cell import of_cell, takes_blocks
from harness.metrics.context import TaskContext
from harness.metrics.metric import Metric
from harness.runner import predictions, scoring
from harness.store.records import large, records
from harness.store.records.lazy import Lazy
from harness.types import Cell, Document, Example, Passage, Prediction, Record, Score

WORDS = ("red", "green", "blue", "tall")
DOCUMENTS = [Document(f"d{n}", "", f"The house number {n} is {WORDS[n % 4]} and {n} metres tall.") for n in range(9)]
EXAMPLES = [
    Example(f"e{n}", f"What is house number {n}?", (f"It is {WORDS[n % 4]}.",), (f"d{n}",), answerable=n % 4 > 0)
    for n in range(9)
]
TEXTS = ("It is {}.", "I do not know.", "", "It is {} and 3 metres tall.")


class Houses:
    name = "houses"

    def examples(self, split):
        return EXAMPLES if split == "test" else [dataclasses.replace(one, id=f"{split}-{one.id}") for one in EXAMPLES]

    def documents(self):
        return DOCUMENTS


class Whole(Metric):
    """Counts the pairs that it is given."""

    KEY = "tests.runner.Whole"
    name, unit, higher_is_better, worst = "whole", "pairs", True, 0

    def score(self, pairs):
        return [Score(example.id, self.name, len(pairs), details={"pairs": 1}) for example, _ in pairs]


def answered(number, *, shown=True):
    document = DOCUMENTS[(number + (number == 7)) % 9]
    passages = (Passage(document.id, document.text, 0, len(document.text), 0.5),)
    text = TEXTS[number % 4].format(WORDS[number % 3]) + "\ud83d" * (number == 3)
    prompt = ("<s>Answer.", passages[0].text, EXAMPLES[number].input, f"own {number}")
    return Prediction(f"e{number}", text, passages * shown, (Span("search", 0.1, 0, 0),) * shown, "stop", prompt=prompt)


@pytest.fixture
def metrics():
    chosen = (
        "metric=[exact_match,token_f1,faithfulness,groundedness,fabrication,recall_at_k,mrr,abstention,citation_recall]"
    )
    own = experiment(compose(["task=qa", chosen, "judge=lexical_words"])).metrics
    context = TaskContext(Houses())
    return {"whole": Whole(), **{name: metric.bind(context) for name, metric in own.items()}}


@pytest.fixture
def folder(tmp_path):
    """Answers as an arm leaves them: the last example in the first batch, another one answered twice."""
    batches = [[answered(8), answered(0)], [answered(n) for n in range(1, 8)], [answered(2)]]
    for batch in batches:
        predictions._append(
            tmp_path / predictions.FILE, json.dumps([dataclasses.asdict(p) for p in batch], ensure_ascii=False) + "\n"
        )
    return tmp_path


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(blocks_of_cell, "BLOCK", 2)


def on_disk(folder, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(predictions, "ABOVE", 0)
        return predictions.read(folder, EXAMPLES)


def record(metrics, answers):
    scores, judged = scoring.scored(metrics, EXAMPLES, answers)
    meanings = {metric.name: {"unit": "x"} for metric in metrics.values()}
    cell = Cell("houses", "m", "rag", 0)
    return Record(cell, {}, "f", "c", {}, {}, meanings, (), tuple(EXAMPLES), answers, scores, judged)


def test_predictions_on_disk_are_those_in_memory(folder, monkeypatch):
    found = on_disk(folder, monkeypatch)
    assert isinstance(found, Lazy)
    assert tuple(found) == predictions.read(folder, EXAMPLES)
    monkeypatch.setattr(predictions, "ABOVE", 0)
    unanswered = [*EXAMPLES, dataclasses.replace(EXAMPLES[0], id="e99")]
    with pytest.raises(KeyError, match="e99"):
        predictions.read(folder, unanswered)


def test_a_record_scored_in_blocks_is_the_same_file(folder, metrics, small_blocks, monkeypatch, tmp_path):
    in_blocks = record(metrics, on_disk(folder, monkeypatch))
    monkeypatch.setattr(blocks_of_cell, "BLOCK", 1024)
    at_once = record(metrics, predictions.read(folder, EXAMPLES))
    assert isinstance(at_once.scores, tuple)
    assert not isinstance(in_blocks.scores, tuple)
    assert tuple(in_blocks.scores) == at_once.scores
    assert tuple(in_blocks.judgements) == at_once.judgements
    assert {one.evidence_source for one in at_once.judgements} == {"gold evidence", "passages"}
    written = records.write(in_blocks, tmp_path / "blocks.jsonl")
    records.write(at_once, tmp_path / "once.jsonl")
    assert (tmp_path / "blocks.jsonl").read_bytes() == (tmp_path / "once.jsonl").read_bytes()
    assert isinstance(written.predictions, tuple)  # nothing is left that needs the store


def test_blocks_in_memory_are_the_same(folder, metrics, small_blocks, monkeypatch):
    answers = predictions.read(folder, EXAMPLES)
    in_blocks = scoring.scored(metrics, EXAMPLES, answers)
    monkeypatch.setattr(blocks_of_cell, "BLOCK", 1024)
    assert scoring.scored(metrics, EXAMPLES, answers) == in_blocks


def test_a_metric_without_the_mark_is_given_all_pairs(folder, metrics, small_blocks):
    scores, _ = scoring.scored(metrics, EXAMPLES, predictions.read(folder, EXAMPLES))
    assert {one.value for one in scores if one.metric == "whole"} == {len(EXAMPLES)}
    assert takes_blocks(metrics["token_f1"].score)
    unmarked = type("Unmarked", (type(metrics["token_f1"]),), {"score": lambda self, pairs: []})
    assert not takes_blocks(unmarked.score)


def test_a_block_knows_whether_the_arm_retrieves(metrics, small_blocks):
    """One answer of nine has passages, and it is in the last block."""
    answers = tuple(answered(n, shown=n == 8) for n in range(9))
    scores, _ = scoring.scored(metrics, EXAMPLES, answers)
    first = {one.metric: one for one in scores if one.example_id == "e0"}
    assert first["recall@4"].note != "the arm retrieves nothing"
    assert first["mrr"].value == 0.0


def test_what_is_asked_of_a_cell_is_asked_once():
    asked = []

    def ask(pairs):
        asked.append(len([*pairs]))
        return asked[-1]

    cell = blocks_of_cell.WholeCell([(example, answered(n)) for n, example in enumerate(EXAMPLES)])
    assert [of_cell(block, ask) for block in cell.blocks()] == [9]
    assert [of_cell(block, ask) for block in cell.blocks()] == [9]
    assert asked == [9]
    assert of_cell(cell.pairs[:3], ask) == 3


def test_a_metric_that_leaves_answers_out_is_named(folder, metrics, small_blocks, monkeypatch):
    monkeypatch.setattr(type(metrics["mrr"]), "score", lambda self, pairs: [])
    with pytest.raises(ArmError, match="metric mrr scored 0 of 9"):
        scoring.scored({"mrr": metrics["mrr"]}, EXAMPLES, predictions.read(folder, EXAMPLES))


def test_a_score_that_json_cannot_hold_is_refused(folder, monkeypatch):
    monkeypatch.setattr(Whole, "score", lambda self, pairs: [Score(e.id, "whole", 1j) for e, _ in pairs])
    with pytest.raises(StoreError, match="scores cannot be kept"):
        scoring.scored({"whole": Whole()}, EXAMPLES, on_disk(folder, monkeypatch))


def test_a_cell_without_answers_has_no_scores(metrics):
    assert scoring.scored(metrics, [], ()) == ((), ())


@pytest.mark.parametrize("value", [0, 1, 1.0, -0.0, True, 2**60, None])
def test_a_large_record_keeps_whole_numbers(value, folder, monkeypatch, tmp_path):
    monkeypatch.setattr(large, "ABOVE", 0)
    score = [Score(e.id, "whole", value, "" if value is not None else "unjudged") for e in EXAMPLES]
    monkeypatch.setattr(Whole, "score", lambda self, pairs: score)
    path = Path(tmp_path / "record.jsonl")
    first = records.write(record({"whole": Whole()}, predictions.read(folder, EXAMPLES)), path)
    before = path.read_bytes()
    assert repr(first.scores[0].value) == repr(value)
    records.write(first, path)
    assert path.read_bytes() == before
