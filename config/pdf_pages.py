"""Text as pages to print: A4, in a font of equal widths. matplotlib is loaded with the first page."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from config.figure import DRAWING

FONT = "DejaVu Sans Mono"


@dataclass(frozen=True)
class PaperLayout:
    """The size of a page in inches, of its letters in points, and the number of lines that it takes."""

    inches: tuple[float, float]
    points: float
    lines: int
    margin: float = 0.5


LANDSCAPE = PaperLayout((11.69, 8.27), 7, 58)
PORTRAIT = PaperLayout((8.27, 11.69), 8.5, 66, 0.7)


def as_pdf(pages: list[list[str]], *, title: str, layout: PaperLayout) -> bytes:
    """The pages, numbered, without the time at which they were made."""
    import matplotlib as mpl
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    out = io.BytesIO()
    left, top = layout.margin / layout.inches[0], 1 - layout.margin / layout.inches[1]
    with (
        DRAWING,
        mpl.rc_context({"font.family": FONT, "pdf.fonttype": 42}),
        PdfPages(out, metadata={"Title": title, "CreationDate": None, "Creator": None}) as pdf,
    ):
        for number, page in enumerate(pages, start=1):
            figure = Figure(figsize=layout.inches)
            text = printable("\n".join([*page, "", f"Page {number} of {len(pages)}"]))
            figure.text(
                left, top, text, fontsize=layout.points, va="top", ha="left", linespacing=1.25, parse_math=False
            )
            pdf.savefig(figure)
    return out.getvalue()


def printable(text: str) -> str:
    """Characters missing from the font are shown as question marks."""
    from matplotlib.font_manager import findfont, get_font

    has = get_font(findfont(FONT)).get_charmap()
    return "".join(sign if sign == "\n" or ord(sign) in has else "?" for sign in text)


def in_pages(blocks: Iterable[list[str]], title: str, lines: int) -> Iterator[list[str]]:
    """Pages of lines; a block stays on one page unless it is longer than one.

    >>> [len(page) for page in in_pages([["a"] * 3, ["b"] * 3, ["c"] * 9], "Title", 5)]
    [3, 5, 5, 5, 5]
    """
    page: list[str] = []
    for block in blocks:
        if page and len(page) + len(block) > lines:
            yield page
            page = [f"{title}, continued", ""]
        page += block
        while len(page) > lines:
            yield page[:lines]
            page = [f"{title}, continued", "", *page[lines:]]
    yield page
