"""The models that a server lists, and whether that list is reliable."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.errors import redacted
from pipelines.generators.server.failure import NoAnswerError

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from pipelines.generators.server.retry_policy import RetryPolicy


KEPT = ("root", "parent", "owned_by")
"""Fields worth recording. Not `created`: vLLM fills it with the time of asking."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The served models by name."""

    models: Mapping[str, Mapping[str, str]]
    """name -> what the server says about it; empty when the server has no list"""

    def denies(self, name: str, base: str) -> bool:
        """Return whether the list rules `name` out.

        It does only if it holds the base: `transformers serve` lists the hub cache, not what it serves.
        """
        return base in self.models and name not in self.models

    def other_root(self, name: str, key: str | None) -> str:
        """Return the key of another adapter that is served under a name; "" where it is the right one or not known."""
        found = re.search(r"(?:^|/)([0-9a-f]{32})/?$", self.models.get(name, {}).get("root", ""))
        return found[1] if found and key and found[1] != key else ""

    def other_base(self, name: str, wanted: str | None) -> str:
        """Return what the server says it serves under the base's name; "" where it is the wanted one or not said.

        Args:
            name: under which the base is served.
            wanted: folder or hub id of the base that was meant; None where nobody says.
        """
        root = self.models.get(name, {}).get("root", "")
        told = root not in ("", name)  # some servers repeat the name there
        return root if told and wanted and weights_name(root) != weights_name(wanted) else ""

    def other_parent(self, name: str, base: str) -> str:
        """Return the base that the server says an adapter is served on; "" where it is the one asked, or not said.

        Args:
            name: of the adapter.
            base: name of the base that is asked.
        """
        parent, root = self.models.get(name, {}).get("parent", ""), self.models.get(base, {}).get("root", "")
        also_called = root and root in (parent, self.models.get(parent, {}).get("root"))
        return "" if not parent or parent == base or also_called or _dated(parent, base) else parent

    def names(self) -> str:
        """Return the names for a message."""
        if not self.models:
            return "the server lists no models"
        shown = sorted(self.models)[:20]
        more = f" and {len(self.models) - len(shown)} more" if len(self.models) > len(shown) else ""
        return f"the server lists {', '.join(shown)}{more}"


def weights_name(place: str) -> str:
    """Return by what the weights at a place are known wherever they lie: the last name of a folder or hub id.

    A snapshot in the hub's cache is known by its model: `models--ORG--NAME/snapshots/COMMIT` gives NAME.
    """
    cached = re.search(r"models--([^/]+)/snapshots/", place)
    name = cached[1].replace("--", "/") if cached else place
    return name.rstrip("/").rpartition("/")[2].lower()


def _dated(one: str, other: str) -> bool:
    """Return whether two names differ by a date or revision alone, as a service adds it."""
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(shorter) and re.fullmatch(r"[-:@][\d-]+|:latest", longer[len(shorter) :]) is not None


async def list_models(client: "AsyncOpenAI", retry_policy: "RetryPolicy") -> Listing:
    """Request /models once. A server without such a page, or with a broken one, gives an empty listing.

    (`transformers serve` answers 500 as long as the hub cache is empty.)

    Raises:
        NoAnswerError: nothing answers at the address.
    """

    async def ask() -> Any:
        try:
            return await client.models.list()
        except (AttributeError, TypeError):  # the client library, about JSON that is no object
            return None

    try:
        page = await replace(retry_policy, retries=0).ask(ask)
    except NoAnswerError as failure:
        if failure.status is None:
            raise
        return Listing({})
    entries = getattr(page, "data", None)
    if not isinstance(entries, list):
        return Listing({})
    named = (entry for entry in entries if isinstance(getattr(entry, "id", None), str))
    return Listing({redacted(entry.id): _kept_fields(entry) for entry in named})


def _kept_fields(entry: object) -> dict[str, str]:
    fields = {key: getattr(entry, key, None) for key in KEPT}
    return {key: redacted(value) for key, value in fields.items() if isinstance(value, str)}
