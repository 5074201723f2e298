"""What a command does when the reader of its output goes away: `make decide task=qa | head`."""

import functools
import os
import sys
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

PIPE_CLOSED: Final = 141
"""exit status of a program whose reader went away: 128 + SIGPIPE, as shells report it"""


def quiet_when_reader_goes(main: Callable[P, T]) -> Callable[P, T]:
    """Return a command that ends without a traceback, with status 141, when nobody reads its output any more.

    The signal itself stays ignored, as Python sets it: what a command does before its output is written goes on. An
    error of its own is shown as ever.
    """

    @functools.wraps(main)
    def command(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            try:
                status = main(*args, **kwargs)
            except SystemExit:
                sys.stdout.flush()  # here rather than when Python ends, where the error could only be printed
                raise
            sys.stdout.flush()
            return status
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(PIPE_CLOSED)

    return command
