"""What stands on every page of a site and says nothing of its own: navigation, headers, footers, forms, cookie notices.

Elements and roles of HTML say it for certain. Names of classes and ids are made up by whoever made the site, so that
what is called so goes only where it is small or a list of links, and holds no heading of the page; of names that
contents have as well (the menu of a restaurant) only lists of links go.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

UNSEEN: Final = ("head", "script", "style", "noscript", "template")
"""elements that no reader of the page sees"""
ELEMENTS: Final = frozenset(("nav", "footer", "aside"))
ROLES: Final = frozenset(("navigation", "banner", "contentinfo", "complementary", "search"))
CALLED: Final = frozenset(
    (
        *("nav", "navbar", "navigation", "breadcrumb", "breadcrumbs", "crumbs", "sidebar", "sphinxsidebar", "footer"),
        *("cookie", "cookies", "cookiebar", "cookiebanner", "consent", "gdpr", "onetrust", "newsletter", "skiplink"),
    )
)
"""first or last part of a class or an id that says it"""
MAY_BE: Final = frozenset(
    ("menu", "menubar", "header", "banner", "toolbar", "share", "social", "related", "pagination")
)
"""the same, where it is a list of links"""
ABOUT_OTHERS: Final = frozenset(("has", "with", "without", "no", "is", "not", "hide", "show", "open", "toggle"))
"""parts of a class that says of an element what stands in or beside it: has-sidebar, nav-open"""
LINKED: Final = 0.5
"""share of the text of a list of links that they are"""
CONTENT: Final = 0.5
"""share of a page's text that is no furniture, whatever it is called"""
_PART: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def without_furniture(soup: "BeautifulSoup") -> tuple["Tag", float]:
    """Take out of a page what stands on every page of a site.

    Args:
        soup: of the page; is changed.

    Returns:
        What is left, and which share of the text that a reader sees is not.
    """
    for element in soup(list(UNSEEN)):
        element.decompose()
    whole = _length(soup)
    for element in soup.find_all(True):
        if not element.decomposed and _is_furniture(element, whole):
            _take_out(element)
    main = soup.main or soup.find(role="main") or soup.body or soup
    return main, 1 - _length(main) / whole if whole else 0.0


def _take_out(element: "Tag") -> None:
    """Remove an element but for the heading of the page, which some sites write into the header."""
    title = element.h1.extract() if element.name == "header" and element.h1 else None
    if title is not None:
        element.insert_before(title)
    element.decompose()


def _is_furniture(element: "Tag", whole: int) -> bool:
    role = str(element.get("role") or "").lower()
    if element.name in ELEMENTS or role in ROLES - {"banner", "complementary"}:
        return True
    if element.name in ("html", "body", "main", "article") or element.find(["main", "article"]):
        return False
    if element.name == "header":
        return element.find_parent(["article", "main", "section"]) is None and _is_aside(element, whole)
    names = set(_names(element))
    named = element.name == "form" or role in ROLES or not names.isdisjoint(CALLED)
    if not named and (names.isdisjoint(MAY_BE) or not _is_of_links(element)):
        return False
    return element.h1 is None and _is_aside(element, whole)


def _is_aside(element: "Tag", whole: int) -> bool:
    """Return whether an element is not the content of its page: it is small, or a list of links."""
    return _length(element) <= CONTENT * whole or _is_of_links(element)


def _names(element: "Tag") -> Iterator[str]:
    """Yield the first and the last parts of the classes and the id of an element, in lower case."""
    classes, own = element.get("class"), str(element.get("id") or "")
    for name in [*(classes.split() if isinstance(classes, str) else classes or ()), own]:
        parts = [part.lower() for part in _PART.findall(name)]
        if parts and ABOUT_OTHERS.isdisjoint(parts):
            yield from (parts[0], parts[-1])


def _is_of_links(element: "Tag") -> bool:
    linked = sum(map(_length, element.find_all("a")))
    return linked > 0 and linked >= LINKED * _length(element)


def _length(element: "Tag") -> int:
    return sum(map(len, element.stripped_strings))
