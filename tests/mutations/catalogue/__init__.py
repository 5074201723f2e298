"""All mutations, by what they break."""

from collections.abc import Iterator

from tests.mutations.catalogue import answering, data, prompts, retrieval, scoring, settings, stored, training
from tests.mutations.mutation import Mutation


def all_mutations() -> Iterator[Mutation]:
    """Yield every mutation, in the order of a run: what is prepared, answered, scored; then what is found on disk."""
    for room in (prompts, retrieval, training, answering, scoring, stored, data, settings):
        yield from room.MUTATIONS
