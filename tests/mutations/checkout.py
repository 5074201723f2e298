"""Copies of the checkout, the experiments that run in them, and what a user sees of these."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from tests.mutations import own_data
from tests.mutations.mutation import EXPERIMENTS, Edit, Mutation

ROOT = Path(__file__).resolve().parents[2]
CODE = ("conf", "datasets", "harness", "models", "pipelines")
"""folders that an experiment reads: while they stay as they are, outcomes are used again"""
LONGEST_RUN = 600
"""seconds of one command"""
FLAG = re.compile(r"^! ([^:]{1,60}): (.*)$")
"""a warning on the terminal"""
ERROR = re.compile(r"^\w*(?:Error|Exception)\b.*")
AGAIN = re.compile(r".* (?:is damaged|made again).*")


def tracked() -> list[str]:
    """Return the paths of all files of the repository, as they lie in the working folder."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(name for name in listed.split("\0") if name and (ROOT / name).is_file())


def fingerprint() -> str:
    """Return what identifies the code and data under test."""
    total = sha256()
    for name in tracked():
        if name.split("/")[0] in CODE:
            total.update(f"{name} {sha256((ROOT / name).read_bytes()).hexdigest()}\n".encode())
    return total.hexdigest()[:12]


def copy(folder: Path) -> Path:
    """Copy the tracked files, with a user's own data among them; what an interrupted copy left is removed."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in tracked():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    own_data.write(folder)
    return folder


def apply(edit: Edit, folder: Path) -> None:
    """Break one file of a copy."""
    path = folder / edit.path
    path.write_text(edit.broken(path.read_text(encoding="utf-8")), encoding="utf-8")


@dataclass(frozen=True)
class Seen:
    """What a user sees of an experiment."""

    status: int
    """the worst exit status of its commands; 124: one did not end"""
    flags: Mapping[str, str] = field(default_factory=dict)
    """topic -> text of each warning on the first page"""
    refused: Mapping[str, str] = field(default_factory=dict)
    """cell without a record -> why"""
    errors: tuple[str, ...] = ()
    """lines that name an error"""
    again: tuple[str, ...] = ()
    """lines that name a damaged artifact"""
    figures: str = ""
    """digest of the figures of all tables"""
    output: str = ""
    """all that was printed"""


def run(experiment: str, checkout: Path, folder: Path) -> Seen:
    """Run an experiment in a copy; `folder` holds its results and its store."""
    status, outputs = 0, []
    for command in EXPERIMENTS[experiment]:
        own = [f"results={folder}/results", f"store={folder}/store", "strict=true", *command]
        code, output = python(checkout, "-m", "harness", *own)
        status = max(status, code)
        outputs.append(output)
    return _seen(status, "\n".join(outputs), folder / "results")


def python(checkout: Path, *arguments: str) -> tuple[int, str]:
    """Run this Python in a copy; return exit status and output."""
    environment = {
        **os.environ, "PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false", "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=checkout, env=environment, text=True, check=False, timeout=LONGEST_RUN,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        text = error.stdout.decode(errors="replace") if isinstance(error.stdout, bytes) else error.stdout or ""
        return 124, f"{text}\ndid not end within {LONGEST_RUN} s"
    return abs(done.returncode), done.stdout


def _seen(status: int, output: str, results: Path) -> Seen:
    lines = output.splitlines()
    refused = {}
    for path in sorted(results.rglob("records/*.refused.json")):
        refused[path.name.removesuffix(".refused.json")] = str(json.loads(path.read_text(encoding="utf-8"))["reason"])
    return Seen(
        status,
        _flags(lines),
        refused,
        tuple(line for line in lines if ERROR.match(line)),
        tuple(line for line in lines if AGAIN.match(line)),
        _figures(results),
        output,
    )


def _flags(lines: list[str]) -> dict[str, str]:
    """Return the warnings of all tables on the terminal; a long one goes on in indented lines."""
    flags: dict[str, str] = {}
    topic = ""
    for line in lines:
        begun = FLAG.match(line)
        if begun:
            topic = begun[1]
            flags[topic] = f"{flags[topic]}; {begun[2]}" if topic in flags else begun[2]
        elif topic and line.startswith("  ") and line.strip():
            flags[topic] += f" {line.strip()}"
        else:
            topic = ""
    return flags


def _figures(results: Path) -> str:
    """Digest every figure of the tables but for costs, which are measured anew in every run."""
    total = sha256()
    for path in sorted(results.rglob("table.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                kept = {name: value for name, value in row.items() if "fingerprint" not in str(name)}
                total.update(f"{path.parent.name} {sorted(kept.items())}\n".encode())
    return total.hexdigest()


TESTS = {"conf": "tests/harness/cli", "models": "tests/pocket", "datasets": "tests/pocket"}
"""first part of a path -> its tests, where no folder of tests mirrors it"""
WHOLE = "tests/test_end_to_end.py"
"""tried last for code: from data to table"""


def tests_of(mutation: Mutation) -> list[str]:
    """Return the test files and folders that mirror the edited files: the nearest first."""
    chosen: list[str] = []
    for path in map(Path, mutation.paths):
        folder = Path("tests") / path.parent
        if path.parts[0] in TESTS:
            chosen.append(TESTS[path.parts[0]])
        elif (ROOT / folder).is_dir():
            named = sorted(one.relative_to(ROOT).as_posix() for one in (ROOT / folder).rglob(f"test_{path.stem}*.py"))
            chosen += [*named, folder.as_posix()]
    whole = [WHOLE] if any(path.split("/")[0] in ("harness", "pipelines") for path in mutation.paths) else []
    return list(dict.fromkeys([*chosen, *mutation.tests, *whole]))


def restore(source: Path, folder: Path, mutation: Mutation) -> None:
    """Put the sound run's store in place, without what is made anew, and its results if they are kept."""
    folder.mkdir(parents=True)
    if "*" not in mutation.anew:
        shutil.copytree(source / "store", folder / "store", ignore=shutil.ignore_patterns("*.lock"))
        for kind in mutation.anew:
            shutil.rmtree(folder / "store" / kind, ignore_errors=True)
    if mutation.keeps_results:
        shutil.copytree(source / "results", folder / "results")
