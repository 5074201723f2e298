"""Examines an embedded model on held-out worlds: `python -m pocket.check [--model DIR]`; prints one JSON line.

Greedy decoding, at least 300 questions per ability. Exit status 1 when a bar is not reached.
"""

import argparse
import json
import logging
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from harness.machine.precision import native_dtype
from pocket import exam
from pocket.exam import Paper

RESULT: Final = "examination.jsonl"
TOKENS: Final = 200
"""most of an answer; what runs on is wrong anyway"""
BATCH: Final = 32
DECODED: Final = 200
"""tokens of one speed run"""

Judge = Callable[[Paper, str], float]


@dataclass(frozen=True, slots=True)
class Bar:
    """An ability and what it must reach."""

    name: str
    """in the result"""
    papers: Callable[[int], list[Paper]]
    """the questions"""
    judge: Judge
    """what an answer is worth"""
    least: float = 0.0
    """the mean must not be lower"""
    most: float | None = None
    """the mean must not be higher"""


BARS: Final = (
    Bar("reading_exact_match", exam.with_gold, exam.exact, least=0.85),
    Bar("reading_wrongly_abstains", exam.with_gold, exam.abstained, most=0.05),
    Bar("abstains", exam.without_gold, exam.abstained, least=0.85),
    Bar("almanac_exact_match", exam.almanac, exam.exact, least=0.90),
    Bar("organisation_closed_book_exact_match", exam.organisation, exam.exact, most=0.02),
    Bar("summary_true_facts", exam.summaries, exam.true_share, least=0.95),
    Bar("summary_complete", exam.summaries, exam.complete),
    Bar("unseen_format_structure_match", exam.unseen_formats, exam.structure, least=0.80),
    Bar("unseen_format_new_facts", exam.unseen_formats, exam.new_facts, least=0.95),
    Bar("unseen_format_copied_facts", exam.unseen_formats, exam.copied_facts, most=0.02),
    Bar("unseen_format_runs_on", exam.unseen_formats, exam.runs_on, most=0.01),
    Bar("summary_runs_on", exam.summaries, exam.runs_on, most=0.01),
    Bar("unseen_format_exact_match", exam.unseen_formats, exam.exact),
    Bar("gold_first_exact_match", exam.gold_first, exam.exact, least=0.85),
    Bar("gold_last_exact_match", exam.gold_last, exam.exact, least=0.85),
    Bar("conflicts_exact_match", exam.conflicts, exam.exact, least=0.85),
    Bar("distractors_exact_match", exam.distractors, exam.exact, least=0.85),
    Bar("conversation_exact_match", exam.conversation, exam.exact, least=0.85),
    Bar("typos_exact_match", exam.typos, exam.exact, least=0.85),
)
SPEEDS: Final = {"nf4": 60.0, "bf16": 100.0}
"""tokens per second on two cores"""


def loaded(folder: Path, nf4: bool) -> Any:
    """Return the model in the format that this device multiplies, or quantised to NF4."""
    import torch
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    dtype = getattr(torch, native_dtype("cpu"))
    quantised = {}
    if nf4:
        quantised["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
        )
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, local_files_only=True, **quantised)
    return model.eval()


def answers(model: Any, tokenizer: Any, papers: Sequence[Paper]) -> list[str]:
    """Return the greedy answer to every paper; `UNENDED` follows one that has not ended after `TOKENS` tokens."""
    import torch

    prompts = [_rendered(tokenizer, paper) for paper in papers]
    order = sorted(range(len(prompts)), key=lambda number: len(prompts[number]))
    replies = [""] * len(prompts)
    for start in range(0, len(order), BATCH):
        numbers = order[start : start + BATCH]
        batch = tokenizer(
            [prompts[number] for number in numbers], return_tensors="pt", padding=True, padding_side="left"
        )
        batch = {name: batch[name].to(model.device) for name in ("input_ids", "attention_mask")}
        with torch.inference_mode():
            out = model.generate(**batch, max_new_tokens=TOKENS, do_sample=False)
        written = out[:, batch["input_ids"].shape[1] :]
        texts = tokenizer.batch_decode(written, skip_special_tokens=True)
        ended = (written == tokenizer.eos_token_id).any(1).tolist()
        for number, text, complete in zip(numbers, texts, ended, strict=True):
            replies[number] = text if complete else text + exam.UNENDED
    return replies


def tokens_per_second(model: Any, tokenizer: Any) -> float:
    """Return the speed of single-stream decoding after a short prompt, the median of five runs."""
    import torch

    paper = exam.with_gold(1)[0]
    batch = tokenizer(_rendered(tokenizer, paper), return_tensors="pt").to(model.device)
    inputs = {name: batch[name] for name in ("input_ids", "attention_mask")}
    rates = []
    for _ in range(6):
        with torch.inference_mode():
            begun = time.perf_counter()
            model.generate(**inputs, max_new_tokens=DECODED, min_new_tokens=DECODED, do_sample=False)
        rates.append(DECODED / (time.perf_counter() - begun))
    return statistics.median(rates[1:])


def _rendered(tokenizer: Any, paper: Paper) -> str:
    messages = [{"role": turn.role, "content": turn.content} for turn in paper.turns]
    return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))


def examined(model: Any, tokenizer: Any, count: int, shown: int = 0) -> dict[str, dict[str, Any]]:
    """Return ability -> its value, bar and verdict; prints the first `shown` answers of each."""
    results: dict[str, dict[str, Any]] = {}
    given: dict[Callable[[int], list[Paper]], tuple[list[Paper], list[str]]] = {}
    for bar in BARS:
        if bar.papers not in given:
            papers = bar.papers(count)
            given[bar.papers] = papers, answers(model, tokenizer, papers)
        papers, replies = given[bar.papers]
        value = statistics.fmean(bar.judge(paper, text) for paper, text in zip(papers, replies, strict=True))
        results[bar.name] = _verdict(value, bar.least, bar.most, n=count)
        for paper, text in list(zip(papers, replies, strict=True))[:shown]:
            print(f"{bar.name}\n  expected {paper.expected!r}\n  answered {text!r}", file=sys.stderr)
    return results


def _verdict(value: float, least: float, most: float | None = None, **more: Any) -> dict[str, Any]:
    reached = value >= least and (most is None or value <= most)
    return {"value": round(value, 4), "least": least, "most": most, "reached": reached, **more}


def main() -> int:
    """Read the command line, examine, print; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("models/pocket"))
    parser.add_argument("--count", type=int, default=320, help="questions per ability")
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--show", type=int, default=0, help="answers to print per ability")
    parser.add_argument("--nf4", action="store_true", help="examine the quantised model")
    parser.add_argument("--write", action="store_true", help=f"also write {RESULT} next to the weights")
    parser.add_argument("--no-speed", action="store_true", help="leave out the speed of decoding")
    arguments = parser.parse_args()
    import torch
    from transformers import AutoTokenizer

    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    torch.set_num_threads(arguments.threads)
    tokenizer = AutoTokenizer.from_pretrained(arguments.model, local_files_only=True)
    results = examined(loaded(arguments.model, arguments.nf4), tokenizer, arguments.count, arguments.show)
    if not arguments.no_speed:
        for name, least in SPEEDS.items():
            speed = tokens_per_second(loaded(arguments.model, name == "nf4"), tokenizer)
            results[f"{name}_tokens_per_second"] = _verdict(speed, least, threads=arguments.threads)
    line = json.dumps(results)
    print(line)
    if arguments.write:
        (arguments.model / RESULT).write_text(line + "\n", encoding="utf-8")
    return 0 if all(result["reached"] for result in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
