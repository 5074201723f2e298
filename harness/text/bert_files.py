"""Whether plain torch and transformers would read an encoder's files alike: only then may transformers be left out.

transformers builds a BERT tokenizer of the vocabulary in tokenizer.json and the settings in tokenizer_config.json;
`Tokenizer.from_file` takes all of it from tokenizer.json. So both must say the same. What is missing, damaged or odd
is no error here: transformers reads it, or says what is wrong.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

CONFIG, TOKENIZER, TOKENIZER_CONFIG = "config.json", "tokenizer.json", "tokenizer_config.json"
SPECIAL_TOKENS, ADDED_TOKENS = "special_tokens_map.json", "added_tokens.json"
FIXED: Final = {"model_type": "bert", "hidden_act": "gelu"}
"""entries of the configuration that must be so"""
COUNTS: Final = ("num_hidden_layers", "num_attention_heads", "hidden_size")
"""entries that are used, and whole numbers above 0"""
UNSET: Final = ("is_decoder", "add_cross_attention", "chunk_size_feed_forward", "quantization_config")
"""entries that change what is computed"""
CLASSES: Final = frozenset({"BertTokenizer", "BertTokenizerFast"})
MARKS: Final = {f"{name.lower()}_token": f"[{name}]" for name in ("UNK", "CLS", "SEP", "PAD", "MASK")}
"""entry of a tokenizer's configuration -> its token"""
NORMALISED: Final[Mapping[str, tuple[str, bool | None]]] = {
    "lowercase": ("do_lower_case", True),
    "handle_chinese_chars": ("tokenize_chinese_chars", True),
    "strip_accents": ("strip_accents", None),
}
"""setting of tokenizer.json -> entry of tokenizer_config.json, and what transformers takes without it"""
LEFT_SIDE: Final = ("padding_side", "truncation_side")
MORE_TOKENS: Final = ("additional_special_tokens", "extra_special_tokens")
WORD_PIECES: Final = {
    "type": "WordPiece",
    "unk_token": "[UNK]",
    "continuing_subword_prefix": "##",
    "max_input_chars_per_word": 100,
}


def plain_config(config: Mapping[str, Any]) -> bool:
    """Return whether a model's configuration has all entries that plain torch uses, and none that it does not know."""
    fixed = all(config.get(name) == value for name, value in FIXED.items())
    counts = [config[name] for name in COUNTS]
    whole = all(_is_count(one) and one > 0 for one in counts) and _is_count(config.get("pad_token_id", 0))
    unset = not any(config.get(name) for name in UNSET)
    absolute = config.get("position_embedding_type", "absolute") == "absolute"
    return fixed and unset and absolute and whole and counts[2] % counts[1] == 0 and config["layer_norm_eps"] > 0


def plain_tokenizer(folder: Path) -> bool:
    """Return whether the tokenizer of a folder is that of BERT, and all its files say the same of it.

    Raises:
        OSError, ValueError, KeyError, TypeError, AttributeError: a file cannot be read, or is something else.
    """
    settings, content = _read(folder / TOKENIZER_CONFIG), _read(folder / TOKENIZER)
    named = _read(folder / SPECIAL_TOKENS) if (folder / SPECIAL_TOKENS).exists() else {}
    if settings["tokenizer_class"] not in CLASSES or (folder / ADDED_TOKENS).exists():
        return False
    if any(settings.get(name) for name in MORE_TOKENS) or any(
        settings.get(name, "right") != "right" for name in LEFT_SIDE
    ):
        return False
    marks = all(_token(own.get(entry, token)) == token for own in (settings, named) for entry, token in MARKS.items())
    return marks and not named.keys() - MARKS.keys() and _normalised(content, settings) and _parts(content, settings)


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _token(value: Any) -> str:
    return str(value["content"] if isinstance(value, dict) else value)


def _normalised(content: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    wanted = {own: settings.get(entry, without) for own, (entry, without) in NORMALISED.items()}
    found: bool = content["normalizer"] == {"type": "BertNormalizer", "clean_text": True, **wanted}
    return found


def _parts(content: Mapping[str, Any], settings: Mapping[str, Any]) -> bool:
    """Return whether words, pieces, special tokens and what stands around a text are those of every BERT."""
    model = content["model"]
    around = [
        {"SpecialToken": {"id": "[CLS]", "type_id": 0}},
        {"Sequence": {"id": "A", "type_id": 0}},
        {"SpecialToken": {"id": "[SEP]", "type_id": 0}},
    ]
    ids = {name: kept["ids"] for name, kept in content["post_processor"]["special_tokens"].items()}
    return (
        content["pre_tokenizer"] == {"type": "BertPreTokenizer"}
        and {name: model[name] for name in WORD_PIECES} == WORD_PIECES
        and content["post_processor"]["single"] == around
        and all(ids[token] == [model["vocab"][token]] for token in ("[CLS]", "[SEP]"))
        and _known(content["added_tokens"], settings.get("added_tokens_decoder") or {}, model["vocab"])
    )


def _known(added: list[dict[str, Any]], decoder: Mapping[str, Any], vocabulary: Mapping[str, int]) -> bool:
    """Return whether exactly the special tokens are added, at their places, and read as nothing but themselves."""
    flags = ("single_word", "lstrip", "rstrip", "normalized")
    tokens = [*added, *({**token, "id": int(number)} for number, token in decoder.items())]
    plain = all(token["special"] and not any(token[flag] for flag in flags) for token in tokens)
    placed = all(token["id"] == vocabulary[token["content"]] for token in tokens)
    return plain and placed and {token["content"] for token in added} == set(MARKS.values())
