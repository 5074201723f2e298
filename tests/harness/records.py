"""Records of one metric: a value per example, None for "not applicable"."""

from harness.types import Cell, Example, Prediction, Record, Score

ROLES = {
    "rag": {"retrieves": True},
    "qlora": {"adapter": True},
    "hybrid": {"retrieves": True, "adapter": True},
    "raft": {"retrieves": True, "adapter": True, "trained_on_passages": True},
    "oracle": {"retrieves": True, "control": True},
    "random": {"retrieves": True, "control": True},
}
"""the fact `role` of records; every other arm is a bare model"""
SHARE = {"unit": "share", "higher_is_better": True, "worst": 0.0}


def record(arm, values, seed=0, metric="em", meaning=SHARE, groups=()):
    ids = [f"e{i}" for i in range(len(values))]
    groups = groups or [""] * len(ids)
    return Record(
        cell=Cell("qa", "pocket", arm, seed),
        spec={"arm": arm},
        fingerprint=f"{arm}{seed}",
        comparison="same",
        environment={},
        facts={"role": ROLES.get(arm, {})},
        metrics={metric: meaning},
        build_spans=(),
        examples=tuple(Example(one, "?", ("!",), (), group=group) for one, group in zip(ids, groups, strict=True)),
        predictions=tuple(Prediction(one, "text", (), (), "stop") for one in ids),
        scores=tuple(
            Score(one, metric, value, "" if value is not None else "not_applicable")
            for one, value in zip(ids, values, strict=True)
        ),
    )


def section(table, name):
    """The grid of that name."""
    return next(one for one in table.sections if one.name == name)
