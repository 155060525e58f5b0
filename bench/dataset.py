"""Times the building of a dataset in every format, and plain writers on the same rows: bin/bench dataset [CASES ...].

Each case has 4 visits, about 2.2 signed reads and the 86 sites of Sharp/van der Heijde. Uses its own PostgreSQL.
Prints a table, and then one line of JSON. With --profile, shows a profile of the build.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import platform
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.private_postgresql import private_postgresql

LIMITS = {"ratio": 1.5, "peak_mb": 1200.0}
# One case in five needs a third read at this difference of the drawn grades.
THRESHOLD, LATER = 79.0, (("W104", "Week 104", 728),)


def main() -> None:
    """Prints a table, then one line of JSON; each part has its own process, so that memory is measured separately."""
    parser = argparse.ArgumentParser(prog="bin/bench dataset")
    parser.add_argument("cases", nargs="*", type=int, default=[100, 300])
    parser.add_argument("--profile", action="store_true", help="show the work of each build")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        print(json.dumps(PARTS[given.part](given)))
        return
    sizes = {cases: measured(cases, given.profile) for cases in given.cases}
    print_table(sizes)
    machine = f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}"
    print(json.dumps({"bench": "dataset", "machine": machine, "limits": LIMITS, "sizes": sizes}))


def measured(cases: int, profile: bool) -> dict[str, Any]:
    """The figures of one campaign, in its own database and folders."""
    with tempfile.TemporaryDirectory(prefix="blindread-bench-") as folder, ExitStack() as stack:
        own = {"BLINDREAD_MODE": "test", "BLINDREAD_VAR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        own["DATABASE_URL"] = stack.enter_context(private_postgresql())
        made = run_part("make", cases, own)
        built = run_part("build", cases, own, *(["--profile"] if profile else []))
        plain = run_part("plain", cases, own)
    total, used = sum(plain["seconds"].values()), plain["processor_s"]
    ratios = {"ratio": built["build_s"] / total, "processor_ratio": built["processor_s"] / used}
    return {**made, **built, "plain": plain, "plain_s": total, "plain_processor_s": used, **ratios}


def run_part(part: str, cases: int, own: dict[str, str], *more: str) -> dict[str, Any]:
    """The last line that one part prints; the lines before it are passed on."""
    command = [sys.executable, "-m", "bench.dataset", str(cases), "--part", part, *more]
    done = subprocess.run(command, env=os.environ | own, stdout=subprocess.PIPE, text=True, check=True)
    *lines, last = done.stdout.splitlines()
    print(*lines, sep="\n", file=sys.stderr)
    found: dict[str, Any] = json.loads(last)
    return found


def set_up() -> Path:
    """Sets up Django in this process; returns the folder of the built package."""
    import django

    django.setup()
    return Path(os.environ["BLINDREAD_VAR"]) / "package"


def make(given: argparse.Namespace) -> dict[str, Any]:
    """The campaign: planned, issued and read, about one case in five adjudicated."""
    set_up()
    from django.core.management import call_command

    from bench.room.whole_trial import WholeTrial
    from reading.models import Campaign, CampaignStatus

    call_command("migrate", verbosity=0)
    (cases,) = given.cases
    began = time.perf_counter()
    trial = WholeTrial(cases * 20 // 19 + 2, cases, "svdh", THRESHOLD, LATER)
    reads = trial.issue()
    trial.read(cases=cases)
    third = trial.adjudicate()
    Campaign.objects.filter(pk=trial.campaign.pk).update(status=CampaignStatus.CLOSED)
    return {"made_s": time.perf_counter() - began, "reads": reads + third, "readers_per_case": (reads + third) / cases}


def build(given: argparse.Namespace) -> dict[str, Any]:
    """The package from the real function: the whole job except the check of records against the audit trail."""
    folder = set_up()
    from scoring.datasets.building import build as build_package
    from scoring.datasets.building import package_name

    dataset, lease = new_dataset(), lease_without_job()
    before, profiler = peak_mb(), cProfile.Profile()
    folder.mkdir()
    began, worked = time.perf_counter(), time.process_time()
    if given.profile:
        profiler.enable()
    found = build_package(dataset, folder, lease)
    profiler.disable()
    wall, used = time.perf_counter() - began, time.process_time() - worked
    if given.profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(45)
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(70)
    size = sum(path.stat().st_size for path in (folder / package_name(dataset)).rglob("*") if path.is_file())
    figures = {"build_s": wall, "processor_s": used, "peak_mb": peak_mb(), "before_mb": before, "megabytes": size / 1e6}
    return {**figures, "steps_s": lease.steps(), "rows": sum(found["counts"]["rows"].values())}


def new_dataset() -> Any:
    """A dataset of the campaign, as created by a request."""
    from reading.models import Campaign
    from scoring.models import Dataset

    campaign = Campaign.objects.select_related("trial", "charter").get()
    return Dataset.objects.create(campaign=campaign, number=1)


def lease_without_job() -> Any:
    """A lease that belongs to no job and notes when each step began."""
    from jobs.lease import Lease

    class TimedLease(Lease):
        def __init__(self) -> None:
            self.noted: list[tuple[str, float]] = []

        def progress(self, done: int, total: int, doing: str = "") -> None:
            self.noted.append((doing, time.perf_counter()))

        def steps(self) -> dict[str, float]:
            """Seconds from the first note of a step to its last."""
            names = dict.fromkeys(name for name, _ in self.noted)
            times = {name: [at for step, at in self.noted if step == name] for name in names}
            return {name: own[-1] - own[0] for name, own in times.items()}

    return TimedLease()


def plain(given: argparse.Namespace) -> dict[str, Any]:
    """Seconds of plain writers for the rows of the package: elapsed by kind of file, and processor time."""
    from bench.room.plain_writers import every_file

    (folder,) = (Path(os.environ["BLINDREAD_VAR"]) / "package").glob("*/")
    seconds, used = every_file(folder)
    return {"seconds": seconds, "processor_s": used, "peak_mb": peak_mb()}


def peak_mb() -> float:
    """The peak memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


PARTS = {"make": make, "build": build, "plain": plain}
ROWS = (
    ("rows of all tables", "rows", "12,.0f"),
    ("size of the files, MB", "megabytes", "12,.0f"),
    ("signed reads a case", "readers_per_case", "12.2f"),
    ("build, s", "build_s", "12.1f"),
    ("build, processor s", "processor_s", "12.1f"),
    ("plain writers, s", "plain_s", "12.1f"),
    ("plain writers, processor s", "plain_processor_s", "12.1f"),
    ("build / plain writers", "ratio", "12.2f"),
    ("the same, processor time", "processor_ratio", "12.2f"),
    ("peak memory of the build, MB", "peak_mb", "12.0f"),
    ("of it before the build, MB", "before_mb", "12.0f"),
)


def print_table(sizes: dict[int, dict[str, Any]]) -> None:
    """Figures in rows, sizes in columns."""
    print(f"{'':<32}" + "".join(f"{f'{cases} cases':>12}" for cases in sizes))
    for words, key, form in ROWS:
        print(f"{words:<32}" + "".join(format(found[key], form) for found in sizes.values()))


if __name__ == "__main__":
    main()
