"""The yaml of a task, made from its data: conf/task/jsonl.yaml and its comments with what `make init` found."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, Final

import yaml

from harness.cli.config import ROOT
from harness.tasks.formats.loading import TOLD
from harness.tasks.jsonl import JsonlTask
from harness.tasks.loaded import brings_system_turn
from harness.tasks.reference_kinds import ReferenceKind, reference_kind
from harness.text.tokens import words
from harness.types import SPLITS, THE_INPUT, Example

PATTERN: Final = ROOT / "conf/task/jsonl.yaml"
LETTERS_PER_TOKEN: Final = 3
"""of English in one token; tokenizers write more. Of other scripts each byte may be a token, digits and signs are"""
LETTERS: Final = re.compile(r"[A-Za-z ]")
STEP: Final = 16
"""limits of tokens are multiples of it"""
SMALLEST: Final = 32
"""tokens: a model that says more than a word is not cut off"""
LARGEST: Final = 1_024
"""tokens of an answer; longer references are rare ones"""
ROOM: Final = 1.25
"""an answer may be longer than the longest reference"""
MODERATE: Final = 256
"""tokens up to which even one longest reference decides"""
USUAL: Final = 0.99
"""share of the references that surely fit"""
FAR: Final = 2
"""times as long as these, from which on the longest ones are odd ones"""
LONG: Final = 300
"""words of an input from which on it may not fit"""
NAMED_LABELS: Final = 12
"""labels that an instruction lists"""
READING: Final = (*TOLD, "documents_sheet", "documents_header_row")
"""settings on how files are read"""
ASKS: Final = re.compile(r"[?？]\s*$")
ENDS: Final = re.compile(r"[.!?。！？।؟…][\"'”’»)]*\s*$")
SENTENCE: Final = 4
"""words of a sentence at least"""
LINE: Final = re.compile(r"\A(?P<indent> {0,4})(?P<key>\w{1,40}):[^#]*(?P<comment>#.*)?$")


@dataclass(frozen=True)
class Choices:
    """What a yaml is to say."""

    settings: Mapping[str, Any]
    """dotted key -> value"""
    metrics: tuple[str, ...]
    """names of conf/metric"""
    why: str
    """what was chosen by the data, for the user"""


def chosen(task: JsonlTask, node: Mapping[str, Any], name: str) -> Choices:
    """Return what the yaml of a task says: the configuration as it was built, and what its data suggest.

    Args:
        task: built from the node.
        node: of the configuration.
        name: of the task.
    """
    examples = [example for split in SPLITS for example in task.examples(split)]
    kind = reference_kind(examples)
    unanswerable = any(not example.answerable for example in examples)
    documents = any(not document.example_id for document in task.documents())
    evidence = any(example.evidence for example in examples)
    tokens, instruction = _tokens(examples), _instruction(kind, node, examples)
    place = Path(str(node["dir"]))
    settings = {
        "name": name,
        "instruction": instruction,
        "max_new_tokens": tokens,
        "cut": _cut(examples, str(node["cut"])),
        "documents_file": node["documents_file"],
        **{f"columns.{key}": value for key, value in node["columns"].items()},
        **{f"document_columns.{key}": value for key, value in node["document_columns"].items()},
        **{f"splits.{key}": value for key, value in node["splits"].items()},
        **{key: node[key] for key in (*READING, "test_share", "validation_share", "split_seed")},
    }
    if all(example.evidence == THE_INPUT for example in examples) and not node["columns"]["evidence"][0].startswith(
        "@"
    ):
        settings["columns.evidence"] = ["@input"]
    settings = {key: _literal(value) for key, value in settings.items()}
    inside = place.is_relative_to(ROOT)
    settings["dir"] = f"${{root:{place.relative_to(ROOT)}}}" if inside else _literal(str(place))
    metrics = kind.metrics(documents=documents, evidence=evidence, unanswerable=unanswerable)
    read = "an instruction that you should read" if instruction else "no instruction besides the chats' own"
    why = f"metrics for {_plain(kind)}, {read}, answers of at most {tokens} tokens"
    if settings["cut"] != node["cut"]:
        why += "; cut: start, since most long inputs end in their question: what does not fit goes from their start"
    return Choices(settings, metrics, why)


def _literal(value: Any) -> Any:
    """Return a setting in which no text of the data is taken for an interpolation: "${" of a label, say."""
    if isinstance(value, str):
        return re.sub(r"(\\*)\$\{", lambda found: f"{found[1] * 2}\\${{", value)
    return [_literal(item) for item in value] if isinstance(value, list | tuple) else value


def written(choices: Choices, remarks: Sequence[str]) -> str:
    """Return the yaml.

    Args:
        choices: what it says.
        remarks: what was recognised; its first comments.
    """
    lines, section, skipping = list[str](), "", False
    for line in PATTERN.read_text(encoding="utf-8").splitlines()[2:]:
        if "override /metric" in line:
            lines += _metrics(choices.metrics)
            skipping = "]" not in line
            continue
        if skipping:
            skipping = "]" not in line
            continue
        found = LINE.match(line)
        if found is None or line.startswith(("#", " " * 3)):
            lines.append(line)
            continue
        section = section if found["indent"] else found["key"]
        key = f"{section}.{found['key']}" if found["indent"] else found["key"]
        lines.append(_set(line, found, choices.settings[key]) if key in choices.settings else line)
    said = [f"#   {' '.join(remark.split())}" for remark in remarks]  # a line end in a label would end the comment
    return "\n".join([*said, *lines]) + "\n"


def _set(line: str, found: re.Match[str], value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, allow_unicode=True).strip()
    text = text.removesuffix("\n...").removesuffix("...").strip()
    setting, comment = f"{found['indent']}{found['key']}: {text}", (found["comment"] or "").strip()
    return f"{setting.ljust(line.index('#') - 2)}  {comment}" if comment else setting


def _metrics(names: Sequence[str]) -> list[str]:
    return ["  - override /metric@_global_.metric: [" + ", ".join(names) + "]"]


def _tokens(examples: Sequence[Example]) -> int:
    sizes = sorted(_most_tokens(text) for example in examples for text in example.references) or [STEP]
    most = sizes[ceil(USUAL * len(sizes)) - 1]  # one answer of a book's length would take the room of all prompts
    longest = sizes[-1] if sizes[-1] <= max(MODERATE, FAR * most) else most
    return min(LARGEST, max(SMALLEST, STEP * ceil(ROOM * longest / STEP)))


def _most_tokens(text: str) -> int:
    """Return how many tokens a text has at most, whatever the tokenizer of the model is."""
    letters = len(LETTERS.findall(text))
    return ceil(letters / LETTERS_PER_TOKEN) + len(text.encode()) - letters


def _cut(examples: Sequence[Example], otherwise: str) -> str:
    """Return "start" where long texts end in their question."""
    long = [example.text for example in examples if isinstance(example.input, str) and len(words(example.text)) >= LONG]
    asking = sum(ASKS.search(text) is not None for text in long)
    return "start" if long and asking >= len(long) / 2 else otherwise


def _instruction(kind: ReferenceKind, node: Mapping[str, Any], examples: Sequence[Example]) -> str:
    """Return what the model is to do: what fits the kind and length of the references, and no second system turn."""
    if node["format"] == "alpaca":
        return "Follow the instruction."
    doubt = " If the answer cannot be known, say: I do not know." if any(not own.answerable for own in examples) else ""
    if kind.kind == "labels":
        few = len(kind.labels) <= NAMED_LABELS
        return f"Answer with one of: {', '.join(kind.labels)}." if few else "Answer with the right label alone."
    if kind.kind in ("JSON", "numbers"):
        return (
            "Answer with JSON alone." if kind.kind == "JSON" else f"Answer with the number and its unit alone.{doubt}"
        )
    chats = sum(not isinstance(own.input, str) for own in examples)
    if chats and not doubt and all(map(brings_system_turn, examples)):
        return ""
    asked = "the last message" if chats >= len(examples) / 2 else "the question"
    if kind.kind == "short":
        return f"Answer {asked} {_length(examples)}.{doubt}"
    return f"Answer {asked}.{doubt}" if chats >= len(examples) / 2 else f"{node['instruction']}{doubt}"


def _length(examples: Sequence[Example]) -> str:
    """Return how long short references are, as an instruction asks for it: bare words, or a sentence."""
    texts = [own.references[0] for own in examples if own.references]
    sentences = sum(ENDS.search(text) is not None and len(words(text)) >= SENTENCE for text in texts)
    return "in one short sentence" if sentences >= len(texts) / 2 else "in as few words as possible"


def _plain(kind: ReferenceKind) -> str:
    return {"none": "questions without answers", "short": "short answers", "long": "longer answers"}.get(
        kind.kind, kind.kind
    )
