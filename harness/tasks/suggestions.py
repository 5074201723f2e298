"""Which columns could be the input and the references of rows in which no known name says so: for messages.

What is suggested has been tried on the first rows, and no column is suggested for two roles: following a message to
the letter leads on.
"""

import difflib
import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from harness.tasks.column_words import COMPOUNDED, LANGUAGES, MODELS, NO_COMPOUNDS, OTHER, SAYS
from harness.tasks.columns import INPUT, JOINT, REFERENCES, look_up, near_names, plain
from harness.tasks.complaints import BadCellError
from harness.tasks.known_columns import COMMON, DEFAULTS
from harness.tasks.looks import Look, column_look, holds_places
from harness.tasks.split_names import split_called
from harness.tasks.turn_lists import are_turns, has_answer, have_roles
from harness.tasks.values import as_input, as_texts

READ: Final = 200
"""rows on which a column is tried"""
INSIDE: Final = frozenset(
    (
        *("choices", "options", "distractors", "incorrect", "context", "contexts", "passage", "passages", "document"),
        *("documents", "meta", "metadata", "snippet", "snippets", "sources", "hits", "chunks", "ctxs", "citations"),
    )
)
"""words in names of objects in which no column asks or answers"""
ALIKE: Final = 0.85
"""least likeness of a name to a known one that was mistyped"""
TITLE: Final = "title"
WEAK: Final = frozenset(("text", "best", "correct", "a", "q"))
"""words that say less than any other"""
NUMBER: Final = re.compile(r"-?\d+(?:[.,]\d+)*")
MARKED: Final = frozenset(("annotation", "annotations", "result", "results"))
"""words in names of objects that an annotator filled"""
ANNOTATED: Final = frozenset(("annotation", "annotations"))
"""of these, words in names of objects in which nothing asks"""
CHOSEN: Final = frozenset(("choices", "choice", "text", "labels", "label", "value", "answer"))
"""words in names of what was chosen there"""
EMPTY: Final = frozenset(("none", "null", "nan", "n/a", "-1", "unknown", "-", ""))
"""cells that answer nothing"""
HALVES: Final = (
    *(("premise", "hypothesis"), ("sentence1", "sentence2"), ("sentence_1", "sentence_2"), ("text_a", "text_b")),
    *(("text1", "text2"), ("title", "body"), ("subject", "body"), ("subject", "message"), ("title", "description")),
    *(("question1", "question2"), ("question_1", "question_2"), ("query", "product_title"), ("title", "selftext")),
)
"""columns of which the question has a half each; another word may stand before both"""
ASKING: Final = ("?", "？", "؟")
"""ends of questions"""
ROWS_IN_ORDER: Final = 4
"""rows from which on numbers that follow each other are those of the rows"""
IDS: Final = frozenset(("id", "ids", "uid", "uuid", "nr", "no", "num", "idx"))
"""last words in names of columns that number something"""
ITEMS: Final = 5
"""objects of a list whose fields are named"""
DEEPEST: Final = 4
"""objects in objects that a dot is written for"""


def suggested(
    rows: Sequence[Mapping[str, Any]], roles: Mapping[str, Sequence[str]], taken: Collection[str]
) -> dict[str, str]:
    """Return role -> column for the roles for which one can be suggested; another column for each.

    Args:
        rows: of one file.
        roles: that no column plays (input, references or both) -> names that were looked for.
        taken: columns that play others.
    """
    read, used = list(islice(rows, READ)), {name.partition(".")[0] for name in taken if name not in (INPUT, REFERENCES)}
    left = [name for name in columns_of(read) if name not in taken and name.partition(".")[0] not in used]
    wanted = [role for role in ("input", "references") if role in roles]
    free = {role: _free(role, left, read) for role in wanted}
    chosen: list[dict[str, str]] = [{}]
    for role in wanted:
        more = [{**own, role: name} for own in chosen for name in free[role] if _goes_with(name, own, taken, read)]
        chosen = [*chosen, *more]
    best = max(chosen, key=lambda own: (len(own), _likeness(own, roles, read)))
    judged = {"references": [name for name in left if _is_judged(name)]}
    sure = {role: name for role, name in best.items() if _is_clear(role, name, best, free, judged.get(role, ()))}
    return {role: _with_others(role, name, left, best, read) for role, name in sure.items()}


