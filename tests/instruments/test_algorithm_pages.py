"""The worked examples of docs/algorithms and of the docstrings run and give what they print."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("instruments", "totals", "missing", "change", "agreement", "randomisation", "presentations")
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for folder in ("instruments", "scoring/agreement", "scoring/checks", "scoring/monitoring")
    for path in (ROOT / folder).glob("[!_]*.py")
) + ["scoring.plain_files.lines", "scoring.plain_files.totals", "scoring.management.commands.totals"]


@pytest.mark.parametrize("family", PAGES)
def test_a_page_has_worked_examples_that_hold(family: str) -> None:
    found = doctest.testfile(str(ROOT / "docs" / "algorithms" / f"{family}.md"), module_relative=False)
    assert found.attempted >= 5
    assert found.failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
