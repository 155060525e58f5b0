"""What every test of blinding stands on: films in memory, and a count of the answers compared."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    """Nothing under test here depends on where bands are kept."""
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = settings.STORAGES | {"reading": memory}


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says how many pairs of answers were compared for each role."""
    counted: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        if "tests/blinding/" in report.nodeid and report.when == "call":
            counted.update({who: number for who, number in report.user_properties if isinstance(number, int)})
    if counted:
        terminalreporter.section("pairs of answers compared between two worlds")
        for who, number in sorted(counted.items()):
            terminalreporter.line(f"{who:15}{number:7}")
        different = len(terminalreporter.stats.get("failed", []))
        terminalreporter.line(f"{'all':15}{counted.total():7}, {different} tests failed")
