"""`make export-base model=… [out=DIR]`: the 4-bit base of a model as an ordinary 16-bit checkpoint, for any engine."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from harness.cli.command import log_own_work
from harness.cli.config import compose
from harness.cli.reader_gone import quiet_when_reader_goes
from harness.cli.serving import base_of, exported
from harness.errors import ConfigError, CutleryError
from harness.store.files import unwritable
from harness.store.store import Store

OUT: Final = "out="


def export_base(overrides: Sequence[str]) -> Path:
    """Write the base, into the store unless `out=DIR` names a new folder, and return where it is.

    Raises:
        CutleryError: the configuration is wrong, the folder is there already, or the base cannot be exported.
    """
    out = next((line.removeprefix(OUT) for line in overrides if line.startswith(OUT)), "")
    config = compose([line for line in overrides if not line.startswith(OUT)])
    base = base_of(config)
    if not out:
        return exported(base, Store(Path(str(config.store)).expanduser())).path
    folder = Path(out).expanduser()
    if os.path.lexists(folder):
        raise ConfigError(f"{OUT}{out} is there already; name a new folder, or remove it first")
    partial = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
    try:
        partial.mkdir(parents=True)
        base.export_base(partial)
        partial.rename(folder)
    except OSError as error:
        raise unwritable(folder, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


@quiet_when_reader_goes
def main() -> None:
    """Export the base of a model: model=NAME and its keys, out=DIR (a new folder; without it: the store)."""
    log_own_work()
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(f"python -m harness.cli.export_base [KEY=VALUE …]\n\n{main.__doc__}")
        return
    try:
        print(export_base(sys.argv[1:]))
    except CutleryError as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
