"""Learns the numbers of the score of refusals: `python -m validation.refusal_training`. Always the same file.

From the committed examples that are not held out, and examples that were written without sight of the patterns
(`refusals_written/train*.jsonl`: `train_2` by the author of the concepts, the others without sight). The features were
chosen by cross-validation, now with near-duplicates in one fold; `held_out.jsonl` is never read here. The words of the
concepts were chosen with the training examples in sight, so the figures of cross-validation are optimistic.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from safetensors.numpy import save_file
from scipy.sparse import csr_matrix, diags, hstack
from scipy.sparse.csgraph import connected_components

from harness.audits import spread
from harness.text.refusal_score import BUCKETS, VERSION, WEIGHTS, buckets
from harness.text.refusals import Wording, verdict
from harness.text.sentences import sentences
from validation.refusals import WRITTEN, read

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

FOLDS: Final = 5
SOFTNESS: Final = 10.0
"""sklearn's C"""
ALIKE: Final = 0.6
"""cosine of the features of words above which two texts stay in one fold"""


DATASETS: Final = Path(__file__).parents[1] / "datasets"
CLAIMS: Final = Path(__file__).parent / "written_claims"
EVERYDAY: Final = ("qa", "support")
EVERY: Final = 8
"""one of so many written claims is learned from"""
EVERY_OWN: Final = 2
"""one of so many answers of our own tasks"""
PAIRS: Final = CLAIMS.parent / "claim_pairs"
UNSEEN: Final = ("part_b", "part_d")
"""pairs that nothing looks at"""
ORDINARY: Final = 3000
"""pieces of evidence; without ordinary prose, and on pairs of refusals and look-alikes alone, a third of the sentences
of scientific summaries passed for refusals"""
SENTENCES: Final = 6000
"""of that evidence"""


class Text(NamedTuple):
    """An example; `source` says which file it is from."""

    text: str
    refusal: bool
    language: str
    source: str


def examples() -> list[Text]:
    """Return what is learned from."""
    own = [Text(row["text"], row["refusal"], row["language"], "committed") for row in read() if "held_out" not in row]
    for path in sorted(WRITTEN.glob("train*.jsonl")):
        name, lines = path.stem, path.read_text(encoding="utf-8").splitlines()
        own += [Text(row["text"], row["refusal"], row["lang"], name) for row in map(json.loads, lines)]
    return [*own, *_everyday(), *_prose()]


