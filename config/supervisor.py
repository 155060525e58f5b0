"""bin/demo: starts the processes of the demo, reports when it is ready and who can sign in, and stops on Ctrl-C.

Standard library only, so that it responds immediately; the processes are the same as in production.
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
KEPT = ("anchors", "backups", "broker", "custodians", "files", "log", "mail", "secrets", "static", "work")
DEATH_SIGNAL = 1  # prctl's PR_SET_PDEATHSIG: a process ends when the supervisor is killed
GRACE_SECONDS, MOST_DEATHS, DEATH_SECONDS = 8.0, 4, 60.0


def say(text: str) -> None:
    """Prints to the terminal."""
    print(text, flush=True)


class Stopped(Exception):
    """The demo was interrupted or cannot continue; the text gives the reason."""


@dataclass
class DemoProcess:
    """One process of the demo."""

    name: str
    command: list[str]
    lasting: bool = True
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)


@dataclass
class Demo:
    """The demo: its folder, its environment and its processes."""

    var: Path
    port: int
    parts: list[DemoProcess] = field(default_factory=list)
    ready: bool = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """The settings of the demo, independent of a production installation on this machine."""
        foreign = {"DATABASE_URL", "BROKER_URL", "DEBUG", "STORAGE", "DJANGO_SETTINGS_MODULE"}
        own = {name: value for name, value in os.environ.items() if name not in foreign}
        return own | {
            "BLINDREAD_MODE": "demo",
            "BLINDREAD_VAR": str(self.var),
            "PUBLIC_URL": self.address,
            "DECODER_SOCKET": str(self.var / "work" / "decoders"),
            "PYTHONUNBUFFERED": "1",
        }

    def log(self, name: str) -> Path:
        return self.var / "log" / f"{name}.log"

    def start(self, part: DemoProcess) -> None:
        """Starts a process in its own session; its output goes into its log."""
        with self.log(part.name).open("ab") as log:
            part.process = subprocess.Popen(  # noqa: S603  our own commands
                part.command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        if part not in self.parts:
            self.parts.append(part)

    def check_parts(self) -> None:
        """Restarts a process that has ended; one that keeps ending stops the demo."""
        for part in self.parts:
            code = part.process.poll() if part.process else None
            if code is None or (code == 0 and not part.lasting):
                continue
            if part.lasting:
                self.start_again(part, code)
            elif self.ready:
                say(f"{part.name} failed; the demo continues with the data it has.\n{self.tail(part.name)}")
                part.process = None
            else:
                raise Stopped(f"{part.name} failed.\n{self.tail(part.name)}")

    def start_again(self, part: DemoProcess, code: int) -> None:
        """Stops if it has ended too often in a short time; its leftover children would hold its port and leases."""
        if part.process:
            kill_group(part.process)
        now = time.monotonic()
        part.deaths = [death for death in part.deaths if death > now - DEATH_SECONDS] + [now]
        if len(part.deaths) > MOST_DEATHS:
            raise Stopped(f"{part.name} keeps ending (code {code}).\n{self.tail(part.name)}")
        self.start(part)

    def tail(self, name: str) -> str:
        """The end of a process's log."""
        lines = self.log(name).read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
        return "\n".join([f"The end of {self.log(name)}:", *lines])

    def stop(self) -> None:
        """Asks every process to end, the last started first, and kills those that do not."""
        processes = [part.process for part in reversed(self.parts) if part.process]
        for process in processes:
            process.terminate()
        end = time.monotonic() + GRACE_SECONDS
        for process in processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, end - time.monotonic()))
            kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kills a process that does not end, and the children of an ended process, which share its session."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def die_with_parent() -> None:
    """Runs in the child process before its program starts."""
    ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGTERM)


