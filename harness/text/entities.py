"""HTML entities such as &amp; in plain text: what exports of databases and web pages leave behind.

One policy for all arms: data are shown and trained on as they are, and an answer is compared with a reference after the
entities of both are decoded. What a text about HTML says is never damaged, and "AT&amp;T" is a right answer for "AT&T".
"""

import re
from html import unescape
from typing import Final

ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def decoded(text: str) -> str:
    """Return the text with the characters that its entities stand for; each is decoded once."""
    return ENTITY.sub(lambda entity: unescape(entity[0]), text) if "&" in text else text


def first_entity(text: str) -> str:
    """Return the first entity that stands for a character; "" without one."""
    return next((entity[0] for entity in ENTITY.finditer(text) if unescape(entity[0]) != entity[0]), "")
