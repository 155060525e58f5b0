"""The settings of matplotlib are the process's: figures and printed pages are drawn one at a time."""

from __future__ import annotations

import threading

import matplotlib as mpl
from matplotlib.axes import Axes

from config.figure import DRAWING, STYLE, drawn, painted
from config.pdf_pages import PORTRAIT, as_pdf

# Long enough for a page to be drawn, if it did not have to wait.
A_WHILE = 1.0


def print_page() -> bytes:
    return as_pdf([["Some text"]], title="Page", layout=PORTRAIT)


def test_pages_printed_while_a_figure_is_drawn_wait_for_it() -> None:
    alone, printed = print_page(), list[bytes]()
    other = threading.Thread(target=lambda: printed.append(print_page()))

    def draw(axes: Axes) -> None:
        other.start()
        other.join(A_WHILE)
        assert printed == []
        assert mpl.rcParams["font.size"] == STYLE["font.size"]

    drawn(draw)
    other.join()
    assert printed == [alone]


def test_every_way_of_drawing_takes_its_turn() -> None:
    held = list[bool]()
    painted(lambda axes: held.append(DRAWING.locked()))
    assert held == [True]
    assert not DRAWING.locked()
