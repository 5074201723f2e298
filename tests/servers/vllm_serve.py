"""A real vLLM on a port of its own, by the Python that CUTLERY_VLLM names (docs/SERVERS.md)."""

import os
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

SECONDS = 1800.0
"""until it answers: minutes on a processor, more beside other work"""
SMALL = ["--enforce-eager", "--gpu-memory-utilization", "0.15", "--dtype", "float32"]
"""nothing is compiled, and of the machine's memory little is taken, whether it is a GPU's or not"""


def environment(cache: Path) -> dict[str, str]:
    quiet = {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "VLLM_CPU_KVCACHE_SPACE": "1"}
    return {**os.environ, **quiet, "HF_HOME": str(cache), "OMP_NUM_THREADS": "1"}


def python() -> str:
    return os.environ.get("CUTLERY_VLLM", "")


def missing() -> str:
    """Return why no vLLM runs here; "" if one does."""
    if not python():
        return "CUTLERY_VLLM names no Python with vLLM (docs/SERVERS.md says how to install it)"
    try:
        line = [python(), "-c", "from vllm import LLM"]
        ended = subprocess.run(line, capture_output=True, text=True, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{python()} does not start vLLM: {error}"
    if ended.returncode < 0:
        return f"vLLM was ended by signal {-ended.returncode} (4: an instruction that this processor has not)"
    return "" if ended.returncode == 0 else f"vLLM does not run here: {ended.stderr.strip()[-300:]}"


@contextmanager
def vllm_serve(command: list[str], url: str, cache: Path):
    """Run a command of `make serve`. The log lies in `cache`/vllm.log."""
    with (cache / "vllm.log").open("wb") as log:
        process = subprocess.Popen([*command, *SMALL], env=environment(cache), stdout=log, stderr=subprocess.STDOUT)
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
