"""A chat template is tried in a process of its own, with little time and memory, before it is rendered in this one.

A template is a program out of somebody's checkpoint: it may loop for ever, or double a text until no memory is left.
The file is run as a script there, so that nothing but jinja2 has to be imported.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

SECONDS: Final = 5
"""of processor time; the templates of known models take milliseconds"""
BYTES: Final = 1 << 30
"""of memory, the interpreter included"""
CHARACTERS: Final = 1_000_000
"""of a prompt whose messages have about 10,000"""
_WORDS: Final = "Words of a message, one after another. " * 25
_TURN: Final = [{"role": "user", "content": _WORDS}, {"role": "assistant", "content": _WORDS}]
_CONVERSATIONS: Final = (
    [{"role": "system", "content": _WORDS}, *_TURN * 4, {"role": "user", "content": _WORDS}],
    [*_TURN * 4, {"role": "user", "content": _WORDS}],
    _TURN,
)
_TOO_MUCH: Final = ("MemoryError", "TooLongError")


def runaway(template: str, variables: Mapping[str, Any]) -> str:
    """Return why a chat template must not be rendered: it takes endless time, memory or text; "" if it may.

    Templates that merely fail are left to the caller, who renders them next.

    Args:
        template: jinja source.
        variables: what it is given besides the messages; plain JSON.
    """
    return _runaway(template, json.dumps(variables, sort_keys=True, default=str))


@cache
def _runaway(template: str, variables: str) -> str:
    command = [sys.executable, "-I", __file__]
    asked = json.dumps({"template": template, "variables": json.loads(variables)})
    try:
        done = subprocess.run(command, input=asked, capture_output=True, text=True, timeout=2 * SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"does not end within {SECONDS} s"
    if done.returncode < 0:
        return f"does not end within {SECONDS} s of processor time, or breaks the interpreter"
    word = done.stdout.strip()
    return (
        f"takes more than {BYTES >> 20} MiB or writes more than {CHARACTERS:,} characters" if word in _TOO_MUCH else ""
    )


class TooLongError(Exception):
    """The text has no end."""


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows: the parent's time-out is left
        return
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _render(template: str, variables: Mapping[str, Any]) -> None:
    """Render each conversation as transformers would, in pieces that are counted."""
    from jinja2 import ext, nodes
    from jinja2.parser import Parser
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Generation(ext.Extension):
        """Transformers' own tag around what the assistant says."""

        tags = {"generation"}  # noqa: RUF012

        def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
            next(parser.stream)
            return parser.parse_statements(("name:endgeneration",), drop_needle=True)

    def refuse(message: str) -> None:
        raise ValueError(message)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, ext.loopcontrols]
    )
    environment.filters["tojson"] = lambda value, *_, **__: json.dumps(value)
    environment.globals |= {"raise_exception": refuse, "strftime_now": lambda _: "2026-01-01"}
    compiled = environment.from_string(template)
    for messages in _CONVERSATIONS:
        _count(compiled.generate(messages=messages, add_generation_prompt=True, **variables))


def _count(pieces: Iterable[str]) -> None:
    """Raise for too long a text or too little memory; what else is wrong with a conversation is another's matter."""
    written = 0
    try:
        for piece in pieces:
            written += len(piece)
            if written > CHARACTERS:
                raise TooLongError
    except (MemoryError, TooLongError):
        raise
    except Exception:  # e.g. the template takes no system turn
        return


def _child() -> None:
    asked = json.load(sys.stdin)
    _limit()
    try:
        _render(asked["template"], asked["variables"])
    except Exception as error:
        print(type(error).__name__)


if __name__ == "__main__":
    _child()
