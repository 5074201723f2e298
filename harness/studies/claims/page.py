"""The ledger as files: claims.md and claims.html for people, claims.csv for machines; and for the terminal."""

import math
from collections.abc import Iterator, Sequence
from typing import Final

from harness.reports.cells import printable
from harness.reports.csv import Value, csv_text
from harness.reports.html import assets
from harness.reports.markdown import escaped
from harness.studies.claims import words
from harness.studies.claims.ledger import OPEN, ClaimsLedger, LedgerPart, LedgerRow
from harness.studies.claims.verdicts import Ruling

TITLE: Final = "What the documents claim, what Cutlery measured"
EMBEDDED: Final = "pocket"
"""how the names of the models begin that were made in this repository, in an invented world"""
FIELDS: Final = (
    "task", "model", "settings", "claim", "part", "says", "verdict", "effect", "low", "high", "direction", "margin",
    "unit", "kind", "n", "of", "seeds", "p_adjusted", "needed", "what", "conditions", "open", "command", "table",
    "read_from", "source", "version", "date",
)  # fmt: skip
"""columns of claims.csv: a row per claim, then one per part"""


def files(ledgers: Sequence[ClaimsLedger], left_out: Sequence[str] = ()) -> dict[str, str]:
    """Return the text of each file by its name; links in them are relative to the folder of results.

    Args:
        ledgers: one per task and model.
        left_out: folders of results that have no ledger.
    """
    return {
        "claims.md": markdown(ledgers, left_out),
        "claims.csv": csv(ledgers),
        "claims.html": html(ledgers, left_out),
    }


def warnings(ledgers: Sequence[ClaimsLedger], left_out: Sequence[str]) -> Iterator[str]:
    """Yield what a reader must know before anything else."""
    invented = [one.name for one in ledgers if one.model.startswith(EMBEDDED)]
    if invented:
        yield (
            f"{', '.join(invented)}: verdicts on a model of a few million parameters in an invented world. They show "
            "how claims are decided and say nothing about your model and data: run yours, then make claims."
        )
    if left_out:
        yield f"Results with other settings are not read: {', '.join(left_out)} (make claims ARGS=--all-settings)."


def markdown(ledgers: Sequence[ClaimsLedger], left_out: Sequence[str] = ()) -> str:
    """Return the page for people: overview, then every claim of every task and model."""
    parts = [f"# {TITLE}", *map(escaped, warnings(ledgers, left_out)), _meanings(), _matrix(ledgers)]
    for ledger in ledgers:
        heading = [f"## {escaped(ledger.name)}", f"{words.counts(ledger)}."]
        parts += [*heading, escaped(words.rule(ledger)), *map(escaped, ledger.remarks)]
        parts.append(_table(MARKDOWN_HEADS, [cells for row in ledger.rows for cells in _markdown_rows(row)]))
        parts += ["\n".join(_changes(ledger))] if any(row.claim.changes for row in ledger.rows) else []
    return "\n\n".join(filter(None, parts)) + "\n"


MARKDOWN_HEADS: Final = (
    "claim", "verdict", "effect [95 % interval]", "margin", "sample", "what was measured, and under which conditions",
    "what would decide it", "table",
)  # fmt: skip


def _meanings() -> str:
    return "\n".join(f"- {words.SIGNS[ruling]} **{ruling}**: {meaning}" for ruling, meaning in words.MEANING.items())


def _matrix(ledgers: Sequence[ClaimsLedger]) -> str:
    heads = ["", "the documents say", *(escaped(ledger.name) for ledger in ledgers)]
    lines = [
        [row.claim.id, escaped(row.claim.title), *(_ruling(ledger.rows[at].ruling) for ledger in ledgers)]
        for at, row in enumerate(ledgers[0].rows)
    ]
    return _table(heads, lines)


def _ruling(ruling: Ruling) -> str:
    return f"{words.SIGNS[ruling]} {ruling}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in [heads, ["---"] * len(heads), *rows])


def _markdown_rows(row: LedgerRow) -> Iterator[list[str]]:
    """Yield a row for a claim; where it has several parts, one for each of them as well."""
    claim = f"**{row.claim.id}** {escaped(row.claim.sentence)}"
    verdict = f"**{_ruling(row.ruling)}**"
    if len(row.parts) == 1:
        yield [claim, verdict, *_cells(row.parts[0])]
        return
    which = "one part suffices" if row.claim.holds == "any" else "every part must hold"
    by = f"{row.claim.id}.{row.parts.index(row.deciding) + 1}"
    yield [
        f"{claim} ({which})",
        verdict,
        *([f"by {by}"] if row.deciding.effect else [""]),
        "",
        "",
        "",
        _command(row.command),
        "",
    ]
    for number, part in enumerate(row.parts, start=1):
        yield [f"{row.claim.id}.{number} {escaped(part.part.question)}", _ruling(part.ruling), *_cells(part)]


def _cells(one: LedgerPart) -> list[str]:
    effect, margin = one.effect, escaped(words.margin_text(one.part))
    if effect is None:
        outside = one.ruling == "does not apply"
        why = escaped(words.open_text(one))
        return ["", margin, "", why if outside else "", "" if outside else _what_would(one), ""]
    return [
        escaped(words.effect_text(effect, one.part.unit)),
        margin,
        escaped(", ".join(filter(None, [words.sample_text(effect), words.p_text(one)]))),
        escaped("; ".join([effect.said, *words.conditions(one)])),
        _what_would(one),
        f"[{words.page_of(one.link)}]({one.link})" if one.link else "",
    ]


def _what_would(one: LedgerPart) -> str:
    return ": ".join(filter(None, [escaped(words.open_text(one)), _command(one.command)]))


