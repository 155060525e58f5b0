"""The processes of the measurement, as bin/demo starts them: web server, worker. Ended by their own ids."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ACCESS_LOG = "access.log"
ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(name: str, command: list[str], log_folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process with its log, ended at the end."""
    with (log_folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def web(port: int, log_folder: Path) -> Iterator[str]:
    """Starts gunicorn with the demo's arguments; returns its address once it responds."""
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload"]
    command += ["--access-logfile", str(log_folder / ACCESS_LOG), "--access-logformat", "%(s)s %(U)s"]
    with running("web", command, log_folder):
        address = f"http://localhost:{port}"
        wait_for_answer(f"{address}/sign-in/")
        yield address


@contextmanager
def worker(log_folder: Path) -> Iterator[None]:
    """A Celery worker with the demo's arguments."""
    command = [sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--loglevel", "WARNING"]
    with running("worker", [*command, "--without-gossip", "--without-mingle", "--without-heartbeat"], log_folder):
        yield


def wait_for_answer(url: str) -> None:
    """Waits until the server responds."""
    for _ in range(400):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"There is no answer from {url}.")


def memory_of_browsers() -> float:
    """Megabytes (proportional set size) of every process of the browsers that this process has started."""
    parents = {int(entry.name): parent_of(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    return sum(proportional(pid) for pid in parents if "chrom" in name_of(pid) and descends(pid, parents)) / 1024


def descends(pid: int, parents: dict[int, int]) -> bool:
    """Whether this process is among the ancestors of another."""
    while pid > 1:
        pid = parents.get(pid, 0)
        if pid == os.getpid():
            return True
    return False


def parent_of(entry: Path) -> int:
    """The parent's id; 0 for a process that has just ended."""
    try:
        return int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def name_of(pid: int) -> str:
    """The name of a process."""
    try:
        return Path(f"/proc/{pid}/comm").read_text()
    except OSError:
        return ""


def proportional(pid: int) -> int:
    """Kilobytes, shared pages divided among those who share them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
