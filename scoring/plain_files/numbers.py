"""Numbers in plain files, in digits 0 to 9, and cells that no spreadsheet treats as a formula."""

from __future__ import annotations

import re

from config.cells import FORMULA_SIGNS

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
WHOLE = re.compile(r"[+-]?[0-9]+")


def number_in(text: str) -> float | None:
    """The number in a cell; None for anything else, such as 1_0, 7,5 or digits of another script.

    >>> number_in("-7.50"), number_in("1e3"), number_in("1_0"), number_in("٣")
    (-7.5, 1000.0, None, None)
    """
    return float(text) if NUMBER.fullmatch(text) else None


def whole_in(text: str) -> int | None:
    """The whole number in a cell; None for anything else.

    >>> whole_in("-14"), whole_in("1_0"), whole_in("3.0")
    (-14, None, None)
    """
    return int(text) if WHOLE.fullmatch(text) else None


def csv_text(text: str) -> str:
    """Text for a CSV cell: an apostrophe before text that a spreadsheet would calculate; numbers are unchanged.

    >>> csv_text("=1+1"), csv_text("-4"), csv_text("S01")
    ("'=1+1", '-4', 'S01')
    """
    return f"'{text}" if text.startswith(FORMULA_SIGNS) and not NUMBER.fullmatch(text) else text