def _command(text: str) -> str:
    return f"`{text.replace('|', '')}`" if text else ""


def _changes(ledger: ClaimsLedger) -> Iterator[str]:
    for row in ledger.rows:
        for line in changes(row):
            yield f"- {escaped(line)}"


def changes(row: LedgerRow) -> Iterator[str]:
    """Yield the changes of a claim after its first version."""
    for one in row.claim.changes:
        yield f"{row.claim.id}, version {one.version} of {one.date}: {one.reason}"


def csv(ledgers: Sequence[ClaimsLedger]) -> str:
    """Return every claim and every part of it, a row each."""
    rows = [line for ledger in ledgers for row in ledger.rows for line in _csv_rows(ledger, row)]
    return csv_text([list(FIELDS), *rows])


def _csv_rows(ledger: ClaimsLedger, row: LedgerRow) -> Iterator[list[Value]]:
    where: list[Value] = [ledger.task, ledger.model, ledger.settings, row.claim.id]
    origin: list[Value] = [row.claim.source, row.claim.version, row.claim.date]
    sources = list(dict.fromkeys(part.part.reading.source for part in row.parts))
    yield [
        *where, "", row.claim.title, row.ruling, *_numbers(row.deciding), row.command, row.deciding.link,
        " ".join(sources), *origin,
    ]  # fmt: skip
    for number, part in enumerate(row.parts, start=1):
        yield [
            *where, number, part.part.question, part.ruling, *_numbers(part), part.command, part.link,
            part.part.reading.source, *origin,
        ]  # fmt: skip


def _numbers(one: LedgerPart) -> list[Value]:
    effect, verdict, part = one.effect, one.verdict, one.part
    asked: list[Value] = [part.direction, part.margin, part.unit]
    if effect is None:
        return [None, None, None, *asked, *[None] * 7, None, words.open_text(one)]
    needed = None if verdict is None or verdict.needed is None else verdict.needed
    return [
        effect.value, effect.low, effect.high, *asked, effect.kind, effect.n, effect.of, effect.seeds,
        None if verdict is None else verdict.p, None if needed == math.inf else needed, effect.said,
        "; ".join(words.conditions(one)), words.open_text(one),
    ]  # fmt: skip


def html(ledgers: Sequence[ClaimsLedger], left_out: Sequence[str] = ()) -> str:
    """Return the page that opens from disk."""
    matrix = [
        {"id": row.claim.id, "title": row.claim.title, "cells": [
            {"ruling": one.rows[at].ruling, "anchor": f"{row.claim.id}-{place}"} for place, one in enumerate(ledgers)
        ]}
        for at, row in enumerate(ledgers[0].rows)
    ]  # fmt: skip
    shown = [
        {"name": one.name, "counts": words.counts(one), "rule": words.rule(one), "remarks": one.remarks,
         "rows": [_html_row(row, place) for row in one.rows]}
        for place, one in enumerate(ledgers)
    ]  # fmt: skip
    return assets.page(
        "claims.html.jinja", script=False, subtitle=_subtitle(len(matrix), len(ledgers)),
        warnings=list(warnings(ledgers, left_out)), meanings=words.MEANING, signs=words.SIGNS, matrix=matrix,
        ledgers=shown,
    )  # fmt: skip


def _subtitle(claims: int, ledgers: int) -> str:
    return f"{claims} claims for {ledgers} combination{'' if ledgers == 1 else 's'} of task and model"


def _html_row(row: LedgerRow, place: int) -> dict[str, object]:
    return {
        "id": row.claim.id, "anchor": f"{row.claim.id}-{place}", "sentence": row.claim.sentence,
        "source": row.claim.source, "ruling": row.ruling, "any": row.claim.holds == "any",
        "because": words.because(row), "command": row.command, "changes": list(changes(row)),
        "parts": [_html_part(one) for one in row.parts],
    }  # fmt: skip


def _html_part(one: LedgerPart) -> dict[str, object]:
    return {
        "question": one.part.question, "ruling": one.ruling, "lines": list(words.lines(one)), "command": one.command,
        "link": f"./{one.link}" if one.link else "", "link_text": words.page_of(one.link),
    }  # fmt: skip


def terminal(ledgers: Sequence[ClaimsLedger], left_out: Sequence[str] = ()) -> str:
    """Return the overview for the screen: verdict per claim and task, and how many of each."""
    heads = ["", "the documents say", *(one.name for one in ledgers)]
    rows = [
        [row.claim.id, row.claim.title, *(_ruling(one.rows[at].ruling) for one in ledgers)]
        for at, row in enumerate(ledgers[0].rows)
    ]
    widths = [max(len(line[place]) for line in [heads, *rows]) for place in range(len(heads))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in [heads, *rows]]
    counted = [f"{one.name}: {words.counts(one)}" for one in ledgers]
    shown = [TITLE, "", *lines, "", *counted, "", *_open(ledgers), *warnings(ledgers, left_out)]
    return "\n".join(printable(line.rstrip()) for line in shown)


def _open(ledgers: Sequence[ClaimsLedger]) -> Iterator[str]:
    """Yield what is open in each ledger, and what would decide it; effects and conditions of all are in the files."""
    for ledger in ledgers:
        rows = [row for row in ledger.rows if row.ruling in OPEN]
        if rows:
            yield f"Open for {ledger.name}:"
        for row in rows:
            open_text = words.open_text(row.deciding)
            tail = f" ({row.command})" if row.command else ""
            yield f"  {row.claim.id}  {words.because(row)}{f' {open_text}' if row.deciding.effect else ''}{tail}"
        if rows:
            yield ""
