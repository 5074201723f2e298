"""Reading comprehension: SQuAD, nested as published or flat as on the Hub, and HotpotQA.

The texts that a question is about become documents, and what answers it in them becomes its evidence.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from harness.tasks.complaints import BadCellError
from harness.tasks.files.row import FileRow
from harness.tasks.formats.gathered import Gathered, RowFormat
from harness.tasks.mapping import content_id
from harness.tasks.values import as_truth, shown

Values = Mapping[str, Any]


def _fits_squad(values: Values) -> bool:
    nested = isinstance(values.get("paragraphs"), list) or isinstance(values.get("qas"), list)
    return nested or ("question" in values and _is_squad_answer(values.get("answers")))


def _is_squad_answer(value: Any) -> bool:
    answers = value if isinstance(value, list) else [value]
    return bool(answers) and all(isinstance(one, dict) and {"text", "answer_start"} <= one.keys() for one in answers)


def _squad(row: FileRow, gathered: Gathered) -> Iterator[FileRow]:
    if "question" in row.values:
        yield _question(row, row.values, row.values, gathered)
        return
    for number, paragraph in enumerate(_objects(row.values.get("paragraphs", [row.values]), "paragraphs"), start=1):
        around = {"title": row.values.get("title"), **paragraph}
        for count, asked in enumerate(_objects(paragraph.get("qas"), f"paragraph {number}: qas"), start=1):
            place = f"{row.place} paragraph {number} question {count}"
            yield _question(row._replace(place=place), asked, around, gathered)


def _objects(value: Any, name: str) -> list[Values]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise BadCellError("is no SQuAD article", f"{name} is {shown(value)}, want a list of objects")
    return value


def _question(row: FileRow, asked: Values, around: Values, gathered: Gathered) -> FileRow:
    answers = [] if as_truth(asked.get("is_impossible")) else _answers(asked.get("answers"))
    values = {
        **{name: value for name, value in asked.items() if name != "answers"},
        "input": asked.get("question"),
        "references": list(dict.fromkeys(text for text, _ in answers)),
        "answerable": bool(answers),
        "group": _group(around),
        "evidence": _evidence(around, answers, row.place, gathered),
    }
    return row._replace(values=values)


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


def _answers(value: Any) -> list[tuple[str, int | None]]:
    """Return text and offset of the answers, which are a list of objects or an object of lists."""
    if isinstance(value, dict):
        texts, starts = _as_list(value.get("text")), _as_list(value.get("answer_start"))
        return list(zip(texts, starts or [None] * len(texts), strict=False))
    if isinstance(value, list):
        return [(one.get("text", ""), one.get("answer_start")) for one in value if isinstance(one, dict)]
    return []


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _fits_hotpot(values: Values) -> bool:
    return {"question", "answer", "context", "supporting_facts"} <= values.keys() and bool(
        _titled(values["context"], "title", "sentences")
    )


def _titled(value: Any, *names: str) -> list[tuple[Any, Any]]:
    """Return the pairs of a list of pairs, or of an object of two lists as the Hub has them."""
    if isinstance(value, dict):
        return list(zip(*(_as_list(value.get(name)) for name in names), strict=False))
    pairs = value if isinstance(value, list) else []
    return [(pair[0], pair[1]) for pair in pairs if isinstance(pair, Sequence) and len(pair) == 2]


def _hotpot(row: FileRow, gathered: Gathered) -> Iterator[FileRow]:
    paragraphs = _titled(row.values.get("context"), "title", "sentences")
    if not paragraphs:
        raise BadCellError("has no [title, sentences]", f"context is {shown(row.values.get('context'))}")
    texts = {str(title): [str(sentence) for sentence in _as_list(sentences)] for title, sentences in paragraphs}
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
    frozenset(("title", "paragraphs", "qas", "context", "question", "answers", "is_impossible", "plausible_answers")),
)
HOTPOT: Final = RowFormat(
    "hotpot",
    "HotpotQA: paragraphs of the context are the documents, supporting facts the evidence",
    _fits_hotpot,
    _hotpot,
    frozenset(("question", "answer", "context", "supporting_facts", "type")),
)
