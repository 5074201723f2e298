"""Puts measured tables into README.md: `python -m docs.readme`; with --check it only says whether they are stale.

Between `<!-- table FOLDER: METRIC … -->` and `<!-- end -->` stands what FOLDER/table.csv holds, and nothing
typed by hand.
"""

import csv
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SIGNIFICANT = 0.05
_BLOCK = re.compile(r"(<!-- table (?P<folder>\S+): (?P<metrics>[^>]+?) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(text: str, root: Path = ROOT) -> str:
    """Return the text with every marked block made anew.

    Args:
        text: Markdown.
        root: what the folders in the markers are relative to.

    Raises:
        OSError: a marked folder has no table.csv.
        KeyError: a marked metric is not in it.
    """

    def block(found: re.Match[str]) -> str:
        lines = (root / found["folder"] / "table.csv").read_text(encoding="utf-8").splitlines()
        table = _table(list(csv.DictReader(lines)), found["metrics"].split())
        return f"{found[1]}{table}\n{found[4]}"

    return _BLOCK.sub(block, text)


def _table(rows: Sequence[Mapping[str, str]], metrics: Sequence[str]) -> str:
    heads = ["arm", "failed", "abstained", *(head for metric in metrics for head in (metric, "Δ vs base"))]
    cells = [[f"**{row['arm']}**", *_counts(row), *(c for m in metrics for c in _metric(row, m))] for row in rows]
    lines = [heads, ["---"] * len(heads), *cells]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _counts(row: Mapping[str, str]) -> list[str]:
    return [f"{row[name]} of {row['n']}" for name in ("failed", "abstained")]


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


def main() -> None:
    """Rewrite README.md, or with --check fail when it is not what the tables say."""
    path = ROOT / "README.md"
    before = path.read_text(encoding="utf-8")
    after = filled(before)
    if "--check" in sys.argv[1:]:
        sys.exit(None if after == before else "README.md is older than its tables; run `make readme`")
    path.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
