"""Keys and names that conf/ does not have, with the near ones that it has."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

NO_KEY: Final = re.compile(r"Could not override '([^']+)'")
NO_CHOICE: Final = re.compile(r"In '([^']+)': Could not (?:find|load) '([^']+)/([^'/]+)'")
NEAR: Final = 0.6
"""least likeness of names, from 0 to 1"""
MANY: Final = 40
"""names that are listed at most"""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return "did you mean NAME?" with the name that is nearest; "" where none is near."""
    near = nearest(name, known)
    return f"did you mean {near}?" if near else ""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the name that is nearest; "" where none is near."""
    names = {own.casefold(): own for own in known}
    return next((names[near] for near in difflib.get_close_matches(name.casefold(), names, n=1, cutoff=NEAR)), "")


def refused_key(message: str, conf: Path) -> str:
    """Return in our words which key Hydra did not find; "" where the message is about something else."""
    found = NO_KEY.search(message)
    if found is None:
        return ""
    key, known = found[1], dict(_keys(conf))
    if key in known:
        return f"{key} is a key of files that are not chosen, such as {known[key]}; choose it, or leave the key out"
    parts = key.split(".")
    node = next(at for at in reversed(range(len(parts))) if not at or ".".join(parts[:at]) in known)
    there = {own.split(".")[node] for own in known if own.split(".")[:node] == parts[:node] and own.count(".") >= node}
    if near := nearest(parts[node], there):
        near = ".".join((*parts[:node], near, *parts[node + 1 :]))
    elif not node:
        near = nearest(key, known)
    advice = f"did you mean {near}?" if near else f"there are {', '.join(sorted(there)[:MANY])}"
    return f"{key} is no key of the configuration; {advice} (+{key}=… sets one that its yaml file does not name)"


def refused_choice(message: str, conf: Path) -> str:
    """Return in our words which file of conf/ Hydra did not find; "" where the message is about something else."""
    found = NO_CHOICE.search(message)
    if found is None:
        return ""
    file, group, name = found.groups()
    names = sorted(path.stem for path in (conf / group).glob("*.yaml"))
    if not names:
        return ""
    where = "" if file == "config" else f"conf/{file}.yaml: "
    more = f", … ({len(names)} files in conf/{group})" if len(names) > MANY else ""
    there = f"there are {', '.join(names[:MANY])}{more}"
    return f"{where}{group} is {name}, which conf/{group} does not have; {did_you_mean(name, names) or there}"


def _keys(conf: Path) -> Iterator[tuple[str, str]]:
    """Yield the dotted keys of all files, each with a choice that has it; also with the choice's name before it."""
    for path in sorted(conf.rglob("*.yaml")):
        try:
            node = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, OSError, UnicodeDecodeError):
            continue
        groups = path.relative_to(conf).parent.parts
        for start in (*groups, *(f"{group}.{path.stem}" for group in groups)) or ("",):
            for key in (start, *_below(node, start)):
                yield key, f"{'/'.join(groups)}={path.stem}"


def _below(node: Any, start: str) -> Iterator[str]:
    if isinstance(node, Mapping):
        for name, inner in node.items():
            if name not in ("defaults", "_target_"):
                yield (key := f"{start}.{name}".removeprefix("."))
                yield from _below(inner, key)
