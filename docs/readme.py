"""What cog puts into README.md and docs/API.md (`make readme`): measured tables and schemas, nothing typed by hand."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIGNIFICANT = 0.05


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
