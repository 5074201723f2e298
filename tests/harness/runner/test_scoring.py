"""A cell scored in blocks has the scores, judgements and record of one that is scored at once."""

import dataclasses
import json
from pathlib import Path

import pytest

from harness.cli.config import compose, experiment
from harness.errors import ArmError, StoreError
from harness.judges import judge as judging
from harness.judges.judge import Judge, Judgement, Question
from harness.judges.ragas.said import asked_of, said_together
from harness.machine.measured import Span
from harness.metrics import blocks_of_cell
from harness.metrics.blocks_of_cell import of_cell, takes_blocks
from harness.metrics.context import TaskContext
from harness.metrics.metric import Metric
from harness.runner import predictions, scoring
from harness.store.records import large, records, spill
from harness.store.records.lazy import Lazy
from harness.types import Cell, Document, Example, JudgedAnswer, Passage, Prediction, Record, Score

WORDS = ("red", "green", "blue", "tall")
DOCUMENTS = [Document(f"d{n}", "", f"The house number {n} is {WORDS[n % 4]} and {n} metres tall.") for n in range(9)]
EXAMPLES = [
    Example(f"e{n}", f"What is house number {n}?", (f"It is {WORDS[n % 4]}.",), (f"d{n}",), answerable=n % 4 > 0)
    for n in range(9)
]
FOLDER = Path("/nowhere")
"""where nothing is written, as the answers are in memory"""
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


def record(metrics, answers, folder=FOLDER):
    scores, judged = scoring.scored(metrics, EXAMPLES, answers, folder)
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
    in_blocks = record(metrics, on_disk(folder, monkeypatch), tmp_path)
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
    in_blocks = scoring.scored(metrics, EXAMPLES, answers, FOLDER)
    monkeypatch.setattr(blocks_of_cell, "BLOCK", 1024)
    assert scoring.scored(metrics, EXAMPLES, answers, FOLDER) == in_blocks


def test_a_metric_without_the_mark_is_given_all_pairs(folder, metrics, small_blocks):
    scores, _ = scoring.scored(metrics, EXAMPLES, predictions.read(folder, EXAMPLES), FOLDER)
    assert {one.value for one in scores if one.metric == "whole"} == {len(EXAMPLES)}
    assert takes_blocks(metrics["token_f1"].score)
    unmarked = type("Unmarked", (type(metrics["token_f1"]),), {"score": lambda self, pairs: []})
    assert not takes_blocks(unmarked.score)


def test_a_block_knows_whether_the_arm_retrieves(metrics, small_blocks):
    """One answer of nine has passages, and it is in the last block."""
    answers = tuple(answered(n, shown=n == 8) for n in range(9))
    scores, _ = scoring.scored(metrics, EXAMPLES, answers, FOLDER)
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
        scoring.scored({"mrr": metrics["mrr"]}, EXAMPLES, predictions.read(folder, EXAMPLES), FOLDER)


def test_a_score_that_json_cannot_hold_is_refused(folder, monkeypatch):
    monkeypatch.setattr(Whole, "score", lambda self, pairs: [Score(e.id, "whole", 1j) for e, _ in pairs])
    with pytest.raises(StoreError, match="scores cannot be kept"):
        scoring.scored({"whole": Whole()}, EXAMPLES, on_disk(folder, monkeypatch), folder)


class Stray(Whole):
    """Judges an answer that it was not given."""

    KEY = "tests.runner.Stray"
    evidence_source = "passages"

    def judgements(self, pairs):
        return [JudgedAnswer(example.id, "passages", ()) for example, _ in pairs] + [
            JudgedAnswer("e99", "passages", ())
        ]


class StrayOfBlock(Stray):
    KEY = "tests.runner.StrayOfBlock"

    @blocks_of_cell.in_blocks
    def judgements(self, pairs):
        return [JudgedAnswer(example.id, "passages", ()) for example in EXAMPLES]


@pytest.mark.parametrize("metric", [Stray(), StrayOfBlock()])
@pytest.mark.parametrize("read", [on_disk, lambda folder, monkeypatch: predictions.read(folder, EXAMPLES)])
def test_a_judgement_of_an_answer_that_was_not_asked_about_is_refused(metric, read, folder, small_blocks, monkeypatch):
    with pytest.raises(StoreError, match=r"a judgement of e[29]9?, which is not one of the examples"):
        scoring.scored({"stray": metric}, EXAMPLES, read(folder, monkeypatch), folder)