def _prose() -> Iterator[Text]:
    """Yield evidence of claims and pairs, and sentences of it, spread over all: texts of many subjects."""
    files = [
        *sorted(CLAIMS.glob("*.jsonl")),
        *(path for path in sorted(PAIRS.glob("*.jsonl")) if path.stem not in UNSEEN),
    ]
    rows = [json.loads(line) for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    texts = spread([row for row in rows if verdict(row["evidence"]) is not Wording.REFUSES], ORDINARY)
    parts = [(row["lang"], sentence) for row in texts for sentence in sentences(row["evidence"])]
    yield from (Text(row["evidence"], False, row["lang"], "prose") for row in texts)
    yield from (Text(sentence, False, code, "prose") for code, sentence in spread(parts, SENTENCES))


def _everyday() -> Iterator[Text]:
    """Yield answers of our own tasks and written claims that say nothing of the kind: most are no look-alikes."""
    for path in sorted(CLAIMS.glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        said = [(row["lang"], text) for row in rows for text in (*row["true"], *(one["text"] for one in row["false"]))]
        yield from (
            Text(text, False, code, "claims") for code, text in said[::EVERY] if verdict(text) is Wording.STATES
        )
    for task in EVERYDAY:
        lines = (DATASETS / task / "train.jsonl").read_text(encoding="utf-8").splitlines()
        texts = sorted({text for row in map(json.loads, lines) for text in row["references"]})
        yield from (Text(text, False, "en", "tasks") for text in texts[::EVERY_OWN] if verdict(text) is Wording.STATES)


def matrix(texts: Iterable[str]) -> csr_matrix:
    """Return the features, the two tables side by side, each row of a table of length 1."""
    found = [buckets(text) for text in texts]
    return hstack([_table([one.words for one in found]), _table([one.concepts for one in found])]).tocsr()


def _table(rows: Sequence[Sequence[int]]) -> csr_matrix:
    ends = np.cumsum([0, *map(len, rows)])
    ones = csr_matrix((np.ones(ends[-1]), np.concatenate(rows).astype(int), ends), shape=(len(rows), BUCKETS))
    return (diags(1 / np.sqrt(np.maximum(ones.getnnz(1), 1))) @ ones).tocsr()


def groups(features: csr_matrix) -> np.ndarray:
    """Return a number per text, equal for near-duplicates."""
    words = features[:, :BUCKETS]
    alike = words @ words.T
    alike.data = (alike.data > ALIKE).astype(float)
    alike.eliminate_zeros()
    return connected_components(alike, directed=False)[1]


def cross_validated(texts: Sequence[Text], features: csr_matrix) -> np.ndarray:
    """Return whether each text is recognised by numbers that were learned without it and its near-duplicates."""
    from sklearn.model_selection import GroupKFold

    labels = np.array([one.refusal for one in texts])
    decided = np.zeros(len(texts), dtype=bool)
    for train, test in GroupKFold(FOLDS).split(features, labels, groups(features)):
        model = fitted(features[train], labels[train])
        decided[test] = [_decided(model, texts[place].text) for place in test]
    return decided


def authors_left_out(texts: Sequence[Text], features: csr_matrix) -> np.ndarray:
    """Return the same of numbers that were learned without the texts of its author (a file has one); others: False."""
    labels, sources = np.array([one.refusal for one in texts]), np.array([one.source for one in texts])
    decided = np.zeros(len(texts), dtype=bool)
    for author in sorted(source for source in set(sources) if source.startswith("train")):
        test = sources == author
        model = fitted(features[~test], labels[~test])
        decided[test] = [_decided(model, texts[place].text) for place in np.flatnonzero(test)]
    return decided


def _decided(model: "LogisticRegression", text: str) -> bool:
    """Return what is_refusal would return with the numbers of this model."""
    needed = verdict(text).value
    whole, *parts = model.decision_function(matrix([text, *sentences(text)]))
    return bool(whole > needed.whole and all(part > needed.sentence for part in parts))


def fitted(features: csr_matrix, labels: np.ndarray) -> "LogisticRegression":
    """Return the model."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=SOFTNESS, solver="liblinear", random_state=0).fit(features, labels)


def report(texts: Sequence[Text], decided: np.ndarray) -> Iterator[str]:
    """Yield precision and recall per source, and per language of the written ones."""
    sources, languages = ([getattr(one, name) for one in texts] for name in ("source", "language"))
    for source in sorted(set(sources)):
        yield f"{source}: {_figures(texts, decided, [one == source for one in sources])}"
    for code in sorted(set(languages)):
        written = [one == code and own.startswith("train") for one, own in zip(languages, sources, strict=True)]
        yield f"{code}: {_figures(texts, decided, written)}"


def _figures(texts: Sequence[Text], decided: np.ndarray, chosen: Sequence[bool]) -> str:
    labels, kept = np.array([one.refusal for one in texts]), np.array(chosen)
    right = (labels & decided & kept).sum()
    precision, recall = right / max((decided & kept).sum(), 1), right / max((labels & kept).sum(), 1)
    return f"n {kept.sum()}, precision {precision:.3f}, recall {recall:.3f}"


def main() -> None:
    """Print the figures of cross-validation and write the numbers."""
    texts = examples()
    features = matrix(one.text for one in texts)
    print("Near-duplicates left out:", *report(texts, cross_validated(texts, features)), sep="\n")
    print("Authors left out:", *report(texts, authors_left_out(texts, features)), sep="\n")
    model = fitted(features, np.array([one.refusal for one in texts]))
    weights = model.coef_[0].astype(np.float16)
    tables = {"words": weights[:BUCKETS], "concepts": weights[BUCKETS:], "bias": model.intercept_.astype(np.float16)}
    about = {"by": "python -m validation.refusal_training", "examples": len(texts), "features": VERSION}
    save_file(tables, WEIGHTS, metadata={"about": json.dumps(about)})  # several keys would stand in any order


if __name__ == "__main__":
    main()
