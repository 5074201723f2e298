"""Records and studies to measurements: one readout per criterion, or what would measure it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from harness.analysis.comparison import FEW_CLUSTERS
from harness.analysis.costs.ledger import SERVER
from harness.analysis.headline import has_short_references
from harness.analysis.numbers import listed
from harness.analysis.roles import Role
from harness.studies.data_kinds import KINDS
from harness.studies.decision.criterion import CriteriaList, Criterion
from harness.studies.decision.knowing import AtFloor, knowing_nothing
from harness.studies.decision.reading import CriterionReading, DecisionData, Readout
from harness.studies.decision.samples import ResampledValue
from harness.studies.decision.spent import nothing_to_lose, spent_on
from harness.studies.decision.study_readings import LabelSamples


@dataclass(frozen=True)
class Measured:
    """What is known of the arms that can be chosen."""

    task: str
    model: str
    roles: Mapping[str, Role]
    """arm -> what it is made of; from the simplest to the most complex, without controls"""
    currency: str
    """of all prices; "" without a price list"""
    readouts: Mapping[str, Readout]
    """criterion -> its measurements; what was not measured is left out"""
    wanted: Mapping[str, str]
    """criterion without a measurement, or with one of some arms alone -> what would measure it, or why nothing does"""
    warnings: tuple[str, ...] = ()
    """what a reader must know of the measurements"""
    holds_documents: Mapping[str, str] = field(default_factory=dict)
    """arm -> how what documents say leaves the index with it; arms with which it stays are left out"""
    trained_rows: Mapping[str, int] = field(default_factory=dict)
    """tuned arm -> rows that its adapter was trained on, where that is known"""
    nothing_to_lose: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """criterion -> arms of which no run would measure it, as they are at chance where a loss is measured from"""
    curves: Mapping[str, LabelSamples] = field(default_factory=dict)
    """arm -> what one criterion (`CriteriaList.curve`) is with fewer labelled pairs"""
    unmeasurable: Mapping[str, str] = field(default_factory=dict)
    """criterion of `wanted` that no run would measure -> why"""
    at_floor: Mapping[str, AtFloor] = field(default_factory=dict)
    """arm that is not surely better than whoever knows nothing -> how that shows"""
    short_references: bool = True
    """whether right answers are a few words, so that few right ones show a model that cannot answer"""

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms, from the simplest to the most complex."""
        return tuple(self.roles)

    def sample(self, criterion: str, arm: str) -> ResampledValue | None:
        """Return one measurement; None where there is none."""
        readout = self.readouts.get(criterion)
        return None if readout is None else readout.samples.get(arm)


def measure(data: DecisionData, listed: CriteriaList) -> Measured:
    """Return what an experiment and its studies say of each criterion."""
    criteria = listed.criteria
    roles = {arm: data.source.roles[arm] for arm in data.arms}
    readouts = {name: one for name, criterion in criteria.items() if (one := _best(data, criterion)) is not None}
    missing = [name for name in criteria if name not in readouts or len(readouts[name].samples) < len(roles)]
    idle = nothing_to_lose(data, criteria, readouts)
    never = {n: why for n in missing if (why := _never(data, criteria[n], readouts.get(n), idle.get(n, ())))}
    costing, of_curve = data.source.costing, readouts.get(listed.curve.criterion)
    return Measured(
        task=data.task,
        model=data.model,
        roles=roles,
        currency="" if costing is None else costing.prices.currency,
        readouts=readouts,
        nothing_to_lose=idle,
        wanted={name: never.get(name) or _measuring(data, criteria[name], readouts.get(name)) for name in missing},
        warnings=(*_warnings(data), *_at_chance(criteria, readouts)),
        unmeasurable=never,
        at_floor=dict(knowing_nothing(data, listed, readouts)),
        short_references=has_short_references(data.source.examples),
        holds_documents=dict(_leaving(data)),
        trained_rows={arm: rows for arm in roles if (rows := data.trained_rows(arm)) is not None},
        curves={} if of_curve is None else listed.curve.read(data, of_curve),
    )


def _best(data: DecisionData, criterion: Criterion) -> Readout | None:
    """Return the first reading that was measured of most arms."""
    found = [one for reading in criterion.readings if (one := reading.read(data)) is not None]
    return max(found, key=lambda one: len(one.samples), default=None)


