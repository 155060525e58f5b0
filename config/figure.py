"""A figure as SVG, drawn on the server: the same bytes for the same numbers, and no scripts.

matplotlib is loaded with the first figure, because most processes never draw one.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLE: Any = {"svg.hashsalt": "blindread", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}


def drawn(draw: Callable[[Axes], None], size_inches: tuple[float, float] = (5.6, 3.6)) -> bytes:
    """The figure drawn by `draw`, as SVG without a date."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=size_inches, layout="constrained")
        draw(figure.add_subplot())
        target = io.BytesIO()
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
    return target.getvalue()
