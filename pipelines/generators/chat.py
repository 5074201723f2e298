"""Turns to tokens: one rendering for training and answering, by the tokenizer's own chat template."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from harness.errors import ArmError, reason
from harness.types import Turn
from pipelines.generators.template_trial import runaway

SystemRole = Literal["auto", "native", "merged"]

PLAIN_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{{ message['content'] }}"
    "{% if message['role'] == 'assistant' %}{{ eos_token }}{% else %}{{ '\n\n' }}{% endif %}{% endfor %}"
)
"""For a base model without a chat template: texts in separate paragraphs, an answer ends with eos."""

_MARK = "cutleryanswermark"
_BORDER: Final = "\ufdd0"
"""a character that Unicode keeps for such uses and that no text holds; no token is read across it"""


def messages(turns: Sequence[Turn], *, merge_system: bool) -> list[dict[str, str]]:
    """Return the turns as templates and servers take them; merge_system puts the system text into the next turn."""
    sent = [{"role": turn.role, "content": turn.content} for turn in turns]
    if merge_system and len(sent) > 1 and sent[0]["role"] == "system":
        system = sent.pop(0)["content"]
        sent[0] = {"role": sent[0]["role"], "content": f"{system}\n\n{sent[0]['content']}"}
    return sent


class ChatFormat:
    """A tokenizer and the facts of its chat template.

    Args:
        tokenizer: a transformers tokenizer; one without a chat template gets `PLAIN_TEMPLATE`.
        stop_tokens: further tokens that end a turn, in addition to eos and those of the template.
        system_role: native: the template takes a system turn; merged: it is put before the first user
            turn; auto: native if the template renders one.
        options: extra arguments of the template (e.g. enable_thinking).

    Raises:
        ArmError: a stop token is not in the vocabulary; or the template cannot be rendered, has no end, or leaves
            out what it is given.
    """

    def __init__(
        self, tokenizer: Any, stop_tokens: Sequence[str], system_role: SystemRole, options: Mapping[str, Any]
    ) -> None:
        self.tokenizer = tokenizer
        self.options = dict(options)
        self.plain = not tokenizer.chat_template
        if self.plain:
            tokenizer.chat_template = PLAIN_TEMPLATE
        self._try_template()
        self._control = _control_tokens(tokenizer, stop_tokens)
        self.merges_system = system_role == "merged" or (system_role == "auto" and not self._takes_system())
        self.turn_end_id = self._turn_end(stop_tokens)
        self.stop_ids = self._stop_ids(stop_tokens)

    def render(self, turns: Sequence[Turn]) -> str:
        """Return the prompt text up to where the answer begins."""
        return self._render(turns).replace(_BORDER, "")

    def prompt_ids(self, turns: Sequence[Turn]) -> list[int]:
        """Return the token ids of the prompt."""
        return self._ids(self._render(turns))

    def text_ids(self, text: str) -> list[int]:
        """Return the token ids of text from data; none of them is a control token, whatever it says."""
        return self._ids(self._split(text))

    def answer_ids(self, answer: str) -> list[int]:
        """Return the token ids of an answer as the model should write it, ending in the turn end."""
        return [*self.text_ids(answer.strip()), self.turn_end_id]

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of answer tokens without special tokens."""
        return str(self.tokenizer.decode(ids, skip_special_tokens=True)).strip()

    def facts(self) -> dict[str, Any]:
        """Return what the record keeps about the format."""
        template = hashlib.sha256(str(self.tokenizer.chat_template).encode()).hexdigest()
        return {
            "chat_template_sha256": template,
            "chat_template": "plain (the model has none)" if self.plain else "the tokenizer's own",
            "system_role": "merged into the first user turn" if self.merges_system else "native",
            "turn_end": self.tokenizer.convert_ids_to_tokens(self.turn_end_id),
            "stop_tokens": self.tokenizer.convert_ids_to_tokens(self.stop_ids),
        }

    def unopened(self) -> str:
        """Return what the template writes before an answer that is given and not before one that is asked for.

        "" for a template that opens the assistant's turn, as all should: without it a model goes on with the user's.
        """
        asked = [{"role": "user", "content": "x"}]
        prompt = self._apply(asked, generation_prompt=True).rstrip()
        given = self._apply([*asked, {"role": "assistant", "content": _MARK}], generation_prompt=False)
        before = given.partition(_MARK)[0].rstrip()
        return before[len(prompt) :].strip() if before.startswith(prompt) else ""

    def _render(self, turns: Sequence[Turn]) -> str:
        split = [replace(turn, content=self._split(turn.content)) for turn in turns]
        return self._apply(messages(split, merge_system=self.merges_system), generation_prompt=True)

    def _split(self, text: str) -> str:
        """Put a border inside what reads like a control token: text of documents and questions must not end a turn."""
        return self._control.sub(lambda match: f"{match[0][0]}{_BORDER}{match[0][1:]}", text.replace(_BORDER, ""))

    def _ids(self, text: str) -> list[int]:
        """Return the token ids of a text; nothing is read across a border."""
        parts = text.split(_BORDER)
        return [token for part in parts for token in self.tokenizer(part, add_special_tokens=False)["input_ids"]]

    def _try_template(self) -> None:
        """Refuse a template that has no end, cannot be rendered, or does not show the user's message."""
        try:
            template = self.tokenizer.get_chat_template()
        except Exception as error:  # several templates without a default, or none that is a text
            raise _template_error(f"cannot be used ({reason(error)})") from error
        if not isinstance(template, str):
            raise _template_error(f"is {type(template).__name__}, not a text")
        if endless := runaway(template, {**self.tokenizer.special_tokens_map, **self.options}):
            raise _template_error(endless)
        if _MARK not in self._apply([{"role": "user", "content": _MARK}], generation_prompt=True):
            raise _template_error("does not show the user's message")

    def _apply(self, sent: list[dict[str, str]], *, generation_prompt: bool) -> str:
        try:
            text = self.tokenizer.apply_chat_template(
                sent, tokenize=False, add_generation_prompt=generation_prompt, **self.options
            )
        except Exception as error:  # a template is a program: it may fail in any way
            raise _template_error(f"cannot be rendered ({reason(error)})") from error
        return str(text)

    def _takes_system(self) -> bool:
        """Some templates raise on a system turn, others drop it silently."""
        probe = [{"role": "system", "content": _MARK}, {"role": "user", "content": "x"}]
        try:
            return _MARK in self._apply(probe, generation_prompt=True)
        except ArmError:
            return False

    def _turn_end(self, stop_tokens: Sequence[str]) -> int:
        """Return the special token that the template writes after an answer; eos where it writes none."""
        known = set(self.tokenizer.all_special_tokens) | set(stop_tokens)
        probe = [{"role": "user", "content": "x"}, {"role": "assistant", "content": _MARK}]
        _, shown, tail = self._apply(probe, generation_prompt=False).rpartition(_MARK)
        if not shown:
            raise _template_error("does not show the assistant's answer, so that nothing can be trained")
        tail = tail.strip()
        endings = [token for token in sorted(known, key=len, reverse=True) if token and tail.startswith(token)]
        token = endings[0] if endings else self.tokenizer.eos_token
        if token is None:
            raise ArmError("the tokenizer has no end-of-turn and no eos token; name one in model.stop_tokens")
        return int(self.tokenizer.convert_tokens_to_ids(token))

    def _stop_ids(self, stop_tokens: Sequence[str]) -> list[int]:
        ids = {self.turn_end_id}
        if self.tokenizer.eos_token_id is not None:
            ids.add(int(self.tokenizer.eos_token_id))
        vocabulary = self.tokenizer.get_vocab()
        for token in stop_tokens:
            if token not in vocabulary:
                raise ArmError(f"model.stop_tokens: {token!r} is not in the vocabulary of this tokenizer")
            ids.add(int(vocabulary[token]))
        return sorted(ids)


def _control_tokens(tokenizer: Any, stop_tokens: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern of what steers the model: special and stop tokens, and the added ones that the template writes.

    The latter are `</think>` and `<tool_call>`, say, and not the rows of spaces and tags that some vocabularies add.
    A single character cannot be split; the audit of stop tokens finds it.
    """
    added = tokenizer.added_tokens_decoder.values()
    steering = {str(token) for token in added if token.special or str(token) in tokenizer.chat_template}
    control = {token for token in {*tokenizer.all_special_tokens, *stop_tokens, *steering} if len(token.strip()) > 1}
    longest_first = sorted(control, key=lambda token: (-len(token), token))
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


def _template_error(what: str) -> ArmError:
    return ArmError(
        f"the tokenizer's chat template {' '.join(what.split())}; correct chat_template.jinja or chat_template in "
        "tokenizer_config.json, or set model.chat_template=plain to have texts in plain paragraphs"
    )
