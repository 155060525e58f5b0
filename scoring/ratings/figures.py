"""Figures as SVG, the same bytes for the same numbers: Bland-Altman of change, cumulative probability of change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from config.figure import drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Values = npt.NDArray[np.float64]


def bland_altman_figure(first: Values, second: Values, unit: str) -> bytes:
    """Difference of two readers' changes against their mean, with bias and 95 % limits of agreement (1.96 SD)."""
    known = ~(np.isnan(first) | np.isnan(second))
    mean, difference = (first[known] + second[known]) / 2, first[known] - second[known]

    def draw(axes: Axes) -> None:
        axes.scatter(mean, difference, s=14, color="#33658a")
        if len(difference) > 1:
            bias, spread = difference.mean(), 1.96 * difference.std(ddof=1)
            for height, style in ((bias, "-"), (bias - spread, "--"), (bias + spread, "--")):
                axes.axhline(height, color="#777", linestyle=style, linewidth=1)
        axes.set_xlabel(f"Mean of the two readers' changes ({unit})")
        axes.set_ylabel("Difference")

    return drawn(draw)


def probability_figure(change: Values, unit: str, sdc: float | None) -> bytes:
    """Change sorted ascending against cumulative per cent (rank - 0.5)/n, with the band of the SDC."""
    known = np.sort(change[~np.isnan(change)])
    share = (np.arange(len(known)) + 0.5) / max(len(known), 1) * 100

    def draw(axes: Axes) -> None:
        axes.plot(share, known, marker="o", markersize=3, linewidth=1, color="#33658a")
        if sdc is not None:
            axes.axhspan(-sdc, sdc, color="#999", alpha=0.18, label=f"± SDC {sdc:.2f}")
            axes.legend(frameon=False)
        axes.set_xlim(0, 100)
        axes.set_xlabel("Cumulative share of cases (%)")
        axes.set_ylabel(f"Change ({unit})")

    return drawn(draw)
