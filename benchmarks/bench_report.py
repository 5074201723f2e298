"""report.html of 300 and of 10,000 examples × 5 arms: time and memory to build, time until it can be used, to filter.

    python -m benchmarks.bench_report [COUNT] [--huge] [--write]

--huge: 100,000 examples as well (a quarter of an hour); --write: puts what was measured into docs/SCALE.md.
The small one is what most people open: it is usable when its first row is shown and a filter leaves what it should.

The browser's part needs a Chromium on the path; without one only the building is measured.
"""

import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.pages import write_section
from harness.cli.config import ROOT, compose, costing, reports
from harness.cli.tables import compared, put
from harness.machine.environment import machine
from harness.machine.measured import Span
from harness.reports.html.report import Html
from harness.types import Cell, Document, Example, Passage, Prediction, Record, Score

ARMS = ("base", "rag", "qlora", "hybrid", "raft")
METRICS = {
    name: {"unit": "share", "higher_is_better": True, "worst": 0.0, "key": name}
    for name in ("exact_match", "token_f1", "rouge_l", "chrf")
}
SMALL, LARGE, HUGE = 300, 10_000, 100_000
"""examples"""
BUILD_SECONDS, BUILD_MEGABYTES = 60, 500
"""bars of building table and page from records; the seconds are for up to 10,000 examples, and grow with more"""
BARS = {"first paint, s": 3.0, "slowest choice, ms": 200}
USABLE_SECONDS, FILE_MEGABYTES = 2.0, 5.0
"""bars of the small report"""
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = ["".join(Random(place).choices(LETTERS, k=2 + place % 7)) for place in range(5000)]


def _text(number: int, words: int) -> str:
    return " ".join(Random(number * 1000 + words).choices(WORDS, k=words))


def _record(arm: str, examples: Sequence[Example], passages: Sequence[Passage]) -> Record:
    shown = (arm in ("rag", "hybrid", "raft")) * 4
    predictions = tuple(
        Prediction(
            example.id,
            f"{_text(place * len(ARMS) + ARMS.index(arm), 30)} {place}.",
            tuple(passages[(place + offset) % len(passages)] for offset in range(shown)),
            (Span("prefill", 0.5, 300, 1, batch_size=32), Span("decode", 0.7, 0, 30, batch_size=32)),
            "stop",
            prompt_sha256="ab" * 32,
            prompt=("<s>Answer the question.\n", str(example.input)),
        )
        for place, example in enumerate(examples)
    )
    scores = tuple(
        Score(example.id, name, (place * 31 + len(arm) * 17 + len(name)) % 100 / 100)
        for name in METRICS
        for place, example in enumerate(examples)
    )
    cell = Cell("load", "none", arm, 0)
    documents = tuple(Document(f"d{place}", "", f"{_text(place, 60)} {place}") for place in range(len(examples)))
    return Record(
        cell, {}, arm * 16, "c", {}, {}, METRICS, (), tuple(examples), predictions, scores, evidence=documents
    )


def _example(place: int) -> Example:
    question, answer = f"{_text(place, 20)} {place}?", _text(place, 10)
    return Example(f"e{place:05}", question, (answer,), (f"d{place}",), slice="ab"[place % 2])


def _write_records(folder: Path, count: int) -> None:
    from harness.store.records import records

    examples = [_example(place) for place in range(count)]
    passages = [Passage(f"d{place}", f"{_text(place, 60)} {place}", 0, 100, 0.5) for place in range(count)]
    for arm in ARMS:
        records.write(_record(arm, examples, passages), folder / "records" / f"{arm},seed=0.jsonl")


