"""Names of earlier versions go on working, each with one line of notice.

Nothing is listed here. A renamed field says so itself (`field(metadata={FORMERLY: "old"})`), a moved class by its
`KEY`, a renamed file of conf/ by a comment (`# formerly: old`).
"""

import dataclasses
import importlib
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

from harness.errors import ConfigError
from harness.store.spec import FORMERLY

log = logging.getLogger(__name__)

ROOT: Final = Path(__file__).resolve().parents[2]
CONF: Final = ROOT / "conf"
PACKAGES: Final = ("harness", "pipelines")
_OVERRIDE: Final = re.compile(r"(?<![+~])(?P<sign>[+~]*)(?P<key>[\w./@]+)(?P<rest>=.*)?", re.DOTALL)
_CLASS_OR_KEY: Final = re.compile(r'^class (\w+)|^    KEY: ClassVar\[str\] = "([^"]+)"', re.MULTILINE)


@cache
def notice(old: str, new: str) -> None:
    """Say once per process that a name has changed."""
    log.warning("%s is now called %s; the old name still works", old, new)


def renewed(overrides: Sequence[str]) -> list[str]:
    """Return the overrides of a command line with the names that the chosen files use.

    Raises:
        ConfigError: a field is set by its old name and by the one of today; or a value is none that any key takes.
    """
    for line in overrides:
        _check_value(line)
    chosen = {parts["key"]: parts["rest"] or "" for parts in map(_OVERRIDE.fullmatch, overrides) if parts}
    lines = [_renewed(line, chosen) for line in overrides]
    for given, line in zip(overrides, lines, strict=True):
        if key_of(line) != key_of(given) and list(map(key_of, lines)).count(key_of(line)) > 1:
            raise ConfigError(f"{key_of(given)} is now called {key_of(line)}, and both are set; keep {key_of(line)}")
    return lines


def _check_value(line: str) -> None:
    """Name the key of a value that Hydra would refuse without naming it."""
    key, _, value = line.lstrip("+~").partition("=")
    group = CONF / key.partition("@")[0]
    if re.fullmatch(r"null|true|false|[-+]?(?:[\d._]+(?:e[-+]?\d+)?|nan|inf)", value, re.IGNORECASE) and group.is_dir():
        names = ", ".join(sorted(path.stem for path in group.glob("*.yaml")))
        raise ConfigError(f"{key} is {value[:40]}; it must be the name of a file in conf/{group.name}: {names}")
    if digits := re.search(r"(?<![\w\"'])\d{4300,}", value):
        raise ConfigError(f"{key} is a number of {len(digits[0]):,} digits; no setting takes one")


def key_of(override: str) -> str:
    """Return the key that an override of the command line sets."""
    return override.lstrip("+~").partition("=")[0]


def _renewed(line: str, chosen: Mapping[str, str]) -> str:
    parts = _OVERRIDE.fullmatch(line)
    if parts is None:
        return line
    sign, key, rest = parts["sign"], parts["key"], parts["rest"] or ""
    if (CONF / key).is_dir():
        return f"{sign}{key}{_renewed_choices(key, rest)}"
    group, _, path = key.partition(".")
    name = path.rpartition(".")[2]
    current = _current_field(group, name, re.findall(r"[\w.-]+", chosen.get(group, ""))) if path else name
    if current == name:
        return line
    renamed = f"{key.rpartition('.')[0]}.{current}"
    notice(key, renamed)
    return f"{'' if sign == '+' else sign}{renamed}{rest}"  # a key that is there already cannot be added


def _renewed_choices(group: str, rest: str) -> str:
    """Return the value of an override that chooses files of a group, with the names that the files have today."""

    def current(match: re.Match[str]) -> str:
        name = match[0]
        if (CONF / group / f"{name}.yaml").is_file():
            return name
        new = _formerly(group).get(name, "")
        if new:
            notice(f"{group}={name}", f"{group}={new}")
        return new or name

    return re.sub(r"[\w.-]+", current, rest)


def _formerly(group: str) -> dict[str, str]:
    """Return old name -> new name of the files of a group."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (CONF / group).glob("*.yaml")}
    return {old: new for new, text in texts.items() for old in re.findall(r"^# formerly: (\S+)$", text, re.MULTILINE)}


def _current_field(group: str, name: str, chosen: Sequence[str]) -> str:
    """Return what the chosen files of a group (all of them, if none is chosen) call a field, today's name first."""
    files = [path for path in (CONF / group).glob("*.yaml") if not chosen or path.stem in chosen]
    text = "\n".join(path.read_text(encoding="utf-8") for path in [*files, CONF / "config.yaml"])
    for target in sorted(set(re.findall(r"_target_: (\S+)", text))):
        with suppress(ImportError, AttributeError):  # the builder will say what is wrong with it
            for old, new in renamed_fields(_attribute(target)).items():
                if name in (old, new):
                    return next((known for known in (new, old) if re.search(rf"^\s*{known}:", text, re.M)), name)
    return name


def renamed_fields(kind: type) -> Mapping[str, str]:
    """Return old name -> name of today of the fields of a dataclass."""
    return {field.metadata[FORMERLY]: field.name for field in dataclasses.fields(kind) if FORMERLY in field.metadata}


def class_named(target: str) -> Any:
    """Return what a dotted path names: where it says or, with a notice, where the class of that KEY lies today.

    Raises:
        ImportError, AttributeError: there is nothing of that name.
    """
    try:
        return _attribute(target)
    except (ImportError, AttributeError):
        current = _classes_by_key().get(target)
        if current is None:
            raise
        notice(target, current)
        return _attribute(current)


def _attribute(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


@cache
def _classes_by_key() -> Mapping[str, str]:
    """Return KEY -> dotted path, read from the sources: nothing is imported for it."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts): path.read_text("utf-8") for path in paths}
    return {key: f"{module}.{kind}" for module, text in modules.items() for kind, key in _keys(text)}


def _keys(text: str) -> Iterator[tuple[str, str]]:
    kind = ""
    for match in _CLASS_OR_KEY.finditer(text):
        kind = match[1] or kind
        if match[2]:
            yield kind, match[2]
