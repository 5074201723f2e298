"""The card as plain data: what it was computed from, so that a page computes the same, and what came out.

A page that is given `criteria[].values[ARM].draws`, `weights`, `concentration`, `limits`, `use`, `seed` and `draws`
gets the same numbers as `results` holds, by docs/DECIDE.md, "The same numbers elsewhere". Infinite and missing numbers
are null.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from harness.studies.decision.change import changes
from harness.studies.decision.evaluation import Evaluation
from harness.studies.decision.samples import RESAMPLES
from harness.studies.decision.unknowns import unknowns
from harness.studies.decision.usable import mind
from harness.studies.decision.words import card_words

FORMAT: Final = 1
"""raised when a key gets another meaning"""


def card_json(found: Evaluation) -> str:
    """Return the card as JSON, a line per key and one per list of resamples."""
    data = card_data(found)
    criteria = ",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in data.pop("criteria"))
    rest = json.dumps(data, indent=1, ensure_ascii=False)
    return f'{{"criteria": [\n{criteria}\n],{rest[1:]}\n'


def card_data(found: Evaluation) -> dict[str, Any]:
    """Return all that the card was computed from, and what came out."""
    decision, measured = found.decision, found.measured
    asked = {"questions": decision.questions, "aspects": decision.aspects}
    data = {
        "format": FORMAT,
        "task": measured.task,
        "model": measured.model,
        "name": decision.name,
        "says": decision.says,
        "unusable": mind(found),
        "arms": {arm: asdict(role) for arm, role in measured.roles.items()},
        "criteria": [_criterion(found, at, name) for at, name in enumerate(found.criteria)],
        **{kind: {name: asdict(one) for name, one in own.items()} for kind, own in asked.items()},
        "always": dict(decision.always),
        "answers": dict(decision.answers),
        "given_weights": dict(decision.weights),
        "weights": dict(zip(found.criteria, found.weights.tolist(), strict=True)),
        "concentration": decision.concentration,
        "limits": dict(decision.limits),
        "least_probability": decision.least_probability,
        "documents_may_leave": decision.documents_may_leave,
        "documents_leave_with": dict(measured.holds_documents),
        "use": asdict(decision.use),
        "draws": decision.draws,
        "resamples": RESAMPLES,
        "seed": decision.seed,
        "warnings": list(measured.warnings),
        "results": _results(found),
    }
    plain: dict[str, Any] = _plain(data)
    return plain


def _criterion(found: Evaluation, at: int, name: str) -> dict[str, Any]:
    own, readout = found.decision.criteria[name], found.measured.readouts.get(name)
    samples = {} if readout is None else readout.samples
    return {
        "name": name,
        **{key: getattr(own, key) for key in ("title", "worst", "best", "scale", "times", "why")},
        "unit": own.unit_in(found.measured.currency),
        "weight": float(found.weights[at]),
        "measured": None if readout is None else readout.said,
        "wanted": found.measured.wanted.get(name),
        "values": {arm: {"value": one.value, "draws": one.draws.tolist()} for arm, one in samples.items()},
    }


def _results(found: Evaluation) -> dict[str, Any]:
    changed, missing = changes(found), unknowns(found)
    arms = [found.arms[place] for place in found.allowed]
    ranked = found.ranking
    return {
        "recommended": None if found.recommended is None else found.arms[found.recommended],
        "runner_up": None if found.runner_up is None else found.arms[found.runner_up],
        "first": found.first,
        "utility": dict(zip(found.arms, found.scores.tolist(), strict=True)),
        "ranks": {} if ranked is None else dict(zip(arms, ranked.acceptability.tolist(), strict=True)),
        "wins": {} if ranked is None else dict(zip(arms, ranked.wins.tolist(), strict=True)),
        "central": {} if ranked is None else dict(zip(arms, ranked.central.tolist(), strict=True)),
        "confidence": {} if ranked is None else dict(zip(arms, ranked.confidence.tolist(), strict=True)),
        "keeps": {"all": dict(found.kept.probability), **{one.criterion: dict(one.keeps) for one in found.kept.checks}},
        "ruled_out": dict(found.kept.ruled_out),
        "unchecked": {name: list(own) for name, own in found.kept.unchecked.items()},
        "regret": {"mean": float(found.regret.mean()), "at_most": float(np.quantile(found.regret, 0.95))},
        "changes": [asdict(one) for one in changed],
        "unmeasured": [asdict(one) for one in missing],
        "words": list(card_words(found, changed, missing)),
    }


def _plain(value: Any) -> Any:
    """Return data that every JSON reader takes: null for numbers that are none."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