def may_answer(rows: Sequence[Mapping[str, Any]], taken: Collection[str]) -> list[str]:
    """Return the columns that can be the references, where none of them surely is."""
    read = list(islice(rows, READ))
    left = [name for name in columns_of(read) if name not in taken and name.partition(".")[0] not in taken]
    return _free("references", left, read)


def _free(role: str, left: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the columns that can have a role; a title, which mostly names something, asks where nothing else does."""
    fitting = [name for name in left if _fits(role, name, rows)]
    titles = [name for name in left if plain(name) == TITLE and column_look(rows, name) == Look.TEXTS]
    return fitting or [name for name in titles if role == "input" and all(_can_be(role, row, name) for row in rows)]


def _is_judged(name: str) -> bool:
    """Return whether the name of a column says that it holds what a model, or a student, answered."""
    return bool(name_words(name.rpartition(".")[2]) & MODELS)


def ask_and_answer(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether the names of two columns say that one asks and another answers, whatever they are called."""
    found = suggested(rows, {role: getattr(DEFAULTS, role) for role in SAYS}, ())
    return found.keys() == SAYS.keys() and all(name_says(role, name) > 0 for role, name in found.items())


def _goes_with(name: str, own: Mapping[str, str], taken: Collection[str], rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether a column can have a role beside those that others have: no column twice, no two languages."""
    others = [*own.values(), *(one for one in taken if not one.startswith("@"))]
    return name not in others and all(_are_of_one(name, other, rows) for other in others)


def _are_of_one(one: str, other: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether nothing in the names of two columns says that they are of different questions."""
    numbers = ([], []) if _stem(one) == _stem(other) else (_ends(one), _ends(other))
    for first, second in ((name_words(one) & LANGUAGES, name_words(other) & LANGUAGES), map(set, numbers)):
        if first and second and first != second:
            return False
    heads = [name.partition(".")[0] for name in (one, other)]
    return heads[0] == heads[1] or not all(
        any(isinstance(row.get(head), list) for row in rows) and "." in name
        for head, name in zip(heads, (one, other), strict=True)
    )


def _ends(name: str) -> list[str]:
    return re.findall(r"\d+", name)


def _is_clear(
    role: str, name: str, best: Mapping[str, str], free: Mapping[str, Sequence[str]], judged: Sequence[str]
) -> bool:
    """Return whether a name says that its column answers, or no other column can: nothing is better than a guess."""
    others = [one for one in (*free[role], *judged) if one != name and one not in best.values()]
    return role == "input" or name_says(role, name) > 0 or not others


def _with_others(
    role: str, name: str, left: Collection[str], best: Mapping[str, str], rows: Sequence[Mapping[str, Any]]
) -> str:
    """Return the column with those that belong to it, a+b: halves of a question, or numbered answers."""
    free = [one for one in left if one == name or one not in best.values()]
    by_name = {plain(one): one for one in free if _is_filled(role, rows, one)}
    numbered = any(_ends(one) for other, one in best.items() if other != role)
    pairs = [_halves(plain(name), pair) for pair in HALVES if role == "input"]
    for pair in pairs:
        if pair and by_name.keys() >= set(pair) and not (numbered and _ends(name)):
            return JOINT.join(by_name[one] for one in pair)
    alike = [one for one in by_name.values() if _ends(one) and _stem(one) == _stem(name)]
    if not _ends(name) or name_says(role, name) <= 0 or numbered:
        return name
    return JOINT.join(alike)


def _halves(name: str, pair: Sequence[str]) -> list[str]:
    """Return the names of both halves where a column is one of them: question_title and question_body; [] otherwise."""
    half = next((one for one in pair if name == one or name.endswith(f"_{one}")), None)
    return [name.removesuffix(half) + one for one in pair] if half else []


def _is_filled(role: str, rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Return whether every row has a column, and in all of them nothing or what the role takes, in one at least."""
    found = [look_up(row, (name,)) for row in rows]
    filled = [row for row, (_, cell) in zip(rows, found, strict=True) if cell not in (None, "", [])]
    return bool(filled) and all(own for own, _ in found) and all(_can_be(role, row, name) for row in filled)


def _stem(name: str) -> str:
    return re.sub(r"\d+", "", plain(name))


def longest_column(rows: Sequence[Mapping[str, Any]], taken: Collection[str]) -> str:
    """Return the column with the longest texts, that every row has; "" without one."""
    free = [name for name in columns_of(rows) if name not in taken]
    texts = [name for name in free if all(_can_be("input", row, name) for row in rows)]
    return max(texts, key=lambda name: sum(len(str(look_up(row, (name,))[1])) for row in rows), default="")


def columns_of(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the columns of rows, and as a dot reaches them those in objects, in order."""
    whole = not has_answer(rows)
    return list(dict.fromkeys(name for row in rows for name in _leaves(row, "", DEEPEST, whole)))


def _leaves(values: Mapping[str, Any], above: str, depth: int, whole: bool) -> Iterator[str]:
    for name, value in values.items():
        inner = value[:ITEMS] if isinstance(value, list) else [value]
        objects = [one for one in inner if isinstance(one, Mapping)]
        if objects and depth and not (are_turns(name, objects) if whole else have_roles(objects)):
            for one in objects:  # what is empty in the first may be filled in another
                yield from _leaves(one, f"{above}{name}.", depth - 1, whole)
        elif value is not None:
            yield f"{above}{name}"


def _fits(role: str, name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether the values of a column can be read in a role in all rows, and look like it."""
    told, other = name_says(role, name), {"input": "references", "references": "input"}[role]
    splits = told <= 0 and _says_splits(rows, name)
    if told < 0 or splits or _holds_json(rows, name) or (role == "input" and _asks_often(rows, name)):
        return False
    is_other = name_says(other, name) >= max(1.0, told) and not _ends_on(role, name)
    if is_other or not all(_can_be(role, row, name) for row in rows) or (role == "input" and holds_places(rows, name)):
        return False
    if role == "input":
        return told > 0 or column_look(rows, name) == Look.TEXTS
    if _says_nothing(rows, name):
        return False
    return told > 0 or column_look(rows, name) > Look.NAMES or _are_numbers(rows, name)


def _says_nothing(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Return whether a column has no answer in most rows: NONE, as of yes and no where a question asks for neither."""
    cells = [str(look_up(row, (name,))[1]).strip("[]'\" ").casefold() for row in rows]
    return 2 * sum(cell in EMPTY for cell in cells) > len(cells)


def _ends_on(role: str, name: str) -> bool:
    """Return whether the last word of a name says a role: human_answer is one, whoever else is named."""
    words = re.findall(r"[^\W\d_]+", plain(name))
    return bool(words) and words[-1] in SAYS[role] - WEAK


def _likeness(
    own: Mapping[str, str], roles: Mapping[str, Sequence[str]], rows: Sequence[Mapping[str, Any]]
) -> tuple[float, ...]:
    """Return how much columns look like their roles, the surest sign first."""
    last = {role: name.rpartition(".")[2] for role, name in own.items()}
    like = sum(last[role] in near_names(roles[role], list(last.values())) for role in own)
    says, looks = (
        sum(name_says(role, name) for role, name in own.items()),
        sum(column_look(rows, one) for one in own.values()),
    )
    rests = [name_words(name) - SAYS[role] for role, name in own.items()]
    together = len(rests) == 2 and rests[0] == rests[1]
    asks = "input" in own and all_ask(rows, own["input"])
    return like, says + together / 4, asks, looks


def all_ask(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Return whether every text of a column ends in a question mark, whatever the column is called."""
    cells = [cell for row in rows if (cell := look_up(row, (name,))[1]) not in (None, "")]
    return bool(cells) and all(isinstance(cell, str) and cell.rstrip().endswith(ASKING) for cell in cells)


def _are_numbers(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Return whether a column has numbers that are not always the same, and do not number the rows."""
    cells = [str(look_up(row, (name,))[1]) for row in rows]
    if len(set(cells)) < 2 or not all(re.fullmatch(NUMBER, cell) for cell in cells):
        return False
    return name != next(iter(rows[0]), "") or not _run_on(cells)


def _run_on(cells: Sequence[str]) -> bool:
    """Return whether each number is the one before and 1 more: in a first column they number the rows."""
    numbers = [int(cell) for cell in cells if re.fullmatch(r"-?\d{1,18}", cell)]
    all_follow = all(after - before == 1 for before, after in itertools.pairwise(numbers))
    return len(numbers) == len(cells) >= ROWS_IN_ORDER and all_follow


def _holds_json(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Return whether a column has texts that hold objects in print: no model should be shown these."""
    cells = [look_up(row, (name,))[1] for row in rows]
    return any(isinstance(cell, str) and re.match(r"\s*\[?\{\s*[\"']", cell) for cell in cells)


def _says_splits(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Return whether all cells of a column name splits: which row is of which is no answer to any of them."""
    cells = [cell for row in rows if (cell := look_up(row, (name,))[1]) not in (None, "", [])]
    return bool(cells) and all(split_called(cell) is not None for cell in cells)


def _asks_often(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Return whether a column holds several questions in a row."""
    cells = [look_up(row, (name,))[1] for row in rows]
    return any(isinstance(cell, list) and sum(str(one).rstrip().endswith("?") for one in cell) > 1 for cell in cells)


def _can_be(role: str, row: Mapping[str, Any], name: str) -> bool:
    column, value = look_up(row, (name,))
    try:
        return column is not None and bool(as_input(value) if role == "input" else as_texts(value))
    except BadCellError:
        return False


def name_says(role: str, name: str) -> float:
    """Return how much a name says that a column has a role; below 0 where it says that it has none."""
    above, _, last = name.rstrip(". ").rpartition(".")  # Nr. is no object
    said, around = name_words(last), name_words(above)
    if around & INSIDE or (role == "input" and around & ANNOTATED) or _is_id(last):
        return -1.0
    if role == "references" and _is_judged(name):
        return -1.0
    if difflib.get_close_matches(plain(last), (*getattr(DEFAULTS, role), *COMMON[role]), cutoff=ALIKE):
        return -1.0 if said <= WEAK and _speaks_against(role, around) else 2.0
    if said & OTHER - SAYS[role] and not (role == "references" and around & MARKED and said & CHOSEN):
        return -1.0
    if said <= WEAK and _speaks_against(role, around):
        return -1.0
    if (said <= WEAK and around & SAYS[role] - WEAK) or (role == "references" and around & MARKED and said & CHOSEN):
        return 1.0  # what is around says more: acceptedAnswer.text
    return 1.0 if said & SAYS[role] - WEAK else 0.5 if said & WEAK & SAYS[role] else 0.0


def _is_id(name: str) -> bool:
    """Return whether a name says that its column numbers something: conversation_id is no conversation."""
    return len(words := plain(name).split("_")) > 1 and words[-1] in IDS


def _speaks_against(role: str, around: Collection[str]) -> bool:
    other = {"input": "references", "references": "input"}[role]
    return bool(set(around) & (SAYS[other] - WEAK)) and not set(around) & (SAYS[role] - WEAK)


def name_words(name: str) -> set[str]:
    """Return the plain words of a column's name; of a compound like Kundenfrage, Musterantwort the last one, too."""
    words = set(re.split(r"[\W\d_]+", plain(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)))) - {""}
    ends = {(word, end) for word in words - NO_COMPOUNDS for end in COMPOUNDED if word.endswith(end)}
    return words | {COMPOUNDED[end] for word, end in ends if word.removesuffix(end) not in MODELS}  # Botantwort
