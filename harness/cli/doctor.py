"""`make doctor`: all audits and known answers by themselves, one line each, on a small run of its own.

For whoever changed code, data, model or settings, and for CI. Results and store of the run are thrown away; yours are
neither read nor written. Exit status: 0 all is well, 1 something was flagged or refused, 2 the configuration or the
data is wrong.
"""

import logging
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

from harness import audits
from harness.analysis.result import Note
from harness.audits import AuditResult
from harness.cli import old_names, tables
from harness.cli.config import compose, compose_job, experiment, resolved
from harness.cli.progress_display import shown_progress
from harness.cli.reader_gone import quiet_when_reader_goes
from harness.errors import ConfigError, CutleryError
from harness.metrics.selftest.check import faults
from harness.runner.cell import Recorder
from harness.runner.experiment import Experiment
from harness.runner.plan import plan
from harness.runner.run import Run
from harness.tasks.complaints import counted
from harness.types import SPLITS

SMALL_RUN: Final[Mapping[str, str]] = {
    "limit": "24",
    "arm": "[base,rag,qlora,hybrid,oracle,random]",
    "timing": "off",
    "tracker": "none",
}
"""settings of the run; those of the command line come before them"""
OWN: Final = ("results", "store", "dry_run", "audit")
"""keys that doctor sets itself"""
CHEAP: Final = 20_000
"""examples and documents up to which all data are audited, and not only those of the small run"""
OF_REFUSED_CELLS: Final = frozenset({"Missing arm", "Missing seed"})
"""topics of flags that say what a refused cell said already"""

Verdict = Literal["ok", "!", "refused", "not checked"]


@dataclass(frozen=True, slots=True)
class Check:
    """What came of one check."""

    verdict: Verdict
    """ "!" means act, as under a table"""
    name: str
    """of the audit, with the arms that it is about"""
    text: str
    """how much was checked; or what is wrong; or why nothing was checked"""
    seconds: float | None = None
    """None where they are part of another line's"""

    def __str__(self) -> str:
        took = "" if self.seconds is None else f" ({self.seconds:.1f} s)"
        return f"{self.verdict:<12} {self.name:<24} {self.text}{took}"


def examined(overrides: Sequence[str], scratch: Path) -> Iterator[Check]:
    """Yield one check after another, each as soon as it is done.

    Args:
        overrides: of the command line, each KEY=VALUE.
        scratch: an empty folder for results and store.

    Raises:
        CutleryError: the configuration or the data is wrong.
    """
    config, _, given = compose_job(_overrides(overrides))
    wanted = replace(experiment(config), results=scratch / "results", store=scratch / "store")
    left_out = {name: reason for name, arm in wanted.arms.items() if (reason := arm.refuses(wanted.task))}
    arms = {name: arm for name, arm in wanted.arms.items() if name not in left_out}
    run = Run(replace(wanted, arms=arms), wanted.results, resolved(config), given)
    run.check()
    plan(run)  # reads the model's settings: what is wrong with them is wrong for every arm
    yield Check("ok", "configuration", f"{', '.join(arms)} on {_size(run.experiment)}")
    yield from (Check("not checked", name, reason) for name, reason in left_out.items())
    yield from _known_answers(run.experiment)
    of_data = _audits_of_all_data(run, overrides)
    yield from _of_data(of_data)
    print(f"… {len(arms)} arms are trained and answer", file=sys.stderr, flush=True)
    with shown_progress() as run.progress:
        run.execute()
    run.conclude()
    yield from (Check("refused", cell.cell.arm, cell.failure) for cell in run.cells if cell.failure)
    results = {cell.cell.arm: audits.of_record(cell.record) for cell in run.cells if cell.record is not None}
    yield from of_arms(results, {one.name for one in of_data if isinstance(one, AuditResult)})
    if results:
        notes = tables.compared(run.folder, wanted.costing).table.notes
        yield from of_notes(notes, {one.name for own in results.values() for one in own})


def _overrides(given: Sequence[str]) -> list[str]:
    keys = {old_names.key_of(line) for line in given}
    for key in sorted(keys & set(OWN)):
        raise ConfigError(f"{key}=… has no place here: doctor makes a run of its own and throws it away")
    return [*(f"{key}={value}" for key, value in SMALL_RUN.items() if key not in keys), *given]


