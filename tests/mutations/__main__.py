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
from tests.mutations.campaign import MISSED, Campaign, Outcome
from tests.mutations.catalogue import all_mutations
from tests.mutations.mutation import Mutation

WORK = report.ROOT / ".cache/mutations"


def main() -> int:
    """Try what has no outcome yet, print a line for each, write the report once all have one."""
    given, mutations = _command_line()
    if given.list:
        print("\n".join(f"{one.category:<12} {one.id:<28} {one.broken}" for one in mutations))
        return 0
    campaign = Campaign(given.work)
    known = {} if given.again else campaign.outcomes(mutations)
    left = [one for one in mutations if one.id not in known]
    print(f"{len(mutations)} mutations, {len(left)} to try; copies and logs in {campaign.folder}", flush=True)
    campaign.prepare(left)
    for number, outcome in enumerate(campaign.run(left, given.workers), start=1):
        print(f"{number:>3} {_line(outcome)}", flush=True)
    everything = list(all_mutations())
    outcomes = campaign.outcomes(everything)
    if len(outcomes) < len(everything):
        print(f"{len(everything) - len(outcomes)} mutations have no outcome yet, so docs/guards.csv was not written")
        return int(any(one.id not in outcomes for one in mutations))
    report.write([outcomes[one.id] for one in everything])
    print(f"Written to {report.TABLE} and {report.PAGE}")
    return 0


def _command_line() -> tuple[argparse.Namespace, list[Mutation]]:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutations", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("chosen", nargs="*", help="ids or categories; all without any")
    parser.add_argument("--workers", type=int, default=1, help="mutations at a time; each takes a core")
    parser.add_argument("--work", type=Path, default=WORK, help="folder for copies, stores and outcomes")
    parser.add_argument("--again", action="store_true", help="also those that have an outcome")
    parser.add_argument("--list", action="store_true", help="list the mutations and end")
    given = parser.parse_args()
    everything, wanted = list(all_mutations()), set(given.chosen)
    if unknown := wanted - {name for one in everything for name in (one.id, one.category)}:
        parser.error(f"no mutation or category is called {', '.join(sorted(unknown))}; --list shows them")
    return given, [one for one in everything if not wanted or {one.id, one.category} & wanted]


def _line(outcome: Outcome) -> str:
    idle = "" if outcome.effect or outcome.noticed != MISSED else " (changes no figure: does it break anything?)"
    return f"{outcome.noticed:<14} {outcome.id:<28} {outcome.seconds:>4.0f} s  {outcome.how}{idle}"


if __name__ == "__main__":
    sys.exit(main())
