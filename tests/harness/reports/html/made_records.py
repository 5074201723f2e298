"""Real-looking records for pages: seeds, refusals, failures, passages, judgements, prompts, a trained adapter."""

import dataclasses
import hashlib

from harness.analysis.table import build
from harness.machine.measured import Span, TimedPass, TimedRequest, Timings
from harness.store.records.prompt_pieces import pieces
from harness.types import Document, Example, JudgedAnswer, JudgedClaim, Passage, Prediction, Score
from tests.harness.records import build_record

METRICS = {
    "exact_match": {"unit": "share of answers", "higher_is_better": True, "worst": 0.0},
    "chrf": {"unit": "chrF++, 0 to 1", "higher_is_better": True, "worst": 0.0},
    "answer_length": {"unit": "words", "higher_is_better": None, "worst": None},
}
SKILL = {"oracle": 10, "base": 2, "rag": 7, "qlora": 5, "hybrid": 8}
TRAINING = {
    "rows": 100,
    "rows_dropped": 0,
    "rows_without_reference": 0,
    "steps": 20,
    "kept_step": 20,
    "train_loss": [[10, 1.0], [20, 0.5]],
    "validation_loss": [[10, 0.8], [20, 0.6]],
    "adapter": "a" * 32,
}


def draw(*parts):
    """A fixed number in [0, 1) that looks random."""
    number = sum(part * factor for part, factor in zip(parts, (7919, 104_729, 1_299_709), strict=False))
    return (number * 2_654_435_761 % 2**32) / 2**32


def make_example(number, texts):
    return Example(
        f"e{number:05}",
        f"Which colour has lamp {number}?{texts}",
        (f"Lamp {number} is green.{texts}", "green"),
        (f"d{number}",),
        answerable=number % 10 != 9,
        group=f"g{number // 2}",
        slice=("hall", "yard")[number % 2],
    )


def make_prediction(arm, example, number, seed, texts):
    right = draw(number, 3, SKILL[arm]) < SKILL[arm] / 10
    passages = ()
    if arm in ("rag", "hybrid"):
        gold = f"Lamp {number} is green.{texts}"
        passages = (
            Passage(f"d{number}", gold, 0, len(gold), 0.5, f"Lamp {number}"),
            Passage("d0", "All lamps are old.", 0, 18, 0.4, "Lamps"),
        )
    text = f"Lamp {number} is {'green' if right else 'red'}.{texts}"
    finish = "length" if draw(number, 5, SKILL[arm]) > 0.97 else "stop"
    if arm == "base" and draw(number, 8) < 0.3:
        text = "I do not know."
    prompt = "\n".join(["<s>Answer.", *(passage.text for passage in passages), str(example.input)])
    return Prediction(
        example.id,
        text,
        passages,
        (
            Span("prefill", 0.4, 100 + number, 1, batch_size=8),
            Span("decode", 0.2 * (1 + len(passages)), 0, 7, batch_size=8),
        ),
        finish,
        prompt_sha256=hashlib.sha256(prompt.encode(errors="surrogatepass")).hexdigest(),
        adapter_key=TRAINING["adapter"] if arm in ("qlora", "hybrid") else "",
        prompt=pieces(prompt, [*(passage.text for passage in passages), str(example.input)]),
    )


def make_scores(metric, example, prediction):
    refused = prediction.text == "I do not know."
    right = float(refused if not example.answerable else "green" in prediction.text) * (not prediction.failed)
    if metric == "answer_length":
        return Score(example.id, metric, float(len(prediction.text.split())))
    if metric == "chrf":
        value = 0.0 if prediction.failed else round(0.3 + 0.7 * right, 3)
        return Score(example.id, metric, value, "abstained" if refused else "")
    return Score(example.id, metric, right, "abstained" if refused else "")


def make_judged(example, prediction):
    supported = "green" in prediction.text
    claim = JudgedClaim(
        0,
        len(prediction.text),
        "supported" if supported else "unsupported",
        0.9 if supported else 0.1,
        example.evidence[0],
        "is green",
    )
    return JudgedAnswer(example.id, "gold evidence", (claim,))


def make_request(arm, number):
    """Retrieval takes 30 ms, an answer of number n 20 + 40 + n; a hundredth more belongs to no stage."""
    stages = [Span("prefill", 0.02, 90, 1), Span("decode", 0.04 + number / 1000, 0, 7)]
    if arm in ("rag", "hybrid"):
        stages = [Span("embed", 0.01), Span("search", 0.02), *stages]
    return TimedRequest(f"e{number:05}", 0, float(number), 1.01 * sum(span.seconds for span in stages), tuple(stages))


def make_timings(arm, n=16, session="one"):
    """One request at a time; an adapter was timed merged as well."""
    requests = tuple(make_request(arm, number) for number in range(n))
    ways = ("unmerged", "merged") if arm in ("qlora", "hybrid") else ("none",)
    passes = tuple(TimedPass(way, 1, sum(one.seconds for one in requests), requests) for way in ways)
    settings = {"examples": n, "repeats": 1, "warmup": 2, "concurrency": [1], "seed": 0}
    return Timings(session, "2026-11-20T20:00:00+00:00", "cpu", "m", settings, {"cores": 2}, passes)


def make_record(arm, seed=0, n=40, texts="", **changes):
    """One arm's record; `texts` is put into every text that a user, a document or a model can write."""
    examples = tuple(make_example(number, texts) for number in range(n))
    predictions = tuple(make_prediction(arm, one, number, seed, texts) for number, one in enumerate(examples))
    pairs = list(zip(examples, predictions, strict=True))
    made = {
        "spec": {"cell": {"arm": arm}, "given": ["task=qa", f"seed={seed}", "task.instruction=Answer it."]},
        "fingerprint": f"{SKILL[arm]}{seed}" * 32,
        "comparison": "c" * 64,
        "environment": {"python": "3.11.7", "packages": {"torch": "2.13.0"}},
        "facts": {
            "split": "test",
            "limit": None,
            "quantisation": "nf4",
            "answer_seconds": 12.5,
            **({"training": TRAINING} if arm in ("qlora", "hybrid") else {}),
        },
        "metrics": METRICS,
        "build_spans": (Span("train", 250.0, 1000),) if arm in ("qlora", "hybrid") else (),
        "examples": examples,
        "predictions": predictions,
        "scores": [make_scores(metric, *pair) for metric in METRICS for pair in pairs],
        "judgements": tuple(make_judged(*pair) for pair in pairs if pair[1].text != "I do not know."),
        "timings": make_timings(arm),
        "evidence": tuple(
            Document(f"d{number}", f"Lamp {number}", f"Lamp {number} is green.{texts} It hangs in the hall.")
            for number in range(n)
        ),
    }
    return build_record(arm, seed, **made | changes)


@dataclasses.dataclass
class Result:
    table: object
    arms: dict


def make_result(records, **changes):
    arms = {}
    for record in records:
        arms.setdefault(record.cell.arm, []).append(record)
    table = dataclasses.replace(build(records, resamples=200), **changes)
    return Result(table, {row.arm: arms[row.arm] for row in table.rows})
