"""One file of a knowledge base as Markdown text, with what it says about itself.

Markdown, reStructuredText and plain text need nothing. The others are read by small, well-kept libraries of the extra
`documents`: HTML by beautifulsoup4 and markdownify, DOCX by mammoth (whose HTML goes the same way, so that headings,
lists and tables stay), PDF by pypdf, which takes text in reading order and no layout. All are pure Python, 3 MB
together; markitdown and docling do more, and bring onnxruntime or torch models for it.
"""

import logging
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import yaml

from harness.tasks.files.encodings import recognised
from harness.tasks.files.text import UTF_8, found_encoding
from harness.tasks.knowledge.page_furniture import without_furniture
from harness.tasks.knowledge.restructured import as_markdown

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

FRONT_MATTER: Final = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
TOML_MATTER: Final = re.compile(r"\A\+\+\+[ \t]*\n(.*?)\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
MODULES: Final = re.compile(r"\A\s*(?:(?:import|export)\b[^\n]*\n+)+")
"""lines of program that a page of MDX begins with"""
DATES: Final = ("date", "dc.date", "article:published_time", "last-modified")
"""names of an HTML meta element whose content is the date"""
PLAIN: Final = (".md", ".markdown", ".mdx", ".rst", ".txt")
"""endings of texts whose encoding is not stated in them"""
ENOUGH: Final = 4_000
"""bytes of a text that shows its encoding by itself"""
NOT_UTF_8: Final = "are not UTF-8, read as "
"""how the oddity of such a text begins"""


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
    left_out: float = 0.0
    """share of the text of a page that stands on every page of a site and is not in `text`"""


def read_file(path: Path, encoding: str = "") -> FileText:
    """Return the text of a file of one of the kinds in KINDS.

    Args:
        path: of the file.
        encoding: of plain text and Markdown that are no UTF-8; "": recognised.

    Raises:
        UnreadableFileError: there is no text in it, or it cannot be read.
        MissingReaderError: the extra `documents` is not installed.
    """
    try:
        found = KINDS[path.suffix.lower()](path, encoding)
    except (UnreadableFileError, MissingReaderError):
        raise
    except OSError as error:
        raise UnreadableFileError(f"cannot be read ({error.strerror or error})") from error
    except Exception as error:  # whatever the libraries raise about half a file, or one of another kind
        raise UnreadableFileError(f"cannot be read as {path.suffix[1:].upper()} ({type(error).__name__})") from error
    if not found.text.strip():
        raise UnreadableFileError("hold no text (scanned pages?)" if path.suffix.lower() == ".pdf" else "are empty")
    return found


def _plain(path: Path, encoding: str) -> FileText:
    return FileText(*_decoded(path, encoding))


def _decoded(path: Path, encoding: str) -> tuple[str, Mapping[str, Any], str]:
    """Return the text with line feeds alone, no fields, and what was odd about its encoding.

    The encoding is recognised as that of a table is.
    """
    raw, found = path.read_bytes(), found_encoding(path)
    if found != UTF_8 and not found.startswith("utf-16"):
        found = encoding or found
    try:
        text, oddity = raw.decode(found), "" if found == UTF_8 or found == "utf-16" else f"{NOT_UTF_8}{found}"
    except UnicodeError:
        text, oddity = raw.decode(found, errors="replace"), f"hold bytes that are no {found}, shown as \ufffd"
    if "\0" in text:
        raise UnreadableFileError("are no text files")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), {}, oddity


def shared_encoding(files: Sequence[Path]) -> str:
    """Return the encoding of the texts among some files that are no UTF-8: together they show it, one may be too short.

    Where they do not have one encoding, "": each is recognised by itself.
    """
    odd = [path for path in files if path.suffix.lower() in PLAIN and _is_odd(path)]
    lines = [line for path in odd for line in path.read_bytes().splitlines() if not line.isascii()]
    if len(odd) < 2:
        return ""
    together = recognised(lines)
    long = [path for path in odd if path.stat().st_size > ENOUGH]
    return together if all(found_encoding(path) == together for path in long) else ""


