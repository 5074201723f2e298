"""One file of a knowledge base as Markdown text, with what it says about itself.

Markdown and plain text need nothing. The others are read by small, well-kept libraries of the extra `documents`:
HTML by beautifulsoup4 and markdownify, DOCX by mammoth (whose HTML goes the same way, so that headings, lists and
tables stay), PDF by pypdf, which takes text in reading order and no layout. All are pure Python, 3 MB together;
markitdown and docling do more, and bring onnxruntime or torch models for it.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import yaml

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

FRONT_MATTER: Final = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
DATES: Final = ("date", "dc.date", "article:published_time", "last-modified")
"""names of an HTML meta element whose content is the date"""


class UnreadableFileError(ValueError):
    """A file that has no text for us; the message says why and is followed by names of files."""


class MissingReaderError(ImportError):
    """The library that reads this kind of file is not installed; `name` is the library."""


@dataclass(frozen=True, slots=True)
class FileText:
    """What a file holds."""

    text: str
    """Markdown, or plain text"""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """front matter, or what the format says about the document; a title among them is the document's"""
    oddity: str = ""
    """what a user should know about how it was read"""


def read_file(path: Path) -> FileText:
    """Return the text of a file of one of the kinds in KINDS.

    Raises:
        UnreadableFileError: there is no text in it, or it cannot be read.
        MissingReaderError: the extra `documents` is not installed.
    """
    try:
        found = KINDS[path.suffix.lower()](path)
    except (UnreadableFileError, MissingReaderError):
        raise
    except OSError as error:
        raise UnreadableFileError(f"cannot be read ({error.strerror or error})") from error
    except Exception as error:  # whatever the libraries raise about half a file, or one of another kind
        raise UnreadableFileError(f"cannot be read as {path.suffix[1:].upper()} ({type(error).__name__})") from error
    if not found.text.strip():
        raise UnreadableFileError("hold no text (scanned pages?)" if path.suffix.lower() == ".pdf" else "are empty")
    return found


def _plain(path: Path) -> FileText:
    return FileText(*_decoded(path.read_bytes()))


def _decoded(raw: bytes) -> tuple[str, Mapping[str, Any], str]:
    """Return the text with line feeds alone, no fields, and what was odd about its encoding."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        text, oddity = raw.decode("utf-16"), ""
    else:
        try:
            text, oddity = raw.decode("utf-8-sig"), ""
        except UnicodeDecodeError:
            text, oddity = _guessed(raw)
    if "\0" in text:
        raise UnreadableFileError("are no text files")
    return text.replace("\r\n", "\n").replace("\r", "\n"), {}, oddity


def _guessed(raw: bytes) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    best = from_bytes(raw).best()
    if best is None:
        raise UnreadableFileError("are in no known encoding")
    return str(best), f"are not UTF-8, read as {best.encoding}"


def _markdown(path: Path) -> FileText:
    plain = _plain(path)
    matter = FRONT_MATTER.match(plain.text)
    if matter is None:
        return plain
    try:
        fields = yaml.safe_load(matter[1])
    except yaml.YAMLError:
        fields = None
    if not isinstance(fields, dict):
        return FileText(plain.text, oddity="begin with front matter that is not YAML: kept as text")
    return FileText(
        plain.text[matter.end() :], {str(key).lower(): value for key, value in fields.items()}, plain.oddity
    )


def _html(path: Path) -> FileText:
    with _library("beautifulsoup4"):
        from bs4 import BeautifulSoup
    soup = BeautifulSoup(path.read_bytes(), "html.parser")
    fields: dict[str, Any] = {"title": soup.title.get_text(" ", strip=True) if soup.title else ""}
    for meta in soup.find_all("meta"):
        name = str(meta.get("name") or meta.get("property") or meta.get("http-equiv") or "").lower()
        if name in DATES and meta.get("content"):
            fields.setdefault("date", str(meta["content"]))
    return FileText(_converted(soup), fields)


def _converted(soup: "BeautifulSoup") -> str:
    """Return the Markdown of a page, without what stands on every page of a site."""
    with _library("markdownify"):
        from markdownify import MarkdownConverter
    for element in soup(["head", "script", "style", "noscript", "template", "nav", "footer", "aside"]):
        element.decompose()
    escaped = {"escape_asterisks": False, "escape_underscores": False, "escape_misc": False}
    options: dict[str, Any] = {"heading_style": "ATX", "bullets": "-", "table_infer_header": True, **escaped}
    converter = MarkdownConverter(strip=["a", "img"], **options)
    text: str = converter.convert_soup(soup.main or soup.body or soup)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _docx(path: Path) -> FileText:
    with _library("mammoth"):
        import mammoth
    with _library("beautifulsoup4"):
        from bs4 import BeautifulSoup
    with path.open("rb") as stream:
        html = mammoth.convert_to_html(stream, style_map="p[style-name='Title'] => h1:fresh").value
    return FileText(_converted(BeautifulSoup(html, "html.parser")))


def _pdf(path: Path) -> FileText:
    with _library("pypdf"):
        import pypdf
    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it warns of every oddity that it has mended
    with path.open("rb") as stream:
        return _pages(pypdf, stream)


def _pages(pypdf: Any, stream: BinaryIO) -> FileText:
    reader = pypdf.PdfReader(stream)
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableFileError("are protected by a password")
    pages = [page.extract_text().strip() for page in reader.pages]
    title = str((reader.metadata and reader.metadata.title) or "").strip()
    # word processors leave the name of their own file there
    return FileText("\n\n".join(filter(None, pages)), {"title": "" if re.search(r"\.\w{2,5}$", title) else title})


@contextmanager
def _library(name: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise MissingReaderError(name=name) from error


KINDS: Final[Mapping[str, Callable[[Path], FileText]]] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".txt": _plain,
    ".html": _html,
    ".htm": _html,
    ".pdf": _pdf,
    ".docx": _docx,
}
"""file ending, in lower case -> reader"""
