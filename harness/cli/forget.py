"""`python -m harness.cli.forget TEXT …`: what the store still holds of a deleted document, and, asked to, its removal.

Results (tables, records) are not touched: they show what arms were shown and answered.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from harness.cli.reader_gone import quiet_when_reader_goes
from harness.store.traces import remove, traces

SHORTEST: Final = 4
"""signs of a text that may be looked for: shorter ones stand everywhere"""


@quiet_when_reader_goes
def main(given: Sequence[str]) -> int:
    """List what holds the texts, and remove it with --remove; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m harness.cli.forget", description=__doc__)
    parser.add_argument("texts", nargs="+", help="as they stand in the document, and nowhere else: a name, a number")
    parser.add_argument("--store", type=Path, default=Path("results/store"), help="folder of artifacts")
    parser.add_argument("--remove", action="store_true", help="remove what is listed; no run may be under way")
    asked = parser.parse_args(given)
    if short := [text for text in asked.texts if len(text.strip()) < SHORTEST]:
        print(f"{short[0]!r} is too short to be looked for: it would be found in what has nothing to do with it")
        return 2
    if not asked.store.is_dir():
        print(f"there is no store at {asked.store}; name it by --store DIR")
        return 2
    found = traces(asked.store, asked.texts)
    for trace in found:
        print(f"{trace.kind}/{trace.folder.name}: {trace.reason}")
    if asked.remove:
        remove(found)
    done = "removed" if asked.remove else "found; --remove removes them"
    print(f"{len(found)} artifacts {done}. What adapters learnt is in no file: train those anew that saw the text.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
