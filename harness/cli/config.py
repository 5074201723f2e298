"""The composed configuration to an experiment. Reports every configuration error at once, each with its key."""

import logging
import os
import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_type_hints

import yaml
from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.errors import HydraException, OverrideParseException
from omegaconf import DictConfig, OmegaConf, open_dict
from omegaconf.errors import OmegaConfBaseException

from harness.analysis.costs.horizon import Costing
from harness.cli import folders, old_names
from harness.cli.builder import Builder, with_short_words
from harness.cli.choices import choices
from harness.cli.free_text import as_text, how_to_quote
from harness.cli.global_state import apart_from_the_running_job
from harness.cli.hydra_versions import VERSION_BASE, register_resolver
from harness.cli.measured import AFTERWARDS, LAUNCHER, MONEY, given_overrides, measured_overrides
from harness.cli.near_names import did_you_mean, refused_choice, refused_key
from harness.cli.old_names import ROOT as ROOT
from harness.cli.served import remembered
from harness.errors import (
    ConfigError,
    CutleryError,
    StoreError,
    joined,
    learn_secrets,
    masked_override,
    redacted,
)
from harness.judges.trust import self_judging
from harness.machine.connection import credentials_in
from harness.metrics.metric import Metric
from harness.reports.protocols import Page, Report
from harness.runner.experiment import Experiment

Composed = DictConfig
"""A composed configuration; of Hydra and OmegaConf, only this file and `__main__` know."""
REFERENCE = ROOT / "results/reference"
"""The committed results: README, docs and tests read them, `make reference` renews them."""
PARTS = ("model", "prompt", "retriever", "adapter", "judge")
"""Nodes that arms and metrics are made of."""
GROUPS = ("arm", "metric", "report", "study", "task", "timing", "tracker")
METHODS: Mapping[str, tuple[str, ...]] = {
    "task": ("examples",), "arms": ("answer_spec",), "metrics": ("score",), "reports": ("render", "page"),
    "timing": ("fitted",), "tracker": ("log",),
}  # fmt: skip
"""What a component of each kind can do: by one of these it is known."""
SETTINGS = ("audit", "dry_run", "limit", "results", "seed", "store", "strict")
KEYS = frozenset({*PARTS, *AFTERWARDS, LAUNCHER, *GROUPS, *SETTINGS})
"""Top-level keys of a configuration."""
PLACES = {"results": "results", "store": "results/store"}
"""Settings that name a folder, with their defaults."""
USER_ERRORS = (HydraException, OmegaConfBaseException, yaml.YAMLError)
"""What Hydra and its parts raise about a configuration; `to_user_error` says it in our words."""


def register_resolvers() -> None:
    """Make `${root:PATH}` (in this repository), `${basename:PATH}`, `${choices:}` and `${served:…}` known to yaml."""
    register_resolver("choices", lambda: choices(ROOT / "conf"))
    register_resolver("root", lambda path: str(ROOT / path))
    register_resolver("basename", _name_of)
    register_resolver("served", remembered)


def _name_of(path: object) -> str:
    """Return the name of a folder, or of a file without its ending."""
    place = Path(str(path)).expanduser().resolve()
    return place.stem if place.is_file() else place.name


def hide_secrets_in_logs(overrides: Sequence[str] = ()) -> None:
    """Have secrets replaced in every line that this process logs; those of the overrides at once, for Hydra's lines."""
    for line in overrides:
        masked_override(line)
    logging.setLogRecordFactory(_log_record)


def _log_record(*arguments: Any, **more: Any) -> logging.LogRecord:
    record = logging.LogRecord(*arguments, **more)
    if (text := redacted(plain := record.getMessage())) != plain:
        record.msg, record.args = text, ()
    return record


def experiment(config: Composed) -> Experiment:
    """Build the experiment that a composed configuration describes.

    Raises:
        ConfigError: lists everything that is wrong, with keys.
    """
    plain = _filled(resolved(config))
    learn_secrets(plain)
    builder = Builder()
    _refuse_credentials(plain)
    builder.problems += _unknown_keys(plain)
    for part in PARTS:
        builder.build(plain.get(part), part)
    parts_are_sound = not builder.problems  # arms are made of these parts: their faults would be listed once per arm
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
        "audit": builder.convert(plain.get("audit"), bool, "audit"),
        "strict": builder.convert(plain.get("strict"), bool, "strict"),
        "timing": builder.build(plain.get("timing"), "timing"),
        "tracker": builder.build(plain.get("tracker"), "tracker"),
    }
    strangers = list(_of_other_kinds(built))
    builder.problems += strangers or [
        *_out_of_range(built, plain),
        *_self_judging(built["metrics"], plain.get("model")),
    ]
    builder.raise_problems()
    return Experiment(model_name=str(plain["model"]["name"]), **built)


