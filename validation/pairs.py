"""How many true claims does a judge accept, and how many false ones that differ in one thing does it catch?

`python -m validation.pairs [--judge "lexical_differences words.threshold=0.3"] [FILE …]` prints a table per file of
validation/claim_pairs. All pairs were written for Cutlery. development: by the author of the judges. part_a and part_b:
without sight of the judges; part_a served to mend afterwards, part_b never has: look at it when all else is settled.
spelling: the same value, or another one, in another spelling; spelling_dev: the same, written with the reading of
values and mended by. values_dev, bound_dev, changes_dev: written on 2026-11-30 to mend version 8 of the judges by, by
someone who knew its code: values in another spelling in six languages; values said of another thing, year, row, step,
speaker or part; one word changed that is no value. paraphrase: hardly a word in common. written: claims of
validation/written_claims, four true and five false ones to each piece of evidence, restated from near to free.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

from harness.judges.judge import Judge, Judgement, Question
from validation.judges import judges

FOLDER: Final = Path(__file__).parent / "claim_pairs"
WRITTEN: Final = Path(__file__).parent / "written_claims"
DEFAULT: Final = ("lexical", "lexical_differences")


def accepted(judgement: Judgement) -> bool:
    """Return whether all that an answer claims is supported; one without claims is not accepted."""
    return bool(judgement.assertions) and all(claim.verdict == "supported" for claim in judgement.assertions)


def counted(judge: Judge, pairs: list[dict[str, Any]]) -> dict[str, tuple[int, int, int]]:
    """Return, by kind and in all: pairs, true claims that are accepted, false ones that are not."""
    verdicts = {
        side: [accepted(own) for own in judge.judge([Question(pair[side], (pair["evidence"],)) for pair in pairs])]
        for side in ("true", "false")
    }
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for pair, right, wrong in zip(pairs, verdicts["true"], verdicts["false"], strict=True):
        for kind in (pair["kind"], "all"):
            counts[kind] = [old + new for old, new in zip(counts[kind], (1, right, not wrong), strict=True)]
    return {kind: (own[0], own[1], own[2]) for kind, own in counts.items()}


def of_written(judge: Judge, rows: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    """Return, by kind of false claim and for the true ones: claims, and those that are accepted."""
    claims = [(row, "true", text) for row in rows for text in row["true"]]
    claims += [(row, one["kind"], one["text"]) for row in rows for one in row["false"]]
    judgements = judge.judge([Question(text, (row["evidence"],), row["question"]) for row, _, text in claims])
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for (_, kind, _), judgement in zip(claims, judgements, strict=True):
        for name in dict.fromkeys((kind, "true" if kind == "true" else "false")):
            counts[name] = [counts[name][0] + 1, counts[name][1] + accepted(judgement)]
    return {kind: (own[0], own[1]) for kind, own in counts.items()}


def main() -> None:
    """Print a table per file and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", help="names without ending; all but part_b without any")
    parser.add_argument("--judge", action="append", help='"NAME KEY=VALUE …"; can be repeated')
    given = parser.parse_args()
    if given.files == ["written"]:
        _print_written(judges(given.judge or DEFAULT))
        return
    files = given.files or sorted(path.stem for path in FOLDER.glob("*.jsonl") if path.stem != "part_b")
    for name, judge in judges(given.judge or DEFAULT).items():
        for file in files:
            lines = (FOLDER / f"{file}.jsonl").read_text(encoding="utf-8").splitlines()
            for kind, (pairs, right, caught) in counted(judge, [json.loads(line) for line in lines]).items():
                shares = f"true accepted {right / pairs:.3f}, false caught {caught / pairs:.3f}"
                if kind == "all" or len(files) == 1:
                    print(f"{name:<24} {file:<12} {kind:<12} {pairs:>4} pairs: {shares}", flush=True)


def _print_written(chosen: dict[str, Judge]) -> None:
    lines = [line for path in sorted(WRITTEN.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    for name, judge in chosen.items():
        for kind, (claims, right) in of_written(judge, [json.loads(line) for line in lines]).items():
            print(f"{name:<24} {kind:<12} {claims:>6} claims: accepted {right / claims:.3f}", flush=True)


if __name__ == "__main__":
    main()
