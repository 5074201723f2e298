"""`make bench`: every benchmark in turn, each on what the project ships or generates.

ARGS="--data DIR --model DIR --documents FILE --queries FILE" measures on your own.
"""

import subprocess
import sys

BENCHMARKS = (
    "bench_decide",
    "bench_engines",
    "bench_generate",
    "bench_index",
    "bench_report",
    "bench_score",
    "bench_search",
    "bench_selftest",
    "bench_stats",
    "bench_sweeps",
    "bench_timing",
)

if __name__ == "__main__":
    failed = [
        name
        for name in BENCHMARKS
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *sys.argv[1:]], check=False).returncode
    ]
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)
