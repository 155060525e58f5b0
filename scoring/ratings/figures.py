"""Figures as SVG, the same bytes for the same numbers: Bland-Altman, cumulative probability, rate by threshold."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from config.figure import drawn
from scoring.agreement.intervals import sdc_of_intervals
from scoring.agreement.probability import cumulative_probability

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from scoring.agreement.threshold_rates import ThresholdRates

Values = npt.NDArray[np.float64]


def bland_altman_figure(change: Values, unit: str, averaged: int) -> bytes:
    """Difference of two readers' changes against their mean, with bias and 95 % limits of agreement (1.96 SD).

    `change` is cases x readers. Each pair of changes of a case is a point, whatever the number of readers averaged: the
    reader of the earlier column first.
    """
    first, second = pairs_of_changes(change)
    mean, difference = (first + second) / 2, first - second

    def draw(axes: Axes) -> None:
        axes.scatter(mean, difference, s=14, color="#33658a")
        if len(difference) > 1:
            bias, spread = difference.mean(), 1.96 * difference.std(ddof=1)
            for height, style in ((bias, "-"), (bias - spread, "--"), (bias + spread, "--")):
                axes.axhline(height, color="#777", linestyle=style, linewidth=1)
        axes.set_xlabel(f"Mean of the two readers' changes ({unit})")
        axes.set_ylabel(f"Difference ({unit})")

    return drawn(draw)


def known_changes(change: Values) -> list[Values]:
    """The changes of each case that at least two readers scored."""
    return [known for row in change if len(known := row[np.isfinite(row)]) >= 2]


def pairs_of_changes(change: Values) -> tuple[Values, Values]:
    """Every pair of changes of a case."""
    found = [pair for row in known_changes(change) for pair in combinations(row, 2)]
    pairs = np.array(found, dtype=np.float64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def threshold_figure(found: ThresholdRates, own: float | None, largest: float) -> bytes:
    """The adjudication rate with its interval by threshold up to `largest`; the charter's own as a vertical line."""
    shown = found.thresholds <= largest
    thresholds, rate, lower, upper = (
        line[shown] for line in (found.thresholds, found.rate * 100, found.lower * 100, found.upper * 100)
    )

    def draw(axes: Axes) -> None:
        band = axes.fill_between(thresholds, lower, upper, step="post", color="#33658a", alpha=0.18, linewidth=0)
        band.set_label("95 % interval")
        axes.step(thresholds, rate, where="post", linewidth=1.2, color="#33658a", label="Adjudication rate")
        if own is not None and own <= largest:
            axes.axvline(own, color="#777", linestyle="--", linewidth=1, label=f"Charter: {own:g}")
        axes.set_xlim(0, largest)
        axes.set_ylim(bottom=0)
        axes.set_xlabel("Threshold of discordance (score units)")
        axes.set_ylabel("Adjudication rate (%)")
        axes.legend(frameon=False)

    return drawn(draw)


def probability_figure(change: Values, unit: str, averaged: int) -> bytes:
    """Mean change of the readers, ascending, against cumulative per cent, with the band of the interval's SDC."""
    line = cumulative_probability(np.array([row.mean() for row in known_changes(change)]))[0]
    sdc = sdc_of_intervals(change[:, None], readers_averaged=averaged)[0][0].value

    def draw(axes: Axes) -> None:
        axes.plot(line.percent, line.change, marker="o", markersize=3, linewidth=1, color="#33658a")
        if sdc is not None:
            axes.axhspan(-sdc, sdc, color="#999", alpha=0.18, label=f"± SDC {sdc:.2f}")
            axes.legend(frameon=False)
        axes.set_xlim(0, 100)
        axes.set_xlabel("Cumulative share of cases (%)")
        axes.set_ylabel(f"Change ({unit})")

    return drawn(draw)
