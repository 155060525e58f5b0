"""The process that forks the tests' workers: what ails it is said, never waited for."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.nest import Nest
from tests.servers import environment_of_a_part


def test_a_nest_that_cannot_begin_says_why(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="Set it to demo, production or test"):
        Nest(environment_of_a_part(BLINDREAD_MODE="none"), tmp_path / "log")


@pytest.mark.django_db
@pytest.mark.long
def test_a_nest_that_was_killed_is_missed(tmp_path: Path) -> None:
    nest = Nest(environment_of_a_part(), tmp_path / "log")
    os.kill(nest.process.pid, signal.SIGKILL)
    nest.process.wait()
    with pytest.raises(RuntimeError, match="the nest of workers has died"):
        nest.ask({})
