"""The kinds of work that only tests know, by name: importable before Django is set up."""

from __future__ import annotations

NAMES = ("count", "hold", "fail", "refuse", "spawn", "lose_connection")
TEST_KINDS = {f"tests.{name}": f"tests.jobs.kinds.{name}" for name in NAMES}
