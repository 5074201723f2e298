"""Texts that no person writes and some model does: each is one unit, repeated."""

UNITS = {
    "one letter": "a",
    "numbers of things": "#a",
    "dots": ".",
    "newlines": "\n",
    "spaces": " ",
    "figures": "1,",
    "quotes": '"',
    "brackets": "[",
    "opened quotations": "“",
    "braces": "{{",
    "emoji": "😀",
    "one accent": "\u0301",
    "accents out of order": "\u0301\u0316",
    "one Chinese character": "中",
    "letters on lines": "a\n",
    "one word": "a ",
    "list items": "- ",
    "halves of characters": "\ud800",
    "digits and letters": "m8",
    "sentences": "bb cc. ",
    "negations": "not bb ",
    "questions": "bb cc, is it? ",
}


def repeated(name: str, size: int) -> str:
    """Return the text of that name, of `size` characters."""
    unit = UNITS[name]
    return (unit * (size // len(unit) + 1))[:size]
