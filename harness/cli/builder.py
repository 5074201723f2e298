"""yaml nodes to objects: the one place that does it.

A node with `_target_` becomes that class of this repository, its other keys the constructor's
arguments; types are checked against the annotations. Nothing outside `harness` and `pipelines` can be
named, so a yaml file cannot run anything else. Names of earlier versions are accepted (old_names.py).
"""

import dataclasses
import re
import types
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, Protocol, Union, get_args, get_origin, get_type_hints, runtime_checkable

from harness.cli import old_names
from harness.cli.free_text import as_list
from harness.cli.near_names import did_you_mean
from harness.cli.old_names import PACKAGES
from harness.errors import ConfigError, CutleryError, joined
from harness.tasks.task import Task


@runtime_checkable
class Checked(Protocol):
    """A component that finds what is wrong with its own settings."""

    def problems(self) -> Sequence[str]:
        """Return one line per problem."""
        ...


LARGEST: Final = 10**15
"""no setting is larger; counts below it are exact as floating-point numbers, too"""
LONGEST_SHOWN: Final = 100
"""characters of a value in a message"""


class Builder:
    """Builds components and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def raise_problems(self) -> None:
        """Raise one ConfigError that lists everything found so far, if anything was."""
        # `limit` also reaches the task; the problem is listed where the user set the value
        listed = [line for line in self.problems if not any(line.endswith(f".{other}") for other in self.problems)]
        if listed:
            raise joined(ConfigError, "configuration", list(dict.fromkeys(map(with_short_words, listed))))

    def build_all(self, nodes: Any, key: str) -> dict[str, Any]:
        """Build each child of a multi-choice group."""
        if not isinstance(nodes, Mapping):
            self.problems.append(f"{key} is {nodes!r}; it must hold one node per choice")
            return {}
        return {name: self.build(node, f"{key}.{name}") for name, node in nodes.items()}

    def build(self, node: Any, key: str, expected: type | None = None) -> Any:
        """Build one component, or note why it cannot be built and return None."""
        if not isinstance(node, Mapping):
            self.problems.append(f"{key} is {shown(node)}; it must be a node with a _target_")
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
            self.problems.append(
                f"{key}._target_ is {shown(target)}; only classes of {' and '.join(PACKAGES)} can be named"
            )
            return None
        try:
            kind = old_names.class_named(target)
        except (ImportError, AttributeError) as error:
            self.problems.append(f"{key}._target_ is {shown(target)}, which cannot be found ({error})")
            return None
        if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
            self.problems.append(f"{key}._target_ is {shown(target)}, which is not a configurable component")
            return None
        return kind

    def _construct(self, kind: type, node: Mapping[str, Any], key: str) -> Any:
        fields = {field.name: field for field in dataclasses.fields(kind) if field.init}
        given = self._with_current_names(kind, node, key)
        unknown = sorted(set(given) - set(fields))
        for name in unknown:
            near = f"{did_you_mean(name, fields)} ".lstrip()
            self.problems.append(f"{key}.{name} is not known to {kind.__name__}; {near}it takes {', '.join(fields)}")
        before = len(self.problems)
        arguments = {}
        hints = self._hints(kind, key)
        for name, field in fields.items():
            if name in given and name in hints:
                arguments[name] = self._convert(given[name], hints[name], f"{key}.{name}")
            elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
                self.problems.append(f"{key}.{name} is missing; {kind.__name__} needs it")
        if len(self.problems) > before or unknown:
            return None
        return self._made(kind, arguments, key)

    def _hints(self, kind: type, key: str) -> Mapping[str, Any]:
        try:
            return get_type_hints(kind)
        except NameError:  # names that only type checkers read: no yaml file can fill such a class
            self._mismatch(kind.__name__, "a configurable component", f"{key}._target_")
            return {}

    def _made(self, kind: type, arguments: Mapping[str, Any], key: str) -> Any:
        """Return the component, after noting what is wrong with its settings."""
        try:
            component = kind(**arguments)
            # A task's problems are those of its data: they are asked for later, with the data at hand.
            if isinstance(component, Checked) and not isinstance(component, Task):
                self.problems.extend(f"{key}: {problem}" for problem in component.problems())
        except CutleryError as error:
            self.problems.append(f"{key}: {error}")
            return None
        except Exception as error:  # a class that is no component, but makes something when it is called
            self.problems.append(f"{key}._target_ is {kind.__name__}, which cannot be made ({shown(str(error))})")
            return None
        return component

    def _with_current_names(self, kind: type, node: Mapping[str, Any], key: str) -> dict[str, Any]:
        """Return the node with the names that fields have today; a field that is set by both names is a problem."""
        given, node_name = dict(node), key.rpartition(".")[2]  # a part that many nodes share is named once
        for old, new in old_names.renamed_fields(kind).items():
            if old in given and new in given:
                self.problems.append(f"{key}.{old} and {key}.{new} are the same setting; keep {new}")
                del given[old]
            elif old in given:
                old_names.notice(f"{node_name}.{old}", f"{node_name}.{new}")
                given[new] = given.pop(old)
        return given

    def _convert(self, value: Any, hint: Any, key: str) -> Any:
        if hint is Any:
            self._check_numbers(value, key)
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
            return self._component(value, hint, key)
        return self._mismatch(value, f"a node for {_name(hint)}", key)

    def _component(self, node: Mapping[str, Any], hint: Any, key: str) -> Any:
        """Build what a field of a dataclass or of a Protocol asks for."""
        concrete = hint if isinstance(hint, type) and dataclasses.is_dataclass(hint) else None
        built = self.build(node, key, concrete)
        if built is None or _fits(built, hint):
            return built
        return self._mismatch(node.get("_target_"), f"a {_name(hint)}", f"{key}._target_")

    def _convert_union(self, value: Any, hints: Sequence[Any], key: str) -> Any:
        if value is None and type(None) in hints:
            return None
        choices = [hint for hint in hints if hint is not type(None)]
        failed: list[list[str]] = []
        for hint in choices:
            attempt = Builder()
            result = attempt._convert(value, hint, key)
            if not attempt.problems:
                return result
            failed.append(attempt.problems)
        if isinstance(value, Mapping) or len(choices) == 1:
            fewest = min(failed, key=len)
            self.problems += fewest
            return None
        return self._mismatch(value, _any_of(hints, value), key)

    def _convert_container(self, value: Any, origin: Any, arguments: Sequence[Any], key: str) -> Any:
        if issubclass(origin, Mapping):
            if not isinstance(value, Mapping):
                return self._mismatch(value, "a mapping", key)
            return {str(name): self._convert(item, arguments[1], f"{key}.{name}") for name, item in value.items()}
        if not isinstance(value, Sequence) or isinstance(value, str):
            right = f"a list: {as_list(key, value)}" if isinstance(value, str) and value else "a list"
            return self._mismatch(value, right, key)
        return tuple(self._convert(item, arguments[0], f"{key}[{at}]") for at, item in enumerate(value))

    def _one_of(self, value: Any, choices: Sequence[Any], key: str) -> Any:
        if value in choices:
            return value
        near = f"; {did_you_mean(str(value), map(str, choices))}".removesuffix("; ")
        return self._mismatch(value, f"one of {', '.join(map(str, choices))}{near}", key)

    def _check_numbers(self, value: Any, key: str) -> None:
        """Note numbers that no JSON and no library takes, anywhere in plain data."""
        if isinstance(value, Mapping):
            for name, item in value.items():
                self._check_numbers(item, f"{key}.{name}")
        elif isinstance(value, list | tuple):
            for at, item in enumerate(value):
                self._check_numbers(item, f"{key}[{at}]")
        elif isinstance(value, int | float) and not -LARGEST <= value <= LARGEST:  # also what is not a number at all
            self._mismatch(value, f"a number between -{LARGEST:.0e} and {LARGEST:.0e}", key)

    def _scalar(self, value: Any, hint: Any, key: str) -> Any:
        if isinstance(value, int | float) and not -LARGEST <= value <= LARGEST:
            return self._check_numbers(value, key)
        if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        if hint is int and isinstance(value, bool):
            return self._mismatch(value, "a whole number", key)
        if isinstance(value, hint):
            return value
        return self._mismatch(value, _name(hint), key)

    def _mismatch(self, value: Any, right: str, key: str) -> None:
        self.problems.append(f"{key} is {shown(value)}; it must be {right}")


def _fits(component: Any, hint: Any) -> bool:
    """Return whether a component is what the annotation asks for; a Protocol without runtime check takes any."""
    if getattr(hint, "_is_protocol", False):
        return not getattr(hint, "_is_runtime_protocol", False) or isinstance(component, hint)
    return not isinstance(hint, type) or isinstance(component, hint)


def _name(hint: Any) -> str:
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "text", type(None): "null"}
    if get_origin(hint) is Literal:
        return ", ".join(map(str, get_args(hint)))
    return names.get(hint) or str(getattr(hint, "__name__", hint))


def _any_of(hints: Sequence[Any], value: Any) -> str:
    """Return what fits any of several annotations, and which of their words is near to a value."""
    *others, last = ", ".join(map(_name, hints)).replace(" or ", ", ").split(", ")
    text = f"{', '.join(others)} or {last}" if others else last
    words = [str(choice) for hint in hints if get_origin(hint) is Literal for choice in get_args(hint)]
    return f"{text}; {did_you_mean(str(value), words)}".removesuffix("; ")


def with_short_words(text: str) -> str:
    """Return a message in which no word is endless: it may quote a whole file that was given as one value."""
    return re.sub(r"\S{300,}", lambda match: f"{match[0][:LONGEST_SHOWN]}…", text)


def shown(value: Any) -> str:
    """Return a value for messages, cut where it is long."""
    if isinstance(value, int) and abs(value) > 10**LONGEST_SHOWN:
        return f"a number of more than {LONGEST_SHOWN} digits"
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
