"""Data inside a page: JSON that no browser takes for markup, packed where there is much of it."""

import base64
import json
import zlib
from collections.abc import Iterable
from typing import Any, Final

from markupsafe import Markup

ESCAPES: Final = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)
GZIP: Final = 16 + zlib.MAX_WBITS
LEVEL: Final = 6


def block(parts: Iterable[str], pack_above: int) -> Markup:
    """Return the script element that holds the JSON text made of `parts`.

    Args:
        parts: taken one by one, so that a large text is never in memory as a whole.
        pack_above: characters from which on the text is gzipped (a browser of 2023 or later unpacks it).
    """
    plain: list[str] = []
    length = 0
    parts = iter(parts)
    for part in parts:
        plain.append(part)
        length += len(part)
        if length > pack_above:
            return _element("application/octet-stream", _packed(plain, parts))
    return _element("application/json", "".join(plain).translate(ESCAPES))


def json_text(value: Any) -> str:
    """Return compact JSON; half a surrogate pair, which a model can produce, stays an escape."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text


def _element(kind: str, text: str) -> Markup:
    return Markup(f'<script type="{kind}" id="data">{text}</script>')


def _packed(first: list[str], rest: Iterable[str]) -> str:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)  # zlib writes no time into the head, so bytes stay the same
    done = [packer.compress("".join(first).encode())]
    first.clear()
    done += [packer.compress(part.encode()) for part in rest]
    return base64.b64encode(b"".join([*done, packer.flush()])).decode()
