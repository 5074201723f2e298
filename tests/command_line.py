"""The command line in this process: a new interpreter would spend seconds on imports before each test."""

import io
import logging
import runpy
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest.mock import patch

from hydra.core.singleton import Singleton


@dataclass(frozen=True)
class Finished:
    """What a command left."""

    returncode: int
    """its exit status"""
    stdout: str
    """as printed"""
    stderr: str
    """as printed, the log with it"""


def run_module(module: str, *arguments: str) -> Finished:
    """Run `python -m MODULE ARGUMENTS…` in this process; the module is loaded anew, as `__main__`."""
    out, errors, code = io.StringIO(), io.StringIO(), 0
    argv = patch.object(sys, "argv", [module, *arguments])
    with warnings.catch_warnings(), _unchanged_globals(), argv, redirect_stdout(out), redirect_stderr(errors):
        warnings.filterwarnings("ignore", "'.*' found in sys.modules", RuntimeWarning)  # the loading anew is meant
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return Finished(code, out.getvalue(), errors.getvalue())


def harness(*overrides: str) -> Finished:
    """Run `python -m harness OVERRIDES…` in this process."""
    return run_module("harness", *overrides)


@contextmanager
def _unchanged_globals() -> Iterator[None]:
    """Keep what Hydra changes for the whole process: its singletons and the handlers of the log.

    Hydra closes all handlers there are; absl's (of rouge_score) would close the stream of its import, pytest's own.
    """
    root = logging.getLogger()
    handlers, level, hydra = root.handlers[:], root.level, Singleton.get_state()
    disabled = {name for name, one in _loggers().items() if one.disabled}
    try:
        with patch.object(logging, "_handlerList", []):
            yield
    finally:
        root.handlers[:], root.level = handlers, level
        Singleton.set_state(hydra)
        for name, logger in _loggers().items():
            logger.disabled = name in disabled


def _loggers() -> dict[str, logging.Logger]:
    found = logging.root.manager.loggerDict.items()
    return {name: logger for name, logger in found if isinstance(logger, logging.Logger)}
