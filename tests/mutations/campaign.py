"""Break a copy, run the smallest experiment, note what was noticed; once per mutation, resumed where it stopped."""

import json
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

from tests.mutations import checkout
from tests.mutations.checkout import Seen
from tests.mutations.mutation import EXPERIMENTS, Mutation

RUNNING, TESTED, MISSED, UNPLANTED = "when running", "only by a test", "missed", "not planted"
LONGEST_LINE = 220
"""characters of what was printed, as far as it is kept"""
OUTCOMES = "outcomes.jsonl"
MOST_FAILURES = 3
"""tests that fail in the broken copy before it is seen whether they pass in the unbroken one"""
FAILED_TEST = re.compile(r"^(?:FAILED|ERROR) (tests/[^\s\[]+)", re.MULTILINE)
"""its file and name; the case in brackets may hold anything"""


@dataclass(frozen=True)
class Outcome:
    """What came of one mutation."""

    id: str
    category: str
    broken: str
    where: str
    noticed: str
    how: str
    """first line of what was printed; or the test"""
    effect: bool
    """the figures of the table differ from the sound run's; False and unnoticed: the mutation shows nothing"""
    seconds: float
    digest: str
    """of the mutation"""


class Campaign:
    """All that is done for one state of the code.

    Args:
        work: a folder for copies, stores and outcomes; what lies there is used again.
    """

    def __init__(self, work: Path) -> None:
        self.folder = work.resolve() / checkout.fingerprint()
        self.folder.mkdir(parents=True, exist_ok=True)
        self._sound: dict[str, Seen] = {}
        self._lock = Lock()

    @property
    def clean(self) -> Path:
        """The unbroken copy."""
        return self.folder / "clean"

    def outcomes(self, mutations: Sequence[Mutation]) -> dict[str, Outcome]:
        """Return the outcomes that are known of these mutations as they are now."""
        path = self.folder / OUTCOMES
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        known = {outcome.id: outcome for outcome in (Outcome(**json.loads(line)) for line in lines)}
        return {one.id: known[one.id] for one in mutations if one.id in known and known[one.id].digest == one.digest()}

    def prepare(self, mutations: Sequence[Mutation]) -> None:
        """Run the unbroken checkout once per experiment.

        Raises:
            SystemExit: it is not well itself.
        """
        if not (self.clean / "pyproject.toml").is_file():
            aside = checkout.copy(self.folder / "copying")
            aside.rename(self.clean)
        wanted = {one.experiment for one in mutations} | {one.other for one in mutations if one.other}
        for name in EXPERIMENTS:
            if name in wanted:
                self._sound[name] = self._sound_run(name)

    def run(self, mutations: Sequence[Mutation], workers: int) -> Iterator[Outcome]:
        """Yield the outcomes as they come, each kept on disk."""
        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(self._tried, mutations)

    def _sound_run(self, name: str) -> Seen:
        folder = self.folder / "sound" / name
        kept = folder / "seen.json"
        if kept.is_file():
            return Seen(**json.loads(kept.read_text(encoding="utf-8")))
        shutil.rmtree(folder, ignore_errors=True)
        print(f"… the unbroken checkout, experiment {name}", flush=True)
        seen = checkout.run(name, self.clean, folder)
        if seen.status > 1 or seen.refused or seen.errors:
            raise SystemExit(f"The unbroken checkout fails in experiment {name}: mend it first.\n{seen.output}")
        if seen.status:
            flags = "; ".join(f"{topic}: {text}" for topic, text in seen.flags.items())
            print(
                f"! The unbroken checkout is flagged in experiment {name}, so these topics count for nothing: {flags}"
            )
        kept.write_text(json.dumps(asdict(seen)), encoding="utf-8")
        return seen

    def _tried(self, mutation: Mutation) -> Outcome:
        begun = time.perf_counter()
        folder = self.folder / "broken" / mutation.id
        shutil.rmtree(folder, ignore_errors=True)
        try:
            copy = self._planted(mutation, folder)
        except Exception as error:  # the code has moved on; the others are tried all the same
            return _outcome(mutation, UNPLANTED, f"{type(error).__name__}: {error}", seconds=0.0)
        seen, sound = checkout.run(mutation.experiment, copy, folder / "run"), self._sound[mutation.experiment]
        how, effect = noticed(seen, sound), seen.figures != sound.figures
        verdict = RUNNING if how else MISSED
        if not how and (failed := self._failing_test(mutation, copy)):
            verdict, how = TESTED, failed
        seconds = round(time.perf_counter() - begun, 1)
        outcome = _outcome(mutation, verdict, self._shortened(how), effect=effect, seconds=seconds)
        self._keep(outcome, seen, folder)
        return outcome

    def _planted(self, mutation: Mutation, folder: Path) -> Path:
        """Return the broken copy; the store that it runs with is put next to it."""
        copy = checkout.copy(folder / "checkout")
        for edit in mutation.edits:
            checkout.apply(edit, copy)
        if mutation.change is not None:
            mutation.change(copy)
        checkout.restore(self.folder / "sound" / mutation.experiment, folder / "run", mutation)
        if mutation.tamper is not None:
            mutation.tamper(folder / "run/store", self.folder / "sound" / mutation.other / "store")
        return copy

    def _failing_test(self, mutation: Mutation, copy: Path) -> str:
        """Return the first test that fails in the broken copy and passes in the unbroken one."""
        arguments = ("-m", "pytest", "-q", "-p", "no:cacheprovider", f"--maxfail={MOST_FAILURES}")
        for place in checkout.tests_of(mutation):
            _, output = checkout.python(copy, *arguments, place)
            for failed in dict.fromkeys(FAILED_TEST.findall(output)):
                if checkout.python(self.clean, *arguments, failed)[0] == 0:
                    return str(failed)
        return ""

    def _shortened(self, text: str) -> str:
        """Return one line without the folders of this machine."""
        line = " ".join(text.replace(f"{self.folder}/", "").split())
        return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"

    def _keep(self, outcome: Outcome, seen: Seen, folder: Path) -> None:
        log = self.folder / "logs" / f"{outcome.id}.txt"
        log.parent.mkdir(exist_ok=True)
        log.write_text(seen.output, encoding="utf-8")
        shutil.rmtree(folder)
        with self._lock, (self.folder / OUTCOMES).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")


def _outcome(mutation: Mutation, verdict: str, how: str, *, seconds: float, effect: bool = True) -> Outcome:
    where = ", ".join(mutation.paths) or mutation.category
    own = (mutation.id, mutation.category, mutation.broken, where)
    return Outcome(*own, verdict, how, effect, seconds, mutation.digest())


def noticed(seen: Seen, sound: Seen) -> str:
    """Return the first line by which a user would have noticed that something is wrong; "" where nothing shows.

    What the unbroken checkout shows as well does not count, nor does a flag on the same topic with other figures.
    """
    for cell, reason in seen.refused.items():
        if cell not in sound.refused:
            return f"{cell} refused: {reason}"
    for topic, text in seen.flags.items():
        if topic not in sound.flags:
            return f"! {topic}: {text}"
    if seen.status not in (0, 124, sound.status):
        return seen.errors[-1] if seen.errors else f"exit status {seen.status}"
    if seen.again and seen.figures == sound.figures:
        return f"made again: {seen.again[0]}"
    return ""
