"""Records for tests: `build_record` builds every one of them; `record` is the short way for one metric."""

from harness.types import Cell, Example, Prediction, Record, Score

ROLES = {
    arm: dict(zip(("retrieves", "adapted", "trained_on_passages", "control"), parts, strict=True))
    for arm, parts in {
        "base": (False, False, False, False),
        "rag": (True, False, False, False),
        "qlora": (False, True, False, False),
        "hybrid": (True, True, False, False),
        "raft": (True, True, True, False),
        "rag_k8": (True, False, False, False),
        "oracle": (True, False, False, True),
        "random": (True, False, False, True),
    }.items()
}
"""the fact `role` of the shipped arms: what each is made of"""
SHARE = {"unit": "share", "higher_is_better": True, "worst": 0.0}


def build_record(arm="rag", seed=0, *, examples=(), predictions=None, scores=(), facts=None, **fields):
    """A record of one arm on task qa and model pocket.

    Args:
        arm: one of ROLES has its role as a fact; another is a bare model.
        seed: of the cell.
        examples: what was asked.
        predictions: one per example; by default each answer is "text".
        scores: of the metrics in `metrics`, none by default.
        facts: put next to the role.
        fields: of Record, instead of what is small and the same for all.
    """
    if predictions is None:
        predictions = [Prediction(example.id, "text", (), (), "stop") for example in examples]
    usual = {
        "cell": Cell("qa", "pocket", arm, seed),
        "spec": {"arm": arm},
        "fingerprint": f"{arm}{seed}",
        "comparison": "same",
        "environment": {},
        "metrics": {},
        "build_spans": (),
    }
    role = {"role": ROLES.get(arm, {})}
    return Record(
        **usual | fields,
        facts=role | (facts or {}),
        examples=tuple(examples),
        predictions=tuple(predictions),
        scores=tuple(scores),
    )


def record(arm, values, seed=0, metric="em", meaning=SHARE, groups=(), **fields):
    """A record of one metric.

    Args:
        arm: as in build_record.
        values: one per example: a number, None (not applicable), or a (value, reason) pair.
        seed: of the cell.
        metric: its name.
        meaning: its unit and direction.
        groups: of the examples; without them each is its own.
        fields: as in build_record.
    """
    pairs = [one if isinstance(one, tuple) else (one, "" if one is not None else "not_applicable") for one in values]
    groups = groups or [""] * len(pairs)
    rows = [(f"e{place}", *row) for place, row in enumerate(zip(pairs, groups, strict=True))]
    examples = [Example(example_id, "?", ("!",), (), group=group) for example_id, _, group in rows]
    scores = [Score(example_id, metric, *pair) for example_id, pair, _ in rows]
    return build_record(arm, seed, **{"examples": examples, "scores": scores, "metrics": {metric: meaning}, **fields})


def section(table, name):
    """The section of that name."""
    return next(one for one in table.sections if one.name == name)
