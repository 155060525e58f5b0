"""Measures how many scores can be saved per second: bin/bench load [SECONDS].

A private PostgreSQL with fsync, gunicorn with the arguments of the Dockerfile, and a session for each reader. First a
number of readers enter the next score as soon as the last is saved; then readers enter one every 1.5 seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.room import serving

AT_ONCE, AT_A_PACE, PAUSE_S = (20, 64), (100, 200), 1.5
ROOT = Path(__file__).resolve().parents[1]
GUNICORN = ("--worker-class", "gthread", "--workers", "3", "--threads", "8", "--timeout", "300", "--preload")


def main() -> None:
    """Prints a table, then one line of JSON."""
    parser = argparse.ArgumentParser(prog="bin/bench load")
    parser.add_argument("seconds", nargs="?", type=float, default=20.0, help="how long each of the four runs takes")
    given = parser.parse_args()
    from bench.private_postgresql import private_postgresql

    with tempfile.TemporaryDirectory(prefix="blindread-bench-") as folder, ExitStack() as stack:
        database = stack.enter_context(private_postgresql())
        port = serving.free_port()
        settle_environment(Path(folder), database, port)
        cells = prepared(max(*AT_ONCE, *AT_A_PACE))
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", *GUNICORN]
        server = stack.enter_context(serving.running("web", command, Path(folder)))
        serving.wait_for_answer(f"http://127.0.0.1:{port}/sign-in/")
        pids = {"web": server.pid, "database": postmaster_of(database)}
        runs = [(number, 0.0) for number in AT_ONCE] + [(number, PAUSE_S) for number in AT_A_PACE]
        found = [measured(port, cells, pids, number, pause, given.seconds) for number, pause in runs]
    report(found)


def settle_environment(folder: Path, database: str, port: int) -> None:
    """The demo's settings in a separate folder, for this process and the server."""
    os.environ.update(
        BLINDREAD_MODE="demo",
        BLINDREAD_VAR=str(folder / "var"),
        DATABASE_URL=database,
        PUBLIC_URL=f"http://127.0.0.1:{port}",
        DJANGO_SETTINGS_MODULE="config.settings",
        LOG_LEVEL="WARNING",
    )


def prepared(readers: int) -> list[dict[str, Any]]:
    """A trial in which each of this many readers has opened reads: the headers of each, and the cells to fill."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    for place in (settings.CELERY_BROKER_FOLDER, settings.WORK_FOLDER):
        Path(place).mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    from bench.room.many_readers import ManyReaders

    found = ManyReaders(readers).at_work()
    connection.close()
    return found


def measured(
    port: int, readers: list[dict[str, Any]], pids: dict[str, int], number: int, pause: float, seconds: float
) -> dict[str, Any]:
    """One run of this many readers; each fills the cells that earlier runs have left."""
    some = [reader | {"share": place / number} for place, reader in enumerate(readers[:number])]
    plan = {"port": port, "pause_s": pause, "seconds": seconds, "readers": some}
    before = {name: processor_s(pid) for name, pid in pids.items()}
    command = [sys.executable, "-m", "bench.room.savers"]
    process = subprocess.run(command, input=json.dumps(plan).encode(), stdout=subprocess.PIPE, cwd=ROOT, check=True)
    found: dict[str, Any] = json.loads(process.stdout)
    used = {name: processor_s(pid) - before[name] for name, pid in pids.items()}
    took = sorted(found["took_ms"])
    if found["most_by_one"] >= min(len(reader["cells"]) for reader in some):
        raise SystemExit(f"Some of the {number} readers had no cells left. Choose fewer seconds.")
    if found["refused"]:
        print(f"With {number} readers an entry was refused: {found['refused']}", file=sys.stderr)  # noqa: TID251
    for reader in readers[:number]:
        reader["cells"] = reader["cells"][found["most_by_one"] :]
    saved = found["statuses"].get("200", 0)
    return {
        "readers": number,
        "pause_s": pause,
        "entries": len(took),
        "not_saved": len(took) - saved,
        "per_s": saved / found["elapsed_s"],
        "median_ms": took[len(took) // 2],
        "p95_ms": took[max(0, -(-len(took) * 95 // 100) - 1)],
        "web_processor_ms_per_entry": 1000 * used["web"] / len(took),
        "database_processor_ms_per_entry": 1000 * used["database"] / len(took),
        "generator_processor_ms_per_entry": 1000 * found["processor_s"] / len(took),
    }


def processor_s(pid: int) -> float:
    """Seconds of processor time of a process and those it has started, ended ones included."""
    ticks = os.sysconf("SC_CLK_TCK")
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
    family = {pid} | {other for other, fields in parents.items() if int(fields[1]) == pid}
    return sum(sum(map(int, parents[one][11:15])) for one in family if one in parents) / ticks


def postmaster_of(database: str) -> int:
    """The process id of the private server."""
    folder = Path(database.rpartition("host=")[2])
    return int((folder / "postmaster.pid").read_text().splitlines()[0])


def report(found: list[dict[str, Any]]) -> None:
    """Prints the table, then the line of JSON."""
    names = list(found[0])
    for name in names:
        print(f"{name:36}" + "".join(f"{run[name]:>12.1f}" for run in found))
    machine = f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}"
    print(json.dumps({"bench": "load", "machine": machine, "runs": found}))


if __name__ == "__main__":
    main()
