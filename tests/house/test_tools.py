"""ruff, mypy --strict and djhtml have nothing to say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ROOT

TOOLS = Path(sys.executable).parent
MODULES = [
    "accounts",
    "api",
    "audit",
    "bench",
    "config",
    "imaging",
    "instruments",
    "jobs",
    "reading",
    "rehearsal",
    "scoring",
    "studies",
    "validation",
]


def run(*command: str) -> str:
    done = subprocess.run([str(TOOLS / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize(
    "command", [("check", "."), ("format", "--check", "--exclude", "*.md", ".")], ids=["check", "format"]
)
def test_ruff_has_nothing_to_say(command: tuple[str, ...]) -> None:
    assert run("ruff", *command, "--no-cache", "--quiet") == ""


def test_mypy_has_nothing_to_say() -> None:
    present = [name for name in [*MODULES, "tests", "manage.py"] if any((ROOT / name).glob("**/*.py")) or "." in name]
    assert run("mypy", "--no-error-summary", *present) == ""


def test_djhtml_has_nothing_to_say() -> None:
    """Templates are indented by djhtml --tabwidth 2 templates, which alters no text and breaks no line."""
    assert run("djhtml", "--check", "--tabwidth", "2", "templates") == ""
