"""All arms of a run answer with one loaded model."""

from harness.store.spec import digest
from pipelines.generators.generator import Generator, Loaded

_LOADED: dict[str, Loaded] = {}


def shared(generator: Generator) -> Loaded:
    """Return the loaded generator, loading it on first use; a different one takes the place of the former."""
    key = digest(generator)
    if key not in _LOADED:
        _LOADED.clear()
        _LOADED[key] = generator.load()
    return _LOADED[key]
