"""Reading comprehension: SQuAD, nested as published or flat as on the Hub, and HotpotQA.

The texts that a question is about become documents, and what answers it in them becomes its evidence.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from harness.tasks.complaints import BadCellError
from harness.tasks.files.row import FileRow
from harness.tasks.formats.absent import NO_ANSWERS, NO_MORE
from harness.tasks.formats.asked_in_turn import SAYS
from harness.tasks.formats.gathered import Gathered, RowFormat
from harness.tasks.formats.squad_answers import (
    STATED,
    answers_of,
    as_list,
    name_of_answers,
    says_none,
    stated_answerable,
)
from harness.tasks.mapping import content_id
from harness.tasks.split_names import split_called
from harness.tasks.values import shown

Values = Mapping[str, Any]

ASKED: Final = frozenset(("question", "plausible_answers", "id", "_id", "qid", "group", "slice", "followup", *STATED))
"""fields of a question that are read, besides its answers"""
FOLLOW_UP: Final = "followup"
"""field of questions that are asked one after the other: "Who else?" says nothing alone"""
NO_ANSWER_SAID: Final = "No answer."
"""what stands as the answer of an earlier question that has none"""


def _fits_squad(values: Values) -> bool:
    nested = _are_asked(values.get("qas")) or any(_are_asked(one.get("qas")) for one in _each(values.get("paragraphs")))
    return nested or ("question" in values and _is_squad_answer(values.get("answers")))


def _are_asked(value: Any) -> bool:
    """Return whether a value is a list of questions as SQuAD has them."""
    return any("question" in one for one in _each(value))


def _each(value: Any) -> list[Values]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _is_squad_answer(value: Any) -> bool:
    answers = value if isinstance(value, list) else [value]
    return bool(answers) and all(isinstance(one, dict) and {"text", "answer_start"} <= one.keys() for one in answers)


def _squad(row: FileRow, gathered: Gathered) -> Iterator[FileRow]:
    if "question" in row.values:
        yield _question(row, row.values, row.values, gathered)
        return
    for number, paragraph in enumerate(_objects(row.values.get("paragraphs", [row.values]), "paragraphs"), start=1):
        around, said = {"title": row.values.get("title"), **paragraph}, list[dict[str, str]]()
        for count, asked in enumerate(_objects(paragraph.get("qas"), f"paragraph {number}: qas"), start=1):
            place = f"{row.place} paragraph {number} question {count}"
            made = _question(row._replace(place=place), asked, around, gathered)
            yield _behind(made, said, gathered) if FOLLOW_UP in asked else made


def _behind(row: FileRow, said: list[dict[str, str]], gathered: Gathered) -> FileRow:
    """Return a question behind those before it and their answers, to which it is added (QuAC)."""
    question, references = row.values["input"], row.values["references"]
    if not isinstance(question, str):
        return row
    turns = [*said, {"role": "user", "content": question}]
    answer = references[0] if references else NO_ANSWER_SAID
    said[:] = [*turns, {"role": "assistant", "content": str(answer)}]
    gathered.decided(SAYS, 0)
    return row._replace(values={**row.values, "input": turns})


def _objects(value: Any, name: str) -> list[Values]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise BadCellError("is no SQuAD article", f"{name} is {shown(value)}, want a list of objects")
    return value


def _question(row: FileRow, asked: Values, around: Values, gathered: Gathered) -> FileRow:
    answers, is_answerable = answers_of(asked)
    if says_none(asked):
        gathered.decided(NO_MORE)
    around = {**around, "context": _without_mark(around.get("context"))}
    given = answers if is_answerable else []
    values = {
        **{name: value for name, value in asked.items() if name != "answers"},
        "input": asked.get("question"),
        "references": list(dict.fromkeys(text for text, _ in given)),
        "answerable": is_answerable,
        "group": _group(around),
        "evidence": _evidence(around, given, row.place, gathered),
    }
    return row._replace(values=values)


def _without_mark(context: Any) -> Any:
    """Return a context without the mark that QuAC puts at its end, for questions that it does not answer."""
    if not isinstance(context, str):
        return context
    return next(
        (context.rstrip().removesuffix(one).rstrip() for one in NO_ANSWERS if context.rstrip().endswith(one)), context
    )


def _withheld(rows: Sequence[Values], gathered: Gathered) -> str:
    """Return what is wrong where no question has an answer and hardly one is said to have none."""
    asked = [question for values in rows for question in _asked_in(values)]
    found = [answers_of(question) for question in asked]
    for name in {name_of_answers(question) for question in asked} - {None, "answers"}:
        gathered.decided(f"the answers of its questions stand in {name}", 0)
    if not asked or not gathered.columns.references or any(answers for answers, _ in found):
        return ""
    if all(stated_answerable(question) is False for question in asked):
        return ""
    split = split_called(Path(gathered.file).stem)
    cure = f"task.splits.{split}=null carves it from train; " if split in ("test", "validation") else ""
    return (
        "no question has an answer, and not all are said to be impossible: the answers are withheld, and nothing can "
        f"be compared with them; {cure}task.columns.references=[] asks without any"
    )


def _asked_in(values: Values) -> list[Values]:
    if "question" in values:
        return [values]
    paragraphs = _each(values["paragraphs"]) if "paragraphs" in values else [values]
    return [question for paragraph in paragraphs for question in _each(paragraph.get("qas"))]


def _unread_inside(rows: Sequence[Values]) -> list[str]:
    """Return the fields of nested questions that are not read."""
    inner = [question for values in rows if "question" not in values for question in _asked_in(values)]
    names = dict.fromkeys(name for question in inner for name in question)
    read = {*ASKED, *filter(None, map(name_of_answers, inner))}
    return [f"qas.{name}" for name in names if name not in read]


def _group(around: Values) -> str | None:
    """Return the context as a group: a file may be about one article, which would be one group for everything."""
    title, context = str(around.get("title") or ""), around.get("context")
    return content_id(title, context) if isinstance(context, str) and context.strip() else title or None


def _evidence(around: Values, answers: Sequence[tuple[str, int | None]], place: str, gathered: Gathered) -> list[Any]:
    """Return where the answers stand in the context, or the context, if none is found in it."""
    context = around.get("context")
    if not isinstance(context, str) or not context.strip():
        return []
    gathered.decided("contexts are the documents, the context of a question is its evidence and its group", 0)
    name = gathered.document(str(around.get("title") or ""), context, place)
    found = [_found(context, text, start, gathered) for text, start in answers if isinstance(start, int)]
    spans = dict.fromkeys(span for span in found if span)
    return [_span(name, *span) for span in spans] if gathered.keep and spans else [name]


def _found(context: str, text: Any, start: int, gathered: Gathered) -> tuple[int, int] | None:
    """Return the offsets of an answer: as stated if it stands there, else of its nearest occurrence; None without."""
    words = str(text).split()
    if start >= 0 and words and context[start : start + len(text)] == text:
        return start, start + len(text)
    pattern = r"\s+".join(map(re.escape, words))
    places = [match.span() for match in re.finditer(pattern, context, re.IGNORECASE)] if words else []
    if not places:
        gathered.decided("an answer stands nowhere in its context: all of the context is taken as evidence")
        return None
    gathered.decided("answer_start is not where the answer stands: its nearest place in the context is taken")
    return min(places, key=lambda place: abs(place[0] - start))


def _span(document: str, start: int, end: int) -> dict[str, Any]:
    return {"document": document, "start": start, "end": end}


def _fits_hotpot(values: Values) -> bool:
    return {"question", "answer", "context", "supporting_facts"} <= values.keys() and bool(
        _titled(values["context"], "title", "sentences")
    )


def _titled(value: Any, *names: str) -> list[tuple[Any, Any]]:
    """Return the pairs of a list of pairs, or of an object of two lists as the Hub has them."""
    if isinstance(value, dict):
        return list(zip(*(as_list(value.get(name)) for name in names), strict=False))
    pairs = value if isinstance(value, list) else []
    return [(pair[0], pair[1]) for pair in pairs if isinstance(pair, Sequence) and len(pair) == 2]


def _hotpot(row: FileRow, gathered: Gathered) -> Iterator[FileRow]:
    paragraphs = _titled(row.values.get("context"), "title", "sentences")
    if not paragraphs:
        raise BadCellError("has no [title, sentences]", f"context is {shown(row.values.get('context'))}")
    texts = {str(title): [str(sentence) for sentence in as_list(sentences)] for title, sentences in paragraphs}
    rest = {name: value for name, value in row.values.items() if name not in ("context", "supporting_facts")}
    roles = {
        "input": row.values.get("question"),
        "references": row.values.get("answer"),
        "evidence": _facts(row, texts, gathered),
        "slice": row.values.get("type"),
    }
    yield row._replace(values={**rest, **roles})


def _facts(row: FileRow, texts: Mapping[str, Sequence[str]], gathered: Gathered) -> list[Any]:
    """Return the supporting sentences: where they stand in their documents, or their texts."""
    names = {title: gathered.document(title, "".join(own), row.place) for title, own in texts.items()}
    facts = _titled(row.values.get("supporting_facts"), "title", "sent_id")
    known = [(str(title), at) for title, at in facts if isinstance(at, int) and at < len(texts.get(str(title), ()))]
    if len(known) < len(facts):
        gathered.decided("supporting facts that name no sentence of the context are left out")
    if not gathered.keep:
        return [texts[title][at].strip() for title, at in known]
    return [_sentence(names[title], texts[title], at) for title, at in known]


def _sentence(name: str, sentences: Sequence[str], number: int) -> dict[str, Any]:
    start = sum(len(sentence) for sentence in sentences[:number])
    return _span(name, start, start + len(sentences[number]))


SQUAD: Final = RowFormat(
    "squad",
    "SQuAD: answers.text are the references",
    _fits_squad,
    _squad,
    frozenset(("title", "paragraphs", "qas", "context", "question", "answers", "plausible_answers", *STATED)),
    look=_withheld,
    inner=_unread_inside,
)
HOTPOT: Final = RowFormat(
    "hotpot",
    "HotpotQA: paragraphs of the context are the documents, supporting facts the evidence",
    _fits_hotpot,
    _hotpot,
    frozenset(("question", "answer", "context", "supporting_facts", "type")),
)
