"""The exception tree, and the secrets that no message, file or log line may show.

Every message gives the key or path, what was got and what would be right.

CutleryError            anything that a user can correct; shown without a traceback
├── ConfigError         a yaml value or an override is wrong
├── DataError           a task file is missing, unreadable or inconsistent
├── StoreError          an artifact cannot be written, read or trusted
├── ArmError            an arm could not be prepared, or a guard refused it
├── JudgeError          a judge cannot be reached or used
└── MetricError         a metric fails its known answers

A secret is the value of an environment variable or setting with a name like API_KEY, token or password, a value of a
setting in the shape that services give their tokens (sk-…, hf_…, a JWT), and whatever `learn_secret` was given. It is
replaced where texts are kept or shown: what a server says (as soon as it is read), every message of an error, every log
line, every file that the store and the reports write, every name of a folder.
"""

import html
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final
from urllib.parse import quote

MASK: Final = "[secret]"
"""stands where a secret was"""
LONGEST_REASON: Final = 500
"""characters kept of what a library says"""

_CREDENTIAL: Final = re.compile(
    r"secret|passw|passphrase|credential|authorization|(?:^|[^a-z])(?:token|key|auth|bearer|cookie|pwd|jwt|pat|sas)$"
    r"|(?:api|access|account|app|auth|client|license|my|private|service|sign(?:ing)?|your)(?:key|token)$"
)
_SHAPED: Final = re.compile(
    r"(?<![\w-])(?:sk-[\w-]{16,}|hf_\w{16,}|gh[a-z]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[a-z]-[\w-]{16,}"
    r"|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*)"
)
"""what OpenAI and others, Hugging Face, GitHub, GitLab, Slack, Amazon and Google issue, and JSON web tokens"""
_HARMLESS: Final = re.compile(r"(?:stop|eos|bos|pad|unk|sep|cls|mask|begin|start|end|image|per)_token$|_(?:env|file)$")
_SETTING: Final = re.compile(r"""(?<![\w-])([\w-]{1,100})(\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,{}\[\]"']+)""")
_learnt: Final[set[str]] = set()


@cache
def is_credential(name: str) -> bool:
    """Return whether a setting, header or variable of this name holds a secret."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return bool(_CREDENTIAL.search(snake)) and not _HARMLESS.search(snake)


def learn_secret(value: object) -> None:
    """Have a value, and each word of it ("Bearer …"), replaced from now on.

    What could be an ordinary word or number ("EMPTY", "none", "1234") is not: texts would lose it everywhere.
    """
    _learnt.update(word for word in {str(value).strip(), *str(value).split()} if _is_distinct(word, 4))


def learn_secrets(value: Any, name: str = "") -> None:
    """Learn the values of plain data below names of credentials, and those in the shape of a token."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            learn_secrets(item, name if is_credential(name) else str(key))
    elif isinstance(value, list | tuple):
        for item in value:
            learn_secrets(item, name)
    elif value is not None and is_credential(name):
        learn_secret(value)
    elif isinstance(value, str):
        for token in _SHAPED.findall(value):
            learn_secret(token)


def redacted(text: str) -> str:
    """Return the text without the values of known secrets, as they are or escaped for JSON, HTML or a URL."""
    known = frozenset(_learnt | set(_of_environment()))
    if not known or not any(form in text for form in _forms(known)):
        return text
    return _pattern(known).sub(MASK, text)


def masked(value: Any, *, by_name: bool = True) -> Any:
    """Return plain data without secrets: by their values, and whatever has the name of a credential.

    Args:
        value: mappings, lists, texts, numbers.
        by_name: False for data whose names are not a user's settings.
    """
    if isinstance(value, Mapping):
        hidden = {key for key in value if by_name and is_credential(str(key))}
        return {key: _hidden(item) if key in hidden else masked(item, by_name=by_name) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item, by_name=by_name) for item in value]
    return redacted(value) if isinstance(value, str) else value


