"""Pre-trains an embedded model from nothing: `python -m pocket.pretrain [--size pocket_small]`.

It goes on from the last checkpoint if there is one; kill it at any time and start it again. At every checkpoint a
usable model (the running mean of the weights) is written to results/runs/SIZE/model, at the end to models/SIZE.
Every core works; a GPU is used when there is one.
"""

import argparse
import contextlib
import ctypes
import json
import multiprocessing
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from harness.machine.environment import machine
from harness.machine.precision import native_bfloat16
from pocket import attention
from pocket import tokenizer as tokenizers
from pocket.marks import padded_marks
from pocket.plan import HEAD, SIZES, Plan, batch, rate
from pocket.rows import Row, Stream, grouped, packed
from pocket.team import Team, abandoned
from pocket.wiring import wire

if TYPE_CHECKING:
    import torch

CHECKPOINT: Final = "checkpoint.pt"
LOG: Final = "log.jsonl"
MODEL: Final = "model"
"""folder of the usable model of a training that is not done"""
ALONE: Final = Team()


@dataclass
class Progress:
    """State of a training."""

    tokens: int = 0
    """read so far"""
    step: int = 0
    """updates so far"""
    conversations: int = 0
    """drawn so far"""
    seconds: float = 0.0
    """of training, over all starts"""
    right: dict[str, float] = field(default_factory=dict)
    """kind -> running share of answers whose every token was the likeliest one"""


