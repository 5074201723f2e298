"""Evidence that rows state by id, title, text or offsets, found in the documents; what is not found is listed.

Ids are looked up first, then titles, then texts: word for word, then nearly. A row that gives ids and facts has the
places of its facts as evidence where a gold document is longer than a passage.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from harness.tasks.complaints import Complaints, counted
from harness.tasks.document_names import IN_PARTS, SPELT, DocumentNames, Named
from harness.tasks.fact_places import LONG, fact_places
from harness.tasks.id_spelling import as_written, in_words, spelling
from harness.tasks.mapping import Placed
from harness.tasks.mentions import Mention
from harness.tasks.section_places import section_of
from harness.tasks.text_search import MANY, TextIndex, nearly_in, places_in
from harness.tasks.values import shown
from harness.text.tokens import words
from harness.types import Document, EvidenceSpan, Example, Split

LARGE: Final = 0.1
"""share of a file's evidence that is not found from which on the file is wrong; less is a remark"""
SENTENCE: Final = 3
"""words from which on a value may be a text and not only an id or a title"""
FOUND: Final = "evidence found"
"""kind of the remark on evidence that was found by anything but an id"""
SHOWN: Final = 5
"""lines of a file that are named"""
OFFSETS: Final = "offsets"
CUT: Final = 0.2
"""share of the places by offsets that begin or end inside a word from which on they count something else"""
UNSPACED: Final = "\u0e00"
"""the first letter of Thai; its script and most behind it put no spaces between words"""
QUOTED: Final = re.compile(r"'[^']*'|\d+")
"""what differs from row to row in reasons of one wording"""


class Found(NamedTuple):
    """Where one piece of evidence stands."""

    how: str
    """what it was found by: id, title, text, offsets, …"""
    places: tuple[EvidenceSpan, ...]
    """any of them will do"""
    whole: bool = False
    """the documents as a whole"""
    such_as: str = ""
    """what was found so in words, where a user should see an example"""


class Lost(NamedTuple):
    """A piece of evidence that was not found."""

    words: str
    """what the row says"""
    why: str
    """what is wrong with it"""
    doubtful: bool = False
    """whether it may be several documents: however few rows say so, none may be guessed"""


