"""Conversations of ShareGPT and OpenAI as the turns that a model is shown: system, user and assistant, in turn.

A model of any family can be shown what tools said only as text: their results become the user's turns, the
assistant's calls its own words.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from harness.tasks.complaints import BadCellError
from harness.tasks.formats.gathered import Gathered
from harness.tasks.formats.thoughts import LEFT_OUT, without_thought
from harness.tasks.values import shown

Asked = str | list[dict[str, str]]
Said = tuple[Literal["system", "user", "assistant"], str]

SPEAKERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("system", "developer"), "system"),
    **dict.fromkeys(("user", "human", "prompter", "customer", "client", "visitor", "guest", "caller"), "user"),
    **dict.fromkeys(("end-user", "end user", "end_user", "lead", "contact", "requester", "patient"), "user"),
    **dict.fromkeys(("kunde", "cliente"), "user"),
    **dict.fromkeys(("assistant", "gpt", "model", "bot", "chatgpt", "chatbot", "bard", "bing", "agent"), "assistant"),
    **dict.fromkeys(
        ("operator", "support", "staff", "advisor", "representative", "admin", "teammate", "ai", "doctor"), "assistant"
    ),
    **dict.fromkeys(("tool", "function", "observation", "ipython", "function_response", "tool_response"), "tool"),
    **dict.fromkeys(("function_call", "tool_call"), "call"),
}
"""what datasets call a speaker -> who it is"""


TOOL_RESULT: Final = "Tool result"
"""how a turn begins that shows what a tool returned"""
UNANSWERED: Final = "has no turn of the assistant"
UNANSWERED_IS: Final = "its last one is taken as the reference"
CONTENTS: Final = ("content", "value", "text", "parts")
"""where a turn has what is said"""


def is_conversation(value: Any) -> bool:
    """Return whether a cell is a list of turns: objects that say who speaks and what."""
    return isinstance(value, list) and bool(value) and all(isinstance(turn, dict) and _speaker(turn) for turn in value)


def _speaker(turn: Mapping[str, Any]) -> str:
    name = turn.get("role", turn.get("from"))
    return name if isinstance(name, str) and turn.keys() & {*CONTENTS, "tool_calls", "function_call"} else ""


def side_of(turn: Mapping[str, Any]) -> str:
    """Return who speaks in a turn, a value of SPEAKERS; "" where that is not known."""
    return SPEAKERS.get(_speaker(turn).strip().lower(), "")


def is_unwanted(turn: Mapping[str, Any]) -> bool:
    """Return whether nothing is to be learnt from a turn: its weight is 0."""
    weight = turn.get("weight")
    return isinstance(weight, int | float | str) and str(weight).strip() in ("0", "0.0", "False")


def split_conversation(
    turns: Sequence[Mapping[str, Any]], gathered: Gathered
) -> tuple[list[dict[str, str]] | str, str]:
    """Return the input, as turns or as the only question, and the assistant's last turn.

    Raises:
        BadCellError: no turn of the assistant follows one of the user, or a turn is no text.
    """
    *before, (_, reference) = _up_to_the_answer(_merged(_sides(turns, gathered)), gathered)
    lead = before[:1] if before and before[0][0] == "system" else []
    rest = before[len(lead) :]
    if rest and rest[0][0] == "assistant":
        gathered.decided("a turn of the assistant before the first of the user is left out: no chat template takes it")
        rest = rest[1:]
    if not rest:
        raise BadCellError(
            "has no turn of the user before the assistant's", "the input would be empty; leave such rows out"
        )
    return _input([*lead, *rest]), reference


def _up_to_the_answer(said: list[Said], gathered: Gathered) -> list[Said]:
    last = max((number for number, (role, _) in enumerate(said, start=1) if role == "assistant"), default=0)
    if not last:
        raise BadCellError(UNANSWERED, UNANSWERED_IS)
    if last < len(said):
        gathered.decided("turns after the last of the assistant are left out")
    return said[:last]


def _input(said: Sequence[Said]) -> Asked:
    if len(said) == 1:
        return said[0][1]
    return [{"role": role, "content": content} for role, content in said]


def _merged(said: Iterator[Said]) -> list[Said]:
    """Return the turns with successive ones of a side joined: chat templates want sides to take turns."""
    turns: list[Said] = []
    for role, content in said:
        if turns and turns[-1][0] == role:
            turns[-1] = (role, f"{turns[-1][1]}\n\n{content}")
        elif content:
            turns.append((role, content))
    return turns


def _sides(turns: Sequence[Mapping[str, Any]], gathered: Gathered) -> Iterator[Said]:
    started = False
    for number, turn in enumerate(turns, start=1):
        name = _speaker(turn)
        side = SPEAKERS.get(name.strip().lower())
        if side is None:
            known = "system, user or human, assistant or gpt, tool"
            raise BadCellError("has a bad chat turn", f"turn {number} is by {shown(name)}, want one of {known}")
        yield _said(side, turn, number, started, gathered)
        started = started or side != "system"


def _said(side: str, turn: Mapping[str, Any], number: int, started: bool, gathered: Gathered) -> Said:
    text = _content(turn, number, gathered)
    if side == "assistant" and (answer := without_thought(text)) != text:
        gathered.decided(LEFT_OUT)
        text = answer
    if side == "tool":
        gathered.decided("what tools return is shown as a turn of the user, 'Tool result: …'")
        name = f" of {turn['name']}" if isinstance(turn.get("name"), str) else ""
        return "user", f"{TOOL_RESULT}{name}: {text}"
    if side == "system":
        if not started:
            return "system", text
        gathered.decided("a system turn inside a conversation is shown as a turn of the user")
        return "user", text
    calls = [text] if side == "call" else _calls(turn)
    if calls:
        gathered.decided("calls of tools are shown as the assistant's text, 'Tool call: …'")
        called = [f"Tool call: {call}" for call in calls]
        return "assistant", "\n".join(called if side == "call" or not text else [text, *called])
    return ("user", text) if side == "user" else ("assistant", text)


def _calls(turn: Mapping[str, Any]) -> list[str]:
    """Return the calls of an assistant's turn, as OpenAI writes them today and did before."""
    listed = turn.get("tool_calls") or ([turn["function_call"]] if turn.get("function_call") else [])
    return [_call(call.get("function") or call) for call in listed if isinstance(call, dict)]


def _call(function: Mapping[str, Any]) -> str:
    arguments = function.get("arguments")
    if not isinstance(arguments, str):
        arguments = json.dumps(arguments or {}, ensure_ascii=False)
    return f"{function.get('name', 'tool')}({arguments})"


def _content(turn: Mapping[str, Any], number: int, gathered: Gathered) -> str:
    content = next((turn[name] for name in CONTENTS if turn.get(name) is not None), None)
    if isinstance(content, list):
        content = "\n".join(_part(part, number) for part in content)
    if content is None or content == "":
        if not (turn.get("tool_calls") or turn.get("function_call")):
            gathered.decided("turns without content are left out")
        return ""
    if not isinstance(content, str):
        raise BadCellError("has a bad chat turn", f"the content of turn {number} is {shown(content)}, want a text")
    return content.strip()


def _part(part: Any, number: int) -> str:
    if isinstance(part, str):
        return part
    text = part.get("text") if isinstance(part, dict) else None
    if isinstance(text, str):
        return text
    kind = part.get("type") if isinstance(part, dict) else part
    raise BadCellError(
        "has a turn that is no text", f"turn {number} holds {shown(kind)}: models here read text; leave such rows out"
    )
