"""Natural Questions as Google and the Hub publish it: a page in tokens, and answers as numbers of tokens in it.

The page becomes a document without its tags, the long answer its evidence; short answers, yes and no are references.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote

from harness.tasks.complaints import BadCellError
from harness.tasks.files.row import FileRow
from harness.tasks.formats.gathered import Gathered, RowFormat
from harness.tasks.values import shown

Values = Mapping[str, Any]

_TAG: Final = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,15}[^<>]{0,200}>")
_BLOCK: Final = re.compile(r"<(?:p|h\d|li|tr|dd|dt|ul|ol|table)\b", re.IGNORECASE)
"""tags that begin a line"""
YES_NO: Final[Mapping[str, str]] = {"yes": "yes", "no": "no", "1": "yes", "0": "no"}
"""what is written for these; NONE and -1 say that the answer is neither"""
LONG_ALONE: Final = "rows are left out whose only answer is a long one, a paragraph of the page"


def _fits(values: Values) -> bool:
    if not isinstance(values.get("annotations"), list | dict) or not isinstance(_question(values), str):
        return False
    document = values.get("document")
    return isinstance(values.get("document_text"), str) or (isinstance(document, dict) and "tokens" in document)


def _question(values: Values) -> Any:
    question = values.get("question_text", values.get("question"))
    return question.get("text") if isinstance(question, dict) else question


def _convert(row: FileRow, gathered: Gathered) -> Iterator[FileRow]:
    page = _tokens(row.values)
    every = list(_annotations(row.values.get("annotations")))
    references = dict.fromkeys(text for one in every for text in _short(one, page))
    long = next((span for one in every if (span := _span_of(one.get("long_answer"), page))), None)
    if not references and long is not None:
        gathered.decided(LONG_ALONE)
        return
    text, starts = _text(page)
    name = gathered.document(_title(row.values), text, row.place) if text else ""
    evidence = _evidence(name, text, (starts[long[0]], starts[long[1]]) if long else (0, 0), gathered)
    roles = {"input": _question(row.values), "references": list(references), "answerable": bool(references)}
    group = {"group": name} if gathered.keep and name else {}
    own = {"id": row.values.get("example_id", row.values.get("id"))}
    yield row._replace(values={**own, **roles, "evidence": evidence if references else [], **group})


def _evidence(name: str, text: str, span: tuple[int, int], gathered: Gathered) -> list[Any]:
    """Return the place of the long answer in its document, or the document."""
    start, end = span
    inside = text[start:end].strip()
    if not name or not inside:
        return [name] if name else []
    start += text[start:end].index(inside)
    return [{"document": name, "start": start, "end": start + len(inside)}] if gathered.keep else [inside]


def _tokens(values: Values) -> list[str]:
    """Return the tokens of the page, tags among them.

    Raises:
        BadCellError: there are none.
    """
    if isinstance(text := values.get("document_text"), str):
        return text.split(" ")
    document = values.get("document")
    tokens = document.get("tokens") if isinstance(document, dict) else None
    if isinstance(tokens, dict) and isinstance(tokens.get("token"), list):
        return [str(token) for token in tokens["token"]]
    if isinstance(tokens, list) and all(isinstance(one, dict) for one in tokens):
        return [str(one.get("token", "")) for one in tokens]
    raise BadCellError(
        "is no row of Natural Questions", f"want document_text or document.tokens, got {shown(document)}"
    )


def _annotations(value: Any) -> Iterator[Values]:
    """Yield the annotations of a list, or of an object of lists as the Hub has them."""
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))
    elif isinstance(value, dict):
        columns = {name: cells for name, cells in value.items() if isinstance(cells, list)}
        for number in range(max(map(len, columns.values()), default=0)):
            yield {name: cells[number] for name, cells in columns.items() if number < len(cells)}


def _short(annotation: Values, page: Sequence[str]) -> Iterator[str]:
    """Yield the short answers of an annotation, and its yes or no."""
    answers = annotation.get("short_answers")
    if isinstance(answers, dict):
        answers = list(_annotations(answers))
    for one in answers if isinstance(answers, list) else []:
        if (span := _span_of(one, page)) and (text := _plain(page[slice(*span)])):
            yield text
    if said := YES_NO.get(str(annotation.get("yes_no_answer")).strip().lower()):
        yield said


def _span_of(answer: Any, page: Sequence[str]) -> tuple[int, int] | None:
    """Return the numbers of an answer's first token and of the one behind its last; None for no answer."""
    if not isinstance(answer, dict):
        return None
    start, end = answer.get("start_token"), answer.get("end_token")
    if not isinstance(start, int) or not isinstance(end, int):
        return None
    return (start, end) if 0 <= start < end <= len(page) else None


def _plain(tokens: Sequence[str]) -> str:
    return " ".join(token for token in tokens if not _TAG.fullmatch(token)).strip()


def _text(page: Sequence[str]) -> tuple[str, list[int]]:
    """Return the text of the page, and where in it each token begins; one entry more for its end."""
    parts, starts, size = list[str](), list[int](), 0
    for token in page:
        starts.append(size)
        if _TAG.fullmatch(token):
            part = "\n" if _BLOCK.match(token) and size and not parts[-1].endswith("\n") else ""
        else:
            part = f"{token} "
        if part:
            parts.append(part)
        size += len(part)
    text = "".join(parts)
    return text, [*starts, size]


def _title(values: Values) -> str:
    document = values.get("document")
    stated = document.get("title") if isinstance(document, dict) else values.get("document_title")
    if isinstance(stated, str) and stated.strip():
        return stated.strip()
    address = str(values.get("document_url") or "")
    return unquote(address.rpartition("title=")[2].partition("&")[0].rpartition("/")[2]).replace("_", " ")


NATURAL_QUESTIONS: Final = RowFormat(
    "nq",
    "Natural Questions: pages are the documents, long answers the evidence, short ones, yes and no the references",
    _fits,
    _convert,
    frozenset(
        (
            *("example_id", "id", "question", "question_text", "question_tokens", "document", "document_text"),
            *("document_title", "document_url", "document_html", "annotations", "long_answer_candidates"),
        )
    ),
)
