"""Ways to write a note about a report. Every pre-training note has a drawn style; the house styles are none of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

from pocket.world.reports import Report

Case = Literal["lower", "title", "upper"]

LABELS: Final[Mapping[str, tuple[str, ...]]] = {
    "when": ("when", "date", "day", "time"),
    "status": ("status", "state", "now", "mood"),
    "cause": ("reason", "cause", "root", "found"),
    "risk": ("risk", "danger", "watch", "worry"),
    "money": ("cost", "money", "spent", "price"),
    "owner": ("owner", "lead", "who", "by"),
    "action": ("next", "task", "plan", "to do"),
    "due": ("due", "until", "end", "last day"),
}
FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    "incident": {
        "when": "{date} ({duration})",
        "cause": "{cause}",
        "money": "{damage}",
        "owner": "{owner}",
        "action": "{action}",
        "due": "{due}",
    },
    "project": {
        "status": "{status}",
        "risk": "{risk}",
        "money": "{spent} of {budget}",
        "owner": "{owner}",
        "action": "{action}",
        "due": "{due}",
    },
}
HEADS: Final = ("{s}", "* {s} *", "# {s}", "NEWS: {s}", "({s})", "{s}:", "== {s} ==", "Re: {s}", "NOTE | {s}", "<{s}>")
SEPARATORS: Final = (": ", " - ", " = ", ". ", " > ", " | ", "... ", " _ ")
JOINERS: Final = ("\n", "; ", " / ", " | ", "\n- ", "\n* ", "\n+ ", ", ", " & ")
ENDS: Final = ("", ".", "!", "\nEND", "\n***", "\nThanks.", "\n---", " (end)", "\nOver and out.")


@dataclass(frozen=True, slots=True)
class Style:
    """A drawn way to write notes."""

    head: str
    """pattern of the first line"""
    labels: Mapping[str, str]
    """field -> its label, in order"""
    separator: str
    """between label and value"""
    joiner: str
    """between fields"""
    end: str
    """after the last field"""

    def note(self, report: Report) -> str:
        """Return the note about the report."""
        values = FIELDS[report.kind]
        parts = [
            f"{label}{self.separator}{_filled(values[name], report.fields)}"
            for name, label in self.labels.items()
            if name in values
        ]
        return self.head.replace("{s}", report.subject) + "\n" + self.joiner.join(parts) + self.end


def draw(rng: Random) -> Style:
    """Return a new style."""
    case: Case = rng.choice(("lower", "title", "upper"))
    names = rng.sample(list(LABELS), rng.randint(5, len(LABELS)))
    labels = {name: _cased(rng.choice(LABELS[name]), case) for name in names}
    return Style(rng.choice(HEADS), labels, rng.choice(SEPARATORS), rng.choice(JOINERS), rng.choice(ENDS))


def _cased(text: str, case: Case) -> str:
    return {"lower": text.lower(), "title": text.title(), "upper": text.upper()}[case]


def _filled(pattern: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        pattern = pattern.replace("{" + name + "}", value)
    return pattern
