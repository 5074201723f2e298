"""Digests of the shipped configurations: `python -m tests.harness.store.golden_keys` writes golden_keys.json anew.

A digest that changes means that every store made before it is thrown away. That is right when an artifact has
another meaning now, and wrong when a class or a field only has another name.
"""

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from harness.cli.config import Builder
from harness.judges.nli.judge import NliJudge
from harness.judges.ragas.local import LocalModel
from harness.metrics.style.encoder import StyleEncoder
from harness.store.spec import digest
from harness.tasks.hub import HubTask
from harness.tasks.jsonl import JsonlTask
from pipelines.generators.engines import HfGenerator
from pipelines.rag.embedding import Embedding
from pipelines.rag.rerank import CrossEncoderRerank
from tests.configurations import APART, NAMES, composed, nodes

ROOT = Path(__file__).resolve().parents[3]
FILE = Path(__file__).with_suffix(".json")
MACHINE = ("model.dtype=float32", "model.device=cpu", "retriever.embedding.dtype=float32")
"""What a configuration leaves to the machine is fixed (here and in `of_parts`), so that digests are the same on all."""
WITH_FILES = (HfGenerator, HubTask, JsonlTask, LocalModel, NliJudge, StyleEncoder, Embedding, CrossEncoderRerank)
RETRIEVERS = [name for name in NAMES["retriever"] if name[:3] not in ("bge", "e5_")]
TASKS = ("qa", "support", "summarization")
FEW = {"qa": RETRIEVERS, "support": [], "summarization": []}
"""every retriever with one task, every task with its own retriever"""


def of_parts():
    """Every yaml of every group by itself; what files hold is left out, since hubs and weights change."""
    with ExitStack() as stack:
        for kind in WITH_FILES:
            if hasattr(kind, "content_key"):
                stack.enter_context(patch.object(kind, "content_key", lambda self: "content"))
        stack.enter_context(patch("harness.judges.ragas.local.native_dtype", lambda device: "float32"))
        stack.enter_context(patch("harness.judges.auto.gpu_gb", lambda: 0.0))
        keyed = {choice: node for choice, node in nodes(MACHINE).items() if choice.partition("/")[0] not in APART}
        built = {choice: Builder().build(_anywhere(node), choice) for choice, node in keyed.items()}
        return {choice: digest(part) for choice, part in sorted(built.items())}


def _anywhere(node):
    """A study names files of this checkout, which is in another folder elsewhere; other parts are known by content."""
    return json.loads(json.dumps(node).replace(f"{ROOT}/", "")) if "studies" in node.get("_target_", "") else node


def of_answers(retrievers):
    """Arms × shipped tasks × retrievers with the shipped data and weights: answers and adapters.

    Args:
        retrievers: by task, those next to its own.
    """
    found = {}
    for name, others in retrievers.items():
        task = Builder().build(nodes(MACHINE)[f"task/{name}"], "task")
        for retriever in ["", *others]:
            chosen = [f"task={name}", f"arm=[{','.join(NAMES['arm'])}]", "metric=[]", "report=[]"]
            config = composed(*chosen, *([f"retriever={retriever}"] if retriever else []), machine=MACHINE)
            for arm in Builder().build_all(config["arm"], "arm").values():
                row = f"{name}/{retriever or 'default'}/{arm.name}"
                found[f"{row}/answers"] = digest(arm.answer_spec(task, 0))
                if arm.adapter is not None:
                    found[f"{row}/adapter"] = digest(arm.adapter_spec(task, 0))
    return found


def golden():
    return {"parts": of_parts(), "answers": of_answers(dict.fromkeys(TASKS, RETRIEVERS))}


if __name__ == "__main__":
    if sys.argv[1:]:
        sys.exit(f"python -m tests.harness.store.golden_keys takes no argument; it writes {FILE.name} again")
    FILE.write_text(json.dumps(golden(), indent=0) + "\n")
