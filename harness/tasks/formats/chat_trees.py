"""Chats as ChatGPT exports them (conversations.json): the messages of each are a tree, of which one branch is shown.

A question that was asked again, and an answer that was written again, are branches beside it. The branch that the user
saw last ends at current_node.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from harness.tasks.files.row import FileRow

TREE: Final = "mapping"
"""column with the nodes of the tree, by their ids"""
LAST: Final = "current_node"
"""column with the id of the node that ends the branch; without it, the last node is the end"""
TURNS: Final = "messages"
"""column of the turns in the rows that are made"""
HIDDEN: Final = "is_visually_hidden_from_conversation"
SHOWN: Final = ("text", "multimodal_text")
"""kinds of content that are what was said; others are thoughts, searches and calls of tools"""
SIDES: Final = ("system", "user", "assistant")
MOST: Final = 0.8
"""share of the rows that show it"""
SAYS: Final = (
    f"the messages in {TREE} are a tree: the branch that ends at {LAST} is the conversation, without what was hidden, "
    "thoughts and calls of tools"
)


def are_trees(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether most rows hold the messages of a chat as a tree with both sides on its branch.

    Args:
        rows: the first of a file.
    """
    both = sum({"user", "assistant"} <= {turn["role"] for turn in _turns(row)} for row in rows)
    return bool(rows) and both >= MOST * len(rows)


def as_branches(rows: Iterable[FileRow]) -> Iterator[FileRow]:
    """Yield the rows with the messages of their branch as turns; those of a chat that has none are left as they are.

    Args:
        rows: of a file.
    """
    for row in rows:
        rest = {name: cell for name, cell in row.values.items() if name not in (TREE, LAST)}
        turns = _turns(row.values)
        yield row._replace(values={**rest, TURNS: turns}) if turns else row


def _turns(values: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what was said on the branch, from its beginning."""
    nodes = values.get(TREE)
    if not isinstance(nodes, Mapping) or not all(_is_node(node) for node in nodes.values()):
        return []
    at, branch = str(values.get(LAST) or next(reversed(nodes), "")), dict[str, Mapping[str, Any]]()
    while at in nodes and at not in branch:  # a broken file may go round in a circle
        branch[at] = nodes[at]
        at = str(nodes[at].get("parent"))
    turns = [_turn(node["message"]) for node in reversed(branch.values()) if isinstance(node.get("message"), Mapping)]
    return [turn for turn in turns if turn["role"] and turn["content"]]


def _is_node(node: Any) -> bool:
    return isinstance(node, Mapping) and {"message", "parent"} <= node.keys()


def _turn(message: Mapping[str, Any]) -> dict[str, str]:
    author, content, about = (message.get(name) or {} for name in ("author", "content", "metadata"))
    side = author.get("role") if isinstance(author, Mapping) else None
    is_hidden = isinstance(about, Mapping) and about.get(HIDDEN) is True
    kind = content.get("content_type", SHOWN[0]) if isinstance(content, Mapping) else None
    parts = content.get("parts") if kind in SHOWN and isinstance(content, Mapping) else None
    texts = [part for part in parts if isinstance(part, str)] if isinstance(parts, list) else []
    is_said = side in SIDES and not is_hidden and message.get("recipient", "all") in ("all", None)
    return {"role": str(side) if is_said else "", "content": "\n".join(texts).strip()}
