"""What a page is built with: templates, one style sheet, one script; and the policy that lets nothing else run."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from harness.reports.cells import printable

HERE: Final = Path(__file__).parent


@cache
def templates() -> Environment:
    """Return the templates: everything is escaped, control characters are shown, a missing name is an error."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )


def page(template: str, script: bool, *, loads: bool = False, **values: Any) -> str:
    """Return a whole HTML file.

    Args:
        template: its name.
        script: whether the page holds the viewer's script; without it no script may run at all.
        loads: whether that script may load others: the files of a large comparison.
        values: what the template shows.
    """
    style, code = stylesheet(), viewer() if script else ""
    # Markup: our own files, whose hashes the policy names; nothing of a record is ever part of them.
    return (
        templates()
        .get_template(template)
        .render(policy=policy(style, code, loads=loads), style=Markup(style), script=Markup(code), **values)
    )


def policy(style: str, script: str, *, loads: bool = False) -> str:
    """Return the Content-Security-Policy: our style sheet and script by hash, no other code, no network.

    With `loads` code that our script itself asks for may run as well ('strict-dynamic'): a page from disk has no origin
    that could be named. Code in the markup stays forbidden.
    """
    scripts = f"'{_hash(script)}'" if script else "'none'"
    scripts += " 'strict-dynamic'" if loads else ""
    return f"default-src 'none'; script-src {scripts}; style-src '{_hash(style)}'; base-uri 'none'; form-action 'none'"


@cache
def stylesheet() -> str:
    """Return the style sheet of every page."""
    return _text(HERE / "style.css")


@cache
def viewer() -> str:
    """Return the viewer's script: its parts in the order of their names, none of them visible to another page."""
    parts = [_text(path) for path in sorted((HERE / "script").glob("*.js"))]
    return "\n".join(['(() => {\n"use strict";', *parts, "})();\n"])


def _text(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    assert "</" not in text, f"{path.name} would end its own element"
    return text


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _shown(value: Any) -> Any:
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
