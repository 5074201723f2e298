"""yaml to objects: the one door. Reports every configuration error at once, each with its key.

A node with `_target_` becomes that class of this repository, its other keys the constructor's
arguments; types are checked against the annotations. Nothing outside `harness` and `pipelines` can be
named, so a yaml file cannot run anything else.
"""

import dataclasses
import difflib
import importlib
import os
import re
import shlex
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import yaml
from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.errors import HydraException, OverrideParseException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from harness.analysis.costs.horizon import Costing
from harness.errors import ConfigError, CutleryError, StoreError, joined
from harness.judges.trust import self_judging
from harness.reports.protocols import Page, Report
from harness.runner.experiment import Experiment

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("harness", "pipelines")
PARTS = ("model", "prompt", "retriever", "adapter", "judge")
"""Nodes that arms and metrics are made of."""
MONEY = ("prices", "horizon")
"""Nodes that are read when a table is made, and change nothing else."""
KEYS = frozenset(
    {
        *PARTS,
        *MONEY,
        "arm",
        "dry_run",
        "limit",
        "metric",
        "report",
        "results",
        "seed",
        "store",
        "task",
        "timing",
        "tracker",
    }
)
"""Top-level keys of a configuration."""
USER_ERRORS = (HydraException, OmegaConfBaseException, yaml.YAMLError)
"""What Hydra and its parts raise about a configuration; `mistake` says it in our words."""


def register_resolvers() -> None:
    """Make `${root:PATH}` (inside this repository), `${basename:PATH}` and `${pid:}` known to yaml files."""
    OmegaConf.register_new_resolver("pid", os.getpid, use_cache=True, replace=True)
    OmegaConf.register_new_resolver("root", lambda path: str(ROOT / path), replace=True)
    OmegaConf.register_new_resolver("basename", lambda path: Path(str(path)).expanduser().resolve().name, replace=True)


def experiment(config: DictConfig) -> Experiment:
    """Build the experiment that a composed configuration describes.

    Raises:
        ConfigError: lists everything that is wrong, with keys.
    """
    plain = resolved(config)
    builder = Builder()
    for key in sorted(set(plain) - KEYS):
        close = difflib.get_close_matches(key, KEYS, n=1)
        advice = f"did you mean {close[0]}?" if close else f"there are {', '.join(sorted(KEYS))}"
        builder.problems.append(f"{key} is not known; {advice}")
    for part in PARTS:
        builder.build(plain.get(part), part)
    parts_are_sound = not builder.problems  # arms are made of these parts: their faults would be told once per arm
    built = {
        "task": builder.build(plain.get("task"), "task"),
        "arms": builder.build_all(plain.get("arm"), "arm") if parts_are_sound else {"": None},
        "metrics": builder.build_all(plain.get("metric"), "metric"),
        "reports": builder.build_all(plain.get("report"), "report"),
        "costing": _costing(builder, plain),
        "seed": builder.convert(plain.get("seed"), int, "seed"),
        "limit": builder.convert(plain.get("limit"), int | None, "limit"),
        "results": Path(str(builder.convert(plain.get("results"), str, "results"))).expanduser(),
        "store": Path(str(builder.convert(plain.get("store"), str, "store"))).expanduser(),
        "dry_run": builder.convert(plain.get("dry_run"), bool, "dry_run"),
        "timing": builder.build(plain.get("timing"), "timing"),
        "tracker": builder.build(plain.get("tracker"), "tracker"),
    }
    limit = built["limit"]
    if isinstance(limit, int) and limit < 1:
        builder.problems.append(f"limit is {limit}; it must be 1 or more, or null for all examples")
    seed = built["seed"]
    if isinstance(seed, int) and not 0 <= seed < 2**32:
        builder.problems.append(f"seed is {seed}; it must be between 0 and {2**32 - 1}")
    if not built["arms"]:
        builder.problems.append("arm is empty; name at least one, e.g. arm=[base,rag]")
    builder.problems += _partial_judges(built["metrics"], plain["model"])
    builder.raise_problems()
    return Experiment(model_name=str(plain["model"]["name"]), **built)


def _partial_judges(metrics: Any, model: Any) -> list[str]:
    judges = (metric.judge_used() for metric in metrics.values() if metric is not None)
    found = (self_judging(judge, model) for judge in judges if judge is not None and isinstance(model, Mapping))
    return sorted({reason for reason in found if reason})


def compose(overrides: Sequence[str]) -> DictConfig:
    """Return the configuration that `python -m harness OVERRIDES` would run.

    Raises:
        ConfigError: Hydra's message about the override that is wrong.
    """
    register_resolvers()
    try:
        with initialize_config_dir(str(ROOT / "conf"), version_base="1.3"):
            return hydra_compose("config", list(overrides))
    except USER_ERRORS as error:
        raise to_user_error(error) from error


