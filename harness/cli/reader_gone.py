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

    The signal itself stays ignored, as Python sets it: a command that writes files finishes them first, since its
    output is written when its buffer is full or at its end.
    """

    @functools.wraps(main)
    def command(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            try:
                return main(*args, **kwargs)
            finally:
                # here rather than when Python ends, where the error could only be printed
                sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(PIPE_CLOSED)

    return command
