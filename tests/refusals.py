"""Every refusal that a run makes: its words are checked, and after a whole run each place that makes one was reached.

A pytest plugin. Each process notes where refusals were made and what they said; at the end they are looked at together.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from django.db import connection

from config.errors import Refusal
from tests.refusal_words import faults_of

ROOT = Path(__file__).resolve().parent.parent
APPS = (
    "accounts",
    "api",
    "audit",
    "config",
    "imaging",
    "instruments",
    "jobs",
    "reading",
    "rehearsal",
    "scoring",
    "studies",
    "validation",
)
ERRORS = ROOT / "config" / "errors.py"
KINDS = frozenset({"BadInput", "WrongState", "NotAllowed"})
OUTPUT = "refusals"
MADE = pytest.StashKey[set["Made"]]()
FAULTS = pytest.StashKey[list[str]]()


@dataclass(frozen=True)
class Made:
    """A refusal: the test during which it was made, its text, and the places of the product it came from."""

    test: str
    text: str
    places: tuple[tuple[str, int], ...]


@dataclass(frozen=True, order=True)
class RefusingCall:
    """A call in the product that makes a refusal, from its first line to its last, and how many texts it is given."""

    path: str
    first: int
    last: int
    words: int = 1

    def reached_by(self, places: Iterable[tuple[str, int]]) -> bool:
        """Whether one of the places is in the call."""
        return any(path == self.path and self.first <= line <= self.last for path, line in places)

    def __str__(self) -> str:
        return f"{self.path}:{self.first}"


def pytest_configure(config: pytest.Config) -> None:
    """From now on every refusal of this process is noted."""
    made = config.stash[MADE] = set()

    def note(refusal: Refusal, *args: object) -> None:
        Exception.__init__(refusal, *args)
        if places := tuple(places_of(sys._getframe(1))):
            made.add(Made(os.environ.get("PYTEST_CURRENT_TEST", "").rsplit(" ", 1)[0], str(refusal), places))

    pytest.MonkeyPatch().setattr(Refusal, "__init__", note)


def places_of(frame: FrameType | None) -> Iterator[tuple[str, int]]:
    """Where a refusal was made: the call itself and, where a function of ours makes it for others, the call of that."""
    while frame is not None and own_path(frame.f_code.co_filename) == "config/errors.py":
        frame = frame.f_back
    for _ in range(2):
        if frame is None or not (path := own_path(frame.f_code.co_filename)):
            return
        yield path, frame.f_lineno
        frame = frame.f_back


@cache
def own_path(filename: str) -> str:
    """The path of a file of the apps from the root; empty for any other file."""
    path = Path(filename)
    own = path.relative_to(ROOT) if path.is_relative_to(ROOT) else Path()
    return own.as_posix() if own.parts and own.parts[0] in APPS else ""


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A worker hands over what it noted; the process that began the run looks at all of it."""
    made = session.config.stash[MADE]
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[OUTPUT] = [[one.test, one.text, one.places] for one in made]
        return
    faults = session.config.stash[FAULTS] = [*badly_worded(made)]
    if is_whole(session, exitstatus):
        faults += [f"{site} is reached by no test" for site in unreached(sites_in(ROOT, APPS), made)]
    if faults and not exitstatus:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Takes what a worker of pytest-xdist noted."""
    for test, text, places in getattr(node, "workeroutput", {}).get(OUTPUT, []):
        node.config.stash[MADE].add(Made(test, text, tuple((path, line) for path, line in places)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The faults as a plain list."""
    if faults := config.stash.get(FAULTS, []):
        terminalreporter.section("refusals", red=True, bold=True)
        for fault in faults:
            terminalreporter.line(fault)


def is_whole(session: pytest.Session, exitstatus: int) -> bool:
    """Whether the run was to make every test, on PostgreSQL, and was not broken off."""
    config, chosen = session.config, ("keyword", "markexpr", "ignore", "ignore_glob", "deselect", "collectonly")
    if session.shouldstop or session.shouldfail or exitstatus > pytest.ExitCode.TESTS_FAILED:
        return False
    if config.args_source != pytest.Config.ArgsSource.TESTPATHS or connection.vendor != "postgresql":
        return False
    return not any(config.getoption(name) for name in (*chosen, "on_database"))


def badly_worded(made: Iterable[Made]) -> Iterator[str]:
    """Each refusal with a fault in its words, once for each place that makes it."""
    seen = set()
    for one in sorted(made, key=lambda one: (one.places, one.text)):
        faults = faults_of(one.text)
        if faults and (one.places[0], faults) not in seen:
            seen.add((one.places[0], faults))
            path, line = one.places[0]
            yield f"{path}:{line} {', '.join(faults)}: {one.text!r} in {one.test}"


def unreached(sites: Iterable[RefusingCall], made: Iterable[Made]) -> list[RefusingCall]:
    """The sites at which no refusal was made."""
    places: dict[str, set[tuple[str, int]]] = {}
    for one in made:
        for path, line in one.places:
            places.setdefault(path, set()).add((path, line))
    return sorted(site for site in sites if not site.reached_by(places.get(site.path, ())))


def sites_in(root: Path, apps: Iterable[str]) -> list[RefusingCall]:
    """Every call that makes a refusal: of a class of them, or of a function that says it returns one."""
    trees = {
        path.relative_to(root).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for app in apps
        for path in sorted((root / app).rglob("*.py"))
        if path != ERRORS
    }
    makers = KINDS | {name for tree in trees.values() for name in makers_in(tree)}
    return [
        RefusingCall(
            path, node.lineno, node.end_lineno or node.lineno, len(node.args) if name_of(node.func) in KINDS else 1
        )
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and name_of(node.func) in makers
    ]


def makers_in(tree: ast.Module) -> set[str]:
    """The names of functions whose annotation says that they return a refusal."""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return {node.name for node in functions if node.returns is not None and name_of(node.returns) in KINDS}


def name_of(node: ast.expr) -> str:
    """The last word of a name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
