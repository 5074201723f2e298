"""Where the section of a document stands that an address leads to: "touring.md#the-kestrel"."""

import re
from typing import Final
from unicodedata import normalize

from harness.text.markdown import outline
from harness.types import Document, EvidenceSpan

_OTHER: Final = re.compile(r"[\W_]+")


def section_of(document: Document, anchor: str) -> EvidenceSpan | None:
    """Return the place of the section whose heading an anchor names; None where no heading or several are called so.

    Programs make anchors of headings in different ways: letters and digits are what they keep.
    """
    wanted, headings = _plain(anchor), outline(document.text).headings
    found = [number for number, heading in enumerate(headings) if wanted and _plain(heading.text) == wanted]
    if len(found) != 1:
        return None
    own = headings[found[0]]
    after = (heading.start for heading in headings[found[0] + 1 :] if heading.level <= own.level)
    return EvidenceSpan(document.id, own.start, next(after, len(document.text)))


def _plain(text: str) -> str:
    return _OTHER.sub("", normalize("NFC", text).casefold())
