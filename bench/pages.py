"""Measures time and queries of every kind of page that each role can reach by links: bin/bench pages [SUBJECTS ...].

Uses its own PostgreSQL, or the database that DATABASE_URL names. Prints a table, and then one line of JSON.
With --profile PART, it shows a profile of the pages whose address contains PART.
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
from contextlib import ExitStack
from typing import Any

REPEATS, SLOW_S = 3, 2.0


def main() -> None:
    """Prints a table, then one line of JSON."""
    parser = argparse.ArgumentParser(prog="bin/bench pages")
    parser.add_argument("subjects", nargs="*", type=int, default=[12, 1305])
    parser.add_argument(
        "--profile", default="", metavar="PART", help="profile the pages with this part in their address"
    )
    given = parser.parse_args()
    sizes = {subjects: measured(subjects, given.profile) for subjects in given.subjects}
    print_table(sizes)
    machine = f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}"
    print(json.dumps({"bench": "pages", "machine": machine, "sizes": sizes}))


def measured(subjects: int, profile: str) -> dict[str, Any]:
    """The figures of one trial, from a separate process: a process uses only one database."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with os.fdopen(writer, "w") as out:
            json.dump(figures(subjects, profile), out)
        sys.stdout.flush()
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as recorded:
        content = recorded.read()
    os.waitpid(child, 0)
    found: dict[str, Any] = json.loads(content)
    return found


def figures(subjects: int, profile: str) -> dict[str, Any]:
    """Builds the trial and requests every page."""
    from bench.private_postgresql import private_postgresql

    with tempfile.TemporaryDirectory(prefix="blindread-bench-") as folder, ExitStack() as stack:
        own = {"BLINDREAD_MODE": "test", "BLINDREAD_VAR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        os.environ |= own
        if "DATABASE_URL" not in os.environ:
            os.environ["DATABASE_URL"] = stack.enter_context(private_postgresql())
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        stack.callback(connection.close)
        built = build(subjects)
        return {"engine": connection.vendor, "built_s": built, "pages": every_page(profile)}


def build(subjects: int) -> dict[str, float]:
    """Seconds for each part of the trial."""
    from bench.room.whole_trial import WholeTrial

    began = time.perf_counter()
    trial = WholeTrial(subjects)
    opened = time.perf_counter()
    reads = trial.issue()
    issued = time.perf_counter()
    trial.read(cases=subjects * 9 // 10)
    read = time.perf_counter()
    compute_agreement(trial.campaign)
    parts = {"planned": opened - began, "issued": issued - opened, "read": read - issued, "reads": reads}
    return parts | {"agreement": time.perf_counter() - read}


def compute_agreement(campaign: Any) -> None:
    """The figures of the agreement page, by the real job."""
    from jobs.carrying import run_due_jobs
    from scoring.ratings.kept_figures import KIND, ask_for_figures
    from scoring.ratings.signed_state import signed_state

    ask_for_figures(campaign, "total", "", signed_state(campaign))
    run_due_jobs(kinds=frozenset({KIND}))


def every_page(profile: str) -> dict[str, dict[str, float]]:
    """Milliseconds (median) and queries of each kind of page of each role."""
    from rehearsal.demo import people as cast
    from studies.models import Trial
    from tests.pages import begun_with, found_by_links

    people = cast.make_accounts()
    found: dict[str, dict[str, float]] = {}
    given = {"code": Trial.objects.get().code, "slug": "BENCH", "version": 1}
    for role, account in {account.role.value: account for account in cast.ACCOUNTS}.items():
        client = signed_in(people[account.email])
        for kind, reached in found_by_links(client, begun_with(role, given)).items():
            found[f"{role}: {kind}"] = figures = one_page(client, reached.path, profile)
            print(f"{role}: {kind}", figures, file=sys.stderr)
    return found


def signed_in(user: Any) -> Any:
    """The browser of a person."""
    from django.test import Client

    from accounts.sign_in import BACKEND

    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def one_page(client: Any, path: str, profile: str) -> dict[str, float]:
    """One page, requested several times, or twice if it is slow; the first request, which warms up, is not counted."""
    from django.db import connection

    queries = Counter[str]()

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        queries["all"] += 1
        return execute(sql, *rest)

    began = time.perf_counter()
    with connection.execute_wrapper(count):
        status, size = answer(client, path)
    repeats = REPEATS if time.perf_counter() - began < SLOW_S else 1
    walls, used = [], []
    for _ in range(repeats):
        began, worked = time.perf_counter(), time.process_time()
        answer(client, path)
        walls.append(1000 * (time.perf_counter() - began))
        used.append(1000 * (time.process_time() - worked))
    if profile and profile in path:
        show_profile(client, path)
    took = {"ms": statistics.median(walls), "processor_ms": statistics.median(used)}
    return {**took, "queries": queries["all"], "status": status, "bytes": size}


def answer(client: Any, path: str) -> tuple[int, int]:
    """Status and size of the response, read to its end."""
    response = client.get(path)
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, len(content)


def show_profile(client: Any, path: str) -> None:
    """Prints the profile of the page."""
    profiler = cProfile.Profile()
    profiler.enable()
    answer(client, path)
    profiler.disable()
    print(path)
    pstats.Stats(profiler).sort_stats("cumulative").print_stats(60)


def print_table(sizes: dict[int, dict[str, Any]]) -> None:
    """Pages in rows, sizes in columns."""
    print(f"{'':<52}" + "".join(f"{f'{size} subjects':>34}" for size in sizes))
    print(f"{'page':<52}" + f"{'ms':>8}{'processor ms':>14}{'queries':>12}" * len(sizes))
    for page in dict.fromkeys(page for found in sizes.values() for page in found["pages"]):
        cells = [found["pages"].get(page) for found in sizes.values()]
        print(f"{page:<52}" + "".join(map(columns_of, cells)))
    for size, found in sizes.items():
        parts = {name: round(value, 1) for name, value in found["built_s"].items()}
        print(f"built with {size} subjects on {found['engine']}, s: {parts}")


def columns_of(cell: dict[str, Any] | None) -> str:
    """The figures of a page at one size; empty if no link led to it."""
    if cell is None:
        return f"{'-':>34}"
    failed = "" if cell["status"] == 200 else f" {cell['status']}"
    return f"{cell['ms']:>8.0f}{cell['processor_ms']:>14.0f}{cell['queries']:>12}{failed}"


if __name__ == "__main__":
    main()
