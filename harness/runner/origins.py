"""What answers came from, by content: the code that made them and the weights of their adapter.

Keys of artifacts hold the VERSION of a class, which somebody must raise; a digest of the code needs nobody. It is
no part of any key: code that changes without changing an answer runs nothing again. Tables compare it between arms.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from harness.analysis.guards.code import CODE
from harness.analysis.guards.seeds import WEIGHTS
from harness.store.spec import file_sha256
from harness.store.store import Artifact

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCES: Final = ("pipelines/**/*.py", "harness/text/**/*.py", "harness/types.py")
"""what makes prompts, retrieval and answers; data and settings are in the keys"""
_CHECKING: Final = re.compile(r"audit|^pipelines\.speed\b")
"""modules under these that look at answers or foretell how long they take, and make none"""
SHOWN: Final = 12
"""characters of a digest, enough to tell versions of one file apart"""
Documented: Final = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@cache
def code() -> Mapping[str, Any]:
    """Return, as the fact `code`, a digest of every module that takes part in answering."""
    paths = sorted({path for pattern in SOURCES for path in ROOT.glob(pattern) if not _CHECKING.search(_name(path))})
    return {CODE: {_name(path): digest_of_source(path.read_text(encoding="utf-8")) for path in paths}}


def digest_of_source(text: str) -> str:
    """Return the digest of what Python runs: comments, docstrings and layout change nothing."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, Documented):
            node.body = list(_without_texts(node.body))
    return sha256(ast.dump(tree).encode()).hexdigest()[:SHOWN]


def weights(used: Iterable[tuple[str, Artifact]]) -> Mapping[str, Any]:
    """Return, as a fact, the digest of the weights of the adapter among these artifacts; {} without one."""
    folders = [artifact.path for kind, artifact in used if kind == "adapter"]
    files = sorted(path for folder in folders[-1:] for path in folder.glob("*.safetensors"))
    return {WEIGHTS: sha256("".join(map(file_sha256, files)).encode()).hexdigest()} if files else {}


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _without_texts(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements without docstrings, of attributes as well."""
    for statement in body:
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            yield statement
