"""`python -m harness.cli.decide task=… [decision=…] [gate=ARM]`: which arm to use, how surely, what would change it."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from harness.analysis.costs.horizon import Costing
from harness.analysis.selection import SelectedRecords
from harness.analysis.table import comparison_data
from harness.cli import study_tables
from harness.cli.builder import Builder
from harness.cli.chosen import chosen_records
from harness.cli.config import ROOT, Composed, compose_job, costing, experiment, resolved
from harness.cli.folders import STUDIES, result_folder, settings_part, without_study_settings
from harness.cli.measured import AFTERWARDS
from harness.cli.old_names import key_of
from harness.cli.reader_gone import quiet_when_reader_goes
from harness.errors import ConfigError, CutleryError, StoreError, joined
from harness.reports.csv import sections_csv
from harness.store.files import write_text
from harness.studies import page
from harness.studies.decision.card import card_table
from harness.studies.decision.card_data import card_json
from harness.studies.decision.decision import Decision
from harness.studies.decision.evaluation import Evaluation, Recommendation, recommendation
from harness.studies.decision.measured import measure
from harness.studies.decision.reading import DecisionData, StudyEvidence
from harness.studies.decision.samples import RESAMPLES
from harness.studies.decision.study_evidence import study_evidence
from harness.studies.table import StudyTable

GROUP: Final = "decision"
FOLDER: Final = ROOT / "conf" / GROUP
SHOWN: Final = ("arms", "changes", "unmeasured", "limits")
"""sections that the command prints"""
QUICKLY: Final = "study.budget=quick"
"""what a command says to run a study in minutes"""
GATE: Final = "gate="
RULED_OUT: Final = 3
"""exit status where the arm of a gate is ruled out"""
CRITERIA: Final = "criteria"
"""file that the others build on, and no decision itself"""


def recommended(folder: Path, preset: str, overrides: Sequence[str] = ()) -> Recommendation:
    """Return what the card of a preset recommends for the experiment in a folder and the studies beside it.

    Args:
        folder: with `records`, such as results/reference/qa/pocket.
        preset: a file of conf/decision, by its name.
        overrides: KEY=VALUE of prices, use and decision, such as horizon.queries_per_day=5000.

    Raises:
        CutleryError: the preset is wrong, or the folder holds no records.
    """
    config = compose_job([f"+{GROUP}={preset}", *map(_own, overrides)])[0]
    return recommendation(evaluated(folder, decision_of(config, preset), costing(config)))


def evaluated(folder: Path, decision: Decision, money: Costing) -> Evaluation:
    """Return every arm of the experiment in a folder, in every draw.

    Raises:
        MetricError: the statistics fail their known answers.
        StoreError: there is no record that can be read.
        DataError: no record belongs to what the last run compared.
    """
    return Evaluation(measure(data_of(folder, decision, money), decision), decision)


def data_of(folder: Path, decision: Decision, money: Costing) -> DecisionData:
    """Return an experiment, and of the studies beside it those that a criterion names.

    Raises:
        CutleryError: as `evaluated`.
    """
    return data_from(folder, *chosen_records(folder), decision, money)


def data_from(
    folder: Path, chosen: SelectedRecords, unreadable: Sequence[str], decision: Decision, money: Costing | None
) -> DecisionData:
    """Return the same of records that were read already."""
    studies: dict[str, StudyEvidence] = {}
    broken = list(unreadable)
    for name, place in study_folders(folder, studies_named(decision)).items():
        try:
            studies[name] = study_evidence(place)
        except CutleryError as error:
            broken.append(f"study {name} cannot be read: {error}")
    return DecisionData(comparison_data(chosen, RESAMPLES, money), studies, tuple(broken))


def study_folders(folder: Path, names: Iterable[str]) -> dict[str, Path]:
    """Return the folders of studies beside an experiment, by their names.

    Settings of a study alone (study.budget=quick) put it into a folder of its own; of several the full one counts.

    Args:
        folder: of the experiment.
        names: of the studies.
    """
    plain = without_study_settings(folder.name) if "=" in folder.name else []
    root = folder.parent if plain else folder
    others = [one for one in sorted(root.glob("*=*")) if one != folder and without_study_settings(one.name) == plain]
    others.append(root / settings_part(",".join(sorted([*plain, QUICKLY]))))  # where the name is cut, it is computed
    places = {name: [one / STUDIES / name for one in (folder, *others)] for name in sorted(names)}
    found = {name: study_tables.in_order(own) for name, own in places.items()}
    return {name: own[0] for name, own in found.items() if own}


def studies_named(decision: Decision) -> set[str]:
    """Return the studies that criteria are measured by."""
    readings: list[Any] = [reading for one in decision.criteria.values() for reading in one.readings]
    return {one.study for one in (*readings, decision.curve) if hasattr(one, "study")}


def with_decision(overrides: Sequence[str]) -> tuple[list[str], str]:
    """Return the overrides with a decision among them, and its name.

    Without one it is the file of conf/decision that is called like the task, or else own.
    """
    keys = [key_of(line) for line in overrides]
    given = [line.partition("=")[2] for line, key in zip(overrides, keys, strict=True) if key == GROUP]
    tasks = [line.partition("=")[2] for line, key in zip(overrides, keys, strict=True) if key == "task"]
    name = given[-1] if given else next((one for one in tasks if one in presets()), "own")
    others = [line for line, key in zip(overrides, keys, strict=True) if key != GROUP]
    return [f"+{GROUP}={name}", *map(_own, others)], name


def _own(override: str) -> str:
    """Return an override that may name keys which the files do not have: what is wrong is said of all together."""
    return f"++{override.lstrip('+')}" if key_of(override).startswith(f"{GROUP}.") else override


def presets() -> list[str]:
    """Return the names of all decisions in conf/decision."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != CRITERIA)