class Knowledge:
    """Documents by id, by title, and by the texts of all rows.

    Args:
        documents: the knowledge base.
        others: ids of documents that were left out -> the id of the one they repeat, "" for an unusable one.
        parts: name of a document that was read in parts -> the ids of these.
        mentions: all that will be looked up.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        others: Mapping[str, str],
        parts: Mapping[str, Sequence[str]],
        mentions: Sequence[Mention],
    ) -> None:
        self._names = DocumentNames(documents, {name: kept for name, kept in others.items() if kept}, parts)
        self._written = _by_spelling(mention.name for mention in mentions)
        self._unusable = {name for name, kept in others.items() if not kept}
        texts = {text for one in mentions if (text := self._text(one)) and not self._names.find(one.name).documents}
        self._texts = TextIndex(documents, texts)

    def find(self, mention: Mention) -> list[Found] | Lost:
        """Return where it stands: one entry, several for a list of ids in one cell, none in an unusable document."""
        if mention.name in self._unusable:
            return []
        named = self._names.find(mention.name)
        if named.rivals or self._is_doubtful(mention, named):
            return Lost(mention.words, self._doubt(mention, named), doubtful=True)
        if mention.text or mention.start is not None:
            return self._inside(mention, named)
        if named.documents:
            return [_whole(named, mention.name)]
        listed = [_whole(one) for one in self._names.listed(mention.name)]
        return listed or self._by_text(mention, self._text(mention))

    def _is_doubtful(self, mention: Mention, named: Named) -> bool:
        """Return whether rows name two ids of which only one is there: 07 and 7, and it is not this one."""
        is_spelt = named.name not in ("", mention.name)
        return is_spelt and len(self._written[spelling(mention.name)]) > 1

    def _doubt(self, mention: Mention, named: Named) -> str:
        if named.rivals:
            return f"can be each of the documents {in_words(named.rivals)}; write it as one of them"
        rivals = in_words(sorted(self._written[spelling(mention.name)]))
        return f"is no id: rows name {rivals}, and only {named.name!r} is a document; write them alike"

    def _text(self, mention: Mention) -> str:
        """Return what could stand in a document."""
        return mention.text or (mention.name if len(words(mention.name)) >= SENTENCE else "")

    def _by_text(self, mention: Mention, text: str) -> list[Found] | Lost:
        if not text:
            return Lost(mention.words, "names no document")
        places, how = self._texts.places(text), "text"
        if not places:
            places, how = self._texts.nearly(text), "nearly the text"
        if not places:
            return Lost(mention.words, "names no document and stands in none, not even nearly")
        if len({place.document_id for place in places}) > MANY:
            return Lost(mention.words, f"stands in more than {MANY} documents, so that it does not tell which is meant")
        if mention.start is not None:
            places = [place for place in places if place.start == mention.start] or places
        return [Found("text" if how == "text" else "nearly the text", tuple(places))]

    def _inside(self, mention: Mention, named: Named) -> list[Found] | Lost:
        if not named.documents and mention.text:
            return self._by_text(mention, mention.text)
        if not named.documents:
            return Lost(mention.words, "names no document")
        if len(named.documents) > 1:
            return self._inside_one_of(mention, named)
        document = named.documents[0]
        document_id = document.id
        start, end = mention.start or 0, mention.end if mention.end is not None else len(document.text)
        if not mention.text:
            inside = 0 <= start < end <= len(document.text)
            places = (EvidenceSpan(document_id, start, end),)
            why = f"is not inside of the document, which has {counted(len(document.text), 'character')}"
            if start >= end:
                why = "ends before it starts" if start > end else "ends where it starts, and so holds nothing"
            return [Found(OFFSETS, places)] if inside else Lost(mention.words, why)
        return self._text_inside(mention, document)

    def cut_words(self, mention: Mention, found: Sequence[Found]) -> list[str]:
        """Return what a place by offsets alone holds if it begins or ends amid words, as when bytes are counted."""
        places = [place for one in found if one.how == OFFSETS for place in one.places] if not mention.text else []
        texts = [(self._names.by_id[place.document_id].text, place) for place in places]
        return [text[at.start : at.end] for text, at in texts if _is_cut(text, at)]

    def _inside_one_of(self, mention: Mention, named: Named) -> list[Found] | Lost:
        """Return where a text stands in one of several documents; offsets are those of none of them."""
        if not mention.text:
            why = f"gives offsets in {len(named.documents)} documents of one name ({named.how}); give the text instead"
            return Lost(mention.words, why)
        without = mention._replace(start=None, end=None)
        tried = [self._text_inside(without, document) for document in named.documents]
        exact = [one for found in tried if not isinstance(found, Lost) for one in found]
        places = tuple(place for one in exact if one.how == exact[0].how for place in one.places)
        why = f"stands in none of the {len(tried)} documents called {mention.name!r}, not even nearly"
        return [Found(exact[0].how, places)] if exact else Lost(mention.words, why)

    def _text_inside(self, mention: Mention, document: Document) -> list[Found] | Lost:
        places = places_in(document, mention.text)
        if mention.start is not None and places:
            start = mention.start
            return [Found(OFFSETS, (min(places, key=lambda place: abs(place.start - start)),))]
        if places:
            return [Found("text", tuple(places))]
        near = nearly_in(document, mention.text)
        if near is None:
            return Lost(mention.words, f"does not stand in document {document.id!r}, not even nearly")
        return [Found("nearly the text", (near[1],))]

    def example(self, example: Example, found: Sequence[Found]) -> Example:
        """Return the example with that evidence."""
        ids = tuple(dict.fromkeys(place.document_id for one in found for place in one.places))
        spans, in_parts = list[EvidenceSpan](), 0
        for piece, one in enumerate(found):
            if one.whole and len(one.places) == 1:
                continue
            number = piece if len(one.places) > 1 else None
            narrower = self._facts_in_parts(example.facts, one, len(found) + in_parts)
            in_parts += len(narrower)
            spans += narrower or [replace(place, piece=number) for place in one.places]
        placed = {span.document_id for span in spans}
        whole = [self._names.by_id[name] for name in ids if name not in placed]
        spans += fact_places(example.facts, whole, first_piece=len(found) + in_parts)
        return replace(example, evidence=ids, spans=tuple(dict.fromkeys(spans)))

    def _facts_in_parts(self, facts: Sequence[str], found: Found, first_piece: int) -> list[EvidenceSpan]:
        """Return the places of the facts in the parts of a document; [] where any of its parts will do."""
        parts = [self._names.by_id[place.document_id] for place in found.places] if found.how == IN_PARTS else []
        long = sum(len(part.text) for part in parts) > LONG
        return fact_places(facts, parts, first_piece, shortest=0) if long else []


def located(
    splits: Mapping[Split, Sequence[Placed]],
    documents: Sequence[Document],
    others: Mapping[str, str],
    parts: Mapping[str, Sequence[str]],
    holder: str,
    complaints: Complaints,
) -> dict[Split, list[Placed]]:
    """Return the rows with ids and places of their evidence.

    Args:
        splits: rows with what they say of their evidence.
        documents: the knowledge base.
        others: ids of documents that were left out -> the id of the one they repeat, "" for an unusable one.
        parts: name of a document that was read in parts -> the ids of these.
        holder: of the documents, for messages.
        complaints: gets a line per file with evidence that is not found, and remarks.
    """
    mentions = [mention for placed in splits.values() for entry in placed for mention in entry.mentions]
    knowledge = Knowledge(documents, others, parts, mentions)
    files: dict[str, _OfFile] = {}
    out = {split: [_located(entry, knowledge, files) for entry in placed] for split, placed in splits.items()}
    for file, own in files.items():
        _report(file, own, _hint(documents, holder), complaints)
    return out


class _OfFile(NamedTuple):
    """What was found and what was not for the rows of one file, of whichever split they are."""

    lost: list[tuple[str, Lost]]
    """places of rows and what they say"""
    hows: Counter[str]
    """how often was found by what"""
    such_as: dict[str, str]
    """by what -> the first that was found so"""
    lists: list[str]
    """texts that name several documents"""
    cut: list[str]
    """what places by offsets alone hold that begin or end inside a word or with a blank"""


def _located(entry: Placed, knowledge: Knowledge, files: dict[str, _OfFile]) -> Placed:
    file, found = files.setdefault(_parted(entry.place)[0], _OfFile([], Counter(), {}, [], [])), list[Found]()
    for mention in entry.mentions:
        one = knowledge.find(mention)
        if isinstance(one, Lost):
            file.lost.append((entry.place, one))
        else:
            found += one
            file.lists.extend([mention.name] if len(one) > 1 else [])
            file.cut.extend(knowledge.cut_words(mention, one))
    file.hows.update(own.how for own in found)
    for own in found:
        file.such_as.setdefault(own.how, f" ({own.such_as})" if own.such_as else "")
    return _with_found(entry, found, knowledge)


def _with_found(entry: Placed, found: Sequence[Found], knowledge: Knowledge) -> Placed:
    if not entry.mentions or entry.example is None:
        return entry
    example = knowledge.example(entry.example, found)
    return entry._replace(evidence=example.evidence, example=example)


def _report(file: str, own: _OfFile, hint: str, complaints: Complaints) -> None:
    lost, hows = sorted(own.lost, key=lambda one: _line(one[0])), own.hows
    total = len(lost) + sum(hows.values())
    if lost:
        lost.sort(key=lambda one: not one[1].doubtful)
        place, first = lost[0]
        others = _others([place for place, _ in lost], total)
        line = f"{place}: evidence {shown(first.words)} {first.why}; {hint}{others}"
        if first.doubtful or len(lost) > LARGE * total:
            cure = "mend it, or set task.columns.evidence=[], which measures no retrieval"
            complaints.add(("evidence", file), f"{line}; {cure}")
            for other in _other_reasons(lost):
                complaints.add(("evidence", file), other)
        else:
            complaints.remark(
                ("evidence", file), f"{line}. It is left out: what was found is the evidence of these rows"
            )
    if len(own.cut) > CUT * hows[OFFSETS]:
        counts = f"{len(own.cut):,} of {hows[OFFSETS]:,} places by offsets begin or end inside a word or with a blank"
        cure = "offsets are characters (not bytes or tokens) from 0, the end behind the last one"
        complaints.remark(("offsets", file), f"{file}: {counts}, such as {shown(own.cut[0])}: {cure}")
    if own.lists:
        rows = counted(len(own.lists), "row")
        line = f"{file}: {rows} with several documents in one text, read as a list: {shown(own.lists[0])}"
        complaints.remark((file, "lists"), line)
    if hows.keys() - {"id"}:
        parts = [f"{count:,} found by {how}{own.such_as[how]}" for how, count in hows.items()]
        complaints.remark((file, FOUND), f"{file}: of {total:,} pieces of evidence {', '.join(parts)}")


def _cuts(text: str, at: int) -> bool:
    """Return whether an offset lies inside a word of a script with spaces."""
    around = text[at - 1 : at + 1] if at > 0 else ""
    return len(around) == 2 and all(sign.isalnum() and sign < UNSPACED for sign in around)


def _is_cut(text: str, place: EvidenceSpan) -> bool:
    """Return whether a place begins or ends inside a word, or with a blank."""
    own = text[place.start : place.end]
    return own != own.strip() or _cuts(text, place.start) or _cuts(text, place.end)


def _parted(place: str) -> tuple[str, str]:
    """Return file and line of a row: "train.csv:7", "train.json:7 item 3", "train.parquet row 7"."""
    file, mark, row = place.rpartition(" row ")
    if mark and row.isdecimal():
        return file, row
    file, _, line = place.rpartition(":")
    return file, line


def _line(place: str) -> tuple[int, str]:
    number = _parted(place)[1]
    return (int(number) if number.isdecimal() else 0, place)


def _other_reasons(lost: Sequence[tuple[str, Lost]]) -> Iterator[str]:
    """Yield what is wrong with evidence that was not found for another reason than the first."""
    told = QUOTED.sub("", lost[0][1].why)
    others = ((place, one) for place, one in lost if QUOTED.sub("", one.why) != told)
    return (f"{place}: evidence {shown(one.words)} {one.why}; mend it" for place, one in others)


def _others(places: Sequence[str], total: int) -> str:
    if len(places) == 1:
        return ""
    lines = list(dict.fromkeys(_parted(place)[1] for place in places))
    more = f" and {len(lines) - SHOWN:,} more" if len(lines) > SHOWN else ""
    missing = f"{len(places):,} of the {total:,} pieces of evidence in this file are not found"
    return f". In all, {missing} (lines {', '.join(lines[:SHOWN])}{more})"


def _hint(documents: Sequence[Document], holder: str) -> str:
    if not documents:
        return f"{holder} has no document"
    first = documents[0]
    title = f" (title {shown(first.title)})" if first.title else ""
    return f"{holder} has {len(documents):,} documents, such as {first.id!r}{title}"


def _whole(named: Named, name: str = "") -> Found:
    if named.anchor and len(named.documents) == 1 and (section := section_of(named.documents[0], named.anchor)):
        return Found(
            "the heading behind #", (section,), such_as=f"{name!r} in {named.documents[0].id!r}" if name else ""
        )
    every = named.documents if named.how == IN_PARTS else named.documents[: MANY + 1]
    places = tuple(EvidenceSpan(document.id, 0, len(document.text)) for document in every)
    last = named.documents[-1].id
    such_as = {SPELT: f"{name!r} is {named.name!r}", IN_PARTS: f"{name!r} has {len(every)}, such as {last!r}"}
    return Found(named.how, places, whole=True, such_as=such_as.get(named.how, "") if name else "")


def _by_spelling(names: Iterable[str]) -> Mapping[str, set[str]]:
    """Return spelling -> the names in the rows that are spelt so, but for the .0 of a column of numbers."""
    found: dict[str, set[str]] = {}
    for name in filter(None, names):
        found.setdefault(spelling(name), set()).add(as_written(name.strip().casefold()))
    return found
