"""`python -m harness.cli.convert FOLDER NEW_FOLDER`: a checkpoint's or adapter's pickled weights as safetensors.

Unpickling can run any code that somebody wrote into a file. Here torch reads tensors and nothing else (weights_only):
a file that holds more is refused, and nothing of it is executed.
"""

import json
import pickle
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.cli.reader_gone import quiet_when_reader_goes
from harness.errors import ArmError, CutleryError, reason
from harness.store.files import replacing, write_text

WEIGHTS: Final = ("pytorch_model*.bin", "model*.bin", "adapter_model.bin", "consolidated*.pth")
"""how files with pickled weights are called, by whatever wrote them"""
FOREIGN: Final = re.compile(r"(?:GLOBAL|class|global:?) `?([A-Za-z_][\w.]+\.\w+)")
"""how PyTorch names what a file would execute"""
LEFT_OUT: Final = (".bin", ".pt", ".pth", ".ckpt", ".safetensors", ".h5", ".msgpack", ".gguf", ".onnx", ".py")
"""weights in other formats, training states and code are not copied"""


def convert(source: Path, target: Path) -> list[Path]:
    """Write the weights of a folder as safetensors into a new one, with its configuration and tokenizer.

    Args:
        source: of a checkpoint or an adapter.
        target: is made; must not hold anything yet.

    Returns:
        The weight files that were written.

    Raises:
        ArmError: there are no pickled weights, a file holds more than tensors, or the target is not empty.
        StoreError: the target cannot be written.
    """
    pickled = [path for pattern in WEIGHTS for path in sorted(source.glob(pattern))]
    if not pickled:
        raise ArmError(f"{source}: holds no pickled weights ({', '.join(WEIGHTS)})")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ArmError(f"{target}: is there already; name a new folder")
    names = {path.with_suffix(".safetensors").name.removeprefix("pytorch_"): path for path in pickled}
    written = {name: _written(_tensors(path), target / name) for name, path in names.items()}
    if len(written) > 1:
        _write_index(written, target)
    for path in sorted(source.iterdir()):
        if path.is_file() and path.suffix not in LEFT_OUT and not path.name.endswith(".index.json"):
            shutil.copy2(path, target / path.name)
    return [target / name for name in written]


def _tensors(path: Path) -> Mapping[str, Any]:
    import torch

    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # pickle's errors, and those of whatever stands in the file
        raise ArmError(f"{path}: {_fault(error)}; nothing of it was executed") from error
    found = found.get("state_dict", found) if isinstance(found, dict) else found
    if not isinstance(found, dict) or not all(isinstance(tensor, torch.Tensor) for tensor in found.values()):
        raise ArmError(f"{path}: holds {type(found).__name__} and not a table of tensors")
    return found


def _fault(error: Exception) -> str:
    """Return why a file is not read, without PyTorch's advice to read it in a way that executes it."""
    if isinstance(error, pickle.UnpicklingError):
        named = FOREIGN.search(str(error))
        return f"is cut, or holds more than weights{f' ({named[1]})' if named else ''}; take it as safetensors"
    return f"is cut, or no file of weights ({reason(error)})"


def _written(tensors: Mapping[str, Any], path: Path) -> Sequence[str]:
    """Save the tensors, tied ones once each, and return their names."""
    from safetensors.torch import save_file

    with replacing(path) as unfinished:
        save_file(
            {name: one.detach().clone().contiguous() for name, one in tensors.items()}, unfinished, {"format": "pt"}
        )
    return list(tensors)


def _write_index(written: Mapping[str, Sequence[str]], target: Path) -> None:
    places = {tensor: name for name, tensors in written.items() for tensor in tensors}
    size = sum((target / name).stat().st_size for name in written)
    index = {"metadata": {"total_size": size}, "weight_map": places}
    write_text(target / "model.safetensors.index.json", json.dumps(index, indent=1))


@quiet_when_reader_goes
def main() -> None:
    """Convert the folder that the command line names."""
    if len(sys.argv) != 3 or {"-h", "--help"} & set(sys.argv):
        sys.exit(f"python -m harness.cli.convert FOLDER NEW_FOLDER\n\n{__doc__}")
    try:
        print(*convert(Path(sys.argv[1]).expanduser(), Path(sys.argv[2]).expanduser()), sep="\n")
    except CutleryError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
