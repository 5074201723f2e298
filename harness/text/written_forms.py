"""A text as templates write it: as it is, or escaped for JSON (`|tojson`) or HTML (`|e`)."""

import html
import json
from typing import Final

JINJA_QUOTES: Final = str.maketrans({'"': "&#34;", "'": "&#39;"})


def written_forms(text: str) -> tuple[str, ...]:
    """Return the text, and what JSON with and without other letters, and HTML, make of it; each once."""
    escaped = html.escape(text, quote=False).translate(JINJA_QUOTES)
    return tuple(dict.fromkeys((text, json.dumps(text, ensure_ascii=False)[1:-1], json.dumps(text)[1:-1], escaped)))
