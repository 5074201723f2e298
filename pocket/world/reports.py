"""Reports of incidents and projects: running text around a handful of facts, and its plain summary."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from pocket.world import drawn, draws
from pocket.world.documents import title_of
from pocket.world.names import Mint
from pocket.world.sentences import sentences

ReportKind = Literal["incident", "project"]


@dataclass(frozen=True, slots=True)
class Report:
    """A report and the facts it states."""

    kind: ReportKind
    """what it reports on"""
    subject: str
    """as in a headline"""
    fields: Mapping[str, str]
    """field name -> value, every one stated in the text"""
    text: str
    """120 to 250 words"""

    @property
    def summary(self) -> str:
        """The plain summary."""
        return " ".join(_filled(line, self.fields) for line in PLAIN[self.kind])


ACTIONS: Final = (
    "replace the valve",
    "order new parts",
    "train the night shift",
    "write a new check list",
    "test the alarm again",
    "talk to the supplier",
    "clean all filters",
    "fit a second sensor",
    "check every cable",
    "plan a second crew",
    "update the log book",
    "hire two fitters",
    "move the old tank",
    "paint the warning lines",
)
RISKS: Final = (
    "a late delivery",
    "missing fitters",
    "high steel prices",
    "an open permit",
    "bad weather",
    "a weak floor",
    "old drawings",
    "a sick foreman",
    "unclear duties",
    "a noisy pump",
)

PLAIN: Final[Mapping[ReportKind, tuple[str, ...]]] = {
    "incident": (
        "{system} at {site} stopped on {date} for {duration}.",
        "The cause was {cause}.",
        "The damage was {damage}.",
        "{owner} will {action} by {due}.",
    ),
    "project": (
        "{project} in {place} is {status}.",
        "It has used {spent} of {budget}.",
        "The risk is {risk}.",
        "{owner} will {action} by {due}.",
    ),
}

STATED: Final[Mapping[ReportKind, tuple[tuple[str, ...], ...]]] = {
    "incident": (
        (
            "On {date}, {system} at {site} came to a stop.",
            "This report is about {system} at {site}, which stood still on {date}.",
            "{system} at {site} failed in the morning of {date}.",
        ),
        (
            "The crew looked for the reason and found {cause}.",
            "It turned out that {cause} was behind it.",
            "The reason was soon clear: {cause}.",
        ),
        (
            "Work could go on after {duration}.",
            "It took {duration} until everything ran again.",
            "In all, {duration} were lost.",
        ),
        (
            "The bill came to {damage}.",
            "Parts and labour together cost {damage}.",
            "The office puts the damage at {damage}.",
        ),
        (
            "It was agreed that {owner} is to {action}, and to be done by {due}.",
            "As a next step, {owner} has been asked to {action} no later than {due}.",
            "Until {due}, {owner} has time to {action}.",
        ),
    ),
    "project": (
        (
            "This is the report on {project}, which takes place in {place}.",
            "In {place}, work on {project} went on this month.",
            "The people of {project} met at their building ground in {place}.",
        ),
        (
            "Asked how things stand, the team called the project {status}.",
            "At present the project is {status}.",
            "The review came to one result: {status}.",
        ),
        (
            "Of the {budget} set aside, {spent} are gone.",
            "So far {spent} have been paid, out of {budget} in all.",
            "The books show {spent} spent and {budget} granted.",
        ),
        (
            "What worries the team most is {risk}.",
            "The largest danger is {risk}.",
            "If anything can stop the work, it is {risk}.",
        ),
        (
            "It was agreed that {owner} is to {action}, and to be done by {due}.",
            "As a next step, {owner} has been asked to {action} no later than {due}.",
            "Until {due}, {owner} has time to {action}.",
        ),
    ),
}

ASIDES: Final = sentences("asides")


def report(rng: Random, mint: Mint) -> Report:
    """Return a report with drawn facts, among asides that hold names and dates of no matter."""
    kind: ReportKind = rng.choice(("incident", "project"))
    fields, subject = FIELDS[kind](rng, mint)
    for name, value in fields.items():
        drawn.note(value, name)
    stated = [_filled(rng.choice(patterns), fields) for patterns in STATED[kind]]
    return Report(kind, subject, fields, _running_text(rng, mint, stated))


def _running_text(rng: Random, mint: Mint, stated: list[str]) -> str:
    asides = rng.sample(ASIDES, len(ASIDES))
    sentences = list(stated)
    wanted = rng.randint(122, 165)
    while sum(len(sentence.split()) for sentence in sentences) < wanted:
        # The first sentence stays first; everything else may be moved apart.
        sentences.insert(rng.randint(1, len(sentences)), _aside(asides.pop(), mint))
    return " ".join(sentences)


def _aside(pattern: str, mint: Mint) -> str:
    values = {
        "other_date": mint.date(),
        "other_person": mint.person(),
        "other_number": mint.whole(2, 29),
        "other_town": mint.town(),
    }
    return _filled(pattern, values)


def _incident(rng: Random, mint: Mint) -> tuple[dict[str, str], str]:
    site = f"the {mint.name()} {rng.choice(('works', 'depot', 'yard', 'store', 'mill'))}"
    system = rng.choice(draws.SYSTEMS)
    date = mint.date()
    fields = {
        "system": system,
        "site": site,
        "date": date,
        "duration": f"{mint.whole(2, 72)} hours",
        "cause": rng.choice(draws.CAUSES),
        "damage": f"{mint.whole(110, 9900, 10)} crowns",
        **_closing(rng, mint),
        "due": mint.date_after(date),
    }
    return fields, f"{title_of(system)}, {title_of(site)}"


def _project(rng: Random, mint: Mint) -> tuple[dict[str, str], str]:
    budget = rng.randrange(2000, 9900, 100)
    fields = {
        "project": f"project {mint.name()}",
        "place": mint.town(),
        "status": rng.choice(draws.STATES),
        "spent": f"{rng.randrange(1100, budget, 100)} crowns",
        "budget": f"{budget} crowns",
        "risk": rng.choice(RISKS),
        **_closing(rng, mint),
    }
    return fields, f"{title_of(fields['project'])}, {fields['place']}"


def _closing(rng: Random, mint: Mint) -> dict[str, str]:
    return {"owner": mint.person(), "action": rng.choice(ACTIONS), "due": mint.date()}


FIELDS: Final[Mapping[ReportKind, Callable[[Random, Mint], tuple[dict[str, str], str]]]] = {
    "incident": _incident,
    "project": _project,
}


def _filled(pattern: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        pattern = pattern.replace("{" + name + "}", value)
    return pattern[:1].upper() + pattern[1:]