def decision_of(config: Composed, name: str) -> Decision:
    """Build the decision of a configuration.

    Raises:
        ConfigError: lists everything that is wrong with it, with its file and keys.
    """
    builder = Builder()
    node = resolved(config).get(GROUP)
    built = builder.build(node, GROUP)
    if built is not None and not isinstance(built, Decision):
        builder.problems.append(f"{GROUP}={name} decides nothing; there are {', '.join(presets())}")
    if builder.problems or not isinstance(built, Decision):
        raise joined(ConfigError, f"conf/{GROUP}/{name}.yaml", list(dict.fromkeys(builder.problems)))
    return built


def card_place(folder: Path, found: Evaluation, overrides: Sequence[str] = ()) -> Path:
    """Return where the files of a card lie, without their endings: decision/NAME below a folder of results.

    Overrides of decision, use and prices are part of the name, so that a card that was tried never replaces the one by
    the decision's own file, which claims link.
    """
    own = sorted(line.lstrip("+") for line in overrides if key_of(line).split(".")[0] in AFTERWARDS)
    changed = [line for line in own if key_of(line) != GROUP]
    return folder / GROUP / settings_part(",".join([found.decision.name, *changed]))


def write(folder: Path, found: Evaluation, overrides: Sequence[str] = ()) -> StudyTable:
    """Write the card below a folder of results, decision/NAME.md, .csv and .json; return it.

    Args:
        folder: of the experiment.
        found: every arm in every draw.
        overrides: of the command.

    Raises:
        StoreError: the folder cannot be written.
    """
    table, place = card_table(found), card_place(folder, found, overrides)
    write_text(place.with_name(f"{place.name}.md"), page.markdown(table))
    write_text(place.with_name(f"{place.name}.csv"), sections_csv(table.sections))
    write_text(place.with_name(f"{place.name}.json"), card_json(found))
    return table


def renew(folder: Path) -> list[str]:
    """Make the cards again that a folder has of shipped decisions, with all settings as their files have them.

    Returns:
        The names of the decisions.

    Raises:
        CutleryError: as `evaluated`; or the folder cannot be written.
    """
    names = [name for name in presets() if (folder / GROUP / f"{name}.json").is_file()]
    for name in names:
        config = compose_job([f"+{GROUP}={name}"])[0]
        write(folder, evaluated(folder, decision_of(config, name), costing(config)))
    return names


def on_screen(table: StudyTable) -> str:
    """Return what the command prints: the words and the tables behind them; all others are in the files."""
    shown = tuple(section for section in table.sections if section.name in SHOWN)
    return page.terminal(replace(table, sections=shown)).rstrip()


def gated(found: Evaluation, gate: str) -> int:
    """Return the exit status: 0 whatever is recommended, 3 where the arm of a gate is ruled out, which is printed.

    Raises:
        ConfigError: the gate names no arm of the experiment.
    """
    if not gate:
        return 0
    if gate not in found.arms:
        raise ConfigError(f"{GATE}{gate} is no arm that can be chosen here; there are {', '.join(found.arms)}")
    why = found.kept.ruled_out.get(gate)
    print(f"\n{GATE}{gate}: {'it is not ruled out' if why is None else f'ruled out, as {why}'}")
    return 0 if why is None else RULED_OUT


@quiet_when_reader_goes
def main() -> None:
    """Say which arm to use for the experiment that the overrides name: make decide task=support [decision=NAME].

    The experiment must have been run; studies beside it are read, too. decision=NAME is a file of conf/decision,
    without it the one called like the task, or own. Settings: decision.limits.latency=600,
    decision.answers.adaptation=4, horizon.queries_per_day=5000. With gate=ARM the exit status is 3 where that arm is
    ruled out, and else 0 whatever is recommended.
    """
    given = sys.argv[1:]
    if {"-h", "--help"} & set(given):
        print(f"python -m harness.cli.decide [{GATE}ARM] [KEY=VALUE …]\n\n{main.__doc__}")
        return
    gates = [line.removeprefix(GATE) for line in given if line.startswith(GATE)]
    try:
        status = _decided([line for line in given if not line.startswith(GATE)], gates[-1] if gates else "")
    except CutleryError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    sys.exit(status)


def _decided(given: Sequence[str], gate: str) -> int:
    """Write and print a card; return the exit status."""
    overrides, name = with_decision(given)
    config, settings, _ = compose_job(overrides)
    decision, wanted = decision_of(config, name), experiment(config)
    folder = result_folder(wanted.results, wanted.task.name, wanted.model_name, settings)
    if not (folder / "records").is_dir():
        raise StoreError(f"{folder}: holds no records; run the experiment first (make experiment task=…)")
    found = evaluated(folder, decision, costing(config))
    table = write(folder, found, given)
    print(f"{on_screen(table)}\n\nWritten to {card_place(folder, found, given)}.*")
    flagged = wanted.strict and any(note.level == "act" for note in table.notes)
    return gated(found, gate) or int(flagged)


if __name__ == "__main__":
    main()
