"""`transformers serve` on a port of its own, without network or shared caches."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path


def command() -> str | None:
    """Return the program beside this Python, or None when it is not installed."""
    return shutil.which("transformers", path=str(Path(sys.executable).parent))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def transformers_serve(checkpoint: Path, cache: Path, seconds: float = 120.0):
    """Serve one checkpoint; yields the base URL. The log lies in `cache`/serve.log."""
    port = free_port()
    arguments = ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu", "--no-continuous-batching"]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_HOME": str(cache), "OMP_NUM_THREADS": "1"}
    with (cache / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [command(), "serve", str(checkpoint), *arguments], env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait(process, f"http://127.0.0.1:{port}/health", time.monotonic() + seconds, cache / "serve.log")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
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
            time.sleep(0.1)
    raise RuntimeError(f"transformers serve did not come up:\n{log.read_text(errors='replace')[-3000:]}")
