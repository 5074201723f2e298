"""Hydra's global state: one job of it runs, and another configuration is to be composed in the meantime."""

from collections.abc import Iterator
from contextlib import contextmanager

from hydra.core.global_hydra import GlobalHydra


@contextmanager
def apart_from_the_running_job() -> Iterator[None]:
    """Let another configuration be composed within a job of Hydra; the job's state is put back afterwards.

    A condition of a study may have settings of its own (retriever.k, model), for which the whole configuration is
    composed again: `initialize_config_dir` refuses while another one is known.
    """
    state = GlobalHydra.instance()
    running = state.hydra
    state.clear()
    try:
        yield
    finally:
        state.clear()
        if running is not None:
            state.initialize(running)