def own_parts(overrides: Sequence[str]) -> list[str]:
    """Return the overrides as Hydra takes them, where one sets what no file that is chosen names.

    Args:
        overrides: arm.qlora.adapter.path=DIR changes the adapter of that arm alone, adapter.path=DIR that of all;
            decision=NAME chooses what a page decides by.
    """
    added = [f"+{line}" if line.startswith("decision=") else line for line in overrides]
    return [f"++{line}" if _is_of_shared_part(line) or line.startswith("decision.") else line for line in added]


def _is_of_shared_part(line: str) -> bool:
    found = re.match(r"arm\.([\w-]+)\.(\w+)\.[\w.]+=", line)
    if found is None or not (path := ROOT / "conf/arm" / f"{found[1]}.yaml").is_file():
        return False
    return f"\n{found[2]}: ${{" in path.read_text(encoding="utf-8")


def _filled(plain: dict[str, Any]) -> dict[str, Any]:
    """Add to an arm's own part, of which a few fields are set, the others of the part that all arms share."""
    arms = plain.get("arm")
    for arm in arms.values() if isinstance(arms, Mapping) else ():
        for part in set(arm) & set(PARTS) if isinstance(arm, dict) else ():
            if isinstance(arm[part], Mapping) and "_target_" not in arm[part] and isinstance(plain.get(part), Mapping):
                arm[part] = {**plain[part], **arm[part]}
    return plain


def _refuse_credentials(plain: Mapping[str, Any]) -> None:
    """Raise ConfigError for addresses that hold a password; one that many nodes share is named once."""
    keys: dict[str, str] = {}
    for key, text in sorted(_texts(plain), key=lambda found: len(found[0])):
        if credentials_in(text):
            keys.setdefault(text, key)
    if keys:
        raise joined(ConfigError, "configuration", [f"{key} {credentials_in(text)}" for text, key in keys.items()])


