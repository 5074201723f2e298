"""A small comparison with something of everything: failures, refusals, two seeds, metrics that do not apply."""

import pytest

from harness.analysis.table import build
from harness.store.records.last_run import Refusal
from harness.types import Cell, Example, Passage, Prediction, Score
from tests.harness.records import build_record

METRICS = {
    "exact_match": {"unit": "share of answers", "higher_is_better": True, "worst": 0.0},
    "rouge_l": {"unit": "ROUGE-L F, 0 to 1", "higher_is_better": True, "worst": 0.0},
    "recall@5": {"unit": "share of gold documents", "higher_is_better": True, "worst": 0.0},
    "answer_length": {"unit": "words", "higher_is_better": None, "worst": None},
}
SKILL = {"base": 3, "rag": 7, "qlora": 4, "hybrid": 8, "oracle": 9}


def noise(*parts):
    """A fixed number in [0, 1) that looks random."""
    number = sum(part * factor for part, factor in zip(parts, (7919, 104_729, 1_299_709), strict=False))
    return (number * 2_654_435_761 % 2**32) / 2**32


def score(metric, arm, example, seed):
    hardness, seed_variance = noise(int(example.id[1:]) // 2, 1), noise(int(example.id[1:]), 10 + seed, SKILL[arm])
    right = SKILL[arm] / 10 > 0.7 * hardness + 0.3 * seed_variance
    if metric == "answer_length":
        return Score(example.id, metric, float(int(40 * seed_variance) + SKILL[arm]))
    if metric == "recall@5":
        if arm in ("base", "qlora"):
            return Score(example.id, metric, None, "not_applicable", "the arm retrieves nothing")
        return Score(example.id, metric, 1.0 if arm == "oracle" else float(seed_variance < 0.8))
    if cut(arm, example, seed):
        return Score(example.id, metric, 0.0)
    if seed_variance > 0.95:
        return Score(example.id, metric, 0.0, "abstained")
    return Score(
        example.id, metric, float(right) if metric == "exact_match" else round(0.5 * right + 0.4 * seed_variance, 3)
    )


def cut(arm, example, seed):
    return noise(int(example.id[1:]), 77 + seed) < {"qlora": 0.15, "hybrid": 0.02}.get(arm, 0.0)


def prediction(arm, example, seed):
    dropped = 2 if arm == "rag" and noise(int(example.id[1:]), 5) < 0.1 else 0
    text = f"The lamp in hall {example.id} is green, says {arm} in run {seed}."
    passages = () if arm in ("base", "qlora") else (Passage(f"d{example.id[1:]}", "a fact", 0, 6, 1.0),)
    finish = "length" if cut(arm, example, seed) else "stop"
    return Prediction(example.id, text, passages, (), finish, passages_dropped=dropped)


TRAINING = {
    "rows": 1180,
    "rows_dropped": 15,
    "rows_without_reference": 5,
    "steps": 222,
    "kept_step": 185,
    "validation_loss": [[185, 0.4111], [222, 0.4222]],
}


def make_record(arm, seed=0, n=120, **changes):
    examples = tuple(Example(f"e{i}", "?", ("!",), (f"d{i}",), group=f"g{i // 2}") for i in range(n))
    made = {
        "spec": {"seed": seed, "arm": arm},
        "fingerprint": f"{SKILL[arm]}{seed}" * 32,
        "comparison": "c" * 64,
        "facts": {
            "split": "test",
            "limit": None,
            "quantisation": "NF4, double quantisation, bfloat16",
            "leakage": {"test_examples": n, "exact": 0, "near": 3},
            **({"training": TRAINING} if arm in ("qlora", "hybrid") else {}),
        },
        "metrics": METRICS,
        "examples": examples,
        "predictions": [prediction(arm, example, seed) for example in examples],
        "scores": [score(metric, arm, example, seed) for metric in METRICS for example in examples],
    }
    return build_record(arm, seed, **made | changes)


@pytest.fixture
def record():
    return make_record


@pytest.fixture
def table():
    records = [make_record(arm) for arm in ("oracle", "hybrid", "rag", "base")]
    records += [make_record("qlora", seed) for seed in (0, 1)]
    reason = "adapter 3f2a: logits do not differ from base"
    return build(records, [Refusal(Cell("qa", "pocket", "raft", 0), reason, "f" * 64, "c" * 64)], resamples=2000)
