"""Restricted child processes for hostile files: one forked per film from a parent that has loaded all decoders.

Run as `python -m imaging.decoder.server --socket PATH`. One connection, one JSON line in, one JSON line out. A child
that dies is reported by the parent; a connection closed without an answer means that the server itself has stopped.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import gc
import json
import os
import resource
import selectors
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imaging.decoder.warm import warm
from imaging.decoding.limits import DEFAULT, Limits

LONGEST_QUESTION = 4 * 1024 * 1024
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


@dataclass(frozen=True)
class Child:
    connection: socket.socket
    deadline: float


@dataclass
class Server:
    """The parent: accepts, forks, enforces the time limit, and answers for children that died."""

    listener: socket.socket
    processes: int
    limits: Limits = DEFAULT
    children: dict[int, Child] = field(default_factory=dict)
    stopping: bool = False

    def serve(self, guard: int | None = None) -> None:
        """Serves until SIGTERM or SIGINT, or until the pipe `guard` closes because the starting process has ended."""
        wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(wake_write)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        with selectors.DefaultSelector() as selector:
            selector.register(wake_read, selectors.EVENT_READ)
            if guard is not None:
                selector.register(guard, selectors.EVENT_READ)
            while not self.stopping:
                self._turn(selector, wake_read, guard)
        self._end_children()

    def _stop(self, *_: object) -> None:
        self.stopping = True

    def _turn(self, selector: selectors.BaseSelector, wake: int, guard: int | None) -> None:
        free = len(self.children) < self.processes
        if free:
            selector.register(self.listener, selectors.EVENT_READ)
        ready = {key.fd for key, _ in selector.select(self._patience())}
        if free:
            selector.unregister(self.listener)
        if wake in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(wake, 4096)
        if guard in ready:
            self.stopping = True
        self._reap()
        self._kill_overdue()
        if self.listener.fileno() in ready and not self.stopping:
            self._accept()

    def _patience(self) -> float | None:
        if not self.children:
            return None
        return max(0.0, min(child.deadline for child in self.children.values()) - time.monotonic())

    def _accept(self) -> None:
        try:
            connection, _ = self.listener.accept()
        except BlockingIOError:
            return
        connection.setblocking(True)
        pid = os.fork()
        if pid == 0:
            self._be_child(connection)
        self.children[pid] = Child(connection, time.monotonic() + self.limits.wall_seconds)

    def _be_child(self, connection: socket.socket) -> None:
        """Never returns; an incomplete answer becomes an exit code that the parent sees."""
        code = 1
        try:
            self.listener.close()
            for other in self.children.values():
                other.connection.close()
            confine(self.limits)
            connection.sendall(json.dumps(answer(connection)).encode() + b"\n")
            code = 0
        finally:
            os._exit(code)

    def _reap(self) -> None:
        for pid in list(self.children):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                self._bury(self.children.pop(pid), status)

    def _bury(self, child: Child, status: int) -> None:
        if status != 0:
            text = death(status, overdue=time.monotonic() >= child.deadline, limits=self.limits)
            with contextlib.suppress(OSError):
                child.connection.sendall(json.dumps({"unreadable": ["decoder-killed", text]}).encode() + b"\n")
        child.connection.close()

    def _kill_overdue(self) -> None:
        now = time.monotonic()
        for pid, child in self.children.items():
            if now >= child.deadline:
                os.kill(pid, signal.SIGKILL)

    def _end_children(self) -> None:
        for pid, child in self.children.items():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            child.connection.close()


def answer(connection: socket.socket) -> dict[str, Any]:
    from imaging.decoder.operations import perform

    question, films = asked(connection)
    job = json.loads(question)
    if films:
        job["input"] = f"/proc/self/fd/{films[0]}"
    return perform(job)


def asked(connection: socket.socket) -> tuple[bytes, list[int]]:
    """The line, and the open file that came with its first bytes, if any."""
    question, films, _, _ = socket.recv_fds(connection, 65_536, 1)
    with connection.makefile("rb") as lines:
        if not question.endswith(b"\n"):
            question += lines.readline(LONGEST_QUESTION)
    return question, films


def confine(limits: Limits) -> None:
    """Limits the resources of a child; its output is discarded, since libraries quote values that they cannot read."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.output),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)


def death(status: int, *, overdue: bool, limits: Limits) -> str:
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if overdue:
        return f"Reading the file took longer than {limits.wall_seconds} seconds."
    # With equal soft and hard limits the kernel ends the child by SIGKILL.
    if number in (signal.SIGXCPU, signal.SIGKILL):
        return f"Reading the file took more than {limits.cpu_seconds} seconds of processor time, or too much memory."
    return "The decoder crashed on the file."


def listen(path: Path) -> socket.socket:
    """A socket that only this account may connect to."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    old = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(old)
    listener.listen(128)
    listener.setblocking(False)
    return listener


def main() -> None:
    """Loads the decoders, says "ready" and serves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--limits", type=json.loads, default={})
    parser.add_argument("--guarded", action="store_true", help="stop when standard input closes")
    options = parser.parse_args()
    warm()
    gc.collect()
    gc.freeze()
    server = Server(listen(options.socket), options.processes, Limits(**options.limits))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    try:
        server.serve(guard=0 if options.guarded else None)
    finally:
        options.socket.unlink(missing_ok=True)
        if (
            options.guarded
        ):  # the folder was made for this server, and the process that made it may end without cleaning up
            with contextlib.suppress(OSError):
                options.socket.parent.rmdir()


if __name__ == "__main__":
    main()
