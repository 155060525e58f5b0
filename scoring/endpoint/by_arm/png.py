"""A drawing as PNG, for documents that take no SVG: the same lines, dashes and colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.figure import painted
from scoring.endpoint.by_arm.svg import COLOURS, DASHES, Axis, Plot, PlotLine

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = ("o", "s", "D", "^")
QUIET = "#5b6470"


def as_png(drawing: Plot) -> bytes:
    """The same bytes for the same drawing."""

    def draw(axes: Axes) -> None:
        axes.axhline(0, color=QUIET, linewidth=0.8)
        for limit in drawing.limits:
            axes.axhline(limit, color=QUIET, linewidth=0.8, linestyle="--")
        for number, line in enumerate(drawing.lines):
            draw_line(axes, line, number)
        frame(axes, drawing.x, drawing.y)
        axes.set_title(drawing.title, fontsize=9)
        axes.legend(frameon=False, loc="upper left")

    return painted(draw)


def draw_line(axes: Axes, line: PlotLine, number: int) -> None:
    """The line of a name, with its marks and intervals, or its scattered points."""
    if line.scattered:
        axes.plot(line.x, line.y, color=QUIET, linestyle="", marker=".", label=line.name)
        return
    colour, dash = COLOURS[number], DASHES[number]
    style: Any = (0, tuple(float(part) / 1.8 for part in dash.split())) if dash else "-"
    marker = MARKERS[number % len(MARKERS)] if line.marks else None
    axes.plot(
        line.x, line.y, color=colour, linestyle=style, linewidth=1.4, marker=marker, fillstyle="none", label=line.name
    )
    for at, (lower, upper) in zip(line.x, line.limits, strict=False):
        axes.vlines(at, lower, upper, color=colour, linewidth=1.4)


def frame(axes: Axes, x: Axis, y: Axis) -> None:
    """Ranges, labels and ticks."""
    axes.set_xlim(x.low, x.high)
    axes.set_ylim(y.low, y.high)
    axes.set_xlabel(x.label)
    axes.set_ylabel(y.label)
    axes.set_xticks([at for at, _ in x.ticks], [text for _, text in x.ticks])
    axes.set_yticks([at for at, _ in y.ticks], [text for _, text in y.ticks])
