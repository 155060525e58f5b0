"""Requests to the decoder server: one connection per film; without a configured server, a private one is started."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from imaging.decoding.unreadable import Unreadable

ROOT = Path(__file__).resolve().parents[2]
# Decoders take memory in large pages and keep what they free: most of the time that the kernel spends on a film of
# five million pixels is for pages of memory. Other C libraries ignore this.
MEMORY = ":".join(
    f"glibc.malloc.{name}={value}"
    for name, value in (("hugetlb", 1), ("mmap_threshold", 32 * 1024 * 1024), ("trim_threshold", 512 * 1024 * 1024))
)
PATIENCE_SECONDS = 900  # other films may be in the queue before ours


class DecoderGone(Exception):
    """The server stopped before it answered: nothing is known about the film, so ask again."""


class DecoderFailed(Exception):
    """The decoder could not work, for a reason other than the film (a folder, a full disk, an invalid request)."""


def run(operation: str, *, film: IO[bytes] | None = None, input: str | Path = "", **arguments: Any) -> dict[str, Any]:
    """The operation's result; Unreadable when the film cannot be accepted, DecoderGone or DecoderFailed otherwise.

    An open `film` is passed on as an open file, so that its bytes need no name in any folder; `input` is opened here.
    """
    if input:
        with open_film(Path(input)) as opened:
            return run(operation, film=opened, **arguments)
    question = json.dumps({"operation": operation, "limits": settings.INTAKE_LIMITS, **arguments}).encode() + b"\n"
    path = settings.DECODER_SOCKET or own_server.path(settings.INTAKE_LIMITS)
    answer = ask(path, question, film)
    if "unreadable" in answer:
        raise Unreadable(*answer["unreadable"])
    if "failed" in answer:
        raise DecoderFailed(answer["failed"])
    result: dict[str, Any] = answer["result"]
    return result


def open_film(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise DecoderFailed(f"the film cannot be opened ({type(error).__name__})") from error


def ask(path: str, question: bytes, film: IO[bytes] | None) -> dict[str, Any]:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE_SECONDS)
            connection.connect(path)
            send(connection, question, film)
            with connection.makefile("rb") as lines:
                answer = lines.readline()
    except OSError as error:
        raise DecoderGone(f"the decoder server does not answer ({type(error).__name__})") from error
    if not answer.endswith(b"\n"):
        raise DecoderGone("the decoder server stopped before it answered")
    parsed: dict[str, Any] = json.loads(answer)
    return parsed


def send(connection: socket.socket, question: bytes, film: IO[bytes] | None) -> None:
    sent = 0
    if film is not None:
        film.flush()
        sent = socket.send_fds(connection, [question], [film.fileno()])
    connection.sendall(question[sent:])


def clean_environment() -> dict[str, str]:
    """The environment of a decoder: the location of its code, and no secret."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL", "TMPDIR")}
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    return {**kept, **threads, "GLIBC_TUNABLES": MEMORY, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def command(path: Path, limits: Mapping[str, int], processes: int) -> list[str]:
    """The command line of a server on that socket."""
    return [
        sys.executable,
        "-m",
        "imaging.decoder.server",
        *("--socket", str(path)),
        *("--processes", str(processes)),
        *("--limits", json.dumps(dict(limits))),
    ]


class OwnServer:
    """A private server of this process, started when first needed and stopped when this process ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._folder = Path()

    def path(self, limits: Mapping[str, int]) -> str:
        """Its socket; a server inherited by a fork belongs to the parent, an ended one is replaced."""
        with self._lock:
            if self._process is None or self._owner != os.getpid() or self._process.poll() is not None:
                self._start(limits)
            return str(self._folder / "socket")

    def _start(self, limits: Mapping[str, int]) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="blindread-decoder-"))
        words = [*command(self._folder / "socket", limits, os.cpu_count() or 1), "--guarded"]
        # This process keeps the write end of its standard input: when it ends for any reason, the server stops.
        self._process = subprocess.Popen(  # noqa: S603
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=clean_environment(), cwd=ROOT
        )
        self._owner = os.getpid()
        atexit.register(self._end, self._process, self._folder, self._owner)
        if self._process.stdout is None or self._process.stdout.readline() != b"ready\n":
            raise DecoderGone("the decoder server did not start")

    @staticmethod
    def _end(process: subprocess.Popen[bytes], folder: Path, owner: int) -> None:
        if os.getpid() == owner:
            process.terminate()
            process.wait()
            shutil.rmtree(folder, ignore_errors=True)


own_server = OwnServer()
