"""What is said to the server, and what is said to the user when the server says no."""

from typing import TYPE_CHECKING, Literal

from pipelines.generators.server.failure import NoAnswerError

if TYPE_CHECKING:
    from pipelines.generators.openai import OpenAIGenerator
    from pipelines.generators.server.listing import Listing

ServerSystemRole = Literal["native", "merged"]


def unreachable(generator: "OpenAIGenerator", failure: NoAnswerError) -> str:
    """Return the message for a server that does not answer at all."""
    return (
        f"model.base_url={generator.base_url}: nothing answers there ({failure.reason}); "
        "start a server (docs/SERVERS.md) or give the address of one"
    )


def refused(generator: "OpenAIGenerator", model: str, failure: NoAnswerError, listing: "Listing") -> str:
    """Return the message for a server that answers, but not with an answer."""
    head = f"{generator.base_url} refuses to answer as model {model!r}: {failure.reason}"
    if failure.status in (401, 403):
        key = generator.api_key_env
        held = f"the key in ${key} is not accepted" if key else "it wants a key"
        return f"{head}; {held}: put a valid one into an environment variable and name that in model.api_key_env"
    if failure.status == 429:
        return f"{head}; the quota or rate limit is used up: go on later, or with another key"
    if "system" in failure.reason.lower() and generator.system_role == "native":
        return f"{head}; if its chat template takes no system turn, set model.system_role=merged"
    if failure.status in (400, 404, 422):
        return f"{head}; {listing.names()}: set model.model=NAME, and see that model.base_url ends in /v1"
    return f"{head}; see the server's own log"
