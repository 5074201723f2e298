"""Digests of every shipped configuration: `python -m tests.harness.store.golden_keys` writes golden_keys.json anew.

A digest that changes means that every store made before it is thrown away. That is right when an artifact has
another meaning now, and a mistake when a class or a field only has another name.
"""

import json
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from harness.cli.config import Builder, compose, experiment, register_resolvers, resolved
from harness.judges.nli import NliJudge
from harness.judges.ragas.local import LocalModel
from harness.metrics.style.encoder import StyleEncoder
from harness.store.spec import digest
from harness.tasks.hub import HubTask
from harness.tasks.jsonl import JsonlTask
from pipelines.generators.hf import HfGenerator
from pipelines.rag.embedding import Embedding
from pipelines.rag.rerank import CrossEncoderRerank

ROOT = Path(__file__).resolve().parents[3]
FILE = Path(__file__).with_suffix(".json")
MACHINE = ["model.dtype=float32", "model.device=cpu", "retriever.embedding.dtype=float32"]
"""What a configuration leaves to the machine is fixed here, so that all machines agree on the digests."""
RAGAS = ["judge=ragas", "judge.llm.model=x"]
FILL = {
    "task/jsonl": ["task.dir=."],
    "model/local": ["model.path=."],
    "model/server": ["model.model=x"],
    "judge/ragas": ["judge.llm.model=x"],
    "judge/ragas_local": ["judge.llm.path=."],
    "metric/ragas_context_precision": RAGAS,
    "metric/ragas_context_recall": RAGAS,
    "metric/ragas_answer_correctness": RAGAS,
    "metric/judged_abstention": RAGAS,
}
LISTS = {"arm", "metric", "report"}
WITH_FILES = (HfGenerator, HubTask, JsonlTask, LocalModel, NliJudge, StyleEncoder, Embedding, CrossEncoderRerank)
ARMS = ["base", "rag", "qlora", "hybrid", "raft", "oracle", "random"]
TASKS = ["qa", "support", "summarization"]


def composed(overrides):
    """Compose, with what MACHINE fixes where the configuration has such a key."""
    plain = resolved(compose(overrides))
    return compose([*overrides, *(one for one in MACHINE if has(plain, one.partition("=")[0].split(".")))])


def has(node, keys):
    return not keys or (isinstance(node, dict) and keys[0] in node and has(node[keys[0]], keys[1:]))


def of_parts():
    """Every yaml of every group by itself; what files hold is left out, since hubs and weights change."""
    found = {}
    with ExitStack() as stack:
        for kind in WITH_FILES:
            if hasattr(kind, "content_key"):
                stack.enter_context(patch.object(kind, "content_key", lambda self: "content"))
        for path in sorted(ROOT.glob("conf/*/*.yaml")):
            group, name = path.parent.name, path.stem
            choice = f"{group}=[{name}]" if group in LISTS else f"{group}={name}"
            config = resolved(composed([choice, *FILL.get(f"{group}/{name}", [])]))
            part = Builder().build(config[group][name] if group in LISTS else config[group], group)
            found[f"{group}/{name}"] = digest(part)
    return found


def of_answers():
    """Arms × shipped tasks × retrievers with the shipped data and weights: answers and adapters."""
    retrievers = [p.stem for p in sorted(ROOT.glob("conf/retriever/*.yaml")) if p.stem[:3] not in ("bge", "e5_")]
    found = {}
    for task in TASKS:
        for retriever in ["", *retrievers]:
            chosen = [f"retriever={retriever}"] if retriever else []
            wanted = experiment(composed([f"task={task}", f"arm=[{','.join(ARMS)}]", *chosen]))
            for name, arm in wanted.arms.items():
                row = f"{task}/{retriever or 'default'}/{name}"
                found[f"{row}/answers"] = digest(arm.answer_spec(wanted.task, 0))
                if arm.adapter is not None:
                    found[f"{row}/adapter"] = digest(arm.adapter_spec(wanted.task, 0))
    return found


def golden():
    register_resolvers()
    return {"parts": of_parts(), "answers": of_answers()}


if __name__ == "__main__":
    FILE.write_text(json.dumps(golden(), indent=0) + "\n")
