"""What stands on every page of a site and says nothing of its own: navigation, headers, footers, forms, cookie notices.

Elements and roles of HTML say it for certain, but of headers, of which only those that are mostly links go. Names of
classes are made up by whoever made the site, so that what is called so goes only where it is small or a list of links,
holds no heading, and does not stand in the content itself; an id is the name of what is spoken of as often (#cookies),
so that by it only lists of links go. Of names that contents have as well (the menu of a restaurant) only small lists
of links do.
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
"""first or last part of a class, or of the id of a list of links, that says it"""
MAY_BE: Final = frozenset(
    ("menu", "menubar", "header", "banner", "toolbar", "share", "social", "related", "pagination")
)
"""the same, where it is a small list of links"""
ABOUT_OTHERS: Final = frozenset(("has", "with", "without", "no", "is", "not", "hide", "show", "open", "toggle"))
"""parts of a class that says of an element what stands in or beside it: has-sidebar, nav-open"""
LINKED: Final = 0.5
"""share of the text of a list of links that they are"""
CONTENT: Final = 0.5
"""share of a page's text that is no furniture, whatever it is called"""
SMALL: Final = 0.3
"""share of it of a list of links that may be content"""
HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
CONTENTS: Final = ("main", "article")
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
    is_header = element.name == "header" or element.get("role") == "banner"
    title = element.h1.extract() if is_header and element.h1 else None
    if title is not None:
        element.insert_before(title)
    element.decompose()


def _is_furniture(element: "Tag", whole: int) -> bool:
    role = str(element.get("role") or "").lower()
    if element.name in ELEMENTS or role in ROLES - {"banner", "complementary"}:
        return True
    if element.name in ("html", "body", *CONTENTS):
        return False
    if element.name == "header" or role == "banner":
        is_it = _is_header_of_links(element)
    elif element.name == "form" or role in ROLES:
        is_it = element.h1 is None and _is_aside(element, whole)
    else:
        is_it = _is_by_name(element, whole)
    return is_it and element.find(list(CONTENTS)) is None


def _is_header_of_links(element: "Tag") -> bool:
    """Return whether links are most of what a header of the page says besides its title and its navigation."""
    if element.find_parent([*CONTENTS, "section"]) is not None:
        return False
    apart = [*element.find_all("nav"), *([element.h1] if element.h1 else ())]
    linked = _linked(element) - sum(map(_linked, apart))
    return linked > 0 and linked >= LINKED * (_length(element) - sum(map(_length, apart)))


def _is_by_name(element: "Tag", whole: int) -> bool:
    """Return whether an element is called navigation or the like, and is no content for all that."""
    classes, own = set(_parts_of_classes(element)), set(_parts(str(element.get("id") or "")))
    if (classes | own).isdisjoint(CALLED | MAY_BE) or element.name in (*HEADINGS, "dt"):
        return False
    is_said = not classes.isdisjoint(CALLED) or not (own.isdisjoint(CALLED) or classes.isdisjoint(MAY_BE))
    if is_said:
        is_it = _is_aside(element, whole)
    else:
        is_it = _is_of_links(element) and (not own.isdisjoint(CALLED) or _length(element) <= SMALL * whole)
    return is_it and not _is_content(element)


def _is_content(element: "Tag") -> bool:
    """Return whether an element stands in the content of its page or in a heading, or holds a heading."""
    above = element.find_parent([*CONTENTS, *HEADINGS, "dt"]) or element.find_parent(role="main")
    return above is not None or element.find(list(HEADINGS)) is not None


def _is_aside(element: "Tag", whole: int) -> bool:
    """Return whether an element is not the content of its page: it is small, or a list of links."""
    return _length(element) <= CONTENT * whole or _is_of_links(element)


def _parts_of_classes(element: "Tag") -> Iterator[str]:
    classes = element.get("class")
    for name in classes.split() if isinstance(classes, str) else classes or ():
        yield from _parts(name)


def _parts(name: str) -> tuple[str, ...]:
    """Return the first and the last part of a class or an id, in lower case."""
    parts = [part.lower() for part in _PART.findall(name)]
    return (parts[0], parts[-1]) if parts and ABOUT_OTHERS.isdisjoint(parts) else ()


def _is_of_links(element: "Tag") -> bool:
    linked = _linked(element)
    return linked > 0 and linked >= LINKED * _length(element)


def _linked(element: "Tag") -> int:
    return sum(map(_length, element.find_all("a")))


def _length(element: "Tag") -> int:
    return sum(map(len, element.stripped_strings))
