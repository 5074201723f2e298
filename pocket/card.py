"""Writes the card of the embedded model from what its training and its examination left: `python -m pocket.card`."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pocket.check import RESULT

LOG: Final = "log.jsonl"


def write(model: Path, run: Path) -> None:
    """Write README.md next to the weights and put the training log there."""
    facts = json.loads((model / "pretraining.json").read_text(encoding="utf-8"))
    result = json.loads((model / RESULT).read_text(encoding="utf-8"))
    if (run / LOG).is_file():
        _copy_log(run / LOG, model / LOG, facts["progress"]["tokens"])
    text = Path(__file__).with_suffix(".md").read_text(encoding="utf-8")
    progress, plan = facts["progress"], facts["plan"]
    filled = text.format(
        **{key: plan[key] for key in ("layers", "width", "heads", "inner", "seed")},
        million_tokens=f"{progress['tokens'] / 1e6:.1f}",
        planned=f"{plan['tokens'] / 1e6:.0f}",
        updates=progress["step"],
        minutes=round(progress["seconds"] / 60),
        conversations=progress["conversations"],
        abilities="\n".join(_line(name, entry) for name, entry in result.items()),
    )
    (model / "README.md").write_text(filled, encoding="utf-8")


def _copy_log(source: Path, target: Path, tokens: int) -> None:
    """Copy the lines up to the state of the weights: the training may have gone on since."""
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    target.write_text("".join(line for line in lines if json.loads(line)["tokens"] <= tokens), encoding="utf-8")


def _line(name: str, entry: Mapping[str, Any]) -> str:
    bar = f"at most {entry['most']}" if entry["most"] is not None else f"at least {entry['least']}"
    verdict = "reached" if entry["reached"] else "**not reached**"
    stated = f"{bar}: {verdict}" if entry["most"] is not None or entry["least"] > 0 else "no bar"
    return f"| {name.replace('_', ' ')} | {entry['value']} | {stated} |"


def main() -> None:
    """Read the command line and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("models/pocket"))
    parser.add_argument("--run", type=Path, default=Path("results/runs/pocket"), help="folder of the training")
    arguments = parser.parse_args()
    write(arguments.model, arguments.run)


if __name__ == "__main__":
    main()
