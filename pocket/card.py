"""Finishes a trained model: card, log and conf/model/NAME.yaml, `python -m pocket.card [--name pocket_small]`.

It reads what the training (`python -m pocket.pretrain`) and the examination (`python -m pocket.check --write`) left.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pocket.check import RESULT

LOG: Final = "log.jsonl"
YAML: Final = Path("conf/model")
FIRST: Final = "pocket"
"""whose yaml the others are made from"""


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
        name=model.name,
        millions=_millions(model),
        million_tokens=f"{progress['tokens'] / 1e6:.1f}",
        updates=f"{progress['step']:,}",
        minutes=round(progress["seconds"] / 60),
        conversations=f"{progress['conversations']:,}",
        machine=_machine(facts["machine"]),
        abilities="\n".join(_line(name, entry) for name, entry in result.items()),
    )
    (model / "README.md").write_text(filled, encoding="utf-8")


def configure(model: Path, folder: Path) -> None:
    """Write the yaml of a model that has none: that of `pocket` with another name and size."""
    path = folder / f"{model.name}.yaml"
    if path.exists():
        return
    text = (folder / f"{FIRST}.yaml").read_text(encoding="utf-8")
    text = text.replace(f"name: {FIRST}\n", f"name: {model.name}\n")
    text = text.replace(f"models/{FIRST}}}", f"models/{model.name}}}")
    text = text.replace("# The model in this repository:", "# The smaller model in this repository:")
    path.write_text(text.replace("For 3.7 million", f"For {_millions(model)} million"), encoding="utf-8")


def _millions(model: Path) -> str:
    """Return the number of weights, in millions, from the file's size: two bytes each, and a short head."""
    return f"{(model / 'model.safetensors').stat().st_size / 2e6:.1f}"


def _machine(facts: Mapping[str, Any]) -> str:
    processes = f"{facts['processes']} process{'es' if facts['processes'] > 1 else ''}"
    numbers = "bfloat16" if facts["bfloat16"] else "float32"
    return f"{processes} on {facts['processor'] or 'an unnamed processor'} ({facts['device']}), in {numbers}"


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
    parser.add_argument("--name", default=FIRST, help="of the model: its folders are models/NAME and results/runs/NAME")
    arguments = parser.parse_args()
    model = Path("models") / arguments.name
    write(model, Path("results/runs") / arguments.name)
    configure(model, YAML)


if __name__ == "__main__":
    main()