def model_of(plan: Plan, tokenizer: Any) -> Any:
    """Return the untrained model."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(plan.seed)
    config = LlamaConfig(
        vocab_size=tokenizers.VOCABULARY,
        hidden_size=plan.width,
        intermediate_size=plan.inner,
        num_hidden_layers=plan.layers,
        num_attention_heads=plan.heads,
        num_key_value_heads=plan.heads,
        head_dim=HEAD,
        max_position_embeddings=tokenizers.CONTEXT,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config)


def fresh_model(plan: Plan, tokenizer: Any) -> Any:
    """Return the model as training starts from it: random but for the wiring that copies."""
    model = model_of(plan, tokenizer)
    if plan.wired:
        wire(model, plan.seed)
    return model


def made_tokenizer(plan: Plan, folder: Path) -> Path:
    """Return the folder of the tokenizer, which is trained first if it is not there."""
    path = folder / "tokenizer"
    if not path.is_dir():
        tokenizers.trained(plan.tokenizer_conversations, plan.seed).save_pretrained(path)
    return path


class Training:
    """One training, from nothing or from its checkpoint.

    Args:
        plan: what decides the weights.
        folder: holds checkpoint, tokenizer and log.
        team: this process among those that train together.
    """

    def __init__(self, plan: Plan, folder: Path, team: Team = ALONE) -> None:
        import torch

        from pocket.auxiliary import AuxiliaryLosses

        self.plan, self.folder, self.team, self.progress = plan, folder, team, Progress()
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.tokenizer = self._tokenizer()
        self.model = fresh_model(plan, self.tokenizer).to(self.device)
        self.model.set_attn_implementation(attention.register())
        self.mean = model_of(plan, self.tokenizer).to(self.device).requires_grad_(False)
        self.auxiliary = AuxiliaryLosses(plan).to(self.device)
        self.optimizers = _optimizers(plan, self.model, self.auxiliary, team)
        self._restore()
        self.loss = 0.0
        self.stream = Stream(self.tokenizer, plan.seed, self.progress.conversations)

    def run(self, minutes_between_checkpoints: float, export: Path) -> None:
        """Train to the end of the plan, with checkpoints at intervals; the finished model goes to `export`."""
        last = time.monotonic()
        while self.progress.tokens < self.plan.tokens and not abandoned():
            self.step()
            if self.team.rank > 0:
                continue
            if self.progress.step % 20 == 0:
                self.log()
            if time.monotonic() - last > 60 * minutes_between_checkpoints:
                self.save(self.folder / MODEL)
                last = time.monotonic()
        if self.team.rank == 0 and not abandoned():
            self.save(self.folder / MODEL)
            self.export(export)

    def measure(self, updates: int = 20) -> None:
        """Print the speed where conversations are as long as for most of a training, and what fits into the time."""
        self.progress.tokens = int(0.9 * self.plan.tokens)
        self.step()  # the first one is slower
        start, self.progress.seconds = self.progress.tokens, 0.0
        for _ in range(updates):
            self.step()
        speed = (self.progress.tokens - start) / self.progress.seconds
        if self.team.rank == 0:
            fitting = ", ".join(
                f"{speed * 60 * minutes / 1e6:.1f} million in {minutes} minutes" for minutes in (40, 110)
            )
            print(f"{speed:,.0f} tokens per second: {fitting}; planned {self.plan.tokens / 1e6:.1f} million")

    def step(self) -> None:
        """Make one update."""
        begun = time.monotonic()
        share = self.progress.tokens / self.plan.tokens
        rows = self.stream.batch(batch(self.plan, share), share)
        self.loss = self.team.add_up([self.model, self.auxiliary], self._backward(rows))
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["full_lr"] * rate(self.plan, share + 1e-4)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self._update_mean()
        self.progress.tokens += sum(len(entry.tokens) for entry in rows)
        self.progress.step += 1
        self.progress.conversations = self.stream.number
        self.progress.seconds += time.monotonic() - begun

    def log(self) -> None:
        """Write one line with the state of the training."""
        shown = {kind: round(value, 3) for kind, value in sorted(self.progress.right.items())}
        entry = {
            "step": self.progress.step,
            "tokens": self.progress.tokens,
            "seconds": round(self.progress.seconds),
            "tokens_per_second": round(self.progress.tokens / self.progress.seconds),
            "loss": round(self.loss, 4),
            "right": shown,
        }
        line = json.dumps(entry)
        with (self.folder / LOG).open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")
        print(line, flush=True)

    def save(self, export: Path) -> None:
        """Write the checkpoint, which replaces the last one at once, and the usable model."""
        import torch

        state = {
            "progress": asdict(self.progress),
            "plan": asdict(self.plan),
            "model": self.model.state_dict(),
            "mean": self.mean.state_dict(),
            "auxiliary": self.auxiliary.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
        }
        unfinished = self.folder / f"{CHECKPOINT}.new"
        torch.save(state, unfinished)
        os.replace(unfinished, self.folder / CHECKPOINT)
        self.export(export)

    def export(self, folder: Path) -> None:
        """Write the running mean of the weights in bf16, with tokenizer and plan."""
        import torch

        model = model_of(self.plan, self.tokenizer)
        model.load_state_dict(self.mean.state_dict())
        model.to(torch.bfloat16).save_pretrained(folder)
        self.tokenizer.save_pretrained(folder)
        facts = {"plan": asdict(self.plan), "progress": asdict(self.progress), "machine": self._machine()}
        (folder / "pretraining.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")

    def _machine(self) -> dict[str, Any]:
        """Return what the time depends on."""
        return {
            "processor": machine()["processor"].get("name", ""),
            "device": self.device.type,
            "processes": self.team.size,
            "bfloat16": native_bfloat16(self.device.type),
        }

    def _backward(self, rows: Sequence[Row]) -> float:
        total = sum(float(entry.weights[1:].sum()) for entry in rows)
        loss = 0.0
        right: dict[str, list[bool]] = defaultdict(list)
        for group in grouped(self.team.share(rows), self.plan.group_tokens):
            part = self._group_loss(group, right) / total
            part.backward()
            loss += float(part.detach())
        for kind, answers in right.items():
            share = sum(answers) / len(answers)
            before = self.progress.right.get(kind, share)
            self.progress.right[kind] = 0.95 * before + 0.05 * share
        return loss

    def _group_loss(self, group: Sequence[Row], right: dict[str, list[bool]]) -> "torch.Tensor":
        import torch
        from torch.nn.functional import cross_entropy

        pack = packed(group)
        read, positions, targets, answers, weights = (
            torch.from_numpy(array).to(self.device)
            for array in (pack.read, pack.positions, pack.targets, pack.answers, pack.weights)
        )
        scored = weights > 0
        with torch.autocast(self.device.type, torch.bfloat16, enabled=native_bfloat16(self.device.type)):
            made = self.model.model(
                input_ids=read[None],
                position_ids=positions[None],
                use_cache=False,
                output_hidden_states=True,
                lengths=pack.lengths,
            )
            logits = self.model.lm_head(made.last_hidden_state[0][scored])
        hits = torch.zeros_like(scored)
        hits[scored] = logits.detach().argmax(-1) == targets[scored]
        _count_right(group, hits.split(pack.lengths), answers.split(pack.lengths), right)
        marks = {
            name: torch.from_numpy(array[:, :-1]).to(self.device)
            for name, array in padded_marks([entry.marks for entry in group]).items()
        }
        states = self.auxiliary.unpacked(made.hidden_states, pack.lengths)
        missed = cross_entropy(logits.float(), targets[scored], reduction="none") * weights[scored]
        loss: torch.Tensor = missed.sum() + self.auxiliary(self.model, states, marks)
        return loss

    def _update_mean(self) -> None:
        import torch

        # Early weights are forgotten at once: the mean is over at most half of all updates so far.
        decay = min(self.plan.mean_decay, self.progress.step / (self.progress.step + 10))
        with torch.no_grad():
            for mean, weight in zip(self.mean.parameters(), self.model.parameters(), strict=True):
                mean.lerp_(weight, 1.0 - decay)

    def _tokenizer(self) -> Any:
        return tokenizers.load(made_tokenizer(self.plan, self.folder))

    def _restore(self) -> None:
        import torch

        path = self.folder / CHECKPOINT
        if not path.is_file():
            return
        state = torch.load(path, map_location=self.device, weights_only=True)
        _check_plan(path, state["plan"], self.plan)
        self.progress = Progress(**state["progress"])
        self.model.load_state_dict(state["model"])
        self.mean.load_state_dict(state["mean"])
        self.auxiliary.load_state_dict(state["auxiliary"])
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        if self.team.rank == 0:
            _forget_after(self.folder / LOG, self.progress.tokens)


def _check_plan(path: Path, before: Mapping[str, Any], plan: Plan) -> None:
    """Refuse a checkpoint of another plan; it may have another number of tokens."""
    now = asdict(replace(plan, tokens=before["tokens"]))
    if other := [f"{name} {before.get(name)}, now {value}" for name, value in now.items() if before.get(name) != value]:
        raise SystemExit(f"{path} is of another plan ({'; '.join(other)}): remove it, or name another --folder")


def _forget_after(log: Path, tokens: int) -> None:
    """Leave out the lines of the log that came after the checkpoint: they will be written again."""
    if log.is_file():
        lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if line.endswith("\n") and json.loads(line)["tokens"] <= tokens]
        log.write_text("".join(kept), encoding="utf-8")


def _optimizers(plan: Plan, model: Any, auxiliary: Any, team: Team) -> list[Any]:
    import torch

    from pocket.muon import TeamMuon

    matrices = [weight for weight in model.model.layers.parameters() if weight.ndim == 2]
    inside = {id(weight) for weight in matrices}
    others = [weight for weight in (*model.parameters(), *auxiliary.parameters()) if id(weight) not in inside]
    muon = TeamMuon(matrices, team, lr=plan.matrix_rate, weight_decay=plan.matrix_decay)
    adam = torch.optim.AdamW(others, lr=plan.other_rate, betas=(0.9, 0.95), weight_decay=0.0)
    for optimizer in (muon, adam):
        for group in optimizer.param_groups:
            group["full_lr"] = group["lr"]
    return [muon, adam]


def _count_right(
    group: Sequence[Row],
    hits: "Sequence[torch.Tensor]",
    answers: "Sequence[torch.Tensor]",
    right: dict[str, list[bool]],
) -> None:
    for entry, hit, number in zip(group, hits, answers, strict=True):
        right[entry.kind] += [bool(hit[number == n].all()) for n in range(1, int(number.max()) + 1)]


def _keep_freed_memory() -> None:
    """Let glibc reuse large buffers instead of asking the kernel each time: a tenth faster. Elsewhere nothing."""
    mmap_threshold, trim_threshold = -3, -1  # M_MMAP_THRESHOLD, M_TRIM_THRESHOLD in malloc.h
    with contextlib.suppress(AttributeError, OSError):
        libc = ctypes.CDLL(None)
        libc.mallopt(mmap_threshold, 1 << 30)
        libc.mallopt(trim_threshold, (1 << 31) - 1)


def main() -> None:
    """Read the command line and train."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="pocket", help="which of the models")
    parser.add_argument("--folder", type=Path, help="checkpoint and log; results/runs/SIZE")
    parser.add_argument("--export", type=Path, help="where the finished model goes; models/SIZE")
    parser.add_argument("--minutes", type=float, default=3.0, help="between checkpoints")
    parser.add_argument("--workers", type=int, default=None, help="processes; as many as cores, one with a GPU")
    parser.add_argument("--tokens", type=int, help="read in all, if not as planned")
    parser.add_argument("--seed", type=int, default=Plan.seed)
    parser.add_argument("--measure", action="store_true", help="train for a minute in a folder that goes, say how fast")
    arguments = parser.parse_args()
    planned = SIZES[arguments.size]
    plan = replace(planned, tokens=arguments.tokens or planned.tokens, seed=arguments.seed)
    folder = arguments.folder or Path("results/runs") / arguments.size
    export = arguments.export or Path("models") / arguments.size
    workers = arguments.workers or (1 if torch.cuda.is_available() else min(4, os.cpu_count() or 1))
    with tempfile.TemporaryDirectory() as passing:
        folder = Path(passing) / "run" if arguments.measure else folder
        made_tokenizer(plan, folder)
        job = (workers, plan, folder, export, None if arguments.measure else arguments.minutes, Path(passing) / "team")
        _run_together(workers, job)


def _run_together(workers: int, job: tuple[Any, ...]) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=work, args=(rank, *job), daemon=True) for rank in range(workers)]
    for process in processes:
        process.start()
    # When one fails the others wait for it for ever: daemons end with this process.
    while any(process.is_alive() for process in processes):
        if any(process.exitcode for process in processes):
            raise SystemExit("a worker failed; see its traceback above")
        processes[0].join(timeout=1)


def work(rank: int, workers: int, plan: Plan, folder: Path, export: Path, minutes: float | None, meeting: Path) -> None:
    """Train as one of several processes, or measure the speed where there are no minutes between checkpoints."""
    import torch

    torch.set_num_threads(1)
    _keep_freed_memory()
    team = Team(rank, workers)
    team.join(meeting)
    training = Training(plan, folder, team)
    if minutes is None:
        training.measure()
    else:
        training.run(minutes, export)


if __name__ == "__main__":
    main()
