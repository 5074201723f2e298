"""Learns the weights by which near-verbatim claims are judged: `python -m validation.difference_training FILE …`.

FILE: JSON lines with kind, evidence, true and false; none that serves as a test. Writes
harness/judges/difference_weights.yaml and prints figures of 5-fold cross-validation over evidence, all weights learned
anew in each fold. What tells a unit from its rivals, and a claim from itself with roles exchanged, is learned from true
claims alone (those of validation/written_claims among them); the weights of the signs of a claim from the pairs.
"""

import argparse
import json
import math
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import yaml

from harness.judges import exchanged_roles, rival_places
from harness.judges.claim_signs import WEIGHTS, Candidates, candidates, of_places, of_words
from harness.judges.claim_units import matched
from harness.judges.differences import compare
from harness.judges.judge import Question
from harness.judges.placed_words import RIVALRIES
from validation.agreement import auroc
from validation.judges import judges
from validation.pairs import WRITTEN

FOLDS: Final = 5
SOFTNESS: Final = {"places": 1.0, "claim": 0.3}
"""sklearn's C; signs are scaled to their standard deviation"""
ACCEPTED: Final = 0.9
"""share of true claims above the threshold"""
EVERY: Final = 3
"""one of so many pieces of written evidence is learned from"""
OVERLAP_ONLY: Final = "lexical_differences words.strict=false words.contradiction=1e-9 words.exchanged=1e-9"
DECIMALS: Final = 3

Floats = np.ndarray[Any, np.dtype[np.float64]]
Booleans = np.ndarray[Any, np.dtype[np.bool_]]


class Row(NamedTuple):
    """A claim with what is read from it."""

    fold: int
    true: bool
    kind: str
    tried: Candidates
    signs: Mapping[str, float]
    """those without weights, the overlap among them; {} for claims that only show places"""


def main() -> None:
    """Print figures of cross-validation and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    given = parser.parse_args()
    rows = [*_pairs(given.files), *_written()]
    scores = np.zeros(len(rows))
    for fold in range(FOLDS):
        learned = learn([row for row in rows if row.fold != fold])
        for number, row in enumerate(rows):
            if row.fold == fold and row.signs:
                scores[number] = _log_odds(row, learned)
    _print(rows, scores)
    learned = learn(rows)
    WEIGHTS.write_text(_written_out(learned), encoding="utf-8")
    print(f"{WEIGHTS}: written")


def _pairs(files: Sequence[Path]) -> list[Row]:
    claims = [
        (row["evidence"], row[side], side == "true", row["kind"])
        for file in files
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines())
        for side in ("true", "false")
    ]
    judge = next(iter(judges([OVERLAP_ONLY]).values()))
    judgements = judge.judge([Question(text, (evidence,)) for evidence, text, _, _ in claims])
    rows = []
    for (evidence, _, true, kind), judgement in zip(claims, judgements, strict=True):
        for claim in judgement.assertions:
            signs = of_words(matched(claim.text, (evidence,)))
            signs |= {f"certain {found.kind}": 1.0 for found in compare(claim.text, (evidence,)).differences}
            signs["overlap"] = math.log(claim.support / (1 - claim.support))
            rows.append(Row(_fold(evidence), true, kind, candidates(matched(claim.text, (evidence,))), signs))
    return rows


def _written() -> Iterator[Row]:
    """Yield true written claims, for what they say of places."""
    for path in sorted(WRITTEN.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines()[::EVERY]:
            row = json.loads(line)
            for text in row["true"]:
                match = matched(text, (row["evidence"],))
                yield Row(_fold(row["evidence"]), True, "", candidates(match), {})


def _fold(evidence: str) -> int:
    return zlib.crc32(evidence.encode()) % FOLDS


def learn(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the weights of places, roles and the signs of a claim."""
    learned: dict[str, Any] = {"places": _places(rows), "roles": _roles(rows)}
    judged = [row for row in rows if row.signs]
    signs = [{**row.signs, **of_places(row.tried, learned)} for row in judged]
    learned["claim"] = _claim(signs, np.array([row.true for row in judged]))
    return learned