def test_two_examples_of_one_id_are_refused_also_on_disk(folder, monkeypatch):
    monkeypatch.setattr(predictions, "ABOVE", 0)
    with pytest.raises(StoreError, match="two examples share an id"):
        predictions.read(folder, [*EXAMPLES, EXAMPLES[3]])


def test_judgements_in_another_order_than_the_examples_are_refused(folder, metrics, monkeypatch, tmp_path):
    made = record(metrics, on_disk(folder, monkeypatch), tmp_path)
    turned = {"examples": made.examples[::-1], "predictions": tuple(made.predictions)[::-1]}
    scores = tuple(one for name in made.metrics for one in list(made.scores.of(name))[::-1])
    with pytest.raises(StoreError, match="another order"):
        records.write(dataclasses.replace(made, **turned, scores=scores), tmp_path / "turned.jsonl")
    records.write(dataclasses.replace(made, **turned, scores=scores, judgements=tuple(made.judgements)), tmp_path / "x")


def test_scores_on_disk_have_no_name_there(folder, metrics, small_blocks, monkeypatch, tmp_path):
    answers, seen = on_disk(folder, monkeypatch), []
    scores, judged = scoring.scored(metrics, EXAMPLES, answers, tmp_path / "records", lambda: seen.append(1))
    assert len(seen) == 5  # blocks
    assert (tmp_path / "records").is_dir()
    assert not list((tmp_path / "records").iterdir())
    assert scores[0].example_id == "e0"
    assert judged[0].claims


def full(mode, dir):  # noqa: A002
    return Path("/dev/full").open(mode)


@pytest.mark.parametrize("many", [1, 4000])
def test_a_full_disk_is_said_with_its_folder(many, metrics, monkeypatch, tmp_path):
    """At the first line that is written through, or at the end."""
    monkeypatch.setattr(spill, "TemporaryFile", full)

    def spilt():
        own = spill.ScoreSpill(["whole"], EXAMPLES, tmp_path)
        for _ in range(many):
            own.add(EXAMPLES[:1], {"whole": [Score("e0", "whole", 1, note="x" * 9)]}, [])
        own.parts()

    with pytest.raises(StoreError, match=f"{tmp_path}: cannot be written"):
        spilt()


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be written"):
        spill.ScoreSpill(["whole"], EXAMPLES, tmp_path / "file" / "records")


class Counting(Judge):
    """Supports everything, and counts."""

    name, model, reads = "counting", "", "words"

    def __init__(self):
        self.asked = 0

    def judge(self, questions):
        self.asked += len(questions)
        return [Judgement((), one.answer) for one in questions]


def test_a_judge_forgets_between_blocks_alone_and_what_was_used_last_is_kept(monkeypatch):
    monkeypatch.setattr(judging, "MOST_KEPT", 2)
    counting = Counting()
    cached = judging.CachedJudge(counting)
    questions = [Question(f"answer {n}", ()) for n in range(4)]
    cached.judge(questions)
    cached.judge(questions)
    cached.judge(questions[:1])
    assert counting.asked == 4
    cached.forget()
    cached.judge([questions[0], questions[3]])
    assert counting.asked == 4
    cached.judge(questions)
    assert counting.asked == 6


def test_a_paid_judge_forgets_nothing(monkeypatch):
    monkeypatch.setattr(judging, "MOST_KEPT", 0)
    counting = Counting()
    monkeypatch.setattr(Counting, "rehearsed", lambda self: self)
    cached = judging.CachedJudge(counting)
    cached.judge([Question("answer", ())])
    cached.forget()
    cached.judge([Question("answer", ())])
    assert counting.asked == 1


def test_what_a_judging_model_was_asked_is_said_once_for_a_cell(small_blocks, caplog):
    class Asking(Whole):
        @blocks_of_cell.in_blocks
        def score(self, pairs):
            with said_together():
                asked = asked_of("judge")
                asked.requests += len(pairs)
                asked.answered["judge", "cheaper"] += len(pairs)
            return super().score(pairs)

    caplog.set_level("INFO")
    scoring.scored({"whole": Asking()}, EXAMPLES, tuple(map(answered, range(9))), FOLDER)
    said = [one.getMessage() for one in caplog.records if one.name.endswith("said")]
    assert [one.split(" (")[0] for one in said] == [
        "judge judge: 9 requests",
        "judge judge: 9 of 9 replies name another model than was asked",
    ]


def test_a_cell_without_answers_has_no_scores(metrics):
    assert scoring.scored(metrics, [], (), FOLDER) == ((), ())


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
