"""Compares the import of a folder with Orthanc storing the same films: bin/bench intake [--films 400].

The films are 12-bit DX of 2000 x 2500 pixels, each different. Prints a table, and then one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pydicom

from tests.studies.films import dx, file_of
from tests.studies.peers import orthanc

ROWS, COLUMNS = 2500, 2000
GOAL_FILMS_PER_SECOND = 2.0
ROOT = Path(__file__).resolve().parent.parent
PLAN = """
from audit.trail import Actor
from studies.plan.trials import create_trial, add_site
from studies.plan.visits import plan_visit
from studies.plan.subjects import enrol
a = Actor.system("bench")
t = create_trial(code="BENCH", title="Bench", actor=a)
s = add_site(trial=t, code="01", name="Site", actor=a)
plan_visit(trial=t, code="BL", label="Baseline", target_day=0, days_before=28, days_after=28, actor=a)
enrol(trial=t, site=s, code="01-001", actor=a)
"""
STORE = """
import sys, time
from pathlib import Path
from audit.trail import Actor
from studies.arrival.intake import open_transmittal, receive
from studies.models import Site
actor, site = Actor.system("bench"), Site.objects.select_related("trial").get()
opened = open_transmittal(trial=site.trial, site=site, channel="command", actor=actor)
began = time.perf_counter()
for path in sorted(Path({folder!r}).iterdir()):
    with path.open("rb") as file:
        assert receive(transmittal=opened, name=path.name, file=file, actor=actor).outcome == "filed"
print(time.perf_counter() - began)
"""


def make_films(folder: Path, count: int) -> None:
    """Makes films of smooth shafts with quantum noise; each has its own pixels, UID and noise."""
    y, x = np.mgrid[0:ROWS, 0:COLUMNS]
    base = 500 + 2200 * np.exp(-(((x - 900) / 300.0) ** 2)) + 400 * np.sin(y / 210.0) ** 2
    noise = np.random.default_rng(20261122).normal(0, 14, (ROWS, COLUMNS))
    for number in range(count):
        pixels = np.clip(base + np.roll(noise, 7 * number + 1), 0, 4095).astype(np.uint16)
        film = dx(pixels, SOPInstanceUID=f"1.2.3.{number}", StudyInstanceUID=f"1.2.4.{number // 4}")
        film.ClinicalTrialTimePointID = "BL"
        (folder / f"{number:04}.dcm").write_bytes(file_of(film))


class IntakeSetting:
    """The product with its own database and stores."""

    def __init__(self, folder: Path) -> None:
        own = {"BLINDREAD_VAR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3", "LOG_LEVEL": "ERROR"}
        self.environment = {**os.environ, **own}
        folder.mkdir()
        self.manage("migrate", "--verbosity", "0")
        self.manage("shell", "-c", PLAN)

    def command(self, *words: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *words]

    def manage(self, *words: str) -> str:
        """The output of the command."""
        done = subprocess.run(self.command(*words), env=self.environment, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout

    def bring_in(self, films: Path, at_once: int) -> tuple[float, float, float]:
        """Seconds until every film is de-identified, processor seconds of all processes, their peak memory in MB."""
        words = ["intake", str(films), "--trial", "BENCH", "--site", "01", "--subject", "01-001", "--visit", "BL"]
        began, used = time.perf_counter(), processor_seconds()
        process = subprocess.Popen(
            self.command(*words, "--json", "--at-once", str(at_once)),
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        with MemoryWatch(process.pid) as watched:
            out, _ = process.communicate()
        took = time.perf_counter() - began
        outcomes = {json.loads(line)["outcome"] for line in out.splitlines()}
        assert (process.returncode, outcomes) == (0, {"accepted_for_qc"}), (process.returncode, outcomes)
        return took, processor_seconds() - used, watched.peak


def processor_seconds() -> float:
    """Processor seconds of all ended children and their descendants."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class MemoryWatch:
    """The largest sum of private memory of a process and its descendants, measured ten times a second."""

    def __init__(self, pid: int) -> None:
        self.pid, self.peak, self._over = pid, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            self.peak = max(self.peak, sum(map(private_mb, family(self.pid))))


def family(pid: int) -> Iterator[int]:
    """The process and all its descendants."""
    yield pid
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))
    except OSError:
        return


def private_mb(pid: int) -> float:
    """Private memory: pages that forked children share with their parent count once."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def store_in_orthanc(films: Path, folder: Path) -> float:
    """Seconds until Orthanc has every film, one request after the other."""
    with orthanc(folder) as address:
        began = time.perf_counter()
        for path in sorted(films.iterdir()):
            with urllib.request.urlopen(urllib.request.Request(f"{address}/instances", data=path.read_bytes())):
                pass
        return time.perf_counter() - began


def store_films(films: Path, folder: Path) -> float:
    """Seconds until every film is received: hashed, encrypted, durable, filed with its audit event and its job."""
    return float(IntakeSetting(folder).manage("shell", "-c", STORE.format(folder=str(films))).split()[-1])


def measure(count: int, at_once: int, folder: Path) -> dict[str, Any]:
    """All figures from one run; each store is deleted before the next is filled."""
    films = folder / "films"
    films.mkdir()
    make_films(films, count)
    found: dict[str, Any] = {"films": count, "workers": at_once}
    (folder / "peer").mkdir()
    found["orthanc_store_per_s"] = count / store_in_orthanc(films, folder / "peer")
    shutil.rmtree(folder / "peer")
    found["store_per_s"] = count / store_films(films, folder / "store")
    shutil.rmtree(folder / "store")
    few = folder / "few"
    few.mkdir()
    for path in sorted(films.iterdir())[: max(count // 4, 1)]:
        (few / path.name).hardlink_to(path)
    *_, found["peak_mb_quarter"] = IntakeSetting(folder / "quarter").bring_in(few, at_once)
    shutil.rmtree(folder / "quarter")
    took, used, found["peak_mb"] = IntakeSetting(folder / "whole").bring_in(films, at_once)
    found["deidentified_per_s"], found["processor_s_per_film"] = count / took, used / count
    return {name: round(value, 2) if isinstance(value, float) else value for name, value in found.items()}


def main() -> None:
    """Prints the table, then the line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, default=400, help="number of films")
    parser.add_argument("--workers", type=int, default=2, help="number of films processed at once")
    parser.add_argument(
        "--folder", type=Path, default=None, help="a folder with 45 MB of temporary space for each film"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="bench-intake-") as name:
        found = measure(options.films, options.workers, Path(name))
    for word, value in found.items():
        print(f"{word:24}{value:>12}")
    print(f"{'goal':24}{GOAL_FILMS_PER_SECOND:>12} films de-identified per second, storing as fast as Orthanc")
    print(json.dumps(found))


if __name__ == "__main__":
    pydicom.config.settings.writing_validation_mode = pydicom.config.IGNORE
    main()