def _places(rows: Sequence[Row]) -> dict[str, list[float]]:
    """Return, by rivalry, the weights by which a unit beats its rivals in true claims."""
    gains: dict[str, list[tuple[Floats, float]]] = defaultdict(list)
    for row in rows:
        for unit in row.tried.units if row.true else ():
            kinds = [rival.rivalry for rival in unit.rivals]
            for rival in unit.rivals:
                gain = np.array(unit.own.features) - np.array(rival.features)
                gains[str(rival.rivalry)].append((gain, 1 / kinds.count(rival.rivalry)))
    nothing = [0.0] * len(rival_places.FEATURES)
    return {kind: _preferring(gains[kind]) if gains[kind] else nothing for kind in RIVALRIES}


def _roles(rows: Sequence[Row]) -> list[float]:
    """Return the weights by which true claims beat themselves with two roles exchanged."""
    pairs = [(pair, len(row.tried.pairs)) for row in rows if row.true for pair in row.tried.pairs]
    if not pairs:
        return [0.0] * len(exchanged_roles.FEATURES)
    return _preferring([(np.array(pair.features), 1 / count) for pair, count in pairs])


def _preferring(gains: Sequence[tuple[Floats, float]]) -> list[float]:
    """Return weights under which as many gains as possible are positive: logistic regression, without an intercept."""
    from sklearn.linear_model import LogisticRegression

    features, weight = np.array([gain for gain, _ in gains]), np.array([own for _, own in gains])
    model = LogisticRegression(fit_intercept=False, C=SOFTNESS["places"], max_iter=1000)
    labels = np.repeat([1, 0], len(features))
    model.fit(np.concatenate([features, -features]), labels, np.concatenate([weight, weight]))
    return [float(own) for own in model.coef_[0]]


def _claim(signs: Sequence[Mapping[str, float]], true: Booleans) -> dict[str, float]:
    """Return the weights of the signs, and an intercept under which ACCEPTED of the true claims get 0 or more."""
    from sklearn.linear_model import LogisticRegression

    names = sorted({name for own in signs for name in own})
    table = np.array([[own.get(name, 0.0) for name in names] for own in signs])
    scale = table.std(axis=0) + 1e-9
    model = LogisticRegression(C=SOFTNESS["claim"], max_iter=2000).fit(table / scale, true)
    weights = model.coef_[0] / scale
    least = float(np.quantile((table @ weights)[true], 1 - ACCEPTED))
    return {"intercept": -least, **{name: float(own) for name, own in zip(names, weights, strict=True)}}


def _log_odds(row: Row, learned: Mapping[str, Any]) -> float:
    signs = {**row.signs, **of_places(row.tried, learned)}
    weights = learned["claim"]
    return float(weights["intercept"] + sum(weights.get(name, 0.0) * own for name, own in signs.items()))


def _print(rows: Sequence[Row], scores: Floats) -> None:
    judged = np.array([bool(row.signs) for row in rows])
    true = np.array([row.true for row in rows])
    supported = scores >= 0
    print(f"{int(judged.sum())} claims, AUROC {auroc(scores[judged], true[judged].astype(float)):.3f}")
    for kind in ["all", *sorted({row.kind for row in rows if row.signs})]:
        own = judged & np.array([kind in ("all", row.kind) for row in rows])
        accepted, caught = supported[own & true].mean(), (~supported[own & ~true]).mean()
        print(f"{kind:<12} {int((own & true).sum()):>5} true ones accepted {accepted:.3f}, false caught {caught:.3f}")


def _written_out(learned: Mapping[str, Any]) -> str:
    """Return the weights as yaml, rounded."""
    places = {kind: [round(own, DECIMALS) for own in weights] for kind, weights in learned["places"].items()}
    roles = [round(own, DECIMALS) for own in learned["roles"]]
    claim = {name: round(own, DECIMALS) for name, own in learned["claim"].items()}
    header = "# Written by python -m validation.difference_training; do not edit.\n"
    return header + yaml.safe_dump({"places": places, "roles": roles, "claim": claim}, sort_keys=True, width=120)


if __name__ == "__main__":
    main()
