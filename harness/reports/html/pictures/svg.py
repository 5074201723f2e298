"""matplotlib figures as SVG that belongs to the page: its colours and fonts, no style of its own, the same bytes."""

import io
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

from markupsafe import Markup

from harness.analysis.result import Figure, TableEntry
from harness.reports.cells import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

SVG: Final = "{http://www.w3.org/2000/svg}"
LINK: Final = "{http://www.w3.org/1999/xlink}href"

SIZE: Final = (5.4, 3.7)
INK, MUTED, RULE, PAPER = "#010101", "#020202", "#030303", "#040404"
SERIES: Final = tuple(f"#0500{number:02x}" for number in range(1, 9))
"""one per arm; the page decides what these placeholders look like, in light and in dark"""
THEME: Final = {
    INK: "var(--ink)",
    MUTED: "var(--muted)",
    RULE: "var(--rule)",
    PAPER: "var(--paper)",
    **{colour: f"var(--s{place})" for place, colour in enumerate(SERIES, start=1)},
}
KEPT: Final = frozenset(
    {"fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap",
     "stroke-linejoin", "stroke-dashoffset", "opacity", "text-anchor", "font-size", "font-weight"}
)  # fmt: skip
FONT: Final = re.compile(r"(?<![\d.])(?:(?P<weight>bold|\d+) )?(?P<size>[\d.]+px) ")
STYLE: Final = Path(__file__).with_name("page.mplstyle")


def colour(place: int) -> str:
    """Return the colour of the arm at this place of the scoreboard."""
    return SERIES[place % len(SERIES)]


def whisker(of: TableEntry | Figure) -> list[list[float]] | None:
    """Return how far the 95 % interval reaches below and above, as matplotlib wants it; None without one."""
    at = of.mean if isinstance(of, TableEntry) else of.value
    if at is None or of.low is None or of.high is None:
        return None
    return [[max(0.0, at - of.low)], [max(0.0, of.high - at)]]


def drawn(name: str, alternative: str, draw: Callable[["Axes"], None], size: tuple[float, float] = SIZE) -> Markup:
    """Return the svg element of one drawing; arguments as for `figure`, but `draw` is given axes."""
    return figure(name, alternative, lambda whole: draw(whole.add_subplot()), size)


def figure(name: str, alternative: str, draw: Callable[["Drawing"], None], size: tuple[float, float] = SIZE) -> Markup:
    """Return the svg element that `draw` fills.

    Args:
        name: of the picture; keeps its ids apart from other pictures'.
        alternative: read out to who does not see it.
        draw: is given the empty figure.
        size: in inches of 72 points.
    """
    import matplotlib
    from matplotlib.figure import Figure as Whole

    stream = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": name}, STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # the reader's browser draws the letters
        whole = Whole(figsize=size, layout="constrained")
        draw(whole)
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        whole.savefig(stream, format="svg", transparent=True, metadata=nothing)
    return _of_the_page(stream.getvalue(), name, printable(alternative))


def _of_the_page(text: str, name: str, alternative: str) -> Markup:
    root = ElementTree.fromstring(text.partition("<svg")[1] + text.partition("<svg")[2])
    _without(root, {f"{SVG}metadata", f"{SVG}style"})
    used = set(re.findall(r"#([\w.-]+)[\")]", text))
    for element in root.iter():
        _plain(element, name, used)
    root.attrib = {"viewBox": root.attrib["viewBox"], "role": "img", "aria-label": alternative}
    ElementTree.register_namespace("", SVG.strip("{}"))
    # Markup: written by ElementTree, which escapes every text and attribute.
    return Markup(ElementTree.tostring(root, encoding="unicode", short_empty_elements=True))


def _without(parent: ElementTree.Element, tags: set[str]) -> None:
    for child in list(parent):
        if child.tag in tags:
            parent.remove(child)
        else:
            _without(child, tags)


def _plain(element: ElementTree.Element, name: str, used: set[str]) -> None:
    """Turn an element's style into attributes (the page forbids styles), and keep only ids that are referred to."""
    attributes = element.attrib
    for key, value in _declarations(attributes.pop("style", "")):
        attributes[key] = value
    own = attributes.pop("id", None)
    if own in used:
        attributes["id"] = f"{name}-{own}"
    target = attributes.pop(LINK, None)
    if target is not None:
        attributes["href"] = f"#{name}-{target.removeprefix('#')}"
    if "clip-path" in attributes:
        attributes["clip-path"] = attributes["clip-path"].replace("#", f"#{name}-")
    for key in ("fill", "stroke"):
        if key in attributes:
            attributes[key] = THEME.get(attributes[key], attributes[key])


def _declarations(style: str) -> list[tuple[str, str]]:
    found = []
    for part in filter(None, (one.strip() for one in style.split(";"))):
        key, _, value = (one.strip() for one in part.partition(":"))
        if key == "font" and (font := FONT.match(value)):
            found += [("font-size", font["size"]), *([("font-weight", font["weight"])] if font["weight"] else [])]
        elif key in KEPT:
            found.append((key, value))
    return found
