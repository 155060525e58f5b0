"""The scripts as they lie in the repository: small, listed for the browser, and the made one as its maker makes it."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from tests.viewer.site import ROOT

SCRIPTS = ROOT / "static/js"
MADE = SCRIPTS / "viewer/unpack.js"
WRITTEN = sorted(path for folder in ("viewer", "capture") for path in (SCRIPTS / folder).glob("*.js") if path != MADE)


def imports(path: Path) -> list[Path]:
    return [(path.parent / name).resolve() for name in re.findall(r'from "(\.{1,2}/[^"]+)"', path.read_text())]


def reached(start: Path) -> set[Path]:
    """Every module that a module needs, itself included."""
    seen: set[Path] = set()
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += imports(path)
    return seen


def test_every_module_of_the_screen_is_announced_to_the_browser() -> None:
    page = render_to_string("reading/parts/modules.html")
    listed = set(re.findall(r'modulepreload" href="/static/js/([^"]+)"', page))
    room = SCRIPTS / "capture/room.js"
    assert listed == {str(path.relative_to(SCRIPTS)) for path in reached(room) - {room}}


def entered() -> set[Path]:
    """The modules that a page loads or hands to a worker."""
    pages = [path for path in (ROOT / "templates").rglob("*.html") if path.name != "modules.html"]
    found = {name for path in pages for name in re.findall(r"'js/((?:viewer|capture)/[^']+)'", path.read_text())}
    return {SCRIPTS / name for name in found}


def test_no_module_lies_about_unused() -> None:
    used = {path for start in entered() for path in reached(start)}
    assert set(WRITTEN) - used == set()


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.name)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 150
    assert lines[0].startswith("// ")
    assert max(map(len, lines)) <= 130


def test_the_unpack_module_is_what_its_maker_makes() -> None:
    maker = runpy.run_path(str(SCRIPTS / "viewer/make_unpack.py"))
    assert MADE.read_text(encoding="utf-8") == maker["module"]()


@pytest.mark.parametrize("path", sorted((ROOT / "templates/reading").rglob("*.html")), ids=lambda path: path.name)
def test_the_templates_of_the_screen_hold_no_script_and_no_style(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle=|\son\w+=", text)
