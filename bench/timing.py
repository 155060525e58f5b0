"""Measures whether response times reveal which records exist: bin/bench timing [PAIRS].

Each pair requests a hidden record that exists and one that does not, in random order and in process. The table gives
the median difference with its 95 % interval (order statistics of the paired differences). Uses its own database.
"""

from __future__ import annotations

import json
import math
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

PAIRS = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
SLOW_PAIRS = max(50, PAIRS // 10)  # where a password is hashed on purpose
MARGIN_US = 200.0
Ask = Callable[[], Any]


@dataclass(frozen=True)
class Contest:
    """One sensitive route: a hidden record that exists, compared with one that does not."""

    name: str
    hidden: Ask
    absent: Ask
    pairs: int


@dataclass(frozen=True)
class TimingResult:
    """The median difference in microseconds, with its interval."""

    name: str
    pairs: int
    median_us: float
    low_us: float
    high_us: float
    typical_us: float

    @property
    def reveals_nothing(self) -> bool:
        """Whether the interval is within the margin around zero."""
        return self.low_us >= -MARGIN_US and self.high_us <= MARGIN_US


def main() -> None:
    """Prints a table, then one line of JSON."""
    folder = tempfile.TemporaryDirectory(prefix="blindread-bench-")
    own = {"BLINDREAD_MODE": "test", "BLINDREAD_VAR": folder.name, "DJANGO_SETTINGS_MODULE": "config.settings"}
    os.environ.update(own | {"SIGN_IN_FAILURES": "1000000000"})
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder.name}/bench.sqlite3")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    results = [measure(contest) for contest in contests()]
    engine = connection.vendor
    connection.close()
    folder.cleanup()
    print_table(results)
    print(json.dumps(as_json(results, engine)))


def world_that_reads() -> Any:
    """A trial in which cases are being read."""
    from tests.blinding.building import build
    from tests.blinding.frozen import frozen
    from tests.blinding.secrets_of import SECOND

    with frozen() as held:
        return build(replace(SECOND, another_trial=True), held, stage="reading", ids_by_content=True)


def contests() -> list[Contest]:
    """The sensitive routes, on a trial in which the requested things exist."""
    from reading.models import DisplayedFilm, Read
    from studies.models import Film
    from tests.blinding.asking import browser

    world = world_that_reads()
    reader, site, outsider, coordinator = (
        browser(world.people[who]) for who in ("reader", "site", "outsider", "coordinator")
    )
    nobody = browser(None)
    own = Read.objects.filter(reader=world.people["reader"], status="opened")[0].token
    other = Read.objects.filter(reader=world.people["reader.two"])[0].token
    film = DisplayedFilm.objects.filter(timepoint__step__read__token=other, reader_image__isnull=False)[0].token
    none, foreign = "n" * len(own), Film.objects.filter(status="rejected")[0].pk
    home, ops, json_body = "/trials/TWO/site", '{"ops": []}', "application/json"

    def gets(name: str, client: Any, hidden: str, absent: str) -> Contest:
        return Contest(name, lambda: client.get(hidden), lambda: client.get(absent), PAIRS)

    def values(read: str) -> Callable[[], Any]:
        return lambda: reader.post(f"/read/{read}/values", ops, content_type=json_body)

    def posts(name: str, path: str, hidden: dict[str, str], absent: dict[str, str]) -> Contest:
        return Contest(name, lambda: nobody.post(path, hidden), lambda: nobody.post(path, absent), SLOW_PAIRS)

    known, unknown, wrong = {"email": "reader@two.example"}, {"email": "nobody@two.example"}, {"password": "wrong"}
    return [
        gets("reader: the screen of a read of another", reader, f"/read/{other}/", f"/read/{none}/"),
        gets("reader: the review of a read of another", reader, f"/read/{other}/review", f"/read/{none}/review"),
        gets("reader: a film of another read", reader, film_at(own, film), film_at(own, none)),
        Contest("reader: values into a read of another", values(other), values(none), PAIRS),
        gets("site: a film of another site", site, f"{home}/films/{foreign}/", f"{home}/films/999999/"),
        gets("site: a question to another site", site, f"{home}/questions/{foreign}/", f"{home}/questions/999999/"),
        gets("coordinator: another trial", coordinator, "/trials/ELSE/", "/trials/NONE/"),
        gets("somebody without a role: a trial", outsider, "/trials/TWO/", "/trials/NONE/"),
        posts("signing in: an account that exists", "/sign-in/", known | wrong, unknown | wrong),
        posts("a new password: an account that exists", "/password/forgotten/", known, unknown),
    ]


def film_at(read: str, film: str) -> str:
    """The address of a preview."""
    return f"/read/{read}/film/{film}/preview.jpg"


def measure(contest: Contest) -> TimingResult:
    """The paired differences of one route; the first tenth warms up and is not counted."""
    chance, differences, typical = random.Random(20261122), [], []
    for number in range(contest.pairs + contest.pairs // 10):
        first_hidden = chance.random() < 0.5
        asked = (contest.hidden, contest.absent) if first_hidden else (contest.absent, contest.hidden)
        one, two = timed(asked[0]), timed(asked[1])
        hidden, absent = (one, two) if first_hidden else (two, one)
        if number >= contest.pairs // 10:
            differences.append(hidden - absent)
            typical.append(absent)
    low, middle, high = interval(differences)
    return TimingResult(contest.name, contest.pairs, middle, low, high, sorted(typical)[len(typical) // 2])


def timed(ask: Ask) -> float:
    """Microseconds for one response."""
    began = time.perf_counter_ns()
    ask()
    return (time.perf_counter_ns() - began) / 1000


def interval(values: list[float]) -> tuple[float, float, float]:
    """Median and its 95 % interval by order statistics (normal approximation of the sign test)."""
    ranked, count = sorted(values), len(values)
    reach = 1.96 * math.sqrt(count) / 2
    low, high = max(0, math.floor(count / 2 - reach)), min(count - 1, math.ceil(count / 2 + reach))
    return ranked[low], ranked[count // 2], ranked[high]


def print_table(results: list[TimingResult]) -> None:
    """Prints one row per route."""
    print("| hidden against absent | pairs | typical µs | median difference µs | 95 % interval | within 200 µs |")
    print("|---|---|---|---|---|---|")
    for one in results:
        span = f"{one.low_us:+.0f} to {one.high_us:+.0f}"
        verdict = "yes" if one.reveals_nothing else "no"
        print(f"| {one.name} | {one.pairs} | {one.typical_us:.0f} | {one.median_us:+.0f} | {span} | {verdict} |")


def as_json(results: list[TimingResult], engine: str) -> dict[str, Any]:
    """The same in machine-readable form."""
    rounded = [
        {
            "route": one.name,
            "pairs": one.pairs,
            "typical_us": round(one.typical_us),
            "median_us": round(one.median_us, 1),
            "interval_us": [round(one.low_us, 1), round(one.high_us, 1)],
            "reveals_nothing": one.reveals_nothing,
        }
        for one in results
    ]
    machine = f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}"
    return {"bench": "timing", "engine": engine, "margin_us": MARGIN_US, "results": rounded, "machine": machine}


if __name__ == "__main__":
    main()
