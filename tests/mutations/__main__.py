"""`make test-mutations`: break copies of this checkout on purpose, and note what notices it.

    make test-mutations ARGS="--workers 2"           all of them, in about an hour; goes on where it was stopped
    make test-mutations ARGS="bm25-backwards data"   some, by id or category
    make test-mutations ARGS="--list"                what there is

When all have an outcome for the present code, docs/guards.csv and the table in docs/GUARDS.md are written.
"""

import argparse
import sys
from pathlib import Path

from tests.mutations import report
from tests.mutations.campaign import MISSED, Campaign
from tests.mutations.catalogue import all_mutations


def main() -> None:
    """Read the command line, try what has no outcome yet, print a line for each."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutations", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("chosen", nargs="*", help="ids or categories; all without any")
    parser.add_argument("--workers", type=int, default=1, help="mutations at a time; each takes a core")
    parser.add_argument(
        "--work", type=Path, default=report.ROOT / ".cache/mutations", help="folder for copies and outcomes"
    )
    parser.add_argument("--again", action="store_true", help="also those that have an outcome")
    parser.add_argument("--list", action="store_true", help="list the mutations and end")
    given = parser.parse_args()
    everything = list(all_mutations())
    wanted = set(given.chosen)
    if unknown := wanted - {name for one in everything for name in (one.id, one.category)}:
        parser.error(f"no mutation or category is called {', '.join(sorted(unknown))}; --list shows them")
    mutations = [one for one in everything if not wanted or {one.id, one.category} & wanted]
    if given.list:
        print("\n".join(f"{one.category:<12} {one.id:<28} {one.broken}" for one in mutations))
        return
    campaign = Campaign(given.work)
    known = {} if given.again else campaign.outcomes(mutations)
    left = [one for one in mutations if one.id not in known]
    print(f"{len(mutations)} mutations, {len(left)} to try; copies and logs in {campaign.folder}", flush=True)
    campaign.prepare(left)
    for number, outcome in enumerate(campaign.run(left, given.workers), start=1):
        idle = "" if outcome.effect or outcome.noticed != MISSED else " (changes no figure: does it break anything?)"
        print(
            f"{number:>3} {outcome.noticed:<14} {outcome.id:<28} {outcome.seconds:>4.0f} s  {outcome.how}{idle}",
            flush=True,
        )
    outcomes = campaign.outcomes(everything)
    if len(outcomes) < len(everything):
        print(f"{len(everything) - len(outcomes)} mutations have no outcome yet, so docs/guards.csv was not written")
        return
    report.write([outcomes[one.id] for one in everything])
    print(f"Written to {report.TABLE} and {report.PAGE}")


if __name__ == "__main__":
    sys.exit(main())
