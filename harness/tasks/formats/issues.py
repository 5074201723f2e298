"""Issues as GitHub and its like export them: title and body are asked, the comments of others are what was answered.

Labels say what kind an issue is of, and are no answer to it. Who answers is a member of the project, where comments say
so, else anybody but who opened the issue.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from harness.tasks.columns import plain
from harness.tasks.files.row import FileRow, FileShape

TITLE: Final = "title"
BODY: Final = ("body", "description")
SIGNS: Final = frozenset(
    (
        *("number", "iid", "state", "user", "author", "comments", "notes", "labels", "html_url", "web_url", "url"),
        *("created_at", "createdat", "closed_at", "closedat", "updated_at", "assignees", "milestone", "locked"),
    )
)
"""columns of which issues have several beside title and body"""
FEWEST: Final = 4
"""of these columns"""
COMMENTS: Final = ("comments", "notes")
LABELS: Final = frozenset(("label", "labels"))
AUTHOR: Final = ("user", "author")
NAMES: Final = ("login", "username", "name")
MEMBERS: Final = frozenset(("MEMBER", "OWNER", "COLLABORATOR", "CONTRIBUTOR"))
"""what a comment says of an author who is of the project"""
STANDING: Final = ("author_association", "authorassociation")
TURNS: Final = "messages"


def is_issue(values: Mapping[str, Any]) -> bool:
    """Return whether a row is an issue, by its columns."""
    names = {plain(name) for name in values}
    return TITLE in names and not names.isdisjoint(BODY) and len(names & SIGNS) >= FEWEST


def are_issues(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether rows are issues, some of them with the texts of their comments.

    Args:
        rows: the first of a file.
    """
    return bool(rows) and all(map(is_issue, rows)) and any(map(_comments, rows))


def as_threads(rows: Iterable[FileRow], shape: FileShape) -> Iterator[FileRow]:
    """Return the issues that somebody answered, with their comments as turns.

    Args:
        rows: of a file; all of them are held.
        shape: gets a note on what was done, and how many have no answer.
    """
    every = list(rows)
    threads = [(row, _turns(row)) for row in every]
    answered = [(row, turns) for row, turns in threads if any(turn["role"] == "assistant" for turn in turns)]
    left = len(every) - len(answered)
    lost = f"; {left:,} of {len(every):,} that nobody answered are left out" if left else ""
    shape.notes.append(f"issues: title and body are asked, comments of others answer{lost}; labels are no answers")
    return (_with_turns(row, turns) for row, turns in answered)


def _with_turns(row: FileRow, turns: Sequence[Mapping[str, str]]) -> FileRow:
    taken = {TITLE, *BODY, *COMMENTS, *LABELS}
    rest = {name: cell for name, cell in row.values.items() if plain(name) not in taken}
    return row._replace(values={**rest, TURNS: turns})


def _turns(row: FileRow) -> list[dict[str, str]]:
    known = {plain(name): cell for name, cell in row.values.items()}
    asked = "\n\n".join(text.strip() for name in (TITLE, *BODY) if isinstance(text := known.get(name), str) and text)
    asker = _author(known)
    return [{"role": "user", "content": asked}, *(_turn(one, asker) for one in _comments(row.values))]


def _turn(comment: Mapping[str, Any], asker: str) -> dict[str, str]:
    known = {plain(name): cell for name, cell in comment.items()}
    standing = next((str(known[name]).upper() for name in STANDING if known.get(name)), "")
    own = _author(known)
    answers = own != asker and (not standing or standing in MEMBERS)
    return {"role": "assistant" if answers else "user", "content": str(known["body"]).strip()}


def _comments(values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the comments of people that have a text."""
    listed = next((cell for name, cell in values.items() if plain(name) in COMMENTS and isinstance(cell, list)), [])
    said = [one for one in listed if isinstance(one, dict) and isinstance(one.get("body"), str) and one["body"].strip()]
    return [one for one in said if not _author(one).endswith("[bot]") and not one.get("system")]


def _author(values: Mapping[str, Any]) -> str:
    """Return the name of an author, in an object or not; "" without one."""
    cell = next((values[name] for name in AUTHOR if values.get(name)), "")
    if isinstance(cell, dict):
        cell = next((cell[name] for name in NAMES if cell.get(name)), "")
    return str(cell)
