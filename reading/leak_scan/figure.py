"""The leak scan as a figure: each feature's AUC compared with chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from config.figure import drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CHANCE, CALM, LEAK = "#c9ced6", "#33658a", "#b3261e"


def leak_figure(rows: list[tuple[str, dict[str, Any]]]) -> bytes:
    """A dot for each feature, over a bar with 95 % of the AUCs under orders drawn at random. A leak is a square."""

    def draw(axes: Axes) -> None:
        for height, (_, finding) in enumerate(reversed(rows)):
            low, high = finding["null"]
            axes.barh(height, max(high - low, 0.004), left=low, height=0.5, color=CHANCE)
            colour, marker = (LEAK, "s") if finding["warns"] else (CALM, "o")
            axes.plot(finding["auc"], height, marker=marker, markersize=7, color=colour)
        axes.axvline(0.5, color="#777", linewidth=1, linestyle="--")
        axes.set_yticks(range(len(rows)), [label for label, _ in reversed(rows)])
        axes.set_xlim(0, 1.02)
        axes.set_xlabel("Cross-validated AUC of the order (0.5: no better than chance)")

    return drawn(draw, (7.2, 1.0 + 0.32 * len(rows)))