def reports(config: DictConfig) -> list[Report | Page]:
    """Build the reports of a configuration and nothing else of it.

    Raises:
        ConfigError: lists everything that is wrong, with keys.
    """
    builder = Builder()
    built = builder.build_all(OmegaConf.to_container(config.report, resolve=True), "report")
    builder.raise_problems()
    return list(built.values())


def costing(config: DictConfig) -> Costing:
    """Build the prices and the use of a configuration and nothing else of it.

    Raises:
        ConfigError: lists everything that is wrong, with keys.
    """
    builder = Builder()
    nodes = {name: OmegaConf.to_container(config[name], resolve=True) for name in MONEY}
    built = _costing(builder, nodes)
    builder.raise_problems()
    return built


def _costing(builder: "Builder", plain: Mapping[str, Any]) -> Costing:
    return Costing(builder.build(plain.get("prices"), "prices"), builder.build(plain.get("horizon"), "horizon"))


def resolved(config: DictConfig) -> dict[str, Any]:
    """Return the configuration as plain data with interpolations filled in.

    Raises:
        ConfigError: a mandatory value is missing or an interpolation names nothing.
    """
    lines = [f"{key} has no value; give one: {key}=…" for key in _missing(OmegaConf.to_container(config))]
    if lines:
        raise joined(ConfigError, "configuration", lines)
    try:
        plain = OmegaConf.to_container(config, resolve=True)
    except OmegaConfBaseException as error:
        raise ConfigError(f"configuration: {str(error).splitlines()[0]}") from error
    assert isinstance(plain, dict)
    return typing.cast("dict[str, Any]", plain)


def to_user_error(error: Exception) -> CutleryError:
    """Return, in our words, what was raised while the configuration was read and put together."""
    if isinstance(error, OverrideParseException):
        key, _, value = error.override.partition("=")
        return ConfigError(f"{error.override}: the value is not understood\n{_how_to_quote(key, value)}")
    if isinstance(error, OmegaConfBaseException | yaml.YAMLError):
        return ConfigError(_malformed() or str(error))
    if isinstance(error, OSError) and not isinstance(error, HydraException):
        return StoreError(str(error))
    ambiguous = re.match(r"Ambiguous value for argument '(.+?)=(.*)'$", str(error), re.MULTILINE)
    hint = f"\n{_how_to_quote(*ambiguous.groups())}" if ambiguous else ""
    return ConfigError(f"{str(error) or _malformed()}{hint}")


def _malformed() -> str:
    """Name the first file that cannot be read as yaml; what was raised does not always say which it was."""
    for path in sorted((ROOT / "conf").rglob("*.yaml")):
        try:
            OmegaConf.load(path)
        except (OmegaConfBaseException, yaml.YAMLError) as error:
            return f"{path} is not well-formed: {' '.join(str(error).split())}"
    return ""


def _how_to_quote(key: str, value: str) -> str:
    """Hydra reads commas, colons, brackets, quotes and a tilde as its own; text in double quotes it leaves alone."""
    text = value.strip("\"'").replace("\\", "\\\\").replace('"', '\\"')
    quoted = shlex.quote(f'{key}="{text}"')
    return f"Text with special characters is set in two pairs of quotes: {quoted}"


def _missing(node: Any, key: str = "") -> Iterator[str]:
    """Yield the keys whose value is `???`; those that only point at such a key are not named again."""
    if node == "???":
        yield key
    elif isinstance(node, Mapping):
        for name, value in node.items():
            yield from _missing(value, f"{key}.{name}" if key else str(name))


