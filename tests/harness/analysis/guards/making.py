"""Records of a sound comparison, arm by arm, that a test breaks in one way."""

import dataclasses

from harness.analysis.table import build
from harness.machine.measured import Span
from harness.types import Example, Passage, Prediction, Score
from tests.harness.records import SHARE, build_record

N = 40
METRICS = {"exact_match": SHARE, "rouge_l": SHARE}
SKILL = {"base": 0.2, "rag": 0.7, "qlora": 0.4, "hybrid": 0.8, "oracle": 0.95, "random": 0.2}
KIND = {"oracle": "OracleRetriever", "random": "RandomRetriever"}


def example(number):
    return Example(f"e{number}", f"Who built bridge {number}?", (f"Mason {number}",), (f"d{number}",))


def passages(arm, number):
    """rag and hybrid find the gold document and a neighbour's, the oracle the gold one, random two others."""
    ids = {"oracle": [number], "random": [number * 7 + 11, number * 5 + 13], "base": [], "qlora": []}
    return tuple(
        Passage(f"d{one}", f"Mason {one} built bridge {one}.", 0, 20, 0.5) for one in ids.get(arm, [number, number + N])
    )


def sound(arm, seed=0, n=N, **fields):
    """The record of an arm; what is shown decides the prompt, skill how many answers are right."""
    rows, adapted = [example(number) for number in range(n)], arm in ("qlora", "hybrid")
    predictions, scores = [], {name: [] for name in METRICS}
    for number, row in enumerate(rows):
        seen = passages(arm, number)
        right = (number * 0.618 + 0.1 * seed) % 1 < SKILL[arm]
        text = row.references[0] if right else f"{arm} {seed} guesses stone {number}"
        prompt = " ".join([*(one.text for one in seen), row.text])
        made = Prediction(row.id, text, seen, (Span("decode", 1.0, 10, 5),), "stop", prompt=(prompt,))
        key = f"{adapted}{seed}" if adapted else ""
        predictions.append(dataclasses.replace(made, prompt_sha256=prompt, adapter_key=key))
        scores["exact_match"].append(Score(row.id, "exact_match", float(right)))
        scores["rouge_l"].append(Score(row.id, "rouge_l", 1.0 if right else round(0.01 * (len(arm) + number % 9), 3)))
    spec = {"max_new_tokens": 16, "arm": {"retriever": None}}
    if arm not in ("base", "qlora"):
        spec["arm"] = {"retriever": {"class": f"pipelines.rag.controls.{KIND[arm]}" if arm in KIND else "Passages"}}
    if adapted:
        spec["adapter"] = {"rank": 8}
    facts = {"training": {"adapter": f"{adapted}{seed}"}, "adapter_sha256": f"w{seed}"} if adapted else {}
    made = {
        "spec": {"cell": {"answers": spec}},
        "facts": facts
        | {"code": {"pipelines.prompts": "a", "pipelines.rag.searcher": "b", "pipelines.qlora.training": "c"}},
        "environment": {"python": "3.11.7", "packages": {"torch": "2.13.0"}},
        "metrics": METRICS,
        "examples": rows,
        "predictions": predictions,
        "scores": [score for name in METRICS for score in scores[name]],
    }
    return build_record(arm, seed, **made | fields)


def answering(record, change, **fields):
    """The record with each prediction changed: `change(number, prediction)` gives the fields."""
    changed = [dataclasses.replace(one, **change(number, one)) for number, one in enumerate(record.predictions)]
    return dataclasses.replace(record, predictions=tuple(changed), **fields)


def renamed(record, arm):
    """The record of another arm, with a part of its own."""
    answers = {**record.spec["cell"]["answers"], "part": arm}
    spec = {**record.spec, "cell": {**record.spec["cell"], "answers": answers}}
    return dataclasses.replace(record, cell=dataclasses.replace(record.cell, arm=arm), spec=spec)


def with_facts(record, **facts):
    return dataclasses.replace(record, facts={**record.facts, **facts})


def scored(record, metric, value):
    """The record with other scores: `value(number)` gives each."""
    place = {row.id: number for number, row in enumerate(record.examples)}
    scores = [
        dataclasses.replace(one, value=value(place[one.example_id])) if one.metric == metric else one
        for one in record.scores
    ]
    return dataclasses.replace(record, scores=tuple(scores))


def flags(*records):
    """What must be acted on in the table of these records, as topic: text."""
    return [f"{note.topic}: {note.text}" for note in build(list(records), resamples=200).flags]
