"""Several processes tell events at once: every chain stays one line and nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from audit.models import Event, Head
from audit.verify import verify
from tests.servers import ROOT, environment_of_a_part

PROCESSES, COUNT = 4, 25


@pytest.mark.django_db(transaction=True)
def test_processes_that_tell_at_once_never_fork_a_chain() -> None:
    environment = environment_of_a_part(PYTHONPATH=os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    streams = ["ONE", "TWO", "ONE", "TWO"]
    command = [sys.executable, "-m", "tests.audit.appender"]
    started = [subprocess.Popen([*command, stream, str(COUNT)], env=environment, cwd=ROOT) for stream in streams]
    assert [process.wait(timeout=120) for process in started] == [0] * PROCESSES
    assert Event.objects.count() == 2 * PROCESSES * COUNT
    assert dict(Head.objects.values_list("stream", "seq")) == {"ONE": 50, "TWO": 50, "system": 100}
    assert verify().findings == []
