"""Compares the reading screen with cornerstone3D: bin/bench reading [RUNS]. Takes five minutes on an idle machine.

Everything is made in a temporary folder: films, a trial with cases, and cornerstone3D, which npm installs. Chromium is
Debian's, without a GPU. Only cornerstone3D needs node, npm and a package registry.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Playwright, sync_playwright

from bench.room import alone, films, looking, peer, serving

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
KEYS, JOINTS, SAVES, TURNS = 60, 40, 100, 10
LIMITS = {
    "first_16_bit_times_sooner": (">=", 4.0),
    "all_full_times_sooner": (">=", 1.6),
    "memory_share": ("<=", 0.6),
    "redraws_times": (">=", 3.0),
    "preview_after_first_frame_ms": ("<=", 50.0),
    "key_to_paint_p95_ms": ("<=", 50.0),
    "next_joint_p95_ms": ("<=", 200.0),
    "next_case_p95_ms": ("<=", 200.0),
    "autosave_p95_ms": ("<=", 300.0),
}


def main() -> None:
    """Prints a table, then one line of JSON."""
    began = time.monotonic()
    lacking = [name for name in ("npm", "node", "chromium") if shutil.which(name) is None]
    if lacking:
        raise SystemExit(f"Not on PATH: {', '.join(lacking)}. The peer needs node and npm; both sides need chromium.")
    with tempfile.TemporaryDirectory(prefix="blindread-bench-") as name:
        folder = Path(name)
        settle_environment(folder)
        show_progress("drawing films and building the peer")
        drawn = films.draw_all()
        (folder / "peer").mkdir()
        page = peer.build(folder / "peer")
        found = measure(folder, drawn, page)
    found["seconds"] = round(time.monotonic() - began)
    found["machine"] = f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}"
    found["load"] = [round(load, 2) for load in os.getloadavg()]
    report(found)


def show_progress(text: str) -> None:
    """Reports progress on the error stream."""
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", file=sys.stderr, flush=True)  # noqa: TID251


def settle_environment(folder: Path) -> None:
    """The demo's settings in a separate folder, for this process and those that it starts."""
    port = serving.free_port()
    os.environ.update(
        BLINDREAD_MODE="demo",
        BLINDREAD_VAR=str(folder / "var"),
        DATABASE_URL=f"sqlite:///{folder}/bench.sqlite3",
        PUBLIC_URL=f"http://localhost:{port}",
        DJANGO_SETTINGS_MODULE="config.settings",
        DJANGO_ALLOW_ASYNC_UNSAFE="1",
        LOG_LEVEL="WARNING",
        BENCH_PORT=str(port),
    )


