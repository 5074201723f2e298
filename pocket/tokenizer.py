"""The model's tokenizer: byte-level BPE over the language of the generator, digits in pairs.

Merges are learnt with names cut at their syllables, so that an unheard name is made of well-known pieces.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pocket.corpus.mixture import conversation
from pocket.world.names import FIRST, GIVEN, SECOND, TOWN_ENDINGS

if TYPE_CHECKING:
    from tokenizers import Tokenizer

VOCABULARY: Final = 2048
CONTEXT: Final = 4096
PAD, END = "<|pad|>", "<|end|>"
ROLES: Final = ("<|system|>", "<|user|>", "<|assistant|>")
DIGITS: Final = r" ?\p{N}{1,2}"
CUT: Final = "\u0001"
"""separates syllables while merges are learnt"""

CHAT_TEMPLATE: Final = (
    "{%- for message in messages -%}"
    "{%- if message['role'] == 'assistant' -%}"
    "{{- '<|assistant|>' -}}{%- generation -%}{{- message['content'] + '<|end|>' -}}{%- endgeneration -%}"
    "{%- else -%}"
    "{{- '<|' + message['role'] + '|>' + message['content'] + '<|end|>' -}}"
    "{%- endif -%}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}"
)

_ENDINGS: Final = "|".join(SECOND + TOWN_ENDINGS)
_STEMS: Final = "|".join(sorted(FIRST, key=len, reverse=True))
_NAME: Final = re.compile(rf"\b({_STEMS})((?:{'|'.join(SECOND)})?)({_ENDINGS})\b")


def trained(conversations: int, seed: int) -> Any:
    """Return the tokenizer, trained on so many conversations of the pre-training mixture."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = _splitter(cut_syllables=True)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[PAD, END, *ROLES],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(_texts(conversations, seed), trainer)
    bpe.pre_tokenizer = _splitter(cut_syllables=False)
    _check_size(bpe)
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        pad_token=PAD,
        eos_token=END,
        chat_template=CHAT_TEMPLATE,
        model_max_length=CONTEXT,
        clean_up_tokenization_spaces=False,
    )


def load(folder: Path) -> Any:
    """Return the tokenizer kept in the folder."""
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder, local_files_only=True)


def _splitter(cut_syllables: bool) -> Any:
    from tokenizers import Regex, pre_tokenizers

    parts: list[Any] = [
        pre_tokenizers.Split(Regex(DIGITS), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    ]
    if cut_syllables:
        parts.insert(0, pre_tokenizers.Split(CUT, "removed"))
    return pre_tokenizers.Sequence(parts)


def _texts(conversations: int, seed: int) -> Iterator[str]:
    for number in range(conversations):
        _, turns = conversation(number, 0.9, seed)
        for turn in turns:
            yield _NAME.sub(_cut, turn.content)
    # Every pair of digits and every syllable gets a token of its own, however rare.
    pairs = [f"{number:02d}" for number in range(100)] + [str(digit) for digit in range(10)]
    syllables = [*FIRST, *SECOND, *TOWN_ENDINGS, *GIVEN]
    for text in (*pairs, *syllables):
        yield CUT.join([f" {text}", text] * 400) if text in pairs or text in GIVEN else _syllable(text)


def _syllable(text: str) -> str:
    forms = (f" {text}", text) if text[0].isupper() else (text,)
    return CUT.join(forms * 400)


def _cut(match: re.Match[str]) -> str:
    return CUT.join(part for part in match.groups() if part)


def _check_size(bpe: "Tokenizer") -> None:
    if bpe.get_vocab_size() != VOCABULARY:
        raise ValueError(f"the tokenizer has {bpe.get_vocab_size()} tokens, not {VOCABULARY}: train it on more text")
