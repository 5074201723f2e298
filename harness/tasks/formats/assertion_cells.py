"""Assertions in the cells of a table of tests (promptfoo): "icontains-any: red, crimson" in a column __expected.

A cell without the name of an assertion before it is the answer that is expected word for word.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from harness.tasks.files.row import is_filled

EXPECTED: Final = "__expected"
"""how the names of the columns begin that hold assertions: __expected, __expected1, __expected2"""
OWN: Final = "__"
"""how the names of all columns begin that are no variables of the prompt"""
OLDER: Final = {"grade": "llm-rubric", "fn": "javascript", "eval": "javascript"}
"""names of assertions in older files"""
LISTS: Final = ("contains-all", "contains-any", "icontains-all", "icontains-any")
"""assertions whose values have commas between"""
NAMES: Final = (
    *("answer-relevance", "bleu", "classifier", "contains", "contains-html", "contains-json", "contains-sql"),
    *("contains-xml", "context-faithfulness", "context-recall", "context-relevance", "conversation-relevance", "cost"),
    *("equals", "f-score", "factuality", "finish-reason", "g-eval", "gleu", "guardrails", "icontains", "is-html"),
    *("is-json", "is-refusal", "is-sql", "is-valid-function-call", "is-valid-openai-function-call"),
    *("is-valid-openai-tools-call", "is-xml", "javascript", "latency", "levenshtein", "llm-rubric", "meteor"),
    *("model-graded-closedqa", "model-graded-factuality", "moderation", "perplexity", "perplexity-score", "pi"),
    *("python", "regex", "rouge-n", "ruby", "search-rubric", "similar", "starts-with", "tool-call-f1", "webhook"),
    *("word-count", *LISTS, *OLDER),
)
"""names of assertions; any other word before a colon is a part of the answer"""
_ASSERTION: Final = re.compile(
    rf"(?P<name>(?:not-)?(?:{'|'.join(map(re.escape, NAMES))}))(?:\(\d+(?:\.\d+)?\))?(?::(?P<value>.*))?", re.DOTALL
)
"""name, share that is enough, value"""


def asserts_in_cells(values: Mapping[str, Any]) -> bool:
    """Return whether a row has an assertion in a cell."""
    return any(name.startswith(EXPECTED) and is_filled(cell) for name, cell in values.items())


def with_assertions(values: Mapping[str, Any], variables: str, assertions: str) -> dict[str, Any]:
    """Return a row of a table of tests as it is written in JSON: its variables, its assertions and what else it has.

    Args:
        values: of the row.
        variables: column that gets the variables.
        assertions: column that gets the assertions.
    """
    cells = [str(cell) for name, cell in values.items() if name.startswith(EXPECTED) and is_filled(cell)]
    rest = {name: cell for name, cell in values.items() if name.startswith(OWN) and not name.startswith(EXPECTED)}
    own = {name: cell for name, cell in values.items() if not name.startswith(OWN)}
    return {**rest, variables: own, assertions: list(map(asserted, cells))}


def asserted(cell: str) -> dict[str, Any]:
    """Return the assertion in a cell: its type and its value, a list where it has several."""
    found = _ASSERTION.fullmatch(cell.strip())
    if found is None:
        return {"type": "equals", "value": cell.strip()}
    name, value = OLDER.get(found["name"], found["name"]), (found["value"] or "").strip()
    parts = [part.strip() for part in value.split(",")] if name in LISTS else value
    return {"type": name, "value": parts}
