"""Learns the step from the encoder's states to refusals: `python -m validation.refusal_encoder_training`.

The encoder stays as it is published. From the English examples of `validation.refusal_training`: written lines,
the committed ones that are not held out, and ordinary prose. `held_out.jsonl` is never read. Then authors are
left out, a third of them at a time, and what is recognised of their lines is printed: by the linear score alone, by
the encoder alone, and by both as they are mixed in use.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from safetensors.numpy import save_file

from harness.audits import spread
from harness.text.refusal_encoder import VERSION, WEIGHTS, states
from harness.text.refusals import ENCODER
from validation.refusal_training import Text, examples, fitted, matrix

LANGUAGE: Final = "en"
PLAIN: Final = ("claims", "tasks", "prose")
"""sources without refusals"""
MOST_PLAIN: Final = 1200
SOFTNESS: Final = 0.01
"""sklearn's C"""
FOLDS: Final = 3
BATCH: Final = 64
ROUNDS: Final = 300


def chosen() -> list[Text]:
    """Return what is learned from and tested on."""
    own = [one for one in examples() if one.language == LANGUAGE]
    plain = [one for one in own if one.source in PLAIN]
    return [*(one for one in own if one.source not in PLAIN), *spread(plain, MOST_PLAIN)]


def read(texts: Sequence[str]) -> np.ndarray:
    """Return the states of many texts, in order."""
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    found: dict[int, np.ndarray] = {}
    for batch in (order[start : start + BATCH] for start in range(0, len(order), BATCH)):
        found.update(zip(batch, states([texts[place] for place in batch]), strict=True))
    return np.stack([found[place] for place in range(len(texts))])


def learned(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the weights, shape (STATES,), and the bias, for states as the encoder gives them."""
    from sklearn.linear_model import LogisticRegression

    mean, spread_of = features.mean(0), np.maximum(features.std(0), 0.01)
    model = LogisticRegression(C=SOFTNESS, max_iter=ROUNDS).fit((features - mean) / spread_of, labels)
    weight = model.coef_[0] / spread_of
    return weight, float(model.intercept_[0] - mean @ weight)


def authors_left_out(texts: Sequence[Text], features: np.ndarray) -> Iterator[str]:
    """Yield what is recognised of authors that no reader learned from; decisions at log odds of 0."""
    labels, sources = np.array([one.refusal for one in texts]), np.array([one.source for one in texts])
    authors = sorted(source for source in set(sources) if source.startswith("train"))
    words, found = matrix(one.text for one in texts), np.full((2, len(texts)), np.nan)
    for out in (np.isin(sources, authors[number::FOLDS]) for number in range(FOLDS)):
        weight, bias = learned(features[~out], labels[~out])
        found[1, out] = features[out] @ weight + bias
        found[0, out] = fitted(words[~out], labels[~out]).decision_function(words[out])
    both = (1 - ENCODER) * found[0] + ENCODER * found[1]
    written = np.isin(sources, authors)
    for name, odds in {"score": found[0], "encoder": found[1], "both": both}.items():
        said = (odds > 0) & written
        right = (said & labels).sum()
        yield f"{name}: precision {right / said.sum():.3f}, recall {right / (labels & written).sum():.3f}"


def main() -> None:
    """Write the numbers and print the figures of authors left out."""
    texts = chosen()
    features = read([one.text for one in texts])
    weight, bias = learned(features, np.array([one.refusal for one in texts]))
    about = {"by": "python -m validation.refusal_encoder_training", "examples": len(texts), "states": VERSION}
    tables = {"weight": weight.astype(np.float32), "bias": np.array([bias], dtype=np.float32)}
    save_file(tables, WEIGHTS, metadata={"about": json.dumps(about)})
    print("Authors left out:", *authors_left_out(texts, features), sep="\n")


if __name__ == "__main__":
    main()