class Builder:
    """Builds components and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def raise_problems(self) -> None:
        """Raise one ConfigError that lists everything found so far, if anything was."""
        # `limit` also reaches the task; a value is complained of where the user set it
        told = [one for one in self.problems if not any(one.endswith(f".{other}") for other in self.problems)]
        if told:
            raise joined(ConfigError, "configuration", list(dict.fromkeys(told)))

    def build_all(self, nodes: Any, key: str) -> dict[str, Any]:
        """Build each child of a multi-choice group."""
        if not isinstance(nodes, Mapping):
            self.problems.append(f"{key} is {nodes!r}; it must hold one node per choice")
            return {}
        return {name: self.build(node, f"{key}.{name}") for name, node in nodes.items()}

    def build(self, node: Any, key: str, expected: type | None = None) -> Any:
        """Build one component, or note why it cannot be built and return None."""
        if not isinstance(node, Mapping):
            self.problems.append(f"{key} is {node!r}; it must be a node with a _target_")
            return None
        target = node.get("_target_")
        kind = expected if target is None else self._find(target, key)
        if kind is None:
            if target is None:
                self.problems.append(f"{key} has no _target_; name the class that it configures")
            return None
        return self._construct(kind, {name: value for name, value in node.items() if name != "_target_"}, key)

    def convert(self, value: Any, hint: Any, key: str) -> Any:
        """Return `value` as the annotation asks for, or note the mismatch and return None."""
        before = len(self.problems)
        result = self._convert(value, hint, key)
        return None if len(self.problems) > before else result

    def _find(self, target: Any, key: str) -> type | None:
        if not isinstance(target, str) or target.split(".")[0] not in PACKAGES or "." not in target:
            self.problems.append(f"{key}._target_ is {target!r}; only classes of {' and '.join(PACKAGES)} can be named")
            return None
        module_name, _, class_name = target.rpartition(".")
        try:
            kind = getattr(importlib.import_module(module_name), class_name)
        except (ImportError, AttributeError) as error:
            self.problems.append(f"{key}._target_ is {target!r}, which cannot be found ({error})")
            return None
        if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
            self.problems.append(f"{key}._target_ is {target!r}, which is no configurable component")
            return None
        return kind

    def _construct(self, kind: type, given: dict[str, Any], key: str) -> Any:
        fields = {field.name: field for field in dataclasses.fields(kind) if field.init}
        unknown = sorted(set(given) - set(fields))
        for name in unknown:
            self.problems.append(f"{key}.{name} is not known to {kind.__name__}; it takes {', '.join(fields)}")
        hints = get_type_hints(kind)
        before = len(self.problems)
        arguments = {}
        for name, field in fields.items():
            if name in given:
                arguments[name] = self._convert(given[name], hints[name], f"{key}.{name}")
            elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
                self.problems.append(f"{key}.{name} is missing; {kind.__name__} needs it")
        if len(self.problems) > before or unknown:
            return None
        component = kind(**arguments)
        # A task's problems are those of its data: they are asked for later, with the data at hand.
        if hasattr(component, "problems") and not hasattr(component, "provenance"):
            self.problems.extend(f"{key}: {problem}" for problem in component.problems())
        return component

    def _convert(self, value: Any, hint: Any, key: str) -> Any:
        if hint is Any:
            return value
        origin = get_origin(hint)
        if origin in (Union, types.UnionType):
            return self._convert_union(value, get_args(hint), key)
        if origin is Literal:
            return self._one_of(value, get_args(hint), key)
        if origin is not None:
            return self._convert_container(value, origin, get_args(hint), key)
        if hint in (bool, int, float, str) or hint is type(None):
            return self._scalar(value, hint, key)
        if isinstance(value, Mapping):
            concrete = hint if isinstance(hint, type) and dataclasses.is_dataclass(hint) else None
            built = self.build(value, key, concrete)
            if built is not None and concrete is not None and not isinstance(built, concrete):
                return self._mismatch(value["_target_"], f"a {concrete.__name__}", f"{key}._target_")
            return built
        return self._mismatch(value, f"a node for {getattr(hint, '__name__', hint)}", key)

    def _convert_union(self, value: Any, hints: Sequence[Any], key: str) -> Any:
        if value is None and type(None) in hints:
            return None
        choices = [hint for hint in hints if hint is not type(None)]
        fewest: list[str] | None = None
        for hint in choices:
            attempt = Builder()
            result = attempt._convert(value, hint, key)
            if not attempt.problems:
                return result
            if fewest is None or len(attempt.problems) < len(fewest):
                fewest = attempt.problems
        if isinstance(value, Mapping) or len(choices) == 1:
            self.problems.extend(fewest or [])
            return None
        return self._mismatch(value, " or ".join(_name(hint) for hint in hints), key)

    def _convert_container(self, value: Any, origin: Any, arguments: Sequence[Any], key: str) -> Any:
        if issubclass(origin, Mapping):
            if not isinstance(value, Mapping):
                return self._mismatch(value, "a mapping", key)
            return {str(name): self._convert(item, arguments[1], f"{key}.{name}") for name, item in value.items()}
        if not isinstance(value, Sequence) or isinstance(value, str):
            return self._mismatch(value, "a list", key)
        return tuple(self._convert(item, arguments[0], f"{key}[{at}]") for at, item in enumerate(value))

    def _one_of(self, value: Any, choices: Sequence[Any], key: str) -> Any:
        if value in choices:
            return value
        return self._mismatch(value, "one of " + ", ".join(str(choice) for choice in choices), key)

    def _scalar(self, value: Any, hint: Any, key: str) -> Any:
        if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        if hint is int and isinstance(value, bool):
            return self._mismatch(value, "a whole number", key)
        if isinstance(value, hint):
            return value
        return self._mismatch(value, _name(hint), key)

    def _mismatch(self, value: Any, right: str, key: str) -> None:
        self.problems.append(f"{key} is {value!r}; it must be {right}")


def _name(hint: Any) -> str:
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "text", type(None): "null"}
    return names.get(hint) or str(getattr(hint, "__name__", hint))
