"""What the artifacts behind a cell took to make, as the record keeps it."""

from collections.abc import Iterable

from harness.types import Artifact, Resource


def resources(used: Iterable[tuple[str, Artifact]]) -> tuple[Resource, ...]:
    """Return one resource per artifact, in the order of their first use.

    Args:
        used: kind and artifact; one may stand twice.
    """
    return tuple({(kind, artifact.key): _resource(kind, artifact) for kind, artifact in used}.values())


def _resource(kind: str, artifact: Artifact) -> Resource:
    return Resource(
        kind=kind,
        key=artifact.key,
        seconds=artifact.seconds,
        earlier_seconds=artifact.earlier_seconds,
        attempts=artifact.attempts,
        bytes=artifact.bytes,
        tokens=int(artifact.facts.get("tokens", 0)),
        steps=int(artifact.facts.get("steps", 0)),
        joules=artifact.joules,
        device=str(artifact.facts.get("device", "")),
    )
