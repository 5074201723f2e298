"""What cog puts into README.md and docs/API.md (`make readme`): measured tables and schemas, nothing typed by hand."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIGNIFICANT = 0.05
ENDS = ("effect", "low", "high")
"""columns of claims.csv that hold a number and its interval"""


def results_table(folder: str, *metrics: str, root: Path = ROOT) -> str:
    """Return FOLDER/table.csv as a Markdown table of some metrics.

    Args:
        folder: relative to `root`.
        metrics: one column with mean and interval each, and one with the difference to base.
        root: the repository.

    Raises:
        OSError: the folder has no table.csv.
        KeyError: a metric is not in it.
    """
    lines = (root / folder / "table.csv").read_text(encoding="utf-8").splitlines()
    heads = ["arm", "failed", "abstained", *(head for metric in metrics for head in (metric, "Δ vs base"))]
    rows = [heads, ["---"] * len(heads), *(_row(row, metrics) for row in csv.DictReader(lines))]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def claims_table(folder: str, root: Path = ROOT) -> str:
    """Return FOLDER/claims.csv as a Markdown table: a row per claim, a column per task and model.

    Args:
        folder: relative to `root`.
        root: the repository.

    Raises:
        OSError: the folder has no claims.csv.
    """
    lines = (root / folder / "claims.csv").read_text(encoding="utf-8").splitlines()
    rows = [row for row in csv.DictReader(lines) if not row["part"]]
    names = list(dict.fromkeys(_ledger(row) for row in rows))
    claims: dict[str, dict[str, Mapping[str, str]]] = {}
    for row in rows:
        claims.setdefault(row["claim"], {})[_ledger(row)] = row
    heads = ["", "the documents say", *names, "decided by"]
    body = [[claim, *_claim(own, names)] for claim, own in claims.items()]
    return "\n".join("| " + " | ".join(row) + " |" for row in [heads, ["---"] * len(heads), *body])


def _ledger(row: Mapping[str, str]) -> str:
    return " · ".join(filter(None, [row["task"], row["model"], row["settings"]]))


def _claim(own: Mapping[str, Mapping[str, str]], names: Sequence[str]) -> list[str]:
    """Return the cells of one claim: sentence, verdict with the effect that decides it per task, and what was run."""
    first = next(iter(own.values()))
    return [first["says"], *(_verdict(own[name]) for name in names), _decided_by(first["read_from"])]


def _verdict(row: Mapping[str, str]) -> str:
    if row["verdict"] in ("not tested", "does not apply"):
        return "not tested" if row["verdict"] == "not tested" else "·"
    share = row["unit"] == "share"
    part = row["unit"].startswith("of ")
    numbers = [float(row[name]) * (100 if part else 1) if row[name] else None for name in ENDS]
    shown = ["" if one is None else format(one, "+.2f" if share else ".3g") for one in numbers]
    unit = "" if share else f"{' %' * part} {row['unit']}"
    interval = f" [{shown[1]}, {shown[2]}]" if all(shown) else ""
    return f"**{row['verdict']}** {shown[0]}{interval}{unit}"


def _decided_by(read_from: str) -> str:
    commands = {"experiment": "`make experiment`", "decision": "`make decide`"}
    return ", ".join(commands.get(name, f"`study={name}`") for name in read_from.split())


def _row(row: Mapping[str, str], metrics: Sequence[str]) -> list[str]:
    counts = [f"{row[name]} of {row['n']}" for name in ("failed", "abstained")]
    return [f"**{row['arm']}**", *counts, *(cell for metric in metrics for cell in _metric(row, metric))]


def _metric(row: Mapping[str, str], metric: str) -> list[str]:
    """Return mean with interval, and the difference with its mark; a dash where there is no value."""
    if not row[f"{metric}_mean"]:
        return ["–", ""]
    mean, low, high = (float(row[f"{metric}_{part}"]) for part in ("mean", "low", "high"))
    shown = f"{mean:.3f} [{low:.3f}, {high:.3f}]"
    if not row.get(f"{metric}_diff"):
        return [shown, ""]
    significant = float(row[f"{metric}_diff_p_adjusted"]) < SIGNIFICANT
    return [shown, f"{float(row[f'{metric}_diff']):+.3f}" + (" \\*" if significant else "")]
