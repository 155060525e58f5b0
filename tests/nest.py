"""Celery workers forked, each within a moment, from one process that has imported what they need (tests.forking)."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parent.parent


class Nest:
    """The process that forks workers on request. It serves one database and one folder."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("wb") as target:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.forking"],
                env=environment,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=target,
                text=True,
                start_new_session=True,
            )
        assert self._answer() == "ready"

    def ask(self, request: Any) -> int:
        """Asks for a worker, or for the code of one that has ended."""
        assert self.process.stdin
        try:
            print(json.dumps(request), file=self.process.stdin, flush=True)
        except BrokenPipeError:
            self._fail()
        return int(self._answer())

    def _answer(self) -> Any:
        assert self.process.stdout
        line = self.process.stdout.readline()
        return json.loads(line) if line else self._fail()

    def _fail(self) -> NoReturn:
        self.close()
        raise RuntimeError(f"the process that forks workers has ended:\n{self.log.read_text(errors='replace')[-3000:]}")

    def close(self) -> None:
        """Closes its input, at which it ends."""
        self.process.communicate(timeout=30)


class ForkedWorker:
    """A worker as tests handle it; the leader of a session and a group of its own."""

    def __init__(self, nest: Nest, arguments: list[str], environment: dict[str, str], log: Path) -> None:
        request = {"arguments": arguments, "environment": environment, "log": str(log)}
        self.nest = nest
        self.returncode: int | None = None
        self.pid = nest.ask(request)
        self._end = os.pidfd_open(self.pid)

    def wait(self, timeout: float | None = None) -> int:
        """The worker's exit code once it has ended."""
        if self.returncode is None:
            if not select.select([self._end], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(f"worker {self.pid}", timeout or 0)
            os.close(self._end)
            self.returncode = self.nest.ask(self.pid)
        return self.returncode

    def poll(self) -> int | None:
        """The worker's exit code, or None while it runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def send_signal(self, number: int) -> None:
        """To the worker alone, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)