def build(folder: Path) -> tuple[float, float]:
    """Return the processor's seconds and the peak megabytes of making the page from records on disk."""
    config = compose([])
    html = [one for one in reports(config) if isinstance(one, Html)]
    began = time.process_time()
    put(folder, html, compared(folder, costing(config)))
    return time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def browse(path: Path, browser: str, count: int) -> dict[str, float]:
    """Return seconds to the first paint, the first row and the first filtered rows, and the slowest choice's ms.

    Raises:
        SystemExit: a filter leaves other examples than it should.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = chromium.new_page()
        began = time.perf_counter()
        page.goto(path.as_uri())
        page.wait_for_selector("#rows .row")
        ready = time.perf_counter() - began
        page.fill("#q", f"e{count - 1:05}")
        left = page.inner_text("#count")
        usable = time.perf_counter() - began
        if not left.startswith("1 of"):
            sys.exit(f"the filter for one example's id left: {left}")
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000
        slowest = max(_choices(page))
        chromium.close()
    return {"first paint, s": paint, "first row, s": ready, "filtered, s": usable, "slowest choice, ms": slowest}


def _choices(page: Any) -> list[float]:
    took = []
    for field, value in (("q", "no words 77"), ("q", ""), ("low", "0.9"), ("low", ""), ("q", " b")):
        page.fill(f"#{field}", value)
        took.append(float(page.get_attribute("#rows", "data-milliseconds")))
    for field, value in (("flips", "won"), ("flips", ""), ("sort", "difference"), ("sort", "spread"), ("slice", "a")):
        page.select_option(f"#{field}", value)
        took.append(float(page.get_attribute("#rows", "data-milliseconds")))
    return took


def main() -> None:
    """Print what was measured; fail where it is more than a reader should wait."""
    if "--build" in sys.argv:  # in a process of its own: its peak is that of the building alone
        print(*build(Path(sys.argv[-1])))
        return
    given = [int(one) for one in sys.argv[1:] if one.isdigit()] or [
        SMALL,
        LARGE,
        *([HUGE] if "--huge" in sys.argv else []),
    ]
    slow, said = list[str](), list[str]()
    for count in given:
        with tempfile.TemporaryDirectory() as folder:
            slow += _measure(Path(folder), count, said)
    if "--write" in sys.argv:
        write_section(ROOT / "docs/SCALE.md", "report", _page(said))
    sys.exit(f"slower or larger than a reader should bear: {'; '.join(slow)}" if slow else 0)


def _page(said: Sequence[str]) -> str:
    where = f"{machine()['processor'].get('name', '')}, load {' '.join(f'{one:.1f}' for one in os.getloadavg())}"
    return "\n".join([f"By `python -m benchmarks.bench_report --huge --write` on {where} at the end.\n", *said])


def _measure(folder: Path, count: int, said: list[str]) -> list[str]:
    """Print what one report takes and add it to `said`; return what is above its bar."""
    import subprocess

    _write_records(folder, count)
    command = [sys.executable, "-m", "benchmarks.bench_report", "--build", str(folder)]
    seconds, megabytes = map(float, subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    path = folder / "report.html"
    size = path.stat().st_size / 1e6
    beside = sum(one.stat().st_size for one in (folder / "report.rows").glob("*")) / 1e6
    what = f"{count:,} examples × {len(ARMS)} arms"
    built = f"table and page in {seconds:.1f} s of processor time and {megabytes:.0f} MB of memory at most"
    said.append(f"- {what}: {built}; the page has {size:.1f} MB, the files beside it {beside:.1f} MB")
    print(said[-1], flush=True)
    bars = [("build, s", seconds, BUILD_SECONDS * max(1, count / LARGE)), ("build, MB", megabytes, BUILD_MEGABYTES)]
    bars += [("file, MB", size, FILE_MEGABYTES)] if count <= SMALL else []
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        print("  no Chromium on the path: not opened")
    else:
        seen = browse(path, browser, count)
        said.append(f"  - opened: {', '.join(f'{name} {value:.2f}' for name, value in seen.items())}")
        print(said[-1], flush=True)
        bars += [(name, seen[name], bar) for name, bar in BARS.items()]
        bars += [("filtered, s", seen["filtered, s"], USABLE_SECONDS)] if count <= SMALL else []
    return [f"{what}: {name} {value:.1f}, at most {bar:g}" for name, value, bar in bars if value > bar]


if __name__ == "__main__":
    main()
