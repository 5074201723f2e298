"""The weights of near-verbatim claims are learned from claims: on a few made-up ones."""

import json

import numpy as np
import pytest
import yaml

from harness.judges import exchanged_roles, rival_places
from harness.judges.placed_words import RIVALRIES
from validation import difference_training
from validation.difference_training import learn

THINGS = ["red", "blue", "green", "old", "small", "round"]


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    path = tmp_path_factory.mktemp("pairs") / "pairs.jsonl"
    lines = []
    for number, (one, other) in enumerate(zip(THINGS, THINGS[1:] + THINGS[:1], strict=True)):
        evidence = f"The {one} mill costs {30 + number} pounds, the {other} mill costs {50 + number} pounds."
        claims = {
            "true": f"The {other} mill costs {50 + number} pounds.",
            "false": f"The {other} mill costs {30 + number} pounds.",
        }
        lines.append(json.dumps({"kind": "other_thing", "lang": "en", "evidence": evidence, **claims}))
    path.write_text("\n".join(lines), encoding="utf-8")
    return difference_training._pairs([path])


def test_the_false_claims_get_less(rows):
    learned = learn(rows)
    scores = np.array([difference_training._log_odds(row, learned) for row in rows])
    true = np.array([row.true for row in rows])
    assert scores[true].min() > scores[~true].max()


def test_what_is_written_is_what_is_read(rows):
    written = yaml.safe_load(difference_training._written_out(learn(rows)))
    assert set(written["places"]) == set(RIVALRIES)
    assert all(len(own) == len(rival_places.FEATURES) for own in written["places"].values())
    assert len(written["roles"]) == len(exchanged_roles.FEATURES)
    assert {"intercept", "overlap", "rival value"} <= set(written["claim"])


def test_evidence_stays_in_one_fold(rows):
    folds = {row.fold for row in rows}
    assert folds <= set(range(difference_training.FOLDS))
    assert all(one.fold == other.fold for one, other in zip(rows[::2], rows[1::2], strict=True))
