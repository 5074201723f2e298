"""What a checkpoint's files say of themselves, compared before anything large is read or allocated."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.errors import ArmError, reason

WEIGHTS: Final = "model.safetensors"
INDEX: Final = f"{WEIGHTS}.index.json"
WHOLE_NUMBERS: Final = frozenset({"I8", "U8", "I16", "U16", "I32", "U32", "I64", "U64", "BOOL"})
SMALL_FLOATS: Final = ("F8", "F6", "F4")
"""how types of floats begin that are stored with scales"""
GENERATION: Final = "generation_config.json"
COUNTS: Final = (
    "num_hidden_layers", "hidden_size", "intermediate_size", "vocab_size", "num_attention_heads",
    "num_key_value_heads", "head_dim",
)  # fmt: skip
"""numbers of config.json by which memory is allocated"""


def check_checkpoint(folder: Path, config: Any) -> None:
    """Compare config.json with the heads of the weight files, which say how many tensors there are and how large.

    Args:
        folder: of the checkpoint.
        config: the model's text configuration, as transformers reads it.

    Raises:
        ArmError: a weight file is cut or no safetensors, or the configuration asks for more than the files hold.
    """
    shapes = dict(_tensors(folder))
    if not shapes:
        return  # weights in another format: transformers decides
    numbers = {name: getattr(config, name, None) for name in COUNTS}
    bounds = {name: max((max(shape, default=0) for shape in shapes.values()), default=0) for name in COUNTS}
    bounds["num_hidden_layers"] = len(shapes)
    for name, number in numbers.items():
        if number is None or isinstance(number, list):  # a list: one for each layer
            continue
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= 64 * bounds[name]:
            raise ArmError(
                f"{folder / 'config.json'}: {name} is {str(number)[:40]}, which does not fit the weights beside it "
                f"({len(shapes):,} tensors, none longer than {max(bounds.values()):,}); take both files from one model"
            )


def check_stops(folder: Path, config: Any) -> None:
    """Compare the ids that end an answer, as the checkpoint's files name them, with the rows of the embedding.

    Args:
        folder: of the checkpoint.
        config: the model's text configuration.

    Raises:
        ArmError: one is beyond them, so that no answer ever ends with it.
    """
    rows = getattr(config, "vocab_size", None)
    own = config.eos_token_id if hasattr(config, "eos_token_id") else None
    for name, named in (("config.json", own), (GENERATION, _stops_of(folder / GENERATION))):
        ids = named if isinstance(named, list) else [named]
        beyond = [one for one in ids if isinstance(one, int) and isinstance(rows, int) and one >= rows]
        if beyond:
            raise ArmError(
                f"{folder / name}: eos_token_id is {beyond[0]}, beyond the vocabulary of {rows:,}, so that no answer "
                "ends with it: the file is another model's; copy that of this model, or write the id of the token that "
                "ends an answer"
            )


def _stops_of(path: Path) -> Any:
    """Return what generation_config.json says of the end of an answer; None without it."""
    try:
        return json.loads(path.read_text(encoding="utf-8")).get("eos_token_id")
    except (OSError, ValueError, AttributeError, RecursionError):
        return None


def check_vocabulary(tokenizer: Any, config: Any, stop_ids: Sequence[int]) -> None:
    """Compare the tokens that the tokenizer writes with the rows of the model's embedding.

    A few added tokens beyond it are common (for images, in a model of text), as long as they are never written.

    Raises:
        ArmError: the tokenizer has tokens for which the model has no row: it is another model's.
    """
    rows = getattr(config, "vocab_size", None)
    if not isinstance(rows, int):
        return
    added = tokenizer.get_added_vocab()
    beyond = [token for token, at in tokenizer.get_vocab().items() if at >= rows and token not in added]
    beyond += [token for token, at in added.items() if at >= rows and at in stop_ids]
    if beyond:
        raise ArmError(
            f"the tokenizer has {len(beyond):,} tokens, such as {beyond[0]!r}, for which the model's vocabulary of "
            f"{rows:,} has no place: tokenizer and weights are of different models"
        )


def _tensors(folder: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield name and shape of every tensor in the safetensors files of a checkpoint; no weights are read."""
    for path in weight_files(folder):
        yield from tensors_of(path)


def tensors_of(path: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield name and shape of every tensor in a safetensors file, by its head alone.

    Raises:
        ArmError: it is no such file, or cut.
    """
    for name, entry in _head(path).items():
        if name != "__metadata__":
            yield name, tuple(entry["shape"])


def check_types(folder: Path) -> None:
    """Refuse whole numbers and floats of 8 bits as weights, which mean something only beside their scales.

    Args:
        folder: of a checkpoint whose configuration says nothing of quantisation.

    Raises:
        ArmError: a weight is of such numbers.
    """
    entries = [pair for path in weight_files(folder) for pair in _head(path).items()]
    types = {name: str(entry.get("dtype")) for name, entry in entries if name.endswith(".weight")}
    scaled = [name for name, dtype in types.items() if dtype in WHOLE_NUMBERS or dtype.startswith(SMALL_FLOATS)]
    if scaled:
        what = "whole numbers" if types[scaled[0]] in WHOLE_NUMBERS else f"floats of few bits, {types[scaled[0]]}"
        raise ArmError(
            f"{len(scaled):,} of its weights are {what} ({scaled[0]}): they are quantised, and config.json has no "
            "quantization_config that says how; take the model's unquantised weights"
        )


def weight_files(folder: Path) -> list[Path]:
    """Return the safetensors files of a checkpoint; [] of one with weights in another format.

    Raises:
        ArmError: the index names a file that is not there, or is no index.
    """
    index = folder / INDEX
    if not index.is_file():
        return [path for path in [folder / WEIGHTS] if path.is_file()]
    try:
        content = json.loads(index.read_text(encoding="utf-8"))
        files = [folder / name for name in sorted(set(content["weight_map"].values()))]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ArmError(f"{index}: is no list of weight files ({reason(error)}); copy it again") from error
    for path in files:
        if not path.is_file():
            raise ArmError(f"{path}: no such file, but {INDEX} names it; copy the whole checkpoint")
    if not isinstance(content.get("metadata"), dict):
        raise ArmError(f'{index}: has no "metadata", which libraries read; add "metadata": {{}}, or copy it again')
    return files


def _head(path: Path) -> Mapping[str, Any]:
    """Return the head of a safetensors file: 8 bytes of length, then JSON that says where each tensor lies.

    Raises:
        ArmError: it is no such head, or the file does not end where the last tensor does.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        if size < 8 or length > size - 8:
            raise ArmError(f"{path}: is no safetensors file, or only its beginning ({size:,} bytes); copy it again")
        text = stream.read(length)
    try:
        head = dict(json.loads(text))
        ends = [entry["data_offsets"][1] for name, entry in head.items() if name != "__metadata__"]
        shapes_are_lists = all(isinstance(entry["shape"], list) for name, entry in head.items() if name[0] != "_")
        wanted = 8 + length + max(ends, default=0)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise ArmError(f"{path}: is no safetensors file ({reason(error)}); copy it again") from error
    if size != wanted or not shapes_are_lists:
        raise ArmError(f"{path}: has {size:,} bytes, and its head says {wanted:,}; copy it again")
    return head
