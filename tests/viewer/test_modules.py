"""The scripts as they lie in the repository: small, listed for the browser, and the made one as its maker makes it."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from django.contrib.staticfiles.finders import find

from config.joined_modules import BEGINNINGS, CannotJoin, joined
from tests.viewer.site import ROOT

SCRIPTS = ROOT / "static/js"
MADE = SCRIPTS / "viewer/unpack.js"
WRITTEN = sorted(path for folder in ("viewer", "capture") for path in (SCRIPTS / folder).glob("*.js") if path != MADE)


def imports(path: Path) -> list[Path]:
    return [(path.parent / name).resolve() for name in re.findall(r'from "(\.{1,2}/[^"]+)"', path.read_text())]


def reached(start: Path, but: frozenset[Path] = frozenset()) -> set[Path]:
    """Every module that a module needs, itself included, without those of `but` and what only they need."""
    seen: set[Path] = set()
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path not in seen | but:
            seen.add(path)
            waiting += imports(path)
    return seen


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_a_joined_script_holds_every_module_that_is_needed_once_and_behind_what_it_needs(beginning: str) -> None:
    held = [
        ROOT / "static" / name for name in re.findall(r"^// (js/\S+\.js)$", joined(ROOT / "static", beginning), re.M)
    ]
    assert len(held) == len(set(held))
    others = frozenset(ROOT / "static" / other for other in BEGINNINGS if other != beginning)
    assert set(held) == reached(ROOT / "static" / beginning, but=others)
    for place, path in enumerate(held):
        assert set(imports(path)) - others <= set(held[:place]), path.name


@pytest.mark.parametrize(
    ("files", "named"),
    [
        (
            {"a.js": 'import { b } from "./b.js";\n', "b.js": 'import { a } from "./a.js";\n'},
            "a.js imports b.js imports a.js",
        ),
        ({"a.js": "export default 1;\n"}, "export default 1;"),
        ({"a.js": "export let turn = 1;\n"}, "export let turn = 1;"),
        ({"a.js": 'import * as all from "./b.js";\n', "b.js": ""}, "import * as all"),
        ({"a.js": "  await import('./b.js');\n", "b.js": ""}, "import("),
    ],
    ids=["ring", "default", "variable", "namespace", "dynamic"],
)
def test_what_cannot_be_joined_is_named(tmp_path: Path, files: dict[str, str], named: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(CannotJoin, match=re.escape(named)):
        joined(tmp_path, "a.js")


def test_the_joined_form_is_found_before_the_file_itself() -> None:
    for name in BEGINNINGS:
        assert Path(str(find(name))).read_text(encoding="utf-8") == joined(ROOT / "static", name)


def entered() -> set[Path]:
    """The modules that a page loads or hands to a worker."""
    pages = (ROOT / "templates").rglob("*.html")
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
