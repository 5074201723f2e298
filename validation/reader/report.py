"""How well a reader reads while it is trained: written evidence that it has not seen, and the pairs of claims."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from harness.cli.config import ROOT
from harness.judges.reader import Pair, encoded
from validation.reader.examples import Example

MAX_TOKENS: Final = 192
TOGETHER: Final = 64
PAIRS: Final = ("part_a", "development", "spelling", "paraphrase")
"""of validation/claim_pairs; part_b is not looked at"""


def tokens(tokenizer: Any, examples: Sequence[Example]) -> Mapping[str, Any]:
    """Return examples as tensors, padded to the longest."""
    pairs = [Pair(one.question, one.claim, one.evidence) for one in examples]
    padded: Mapping[str, Any] = tokenizer.pad(encoded(tokenizer, pairs, MAX_TOKENS), return_tensors="pt")
    return padded


def log_odds(model: Any, tokenizer: Any, examples: Sequence[Example]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the log-odds of each example."""
    import torch

    model.eval()
    order = sorted(range(len(examples)), key=lambda at: len(examples[at].evidence) + len(examples[at].claim))
    found = np.zeros(len(examples))
    with torch.inference_mode():
        for at in range(0, len(order), TOGETHER):
            part = order[at : at + TOGETHER]
            read = tokens(tokenizer, [examples[one] for one in part])
            found[part] = model(**read).logits[:, 0].float().numpy()
    return found


def report(model: Any, tokenizer: Any, out: Sequence[tuple[str, list[Example]]]) -> None:
    """Print how held-out written examples and the pairs come out.

    Args:
        model: of transformers, with one output.
        tokenizer: its tokenizer.
        out: by piece of evidence: its language and examples.
    """
    from sklearn.metrics import roc_auc_score

    for language in sorted({name for name, _ in out}):
        own = [one for name, examples in out if name == language for one in examples]
        scores, labels = log_odds(model, tokenizer, own), np.array([one.supported for one in own])
        print(
            f"  held out {language}: {len(own)} AUROC {roc_auc_score(labels, scores):.3f} "
            f"{_shares(scores[labels], scores[~labels])}",
            flush=True,
        )
    for name in PAIRS:
        lines = (ROOT / f"validation/claim_pairs/{name}.jsonl").read_text(encoding="utf-8").splitlines()
        pairs = [json.loads(line) for line in lines]
        true, false = (
            log_odds(model, tokenizer, [Example("", pair[side], pair["evidence"], False, "") for pair in pairs])
            for side in ("true", "false")
        )
        print(f"  {name}: {_shares(true, false)} ranked {np.mean(true > false):.3f}", flush=True)


def _shares(true: Any, false: Any) -> str:
    return f"accepted {np.mean(true > 0):.3f} caught {np.mean(false <= 0):.3f}"
