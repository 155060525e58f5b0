"""Time and queries of every page of a whole trial that needs no object: bin/bench pages [SUBJECTS ...].

Uses a database of its own: SQLite, or what DATABASE_URL names. Prints a table and, last, one line of JSON. With
--profile PART, the work behind the pages whose address contains PART.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import platform
import pstats
import statistics
import sys
import tempfile
import time
from collections import Counter
from typing import Any

REPEATS = 3
TRIAL = "trials/{trial}/"
CAMPAIGN = TRIAL + "campaigns/BENCH/"
RESULTS = TRIAL + "results/BENCH/"
PAGES = {
    "coordinator@demo.example": (
        "",
        TRIAL,
        TRIAL + "subjects/",
        TRIAL + "visits/",
        TRIAL + "films/",
        TRIAL + "films/?format=csv",
        TRIAL + "completeness/",
        TRIAL + "completeness/?format=csv",
        TRIAL + "sites-by-month/",
        TRIAL + "questions/",
        TRIAL + "desk/",
        TRIAL + "sites/",
        TRIAL + "campaigns/",
        CAMPAIGN,
        CAMPAIGN + "cases/",
        CAMPAIGN + "reads/",
        CAMPAIGN + "assign/",
    ),
    "lead@demo.example": ("", CAMPAIGN + "cases/", TRIAL + "results/", RESULTS, RESULTS + "agreement/"),
    "statistician@demo.example": (
        "",
        TRIAL + "completeness/",
        TRIAL + "results/",
        RESULTS,
        RESULTS + "agreement/",
        RESULTS + "joints/",
        RESULTS + "datasets/",
    ),
    "reader.one@demo.example": ("", "read/", "read/past/"),
}


def main() -> None:
    """A table for people, then one line of JSON."""
    parser = argparse.ArgumentParser(prog="bin/bench pages")
    parser.add_argument("subjects", nargs="*", type=int, default=[12, 1305])
    parser.add_argument("--profile", default="")
    given = parser.parse_args()
    sizes = {subjects: measured(subjects, given.profile) for subjects in given.subjects}
    print_table(sizes)
    machine = f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}"
    print(json.dumps({"bench": "pages", "machine": machine, "sizes": sizes}))


def measured(subjects: int, profile: str) -> dict[str, Any]:
    """The figures of one trial, from a process of its own: a database is chosen once in a process."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with os.fdopen(writer, "w") as out:
            json.dump(figures(subjects, profile), out)
        sys.stdout.flush()
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as told:
        content = told.read()
    os.waitpid(child, 0)
    found: dict[str, Any] = json.loads(content)
    return found


def figures(subjects: int, profile: str) -> dict[str, Any]:
    """Builds the trial and asks for every page."""
    folder = tempfile.TemporaryDirectory(prefix="blindread-bench-")
    os.environ |= {"BLINDREAD_MODE": "test", "BLINDREAD_VAR": folder.name, "DJANGO_SETTINGS_MODULE": "config.settings"}
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder.name}/bench.sqlite3")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    built = build(subjects)
    found = {"engine": connection.vendor, "built_s": built, "pages": every_page(profile)}
    connection.close()
    folder.cleanup()
    return found


def build(subjects: int) -> dict[str, float]:
    """Seconds for each part of the trial."""
    from bench.room.whole_trial import WholeTrial

    began = time.perf_counter()
    trial = WholeTrial(subjects)
    opened = time.perf_counter()
    reads = trial.issue()
    issued = time.perf_counter()
    trial.read()
    read = time.perf_counter()
    return {"planned": opened - began, "issued": issued - opened, "read": read - issued, "reads": reads}


def every_page(profile: str) -> dict[str, dict[str, float]]:
    """Milliseconds (median) and queries of each page of each person."""
    from rehearsal.demo import people as cast
    from studies.models import Trial

    people, code = cast.make_accounts(), Trial.objects.get().code
    found = {}
    for email, addresses in PAGES.items():
        for address in addresses:
            path = "/" + address.format(trial=code)
            found[f"{email.partition('@')[0]} {path}"] = one_page(people[email], path, profile)
    return found


def one_page(user: Any, path: str, profile: str) -> dict[str, float]:
    """One page, asked for several times; the first, which warms up, is not counted."""
    from django.db import connection
    from django.test import Client

    from accounts.sign_in import BACKEND

    client, queries = Client(), Counter[str]()
    client.force_login(user, backend=BACKEND)

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        queries["all"] += 1
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        status, size = answer(client, path)
    walls, used = [], []
    for _ in range(REPEATS):
        began, worked = time.perf_counter(), time.process_time()
        answer(client, path)
        walls.append(1000 * (time.perf_counter() - began))
        used.append(1000 * (time.process_time() - worked))
    if profile and profile in path:
        show_profile(client, path)
    took = {"ms": statistics.median(walls), "processor_ms": statistics.median(used)}
    return {**took, "queries": queries["all"], "status": status, "bytes": size}


def answer(client: Any, path: str) -> tuple[int, int]:
    """Status and size of the answer, read to its end."""
    response = client.get(path)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, len(content)


def show_profile(client: Any, path: str) -> None:
    """What the page spends its time on."""
    profiler = cProfile.Profile()
    profiler.enable()
    answer(client, path)
    profiler.disable()
    print(path)
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(60)


def print_table(sizes: dict[int, dict[str, Any]]) -> None:
    """Pages in rows, sizes in columns."""
    print(f"{'':<64}" + "".join(f"{f'{size} subjects':>34}" for size in sizes))
    print(f"{'page':<64}" + f"{'ms':>8}{'processor ms':>14}{'queries':>12}" * len(sizes))
    for page in next(iter(sizes.values()))["pages"]:
        cells = [found["pages"][page] for found in sizes.values()]
        columns = [f"{cell['ms']:>8.0f}{cell['processor_ms']:>14.0f}{cell['queries']:>12}" for cell in cells]
        failed = "".join(f"  {cell['status']}" for cell in cells if cell["status"] != 200)
        print(f"{page:<64}" + "".join(columns) + failed)
    for size, found in sizes.items():
        parts = {name: round(value, 1) for name, value in found["built_s"].items()}
        print(f"built with {size} subjects on {found['engine']}, s: {parts}")


if __name__ == "__main__":
    main()
