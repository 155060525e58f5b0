"""Several processes tell events at once: every chain stays one line and nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest
from django.db import connection

from audit.models import Event, Head
from audit.trail import audited_atomic, hold
from audit.verify import verify
from tests.servers import ROOT, environment_of_a_part
from tests.waiting import wait_for

PROCESSES, COUNT = 4, 25


@pytest.mark.django_db(transaction=True)
def test_processes_that_record_at_once_never_fork_a_chain() -> None:
    environment = environment_of_a_part(PYTHONPATH=os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    streams = ["ONE", "TWO", "ONE", "TWO"]
    command = [sys.executable, "-m", "tests.audit.appender"]
    started = [subprocess.Popen([*command, stream, str(COUNT)], env=environment, cwd=ROOT) for stream in streams]
    assert [process.wait(timeout=120) for process in started] == [0] * PROCESSES
    assert Event.objects.count() == 2 * PROCESSES * COUNT
    assert dict(Head.objects.values_list("stream", "seq")) == {"ONE": 50, "TWO": 50, "system": 100}
    assert verify().findings == []


def hold_both() -> None:
    """In a thread with a connection of its own: the chain of the installation and that of a new trial."""
    try:
        with audited_atomic():
            hold(["NEW", "system"])
    finally:
        connection.close()


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_who_begin_the_chain_of_a_trial_at_once_take_turns_and_neither_holds_up_the_other_for_ever() -> None:
    with audited_atomic():
        hold(["system"])
    second = threading.Thread(target=hold_both)
    with audited_atomic():
        hold(["NEW"])
        second.start()
        wait_for(somebody_waits, "the second waits for the first")
        hold(["system"])
    second.join(timeout=30)
    assert not second.is_alive()
    assert set(Head.objects.values_list("stream", flat=True)) >= {"NEW", "system"}