def _is_odd(path: Path) -> bool:
    try:
        return found_encoding(path) not in (UTF_8, "utf-16", "utf-16-le", "utf-16-be")
    except OSError:
        return False  # reported when it is read


def _markdown(path: Path, encoding: str) -> FileText:
    plain = _plain(path, encoding)
    for pattern, kind, read in ((FRONT_MATTER, "YAML", yaml.safe_load), (TOML_MATTER, "TOML", tomllib.loads)):
        if matter := pattern.match(plain.text):
            return _with_fields(plain, matter, kind, read)
    return plain


def _with_fields(plain: FileText, matter: re.Match[str], kind: str, read: Callable[[str], Any]) -> FileText:
    try:
        fields = read(matter[1])
    except (yaml.YAMLError, tomllib.TOMLDecodeError):
        fields = None
    if not isinstance(fields, dict):
        return FileText(plain.text, oddity=f"begin with front matter that is not {kind}: kept as text")
    lower = {str(key).lower(): value for key, value in fields.items()}
    return FileText(plain.text[matter.end() :], lower, plain.oddity)


def _mdx(path: Path, encoding: str) -> FileText:
    found = _markdown(path, encoding)
    return replace(found, text=MODULES.sub("", found.text))


def _restructured(path: Path, encoding: str) -> FileText:
    plain = _plain(path, encoding)
    return replace(plain, text=as_markdown(plain.text))


def _html(path: Path, _: str) -> FileText:
    with _library("beautifulsoup4"):
        from bs4 import BeautifulSoup
    soup = BeautifulSoup(path.read_bytes(), "html.parser")
    fields: dict[str, Any] = {"title": soup.title.get_text(" ", strip=True) if soup.title else ""}
    for meta in soup.find_all("meta"):
        name = str(meta.get("name") or meta.get("property") or meta.get("http-equiv") or "").lower()
        if name in DATES and meta.get("content"):
            fields.setdefault("date", str(meta["content"]))
    return replace(_converted(soup), fields=fields)


def html_as_markdown(text: str) -> FileText:
    """Return the Markdown of a piece of HTML.

    Raises:
        MissingReaderError: the extra `documents` is not installed.
    """
    with _library("beautifulsoup4"):
        from bs4 import BeautifulSoup
    return _converted(BeautifulSoup(text, "html.parser"))


def _converted(soup: "BeautifulSoup") -> FileText:
    """Return the Markdown of a page, without what stands on every page of a site."""
    with _library("markdownify"):
        from markdownify import MarkdownConverter
    page, left_out = without_furniture(soup)
    escaped = {"escape_asterisks": False, "escape_underscores": False, "escape_misc": False}
    options: dict[str, Any] = {"heading_style": "ATX", "bullets": "-", "table_infer_header": True, **escaped}
    text: str = MarkdownConverter(strip=["a", "img"], **options).convert_soup(page)
    return FileText(re.sub(r"\n{3,}", "\n\n", text).strip(), left_out=left_out)


def _docx(path: Path, _: str) -> FileText:
    with _library("mammoth"):
        import mammoth
    with _library("beautifulsoup4"):
        from bs4 import BeautifulSoup
    with path.open("rb") as stream:
        html = mammoth.convert_to_html(stream, style_map="p[style-name='Title'] => h1:fresh").value
    return _converted(BeautifulSoup(html, "html.parser"))


def _pdf(path: Path, _: str) -> FileText:
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


KINDS: Final[Mapping[str, Callable[[Path, str], FileText]]] = {
    ".md": _markdown,
    ".markdown": _markdown,
    ".mdx": _mdx,
    ".rst": _restructured,
    ".txt": _plain,
    ".html": _html,
    ".htm": _html,
    ".pdf": _pdf,
    ".docx": _docx,
}
"""file ending, in lower case -> reader"""
