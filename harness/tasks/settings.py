"""Checks of the settings that every task has, apart from its data."""

from collections.abc import Sequence


def setting_problems(instruction: str, max_new_tokens: int, limit: int | None) -> Sequence[str]:
    """Return one line for each setting that cannot be used."""
    problems = []
    if not instruction.strip():
        problems.append("instruction is empty: say in a sentence what the model is to do")
    if max_new_tokens < 1:
        problems.append(f"max_new_tokens is {max_new_tokens}: want 1 or more")
    if limit is not None and limit < 1:
        problems.append(f"limit is {limit}: want 1 or more, or null for all examples")
    return problems