def measure(folder: Path, drawn: list[films.Packed], page: Path) -> dict[str, Any]:
    """Builds the trial, serves it, and measures."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from bench.room.setting import READERS, ReadingSetting

    for place in (settings.CELERY_BROKER_FOLDER, settings.WORK_FOLDER):
        Path(place).mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    peer.publish(page, drawn, Path(settings.STATIC_ROOT))
    show_progress("making a trial with cases")
    prepared = ReadingSetting(drawn)
    with serving.web(int(os.environ["BENCH_PORT"]), folder) as address, sync_playwright() as playwright:
        states = {email: looking.signed_in(playwright, address, email, prepared.password) for email in READERS}
        found = beside(playwright, address, states[READERS[0]], prepared.path(READERS[0]))
        found |= memories(playwright, address, prepared, folder, found["ours"][0]["boxes"])
        found |= at_work(playwright, address, states[READERS[0]], prepared, folder)
        turns: list[float] = []
        for email in READERS:
            turns += turning(playwright, address, states[email], prepared, email)
        return found | {"next_case_ms": turns}


def beside(playwright: Playwright, address: str, state: Any, path: str) -> dict[str, Any]:
    """Alternating cold visits; the first of each is not counted."""
    ours, theirs = [], []
    for number in range(RUNS + 1):
        show_progress(f"cold visits, {number} of {RUNS}")
        ours.append(looking.open_cold(playwright, address, state, path))
        theirs.append(looking.open_peer(playwright, address, ours[0]["boxes"]))
    return {"ours": ours[1:], "peer": theirs[1:]}


def memories(
    playwright: Playwright, address: str, prepared: Any, folder: Path, boxes: list[list[int]]
) -> dict[str, Any]:
    """Alternating visits by browsers without development tools."""
    from bench.room.setting import READERS

    show_progress("memory")
    log = folder / serving.ACCESS_LOG
    own = alone.profile(playwright, folder / "profile", address, READERS[0], prepared.password)
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append(alone.memory_of(own, address + prepared.path(READERS[0]), log, alone.ours_fetched))
        theirs.append(alone.memory_of(own, address + looking.peer_path(boxes), log, alone.peer_fetched))
    empty = alone.memory_of(own, "about:blank", log, lambda _: True)
    return {"our_memory": ours, "peer_memory": theirs, "empty_memory": empty}


def at_work(playwright: Playwright, address: str, state: Any, prepared: Any, folder: Path) -> dict[str, Any]:
    """Digits, joints and saving, on one case; saving is also measured with a busy worker."""
    from bench.room.setting import READERS

    with looking.fresh_browser(playwright, state) as (_, page):
        page.goto(address + prepared.path(READERS[0]))
        looking.wait_for(page, "probe.full > 0")
        page.wait_for_timeout(4000)
        show_progress("digits and joints")
        digits = looking.pressed(page, [str(number % 5) for number in range(KEYS)], 60)
        page.keyboard.press("z")
        page.wait_for_timeout(1000)
        joints = looking.pressed(page, ["ArrowDown" if k % 20 < 10 else "ArrowUp" for k in range(JOINTS)], 150)
        page.keyboard.press("z")
        show_progress("saving beside a busy worker")
        with serving.worker(folder), kept_busy(prepared.keep_busy) as issued:
            page.wait_for_timeout(6000)
            saves = looking.saved(page, [str(number % 5) for number in range(SAVES)])
        return {"key_ms": digits, "joint_ms": joints, "save_ms": saves, "jobs_meanwhile": len(issued)}


@contextmanager
def kept_busy(act: Callable[[], None]) -> Iterator[list[float]]:
    """Repeats a task in a thread during the measurement."""
    done: list[float] = []
    ended = threading.Event()

    def work() -> None:
        from django.db import connection

        while not ended.wait(0.3):
            act()
            done.append(time.monotonic())
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield done
    finally:
        ended.set()
        thread.join()


def turning(playwright: Playwright, address: str, state: Any, prepared: Any, email: str) -> list[float]:
    """From case to case: each is signed while it is on the screen, with the next one already prefetched."""
    show_progress(f"turning to the next case, {email}")
    times = []
    with looking.fresh_browser(playwright, state) as (_, page):
        fetched: list[str] = []
        page.context.on("response", lambda answer: fetched.append(answer.url))
        page.goto(address + prepared.path(email))
        for _ in range(TURNS):
            looking.wait_for(page, "probe.full > 0")
            shown = prepared.waiting(email)[0]
            looking.wait_until_fetched(page, fetched, looking.next_path(page))
            prepared.sign(shown)
            times.append(looking.turn_to(page, f"/read/{shown.token}/signed"))
    return times


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * 95 // 100) - 1)]


def summary(found: dict[str, Any]) -> dict[str, float]:
    """The figures with limits."""
    ours = {name: statistics.median(run[name] for run in found["ours"]) for name in OURS}
    theirs = {name: statistics.median(run[name] for run in found["peer"]) for name in THEIRS}
    after = [run["preview"] - run["contentful"] for run in found["ours"]]
    return {
        "first_16_bit_times_sooner": theirs["small"] / ours["small"],
        "all_full_times_sooner": theirs["full"] / ours["full"],
        "memory_share": statistics.median(found["our_memory"]) / statistics.median(found["peer_memory"]),
        "redraws_times": ours["redraws"] / theirs["redraws"],
        "preview_after_first_frame_ms": statistics.median(after),
        "key_to_paint_p95_ms": p95(found["key_ms"]),
        "next_joint_p95_ms": p95(found["joint_ms"]),
        "next_case_p95_ms": p95(found["next_case_ms"]),
        "autosave_p95_ms": p95(found["save_ms"]),
    }


OURS = ("contentful", "preview", "small", "full", "redraws")
THEIRS = ("small", "full", "redraws")
NAMES = {
    "contentful": "first frame, ms",
    "preview": "previews of all three films, ms",
    "small": "first 16-bit picture, ms",
    "full": "all three full films, ms",
    "redraws": "linked window/level, redraws/s",
}


def report(found: dict[str, Any]) -> None:
    """Prints medians side by side, then the figures with limits, then everything as JSON."""
    print(f"{'median of ' + str(RUNS) + ' alternating cold runs':<42}{'Blindread':>12}{'cornerstone3D':>15}")
    for name, words in NAMES.items():
        ours = statistics.median(run[name] for run in found["ours"])
        theirs = f"{statistics.median(run[name] for run in found['peer']):.1f}" if name in THEIRS else ""
        print(f"{words:<42}{ours:>12.1f}{theirs:>15}")
    memory = [statistics.median(found[side]) for side in ("our_memory", "peer_memory")]
    print(f"{'memory of all browser processes, MB':<42}{memory[0]:>12.1f}{memory[1]:>15.1f}")
    print(f"{'an empty page, MB':<42}{found['empty_memory']:>12.1f}")
    figures = summary(found)
    for name, value in figures.items():
        sign, limit = LIMITS[name]
        held = value >= limit if sign == ">=" else value <= limit
        print(f"{name:<42}{value:>12.2f}   {sign} {limit:g}  {'held' if held else 'NOT HELD'}")
    print(json.dumps({"bench": "reading", **figures, "peer_versions": peer.versions(), **found}))


if __name__ == "__main__":
    main()
