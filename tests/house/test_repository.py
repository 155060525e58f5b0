"""What the repository holds: text of ours, small, with no registry's host and no unfinished business."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.servers import ROOT

HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
        ("cdnjs", "cloudflare"),
        ("conda", "anaconda", "org"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("deb", "debian", "org"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("quay", "io"),
    )
]
MOST_COLUMNS_OF_A_TEMPLATE = 160
UNFINISHED = ["TO" + "DO", "FIX" + "ME", "X" + "XX"]
TEXT = {".py", ".js", ".html", ".css", ".md", ".sh", ".toml", ".txt", ".in", ".yml", ".yaml", ".cfg", ""}


@cache
def tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


@cache
def texts() -> list[tuple[str, str]]:
    return [
        (str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in tracked() if path.suffix in TEXT
    ]


@cache
def modules() -> list[tuple[str, ast.Module]]:
    ours = [(name, text) for name, text in texts() if name.endswith(".py") and text and "/migrations/" not in name]
    return [(name, ast.parse(text)) for name, text in ours]


@pytest.mark.parametrize("host", HOSTS)
def test_no_file_names_a_registry(host: str) -> None:
    assert [name for name, text in texts() if host in text] == []


def test_nothing_is_larger_than_a_megabyte() -> None:
    assert [str(path) for path in tracked() if path.stat().st_size > 1_000_000] == []


@pytest.mark.parametrize("word", UNFINISHED)
def test_nothing_is_left_to_be_done(word: str) -> None:
    assert [name for name, text in texts() if re.search(rf"\b{word}\b", text)] == []


def test_no_line_of_a_template_is_too_long_to_be_read_in_a_review() -> None:
    wrong = [
        f"{name}:{number} has {len(line)} columns"
        for name, text in texts()
        if name.startswith("templates/")
        for number, line in enumerate(text.splitlines(), 1)
        if len(line) > MOST_COLUMNS_OF_A_TEMPLATE
    ]
    assert wrong == [], f"break the line; at most {MOST_COLUMNS_OF_A_TEMPLATE} columns"


def test_every_module_says_in_a_few_lines_what_it_is() -> None:
    wrong = []
    for name, tree in modules():
        text = ast.get_docstring(tree, clean=False)
        if text is None or len(text.strip().splitlines()) > 5:
            wrong.append(name)
    assert wrong == []


def test_no_function_is_longer_than_forty_lines() -> None:
    wrong = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 40
    ]
    assert wrong == []


def test_no_model_saves_in_a_way_of_its_own() -> None:
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        if "/models" in name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name in ("save", "delete")
    ]
    assert wrong == []


def received_signals(tree: ast.Module) -> Iterator[str]:
    """Names imported from a module of signals that something is connected to, and any receiver."""
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[-1] in ("signals", "dispatch")
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "connect" and isinstance(node.value, ast.Name):
            yield from {node.value.id} & imported
    yield from {"receiver"} & imported


def test_signals_are_received_in_three_places_only() -> None:
    """post_migrate re-installs protection, worker_init demands it, a worker shows that it is there: nothing else
    happens behind a function's back."""
    ours = [(name, tree) for name, tree in modules() if not name.startswith("tests/")]
    found = {name: sorted(received_signals(tree)) for name, tree in ours if any(received_signals(tree))}
    assert found == {
        "audit/apps.py": ["post_migrate"],
        "config/celery.py": ["worker_init"],
        "jobs/tasks.py": ["worker_ready", "worker_shutdown"],
    }