def _size(wanted: Experiment) -> str:
    counts = [f"{len(wanted.task.examples(split)):,} {split}" for split in SPLITS]
    documents = counted(len(wanted.task.documents()), "document")
    return f"{wanted.task.name} ({', '.join(counts)}; {documents}), {wanted.model_name}"


def _known_answers(wanted: Experiment) -> Iterator[Check]:
    """Try every metric by itself, so that one that fails does not hide another."""
    begun = time.perf_counter()
    wrong = [(name, fault) for name, metric in wanted.metrics.items() for fault in faults(metric)]
    yield from (Check("refused", f"known answers: {name}", fault) for name, fault in wrong)
    right = len(wanted.metrics) - len({name for name, _ in wrong})
    if right:
        yield Check("ok", "known answers", f"{right} metrics", time.perf_counter() - begun)


def _audits_of_all_data(run: Run, overrides: Sequence[str]) -> Sequence[AuditResult | Check]:
    """Return what the audits find in all data; [] leaves the data to the audits of the small run."""
    whole = experiment(compose([*_overrides(overrides), "limit=null"]))
    size = sum(len(whole.task.examples(split)) for split in SPLITS) + len(whole.task.documents())
    if size > CHEAP:
        text = f"of all data: {size:,} examples and documents would take too long; those of this run are audited"
        return [Check("not checked", "data", text)]
    try:
        return list(Recorder(replace(run.experiment, task=whole.task, limit=None), run.store, {}).audits_of_data)
    except CutleryError as error:
        return [Check("refused", "data", str(error))]


def _of_data(found: Sequence[AuditResult | Check]) -> Iterator[Check]:
    for one in found:
        yield one if isinstance(one, Check) else _check(one.name, [one])


def of_arms(results: Mapping[str, Sequence[AuditResult]], known: Collection[str]) -> list[Check]:
    """Return one check per audit: the arms together where it passed, each flag with the arms that it is about.

    Args:
        results: what was found, by arm.
        known: names of audits that were shown already.
    """
    names = dict.fromkeys(one.name for own in results.values() for one in own if one.name not in known)
    checks = []
    for name in names:
        by_arm = [(arm, one) for arm, own in results.items() for one in own if one.name == name]
        for flag in dict.fromkeys(one.flag for _, one in by_arm):
            same = [(arm, one) for arm, one in by_arm if one.flag == flag]
            arms = list(dict.fromkeys(arm for arm, _ in same))
            own = list({repr(one): one for _, one in same}.values())  # of the data: the same for all arms
            everywhere = len(arms) == len(results)
            checks.append(_check(name if everywhere else f"{name} ({', '.join(arms)})", own))
    return checks


def _check(name: str, same: Sequence[AuditResult]) -> Check:
    """Return the check of results that have the same flag, or none."""
    checked, seconds = sum(one.checked for one in same), sum(one.seconds for one in same)
    figures = f"{checked:,} {same[0].unit}"
    if same[0].flag:
        return Check("!", name, f"{same[0].flag} ({figures})", seconds)
    return Check("ok" if checked else "not checked", name, figures, seconds)


def of_notes(notes: Sequence[Note], known: Collection[str]) -> Iterator[Check]:
    """Yield what is flagged under the table, but for what an audit said already.

    Args:
        notes: of the table.
        known: names of the audits.
    """
    said = {name.casefold() for name in known}
    for note in notes:
        if note.level == "act" and note.topic not in OF_REFUSED_CELLS and note.topic.casefold() not in said:
            yield Check("!", note.topic, note.text)


@quiet_when_reader_goes
def main() -> None:
    """Print one line per check as it is done, and how many there were of each kind."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(f"python -m harness.cli.doctor [task=…] [model=…] [KEY=VALUE …]\n\n{__doc__}")
        sys.exit()
    begun, checks = time.perf_counter(), list[Check]()
    try:
        with TemporaryDirectory(prefix="cutlery-doctor-") as scratch:
            for check in examined(sys.argv[1:], Path(scratch)):
                print(check, flush=True)
                checks.append(check)
    except BrokenPipeError:  # an OSError that is nobody's mistake
        raise
    except (CutleryError, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    verdicts = [check.verdict for check in checks]
    counts = [f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts)]
    print(f"\n{len(checks)} checks in {time.perf_counter() - begun:.0f} s: {', '.join(counts)}")
    sys.exit("!" in verdicts or "refused" in verdicts)


if __name__ == "__main__":
    main()
