"""Names next to points, where they cover neither each other nor a point."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from harness.reports.html.pictures.picture import short
from harness.reports.html.pictures.svg import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Box = tuple[float, float, float, float]
"""left, bottom, right, top, in points"""

PLACES: Final = ((7, 5), (7, -13), (-7, 5), (-7, -13), (0, 10), (0, -18), (7, 14), (7, -22), (-7, 14), (-7, -22))
"""where a name may be written from its point, the best first; in points"""
CHARACTER: Final = 6.2
"""width of one, in points"""
HEIGHT: Final = 11.0


def label(axes: "Axes", names: Sequence[str], points: Sequence[tuple[float, float]]) -> None:
    """Write each name next to its point (data coordinates); call it when the limits of the axes are set."""
    scale = 72 / axes.figure.dpi
    spots = [(x * scale, y * scale) for x, y in (axes.transData.transform(point) for point in points)]
    window = axes.get_window_extent()
    frame = tuple(edge * scale for edge in (window.x0, window.y0, window.x1, window.y1))
    taken: list[Box] = [(x - 4, y - 4, x + 4, y + 4) for x, y in spots]
    for name, point, spot in zip(names, points, spots, strict=True):
        text = short(name)
        boxes = {place: _box(spot, place, len(text)) for place in PLACES}
        place = min(PLACES, key=lambda one: _covered(boxes[one], taken) + _outside(boxes[one], frame))
        taken.append(boxes[place])
        aligned = {1: "left", 0: "center", -1: "right"}[(place[0] > 0) - (place[0] < 0)]
        axes.annotate(text, point, place, textcoords="offset points", color=INK, ha=aligned, fontweight="bold")


def _box(spot: tuple[float, float], place: tuple[int, int], characters: int) -> Box:
    width = characters * CHARACTER
    left = spot[0] + place[0] - {True: width, False: 0.0}[place[0] < 0] - (width / 2 if place[0] == 0 else 0)
    bottom = spot[1] + place[1]
    return left, bottom, left + width, bottom + HEIGHT


def _covered(box: Box, taken: Sequence[Box]) -> float:
    return sum(_overlap(box, other) for other in taken)


def _overlap(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


def _outside(box: Box, frame: Sequence[float]) -> float:
    sides = max(0.0, frame[0] - box[0]) + max(0.0, box[2] - frame[2])
    ends = max(0.0, frame[1] - box[1]) + max(0.0, box[3] - frame[3])
    return 20 * (sides + ends)
