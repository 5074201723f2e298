"""What `make serve` has noted of a server, as `model=server` reads it: address, adapters and revision."""

import json
from pathlib import Path
from typing import Any, Final

from harness.store.files import fitting

URL: Final = "http://127.0.0.1:8000/v1"
"""where vLLM serves unless it is told otherwise"""
SERVED: Final = "served"
"""folder of the store with what was served: TASK/MODEL,seed=N.json"""


def served_file(store: Path, task: str, model: str, seed: int) -> Path:
    """Return the file that says what was served last under a name for a task."""
    return store / SERVED / fitting(task.replace("/", "_")) / fitting(model.replace("/", "_"), f",seed={seed}.json")


def remembered(store: str, task: str, model: str, seed: Any, key: str, otherwise: Any) -> Any:
    """Return a setting of what was served last under this name, for the yaml of `model=server`.

    Args:
        store: folder of the store.
        task: name of the task.
        model: name under which the base is served.
        seed: of the adapters.
        key: the setting.
        otherwise: where nothing was noted.
    """
    try:
        path = served_file(Path(store).expanduser(), str(task), str(model), int(seed))
        return json.loads(path.read_text(encoding="utf-8")).get(key, otherwise)
    except (OSError, ValueError, TypeError, AttributeError):
        return otherwise
