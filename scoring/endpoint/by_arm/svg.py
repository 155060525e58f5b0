"""Drawings as SVG: a frame with axes, lines, points and a legend. Arms differ in dash and mark as well as in colour."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 380
LEFT, RIGHT, TOP, BOTTOM = 62, 16, 14, 48
LEGEND_LINE = 18
DASHES = ("", "7 4", "2 3", "9 3 2 3", "12 4", "4 2", "1 5", "14 3 3 3")
COLOURS = ("#0b5cad", "#b4450a", "#0b7a55", "#8a3d86", "#6b5b00", "#a11d33", "#3b4a9a", "#4b4f55")
STEPS = (1, 2, 2.5, 5, 10)
OF_ARMS = "".join(f".a{number}{{stroke:{colour}}}" for number, colour in enumerate(COLOURS))
STYLE = """
.frame,.grid,.tick{stroke:#5b6470;stroke-width:1;fill:none}.grid{opacity:.25}.zero{stroke:#5b6470;stroke-width:1.2}
.limit{stroke:#5b6470;stroke-dasharray:3 3;fill:none}text{fill:#1b1f24;font:12px system-ui,sans-serif}
.line{fill:none;stroke-width:1.8}.mark{stroke-width:1.8;fill:none}.dot{fill:#5b6470;opacity:.6}
"""
# For a document that follows the theme of its reader.
DARK = """
@media screen and (prefers-color-scheme:dark){text{fill:#e6e9ee}.frame,.grid,.tick,.zero,.limit{stroke:#a3adb9}
.dot{fill:#a3adb9}.a0{stroke:#6cb2ff}.a1{stroke:#ff9d66}.a2{stroke:#4fd0a3}.a3{stroke:#e09bdc}.a4{stroke:#d8c750}.a5{stroke:#ff8095}
.a6{stroke:#a3b0ff}.a7{stroke:#c5cad1}}
"""


@dataclass(frozen=True)
class PlotLine:
    """The points of an arm, with limits where points have an interval; `scattered` points are not joined."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    limits: Sequence[tuple[float, float]] = ()
    marks: bool = False
    scattered: bool = False


@dataclass(frozen=True)
class Axis:
    """A label, the range that has to be shown, and names for places (by default numbers)."""

    label: str
    low: float
    high: float
    names: tuple[tuple[float, str], ...] = ()

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """The places with their text; none outside the range."""
        return list(self.names) or [
            (at, number_in_words(at)) for at in nice_ticks(self.low, self.high) if self.low <= at <= self.high
        ]


@dataclass(frozen=True)
class Plot:
    """A figure: its title for screen readers, axes, one line for each arm, and dashed horizontal limits."""

    title: str
    x: Axis
    y: Axis
    lines: Sequence[PlotLine]
    limits: Sequence[float] = ()

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Where a point is drawn."""
        across = (x - self.x.low) / ((self.x.high - self.x.low) or 1)
        up = (y - self.y.low) / ((self.y.high - self.y.low) or 1)
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)


def number_in_words(value: float) -> str:
    """A number beside an axis."""
    return f"{value:g}".replace("-", "−")


def nice_ticks(low: float, high: float) -> list[float]:
    """About six round numbers that cover a range.

    >>> nice_ticks(-1.2, 9)
    [-2.5, 0.0, 2.5, 5.0, 7.5, 10.0]
    """
    span = (high - low) or 1.0
    size = 10 ** math.floor(math.log10(span / 5))
    step = next(one * size for one in STEPS if one * size >= span / 5 * 0.999)
    return [round(step * at, 10) for at in range(math.floor(low / step), math.ceil(high / step) + 1)]


def axis_over(label: str, values: Sequence[float]) -> Axis:
    """An axis from round number to round number, with the steps between them."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    ticks = nice_ticks(low, high if high > low else low + 1)
    return Axis(label, ticks[0], ticks[-1], tuple((at, number_in_words(at)) for at in ticks))


def height_of(drawing: Plot) -> int:
    """The height of the figure with its legend; its width is WIDTH."""
    return HEIGHT + LEGEND_LINE * len(drawing.lines)


def drawn(drawing: Plot, *, on_white: bool = False) -> str:
    """The figure as an SVG document, on a white ground or on that of the page around it."""
    height = height_of(drawing)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
    style = OF_ARMS + STYLE + ("" if on_white else DARK)
    parts = [head, f"<title>{escape(drawing.title)}</title><style>{style}</style>"]
    parts += [f'<path fill="#fff" d="M0 0H{WIDTH}V{height}H0z"/>'] if on_white else []
    parts += [*axes(drawing), *draw_limits(drawing)]
    for number, line in sorted(enumerate(drawing.lines), key=lambda numbered: not numbered[1].scattered):
        parts += [*draw_line(drawing, line, number), *legend(line, number)]
    return "\n".join([*parts, "</svg>"])


def axes(drawing: Plot) -> Iterator[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    for at, text in drawing.x.ticks:
        x, _ = drawing.place(at, drawing.y.low)
        yield f'<path class="tick" d="M{x:.1f} {bottom}v5"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{escape(text)}</text>'
    for at, text in drawing.y.ticks:
        _, y = drawing.place(drawing.x.low, at)
        yield f'<path class="{"zero" if at == 0 else "grid"}" d="M{LEFT} {y:.1f}H{right}"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{escape(text)}</text>'
    middle = (TOP + bottom) / 2
    yield f'<path class="frame" d="M{LEFT} {TOP}V{bottom}H{right}"/>'
    yield f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 10}" text-anchor="middle">{escape(drawing.x.label)}</text>'
    turned = f'transform="rotate(-90 14 {middle})" text-anchor="middle"'
    yield f'<text x="14" y="{middle}" {turned}>{escape(drawing.y.label)}</text>'


def draw_limits(drawing: Plot) -> Iterator[str]:
    for limit in drawing.limits:
        _, y = drawing.place(drawing.x.low, limit)
        yield f'<path class="limit" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'


def draw_line(drawing: Plot, line: PlotLine, number: int) -> Iterator[str]:
    points = [drawing.place(x, y) for x, y in zip(line.x, line.y, strict=True)]
    if line.scattered:
        yield from (dot(x, y) for x, y in points)
        return
    if points:
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        yield f'<path class="line {look(number)} d="M{path}"/>'
    for at, (lower, upper) in zip(line.x, line.limits, strict=False):
        x, low = drawing.place(at, lower)
        yield f'<path class="mark a{number}" d="M{x:.1f} {low:.1f}V{drawing.place(at, upper)[1]:.1f}"/>'
    if line.marks:
        yield from (mark(x, y, number) for x, y in points)


def look(number: int) -> str:
    dash = DASHES[number]
    return f'a{number}"' + (f' stroke-dasharray="{dash}"' if dash else "")


def mark(x: float, y: float, number: int) -> str:
    """A circle, a square, a diamond or a triangle."""
    shapes = ("m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0", "m-4 -4h8v8h-8z", "m0 -5l5 5l-5 5l-5 -5z", "m0 -5l5 9h-10z")
    return f'<path class="mark a{number}" d="M{x:.1f} {y:.1f}{shapes[number % len(shapes)]}"/>'


def dot(x: float, y: float) -> str:
    """One of many points."""
    return f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="2"/>'


def legend(line: PlotLine, number: int) -> Iterator[str]:
    y = HEIGHT + LEGEND_LINE * number + 8
    yield dot(LEFT + 18, y) if line.scattered else f'<path class="line {look(number)} d="M{LEFT} {y}h36"/>'
    if line.marks:
        yield mark(LEFT + 18, y, number)
    yield f'<text x="{LEFT + 44}" y="{y + 4}">{escape(line.name)}</text>'