def _texts(node: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of plain data with its key."""
    if isinstance(node, str):
        yield key, node
    items = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for name, item in items:
        yield from _texts(item, f"{key}.{name}" if key else str(name))


def _unknown_keys(plain: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(set(plain) - KEYS):
        yield f"{key} is not known; {did_you_mean(key, KEYS) or 'there are ' + ', '.join(sorted(KEYS))}"


def _of_other_kinds(built: Mapping[str, Any]) -> Iterator[str]:
    """Say which components are of a kind that their place cannot use, and which are not there at all."""
    for name, methods in METHODS.items():
        parts = built[name].values() if isinstance(built[name], Mapping) else [built[name]]
        for part in parts:
            if part is not None and not any(hasattr(type(part), method) for method in methods):
                yield f"{name.removesuffix('s')}: _target_ is {type(part).__name__}, which is not one of that kind"


def _out_of_range(built: Mapping[str, Any], plain: Mapping[str, Any]) -> Iterator[str]:
    limit, seed, task = (built[name] for name in ("limit", "seed", "task"))
    yield from filter(None, (_names_no_folder(plain.get(name), name) for name in PLACES))
    if isinstance(limit, int) and limit < 1:
        yield f"limit is {limit}; it must be 1 or more, or null for all examples"
    if isinstance(seed, int) and not 0 <= seed < 2**32:
        yield f"seed is {seed}; it must be between 0 and {2**32 - 1}"
    if not built["arms"]:
        yield "arm is empty; name at least one, e.g. arm=[base,rag]"
    if task is not None and folders.is_reserved(task.name):
        yield f"task.name is {task.name!r}; choose another than {', '.join(folders.RESERVED)}, the results' own"
    elif task is not None and isinstance(plain.get("model"), Mapping):
        folder = folders.result_folder(built["results"], task.name, str(plain["model"].get("name")), "")
        if folders.is_store(built["store"], folder):
            yield f"store is {built['store']}, where the results of task {task.name} would lie; choose another folder"


def _names_no_folder(value: Any, key: str) -> str:
    """Return what is wrong with a setting that must name a folder; "" for nothing, and for what is not even text."""
    if not str(value).strip():
        return f"{key} is {value!r}; it must be a folder, e.g. {key}={PLACES[key]}"
    place = Path(str(value)).expanduser()
    file = next((one for one in (place, *place.parents) if os.path.exists(one) and not os.path.isdir(one)), None)
    return f"{key} is {value}, but {file} is a file; name a folder, e.g. {key}={PLACES[key]}" if file else ""


def _self_judging(metrics: Mapping[str, Metric | None], model: Any) -> list[str]:
    """Return why a judge may not judge this model."""
    judges = (metric.judge_used() for metric in metrics.values() if metric is not None)
    reasons = (self_judging(judge, model) for judge in judges if judge is not None and isinstance(model, Mapping))
    return sorted({reason for reason in reasons if reason})


def compose(overrides: Sequence[str]) -> Composed:
    """Return the configuration that `python -m harness OVERRIDES` would run; old names are accepted.

    Raises:
        ConfigError: Hydra's message about the override that is wrong.
    """
    return _composed(overrides, with_hydra=False)


def compose_job(overrides: Sequence[str]) -> tuple[Composed, str, list[str]]:
    """Return the configuration, the overrides that change the folder of results, and all overrides.

    Raises:
        ConfigError: Hydra's message about the override that is wrong.
    """
    config = _composed(overrides, with_hydra=True)
    hydra = config.hydra
    with open_dict(config):
        del config["hydra"]
    return config, measured_overrides(hydra), given_overrides(hydra)


def _composed(overrides: Sequence[str], *, with_hydra: bool) -> Composed:
    register_resolvers()
    hide_secrets_in_logs()
    try:
        with apart_from_the_running_job(), initialize_config_dir(str(ROOT / "conf"), **VERSION_BASE):
            return hydra_compose(
                "config", as_text(own_parts(old_names.renewed(overrides))), return_hydra_config=with_hydra
            )
    except CutleryError:
        raise
    except Exception as error:  # Hydra's own errors, and what its parts raise about values that nobody expected
        raise to_user_error(error) from error


def reports(config: Composed) -> list[Report | Page]:
    """Build the reports of a configuration and nothing else of it.

    Raises:
        ConfigError: lists everything that is wrong, with keys.
    """
    builder = Builder()
    built = builder.build_all(_plain(config, "report"), "report")
    builder.raise_problems()
    return list(built.values())


def check_places(overrides: Sequence[str]) -> None:
    """Look for folders on a command line that must not be written, before Hydra makes the folder of a sweep.

    Raises:
        ConfigError: one is empty, or holds a file of the user's that Hydra would overwrite.
    """
    for line in overrides:
        key, equals, value = line.lstrip("+").partition("=")
        place = value.strip("\"' ")
        if key in PLACES and equals and (problem := _names_no_folder(place, key)):
            raise ConfigError(problem)
        if key == "hydra.sweep.dir" and (Path(place) / "multirun.yaml").exists():
            raise ConfigError(f"{line}: Hydra would overwrite the multirun.yaml that is there; choose another folder")


def results_of(config: Composed) -> Path:
    """Return the folder of results that a configuration names.

    Raises:
        ConfigError: it names none.
    """
    if problem := _names_no_folder(config.results or "", "results"):
        raise ConfigError(problem)
    return Path(str(config.results)).expanduser()


def costing(config: Composed) -> Costing:
    """Build the prices and the use of a configuration and nothing else of it.

    Raises:
        ConfigError: lists everything that is wrong, with keys.
    """
    builder = Builder()
    built = _costing(builder, {name: _plain(config, name) for name in MONEY})
    builder.raise_problems()
    return built


def _costing(builder: Builder, plain: Mapping[str, Any]) -> Costing:
    kinds = get_type_hints(Costing)
    return Costing(**{name: builder.convert(plain.get(name), kinds[name], name) for name in MONEY})


def _plain(config: Composed, name: str) -> Any:
    """Return one node as plain data; what is no node stays what it is, for the builder to name."""
    node = config.get(name)
    return OmegaConf.to_container(node, resolve=True) if OmegaConf.is_config(node) else node


def resolved(config: Composed) -> dict[str, Any]:
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
        hint = r"; ${…} stands for another value, \${…} for itself" if "nterpolation" in str(error) else ""
        raise ConfigError(f"configuration: {str(error).splitlines()[0]}{hint}") from error
    assert isinstance(plain, dict)
    return typing.cast("dict[str, Any]", plain)


def to_user_error(error: Exception) -> CutleryError:
    """Return, in our words, what was raised while the configuration was read and put together."""
    found = error if isinstance(error, CutleryError) else _in_our_words(error)
    return type(found)(with_short_words(str(found)))


def _in_our_words(error: Exception) -> CutleryError:
    if isinstance(error, OverrideParseException):
        override = masked_override(error.override)
        key, _, value = override.partition("=")
        return ConfigError(f"{override}: the value is not understood\n{how_to_quote(key, value)}")
    if isinstance(error, OmegaConfBaseException | yaml.YAMLError):
        return ConfigError(_malformed() or str(error))
    if isinstance(error, OSError) and not isinstance(error, HydraException):
        return StoreError(str(error))
    if words := refused_key(str(error), ROOT / "conf") or refused_choice(str(error), ROOT / "conf"):
        return ConfigError(words)
    ambiguous = re.match(r"Ambiguous value for argument '(.+?)=(.*)'$", str(error), re.MULTILINE)
    hint = f"\n{how_to_quote(*ambiguous.groups())}" if ambiguous else ""
    return ConfigError(f"{str(error) or _malformed()}{hint}")


def _malformed() -> str:
    """Name the first file that cannot be read as yaml; what was raised does not always say which it was."""
    for path in sorted((ROOT / "conf").rglob("*.yaml")):
        try:
            OmegaConf.load(path)
        except (OmegaConfBaseException, yaml.YAMLError) as error:
            return f"{path} is not well-formed: {' '.join(str(error).split())}"
    return ""


def _missing(node: Any, key: str = "") -> Iterator[str]:
    """Yield the keys whose value is `???`; those that only point at such a key are not named again."""
    if node == "???":
        yield key
    elif isinstance(node, Mapping):
        for name, value in node.items():
            yield from _missing(value, f"{key}.{name}" if key else str(name))
