"""Which embedder is used, how it is run and what identifies its vectors. Weights are loaded by encoder.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

from harness.errors import ArmError
from harness.machine.precision import native_bfloat16
from harness.store.checkpoints import checkpoint_folder, checkpoint_key
from harness.store.spec import digest, file_sha256
from pipelines.device import device_name
from pipelines.rag.encoder import Encoded, Encoder, load_encoder


@dataclass(frozen=True)
class Embedding:
    """A sentence-transformers checkpoint and how it is run.

    Args:
        path: a folder; "package:NAME/SUBFOLDER" for one inside an installed Python package; or a hub id.
        revision: branch, tag or commit of a hub id; unused for folders.
        dtype: auto takes bfloat16 where the processor has it natively, float32 elsewhere.
        max_tokens: longer texts lose their end (counted); at most what the checkpoint was made for.
        query_prefix: put before every query, as the checkpoint was trained.
        document_prefix: put before every passage.
        batch_tokens: tokens, padding included, of one batch.
        device: auto, cpu, cuda, cuda:1 ...
    """

    KEY: ClassVar[str] = "pipelines.rag.embedding.Embedding"
    VERSION: ClassVar[int] = 1

    path: str = field(compare=False)
    revision: str = field(compare=False)
    dtype: Literal["auto", "float32", "bfloat16"]
    max_tokens: int
    query_prefix: str
    document_prefix: str
    batch_tokens: int = field(compare=False)
    device: str = field(compare=False)

    def problems(self) -> Sequence[str]:
        problems = []
        if not self.path:
            problems.append("path: empty; give a folder, package:NAME/SUBFOLDER or a hub id")
        if self.max_tokens < 8:
            problems.append(f"max_tokens: got {self.max_tokens}, use 8 or more")
        if self.batch_tokens < 1:
            problems.append(f"batch_tokens: got {self.batch_tokens}, use 1 or more (2048 is usual)")
        return problems

    def content_key(self) -> str:
        """What the vectors depend on in addition to the compared fields: the files, and the dtype in use."""
        return digest({"checkpoint": self.checkpoint(), "dtype": self.dtype_used()})

    def checkpoint(self) -> str:
        """Return "sha256:..." of a folder's files, or "id@commit" of a hub checkpoint."""
        return checkpoint_key(self.path, self.revision)

    def document_spec(self) -> Mapping[str, Any]:
        """What the passages' vectors depend on; the query prefix is left out."""
        return {
            "class": "pipelines.rag.embedding.Embedding",
            "version": self.VERSION,
            "checkpoint": self.checkpoint(),
            "dtype": self.dtype_used(),
            "max_tokens": self.max_tokens,
            "document_prefix": self.document_prefix,
        }

    def tokenizer_file(self) -> Path:
        """Return the tokenizer.json by which passages are measured.

        Raises:
            ArmError: the checkpoint has none.
        """
        file = checkpoint_folder(self.path, self.revision) / "tokenizer.json"
        if not file.is_file():
            raise ArmError(f"{file}: not found; an embedder needs it: passages are measured by it")
        return file

    def tokenizer_key(self) -> str:
        """Return the sha256 of the tokenizer's file: embedders that share it share passages too."""
        return file_sha256(self.tokenizer_file())

    def dtype_used(self) -> str:
        """Return float32 or bfloat16."""
        if self.dtype != "auto":
            return self.dtype
        return "bfloat16" if native_bfloat16(self.device_used()) else "float32"

    def device_used(self) -> str:
        """Return the torch device."""
        if self.device != "auto":
            return self.device
        import torch

        return "cuda" if torch.cuda.is_available() else "cpu"

    def device_named(self) -> str:
        """Return what its time is priced by: `cpu`, or the accelerator's name."""
        return device_name(self.device_used())

    def load(self) -> Encoder:
        """Return the loaded model; one copy per process, shared by all arms."""
        folder = checkpoint_folder(self.path, self.revision)
        return load_encoder(folder, self.dtype_used(), self.device_used(), self.max_tokens, self.batch_tokens)

    def embed_documents(self, texts: Sequence[str]) -> Encoded:
        """Return the vectors of passages."""
        return self.load().encode([self.document_prefix + text for text in texts])

    def embed_queries(self, texts: Sequence[str]) -> Encoded:
        """Return the vectors of queries."""
        return self.load().encode([self.query_prefix + text for text in texts])

    def prefix_problem(self) -> str:
        """Return which prefix differs from what the checkpoint itself asks for; "" when none does."""
        asked = self.load().prompts()
        for name, used in (("query", self.query_prefix), ("document", self.document_prefix)):
            if asked.get(name, used).strip() != used.strip():
                return (
                    f"embedding.{name}_prefix is {used!r}, but the checkpoint was made for {asked[name]!r} (its "
                    "config_sentence_transformers.json): it finds less; set the prefix"
                )
        return ""

    def cut_queries(self, texts: Sequence[str]) -> int:
        """Return how many queries lose their end."""
        lengths = self.load().lengths([self.query_prefix + text for text in texts])
        return sum(length > self.max_tokens for length in lengths)
