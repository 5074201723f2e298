"""Names of earlier versions go on working, each with one line of notice.

Nothing is listed here. A renamed field says so itself (`field(metadata={FORMERLY: "old"})`), a moved class by its
`KEY`, a renamed file of conf/ by a comment (`# formerly: old`).
"""

import dataclasses
import importlib
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from harness.store.spec import FORMERLY

log = logging.getLogger(__name__)

ROOT: Final = Path(__file__).resolve().parents[2]
CONF: Final = ROOT / "conf"
PACKAGES: Final = ("harness", "pipelines")
_OVERRIDE: Final = re.compile(r"(?P<sign>[+~]*)(?P<key>[\w./@]+)(?P<rest>=.*)?", re.DOTALL)
_CLASS_OR_KEY: Final = re.compile(r'^class (\w+)|^    KEY: ClassVar\[str\] = "([^"]+)"', re.MULTILINE)


@cache
def notice(old: str, new: str) -> None:
    """Say once per process that a name has changed."""
    log.warning("%s is now called %s; the old name still works", old, new)


def renewed(overrides: Sequence[str]) -> list[str]:
    """Return the overrides of a command line with the names of today."""
    return [_renewed(line) for line in overrides]


def _renewed(line: str) -> str:
    parts = _OVERRIDE.fullmatch(line)
    if parts is None:
        return line
    sign, key, rest = parts["sign"], parts["key"], parts["rest"] or ""
    if (CONF / key).is_dir():
        return f"{sign}{key}{_renewed_choices(key, rest)}"
    group, _, path = key.partition(".")
    new = _renewed_field(group, path.rpartition(".")[2]) if path else ""
    if not new:
        return line
    current = f"{key.rpartition('.')[0]}.{new}"
    notice(key, current)
    return f"{'' if sign == '+' else sign}{current}{rest}"  # a key that is there already cannot be added


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


def _renewed_field(group: str, name: str) -> str:
    """Return what a field of one of a group's classes is called today; "" for a field that keeps its name."""
    files = [*(CONF / group).glob("*.yaml"), CONF / "config.yaml"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    if re.search(rf"^\s*{re.escape(name)}:", text, re.MULTILINE):
        return ""
    for target in sorted(set(re.findall(r"_target_: (\S+)", text))):
        module, _, kind = target.rpartition(".")
        new = renamed_fields(getattr(importlib.import_module(module), kind)).get(name)
        if new:
            return new
    return ""


def renamed_fields(kind: type) -> Mapping[str, str]:
    """Return old name -> name of today of the fields of a dataclass."""
    return {field.metadata[FORMERLY]: field.name for field in dataclasses.fields(kind) if FORMERLY in field.metadata}


def moved_class(target: str) -> str | None:
    """Return where the class lies today whose KEY is `target`, with a notice; None where there is none."""
    current = _classes_by_key().get(target)
    if current:
        notice(target, current)
    return current


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
