"""A figure as SVG or PNG, drawn on the server: the same bytes for the same numbers, and no scripts.

matplotlib is loaded with the first figure, because most processes never draw one.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLE: Any = {"svg.hashsalt": "blindread", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
# The settings of matplotlib are the process's: one thread draws at a time, pages to print included.
DRAWING = threading.Lock()


def drawn(draw: Callable[[Axes], None], size_inches: tuple[float, float] = (5.6, 3.6)) -> bytes:
    """The figure drawn by `draw`, as SVG without a date."""
    return saved(draw, size_inches, format="svg", metadata={"Date": None, "Creator": None})


def painted(draw: Callable[[Axes], None], size_inches: tuple[float, float] = (6.4, 4.4)) -> bytes:
    """The figure drawn by `draw`, as PNG for documents, 200 dots to the inch."""
    return saved(draw, size_inches, format="png", dpi=200, metadata={"Software": None})


def saved(draw: Callable[[Axes], None], size_inches: tuple[float, float], **how: Any) -> bytes:
    """The bytes of the figure."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with DRAWING, mpl.rc_context(STYLE):
        figure = Figure(figsize=size_inches, layout="constrained")
        draw(figure.add_subplot())
        target = io.BytesIO()
        figure.savefig(target, **how)
    return target.getvalue()
