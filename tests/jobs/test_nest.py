"""The process that forks the tests' workers: its faults are reported at once."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.nest import Nest
from tests.servers import environment_of_a_part


def test_workers_that_cannot_be_forked_say_why(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="Set it to demo, production or test"):
        Nest(environment_of_a_part(BLINDREAD_MODE="none"), tmp_path / "log")


@pytest.mark.django_db
@pytest.mark.long
def test_a_killed_process_that_forks_workers_is_reported(tmp_path: Path) -> None:
    nest = Nest(environment_of_a_part(), tmp_path / "log")
    os.kill(nest.process.pid, signal.SIGKILL)
    nest.process.wait()
    with pytest.raises(RuntimeError, match="the process that forks workers has ended"):
        nest.ask({})
