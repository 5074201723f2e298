"""The connection to a server that speaks OpenAI's chat protocol, as generators and judges open it."""

import os
import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from harness.errors import is_credential, learn_secret, learn_secrets

if TYPE_CHECKING:
    import httpx
    from openai import AsyncOpenAI

NO_KEY: Final = "none"
"""Sent when no key is configured. Without it the client library would send the user's OPENAI_API_KEY to any server."""


_REMOVE: Final = "remove it, since addresses are kept in records and reports; a key goes into an environment variable"

_REVISION: Final = re.compile(r"[-@:_](?:latest|v?\d{4}-\d\d(?:-\d\d)?|v?\d{3,8}|[0-9a-f]{7,40})$|\.gguf$")
"""what services add to the name of a model"""


class RedirectError(Exception):
    """The server sends requests on to another one, which nobody configured."""


def connect(base_url: str, api_key: str, extra_body: Mapping[str, Any], **settings: Any) -> "AsyncOpenAI":
    """Return a client that stays with the configured server, and whose secrets no text will show.

    Args:
        base_url: address; a redirect to another origin fails the request (`redirect_of`).
        api_key: "" for a server without one.
        extra_body: what requests will hold besides; a value in it may be a credential.
        settings: further arguments of the client.
    """
    from openai import AsyncOpenAI, DefaultAsyncHttpxClient

    learn_secret(api_key)
    learn_secrets(extra_body)
    http_client = DefaultAsyncHttpxClient(event_hooks={"response": [_stays]})
    client = AsyncOpenAI(base_url=base_url, api_key=api_key or NO_KEY, http_client=http_client, **settings)
    _ = client.chat.completions, client.models  # imported on first use, which must not be within a request's time
    return client


async def _stays(response: "httpx.Response") -> None:
    if not response.has_redirect_location:
        return
    here, there = response.request.url, response.request.url.join(response.headers["location"])
    if (here.scheme, here.host, here.port) != (there.scheme, there.host, there.port):
        origin = f"{there.scheme}://{there.netloc.decode(errors='replace').rpartition('@')[2]}"
        raise RedirectError(
            f"it redirects to another server, {origin}, which would get all prompts; "
            "if that one is meant, give its address as base_url"
        )


def redirect_of(error: BaseException) -> RedirectError | None:
    """Return the redirect behind an error of the client library; None if it has another cause."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, RedirectError):
        cause = cause.__cause__
    return cause


def address_problem(base_url: str) -> str:
    """Return what is wrong with the address of a server; ""  if nothing is. Credentials in it are not repeated."""
    if problem := credentials_in(base_url):
        return f"base_url {problem}"
    wanted = f"base_url is {base_url!r}; it must start with http:// or https:// and name a host"
    try:
        parts = urlsplit(base_url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and base_url.isprintable()
    except ValueError as error:
        return f"{wanted} ({error})"
    return "" if usable and " " not in base_url else wanted


def credentials_in(url: str) -> str:
    """Return why a URL may not be used for the credentials that it holds; "" if it holds none."""
    scheme, found, rest = url.partition("://")
    if not found or any(character.isspace() for character in url):
        return ""
    user, at, _ = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")
    if at and (":" in user or scheme in ("http", "https")):
        return f"holds a user name or password (user:password@…); {_REMOVE}"
    name = next((name for name in re.findall(r"[?&]([^=&#]+)=", rest) if is_credential(name)), "")
    return f"holds a credential ({name}=…); {_REMOVE}" if name else ""


def key_problem(api_key_env: str) -> str:
    """Return why no key can be had from the environment variable of this name; "" if one can, or none is wanted."""
    if not api_key_env:
        return ""
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", api_key_env):  # somebody's key, perhaps: not to be repeated
        return "api_key_env must be the NAME of an environment variable, in capitals, and never the key itself"
    key = os.environ.get(api_key_env, "")
    if not key:
        return f"api_key_env names ${api_key_env}, which is not set; set it, or give '' for no key"
    learn_secret(key)
    if not (key.isascii() and key.isprintable()):
        return f"api_key_env names ${api_key_env}, whose value holds characters that a request cannot carry"
    return ""


def is_other_model(asked: str, named: str) -> bool:
    """Return whether a reply names another model than was asked: more than a folder, date or revision differs."""
    plain_asked, plain_named = (
        _REVISION.sub("", re.split(r"[/\\]", name.rstrip("/\\"))[-1].casefold()) for name in (asked, named)
    )
    return bool(named) and plain_asked != plain_named


def other_models(answered: Mapping[tuple[str, str], int]) -> str:
    """Return a sentence that says how many replies name another model than was asked; "" when none does.

    Args:
        answered: (asked, named by the reply) -> number of replies.
    """
    others = Counter({pair: number for pair, number in answered.items() if is_other_model(*pair)})
    if not others:
        return ""
    (asked, named), number = others.most_common(1)[0]
    return (
        f"{sum(others.values())} of {sum(answered.values())} replies name another model than was asked "
        f"(asked for {asked!r}, {number} times answered as {named!r}): the server may send requests elsewhere or fall "
        "back to another model; see its own log, or ask for the model under the name it answers with"
    )