def masked_override(line: str) -> str:
    """Return KEY=VALUE without secrets: VALUE, or a part of it, may have the name of a credential."""
    key, equals, value = line.partition("=")
    learn_secrets(value)
    if is_credential(key.rpartition(".")[2]) and value:
        learn_secret(value.strip("\"'"))
        return f"{key}={MASK}"
    nested = value[:1] in ("{", "[") or "://" in value  # "the key: word" of a prompt is no setting
    return f"{key}{equals}{redacted(_SETTING.sub(_without_value, value) if nested else value)}"


def _without_value(match: re.Match[str]) -> str:
    if not is_credential(match[1]):
        return match[0]
    learn_secret(match[3].strip("\"'"))
    return f"{match[1]}{match[2]}{MASK}"


def _hidden(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _hidden(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(item) for item in value]
    return value if value in (None, "") or isinstance(value, bool) else MASK


def _of_environment() -> Iterator[str]:
    for name in os.environ:
        if is_credential(name):
            value = os.environ[name].strip()
            if len(value) >= 16 and _mixed(value) and not value.startswith("/"):
                yield value


def _mixed(value: str) -> bool:
    """Whether it looks made by a machine: a word that someone set for another program may stand in data as well."""
    return any(map(str.isdigit, value)) and any(map(str.isalpha, value)) and not any(map(str.isspace, value))


def _is_distinct(word: str, least: int) -> bool:
    return len(word) >= (16 if word.isalpha() else max(6, least) if word.isdigit() else least)


@cache
def _forms(secrets: frozenset[str]) -> Sequence[str]:
    ways: Sequence[Callable[[str], str]] = (str, lambda text: json.dumps(text)[1:-1], html.escape, quote, _quoted)
    return sorted({way(secret) for secret in secrets for way in ways}, key=len, reverse=True)


def _quoted(text: str) -> str:
    return quote(text, safe="")


@cache
def _pattern(secrets: frozenset[str]) -> re.Pattern[str]:
    """A short secret must stand alone: as a part of words and numbers it would occur by chance."""
    alone = r"(?<![0-9A-Za-z.])%s(?![0-9A-Za-z])"
    return re.compile(
        "|".join(re.escape(form) if len(form) >= 8 else alone % re.escape(form) for form in _forms(secrets))
    )


class CutleryError(Exception):
    """Something the user can correct; the command line and notebooks show it without a traceback or a secret."""

    def __str__(self) -> str:
        return redacted(super().__str__())

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows in place of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class ConfigError(CutleryError):
    """A configuration value is wrong; the message names the key, the value and what would be right."""


class DataError(CutleryError):
    """Task data is missing, unreadable or inconsistent; the message names file and line."""


class StoreError(CutleryError):
    """An artifact cannot be written, read or trusted."""


class ArmError(CutleryError):
    """An arm cannot be prepared, or a guard refused its cell."""


class ModelError(ArmError):
    """A model cannot be loaded, or is damaged: no arm can answer with it."""


class JudgeError(CutleryError):
    """A judge cannot be reached or used at all (single failures become unjudged scores)."""


class MetricError(CutleryError):
    """A metric fails its known answers; nothing is scored with it."""


def joined(kind: type[CutleryError], headline: str, problems: Sequence[str]) -> CutleryError:
    """One error that lists all problems, so that a user can correct them in one go.

    Args:
        kind: the class to make.
        headline: what was being checked, without a final colon.
        problems: one line each.
    """
    if len(problems) == 1:
        return kind(f"{headline}: {problems[0]}")
    lines = "\n".join(f"  - {problem}" for problem in problems)
    return kind(f"{headline}: {len(problems)} problems\n{lines}")


def reason(error: BaseException, longest: int = LONGEST_REASON) -> str:
    """Return what an exception says, in one line after its class: some say nothing at all, others a page.

    Args:
        error: of any library.
        longest: characters that are kept; longer texts may quote a whole file, and end at a word and "…".
    """
    words = redacted(" ".join(str(error).split()))
    if len(words) > longest:
        words = f"{words[:longest].rpartition(' ')[0] or words[:longest]} …"
    return f"{type(error).__name__}: {words}" if words else f"{type(error).__name__}, which says no more"
