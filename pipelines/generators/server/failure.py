"""Why a request got no answer, and what can cure that."""

from email.utils import parsedate_to_datetime
from time import time
from typing import TYPE_CHECKING, Final, Literal

from harness.errors import redacted
from harness.machine.connection import redirect_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openai import APIStatusError

CuredBy = Literal["waiting", "user", "nothing"]
"""waiting: the same request may work later; user: every request fails until the user changes something;
nothing: this one request cannot be answered"""

TEMPORARY: Final = frozenset({408, 425, 429})
"""client errors that are temporary, as every 5xx is"""

USERS: Final = frozenset({401, 402, 404})
"""the key or the model name is wrong, or nothing is left to pay with; 403 is not among them: some services use it to
refuse a single input"""

SPENT: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "quota_exceeded"})
"""codes and types of errors of services to which nothing is left to pay with; waiting does not help"""

LONGEST_REASON: Final = 300
"""characters kept of what a server says; an error page can be long"""


class NoAnswerError(Exception):
    """One request failed.

    Args:
        reason: what happened, as text for the record; without secrets, which servers repeat.
        cured_by: what can cure it.
        status: HTTP status; None without any answer.
        wait_seconds: the pause that the server asks for.
    """

    def __init__(
        self, reason: str, cured_by: CuredBy, status: int | None = None, wait_seconds: float | None = None
    ) -> None:
        self.reason = redacted(reason)
        super().__init__(self.reason)
        self.cured_by: CuredBy = cured_by
        self.status = status
        self.wait_seconds = wait_seconds


def no_answer(error: Exception, timeout_seconds: float) -> NoAnswerError:
    """Translate an error of the client library, the network or the JSON parser.

    Raises:
        Exception: the given error, if it is from elsewhere: a bug of ours must not look like a bad server.
    """
    import httpx
    import openai

    if isinstance(error, TimeoutError | openai.APITimeoutError | httpx.TimeoutException):
        return NoAnswerError(f"no answer within {timeout_seconds:g} s", "waiting")
    if isinstance(error, openai.APIStatusError):
        return _of_status(error)
    if redirect := redirect_of(error):
        return NoAnswerError(str(redirect), "user")
    if isinstance(error, openai.APIConnectionError):
        return NoAnswerError(f"connection failed: {_text(error.__cause__ or error)}", "waiting")
    if isinstance(error, httpx.HTTPError | OSError):
        return NoAnswerError(f"connection broke off: {_text(error)}", "waiting")
    if isinstance(error, RecursionError):
        return NoAnswerError("the answer is JSON that is nested too deep", "waiting")
    if isinstance(error, ValueError):
        return NoAnswerError(f"the answer is not JSON: {_short(str(error))}", "waiting")
    if isinstance(error, openai.APIError):
        return NoAnswerError(f"the server broke off: {_short(str(error.body or error))}", "waiting")
    raise error


def _of_status(error: "APIStatusError") -> NoAnswerError:
    status = error.status_code
    reason = f"HTTP {status}: {_short(error.response.text or error.message)}"
    if not SPENT.isdisjoint(map(str, (error.code, error.type))) or status in USERS:
        return NoAnswerError(reason, "user", status)
    if status in TEMPORARY or status >= 500:
        return NoAnswerError(reason, "waiting", status, asked_wait_seconds(error.response.headers))
    return NoAnswerError(reason, "nothing", status)


def _text(error: BaseException) -> str:
    return _short(str(error)) or type(error).__name__


def _short(text: str) -> str:
    line = " ".join(redacted(text).split())  # before it is cut: half a secret would not be known as one
    return line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON]}…"


def asked_wait_seconds(headers: "Mapping[str, str]") -> float | None:
    """Return the pause that Retry-After asks for (RFC 9110 §10.2.3: seconds or a date); None without one."""
    retry_after = headers.get("retry-after", "").strip()
    if not retry_after:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(retry_after).timestamp() - time()
        except (ValueError, OverflowError, OSError):
            return None
    return max(0.0, seconds) if seconds == seconds else None
