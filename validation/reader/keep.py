"""Keep a trained reader as models/reader: `python -m validation.reader.keep FOLDER`.

Weights are stored in bfloat16, without the word embeddings, which training leaves as the encoder's package has them.
"""

import sys
from pathlib import Path
from typing import Final

from harness.cli.config import ROOT
from harness.judges.reader import EMBEDDINGS

KEPT: Final = ROOT / "models/reader"


def keep(trained: Path, kept: Path = KEPT) -> None:
    """Write weights and configuration of the reader in `trained` to `kept`."""
    import torch
    from safetensors.torch import load_file, save_file

    weights = load_file(trained / "model.safetensors")
    kept.mkdir(parents=True, exist_ok=True)
    smaller = {name: value.to(torch.bfloat16).contiguous() for name, value in weights.items() if name != EMBEDDINGS}
    save_file(smaller, kept / "model.safetensors")
    (kept / "config.json").write_bytes((trained / "config.json").read_bytes())


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
