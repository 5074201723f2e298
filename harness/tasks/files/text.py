"""Lines of a text file in whatever encoding it has. UTF-8 is checked, all else is recognised or told."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from harness.tasks.complaints import Complaints
from harness.tasks.files.encodings import MANY_BYTES, SAMPLE, recognised
from harness.tasks.files.row import FileShape

UTF_8: Final = "utf-8"
CHUNK: Final = 1 << 20
MARKS: Final = {codecs.BOM_UTF8: UTF_8, codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


MOST_NUL: Final = 0.2
INSTEAD: Final = {
    b"version https://git-lfs": "a pointer of Git LFS, not the data: run git lfs pull, or download the file",
    b"<!doctype html": (page := "a web page (a login or an error?), not the data: download the file itself"),
    b"<html": page,
}
"""how a file begins that was saved in place of the data -> what it is"""


def text_lines(path: Path, shape: FileShape, complaints: Complaints) -> Iterator[str]:
    """Yield lines with their ends. Only a line feed ends a line: U+2028 may occur in a JSON text."""
    is_told = bool(shape.encoding)
    shape.encoding = _known(shape.encoding) or found_encoding(path)
    if shape.encoding == UTF_8:
        yield from _utf_8_lines(path, complaints)
        return
    if not is_told and not shape.encoding.startswith("utf-16"):
        _check_mixed(path, shape.encoding, complaints)
    with path.open(encoding=shape.encoding, newline="\n") as stream:
        try:
            for number, line in enumerate(stream):
                yield line.removeprefix("\ufeff") if number == 0 else line
        except UnicodeError as error:
            cure = "save the file as UTF-8, or set task.encoding to the one that it has"
            complaints.add((path, "encoding"), f"{path}: cannot be read as {shape.encoding} ({error}); {cure}")


def _check_mixed(path: Path, encoding: str, complaints: Complaints) -> None:
    """Complain of lines that are UTF-8 in a file of one byte per letter, in which they hardly are by chance."""
    if encoding in MANY_BYTES:
        return
    cure = "save the file as UTF-8 throughout, or set task.encoding to read all lines alike"
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.isascii() and _is_text_in_utf_8(line):
                text = f"{path}:{number}: is UTF-8, while other lines are {encoding}; {cure}"
                complaints.add((path, "encoding"), text)


def _is_text_in_utf_8(line: bytes) -> bool:
    try:
        return bool(line.decode(UTF_8))
    except UnicodeDecodeError:
        return False


def _known(encoding: str) -> str:
    """Return the name in one spelling; "" where none is told."""
    return codecs.lookup(encoding).name if encoding else ""


def is_encoding(name: str) -> bool:
    """Return whether Python knows an encoding of texts by this name."""
    try:
        return bool("a".encode(name))
    except (LookupError, UnicodeError):
        return False


def _utf_8_lines(path: Path, complaints: Complaints) -> Iterator[str]:
    with path.open("rb") as stream:
        for number, raw in enumerate(stream, start=1):
            line = raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
            yield _decoded(line, path, number, complaints)


def _decoded(line: bytes, path: Path, number: int, complaints: Complaints) -> str:
    if b"\0" in line:
        cure = "the file is damaged: export it again, or delete them (tr -d '\\000')"
        complaints.add((path, "NUL"), f"{path}:{number}: holds characters of the code 0; {cure}")
        line = line.replace(b"\0", b"")
    try:
        return line.decode(UTF_8)
    except UnicodeDecodeError as error:
        bad = f"byte 0x{line[error.start]:02x} at position {error.start + 1}"
        cure = "save the file as UTF-8, or set task.encoding, say to cp1252"
        complaints.add((path, "encoding"), f"{path}:{number}: not UTF-8 ({bad}), while other lines are; {cure}")
        return line.decode(UTF_8, errors="replace")


def found_encoding(path: Path) -> str:
    """Return the encoding of a file: by its mark, UTF-8 where that is right, else the likeliest one."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            return encoding
    if b"\0" in head and not _is_utf_8_with_nul(head):
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    return UTF_8 if _is_utf_8(path) else _likeliest(path)


def _is_utf_8_with_nul(head: bytes) -> bool:
    """Return whether a few bytes 0 stand in a text that is UTF-8 without them; of UTF-16 in Latin script half are 0."""
    try:
        codecs.getincrementaldecoder(UTF_8)().decode(head)
    except UnicodeDecodeError:
        return False
    return head.count(0) < MOST_NUL * len(head)


def no_data(path: Path) -> str:
    """Return what a file is that was saved in place of the data, and what to do; "" for any other file."""
    with path.open("rb") as stream:
        head = stream.read(100).removeprefix(codecs.BOM_UTF8).lstrip().lower()
    return next((what for start, what in INSTEAD.items() if head.startswith(start)), "")


def _is_utf_8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder(UTF_8)()
    with path.open("rb") as stream:
        try:
            while chunk := stream.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _likeliest(path: Path) -> str:
    """Return the encoding of lines that are no UTF-8; UTF-8 where most lines are, so that the others are named."""
    odd: list[bytes] = []
    sound = seen = 0
    with path.open("rb") as stream:
        for line in stream:
            if line.isascii():
                continue
            if seen >= SAMPLE:
                break
            seen += len(line)
            try:
                line.decode(UTF_8)
                sound += 1
            except UnicodeDecodeError:
                odd.append(line)
    return UTF_8 if sound >= len(odd) else recognised(odd)