def _applying(data: DecisionData, criterion: Criterion) -> list[CriterionReading]:
    """Return the readings that make sense for these data."""
    return [one for one in criterion.readings if not set(getattr(one, "needs", ())) - data.kinds]


def _measuring(data: DecisionData, criterion: Criterion, found: Readout | None) -> str:
    """Return what would measure a criterion of the arms that lack it: what was not spent yet, if there is a choice."""
    readings = _applying(data, criterion)
    lacking = [arm for arm in data.arms if found is None or arm not in found.samples]
    open_yet = (one for one in readings if not spent_on(data, [one], lacking))
    return next(open_yet, readings[0]).wanted(data.task)


def _never(data: DecisionData, criterion: Criterion, found: Readout | None, idle: Sequence[str]) -> str:
    """Return why no run would measure what is missing of a criterion; "" where one would."""
    if found is None and not _applying(data, criterion):
        needed = dict.fromkeys(KINDS[kind] for one in criterion.readings for kind in getattr(one, "needs", ()))
        return f"no study would: it makes sense for {listed(list(needed))}"
    lacking = [arm for arm in data.arms if found is None or arm not in found.samples]
    if lacking and set(lacking) <= set(idle):
        return f"no run would: {_have_nothing(lacking)} to lose"
    return spent_on(data, _applying(data, criterion), [arm for arm in lacking if arm not in idle])


def _have_nothing(arms: Sequence[str]) -> str:
    return f"{listed(list(arms))} {'has' if len(arms) == 1 else 'have'} nothing"


def _at_chance(criteria: Mapping[str, Criterion], readouts: Mapping[str, Readout]) -> Iterator[str]:
    """Yield of which arms a loss was measured that says nothing of them."""
    for name, one in readouts.items():
        if arms := one.nothing_to_lose:
            text = f"{_have_nothing(arms)} to lose, since {'it knows' if len(arms) == 1 else 'they know'} nothing"
            yield f"{criteria[name].title}: {text}; a loss of 0 is no merit then, and it stands as not measured"


def _warnings(data: DecisionData) -> Iterator[str]:
    source = data.source
    yield from data.unread
    if source.independent < FEW_CLUSTERS:
        yield f"{source.independent} independent groups of examples are a smoke test and decide nothing; run on more"
    adapted = [arm for arm in data.arms if source.roles[arm].adapted]
    lone = [arm for arm in adapted if len(source.records[arm]) == 1]
    if lone:
        yield f"one training seed: another training may move {', '.join(lone)}; seed=0,1,2 measures by how much"
    yield from _of_studies(data)


def _of_studies(data: DecisionData) -> Iterator[str]:
    """Yield what of the studies does not count, and what counts and is rough."""
    failed = [name for name, study in data.studies.items() if study.withheld]
    if failed:
        yield f"a control of {listed(failed)} failed, so that nothing of it counts here"
    sound = {name: study for name, study in data.studies.items() if not study.withheld}
    others = {name: [arm for arm in data.arms if not data.has(study, arm)] for name, study in sound.items()}
    if arms := [arm for arm in data.arms if any(arm in own for own in others.values())]:
        names = [name for name, own in others.items() if own]
        text = f"{listed(names)} trained {listed(arms)} on fewer pairs than the experiment"
        yield f"{text}, which makes other arms of them: what is said of them there does not count here"
    if rough := [name for name, study in sound.items() if study.budget]:
        yield f"{listed(rough)} ran with budget quick: few examples, to be run in full before they are relied on"


def _leaving(data: DecisionData) -> Iterator[tuple[str, str]]:
    """Yield each arm with which what documents say leaves the index, and how."""
    records = data.source.records
    # where documents are made of training pairs, whoever is trained on these is trained on the documents
    of_pairs = any(one[0].facts.get("retrieval", {}).get("passages", {}).get("exemplars") for one in records.values())
    for arm in data.arms:
        role = data.source.roles[arm]
        if role.trained_on_passages or (role.adapted and of_pairs):
            yield arm, "its adapter was trained on them"
        elif role.retrieves and data.usage[arm].device == SERVER:
            yield arm, "its prompts go to a server"