def parts_of(port: int, var: Path) -> list[DemoProcess]:
    """The processes in the order of their start."""
    python, manage = sys.executable, [sys.executable, str(ROOT / "manage.py")]
    gunicorn = [python, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    web = [*gunicorn, "--workers", "2", "--threads", "4", "--timeout", "120", "--graceful-timeout", "5", "--preload"]
    celery = [python, "-m", "celery", "-A", "config.celery", "worker", "--loglevel", "WARNING"]
    decoders = [python, "-m", "imaging.decoder.server", "--socket", str(var / "work" / "decoders")]
    return [
        DemoProcess("decoders", [*decoders, "--processes", "2"]),
        DemoProcess("web", web),
        DemoProcess("worker", [*celery, "--without-gossip", "--without-mingle", "--without-heartbeat"]),
        DemoProcess("sweeper", [*manage, "sweep"]),
        DemoProcess("filler", [*manage, "fill_demo"], lasting=False),
    ]


@contextmanager
def only_one(var: Path) -> Iterator[None]:
    """Prevents two demos from sharing a folder."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Stopped(f"A demo is already running in {var}.") from None
        yield


def begin_anew(var: Path) -> None:
    """Removes the files that earlier demos left in the folder, and nothing else."""
    for name in KEPT:
        shutil.rmtree(var / name, ignore_errors=True)
    for path in var.glob("*.sqlite3*"):
        path.unlink()


def check_port(port: int) -> None:
    """Refuses a port that is taken before anything is started."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Stopped(f"Port {port} cannot be used: {error.strerror}. Choose another with --port N.") from None


def prepare(demo: Demo) -> str:
    """Updates the database and the static files; returns the accounts as text."""
    command = [sys.executable, str(ROOT / "manage.py"), "prepare_demo"]
    with demo.log("prepare").open("ab") as log:
        done = subprocess.run(  # noqa: S603  our own command
            command, cwd=ROOT, env=demo.environment, stdout=subprocess.PIPE, stderr=log, text=True, check=False
        )
    if done.returncode:
        raise Stopped(f"The database could not be prepared.\n{demo.tail('prepare')}")
    return done.stdout


def ask_health(address: str) -> tuple[bool, str]:
    """Whether the demo is ready, and if not, what it is waiting for."""
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:  # noqa: S310  our own address
            return True, str(json.load(answer)["demo"]["says"])
    except urllib.error.HTTPError as error:
        return False, waiting_for(error)
    except (OSError, ValueError, KeyError):
        return False, "the web server to start"


def waiting_for(answer: IO[bytes]) -> str:
    """The first component that is not working, with its message."""
    try:
        parts = json.load(answer)
        return next(f"{name}: {part['says']}" for name, part in parts.items() if name != "well" and not part["well"])
    except (ValueError, StopIteration, TypeError):
        return "the web server to answer"


def wait_until_ready(demo: Demo) -> None:
    """Shows what the demo is waiting for whenever it changes."""
    reported = ""
    while not demo.ready:
        demo.check_parts()
        demo.ready, text = ask_health(demo.address)
        if text != reported and not demo.ready:
            say(f"  waiting for {text}")
            reported = text
        time.sleep(0.3)


def greet(demo: Demo, accounts: str, seconds: float) -> None:
    """Shows the address of the demo and who can sign in."""
    say(f"\nReady after {seconds:.0f} s: {demo.address}\n\n{accounts}")
    say(f"Stop with Ctrl-C. The data is kept in {demo.var}; use --fresh to start without it next time.\n")


def run(port: int, fresh: bool, var: Path) -> None:
    """Runs the demo from start to end."""
    began = time.monotonic()
    with only_one(var):
        check_port(port)
        if fresh:
            begin_anew(var)
        demo = Demo(var, port)
        for name in ("log", "work"):
            (var / name).mkdir(parents=True, exist_ok=True)
        say("Preparing the database and the static files ...")
        accounts = prepare(demo)
        try:
            for part in parts_of(port, var):
                demo.start(part)
            wait_until_ready(demo)
            greet(demo, accounts, time.monotonic() - began)
            while True:
                demo.check_parts()
                time.sleep(0.5)
        finally:
            say("Stopping ...")
            demo.stop()


def stop_on_signals() -> None:
    """Ctrl-C and SIGTERM end the demo in an orderly way."""

    def stop(number: int, frame: object) -> None:
        raise Stopped("")

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="bin/demo", description="The Blindread demo, on this machine only.")
    parser.add_argument("--port", type=int, default=8000, help="the port of the demo on this machine")
    parser.add_argument("--fresh", action="store_true", help="remove the data of earlier demos in var/ first")
    options = parser.parse_args()
    stop_on_signals()
    try:
        run(options.port, options.fresh, Path(os.environ.get("BLINDREAD_VAR") or ROOT / "var"))
    except Stopped as reason:
        if str(reason):
            print(reason, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
