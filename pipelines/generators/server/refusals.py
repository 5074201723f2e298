"""What is said where a server cannot be reached, or refuses to answer at all."""

from pipelines.generators.server.failure import NoAnswerError
from pipelines.generators.server.listing import Listing
from pipelines.generators.server.settings import ServerSettings


def unreachable(generator: ServerSettings, failure: NoAnswerError) -> str:
    """Return the message for a server that does not answer at all, or not itself."""
    if failure.cured_by == "user":
        return f"model.base_url={generator.base_url}: {failure.reason}"
    return (
        f"model.base_url={generator.base_url}: nothing answers there ({failure.reason}); "
        "start a server (docs/SERVERS.md) or give the address of one"
    )


def refused(generator: ServerSettings, model: str, failure: NoAnswerError, listing: Listing) -> str:
    """Return the message for a server that refuses to answer."""
    head = f"{generator.base_url} refuses to answer as model {model!r}: {failure.reason}"
    if failure.status in (401, 403):
        key = generator.api_key_env
        held = f"the key in ${key} is not accepted" if key else "it wants a key"
        return f"{head}; {held}: put a valid one into an environment variable and name that in model.api_key_env"
    if failure.status in (402, 429):
        return (
            f"{head}; the quota or rate limit is used up: go on later, or with another key; what was answered is kept, "
            "and the same command asks the rest"
        )
    if "system" in failure.reason.lower() and generator.system_role == "native":
        return f"{head}; if its chat template takes no system turn, set model.system_role=merged"
    if failure.status in (400, 404, 422):
        return f"{head}; {listing.names()}: set model.model=NAME, and see that model.base_url ends in /v1"
    return f"{head}; see the server's own log"
